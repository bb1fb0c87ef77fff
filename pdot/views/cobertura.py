"""Cobertura: a quién se acompaña y hasta dónde, en mapa, en cifras y en lista."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse

from acompanamiento.models import Estrategia, Grupo
from territorios.descargas import descargar, formato_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad

from ..cobertura import Recuento, contar, leer_gads, marcar
from ..embudo import CORTOS, Casilla
from ..escalones import NIVELES, Escalon
from ..forms import FiltroCobertura
from ..hojas_de_listas import COBERTURA
from ..mapa_cobertura import mapa_de_cobertura

POR_PAGINA = 50


@exige(Permiso.VER_ACOMPANAMIENTO)
def cobertura(request):
    grupo = _grupo_pedido(request)
    gads = leer_gads(request.user, [grupo.pk] if grupo else ())
    estrategias = Estrategia.objects.visibles_para(request.user).values_list("codigo", "nombre")
    filtro = _filtro(request, gads.values(), list(estrategias), grupo)
    contexto = {
        "lugar": "acompanamiento",
        "pagina_de_pdot": "cobertura",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Acompañamiento", reverse("acompanamiento:inicio")),
            ("Cobertura", None),
        ],
        "filtro": filtro,
        "hoja": COBERTURA,
        "hay_gads": bool(gads),
        "puede_transcribir": request.user.puede(Permiso.TRANSCRIBIR_EVALUACION),
        "niveles_de_papel": Gad.Nivel.choices,
    }
    if not filtro.is_valid():
        return render(request, "pdot/cobertura.html", contexto, status=400)
    marcar(gads, request.user, filtro.cleaned_data["estrategia"])
    lugar = [gad for gad in gads.values() if _es_del_lugar(gad, filtro.cleaned_data)]
    de_la_lista = [gad for gad in lugar if _pasa(gad, filtro.cleaned_data)]
    if formato := formato_pedido(request, COBERTURA):
        return descargar(formato, COBERTURA, de_la_lista)
    contexto |= _resumen(lugar, filtro)
    contexto |= {
        "hay_grupos": any(gad.grupos for gad in gads.values()),
        "escalon": Escalon(elegido) if (elegido := filtro.cleaned_data["escalon"]) else None,
        "hasta": Escalon(elegido) if (elegido := filtro.cleaned_data["hasta"]) else None,
        "mapa": _mapa(request.user, lugar, filtro.cleaned_data) if lugar else None,
        "pagina": Paginator(de_la_lista, POR_PAGINA).get_page(request.GET.get("pagina")),
    }
    return render(request, "pdot/cobertura.html", contexto)


# --- Elegir -------------------------------------------------------------------------------------


def _grupo_pedido(request):
    """El de la dirección, si lo ve y ya está conformado: de uno solo propuesto no hay avance."""
    if not (clave := entero_de(request.GET.get("grupo"))):
        return None
    return Grupo.objects.visibles_para(request.user).conformados().filter(pk=clave).first()


def _filtro(request, gads, estrategias, grupo):
    zonas = {gad.zona: f"{gad.zona} · {gad.nombre_zona}" for gad in gads}
    provincias = {gad.codigo_provincia: gad.provincia for gad in gads}
    return FiltroCobertura(
        request.GET,
        estrategias=estrategias,
        zonas=sorted(zonas.items()),
        provincias=sorted(provincias.items()),
        grupo=grupo,
    )


def _es_del_lugar(gad, filtro):
    es_de_la_zona = not filtro["zona"] or int(filtro["zona"]) == gad.zona
    grupo = filtro.get("grupo")
    es_del_grupo = not grupo or any(uno.pk == int(grupo) for uno in gad.grupos)
    es_de_la_provincia = filtro["provincia"] in ("", gad.codigo_provincia)
    return es_de_la_zona and es_de_la_provincia and es_del_grupo


def _es_del_nivel(gad, filtro):
    return filtro["nivel"] in ("", gad.nivel)


def _llego(gad, filtro):
    """Si alcanzó ese escalón y el más alto suyo es ese otro, los que se hayan pedido."""
    return filtro["escalon"] in ("", *gad.marcas) and filtro["hasta"] in ("", gad.escalon)


def _pasa(gad, filtro):
    return _es_del_nivel(gad, filtro) and _llego(gad, filtro)


# --- Resumir ------------------------------------------------------------------------------------


@dataclass
class Renglon:
    nombre: str
    total: int
    casillas: list[Casilla]
    url: str
    corto: str = ""


def _resumen(lugar, filtro):
    """El resumen por territorio y por nivel; los escalones filtran la lista, no las cifras."""
    contados = [gad for gad in lugar if _es_del_nivel(gad, filtro.cleaned_data)]
    total = contar(contados).get(None, Recuento())
    titulo, campo, clave = _division(contados, filtro.cleaned_data)
    renglones = []
    if campo:
        nombrados = contar(sorted(contados, key=clave), clave)
        for (valor, nombre), recuento in nombrados.items():
            renglones.append(_renglon(nombre, recuento, filtro, **{campo: valor}))
    por_nivel = contar(contados, lambda gad: gad.nivel)
    niveles = [
        _renglon(nombre, por_nivel[nivel], filtro, corto=CORTOS[nivel], nivel=nivel)
        for nivel, nombre in NIVELES.items()
        if nivel in por_nivel
    ]
    todo = _renglon("Total", total, filtro)
    columnas = [*niveles, todo] if len(niveles) > 1 else niveles
    return {
        "escalones": list(Escalon),
        "division": titulo,
        "renglones": renglones,
        "total": todo,
        "niveles": columnas,
        "por_escalon": [
            (escalon, [columna.casillas[lugar] for columna in columnas])
            for lugar, escalon in enumerate(Escalon)
        ],
        "nunca": total.marcas[Escalon.NUNCA],
    }


def _division(gads, filtro):
    """(título, campo del filtro, clave) con que se parte el resumen: en zonas o en provincias.

    Dentro de una provincia ya no se parte: la explica la lista.
    """
    if filtro["provincia"]:
        return "", "", None
    if filtro["zona"] or len({gad.zona for gad in gads}) == 1:
        return "Provincia", "provincia", lambda gad: (gad.codigo_provincia, gad.provincia)
    return "Zona", "zona", lambda gad: (gad.zona, f"{gad.zona} · {gad.nombre_zona}")


def _renglon(nombre, recuento, filtro, corto="", **lugar):
    """`lugar` son los filtros que llevan a ese renglón; `corto`, su nombre donde no cabe."""
    casillas = [
        Casilla(
            escalon,
            recuento.marcas[escalon],
            recuento.porcentaje(escalon),
            filtro.enlace(**lugar, escalon=escalon.value, hasta="") + "#lista",
        )
        for escalon in Escalon
    ]
    todos = filtro.enlace(**lugar, escalon="", hasta="")
    return Renglon(nombre, recuento.total, casillas, todos, corto)


def _mapa(usuario, lugar, filtro):
    del_pais = usuario.ve_el_pais and not any(filtro.get(n) for n in ("zona", "provincia", "grupo"))
    # El mapa habla siempre de los municipales: el nivel no lo vacía y el escalón sí lo filtra.
    elegidos = [gad for gad in lugar if _llego(gad, filtro)]
    return mapa_de_cobertura(lugar, elegidos, del_pais=del_pais, filtro=filtro)
