"""Lo que la central teclea en el editor del instrumento."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.urls import resolve, reverse

from territorios.forms import FormularioVersionado
from territorios.models import Gad

from .models import Instrumento, Pregunta, Seccion

MUY_LARGO = "Es demasiado largo: use hasta %(limit_value)d letras."
AYUDA_MAXIMA = 1000


class DelInstrumento(FormularioVersionado):
    """Base: comprueba también las restricciones de la tabla que nombran lo que no se teclea."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for campo in self.fields.values():
            if isinstance(campo.widget, forms.RadioSelect):
                campo.choices = [opcion for opcion in campo.choices if opcion[0]]
            campo.error_messages.setdefault("max_length", MUY_LARGO)
            campo.error_messages["required"] = "Escriba este dato."

    def _post_clean(self):
        super()._post_clean()
        if not self._errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)


class InstrumentoForm(DelInstrumento):
    class Meta:
        model = Instrumento
        fields = ["nombre", "fuente"]
        help_texts = {"fuente": "De qué documento salen las preguntas."}


class SeccionForm(DelInstrumento):
    """Una sección de preguntas, o una hoja con forma propia: esa lleva siempre el mismo código."""

    class Meta:
        model = Seccion
        fields = ["clase", "titulo", "codigo", "mide", "ayuda", "obligatoria"]
        labels = {
            "clase": "Qué es",
            "ayuda": "Instrucción",
            "obligatoria": "La hoja es obligatoria",
        }
        widgets = {"clase": forms.RadioSelect, "ayuda": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "codigo": "Va en la dirección de la página: una palabra sin tildes. Las hojas llevan "
            "el suyo.",
            "ayuda": "Se lee al comienzo de la página.",
            "obligatoria": "Sin marcar, se puede enviar la evaluación con la hoja vacía. En una "
            "sección de preguntas lo dice cada pregunta.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["codigo"].required = False
        self.fields["ayuda"].max_length = AYUDA_MAXIMA
        self.fields["ayuda"].validators.append(MaxLengthValidator(AYUDA_MAXIMA, MUY_LARGO))

    def clean(self):
        datos = super().clean()
        clase, codigo = datos.get("clase"), datos.get("codigo")
        if clase and clase != Seccion.Clase.PREGUNTAS:
            datos["codigo"] = clase
            if self.instance.pk and self.instance.preguntas.exists():
                self.add_error("clase", "La sección tiene preguntas: una hoja no las lleva.")
            datos["mide"] = ""
            return datos
        datos["obligatoria"] = True
        if not codigo and "codigo" not in self.errors:
            self.add_error("codigo", "Escriba un código.")
        elif codigo and not _es_pagina_libre(codigo):
            self.add_error("codigo", f"«{codigo}» es otra página de la evaluación: use otro.")
        return datos


def _es_pagina_libre(codigo):
    """Si la dirección de esa sección no se la queda otra página ni la hoja de visión."""
    ruta = reverse("pdot:seccion", args=[1, codigo])
    return resolve(ruta).url_name == "seccion" and codigo != Seccion.Clase.VISION


class PreguntaForm(DelInstrumento):
    niveles = forms.MultipleChoiceField(
        label="Niveles de GAD a que se hace",
        choices=Gad.Nivel.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Sin marcar ninguno, se hace a todos.",
        error_messages={"invalid_choice": "Ese nivel de GAD no existe."},
    )

    class Meta:
        model = Pregunta
        fields = [
            *("codigo", "texto", "tipo", "ayuda", "niveles"),
            *("obligatoria", "componente", "criterio", "fuente"),
        ]
        labels = {"texto": "Pregunta", "ayuda": "Ayuda (opcional)", "tipo": "Cómo se responde"}
        widgets = {
            "texto": forms.Textarea(attrs={"rows": 2}),
            "ayuda": forms.Textarea(attrs={"rows": 2}),
            "tipo": forms.RadioSelect,
        }
        help_texts = {
            "codigo": "Corto y sin tildes, como V1. El mismo código en otra versión junta las "
            "respuestas de las dos.",
            "componente": "De qué habla: visión, objetivos, modelo de gestión…",
            "criterio": "Con qué se mide: concreto, alcanzable…",
            "fuente": "De dónde sale la pregunta.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial["niveles"] = sorted(self.instance.lista_niveles)

    def clean_niveles(self):
        """Como los guarda la pregunta: separados por comas, y vacío si son todos."""
        elegidos = self.cleaned_data["niveles"]
        en_orden = [nivel for nivel in Gad.Nivel.values if nivel in elegidos]
        return "" if len(en_orden) == len(Gad.Nivel.values) else ",".join(en_orden)

    def _tecleado(self, nombre):
        if nombre == "niveles":
            return ",".join(self.data.getlist("niveles"))
        return super()._tecleado(nombre)
