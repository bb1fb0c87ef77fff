from .contacto import Contacto
from .entidad import Entidad, EspacioCoordinacion, MiembroEspacio, NombreInstitucion
from .gad import Autoridad, Gad
from .mapa import CapaLimites, Contorno
from .territorio import OtroTerritorio, Territorio, Vecindad, Zona
from .usuario import Usuario

__all__ = [
    "Autoridad",
    "CapaLimites",
    "Contacto",
    "Contorno",
    "Entidad",
    "EspacioCoordinacion",
    "Gad",
    "MiembroEspacio",
    "NombreInstitucion",
    "OtroTerritorio",
    "Territorio",
    "Usuario",
    "Vecindad",
    "Zona",
]
