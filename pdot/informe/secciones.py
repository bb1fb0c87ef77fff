"""Una sección del informe: su título, su plantilla y de dónde sale lo que imprime."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seccion:
    """`contexto(alcance)` da el diccionario de la plantilla. `anexo`: va al final, aparte."""

    clave: str
    titulo: str
    plantilla: str
    contexto: Callable
    por_omision: bool = True
    anexo: bool = False
