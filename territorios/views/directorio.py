"""Directorio de los GAD: buscar, filtrar, ordenar y llevarse la lista."""

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse

from ..descargas import descargar, formato_pedido
from ..filtros import FiltroGad
from ..hojas import GADS
from ..jurisdiccion import Permiso, exige
from ..models import Gad

POR_PAGINA = 50


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
        "hoja": GADS,
    }
    if not filtro.is_valid():
        return render(request, "territorios/gads.html", contexto, status=400)
    encontrados = filtro.filtrar(Gad.objects.visibles_para(request.user))
    if formato := formato_pedido(request, GADS):
        return descargar(formato, GADS, encontrados.para_lista())
    # `get_page` lleva a la última página si el número se pasa, y a la primera si no es un número.
    pagina = Paginator(encontrados.para_lista(), POR_PAGINA).get_page(request.GET.get("pagina"))
    total = pagina.paginator.count
    contexto |= {"pagina": pagina, "total": total, "hay_dpa": total or Gad.objects.exists()}
    return render(request, "territorios/gads.html", contexto)
