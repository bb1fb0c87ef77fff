"""Cuánto lleva llena una evaluación, por secciones, y qué le falta."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from .acciones import faltas_para_enviar, preguntas_editables
from .models import Evaluacion, Pregunta, Seccion


@dataclass
class ParteLlenada:
    """Una sección con sus preguntas respondidas y por responder."""

    seccion: Seccion
    filas: list[tuple[Pregunta, object, list]]

    @property
    def total(self):
        return len(self.filas)

    @property
    def respondidas(self):
        return sum(1 for pregunta, respuesta, _ in self.filas if pregunta.esta_en(respuesta))

    @property
    def observadas(self):
        return sum(1 for _, _, obs in self.filas if any(not o.atendida for o in obs))


class Llenado:
    """Lee una evaluación completa en cinco consultas y responde sobre su avance.

    A quien no le toca ver la revisión se le leen las respuestas sin sus observaciones.
    """

    def __init__(self, evaluacion, *, para):
        self.evaluacion = evaluacion
        self.con_revision = evaluacion.muestra_su_revision_a(para)

    @cached_property
    def preguntas(self):
        nivel = self.evaluacion.pdot.gad.nivel
        return Pregunta.objects.para_nivel(self.evaluacion.instrumento, nivel)

    @cached_property
    def respuestas(self):
        return {r.pregunta_id: r for r in self.evaluacion.respuestas.all()}

    @cached_property
    def observaciones(self):
        """{pregunta: [observaciones]} de la más antigua a la más reciente."""
        por_pregunta = {}
        # Un borrador todavía no pasó por la revisión.
        if not self.con_revision or self.evaluacion.estado == Evaluacion.Estado.BORRADOR:
            return por_pregunta
        for observacion in self.evaluacion.observaciones.select_related("paso__por"):
            por_pregunta.setdefault(observacion.pregunta_id, []).append(observacion)
        return por_pregunta

    @cached_property
    def elementos(self):
        return [e.texto for e in self.evaluacion.elementos_vision.order_by("orden")]

    @cached_property
    def problemas(self):
        return [p.texto for p in self.evaluacion.problemas.order_by("orden")]

    @cached_property
    def partes(self):
        por_seccion = groupby(self.preguntas, key=lambda pregunta: pregunta.seccion)
        return [ParteLlenada(seccion, self._filas(suyas)) for seccion, suyas in por_seccion]

    def _filas(self, preguntas):
        return [(p, self.respuestas.get(p.pk), self.observaciones.get(p.pk, [])) for p in preguntas]

    @cached_property
    def editables(self):
        todas = [una for suyas in self.observaciones.values() for una in suyas]
        return preguntas_editables(self.evaluacion, todas)

    @property
    def primera_observada(self):
        """(código de sección, código de pregunta) por donde se empieza a corregir, o None."""
        for parte in self.partes:
            for pregunta, _, suyas in parte.filas:
                if any(not observacion.atendida for observacion in suyas):
                    return parte.seccion.codigo, pregunta.codigo
        return None

    @cached_property
    def faltas(self):
        return faltas_para_enviar(self.evaluacion, self.preguntas, self.respuestas, self.elementos)

    @property
    def total(self):
        return len(self.preguntas)

    @property
    def respondidas(self):
        return sum(parte.respondidas for parte in self.partes)

    @property
    def observadas(self):
        return sum(parte.observadas for parte in self.partes)
