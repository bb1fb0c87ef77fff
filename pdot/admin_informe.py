"""Central: lo escrito en los informes se consulta; se escribe y se emite en la plataforma."""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura

from .models import Informe


@admin.register(Informe)
class InformeAdmin(HistoriaSoloLectura):
    list_display = ["__str__", "estrategia", "zona", "grupo"]
    list_select_related = ["estrategia", "zona", "grupo"]
    list_filter = ["estrategia", "zona"]
    search_fields = ["grupo__nombre", "introduccion", "conclusiones", "recomendaciones"]
