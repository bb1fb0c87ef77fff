"""Lo que se teclea en las hojas con forma propia: vínculos entre planes e información."""

import re
from functools import cached_property

from django import forms
from django.core.exceptions import ValidationError

from .acciones_hojas import CambioDeVinculo, Dato, con_quien_se_compara, huella
from .forms import LineasField, campo_de_texto
from .models import Informacion, Respuesta

DATOS_MAXIMO = 40
FILAS_EN_BLANCO = 2
INCOMPLETA = "La lista llegó incompleta: vuelva a abrir la página."
GAD_AJENO = "Ese GAD no es de su familia ni de su grupo: escríbalo como entidad."
CAMPO_DE_PAR = re.compile(r"(?:valor|justificacion|incompatibles|sinergias|quitar|version)_(\w+)")


class VinculosForm(forms.Form):
    """Una ficha por par. Acepta pares a medias: es un borrador.

    Por cada par, con el código del otro GAD, hay `valor_X`, `justificacion_X`, `incompatibles_X`,
    `sinergias_X` y `version_X`; `quitar_X`, si es otra provincia. `otra`: la que se agrega.
    """

    def __init__(self, data=None, *, gad, pares, otras):
        super().__init__(data)
        self.gad = gad
        self.pares = pares
        for par in pares:
            self._agregar(par)
        opciones = [("", "Ninguna más"), *((una.pk, una.nombre_con_lugar) for una in otras)]
        self.fields["otra"] = forms.CharField(
            label="Comparar también con el plan de otra provincia de su grupo",
            required=False,
            widget=forms.Select(
                choices=opciones,
                attrs={
                    "class": "form-select",
                    "aria-describedby": "ayuda-otra",
                    "data-exige-red": True,
                },
            ),
        )

    def _agregar(self, par):
        codigo, guardado = par.con.pk, par.vinculo
        nombre = par.con.nombre_con_lugar
        self.fields[f"valor_{codigo}"] = forms.ChoiceField(
            label=f"Vínculo con {nombre}",
            choices=Respuesta.Valor.choices,
            widget=forms.RadioSelect,
            required=False,
            initial=guardado.valor if guardado else "",
            error_messages={"invalid_choice": "Elija SÍ, PARCIAL o NO."},
        )
        justificacion = campo_de_texto(f"Justificación del vínculo con {nombre}")
        justificacion.initial = guardado.justificacion if guardado else ""
        self.fields[f"justificacion_{codigo}"] = justificacion
        for campo, etiqueta in (
            ("incompatibles", f"Aspectos incompatibles con {nombre}"),
            ("sinergias", f"Sinergias con {nombre}"),
        ):
            inicial = getattr(guardado, campo) if guardado else ""
            self.fields[f"{campo}_{codigo}"] = LineasField(label=etiqueta, initial=inicial)
        if not par.propio:
            self.fields[f"quitar_{codigo}"] = forms.BooleanField(
                label="Dejar de comparar con esta provincia",
                required=False,
                widget=forms.CheckboxInput(attrs={"data-exige-red": True}),
            )
        self.fields[f"version_{codigo}"] = forms.IntegerField(
            widget=forms.HiddenInput,
            min_value=0,
            initial=guardado.version if guardado else 0,
        )

    def clean(self):
        """Un par que no le toca se rechaza aunque la página no lo ofrezca."""
        datos = super().clean()
        suyos = {par.con.pk for par in self.pares}
        llegaron = {hallado[1] for campo in self.data if (hallado := CAMPO_DE_PAR.fullmatch(campo))}
        if llegaron - suyos:
            raise ValidationError(con_quien_se_compara(self.gad))
        return datos

    def clean_otra(self):
        otra = self.cleaned_data["otra"]
        if otra not in dict(self.fields["otra"].widget.choices):
            raise ValidationError(con_quien_se_compara(self.gad))
        return otra

    def cambios(self):
        """Los CambioDeVinculo de todos los pares."""
        return [self._cambio(par.con.pk) for par in self.pares]

    def _cambio(self, codigo):
        datos = self.cleaned_data
        return CambioDeVinculo(
            con=codigo,
            version=datos[f"version_{codigo}"],
            valor=datos[f"valor_{codigo}"],
            justificacion=datos[f"justificacion_{codigo}"].replace("\r\n", "\n"),
            incompatibles="\n".join(datos[f"incompatibles_{codigo}"]),
            sinergias="\n".join(datos[f"sinergias_{codigo}"]),
            quitar=datos.get(f"quitar_{codigo}", False),
        )

    def fichas(self):
        """Un diccionario por par con sus campos."""
        for par in self.pares:
            codigo = par.con.pk
            nombres = ("valor", "justificacion", "incompatibles", "sinergias", "version")
            campos = {nombre: self[f"{nombre}_{codigo}"] for nombre in nombres}
            quitar = None if par.propio else self[f"quitar_{codigo}"]
            yield {"par": par, "quitar": quitar, **campos}


class DatoForm(forms.ModelForm):
    """Una fila de la hoja de información; en blanco, no cuenta."""

    class Meta:
        model = Informacion
        fields = ["situacion", "dato", "proveedor", "proveedor_gad", "puede_entregar", "detalle"]
        widgets = {"situacion": forms.RadioSelect}
        labels = {
            "proveedor": "Quién la provee: entidad",
            "proveedor_gad": "O qué GAD la provee",
            "puede_entregar": "Puede entregarla a otros GAD",
            "detalle": "Detalle (opcional)",
        }
        error_messages = {
            "situacion": {
                "required": "Diga si cuenta con esa información o si la requiere.",
                "invalid_choice": "Diga si cuenta con esa información o si la requiere.",
            },
        }

    def __init__(self, *args, proveedores, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["situacion"].choices = Informacion.Situacion.choices
        self.fields["situacion"].required = False
        self.fields["dato"].required = False
        self.fields["proveedor_gad"] = forms.ChoiceField(
            label=self.fields["proveedor_gad"].label,
            required=False,
            choices=proveedores,
            error_messages={"invalid_choice": GAD_AJENO},
        )

    def clean(self):
        datos = self.cleaned_data
        if self.esta_en_blanco or self.errors:
            return datos
        if not datos.get("dato"):
            self.add_error("dato", "Diga de qué información se trata.")
        if not datos.get("situacion"):
            self.add_error("situacion", self.fields["situacion"].error_messages["required"])
        if datos.get("puede_entregar") and datos.get("situacion") == Informacion.Situacion.REQUIERE:
            self.add_error("puede_entregar", "Solo puede entregarla quien cuenta con ella.")
        return datos

    def _post_clean(self):
        """Se guarda la lista, no la fila: las reglas que la cruzan están en `clean`."""

    @property
    def opciones_de_gad(self):
        return self.fields["proveedor_gad"].choices

    @property
    def esta_en_blanco(self):
        escritos = ("dato", "proveedor", "proveedor_gad", "detalle")
        return not any(self.cleaned_data.get(campo) for campo in escritos)


class DatosFormSet(forms.BaseFormSet):
    """La hoja de información: sus filas y unas en blanco, con la versión de la lista leída.

    Se quita una fila con su casilla o dejándola en blanco; se mueve cambiando su número.
    `proveedores()`: {código: Gad} de los que se pueden elegir.
    """

    default_error_messages = {
        "too_many_forms": f"Escriba hasta {DATOS_MAXIMO} datos: quite los que menos importan.",
        "missing_management_form": INCOMPLETA,
    }

    def __init__(self, data=None, *, filas, proveedores):
        self.filas_guardadas = filas
        self.proveedores = proveedores
        super().__init__(
            data,
            prefix="dato",
            initial=[_inicial(fila) for fila in filas],
            form_kwargs={"proveedores": lambda: self._opciones},
        )

    @cached_property
    def _opciones(self):
        gads = self.proveedores().items()
        return [("", "Ninguno"), *((codigo, gad.nombre_con_lugar) for codigo, gad in gads)]

    def add_fields(self, form, index):
        super().add_fields(form, index)
        # Lo que el autoguardado ya guardó vuelve igual que estaba: tampoco entonces se descarta.
        form.empty_permitted = False

    def clean(self):
        if self.total_form_count() < 0:
            raise ValidationError(INCOMPLETA)

    @property
    def version(self):
        """La que se leyó al abrir la página, o la de ahora si se abre."""
        return self.data.get("version", "") if self.is_bound else huella(self.filas_guardadas)

    def datos(self):
        """La lista de Dato que se tecleó, en el orden pedido."""
        puestos = [
            (_lugar(form, i), form.cleaned_data)
            for i, form in enumerate(self.forms, start=1)
            if form.cleaned_data and not form.esta_en_blanco
            if not form.cleaned_data.get("DELETE")
        ]
        en_orden = sorted(puestos, key=lambda puesto: puesto[0])
        return [self._dato(valores) for _, valores in en_orden]

    def _dato(self, valores):
        return Dato(
            dato=valores["dato"],
            situacion=valores["situacion"],
            puede_entregar=valores["puede_entregar"],
            proveedor=valores["proveedor"],
            proveedor_gad=self._proveedor(valores["proveedor_gad"]),
            detalle=valores["detalle"],
        )

    def _proveedor(self, codigo):
        return self.proveedores()[codigo] if codigo else None


def _lugar(form, numero):
    """El pedido; en un empate queda antes la fila que sube y después la que baja."""
    pedido = form.cleaned_data.get("ORDER") or numero
    return pedido, (pedido > numero) - (pedido < numero), numero


def _inicial(fila):
    campos = ("situacion", "dato", "proveedor", "puede_entregar", "detalle")
    valores = {campo: getattr(fila, campo) for campo in campos}
    return valores | {"proveedor_gad": fila.proveedor_gad_id or ""}


HojaDeInformacion = forms.formset_factory(
    DatoForm,
    formset=DatosFormSet,
    extra=FILAS_EN_BLANCO,
    can_delete=True,
    can_order=True,
    max_num=DATOS_MAXIMO,
    absolute_max=DATOS_MAXIMO * 2,
    validate_max=True,
)
