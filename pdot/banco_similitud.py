"""Banco de prueba de la similitud, con los elementos de visión del piloto de 2019.

Método. Entran los elementos que la fuente recoge de los GAD, partidos por sus comas (una ficha de
dos cantones, una vez; un texto que varias fichas repiten, una vez), y los elementos circunvecinos
de cada grupo (7, 8, 5 y 7). Un **par** es una parte y un elemento del mismo grupo. La medida dice
«se parecen» si el puntaje alcanza el umbral; un **acierto** es un par que también la lectura a mano
(`fixtures/banco/parecidos.json`) da por el mismo tema. Precisión: aciertos entre los pares que la
medida junta. Exhaustividad: aciertos entre los pares que la lectura junta. **Recogidos**: elementos
del grupo que, al agrupar partes y elementos, quedan en un tema con al menos una parte de un GAD.
**Confundidos**: pares de elementos que un mismo grupo escribió por separado y la medida juntaría.

Limitaciones. Son muy pocos datos: ocho GAD de dos grupos; de los grupos 3 y 4 la fuente no trae
elementos de sus GAD y no se pueden medir. La lectura a mano es de una sola persona. El umbral de
fábrica y los pesos se fijaron antes de medir; que «turismo» y «turístico» compartan raíz se agregó
mirando estos textos, de modo que ese acierto no prueba nada fuera de aquí.
"""

import json
from dataclasses import astuple, dataclass
from itertools import combinations

from django.conf import settings

from .similitud import agrupar, parecido, partes

UMBRALES = range(30, 101, 10)
FIXTURES = settings.BASE_DIR / "fixtures"


@dataclass(frozen=True)
class Grupo:
    """Lo que se compara en un grupo: las partes de sus GAD, sus elementos y la lectura a mano."""

    numero: int
    partes: tuple[str, ...]
    elementos: tuple[str, ...]
    leidos: frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Medida:
    juntados: int
    leidos: int
    aciertos: int
    recogidos: int
    elementos: int
    confundidos: int

    @property
    def precision(self):
        """Entre 0 y 1; None si la medida no junta nada."""
        return self.aciertos / self.juntados if self.juntados else None

    @property
    def exhaustividad(self):
        """Entre 0 y 1; None si no hay nada que hallar."""
        return self.aciertos / self.leidos if self.leidos else None

    def __add__(self, otra):
        return Medida(*(a + b for a, b in zip(astuple(self), astuple(otra), strict=True)))


def leer_banco():
    """Los cuatro Grupo del piloto, en orden."""
    suyos = {numero: ([], []) for numero in (1, 2, 3, 4)}
    grupo_de = {}
    for registro in _registros("piloto/grupos.json"):
        # La provincia está en varios: su ficha es del primero, como la pone la fuente.
        for codigo in [*registro.get("provinciales", []), *registro.get("municipales", [])]:
            grupo_de.setdefault(codigo, registro["numero"])
    for registro in _registros("piloto/vision.json"):
        textos, elementos = suyos[registro["grupo"]]
        (textos if registro.get("gads") else elementos).append(registro["texto"])
    for registro in _registros("piloto/evaluaciones.json"):
        textos, _ = suyos[grupo_de[registro["gad"]]]
        textos += [elemento["texto"] for elemento in registro.get("elementos", [])]
    leidos = [
        (registro["grupo"], registro["parte"], registro["elemento"])
        for registro in _registros("banco/parecidos.json")
    ]
    return [
        Grupo(
            numero,
            tuple(dict.fromkeys(_con_mayuscula(p) for texto in textos for p in partes(texto))),
            tuple(elementos),
            frozenset((parte, elemento) for grupo, parte, elemento in leidos if grupo == numero),
        )
        for numero, (textos, elementos) in suyos.items()
    ]


def medir(grupo, umbral):
    """La Medida de un grupo del banco con ese umbral."""
    juntados = {
        (parte, elemento)
        for parte in grupo.partes
        for elemento in grupo.elementos
        if parecido(parte, elemento) >= umbral
    }
    return Medida(
        len(juntados),
        len(grupo.leidos),
        len(juntados & grupo.leidos),
        _recogidos(grupo, umbral),
        len(grupo.elementos),
        sum(parecido(*par) >= umbral for par in combinations(grupo.elementos, 2)),
    )


def _recogidos(grupo, umbral):
    textos = [*grupo.partes, *grupo.elementos]
    cuantas = len(grupo.partes)
    return sum(
        sum(indice >= cuantas for indice in indices)
        for indices in agrupar(textos, umbral)
        if min(indices) < cuantas
    )


def _con_mayuscula(parte):
    return parte[:1].upper() + parte[1:]


def _registros(archivo):
    return json.loads((FIXTURES / archivo).read_text())["registros"]
