from .acuerdo import Acuerdo, AvanceAcuerdo
from .estrategia import ElementoEstrategia, Estrategia
from .grupo import Criterio, Grupo, Membresia
from .hoja_ruta import CumplimientoHito, Hito, HitoGrupo
from .linea import LineaProgramatica, Pronunciamiento

__all__ = [
    "Acuerdo",
    "AvanceAcuerdo",
    "Criterio",
    "CumplimientoHito",
    "ElementoEstrategia",
    "Estrategia",
    "Grupo",
    "Hito",
    "HitoGrupo",
    "LineaProgramatica",
    "Membresia",
    "Pronunciamiento",
]
