"""Las cifras de los indicadores y del avance, para mirarlas: las escribe la máquina."""

from django.contrib import admin

from territorios.administracion import SoloLectura

from .models import CifrasDeAvance, CifrasDeGad, CorteDeAvance


@admin.register(CifrasDeGad)
class CifrasDeGadAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["gad", "cifras", "contado"]
    list_select_related = ["gad"]
    search_fields = ["gad__territorio__busqueda", "gad__territorio__codigo"]


@admin.register(CifrasDeAvance)
class CifrasDeAvanceAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["ambito", "mirada", "contado"]
    list_filter = ["mirada"]
    search_fields = ["ambito"]


@admin.register(CorteDeAvance)
class CorteDeAvanceAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["ambito", "mirada", "fecha", "cifras"]
    list_filter = ["mirada"]
    search_fields = ["ambito"]
    date_hierarchy = "fecha"
