"""Lo que se sube y se teclea en las evidencias de un encuentro."""

import re

from django import forms
from django.core.exceptions import ValidationError

from territorios.forms import FormularioVersionado
from territorios.imagenes import ImagenRechazada, recodificar
from territorios.texto import recortar

from .acciones_evidencias import Preparada
from .forms import VersionForm
from .models import Evidencia

Alcance, Clase = Evidencia.Alcance, Evidencia.Clase
MAXIMO_DE_ARCHIVOS = 12
MAXIMO_BYTES_DOCUMENTO = 20 * 1024 * 1024
CABECERA_PDF = b"%PDF-"
# Lo que un lector de PDF haría por su cuenta al abrirlo, o traería escondido.
ORDENES_DE_PDF = re.compile(rb"/(JavaScript|Launch|EmbeddedFile)\b")


class VariosArchivos(forms.FileField):
    """Uno o más archivos; `clean` devuelve la lista."""

    class Widget(forms.FileInput):
        allow_multiple_selected = True

    widget = Widget

    def clean(self, data, initial=None):
        if not data:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(data) > MAXIMO_DE_ARCHIVOS:
            raise ValidationError(
                f"Son {len(data)} archivos: suba hasta {MAXIMO_DE_ARCHIVOS} a la vez."
            )
        return [super(VariosArchivos, self).clean(uno, initial) for uno in data]


class ConConsentimiento:
    """La regla común: si aparecen personas o sus datos, se anota el consentimiento."""

    def clean(self):
        datos = super().clean()
        reservada = datos.get("alcance") in (Alcance.PERSONAS, Alcance.ZONA)
        if reservada and not datos.get("consentimiento") and "consentimiento" not in self.errors:
            self.add_error("consentimiento", "Anote quién aceptó aparecer, cómo y cuándo.")
        return datos


class SubirForm(ConConsentimiento, forms.Form):
    """`preparadas`: los archivos ya revisados. Si uno se rechaza, se rechazan todos."""

    archivos = VariosArchivos(
        label="Fotos o documentos",
        help_text=f"Hasta {MAXIMO_DE_ARCHIVOS} a la vez: fotos JPEG, PNG o WebP de hasta 10 MB, y "
        "documentos PDF de hasta 20 MB. De las fotos se borran el lugar, la cámara y todo lo que "
        "no se ve; los PDF se guardan tal cual, con su autor y sus fechas.",
        error_messages={
            "required": "Elija al menos una foto o un documento.",
            "empty": "Uno de los archivos está vacío.",
        },
        widget=VariosArchivos.Widget(
            attrs={"accept": "image/jpeg,image/png,image/webp,application/pdf"}
        ),
    )
    leyenda = forms.CharField(
        max_length=250,
        label="Leyenda",
        help_text="Qué se ve, para quien no puede verlo. Si sube varias, es la misma para todas; "
        "después puede cambiar cada una.",
        error_messages={"required": "Escriba qué muestran."},
    )
    alcance = forms.ChoiceField(
        label="Quién puede verlas",
        choices=Alcance.choices,
        initial=Alcance.PERSONAS,
        widget=forms.RadioSelect,
    )
    consentimiento = forms.CharField(
        max_length=1000,
        required=False,
        label="Nota de consentimiento",
        help_text="Si aparecen personas o sus datos: quién aceptó, cómo y cuándo. La leen solo la "
        "central y la zona.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_archivos(self):
        self.preparadas, rechazos = [], []
        for archivo in self.cleaned_data["archivos"]:
            try:
                self.preparadas.append(preparar(archivo))
            except ImagenRechazada as rechazo:
                rechazos.append(f"«{recortar(archivo.name)}»: {rechazo.mensaje}")
        if rechazos:
            raise ValidationError(rechazos)
        return self.cleaned_data["archivos"]


def preparar(archivo):
    """La foto vuelta a hacer, o el PDF tal cual, según sus bytes y no su nombre.

    Lanza ImagenRechazada.
    """
    archivo.seek(0)
    if archivo.read(len(CABECERA_PDF)) == CABECERA_PDF:
        return _documento(archivo)
    if archivo.name.lower().endswith(".pdf"):
        raise ImagenRechazada("Dice ser un PDF y no lo es.")
    imagen, miniatura, ancho, alto = recodificar(archivo)
    return Preparada(Clase.FOTO, imagen, miniatura, ancho, alto)


def _documento(archivo):
    if archivo.size > MAXIMO_BYTES_DOCUMENTO:
        raise ImagenRechazada("El documento pesa más de 20 MB: redúzcalo y vuelva a intentarlo.")
    archivo.seek(0)
    contenido = archivo.read()
    if b"%%EOF" not in contenido[-2048:]:
        raise ImagenRechazada("El PDF está incompleto o dañado.")
    if ORDENES_DE_PDF.search(contenido):
        raise ImagenRechazada(
            "El PDF lleva órdenes o archivos adjuntos que podrían ejecutarse al abrirlo: vuelva a "
            "imprimirlo como PDF y suba ese."
        )
    return Preparada(Clase.DOCUMENTO, contenido)


class DescribirForm(ConConsentimiento, FormularioVersionado):
    """La leyenda, quién puede verla y la nota de consentimiento de una evidencia."""

    class Meta:
        model = Evidencia
        fields = ["leyenda", "alcance", "consentimiento"]
        widgets = {
            "alcance": forms.RadioSelect,
            "consentimiento": forms.Textarea(attrs={"rows": 3}),
        }


class RetirarForm(VersionForm):
    motivo = forms.CharField(
        label="Motivo del retiro",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Escriba por qué se retira."},
    )
