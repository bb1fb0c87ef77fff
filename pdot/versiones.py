"""Las versiones de la evaluación de un GAD que alguien puede leer."""

from .models import Evaluacion


def versiones_de(evaluacion, usuario):
    """Las del mismo GAD, de cualquier plan, la última primero; también la propia."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad=evaluacion.pdot.gad_id)
    relacionadas = visibles.select_related("pdot", "instrumento")
    return list(relacionadas.order_by("-pdot__anio_desde", "-numero"))
