"""Comparar la vecindad que dan los límites con la guardada y, si se pide, ponerla al día."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from ..models import CapaLimites, Territorio, Vecindad
from .previa import Apartado, VistaPrevia, contar, esperar_turno

MOTIVO = "Vecindad recalculada con la capa de límites en uso"


class SinVecinos(Exception):
    """La capa en uso no trae pares que comparar; el mensaje dice por qué."""


@dataclass
class Cambios:
    """Pares (a, b, km): los nuevos, los que ya no se tocan y los que cambian de largo."""

    nuevos: list
    perdidos: list
    medidos: list
    iguales: int

    def __str__(self):
        return contar(
            ("Pares como los guardados", self.iguales),
            ("Con otro largo", len(self.medidos)),
            ("Nuevos", len(self.nuevos)),
            ("Que ya no se tocan", len(self.perdidos)),
        )


def comparar(pares, codigos, nivel):
    """Cambios entre `pares` y la vecindad guardada, solo entre los `codigos` dados."""
    ahora = {(a, b): Decimal(str(km)) for a, b, km in pares if a in codigos and b in codigos}
    filas = Vecindad.objects.filter(a__nivel=nivel).values_list("a", "b", "km")
    antes = {(a, b): km for a, b, km in filas if a in codigos and b in codigos}
    comunes = ahora.keys() & antes.keys()
    return Cambios(
        nuevos=sorted((*par, ahora[par]) for par in ahora.keys() - antes.keys()),
        perdidos=sorted((*par, antes[par]) for par in antes.keys() - ahora.keys()),
        medidos=sorted((*par, ahora[par]) for par in comunes if ahora[par] != antes[par]),
        iguales=len(comunes),
    )


def nombrar_pares(pares):
    """«0801 Esmeraldas – 0807 Rioverde: 12,3 km», uno por par. Una consulta, si hay pares."""
    codigos = {codigo for a, b, _ in pares for codigo in (a, b)}
    nombres = Territorio.objects.in_bulk(codigos) if codigos else {}
    return [
        f"{a} {nombres[a]} – {b} {nombres[b]}: {str(km).replace('.', ',')} km" for a, b, km in pares
    ]


@transaction.atomic
def recalcular_vecindad(nivel, *, por=None, aplicar=False):
    """Compara los pares de la capa en uso con los guardados; con `aplicar`, los pone al día.

    No se compara lo que en la capa no toca a nadie: puede ser una isla, o no tener polígono.
    Devuelve una VistaPrevia; lanza SinVecinos.
    """
    esperar_turno()
    capa = CapaLimites.objects.filter(nivel=nivel, en_uso=True).first()
    if capa is None or not capa.vecinos:
        raise SinVecinos(
            "La capa de límites en uso no trae pares de vecinos: importe antes límites oficiales "
            "de ese nivel."
        )
    codigos = {codigo for a, b, _ in capa.vecinos for codigo in (a, b)}
    cambios = comparar(capa.vecinos, codigos, nivel)
    vista = _vista(capa, cambios, len(codigos), aplicar)
    if aplicar:
        _aplicar(cambios, por)
    return vista


def _vista(capa, cambios, cuantos, aplicar):
    resumen = [
        f"Capa en uso: {capa}, {capa.fuente}. Se comparan {cuantos} territorios.",
        str(cambios),
        "Se puso al día la vecindad guardada." if aplicar else "No se cambió nada.",
    ]
    apartados = [
        Apartado("Vecinos nuevos", nombrar_pares(cambios.nuevos)),
        Apartado("Vecinos que ya no se tocan", nombrar_pares(cambios.perdidos), aviso=True),
    ]
    hay = bool(cambios.nuevos or cambios.perdidos or cambios.medidos)
    return VistaPrevia("Vecindad según los límites", resumen, apartados, cambia=hay)


def _aplicar(cambios, por):
    guardadas = {(v.a_id, v.b_id): v for v in Vecindad.objects.all()}
    for a, b, _ in cambios.perdidos:
        perdida = guardadas[a, b]
        perdida._change_reason, perdida._history_user = MOTIVO, por
        perdida.delete()
    medidas = []
    for a, b, km in cambios.medidos:
        guardadas[a, b].km = km
        medidas.append(guardadas[a, b])
    con_historia = {"default_user": por, "default_change_reason": MOTIVO}
    if medidas:
        bulk_update_with_history(medidas, Vecindad, ["km"], **con_historia)
    nuevas = [Vecindad(a_id=a, b_id=b, km=km) for a, b, km in cambios.nuevos]
    if nuevas:
        bulk_create_with_history(nuevas, Vecindad, **con_historia)
