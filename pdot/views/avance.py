"""Avance: el país, una zona, un grupo o un GAD, del grupo circunvecino al plan actualizado."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone

from acompanamiento.models import Estrategia, Grupo
from territorios.descargas import descarga_pedida, descargar, formato_pedido
from territorios.embebido import asegurar
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad, Zona

from ..avance_de_gad import avance_de_gad
from ..embudo import (
    ORDENES,
    PASOS,
    Comparacion,
    Hijo,
    armar_embudo,
    casilla_de_ritmo,
    comparar_con_las_otras_zonas,
    juntar,
    leer_contado,
    ordenar,
)
from ..escalones import NIVELES, Escalon
from ..forms_avance import FiltroGrupos, FiltroRitmo
from ..hecho import hecho_en
from ..hojas_de_listas import AVANCE, GADS_DE_GRUPO, PASOS_DE_GAD, RITMO, TENDENCIA
from ..lugares import con_lugar
from ..mapa_cobertura import mapa_de_escalones
from ..miradas import PAIS, ambito_de_grupo, ambito_de_zona
from ..models import esta_a_la_vista
from ..ritmo import Situacion, con_gads, puestos_de
from ..tendencia import leer_tendencia

POR_PAGINA = 50
MAS_REZAGADOS = 10


def _migas(*pasos):
    avance = reverse("pdot:avance") if pasos else None
    return [
        ("Inicio", reverse("inicio")),
        ("PDOT", reverse("pdot:inicio")),
        ("Avance", avance),
        *pasos,
    ]


def _contado(request, ambito=""):
    """Lo contado para quien entra. Si mataron al trabajador, basta con que alguien mire."""
    contado = leer_contado(request.user, ambito)
    if contado.hay_cambios:
        asegurar()
    return contado


# --- País, zona y lo propio ---------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def avance(request):
    """Lo que abarca quien entra: el país, su zona o, si es de un GAD, sus grupos."""
    if request.user.ve_el_pais:
        return _del_pais(request)
    if request.user.zona_id:
        return _de_la_zona(request, request.user.zona, _migas())
    return _de_los_grupos(request)


def _del_pais(request):
    contado = _contado(request, PAIS)
    zonas = [
        Hijo(
            f"Zona {numero} · {cifras['nombre']}",
            reverse("pdot:avance_de_zona", args=[numero]),
            cifras,
            {"zona": numero},
            orden=numero,
        )
        for numero, cifras in contado.zonas().items()
    ]
    grupos = contado.grupos()
    contexto = {
        "titulo": "Avance del país",
        "migas": _migas(),
        "hijos": zonas,
        "nombre_de_hijos": "Zona",
        "rezagados": _rezagados(grupos),
        "cuantos_grupos": len(grupos),
    }
    return _pagina(request, contado, PAIS, {}, contexto)


@exige(Permiso.VER_ACOMPANAMIENTO)
def zona(request, zona):
    """Una zona: todas para quien ve el país, y solo la suya para quien es de una."""
    if not request.user.ve_el_pais and request.user.zona_id != zona:
        raise Http404
    zona = get_object_or_404(Zona, pk=zona)
    migas = _migas((str(zona), None))
    return _de_la_zona(request, zona, migas)


def _de_la_zona(request, zona, migas):
    ambito, filtro = ambito_de_zona(zona.pk), {"zona": zona.pk}
    contado = _contado(request, ambito)
    cifras = contado.entero or {"provincias": {}}
    provincias = [
        Hijo(uno["nombre"], _filas(zona=zona.pk, provincia=pp), uno, filtro | {"provincia": pp})
        for pp, uno in sorted(cifras["provincias"].items())
    ]
    grupos = contado.grupos(zona.pk)
    contexto = {
        "titulo": f"Avance de la zona {zona.pk}",
        "antetitulo": zona.nombre,
        "migas": migas,
        "hijos": provincias,
        "nombre_de_hijos": "Provincia",
        "rezagados": _rezagados(grupos),
        "cuantos_grupos": len(grupos),
        "filtro_de_grupos": f"&zona={zona.pk}",
    }
    comparacion = comparar_con_las_otras_zonas(request.user, zona.pk, contado)
    return _pagina(request, contado, ambito, filtro, contexto, comparacion)


def _filas(**filtro):
    return reverse("pdot:cobertura") + "?" + "&".join(f"{n}={v}" for n, v in filtro.items())


def _de_los_grupos(request):
    """Quien es de un GAD: él y los grupos en que está, uno por renglón."""
    contado = _contado(request)
    orden = request.GET.get("orden", "")
    hijos = [_renglon_de_grupo(pk, uno) for pk, uno in contado.grupos().items()]
    hijos = ordenar(hijos, orden)
    if archivo := descarga_pedida(request, _listas(hijos, None, None)):
        return archivo
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "avance",
        "migas": _migas(),
        "gad": request.user.gad,
        "hijos": hijos,
        "hoja": AVANCE,
        "orden": orden if orden in ORDENES else "",
        "nombre_de_hijos": "Grupo",
        "pasos": PASOS,
        "contado": contado,
    }
    return render(request, "pdot/avance_propio.html", contexto)


def _pagina(request, contado, ambito, filtro, contexto, comparacion=None):
    """La página de un ámbito: mapa, embudo, tendencia, ritmo, comparación y lo que contiene."""
    cifras = contado.entero
    contexto |= {
        "lugar": "pdot",
        "pagina_de_pdot": "avance",
        "contado": contado,
        "pasos": PASOS,
        "filas": _filas(**filtro) if filtro else reverse("pdot:cobertura"),
    }
    if cifras is None:
        return descarga_pedida(request, {}) or render(request, "pdot/avance.html", contexto)
    orden = request.GET.get("orden", "")
    hijos = ordenar(contexto.get("hijos", []), orden)
    anio = entero_de(request.GET.get("anio"))
    tendencia = leer_tendencia(request.user, ambito, timezone.localdate(), anio)
    if archivo := descarga_pedida(request, _listas(hijos, contexto.get("gads"), tendencia)):
        return archivo
    cantones = {codigo: Escalon(valor) for codigo, valor in cifras["cantones"].items()}
    ventana = None if ambito == PAIS else {codigo[:4] for codigo in cantones}
    contexto |= {
        "embudo": armar_embudo(cifras, filtro, comparacion),
        "comparacion": comparacion,
        "mapa": (mapa_de_escalones(cantones, ventana=ventana, filtro=filtro) if cantones else None),
        "tendencia": tendencia,
        "hoja_de_tendencia": TENDENCIA,
        "hoja_de_gads": GADS_DE_GRUPO,
        "ritmo": [(uno, casilla_de_ritmo(cifras["ritmo"], uno, filtro)) for uno in Situacion],
        "hay_ritmo": any(cifras["ritmo"].values()),
        "hecho": hecho_en(cifras, **filtro),
        "hijos": hijos,
        "hoja": AVANCE,
        "orden": orden if orden in ORDENES else "",
    }
    return render(request, "pdot/avance.html", contexto)


def _listas(hijos, gads, tendencia):
    """Las que se descargan de la página de un ámbito (territorios.descargas.descarga_pedida)."""
    listas = {"": (AVANCE, lambda: con_lugar(hijos))} if hijos else {}
    if gads:
        listas[""] = GADS_DE_GRUPO, lambda: gads
    if tendencia:
        listas["tendencia"] = TENDENCIA, lambda: tendencia.filas
    return listas


# --- Grupos -------------------------------------------------------------------------------------


def _renglon_de_grupo(pk, cifras):
    nombre = f"Grupo {cifras['numero']} · {cifras['nombre']}"
    direccion = reverse_lazy("pdot:tablero_de_grupo", args=[pk])
    return Hijo(nombre, direccion, cifras, {"grupo": pk}, orden=pk)


def _rezagados(grupos):
    """Los renglones de los grupos con más casillas atrasadas, el peor primero."""
    con_atraso = {pk: uno for pk, uno in grupos.items() if uno["ritmo"][Situacion.ATRASADA.value]}
    renglones = [_renglon_de_grupo(pk, cifras) for pk, cifras in con_atraso.items()]
    return ordenar(renglones, "atrasados")[:MAS_REZAGADOS]


@exige(Permiso.VER_ACOMPANAMIENTO)
def grupos(request):
    """Los grupos conformados que ve, por estrategia y zona, en el orden que se pida."""
    contado = _contado(request)
    vistos = contado.grupos()
    claves = {cifras["estrategia"] for cifras in vistos.values()}
    estrategias = Estrategia.objects.visibles_para(request.user).filter(pk__in=claves)
    hoy = timezone.localdate()
    filtro = FiltroGrupos(request.GET, estrategias=list(estrategias), hoy=hoy)
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "avance",
        "migas": _migas(("Grupos", None)),
        "filtro": filtro,
        "contado": contado,
    }
    if not filtro.is_valid():
        return render(request, "pdot/avance_grupos.html", contexto, status=400)
    orden = request.GET.get("orden", "")
    elegidos = filtro.aplicar(vistos)
    renglones = ordenar([_renglon_de_grupo(pk, uno) for pk, uno in elegidos.items()], orden)
    if archivo := descarga_pedida(request, {"": (AVANCE, lambda: con_lugar(renglones))}):
        return archivo
    contexto |= {
        "hoja": AVANCE,
        "zona": filtro.cleaned_data["zona"],
        "pasos": PASOS,
        "orden": orden if orden in ORDENES else "",
        "nombre_de_hijos": "Grupo",
        "pagina": Paginator(renglones, POR_PAGINA).get_page(request.GET.get("pagina")),
    }
    return render(request, "pdot/avance_grupos.html", contexto)


@exige(Permiso.VER_ACOMPANAMIENTO)
def grupo(request, pk):
    """Un grupo con sus GAD; de uno propuesto o cancelado se dice que no acompaña a nadie."""
    visibles = Grupo.objects.visibles_para(request.user).select_related("estrategia")
    grupo = get_object_or_404(visibles, pk=pk)
    ambito = ambito_de_grupo(pk)
    contado = _contado(request, ambito)
    cifras = contado.entero
    contexto = {
        "titulo": f"Avance del grupo {grupo.numero}",
        "antetitulo": grupo.nombre,
        "grupo": grupo,
        "pagina_de_grupo": "tablero",
        "migas": _migas((str(grupo), None)),
        "gads": [_miembro(*fila) for fila in cifras["gads"]] if cifras else [],
    }
    otros = [
        suyas
        for clave, suyas in contado.grupos().items()
        if clave != pk and suyas["estrategia"] == grupo.estrategia_id
    ]
    comparacion = None
    if otros:
        de_la_misma = urlencode({"estrategia": grupo.estrategia.codigo})
        comparacion = Comparacion(
            juntar(otros),
            con="similares",
            regla=f"Los GAD de los otros {len(otros)} grupos conformados de {grupo.estrategia} que "
            "usted ve: son de los mismos tres niveles y empezaron con la misma estrategia.",
            enlace=("Verlos", f"{reverse('pdot:avance_de_grupos')}?{de_la_misma}"),
        )
    return _pagina(request, contado, ambito, {"grupo": pk}, contexto, comparacion)


def _miembro(codigo, nombre, lugar, nivel, marcas):
    escalones = [Escalon(marca) for marca in marcas]
    return {
        "codigo": codigo,
        "url": reverse("pdot:avance_de_gad", args=[codigo]),
        "nombre": nombre,
        "lugar": lugar,
        "nivel": NIVELES[nivel],
        "escalon": escalones[-1],
        "pasos": [
            (paso, None if paso.solo_de not in ("", nivel) else paso in escalones) for paso in PASOS
        ],
    }


# --- Un GAD -------------------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def gad(request, gad):
    gad = get_object_or_404(Gad.objects.visibles_para(request.user).para_lista(), pk=gad)
    if not esta_a_la_vista(request.user, gad):
        raise Http404
    avance = avance_de_gad(gad, request.user)
    listas = {}
    if avance:
        listas[""] = PASOS_DE_GAD, lambda: avance.pasos
    if avance and avance.puestos:
        listas["ritmo"] = RITMO, lambda: avance.puestos
    if archivo := descarga_pedida(request, listas):
        return archivo
    contexto = {
        "hoja": PASOS_DE_GAD,
        "hoja_de_ritmo": RITMO,
        "lugar": "territorio",
        "pagina_de_gad": "avance",
        "sigue_su_proceso": True,
        "migas": _migas((gad.nombre_con_lugar, None)),
        "gad": gad,
        "avance": avance,
    }
    return render(request, "pdot/avance_de_gad.html", contexto)


# --- Las filas del ritmo ------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def ritmo(request):
    """Cada hito frente a cada GAD de los grupos que ve: las filas de las cifras del ritmo."""
    grupos = Grupo.objects.visibles_para(request.user).conformados()
    grupos = list(grupos.order_by("estrategia", "numero"))
    filtro = FiltroRitmo(request.GET, grupos=grupos)
    es_valido = filtro.is_valid()
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "avance",
        "migas": _migas(("Ritmo contra la hoja de ruta", None)),
        "filtro": filtro,
        "hoja": RITMO,
    }
    if es_valido:
        puestos = filtro.aplicar(puestos_de(grupos, timezone.localdate()))
        if formato := formato_pedido(request, RITMO):
            return descargar(formato, RITMO, con_gads(puestos))
        pagina = Paginator(puestos, POR_PAGINA).get_page(request.GET.get("pagina"))
        con_gads(pagina.object_list)
        contexto["pagina"] = pagina
    return render(request, "pdot/ritmo.html", contexto, status=200 if es_valido else 400)
