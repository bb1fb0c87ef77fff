"""Lo que teclea quien revisa, reparte y fija plazos."""

from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from territorios.filtros import CampoFecha, CampoOpcion

from .forms import TEXTO_MAXIMO, RevisionForm, campo_de_texto
from .models import PlazoEvaluacion
from .revision import LIBRES, MIAS


class RevisionEnPreparacionForm(RevisionForm):
    """La revisión, que se puede dejar a medias. Se guarda todo campo de texto, sea cual sea."""

    version_borrador = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data=None, *, borrador=None, **kwargs):
        super().__init__(data, **kwargs)
        if borrador:
            self.initial |= borrador.textos
        self.initial["version_borrador"] = borrador.version if borrador else 0

    @property
    def borrador_leido(self):
        """La versión del borrador que se leyó, 0 si no había."""
        return self.cleaned_data["version_borrador"] or 0

    def textos(self):
        """{campo: lo escrito} de lo que no está vacío."""
        escritos = {
            nombre: valor.replace("\r\n", "\n").strip()
            for nombre, valor in self.cleaned_data.items()
            if isinstance(valor, str)
        }
        return {nombre: texto for nombre, texto in escritos.items() if texto}


class FiltroCola(forms.Form):
    """Filtros de la cola; zona y grupo son los de la jurisdicción de quien mira."""

    quien = CampoOpcion(
        label="A cargo de",
        required=False,
        choices=[("", "Todas"), (MIAS, "Mías"), (LIBRES, "Sin asignar")],
    )
    zona = CampoOpcion(required=False)
    grupo = CampoOpcion(required=False)

    def __init__(self, *args, zonas, grupos, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["zona"].choices = [("", "Todas"), *zonas]
        self.fields["grupo"].choices = [("", "Todos"), *grupos]
        if not zonas:
            del self.fields["zona"]
        for campo in self.visible_fields():
            campo.field.widget.attrs["class"] = "form-select"
            campo.field.error_messages["invalid_choice"] = (
                "«%(value)s» no está en la lista: escoja una de las opciones."
            )

    @property
    def puestos(self):
        return {campo: valor for campo, valor in self.cleaned_data.items() if valor}

    def pagina(self, numero):
        """La dirección de otra página con los mismos filtros."""
        return f"?{urlencode(self.puestos | {'pagina': numero})}"


class NotaInternaForm(forms.Form):
    """Una nota, general o sobre una pregunta."""

    pregunta = CampoOpcion(label="Sobre", required=False)
    texto = campo_de_texto("Nota", filas=3)

    def __init__(self, *args, preguntas, **kwargs):
        super().__init__(*args, **kwargs)
        self.por_codigo = {pregunta.codigo: pregunta for pregunta in preguntas}
        opciones = [(codigo, str(pregunta)) for codigo, pregunta in self.por_codigo.items()]
        self.fields["pregunta"].choices = [("", "Toda la evaluación"), *opciones]
        self.fields["pregunta"].widget.attrs["class"] = "form-select"
        self.fields["pregunta"].error_messages["invalid_choice"] = (
            "La evaluación no tiene la pregunta «%(value)s»."
        )
        self.fields["texto"].required = True
        self.fields["texto"].widget.attrs |= {"class": "form-control", "maxlength": TEXTO_MAXIMO}
        self.fields["texto"].error_messages["required"] = "Escriba la nota."

    @property
    def elegida(self):
        """La pregunta, o None si es de toda la evaluación."""
        return self.por_codigo.get(self.cleaned_data["pregunta"])


class AsignarForm(forms.Form):
    revisor = forms.ModelChoiceField(
        queryset=None,
        label="A cargo de",
        required=False,
        empty_label="Nadie todavía",
        widget=forms.Select(attrs={"class": "form-select"}),
        error_messages={"invalid_choice": "A esa persona no le toca revisar esta evaluación."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, personas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["revisor"].queryset = personas


class PlazoForm(forms.ModelForm):
    """El plazo de un grupo; vacío lo quita. El que ya estaba puede haber vencido."""

    fecha = CampoFecha(label="Último día para enviar", required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = PlazoEvaluacion
        fields = ["fecha", "nota"]
        labels = {"nota": "Nota para los GAD (opcional)"}
        widgets = {"nota": forms.TextInput(attrs={"class": "form-control", "maxlength": 250})}
        error_messages = {"nota": {"max_length": "La nota es larga: use hasta 250 letras."}}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["fecha"].widget.attrs["class"] = "form-control"
        self.fields["fecha"].help_text = "Déjelo vacío para quitar el plazo."
        # Una versión que falta o no es un número es siempre vieja: la compara la acción.
        self.initial["version"] = self.instance.version if self.instance.pk else 0

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha and fecha != self.instance.fecha and fecha < timezone.localdate():
            raise forms.ValidationError("El plazo tiene que ser de hoy en adelante.")
        return fecha
