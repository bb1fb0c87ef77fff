"""Lo que se teclea del plan: sus datos, sus objetivos y sus brechas por competencia."""

from django import forms

from talleres.forms_preparacion import FilaForm, filas_de
from territorios.filtros import CampoFecha
from territorios.forms import FormularioVersionado
from territorios.models.vigencia import ULTIMO_ANIO

from .models import Brecha, Objetivo, Pdot
from .models.plan import PRIMER_ANIO_DE_PLAN
from .subir_pdf import CampoPdf

TEXTO_DEL_PLAN = 8000
FILAS_EN_BLANCO = 3


def area(filas):
    return forms.Textarea(attrs={"rows": filas})


def campo_largo(etiqueta, maximo, filas, **opciones):
    """Texto optativo con tope; el mensaje dice el tope con punto de miles."""
    tope = f"{maximo:,}".replace(",", ".")
    return forms.CharField(
        label=etiqueta,
        required=False,
        max_length=maximo,
        widget=area(filas),
        error_messages={"max_length": f"El texto es demasiado largo: use hasta {tope} letras."},
        **opciones,
    )


def campo_de_anio(etiqueta, **opciones):
    """Un año creíble; el rechazo dice entre cuáles."""
    mensaje = f"Escriba un año entre {PRIMER_ANIO_DE_PLAN} y {ULTIMO_ANIO}."
    return forms.IntegerField(
        label=etiqueta,
        min_value=PRIMER_ANIO_DE_PLAN,
        max_value=ULTIMO_ANIO,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), mensaje),
        **opciones,
    )


class PlanForm(FormularioVersionado):
    """Los datos de un plan. El archivo va al final: si es enorme, lo demás ya se leyó."""

    anio_desde = campo_de_anio("Primer año")
    anio_hasta = campo_de_anio("Último año")
    vision = campo_largo("Visión (opcional)", TEXTO_DEL_PLAN, 5)
    modelo_gestion = campo_largo("Modelo de gestión (opcional)", TEXTO_DEL_PLAN, 5)
    aprobado_el = CampoFecha(label="Fecha de aprobación (opcional)", required=False)
    pdf = CampoPdf(label="Archivo del plan (opcional)")

    class Meta:
        model = Pdot
        fields = [
            *("anio_desde", "anio_hasta", "vision", "modelo_gestion"),
            *("instrumento_aprobacion", "aprobado_el", "nota"),
        ]
        labels = {
            "instrumento_aprobacion": "Instrumento de aprobación (opcional)",
            "nota": "Nota (opcional)",
        }
        help_texts = {"instrumento_aprobacion": "Por ejemplo, «Ordenanza 012-2024»."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.archivo:
            self.fields["pdf"].help_text += " El que suba toma el lugar del que hay."

    def clean(self):
        datos = super().clean()
        desde, hasta = datos.get("anio_desde"), datos.get("anio_hasta")
        if desde and hasta and hasta < desde:
            self.add_error("anio_hasta", "El PDOT no puede terminar antes de empezar.")
        return datos


class ObjetivoFila(FilaForm):
    """Un objetivo estratégico; la fila en blanco no cuenta."""

    no_cuentan = {"pk", "orden", "quitar", "sistema"}

    texto = forms.CharField(
        label="Objetivo estratégico",
        max_length=500,
        widget=area(2),
        error_messages={
            "required": "Escriba el objetivo, o marque «Quitar».",
            "max_length": "El objetivo es demasiado largo: use hasta 500 letras.",
        },
    )
    sistema = forms.ChoiceField(
        label="Sistema o componente",
        required=False,
        choices=[("", "Sin precisar"), *Objetivo.Sistema.choices],
        error_messages={"invalid_choice": "Ese sistema no existe."},
    )


def filas_de_objetivos(datos=None, *, plan=None):
    """Las filas de los objetivos de `plan`; en blanco, unas para agregar. Prefijo `objetivos`."""
    suyos = list(plan.objetivos.all()) if plan and plan.pk else []
    iniciales = [
        {"pk": uno.pk, "orden": n, "texto": uno.texto, "sistema": uno.sistema}
        for n, uno in enumerate(suyos, start=1)
    ]
    conjunto = filas_de(ObjetivoFila, "objetivos", en_blanco=FILAS_EN_BLANCO)
    return conjunto(datos, initial=iniciales, prefix="objetivos")


class BrechaFila(forms.Form):
    """Las cinco respuestas de una competencia, con la versión que se leyó de ella."""

    ETIQUETAS = {
        "situacion": "Situación actual",
        "brecha": "Brecha",
        "causa": "Causa",
        "estrategia": "Estrategia para cerrarla",
        "apoyo": "Apoyo requerido",
    }

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data=None, *, plan, competencia, actual):
        inicial = {campo: getattr(actual, campo) for campo in Brecha.CAMPOS} if actual else {}
        inicial["version"] = actual.version if actual else 0
        super().__init__(data, prefix=f"c{competencia.pk}", initial=inicial)
        self.plan, self.competencia, self.actual = plan, competencia, actual
        for campo, etiqueta in self.ETIQUETAS.items():
            self.fields[campo] = campo_largo(etiqueta, 1000, 2)

    @property
    def textos(self):
        return [self[campo] for campo in Brecha.CAMPOS]

    @property
    def par(self):
        """(la Brecha tecleada, la versión leída)."""
        datos = self.cleaned_data
        textos = {c: datos[c].replace("\r\n", "\n").strip() for c in Brecha.CAMPOS}
        tecleada = Brecha(pdot=self.plan, competencia=self.competencia, **textos)
        return tecleada, datos["version"]
