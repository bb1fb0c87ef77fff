"""Lo que se teclea en la visión circunvecina: el umbral, los temas y el texto."""

from django import forms
from django.utils import timezone

from talleres.campos import UnoDe, VariosDe
from talleres.models import Encuentro
from territorios.filtros import CampoFecha

from .models import TemaDeVision, VisionCircunvecina
from .similitud import UMBRAL, UMBRAL_MAXIMO, UMBRAL_MINIMO

YA_NO_ESTA = (
    "Uno de los elementos marcados ya no está: su GAD tiene otra versión aprobada. Lo demás sigue "
    "marcado; revise y guarde otra vez."
)


class UmbralForm(forms.Form):
    """El umbral con que se propone, en la dirección. Vacío, el de fábrica."""

    umbral = forms.IntegerField(
        label="Umbral de parecido",
        required=False,
        min_value=UMBRAL_MINIMO,
        max_value=UMBRAL_MAXIMO,
        error_messages={
            "invalid": "Escriba un número entero.",
            "min_value": f"El umbral va de {UMBRAL_MINIMO} a {UMBRAL_MAXIMO}.",
            "max_value": f"El umbral va de {UMBRAL_MINIMO} a {UMBRAL_MAXIMO}.",
        },
    )

    def __init__(self, datos):
        super().__init__({"umbral": datos.get("umbral", UMBRAL)})
        self.fields["umbral"].widget.attrs |= {"class": "form-control", "step": 5}

    @property
    def elegido(self):
        valido = self.is_valid() and self.cleaned_data["umbral"] is not None
        return self.cleaned_data["umbral"] if valido else UMBRAL


def campo_nombre(**opciones):
    return forms.CharField(
        label="Nombre del tema",
        max_length=TemaDeVision._meta.get_field("nombre").max_length,
        error_messages={"required": "Póngale nombre al tema."},
        **opciones,
    )


def campo_piezas(**opciones):
    return VariosDe(
        error_messages={
            "required": "Marque al menos un elemento.",
            "invalid_choice": YA_NO_ESTA,
        },
        **opciones,
    )


class Versionado(forms.Form):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class ConPiezas(forms.Form):
    """Ofrece las piezas del grupo; a la vista, las sueltas y las marcadas."""

    def ofrecer_piezas(self, lectura, sueltas, marcadas):
        campo = self.fields["piezas"]
        piezas = {pieza.clave: pieza for pieza in lectura.piezas}
        # Se aceptan también las que alguien acaba de poner en otro tema: la acción dirá en cuál.
        campo.objetos = piezas
        campo.choices = [
            (pieza.clave, f"{pieza.texto} — {lectura.de_quien(pieza.gads)}")
            for pieza in lectura.piezas
        ]
        self.marcadas = [p for p in lectura.piezas if p.clave in marcadas]
        self.sin_marcar = [p for p in sueltas if p.clave not in marcadas]
        self.rotulos = dict(campo.choices)

    def filas_marcadas(self):
        return [(pieza.clave, self.rotulos[pieza.clave]) for pieza in self.marcadas]

    def filas_sin_marcar(self):
        return [(pieza.clave, self.rotulos[pieza.clave]) for pieza in self.sin_marcar]


class TemaNuevoForm(ConPiezas):
    nombre = campo_nombre()
    piezas = campo_piezas(label="Elementos que entran")

    def __init__(self, *args, lectura, sueltas, marcadas, **kwargs):
        super().__init__(*args, **kwargs)
        self.ofrecer_piezas(lectura, sueltas, marcadas)


class TemaForm(ConPiezas, Versionado):
    nombre = campo_nombre()
    quedan = campo_piezas(label="Elementos del tema", required=False)
    piezas = campo_piezas(label="Agregar elementos", required=False)

    def __init__(self, *args, lectura, sueltas, dichas, marcadas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quedan"].ofrecer(dichas, etiqueta=rotulo_de)
        self.ofrecer_piezas(lectura, sueltas, marcadas)


class SepararForm(Versionado):
    apartados = campo_piezas(label="Elementos que se separan")
    nombre = campo_nombre()

    def __init__(self, *args, dichas, **kwargs):
        super().__init__(*args, auto_id="separar_%s", **kwargs)
        self.fields["apartados"].ofrecer(dichas, etiqueta=rotulo_de)
        self.fields["nombre"].label = "Nombre del tema nuevo"


class JuntarForm(Versionado):
    en = UnoDe(
        label="Juntarlo al tema",
        error_messages={
            "required": "Elija a qué tema se junta.",
            "invalid_choice": "Ese tema ya no está confirmado: elija otro.",
        },
    )

    def __init__(self, *args, otros, **kwargs):
        super().__init__(*args, auto_id="juntar_%s", **kwargs)
        self.fields["en"].ofrecer(otros, vacia="— Elija —")


def rotulo_de(dicha):
    quien = dicha.gad.nombre_con_lugar if dicha.gad else "Todo el grupo"
    return f"{dicha.texto} — {quien}"


# --- El texto -----------------------------------------------------------------------------------


class RedaccionForm(Versionado):
    texto = forms.CharField(
        label="Visión circunvecina",
        max_length=VisionCircunvecina._meta.get_field("texto").max_length,
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={"required": "Escriba la visión."},
    )
    temas = VariosDe(
        label="Temas que recoge",
        required=False,
        error_messages={"invalid_choice": "Uno de los temas ya no está confirmado: desmárquelo."},
    )

    def __init__(self, *args, temas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["temas"].ofrecer(temas)


class AcordarForm(Versionado):
    encuentro = UnoDe(
        label="Encuentro en que se acordó",
        error_messages={
            "required": "Elija el encuentro.",
            "invalid_choice": "Ese encuentro no es uno de los realizados por el grupo.",
        },
    )
    fecha = CampoFecha(label="Fecha del acuerdo")

    def __init__(self, *args, grupo, **kwargs):
        super().__init__(*args, **kwargs)
        realizados = grupo.encuentros.filter(estado=Encuentro.Estado.REALIZADO)
        self.fields["encuentro"].ofrecer(
            realizados.order_by("-fecha", "-inicio"),
            etiqueta=lambda uno: f"{uno.nombre_llano}, {uno.fecha:%d/%m/%Y}",
            vacia="— Elija —",
        )

    @property
    def hay_encuentros(self):
        return bool(self.fields["encuentro"].objetos)

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise forms.ValidationError("Lo acordado no puede tener fecha futura.")
        return fecha

    def clean(self):
        datos = super().clean()
        encuentro, fecha = datos.get("encuentro"), datos.get("fecha")
        if encuentro and fecha and fecha < encuentro.fecha:
            self.add_error("fecha", f"El encuentro fue después, el {encuentro.fecha:%d/%m/%Y}.")
        return datos
