"""Central: consulta de las hojas con forma propia. Las escribe el GAD, en su evaluación."""

from django.contrib import admin

from .admin import GAD_DE_LA_EVALUACION, DeEvaluacion, DeLoEnviado
from .models import Informacion, Vinculo


@admin.register(Vinculo)
class VinculoAdmin(DeLoEnviado):
    list_display = ["evaluacion", "con", "valor", "justificacion"]
    list_select_related = [GAD_DE_LA_EVALUACION, "con__territorio"]
    list_filter = [*DeEvaluacion.list_filter, "valor"]
    search_fields = ["justificacion", "incompatibles", "sinergias", *DeEvaluacion.search_fields[1:]]


@admin.register(Informacion)
class InformacionAdmin(DeLoEnviado):
    list_display = ["evaluacion", "dato", "situacion", "proveedor", "proveedor_gad"]
    list_select_related = [GAD_DE_LA_EVALUACION, "proveedor_gad__territorio"]
    list_filter = [*DeEvaluacion.list_filter, "situacion", "puede_entregar"]
    search_fields = ["dato", "proveedor", *DeEvaluacion.search_fields[1:]]
