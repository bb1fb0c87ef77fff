"""Cerrar un encuentro y escribir su ayuda memoria."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import EncuentroCerrado, NoProcede
from ..acciones_memoria import escribir_memoria
from ..cierre import PARTES, FaltaMotivo, cerrar_encuentro, con_lo_que_hay, faltas_de
from ..forms import CerrarForm
from ..forms_memoria import MemoriaForm
from ..models import Encuentro, Memoria
from .encuentro import migas_de


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def cerrar(request, pk):
    """Muestra lo que falta y lo da por realizado; si falta algo, con un motivo."""
    encuentro = _traer(request, pk)
    form = CerrarForm(request.POST or None, initial={"version": encuentro.version})
    if request.method == "GET":
        return _pagina(request, encuentro, form, 200 if encuentro.esta_abierto else 409)
    if not form.is_valid():
        return _pagina(request, encuentro, form, 400)
    try:
        cerrar_encuentro(encuentro, por=request.user, **form.cleaned_data)
    except FaltaMotivo as error:
        form.add_error("motivo", str(error))
        return _pagina(request, encuentro, form, 400)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina(request, encuentro, form, 409)
    except Conflicto as conflicto:
        actual = conflicto.actual
        form.add_error(
            None,
            "Otra persona cambió el encuentro mientras usted lo miraba: está "
            f"{actual.get_estado_display().lower()}. Revíselo y vuelva a intentarlo.",
        )
        return _pagina(request, _traer(request, pk), form, 409)
    fecha = date_format(encuentro.fecha, r"l j \d\e F \d\e Y")
    messages.success(request, f"Quedó cerrado, como realizado, «{encuentro.tema}», {fecha}.")
    return redirect(encuentro)


def _pagina(request, encuentro, form, estado):
    faltas = faltas_de(encuentro)
    contexto = _contexto(encuentro, "Cerrar") | {
        "form": form,
        "lista": [(parte, parte not in faltas) for parte in PARTES],
        "faltas": faltas,
        "declarados": encuentro.declarados_en_el_taller,
    }
    return render(request, "talleres/cerrar_encuentro.html", contexto, status=estado)


# --- Ayuda memoria ------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar_memoria(request, pk):
    """Lo conversado, en qué cambió la agenda y los próximos pasos; también después de cerrado."""
    encuentro = _traer(request, pk)
    memoria = Memoria.objects.filter(encuentro=encuentro).first() or Memoria(
        encuentro=encuentro, version=0
    )
    form = MemoriaForm(request.POST or None, instance=memoria)
    contexto = _contexto(encuentro, "Ayuda memoria") | {"form": form}
    plantilla = "talleres/editar_memoria.html"
    if request.method == "GET":
        return render(request, plantilla, contexto)
    if not form.is_valid():
        return render(request, plantilla, contexto, status=400)
    version = form.cleaned_data["version_leida"] or 0
    try:
        escribir_memoria(form.instance, por=request.user, version=version)
    except EncuentroCerrado as error:
        form.add_error(None, str(error))
        return render(request, plantilla, contexto, status=409)
    except Conflicto as conflicto:
        actual = conflicto.actual
        diferencias = form.conflictos_con(actual)
        volver = reverse("talleres:editar_memoria", args=[pk])
        return responder_conflicto(request, actual, diferencias, volver)
    messages.success(request, f"Se guardó la ayuda memoria de «{encuentro.tema}».")
    return redirect(encuentro)


# --- Común --------------------------------------------------------------------------------------


def _traer(request, pk):
    editables = Encuentro.objects.editables_por(request.user).select_related("estrategia")
    return get_object_or_404(con_lo_que_hay(editables), pk=pk)


def _contexto(encuentro, paso):
    return {"lugar": "talleres", "migas": migas_de(encuentro, (paso, None)), "encuentro": encuentro}
