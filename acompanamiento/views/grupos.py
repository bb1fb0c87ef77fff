"""La lista de grupos circunvecinos."""

from itertools import groupby

from django.core.paginator import Paginator
from django.shortcuts import render
from django.urls import reverse

from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige

from ..forms import FiltroGrupos
from ..hojas import GRUPOS
from ..mapas import mapa_de_grupos
from ..models import Estrategia, Grupo
from ..reparto import Reparto, repartir

POR_PAGINA = 50
# Lo que la tabla, el mapa y la hoja muestran de cada grupo: se leen todos para contarlos.
SE_MUESTRA = (
    *("numero", "nombre", "estado", "motivo", "zona", "criterio__nombre", "sede__nombre"),
    *("estrategia__codigo", "estrategia__nombre", "estrategia__desde", "estrategia__hasta"),
)


@exige(Permiso.VER_ACOMPANAMIENTO)
def inicio(request):
    """Grupos de la jurisdicción por estrategia, con cuántos GAD reúnen.

    El mapa es el de la última estrategia de las elegidas: sus grupos taparían a los de antes.
    """
    visibles = _visibles(request.user)
    filtro = _filtro(request, visibles)
    es_valido = filtro.is_valid()
    elegidos = [g for g in visibles if _pasa(g, filtro.cleaned_data)] if es_valido else []
    if es_valido and (formato := formato_pedido(request, GRUPOS)):
        return descargar(formato, GRUPOS, elegidos)
    vivos = [grupo for grupo in elegidos if grupo.esta_vivo]
    conformados = [grupo for grupo in vivos if grupo.esta_conformado]
    dibujados = [grupo for grupo in vivos if grupo.estrategia_id == vivos[0].estrategia_id]
    total = Reparto.de(grupo.reparto for grupo in conformados)
    propio, de_otra_zona = total.partir(request.user.zona_id)
    pagina = Paginator(elegidos, POR_PAGINA).get_page(request.GET.get("pagina"))
    contexto = {
        "lugar": "acompanamiento",
        "migas": [("Inicio", reverse("inicio")), ("Acompañamiento", None)],
        "filtro": filtro,
        "hoja": GRUPOS,
        "hay_grupos": bool(visibles),
        "ultima": visibles[0].estrategia if visibles else Estrategia.objects.first(),
        "puede_formar": request.user.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "estrategias": [(e, list(suyos)) for e, suyos in groupby(pagina, _estrategia)],
        "pagina": pagina,
        "cuantos": len(conformados),
        "propuestos": len(vivos) - len(conformados),
        "total": propio,
        "de_otra_zona": de_otra_zona,
        "mapa": mapa_de_grupos(dibujados) if dibujados else None,
        "del_mapa": vivos[0].estrategia if len(dibujados) < len(vivos) else None,
    }
    estado = 200 if es_valido else 400
    return render(request, "acompanamiento/inicio.html", contexto, status=estado)


def _visibles(usuario):
    """Los que ve, cada uno con su `reparto` de GAD; dos consultas."""
    consulta = Grupo.objects.visibles_para(usuario).select_related("estrategia", "criterio", "sede")
    consulta = consulta.only(*SE_MUESTRA)
    grupos = list(consulta.order_by("-estrategia__desde", "estrategia", "numero"))
    repartos = repartir(grupos)
    for grupo in grupos:
        grupo.reparto = repartos[grupo.pk]
    return grupos


def _estrategia(grupo):
    return grupo.estrategia


def _filtro(request, grupos):
    estrategias = {grupo.estrategia.codigo: grupo.estrategia.nombre for grupo in grupos}
    zonas = sorted({zona for grupo in grupos for zona in grupo.reparto.zonas})
    return FiltroGrupos(request.GET, estrategias=estrategias.items(), zonas=zonas)


def _pasa(grupo, filtro):
    return (
        filtro["estrategia"] in ("", grupo.estrategia.codigo)
        and filtro["estado"] in ("", grupo.estado)
        and (not filtro["zona"] or int(filtro["zona"]) in grupo.reparto.zonas)
    )
