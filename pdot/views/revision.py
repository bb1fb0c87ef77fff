"""La revisión de la zona: devolver con observaciones por pregunta, o aprobar."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede, aprobar_evaluacion, devolver_evaluacion
from ..forms import RevisionForm
from ..llenado import Llenado
from ..models import Evaluacion
from .evaluaciones import migas_de, no_procede


@exige(Permiso.REVISAR_EVALUACION)
@require_http_methods(["GET", "POST"])
def revisar(request, pk):
    """Si otra persona ya resolvió, no se revisa, pero lo escrito vuelve para que no se pierda."""
    de_su_revision = Evaluacion.objects.de_su_revision(request.user)
    evaluacion = get_object_or_404(de_su_revision.para_lista(), pk=pk)
    llenado = Llenado(evaluacion, para=request.user)
    form = RevisionForm(
        request.POST or None, preguntas=llenado.preguntas, version=evaluacion.version
    )
    if request.method == "POST" and not form.is_valid():
        return _pagina(request, llenado, form, status=400)
    if evaluacion.estado != Evaluacion.Estado.ENVIADA:
        return _ya_resuelta(request, evaluacion, form)
    if request.method == "GET":
        return _pagina(request, llenado, form)
    return _resolver(request, llenado, form)


def _ya_resuelta(request, evaluacion, form):
    estado = evaluacion.get_estado_display().lower()
    motivo = f"La evaluación está {estado}: no hay nada que revisar."
    if not form.is_bound:
        return no_procede(request, evaluacion.pk, motivo)
    escrito = [(str(pregunta), "", texto) for pregunta, texto in form.observaciones().items()]
    if form.cleaned_data["comentario"]:
        escrito.append(("Comentario general", "", form.cleaned_data["comentario"]))
    volver = evaluacion.get_absolute_url()
    return responder_conflicto(request, evaluacion, escrito, volver, motivo)


def _resolver(request, llenado, form):
    """Cumple la decisión; si no procede, la página vuelve con lo escrito y el motivo."""
    evaluacion, datos = llenado.evaluacion, form.cleaned_data
    comunes = {
        "por": request.user,
        "version": datos["version"],
        "comentario": datos["comentario"],
    }
    try:
        if request.POST.get("decision") == "aprobar":
            if form.observaciones():
                raise NoProcede("Hay observaciones escritas: bórrelas para aprobar, o devuelva.")
            aprobar_evaluacion(evaluacion, **comunes)
            mensaje = f"Se aprobó la evaluación de {evaluacion.gad.nombre}."
        else:
            devolver_evaluacion(evaluacion, form.observaciones(), **comunes)
            mensaje = f"Se devolvió con observaciones la evaluación de {evaluacion.gad.nombre}."
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, llenado, form, status=400)
    except Conflicto as conflicto:
        motivo = "Otra persona la cambió mientras usted revisaba; sus observaciones siguen abajo."
        form.add_error(None, motivo)
        # La página que vuelve lleva la versión de ahora: lo que se mande después ya la leyó.
        form.data = form.data.copy()
        form.data["version"] = conflicto.actual.version
        return _pagina(request, llenado, form, status=409)
    messages.success(request, mensaje)
    return redirect(evaluacion)


def _pagina(request, llenado, form, status=200):
    evaluacion = llenado.evaluacion
    contexto = {
        "lugar": "pdot",
        "migas": migas_de(evaluacion, ("Revisar", None)),
        "evaluacion": evaluacion,
        "llenado": llenado,
        "form": form,
        "partes": [
            (parte, [(*fila, form.campo_de(fila[0])) for fila in parte.filas])
            for parte in llenado.partes
        ],
    }
    return render(request, "pdot/revisar.html", contexto, status=status)
