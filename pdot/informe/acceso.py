"""Qué informes de una estrategia hace cada quien: la central, todos; una zona, el suyo y los de sus
grupos.
"""

import re

from acompanamiento.models import Grupo, Membresia
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso
from territorios.models import Zona

from ..models import Informe
from .alcance import Alcance
from .orden import ORDEN

CLAVE = re.compile(r"(zona|grupo)-(\d+)", re.ASCII)


def alcance_de(usuario, estrategia, clave):
    """El Alcance que nombra la dirección («todo», «zona-4», «grupo-12»), o None si no le toca."""
    if not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
        return None
    if clave == "todo":
        return Alcance(usuario, estrategia) if usuario.ve_el_pais else None
    partes = CLAVE.fullmatch(clave)
    if not partes:
        return None
    que, pk = partes[1], entero_de(partes[2])
    if que == "zona":
        zona = _zonas(usuario).filter(pk=pk).first()
        return Alcance(usuario, estrategia, zona=zona) if zona else None
    grupo = _grupos(usuario, estrategia).filter(pk=pk).first()
    return Alcance(usuario, estrategia, grupo=grupo) if grupo else None


def alcances_de(usuario, estrategia):
    """[Alcance] de los informes que hace, del más amplio al más corto. Dos o tres consultas."""
    if not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
        return []
    grupos = list(_grupos(usuario, estrategia))
    miembros = Membresia.objects.vigentes_en().filter(grupo__in=[g.pk for g in grupos])
    numeros = set(miembros.order_by().values_list("gad__territorio__zona", flat=True).distinct())
    numeros |= {grupo.zona_id for grupo in grupos}
    return [
        *([Alcance(usuario, estrategia)] if usuario.ve_el_pais else []),
        *(Alcance(usuario, estrategia, zona=z) for z in _zonas(usuario).filter(pk__in=numeros)),
        *(Alcance(usuario, estrategia, grupo=grupo) for grupo in grupos),
    ]


def informe_de(alcance):
    """El Informe ya escrito de ese alcance, o uno nuevo sin guardar."""
    escritos = Informe.objects.editables_por(alcance.usuario).de(alcance)
    return escritos.select_related("estrategia", "zona", "grupo").first() or nuevo_de(alcance)


def nuevo_de(alcance):
    """Sin textos y con las secciones que salen mientras nadie diga otra cosa."""
    return Informe(
        estrategia=alcance.estrategia,
        zona=alcance.zona,
        grupo=alcance.grupo,
        secciones_apagadas=[una.clave for una in ORDEN if not una.por_omision],
    )


def _zonas(usuario):
    return Zona.objects.all() if usuario.ve_el_pais else Zona.objects.filter(pk=usuario.zona_id)


def _grupos(usuario, estrategia):
    return Grupo.objects.editables_por(usuario).filter(estrategia=estrategia).vivos()
