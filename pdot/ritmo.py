"""El ritmo contra la hoja de ruta: cada hito de un grupo frente a cada uno de sus GAD.

Una *casilla* es un hito frente a un GAD miembro (acompanamiento.ruta.Casilla). Está *a tiempo* si
se cumplió hasta su fecha meta o no la tiene; *tarde*, si se cumplió después; *atrasada*, si el GAD
va detrás (venció la fecha meta, o ya la cumplió más de la mitad del grupo); y si no, *por cumplir*.
Cuentan los grupos ya conformados.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from acompanamiento.models import CumplimientoHito, Grupo, HitoGrupo, Membresia
from acompanamiento.ruta import van_detras
from territorios.models import Gad


class Situacion(models.TextChoices):
    A_TIEMPO = "a-tiempo", "Cumplido a tiempo"
    TARDE = "tarde", "Cumplido tarde"
    ATRASADA = "atrasado", "Atrasado"
    POR_CUMPLIR = "por-cumplir", "Por cumplir"

    @property
    def estado(self):
        """La clase de estado con que se lee en una lista."""
        return {"a-tiempo": "aprobada", "tarde": "devuelta", "atrasado": "atrasada"}.get(self, "")


@dataclass(slots=True)
class Puesto:
    """Una casilla con su grupo: `cumplida` es la fecha, si se cumplió.

    Hay miles, así que `gad` solo lo llevan los que se muestran: lo pone `con_gads`.
    """

    grupo: Grupo
    codigo: str
    zona: int
    hito: str
    meta: date | None
    cumplida: date | None
    situacion: Situacion
    gad: Gad | None = None


def puestos_de(grupos, hoy):
    """[Puesto] de esos Grupos, por grupo, hito y GAD. Tres consultas."""
    por_clave = {grupo.pk: grupo for grupo in grupos}
    miembros = {clave: [] for clave in por_clave}
    membresias = Membresia.objects.vigentes_en().filter(grupo__in=list(por_clave))
    for grupo, codigo, zona in membresias.order_by("grupo", "gad").values_list(
        "grupo", "gad", "gad__territorio__zona"
    ):
        miembros[grupo].append((codigo, zona))
    hechos = {}
    cumplimientos = CumplimientoHito.objects.filter(hito__grupo__in=list(por_clave))
    for hito, codigo, fecha in cumplimientos.order_by().values_list("hito", "gad", "fecha"):
        hechos.setdefault(hito, {})[codigo] = fecha
    hitos = HitoGrupo.objects.filter(grupo__in=list(por_clave)).order_by("grupo", "hito__orden")
    puestos = []
    for clave, grupo, nombre, meta in hitos.values_list(
        "pk", "grupo", "hito__nombre", "fecha_meta"
    ):
        fechas = hechos.get(clave, {})
        suyos = miembros[grupo]
        cumplieron = sum(1 for codigo, _ in suyos if codigo in fechas)
        van_tarde = van_detras(meta, cumplieron, len(suyos), hoy)
        for codigo, zona in suyos:
            fecha = fechas.get(codigo)
            como = _situacion(meta, fecha, van_tarde)
            puestos.append(Puesto(por_clave[grupo], codigo, zona, nombre, meta, fecha, como))
    return puestos


def con_gads(puestos):
    """Los mismos, cada uno con su GAD. Una consulta."""
    codigos = {puesto.codigo for puesto in puestos}
    gads = Gad.objects.para_lista().in_bulk(codigos)
    for puesto in puestos:
        puesto.gad = gads[puesto.codigo]
    return puestos


def puestos_del_gad(gad, usuario, hoy):
    """(sus Grupos de hoy que ve `usuario`, [Puesto] suyos en los conformados). Una consulta."""
    miembros = Membresia.objects.vigentes_en(hoy)
    del_mismo = miembros.filter(grupo=OuterRef("grupo")).order_by()
    hechos = CumplimientoHito.objects.filter(hito=OuterRef("grupo__hitos")).order_by()
    de_quien_sigue = miembros.filter(grupo=OuterRef(OuterRef("grupo"))).values("gad")
    visibles = Grupo.objects.visibles_para(usuario)
    filas = (
        Membresia.objects.vigentes(hoy)
        .filter(gad=gad, grupo__in=visibles)
        .order_by("grupo", "grupo__hitos__hito__orden")
        .values_list(
            *("grupo", "grupo__numero", "grupo__nombre", "grupo__estado"),
            *("grupo__hitos__hito__nombre", "grupo__hitos__fecha_meta"),
            Subquery(hechos.filter(gad=gad).values("fecha")),
            _cuantos(hechos.filter(gad__in=de_quien_sigue), "hito"),
            _cuantos(del_mismo, "grupo"),
        )
    )
    grupos, puestos = {}, []
    for pk, numero, nombre, estado, hito, meta, fecha, cumplieron, cuantos in filas:
        if pk not in grupos:
            grupos[pk] = Grupo(pk=pk, numero=numero, nombre=nombre, estado=estado)
        if hito and grupos[pk].esta_conformado:
            como = _situacion(meta, fecha, van_detras(meta, cumplieron, cuantos, hoy))
            zona = gad.territorio.zona_id
            puestos.append(Puesto(grupos[pk], gad.pk, zona, hito, meta, fecha, como, gad))
    return list(grupos.values()), puestos


def _cuantos(filas, campo):
    """Cuántas son, cero si ninguna; `campo` es el que las ata a la consulta de afuera."""
    cuenta = filas.values(campo).annotate(cuantas=Count("pk")).values("cuantas")
    return Coalesce(Subquery(cuenta), 0)


def _situacion(meta, cumplida, atrasada):
    """Cómo va una casilla; `atrasada` dice si quien no la cumplió va detrás."""
    if cumplida is None:
        return Situacion.ATRASADA if atrasada else Situacion.POR_CUMPLIR
    return Situacion.TARDE if meta and cumplida > meta else Situacion.A_TIEMPO


def contar_puestos(puestos):
    """{situación: cuántas}, con todas."""
    cuenta = Counter(puesto.situacion for puesto in puestos)
    return {situacion.value: cuenta[situacion] for situacion in Situacion}
