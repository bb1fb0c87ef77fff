"""Filtros de «quién va en qué» y lo que se teclea al anotar un hito."""

from urllib.parse import urlencode

from django import forms
from django.utils import timezone

from territorios.filtros import CampoFecha, CampoOpcion
from territorios.forms import FormularioVersionado

from .escalones import NIVELES
from .models import CumplimientoProceso
from .proceso import POR_GRUPO, SIN_GRUPO
from .subir_pdf import CampoPdf

NINGUNO = "ninguno"


class FiltroProceso(forms.Form):
    """Las opciones son las de la jurisdicción de quien mira."""

    zona = CampoOpcion(required=False)
    provincia = CampoOpcion(required=False)
    nivel = CampoOpcion(required=False, choices=[("", "Todos"), *NIVELES.items()])
    grupo = CampoOpcion(required=False)
    hito = CampoOpcion(required=False)
    por = CampoOpcion(
        label="Contar",
        required=False,
        choices=[("", "Zona › grupo"), (POR_GRUPO, "Grupo")],
    )

    def __init__(self, *args, proceso, **kwargs):
        super().__init__(*args, **kwargs)
        gads = [avance.gad for avance in proceso.avances]
        zonas = {str(gad.zona): f"{gad.zona} · {gad.nombre_zona}" for gad in gads}
        provincias = {gad.codigo_provincia: gad.provincia for gad in gads}
        hitos = []
        for hito in proceso.hitos:
            hitos += [(f"si-{hito.clave}", f"{hito.corto}: cumplido")]
            hitos += [(f"no-{hito.clave}", f"{hito.corto}: por cumplir")]
        grupos = [(str(grupo.pk), str(grupo)) for grupo in proceso.grupos]
        opciones = {
            "zona": [("", "Todas"), *sorted(zonas.items())],
            "provincia": [("", "Todas"), *sorted(provincias.items())],
            "grupo": [("", "Todos"), *grupos, (SIN_GRUPO, "Sin grupo")],
            "hito": [("", "Todos"), (NINGUNO, "Sin ningún hito"), *hitos],
        }
        for campo, suyas in opciones.items():
            self.fields[campo].choices = suyas
        if len(zonas) <= 1:
            del self.fields["por"]
        for campo in self.visible_fields():
            campo.field.widget.attrs["class"] = "form-select"
            campo.field.error_messages["invalid_choice"] = (
                "«%(value)s» no está entre lo que usted puede ver: escoja una de las opciones."
            )

    @property
    def puestos(self):
        return {nombre: valor for nombre, valor in self.cleaned_data.items() if valor}

    def enlace(self, **cambios):
        """La dirección de esta página con esos filtros cambiados; vacío quita el filtro."""
        puestos = {n: v for n, v in (self.puestos | cambios).items() if v}
        return f"?{urlencode(puestos)}"


class CumplimientoProcesoForm(FormularioVersionado):
    """La evidencia de un hito: cuándo, qué lo demuestra y, si hay, su enlace o su PDF."""

    fecha = CampoFecha(label="Fecha en que se cumplió")
    enlace = forms.URLField(
        label="Enlace al documento (opcional)",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": "Escriba la dirección completa, como https://ejemplo.gob.ec/…"},
    )
    pdf = CampoPdf(label="Documento (opcional)")

    class Meta:
        model = CumplimientoProceso
        fields = ["fecha", "evidencia", "enlace"]
        widgets = {"evidencia": forms.Textarea(attrs={"rows": 3})}
        labels = {"evidencia": "Qué lo demuestra"}
        help_texts = {"evidencia": "Por ejemplo, «Oficio 123-A con el inicio del proceso»."}
        error_messages = {"evidencia": {"required": "Diga qué lo demuestra."}}

    def clean_fecha(self):
        fecha = self.cleaned_data["fecha"]
        if fecha > timezone.localdate():
            raise forms.ValidationError("Todavía no llega esa fecha: anótelo cuando se cumpla.")
        return fecha
