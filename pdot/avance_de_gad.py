"""El avance de un GAD: hasta dónde llegó, con qué filas se sabe, y contra los que se le parecen.

*Parecidos*: los GAD de su mismo nivel y provincia que ve quien mira, él incluido. Si son menos de
cinco, los de su nivel en su zona; y si tampoco llegan, los de su nivel en todo lo que ve. No se
compara por población: la división político-administrativa que se carga no la trae.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists
from django.utils import timezone

from territorios.models import Gad

from .cobertura import (
    Recuento,
    contar,
    encuentros_que_marcan,
    leer_gads,
    marca_de_grupo,
    marcar,
    planes_posteriores,
)
from .embudo import PASOS, enlace_a_filas
from .escalones import Escalon
from .indicadores import Cociente
from .miradas import PAIS, ambito_de_zona, mirada_de
from .models import CifrasDeAvance, Evaluacion, Pdot
from .ritmo import Puesto, Situacion, contar_puestos, puestos_del_gad

MINIMO = 5


@dataclass
class PasoDeGad:
    """Un paso frente al GAD: `alcanzado` es None si no le toca. `filas`: (texto, dirección)."""

    escalon: Escalon
    alcanzado: bool | None
    filas: list[tuple]
    parecidos: Cociente
    url: str


@dataclass
class AvanceDeGad:
    """`contado`: de cuándo es la cuenta de los parecidos; None si se contó ahora."""

    escalon: Escalon
    pasos: list[PasoDeGad]
    regla: str
    cuantos_parecidos: int
    contado: datetime | None
    puestos: list[Puesto]
    ritmo: dict

    @property
    def atrasados(self):
        return self.ritmo[Situacion.ATRASADA.value]


def avance_de_gad(gad, usuario):
    """El AvanceDeGad con lo que ve `usuario`, que lo tiene a la vista; None si ya no existe."""
    hoy = timezone.localdate()
    if not gad.territorio.vigente_en(hoy):
        return None
    grupos, puestos = puestos_del_gad(gad, usuario, hoy)
    filas = _filas(gad, grupos, usuario)
    marcas = set(filas) or {marca_de_grupo(grupo) for grupo in grupos} or {Escalon.NUNCA}
    nivel = Gad.COLUMNA[gad.nivel]
    parecidos, regla, filtro, contado = _parecidos(gad, usuario)
    return AvanceDeGad(
        escalon=max(marcas, key=Escalon.orden),
        pasos=[
            PasoDeGad(
                escalon=paso,
                alcanzado=None if paso.solo_de not in ("", nivel) else paso in marcas,
                filas=filas.get(paso, []),
                parecidos=Cociente(parecidos.marcas[paso], parecidos.base(paso)),
                url=enlace_a_filas(**filtro, nivel=nivel, escalon=paso.value),
            )
            for paso in PASOS
        ],
        regla=regla,
        cuantos_parecidos=parecidos.total,
        contado=contado,
        puestos=puestos,
        ritmo=contar_puestos(puestos),
    )


# --- Contra quién -------------------------------------------------------------------------------


def _parecidos(gad, usuario):
    """(Recuento de los GAD con que se compara, la regla en palabras, su filtro, de cuándo es)."""
    provincia, zona, todos, contado = _cuentas_a_la_vista(gad, usuario)
    lugar = gad.territorio
    if provincia.total >= MINIMO:
        regla = f"los de su nivel en la provincia de {lugar.provincia.nombre}"
        return provincia, regla, {"provincia": gad.pk[:2]}, contado
    if zona.total >= MINIMO:
        regla = f"los de su nivel en la zona {lugar.zona_id}, porque en su provincia son muy pocos"
        return zona, regla, {"zona": lugar.zona_id}, contado
    regla = "todos los de su nivel que usted ve, porque en su provincia y su zona son muy pocos"
    return todos, regla, {}, contado


def _cuentas_a_la_vista(gad, usuario):
    """(Recuento de los de su nivel en su provincia, en su zona y en todo lo que se ve; de cuándo).

    Ya contado, si lo hay para quien mira (pdot.cuenta_avance); si no, se cuenta ahora.
    """
    nivel, zona = Gad.COLUMNA[gad.nivel], gad.territorio.zona_id
    guardadas = _guardadas(zona, usuario)
    if guardadas is None:
        gads = leer_gads(usuario)
        marcar(gads, usuario)
        todos = [uno for uno in gads.values() if uno.nivel == nivel]
        de_la_zona = [uno for uno in todos if uno.zona == zona]
        de_la_provincia = [uno for uno in todos if uno.codigo_provincia == gad.pk[:2]]
        partes = (de_la_provincia, de_la_zona, todos)
        return *(contar(parte).get(None, Recuento()) for parte in partes), None
    de_la_zona, todo = guardadas
    provincia = todo["provincias"].get(gad.pk[:2], {"niveles": {}})
    partes = (provincia, de_la_zona, todo)
    recuentos = [
        Recuento.leer({nivel: parte["niveles"][nivel]} if nivel in parte["niveles"] else {})
        for parte in partes
    ]
    return *recuentos, todo["contado"]


def _guardadas(zona, usuario):
    """(lo contado de esa zona, lo de todo lo que ve); None si falta contarlo para quien mira."""
    ambitos = [ambito_de_zona(zona), PAIS if usuario.ve_el_pais else ambito_de_zona(zona)]
    filas = CifrasDeAvance.objects.filter(mirada=mirada_de(usuario), ambito__in=ambitos)
    leidas = {
        ambito: {"niveles": niveles, "provincias": provincias, "contado": contado}
        for ambito, niveles, provincias, contado in filas.values_list(
            "ambito", "cifras__niveles", "cifras__provincias", "contado"
        )
    }
    return [leidas[ambito] for ambito in ambitos] if len(leidas) == len(set(ambitos)) else None


# --- De dónde sale cada paso --------------------------------------------------------------------


def _filas(gad, grupos, usuario):
    """{paso: [(texto, dirección)]} de lo que consta. Dos consultas, y otra si tiene plan."""
    filas = {}
    if conformados := [grupo for grupo in grupos if grupo.esta_conformado]:
        filas[Escalon.GRUPO] = [(str(grupo), grupo.get_absolute_url()) for grupo in conformados]
    for encuentro in encuentros_que_marcan(gad, usuario):
        texto = f"{encuentro.tema}, {encuentro.fecha:%d/%m/%Y}"
        filas.setdefault(Escalon(encuentro.tipo), []).append((texto, encuentro.get_absolute_url()))
    con_plan = False
    for evaluacion in _evaluaciones(gad, usuario):
        una = (f"{evaluacion.pdot}, versión {evaluacion.numero}", evaluacion.get_absolute_url())
        filas.setdefault(Escalon.EVALUADO, []).append(una)
        if evaluacion.estado == Evaluacion.Estado.APROBADA:
            filas.setdefault(Escalon.APROBADO, []).append(una)
            con_plan |= evaluacion.con_plan
    if con_plan:
        vigentes = gad.planes.filter(estado=Pdot.Estado.VIGENTE)
        filas[Escalon.PLAN] = [(str(plan), plan.get_absolute_url()) for plan in vigentes]
    return filas


def _evaluaciones(gad, usuario):
    """Las que salieron del GAD; `con_plan`: si ya rige un plan posterior al que evalúa."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad=gad)
    salidas = visibles.exclude(estado=Evaluacion.Estado.BORRADOR)
    con_plan = salidas.annotate(con_plan=Exists(planes_posteriores()))
    return con_plan.select_related("pdot").order_by("pdot__anio_desde", "numero")
