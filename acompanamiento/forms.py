"""Lo que se teclea en el acompañamiento: filtros (van en la dirección) y seguimiento."""

from django import forms
from django.utils import timezone

from territorios.filtros import CampoDeZona, CampoFecha
from territorios.forms import FormularioVersionado

from .models import (
    Acuerdo,
    AvanceAcuerdo,
    CumplimientoHito,
    ElementoEstrategia,
    Grupo,
    LineaProgramatica,
    Pronunciamiento,
)


class FiltroGrupos(forms.Form):
    estrategia = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "Esa estrategia no existe."}
    )
    zona = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "En esa zona no hay grupos a la vista."}
    )
    estado = forms.ChoiceField(
        required=False,
        choices=[("", "Todos"), *Grupo.Estado.choices],
        error_messages={"invalid_choice": "Ese estado no existe."},
    )

    def __init__(self, *args, estrategias, zonas, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["estrategia"].choices = [("", "Todas"), *estrategias]
        self.fields["zona"].choices = [("", "Todas"), *((n, f"Zona {n}") for n in zonas)]
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"

    @property
    def filtra(self):
        return self.is_valid() and any(self.cleaned_data.values())


class AcuerdoForm(FormularioVersionado):
    """Un acuerdo de un grupo: el responsable y las partes salen de sus miembros."""

    class Meta:
        model = Acuerdo
        fields = ["texto", "responsable_gad", "responsable_entidad", "partes", "fecha_limite"]
        field_classes = {"fecha_limite": CampoFecha}
        widgets = {
            "texto": forms.Textarea(attrs={"rows": 3}),
            "partes": forms.CheckboxSelectMultiple,
        }
        labels = {
            "responsable_gad": "GAD responsable",
            "responsable_entidad": "O entidad responsable, si no es un GAD",
            "partes": "Con quién (opcional)",
        }

    def __init__(self, *args, grupo, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.grupo = grupo
        miembros = grupo.miembros()
        for nombre in ("responsable_gad", "partes"):
            campo = self.fields[nombre]
            campo.queryset = miembros
            campo.label_from_instance = lambda gad: gad.nombre_con_lugar
            campo.error_messages["invalid_choice"] = "Ese GAD no es miembro del grupo."

    def clean_fecha_limite(self):
        fecha = self.cleaned_data["fecha_limite"]
        if "fecha_limite" in self.changed_data and fecha < timezone.localdate():
            raise forms.ValidationError("La fecha para cumplir ya pasó.")
        return fecha

    def clean(self):
        """Un responsable y no dos: se dice junto a su campo y no suelto arriba."""
        datos = super().clean()
        nombres = ("responsable_gad", "responsable_entidad")
        sin_error = not any(nombre in self.errors for nombre in nombres)
        if sin_error and [datos.get(nombre) for nombre in nombres].count(None) != 1:
            self.add_error(
                "responsable_gad", "El acuerdo tiene un responsable: un GAD o una entidad."
            )
        return datos


class AvanceForm(forms.ModelForm):
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = AvanceAcuerdo
        fields = ["fecha", "texto", "estado", "evidencia", "enlace"]
        field_classes = {"fecha": CampoFecha}
        widgets = {"texto": forms.Textarea(attrs={"rows": 3})}
        labels = {"evidencia": "Evidencia (opcional)", "enlace": "Enlace (opcional)"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["estado"].choices = [
            (valor, nombre)
            for valor, nombre in Acuerdo.Estado.choices
            if valor != Acuerdo.Estado.CANCELADO
        ]
        self.fields["enlace"].assume_scheme = "https"

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise forms.ValidationError("Un avance no puede tener fecha futura.")
        return fecha

    def clean(self):
        datos = super().clean()
        cumplido = datos.get("estado") == Acuerdo.Estado.CUMPLIDO
        if cumplido and not (datos.get("evidencia") or datos.get("enlace")):
            self.add_error("evidencia", "Para darlo por cumplido, diga qué documento lo prueba.")
        return datos


class MotivoForm(forms.Form):
    """Motivo escrito de una cancelación, con la versión leída."""

    motivo = forms.CharField(
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Escriba por qué se cancela."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class FiltroAcuerdos(forms.Form):
    grupo = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": "Ese grupo no está en su jurisdicción."}
    )
    estado = forms.ChoiceField(
        required=False,
        choices=[
            ("", "Todos"),
            ("vencido", "Vencidos"),
            ("por_vencer", "Vencidos o por vencer"),
            *Acuerdo.Estado.choices,
        ],
        error_messages={"invalid_choice": "Ese estado no existe."},
    )
    quien = forms.ChoiceField(
        label="Cuáles",
        required=False,
        choices=[("", "Todos"), ("mios", "Los que me toca anotar")],
        error_messages={"invalid_choice": "Escoja una de las opciones."},
    )
    de_zona = CampoDeZona()

    def __init__(self, *args, grupos, mios, **kwargs):
        """`mios`: los acuerdos cuyo avance anota quien mira."""
        super().__init__(*args, **kwargs)
        if not self.data.get("de_zona"):
            del self.fields["de_zona"]
        self.mios = mios
        self.fields["grupo"].choices = [("", "Todos"), *((g.pk, str(g)) for g in grupos)]
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"

    def aplicar(self, acuerdos):
        if self.cleaned_data["grupo"]:
            acuerdos = acuerdos.filter(grupo=self.cleaned_data["grupo"])
        if zona := self.cleaned_data.get("de_zona"):
            acuerdos = acuerdos.de_zona(zona)
        if self.cleaned_data["quien"]:
            acuerdos = acuerdos.filter(pk__in=self.mios.values("pk"))
        if self.cleaned_data["estado"] == "vencido":
            return acuerdos.vencidos()
        if self.cleaned_data["estado"] == "por_vencer":
            return acuerdos.por_vencer()
        if self.cleaned_data["estado"]:
            return acuerdos.filter(estado=self.cleaned_data["estado"])
        return acuerdos


class HojaDeRutaForm(forms.Form):
    """Por cada hito del `catalogo`: si está en la hoja del grupo, desde cuándo y para cuándo."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    def __init__(self, *args, catalogo, actuales, **kwargs):
        super().__init__(*args, **kwargs)
        self.catalogo = catalogo
        for hito in catalogo:
            self._agregar(hito, actuales.get(hito.pk))

    def _agregar(self, hito, actual):
        self.fields[f"incluye_{hito.pk}"] = forms.BooleanField(
            label=hito.nombre, required=False, initial=actual is not None
        )
        fechas = (("inicio", "Desde", "fecha_inicio"), ("meta", "Fecha meta", "fecha_meta"))
        for clave, etiqueta, atributo in fechas:
            campo = CampoFecha(
                label=f"{etiqueta}: {hito.nombre}",
                required=False,
                initial=getattr(actual, atributo, None),
            )
            campo.widget.attrs["class"] = "form-control"
            self.fields[f"{clave}_{hito.pk}"] = campo

    def clean(self):
        datos = super().clean()
        for hito in self.catalogo:
            inicio, meta = datos.get(f"inicio_{hito.pk}"), datos.get(f"meta_{hito.pk}")
            if inicio and meta and meta < inicio:
                mensaje = "La fecha meta no puede ser anterior al inicio."
                self.add_error(f"meta_{hito.pk}", mensaje)
        return datos

    def fechas(self):
        """{Hito: (inicio, meta)} de los incluidos, y {Hito: None} de los que no."""
        return {hito: self._fechas_de(hito) for hito in self.catalogo}

    def _fechas_de(self, hito):
        datos = self.cleaned_data
        if not datos[f"incluye_{hito.pk}"]:
            return None
        return datos[f"inicio_{hito.pk}"], datos[f"meta_{hito.pk}"]

    def filas(self):
        """(hito, casilla, campo desde, campo meta) de cada hito, para la tabla."""
        for hito in self.catalogo:
            partes = (self[f"{clave}_{hito.pk}"] for clave in ("incluye", "inicio", "meta"))
            yield (hito, *partes)


class CumplimientoForm(FormularioVersionado):
    class Meta:
        model = CumplimientoHito
        fields = ["fecha", "evidencia"]
        field_classes = {"fecha": CampoFecha}
        labels = {"fecha": "Fecha en que se cumplió"}
        help_texts = {"evidencia": "Número de oficio, acta o documento que lo prueba."}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["evidencia"].required = True

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise forms.ValidationError("Lo cumplido no puede tener fecha futura.")
        return fecha


# --- Líneas programáticas -------------------------------------------------------------------------


class LineaForm(FormularioVersionado):
    """Una línea de una provincia; el eje es uno de los estratégicos de su estrategia."""

    class Meta:
        model = LineaProgramatica
        fields = ["eje", "nombre", "texto"]
        widgets = {"texto": forms.Textarea(attrs={"rows": 6})}
        help_texts = {
            "nombre": "Unas pocas palabras para reconocerla en las listas.",
            "texto": "Lo que leerán los cantones y las parroquias para pronunciarse.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        campo = self.fields["eje"]
        campo.queryset = self.instance.estrategia.elementos.filter(
            tipo=ElementoEstrategia.Tipo.EJE_ESTRATEGICO
        ).order_by("orden")
        campo.empty_label = "Elija un eje"
        campo.error_messages["invalid_choice"] = "Ese no es un eje estratégico de la estrategia."


class VersionForm(forms.Form):
    """Un paso que no pide escribir nada: solo lleva la versión leída."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RetiroForm(MotivoForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["motivo"].error_messages["required"] = "Escriba por qué se retira."


class AdopcionForm(MotivoForm):
    """Pide el motivo solo si, según el `conteo`, quedan observaciones o silencios."""

    vistos = forms.CharField(widget=forms.HiddenInput, max_length=20)

    def __init__(self, *args, conteo, **kwargs):
        super().__init__(*args, **kwargs)
        motivo = self.fields["motivo"]
        motivo.label = "Por qué se adopta así"
        motivo.error_messages["required"] = "No todos validaron: escriba por qué se adopta así."
        # A quien leyó otras cifras se le dice eso, y no que le falta el motivo.
        motivo.required = self.data.get("vistos", conteo.huella) == conteo.huella
        if conteo.todos_validan:
            del self.fields["motivo"]


class PronunciamientoForm(FormularioVersionado):
    """Lo que dice un GAD. Si lo `transcribe` la zona, dice de qué oficio y de qué fecha."""

    ronda_leida = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    class Meta:
        model = Pronunciamiento
        fields = ["sentido", "observacion", "fecha", "fuente"]
        widgets = {
            "sentido": forms.RadioSelect,
            "observacion": forms.Textarea(attrs={"rows": 4}),
        }
        field_classes = {"fecha": CampoFecha}
        labels = {"fecha": "Fecha del oficio o acta", "fuente": "Oficio o acta"}
        help_texts = {
            "observacion": "Obligatoria para observar: qué cambiaría y por qué.",
            "fuente": "Número del documento en que el GAD lo dijo.",
        }
        error_messages = {"sentido": {"required": "Elija si la valida o la observa."}}

    def __init__(self, *args, transcribe, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sentido"].label = "Sobre esta línea, el GAD"
        self.fields["sentido"].choices = [
            (Pronunciamiento.Sentido.VALIDA, "La valida tal como está"),
            (Pronunciamiento.Sentido.OBSERVA, "La observa y pide un cambio"),
        ]
        self.fields["fuente"].required = True
        if not transcribe:
            del self.fields["fecha"], self.fields["fuente"]
            self.instance.fecha, self.instance.fuente = timezone.localdate(), ""

    def clean_fecha(self):
        fecha, desde = self.cleaned_data["fecha"], self.instance.linea.consultada
        if fecha > timezone.localdate():
            raise forms.ValidationError("El documento no puede tener fecha futura.")
        if fecha < desde:
            raise forms.ValidationError(
                f"Ese documento es anterior al texto en consulta, que es del {desde:%d/%m/%Y}."
            )
        return fecha

    def clean(self):
        datos = super().clean()
        if datos.get("sentido") == Pronunciamiento.Sentido.OBSERVA and not datos.get("observacion"):
            self.add_error("observacion", "Para observar, escriba la observación.")
        return datos
