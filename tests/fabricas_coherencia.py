"""Evaluaciones aprobadas con lo que la coherencia compara: respuestas y vínculos."""

from pdot.models import Evaluacion, Respuesta

from .fabricas import EvaluacionFactory
from .fabricas_formulario import VinculoFactory


def aprobada(gad, instrumento, vinculos=None, **respuestas):
    """La evaluación aprobada de un GAD: `a1="si"` responde y `vinculos={"08": "no"}` vincula."""
    evaluacion = EvaluacionFactory(
        pdot__gad=gad, instrumento=instrumento, estado=Evaluacion.Estado.APROBADA
    )
    for seccion in instrumento.secciones.all():
        for pregunta in seccion.preguntas.filter(codigo__in=respuestas):
            Respuesta.objects.create(
                evaluacion=evaluacion,
                pregunta=pregunta,
                valor=respuestas[pregunta.codigo],
                texto=f"Porque {gad.pk} {pregunta.codigo}",
            )
    for con, valor in (vinculos or {}).items():
        VinculoFactory(evaluacion=evaluacion, con_id=con, valor=valor)
    return evaluacion
