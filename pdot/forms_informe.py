"""Lo que se teclea en un informe: sus textos y qué secciones salen."""

from django import forms

from territorios.forms import FormularioVersionado

from .informe.orden import ORDEN
from .models import Informe

AYUDA = (
    "Una línea en blanco separa párrafos; las líneas que empiezan con «- » o «1. » salen en lista."
)


class InformeForm(FormularioVersionado):
    """Los textos se conservan de una emisión a otra; lo que no se marca no sale ni en el índice."""

    secciones = forms.MultipleChoiceField(
        label="Secciones que salen",
        required=False,
        choices=[(una.clave, una.titulo) for una in ORDEN],
        error_messages={"invalid_choice": "Una de las secciones marcadas ya no existe."},
    )

    class Meta:
        model = Informe
        fields = ["introduccion", "conclusiones", "recomendaciones"]
        widgets = {
            campo: forms.Textarea(attrs={"rows": 10, "class": "form-control"}) for campo in fields
        }
        help_texts = dict.fromkeys(fields, AYUDA)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Sin fila todavía no hay versión: si otra persona la crea antes, es un conflicto.
        self.fields["version_leida"].initial = self.instance.version if self.instance.pk else 0
        apagadas = self.instance.secciones_apagadas
        self.fields["secciones"].initial = [u.clave for u in ORDEN if u.clave not in apagadas]

    def clean(self):
        datos = super().clean()
        if "secciones" in datos:
            marcadas = datos["secciones"]
            self.instance.secciones_apagadas = [
                una.clave for una in ORDEN if una.clave not in marcadas
            ]
        return datos

    def conflictos_con(self, actual):
        """También las secciones, con sus títulos."""
        diferencias = super().conflictos_con(actual)
        guardadas = _titulos(actual.secciones_apagadas)
        tecleadas = _titulos(self.instance.secciones_apagadas)
        if guardadas != tecleadas:
            diferencias.append(("Secciones apagadas", guardadas, tecleadas))
        return diferencias


def _titulos(apagadas):
    return ", ".join(una.titulo for una in ORDEN if una.clave in apagadas)
