"""Leer un plan de capacidades: qué atiende, qué deja sin atender, quién fue y en qué cambió."""

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.utils import timezone

from talleres.models import Encuentro, Participante
from territorios.models import Gad

from .gantt import gantt
from .models import ActividadCapacidad, Necesidad
from .necesidades import por_parecido


@dataclass
class Asistentes:
    """Cuántas personas asistieron a los encuentros de una actividad, y de qué GAD. Sin nombres.

    `por_gad`: [(código, personas)]. `declarados`: el total que dijo quien facilitó, aparte de la
    nómina. `encuentros`: los vinculados que ve quien mira; `ocultos`, cuántos no ve.
    """

    encuentros: list
    ocultos: int = 0
    total: int = 0
    declarados: int = 0
    por_gad: list = field(default_factory=list)

    @property
    def de_otros(self):
        """Las personas que no vinieron de un GAD."""
        return self.total - sum(cuantas for _, cuantas in self.por_gad)


@dataclass
class FichaDePlan:
    """`actividades`, por fecha, cada una con cuántos `asistieron`; `sin_atender`, las Parecidas."""

    actividades: list
    necesidades: list
    sin_atender: list
    diagrama: object
    presupuesto: Decimal | None

    @property
    def cuantas_sin_atender(self):
        return sum(grupo.cuantas for grupo in self.sin_atender)

    @property
    def avance(self):
        """El promedio simple de los avances, en por ciento; None si no hay actividades."""
        if not self.actividades:
            return None
        return round(sum(una.avance for una in self.actividades) / len(self.actividades))

    @property
    def sin_presupuesto(self):
        return sum(1 for una in self.actividades if una.presupuesto is None)

    @property
    def beneficiarios(self):
        """Los GAD de todas las actividades, sin repetir, por código."""
        todos = {gad.pk: gad for una in self.actividades for gad in una.beneficiarios.all()}
        return [todos[codigo] for codigo in sorted(todos)]


def ficha_de_plan(plan, usuario):
    """Lo que muestran la página y el PDF. Las consultas no crecen con las actividades."""
    actividades = list(actividades_de(plan, usuario))
    return armar_ficha(actividades, list(plan.necesidades_de(usuario)))


def armar_ficha(actividades, necesidades):
    """FichaDePlan de las actividades de `actividades_de_planes` y las necesidades de un plan."""
    atendidas = {una.pk for actividad in actividades for una in actividad.necesidades.all()}
    faltan = [una for una in necesidades if una.pk not in atendidas]
    montos = [una.presupuesto for una in actividades if una.presupuesto is not None]
    return FichaDePlan(
        actividades=actividades,
        necesidades=necesidades,
        sin_atender=por_parecido(faltan),
        diagrama=gantt(actividades, timezone.localdate()),
        presupuesto=sum(montos) if montos else None,
    )


def actividades_de(plan, usuario):
    """Las del plan, por fecha, con sus GAD y con las necesidades que ve `usuario`."""
    return actividades_de_planes([plan], usuario)


def actividades_de_planes(planes, usuario):
    """Las de varios planes. Tres consultas, sean cuantos sean.

    `asistieron`: las personas de la nómina de los encuentros que ve; None si no hay ninguno.
    """
    encuentros = Encuentro.objects.visibles_para(usuario).filter(actividades=OuterRef("pk"))
    nomina = encuentros.order_by().values("actividades").values(personas=Count("participantes"))
    return (
        ActividadCapacidad.objects.filter(plan__in=planes)
        .para_lista()
        .annotate(asistieron=Subquery(nomina))
        .prefetch_related(
            Prefetch("necesidades", Necesidad.objects.visibles_para(usuario).por_urgencia()),
            # Con su lugar en la misma consulta: aparte, SQLite no admite pedir más de mil a la vez.
            Prefetch("beneficiarios", Gad.objects.para_lista()),
        )
    )


def con_encuentros(actividades, usuario):
    """Con los encuentros que ve `usuario` y cuántos son en total, para `poner_asistencia`."""
    encuentros = Encuentro.objects.visibles_para(usuario).order_by("fecha", "pk")
    return actividades.annotate(
        cuantos_encuentros=Count("encuentros", distinct=True)
    ).prefetch_related(Prefetch("encuentros", encuentros))


def poner_asistencia(actividades):
    """Deja en cada actividad de `con_encuentros` su `asistencia`. Una consulta."""
    claves = {uno.pk for actividad in actividades for uno in actividad.encuentros.all()}
    personas = _personas(claves) if claves else {}
    for actividad in actividades:
        actividad.asistencia = _asistentes(actividad, personas)


def _personas(encuentros):
    """{encuentro: {código del GAD, o None si no vino de uno: personas}}."""
    nomina = Participante.objects.filter(encuentro__in=encuentros).order_by()
    cuentas = {}
    for encuentro, codigo, cuantas in nomina.values_list("encuentro", "gad").annotate(Count("pk")):
        cuentas.setdefault(encuentro, {})[codigo] = cuantas
    return cuentas


def _asistentes(actividad, personas):
    encuentros = list(actividad.encuentros.all())
    suma = Counter()
    for encuentro in encuentros:
        suma.update(personas.get(encuentro.pk, {}))
    de_gads = [(codigo, cuantas) for codigo, cuantas in suma.items() if codigo]
    return Asistentes(
        encuentros=encuentros,
        ocultos=actividad.cuantos_encuentros - len(encuentros),
        total=suma.total(),
        declarados=sum(uno.participantes_declarados or 0 for uno in encuentros),
        por_gad=sorted(de_gads, key=lambda par: (-par[1], par[0])),
    )


def con_nombres(por_gad):
    """[(GAD, personas)] de [(código, personas)]. Una consulta."""
    gads = Gad.objects.para_lista().in_bulk([codigo for codigo, _ in por_gad])
    return [(gads[codigo], cuantas) for codigo, cuantas in por_gad]


# --- Comparar dos versiones ---------------------------------------------------------------------

COMPARADOS = (
    "titulo",
    "detalle",
    "modalidad",
    "responsable_gad",
    "responsable_entidad",
    "desde",
    "hasta",
    "horas",
    "canton",
    "lugar",
    "cupo",
    "indicador",
    "linea_base",
    "meta",
    "presupuesto",
    "presupuesto_fuente",
    "presupuesto_fecha",
)
LISTAS_COMPARADAS = ("necesidades", "beneficiarios")


@dataclass
class Comparacion:
    """De una versión a otra: lo que cambió del plan y sus actividades nuevas, quitadas y cambiadas.

    `cambiadas`: [(actividad, [(campo, antes, después)])].
    """

    del_plan: list
    nuevas: list
    quitadas: list
    cambiadas: list

    def __bool__(self):
        return bool(self.del_plan or self.nuevas or self.quitadas or self.cambiadas)


def comparar_planes(antes, despues, usuario):
    """Comparacion de dos versiones del mismo plan, por la clave de cada actividad."""
    viejas = {una.clave: una for una in actividades_de(antes, usuario)}
    nuevas = {una.clave: una for una in actividades_de(despues, usuario)}
    pares = [
        (una, _diferencias(viejas[clave], una)) for clave, una in nuevas.items() if clave in viejas
    ]
    campos = ("desde", "hasta", "objetivo")
    return Comparacion(
        del_plan=_campos_distintos(antes, despues, campos),
        nuevas=[una for clave, una in nuevas.items() if clave not in viejas],
        quitadas=[una for clave, una in viejas.items() if clave not in nuevas],
        cambiadas=[(una, cambios) for una, cambios in pares if cambios],
    )


def _diferencias(antes, despues):
    cambios = _campos_distintos(antes, despues, COMPARADOS)
    for nombre in LISTAS_COMPARADAS:
        unos, otros = (sorted(map(_nombre, getattr(a, nombre).all())) for a in (antes, despues))
        if unos != otros:
            etiqueta = ActividadCapacidad._meta.get_field(nombre).verbose_name
            cambios.append((etiqueta, "; ".join(unos), "; ".join(otros)))
    return cambios


def _campos_distintos(antes, despues, campos):
    opciones = antes._meta
    return [
        (opciones.get_field(campo).verbose_name, _legible(antes, campo), _legible(despues, campo))
        for campo in campos
        if getattr(antes, campo) != getattr(despues, campo)
    ]


def _legible(objeto, campo):
    mostrar = getattr(objeto, f"get_{campo}_display", None)
    valor = mostrar() if mostrar else getattr(objeto, campo)
    return _nombre(valor) if isinstance(valor, Gad) else valor


def _nombre(objeto):
    return objeto.nombre_con_lugar if isinstance(objeto, Gad) else str(objeto)
