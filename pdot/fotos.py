"""Qué fotos de una evaluación se muestran en cada página."""

from .models import FotoDeEvaluacion


def fotos_de_seccion(evaluacion, codigo, usuario):
    """Las de una sección."""
    return fotos_de(evaluacion, usuario).filter(seccion__codigo=codigo)


def fotos_de(evaluacion, usuario):
    """Todas las que ve, por sección y pregunta."""
    suyas = FotoDeEvaluacion.objects.visibles_para(usuario).filter(evaluacion=evaluacion)
    return suyas.select_related("pregunta").para_lista()
