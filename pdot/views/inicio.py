"""Inicio: lo que espera hoy a quien entra."""

from django.shortcuts import render

from territorios.jurisdiccion import Permiso, exige

from .. import tablero
from ..plazos import plazos_de


@exige(Permiso.VER_TERRITORIO)
def inicio(request):
    usuario = request.user
    suyo = tablero.tablero_de(usuario)
    contexto = {
        "tablero": suyo,
        "primeros_pasos": [] if suyo.total else tablero.primeros_pasos(usuario),
        "plazos": plazos_de(usuario),
        "grupos": tablero.grupos_de(usuario),
    }
    return render(request, "pdot/inicio_de_sesion.html", contexto)
