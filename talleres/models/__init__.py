from .agenda import PuntoAgenda
from .aporte import Aporte, CumuloAportes, con_serie
from .aviso import Aviso
from .certificado import Certificado
from .choque import ChoqueAceptado, Feriado, ParametrosDeAgenda, ResumenDeChoques
from .convocatoria import (
    ConstanciaEntrega,
    Convocatoria,
    Respuesta,
    SerieDeOficios,
)
from .encuentro import Convocado, Encuentro, Facilitacion
from .evidencia import Evidencia, con_evidencias
from .insumo import InsumoEncuentro, PreguntaEncuentro, con_preparacion
from .memoria import Cierre, Memoria
from .origen import OrigenAcuerdo
from .participante import Participante, TextoConsentimiento
from .plantilla import InsumoPlantilla, PlantillaEncuentro, PreguntaPlantilla, PuntoPlantilla
from .puerta import Puerta
from .suscripcion import SuscripcionCalendario
from .traslado import Traslado

__all__ = [
    "Aporte",
    "Aviso",
    "Certificado",
    "ChoqueAceptado",
    "Cierre",
    "ConstanciaEntrega",
    "Convocado",
    "Convocatoria",
    "CumuloAportes",
    "Encuentro",
    "Evidencia",
    "Facilitacion",
    "Feriado",
    "InsumoEncuentro",
    "InsumoPlantilla",
    "Memoria",
    "OrigenAcuerdo",
    "ParametrosDeAgenda",
    "Participante",
    "PlantillaEncuentro",
    "PreguntaEncuentro",
    "PreguntaPlantilla",
    "Puerta",
    "PuntoAgenda",
    "PuntoPlantilla",
    "Respuesta",
    "ResumenDeChoques",
    "SerieDeOficios",
    "SuscripcionCalendario",
    "TextoConsentimiento",
    "Traslado",
    "con_evidencias",
    "con_preparacion",
    "con_serie",
]
