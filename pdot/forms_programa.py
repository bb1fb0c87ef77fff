"""Lo que se teclea del programa de gobierno local y de sus proyectos."""

import re
from decimal import Decimal

from django import forms

from territorios.filtros import CampoFecha
from territorios.forms import FormularioVersionado

from .forms_plan import area, campo_de_anio, campo_largo
from .models import Objetivo, ProgramaGobierno, Proyecto


class ProgramaForm(FormularioVersionado):
    """La autoridad se elige al registrarlo y ya no cambia: es de quien se eligió."""

    vision = campo_largo("Visión (opcional)", 4000, 5)

    class Meta:
        model = ProgramaGobierno
        fields = ["autoridad", "pdot", "vision", "fuente"]
        labels = {"autoridad": "Autoridad electa", "fuente": "Fuente (opcional)"}
        help_texts = {
            "pdot": "El plan con cuyos objetivos se comparan los proyectos.",
            "fuente": "De dónde se tomó: por ejemplo, «Plan de trabajo presentado al CNE, 2023».",
        }
        error_messages = {
            "autoridad": {"required": "Elija de qué autoridad es el programa."},
            "pdot": {"required": "Elija a qué PDOT se traduce."},
        }

    def __init__(self, *args, gad, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["pdot"].queryset = gad.planes.order_by("-anio_desde")
        self.fields["pdot"].empty_label = None
        if self.instance.pk:
            del self.fields["autoridad"]
            return
        libres = gad.autoridades.filter(programa=None).order_by("-desde")
        self.fields["autoridad"].queryset = libres
        self.fields["autoridad"].empty_label = None
        self.fields["autoridad"].label_from_instance = _con_periodo


def _con_periodo(autoridad):
    anios = [f"{fecha.year}" for fecha in (autoridad.desde, autoridad.hasta) if fecha]
    return f"{autoridad} {'-'.join(anios)}".strip()


CON_MILES = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d{1,2})?")


class CampoDolares(forms.DecimalField):
    """Una cantidad escrita a la ecuatoriana: 1.250.000,50; también sin puntos, o 1250.5."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def to_python(self, value):
        texto = str(value or "").replace(" ", "")
        if CON_MILES.fullmatch(texto):
            texto = texto.replace(".", "")
        return super().to_python(texto.replace(",", "."))

    def prepare_value(self, value):
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value


class ObjetivosDelPlan(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, objetivo):
        return f"{objetivo.orden}. {objetivo.texto}"


class ProyectoForm(FormularioVersionado):
    """Un proyecto. Los objetivos son los del PDOT a que se traduce su programa."""

    anio_desde = campo_de_anio("Primer año")
    anio_hasta = campo_de_anio("Último año")
    descripcion = campo_largo("Descripción (opcional)", 2000, 4)
    objetivos = ObjetivosDelPlan(
        queryset=Objetivo.objects.none(),
        required=False,
        label="Objetivos del PDOT en que se traduce",
        help_text="Uno o varios. Sin ninguno, el proyecto queda «sin traducir al PDOT».",
    )
    presupuesto = CampoDolares(
        label="Presupuesto referencial, en dólares (opcional)",
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={
            "invalid": "Escriba una cantidad, como 125.000,50.",
            "min_value": "El presupuesto no puede ser negativo.",
            **dict.fromkeys(("max_digits", "max_whole_digits"), "Esa cantidad no es creíble."),
            "max_decimal_places": "Escriba los centavos con dos cifras.",
        },
    )
    presupuesto_fecha = CampoFecha(label="Fecha del presupuesto", required=False)

    class Meta:
        model = Proyecto
        fields = [
            *("nombre", "anio_desde", "anio_hasta", "descripcion", "objetivos"),
            *("presupuesto", "presupuesto_fuente", "presupuesto_fecha"),
        ]
        widgets = {"nombre": area(2)}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["objetivos"].queryset = self.instance.programa.pdot.objetivos.all()

    def clean(self):
        datos = super().clean()
        desde, hasta = datos.get("anio_desde"), datos.get("anio_hasta")
        if desde and hasta and hasta < desde:
            self.add_error("anio_hasta", "El proyecto no puede terminar antes de empezar.")
        if datos.get("presupuesto") is not None:
            self._exigir("presupuesto_fuente", "Un presupuesto lleva su fuente: anótela.")
            self._exigir("presupuesto_fecha", "Un presupuesto lleva su fecha: anótela.")
        return datos

    def _exigir(self, campo, mensaje):
        if not self.cleaned_data.get(campo) and campo not in self.errors:
            self.add_error(campo, mensaje)

    def _get_validation_exclusions(self):
        """El programa no se teclea pero cuenta: su nombre repetido se dice junto al campo."""
        return super()._get_validation_exclusions() - {"programa"}
