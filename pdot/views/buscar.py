"""Búsqueda global, desde la cabecera de cualquier página."""

from django.shortcuts import render
from django.urls import reverse

from territorios.jurisdiccion import Permiso, exige

from ..busqueda import buscar as buscar_todo

LARGO_MAXIMO = 80


@exige(Permiso.VER_TERRITORIO)
def buscar(request):
    q = " ".join(request.GET.get("q", "").replace("\0", "").split())
    es_larga = len(q) > LARGO_MAXIMO
    hallazgos = buscar_todo(q, request.user) if q and not es_larga else {}
    contexto = {
        "migas": [("Inicio", reverse("inicio")), ("Buscar", None)],
        "q": q,
        "largo_maximo": LARGO_MAXIMO,
        "es_larga": es_larga,
        "hay": any(hallazgos.values()),
        **hallazgos,
    }
    return render(request, "pdot/buscar.html", contexto, status=400 if es_larga else 200)
