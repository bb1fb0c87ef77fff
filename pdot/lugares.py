"""Dónde está cada ámbito del avance, para descargarlo con su lugar."""

from django.utils import timezone

from acompanamiento.models import Grupo
from territorios.models import Territorio


def con_lugar(hijos):
    """Los mismos Hijo, cada uno con sus códigos de la DPA: a lo sumo una consulta.

    Una provincia es ella misma; una zona, sus cantones, que no siempre son provincias enteras; un
    grupo, su sede, como en la lista de los grupos.
    """
    if any("grupo" in uno.filtro for uno in hijos):
        grupos = [uno.filtro["grupo"] for uno in hijos]
        sedes = dict(Grupo.objects.filter(pk__in=grupos).values_list("pk", "sede"))
        for uno in hijos:
            uno.lugar = sedes[uno.filtro["grupo"]]
    elif any("provincia" not in uno.filtro for uno in hijos):
        cantones = {}
        vigentes = Territorio.objects.vigentes_en(timezone.localdate()).cantones()
        for zona, codigo in vigentes.order_by("pk").values_list("zona", "pk"):
            cantones.setdefault(zona, []).append(codigo)
        for uno in hijos:
            uno.lugar = cantones.get(uno.filtro["zona"], [])
    else:
        for uno in hijos:
            uno.lugar = uno.filtro["provincia"]
    return hijos
