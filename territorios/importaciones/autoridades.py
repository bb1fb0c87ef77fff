"""Importar las autoridades de una elección: se abre su período y se cierra el de la anterior.

Nadie se reemplaza: lo que firmó la autoridad anterior sigue a su nombre.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import pairwise

from django.db import transaction
from django.utils.formats import date_format
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ..lectura import Registro
from ..models import Autoridad, Gad
from .codigos import normalizar
from .hojas import fecha_iso, leer_tabla
from .previa import (
    Apartado,
    VistaPrevia,
    contar,
    esperar_turno,
    exigir_aprobada,
    sin_el_cero,
)

COLUMNAS = {
    "codigo": ["cod", "codigo dpa", "codigo gad", "gad", "dpa"],
    "nombre": ["autoridad", "nombres y apellidos", "nombres", "nombre completo"],
    "cargo": ["dignidad"],
    "desde": ["vigente desde", "inicio", "fecha inicio", "posesion", "fecha de posesion"],
    "hasta": ["vigente hasta", "fin", "fecha fin"],
    "fuente": [],
    "nota": ["observacion", "observaciones"],
}
ESPERADAS = "«código», «nombre» y «desde»; si quiere, también «cargo», «hasta», «fuente» y «nota»."


@dataclass
class Fila:
    """Una autoridad del archivo, sin guardar, y de qué fila sale."""

    autoridad: Autoridad
    registro: Registro


@dataclass
class PlanAutoridades:
    """`cerradas`: autoridades de la base que reciben fecha de fin."""

    nuevas: list = field(default_factory=list)
    cerradas: list = field(default_factory=list)
    iguales: int = 0
    completados: list = field(default_factory=list)


def importar_autoridades(archivo, *, por=None, aprobada=None, solo_revisar=False):
    """Abre el período de cada autoridad del archivo. Devuelve la VistaPrevia.

    Lanza CargaRechazada, y VistaCambiada si `aprobada` no es la huella de esa vista. Repetirla no
    cambia nada.
    """
    registros = leer_tabla(
        archivo, COLUMNAS, lambda nombres: {"codigo", "nombre", "desde"} <= nombres, ESPERADAS
    )
    with transaction.atomic():
        esperar_turno()
        plan = _planear(registros)
        vista = _vista(archivo, plan)
        exigir_aprobada(vista, aprobada)
        if vista.cambia and not solo_revisar:
            _escribir(plan, f"Importación de autoridades: {archivo.nombre}"[:100], por)
    return vista


def _planear(registros):
    plan = PlanAutoridades()
    gads = Gad.objects.select_related("territorio").in_bulk()
    filas = defaultdict(list)
    for registro in registros:
        fila = _fila(plan, registro, gads)
        filas[fila.autoridad.gad_id].append(fila)
    guardadas = defaultdict(list)
    for autoridad in Autoridad.objects.filter(gad__in=filas):
        guardadas[autoridad.gad_id].append(autoridad)
    for codigo, suyas in filas.items():
        _encadenar(plan, suyas, guardadas[codigo])
    return plan


def _fila(plan, registro, gads):
    escrito = registro.texto("codigo")
    codigo = normalizar(escrito, len(escrito) + len(escrito) % 2)
    if codigo not in gads:
        raise registro.rechazo("codigo", "no existe ningún GAD con ese código.")
    if codigo != escrito:
        plan.completados.append(codigo)
    for columna in ("desde", "hasta"):
        if columna in registro.datos:
            registro.datos[columna] = fecha_iso(registro.datos[columna])
    desde = registro.fecha("desde")
    _, hasta = registro.fechas("desde", "hasta", obligatorias=True)
    gad = gads[codigo]
    if not gad.territorio.vigente_en(desde):
        raise registro.rechazo("desde", f"{gad} no existe en esa fecha.")
    autoridad = Autoridad(
        gad=gad,
        nombre=" ".join(registro.texto("nombre").split()),
        cargo=registro.texto("cargo", obligatorio=False) or gad.titulo_autoridad,
        desde=desde,
        hasta=hasta,
        fuente=registro.texto("fuente", obligatorio=False),
        nota=registro.texto("nota", obligatorio=False),
    )
    return Fila(registro.validar(autoridad), registro)


def _encadenar(plan, filas, guardadas):
    """Pone las filas de un GAD entre las guardadas, cerrando la anterior que siga abierta."""
    nuevas = []
    for fila in filas:
        igual = next((g for g in guardadas if g.desde == fila.autoridad.desde), None)
        if igual is None:
            nuevas.append(fila)
        elif _es_la_misma(igual, fila.autoridad):
            plan.iguales += 1
        else:
            motivo = f"ese día ya empezó {igual.nombre}: si es un error, corríjalo en la ficha."
            raise fila.registro.rechazo("desde", motivo)
    de_quien = {id(fila.autoridad): fila for fila in nuevas}
    todas = sorted(
        [*guardadas, *(fila.autoridad for fila in nuevas)],
        key=lambda a: (a.desde is not None, a.desde),
    )
    for anterior, siguiente in pairwise(todas):
        _cerrar(plan, anterior, siguiente, de_quien)
    plan.nuevas += [fila.autoridad for fila in nuevas]


def _es_la_misma(guardada, otra):
    # La importada pudo entrar sin fin y cerrarse después, al llegar la siguiente.
    mismo_fin = otra.hasta is None or guardada.hasta == otra.hasta
    return (guardada.nombre, guardada.cargo) == (otra.nombre, otra.cargo) and mismo_fin


def _cerrar(plan, anterior, siguiente, de_quien):
    fila = de_quien.get(id(siguiente)) or de_quien.get(id(anterior))
    # Entre dos ya guardadas no hay nada que hacer: así estaban.
    if fila is None:
        return
    if anterior.desde == siguiente.desde:
        raise fila.registro.rechazo("desde", "hay dos filas del mismo GAD con esa fecha.")
    if anterior.hasta is not None and anterior.hasta > siguiente.desde:
        hasta = date_format(anterior.hasta, "SHORT_DATE_FORMAT")
        desde = date_format(siguiente.desde, "SHORT_DATE_FORMAT")
        motivo = (
            f"los períodos se enciman: {anterior.nombre} termina el {hasta} y "
            f"{siguiente.nombre} empieza el {desde}."
        )
        raise fila.registro.rechazo("desde", motivo)
    if anterior.hasta is None:
        anterior.hasta = siguiente.desde
        if id(anterior) not in de_quien:
            plan.cerradas.append(anterior)


def _vista(archivo, plan):
    resumen = [
        f"Archivo: {archivo.nombre}.",
        contar(
            ("Autoridades nuevas", len(plan.nuevas)),
            ("Períodos que se cierran", len(plan.cerradas)),
            ("Sin cambio", plan.iguales),
        ),
    ]
    apartados = [
        Apartado("Se abren", [_nombrar(a) for a in plan.nuevas]),
        Apartado("Se cierran: lo firmado sigue a su nombre", [_nombrar(a) for a in plan.cerradas]),
    ]
    resumen += sin_el_cero(plan.completados)
    cambia = bool(plan.nuevas or plan.cerradas)
    if not cambia:
        resumen.append("Las autoridades ya constaban así: no hay nada que cambiar.")
    return VistaPrevia("Autoridades", resumen, apartados, cambia)


def _nombrar(autoridad):
    desde = date_format(autoridad.desde, "SHORT_DATE_FORMAT") if autoridad.desde else "…"
    hasta = date_format(autoridad.hasta, "SHORT_DATE_FORMAT") if autoridad.hasta else "…"
    return f"{autoridad.gad_id} {autoridad.nombre}, {autoridad.cargo} ({desde} – {hasta})"


def _escribir(plan, motivo, por):
    con_historia = {"default_user": por, "default_change_reason": motivo}
    if plan.cerradas:
        bulk_update_with_history(plan.cerradas, Autoridad, ["hasta"], **con_historia)
    if plan.nuevas:
        bulk_create_with_history(plan.nuevas, Autoridad, **con_historia)
