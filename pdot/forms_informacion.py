"""Los filtros del libro de información y la decisión sobre un emparejamiento."""

from django import forms

from territorios.models import Gad
from territorios.texto import sin_tildes

from .forms_vision import UmbralForm
from .models import Emparejamiento, Informacion


class FiltroDeInformacion(UmbralForm):
    """En la dirección. Nivel, situación y texto miran el libro; el umbral, también los pares."""

    situacion = forms.ChoiceField(
        label="Situación",
        required=False,
        choices=[
            ("", "Todas"),
            *Informacion.Situacion.choices,
            ("entrega", "Puede entregarla a otros"),
        ],
        error_messages={"invalid_choice": "Esa situación no existe."},
    )
    nivel = forms.ChoiceField(
        label="Nivel",
        required=False,
        choices=[("", "Todos"), *Gad.Nivel.choices],
        error_messages={"invalid_choice": "Ese nivel no existe."},
    )
    q = forms.CharField(
        label="Texto",
        required=False,
        max_length=100,
        error_messages={"max_length": "Escriba hasta 100 letras."},
    )

    field_order = ["situacion", "nivel", "q", "umbral"]

    def __init__(self, datos):
        super().__init__(datos)
        self.data |= {campo: datos.get(campo, "") for campo in ("situacion", "nivel", "q")}
        for campo in ("situacion", "nivel"):
            self.fields[campo].widget.attrs["class"] = "form-select"
        self.fields["q"].widget.attrs["class"] = "form-control"

    @property
    def filtra(self):
        datos = self.cleaned_data if self.is_valid() else {}
        return any(datos.get(campo) for campo in ("situacion", "nivel", "q"))

    def aplicar(self, renglones):
        datos = self.cleaned_data
        texto = sin_tildes(datos["q"])
        return [
            renglon
            for renglon in renglones
            if (not datos["nivel"] or renglon.gad.nivel == datos["nivel"])
            and _esta_en(renglon, datos["situacion"])
            and texto in _lo_que_dice(renglon)
        ]


def _esta_en(renglon, situacion):
    if situacion == "entrega":
        return renglon.fila.puede_entregar
    return not situacion or renglon.fila.situacion == situacion


def _lo_que_dice(renglon):
    fila = renglon.fila
    nombres = (fila.dato, fila.detalle, fila.proveedor, renglon.gad.nombre_con_lugar)
    return sin_tildes(" ".join(nombres))


class EmparejarForm(forms.Form):
    """Qué se decide de qué dos filas. Los identificadores se buscan en lo que ve quien entra."""

    requerido = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    ofrecido = forms.IntegerField(widget=forms.HiddenInput, min_value=1)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    estado = forms.ChoiceField(
        choices=Emparejamiento.Estado.choices, error_messages={"required": "Confirme o descarte."}
    )
