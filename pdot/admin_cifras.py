"""Las cifras de los indicadores, para mirarlas: las escribe la máquina."""

from django.contrib import admin

from territorios.administracion import SoloLectura

from .models import CifrasDeGad


@admin.register(CifrasDeGad)
class CifrasDeGadAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["gad", "cifras", "contado"]
    list_select_related = ["gad"]
    search_fields = ["gad__territorio__busqueda", "gad__territorio__codigo"]
