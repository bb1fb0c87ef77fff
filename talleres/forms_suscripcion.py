"""Formulario del calendario propio."""

from django import forms

from .campos import UnoDe
from .models import SuscripcionCalendario


class SuscripcionForm(forms.Form):
    nombre = forms.CharField(
        label="Nombre",
        max_length=SuscripcionCalendario._meta.get_field("nombre").max_length,
        help_text="Dónde la va a usar, para reconocerla: «Mi teléfono».",
        error_messages={"required": "Póngale un nombre."},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )
    grupo = UnoDe(
        label="Qué encuentros",
        required=False,
        error_messages={"invalid_choice": "Ese grupo no está en su jurisdicción."},
    )

    def __init__(self, *args, grupos, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grupo"].ofrecer(
            grupos,
            etiqueta=lambda g: f"Solo los del grupo {g.numero} · {g.nombre} ({g.estrategia})",
            vacia="Todos los que veo",
        )
        self.fields["grupo"].widget.attrs["class"] = "form-select"
