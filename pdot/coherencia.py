"""Coherencia de los planes de un grupo: quién respondió qué, sobre lo aprobado."""

from dataclasses import dataclass

from acompanamiento.models import Membresia
from territorios.models import Gad

from .models import Evaluacion, Pregunta, Respuesta

ORDEN_DE_NIVELES = list(Gad.Nivel.values)


@dataclass
class Fila:
    """Un GAD: su última evaluación aprobada o, si no la hay, la abierta que se pueda ver."""

    gad: Gad
    evaluacion: Evaluacion | None
    celdas: list[tuple[Pregunta, Respuesta | None]]

    @property
    def respondidas(self):
        return sum(1 for _, respuesta in self.celdas if respuesta)


@dataclass
class Matriz:
    """GAD × pregunta de escala. Las respuestas se juntan por código de pregunta, así que dos
    versiones del instrumento caben en la misma matriz."""

    preguntas: list[Pregunta]
    filas: list[Fila]

    @property
    def evaluadas(self):
        return [fila for fila in self.filas if fila.respondidas]


def matriz_de_grupo(grupo, usuario):
    """Matriz de los miembros vigentes del grupo, con lo que `usuario` puede ver.

    Cinco consultas, sean cuantos sean los miembros.
    """
    gads = _miembros(grupo)
    evaluaciones = _ultimas(gads, usuario)
    respuestas = _respuestas(evaluaciones.values())
    preguntas = _preguntas(evaluaciones.values())
    filas = [_fila(gad, evaluaciones.get(gad.pk), preguntas, respuestas) for gad in gads]
    return Matriz(preguntas, filas)


def _miembros(grupo):
    membresias = Membresia.objects.vigentes_en().filter(grupo=grupo)
    gads = Gad.objects.filter(pk__in=membresias.values("gad"))
    return sorted(gads.para_lista(), key=lambda gad: (ORDEN_DE_NIVELES.index(gad.nivel), gad.pk))


def _ultimas(gads, usuario):
    """GAD → evaluación: la aprobada más reciente o, si no hay, la que esté abierta."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=gads)
    ultimas = {}
    for evaluacion in visibles.select_related("pdot").order_by("pdot__anio_desde", "numero"):
        anterior = ultimas.get(evaluacion.pdot.gad_id)
        if anterior is None or evaluacion.estado == Evaluacion.Estado.APROBADA:
            ultimas[evaluacion.pdot.gad_id] = evaluacion
    return ultimas


def _respuestas(evaluaciones):
    """(evaluación, código de pregunta) → respuesta, solo de lo aprobado."""
    aprobadas = [e.pk for e in evaluaciones if e.estado == Evaluacion.Estado.APROBADA]
    respuestas = Respuesta.objects.filter(evaluacion__in=aprobadas).exclude(valor="")
    return {(r.evaluacion_id, r.pregunta.codigo): r for r in respuestas.select_related("pregunta")}


def _preguntas(evaluaciones):
    instrumentos = sorted({e.instrumento_id for e in evaluaciones})
    de_escala = Pregunta.objects.filter(
        seccion__instrumento__in=instrumentos, tipo=Pregunta.Tipo.ESCALA
    )
    en_orden = de_escala.select_related("seccion").order_by("seccion__orden", "orden")
    return list({pregunta.codigo: pregunta for pregunta in en_orden}.values())


def _fila(gad, evaluacion, preguntas, respuestas):
    clave = evaluacion.pk if evaluacion else None
    return Fila(gad, evaluacion, [(p, respuestas.get((clave, p.codigo))) for p in preguntas])
