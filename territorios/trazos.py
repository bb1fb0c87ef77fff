"""Geometría de los trazos ya guardados, sin bibliotecas: cajas, anillos y dónde cabe un rótulo.

Todo en unidades del plano común, con la ordenada hacia abajo.
"""

import re
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from django.utils.html import format_html, format_html_join

# El plano común de todos los mapas: equirrectangular, que sobre el ecuador apenas deforma. El
# origen deja a Galápagos entero, con Darwin y Wolf, en coordenadas positivas; con 250 unidades por
# grado (una cada 440 m) bastan enteros de cuatro cifras y el mapa pesa poco.
LON_ORIGEN = -92
LAT_ORIGEN = 1.7
UNIDADES_POR_GRADO = 250


class Caja(NamedTuple):
    x: float
    y: float
    ancho: float
    alto: float

    @classmethod
    def de_extremos(cls, izquierda, arriba, derecha, abajo):
        return cls(izquierda, arriba, derecha - izquierda, abajo - arriba)

    @property
    def derecha(self):
        return self.x + self.ancho

    @property
    def abajo(self):
        return self.y + self.alto

    @property
    def area(self):
        return self.ancho * self.alto

    @property
    def ventana(self):
        """Para `viewBox`."""
        return f"{self.x:.0f} {self.y:.0f} {self.ancho:.0f} {self.alto:.0f}"

    @property
    def trazo(self):
        return f"M{self.x:.0f} {self.y:.0f}h{self.ancho:.0f}v{self.alto:.0f}h-{self.ancho:.0f}z"

    def toca(self, otra):
        en_x = self.x < otra.derecha and otra.x < self.derecha
        return en_x and self.y < otra.abajo and otra.y < self.abajo

    def encierra(self, otra):
        en_x = self.x <= otra.x and otra.derecha <= self.derecha
        return en_x and self.y <= otra.y and otra.abajo <= self.abajo

    def con_margen(self, margen):
        doble = 2 * margen
        return Caja(self.x - margen, self.y - margen, self.ancho + doble, self.alto + doble)


class Enlace(NamedTuple):
    """Celdas con un mismo destino, como (trazo, título). `titulo` nombra el enlace.

    Se escribe sin plantilla: hay cientos en un mapa y es lo que más pesa en una página.
    """

    url: str
    titulo: str
    celdas: list[tuple[str, str]]
    clase: str = ""

    @property
    def celdas_svg(self):
        titulos = (format_html("<title>{}</title>", t) if t else "" for _, t in self.celdas)
        trazos = (trazo for trazo, _ in self.celdas)
        return format_html_join("", '<path d="{}">{}</path>', zip(trazos, titulos, strict=True))

    @property
    def svg(self):
        """Las celdas dentro de su enlace, si lo tiene."""
        if not self.url:
            return self.celdas_svg
        clase = format_html(' class="{}"', self.clase) if self.clase else ""
        return format_html(
            '<a href="{}"{}><title>{}</title>{}</a>', self.url, clase, self.titulo, self.celdas_svg
        )


def caja_de_todas(cajas):
    """La menor que encierra a todas; ValueError si no hay ninguna."""
    cajas = list(cajas)
    return Caja.de_extremos(
        min(caja.x for caja in cajas),
        min(caja.y for caja in cajas),
        max(caja.derecha for caja in cajas),
        max(caja.abajo for caja in cajas),
    )


def silueta(trazos):
    """Un solo trazo con todos: cada uno empieza en absoluto para no depender del anterior."""
    return "".join("M" + trazo[1:] for trazo in trazos)


def en_el_plano(lon, lat):
    """(x, y) en el plano común de una longitud y una latitud WGS84."""
    return (
        (float(lon) - LON_ORIGEN) * UNIDADES_POR_GRADO,
        (LAT_ORIGEN - float(lat)) * UNIDADES_POR_GRADO,
    )


@lru_cache(maxsize=512)
def anillos(trazo):
    """Puntos de cada anillo, cerrado, de un trazo escrito por `esquema.trazo` (órdenes m, l, z)."""
    x = y = 0.0
    cerrados = []
    for parte in trazo.split("z")[:-1]:
        numeros = [float(numero) for numero in re.findall(r"-?[\d.]+", parte)]
        puntos = []
        for dx, dy in zip(numeros[::2], numeros[1::2], strict=True):
            x, y = x + dx, y + dy
            puntos.append((x, y))
        x, y = puntos[0]
        cerrados.append([*puntos, puntos[0]])
    return cerrados


# --- Dónde escribir -----------------------------------------------------------------------------

PARALELAS = 16
# Una letra es más alta que ancha: a un texto le hace falta más aire a los lados que arriba.
PROPORCION_DE_TEXTO = 3


@lru_cache(maxsize=512)
def lugar_de_rotulo(trazos):
    """(x, y, ancho libre) del mejor lugar para un texto horizontal dentro de unas celdas.

    Se prueban varias paralelas y gana el tramo interior con más aire alrededor, mejor hacia el
    medio: así el rótulo nunca cae en el mar, que es donde cae el centro de muchas costas.
    """
    celdas = [anillos(trazo) for trazo in trazos]
    traspuestas = [[[(y, x) for x, y in anillo] for anillo in celda] for celda in celdas]
    alturas = [y for celda in celdas for anillo in celda for _, y in anillo]
    arriba, alto = min(alturas), max(alturas) - min(alturas)
    candidatos = []
    for paso in range(1, PARALELAS):
        # El pico de más evita pasar por un vértice: casi todos los trazos van en enteros.
        y = arriba + alto * paso / PARALELAS + 0.013
        preferencia = 1 - abs(2 * paso / PARALELAS - 1) / 3
        for izquierda, derecha in _tramos_interiores(celdas, y):
            ancho, x = derecha - izquierda, (izquierda + derecha) / 2 + 0.013
            aire = min(ancho, PROPORCION_DE_TEXTO * _aire_vertical(traspuestas, x, y))
            candidatos.append((aire * preferencia, ancho, x, y))
    _, ancho, x, y = max(candidatos)
    return round(x, 1), round(y, 1), ancho


def _aire_vertical(traspuestas, x, y):
    """El doble de lo que falta desde (x, y) hasta salir de las celdas por arriba o por abajo."""
    for arriba, abajo in _tramos_interiores(traspuestas, x):
        if arriba <= y <= abajo:
            return 2 * min(y - arriba, abajo - y)
    return 0


def _tramos_interiores(celdas, y):
    """Tramos de la paralela `y` dentro de las celdas; los que se tocan, unidos."""
    sueltos = []
    for celda in celdas:
        cruces = sorted(
            x0 + (y - y0) * (x1 - x0) / (y1 - y0)
            for anillo in celda
            for (x0, y0), (x1, y1) in pairwise(anillo)
            if (y0 > y) != (y1 > y)
        )
        sueltos += zip(cruces[::2], cruces[1::2], strict=True)
    unidos = []
    for izquierda, derecha in sorted(sueltos):
        if unidos and izquierda - unidos[-1][1] < 1:
            unidos[-1] = (unidos[-1][0], max(derecha, unidos[-1][1]))
        else:
            unidos.append((izquierda, derecha))
    return unidos
