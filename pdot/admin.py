"""Central: planes, instrumento y consulta de evaluaciones.

Una evaluación solo la mueve su flujo (`pdot/acciones.py`): aquí se lee. Los borradores siguen
siendo del GAD que los escribe, y tampoco aquí se ven.
"""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db import transaction
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

from .models import (
    ElementoVision,
    Evaluacion,
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
)


@admin.register(Pdot)
class PdotAdmin(AdminConHistoria):
    list_display = ["gad", "anio_desde", "anio_hasta", "instrumento_aprobacion"]
    list_select_related = ["gad"]
    list_filter = ["anio_desde", "gad__nivel", "gad__territorio__zona", PorProvincia.sobre("gad")]
    search_fields = ["^gad__territorio__codigo", "gad__territorio__busqueda"]
    autocomplete_fields = ["gad"]
    # Sus evaluaciones son de ese GAD: pasarlo a otro las entregaría a quien no las escribió.
    fijos_al_crear = ["gad"]


# --- Instrumento: se edita hasta que se publica ---------------------------------------------------


def instrumento_de(cosa):
    """El instrumento de una sección o pregunta, o él mismo."""
    if isinstance(cosa, Pregunta):
        return cosa.seccion.instrumento
    return cosa.instrumento if isinstance(cosa, Seccion) else cosa


class MientrasNoSePublique:
    """Publicado, el instrumento y lo que contiene solo se leen: así no cambia lo respondido."""

    def _es_borrador(self, obj):
        return obj is None or not instrumento_de(obj).publicado

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._es_borrador(obj)

    def has_delete_permission(self, request, obj=None):
        # Si ya tiene evaluaciones, lo protege la base.
        return self.has_change_permission(request, obj)


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
    fields = ["orden", "codigo", "titulo", "ayuda"]
    show_change_link = True


class PreguntaEnLinea(EnLineaHastaPublicar):
    model = Pregunta
    fields = ["orden", "codigo", "tipo", "texto", "obligatoria", "niveles"]
    show_change_link = True


@admin.register(Instrumento)
class InstrumentoAdmin(MientrasNoSePublique, AdminConHistoria):
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


PUBLICADO = "Publicado por la central."


@transaction.atomic
def publicar_instrumento(pk, por):
    """Publica un instrumento con preguntas; devuelve por qué no se pudo, o None."""
    instrumento = bloquear(Instrumento, pk)
    if instrumento.publicado:
        return "ya estaba publicado."
    if not Pregunta.objects.filter(seccion__instrumento=instrumento).exists():
        return "no tiene preguntas."
    instrumento.publicado = True
    instrumento._change_reason = PUBLICADO
    instrumento._history_user = por
    instrumento.save()
    return None


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
class SeccionAdmin(DentroDelInstrumento):
    list_display = ["titulo", "codigo", "orden", "instrumento"]
    list_select_related = ["instrumento"]
    list_filter = ["instrumento"]
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


class RespuestaEnLinea(EnLineaSoloLectura):
    model = Respuesta
    fields = ["pregunta", "valor", "texto", "dudosa"]

    def get_queryset(self, request):
        filas = super().get_queryset(request).select_related("pregunta")
        return filas.order_by("pregunta__seccion__orden", "pregunta__orden")


class ObservacionEnLinea(EnLineaSoloLectura):
    model = Observacion
    fields = ["pregunta", "texto", "paso", "atendida"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("pregunta", "paso")


class ProblemaEnLinea(EnLineaSoloLectura):
    model = Problema
    fields = ["orden", "texto"]


class VisionEnLinea(EnLineaSoloLectura):
    model = ElementoVision
    fields = ["orden", "texto", "dudosa", "nota"]


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
class RespuestaAdmin(DeEvaluacion):
    list_display = ["evaluacion", "pregunta", "valor", "texto", "dudosa"]
    list_select_related = [GAD_DE_LA_EVALUACION, "pregunta"]
    list_filter = [*DeEvaluacion.list_filter, "valor", "dudosa"]


@admin.register(Observacion)
class ObservacionAdmin(DeEvaluacion):
    list_display = ["evaluacion", "pregunta", "texto", "atendida"]
    list_select_related = [GAD_DE_LA_EVALUACION, "pregunta"]
    list_filter = [*DeEvaluacion.list_filter, "atendida"]


@admin.register(Problema)
class ProblemaAdmin(DeEvaluacion):
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
        return Q(evaluacion=None) | super().condicion(visibles)

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
    list_filter = ["prioridad", "modalidad", "componente", "asumible", "grupo__zona"]
    search_fields = ["tema", "detalle", "gad__territorio__busqueda", "grupo__nombre"]
    autocomplete_fields = ["grupo", "gad", "encuentro"]


@admin.register(Promocion)
class PromocionAdmin(HistoriaSoloLectura):
    """Para buscar: se promueve y se deshace en la tarjeta."""

    list_display = ["aporte", "clase", "grupo", "gad", "por", "cuando", "deshecha"]
    list_select_related = ["aporte", "grupo", "gad", "por"]
    list_filter = ["clase", ("deshecha", admin.EmptyFieldListFilter)]
    search_fields = ["aporte__texto", "grupo__nombre", "gad__territorio__busqueda"]
    # Lo que dice el problema de un borrador es del GAD: aquí solo, de qué tarjeta nació.
    exclude = ["problema"]
