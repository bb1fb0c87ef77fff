"""Central: territorio, GAD, autoridades, entidades y cuentas."""

# Registra el correo aparte de la cuenta, que aquí no se usa: se carga antes para poder quitarlo.
import allauth.account.admin
import allauth.mfa.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import (
    AdminPasswordChangeForm,
    AdminUserCreationForm,
    ReadOnlyPasswordHashWidget,
    UserChangeForm,
)
from django.contrib.auth.models import Group
from django.db import transaction

from . import admin_correo, admin_documentos, admin_llaves, admin_trabajos  # noqa: F401
from .administracion import (
    AdminConHistoria,
    EnLinea,
    FormularioDeCentral,
    HistoriaSoloLectura,
    PorProvincia,
    SoloLectura,
)
from .importaciones.limites import usar_capa
from .importaciones.vecindad import SinVecinos, recalcular_vecindad
from .jurisdiccion import Rol
from .models import (
    Autoridad,
    CapaLimites,
    Contacto,
    Contorno,
    Entidad,
    EspacioCoordinacion,
    Gad,
    MiembroEspacio,
    NombreInstitucion,
    OtroTerritorio,
    Territorio,
    Usuario,
    Vecindad,
    Zona,
)
from .versiones import bloquear

# El permiso sale del rol y el correo, de la cuenta: una segunda fuente solo confundiría.
admin.site.unregister(Group)
admin.site.unregister(EmailAddress)
# El secreto del segundo factor no se muestra a nadie; la central solo puede retirarlo.
admin.site.unregister(Authenticator)


# La lista con un enlace a la página de importar.
LISTA_IMPORTABLE = "territorios/admin_lista.html"


@admin.register(Zona)
class ZonaAdmin(AdminConHistoria):
    list_display = ["numero", "nombre", "sede"]
    search_fields = ["nombre", "sede"]
    fijos_al_crear = ["numero"]


@admin.register(Territorio)
class TerritorioAdmin(AdminConHistoria):
    change_list_template = LISTA_IMPORTABLE
    list_display = ["codigo", "nombre", "nivel", "padre", "zona", "cabecera", "desde", "hasta"]
    list_select_related = ["padre", "zona"]
    list_filter = ["nivel", "zona", PorProvincia, "cabecera"]
    search_fields = ["^codigo", "busqueda"]
    autocomplete_fields = ["padre"]
    fijos_al_crear = ["codigo", "nivel"]
    ordering = ["codigo"]


@admin.register(Vecindad)
class VecindadAdmin(AdminConHistoria):
    list_display = ["a", "b", "nivel", "km"]
    list_select_related = ["a", "b"]
    list_filter = ["a__nivel", PorProvincia.sobre("a")]
    search_fields = ["^a__codigo", "a__busqueda", "^b__codigo", "b__busqueda"]
    autocomplete_fields = ["a", "b"]
    fijos_al_crear = ["a", "b"]

    @admin.display(description="nivel", ordering="a__nivel")
    def nivel(self, vecindad):
        return vecindad.a.get_nivel_display()


@admin.register(OtroTerritorio)
class OtroTerritorioAdmin(AdminConHistoria):
    list_display = ["codigo", "nombre", "tipo"]
    search_fields = ["^codigo", "nombre", "tipo"]
    fijos_al_crear = ["codigo"]


@admin.register(Gad)
class GadAdmin(AdminConHistoria):
    list_display = ["codigo", "nombre_oficial", "nivel", "dentro_de", "zona"]
    list_filter = ["nivel", "territorio__zona", PorProvincia.sobre("territorio")]
    search_fields = ["^territorio__codigo", "territorio__busqueda", "nombre_oficial"]
    autocomplete_fields = ["territorio"]
    fijos_al_crear = ["territorio"]
    ordering = ["territorio"]

    def get_queryset(self, request):
        # También para autocompletar, que no pasa por `list_select_related`.
        gads = super().get_queryset(request)
        return gads.select_related("territorio__padre", "territorio__zona")

    @admin.display(description="código", ordering="territorio")
    def codigo(self, gad):
        return gad.codigo

    @admin.display(description="dentro de")
    def dentro_de(self, gad):
        return gad.territorio.padre

    @admin.display(description="zona", ordering="territorio__zona")
    def zona(self, gad):
        return gad.zona


@admin.register(Autoridad)
class AutoridadAdmin(AdminConHistoria):
    change_list_template = LISTA_IMPORTABLE
    list_display = ["nombre", "cargo", "gad", "desde", "hasta"]
    list_select_related = ["gad"]
    list_filter = ["gad__nivel", "gad__territorio__zona", PorProvincia.sobre("gad")]
    search_fields = ["nombre", "cargo", "^gad__territorio__codigo", "gad__territorio__busqueda"]
    autocomplete_fields = ["gad"]
    fijos_al_crear = ["gad"]


@admin.register(Entidad)
class EntidadAdmin(AdminConHistoria):
    list_display = ["siglas", "nombre", "tipo"]
    list_display_links = ["siglas", "nombre"]
    list_filter = ["tipo"]
    search_fields = ["nombre", "siglas", "clave"]
    fijos_al_crear = ["clave"]

    def has_delete_permission(self, request, obj=None):
        # Las que ya facilitaron un encuentro las protege la base.
        return self.has_change_permission(request, obj)


class MiembroEnLinea(EnLinea):
    model = MiembroEspacio
    fields = ["gad", "entidad", "desde", "hasta"]
    autocomplete_fields = ["gad", "entidad"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("gad", "entidad")


@admin.register(EspacioCoordinacion)
class EspacioCoordinacionAdmin(AdminConHistoria):
    list_display = ["nombre", "tipo", "zona", "desde", "hasta"]
    list_select_related = ["zona"]
    list_filter = ["tipo", "zona"]
    search_fields = ["nombre"]
    inlines = [MiembroEnLinea]


@admin.register(MiembroEspacio)
class MiembroEspacioAdmin(AdminConHistoria):
    list_display = ["miembro", "espacio", "desde", "hasta"]
    list_select_related = ["gad", "entidad", "espacio"]
    list_filter = ["espacio__tipo", "espacio__zona"]
    search_fields = ["espacio__nombre", "gad__territorio__busqueda", "entidad__nombre"]
    autocomplete_fields = ["gad", "entidad", "espacio"]
    fijos_al_crear = ["espacio", "gad", "entidad"]

    @admin.display(description="miembro")
    def miembro(self, miembro):
        return str(miembro)


@admin.register(Contacto)
class ContactoAdmin(AdminConHistoria):
    list_display = ["nombre", "cargo", "gad", "correo", "desde", "hasta"]
    list_select_related = ["gad"]
    list_filter = ["gad__nivel", "gad__territorio__zona", PorProvincia.sobre("gad")]
    search_fields = ["nombre", "cargo", "^gad__territorio__codigo", "gad__territorio__busqueda"]
    autocomplete_fields = ["gad"]
    fijos_al_crear = ["gad"]


@admin.register(NombreInstitucion)
class NombreInstitucionAdmin(AdminConHistoria):
    list_display = ["nombre", "siglas", "norma", "desde", "hasta"]
    search_fields = ["nombre", "siglas", "norma"]


@admin.register(CapaLimites)
class CapaLimitesAdmin(HistoriaSoloLectura):
    """Las capas se importan; aquí se escoge cuál se usa y se pone al día la vecindad con ella."""

    change_list_template = LISTA_IMPORTABLE
    list_display = ["nombre", "nivel", "fuente", "fecha", "esquematica", "en_uso"]
    list_filter = ["nivel", "en_uso"]
    actions = ["poner_en_uso", "comparar_vecindad", "poner_al_dia_vecindad"]

    @admin.action(description="Usar esta capa en los mapas", permissions=["view"])
    def poner_en_uso(self, request, queryset):
        capa = self._una_sola(request, queryset)
        if capa:
            usar_capa(capa, por=request.user)
            self.message_user(request, f"Los mapas usan ahora «{capa}».")

    @admin.action(description="Comparar la vecindad guardada con esta capa", permissions=["view"])
    def comparar_vecindad(self, request, queryset):
        self._recalcular(request, queryset, aplicar=False)

    @admin.action(description="Poner al día la vecindad con esta capa", permissions=["view"])
    def poner_al_dia_vecindad(self, request, queryset):
        self._recalcular(request, queryset, aplicar=True)

    def _recalcular(self, request, queryset, *, aplicar):
        capa = self._una_sola(request, queryset)
        if capa and not capa.en_uso:
            self.message_user(request, "Esa capa no está en uso.", messages.ERROR)
        elif capa:
            try:
                vista = recalcular_vecindad(capa.nivel, por=request.user, aplicar=aplicar)
                self.message_user(request, " ".join(" ".join(vista.lineas()).split()))
            except SinVecinos as falta:
                self.message_user(request, str(falta), messages.ERROR)

    def _una_sola(self, request, queryset):
        capas = list(queryset[:2])
        if len(capas) == 1:
            return capas[0]
        self.message_user(request, "Escoja una sola capa.", messages.ERROR)
        return None


@admin.register(Contorno)
class ContornoAdmin(SoloLectura, admin.ModelAdmin):
    """Los trazos los escribe la orden de carga; el texto del trazo no se lee a ojo."""

    list_display = ["territorio", "capa", "izquierda", "arriba", "derecha", "abajo"]
    list_select_related = ["territorio", "capa"]
    list_filter = ["capa", PorProvincia.sobre("territorio")]
    search_fields = ["^territorio__codigo", "territorio__busqueda"]
    exclude = ["trazo"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("trazo")


# --- Cuentas ------------------------------------------------------------------------------------

LLEVA_ZONA = {Rol.ZONAL}
ADMITE_ZONA = {Rol.ZONAL, Rol.OBSERVADOR}
LLEVA_GAD = {Rol.PLANIFICADOR}


class Cuenta(forms.ModelForm):
    """Lo común de crear y corregir una cuenta."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "email" in self.fields:
            self.fields["email"].required = True
            self.fields["email"].help_text = "Con él entra y recupera su clave; no se repite."

    def clean_email(self):
        correo = self.cleaned_data["email"]
        if Usuario.objects.filter(email__iexact=correo).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("Ya hay una cuenta con ese correo.")
        return correo

    def clean(self):
        datos = super().clean() or self.cleaned_data
        rol = datos.get("rol")
        if rol:
            self._exigir_jurisdiccion(rol, datos.get("zona"), datos.get("gad"))
        return datos

    def _exigir_jurisdiccion(self, rol, zona, gad):
        nombre = Rol(rol).label
        if rol in LLEVA_ZONA and not zona and "zona" not in self.errors:
            self.add_error("zona", f"El rol {nombre} necesita una zona.")
        if rol not in ADMITE_ZONA and zona:
            self.add_error("zona", f"El rol {nombre} no lleva zona: déjela vacía.")
        if rol in LLEVA_GAD and not gad and "gad" not in self.errors:
            self.add_error("gad", f"El rol {nombre} necesita un GAD.")
        if rol not in LLEVA_GAD and gad:
            self.add_error("gad", f"El rol {nombre} no lleva GAD: déjelo vacío.")


class ClaveGuardada(ReadOnlyPasswordHashWidget):
    """La huella y su botón, que Django rotula «contraseña»."""

    def get_context(self, name, value, attrs):
        contexto = super().get_context(name, value, attrs)
        return contexto | {"button_label": "Cambiar la clave"}


class UsuarioForm(Cuenta, FormularioDeCentral, UserChangeForm):
    quien = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "password" in self.fields:
            self.fields["password"].label = "Clave"
            self.fields[
                "password"
            ].help_text = "No se guarda la clave, sino una huella: nadie la ve."
            self.fields["password"].widget = ClaveGuardada()

    class Meta(UserChangeForm.Meta):
        model = Usuario
        fields = []

    def clean(self):
        datos = super().clean()
        if self.quien and self.instance.pk == self.quien.pk:
            self._exigir_que_siga_pudiendo(datos)
        return datos

    def _exigir_que_siga_pudiendo(self, datos):
        """Nadie se cierra la puerta a sí mismo: lo hace otra persona de la central."""
        if not datos.get("is_active", True):
            self.add_error("is_active", "No puede desactivar su propia cuenta.")
        if datos.get("rol", self.quien.rol) != self.quien.rol:
            self.add_error("rol", "No puede cambiar su propio rol.")


class QuienPoneLaClave:
    """Dice en llano lo que Django llama «autenticación basada en contraseña»."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = "Clave"
        self.fields["password2"].label = "Clave, otra vez"
        self.fields["password2"].help_text = ""
        if "usable_password" in self.fields:
            campo = self.fields["usable_password"]
            campo.label, campo.help_text = "Quién pone la clave", ""
            campo.choices = [
                ("true", "La escribo aquí"),
                ("false", "La persona, con «Olvidé mi clave» y su correo"),
            ]


class UsuarioNuevoForm(QuienPoneLaClave, Cuenta, AdminUserCreationForm):
    class Meta:
        model = Usuario
        fields = ["username"]


class CambioDeClaveForm(QuienPoneLaClave, AdminPasswordChangeForm):
    """La clave no entra en el historial, pero sí que la central la cambió."""

    def save(self, commit=True):
        self.user._change_reason = "La central cambió la clave."
        return super().save(commit)


@admin.register(Usuario)
class UsuarioAdmin(AdminConHistoria, UserAdmin):
    """Cuentas: el permiso sale del rol; una cuenta se desactiva, no se borra."""

    form = UsuarioForm
    add_form = UsuarioNuevoForm
    change_password_form = CambioDeClaveForm
    list_display = ["username", "nombre", "email", "rol", "zona", "gad", "is_active", "last_login"]
    list_select_related = ["zona", "gad"]
    list_filter = ["rol", "zona", "is_active"]
    search_fields = [
        "username",
        "first_name",
        "last_name",
        "email",
        "^gad__territorio__codigo",
        "gad__territorio__busqueda",
    ]
    autocomplete_fields = ["gad"]
    filter_horizontal = []
    readonly_fields = ["last_login", "date_joined"]
    ordering = ["username"]
    actions = ["retirar_segundo_factor"]
    fieldsets = [
        (None, {"fields": ["username", "password", "is_active"]}),
        ("Persona", {"fields": ["first_name", "last_name", "email", "cargo"]}),
        ("Rol y jurisdicción", {"fields": ["rol", "zona", "gad"]}),
        ("Fechas", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["username", "usable_password", "password1", "password2"]}),
        ("Persona", {"fields": ["first_name", "last_name", "email", "cargo"]}),
        ("Rol y jurisdicción", {"fields": ["rol", "zona", "gad"]}),
    ]

    @admin.display(description="nombre", ordering="last_name")
    def nombre(self, usuario):
        return usuario.get_full_name()

    def get_fieldsets(self, request, obj=None):
        grupos = super().get_fieldsets(request, obj)
        if not self._mira_el_pasado(request):
            return grupos
        return [(titulo, {"fields": sin_clave(opciones)}) for titulo, opciones in grupos]

    def get_form(self, request, obj=None, **kwargs):
        formulario = super().get_form(request, obj, **kwargs)
        return type(formulario.__name__, (formulario,), {"quien": request.user})

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        # Con el correo viejo todavía se podría pedir una clave nueva.
        if "email" in form.changed_data:
            EmailAddress.objects.filter(user=obj).exclude(email__iexact=obj.email).delete()

    @admin.action(description="Retirar el segundo factor", permissions=["change"])
    def retirar_segundo_factor(self, request, queryset):
        """Para quien perdió el teléfono: al entrar, la plataforma le pedirá activar otro."""
        if queryset.filter(pk=request.user.pk).exists():
            self.message_user(
                request, "El suyo se retira desde la página de su cuenta.", messages.ERROR
            )
            return
        retirados = [usuario for usuario in queryset if retirar_factores(usuario)]
        for usuario in retirados:
            self.log_change(request, usuario, RETIRADO)
        nombres = ", ".join(str(usuario) for usuario in retirados)
        if nombres:
            self.message_user(request, f"Se retiró el segundo factor de: {nombres}.")
        else:
            self.message_user(request, "Nadie de la selección lo tenía.", messages.WARNING)


def sin_clave(opciones):
    return [campo for campo in opciones["fields"] if campo != "password"]


RETIRADO = "La central retiró el segundo factor."


@transaction.atomic
def retirar_factores(usuario):
    """Borra el segundo factor y lo deja en el historial; False si no tenía ninguno."""
    usuario = bloquear(Usuario, usuario.pk)
    borrados, _ = Authenticator.objects.filter(user=usuario).delete()
    if borrados:
        usuario._change_reason = RETIRADO
        usuario.save()
    return bool(borrados)
