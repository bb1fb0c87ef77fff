"""El PDOT de un GAD y período: verlo, registrarlo, escribirlo, ponerlo en vigencia y compararlo."""

from functools import partial

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.bitacora import bitacora_a_pedido
from territorios.documentos import nombre_de_pdf
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.subidas import es_excesiva
from territorios.versiones import Conflicto
from territorios.views.archivos import entregar_archivo
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_plan import (
    BrechasEnConflicto,
    PeriodoRepetido,
    guardar_brechas,
    guardar_plan,
    poner_en_vigencia,
    registrar_plan,
    terminar_plan,
)
from ..forms_plan import BrechaFila, PlanForm, filas_de_objetivos
from ..models import Brecha, Pdot, gads_a_cargo_de
from ..plan import anterior_a, bitacora_de_plan, brechas_por_competencia, comparar, contexto_de_plan
from ..subir_pdf import EXCESIVO


@exige(Permiso.VER_TERRITORIO)
def plan(request, pk):
    return _pagina(request, _traer(Pdot.objects.visibles_para(request.user), pk))


def _pagina(request, plan, estado=200, **mas):
    contexto = contexto_de_plan(plan, request.user) | mas
    contexto |= {"lugar": "pdot", "migas": migas_de_gad(plan.gad, (str(plan), None))}
    contexto |= bitacora_a_pedido(request, plan, partial(bitacora_de_plan, request.user, plan))
    return render(request, "pdot/plan.html", contexto, status=estado)


@exige(Permiso.VER_TERRITORIO)
def archivo(request, pk):
    """El PDF del plan: es un documento público y lo baja quien ve el territorio."""
    plan = _traer(Pdot.objects.visibles_para(request.user), pk)
    nombre = nombre_de_pdf("PDOT", plan.gad.nombre, f"{plan.anio_desde}-{plan.anio_hasta}")
    return entregar_archivo(plan.archivo, nombre)


@exige(Permiso.VER_TERRITORIO)
def comparacion(request, pk):
    """El plan junto al de otro período del mismo GAD; el anterior, si no se dice cuál."""
    plan = _traer(Pdot.objects.visibles_para(request.user), pk)
    otros = list(plan.gad.planes.exclude(pk=plan.pk).order_by("-anio_desde"))
    elegido = entero_de(request.GET.get("con"))
    if "con" in request.GET:
        otro = next((uno for uno in otros if uno.pk == elegido), None)
        if otro is None:
            raise Http404
    else:
        otro = anterior_a(plan, otros) or next(iter(otros), None)
    pares = sorted((plan, otro), key=lambda uno: uno.anio_desde) if otro else []
    contexto = {
        "lugar": "pdot",
        "migas": _migas(plan, "Comparar"),
        "plan": plan,
        "gad": plan.gad,
        "otros": otros,
        "otro": otro,
        "pares": pares,
        "renglones": comparar(*pares) if pares else [],
    }
    return render(request, "pdot/comparar_planes.html", contexto)


# --- Escribir -----------------------------------------------------------------------------------


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def nuevo(request, codigo):
    """Registra el plan de otro período de un GAD."""
    gads = gads_a_cargo_de(request.user).para_lista()
    gad = get_object_or_404(gads, pk=codigo)
    form, objetivos = _formularios(request, Pdot(gad=gad))
    migas = migas_de_gad(gad, ("Registrar un PDOT", None))
    contexto = {"lugar": "pdot", "migas": migas, "gad": gad, "form": form, "objetivos": objetivos}
    if fallo := _fallo(request, form, objetivos):
        return render(request, "pdot/editar_plan.html", contexto, status=fallo)
    try:
        plan = registrar_plan(
            form.instance, objetivos.datos(), archivo=form.cleaned_data["pdf"], por=request.user
        )
    except PeriodoRepetido as motivo:
        form.add_error("anio_desde", str(motivo))
        return render(request, "pdot/editar_plan.html", contexto, status=409)
    messages.success(request, f"Se registró el {plan} de {gad.nombre}.")
    return redirect(plan)


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    plan = _traer(Pdot.objects.editables_por(request.user), pk)
    form, objetivos = _formularios(request, plan)
    contexto = {
        "lugar": "pdot",
        "migas": _migas(plan, "Editar"),
        "plan": plan,
        "gad": plan.gad,
        "form": form,
        "objetivos": objetivos,
    }
    if fallo := _fallo(request, form, objetivos):
        return render(request, "pdot/editar_plan.html", contexto, status=fallo)
    version = form.cleaned_data["version_leida"] or 0
    dichos, pdf = objetivos.datos(), form.cleaned_data["pdf"]
    try:
        guardar_plan(form.instance, dichos, archivo=pdf, por=request.user, version=version)
    except Conflicto as conflicto:
        return _conflicto(request, form, dichos, conflicto.actual)
    except NoProcede as motivo:
        campo = "anio_desde" if isinstance(motivo, PeriodoRepetido) else None
        form.add_error(campo, str(motivo))
        return render(request, "pdot/editar_plan.html", contexto, status=409)
    messages.success(request, f"Se guardó el {plan} de {plan.gad.nombre}.")
    return redirect(plan)


def _formularios(request, plan):
    if request.method == "GET":
        return PlanForm(instance=plan), filas_de_objetivos(plan=plan)
    form = PlanForm(request.POST, request.FILES, instance=plan)
    return form, filas_de_objetivos(request.POST, plan=plan)


def _fallo(request, form, objetivos):
    """El código con que se vuelve a mostrar el formulario, o None si todo está bien."""
    if request.method == "GET":
        return 200
    validos = [form.is_valid(), objetivos.is_valid()]
    if es_excesiva(request):
        form.errors["pdf"] = form.error_class([EXCESIVO])
        return 413
    return None if all(validos) else 400


def _conflicto(request, form, dichos, actual):
    """Los dos textos, campo por campo; los objetivos, como lista."""
    diferencias = form.conflictos_con(actual)
    guardados = [uno.texto for uno in actual.objetivos.all()]
    tecleados = [fila["texto"] for fila in dichos]
    if guardados != tecleados:
        diferencias.append(("Objetivos", "\n".join(guardados), "\n".join(tecleados)))
    return responder_conflicto(request, actual, diferencias, actual.get_absolute_url())


@exige(Permiso.EDITAR_PLANES)
@require_POST
def vigencia(request, pk):
    return _pasar(request, pk, poner_en_vigencia, "ya está vigente.")


@exige(Permiso.EDITAR_PLANES)
@require_POST
def terminar(request, pk):
    return _pasar(request, pk, terminar_plan, "quedó terminado; sigue a la vista.")


def _pasar(request, pk, paso, dicho):
    plan = _traer(Pdot.objects.editables_por(request.user), pk)
    try:
        paso(plan, por=request.user, version=entero_de(request.POST.get("version")))
    except Conflicto:
        motivo = "El plan cambió desde que abrió esta página: repáselo y vuelva a intentarlo."
        return _pagina(request, _traer(Pdot.objects, pk), 409, motivo=motivo)
    except NoProcede as motivo:
        return _pagina(request, _traer(Pdot.objects, pk), 409, motivo=motivo)
    messages.success(request, f"El {plan} de {plan.gad.nombre} {dicho}")
    return redirect(plan)


# --- Brechas ------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def brechas(request, pk):
    """Las cinco respuestas por competencia exclusiva del nivel del GAD."""
    plan = _traer(Pdot.objects.editables_por(request.user), pk)
    datos = request.POST if request.method == "POST" else None
    pares = brechas_por_competencia(plan)
    filas = [BrechaFila(datos, plan=plan, competencia=c, actual=a) for c, a in pares]
    contexto = {
        "lugar": "pdot",
        "migas": _migas(plan, "Brechas por competencia"),
        "plan": plan,
        "gad": plan.gad,
        "filas": filas,
    }
    if datos is None:
        return render(request, "pdot/editar_brechas.html", contexto)
    validas = [fila.is_valid() for fila in filas]
    if not all(validas):
        return render(request, "pdot/editar_brechas.html", contexto, status=400)
    try:
        cambiadas = guardar_brechas(plan, [fila.par for fila in filas], por=request.user)
    except BrechasEnConflicto as conflicto:
        diferencias = [d for par in conflicto.pares for d in _diferencias(*par)]
        return responder_conflicto(request, plan, diferencias, plan.get_absolute_url())
    que = "Se guardaron las brechas" if cambiadas else "No había nada que cambiar en las brechas"
    messages.success(request, f"{que} del {plan} de {plan.gad.nombre}.")
    return redirect(plan)


def _diferencias(guardada, tecleada):
    for campo, etiqueta in BrechaFila.ETIQUETAS.items():
        antes, ahora = (getattr(una, campo, "") for una in (guardada or Brecha(), tecleada))
        if antes != ahora:
            yield f"{tecleada.competencia.nombre} · {etiqueta}", antes, ahora


# --- Común --------------------------------------------------------------------------------------


def _traer(planes, pk):
    return get_object_or_404(planes.con_lugar(), pk=pk)


def _migas(plan, paso):
    return migas_de_gad(plan.gad, (str(plan), plan.get_absolute_url()), (paso, None))


def migas_de_gad(gad, *pasos):
    return [
        ("Inicio", reverse("inicio")),
        (str(gad.zona), reverse("territorios:zona", args=[gad.zona.pk])),
        (gad.nombre_con_lugar, gad.get_absolute_url()),
        *pasos,
    ]
