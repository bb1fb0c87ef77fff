from .contacto import Contacto
from .entidad import Entidad, EspacioCoordinacion, MiembroEspacio, NombreInstitucion
from .gad import Autoridad, Gad
from .mapa import CapaLimites, Contorno
from .mensaje import Adjunto, Mensaje
from .territorio import OtroTerritorio, Territorio, Vecindad, Zona
from .usuario import Usuario

__all__ = [
    "Adjunto",
    "Autoridad",
    "CapaLimites",
    "Contacto",
    "Contorno",
    "Entidad",
    "EspacioCoordinacion",
    "Gad",
    "Mensaje",
    "MiembroEspacio",
    "NombreInstitucion",
    "OtroTerritorio",
    "Territorio",
    "Usuario",
    "Vecindad",
    "Zona",
]
