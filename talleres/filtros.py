"""Filtros del cronograma. Van en la dirección: se comparten y se vuelve atrás."""

from django import forms

from territorios.filtros import CampoDeZona, CampoFecha, EntradaDeFecha, Lista

from .campos import UnoDe
from .models import Encuentro


def _uno_de(etiqueta, error):
    return UnoDe(label=etiqueta, required=False, error_messages={"invalid_choice": error})


def _eleccion(etiqueta, opciones, error):
    return forms.ChoiceField(
        label=etiqueta,
        required=False,
        widget=Lista,
        choices=[("", "Todos"), *opciones],
        error_messages={"invalid_choice": error},
    )


class FiltroCronograma(forms.Form):
    """Lo que se elige en la semana, el mes, la lista y el PDF.

    `opciones`: {campo: [objeto, …]} de lo que hay en la estrategia (véase Programa). Los GAD son
    demasiados para una lista: se busca uno entre los de los encuentros `visibles`. `zona` es dónde
    se hacen; `de_zona`, a qué zona se le cuentan.
    """

    grupo = _uno_de("Grupo", "Ese grupo no está en la estrategia.")
    tipo = _eleccion("Tipo", Encuentro.Tipo.choices, "Ese tipo de encuentro no existe.")
    estado = _eleccion("Estado", Encuentro.Estado.choices, "Ese estado no existe.")
    gad = forms.CharField(
        label="GAD",
        required=False,
        max_length=80,
        widget=forms.TextInput(
            attrs={
                "class": "form-control",
                "type": "search",
                "placeholder": "Todos",
                "title": "Nombre o código",
            }
        ),
    )
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

    def __init__(self, *args, opciones, visibles, **kwargs):
        super().__init__(*args, **kwargs)
        self.visibles = visibles
        self.fields["grupo"].ofrecer(opciones["grupo"], vacia="Todos")
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

    def clean_gad(self):
        """Los GAD de ese código o con ese nombre; hay homónimos."""
        texto = self.cleaned_data["gad"]
        if not texto:
            return []
        gads = self.visibles.gads().para_lista()
        hallados = list(gads.filter(pk=texto) if texto.isdigit() else gads.buscar(texto))
        if not hallados:
            raise forms.ValidationError("A ese GAD no se lo convoca a ningún encuentro a la vista.")
        return hallados

    def aplicar(self, encuentros):
        elegido = {self.COLUMNAS[campo]: valor for campo, valor in self._elegido().items()}
        gads, zona = elegido.pop("gad", None), elegido.pop("de_zona", None)
        encuentros = encuentros.filter(**elegido)
        if zona:
            encuentros = encuentros.de_zona(zona)
        return encuentros.con_gads(gads) if gads else encuentros

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
            (self.fields[campo].label, self._dicho(campo, valor))
            for campo, valor in self._elegido().items()
        ]

    def _dicho(self, campo, valor):
        if campo != "gad":
            return dict(self.fields[campo].choices)[self.data[campo]]
        return valor[0].nombre_con_lugar if len(valor) == 1 else f"«{self.data[campo].strip()}»"


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
