"""Cimientos del admin de la central: todo deja historial, nada se pisa y nada se borra en masa.

El admin corrige catálogos y cuentas; no es otra puerta del flujo de trabajo. Por eso cada modelo
parte de una de estas clases y no de las de Django.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import display_for_field
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import PermissionDenied
from django.db.models import FileField
from django.http import Http404
from django.utils import formats, timezone
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from .models import Gad, Territorio
from .texto import sin_tildes
from .versiones import ModeloVersionado, bloquear, guardar_con_version

admin.site.disable_action("delete_selected")


def nombrar(objeto):
    """Cómo se ofrece algo en una lista para elegir: hay homónimos, así que el código va primero."""
    if isinstance(objeto, Gad):
        return f"{objeto.pk} · {objeto.nombre} ({objeto.get_nivel_display().lower()})"
    return f"{objeto.pk} · {objeto}" if isinstance(objeto, Territorio) else str(objeto)


class Autocompletar(AutocompleteJsonView):
    def serialize_result(self, obj, to_field_name):
        return super().serialize_result(obj, to_field_name) | {"text": nombrar(obj)}


def autocompletar(request):
    return Autocompletar.as_view(admin_site=admin.site)(request)


admin.site.autocomplete_view = autocompletar


class NombraSinEquivoco:
    """En los campos para elegir, los nombres de `nombrar`; también lo ya elegido."""

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        campo = super().formfield_for_dbfield(db_field, request, **kwargs)
        if campo and db_field.related_model in (Gad, Territorio):
            campo.label_from_instance = nombrar
        if campo and db_field.related_model is Gad:
            campo.queryset = campo.queryset.select_related("territorio")
        return campo


def version_de(objeto):
    """Número que cambia con cada guardado: la versión, o el último asiento del historial."""
    if isinstance(objeto, ModeloVersionado):
        return objeto.version
    return objeto.historia.values_list("history_id", flat=True).first() or 0


def valor_legible(objeto, campo):
    """El valor de un campo como lo leería una persona."""
    valor = getattr(objeto, campo.name)
    if campo.many_to_many:
        return ", ".join(str(cosa) for cosa in valor.all()) or "vacío"
    return _legible(valor, campo)


def _legible(valor, campo):
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    return str(display_for_field(valor, campo, "")) or "vacío"


class FormularioDeCentral(forms.ModelForm):
    """Formulario que lleva la versión leída y compara con la base antes de guardar.

    `conflicto` queda en True si otra persona guardó antes; lo tecleado se conserva.
    """

    version = forms.IntegerField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Falta la versión de la ficha: vuelva a abrirla.",
            "invalid": "La versión de la ficha no es un número: vuelva a abrirla.",
        },
    )
    conflicto = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance._state.adding:
            del self.fields["version"]
        elif not self.is_bound:
            self.initial["version"] = version_de(self.instance)

    def clean(self):
        datos = super().clean()
        if "version" in self.cleaned_data:
            self._comparar_version(self.cleaned_data["version"])
        return datos

    def _comparar_version(self, leida):
        # `changeform_view` abre la transacción: el bloqueo dura hasta que se termina de guardar.
        actual = bloquear(type(self.instance), self.instance.pk)
        if version_de(actual) != leida:
            self.conflicto = True
            self._contar_conflicto(actual)

    def _contar_conflicto(self, actual):
        """Dice quién guardó y qué hay ahora en la base; el próximo guardado ya lo sabe."""
        self.add_error(
            None,
            f"Otra persona guardó antes{self._autoria(actual)}. No se guardó nada: lo que usted "
            "escribió sigue aquí y, junto a cada campo distinto, lo que dice ahora la ficha. "
            "Revíselo y guarde otra vez.",
        )
        for nombre in self._distintos(actual):
            valor = valor_legible(actual, actual._meta.get_field(nombre))
            self.add_error(nombre, f"Ahora dice: «{valor}».")
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = version_de(actual)

    def _autoria(self, actual):
        asiento = actual.historia.select_related("history_user").first()
        if not asiento or not asiento.history_user:
            return ""
        cuando = formats.date_format(timezone.localtime(asiento.history_date), "DATETIME_FORMAT")
        return f" ({asiento.history_user}, {cuando})"

    def _distintos(self, actual):
        guardado = forms.model_to_dict(actual)
        return [
            nombre
            for nombre, campo in self.fields.items()
            if nombre in guardado
            and not campo.disabled
            and campo.has_changed(guardado[nombre], self[nombre].data)
        ]

    def _post_clean(self):
        super()._post_clean()
        if not self._errors:
            self._comprobar_restricciones()

    def _comprobar_restricciones(self):
        """Todas las de la tabla: Django se salta las que nombran un campo que no está aquí.

        Esos campos son fijos y su valor cuenta; sin esto, el choque llegaría como un error 500.
        """
        exclusiones = self._get_validation_exclusions() & set(self.fields)
        try:
            self.instance.validate_constraints(exclude=exclusiones)
        except forms.ValidationError as error:
            self._update_errors(error)


class AdminSinBorrado:
    """Listas de 50 filas y búsqueda sin tildes; lo que existe no se borra."""

    list_per_page = 50
    # Con la DPA y las respuestas de todo el país, contar dos veces cada lista no compensa.
    show_full_result_count = False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_search_results(self, request, queryset, search_term):
        encontrados, repetidos = super().get_search_results(request, queryset, search_term)
        llano = sin_tildes(search_term)
        if llano != search_term:
            otros, mas_repetidos = super().get_search_results(request, queryset, llano)
            encontrados, repetidos = encontrados | otros, repetidos or mas_repetidos
        return encontrados, repetidos


class SoloLectura(AdminSinBorrado):
    """Se consulta y no se toca: lo escribe una orden de carga o el flujo de trabajo."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class CambiosLegibles(HistoricalRecordContextHelper):
    """Lo que cambió en cada asiento, como lo leería una persona: «sí», «vacío», «Zonal»."""

    def prepare_delta_change_value(self, change, value):
        campo = self.model._meta.get_field(change.field)
        # De un archivo el historial guarda el nombre, y no hay dirección que enlazar.
        if not campo.is_relation and not isinstance(campo, FileField):
            value = _legible(value, campo)
        return super().prepare_delta_change_value(change, "vacío" if value is None else value)


class AdminConHistoria(NombraSinEquivoco, AdminSinBorrado, SimpleHistoryAdmin):
    """Admin de un modelo con historial y versión.

    `fijos_al_crear`: campos que se escriben una vez y después solo se leen.
    """

    form = FormularioDeCentral
    fijos_al_crear = ()
    history_list_per_page = 50

    # --- Campos

    def get_exclude(self, request, obj=None):
        return [*(super().get_exclude(request, obj) or ()), "version"]

    def get_fields(self, request, obj=None):
        campos = [campo for campo in super().get_fields(request, obj) if campo != "version"]
        # Lo fijo, primero: dice de qué es la ficha.
        return sorted(campos, key=lambda campo: campo not in self.fijos_al_crear)

    def get_fieldsets(self, request, obj=None):
        grupos = list(super().get_fieldsets(request, obj))
        if obj and not self._mira_el_pasado(request) and self.has_change_permission(request, obj):
            titulo, opciones = grupos[-1]
            grupos[-1] = (titulo, {**opciones, "fields": [*opciones["fields"], "version"]})
        return grupos

    def get_readonly_fields(self, request, obj=None):
        campos = list(super().get_readonly_fields(request, obj))
        if self._mira_el_pasado(request):
            opciones = self.model._meta
            campos += [c.name for c in (*opciones.fields, *opciones.many_to_many) if c.editable]
        elif obj:
            campos += self.fijos_al_crear
        return campos

    # --- Guardar

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        respuesta = super().changeform_view(request, object_id, form_url, extra_context)
        contexto = getattr(respuesta, "context_data", None) or {}
        if contexto.get("errors"):
            conflicto = getattr(contexto["adminform"].form, "conflicto", False)
            respuesta.status_code = 409 if conflicto else 400
        return respuesta

    def save_model(self, request, obj, form, change):
        if change and isinstance(obj, ModeloVersionado):
            obj._history_user = request.user
            guardar_con_version(obj, form.cleaned_data["version"])
        else:
            super().save_model(request, obj, form, change)

    # --- Historial

    def alcanza(self, request, object_id):
        """Si quien mira puede ver el historial de esa fila; lo estrecha quien limita filas."""
        return True

    def history_view_title(self, request, obj):
        return f"Historial: {obj}"

    def history_form_view_title(self, request, obj):
        return f"Como estaba: {obj}"

    def get_historical_record_context_helper(self, request, historical_record):
        return CambiosLegibles(self.model, historical_record)

    def history_view(self, request, object_id, extra_context=None):
        if not self.alcanza(request, object_id):
            raise Http404
        return super().history_view(request, object_id, extra_context)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        # Volver a una versión vieja escribiría sin comparar versiones ni pasar por el flujo.
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied
        if not self.alcanza(request, object_id):
            raise Http404
        request.mira_el_pasado = True
        return super().history_form_view(request, object_id, version_id, extra_context)

    def revert_disabled(self, request, obj=None):
        return True

    def _mira_el_pasado(self, request):
        return getattr(request, "mira_el_pasado", False)


class HistoriaSoloLectura(SoloLectura, AdminConHistoria):
    """Con historial que se consulta, y nada que se edite."""


class EnLinea(NombraSinEquivoco, admin.TabularInline):
    """Filas dentro de la ficha: se agregan y corrigen, no se borran."""

    extra = 0
    can_delete = False

    def has_delete_permission(self, request, obj=None):
        return False


class EnLineaSoloLectura(EnLinea):
    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False


class PorProvincia(admin.SimpleListFilter):
    """Filtro por provincia según las dos primeras cifras de un código de la DPA."""

    title = "provincia"
    parameter_name = "provincia"
    campo = "codigo"

    @classmethod
    def sobre(cls, campo):
        """El filtro sobre otro campo: `PorProvincia.sobre("gad_id")`."""
        return type("PorProvincia", (cls,), {"campo": campo})

    def lookups(self, request, model_admin):
        return Territorio.objects.provincias().values_list("codigo", "nombre")

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(**{f"{self.campo}__startswith": self.value()})
