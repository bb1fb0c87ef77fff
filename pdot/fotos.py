"""Qué fotos de una evaluación se muestran en cada página."""

from django.db.models import Exists, OuterRef

from .models import FotoDeEvaluacion


def con_fotos(evaluaciones):
    """Las mismas, con `tiene_fotos`: si tiene alguna, la vea o no quien mira."""
    suyas = FotoDeEvaluacion.objects.filter(evaluacion=OuterRef("pk"))
    return evaluaciones.annotate(tiene_fotos=Exists(suyas))


def fotos_de_seccion(evaluacion, codigo, usuario):
    """Las de una sección."""
    return fotos_de(evaluacion, usuario, seccion__codigo=codigo)


def fotos_de(evaluacion, usuario, **cuales):
    """Las que ve, por sección y pregunta. La evaluación viene `con_fotos`: sin ninguna, no se
    consulta.
    """
    if not evaluacion.tiene_fotos:
        return []
    suyas = FotoDeEvaluacion.objects.visibles_para(usuario).filter(evaluacion=evaluacion, **cuales)
    return suyas.select_related("pregunta").para_lista()
