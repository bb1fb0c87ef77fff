"""Qué es una sección del informe: su clave, su título y de dónde saca lo que dibuja."""

from collections.abc import Callable
from dataclasses import dataclass

from .alcance import Alcance


@dataclass(frozen=True)
class Seccion:
    """`plantilla` dibuja solo el contenido (`<h3>` y menores) con lo que da `contexto(alcance)`.

    `por_omision`: si está encendida mientras nadie diga otra cosa. `anexo`: si va al final y se
    numera como anexo.
    """

    clave: str
    titulo: str
    plantilla: str
    contexto: Callable[[Alcance], dict]
    por_omision: bool = True
    anexo: bool = False
