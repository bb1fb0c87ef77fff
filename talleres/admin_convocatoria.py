"""Central: convocatorias, para buscar. Se emiten y se corrigen en la página del encuentro."""

from django.contrib import admin

from territorios.administracion import HistoriaSoloLectura, SoloLectura

from .models import Aviso, ConstanciaEntrega, Convocatoria, Respuesta, SerieDeOficios


@admin.register(Convocatoria)
class ConvocatoriaAdmin(HistoriaSoloLectura):
    """Ni la llave del enlace ni el correo encolado, que la lleva, se muestran."""

    list_display = ["__str__", "gad", "encuentro", "fecha", "destinatario", "ronda"]
    list_select_related = ["gad", "encuentro"]
    list_filter = ["oficina", "anio", "gad__nivel"]
    search_fields = ["^gad__territorio__codigo", "gad__territorio__busqueda", "encuentro__tema"]


@admin.register(Respuesta)
class RespuestaAdmin(HistoriaSoloLectura):
    list_display = ["convocatoria", "ronda", "sentido", "cuando", "por"]
    list_select_related = ["convocatoria", "por"]
    list_filter = ["sentido"]
    readonly_fields = ["cuando"]


@admin.register(ConstanciaEntrega)
class ConstanciaEntregaAdmin(HistoriaSoloLectura):
    list_display = ["convocatoria", "ronda", "medio", "fecha", "por"]
    list_select_related = ["convocatoria", "por"]
    list_filter = ["medio"]
    readonly_fields = ["anotada"]


@admin.register(SerieDeOficios)
class SerieDeOficiosAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["oficina", "anio", "ultimo"]


@admin.register(Aviso)
class AvisoAdmin(HistoriaSoloLectura):
    list_display = ["convocatoria", "clase", "version", "creado", "por"]
    list_select_related = ["convocatoria", "por"]
    list_filter = ["clase"]
    readonly_fields = ["creado"]
