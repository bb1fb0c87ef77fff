"""Las actividades de un plan de capacidades: planificarlas, vincular encuentros, anotar avances."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from acompanamiento.acciones import YaExiste
from territorios.bitacora import bitacora_a_pedido, cambios_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_capacidades import (
    agregar_actividad,
    anotar_avance,
    editar_actividad,
    quitar_actividad,
    vincular_encuentros,
)
from ..capacidades import actividades_de, con_encuentros, con_nombres, poner_asistencia
from ..forms_capacidades import ActividadForm, AvanceForm, EncuentrosForm, PasoForm
from ..models import ActividadCapacidad, AvanceActividad, PlanCapacidades
from .capacidades import migas_de_plan

CAMBIO = "Otra persona cambió la actividad mientras usted escribía: revísela y repita."


@exige(Permiso.VER_ACOMPANAMIENTO)
def actividad(request, pk):
    """La actividad, quiénes asistieron (cuántos y de qué GAD) y sus avances."""
    una = _traer(ActividadCapacidad.objects.visibles_para(request.user), pk)
    (leida,) = con_encuentros(actividades_de(una.plan, request.user).filter(pk=pk), request.user)
    poner_asistencia([leida])
    edita = _edita(request.user, una)
    avances = AvanceActividad.objects.filter(actividad__clave=una.clave)
    bitacora = partial(
        cambios_de, request.user, una.historia.all(), nombrar=lambda fila: "la actividad"
    )
    contexto = _contexto(leida) | {
        "asistentes": con_nombres(leida.asistencia.por_gad),
        "avances": avances.select_related("por"),
        "ve_autor": request.user.puede(Permiso.VER_BITACORA),
        "puede_editar": edita and una.plan.esta_en_borrador,
        "puede_avanzar": edita and una.plan.esta_aprobado,
        "puede_vincular": edita and una.admite_encuentros,
    }
    contexto |= bitacora_a_pedido(request, una, bitacora)
    return render(request, "pdot/actividad.html", contexto)


def _traer(actividades, pk):
    return get_object_or_404(actividades.para_lista(), pk=pk)


def _edita(usuario, actividad):
    return ActividadCapacidad.objects.editables_por(usuario).filter(pk=actividad.pk).exists()


def _contexto(actividad, *pasos):
    ficha = actividad.get_absolute_url() if pasos else None
    return {
        "lugar": "pdot",
        "migas": [*migas_de_plan(actividad.plan, (actividad.titulo, ficha)), *pasos],
        "plan": actividad.plan,
        "actividad": actividad,
    }


def _pagina(request, plan, form, titulo, actividad=None, estado=200):
    """Cualquiera de los formularios de una actividad; sin `actividad`, es una nueva del plan."""
    paso = (titulo, None)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_plan(plan, paso),
        "plan": plan,
    }
    if actividad:
        contexto = _contexto(actividad, paso)
    contexto |= {
        "form": form,
        "titulo": titulo,
        "volver": (actividad or plan).get_absolute_url(),
    }
    return render(request, "pdot/editar_actividad.html", contexto, status=estado)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def nueva(request, pk):
    """Agrega una actividad al plan en borrador; `?necesidad=` (varias) las trae marcadas."""
    planes = PlanCapacidades.objects.editables_por(request.user)
    plan = get_object_or_404(planes.select_related("grupo__zona", "zona"), pk=pk)
    inicial = {"necesidades": request.GET.getlist("necesidad")}
    form = ActividadForm(request.POST or None, plan=plan, usuario=request.user, initial=inicial)
    if request.method == "GET":
        return _pagina(request, plan, form, "Agregar una actividad")
    if not form.is_valid():
        return _pagina(request, plan, form, "Agregar una actividad", estado=400)
    try:
        hecha = agregar_actividad(form.instance, form.listas(), por=request.user)
    except YaExiste as error:
        form.add_error(None, _ya_existe(error.existente))
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    else:
        messages.success(request, f"Se agregó la actividad «{hecha.titulo}» al plan.")
        return redirect(hecha)
    return _pagina(request, plan, form, "Agregar una actividad", estado=409)


def _ya_existe(actividad):
    return format_html(
        'Ya está en el plan una actividad igual: <a href="{}">{}</a>.',
        actividad.get_absolute_url(),
        actividad.titulo,
    )


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    una = _traer(ActividadCapacidad.objects.editables_por(request.user), pk)
    form = ActividadForm(request.POST or None, instance=una, plan=una.plan, usuario=request.user)
    titulo = "Editar la actividad"
    if request.method == "GET":
        return _pagina(request, una.plan, form, titulo, una)
    if not form.is_valid():
        return _pagina(request, una.plan, form, titulo, una, 400)
    version = form.cleaned_data["version_leida"] or 0
    try:
        editar_actividad(form.instance, form.listas(), por=request.user, version=version)
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        return responder_conflicto(request, conflicto.actual, diferencias, una.get_absolute_url())
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, una.plan, form, titulo, una, 409)
    messages.success(request, f"Se guardó la actividad «{form.instance.titulo}».")
    return redirect(una)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def quitar(request, pk):
    """La saca del plan en borrador; queda en la historia."""
    una = _traer(ActividadCapacidad.objects.editables_por(request.user), pk)
    form = PasoForm(request.POST or None, initial={"version": una.version})
    del form.fields["motivo"]
    titulo = "Quitar la actividad del plan"
    if request.method == "POST" and form.is_valid():
        hecho = f"Se quitó del plan la actividad «{una.titulo}»."
        plan = una.plan
        accion = partial(quitar_actividad, una, por=request.user, **form.cleaned_data)
        return _hacer(request, una, form, titulo, accion, (hecho, plan))
    return _pagina(request, una.plan, form, titulo, una, 400 if request.method == "POST" else 200)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def encuentros(request, pk):
    una = _traer(ActividadCapacidad.objects.editables_por(request.user), pk)
    form = EncuentrosForm(request.POST or None, actividad=una, usuario=request.user)
    titulo = "Vincular encuentros"
    if request.method == "POST" and form.is_valid():
        accion = partial(
            vincular_encuentros,
            una,
            form.ofrecidos,
            form.cleaned_data["encuentros"],
            por=request.user,
            version=form.cleaned_data["version"],
        )
        hecho = f"Se guardaron los encuentros de «{una.titulo}»."
        return _hacer(request, una, form, titulo, accion, (hecho, una))
    return _pagina(request, una.plan, form, titulo, una, 400 if request.method == "POST" else 200)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def avance(request, pk):
    una = _traer(ActividadCapacidad.objects.editables_por(request.user), pk)
    form = AvanceForm(
        request.POST or None,
        instance=AvanceActividad(actividad=una),
        initial={"version": una.version},
    )
    titulo = "Anotar un avance"
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        accion = partial(anotar_avance, form.instance, por=request.user, version=version)
        hecho = f"Se anotó el avance de «{una.titulo}»: {form.instance.porcentaje} %."
        return _hacer(request, una, form, titulo, accion, (hecho, una))
    return _pagina(request, una.plan, form, titulo, una, 400 if request.method == "POST" else 200)


def _hacer(request, actividad, form, titulo, accion, salida):
    """Ejecuta la acción; si llegó tarde, vuelve la página con lo escrito y el motivo (409).

    `salida`: (mensaje, a dónde ir).
    """
    hecho, a_donde = salida
    destino = a_donde.get_absolute_url()
    try:
        accion()
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    except Conflicto:
        form.add_error(None, CAMBIO)
    else:
        messages.success(request, hecho)
        return redirect(destino)
    return _pagina(request, actividad.plan, form, titulo, actividad, 409)
