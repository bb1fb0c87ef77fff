"""El efecto de lo planificado en un GAD: necesidad → actividad → asistencia → re-evaluación.

Es una cadena de hechos que coinciden en el tiempo, no una prueba de causa: la plataforma sabe qué
se declaró, qué se planificó, cuántas personas fueron y qué respondió el GAD antes y después; no
sabe por qué cambió la respuesta. Cada eslabón que falta se dice.
"""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, OuterRef, Prefetch, Subquery
from django.utils import timezone

from talleres.models import Encuentro
from territorios.models import Gad

from .capacidades import poner_asistencia
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


@dataclass
class Aprobada:
    """Una evaluación aprobada y qué día lo fue; None si se cargó de un documento sin fecha."""

    evaluacion: Evaluacion
    fecha: date | None


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

    @property
    def con_asistencia(self):
        return any(eslabon.personas for eslabon in self.eslabones)

    @property
    def con_reevaluacion(self):
        return any(eslabon.reevaluacion.se_puede_comparar for eslabon in self.eslabones)


def cadenas_de_gad(gad, usuario):
    """[Cadena] de las necesidades del GAD y de sus grupos, con lo que `usuario` puede ver."""
    return cadenas_de_gads([gad], usuario)[gad.pk]


def cadenas_de_gads(gads, usuario, grupo=None):
    """{código: [Cadena]} de varios GAD. Las consultas no crecen con los GAD ni con las cadenas.

    Con `grupo`, solo sus necesidades y las de sus GAD; sin él, las de todos los grupos de cada uno.
    """
    visibles = Necesidad.objects.visibles_para(usuario)
    if grupo:
        necesidades = list(visibles.de_grupo(grupo))
    else:
        (unico,) = gads
        necesidades = list(visibles.de_gad(unico))
    por_necesidad = _actividades_de(necesidades, usuario)
    aprobadas = _aprobadas_de(gads, usuario)
    respuestas = _respuestas_de(_las_que_se_comparan(gads, por_necesidad, aprobadas))
    return {
        gad.pk: [
            Cadena(
                una,
                [
                    _eslabon(actividad, gad, aprobadas.get(gad.pk, []), respuestas)
                    for actividad in por_necesidad.get(una.pk, [])
                ],
            )
            for una in necesidades
            if una.gad_id in (None, gad.pk)
        ]
        for gad in gads
    }


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
    leidas = (
        suyas.para_lista()
        .annotate(cuantos_encuentros=Count("encuentros", distinct=True))
        .prefetch_related(
            Prefetch("necesidades", Necesidad.objects.filter(pk__in=claves)),
            "beneficiarios",
            Prefetch("encuentros", Encuentro.objects.visibles_para(usuario)),
        )
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
    reevaluacion = _reevaluacion(actividad, aprobadas, respuestas)
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
    aprobadas = visibles.filter(estado=Evaluacion.Estado.APROBADA).select_related("pdot")
    aprobadas = aprobadas.annotate(aprobada=Subquery(al_aprobar.values("cuando")[:1]))
    por_gad = {}
    for evaluacion in aprobadas.order_by("pdot__anio_desde", "numero"):
        dia = evaluacion.aprobada
        fecha = timezone.localtime(dia).date() if dia else None
        por_gad.setdefault(evaluacion.pdot.gad_id, []).append(Aprobada(evaluacion, fecha))
    return por_gad


def _las_que_se_comparan(gads, por_necesidad, aprobadas):
    """Las claves de las evaluaciones que alguna actividad separa: de las demás no se lee nada."""
    actividades = {una.pk: una for suyas in por_necesidad.values() for una in suyas}.values()
    pares = (
        _antes_y_despues(actividad, aprobadas.get(gad.pk, []))
        for gad in gads
        for actividad in actividades
    )
    return {una.evaluacion.pk for par in pares if None not in par for una in par}


def _respuestas_de(claves):
    """{evaluación: {código de pregunta: respuesta de escala}}. Una consulta a lo sumo."""
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


def _reevaluacion(actividad, aprobadas, respuestas):
    previa, siguiente = _antes_y_despues(actividad, aprobadas)
    if previa is None or siguiente is None:
        return Reevaluacion(previa, siguiente, [])
    unas = respuestas.get(previa.evaluacion.pk, {})
    otras = respuestas.get(siguiente.evaluacion.pk, {})
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


def resumen_de_grupo(grupo, usuario):
    """[RenglonDeGrupo] de sus miembros de hoy, por código."""
    gads = list(grupo.miembros().order_by("pk"))
    cadenas = cadenas_de_gads(gads, usuario, grupo)
    return [_renglon(gad, cadenas[gad.pk]) for gad in gads]


def _renglon(gad, cadenas):
    # Dos actividades de las mismas fechas comparan las mismas evaluaciones: se cuentan una vez.
    vistas = {}
    for cadena in cadenas:
        for eslabon in cadena.eslabones:
            par = eslabon.reevaluacion
            if par.se_puede_comparar:
                vistas[(par.antes.evaluacion.pk, par.despues.evaluacion.pk)] = par
    return RenglonDeGrupo(
        gad=gad,
        necesidades=len(cadenas),
        con_actividad=sum(1 for cadena in cadenas if cadena.eslabones),
        con_asistencia=sum(1 for cadena in cadenas if cadena.con_asistencia),
        con_reevaluacion=sum(1 for cadena in cadenas if cadena.con_reevaluacion),
        suben=sum(par.suben for par in vistas.values()),
        bajan=sum(par.bajan for par in vistas.values()),
    )
