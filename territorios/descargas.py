"""Llevarse una lista: el mismo contenido que se ve, en el formato que se pida en la dirección.

Una lista declara su Hoja y, donde iba a dibujarse, pregunta antes si le pidieron un archivo:

    if formato := formato_pedido(request, HOJA):
        return descargar(formato, HOJA, filas)
"""

from itertools import islice

from django.core.exceptions import BadRequest
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.cache import patch_cache_control

from .geojson import TIPO as TIPO_GEOJSON
from .geojson import geojson_de
from .hojas_de_calculo import csv_de, libro
from .texto import recortar

CSV, XLSX, GEOJSON = "csv", "xlsx", "geojson"
LINEAS_POR_TROZO = 200
TIPO_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def formato_pedido(request, hoja):
    """El de la dirección, o "" si se pide la página. BadRequest si la hoja no sale en ese."""
    formato = request.GET.get("formato", "")
    ofrecidos = dict(hoja.formatos)
    if formato and formato not in ofrecidos:
        nombres = ", ".join(ofrecidos.values())
        raise BadRequest(f"Esta lista se descarga en {nombres}, no en «{recortar(formato)}».")
    return formato


def descarga_pedida(request, listas):
    """La respuesta con la lista que se pide, o None si se pide la página.

    Para una página con varias: `listas` es {clave: (hoja, función que da las filas)} y la clave
    viene en `lista`; la de "" es la principal.
    """
    if not request.GET.get("formato"):
        return None
    clave = request.GET.get("lista", "")
    if clave not in listas:
        raise BadRequest("En esta página no hay una lista así que descargar.")
    hoja, filas = listas[clave]
    return descargar(formato_pedido(request, hoja), hoja, filas())


def descargar(formato, hoja, filas, alcance=None):
    """La respuesta con esas filas: un QuerySet o una lista de objetos, según lea la hoja."""
    if formato == GEOJSON:
        return _en_flujo(geojson_de(hoja, filas, alcance), TIPO_GEOJSON, hoja.nombre, GEOJSON)
    leidas = hoja.leer(filas, alcance)
    if formato == XLSX:
        return como_xlsx([(hoja, leidas)], hoja.nombre)
    return como_csv(csv_de(hoja, leidas), hoja.nombre)


def como_csv(lineas, nombre):
    return _en_flujo(lineas, "text/csv; charset=utf-8", nombre, CSV)


def como_xlsx(pares, nombre):
    return _adjunta(FileResponse(libro(pares), content_type=TIPO_XLSX), nombre, XLSX)


def _en_flujo(lineas, tipo, nombre, extension):
    return _adjunta(StreamingHttpResponse(_en_trozos(lineas), content_type=tipo), nombre, extension)


def _en_trozos(lineas):
    """Mandar y comprimir línea por línea cuesta más que armarlas."""
    lineas = iter(lineas)
    while trozo := "".join(islice(lineas, LINEAS_POR_TROZO)):
        yield trozo


def _adjunta(respuesta, nombre, extension):
    archivo = f"{nombre}-{timezone.localdate():%Y-%m-%d}.{extension}"
    respuesta["Content-Disposition"] = f'attachment; filename="{archivo}"'
    patch_cache_control(respuesta, private=True, no_store=True)
    return respuesta
