"""Proponer grupos para una zona, una provincia o unos cantones, y aceptarlos uno por uno."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from territorios.jurisdiccion import Permiso, exige
from territorios.texto import enumerar

from ..acciones import YaExiste
from ..agrupacion import Infactible
from ..forms_propuesta import PropuestaForm
from ..mapas import mapa_de_propuesta
from ..mesa import Terreno
from ..models import Estrategia
from ..propuestas import NoAplica, aceptar, calcular, leer


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_safe
def proponer(request, codigo):
    """El pedido; con un reparto en la dirección (`g`), cada grupo explicado."""
    estrategia = _estrategia(request, codigo)
    form = PropuestaForm(request.GET or None, usuario=request.user, terreno=Terreno(estrategia))
    if not form.is_bound:
        return _pagina(request, estrategia, form)
    if not form.is_valid():
        return _pagina(request, estrategia, form, estado=400)
    try:
        if "g" not in request.GET:
            repartos = calcular(
                estrategia,
                form.exigencias(),
                form.elegibles(),
                repartir_propuestos=form.cleaned_data["repartir"],
            )
            return redirect(_con_reparto(request, repartos))
        propuestos, medidas = _leer(estrategia, form, form.terreno)
    except (Infactible, NoAplica) as motivo:
        form.add_error(None, str(motivo))
        return _pagina(request, estrategia, form, estado=400)
    return _pagina(request, estrategia, form, propuestos, medidas)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def aceptar_propuestos(request, codigo):
    """Deja como «propuestos» los grupos pedidos (`numero`, o todos los pendientes)."""
    estrategia = _estrategia(request, codigo)
    consulta = QueryDict(request.POST.get("consulta", ""))
    volver = f"{reverse('acompanamiento:proponer', args=[codigo])}?{consulta.urlencode()}"
    form = PropuestaForm(consulta, usuario=request.user, terreno=Terreno(estrategia))
    if not form.is_valid():
        return _pagina(request, estrategia, form, estado=400)
    try:
        grupos = aceptar(
            estrategia,
            request.POST.get("numero", ""),
            lambda: _leer(estrategia, form)[0],
            por=request.user,
        )
    except (NoAplica, YaExiste) as motivo:
        return _no_se_acepto(request, estrategia, form, motivo)
    nombres = enumerar(f"grupo {grupo.numero} ({grupo.nombre})" for grupo in grupos)
    verbo = "Quedó como propuesto el" if len(grupos) == 1 else "Quedaron como propuestos:"
    messages.success(request, f"{verbo} {nombres}.")
    return redirect(volver)


def _no_se_acepto(request, estrategia, form, motivo):
    """La misma propuesta, con lo que pasó arriba; si ya no se puede leer, solo el pedido."""
    form.add_error(None, str(motivo))
    try:
        propuestos, medidas = _leer(estrategia, form)
    except NoAplica:
        propuestos, medidas = (), None
    return _pagina(request, estrategia, form, propuestos, medidas, estado=409)


def _estrategia(request, codigo):
    return get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)


def _leer(estrategia, form, terreno=None):
    """El reparto que trae la dirección, con lo que ya se decidió de cada grupo."""
    return leer(
        estrategia,
        [tuple(grupo.split("-")) for grupo in form.data.getlist("g")],
        set(form.data.getlist("sin")),
        repartir_propuestos=bool(form.data.get("repartir")),
        terreno=terreno,
    )


def _con_reparto(request, repartos):
    consulta = request.GET.copy()
    consulta.setlist("g", ["-".join(codigos) for codigos in repartos])
    return f"{request.path}?{consulta.urlencode()}"


def _pagina(request, estrategia, form, propuestos=(), medidas=None, estado=200):
    consulta = request.GET if request.method == "GET" else form.data
    contexto = {
        "lugar": "acompanamiento",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            (estrategia.nombre, estrategia.get_absolute_url()),
            ("Proponer grupos", None),
        ],
        "estrategia": estrategia,
        "form": form,
        "propuestos": [(propuesto, *_enlaces(propuesto, consulta)) for propuesto in propuestos],
        "pendientes": sum(propuesto.se_acepta_asi for propuesto in propuestos),
        "contiguos": sum(propuesto.grupo.contiguo for propuesto in propuestos),
        "medidas": medidas,
        "consulta": consulta.urlencode(),
        "mapa": mapa_de_propuesta(propuestos) if propuestos else None,
    }
    return render(request, "acompanamiento/proponer.html", contexto, status=estado)


def _enlaces(propuesto, consulta):
    """(descartarlo o recuperarlo, abrirlo en la mesa): lo que va detrás del «?»."""
    otra = consulta.copy()
    sin = [numero for numero in otra.getlist("sin") if numero != str(propuesto.numero)]
    otra.setlist("sin", sin if propuesto.descartado else [*sin, str(propuesto.numero)])
    mesa = {"cantones": propuesto.codigos, "sede": propuesto.grupo.sede, "nombre": propuesto.nombre}
    return otra.urlencode(), urlencode(mesa, doseq=True)
