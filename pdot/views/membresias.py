"""Cambiar un grupo: sus miembros y datos, su estado, y pasar GAD de un grupo a otro.

Viven aquí, y no en acompanamiento, porque antes de guardar dicen qué tocan: los encuentros y las
evaluaciones solo se ven desde este piso.
"""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from acompanamiento.acciones import (
    GrupoCerrado,
    YaExiste,
    cambiar_estado,
    cambiar_grupo,
    mover_miembros,
)
from acompanamiento.forms_grupo import GrupoForm
from acompanamiento.forms_miembros import EstadoForm, MoverForm
from acompanamiento.models import Grupo
from acompanamiento.views.mesa import responder, solo_revisa, ya_existe
from territorios.jurisdiccion import Permiso, exige
from territorios.texto import enumerar
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..que_toca import efectos_de_salir, pendientes_del_grupo


def _traer(request, pk):
    editables = Grupo.objects.editables_por(request.user).select_related("estrategia", "sede")
    return get_object_or_404(editables, pk=pk)


def _migas(grupo, paso):
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (grupo.estrategia.nombre, grupo.estrategia.get_absolute_url()),
        (f"Grupo {grupo.numero}", grupo.get_absolute_url()),
        (paso, None),
    ]


# --- Editar -------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    """La mesa con los miembros de hoy; de quienes salen dice qué los une todavía al grupo."""
    grupo = _traer(request, pk)
    if not grupo.esta_abierto:
        return _no_cambia(request, grupo)
    if request.method == "GET":
        form = GrupoForm(usuario=request.user, instance=grupo)
    elif solo_revisa(request):
        iniciales = GrupoForm.tecleado(request.POST)
        form = GrupoForm(usuario=request.user, instance=grupo, initial=iniciales)
    else:
        form = GrupoForm(request.POST, usuario=request.user, instance=grupo)
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(grupo, "Editar"),
        "titulo": f"Editar el grupo {grupo.numero}",
        "salida": grupo.get_absolute_url(),
        "efectos": efectos_de_salir(grupo, form.dictamen.salen, request.user),
    }
    if not form.is_bound:
        return responder(request, form, contexto)
    if not form.is_valid():
        return responder(request, form, contexto, 400)
    return _guardar(request, form, contexto)


def _guardar(request, form, contexto):
    datos, grupo = form.cleaned_data, form.instance
    try:
        cambiar_grupo(
            grupo,
            motivo=datos["motivo_salida"],
            version=datos["version_leida"] or 0,
            por=request.user,
            **form.lo_demas(),
        )
    except YaExiste as error:
        form.add_error("nombre", ya_existe(error.grupo))
        return responder(request, form, contexto, 409)
    except GrupoCerrado:
        grupo.refresh_from_db()
        return _no_cambia(request, grupo)
    except Conflicto as conflicto:
        actual = conflicto.actual
        diferencias = form.conflictos_con(actual)
        return responder_conflicto(request, actual, diferencias, actual.get_absolute_url())
    messages.success(request, f"Se guardó el {grupo}.")
    return redirect(grupo)


def _no_cambia(request, grupo):
    """Dice por qué: a quien abre la página, en la del grupo; a quien enviaba algo, con un 409."""
    motivo = (
        f"El grupo está {grupo.get_estado_display().lower()}: sus datos y sus miembros ya no "
        "cambian. "
    )
    motivo += (
        "Si sigue trabajando, vuelva a abrirlo."
        if grupo.estado == Grupo.Estado.CERRADO
        else "Si se retoma, propóngalo otra vez."
    )
    if request.method == "GET":
        messages.warning(request, motivo)
        return redirect(grupo)
    nombres = {"nombre": "Nombre", "justificacion": "Justificación", "nota": "Nota"}
    tecleado = [
        (etiqueta, getattr(grupo, campo), request.POST[campo])
        for campo, etiqueta in nombres.items()
        if request.POST.get(campo)
    ]
    return responder_conflicto(request, grupo, tecleado, grupo.get_absolute_url(), motivo)


# --- Estado -------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def estado(request, pk):
    """Pasa el grupo a otro estado; antes dice qué le queda abierto."""
    grupo = _traer(request, pk)
    form = EstadoForm(
        request.POST or None, grupo=grupo, usuario=request.user, initial={"version": grupo.version}
    )
    if request.method == "GET":
        return _pagina_de_estado(request, grupo, form)
    if not form.is_valid():
        return _pagina_de_estado(request, grupo, form, 400)
    datos = form.cleaned_data
    try:
        cambiado = cambiar_estado(grupo, por=request.user, **datos)
    except GrupoCerrado as error:
        form.add_error(None, str(error))
        return _pagina_de_estado(request, grupo, form, 409)
    except Conflicto as conflicto:
        actual = conflicto.actual
        diferencias = [
            ("Estado", actual.get_estado_display(), Grupo.Estado(datos["estado"]).label),
            ("Motivo", actual.motivo, datos["motivo"]),
        ]
        return responder_conflicto(request, actual, diferencias, actual.get_absolute_url())
    messages.success(request, f"{cambiado}: {cambiado.get_estado_display().lower()}.")
    return redirect(cambiado)


def _le_falta(grupo):
    """Qué hay que definir antes de conformarlo, en una frase; vacío si nada."""
    if grupo.estado != Grupo.Estado.PROPUESTO:
        return ""
    faltas = [
        nombre
        for nombre, valor in (("criterio", grupo.criterio_id), ("sede", grupo.sede_id))
        if not valor
    ]
    return enumerar(faltas)


def _pagina_de_estado(request, grupo, form, codigo=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(grupo, "Cambiar de estado"),
        "grupo": grupo,
        "form": form,
        "pendientes": pendientes_del_grupo(grupo),
        "le_falta": _le_falta(grupo),
        "retomado_en": grupo.retomado_en.vivos().first(),
    }
    return render(request, "pdot/estado_de_grupo.html", contexto, status=codigo)


# --- Mover --------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def mover(request, pk):
    """Pasa GAD a otro grupo; antes muestra qué toca y cómo quedan los dos."""
    grupo = _traer(request, pk)
    if not grupo.esta_abierto:
        return _no_cambia(request, grupo)
    iniciales = {"version": grupo.version, "gads": request.GET.getlist("gads")}
    revisa = request.POST.get("accion") == "revisar"
    if revisa:
        iniciales |= MoverForm.tecleado(request.POST)
    datos = request.POST if request.method == "POST" and not revisa else None
    form = MoverForm(datos, grupo=grupo, usuario=request.user, initial=iniciales)
    if not form.is_bound:
        return _pagina_de_mover(request, grupo, form)
    if not form.is_valid():
        return _pagina_de_mover(request, grupo, form, 400)
    return _mover(request, grupo, form)


def _mover(request, grupo, form):
    datos = form.cleaned_data
    destino = datos["destino"]
    try:
        mover_miembros(
            grupo,
            destino,
            datos["gads"],
            fecha=datos["fecha"],
            motivo=datos["motivo"],
            justificaciones=form.justificaciones(),
            version=datos["version"],
            por=request.user,
        )
    except GrupoCerrado as error:
        form.add_error(None, str(error))
        return _pagina_de_mover(request, grupo, form, 409)
    except Conflicto as conflicto:
        form.renovar(conflicto.actual)
        return _pagina_de_mover(request, grupo, form, 409)
    messages.success(request, f"Pasaron al {destino}: {form.nombres_elegidos}.")
    return redirect(destino)


def _pagina_de_mover(request, grupo, form, codigo=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": _migas(grupo, "Pasar miembros a otro grupo"),
        "grupo": grupo,
        "form": form,
        "elegidos": form.elegidos,
        "efectos": efectos_de_salir(grupo, form.elegidos, request.user),
        "destino": form.destino_elegido,
        "queda": form.queda,
        "llega": form.llega if form.destino_elegido else None,
    }
    return render(request, "pdot/mover_miembros.html", contexto, status=codigo)
