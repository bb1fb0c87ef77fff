"""El resumen que se lleva al diálogo de cierre con la prefectura."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from acompanamiento.models import Estrategia
from acompanamiento.models.linea import provincias_a_la_vista
from territorios.jurisdiccion import Permiso, exige
from territorios.views.documentos import entregar_documento

from ..resumen_prefectura import (
    provincias_de,
    resumen_en_pdf,
    resumen_para_prefectura,
)


@exige(Permiso.VER_ACOMPANAMIENTO)
def resumenes(request, estrategia):
    """Las provincias de la estrategia a la vista de quien entra; si es una, la abre."""
    visibles = Estrategia.objects.visibles_para(request.user)
    estrategia = get_object_or_404(visibles, codigo=estrategia)
    provincias = list(provincias_de(estrategia, request.user))
    if len(provincias) == 1:
        return redirect("pdot:resumen_prefectura", estrategia.codigo, provincias[0].pk)
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(estrategia, ("Resumen para la prefectura", None)),
        "estrategia": estrategia,
        "provincias": provincias,
    }
    return render(request, "pdot/resumenes_prefectura.html", contexto)


@exige(Permiso.VER_ACOMPANAMIENTO)
def resumen(request, estrategia, provincia):
    estrategia, provincia = _traer(request.user, estrategia, provincia)
    todos = reverse("pdot:resumenes_prefectura", args=[estrategia.codigo])
    pasos = ("Resumen para la prefectura", todos), (provincia.nombre, None)
    contexto = resumen_para_prefectura(estrategia, provincia, request.user) | {
        "lugar": "acompanamiento",
        "migas": _migas(estrategia, *pasos),
        "puede_descargar": request.user.puede(Permiso.DESCARGAR_INFORMES),
    }
    return render(request, "pdot/resumen_prefectura.html", contexto)


@exige(Permiso.DESCARGAR_INFORMES)
def resumen_pdf(request, estrategia, provincia):
    estrategia, provincia = _traer(request.user, estrategia, provincia)
    return entregar_documento(request, resumen_en_pdf(estrategia, provincia, request.user))


def _migas(estrategia, *pasos):
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (estrategia.nombre, estrategia.get_absolute_url()),
        *pasos,
    ]


def _traer(usuario, estrategia, provincia):
    vistas = provincias_a_la_vista(usuario).select_related("territorio")
    return (
        get_object_or_404(Estrategia.objects.visibles_para(usuario), codigo=estrategia),
        get_object_or_404(vistas, pk=provincia),
    )
