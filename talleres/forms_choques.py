"""Filtros de la página de choques y el motivo con que se acepta uno."""

from django import forms

from .campos import UnoDe
from .choques import Clase
from .cronograma import Semana


class FiltroChoques(forms.Form):
    """Van en la dirección: se comparten y se vuelve atrás."""

    clase = forms.ChoiceField(
        required=False,
        choices=[("", "Todas"), *Clase.choices],
        error_messages={"invalid_choice": "Esa clase de choque no existe."},
    )
    semana = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "En esa semana no hay choques."}
    )
    grupo = UnoDe(
        required=False, error_messages={"invalid_choice": "Ese grupo no está en la estrategia."}
    )

    def __init__(self, *args, choques, grupos, **kwargs):
        super().__init__(*args, **kwargs)
        semanas = sorted({semana for choque in choques for semana in _semanas(choque)})
        opciones = [(semana.codigo, str(semana).capitalize()) for semana in semanas]
        self.fields["semana"].choices = [("", "Todas"), *opciones]
        self.fields["grupo"].ofrecer(grupos, vacia="Todos")
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"

    def aplicar(self, choques):
        datos = self.cleaned_data
        if datos["clase"]:
            choques = [c for c in choques if c.clase == datos["clase"]]
        if datos["semana"]:
            semana = Semana.leer(datos["semana"])
            choques = [c for c in choques if semana in _semanas(c)]
        if datos["grupo"]:
            clave = datos["grupo"].pk
            choques = [c for c in choques if any(clave in cita.grupos for cita in c.visibles)]
        return choques

    @property
    def filtra(self):
        return self.is_valid() and any(self.cleaned_data.values())


def _semanas(choque):
    return {Semana.de(cita.fecha) for cita in choque.visibles}


class AceptarForm(forms.Form):
    motivo = forms.CharField(
        label="Por qué se acepta",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Escriba por qué se acepta.",
            "max_length": "El motivo no puede pasar de 1.000 letras.",
        },
    )
