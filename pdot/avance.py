"""El avance de una estrategia: lo realizado de lo programado y lo cumplido de lo acordado."""

from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Value

from acompanamiento.models import Acuerdo, CumplimientoHito, Membresia
from talleres.models import Encuentro

from .models import Evaluacion

MOMENTOS = (Encuentro.Tipo.M1, Encuentro.Tipo.M2, Encuentro.Tipo.M3)
REALIZADO = Encuentro.Estado.REALIZADO


@dataclass
class Avance:
    """`momentos`: (tipo, nombre, planificados, realizados). `acuerdos`: (estado, nombre, cuántos).

    `planificados` son los que faltan por realizar; los cancelados no se cuentan. `aprobados` son
    los GAD acompañados con alguna evaluación aprobada; en una zona, los suyos: `de_otra_zona` son
    los demás de sus grupos. Un hito se cumple tantas veces como miembros tiene su grupo, o como los
    que son de la zona: `hitos_cumplidos` de `hitos_por_cumplir`.
    """

    momentos: list[tuple]
    acuerdos: list[tuple]
    vencidos: int
    aprobados: int
    de_otra_zona: int
    hitos_cumplidos: int
    hitos_por_cumplir: int


def avance_de(estrategia, usuario, grupos, acompanados, de_otra_zona):
    """El Avance, con lo que `usuario` puede ver. Una consulta, haya lo que haya.

    `grupos`: los que ve, con su `reparto` y sus `cuantos_hitos`. `acompanados`: códigos de los GAD
    de los ya conformados; los que en una zona son de otra, en `de_otra_zona`.
    """
    vivos = [grupo for grupo in grupos if grupo.esta_vivo]
    claves = [grupo.pk for grupo in vivos]
    acuerdos = Acuerdo.objects.visibles_para(usuario).filter(grupo__in=claves)
    encuentros = Encuentro.objects.visibles_para(usuario).filter(estrategia=estrategia)
    cuentas = _juntar(
        _contar(encuentros.abiertos(), F("tipo"), Value("abierto")),
        _contar(encuentros.filter(estado=REALIZADO), F("tipo"), Value(REALIZADO)),
        _contar(acuerdos, Value("acuerdo"), F("estado")),
        _contar(acuerdos.vencidos(), Value("acuerdo"), Value("vencido")),
        _contar(_cumplimientos(claves, usuario.zona_id), Value("hito"), Value("cumplido")),
        _contar(_aprobadas(usuario, acompanados), Value("gad"), Value("aprobado"), "pdot__gad"),
        _contar(_aprobadas(usuario, de_otra_zona), Value("gad"), Value("de otra"), "pdot__gad"),
    )
    return Avance(
        momentos=[_momento(tipo, cuentas) for tipo in MOMENTOS],
        acuerdos=[(e.value, e.label, cuentas.get(("acuerdo", e), 0)) for e in Acuerdo.Estado],
        vencidos=cuentas.get(("acuerdo", "vencido"), 0),
        aprobados=cuentas.get(("gad", "aprobado"), 0),
        de_otra_zona=cuentas.get(("gad", "de otra"), 0),
        hitos_cumplidos=cuentas.get(("hito", "cumplido"), 0),
        hitos_por_cumplir=sum(
            g.cuantos_hitos * len(g.reparto.partir(usuario.zona_id)[0].gads) for g in vivos
        ),
    )


def _momento(tipo, cuentas):
    planificados, realizados = (cuentas.get((tipo, cual), 0) for cual in ("abierto", REALIZADO))
    return tipo.value, tipo.label, planificados, realizados


def _cumplimientos(grupos, zona):
    """Los de quienes siguen siendo miembros: lo de quien salió ya no se espera."""
    miembro = Membresia.objects.vigentes_en().filter(
        grupo=OuterRef("hito__grupo"), gad=OuterRef("gad")
    )
    suyos = CumplimientoHito.objects.filter(Exists(miembro), hito__grupo__in=grupos)
    return suyos.filter(gad__territorio__zona=zona) if zona else suyos


def _aprobadas(usuario, gads):
    visibles = Evaluacion.objects.visibles_para(usuario)
    return visibles.filter(estado=Evaluacion.Estado.APROBADA, pdot__gad__in=list(gads))


def _contar(consulta, que, cual, distintos="pk"):
    """Filas (qué, cuál, cuántos)."""
    por = consulta.order_by().annotate(que=que, cual=cual).values_list("que", "cual")
    return por.annotate(cuantos=Count(distintos, distinct=True))


def _juntar(*consultas):
    """{(qué, cuál): cuántos} de todas, en una sola ida a la base."""
    primera, *demas = consultas
    return {(que, cual): cuantos for que, cual, cuantos in primera.union(*demas, all=True)}
