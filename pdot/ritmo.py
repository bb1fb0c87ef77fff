"""El ritmo contra la hoja de ruta: cada hito de un grupo frente a cada uno de sus GAD.

Una *casilla* es un hito frente a un GAD miembro (acompanamiento.ruta.Casilla). Está *a tiempo* si
se cumplió hasta su fecha meta o no la tiene; *tarde*, si se cumplió después; *atrasada*, si el GAD
va detrás (venció la fecha meta, o ya la cumplió más de la mitad del grupo); y si no, *por cumplir*.
Cuentan los grupos ya conformados.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db import models

from acompanamiento.models import Grupo
from acompanamiento.ruta import hojas_de_ruta
from territorios.models import Gad


class Situacion(models.TextChoices):
    A_TIEMPO = "a-tiempo", "Cumplido a tiempo"
    TARDE = "tarde", "Cumplido tarde"
    ATRASADA = "atrasado", "Atrasado"
    POR_CUMPLIR = "por-cumplir", "Por cumplir"

    @property
    def estado(self):
        """La clase de estado con que se lee en una lista."""
        return {"a-tiempo": "aprobada", "tarde": "devuelta", "atrasado": "cancelado"}.get(self, "")


@dataclass(slots=True)
class Puesto:
    """Una casilla con su grupo: `cumplida` es la fecha, si se cumplió."""

    grupo: Grupo
    gad: Gad
    zona: int
    hito: str
    meta: date | None
    cumplida: date | None
    situacion: Situacion


def puestos_de(grupos, hoy):
    """[Puesto] de esos Grupos, por grupo, hito y GAD. Tres consultas."""
    por_clave = {grupo.pk: grupo for grupo in grupos}
    return [
        _puesto(por_clave[grupo], renglon.hito, casilla)
        for grupo, hoja in hojas_de_ruta(por_clave, hoy).items()
        for renglon in hoja.renglones
        for casilla in renglon.casillas
    ]


def _puesto(grupo, hito, casilla):
    hecho = casilla.cumplimiento
    return Puesto(
        grupo=grupo,
        gad=casilla.gad,
        zona=casilla.gad.territorio.zona_id,
        hito=str(hito.hito),
        meta=hito.fecha_meta,
        cumplida=hecho.fecha if hecho else None,
        situacion=_situacion(hito.fecha_meta, hecho, casilla.atrasada),
    )


def _situacion(meta, hecho, atrasada):
    if hecho is None:
        return Situacion.ATRASADA if atrasada else Situacion.POR_CUMPLIR
    return Situacion.TARDE if meta and hecho.fecha > meta else Situacion.A_TIEMPO


def contar_puestos(puestos):
    """{situación: cuántas}, con todas."""
    cuenta = Counter(puesto.situacion for puesto in puestos)
    return {situacion.value: cuenta[situacion] for situacion in Situacion}
