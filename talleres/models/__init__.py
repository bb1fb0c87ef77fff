from .agenda import PuntoAgenda
from .aporte import Aporte
from .choque import ChoqueAceptado, Feriado, ParametrosDeAgenda, ResumenDeChoques
from .encuentro import Convocado, Encuentro, Facilitacion
from .insumo import InsumoEncuentro, PreguntaEncuentro, con_preparacion
from .origen import OrigenAcuerdo
from .plantilla import InsumoPlantilla, PlantillaEncuentro, PreguntaPlantilla, PuntoPlantilla
from .suscripcion import SuscripcionCalendario
from .traslado import Traslado

__all__ = [
    "Aporte",
    "ChoqueAceptado",
    "Convocado",
    "Encuentro",
    "Facilitacion",
    "Feriado",
    "InsumoEncuentro",
    "InsumoPlantilla",
    "OrigenAcuerdo",
    "ParametrosDeAgenda",
    "PlantillaEncuentro",
    "PreguntaEncuentro",
    "PreguntaPlantilla",
    "PuntoAgenda",
    "PuntoPlantilla",
    "ResumenDeChoques",
    "SuscripcionCalendario",
    "Traslado",
    "con_preparacion",
]
