"""Los filtros de la coherencia y de los indicadores: van en la dirección y se comparten."""

from urllib.parse import urlencode

from django import forms

from territorios.filtros import CampoOpcion

from .cuadro import VALORES
from .escalones import NIVELES
from .models import Seccion
from .red import Estado

TODOS = ("", "Todos")
TODAS = ("", "Todas")


class FiltroEnDireccion(forms.Form):
    """Filtros que son listas de opciones; `listas` da las que dependen de lo que se ve."""

    def __init__(self, *args, listas=None, **kwargs):
        super().__init__(*args, **kwargs)
        for campo, opciones in (listas or {}).items():
            self.fields[campo].choices = [*self.fields[campo].choices, *opciones]
        for campo in self.fields.values():
            campo.widget.attrs["class"] = "form-select"
            campo.error_messages["invalid_choice"] = (
                "«%(value)s» no está en la lista: escoja una de las opciones."
            )

    @property
    def puestos(self):
        """{campo: valor} de los que se eligieron."""
        return {nombre: valor for nombre, valor in self.cleaned_data.items() if valor}

    @property
    def en_palabras(self):
        """[«Nivel: Municipal»…] de lo elegido, para el encabezado."""
        return [
            f"{self[campo].label}: {nombre}"
            for campo, elegido in self.puestos.items()
            for valor, nombre in self.fields[campo].choices
            if str(valor) == str(elegido)
        ]

    def consulta(self, **cambios):
        """«?a=b» con esos filtros cambiados (vacío lo quita); "" si no queda ninguno."""
        puestos = {n: v for n, v in (self.puestos | cambios).items() if v}
        return f"?{urlencode(puestos)}" if puestos else ""


class FiltroCuadro(FiltroEnDireccion):
    nivel = CampoOpcion(label="Nivel", required=False, choices=[TODOS, *NIVELES.items()])
    seccion = CampoOpcion(label="Sección", required=False, choices=[TODAS])
    componente = CampoOpcion(required=False, choices=[TODOS])
    criterio = CampoOpcion(required=False, choices=[TODOS])
    respuesta = CampoOpcion(required=False, choices=[TODAS, *VALORES.items()])
    # No se elige: lo trae el enlace de una cuenta del resumen, para mostrar justo lo que contó.
    mide = CampoOpcion(
        label="Preguntas de",
        required=False,
        choices=[TODAS, *Seccion.Mide.choices],
        widget=forms.HiddenInput,
    )

    @property
    def consulta_sin_respuesta(self):
        return self.consulta(respuesta="")

    def __init__(self, *args, preguntas, **kwargs):
        listas = {
            "seccion": _sin_repetir((p.seccion.codigo, p.seccion.titulo) for p in preguntas),
            "componente": _sin_repetir((p.componente, p.componente) for p in preguntas),
            "criterio": _sin_repetir((p.criterio, p.criterio) for p in preguntas),
        }
        super().__init__(*args, listas=listas, **kwargs)


class FiltroRed(FiltroEnDireccion):
    nivel = CampoOpcion(label="Nivel", required=False, choices=[TODOS, *NIVELES.items()])
    vinculo = CampoOpcion(label="Vínculo", required=False, choices=[TODOS, *Estado.choices])


class FiltroDichos(FiltroEnDireccion):
    PARTES = [
        ("contradicciones", "Contradicciones"),
        ("incompatibles", "Aspectos incompatibles"),
        ("sinergias", "Sinergias"),
        ("pares", "Pares de planes"),
    ]

    gad = CampoOpcion(label="GAD", required=False, choices=[TODOS])
    que = CampoOpcion(label="Qué", required=False, choices=[("", "Todo"), *PARTES])


class FiltroIndicadores(FiltroEnDireccion):
    zona = CampoOpcion(required=False, choices=[TODAS])
    provincia = CampoOpcion(required=False, choices=[TODAS])
    nivel = CampoOpcion(required=False, choices=[TODOS, *NIVELES.items()])
    grupo = CampoOpcion(required=False, choices=[TODOS])


def _sin_repetir(pares):
    return [(valor, nombre) for valor, nombre in dict(pares).items() if valor]
