"""Llevarse lo que uno ve a una hoja de cálculo, con su diccionario."""

from django.http import FileResponse, Http404, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from territorios.jurisdiccion import Permiso, exige

from ..exportaciones import csv_de, csv_del_diccionario, libro, nombre_de_archivo
from ..forms_exportar import FiltroExportacion
from ..hojas import HOJAS, POR_NOMBRE

TIPO_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TODO, DICCIONARIO = "todo", "diccionario"


@exige(Permiso.VER_EVALUACIONES)
@require_safe
def exportar(request):
    """Qué trae cada hoja, columna por columna, y los filtros con que se descargan."""
    filtro = FiltroExportacion(request.GET, usuario=request.user)
    return _pagina(request, filtro, 200 if filtro.is_valid() else 400)


def _pagina(request, filtro, estado):
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "exportar",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("PDOT", reverse("pdot:inicio")),
            ("Exportar", None),
        ],
        "filtro": filtro,
        "hojas": HOJAS,
    }
    return render(request, "pdot/exportar.html", contexto, status=estado)


@exige(Permiso.VER_EVALUACIONES)
@require_safe
def exportar_csv(request, que):
    """Una hoja, o el diccionario de todas, en flujo."""
    filtro = FiltroExportacion(request.GET, usuario=request.user)
    if que != DICCIONARIO and que not in POR_NOMBRE:
        raise Http404
    if not filtro.is_valid():
        return _pagina(request, filtro, 400)
    es_diccionario = que == DICCIONARIO
    lineas = (
        csv_del_diccionario(HOJAS) if es_diccionario else csv_de(POR_NOMBRE[que], filtro.alcance)
    )
    respuesta = StreamingHttpResponse(lineas, content_type="text/csv; charset=utf-8")
    return _adjunta(respuesta, nombre_de_archivo(que, "csv"))


@exige(Permiso.VER_EVALUACIONES)
@require_safe
def exportar_xlsx(request, que):
    """Una hoja, o todas, en un libro con su diccionario."""
    filtro = FiltroExportacion(request.GET, usuario=request.user)
    if que != TODO and que not in POR_NOMBRE:
        raise Http404
    if not filtro.is_valid():
        return _pagina(request, filtro, 400)
    hojas = HOJAS if que == TODO else [POR_NOMBRE[que]]
    respuesta = FileResponse(libro(hojas, filtro.alcance), content_type=TIPO_XLSX)
    return _adjunta(respuesta, nombre_de_archivo(que, "xlsx"))


def _adjunta(respuesta, nombre):
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    patch_cache_control(respuesta, private=True, no_store=True)
    return respuesta
