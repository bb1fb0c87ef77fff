"""Notas internas entre quienes revisan una evaluación: solo ellos abren esta página."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones_revision import anotar, corregir_nota, retirar_nota
from ..forms_revision import NotaInternaForm
from ..models import Evaluacion, NotaInterna, Pregunta
from .evaluaciones import migas_de


@exige(Permiso.REVISAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def notas(request, pk):
    """Leerlas, anotar, y corregir o retirar las propias."""
    de_su_revision = Evaluacion.objects.de_su_revision(request.user)
    evaluacion = get_object_or_404(de_su_revision.para_lista(), pk=pk)
    if request.method == "GET":
        inicial = {"pregunta": request.GET.get("pregunta", "")}
        return _pagina(request, evaluacion, _nueva(evaluacion, initial=inicial))
    if "nota" in request.POST:
        return _cambiar(request, evaluacion)
    form = _nueva(evaluacion, data=request.POST)
    if not form.is_valid():
        return _pagina(request, evaluacion, form, status=400)
    anotar(evaluacion, form.cleaned_data["texto"], pregunta=form.elegida, por=request.user)
    messages.success(request, "Se guardó la nota. El GAD no la ve.")
    return redirect("pdot:notas", evaluacion.pk)


def _cambiar(request, evaluacion):
    """Corregir o retirar una propia; si cambió desde que se leyó, lo tecleado vuelve."""
    propias = NotaInterna.objects.editables_por(request.user).filter(evaluacion=evaluacion)
    nota = get_object_or_404(propias, pk=entero_de(request.POST["nota"]))
    comunes = {"version": entero_de(request.POST.get("version")), "por": request.user}
    form = NotaInternaForm(request.POST, preguntas=[])
    form.fields.pop("pregunta")
    if "retirar" not in request.POST and not form.is_valid():
        return _pagina(request, evaluacion, _nueva(evaluacion), status=400, corregida=(nota, form))
    try:
        if "retirar" in request.POST:
            retirar_nota(nota, **comunes)
            messages.success(request, "Se retiró la nota.")
        else:
            corregir_nota(nota, form.cleaned_data["texto"], **comunes)
            messages.success(request, "Se corrigió la nota.")
    except Conflicto as conflicto:
        pares = [("Nota", conflicto.actual.texto, request.POST.get("texto", ""))]
        return responder_conflicto(request, evaluacion, pares, request.path)
    return redirect("pdot:notas", evaluacion.pk)


def _nueva(evaluacion, **opciones):
    nivel = evaluacion.pdot.gad.nivel
    preguntas = Pregunta.objects.para_nivel(evaluacion.instrumento, nivel)
    return NotaInternaForm(preguntas=preguntas, **opciones)


def _pagina(request, evaluacion, form, status=200, corregida=(None, None)):
    """`corregida`: (nota, formulario) de la que no se pudo corregir, con lo tecleado."""
    visibles = NotaInterna.objects.visibles_para(request.user).filter(evaluacion=evaluacion)
    filas = [
        (nota, corregida[1] if corregida[0] == nota else None)
        for nota in visibles.select_related("autor", "pregunta")
    ]
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("Notas internas", None)),
        "evaluacion": evaluacion,
        "form": form,
        "notas": filas,
    }
    return render(request, "pdot/notas.html", contexto, status=status)
