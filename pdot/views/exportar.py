"""Llevarse lo que uno ve a una hoja de cálculo, con su diccionario."""

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from territorios.descargas import como_csv, como_xlsx
from territorios.hojas_de_calculo import csv_de, csv_del_diccionario
from territorios.jurisdiccion import Permiso, exige

from ..forms_exportar import FiltroExportacion
from ..hojas import HOJAS, POR_NOMBRE

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
    if que == DICCIONARIO:
        return como_csv(csv_del_diccionario(HOJAS, _archivo), f"pdot-{que}")
    hoja = POR_NOMBRE[que]
    return como_csv(csv_de(hoja, hoja.filas(filtro.alcance)), f"pdot-{que}")


def _archivo(hoja):
    """Con qué nombre se descarga en CSV; después lleva la fecha del día."""
    return f"pdot-{hoja.nombre}-AAAA-MM-DD.csv"


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
    return como_xlsx([(hoja, hoja.filas(filtro.alcance)) for hoja in hojas], f"pdot-{que}")
