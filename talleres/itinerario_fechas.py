"""De un orden de visitas a sus días y horas, y un primer buen orden. Sin base de datos.

Las funciones reciben un `itinerario.Problema`, que lo mide todo en cuartos de hora, y órdenes: las
visitas por su número.
"""

from bisect import bisect_left
from itertools import pairwise, product
from typing import NamedTuple

TRAMO_MAXIMO = 4  # cuántas visitas seguidas se mueven juntas al mejorar un orden


class Puesto(NamedTuple):
    """Dónde cae una visita: día (índice del hábil) y cuarto de hora desde que se puede viajar."""

    visita: int
    dia: int
    inicio: int


def fechar(problema, orden, desde_dia=0):
    """Cada visita de ese orden lo antes posible; None si alguna no cabe en el período."""
    puestos = []
    for visita in orden:
        if not puestos:
            puesto = _primero(problema, visita, desde_dia)
        else:
            puesto = _siguiente(problema, puestos[-1], visita)
        if puesto is None:
            return None
        puestos.append(puesto)
    return puestos if _vuelve(problema, puestos[-1]) else None


def _primero(problema, visita, desde_dia):
    viaje = problema.cuartos(problema.base, visita)
    mismo_dia = _en(problema, visita, desde_dia, desde_dia, viaje)
    despues = _en(problema, visita, desde_dia + 1, len(problema.dias), 0)
    return mismo_dia or despues


def _siguiente(problema, previo, visita):
    viaje = problema.cuartos(previo.visita, visita)
    libre = previo.inicio + problema.dura[previo.visita]
    ultimo = len(problema.dias)
    hoy = _en(problema, visita, previo.dia, previo.dia, libre + viaje)
    if hoy or libre + viaje <= problema.largo:
        return hoy or _en(problema, visita, previo.dia + 1, ultimo, 0)
    manana = _en(problema, visita, previo.dia + 1, previo.dia + 1, viaje)
    return manana or _en(problema, visita, previo.dia + 2, ultimo, 0)


def _en(problema, visita, desde_dia, hasta_dia, desde_cuarto):
    """El primer puesto entre esos días, que empiece desde ese cuarto; None si no hay."""
    dias, inicios = problema.posibles[visita], problema.inicios[visita]
    dia, inicio = bisect_left(dias, desde_dia), bisect_left(inicios, desde_cuarto)
    if dia == len(dias) or inicio == len(inicios) or dias[dia] > hasta_dia:
        return None
    return Puesto(visita, dias[dia], inicios[inicio])


def _vuelve(problema, ultimo):
    return vuelta(problema, ultimo)[0] < len(problema.dias)


def extremos(problema, puestos):
    """Los índices del día en que el equipo sale y del día en que vuelve."""
    return ida(problema, puestos[0])[0], vuelta(problema, puestos[-1])[0]


def ida(problema, primero):
    """(día, cuarto de salida) del viaje desde la base: justo a tiempo, o la víspera si no llega."""
    viaje = problema.cuartos(problema.base, primero.visita)
    if primero.inicio >= viaje:
        return primero.dia, primero.inicio - viaje
    return primero.dia - 1, problema.largo - viaje


def entre(problema, previo, puesto):
    """(día, cuarto de salida) del viaje: al terminar; si ya es tarde, por la mañana."""
    viaje = problema.cuartos(previo.visita, puesto.visita)
    libre = previo.inicio + problema.dura[previo.visita]
    if libre + viaje <= problema.largo:
        return previo.dia, libre
    if puesto.inicio >= viaje:
        return puesto.dia, puesto.inicio - viaje
    return puesto.dia - 1, problema.largo - viaje


def vuelta(problema, ultimo):
    viaje = problema.cuartos(ultimo.visita, problema.base)
    libre = ultimo.inicio + problema.dura[ultimo.visita]
    return (ultimo.dia, libre) if libre + viaje <= problema.largo else (ultimo.dia + 1, 0)


def a_mano(problema):
    """Un itinerario armado paso a paso, o None si así no cabe todo."""
    orden, hechas, puesto = [], set(), None
    while len(orden) < problema.base:
        listas = [
            n for n in range(problema.base) if n not in hechas and problema.antes[n] <= hechas
        ]
        opciones = [opcion for n in listas if (opcion := _opcion(problema, puesto, n))]
        if not opciones:
            return None
        puesto = min(opciones)[-1]
        orden.append(puesto.visita)
        hechas.add(puesto.visita)
    return fechar(problema, orden)


def _opcion(problema, previo, visita):
    """(día, cuarto, km, número, puesto) de ir ahora a esa visita, o None."""
    puesto = _siguiente(problema, previo, visita) if previo else _primero(problema, visita, 0)
    desde = previo.visita if previo else problema.base
    if puesto is None:
        return None
    return puesto.dia, puesto.inicio, problema.viajes[desde][visita][1], visita, puesto


def mejorar(problema, puestos):
    """Mueve tramos de visitas seguidas mientras baje el costo; devuelve los puestos."""
    mejor, cuesta, sigue = puestos, costo(problema, puestos), True
    while sigue:
        sigue = False
        for desde, largo, hasta, al_reves in _movidas(problema.base):
            orden = [puesto.visita for puesto in mejor]
            tramo, resto = orden[desde : desde + largo], orden[:desde] + orden[desde + largo :]
            orden = [*resto[:hasta], *(tramo[::-1] if al_reves else tramo), *resto[hasta:]]
            otros = fechar(problema, orden) if _en_orden(problema, orden) else None
            if otros and costo(problema, otros) < cuesta:
                mejor, cuesta, sigue = otros, costo(problema, otros), True
    return mejor


def _movidas(visitas):
    """(desde, largo, hasta, al revés) de cada tramo corto y cada lugar al que puede ir."""
    for largo in range(1, min(TRAMO_MAXIMO, visitas) + 1):
        for desde, hasta in product(range(visitas - largo + 1), repeat=2):
            if desde != hasta:
                yield desde, largo, hasta, False
            if largo > 1:
                yield desde, largo, hasta, True


def _en_orden(problema, orden):
    hechas = set()
    for visita in orden:
        if not problema.antes[visita] <= hechas:
            return False
        hechas.add(visita)
    return True


def costo(problema, puestos):
    """(días hábiles fuera, km): lo que se minimiza, en ese orden."""
    primero, ultimo = extremos(problema, puestos)
    paradas = [problema.base, *(puesto.visita for puesto in puestos), problema.base]
    km = sum(problema.viajes[a][b][1] for a, b in pairwise(paradas))
    return ultimo - primero, round(km)
