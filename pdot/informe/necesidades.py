"""Necesidades de capacidad: qué falta, con qué modalidad y prioridad, y quién puede asumirlo."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q

from acompanamiento.models import Membresia
from pdot.models import Necesidad
from pdot.necesidades import MAXIMO_PARA_AGRUPAR, Parecidas, por_parecido
from territorios.texto import sin_tildes

from .graficos import apiladas
from .lectura import grupos_de
from .secciones import Seccion

# Un informe nacional no enumera miles: dice las que más se repiten y cuántas quedan.
TEMAS_EN_LA_TABLA = 80
Prioridad, Modalidad = Necesidad.Prioridad, Necesidad.Modalidad


@dataclass
class RenglonDeModalidad:
    """Cuántas hay de una modalidad; `por_prioridad`, en el orden alta, media, baja."""

    nombre: str
    por_prioridad: list
    asumibles: int

    @property
    def total(self):
        return sum(self.por_prioridad)

    @property
    def externas(self):
        return self.total - self.asumibles


def contexto(alcance):
    """Las necesidades vivas de los grupos y de sus miembros, juntas las que se parecen."""
    necesidades = list(necesidades_de(alcance))
    juntas = _juntar(necesidades)
    renglones = _por_modalidad(necesidades)
    return {
        "total": len(necesidades),
        "asumibles": sum(una.asumible for una in necesidades),
        "externas": sum(not una.asumible for una in necesidades),
        "sin_atender": sum(not una.atendida for una in necesidades),
        "temas": [_tema(unas) for unas in juntas[:TEMAS_EN_LA_TABLA]],
        "temas_de_mas": max(len(juntas) - TEMAS_EN_LA_TABLA, 0),
        "modalidades": renglones,
        "prioridades": Prioridad.labels,
        "grafico": _grafico(renglones),
    }


def necesidades_de(alcance):
    """Las vivas que ve, lo urgente primero, con `atendida`. De un grupo, las de su página."""
    grupos = grupos_de(alcance)
    miembros = Membresia.objects.vigentes_en().filter(grupo__in=grupos)
    suyas = Necesidad.objects.visibles_para(alcance.usuario).vivas()
    de_ellos = suyas.filter(Q(grupo__in=grupos) | Q(gad__in=miembros.values("gad")))
    return de_ellos.con_atencion().por_urgencia()


def _juntar(necesidades):
    """[Parecidas]. Con demasiadas para compararlas, se juntan las de tema idéntico."""
    if len(necesidades) <= MAXIMO_PARA_AGRUPAR:
        return por_parecido(necesidades)
    iguales = {}
    for una in necesidades:
        iguales.setdefault(sin_tildes(una.tema), []).append(una)
    juntas = [Parecidas(unas[0].tema, unas) for unas in iguales.values()]
    return sorted(juntas, key=lambda unas: -unas.cuantas)


def _tema(unas):
    """Un renglón de la tabla: de qué, de quién, con qué modalidades y prioridades."""
    quienes = list(dict.fromkeys(una.de_quien for una in unas.necesidades))
    return {
        "titulo": unas.titulo,
        "cuantas": unas.cuantas,
        "sin_atender": unas.sin_atender,
        "quienes": quienes[:5],
        "quienes_de_mas": max(len(quienes) - 5, 0),
        "modalidades": _dichos(unas.necesidades, "get_modalidad_display"),
        "prioridades": _dichos(unas.necesidades, "get_prioridad_display"),
        "asumibles": sum(una.asumible for una in unas.necesidades),
        "actores": list(dict.fromkeys(una.actor for una in unas.necesidades if una.actor))[:3],
    }


def _dichos(necesidades, metodo):
    return list(dict.fromkeys(getattr(una, metodo)() for una in necesidades))


def _por_modalidad(necesidades):
    """[RenglonDeModalidad] de las modalidades que tienen alguna, en su orden."""
    renglones = []
    for modalidad in Modalidad:
        suyas = [una for una in necesidades if una.modalidad == modalidad]
        cuenta = Counter(una.prioridad for una in suyas)
        if suyas:
            asumibles = sum(una.asumible for una in suyas)
            por_prioridad = [cuenta[prioridad] for prioridad in Prioridad.values]
            renglones.append(RenglonDeModalidad(modalidad.label, por_prioridad, asumibles))
    return renglones


def _grafico(renglones):
    filas = [(renglon.nombre, renglon.por_prioridad) for renglon in renglones]
    series = [f"Prioridad {nombre.lower()}" for nombre in Prioridad.labels]
    titulo = "Necesidades por modalidad y prioridad"
    return apiladas(filas, series, titulo=titulo, nombre="Modalidad", proporcion=False)


SECCION = Seccion(
    "necesidades", "Necesidades de capacidad", "pdot/informe/necesidades.html", contexto
)
