"""Qué cambió en una evaluación: entre un envío y el siguiente, y entre dos versiones."""

from itertools import pairwise

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render

from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige

from ..diferencias import comparar_fotos
from ..escrito import Toma
from ..instantaneas import fotos
from ..lectura import envios_de, toma_para
from ..models import Evaluacion
from ..versiones import versiones_de
from .evaluaciones import migas_de


@exige(Permiso.VER_EVALUACIONES)
def cambios(request, pk):
    """Entre envíos, a quien la escribe o la revisa; los demás leen solo lo aprobado."""
    evaluacion = _traer(request, pk)
    tramos = []
    if evaluacion.muestra_su_revision_a(request.user):
        tramos = _tramos(evaluacion, evaluacion.la_llena(request.user))
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("Cambios", None)),
        "evaluacion": evaluacion,
        "con_revision": evaluacion.muestra_su_revision_a(request.user),
        "tramos": tramos,
        "versiones": versiones_de(evaluacion, request.user),
    }
    return render(request, "pdot/cambios.html", contexto)


def _tramos(evaluacion, la_llena):
    """[{antes, despues, apartados}] del último al primero. Lo a medias, solo a quien la llena."""
    envios = envios_de(evaluacion.pasos.all())
    cortes = [(paso.cuando, Toma(evaluacion, paso.cuando)) for paso in envios]
    if cortes and la_llena and evaluacion.esta_en_manos_del_gad:
        cortes.append((None, Toma(evaluacion)))
    if len(cortes) < 2:
        return []
    tomadas = fotos(toma for _, toma in cortes)
    pares = pairwise(zip([cuando for cuando, _ in cortes], tomadas, strict=True))
    tramos = [
        {
            "antes": antes,
            "despues": despues,
            "apartados": comparar_fotos(vieja, nueva),
        }
        for (antes, vieja), (despues, nueva) in pares
    ]
    return tramos[::-1]


@exige(Permiso.VER_EVALUACIONES)
def elegir(request, pk):
    """Elegir dos versiones; con las dos elegidas, lleva a compararlas."""
    evaluacion = _traer(request, pk)
    versiones = versiones_de(evaluacion, request.user)
    claves = {una.pk for una in versiones}
    elegidas = [entero_de(request.GET.get(campo)) for campo in ("una", "otra")]
    if set(elegidas) <= claves and elegidas[0] != elegidas[1]:
        return redirect("pdot:comparar", *elegidas)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("Comparar versiones", None)),
        "evaluacion": evaluacion,
        "versiones": versiones,
        "motivo": _motivo(request, elegidas),
    }
    return render(request, "pdot/elegir_versiones.html", contexto)


def _motivo(request, elegidas):
    if "una" not in request.GET and "otra" not in request.GET:
        return ""
    if elegidas[0] == elegidas[1]:
        return "Elija dos versiones distintas."
    return "Elija las dos versiones de la lista."


@exige(Permiso.VER_EVALUACIONES)
def comparar(request, pk, otra):
    """Dos evaluaciones cualesquiera del mismo GAD, por código de pregunta."""
    una, otra = _traer(request, pk), _traer(request, otra)
    if una.pdot.gad_id != otra.pdot.gad_id:
        messages.warning(request, "Solo se comparan evaluaciones de un mismo GAD.")
        return redirect("pdot:elegir_versiones", una.pk)
    antes, despues = fotos(toma_para(e, request.user, e.pasos.all()) for e in (una, otra))
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(otra, ("Comparar versiones", None)),
        "una": una,
        "otra": otra,
        "apartados": comparar_fotos(antes, despues),
    }
    return render(request, "pdot/comparar.html", contexto)


def _traer(request, pk):
    visibles = Evaluacion.objects.visibles_para(request.user)
    return get_object_or_404(visibles.para_lista(), pk=pk)
