"""Central: los planes de capacidades se consultan; se arman y se aprueban en la plataforma."""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura

from .models import ActividadCapacidad, AvanceActividad, PlanCapacidades


@admin.register(PlanCapacidades)
class PlanCapacidadesAdmin(HistoriaSoloLectura):
    list_display = ["__str__", "desde", "hasta", "estado", "aprobado_por"]
    list_select_related = ["grupo", "zona", "aprobado_por"]
    list_filter = ["estado", "zona", "grupo__zona"]
    search_fields = ["objetivo", "grupo__nombre"]


@admin.register(ActividadCapacidad)
class ActividadCapacidadAdmin(HistoriaSoloLectura):
    list_display = ["titulo", "plan", "desde", "hasta", "modalidad", "avance"]
    list_select_related = ["plan__grupo", "plan__zona"]
    list_filter = ["modalidad", "plan__estado", "plan__zona"]
    search_fields = ["titulo", "detalle", "plan__grupo__nombre"]


@admin.register(AvanceActividad)
class AvanceActividadAdmin(HistoriaSoloLectura):
    list_display = ["actividad", "fecha", "porcentaje", "por"]
    list_select_related = ["actividad", "por"]
    date_hierarchy = "fecha"
    search_fields = ["texto", "actividad__titulo"]
