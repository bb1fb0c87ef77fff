"""Lo que se sube y se teclea con la foto de un papelote."""

from django import forms
from django.core.exceptions import ValidationError

from territorios.imagenes import ImagenRechazada, recodificar

from .acciones_fotos import FotoPreparada

EXCESIVA = "La imagen pesa más de 10 MB: redúzcala y vuelva a intentarlo."


class FotoForm(forms.Form):
    """`preparada`: la foto ya vuelta a hacer. `preguntas`: las de la sección, para elegir una."""

    # Junto al formulario de la sección, que tiene sus propios campos.
    prefix = "foto"

    archivo = forms.FileField(
        label="Foto",
        help_text="JPEG, PNG o WebP de hasta 10 MB. Se borran el lugar, la cámara y todo lo que no "
        "se ve.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        error_messages={"required": "Elija una foto.", "empty": "El archivo está vacío."},
    )
    leyenda = forms.CharField(
        max_length=250,
        label="Leyenda",
        help_text="Qué dice el papelote, para quien no puede verlo.",
        error_messages={"required": "Escriba qué muestra."},
    )
    pregunta = forms.ChoiceField(label="Pregunta (optativa)", required=False)
    con_personas = forms.BooleanField(label="Aparecen personas", required=False)
    consentimiento = forms.CharField(
        max_length=1000,
        required=False,
        label="Nota de consentimiento",
        help_text="Solo si aparecen personas: quién aceptó, cómo y cuándo.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, preguntas, **kwargs):
        super().__init__(*args, **kwargs)
        self.preguntas = {pregunta.codigo: pregunta for pregunta in preguntas}
        opciones = [(codigo, str(una)[:100]) for codigo, una in self.preguntas.items()]
        self.fields["pregunta"].choices = [("", "Toda la sección"), *opciones]
        self.fields["pregunta"].error_messages["invalid_choice"] = "Esa pregunta no es de aquí."
        if not self.preguntas:
            del self.fields["pregunta"]
        clases = {"pregunta": "form-select", "con_personas": "form-check-input"}
        for nombre, campo in self.fields.items():
            campo.widget.attrs["class"] = clases.get(nombre, "form-control")

    def clean_archivo(self):
        try:
            self.preparada = FotoPreparada(*recodificar(self.cleaned_data["archivo"]))
        except ImagenRechazada as rechazo:
            raise ValidationError(rechazo.mensaje) from rechazo
        return self.cleaned_data["archivo"]

    def clean(self):
        datos = super().clean()
        sin_nota = datos.get("con_personas") and not datos.get("consentimiento")
        if sin_nota and "consentimiento" not in self.errors:
            self.add_error("consentimiento", "Anote quién aceptó aparecer, cómo y cuándo.")
        return datos

    @property
    def datos(self):
        """Los de la foto, con la pregunta elegida o None; sin personas no queda consentimiento."""
        con_personas = self.cleaned_data["con_personas"]
        return {
            "leyenda": self.cleaned_data["leyenda"],
            "con_personas": con_personas,
            "consentimiento": self.cleaned_data["consentimiento"] if con_personas else "",
            "pregunta": self.preguntas.get(self.cleaned_data.get("pregunta", "")),
        }
