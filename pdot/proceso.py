"""Quién va en qué del proceso de actualización: por zona, por grupo y GAD por GAD."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from acompanamiento.models import Grupo, Membresia

from .cobertura import GadCubierto, leer_gads
from .models import CumplimientoProceso, HitoProceso

# Valores de los filtros de grupo y de cómo contar.
SIN_GRUPO, POR_GRUPO = "ninguno", "grupo"


@dataclass(slots=True)
class Avance:
    """Un GAD a la vista: la fecha en que cumplió cada hito vigente y de qué grupos es hoy."""

    gad: GadCubierto
    fechas: dict[int, date]
    grupos: set[int]
    hitos: list[HitoProceso]

    @property
    def casillas(self):
        """[(hito vigente, fecha en que lo cumplió o None)]"""
        return [(hito, self.fechas.get(hito.pk)) for hito in self.hitos]

    @property
    def cumplidos(self):
        return len(self.fechas)


@dataclass
class Renglon:
    """Una zona o un grupo (o el total) con cuántos de sus GAD cumplieron cada hito.

    `acota`: el filtro que deja solo a los suyos; el total no acota nada.
    """

    nombre: str
    acota: dict
    total: int
    empezaron: int
    por_hito: list[int]


@dataclass
class Proceso:
    """Los hitos vigentes, los GAD a la vista y a qué grupos se puede acotar."""

    hitos: list[HitoProceso]
    avances: list[Avance]
    grupos: list[Grupo]


def leer_proceso(usuario):
    """El Proceso que ve `usuario`, haya los GAD que haya. Cinco consultas."""
    hitos = list(HitoProceso.objects.vigentes())
    gads = leer_gads(usuario)
    claves = {hito.pk for hito in hitos}
    fechas = {}
    cumplidos = CumplimientoProceso.objects.visibles_para(usuario).order_by()
    for codigo, hito, fecha in cumplidos.values_list("gad", "hito", "fecha"):
        if hito in claves:
            fechas.setdefault(codigo, {})[hito] = fecha
    visibles = Grupo.objects.visibles_para(usuario).conformados()
    miembros = Membresia.objects.vigentes().filter(grupo__in=visibles)
    de_grupos = {}
    for codigo, grupo in miembros.values_list("gad", "grupo"):
        de_grupos.setdefault(codigo, set()).add(grupo)
    avances = [
        Avance(gad, fechas.get(gad.codigo, {}), de_grupos.get(gad.codigo, set()), hitos)
        for gad in gads.values()
    ]
    return Proceso(hitos, avances, list(visibles.order_by("estrategia", "numero")))


def filtrar(avances, *, zona="", provincia="", nivel="", grupo=""):
    """Los de ese lugar, nivel y grupo (o SIN_GRUPO); vacío no filtra."""
    if zona:
        avances = [avance for avance in avances if avance.gad.zona == int(zona)]
    if provincia:
        avances = [avance for avance in avances if avance.gad.codigo_provincia == provincia]
    if nivel:
        avances = [avance for avance in avances if avance.gad.nivel == nivel]
    if grupo:
        avances = [avance for avance in avances if _es_del_grupo(avance, grupo)]
    return avances


def _es_del_grupo(avance, grupo):
    if grupo == SIN_GRUPO:
        return not avance.grupos
    return int(grupo) in avance.grupos


def segun_hito(avances, hito, cumplido):
    """Los que cumplieron (o no) un hito; con `hito` None, los que no cumplieron ninguno."""
    if hito is None:
        return [avance for avance in avances if not avance.fechas]
    return [avance for avance in avances if (hito.pk in avance.fechas) == cumplido]


def contar(avances, proceso, *, por="", grupo=""):
    """[Renglon] por zona o, con `por` = POR_GRUPO, por grupo; el total al final si son varios.

    Si nadie lo pide, por zona; y cuando todos son de una sola, por grupo, que dice más.
    """
    zonas = {avance.gad.zona for avance in avances}
    por_grupo = por == POR_GRUPO or len(zonas) == 1
    renglones = _por_grupo(avances, proceso, grupo) if por_grupo else _por_zona(avances, proceso)
    if len(renglones) > 1:
        renglones.append(_renglon("Total", {}, avances, proceso.hitos))
    return renglones


def _por_zona(avances, proceso):
    zonas = {}
    for avance in avances:
        zonas.setdefault((avance.gad.zona, avance.gad.nombre_zona), []).append(avance)
    return [
        _renglon(f"Zona {numero} · {nombre}", {"zona": numero}, suyos, proceso.hitos)
        for (numero, nombre), suyos in sorted(zonas.items())
    ]


def _por_grupo(avances, proceso, elegido):
    """Un GAD en dos grupos cuenta en los dos; con un grupo `elegido`, solo el suyo."""
    claves = [(str(grupo), str(grupo.pk)) for grupo in proceso.grupos]
    claves.append(("Sin grupo", SIN_GRUPO))
    renglones = [
        _renglon(nombre, {"grupo": clave}, filtrar(avances, grupo=clave), proceso.hitos)
        for nombre, clave in claves
        if elegido in ("", clave)
    ]
    return [renglon for renglon in renglones if renglon.total]


def _renglon(nombre, acota, avances, hitos):
    cuenta = Counter(hito for avance in avances for hito in avance.fechas)
    empezaron = sum(1 for avance in avances if avance.fechas)
    return Renglon(nombre, acota, len(avances), empezaron, [cuenta[hito.pk] for hito in hitos])


# --- Un GAD -------------------------------------------------------------------------------------


@dataclass
class Hecho:
    """Un hito frente a un GAD: su cumplimiento, si lo hay."""

    hito: HitoProceso
    cumplimiento: CumplimientoProceso | None


def linea_de_hitos(gad, usuario):
    """[Hecho] del GAD en el orden del proceso, con lo que `usuario` puede ver. Dos consultas."""
    visibles = CumplimientoProceso.objects.visibles_para(usuario).filter(gad=gad)
    hechos = {uno.hito_id: uno for uno in visibles.select_related("por")}
    return [Hecho(hito, hechos.get(hito.pk)) for hito in HitoProceso.objects.para_gad(gad)]
