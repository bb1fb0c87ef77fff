"""Indicadores por grupo, zona, provincia, nivel y país, con las filas que los explican."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from acompanamiento.models import Grupo
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad, Territorio

from ..escalones import NIVELES
from ..forms_coherencia import FiltroIndicadores
from ..hojas_de_listas import FILAS_DE_INDICADOR
from ..hojas_de_listas import INDICADORES as HOJA_DE_INDICADORES
from ..indicadores import INDICADORES, POR_CODIGO, Medicion

POR_PAGINA = 50


@exige(Permiso.VER_EVALUACIONES)
def indicadores(request):
    medicion, filtro, grupos, _ = _leer(request)
    contexto = _contexto(filtro)
    if not filtro.is_valid():
        return render(request, "pdot/indicadores.html", contexto, status=400)
    gads = _del_lugar(medicion.gads, filtro.cleaned_data)
    es_el_pais = not filtro.puestos
    renglones = []
    for indicador in INDICADORES:
        cociente = medicion.cociente(indicador, gads)
        nacional = cociente if es_el_pais else medicion.nacional(indicador)
        renglones.append((indicador, cociente, nacional))
    if formato := formato_pedido(request, HOJA_DE_INDICADORES):
        return descargar(formato, HOJA_DE_INDICADORES, renglones)
    contexto |= {
        "gads": len(gads),
        "hoja": HOJA_DE_INDICADORES,
        "contado": medicion.contado,
        "es_el_pais": es_el_pais,
        "consulta": filtro.consulta(),
        "renglones": renglones,
        "grupo": grupos.get(int(filtro.cleaned_data["grupo"] or 0)),
    }
    return render(request, "pdot/indicadores.html", contexto)


@exige(Permiso.VER_EVALUACIONES)
def filas(request, indicador):
    """Un indicador partido por zona, provincia, nivel o grupo, y GAD por GAD."""
    indicador = POR_CODIGO.get(indicador)
    if indicador is None:
        raise Http404
    medicion, filtro, grupos, provincias = _leer(request)
    contexto = _contexto(filtro, indicador)
    if not filtro.is_valid():
        return render(request, "pdot/indicador.html", contexto, status=400)
    gads = _del_lugar(medicion.gads, filtro.cleaned_data)
    medidos = [gad for gad in gads if indicador.codigo in gad.cifras]
    a_la_vista = [gad for gad in medidos if medicion.ve(gad, indicador)]
    medidas = [(gad, *gad.cifras[indicador.codigo]) for gad in a_la_vista]
    if formato := formato_pedido(request, FILAS_DE_INDICADOR):
        return descargar(formato, FILAS_DE_INDICADOR, medidas)
    contexto |= {
        "hoja": FILAS_DE_INDICADOR,
        "cociente": medicion.cociente(indicador, gads),
        "nacional": medicion.nacional(indicador),
        "divisiones": _divisiones(medicion, indicador, gads, filtro, grupos, provincias),
        "pagina": Paginator(medidas, POR_PAGINA).get_page(request.GET.get("pagina")),
        "ajenos": len(medidos) - len(a_la_vista),
        "contado": medicion.contado,
    }
    return render(request, "pdot/indicador.html", contexto)


def _leer(request):
    """(medición, filtro, {pk: grupo que ve}, {código: provincia})."""
    visibles = Grupo.objects.visibles_para(request.user).conformados()
    grupos = {grupo.pk: grupo for grupo in visibles.order_by("estrategia", "numero")}
    provincias = dict(Territorio.objects.provincias().values_list("codigo", "nombre"))
    medicion = Medicion(request.user)
    zonas = {gad.zona: f"{gad.zona} · {gad.nombre_zona}" for gad in medicion.gads}
    listas = {
        "zona": sorted(zonas.items()),
        "provincia": sorted(provincias.items(), key=lambda par: par[1]),
        "grupo": [(grupo.pk, str(grupo)) for grupo in grupos.values()],
    }
    return medicion, FiltroIndicadores(request.GET, listas=listas), grupos, provincias


def _del_lugar(gads, filtro):
    nivel = Gad.NIVELES_DE.get(filtro["nivel"])
    zona, grupo = int(filtro["zona"] or 0), int(filtro["grupo"] or 0)
    return [
        gad
        for gad in gads
        if (not zona or gad.zona == zona)
        and filtro["provincia"] in ("", gad.provincia)
        and (nivel is None or gad.nivel in nivel)
        and (not grupo or grupo in gad.grupos)
    ]


def _divisiones(medicion, indicador, gads, filtro, grupos, provincias):
    """[(título, [(nombre, enlace, cuántos GAD, Cociente)])] de cada manera de partir lo elegido."""
    zonas = {gad.zona: f"Zona {gad.zona} · {gad.nombre_zona}" for gad in gads}
    maneras = {
        "zona": ("Por zona", lambda gad: [gad.zona], zonas),
        "provincia": ("Por provincia", lambda gad: [gad.provincia], provincias),
        "nivel": ("Por nivel", lambda gad: [Gad.COLUMNA[gad.nivel]], NIVELES),
        "grupo": (
            "Por grupo circunvecino",
            lambda gad: [pk for pk in gad.grupos if pk in grupos],
            {pk: str(grupo) for pk, grupo in grupos.items()},
        ),
    }
    divisiones = []
    for campo, (titulo, clave, nombres) in maneras.items():
        if filtro.cleaned_data[campo]:
            continue
        partes = medicion.desagregar(indicador, gads, clave)
        renglones = [
            (nombres[valor], filtro.consulta(**{campo: valor}), cuantos, cociente)
            for valor, cuantos, cociente in partes
        ]
        if len(renglones) > 1 or (campo == "grupo" and renglones):
            divisiones.append((titulo, renglones))
    return divisiones


def _contexto(filtro, indicador=None):
    raiz = reverse("pdot:indicadores")
    return {
        "lugar": "pdot",
        "pagina_de_pdot": "indicadores",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("PDOT", reverse("pdot:inicio")),
            ("Indicadores", raiz if indicador else None),
            *([(indicador.nombre, None)] if indicador else []),
        ],
        "filtro": filtro,
        "indicador": indicador,
    }
