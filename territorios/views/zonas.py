"""El país por zonas, y cada zona por dentro."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from ..descargas import descargar, formato_pedido
from ..filtros import FiltroFecha
from ..hojas import CANTONES, ZONAS
from ..jurisdiccion import Permiso, exige
from ..models import Zona
from ..zonas import (
    mapa_de_zona,
    mapa_del_pais,
    provincias_de_zona,
    recuento_por_zona,
    sumar,
)


@exige(Permiso.VER_TERRITORIO)
def inicio(request):
    filtro = FiltroFecha(request.GET)
    recuentos = recuento_por_zona(filtro.al)
    if filtro.is_valid() and (formato := formato_pedido(request, ZONAS)):
        return descargar(formato, ZONAS, recuentos)
    contexto = {
        "lugar": "territorio",
        "migas": [("Inicio", reverse("inicio")), ("Territorio", None)],
        "filtro": filtro,
        "fecha": filtro.al,
        "recuentos": recuentos,
        "hoja": ZONAS,
        "total": sumar(recuento for _, recuento in recuentos),
        "mapa": mapa_del_pais(recuentos, filtro.al),
        "puede_importar": request.user.puede(Permiso.IMPORTAR_TERRITORIO),
        "puede_descargar": request.user.puede(Permiso.DESCARGAR_INFORMES),
        "puede_ver_contactos": request.user.puede(Permiso.VER_CONTACTOS),
    }
    return render(request, "territorios/inicio.html", contexto, status=_estado(filtro))


@exige(Permiso.VER_TERRITORIO)
def zona(request, numero):
    zona = get_object_or_404(Zona, numero=numero)
    filtro = FiltroFecha(request.GET)
    provincias = provincias_de_zona(zona, filtro.al)
    if filtro.is_valid() and (formato := formato_pedido(request, CANTONES)):
        filas = [
            (zona, provincia, canton) for provincia in provincias for canton in provincia.cantones
        ]
        return descargar(formato, CANTONES, filas)
    contexto = {
        "lugar": "territorio",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("Territorio", reverse("territorios:inicio")),
            (str(zona), None),
        ],
        "zona": zona,
        "filtro": filtro,
        "fecha": filtro.al,
        "provincias": provincias,
        "hoja": CANTONES,
        "total": _total(provincias),
        "mapa": mapa_de_zona(zona, provincias, filtro.al),
    }
    return render(request, "territorios/zona.html", contexto, status=_estado(filtro))


def _total(provincias):
    total = sumar(canton.recuento for provincia in provincias for canton in provincia.cantones)
    total.provinciales = sum(provincia.propia for provincia in provincias)
    return total


def _estado(filtro):
    return 200 if filtro.is_valid() else 400
