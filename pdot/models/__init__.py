from .evaluacion import Evaluacion, Observacion, Paso, Respuesta
from .instrumento import Instrumento, Pregunta, Seccion
from .necesidad import Necesidad
from .plan import Pdot
from .promocion import Promocion
from .vision import ElementoVision, Problema

__all__ = [
    "ElementoVision",
    "Evaluacion",
    "Instrumento",
    "Necesidad",
    "Observacion",
    "Paso",
    "Pdot",
    "Pregunta",
    "Problema",
    "Promocion",
    "Respuesta",
    "Seccion",
]
