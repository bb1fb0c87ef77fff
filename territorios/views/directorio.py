"""Directorio de los GAD: buscar, filtrar, ordenar y llevarse la lista."""

from django.core.paginator import Paginator
from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse

from ..filtros import FiltroGad
from ..jurisdiccion import Permiso, exige
from ..models import Gad
from ..planillas import lineas_csv

POR_PAGINA = 50
ENCABEZADO = [
    *("código", "nombre", "nivel", "nombre oficial", "zona", "provincia", "cantón"),
    *("vigente desde", "vigente hasta"),
]


@exige(Permiso.VER_TERRITORIO)
def gads(request):
    filtro = FiltroGad(request.GET)
    contexto = {
        "lugar": "territorio",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Territorio", reverse("territorios:inicio")),
            ("Directorio de GAD", None),
        ],
        "filtro": filtro,
    }
    if not filtro.is_valid():
        return render(request, "territorios/gads.html", contexto, status=400)
    encontrados = filtro.filtrar(Gad.objects.visibles_para(request.user))
    if filtro.cleaned_data["formato"]:
        return _descargar(encontrados)
    # `get_page` lleva a la última página si el número se pasa, y a la primera si no es un número.
    pagina = Paginator(encontrados.para_lista(), POR_PAGINA).get_page(request.GET.get("pagina"))
    total = pagina.paginator.count
    contexto |= {"pagina": pagina, "total": total, "hay_dpa": total or Gad.objects.exists()}
    return render(request, "territorios/gads.html", contexto)


def _descargar(gads):
    respuesta = StreamingHttpResponse(
        lineas_csv(ENCABEZADO, map(_fila, gads.para_lista().iterator(chunk_size=500))),
        content_type="text/csv; charset=utf-8",
    )
    respuesta["Content-Disposition"] = 'attachment; filename="gad.csv"'
    return respuesta


def _fila(gad):
    lugar = gad.territorio
    canton = lugar.canton.nombre if lugar.canton else ""
    return [
        *(gad.pk, lugar.nombre, gad.get_nivel_display(), gad.nombre_oficial, lugar.zona_id),
        *(lugar.provincia.nombre, canton, lugar.desde, lugar.hasta),
    ]
