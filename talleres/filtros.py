"""Filtros del cronograma. Van en la dirección: se comparten y se vuelve atrás."""

from django import forms

from territorios.filtros import CampoDeZona, CampoFecha, EntradaDeFecha

from .campos import UnoDe
from .models import Encuentro


def _uno_de(etiqueta, error):
    return UnoDe(label=etiqueta, required=False, error_messages={"invalid_choice": error})


def _eleccion(etiqueta, opciones, error):
    return forms.ChoiceField(
        label=etiqueta,
        required=False,
        choices=[("", "Todos"), *opciones],
        error_messages={"invalid_choice": error},
    )


class FiltroCronograma(forms.Form):
    """Lo que se elige en la semana, el mes, la lista y el PDF.

    `opciones`: {campo: [objeto, …]} de lo que hay en la estrategia (véase Programa). `zona` es
    dónde se hacen; `de_zona`, a qué zona se le cuentan.
    """

    grupo = _uno_de("Grupo", "Ese grupo no está en la estrategia.")
    tipo = _eleccion("Tipo", Encuentro.Tipo.choices, "Ese tipo de encuentro no existe.")
    estado = _eleccion("Estado", Encuentro.Estado.choices, "Ese estado no existe.")
    gad = _uno_de("GAD", "A ese GAD no se lo convoca a ningún encuentro a la vista.")
    autoridad = _uno_de("Diálogo con", "Con esa autoridad no hay encuentros a la vista.")
    entidad = _uno_de("Facilita o acompaña", "Esa entidad no está en ningún encuentro a la vista.")
    zona = _uno_de("Zona", "En esa zona no hay encuentros a la vista.")
    de_zona = CampoDeZona()

    COLUMNAS = {
        "grupo": "grupos",
        "tipo": "tipo",
        "estado": "estado",
        "gad": "gad",
        "autoridad": "autoridad",
        "entidad": "facilitaciones__entidad",
        "zona": "canton__zona",
        "de_zona": "de_zona",
    }

    def __init__(self, *args, grupos, opciones, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grupo"].ofrecer(grupos, vacia="Todos")
        self.fields["gad"].ofrecer(opciones["gad"], etiqueta=lambda g: g.rotulo, vacia="Todos")
        self.fields["autoridad"].ofrecer(opciones["autoridad"], vacia="Todas")
        self.fields["entidad"].ofrecer(opciones["entidad"], vacia="Todas")
        self.fields["zona"].ofrecer(opciones["zona"], vacia="Todas")
        if len(opciones["zona"]) < 2 and not self.data.get("zona"):
            # Con una sola zona no hay qué elegir.
            del self.fields["zona"]
        if not self.data.get("de_zona"):
            del self.fields["de_zona"]
        for campo in self.fields.values():
            campo.widget.attrs.setdefault("class", "form-select")

    def aplicar(self, encuentros):
        elegido = {self.COLUMNAS[campo]: valor for campo, valor in self._elegido().items()}
        gad, zona = elegido.pop("gad", None), elegido.pop("de_zona", None)
        encuentros = encuentros.filter(**elegido)
        if zona:
            encuentros = encuentros.de_zona(zona)
        return encuentros.con_gad(gad) if gad else encuentros

    def _elegido(self):
        datos = self.cleaned_data
        return {campo: datos[campo] for campo in self.COLUMNAS if datos.get(campo)}

    @property
    def elige(self):
        """Si deja fuera encuentros por lo que son, y no por su fecha."""
        return self.is_valid() and bool(self._elegido())

    @property
    def filtra(self):
        return self.is_valid() and any(self.cleaned_data.values())

    @property
    def en_palabras(self):
        """[(«Tipo», «Momento 2 · …»)] de lo elegido, para decirlo en un documento."""
        return [
            (self.fields[campo].label, dict(self.fields[campo].choices)[self.data[campo]])
            for campo in self._elegido()
        ]


class FiltroDeLista(FiltroCronograma):
    """Con fechas, que en la semana y en el mes ya las dice la página."""

    desde = CampoFecha(required=False, widget=EntradaDeFecha(format="%Y-%m-%d"))
    hasta = CampoFecha(required=False, widget=EntradaDeFecha(format="%Y-%m-%d"))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for campo in ("desde", "hasta"):
            self.fields[campo].widget.attrs["class"] = "form-control"

    def clean(self):
        datos = super().clean()
        if datos.get("desde") and datos.get("hasta") and datos["hasta"] < datos["desde"]:
            self.add_error("hasta", "Es anterior a la fecha de inicio.")
        return datos
