"""El efecto de lo planificado en un GAD: necesidad → actividad → asistencia → re-evaluación.

Es una cadena de hechos que coinciden en el tiempo, no una prueba de causa: la plataforma sabe qué
se declaró, qué se planificó, cuántas personas fueron y qué respondió el GAD antes y después; no
sabe por qué cambió la respuesta. Cada eslabón que falta se dice.
"""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import OuterRef, Prefetch, Q, Subquery
from django.utils import timezone

from talleres.models import Encuentro
from territorios.models import Gad

from .capacidades import con_encuentros, poner_asistencia
from .models import (
    ActividadCapacidad,
    Evaluacion,
    Necesidad,
    Paso,
    PlanCapacidades,
    Pregunta,
    Respuesta,
)

Valor = Respuesta.Valor
ORDEN = {Valor.NO: 0, Valor.PARCIAL: 1, Valor.SI: 2}


class Aprobada(NamedTuple):
    """Una evaluación aprobada y qué día lo fue; None si se cargó de un documento sin fecha."""

    pk: int
    numero: int
    fecha: date | None

    @property
    def url(self):
        return Evaluacion(pk=self.pk).get_absolute_url()


@dataclass
class Cambio:
    """Una pregunta de escala respondida distinto antes y después."""

    pregunta: Pregunta
    antes: Respuesta
    despues: Respuesta

    @property
    def sube(self):
        return ORDEN[self.despues.valor] > ORDEN[self.antes.valor]


@dataclass
class Reevaluacion:
    """Las evaluaciones aprobadas anterior y posterior a una actividad, y lo que cambió."""

    antes: Aprobada | None
    despues: Aprobada | None
    cambios: list
    iguales: int = 0

    @property
    def suben(self):
        return sum(1 for cambio in self.cambios if cambio.sube)

    @property
    def bajan(self):
        return len(self.cambios) - self.suben

    @property
    def se_puede_comparar(self):
        return self.antes is not None and self.despues is not None


@dataclass
class Eslabon:
    """Una actividad que atiende la necesidad, vista desde el GAD; `faltan`: lo que no consta."""

    actividad: ActividadCapacidad
    es_beneficiario: bool
    personas: int
    reevaluacion: Reevaluacion
    faltan: list

    @property
    def esta_completo(self):
        return not self.faltan


@dataclass
class Cadena:
    """Una necesidad y las actividades que la atienden. Sin eslabones, nadie la atiende todavía."""

    necesidad: Necesidad
    eslabones: list

    @property
    def esta_completa(self):
        return any(eslabon.esta_completo for eslabon in self.eslabones)


def cadenas_de_gad(gad, usuario):
    """[Cadena] de las necesidades del GAD y de sus grupos, con lo que `usuario` puede ver.

    Las consultas no crecen con las cadenas.
    """
    necesidades = list(Necesidad.objects.visibles_para(usuario).de_gad(gad))
    por_necesidad = _actividades_de(necesidades, usuario)
    suyas = _aprobadas_de([gad], usuario).get(gad.pk, [])
    actividades = {una for unas in por_necesidad.values() for una in unas}
    respuestas = _respuestas_de(_antes_y_despues(una, suyas) for una in actividades)
    return [
        Cadena(
            una,
            [
                _eslabon(actividad, gad, suyas, respuestas)
                for actividad in por_necesidad.get(una.pk, [])
            ],
        )
        for una in necesidades
    ]


# --- Las actividades ----------------------------------------------------------------------------


def _actividades_de(necesidades, usuario):
    """{necesidad: [actividad, …]} de planes aprobados: la última versión de cada una, por fecha.

    La asistencia se cuenta solo en los encuentros que ve `usuario`.
    """
    claves = {una.pk for una in necesidades}
    suyas = (
        ActividadCapacidad.objects.visibles_para(usuario)
        .filter(necesidades__in=claves, plan__estado__in=PlanCapacidades.APROBADOS)
        .distinct()
    )
    ultimas = {}
    leidas = con_encuentros(suyas.para_lista(), usuario).prefetch_related(
        Prefetch("necesidades", Necesidad.objects.filter(pk__in=claves)),
        "beneficiarios",
    )
    for actividad in leidas:
        previa = ultimas.get(actividad.clave)
        if previa is None or actividad.plan.numero > previa.plan.numero:
            ultimas[actividad.clave] = actividad
    actividades = sorted(ultimas.values(), key=lambda una: (una.desde, una.pk))
    poner_asistencia(actividades)
    por_necesidad = {}
    for actividad in actividades:
        for necesidad in actividad.necesidades.all():
            por_necesidad.setdefault(necesidad.pk, []).append(actividad)
    return por_necesidad


def _eslabon(actividad, gad, aprobadas, respuestas):
    personas = dict(actividad.asistencia.por_gad).get(gad.pk, 0)
    es_beneficiario = any(uno.pk == gad.pk for uno in actividad.beneficiarios.all())
    reevaluacion = _reevaluacion(*_antes_y_despues(actividad, aprobadas), respuestas)
    faltan = _faltan(actividad, es_beneficiario, personas, reevaluacion)
    return Eslabon(actividad, es_beneficiario, personas, reevaluacion, faltan)


def _faltan(actividad, es_beneficiario, personas, reevaluacion):
    """Los eslabones que no constan, en palabras y en el orden de la cadena."""
    faltan = []
    if not es_beneficiario:
        faltan.append("El GAD no está entre los beneficiarios de la actividad.")
    if actividad.hasta > timezone.localdate() and actividad.avance < 100:
        faltan.append("La actividad todavía no termina.")
    if actividad.asistencia.ocultos and not personas:
        faltan.append("La actividad tiene encuentros que usted no puede ver: aquí no se cuentan.")
    elif not actividad.asistencia.encuentros:
        faltan.append("La actividad no tiene encuentros vinculados: no se sabe quién asistió.")
    elif not personas:
        faltan.append("En la nómina de sus encuentros no consta nadie de este GAD.")
    if reevaluacion.antes is None:
        faltan.append("No hay una evaluación aprobada anterior a la actividad.")
    if reevaluacion.despues is None:
        faltan.append("No hay una evaluación aprobada posterior a la actividad.")
    return faltan


# --- Antes y después ----------------------------------------------------------------------------


def _aprobadas_de(gads, usuario):
    """{GAD: [Aprobada, …]} de la primera a la última. Lo que cargó un documento no tiene fecha."""
    al_aprobar = Paso.objects.filter(
        evaluacion=OuterRef("pk"), a=Evaluacion.Estado.APROBADA, por__isnull=False
    ).order_by("cuando")
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=gads)
    aprobadas = visibles.filter(estado=Evaluacion.Estado.APROBADA)
    aprobadas = aprobadas.annotate(aprobada=Subquery(al_aprobar.values("cuando")[:1]))
    filas = aprobadas.order_by("pdot__anio_desde", "numero")
    por_gad = {}
    for codigo, pk, numero, dia in filas.values_list("pdot__gad", "pk", "numero", "aprobada"):
        fecha = timezone.localtime(dia).date() if dia else None
        por_gad.setdefault(codigo, []).append(Aprobada(pk, numero, fecha))
    return por_gad


def _respuestas_de(pares):
    """{evaluación: {código de pregunta: respuesta de escala}} de las de esos pares que se comparan.

    Una consulta a lo sumo: de las que ninguna actividad separa no se lee nada.
    """
    claves = {una.pk for par in pares if None not in par for una in par}
    if not claves:
        return {}
    leidas = (
        Respuesta.objects.filter(evaluacion__in=claves)
        .exclude(valor="")
        .select_related("pregunta")
        .order_by("pregunta__seccion__orden", "pregunta__orden")
    )
    por_evaluacion = {}
    for respuesta in leidas:
        suyas = por_evaluacion.setdefault(respuesta.evaluacion_id, {})
        suyas[respuesta.pregunta.codigo] = respuesta
    return por_evaluacion


def _antes_y_despues(actividad, aprobadas):
    """La última aprobada hasta que empieza y la primera desde que termina, si son distintas."""
    antes = [una for una in aprobadas if una.fecha is None or una.fecha <= actividad.desde]
    despues = [una for una in aprobadas if una.fecha and una.fecha >= actividad.hasta]
    previa = antes[-1] if antes else None
    return previa, next((una for una in despues if una is not previa), None)


def _reevaluacion(previa, siguiente, respuestas):
    if previa is None or siguiente is None:
        return Reevaluacion(previa, siguiente, [])
    unas = respuestas.get(previa.pk, {})
    otras = respuestas.get(siguiente.pk, {})
    # Dos versiones del instrumento se comparan en lo que preguntan igual.
    comunes = [
        (unas[codigo], despues)
        for codigo, despues in otras.items()
        if codigo in unas and unas[codigo].pregunta.texto == despues.pregunta.texto
    ]
    cambios = [Cambio(b.pregunta, a, b) for a, b in comunes if a.valor != b.valor]
    return Reevaluacion(previa, siguiente, cambios, len(comunes) - len(cambios))


# --- El grupo -----------------------------------------------------------------------------------


@dataclass
class RenglonDeGrupo:
    """Un GAD del grupo: cuántas de sus necesidades llegan a cada eslabón."""

    gad: Gad
    necesidades: int
    con_actividad: int
    con_asistencia: int
    con_reevaluacion: int
    suben: int
    bajan: int


class _Actividad(NamedTuple):
    """Lo que de una actividad basta para contar."""

    pk: int
    clave: UUID
    numero: int
    desde: date
    hasta: date


def resumen_de_grupo(grupo, usuario):
    """[RenglonDeGrupo] de sus miembros de hoy, por código.

    Dice lo mismo que la cadena de cada uno, contado sin armarlas. Cinco consultas.
    """
    gads = list(grupo.miembros().para_nombrar().order_by("pk"))
    necesidades = _atendidas_de(grupo, usuario)
    actividades = {una for _, suyas in necesidades for una in suyas}
    asistieron = _asistieron(actividades, gads, usuario)
    aprobadas = _aprobadas_de(gads, usuario)
    pares = {
        (gad.pk, una): _antes_y_despues(una, aprobadas.get(gad.pk, []))
        for gad in gads
        for una in actividades
    }
    respuestas = _respuestas_de(pares.values())
    return [_renglon(gad, necesidades, asistieron, pares, respuestas) for gad in gads]


def _atendidas_de(grupo, usuario):
    """[(GAD o None, [_Actividad])] de las necesidades del grupo y de los suyos. Una consulta.

    Como en la cadena: las actividades de planes aprobados, la última versión de cada una.
    """
    planes = PlanCapacidades.objects.visibles_para(usuario).filter(
        estado__in=PlanCapacidades.APROBADOS
    )
    filas = Necesidad.objects.visibles_para(usuario).de_grupo(grupo).order_by()
    filas = filas.annotate(vale=Q(actividades__plan__in=planes)).values_list(
        *("pk", "gad", "vale", "actividades", "actividades__clave", "actividades__plan__numero"),
        *("actividades__desde", "actividades__hasta"),
    )
    necesidades, ultimas = {}, {}
    for pk, gad, vale, *datos in filas:
        _, suyas = necesidades.setdefault(pk, (gad, []))
        if vale:
            una = _Actividad(*datos)
            suyas.append(una)
            ultimas[una.clave] = max(ultimas.get(una.clave, 0), una.numero)
    return [
        (gad, [una for una in suyas if una.numero == ultimas[una.clave]])
        for gad, suyas in necesidades.values()
    ]


def _asistieron(actividades, gads, usuario):
    """{(actividad, GAD)} con alguna persona en los encuentros que ve `usuario`. Una consulta."""
    encuentros = Encuentro.objects.visibles_para(usuario)
    filas = ActividadCapacidad.objects.filter(
        pk__in={una.pk for una in actividades},
        encuentros__in=encuentros,
        encuentros__participantes__gad__in=gads,
    )
    return set(filas.order_by().values_list("pk", "encuentros__participantes__gad").distinct())


def _renglon(gad, necesidades, asistieron, pares, respuestas):
    suyas = [unas for de_quien, unas in necesidades if de_quien in (None, gad.pk)]
    # Dos actividades de las mismas fechas comparan las mismas evaluaciones: se cuentan una vez.
    separan = {una for unas in suyas for una in unas if None not in pares[gad.pk, una]}
    comparadas = [
        _reevaluacion(*par, respuestas) for par in {pares[gad.pk, una] for una in separan}
    ]
    return RenglonDeGrupo(
        gad=gad,
        necesidades=len(suyas),
        con_actividad=sum(1 for unas in suyas if unas),
        con_asistencia=sum(any((una.pk, gad.pk) in asistieron for una in u) for u in suyas),
        con_reevaluacion=sum(not separan.isdisjoint(unas) for unas in suyas),
        suben=sum(una.suben for una in comparadas),
        bajan=sum(una.bajan for una in comparadas),
    )
