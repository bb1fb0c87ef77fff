"""Lo que se teclea o viene en la dirección, comprobado y con mensaje; y los filtros de las listas.

Aquí están los campos comunes a todos los formularios: fechas, opciones y números.
"""

import re
from datetime import MINYEAR

from django import forms
from django.db.models import Q
from django.forms.utils import flatatt
from django.utils import formats, timezone
from django.utils.html import conditional_escape, escape
from django.utils.safestring import mark_safe

from .codigos import normalizar
from .dpa import CORTE_DPA
from .models import Gad, Territorio, Zona
from .models.documento import nombre_de_oficina
from .models.vigencia import PRIMER_ANIO
from .texto import recortar

ANIOS_POR_DELANTE = 30

ORDENES = {
    "codigo": ("Código", ["pk"]),
    "nombre": ("Nombre", ["territorio__busqueda", "pk"]),
    "zona": ("Zona y código", ["territorio__zona", "pk"]),
}


def entero_de(texto):
    """El entero escrito en `texto`, o 0 si falta, no lo es o no cabe en la base.

    Ninguna fila tiene el 0 de clave ni de versión: así, lo que no es un número no halla nada.
    """
    return int(texto) if texto and texto.isdecimal() and len(texto) < 10 else 0


class EntradaDeFecha(forms.DateInput):
    """El control de fecha del navegador borra lo que no entiende: ahí se muestra como texto."""

    def get_context(self, name, value, attrs):
        contexto = super().get_context(name, value, attrs)
        escrito = contexto["widget"]["value"] or ""
        legible = not escrito or re.fullmatch(r"\d{4}-\d\d-\d\d", escrito)
        contexto["widget"]["type"] = "date" if legible else "text"
        return contexto


class CampoFecha(forms.DateField):
    """Fecha de un año creíble; el rechazo repite lo que se escribió."""

    def __init__(self, *, primer_anio=PRIMER_ANIO, **kwargs):
        kwargs.setdefault("widget", EntradaDeFecha(format="%Y-%m-%d"))
        super().__init__(**kwargs)
        self.primer_anio = primer_anio

    def to_python(self, value):
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            dicho = recortar(value)
            mensaje = f"«{dicho}» no es una fecha. Escríbala así: 2019-04-01 o 01/04/2019."
            raise forms.ValidationError(mensaje, code="invalid") from error

    def validate(self, value):
        super().validate(value)
        ultimo = timezone.localdate().year + ANIOS_POR_DELANTE
        if value and not self.primer_anio <= value.year <= ultimo:
            raise forms.ValidationError(
                f"Revise el año: debe estar entre {self.primer_anio} y {ultimo}.", code="anio"
            )


class Lista(forms.Select):
    """La misma lista, escrita sin una plantilla por opción: la de los GAD tiene mil."""

    def render(self, name, value, attrs=None, renderer=None):
        elegidos = set(self.format_value(value))
        atributos = flatatt(self.build_attrs(self.attrs, {**(attrs or {}), "name": name}))
        opciones = "".join(self._escribir(valor, dicho, elegidos) for valor, dicho in self.choices)
        return mark_safe(f"<select{atributos}>{opciones}</select>")

    def _escribir(self, valor, dicho, elegidos):
        if isinstance(dicho, (list, tuple)):
            dentro = "".join(self._escribir(*opcion, elegidos) for opcion in dicho)
            return f'<optgroup label="{conditional_escape(valor)}">{dentro}</optgroup>'
        valor = "" if valor is None else str(valor)
        puesto = " selected" if valor in elegidos else ""
        return f'<option value="{escape(valor)}"{puesto}>{conditional_escape(dicho)}</option>'


class CampoOpcion(forms.ChoiceField):
    """Una opción de una lista; el rechazo repite, en corto, lo que vino en la dirección."""

    widget = Lista

    def validate(self, value):
        forms.Field.validate(self, value)
        if value and not self.valid_value(value):
            raise forms.ValidationError(
                self.error_messages["invalid_choice"],
                code="invalid_choice",
                params={"value": recortar(value)},
            )


class CampoDeZona(CampoOpcion):
    """La zona a la que se le cuenta algo. Se llega desde su cifra: si no viene puesta, se quita.

    No es dónde se hizo: un grupo que cruza zonas, con lo suyo, se cuenta en cada una.
    """

    def __init__(self):
        super().__init__(
            label="Se cuenta en",
            required=False,
            choices=[("", "Todas las zonas"), *((str(n), f"Zona {n}") for n in range(1, 10))],
            error_messages={"invalid_choice": "«%(value)s» no es una zona: escoja otra."},
        )


class FiltroFecha(forms.Form):
    """A qué fecha se mira la división político-administrativa; hoy si no se dice."""

    fecha = CampoFecha(
        label="Vigente al",
        required=False,
        # De lo anterior al corte de la DPA habla `clean_fecha`.
        primer_anio=MINYEAR,
        widget=EntradaDeFecha(
            format="%Y-%m-%d", attrs={"class": "form-control", "min": f"{CORTE_DPA:%Y-%m-%d}"}
        ),
    )

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha and fecha < CORTE_DPA:
            primera = formats.date_format(CORTE_DPA)
            raise forms.ValidationError(
                f"La división político-administrativa consta desde el {primera}: "
                "escoja ese día o uno posterior."
            )
        return fecha

    @property
    def al(self):
        """La fecha pedida, u hoy si no se pidió o no se entiende."""
        self.is_valid()
        return self.cleaned_data.get("fecha") or timezone.localdate()


class FiltroGad(FiltroFecha):
    """Filtros del directorio. Las listas de zonas y provincias salen de la base: dos consultas."""

    q = forms.CharField(
        label="Nombre o código",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )
    zona = CampoOpcion(label="Zona", required=False)
    provincia = CampoOpcion(label="Provincia", required=False)
    nivel = CampoOpcion(label="Nivel", required=False)
    orden = CampoOpcion(label="Ordenar por", required=False)

    field_order = ["q", "zona", "provincia", "nivel", "fecha", "orden"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        zonas = Zona.objects.values_list("numero", "nombre")
        provincias = Territorio.objects.provincias().values_list("codigo", "nombre")
        listas = {
            "zona": [("", "Todas"), *((n, f"{n} · {nombre}") for n, nombre in zonas)],
            "provincia": [("", "Todas"), *provincias.order_by("busqueda")],
            "nivel": [("", "Todos"), *Gad.Nivel.choices],
            "orden": [(clave, nombre) for clave, (nombre, _) in ORDENES.items()],
        }
        for campo, opciones in listas.items():
            self.fields[campo].choices = opciones
            self.fields[campo].widget.attrs["class"] = "form-select"
            self.fields[campo].error_messages["invalid_choice"] = (
                "«%(value)s» no está en la lista: escoja una de las opciones."
            )

    @property
    def hay_filtros(self):
        return any(self.cleaned_data.get(campo) for campo in ("q", "zona", "provincia", "nivel"))

    def filtrar(self, gads):
        """Los GAD vigentes que cumplen los filtros, en el orden pedido."""
        pedido = self.cleaned_data
        gads = gads.vigentes_en(self.al)
        if pedido["q"]:
            gads = gads.buscar(pedido["q"])
        if pedido["zona"]:
            gads = gads.filter(territorio__zona=pedido["zona"])
        if pedido["provincia"]:
            gads = gads.filter(territorio__codigo__startswith=pedido["provincia"])
        if pedido["nivel"]:
            gads = gads.filter(nivel=pedido["nivel"])
        return gads.order_by(*ORDENES[pedido["orden"] or "codigo"][1])


NUMERO_DE_DOCUMENTO = re.compile(r"(?:(.+)[-\s])?(\d{4})-(\d{1,7})")


class FiltroDocumentos(forms.Form):
    """Filtros de los documentos emitidos. `visibles`: los que ve quien mira; dan las listas."""

    q = forms.CharField(
        label="Número, código o título",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"class": "form-control", "type": "search"}),
    )
    oficina = CampoOpcion(label="Oficina", required=False)
    anio = CampoOpcion(label="Año", required=False)
    clase = CampoOpcion(label="Clase", required=False)

    def __init__(self, *args, visibles, **kwargs):
        super().__init__(*args, **kwargs)
        distintos = {
            campo: visibles.order_by(campo).values_list(campo, flat=True).distinct()
            for campo in ("oficina", "anio", "clase")
        }
        listas = {
            "oficina": [
                ("", "Todas"),
                *((una, nombre_de_oficina(una)) for una in distintos["oficina"]),
            ],
            "anio": [("", "Todos"), *((uno, uno) for uno in reversed(distintos["anio"]))],
            "clase": [("", "Todas"), *((una, una) for una in distintos["clase"])],
        }
        for campo, opciones in listas.items():
            self.fields[campo].choices = opciones
            self.fields[campo].widget.attrs["class"] = "form-select"
            self.fields[campo].error_messages["invalid_choice"] = (
                "«%(value)s» no está en la lista: escoja una de las opciones."
            )
        if len(listas["oficina"]) <= 2:
            self.fields["oficina"].widget = forms.HiddenInput()

    @property
    def hay_filtros(self):
        return any(self.cleaned_data.values())

    @property
    def antes(self):
        """La clave desde la que se sigue; 0 en la primera página."""
        return entero_de(self.data.get("antes"))

    def filtrar(self, documentos):
        pedido = dict(self.cleaned_data)
        buscado = pedido.pop("q")
        documentos = documentos.filter(**{campo: v for campo, v in pedido.items() if v})
        return documentos.filter(_es(buscado)) if buscado else documentos


def _es(buscado):
    """Condición: ese número («CZ1-2026-0042», «2026-42», «42»), ese código o esas palabras."""
    condicion = Q(titulo__icontains=buscado)
    codigo = normalizar(buscado)
    if len(codigo) >= 4:
        condicion |= Q(codigo__startswith=codigo)
    if entero_de(buscado):
        condicion |= Q(numero=entero_de(buscado))
    elif numero := NUMERO_DE_DOCUMENTO.fullmatch(buscado):
        suyo = Q(anio=numero[2], numero=numero[3])
        if numero[1]:
            suyo &= Q(oficina__iexact=numero[1].replace("-", " "))
        condicion |= suyo
    return condicion
