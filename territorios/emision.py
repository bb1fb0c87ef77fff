"""Emitir un documento: darle código y número, sellarlo, guardarlo y no volverlo a hacer distinto.

Todo PDF que sale de la plataforma pasa por aquí y lleva su código, que cualquiera comprueba en
`/d/`. Se compone una vez: si la misma oficina pide lo mismo y nada cambió, recibe el archivo
guardado, con su número y su fecha.

Hay dos salvedades, que dice el Pliego:

- `conserva=False`, lo que lleva nombres de personas: no se guarda más que su suma, para que esos
  nombres se puedan suprimir. Al pedirlo otra vez se compone con el mismo sello y vale si sale el
  mismo archivo; si no, es otro documento.
- `numera=False`, las hojas de trabajo (formulario en papel, hoja para firmar, cartel), que no son
  un documento de la oficina y se imprimen muchas veces, y lo que ya tiene número o código propio
  (oficios, certificados): no gastan número de la serie.

El PDF se compone fuera de toda transacción, porque tarda. Un número que se reservó y no llegó a
salir se queda esperando el mismo contenido: la serie puede tener huecos, nunca repetidos.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from . import documentos
from .archivos import AlmacenPrivado, nombre_al_azar, sin_dejar_sueltos
from .models import DocumentoEmitido, SerieDeDocumentos
from .models.documento import oficina_de
from .versiones import bloquear

almacen = AlmacenPrivado()
# Una estrategia y un grupo con los nombres más largos no caben enteros; en el papel, sí.
LARGO_DEL_TITULO = DocumentoEmitido._meta.get_field("titulo").max_length


class ArchivoPerdido(Exception):
    """El archivo de un documento emitido falta o está alterado: no se hace otro en su lugar."""

    def __init__(self, documento):
        super().__init__(
            f"El archivo de «{documento}» (código {documento.codigo_legible}) falta o no es el que "
            "se emitió. Hay que traerlo del respaldo de los archivos privados."
        )
        self.documento = documento


@dataclass(frozen=True)
class Pliego:
    """Lo que hace falta para componer un documento, todavía sin número.

    `titulo`: es público, así que no lleva nombres de personas. `clase`: «Ficha del GAD»; `clave`:
    de qué trata, igual cada vez («ficha:0807»). `conserva`: si se guarda el archivo; no, si lleva
    nombres de personas. `numera`: si gasta un número de la serie de su oficina.
    """

    plantilla: str
    contexto: dict = field(repr=False)
    titulo: str
    clase: str
    clave: str
    nombre: str  # con que se descarga: «ficha-0807-rioverde.pdf»
    conserva: bool = True
    numera: bool = True


@dataclass(frozen=True)
class Hoja:
    """Un documento ya emitido y sus bytes."""

    documento: DocumentoEmitido
    contenido: bytes = field(repr=False)


def emitir(pliego, *, por, sitio):
    """Devuelve la Hoja: la que ya se emitió con ese contenido, o una nueva.

    `por`: quien lo pide; sin guardar en la base si es una orden del servidor. `sitio`: dirección de
    la plataforma («https://…», sin barra al final) que lleva el QR. No la llame dentro de una
    transacción. Lanza SinPango, RecursoAjeno o ArchivoPerdido.
    """
    html = documentos.a_html(pliego.plantilla, pliego.contexto, titulo=pliego.titulo)
    huella = sha256(html.encode()).hexdigest()
    documento = _iguales(pliego, huella, por).first()
    if documento and documento.archivo:
        return Hoja(documento, leer(documento))
    # Antes de reservar: si falta, no se gasta un número.
    documentos.exigir_pango()
    documento = documento or _reservar(pliego, huella, por)
    hoja = _componer(documento, html, por, sitio)
    # Ya no sale el mismo archivo (otra versión de quien compone, otra dirección): es otro.
    return hoja or _componer(_reservar(pliego, huella, por, otro=True), html, por, sitio)


def borrador(pliego):
    """Bytes del PDF sin número ni código, con la palabra «Borrador» cruzada en cada página."""
    html = documentos.a_html(
        pliego.plantilla, pliego.contexto | {"borrador": True}, titulo=pliego.titulo
    )
    return documentos.html_a_pdf(documentos.sin_sello(html))


def leer(documento):
    """Los bytes de un documento conservado, tal como salió. Lanza ArchivoPerdido."""
    try:
        with documento.archivo.open("rb") as guardado:
            contenido = guardado.read()
    except FileNotFoundError as error:
        raise ArchivoPerdido(documento) from error
    if sha256(contenido).hexdigest() != documento.sha256:
        raise ArchivoPerdido(documento)
    return contenido


def pagina_de_codigo(codigo):
    """Donde se comprueba el documento de ese código; None si no hay."""
    hallado = DocumentoEmitido.objects.de_codigo(codigo)
    return reverse("publico:documento", args=[hallado.codigo_legible]) if hallado else None


def _iguales(pliego, huella, por):
    """Los que esa oficina ya reservó o emitió con ese contenido, el último primero."""
    return DocumentoEmitido.objects.filter(
        oficina=oficina_de(por), clave=pliego.clave, huella=huella, conserva=pliego.conserva
    ).order_by("-pk")


@transaction.atomic
def _reservar(pliego, huella, por, *, otro=False):
    """El documento de ese contenido; si no hay, o si se pide `otro`, uno nuevo."""
    oficina, hoy = oficina_de(por), timezone.localdate()
    SerieDeDocumentos.objects.get_or_create(oficina=oficina, anio=hoy.year)
    # Quien pide lo mismo a la vez espera aquí, y al pasar ya lo encuentra.
    serie = SerieDeDocumentos.objects.select_for_update().get(oficina=oficina, anio=hoy.year)
    anterior = None if otro else _iguales(pliego, huella, por).first()
    if anterior:
        return anterior
    if pliego.numera:
        serie.ultimo += 1
        serie.save()
    documento = DocumentoEmitido(
        oficina=oficina,
        anio=hoy.year,
        numero=serie.ultimo if pliego.numera else None,
        clase=pliego.clase,
        clave=pliego.clave,
        titulo=Truncator(pliego.titulo).chars(LARGO_DEL_TITULO),
        nombre=pliego.nombre,
        huella=huella,
        conserva=pliego.conserva,
    )
    return _firmar(documento, "Número reservado", por)


def _componer(documento, html, por, sitio):
    """La Hoja de ese documento; None si ya se emitió y no sale el mismo archivo."""
    momento = documento.emitido or timezone.now()
    sellado = documentos.sellar(html, documento, sitio, momento)
    return _terminar(documento, documentos.html_a_pdf(sellado), momento, por)


def _terminar(documento, contenido, momento, por):
    """Anota lo compuesto, salvo que otro proceso lo haya terminado antes: vale lo primero."""
    suma = sha256(contenido).hexdigest()
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        actual = bloquear(DocumentoEmitido, documento.pk)
        if actual.archivo:
            return Hoja(actual, leer(actual))
        if actual.emitido:
            return Hoja(actual, contenido) if actual.sha256 == suma else None
        actual.sha256, actual.tamano, actual.emitido = suma, len(contenido), momento
        if actual.conserva:
            nombre = almacen.save(nombre_al_azar("documentos", "pdf"), ContentFile(contenido))
            escritos.append(nombre)
            actual.archivo = nombre
        return Hoja(_firmar(actual, "Emisión", por), contenido)


def _firmar(documento, motivo, por):
    documento.emitido_por = por if por.pk else None
    documento._history_user, documento._change_reason = documento.emitido_por, motivo
    documento.save()
    return documento
