"""Cuánto cuestan los PDF contra WeasyPrint pelado con el mismo HTML, y lo que se baja en flujo."""

from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from statistics import median
from time import thread_time

from django.urls import reverse

from territorios import documentos
from territorios.models import Trabajo
from territorios.trabajos import correr

MUESTRAS = 3
# De la memoria que ocupa el proceso, en páginas del sistema: la segunda cifra de statm.
STATM = Path("/proc/self/statm")
BYTES_POR_PAGINA = 4096
CADA_CUANTOS_TROZOS = 500


@dataclass
class Documento:
    """`segundos` y `pelado`: de procesador por página; `falla`: por qué no se pudo medir."""

    nombre: str
    paginas: float = 0
    segundos: float = 0
    pelado: float = 0
    falla: str = ""

    @property
    def razon(self):
        return self.segundos / self.pelado


def medir_documentos(banco, lista):
    return [_medir(banco, *uno) for uno in lista]


def _medir(banco, nombre, quien, ruta, muestras):
    claves = getattr(banco.muestra, muestras)[: MUESTRAS + 1]
    try:
        hechos = [_componer(banco.clientes[quien], _direccion(ruta, uno)) for uno in claves]
    except _NoCompuso as motivo:
        return Documento(nombre, falla=str(motivo))
    # El primero carga WeasyPrint y las letras: no se cuenta.
    hechos = hechos[1:] or hechos
    return Documento(
        nombre,
        paginas=median(paginas for paginas, _, _ in hechos),
        segundos=median(nuestro / paginas for paginas, nuestro, _ in hechos),
        pelado=median(pelado / paginas for paginas, _, pelado in hechos),
    )


def _direccion(ruta, muestra):
    return reverse(ruta, args=muestra if isinstance(muestra, tuple) else [muestra])


class _NoCompuso(Exception):
    pass


def _componer(cliente, direccion):
    """(páginas, segundos de la petición, segundos de WeasyPrint pelado) de un documento."""
    from pypdf import PdfReader

    with _mirando_el_html() as vistos:
        procesador = thread_time()
        respuesta = _pedir(cliente, direccion)
        contenido = b"".join(respuesta) if respuesta.streaming else respuesta.content
        nuestro = thread_time() - procesador
    if respuesta.status_code != 200 or not vistos:
        raise _NoCompuso(f"responde {respuesta.status_code} y no compuso un PDF")
    pdf = contenido if contenido[:4] == b"%PDF" else documentos.html_a_pdf(vistos[-1])
    return len(PdfReader(BytesIO(pdf)).pages), nuestro, _pelado(vistos[-1])


def _pedir(cliente, direccion):
    """La respuesta con el PDF; lo que va en segundo plano se pide, se hace aquí mismo y se baja."""
    respuesta = cliente.get(direccion)
    if respuesta.status_code != HTTPStatus.METHOD_NOT_ALLOWED:
        return respuesta
    pedido = cliente.post(direccion)
    if pedido.status_code != HTTPStatus.SEE_OTHER:
        return pedido
    trabajo = Trabajo.objects.latest("pk")
    correr(trabajo.pk, quien="medir")
    return cliente.get(reverse("pdot:archivo_de_trabajo", args=[trabajo.pk]))


@contextmanager
def _mirando_el_html():
    """Anota cada HTML que se convierte, sin cambiar nada de cómo se convierte."""
    vistos, original = [], documentos.html_a_pdf

    def mirar(html, *args, **kwargs):
        vistos.append(html)
        return original(html, *args, **kwargs)

    documentos.html_a_pdf = mirar
    try:
        yield vistos
    finally:
        documentos.html_a_pdf = original


def _pelado(html):
    import weasyprint

    procesador = thread_time()
    weasyprint.HTML(string=html, url_fetcher=documentos.buscador()).write_pdf()
    return thread_time() - procesador


# --- Exportaciones ------------------------------------------------------------------------------


@dataclass
class Bajada:
    """Una hoja en CSV: cuántas filas, microsegundos por fila y cuánto creció la memoria."""

    nombre: str
    filas: int = 0
    microsegundos: float = 0
    megas: float = 0
    falla: str = ""


def medir_bajadas(cliente, lista):
    return [_bajar(cliente, nombre, que) for nombre, que in lista]


def _bajar(cliente, nombre, que):
    procesador, antes = thread_time(), _memoria()
    respuesta = cliente.get(
        reverse("pdot:exportar_csv", args=[que]), headers={"accept-encoding": ""}
    )
    if respuesta.status_code != 200 or not respuesta.streaming:
        return Bajada(nombre, falla=f"responde {respuesta.status_code}, no en flujo")
    filas, pico = -1, antes
    for lugar, trozo in enumerate(respuesta.streaming_content):
        filas += trozo.count(b"\r\n")
        if lugar % CADA_CUANTOS_TROZOS == 0:
            pico = max(pico, _memoria())
    gastado = thread_time() - procesador
    return Bajada(nombre, filas, 1e6 * gastado / max(1, filas), (pico - antes) / 1e6)


def _memoria():
    return int(STATM.read_text().split()[1]) * BYTES_POR_PAGINA
