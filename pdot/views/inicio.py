"""Inicio: lo que espera hoy a quien entra."""

from django.shortcuts import render

from territorios.jurisdiccion import Permiso, exige

from .. import tablero
from ..plazos import plazos_de


@exige(Permiso.VER_TERRITORIO)
def inicio(request):
    usuario = request.user
    contexto = {
        "pendientes": tablero.pendientes_de(usuario),
        "primeros_pasos": tablero.primeros_pasos(usuario),
        "plazos": plazos_de(usuario),
        "plan": tablero.plan_propio(usuario),
        "programa": tablero.programa_propio(usuario),
        "propia": tablero.evaluacion_propia(usuario),
        "grupos": tablero.grupos_de(usuario),
        "proximos": tablero.proximos_de(usuario),
        "por_estado": tablero.evaluaciones_por_estado(usuario),
    }
    return render(request, "pdot/inicio_de_sesion.html", contexto)
