"""Formularios de cuenta y de importación, y los cimientos comunes de los demás formularios."""

from allauth.account import forms as allauth
from django import forms

from .filtros import CampoFecha
from .importaciones.previa import TOPE_DEL_ARCHIVO, Archivo, DemasiadoGrande
from .lectura import CargaRechazada
from .models import Territorio
from .versiones import guardar_con_version


class ConNuestrasPalabras:
    """Formulario de cuenta con las `etiquetas` de la plataforma.

    Sin textos de relleno dentro de los campos; el enlace para recuperar la clave lo pone la página.
    """

    etiquetas = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for nombre, campo in self.fields.items():
            campo.label = self.etiquetas[nombre]
            campo.help_text = ""
            campo.widget.attrs.pop("placeholder", None)


class ClaveDosVeces(ConNuestrasPalabras):
    """La clave nueva se escribe dos veces; las reglas las dice la página y cada error, la suya."""

    etiquetas = {"password1": "Clave nueva", "password2": "Clave nueva, otra vez"}

    def clean(self):
        # Sin el de allauth, que dice lo mismo con otra palabra.
        datos = forms.Form.clean(self)
        if {"password1", "password2"} <= datos.keys() and datos["password1"] != datos["password2"]:
            self.add_error("password2", "Las dos claves no coinciden.")
        return datos


class IngresoForm(ConNuestrasPalabras, allauth.LoginForm):
    """Ingreso con usuario o correo. Sin «recuérdeme»: los teléfonos se comparten."""

    etiquetas = {"login": "Usuario o correo", "password": "Clave"}


class CambiarClaveForm(ClaveDosVeces, allauth.ChangePasswordForm):
    etiquetas = ClaveDosVeces.etiquetas | {"oldpassword": "Clave actual"}


class PonerClaveForm(ClaveDosVeces, allauth.SetPasswordForm):
    pass


class ClaveNuevaForm(ClaveDosVeces, allauth.ResetPasswordKeyForm):
    pass


class ClaveOlvidadaForm(ConNuestrasPalabras, allauth.ResetPasswordForm):
    etiquetas = {"email": "Correo"}


class ConfirmarIdentidadForm(ConNuestrasPalabras, allauth.ReauthenticateForm):
    etiquetas = {"password": "Clave"}


class FormularioVersionado(forms.ModelForm):
    """Formulario de edición que lleva la versión leída; se guarda con `guardar()`."""

    version_leida = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["version_leida"].initial = self.instance.version

    def guardar(self):
        """Crea o guarda por el mecanismo único. Lanza versiones.Conflicto si llegó tarde."""
        if self.instance.pk is None:
            return self.save()
        objeto = guardar_con_version(self.instance, self.cleaned_data["version_leida"] or 0)
        self._save_m2m()
        return objeto

    def conflictos_con(self, actual):
        """(campo, lo guardado, lo tecleado) de cada campo en que difieren, con nombres."""
        return [
            (campo.label, _nombrado(campo, getattr(actual, nombre)), self._tecleado(nombre))
            for nombre, campo in self.fields.items()
            if nombre in self.changed_data and hasattr(actual, nombre)
        ]

    def _tecleado(self, nombre):
        campo = self.fields[nombre]
        if isinstance(campo, forms.ModelChoiceField):
            return _nombrado(campo, self.cleaned_data.get(nombre))
        return self.data.get(nombre, "")


def _nombrado(campo, valor):
    """Lo elegido en una lista, con el nombre con que se ofrece; lo demás, tal cual."""
    if not isinstance(campo, forms.ModelChoiceField):
        return valor
    if isinstance(campo, forms.ModelMultipleChoiceField):
        elegidos = valor.all() if valor else []
        return ", ".join(campo.label_from_instance(uno) for uno in elegidos)
    return campo.label_from_instance(valor) if valor else ""


# --- Importar -----------------------------------------------------------------------------------


class ImportacionForm(forms.Form):
    """El archivo que trae la central. Las opciones de cada importación son los demás campos."""

    acepta = ".csv,.xlsx"
    archivo = forms.FileField(label="Archivo", help_text="CSV o Excel (.xlsx), hasta 20 MB.")
    grande = False

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["archivo"].widget.attrs["accept"] = self.acepta

    def clean_archivo(self):
        subido = self.cleaned_data["archivo"]
        try:
            # El tope se mira antes de traerlo a memoria.
            if subido.size > TOPE_DEL_ARCHIVO:
                raise DemasiadoGrande(subido.name, subido.size)
            return Archivo(subido.name, subido.read())
        except CargaRechazada as rechazo:
            self.grande = isinstance(rechazo, DemasiadoGrande)
            raise forms.ValidationError(str(rechazo)) from rechazo

    @property
    def opciones(self):
        """Lo demás que se tecleó, como texto."""
        return {
            nombre: valor.isoformat() if hasattr(valor, "isoformat") else valor
            for nombre, valor in self.cleaned_data.items()
            if nombre != "archivo"
        }


class LimitesForm(ImportacionForm):
    acepta = ".geojson,.json"
    nivel = forms.ChoiceField(
        label="Nivel", choices=Territorio.Nivel.choices, initial=Territorio.Nivel.CANTON
    )
    fuente = forms.CharField(
        label="Fuente", max_length=250, help_text="Quién los hizo. Sale al pie de cada mapa."
    )
    fecha = CampoFecha(label="Fecha de la fuente")

    field_order = ["archivo", "nivel", "fuente", "fecha"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["archivo"].help_text = "GeoJSON en WGS84 (EPSG:4326), hasta 20 MB."


class DpaForm(ImportacionForm):
    fecha = CampoFecha(
        label="Rige desde",
        help_text="Lo que se crea empieza ese día y lo que se suprime termina ese día.",
    )


class AutoridadesForm(ImportacionForm):
    """Solo el archivo: las fechas van en él."""
