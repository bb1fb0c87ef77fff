"""Los datos abiertos en la central: las condiciones se editan; lo publicado solo se mira."""

from django.contrib import admin

from territorios.administracion import AdminConHistoria, HistoriaSoloLectura

from .models import CondicionesDeDatos, PublicacionDeDatos


@admin.register(CondicionesDeDatos)
class CondicionesDeDatosAdmin(AdminConHistoria):
    list_display = ["licencia", "clave", "desde", "hasta"]
    search_fields = ["licencia"]


@admin.register(PublicacionDeDatos)
class PublicacionDeDatosAdmin(HistoriaSoloLectura):
    list_display = ["clave", "hecha", "licencia"]
    search_fields = ["clave"]
