"""Central: encuentros, agendas, aportes y traslados."""

from django.contrib import admin
from django.utils import timezone

from territorios.administracion import (
    AdminConHistoria,
    EnLinea,
    FormularioDeCentral,
    HistoriaSoloLectura,
    SoloLectura,
)
from territorios.versiones import bloquear

from . import admin_convocatoria  # noqa: F401
from .aportes import siguiente_serie
from .models import (
    Aporte,
    Certificado,
    ChoqueAceptado,
    Cierre,
    Convocado,
    CumuloAportes,
    Encuentro,
    Evidencia,
    Facilitacion,
    Feriado,
    InsumoEncuentro,
    InsumoPlantilla,
    Memoria,
    OrigenAcuerdo,
    ParametrosDeAgenda,
    Participante,
    PlantillaEncuentro,
    PreguntaEncuentro,
    PreguntaPlantilla,
    Puerta,
    PuntoAgenda,
    PuntoPlantilla,
    ResumenDeChoques,
    SuscripcionCalendario,
    TextoConsentimiento,
    Traslado,
)

CUANDO_Y_DONDE = ("fecha", "jornada", "inicio", "fin", "lugar", "canton", "modalidad")


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

    def has_delete_permission(self, request, obj=None):
        # Al que se quita en la página del encuentro se le avisa.
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
        elegida = datos.get("estrategia")
        estrategia = elegida or self.instance.estrategia_id and self.instance.estrategia
        if estrategia:
            self._exigir_una_estrategia(datos, estrategia)
            self._exigir_fecha(datos, estrategia)
        self._exigir_lo_acordado(datos)
        return datos

    def _exigir_lo_acordado(self, datos):
        """Donde nació un acuerdo, el encuentro sigue siendo de su grupo y ya ocurrió."""
        acordaron = set()
        if self.instance.pk:
            acordaron = set(self.instance.origenes.values_list("acuerdo__grupo", flat=True))
        if "grupos" in datos and acordaron - {grupo.pk for grupo in datos["grupos"]}:
            self.add_error("grupos", "No quite el grupo de un acuerdo que nació aquí.")
        if acordaron and datos.get("fecha") and datos["fecha"] > timezone.localdate():
            self.add_error("fecha", "En él ya nacieron acuerdos: no puede ser en el futuro.")

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
    """Corrige datos. El estado, a quién se convoca y cuándo y dónde se cambian en su página.

    Desde ella se avisa a los ya convocados y se les corrige la cita.
    """

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
    readonly_fields = ["estado", "motivo"]
    inlines = [PuntoEnLinea, ConvocadoEnLinea, FacilitacionEnLinea]

    def get_readonly_fields(self, request, obj=None):
        """Realizado o cancelado, también la central cambia solo la nota y la fuente."""
        fijos = super().get_readonly_fields(request, obj)
        if obj is None:
            return fijos
        if obj.esta_abierto:
            return [*fijos, *CUANDO_Y_DONDE]
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
    # Se cambian en el tablero del encuentro, que comprueba de qué encuentro es cada uno.
    readonly_fields = ["pregunta", "punto", "cumulo", "autor", "retirado", "motivo_retiro"]

    def save_model(self, request, obj, form, change):
        """Quien mira el tablero del encuentro se entera también de lo que corrige la central."""
        if obj.encuentro_id:
            obj.serie = siguiente_serie(bloquear(Encuentro, obj.encuentro_id))
        super().save_model(request, obj, form, change)


@admin.register(CumuloAportes)
class CumuloAportesAdmin(HistoriaSoloLectura):
    """Para buscar: se agrupa y se titula en el tablero de aportes del encuentro."""

    list_display = ["titulo", "encuentro"]
    list_select_related = ["encuentro"]
    search_fields = ["titulo", "encuentro__tema"]


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
    fields = ["usuario", "grupo", "gad", "entidad", "creada", "revocada"]
    readonly_fields = ["creada"]


@admin.register(ParametrosDeAgenda)
class ParametrosDeAgendaAdmin(AdminConHistoria):
    list_display = ["desde", "velocidad", "antelacion", "recordatorio", "registro_tope"]


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


# --- Evidencias ---------------------------------------------------------------------------------


@admin.register(Evidencia)
class EvidenciaAdmin(HistoriaSoloLectura):
    """Para buscar: se suben, describen y retiran en la página del encuentro, que las entrega."""

    list_display = ["leyenda", "clase", "alcance", "encuentro", "creada", "retirada"]
    list_select_related = ["encuentro"]
    list_filter = ["clase", "alcance", ("retirada", admin.EmptyFieldListFilter)]
    search_fields = ["leyenda", "encuentro__tema"]


@admin.register(Memoria)
class MemoriaAdmin(HistoriaSoloLectura):
    """Para buscar: la escribe la zona en la página del encuentro."""

    list_display = ["encuentro", "conversado"]
    list_select_related = ["encuentro"]
    search_fields = ["conversado", "proximos_pasos", "encuentro__tema"]


@admin.register(Cierre)
class CierreAdmin(HistoriaSoloLectura):
    """Para buscar: queda escrito al cerrar el encuentro."""

    list_display = ["encuentro", "faltaba", "motivo", "por", "cuando"]
    list_select_related = ["encuentro", "por"]
    list_filter = [("faltaba", admin.EmptyFieldListFilter)]
    search_fields = ["motivo", "encuentro__tema"]


# --- Registro -----------------------------------------------------------------------------------


@admin.register(TextoConsentimiento)
class TextoConsentimientoAdmin(AdminConHistoria):
    """Lo que ya se aceptó está copiado en cada participante: cambiar el texto no lo cambia."""

    list_display = ["desde", "hasta", "texto"]
    list_display_links = ["texto"]
    search_fields = ["texto"]


@admin.register(Participante)
class ParticipanteAdmin(HistoriaSoloLectura):
    """Para buscar; se registra y se corrige en la página del encuentro, que lleva la versión."""

    list_display = ["nombre", "viene_de", "nivel", "sexo", "via", "encuentro"]
    list_display_links = ["nombre"]
    list_select_related = ["encuentro", "gad__territorio__padre__padre"]
    list_filter = ["nivel", "sexo", "via", "encuentro__estrategia"]
    search_fields = ["nombre", "organizacion", "gad__territorio__busqueda", "encuentro__tema"]

    @admin.display(description="de dónde viene")
    def viene_de(self, participante):
        return participante.viene_de


# --- La puerta y los certificados ---------------------------------------------------------------


@admin.register(Puerta)
class PuertaAdmin(HistoriaSoloLectura):
    """Para buscar; se abre y se cierra en la página del encuentro. La clave no se muestra."""

    list_display = ["encuentro", "abierta", "cerrada"]
    list_select_related = ["encuentro"]
    list_filter = [("cerrada", admin.EmptyFieldListFilter)]
    search_fields = ["encuentro__tema", "encuentro__lugar"]
    fields = ["encuentro", "abierta", "cerrada"]
    readonly_fields = ["abierta"]


@admin.register(Certificado)
class CertificadoAdmin(HistoriaSoloLectura):
    """Para buscar; se emite y se revoca en la página del encuentro."""

    list_display = ["codigo", "participante", "encuentro", "emitido", "emitido_por", "revocado"]
    list_select_related = ["participante", "encuentro", "emitido_por"]
    list_filter = [("revocado", admin.EmptyFieldListFilter)]
    search_fields = ["codigo", "participante__nombre", "encuentro__tema"]
    readonly_fields = ["codigo", "emitido"]
