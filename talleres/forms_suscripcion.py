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

    gad = UnoDe(
        label="De qué GAD (opcional)",
        required=False,
        error_messages={"invalid_choice": "A ese GAD no se lo convoca a nada que usted vea."},
    )
    entidad = UnoDe(
        label="De quién facilita o acompaña (opcional)",
        required=False,
        error_messages={"invalid_choice": "Esa entidad no está en nada que usted vea."},
    )

    def __init__(self, *args, grupos, gads, entidades, **kwargs):
        """`gads` y `entidades`: los de los encuentros a la vista."""
        super().__init__(*args, **kwargs)
        self.fields["grupo"].ofrecer(
            grupos,
            etiqueta=lambda g: f"Solo los del grupo {g.numero} · {g.nombre} ({g.estrategia})",
            vacia="Todos los que veo",
        )
        self.fields["gad"].ofrecer(
            gads, etiqueta=lambda gad: gad.nombre_con_lugar, vacia="De todos"
        )
        self.fields["entidad"].ofrecer(entidades, vacia="De todas")
        for nombre in ("grupo", "gad", "entidad"):
            self.fields[nombre].widget.attrs["class"] = "form-select"
