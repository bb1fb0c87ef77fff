"""Las versiones de la evaluación de un GAD que alguien puede leer."""

from .fotos import con_fotos
from .models import Evaluacion


def versiones_de(evaluacion, usuario):
    """Las del mismo GAD, de cualquier plan, la última primero; también la propia."""
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad=evaluacion.pdot.gad_id)
    return list(_en_orden(visibles.select_related("pdot", "instrumento")))


def con_sus_versiones(pk, usuario):
    """(la evaluación o None si no la ve, sus versiones), como para su página. Una consulta."""
    suyo = Evaluacion.objects.filter(pk=pk).values("pdot__gad")
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=suyo)
    completas = con_fotos(visibles.con_superiores().con_instrumento_vigente())
    versiones = list(_en_orden(completas.defer("pdot__vision", "pdot__modelo_gestion")))
    return next((una for una in versiones if una.pk == pk), None), versiones


def _en_orden(evaluaciones):
    return evaluaciones.order_by("-pdot__anio_desde", "-numero")
