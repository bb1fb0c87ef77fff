from .contacto import Contacto
from .documento import DocumentoEmitido, SerieDeDocumentos
from .entidad import Entidad, EspacioCoordinacion, MiembroEspacio, NombreInstitucion
from .gad import Autoridad, Gad
from .mapa import CapaLimites, Contorno
from .mensaje import Adjunto, Mensaje
from .territorio import OtroTerritorio, Territorio, Vecindad, Zona
from .trabajo import PiezaDeTrabajo, Trabajo
from .usuario import Usuario

__all__ = [
    "Adjunto",
    "Autoridad",
    "CapaLimites",
    "Contacto",
    "Contorno",
    "DocumentoEmitido",
    "Entidad",
    "EspacioCoordinacion",
    "Gad",
    "Mensaje",
    "MiembroEspacio",
    "NombreInstitucion",
    "OtroTerritorio",
    "PiezaDeTrabajo",
    "SerieDeDocumentos",
    "Territorio",
    "Trabajo",
    "Usuario",
    "Vecindad",
    "Zona",
]
