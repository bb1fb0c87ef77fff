"""El avance de un GAD: hasta dónde llegó, con qué filas se sabe, y contra los que se le parecen.

*Parecidos*: los GAD de su mismo nivel y provincia que ve quien mira, él incluido. Si son menos de
cinco, los de su nivel en su zona; y si tampoco llegan, los de su nivel en todo lo que ve. No se
compara por población: la división político-administrativa que se carga no la trae.
"""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from acompanamiento.models import Grupo
from talleres.convocatoria import DIALOGA_CON
from talleres.models import Encuentro

from .cobertura import GadCubierto, contar, leer_gads, marcar
from .embudo import PASOS, enlace_a_filas
from .escalones import Escalon
from .indicadores import Cociente
from .models import Evaluacion
from .ritmo import Puesto, Situacion, contar_puestos, puestos_de

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
    cubierto: GadCubierto
    pasos: list[PasoDeGad]
    regla: str
    cuantos_parecidos: int
    puestos: list[Puesto]
    ritmo: dict

    @property
    def atrasados(self):
        return self.ritmo[Situacion.ATRASADA.value]


def avance_de_gad(gad, usuario):
    """El AvanceDeGad con lo que ve `usuario`, que lo tiene a la vista; None si ya no existe."""
    gads = leer_gads(usuario)
    if gad.pk not in gads:
        return None
    marcar(gads, usuario)
    suyo = gads[gad.pk]
    parecidos, regla, filtro = _parecidos(suyo, gads.values())
    recuento = contar(parecidos)[None]
    filas = _filas(gad, suyo, usuario)
    grupos = Grupo.objects.filter(pk__in=[g.pk for g in suyo.grupos if g.esta_conformado])
    puestos = puestos_de(grupos.order_by("pk"), timezone.localdate())
    puestos = [puesto for puesto in puestos if puesto.gad.pk == gad.pk]
    return AvanceDeGad(
        cubierto=suyo,
        pasos=[
            PasoDeGad(
                escalon=paso,
                alcanzado=None if paso.solo_de not in ("", suyo.nivel) else paso in suyo.marcas,
                filas=filas.get(paso, []),
                parecidos=Cociente(recuento.marcas[paso], recuento.base(paso)),
                url=enlace_a_filas(**filtro, nivel=suyo.nivel, escalon=paso.value),
            )
            for paso in PASOS
        ],
        regla=regla,
        cuantos_parecidos=len(parecidos),
        puestos=puestos,
        ritmo=contar_puestos(puestos),
    )


def _parecidos(suyo, gads):
    """(los GAD con que se compara, la regla en palabras, su filtro en la cobertura)."""
    todos = [g for g in gads if g.nivel == suyo.nivel]
    suyos = [g for g in todos if g.codigo_provincia == suyo.codigo_provincia]
    if len(suyos) >= MINIMO:
        regla = f"los de su nivel en la provincia de {suyo.provincia}"
        return suyos, regla, {"provincia": suyo.codigo_provincia}
    suyos = [g for g in todos if g.zona == suyo.zona]
    if len(suyos) >= MINIMO:
        regla = f"los de su nivel en la zona {suyo.zona}, porque en su provincia son muy pocos"
        return suyos, regla, {"zona": suyo.zona}
    regla = "todos los de su nivel que usted ve, porque en su provincia y su zona son muy pocos"
    return todos, regla, {}


# --- De dónde sale cada paso --------------------------------------------------------------------


def _filas(gad, suyo, usuario):
    """{paso: [(texto, dirección)]} de lo que consta. Tres consultas."""
    filas = {
        Escalon.GRUPO: [(str(g), g.get_absolute_url()) for g in suyo.grupos if g.esta_conformado]
    }
    for encuentro in _encuentros(gad, suyo, usuario):
        texto = f"{encuentro.tema}, {encuentro.fecha:%d/%m/%Y}"
        filas.setdefault(Escalon(encuentro.tipo), []).append((texto, encuentro.get_absolute_url()))
    for evaluacion in _evaluaciones(gad, usuario):
        una = (f"{evaluacion.pdot}, versión {evaluacion.numero}", evaluacion.get_absolute_url())
        filas.setdefault(Escalon.EVALUADO, []).append(una)
        if evaluacion.estado == Evaluacion.Estado.APROBADA:
            filas.setdefault(Escalon.APROBADO, []).append(una)
    if Escalon.PLAN in suyo.marcas:
        vigentes = gad.planes.filter(estado="vigente")
        filas[Escalon.PLAN] = [(str(plan), plan.get_absolute_url()) for plan in vigentes]
    return filas


def _encuentros(gad, suyo, usuario):
    """Los realizados que le dan un momento: el diálogo con él, o el taller que lo convocó.

    Si tiene el M3 sin que conste su convocatoria, los talleres de sus grupos.
    """
    con_quien = Q(tipo=Encuentro.Tipo.M3, convocados__gad=gad)
    if Escalon.M3 in suyo.marcas:
        de_sus_grupos = Q(tipo=Encuentro.Tipo.M3, grupos__in=suyo.grupos)
        con_quien |= de_sus_grupos & Q(convocados=None)
    for tipo, (_, _, niveles) in DIALOGA_CON.items():
        if gad.nivel in niveles:
            con_quien |= Q(tipo=tipo, gad=gad)
    realizados = Encuentro.objects.visibles_para(usuario).filter(
        con_quien, estado=Encuentro.Estado.REALIZADO
    )
    return realizados.order_by("fecha", "pk").distinct()


def _evaluaciones(gad, usuario):
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad=gad)
    salidas = visibles.exclude(estado=Evaluacion.Estado.BORRADOR)
    return salidas.select_related("pdot").order_by("pdot__anio_desde", "numero")
