"""Lo que la zona declara al llenar una evaluación en nombre de un GAD."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from talleres.forms_evidencias import preparar
from territorios.filtros import CampoFecha
from territorios.imagenes import ImagenRechazada

RESPALDO_MAXIMO = 1000


class EnNombreForm(forms.Form):
    """`preparado`: la foto o el PDF ya revisado, o None si no se subió."""

    reunion = CampoFecha(
        label="Fecha de la reunión",
        help_text="En que el GAD respondió el formulario en papel.",
        error_messages={"required": "Diga cuándo fue la reunión."},
    )
    respaldo = forms.CharField(
        label="Nota de respaldo",
        max_length=RESPALDO_MAXIMO,
        help_text="Quiénes respondieron por el GAD (su cargo basta), dónde fue y dónde queda el "
        "papel.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Escriba quiénes respondieron por el GAD y dónde queda el papel.",
            "max_length": "La nota es demasiado larga: use hasta 1.000 letras.",
        },
    )
    papel = forms.FileField(
        label="Foto o PDF del papel (opcional)",
        required=False,
        help_text="Una foto JPEG, PNG o WebP de hasta 10 MB, o un PDF de hasta 20 MB. Lo ven el "
        "GAD y quienes revisan.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}),
        error_messages={"empty": "El archivo está vacío."},
    )
    preparado = None

    def clean_reunion(self):
        reunion = self.cleaned_data["reunion"]
        if reunion > timezone.localdate():
            raise ValidationError("La reunión no puede ser en el futuro.")
        return reunion

    def clean_respaldo(self):
        return self.cleaned_data["respaldo"].replace("\r\n", "\n")

    def clean_papel(self):
        archivo = self.cleaned_data["papel"]
        if archivo:
            try:
                self.preparado = preparar(archivo)
            except ImagenRechazada as rechazo:
                raise ValidationError(rechazo.mensaje) from rechazo
        return archivo
