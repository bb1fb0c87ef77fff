"""Central: las fotos de las evaluaciones, para buscarlas."""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura

from .models import Evaluacion, FotoDeEvaluacion


@admin.register(FotoDeEvaluacion)
class FotoDeEvaluacionAdmin(HistoriaSoloLectura):
    """Se suben y se quitan en la evaluación, que las entrega. Las de un borrador no se ven aquí."""

    list_display = ["leyenda", "evaluacion", "seccion", "con_personas", "creada"]
    list_select_related = ["evaluacion__pdot__gad__territorio", "seccion"]
    list_filter = ["con_personas"]
    search_fields = ["leyenda"]

    def get_queryset(self, request):
        return super().get_queryset(request).exclude(evaluacion__estado=Evaluacion.Estado.BORRADOR)
