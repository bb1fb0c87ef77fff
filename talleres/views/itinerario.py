"""Proponer el cronograma de unos grupos y guardar los encuentros elegidos."""

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from acompanamiento.models import Estrategia
from territorios.jurisdiccion import Permiso, exige
from territorios.texto import cuantos

from ..acciones import YaExiste
from ..cronograma import Semana
from ..forms_itinerario import ItinerarioForm
from ..insumos import lugares_en
from ..itinerario import Infactible
from ..itinerario_informe import explicar
from ..propuestas import Lectura, NoAplica, calcular, guardar
from .cronograma import migas_de_talleres


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_safe
def proponer(request, estrategia):
    """El pedido; con una secuencia en la dirección (`v`), día por día."""
    form = _formulario(request, estrategia, request.GET or None)
    if not form.is_bound:
        return _pagina(request, form)
    if not form.is_valid():
        return _pagina(request, form, estado=400)
    datos = form.cleaned_data
    try:
        if "v" not in request.GET:
            textos = calcular(
                form.estrategia,
                datos["grupos"],
                form.condiciones,
                form.lugares,
                equipo=datos["equipo"],
                repetir=datos["repetir"],
            )
            consulta = request.GET.copy()
            consulta.setlist("v", textos)
            return redirect(f"{request.path}?{consulta.urlencode()}")
        return _pagina(request, form, _leer(form))
    except (Infactible, NoAplica) as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, form, estado=400)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def guardar_propuestos(request, estrategia):
    """Programa los encuentros marcados (`elegido`) y los traslados entre ellos."""
    consulta = QueryDict(request.POST.get("consulta", ""))
    form = _formulario(request, estrategia, consulta)
    if not form.is_valid():
        return _pagina(request, form, estado=400)
    try:
        lectura = _leer(form)
    except (Infactible, NoAplica) as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, form, estado=400)
    try:
        elegidos = lectura.elegir(request.POST.getlist("elegido"))
        encuentros = guardar(lectura, elegidos, por=request.user)
    except (NoAplica, YaExiste) as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, form, lectura, estado=409)
    dicho = cuantos(len(encuentros), "encuentro", "encuentros")
    verbo = "Quedó planificado" if len(encuentros) == 1 else "Quedaron planificados"
    messages.success(request, f"{verbo} {dicho} desde el {encuentros[0].fecha:%d/%m/%Y}.")
    return redirect(f"{reverse('talleres:proponer', args=[estrategia])}?{consulta.urlencode()}")


def _formulario(request, codigo, datos):
    estrategia = get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)
    lugares = lugares_en(timezone.localdate())
    return ItinerarioForm(datos, usuario=request.user, estrategia=estrategia, lugares=lugares)


def _leer(form):
    datos, textos = form.cleaned_data, form.data.getlist("v")
    return Lectura(
        form.estrategia, datos["grupos"], form.condiciones, form.lugares, textos, datos["equipo"]
    )


def _pagina(request, form, lectura=None, estado=200):
    estrategia = form.estrategia
    contexto = {
        "lugar": "talleres",
        "migas": migas_de_talleres(("Proponer un cronograma", None)),
        "estrategia": estrategia,
        "form": form,
        "lectura": lectura,
        "consulta": form.data.urlencode() if form.is_bound else "",
    }
    if lectura:
        contexto |= _resultado(form, lectura)
    return render(request, "talleres/proponer.html", contexto, status=estado)


def _resultado(form, lectura):
    semana = Semana.de(lectura.itinerario.salida).codigo
    return {
        "itinerario": lectura.itinerario,
        "frases": explicar(lectura.itinerario, form.condiciones, lectura.omitidos),
        "cronograma": reverse("talleres:cronograma", args=[form.estrategia.codigo, semana]),
    }
