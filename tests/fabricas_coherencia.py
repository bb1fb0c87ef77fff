"""Fábricas de la coherencia: vínculos entre planes y evaluaciones aprobadas con ellos."""

import factory
from factory.django import DjangoModelFactory

from pdot.models import Evaluacion, Informacion, Respuesta, Vinculo

from .fabricas import EvaluacionFactory


class VinculoFactory(DjangoModelFactory):
    class Meta:
        model = Vinculo

    evaluacion = factory.SubFactory(EvaluacionFactory)
    valor = Respuesta.Valor.SI
    justificacion = "Se encuentran en turismo."


class InformacionFactory(DjangoModelFactory):
    class Meta:
        model = Informacion

    orden = factory.Sequence(lambda n: n % 30_000 + 1)
    dato = "Cartografía de riesgos"
    situacion = Informacion.Situacion.REQUIERE


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
