"""Lo que se elige sobre los avisos: cuáles mirar y cómo recibirlos."""

from django import forms

from .filtros import CampoOpcion
from .jurisdiccion import Rol
from .models import Aviso, PreferenciasDeAvisos

Clase = Aviso.Clase
# A cada rol se le ofrece lo que le puede llegar: lo demás sería ruido.
CLASES = {
    Rol.CENTRAL: (Clase.ENVIADA, Clase.ENCARGO, Clase.TRABAJO),
    Rol.ZONAL: (Clase.ENVIADA, Clase.ENCARGO, Clase.ACUERDO, Clase.PLAN, Clase.TRABAJO),
    Rol.PLANIFICADOR: (
        Clase.DEVUELTA,
        Clase.APROBADA,
        Clase.PLAZO,
        Clase.CONVOCATORIA,
        Clase.ENCUENTRO,
        Clase.ACUERDO,
        Clase.LINEA,
    ),
    Rol.OBSERVADOR: (),
}


def clases_para(usuario):
    """[(clase, nombre)] de lo que le puede llegar con su rol."""
    return [(clase.value, clase.label) for clase in CLASES[usuario.rol]]


class FiltroAvisos(forms.Form):
    """Filtros de la lista; van en la dirección."""

    clase = CampoOpcion(label="De qué", required=False)
    leidos = CampoOpcion(
        label="Cuáles", required=False, choices=[("", "Todos"), ("no", "Sin leer")]
    )

    def __init__(self, *args, clases, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["clase"].choices = [("", "De todo"), *clases]
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"
            campo.error_messages["invalid_choice"] = (
                "«%(value)s» no está en la lista: escoja una de las opciones."
            )

    @property
    def filtra(self):
        return self.is_valid() and any(self.cleaned_data.values())

    def aplicar(self, avisos):
        if self.cleaned_data["clase"]:
            avisos = avisos.filter(clase=self.cleaned_data["clase"])
        return avisos.sin_leer() if self.cleaned_data["leidos"] else avisos


class PreferenciasForm(forms.Form):
    """Qué se muestra en la plataforma y cuándo se escribe."""

    correo = forms.ChoiceField(
        label="Por correo",
        choices=PreferenciasDeAvisos.Correo.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Escoja cada cuánto se le escribe.",
            "invalid_choice": "Escoja una de las opciones.",
        },
    )
    clases = forms.MultipleChoiceField(
        label="En la plataforma",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Escoja entre las opciones de la lista."},
    )

    def __init__(self, *args, actuales, clases, **kwargs):
        valores = [valor for valor, _ in clases]
        inicial = {
            "correo": actuales.correo,
            "clases": [valor for valor in valores if valor not in actuales.calladas],
        }
        super().__init__(*args, initial=inicial, **kwargs)
        self.fields["clases"].choices = clases
        if not clases:
            del self.fields["clases"]
        # Lo que calló con otro rol sigue callado si un día vuelve a él.
        self._de_otro_rol = set(actuales.calladas) - set(valores)
        self._valores = set(valores)

    @property
    def elegido(self):
        """{correo, calladas} para guardar."""
        marcadas = set(self.cleaned_data.get("clases", ()))
        return {
            "correo": self.cleaned_data["correo"],
            "calladas": self._de_otro_rol | self._valores - marcadas,
        }
