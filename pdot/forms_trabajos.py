"""De qué GAD se piden las fichas en bloque."""

from django import forms
from django.core.exceptions import ValidationError

from territorios.filtros import CampoOpcion

from .trabajo_fichas import NIVELES, gads_de, zonas_de

PAIS = "pais"


class FichasForm(forms.Form):
    """Zona y nivel; las zonas, las que alcanza quien pide. La dirección puede traerlas elegidas."""

    zona = CampoOpcion(label="De dónde", widget=forms.Select(attrs={"class": "form-select"}))
    nivel = CampoOpcion(
        label="De qué nivel",
        required=False,
        choices=[("", "Todos"), *NIVELES],
        widget=forms.Select(attrs={"class": "form-select"}),
    )

    def __init__(self, *args, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.usuario = usuario
        self.zonas = {str(zona.pk): zona for zona in zonas_de(usuario)}
        pais = [(PAIS, "Todo el país")] if usuario.ve_el_pais else []
        zonas = [(clave, f"{zona} · {zona.nombre}") for clave, zona in self.zonas.items()]
        self.fields["zona"].choices = [*pais, *zonas]
        for campo in self.fields.values():
            campo.error_messages["invalid_choice"] = (
                "«%(value)s» no está entre lo que usted puede pedir: escoja una de las opciones."
            )

    def clean(self):
        datos = super().clean()
        if not self.errors and not gads_de(self.usuario, **self.elegido).exists():
            raise ValidationError("Ahí no hay ningún GAD vigente de ese nivel.")
        return datos

    @property
    def elegido(self):
        """{zona, nivel} como los toma `pedir_fichas`."""
        return {
            "zona": self.zonas.get(self.cleaned_data["zona"]),
            "nivel": self.cleaned_data["nivel"],
        }
