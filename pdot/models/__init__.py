from .evaluacion import Evaluacion, Observacion, Paso, Respuesta
from .instrumento import Instrumento, Pregunta, Seccion
from .plan import Pdot
from .vision import ElementoVision, Problema

__all__ = [
    "ElementoVision",
    "Evaluacion",
    "Instrumento",
    "Observacion",
    "Paso",
    "Pdot",
    "Pregunta",
    "Problema",
    "Respuesta",
    "Seccion",
]
