"""Formularios de la puerta y de los certificados."""

from uuid import uuid4

from django import forms
from django.utils import timezone

from territorios.models import Gad

from .forms_registro import Opciones
from .models import Participante, TextoConsentimiento

Nivel = Participante.Nivel
FUERA_DE_LISTA = [
    (nivel.value, f"Otro {nivel.label}" if nivel in Participante.NIVELES_DE_GAD else nivel.label)
    for nivel in Nivel
]


def _largo(campo):
    return Participante._meta.get_field(campo).max_length


class RegistroEnPuertaForm(forms.Form):
    """Una persona que se registra sola. `convocados` y `vecinos`: los GAD que se le ofrecen."""

    clave_envio = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": "Vuelva a abrir la página: le falta su número de envío.",
            "invalid": "Vuelva a abrir la página: su número de envío no es válido.",
        },
    )
    nombre = forms.CharField(
        label="Nombre y apellido",
        max_length=_largo("nombre"),
        error_messages={"required": "Escriba su nombre y su apellido."},
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )
    gad = forms.ChoiceField(
        label="GAD o entidad de la que viene",
        error_messages={
            "required": "Elija su GAD o, si no está, qué clase de entidad es la suya.",
            "invalid_choice": "Elija una de la lista.",
        },
    )
    organizacion = forms.CharField(
        label="Nombre del GAD o la entidad",
        required=False,
        max_length=_largo("organizacion"),
        help_text="Solo si no estaba en la lista.",
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    cargo = forms.CharField(
        label="Cargo",
        max_length=_largo("cargo"),
        error_messages={"required": "Escriba su cargo o en calidad de qué asiste."},
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    sexo = forms.ChoiceField(
        label="Sexo",
        choices=Participante.Sexo.choices,
        widget=Opciones,
        error_messages={
            "required": "Elija una opción; puede ser «No lo dice».",
            "invalid_choice": "Elija una de las opciones.",
        },
    )
    correo = forms.EmailField(
        label="Correo electrónico",
        required=False,
        help_text="Opcional.",
        error_messages={"invalid": "Ese correo no está completo: revíselo o déjelo vacío."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    telefono = forms.CharField(
        label="Teléfono",
        required=False,
        max_length=_largo("telefono"),
        help_text="Opcional.",
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    consentimiento = forms.BooleanField(
        label="He leído y acepto",
        error_messages={
            "required": "Para registrarse aquí hace falta aceptar. Si prefiere no hacerlo, avise "
            "en la mesa: se cuenta su asistencia sin sus datos."
        },
    )

    def __init__(self, *args, convocados, vecinos, **kwargs):
        super().__init__(*args, **kwargs)
        self.gads = {gad.pk: gad for gad in (*convocados, *vecinos)}
        self.texto = TextoConsentimiento.objects.en(timezone.localdate())
        self.fields["gad"].choices = _opciones(convocados, vecinos)
        self.fields["clave_envio"].initial = uuid4

    def clean(self):
        datos = super().clean()
        elegido = datos.get("gad")
        if elegido and elegido not in self.gads and not datos.get("organizacion"):
            self.add_error("organizacion", "Escriba el nombre de su GAD o entidad.")
        return datos

    def para_registrar(self):
        """Lo que espera `registrar`: con el GAD ya traído y el texto que la persona aceptó."""
        datos = {
            nombre: self.cleaned_data[nombre]
            for nombre in ("nombre", "cargo", "sexo", "correo", "telefono")
        }
        gad = self.gads.get(self.cleaned_data["gad"])
        return datos | {
            "gad": gad,
            "organizacion": "" if gad else self.cleaned_data["organizacion"],
            "nivel": Nivel.de(gad) if gad else self.cleaned_data["gad"],
            "consentimiento": self.texto.texto,
            "consentimiento_fecha": timezone.localdate(),
        }


def _opciones(convocados, vecinos):
    """Primero los convocados, después lo que se escribe y al final los GAD de esas provincias."""
    opciones = [("", "Elija…")]
    if convocados:
        opciones.append(("GAD convocados", [(gad.pk, _nombrar(gad)) for gad in convocados]))
    opciones.append(("Si no está en la lista, escríbala abajo", FUERA_DE_LISTA))
    if vecinos:
        opciones.append(("Otros GAD de la provincia", [(gad.pk, _nombrar(gad)) for gad in vecinos]))
    return opciones


def _nombrar(gad):
    """Corto, porque la lista es larga y el teléfono angosto: «Canuto (Chone)»."""
    if gad.nivel in Gad.PARROQUIALES:
        return f"{gad.nombre} ({gad.territorio.padre.nombre})"
    return f"{gad.nombre} ({'provincia' if gad.nivel in Gad.PROVINCIALES else 'cantón'})"


class CodigoForm(forms.Form):
    codigo = forms.CharField(
        label="Código de verificación",
        max_length=60,
        help_text="Está al pie del certificado: cuatro grupos de cuatro letras y números.",
        error_messages={
            "required": "Escriba el código que está al pie del certificado.",
            "max_length": "Ese código es demasiado largo: son dieciséis letras y números.",
        },
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class RevocarForm(forms.Form):
    motivo = forms.CharField(
        label="Por qué se revoca",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "form-control"}),
        help_text="Queda en la historia. La página pública solo dice que se revocó, no por qué.",
        error_messages={"required": "Escriba por qué se revoca."},
    )
