"""Central: lo que preparan y reparten quienes revisan, y los plazos. Todo se lee; se cambia en sus
páginas."""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura

from .admin import GAD_DE_LA_EVALUACION, DeEvaluacion
from .models import Asignacion, BorradorDeRevision, NotaInterna, PlazoEvaluacion

POR_GAD = DeEvaluacion.search_fields[1:]


@admin.register(BorradorDeRevision)
class BorradorDeRevisionAdmin(DeEvaluacion):
    list_display = ["evaluacion", "autor", "guardado"]
    list_select_related = [GAD_DE_LA_EVALUACION, "autor"]
    search_fields = POR_GAD


@admin.register(NotaInterna)
class NotaInternaAdmin(DeEvaluacion):
    list_display = ["evaluacion", "pregunta", "texto", "autor", "creada", "retirada"]
    list_select_related = [GAD_DE_LA_EVALUACION, "pregunta", "autor"]


@admin.register(Asignacion)
class AsignacionAdmin(DeEvaluacion):
    list_display = ["evaluacion", "revisor", "desde"]
    list_select_related = [GAD_DE_LA_EVALUACION, "revisor"]
    search_fields = POR_GAD


@admin.register(PlazoEvaluacion)
class PlazoEvaluacionAdmin(HistoriaSoloLectura):
    list_display = ["grupo", "fecha", "nota"]
    list_select_related = ["grupo"]
    list_filter = ["grupo__zona"]
    search_fields = ["grupo__nombre", "nota"]
