"""Documentos PDF: de una plantilla de Django a un PDF etiquetado, en español y con su letra.

WeasyPrint pide lo que la plantilla nombra (hojas de estilo, letras, imágenes) a un buscador propio
que solo conoce los archivos de la casa: ni red, ni disco, ni redirecciones. Se importa tarde,
porque tarda medio segundo y porque sin Pango en el sistema ni siquiera se deja importar.
"""

import logging
import mimetypes
import os
import re
import warnings
from collections import Counter
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from threading import get_ident

import segno
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import mark_safe
from django.utils.text import slugify

from .estilos import sin_enlaces
from .letras import letra_de
from .models import Gad, Logotipo, NombreInstitucion
from .texto import enumerar, sin_control

# Cada tramo empieza por letra o cifra: no hay «..», ni ruta absoluta, ni nada por decodificar.
TRAMO = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
RUTA_ESTATICA = re.compile(f"estatico:({TRAMO}(?:/{TRAMO})*)")
LARGO_DEL_NOMBRE = 90
# Lo que se sabe recién al emitir. Lo que escribe la gente sale escapado: no imita una marca.
MARCA_DEL_SELLO = "<!--sello-->"
MARCA_DEL_PIE = "<!--pie-->"
MARCA_DE_DONDE = "<!--donde-->"
MARCA_DEL_DIA = "<!--dia-->"
MARCA_DEL_DIA_LARGO = "<!--dia largo-->"

# Por qué etapa va quien compone un PDF, y cómo las dice WeasyPrint en su diario.
PAGINAS, ESCRIBIR = "paginas", "escribir"
DIARIO = logging.getLogger("weasyprint.progress")
DIARIO.setLevel(logging.INFO)
DIARIO.propagate = False
DICE_PAGINA, DICE_ESCRIBIR = "Step 5 - Creating layout - Page", ("Step 6", "Step 7")

# Cada nivel en singular y plural, en el orden en que se nombran siempre.
NIVELES = {
    Gad.Nivel.PROVINCIAL: ("provincial", "provinciales"),
    Gad.Nivel.REGIMEN_ESPECIAL: ("de régimen especial", "de régimen especial"),
    Gad.Nivel.MUNICIPAL: ("municipal", "municipales"),
    Gad.Nivel.METROPOLITANO: ("metropolitano", "metropolitanos"),
    Gad.Nivel.PARROQUIAL: ("parroquial rural", "parroquiales rurales"),
}


class SinPango(Exception):
    """Al sistema le falta la biblioteca que compone los PDF; el mensaje dice cómo traerla."""

    ORDEN = (
        "apt-get install -y --no-install-recommends"
        " libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )

    def __init__(self):
        super().__init__(f"Falta Pango, que compone los PDF. Instálelo así: {self.ORDEN}")


class RecursoAjeno(Exception):
    """Un documento pidió algo que no es un archivo de la casa: no se hace el documento."""


def a_html(plantilla, contexto, *, titulo):
    """El HTML de una plantilla que hereda de `territorios/documentos/base.html`, sin sello.

    La plantilla recibe además `titulo` y, según `contexto["fecha"]` (hoy si falta), el membrete:
    la `institucion` que firma y sus `logotipos`, que cambian con el tiempo.

    Con las mismas cosas da el mismo texto cualquier día: el número, el código y la fecha en que se
    emite van en marcas (`emitido`, `emitido_largo`) que se cambian al sellar.
    """
    fecha = contexto.get("fecha") or timezone.localdate()
    membrete = {
        "titulo": titulo,
        "fecha": fecha,
        "institucion": NombreInstitucion.objects.en(fecha),
        "logotipos": logotipos_en(fecha),
        "emitido": mark_safe(MARCA_DEL_DIA),
        "emitido_largo": mark_safe(MARCA_DEL_DIA_LARGO),
    }
    return sin_control(render_to_string(plantilla, {**contexto, **membrete}))


def logotipos_en(fecha):
    """Los vigentes ese día, de izquierda a derecha; el que falte en el disco se salta."""
    return [uno for uno in Logotipo.objects.en(fecha) if uno.en_linea]


def sellar(html, documento, sitio, momento):
    """El HTML con su número, su código y el QR que llevan a comprobarlo en `sitio`.

    `momento`: cuándo se emite.
    """
    direccion = f"{sitio}/d/{documento.codigo_legible}/"
    contexto = {
        "documento": documento,
        "direccion": direccion.partition("://")[2].rstrip("/"),
        "dia": _dia(momento),
        "qr": segno.make_qr(direccion, error="m").svg_data_uri(scale=4, border=2),
    }
    pie = f"Código {documento.codigo_legible}"
    if documento.numero:
        pie = f"N.º {documento.numero_legible} · {pie}"
    return _en_marcas(
        html,
        sello=render_to_string("territorios/documentos/sello.html", contexto),
        pie=pie,
        donde=f"Se comprueba en {sitio.partition('://')[2]}/d/",
        momento=momento,
    )


def sin_sello(html):
    """El HTML de un borrador: con la fecha de hoy y sin nada con que comprobarlo."""
    return _en_marcas(html, sello="", pie="", donde="", momento=timezone.now())


def _en_marcas(html, *, sello, pie, donde, momento):
    largo = date_format(timezone.localtime(momento), r"l j \d\e F \d\e Y")
    marcas = {
        MARCA_DEL_SELLO: sello,
        MARCA_DEL_PIE: pie,
        MARCA_DE_DONDE: donde,
        MARCA_DEL_DIA: _dia(momento),
        MARCA_DEL_DIA_LARGO: largo[0].upper() + largo[1:],
    }
    for marca, texto in marcas.items():
        html = html.replace(marca, texto)
    return html


def _dia(momento):
    return date_format(timezone.localtime(momento), "DATE_FORMAT")


def nombre_de_pdf(*partes):
    """Nombre de archivo legible y sin tildes: («Grupo 1», «Súa») → `grupo-1-sua.pdf`."""
    return f"{slugify(' '.join(partes))[:LARGO_DEL_NOMBRE].strip('-')}.pdf"


# --- Palabras -----------------------------------------------------------------------------------


def contar_por_nivel(gads):
    """«1 provincial, 3 municipales y 17 parroquiales rurales»."""
    cuenta = Counter(gad.nivel for gad in gads)
    presentes = [(cuenta[nivel], nombres) for nivel, nombres in NIVELES.items() if cuenta[nivel]]
    return enumerar([f"{cuantos} {nombres[cuantos > 1]}" for cuantos, nombres in presentes])


def por_nivel(cosas, gad_de=lambda cosa: cosa):
    """[(«GAD municipales», [cosa, …])], de la provincia a la parroquia y por código.

    `gad_de(cosa)` da su GAD; sin más, las cosas son los GAD.
    """
    orden = list(NIVELES)

    def lugar(cosa):
        return orden.index(gad_de(cosa).nivel), gad_de(cosa).pk

    por_lugar = groupby(sorted(cosas, key=lugar), lambda cosa: gad_de(cosa).nivel)
    grupos = [(nivel, list(suyas)) for nivel, suyas in por_lugar]
    return [(f"GAD {NIVELES[nivel][len(suyas) > 1]}", suyas) for nivel, suyas in grupos]


# --- Conversión ---------------------------------------------------------------------------------


def html_a_pdf(html):
    """Bytes del PDF (PDF/UA-1) de un HTML de `a_html`. Lanza SinPango o RecursoAjeno."""
    weasyprint = _weasyprint()
    from weasyprint.urls import FatalURLFetchingError

    try:
        cuerpo, estilos = sin_enlaces(html, buscador())
        documento = weasyprint.HTML(string=cuerpo, url_fetcher=buscador())
        return documento.write_pdf(pdf_variant="pdf/ua-1", **estilos)
    except FatalURLFetchingError as error:
        # No desciende de Exception: sin traducirlo, se llevaría por delante al proceso web.
        raise RecursoAjeno(str(error.__cause__)) from error


@contextmanager
def mirando_las_paginas(decir):
    """Mientras dura, `decir(PAGINAS, n)` con cada página que este hilo compone, y otra al escribir.

    Lo que `decir` lance corta la composición.
    """
    oyente = _Oyente(decir)
    DIARIO.addHandler(oyente)
    try:
        yield
    finally:
        DIARIO.removeHandler(oyente)


class _Oyente(logging.Handler):
    """Lee el diario de WeasyPrint, que es como avisa por dónde va."""

    def __init__(self, decir):
        super().__init__()
        self.decir, self.hilo = decir, get_ident()

    def emit(self, record):
        if record.thread != self.hilo:
            return
        if record.msg.startswith(DICE_PAGINA):
            self.decir(PAGINAS, record.args[0])
        elif record.msg.startswith(DICE_ESCRIBIR):
            self.decir(ESCRIBIR)
        else:
            # Leer el HTML y su estilo también tarda: son señas, sin página todavía.
            self.decir(PAGINAS)


def exigir_pango():
    """Lanza SinPango si no se van a poder componer documentos."""
    _weasyprint()


def _weasyprint():
    # Cada letra que va dentro lleva la hora en que se recortó: sin fijarla, el mismo HTML daría un
    # archivo distinto cada segundo, y lo que no se guarda no se podría volver a comprobar.
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    try:
        with warnings.catch_warnings():
            # Un Debian recién instalado no tiene letras, y no importa: el documento trae la suya.
            warnings.filterwarnings("ignore", "No fonts configured")
            import weasyprint
    except OSError as error:
        raise SinPango from error
    return weasyprint


def buscador():
    """El URLFetcher de un documento; aquí dentro, porque su clase base es de WeasyPrint."""
    _weasyprint()
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class BuscadorDeLaCasa(URLFetcher):
        """Solo `data:`, `estatico:RUTA` y la letra. Lo demás corta el documento."""

        def __init__(self):
            super().__init__(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)

        def fetch(self, url, headers=None):
            if url.lower().startswith("data:"):
                return super().fetch(url)
            archivo = archivo_propio(url)
            tipo = mimetypes.guess_type(archivo.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, archivo.read_bytes(), {"Content-Type": tipo})

    return BuscadorDeLaCasa()


def archivo_propio(direccion):
    """Archivo en disco de una dirección de la casa. Lanza RecursoAjeno con cualquier otra."""
    if letra := letra_de(direccion):
        return letra
    ruta = RUTA_ESTATICA.fullmatch(direccion)
    archivo = finders.find(ruta[1]) if ruta else None
    if not archivo or not Path(archivo).is_file():
        raise RecursoAjeno(f"Un documento no puede usar «{direccion[:200]}».")
    return Path(archivo)
