from .aviso import Aviso, PreferenciasDeAvisos
from .contacto import Contacto
from .documento import DocumentoEmitido, SerieDeDocumentos
from .entidad import Entidad, EspacioCoordinacion, MiembroEspacio, NombreInstitucion
from .gad import Autoridad, Gad
from .llave import LlaveDeApi
from .mapa import CapaLimites, Contorno
from .membrete import Logotipo
from .mensaje import Adjunto, Mensaje
from .territorio import OtroTerritorio, Territorio, Vecindad, Zona
from .trabajo import PiezaDeTrabajo, Trabajo
from .usuario import Usuario

__all__ = [
    "Adjunto",
    "Autoridad",
    "Aviso",
    "CapaLimites",
    "Contacto",
    "Contorno",
    "DocumentoEmitido",
    "Entidad",
    "EspacioCoordinacion",
    "Gad",
    "Logotipo",
    "LlaveDeApi",
    "Mensaje",
    "MiembroEspacio",
    "NombreInstitucion",
    "OtroTerritorio",
    "PreferenciasDeAvisos",
    "PiezaDeTrabajo",
    "SerieDeDocumentos",
    "Territorio",
    "Trabajo",
    "Usuario",
    "Vecindad",
    "Zona",
]
