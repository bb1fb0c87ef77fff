"""Central: estrategias, criterios y grupos circunvecinos."""

from itertools import pairwise

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from territorios.administracion import (
    AdminConHistoria,
    EnLinea,
    HistoriaSoloLectura,
)

from .insumos import veredicto_de
from .models import (
    Acuerdo,
    AvanceAcuerdo,
    Criterio,
    CumplimientoHito,
    ElementoEstrategia,
    Estrategia,
    Grupo,
    Hito,
    HitoGrupo,
    LineaProgramatica,
    Membresia,
    Pronunciamiento,
)


class ElementoEnLinea(EnLinea):
    model = ElementoEstrategia
    fields = ["tipo", "orden", "nombre", "texto", "ambito", "fuente"]


@admin.register(Estrategia)
class EstrategiaAdmin(AdminConHistoria):
    list_display = ["nombre", "codigo", "desde", "hasta", "version"]
    date_hierarchy = "desde"
    search_fields = ["nombre", "codigo"]
    fijos_al_crear = ["codigo"]
    inlines = [ElementoEnLinea]


@admin.register(ElementoEstrategia)
class ElementoEstrategiaAdmin(HistoriaSoloLectura):
    """Para buscar; se edita en la ficha de su estrategia, que lleva la versión."""

    list_display = ["nombre", "tipo", "orden", "estrategia"]
    list_select_related = ["estrategia"]
    list_filter = ["tipo", "estrategia"]
    search_fields = ["nombre", "texto"]


@admin.register(Criterio)
class CriterioAdmin(AdminConHistoria):
    list_display = ["nombre"]
    search_fields = ["nombre"]

    def has_delete_permission(self, request, obj=None):
        # El principal lo protege la base; el secundario desaparecería del grupo sin dejar rastro.
        if obj and Grupo.objects.filter(criterios_secundarios=obj).exists():
            return False
        return self.has_change_permission(request, obj)


class MembresiaForm(forms.ModelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            # Cambiar el GAD reescribiría quién estuvo: se cierra una membresía y se abre otra.
            self.fields["gad"].disabled = True

    def clean_desde(self):
        desde = self.cleaned_data["desde"]
        if desde > timezone.localdate():
            raise ValidationError("Escriba una fecha de hoy o anterior: todavía no es miembro.")
        return desde


class MembresiasFormSet(forms.BaseInlineFormSet):
    """Comprueba las membresías en conjunto: cada fila sola no ve a las demás."""

    def clean(self):
        super().clean()
        filas = [form.cleaned_data for form in self.forms if form.is_valid()]
        filas = [fila for fila in filas if fila.get("gad") and fila.get("desde")]
        filas.sort(key=lambda fila: (fila["gad"].pk, fila["desde"]))
        for una, otra in pairwise(filas):
            # En orden de fechas, dos períodos se cruzan si el primero no acabó al empezar el otro.
            sigue = una["hasta"] is None or una["hasta"] > otra["desde"]
            if una["gad"] == otra["gad"] and sigue:
                raise ValidationError("Un GAD está dos veces como miembro vigente.")
        hoy, sede = timezone.localdate(), self.instance.sede_id
        sin_salir = {fila["gad"].pk for fila in filas if not fila["hasta"] or fila["hasta"] > hoy}
        if sede and sede not in sin_salir:
            raise ValidationError("La sede debe ser un cantón cuyo GAD es miembro vigente.")
        self._exigir_contiguidad(sin_salir)

    def _exigir_contiguidad(self, codigos):
        """Un grupo no contiguo se acepta solo con justificación escrita."""
        if self.instance.justificacion.strip() or not self.instance.esta_vivo:
            return
        dictamen = veredicto_de(codigos)
        if not dictamen.contiguo:
            aviso = "Para aceptarlo así, escriba la justificación en el grupo."
            raise ValidationError(f"{dictamen.mensaje} {aviso}")


class MembresiaEnLinea(EnLinea):
    """Quien sale del grupo lleva fecha en «hasta»: su paso por él se conserva."""

    model = Membresia
    form = MembresiaForm
    formset = MembresiasFormSet
    fields = ["gad", "desde", "hasta", "motivo"]
    autocomplete_fields = ["gad"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("gad__territorio", "grupo")


@admin.register(Grupo)
class GrupoAdmin(AdminConHistoria):
    """Corrige datos. El estado, que nace en propuesto, se cambia en la página del grupo."""

    list_display = ["numero", "nombre", "estrategia", "criterio", "sede", "zona", "estado"]
    list_display_links = ["numero", "nombre"]
    list_select_related = ["estrategia", "criterio", "sede", "zona"]
    list_filter = ["estado", "zona", "estrategia", "criterio"]
    search_fields = ["nombre", "sede__busqueda", "=numero"]
    autocomplete_fields = ["estrategia", "criterio", "criterios_secundarios", "sede"]
    fijos_al_crear = ["estrategia"]
    readonly_fields = ["estado", "motivo"]
    inlines = [MembresiaEnLinea]


@admin.register(Membresia)
class MembresiaAdmin(HistoriaSoloLectura):
    """Para buscar en qué grupos está un GAD; se edita en la ficha del grupo."""

    list_display = ["gad", "grupo", "desde", "hasta"]
    list_select_related = ["gad", "grupo"]
    list_filter = ["grupo__estado", "grupo__zona", "gad__nivel"]
    search_fields = ["^gad__territorio__codigo", "gad__territorio__busqueda", "grupo__nombre"]


@admin.register(Acuerdo)
class AcuerdoAdmin(HistoriaSoloLectura):
    """Para buscar: se anotan, avanzan y cancelan en la plataforma, que registra quién."""

    list_display = ["grupo", "numero", "texto", "fecha_limite", "estado"]
    list_select_related = ["grupo"]
    list_filter = ["estado", "grupo__estrategia"]
    date_hierarchy = "fecha_limite"
    search_fields = ["texto"]


@admin.register(AvanceAcuerdo)
class AvanceAcuerdoAdmin(HistoriaSoloLectura):
    list_display = ["acuerdo", "fecha", "estado", "texto", "por"]
    list_select_related = ["acuerdo", "por"]
    list_filter = ["estado"]
    search_fields = ["texto", "evidencia"]


@admin.register(Hito)
class HitoAdmin(AdminConHistoria):
    """El catálogo: lo que se quita de uso se desactiva, para no perder lo ya cumplido."""

    list_display = ["orden", "nombre", "activo"]
    list_display_links = ["nombre"]
    list_filter = ["activo"]
    search_fields = ["nombre"]


@admin.register(HitoGrupo)
class HitoGrupoAdmin(HistoriaSoloLectura):
    list_display = ["hito", "grupo", "fecha_inicio", "fecha_meta"]
    list_select_related = ["hito", "grupo"]
    list_filter = ["hito"]


@admin.register(CumplimientoHito)
class CumplimientoHitoAdmin(HistoriaSoloLectura):
    list_display = ["hito", "gad", "fecha", "evidencia", "por"]
    list_select_related = ["hito__hito", "gad__territorio", "por"]
    search_fields = ["evidencia", "gad__territorio__busqueda"]


@admin.register(LineaProgramatica)
class LineaProgramaticaAdmin(HistoriaSoloLectura):
    """Para buscar: se definen, consultan y adoptan en la plataforma, que registra quién."""

    list_display = ["provincia", "numero", "nombre", "eje", "estado", "estrategia"]
    list_display_links = ["nombre"]
    list_select_related = ["provincia__territorio", "eje", "estrategia"]
    list_filter = ["estado", "estrategia", "eje"]
    search_fields = ["nombre", "texto", "provincia__territorio__busqueda"]


@admin.register(Pronunciamiento)
class PronunciamientoAdmin(HistoriaSoloLectura):
    list_display = ["linea", "gad", "ronda", "sentido", "fecha", "por"]
    list_select_related = ["linea", "gad__territorio", "por"]
    list_filter = ["sentido"]
    search_fields = ["observacion", "fuente", "gad__territorio__busqueda"]
