"""Búsqueda en toda la plataforma: GAD, grupos y encuentros, sin tildes, dentro del alcance."""

from dataclasses import dataclass

from django.db.models import Case, F, Q, TextField, Value, When
from django.db.models.functions import Cast, Concat, Length, Lower, Replace
from django.db.models.lookups import StartsWith

from acompanamiento.models import Grupo
from talleres.models import Encuentro
from territorios.models import Gad
from territorios.texto import sin_tildes

MAXIMO = 20
CON_TILDE = {"á": "a", "é": "e", "í": "i", "ó": "o", "ú": "u", "ü": "u", "ñ": "n"}


@dataclass
class Hallazgos:
    """Lo que se muestra de una clase de cosas; `hay_mas` si no cupieron todas."""

    filas: list
    hay_mas: bool

    def __bool__(self):
        return bool(self.filas)


def buscar(texto, usuario):
    """{gads, grupos, encuentros} que coinciden con el texto o el código. Tres consultas."""
    palabras = sin_tildes(texto).split()
    return {
        "gads": _primeros(_gads(texto, usuario)),
        "grupos": _primeros(_grupos(palabras, usuario)),
        "encuentros": _primeros(_encuentros(palabras, usuario)),
    }


def _primeros(consulta):
    filas = list(consulta[: MAXIMO + 1])
    return Hallazgos(filas[:MAXIMO], len(filas) > MAXIMO)


def _gads(texto, usuario):
    """El nombre exacto, los que empiezan así, los de una palabra así; a igualdad, lo más amplio."""
    aguja = sin_tildes(texto)
    cercania = Case(
        When(Q(pk=aguja) | Q(territorio__busqueda=aguja), then=0),
        When(territorio__busqueda__startswith=aguja, then=1),
        When(territorio__busqueda__contains=f" {aguja}", then=2),
        default=3,
    )
    encontrados = Gad.objects.visibles_para(usuario).buscar(texto).para_lista()
    return encontrados.order_by(cercania, Length("pk"), "territorio__busqueda", "pk")


def _grupos(palabras, usuario):
    grupos = Grupo.objects.visibles_para(usuario).select_related("estrategia", "criterio")
    nombre = _texto(Value("grupo"), Cast("numero", TextField()), F("nombre"))
    cercania = _cercania(palabras, F("nombre"))
    return _con_todas(grupos, nombre, palabras).order_by(cercania, "estrategia", "numero")


def _encuentros(palabras, usuario):
    encuentros = Encuentro.objects.visibles_para(usuario)
    nombre = _texto(F("tipo"), F("tema"), F("lugar"), F("clave"))
    cercania = _cercania(palabras, F("tema"))
    return _con_todas(encuentros, nombre, palabras).order_by(cercania, "-fecha", "pk")


def _cercania(palabras, nombre):
    """0 si el nombre empieza por lo buscado; 1 si solo lo contiene."""
    aguja = Value(" ".join(palabras), output_field=TextField())
    return Case(When(StartsWith(_sin_tildes_en_la_base(nombre), aguja), then=0), default=1)


def _texto(*partes):
    """Las partes separadas por un espacio."""
    separadas = [trozo for parte in partes for trozo in (Value(" "), parte)]
    return Concat(*separadas, output_field=TextField())


def _con_todas(consulta, texto, palabras):
    """Las filas cuyo texto, sin tildes, contiene todas las palabras."""
    consulta = consulta.alias(buscable=_sin_tildes_en_la_base(texto))
    for palabra in palabras:
        consulta = consulta.filter(buscable__contains=palabra)
    return consulta


def _sin_tildes_en_la_base(texto):
    """Como `sin_tildes`, en SQL que entienden las dos bases (LOWER de SQLite no baja la Á)."""
    for con, sin in CON_TILDE.items():
        for letra in (con, con.upper()):
            texto = Replace(texto, Value(letra), Value(sin), output_field=TextField())
    return Lower(texto)
