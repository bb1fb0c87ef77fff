"""Preparar un encuentro: usar una plantilla y editar su agenda, sus insumos y sus preguntas."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import EncuentroCerrado, NoProcede
from ..acciones_preparacion import guardar_agenda, guardar_insumos
from ..acciones_preparacion import usar_plantilla as copiar_plantilla
from ..agenda import FRASES
from ..forms import VersionForm
from ..forms_preparacion import (
    Agenda,
    InsumosFormSet,
    PlantillaForm,
    PreguntasFormSet,
    agenda_legible,
)
from ..models import (
    Encuentro,
    InsumoEncuentro,
    PlantillaEncuentro,
    PreguntaEncuentro,
    PuntoAgenda,
    con_preparacion,
)
from .encuentro import migas_de

COPIADO = {
    PuntoAgenda: ("punto de agenda", "puntos de agenda"),
    InsumoEncuentro: ("insumo", "insumos"),
    PreguntaEncuentro: ("pregunta guía", "preguntas guía"),
}


# --- Plantilla ----------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def usar_plantilla(request, pk):
    """Copia al encuentro lo que le falta de una plantilla de su tipo."""
    encuentro = _traer(request, pk)
    plantillas = list(PlantillaEncuentro.objects.para(encuentro))
    form = PlantillaForm(
        request.POST or None,
        encuentro=encuentro,
        plantillas=plantillas,
        initial={
            "version": encuentro.version,
            "plantilla": str(plantillas[0].pk) if len(plantillas) == 1 else None,
        },
    )
    if request.method == "GET":
        return _pagina_de_plantilla(request, encuentro, plantillas, form)
    if not encuentro.esta_abierto:
        return _cerrado(request, encuentro, [])
    if not form.is_valid():
        return _pagina_de_plantilla(request, encuentro, plantillas, form, 400)
    plantilla, version = form.cleaned_data["plantilla"], form.cleaned_data["version"]
    try:
        copiado = copiar_plantilla(
            encuentro, plantilla, desde=form.hora, por=request.user, version=version
        )
    except Conflicto as conflicto:
        return _conflicto(request, conflicto.actual, [])
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina_de_plantilla(request, encuentro, plantillas, form, 409)
    cuanto = ", ".join(f"{n} {COPIADO[modelo][n > 1]}" for modelo, n in copiado.items())
    messages.success(request, f"Se copió «{plantilla}» a «{encuentro.tema}»: {cuanto}.")
    return redirect("talleres:editar_agenda" if PuntoAgenda in copiado else "talleres:insumos", pk)


def _pagina_de_plantilla(request, encuentro, plantillas, form, estado=200):
    contexto = _contexto(encuentro, "Usar una plantilla") | {
        "form": form,
        "plantillas": plantillas,
        "elegida": str(form["plantilla"].value() or ""),
        "falta": {
            "agenda": not encuentro.agenda.exists(),
            "insumos": not encuentro.cuantos_insumos,
            "preguntas": not encuentro.cuantas_preguntas,
        },
    }
    return render(request, "talleres/usar_plantilla.html", contexto, status=estado)


# --- Agenda -------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar_agenda(request, pk):
    """Los botones que no son «Guardar» devuelven la agenda cambiada, sin guardarla."""
    encuentro = _traer(request, pk)
    if request.method == "GET":
        return _pagina_de_agenda(request, Agenda.guardada(encuentro))
    agenda = Agenda.tecleada(encuentro, request.POST)
    if not encuentro.esta_abierto:
        return _cerrado(request, encuentro, _textos_de_agenda(encuentro, agenda))
    accion = request.POST.get("accion", "guardar")
    if accion != "guardar":
        cambiada = agenda.con(accion)
        return _pagina_de_agenda(request, cambiada, 400 if cambiada.de_mas else 200)
    if not agenda.is_valid():
        return _pagina_de_agenda(request, agenda, 400)
    version = agenda.cabeza.cleaned_data["version"]
    puntos = agenda.puntos_por_guardar()
    try:
        cambio = guardar_agenda(encuentro, puntos, por=request.user, version=version)
    except Conflicto as conflicto:
        actual = conflicto.actual
        return _conflicto(request, actual, _textos_de_agenda(actual, agenda))
    except EncuentroCerrado:
        return _cerrado(request, encuentro, _textos_de_agenda(encuentro, agenda))
    _decir(request, encuentro, cambio, "Se guardó la agenda")
    if agenda.avisos():
        messages.warning(request, "La agenda quedó con avisos: " + " ".join(agenda.avisos()))
    return redirect(encuentro)


def _pagina_de_agenda(request, agenda, estado=200):
    encuentro = agenda.encuentro
    contexto = _contexto(encuentro, "Agenda") | {
        "agenda": agenda,
        "form": agenda.cabeza,
        "renglones": agenda.renglones(),
        "fijadas": {"inicio": encuentro.inicio, "fin": encuentro.fin, "frases": FRASES},
        "puntos": [] if encuentro.esta_abierto else encuentro.agenda.all(),
    }
    return render(request, "talleres/editar_agenda.html", contexto, status=estado)


def _textos_de_agenda(actual, agenda):
    return [("Agenda", agenda_legible(actual), agenda.legible())]


# --- Insumos y preguntas ------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def insumos(request, pk):
    visibles = Encuentro.objects.visibles_para(request.user)
    encuentro = get_object_or_404(visibles.select_related("estrategia"), pk=pk)
    suyos = list(encuentro.insumos.all())
    contexto = _contexto(encuentro, "Insumos y preguntas guía") | {
        "insumos": suyos,
        "listos": sum(insumo.listo for insumo in suyos),
        "preguntas": encuentro.preguntas.all(),
        "puede_editar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO)
        and encuentro.esta_abierto,
    }
    return render(request, "talleres/insumos.html", contexto)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar_insumos(request, pk):
    encuentro = _traer(request, pk)
    if request.method == "GET":
        return _pagina_de_insumos(request, encuentro, *_guardados(encuentro))
    form = VersionForm(request.POST)
    conjuntos = InsumosFormSet(request.POST, prefix="i"), PreguntasFormSet(request.POST, prefix="q")
    if not encuentro.esta_abierto:
        return _cerrado(request, encuentro, _textos_de_insumos(encuentro, conjuntos))
    if not all([form.is_valid(), *(conjunto.is_valid() for conjunto in conjuntos)]):
        return _pagina_de_insumos(request, encuentro, form, *conjuntos, estado=400)
    version = form.cleaned_data["version"]
    filas = [conjunto.datos() for conjunto in conjuntos]
    try:
        cambio = guardar_insumos(encuentro, *filas, por=request.user, version=version)
    except Conflicto as conflicto:
        actual = conflicto.actual
        return _conflicto(request, actual, _textos_de_insumos(actual, conjuntos))
    except EncuentroCerrado:
        return _cerrado(request, encuentro, _textos_de_insumos(encuentro, conjuntos))
    _decir(request, encuentro, cambio, "Se guardaron los insumos y las preguntas")
    return redirect("talleres:insumos", pk)


def _guardados(encuentro):
    form = VersionForm(initial={"version": encuentro.version})
    iniciales = [
        [vars(fila) | {"pk": fila.pk, "orden": n} for n, fila in enumerate(filas, start=1)]
        for filas in (encuentro.insumos.all(), encuentro.preguntas.all())
    ]
    return (
        form,
        InsumosFormSet(initial=iniciales[0], prefix="i"),
        PreguntasFormSet(initial=iniciales[1], prefix="q"),
    )


def _pagina_de_insumos(request, encuentro, form, insumos, preguntas, estado=200):
    contexto = _contexto(encuentro, "Editar insumos y preguntas") | {
        "form": form,
        "insumos": insumos,
        "preguntas": preguntas,
    }
    return render(request, "talleres/editar_insumos.html", contexto, status=estado)


def _textos_de_insumos(actual, conjuntos):
    guardados = actual.insumos.all(), actual.preguntas.all()
    tecleados = [
        [fila for fila in conjunto.tecleadas() if fila["texto"] and not fila["quitar"]]
        for conjunto in conjuntos
    ]
    dicen = _insumo_legible, _pregunta_legible
    return [
        (
            nombre,
            "\n".join(decir(vars(fila)) for fila in filas),
            "\n".join(decir(fila) for fila in escritas),
        )
        for nombre, decir, filas, escritas in zip(
            ("Insumos", "Preguntas guía"), dicen, guardados, tecleados, strict=True
        )
    ]


def _insumo_legible(fila):
    estado = "listo" if fila["listo"] else "falta"
    return " · ".join(parte for parte in (fila["texto"], fila["responsable"], estado) if parte)


def _pregunta_legible(fila):
    return ": ".join(parte for parte in (fila["tema"], fila["texto"]) if parte)


# --- Común --------------------------------------------------------------------------------------


def _traer(request, pk):
    editables = Encuentro.objects.editables_por(request.user)
    return get_object_or_404(con_preparacion(editables.select_related("estrategia")), pk=pk)


def _contexto(encuentro, paso):
    return {"lugar": "talleres", "migas": migas_de(encuentro, (paso, None)), "encuentro": encuentro}


def _decir(request, encuentro, cambio, hecho):
    if cambio:
        messages.success(request, f"{hecho} de «{encuentro.tema}».")
    else:
        messages.info(request, f"No había cambios que guardar en «{encuentro.tema}».")


def _conflicto(request, actual, textos):
    return responder_conflicto(request, actual, textos, actual.get_absolute_url())


def _cerrado(request, encuentro, textos):
    estado = encuentro.get_estado_display().lower()
    motivo = f"El encuentro está {estado}: su preparación ya no cambia"
    return responder_conflicto(
        request, encuentro, textos, encuentro.get_absolute_url(), motivo=motivo
    )
