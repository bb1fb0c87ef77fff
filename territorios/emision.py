"""Emitir un documento: darle número y código, sellarlo, guardarlo y no volverlo a hacer distinto.

Se compone una vez. Si la misma oficina pide lo mismo y nada cambió, recibe el archivo guardado, con
su número y su fecha. El PDF se compone fuera de toda transacción, porque tarda.
"""

from dataclasses import dataclass, field
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from . import documentos
from .archivos import nombre_al_azar
from .models import DocumentoEmitido, SerieDeDocumentos
from .models.documento import oficina_de
from .versiones import bloquear


@dataclass(frozen=True)
class Pliego:
    """Lo que hace falta para componer un documento, todavía sin número.

    `clase`: «Ficha del GAD»; `clave`: de qué trata, igual cada vez («ficha:0807»). `conserva`: si
    se guarda el archivo; no, si lleva nombres de personas, que deben poder suprimirse.
    """

    plantilla: str
    contexto: dict = field(repr=False)
    titulo: str
    clase: str
    clave: str
    nombre: str  # con que se descarga: «ficha-0807-rioverde.pdf»
    conserva: bool = True


@dataclass(frozen=True)
class Hoja:
    """Un documento ya emitido y sus bytes."""

    documento: DocumentoEmitido
    contenido: bytes = field(repr=False)


def emitir(pliego, *, por, sitio):
    """Devuelve la Hoja: la que ya se emitió con ese contenido, o una nueva con su número.

    `sitio`: dirección de la plataforma («https://…», sin barra al final) que lleva el QR.
    Lanza SinPango o RecursoAjeno, como `a_pdf`.
    """
    html = documentos.a_html(pliego.plantilla, pliego.contexto, titulo=pliego.titulo)
    documento = _reservar(pliego, sha256(html.encode()).hexdigest(), por)
    if documento.archivo:
        with documento.archivo.open("rb") as guardado:
            return Hoja(documento, guardado.read())
    contenido = documentos.html_a_pdf(documentos.sellar(html, documento, sitio))
    return _terminar(documento, contenido, conserva=pliego.conserva, por=por)


def borrador(pliego):
    """Bytes del PDF sin número ni código, con la palabra «Borrador» cruzada en cada página."""
    html = documentos.a_html(
        pliego.plantilla, pliego.contexto | {"borrador": True}, titulo=pliego.titulo
    )
    return documentos.html_a_pdf(html)


@transaction.atomic
def _reservar(pliego, huella, por):
    """El documento de ese contenido; si no hay, uno nuevo con el número que sigue."""
    oficina, hoy = oficina_de(por), timezone.localdate()
    SerieDeDocumentos.objects.get_or_create(oficina=oficina, anio=hoy.year)
    serie = SerieDeDocumentos.objects.select_for_update().get(oficina=oficina, anio=hoy.year)
    suyo = {"oficina": oficina, "clave": pliego.clave, "huella": huella}
    anterior = DocumentoEmitido.objects.filter(**suyo).first()
    if anterior:
        return anterior
    serie.ultimo += 1
    serie.save()
    documento = DocumentoEmitido(
        **suyo,
        anio=hoy.year,
        numero=serie.ultimo,
        clase=pliego.clase,
        titulo=pliego.titulo,
        emitido_por=por,
    )
    documento._history_user, documento._change_reason = por, "Número reservado"
    documento.save()
    return documento


@transaction.atomic
def _terminar(documento, contenido, *, conserva, por):
    """Guarda lo compuesto, salvo que otro proceso lo haya terminado antes: vale lo primero."""
    actual = bloquear(DocumentoEmitido, documento.pk)
    if actual.archivo:
        with actual.archivo.open("rb") as guardado:
            return Hoja(actual, guardado.read())
    actual.sha256, actual.tamano = sha256(contenido).hexdigest(), len(contenido)
    actual.emitido = timezone.now()
    if conserva:
        nombre = nombre_al_azar("documentos", "pdf")
        actual.archivo.save(nombre, ContentFile(contenido), save=False)
    actual._history_user, actual._change_reason = por, "Emisión"
    actual.save()
    return Hoja(actual, contenido)
