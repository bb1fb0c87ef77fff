"""Los viajes del día de un encuentro."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.texto import cuantos
from territorios.versiones import Conflicto

from ..forms_traslados import TrasladosFormSet
from ..models import Encuentro, Traslado
from ..traslados import CAMPOS, guardar_traslados
from .encuentro import migas_de

CAMBIARON = (
    "Otra persona cambió estos viajes mientras usted los anotaba. Lo que usted escribió sigue "
    "abajo: compárelo con lo que se guardó y vuelva a enviarlo."
)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def traslados(request, pk):
    editables = Encuentro.objects.editables_por(request.user).select_related("estrategia")
    encuentro = get_object_or_404(editables, pk=pk)
    suyos = list(Traslado.objects.del_dia_de(encuentro))
    iniciales = [_inicial(traslado) for traslado in suyos]
    if request.method == "GET":
        return _pagina(request, encuentro, TrasladosFormSet(initial=iniciales, prefix="t"))
    viajes = TrasladosFormSet(request.POST, prefix="t")
    if not viajes.is_valid():
        return _pagina(request, encuentro, viajes, estado=400)
    filas = [viaje.cleaned_data for viaje in viajes if viaje.cleaned_data.get("origen")]
    try:
        cambios = guardar_traslados(encuentro, filas, por=request.user)
    except Conflicto:
        return _pagina(request, encuentro, _al_dia(filas, suyos), suyos, 409)
    if cambios:
        dicho = cuantos(cambios, "viaje", "viajes")
        messages.success(
            request, f"Se guardó lo anotado de {dicho} del {encuentro.fecha:%d/%m/%Y}."
        )
    else:
        messages.info(request, "No había cambios que guardar en los viajes.")
    return redirect(encuentro)


def _inicial(traslado):
    return {campo: getattr(traslado, campo) for campo in ("pk", "version", *CAMPOS)}


def _al_dia(filas, suyos):
    """Lo tecleado, sobre la versión que hay ahora: volver a enviarlo ya es una decisión."""
    versiones = {traslado.pk: traslado.version for traslado in suyos}
    iniciales = [fila | {"version": versiones.get(fila["pk"])} for fila in filas]
    return TrasladosFormSet(initial=iniciales, prefix="t")


def _pagina(request, encuentro, viajes, guardados=(), estado=200):
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Viajes del día", None)),
        "encuentro": encuentro,
        "viajes": viajes,
        "guardados": guardados,
        "aviso": CAMBIARON if guardados else "",
    }
    return render(request, "talleres/traslados.html", contexto, status=estado)
