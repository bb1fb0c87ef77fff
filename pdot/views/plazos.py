"""El plazo de un grupo para evaluar, y cómo va cada GAD."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompanamiento.models import Grupo
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.texto import cuantos
from territorios.versiones import Conflicto
from territorios.views.documentos import sitio_de

from ..acciones import NoProcede
from ..acciones_plazo import fijar_plazo
from ..forms_revision import PlazoForm
from ..hojas_de_listas import PLAZO
from ..models import PlazoEvaluacion
from ..plazos import avance_de, cuenta_de


def _migas(grupo, paso):
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (grupo.estrategia.nombre, grupo.estrategia.get_absolute_url()),
        (f"Grupo {grupo.numero}", grupo.get_absolute_url()),
        (paso, None),
    ]


def _plazo_de(grupo):
    return PlazoEvaluacion.objects.filter(grupo=grupo).first()


@exige(Permiso.VER_ACOMPANAMIENTO)
def avance(request, pk):
    """Cuántos empezaron, enviaron y tienen aprobada su evaluación, y quién falta."""
    visibles = Grupo.objects.visibles_para(request.user).select_related("estrategia")
    grupo = get_object_or_404(visibles, pk=pk)
    avances, plazo = avance_de(grupo, request.user), _plazo_de(grupo)
    if formato := formato_pedido(request, PLAZO):
        return descargar(formato, PLAZO, avances, plazo)
    aprobadas = sum(uno.estado == "aprobada" for uno in avances)
    contexto = {
        "lugar": "acompanamiento",
        "pagina_de_grupo": "avance",
        "migas": _migas(grupo, "Avance de las evaluaciones"),
        "grupo": grupo,
        "plazo": plazo,
        "avances": avances,
        "hoja": PLAZO,
        "cuenta": cuenta_de(avances),
        "frase": f"{aprobadas} de {cuantos(len(avances), 'GAD', 'GAD')} con evaluación aprobada",
        "faltan": [uno for uno in avances if uno.falta],
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO) and grupo.esta_abierto,
    }
    return render(request, "pdot/avance_de_grupo.html", contexto)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def plazo(request, pk):
    editables = Grupo.objects.editables_por(request.user).select_related("estrategia")
    grupo = get_object_or_404(editables, pk=pk)
    form = PlazoForm(request.POST or None, instance=_plazo_de(grupo) or PlazoEvaluacion())
    if request.method == "GET":
        return _pagina(request, grupo, form)
    if not form.is_valid():
        return _pagina(request, grupo, form, status=400)
    datos = form.cleaned_data
    try:
        fijado = fijar_plazo(
            grupo,
            fecha=datos["fecha"],
            nota=datos["nota"],
            version=datos["version"],
            sitio=sitio_de(request),
            por=request.user,
        )
    except NoProcede as motivo:
        return _pagina(request, grupo, form, status=409, motivo=str(motivo))
    except Conflicto as conflicto:
        return _en_conflicto(request, grupo, form, conflicto.actual)
    hecho = f"El plazo {fijado.en_palabras}." if fijado.fecha else "Se quitó el plazo."
    messages.success(request, f"{hecho} Lo ven los GAD del {grupo}.")
    return redirect("pdot:avance_de_grupo", grupo.pk)


def _en_conflicto(request, grupo, form, actual):
    """409: lo tecleado sigue en el formulario, que ya lleva la versión de ahora."""
    form.data = form.data.copy()
    form.data["version"] = actual.version if actual else 0
    contexto = {"guardado": actual, "motivo": "Otra persona cambió el plazo: no se guardó nada."}
    return _pagina(request, grupo, form, status=409, **contexto)


def _pagina(request, grupo, form, status=200, **mas):
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(grupo, "Plazo para evaluar"),
        "grupo": grupo,
        "form": form,
    }
    return render(request, "pdot/plazo.html", contexto | mas, status=status)
