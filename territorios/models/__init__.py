from .contacto import Contacto
from .documento import DocumentoEmitido, SerieDeDocumentos
from .entidad import Entidad, EspacioCoordinacion, MiembroEspacio, NombreInstitucion
from .gad import Autoridad, Gad
from .llave import LlaveDeApi
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
    "DocumentoEmitido",
    "Entidad",
    "EspacioCoordinacion",
    "Gad",
    "LlaveDeApi",
    "Mensaje",
    "MiembroEspacio",
    "NombreInstitucion",
    "OtroTerritorio",
    "SerieDeDocumentos",
    "Territorio",
    "Usuario",
    "Vecindad",
    "Zona",
]
