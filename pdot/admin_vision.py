"""Central: temas y visiones circunvecinas y emparejamientos de información.

Para buscar y leer su historia: se deciden en la página del grupo, que bloquea y compara versiones.
"""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura

from .models import Emparejamiento, Pertenencia, TemaDeVision, VisionCircunvecina


@admin.register(TemaDeVision)
class TemaDeVisionAdmin(HistoriaSoloLectura):
    list_display = ["nombre", "grupo", "estado", "por", "creado"]
    list_select_related = ["grupo", "por"]
    list_filter = ["estado", "grupo__zona"]
    search_fields = ["nombre", "grupo__nombre"]


@admin.register(Pertenencia)
class PertenenciaAdmin(HistoriaSoloLectura):
    list_display = ["texto", "tema", "gad"]
    list_select_related = ["tema", "gad__territorio"]
    list_filter = ["tema__estado"]
    search_fields = ["texto", "tema__nombre", "gad__territorio__busqueda"]


@admin.register(VisionCircunvecina)
class VisionCircunvecinaAdmin(HistoriaSoloLectura):
    list_display = ["__str__", "estado", "fecha", "encuentro", "por"]
    list_select_related = ["grupo", "encuentro", "por"]
    list_filter = ["estado", "grupo__zona"]
    search_fields = ["texto", "grupo__nombre"]


@admin.register(Emparejamiento)
class EmparejamientoAdmin(HistoriaSoloLectura):
    list_display = ["requerido", "ofrecido", "grupo", "estado", "por", "cuando"]
    list_select_related = ["requerido", "ofrecido", "grupo", "por"]
    list_filter = ["estado", "grupo__zona"]
    search_fields = ["requerido__dato", "ofrecido__dato", "grupo__nombre"]
