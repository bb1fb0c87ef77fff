"""Lo hecho, por estado: evaluaciones, encuentros y acuerdos, con la lista que dice cada cifra."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from acompanamiento.models import Acuerdo, Estrategia
from talleres.models import Encuentro

from .models import Evaluacion


@dataclass
class CifraDeEstado:
    estado: str
    nombre: str
    cuantos: int
    url: str


@dataclass
class Hecho:
    """Lo de una clase: sus cifras, en el orden de sus estados."""

    titulo: str
    cifras: list[CifraDeEstado]


def hecho_en(cifras, *, grupo=None, zona=None):
    """[Hecho] de las cifras de un ámbito (pdot.cuenta_avance); vacío en los que no los llevan."""
    hechos = []
    if "evaluaciones" in cifras:
        # Los borradores son de cada GAD: aquí no se ven, y un cero mentiría.
        salidas = {
            estado: cuantos
            for estado, cuantos in cifras["evaluaciones"].items()
            if estado != Evaluacion.Estado.BORRADOR
        }
        lista, filtro = reverse("pdot:inicio"), {"zona": zona} if zona else {}
        hechos.append(_hecho("Evaluaciones por estado", Evaluacion, salidas, lista, filtro))
    filtro = {"de_zona": zona} if zona else {"grupo": grupo} if grupo else {}
    for titulo, codigo, cuentas in _por_estrategia(cifras.get("encuentros", {})):
        lista = reverse("talleres:lista", args=[codigo])
        hechos.append(_hecho(titulo, Encuentro, cuentas, lista, filtro))
    if cuentas := cifras.get("acuerdos"):
        lista = reverse("acompanamiento:acuerdos")
        hechos.append(_hecho("Acuerdos por estado", Acuerdo, cuentas, lista, filtro))
    return hechos


def _por_estrategia(encuentros):
    """[(título, código, {estado: cuántos})]; el nombre, solo si hay más de una que distinguir."""
    if len(encuentros) < 2:
        return [("Encuentros por estado", *una) for una in encuentros.items()]
    nombres = dict(
        Estrategia.objects.filter(codigo__in=encuentros)
        .order_by("-desde", "codigo")
        .values_list("codigo", "nombre")
    )
    return [
        (f"Encuentros de {nombre}", codigo, encuentros[codigo])
        for codigo, nombre in nombres.items()
    ]


def _hecho(titulo, modelo, cuentas, lista, filtro):
    return Hecho(
        titulo,
        [
            CifraDeEstado(
                estado,
                modelo.Estado(estado).label,
                cuantos,
                f"{lista}?{urlencode({**filtro, 'estado': estado})}",
            )
            for estado, cuantos in cuentas.items()
        ],
    )
