"""Los filtros del ritmo contra la hoja de ruta."""

from django import forms

from territorios.filtros import CampoOpcion

from .ritmo import Situacion


class FiltroRitmo(forms.Form):
    """Van en la dirección. `grupos`: los que ve quien mira, ya conformados."""

    zona = CampoOpcion(required=False)
    grupo = CampoOpcion(required=False)
    situacion = CampoOpcion(
        label="Situación", required=False, choices=[("", "Todas"), *Situacion.choices]
    )

    def __init__(self, *args, grupos, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grupo"].choices = [
            ("", "Todos"),
            *((str(grupo.pk), str(grupo)) for grupo in grupos),
        ]
        self.fields["zona"].choices = [("", "Todas"), *((str(n), str(n)) for n in range(1, 10))]
        for campo in self.visible_fields():
            campo.field.widget.attrs["class"] = "form-select"
            campo.field.error_messages["invalid_choice"] = (
                "«%(value)s» no está entre lo que usted puede ver: escoja una de las opciones."
            )

    def aplicar(self, puestos):
        """Los de esa zona (la del GAD), ese grupo y esa situación."""
        pedido = self.cleaned_data
        if pedido["grupo"]:
            puestos = [uno for uno in puestos if uno.grupo.pk == int(pedido["grupo"])]
        if pedido["zona"]:
            puestos = [uno for uno in puestos if uno.zona == int(pedido["zona"])]
        if pedido["situacion"]:
            puestos = [uno for uno in puestos if uno.situacion == pedido["situacion"]]
        return puestos
