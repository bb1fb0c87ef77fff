from .actividad import ActividadCapacidad, AvanceActividad
from .alcance import escribe_por, esta_a_la_vista, gads_a_cargo_de, gads_a_la_vista
from .avance import CifrasDeAvance, CorteDeAvance
from .capacidad import PlanCapacidades
from .cifras import CifrasDeGad
from .competencia import Brecha, Competencia
from .datos_abiertos import CondicionesDeDatos, PublicacionDeDatos
from .emparejamiento import Emparejamiento
from .en_nombre import EnNombre
from .evaluacion import Evaluacion, Observacion, Paso, Respuesta
from .foto import FotoDeEvaluacion
from .informe import Informe
from .instrumento import Instrumento, Pregunta, Seccion
from .necesidad import Necesidad
from .plan import Objetivo, Pdot
from .plazo import PlazoEvaluacion
from .proceso import CumplimientoProceso, HitoProceso
from .programa import ProgramaGobierno, Proyecto
from .promocion import Promocion
from .revision import Asignacion, BorradorDeRevision, NotaInterna
from .tema import Pertenencia, TemaDeVision, VisionCircunvecina
from .vinculo import Informacion, Vinculo
from .vision import ElementoVision, Problema

__all__ = [
    "Asignacion",
    "BorradorDeRevision",
    "CifrasDeAvance",
    "CifrasDeGad",
    "ActividadCapacidad",
    "AvanceActividad",
    "Brecha",
    "Competencia",
    "CorteDeAvance",
    "CondicionesDeDatos",
    "CumplimientoProceso",
    "ElementoVision",
    "EnNombre",
    "Emparejamiento",
    "Evaluacion",
    "FotoDeEvaluacion",
    "HitoProceso",
    "Informacion",
    "Informe",
    "Instrumento",
    "Necesidad",
    "NotaInterna",
    "Objetivo",
    "Observacion",
    "Paso",
    "Pdot",
    "PlazoEvaluacion",
    "Pertenencia",
    "PlanCapacidades",
    "Pregunta",
    "Problema",
    "ProgramaGobierno",
    "Promocion",
    "Proyecto",
    "PublicacionDeDatos",
    "Respuesta",
    "Seccion",
    "TemaDeVision",
    "Vinculo",
    "VisionCircunvecina",
    "escribe_por",
    "esta_a_la_vista",
    "gads_a_cargo_de",
    "gads_a_la_vista",
]
