"""Lo que se teclea para convocar, corregir a quién se convoca, anotar la entrega y responder."""

from django import forms
from django.utils import timezone

from territorios.filtros import CampoFecha

from .forms import VersionForm
from .models import ConstanciaEntrega, Convocatoria, Respuesta

Sentido = Respuesta.Sentido
TRATAMIENTO_DE_DATOS = (
    "El nombre y el cargo de la persona en quien delega se usan solo para organizar este "
    "encuentro: los ve la oficina que convoca y no se publican. Esa persona puede pedir a la "
    "oficina que los corrija o los borre. Al enviar, usted declara que ella lo sabe."
)


class DestinatarioForm(forms.ModelForm):
    """A quién va el oficio de un GAD y a qué correo."""

    class Meta:
        model = Convocatoria
        fields = ["tratamiento", "destinatario", "cargo", "correo"]
        labels = {"destinatario": "Nombre (opcional)", "correo": "Correo (opcional)"}
        error_messages = {
            "tratamiento": {"required": "Escriba el tratamiento: «Señora Prefecta»."},
            "cargo": {"required": "Escriba el cargo."},
            "correo": {"invalid": "Escriba un correo como alcaldia@rioverde.gob.ec."},
        }


class ComunForm(VersionForm):
    """Lo que dicen igual todos los oficios de un encuentro."""

    asunto = forms.CharField(
        max_length=150, error_messages={"required": "Escriba el asunto del oficio."}
    )
    texto = forms.CharField(
        label="Texto",
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="Después del texto, el oficio lleva la fecha, el lugar, la agenda y los insumos.",
        error_messages={"required": "Escriba el texto del oficio."},
    )
    ciudad = forms.CharField(
        label="Ciudad desde la que se escribe",
        max_length=60,
        error_messages={"required": "Escriba la ciudad."},
    )
    firma = forms.CharField(
        label="Quién firma",
        max_length=120,
        error_messages={"required": "Escriba el nombre de quien firma."},
    )
    firma_cargo = forms.CharField(
        label="Cargo de quien firma",
        max_length=120,
        error_messages={"required": "Escriba el cargo de quien firma."},
    )


class CorreccionForm(VersionForm, DestinatarioForm):
    class Meta(DestinatarioForm.Meta):
        pass


class ConstanciaForm(forms.ModelForm):
    fecha = CampoFecha(label="Cuándo", required=True)

    class Meta:
        model = ConstanciaEntrega
        fields = ["recibio", "fecha", "medio", "nota"]
        labels = {"recibio": "Quién la recibió", "nota": "Nota (opcional)"}
        error_messages = {
            "recibio": {"required": "Escriba quién la recibió."},
            "medio": {"required": "Elija cómo se entregó."},
        }

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise forms.ValidationError("La entrega no puede ser de un día que no ha llegado.")
        return fecha


class RespuestaForm(forms.Form):
    """Asistirá, delega o no asistirá. Del delegado se pide nombre y cargo; de lo demás, nada."""

    sentido = forms.ChoiceField(
        label="Respuesta",
        choices=Sentido.choices,
        error_messages={
            "required": "Elija una respuesta: asistirá, delega o no asistirá.",
            "invalid_choice": "Elija una respuesta: asistirá, delega o no asistirá.",
        },
    )
    delegado = forms.CharField(label="Nombre de quien irá", max_length=120, required=False)
    delegado_cargo = forms.CharField(label="Cargo de quien irá", max_length=120, required=False)
    motivo = forms.CharField(label="Motivo (opcional)", max_length=300, required=False)

    def clean(self):
        datos = super().clean()
        if datos.get("sentido") == Sentido.DELEGA:
            for campo, falta in {
                "delegado": "Escriba el nombre de quien irá.",
                "delegado_cargo": "Escriba el cargo de quien irá.",
            }.items():
                if campo not in self.errors and not datos.get(campo):
                    self.add_error(campo, falta)
            datos["consentimiento"] = TRATAMIENTO_DE_DATOS
        else:
            # Lo que quedó escrito en otra parte de la página no es de esta respuesta.
            datos |= {"delegado": "", "delegado_cargo": ""}
        if datos.get("sentido") != Sentido.NO_ASISTE:
            datos["motivo"] = ""
        return datos
