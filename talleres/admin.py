"""Central: encuentros, agendas, aportes y traslados."""

from django.contrib import admin

from territorios.administracion import (
    AdminConHistoria,
    EnLinea,
    FormularioDeCentral,
    HistoriaSoloLectura,
    SoloLectura,
)

from .models import (
    Aporte,
    ChoqueAceptado,
    Convocado,
    Encuentro,
    Facilitacion,
    Feriado,
    InsumoEncuentro,
    InsumoPlantilla,
    OrigenAcuerdo,
    ParametrosDeAgenda,
    PlantillaEncuentro,
    PreguntaEncuentro,
    PreguntaPlantilla,
    PuntoAgenda,
    PuntoPlantilla,
    ResumenDeChoques,
    SuscripcionCalendario,
    Traslado,
)


class PuntoEnLinea(EnLinea):
    model = PuntoAgenda
    fields = ["orden", "inicio", "fin", "titulo", "responsables", "subpuntos"]


class ConvocadoEnLinea(EnLinea):
    model = Convocado
    fields = ["gad"]
    autocomplete_fields = ["gad"]

    def has_change_permission(self, request, obj=None):
        # Una convocatoria hecha no se pasa a otro GAD.
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("gad__territorio", "encuentro")


class FacilitacionEnLinea(EnLinea):
    model = Facilitacion
    fields = ["entidad", "papel"]
    autocomplete_fields = ["entidad"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("entidad", "encuentro")


class EncuentroForm(FormularioDeCentral):
    """Las reglas de la página de encuentros que también atan a la central."""

    def clean(self):
        datos = super().clean()
        self._exigir_motivo(datos)
        elegida = datos.get("estrategia")
        estrategia = elegida or self.instance.estrategia_id and self.instance.estrategia
        if estrategia:
            self._exigir_una_estrategia(datos, estrategia)
            self._exigir_fecha(datos, estrategia)
        return datos

    def _exigir_motivo(self, datos):
        cancelado = datos.get("estado") == Encuentro.Estado.CANCELADO
        if cancelado and not (datos.get("motivo") or "").strip():
            self.add_error("motivo", "Un encuentro se cancela con un motivo escrito.")

    def _exigir_una_estrategia(self, datos, estrategia):
        """El encuentro, sus grupos y su otra jornada son de la misma estrategia."""
        if any(grupo.estrategia_id != estrategia.pk for grupo in datos.get("grupos") or []):
            self.add_error("grupos", "Hay un grupo que no es de la estrategia del encuentro.")
        manana = datos.get("jornada_de")
        if manana and manana.pk == self.instance.pk:
            self.add_error("jornada_de", "Un encuentro no es segunda jornada de sí mismo.")
        elif manana and manana.estrategia_id != estrategia.pk:
            self.add_error("jornada_de", "Esa jornada es de otra estrategia.")

    def _exigir_fecha(self, datos, estrategia):
        fecha = datos.get("fecha")
        if fecha and not estrategia.desde <= fecha <= estrategia.hasta:
            self.add_error("fecha", "Está fuera del período de la estrategia.")


@admin.register(Encuentro)
class EncuentroAdmin(AdminConHistoria):
    form = EncuentroForm
    list_display = ["fecha", "jornada", "tipo", "tema", "lugar", "canton", "estado"]
    list_display_links = ["fecha", "tema"]
    list_select_related = ["canton"]
    list_filter = ["estado", "tipo", "clase", "modalidad", "canton__zona", "estrategia"]
    date_hierarchy = "fecha"
    search_fields = ["tema", "lugar", "canton__busqueda", "grupos__nombre"]
    autocomplete_fields = [
        "estrategia",
        "canton",
        "grupos",
        "gad",
        "autoridad",
        "jornada_de",
    ]
    fijos_al_crear = ["estrategia"]
    inlines = [PuntoEnLinea, ConvocadoEnLinea, FacilitacionEnLinea]

    def get_readonly_fields(self, request, obj=None):
        """Realizado o cancelado, también la central cambia solo la nota y la fuente."""
        fijos = super().get_readonly_fields(request, obj)
        if obj is None or obj.esta_abierto:
            return fijos
        campos = [*self.model._meta.fields, *self.model._meta.many_to_many]
        editables = {campo.name for campo in campos if campo.editable}
        return [*fijos, *sorted(editables - {"nota", "fuente", *fijos})]


@admin.register(PuntoAgenda)
class PuntoAgendaAdmin(HistoriaSoloLectura):
    """Para buscar; se edita en la ficha del encuentro, que lleva la versión."""

    list_display = ["encuentro", "orden", "inicio", "fin", "titulo", "responsables"]
    list_select_related = ["encuentro"]
    search_fields = ["titulo", "responsables", "encuentro__tema"]


@admin.register(Convocado)
class ConvocadoAdmin(HistoriaSoloLectura):
    list_display = ["gad", "encuentro", "fecha"]
    list_select_related = ["gad", "encuentro"]
    list_filter = ["gad__nivel", "gad__territorio__zona", "encuentro__estado"]
    search_fields = ["^gad__territorio__codigo", "gad__territorio__busqueda", "encuentro__tema"]

    @admin.display(description="fecha", ordering="encuentro__fecha")
    def fecha(self, convocado):
        return convocado.encuentro.fecha


@admin.register(Facilitacion)
class FacilitacionAdmin(HistoriaSoloLectura):
    list_display = ["entidad", "papel", "encuentro"]
    list_select_related = ["entidad", "encuentro"]
    list_filter = ["papel", "entidad__tipo"]
    search_fields = ["entidad__nombre", "entidad__siglas", "encuentro__tema"]


class AporteForm(FormularioDeCentral):
    def clean(self):
        datos = super().clean()
        estrategia = datos.get("estrategia")
        for campo in ("grupo", "encuentro"):
            cosa = datos.get(campo)
            if cosa and estrategia and cosa.estrategia_id != estrategia.pk:
                self.add_error(campo, "No es de la estrategia del aporte.")
        return datos


@admin.register(Aporte)
class AporteAdmin(AdminConHistoria):
    form = AporteForm
    list_display = ["__str__", "momento", "orden", "grupo", "encuentro", "gad"]
    list_select_related = ["grupo", "encuentro", "gad"]
    list_filter = ["momento", "estrategia", "grupo__zona"]
    search_fields = ["texto", "grupo__nombre", "encuentro__tema", "gad__territorio__busqueda"]
    autocomplete_fields = ["estrategia", "grupo", "encuentro", "gad"]


@admin.register(Traslado)
class TrasladoAdmin(AdminConHistoria):
    list_display = ["fecha", "jornada", "orden", "origen", "destino", "modo", "hora", "llegada"]
    list_filter = ["modo", "jornada", "estrategia"]
    date_hierarchy = "fecha"
    search_fields = ["origen", "destino"]
    autocomplete_fields = ["estrategia"]


@admin.register(OrigenAcuerdo)
class OrigenAcuerdoAdmin(HistoriaSoloLectura):
    """Para buscar: se fija al anotar el acuerdo desde su encuentro."""

    list_display = ["acuerdo", "encuentro"]
    list_select_related = ["acuerdo", "encuentro"]
    search_fields = ["acuerdo__texto", "encuentro__tema"]


@admin.register(SuscripcionCalendario)
class SuscripcionCalendarioAdmin(HistoriaSoloLectura):
    """Quién tiene el cronograma en su calendario. Ni la clave ni su resumen se muestran."""

    list_display = ["usuario", "grupo", "creada", "revocada"]
    list_select_related = ["usuario", "grupo"]
    list_filter = [("revocada", admin.EmptyFieldListFilter), "usuario__rol"]
    search_fields = ["usuario__username", "grupo__nombre"]
    fields = ["usuario", "grupo", "creada", "revocada"]
    readonly_fields = ["creada"]


@admin.register(ParametrosDeAgenda)
class ParametrosDeAgendaAdmin(AdminConHistoria):
    list_display = ["desde", "velocidad", "rodeo", "margen", "antelacion"]


@admin.register(Feriado)
class FeriadoAdmin(AdminConHistoria):
    list_display = ["fecha", "nombre", "canton"]
    list_select_related = ["canton"]
    search_fields = ["nombre", "canton__busqueda"]
    autocomplete_fields = ["canton"]
    date_hierarchy = "fecha"


@admin.register(ChoqueAceptado)
class ChoqueAceptadoAdmin(HistoriaSoloLectura):
    """Para buscar: se acepta y se retira en la página de choques."""

    list_display = ["explicacion", "motivo", "por", "cuando", "estrategia"]
    list_select_related = ["por", "estrategia"]
    list_filter = ["estrategia"]
    search_fields = ["explicacion", "motivo"]


@admin.register(ResumenDeChoques)
class ResumenDeChoquesAdmin(SoloLectura, admin.ModelAdmin):
    list_display = ["estrategia", "abiertos", "contado"]
    list_select_related = ["estrategia"]


# --- Preparación --------------------------------------------------------------------------------


class PiezaEnLinea(EnLinea):
    """Piezas de una plantilla. Se quitan: nada apunta a ellas y queda el asiento en su historia."""

    can_delete = True

    def has_delete_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)


class InsumoPlantillaEnLinea(PiezaEnLinea):
    model = InsumoPlantilla
    fields = ["orden", "jornada", "texto"]


class PreguntaPlantillaEnLinea(PiezaEnLinea):
    model = PreguntaPlantilla
    fields = ["orden", "jornada", "tema", "texto"]


class PuntoPlantillaEnLinea(PiezaEnLinea):
    model = PuntoPlantilla
    fields = ["orden", "jornada", "titulo", "minutos", "responsables", "subpuntos"]


@admin.register(PlantillaEncuentro)
class PlantillaEncuentroAdmin(AdminConHistoria):
    """El catálogo. Cambiarlo no toca lo que los encuentros ya copiaron."""

    list_display = ["nombre", "tipo", "clase", "activa", "version"]
    list_filter = ["tipo", "activa"]
    search_fields = ["nombre"]
    inlines = [PuntoPlantillaEnLinea, InsumoPlantillaEnLinea, PreguntaPlantillaEnLinea]


class PiezaAdmin(HistoriaSoloLectura):
    """Para buscar; se edita en la ficha de su plantilla, que lleva la versión."""

    list_display = ["plantilla", "jornada", "orden", "__str__"]
    list_display_links = ["__str__"]
    list_select_related = ["plantilla"]
    list_filter = ["plantilla", "jornada"]
    search_fields = ["texto", "plantilla__nombre"]


admin.site.register([InsumoPlantilla, PreguntaPlantilla], PiezaAdmin)


@admin.register(PuntoPlantilla)
class PuntoPlantillaAdmin(PiezaAdmin):
    search_fields = ["titulo", "plantilla__nombre"]


@admin.register(InsumoEncuentro)
class InsumoEncuentroAdmin(HistoriaSoloLectura):
    """Para buscar; los prepara la zona en la página del encuentro."""

    list_display = ["encuentro", "orden", "texto", "responsable", "listo"]
    list_select_related = ["encuentro"]
    list_filter = ["listo"]
    search_fields = ["texto", "responsable", "encuentro__tema"]


@admin.register(PreguntaEncuentro)
class PreguntaEncuentroAdmin(HistoriaSoloLectura):
    """Para buscar; las prepara la zona en la página del encuentro."""

    list_display = ["encuentro", "orden", "tema", "texto"]
    list_select_related = ["encuentro"]
    search_fields = ["tema", "texto", "encuentro__tema"]
