"""Central: planes, instrumento y consulta de evaluaciones.

Una evaluación solo la mueve su flujo (`pdot/acciones.py`): aquí se lee. Los borradores siguen
siendo del GAD que los escribe, y tampoco aquí se ven.
"""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q

from territorios.administracion import (
    AdminConHistoria,
    EnLinea,
    EnLineaSoloLectura,
    FormularioDeCentral,
    HistoriaSoloLectura,
    PorProvincia,
    SoloLectura,
)
from territorios.versiones import bloquear

from . import (  # noqa: F401
    admin_capacidades,
    admin_cifras,
    admin_datos,
    admin_en_nombre,
    admin_fotos,
    admin_informe,
    admin_plan,
    admin_vision,
)
from .acciones_instrumento import PUBLICADO, instrumento_de, publicar_instrumento
from .models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Instrumento,
    Necesidad,
    Observacion,
    Paso,
    Pdot,
    Pregunta,
    Problema,
    Promocion,
    Respuesta,
    Seccion,
    Vinculo,
)


@admin.register(Pdot)
class PdotAdmin(AdminConHistoria):
    list_display = ["gad", "anio_desde", "anio_hasta", "estado", "instrumento_aprobacion"]
    list_select_related = ["gad"]
    list_filter = [
        "estado",
        "anio_desde",
        "gad__nivel",
        "gad__territorio__zona",
        PorProvincia.sobre("gad"),
    ]
    search_fields = ["^gad__territorio__codigo", "gad__territorio__busqueda"]
    autocomplete_fields = ["gad"]
    # Sus evaluaciones son de ese GAD: pasarlo a otro las entregaría a quien no las escribió.
    fijos_al_crear = ["gad"]


# --- Instrumento: se edita hasta que se publica ---------------------------------------------------


class MientrasNoSePublique:
    """Publicado, el instrumento y lo que contiene solo se leen: así no cambia lo respondido."""

    def _es_borrador(self, obj):
        return obj is None or not instrumento_de(obj).publicado

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._es_borrador(obj)

    def has_delete_permission(self, request, obj=None):
        # Si ya tiene evaluaciones, lo protege la base.
        return self.has_change_permission(request, obj)


class SubeLaVersion:
    """Lo que se corrige dentro de la ficha también sube de versión: el editor lo compara."""

    def save_formset(self, request, form, formset, change):
        for fila in formset.forms:
            if fila.instance.pk and fila.has_changed():
                fila.instance.version += 1
        super().save_formset(request, form, formset, change)


class EnLineaHastaPublicar(MientrasNoSePublique, EnLinea):
    can_delete = True

    def has_add_permission(self, request, obj=None):
        return super().has_add_permission(request, obj) and self._es_borrador(obj)


class BorradorForm(FormularioDeCentral):
    """Comprueba, con el instrumento bloqueado, que nadie lo publicó mientras se editaba."""

    def clean(self):
        datos = super().clean()
        elegido = datos.get("instrumento") or datos.get("seccion")
        if elegido is None and not self.instance._state.adding:
            elegido = self.instance
        if elegido and bloquear(Instrumento, instrumento_de(elegido).pk).publicado:
            raise ValidationError("El instrumento ya se publicó: no admite cambios.")
        return datos


class SeccionEnLinea(EnLineaHastaPublicar):
    model = Seccion
    fields = ["orden", "codigo", "clase", "titulo", "mide", "ayuda"]
    show_change_link = True


class PreguntaEnLinea(EnLineaHastaPublicar):
    model = Pregunta
    fields = ["orden", "codigo", "tipo", "texto", "obligatoria", "niveles"]
    show_change_link = True


@admin.register(Instrumento)
class InstrumentoAdmin(MientrasNoSePublique, SubeLaVersion, AdminConHistoria):
    form = BorradorForm
    list_display = ["numero", "nombre", "publicado", "fuente"]
    list_display_links = ["numero", "nombre"]
    list_filter = ["publicado"]
    search_fields = ["nombre", "=numero"]
    readonly_fields = ["publicado"]
    inlines = [SeccionEnLinea]
    actions = ["publicar"]

    @admin.action(description="Publicar (deja de admitir cambios)", permissions=["change"])
    def publicar(self, request, queryset):
        for instrumento in queryset:
            aviso = publicar_instrumento(instrumento.pk, request.user)
            if aviso:
                self.message_user(request, f"{instrumento}: {aviso}", messages.WARNING)
            else:
                self.log_change(request, instrumento, PUBLICADO)
                self.message_user(request, f"Se publicó {instrumento}.")


class DentroDelInstrumento(MientrasNoSePublique, AdminConHistoria):
    """Secciones y preguntas: se agregan solo a lo que no se ha publicado."""

    form = BorradorForm

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "instrumento":
            kwargs["queryset"] = Instrumento.objects.filter(publicado=False)
        if db_field.name == "seccion":
            secciones = Seccion.objects.filter(instrumento__publicado=False)
            kwargs["queryset"] = secciones.select_related("instrumento")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Seccion)
class SeccionAdmin(SubeLaVersion, DentroDelInstrumento):
    list_display = ["titulo", "codigo", "clase", "mide", "orden", "instrumento"]
    list_select_related = ["instrumento"]
    list_filter = ["instrumento", "clase"]
    search_fields = ["titulo", "codigo"]
    fijos_al_crear = ["instrumento"]
    inlines = [PreguntaEnLinea]


@admin.register(Pregunta)
class PreguntaAdmin(DentroDelInstrumento):
    list_display = ["codigo", "texto", "tipo", "seccion", "obligatoria", "niveles"]
    list_display_links = ["codigo", "texto"]
    list_select_related = ["seccion__instrumento"]
    list_filter = ["tipo", "seccion__instrumento", "obligatoria"]
    search_fields = ["codigo", "texto"]
    fijos_al_crear = ["seccion"]


# --- Evaluaciones: solo lectura -------------------------------------------------------------------


class SegunEvaluacion:
    """Filas que se ven si se ve su evaluación; `evaluacion` es el camino hasta ella."""

    def get_queryset(self, request):
        visibles = Evaluacion.objects.visibles_para(request.user)
        return super().get_queryset(request).filter(self.condicion(visibles))

    def condicion(self, visibles):
        return Q(evaluacion__in=visibles.values("pk"))

    def alcanza(self, request, object_id):
        return self.get_queryset(request).filter(pk=object_id).exists()


GAD_DE_LA_EVALUACION = "evaluacion__pdot__gad__territorio"


class DeEvaluacion(SegunEvaluacion, HistoriaSoloLectura):
    list_select_related = [GAD_DE_LA_EVALUACION]
    list_filter = ["evaluacion__estado", "evaluacion__pdot__gad__territorio__zona"]
    search_fields = [
        "texto",
        f"^{GAD_DE_LA_EVALUACION}__codigo",
        f"{GAD_DE_LA_EVALUACION}__busqueda",
    ]


class DeLoEnviado(DeEvaluacion):
    """Lo escrito, sin lo que un GAD corrige: se lee cuando lo vuelve a enviar."""

    def get_queryset(self, request):
        devuelta = {"evaluacion__estado": Evaluacion.Estado.DEVUELTA}
        return super().get_queryset(request).exclude(**devuelta)


class EnLineaDeLoEnviado(EnLineaSoloLectura):
    """Lo mismo, en la ficha de su evaluación."""

    def get_queryset(self, request):
        devuelta = {"evaluacion__estado": Evaluacion.Estado.DEVUELTA}
        return super().get_queryset(request).exclude(**devuelta)


class RespuestaEnLinea(EnLineaDeLoEnviado):
    model = Respuesta
    fields = ["pregunta", "valor", "texto", "dudosa"]

    def get_queryset(self, request):
        filas = super().get_queryset(request).select_related("pregunta")
        return filas.order_by("pregunta__seccion__orden", "pregunta__orden")


class ObservacionEnLinea(EnLineaSoloLectura):
    model = Observacion
    fields = ["pregunta", "seccion", "texto", "paso", "atendida"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("pregunta", "seccion", "paso")


class ProblemaEnLinea(EnLineaDeLoEnviado):
    model = Problema
    fields = ["orden", "texto"]


class VisionEnLinea(EnLineaDeLoEnviado):
    model = ElementoVision
    fields = ["orden", "texto", "dudosa", "nota"]


class VinculoEnLinea(EnLineaDeLoEnviado):
    model = Vinculo
    fields = ["con", "valor", "justificacion", "incompatibles", "sinergias"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("con__territorio")


class InformacionEnLinea(EnLineaDeLoEnviado):
    model = Informacion
    fields = ["orden", "dato", "situacion", "puede_entregar", "proveedor", "proveedor_gad"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("proveedor_gad__territorio")


class PasoEnLinea(EnLineaSoloLectura):
    model = Paso
    fields = ["de", "a", "por", "cuando", "comentario"]
    readonly_fields = ["cuando"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("por")


@admin.register(Evaluacion)
class EvaluacionAdmin(SegunEvaluacion, HistoriaSoloLectura):
    list_display = ["gad", "pdot", "numero", "estado", "instrumento", "actualizada"]
    list_display_links = ["gad", "pdot"]
    list_select_related = ["pdot__gad__territorio", "instrumento"]
    list_filter = [
        "estado",
        "transcrita",
        "pdot__gad__nivel",
        "pdot__gad__territorio__zona",
        PorProvincia.sobre("pdot__gad"),
    ]
    date_hierarchy = "actualizada"
    search_fields = ["^pdot__gad__territorio__codigo", "pdot__gad__territorio__busqueda"]
    inlines = [
        RespuestaEnLinea,
        VinculoEnLinea,
        InformacionEnLinea,
        ProblemaEnLinea,
        VisionEnLinea,
        ObservacionEnLinea,
        PasoEnLinea,
    ]

    def condicion(self, visibles):
        return Q(pk__in=visibles.values("pk"))

    @admin.display(description="GAD", ordering="pdot__gad")
    def gad(self, evaluacion):
        return evaluacion.gad


@admin.register(Respuesta)
class RespuestaAdmin(DeLoEnviado):
    list_display = ["evaluacion", "pregunta", "valor", "texto", "dudosa"]
    list_select_related = [GAD_DE_LA_EVALUACION, "pregunta"]
    list_filter = [*DeEvaluacion.list_filter, "valor", "dudosa"]


@admin.register(Observacion)
class ObservacionAdmin(DeEvaluacion):
    list_display = ["evaluacion", "pregunta", "seccion", "texto", "atendida"]
    list_select_related = [GAD_DE_LA_EVALUACION, "pregunta", "seccion"]
    list_filter = [*DeEvaluacion.list_filter, "atendida"]


@admin.register(Problema)
class ProblemaAdmin(DeLoEnviado):
    list_display = ["evaluacion", "orden", "texto"]


@admin.register(Paso)
class PasoAdmin(SegunEvaluacion, SoloLectura, admin.ModelAdmin):
    """El paso es en sí la bitácora del flujo: no tiene historial propio."""

    list_display = ["cuando", "evaluacion", "de", "a", "por"]
    list_select_related = [GAD_DE_LA_EVALUACION, "por"]
    list_filter = ["a", "evaluacion__pdot__gad__territorio__zona"]
    date_hierarchy = "cuando"
    search_fields = DeEvaluacion.search_fields[1:]


class ElementoVisionForm(FormularioDeCentral):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "grupo" in self.fields:
            self.fields["grupo"].required = True

    def clean(self):
        datos = super().clean()
        grupo, gads = datos.get("grupo"), datos.get("gads")
        if grupo and gads:
            miembros = set(grupo.gads.values_list("pk", flat=True))
            ajenos = ", ".join(str(gad) for gad in gads if gad.pk not in miembros)
            if ajenos:
                self.add_error("gads", f"No es miembro del grupo: {ajenos}.")
        return datos


@admin.register(ElementoVision)
class ElementoVisionAdmin(SegunEvaluacion, AdminConHistoria):
    """Los de un grupo se corrigen aquí; los de una evaluación, solo en su flujo."""

    form = ElementoVisionForm
    list_display = ["texto", "de_quien", "orden", "dudosa"]
    list_select_related = ["grupo", GAD_DE_LA_EVALUACION]
    list_filter = ["dudosa", ("evaluacion", admin.EmptyFieldListFilter), "grupo"]
    search_fields = ["texto", "grupo__nombre", f"{GAD_DE_LA_EVALUACION}__busqueda"]
    fields = ["grupo", "gads", "orden", "texto", "dudosa", "nota", "fuente"]
    autocomplete_fields = ["grupo", "gads"]

    def condicion(self, visibles):
        enviadas = visibles.exclude(estado=Evaluacion.Estado.DEVUELTA)
        return Q(evaluacion=None) | super().condicion(enviadas)

    def has_change_permission(self, request, obj=None):
        propio = obj is None or obj.evaluacion_id is None
        return propio and super().has_change_permission(request, obj)

    @admin.display(description="de quién")
    def de_quien(self, elemento):
        return elemento.grupo or elemento.evaluacion


# --- Lo que nace de los aportes -----------------------------------------------------------------


@admin.register(Necesidad)
class NecesidadAdmin(AdminConHistoria):
    list_display = ["tema", "prioridad", "modalidad", "componente", "grupo", "gad", "asumible"]
    list_select_related = ["grupo", "gad"]
    list_filter = ["prioridad", "modalidad", "componente", "asumible", "origen", "grupo__zona"]
    search_fields = ["tema", "detalle", "gad__territorio__busqueda", "grupo__nombre"]
    autocomplete_fields = ["grupo", "gad", "encuentro"]
    readonly_fields = ["retirada", "motivo_retiro"]


@admin.register(Promocion)
class PromocionAdmin(HistoriaSoloLectura):
    """Para buscar: se promueve y se deshace en la tarjeta."""

    list_display = ["aporte", "clase", "grupo", "gad", "por", "cuando", "deshecha"]
    list_select_related = ["aporte", "grupo", "gad", "por"]
    list_filter = ["clase", ("deshecha", admin.EmptyFieldListFilter)]
    search_fields = ["aporte__texto", "grupo__nombre", "gad__territorio__busqueda"]
    # Lo que dice el problema de un borrador es del GAD: aquí solo, de qué tarjeta nació.
    exclude = ["problema"]


# Al final: se apoyan en las clases de arriba.
from . import admin_hojas, admin_revision  # noqa: E402, F401
