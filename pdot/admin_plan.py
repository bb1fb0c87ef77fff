"""Central: los catálogos del plan se editan; los planes y lo que cuelga de ellos, se consultan.

Objetivos, brechas, programas e hitos cumplidos se escriben en sus páginas, que comparan la versión
del plan entero: aquí solo se buscan.
"""

from django.contrib import admin

from territorios.administracion import AdminConHistoria, HistoriaSoloLectura

from .models import (
    Brecha,
    Competencia,
    CumplimientoProceso,
    HitoProceso,
    Objetivo,
    ProgramaGobierno,
    Proyecto,
)


@admin.register(Competencia)
class CompetenciaAdmin(AdminConHistoria):
    list_display = ["codigo", "nombre", "niveles", "norma", "desde", "hasta"]
    search_fields = ["codigo", "nombre", "norma"]
    # De la competencia cuelgan brechas: su código no cambia.
    fijos_al_crear = ["codigo"]


@admin.register(HitoProceso)
class HitoProcesoAdmin(AdminConHistoria):
    list_display = ["orden", "nombre", "corto", "desde", "hasta", "fuente"]
    list_display_links = ["nombre"]
    search_fields = ["clave", "nombre"]
    fijos_al_crear = ["clave"]


class DeUnPlan(HistoriaSoloLectura):
    list_select_related = ["pdot__gad__territorio"]
    list_filter = ["pdot__gad__nivel", "pdot__gad__territorio__zona"]
    search_fields = ["^pdot__gad__territorio__codigo", "pdot__gad__territorio__busqueda"]

    @admin.display(description="GAD", ordering="pdot__gad")
    def gad(self, fila):
        return fila.pdot.gad


@admin.register(Objetivo)
class ObjetivoAdmin(DeUnPlan):
    list_display = ["gad", "pdot", "orden", "texto", "sistema"]
    list_filter = [*DeUnPlan.list_filter, "sistema"]
    search_fields = [*DeUnPlan.search_fields, "texto"]


@admin.register(Brecha)
class BrechaAdmin(DeUnPlan):
    list_display = ["gad", "pdot", "competencia", "brecha", "apoyo"]
    list_select_related = [*DeUnPlan.list_select_related, "competencia"]
    search_fields = [*DeUnPlan.search_fields, "competencia__nombre", "brecha", "apoyo"]


@admin.register(ProgramaGobierno)
class ProgramaGobiernoAdmin(HistoriaSoloLectura):
    list_display = ["autoridad", "pdot", "fuente"]
    list_select_related = ["autoridad", "pdot"]
    list_filter = ["autoridad__gad__nivel", "autoridad__gad__territorio__zona"]
    search_fields = ["autoridad__nombre", "autoridad__gad__territorio__busqueda"]


@admin.register(Proyecto)
class ProyectoAdmin(HistoriaSoloLectura):
    list_display = ["nombre", "programa", "anio_desde", "anio_hasta", "presupuesto"]
    list_select_related = ["programa__autoridad"]
    search_fields = ["nombre", "programa__autoridad__gad__territorio__busqueda"]


@admin.register(CumplimientoProceso)
class CumplimientoProcesoAdmin(HistoriaSoloLectura):
    list_display = ["gad", "hito", "fecha", "evidencia", "por"]
    list_select_related = ["gad__territorio", "hito", "por"]
    list_filter = ["hito", "gad__nivel", "gad__territorio__zona"]
    date_hierarchy = "fecha"
    search_fields = ["^gad__territorio__codigo", "gad__territorio__busqueda", "evidencia"]
