"""Qué cambió en un GAD, y en los de un grupo, después de atender sus necesidades."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from acompanamiento.models import Grupo
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad

from ..efecto import cadenas_de_gad, resumen_de_grupo
from ..models import esta_a_la_vista
from ..necesidades import puede_declarar_de


@exige(Permiso.VER_EVALUACIONES)
def efecto(request, codigo):
    """La cadena de cada necesidad del GAD, con lo que falta y lo que no se puede afirmar."""
    gad = Gad.objects.visibles_para(request.user).para_lista().filter(pk=codigo).first()
    if gad is None:
        raise Http404
    cadenas = cadenas_de_gad(gad, request.user)
    contexto = {
        "lugar": "territorio",
        "pagina_de_gad": "efecto",
        "migas": [
            ("Inicio", reverse("inicio")),
            (gad.nombre_con_lugar, gad.get_absolute_url()),
            ("Qué cambió", None),
        ],
        "gad": gad,
        "cadenas": cadenas,
        "atendidas": sum(1 for cadena in cadenas if cadena.eslabones),
        "completas": sum(1 for cadena in cadenas if cadena.esta_completa),
        "sigue_su_proceso": esta_a_la_vista(request.user, gad),
        "puede_declarar": puede_declarar_de(request.user, gad),
    }
    return render(request, "pdot/efecto.html", contexto)


@exige(Permiso.VER_EVALUACIONES)
def de_grupo(request, pk):
    visibles = Grupo.objects.visibles_para(request.user).select_related("estrategia")
    grupo = get_object_or_404(visibles, pk=pk)
    contexto = {
        "lugar": "acompanamiento",
        "pagina_de_grupo": "efecto",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (f"Grupo {grupo.numero}", grupo.get_absolute_url()),
            ("Qué cambió", None),
        ],
        "grupo": grupo,
        "renglones": resumen_de_grupo(grupo, request.user) if grupo.esta_conformado else [],
    }
    return render(request, "pdot/efecto_de_grupo.html", contexto)
