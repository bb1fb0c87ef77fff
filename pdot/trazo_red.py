"""Cómo se dibuja cada arista de la red vertical, igual en el mapa, en el árbol y en la leyenda.

El trazo lo dice todo sin el color: lleno, rayado, lleno y tachado, o punteado y fino.
"""

from base64 import b64encode
from typing import NamedTuple

from .red import Estado


class Pincel(NamedTuple):
    """Color, y grosor y rayado en partes de la letra."""

    color: str
    grosor: float
    rayado: tuple[float, ...] = ()


PINCELES = {
    Estado.SI: Pincel("#1c6b3c", 0.2),
    Estado.PARCIAL: Pincel("#8a5a00", 0.18, (0.62, 0.32)),
    Estado.NO: Pincel("#a3262a", 0.16),
    Estado.SIN: Pincel("#53616a", 0.11, (0.1, 0.3)),
}


class Trazo(NamedTuple):
    """Una línea lista para escribirse; `tacha`, la cruz que corta a las que no se vinculan."""

    linea: str
    tacha: str
    color: str
    grosor: float
    rayado: str
    titulo: str = ""
    url: str = ""


def trazar(estado, desde, hasta, letra, *, titulo="", url="", donde=0.5):
    """Trazo de un punto a otro; `letra` da la escala y `donde`, el lugar de la tacha."""
    pincel = PINCELES[estado]
    (x0, y0), (x1, y1) = desde, hasta
    return Trazo(
        f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}",
        _cruz(x0 + (x1 - x0) * donde, y0 + (y1 - y0) * donde, letra * 0.42)
        if estado == Estado.NO
        else "",
        pincel.color,
        round(pincel.grosor * letra, 2),
        " ".join(f"{parte * letra:.1f}" for parte in pincel.rayado),
        titulo,
        url,
    )


def leyenda():
    """[(palabra, Trazo)] de los cuatro estados, en un recuadro de 44 × 14."""
    return [(estado.label, trazar(estado, (2, 7), (42, 7), 14)) for estado in Estado]


def como_imagen(svg):
    """Dirección `data:` de un SVG, para `<img src>` en un PDF."""
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()


def _cruz(x, y, medio):
    return (
        f"M{x - medio:.1f} {y - medio:.1f}L{x + medio:.1f} {y + medio:.1f}"
        f"M{x - medio:.1f} {y + medio:.1f}L{x + medio:.1f} {y - medio:.1f}"
    )
