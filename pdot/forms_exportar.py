"""Los filtros de lo que se exporta."""

from django import forms

from acompanamiento.models import Grupo
from territorios.filtros import CampoOpcion
from territorios.models import Territorio, Zona

from .exportaciones import Alcance
from .models import Evaluacion


class FiltroExportacion(forms.Form):
    """Zona, provincia, grupo y estado; los grupos, los que ve quien exporta."""

    zona = CampoOpcion(required=False)
    provincia = CampoOpcion(required=False)
    grupo = CampoOpcion(required=False)
    estado = CampoOpcion(required=False, choices=[("", "Todos"), *Evaluacion.Estado.choices])

    def __init__(self, *args, usuario, **kwargs):
        super().__init__(*args, **kwargs)
        self.usuario = usuario
        zonas = [(zona.pk, str(zona)) for zona in Zona.objects.order_by("numero")]
        de_provincia = Territorio.objects.filter(nivel=Territorio.Nivel.PROVINCIA)
        provincias = de_provincia.order_by("nombre").values_list("codigo", "nombre")
        grupos = Grupo.objects.visibles_para(usuario).select_related("estrategia")
        nombrados = [(g.pk, f"{g} · {g.estrategia}") for g in grupos.order_by("-pk")]
        self.fields["zona"].choices = [("", "Todas"), *zonas]
        self.fields["provincia"].choices = [("", "Todas"), *provincias]
        self.fields["grupo"].choices = [("", "Todos"), *nombrados]
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"
            campo.error_messages["invalid_choice"] = (
                "«%(value)s» no está entre lo que usted puede ver: escoja una de las opciones."
            )

    @property
    def alcance(self):
        return Alcance(self.usuario, **self.cleaned_data)

    @property
    def puestos(self):
        return {campo: valor for campo, valor in self.cleaned_data.items() if valor}
