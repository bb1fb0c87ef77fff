"""Lo que se dice de un itinerario: si choca, cómo se cuenta y sus datos. Sin base de datos."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby, pairwise

from django.utils.formats import date_format, number_format

from territorios.texto import cuantos, enumerar

from .itinerario import Lugar, horas

OPTIMO = "Se demostró que no hay otro con menos días ni, con esos días, menos kilómetros."
NO_DEMOSTRADO = "Es el mejor que se halló; no se demostró que no haya otro mejor."


@dataclass(frozen=True)
class Parada:
    """Una reunión con día, horas y lugar, venga de una propuesta o de la base."""

    clave: str
    nombre: str
    fecha: date
    inicio: time
    fin: time
    lugar: Lugar


def paradas_de(itinerario):
    return [
        Parada(cita.visita.clave, cita.visita.nombre, cita.fecha, inicio, fin, cita.visita.lugar)
        for cita in itinerario.citas
        for inicio, fin in cita.jornadas
    ]


def choques(paradas: Collection[Parada], previas: Mapping[str, Collection[str]], minutos):
    """Frases: reuniones a la vez, viajes que no caben entre dos y momentos fuera de orden.

    `previas`: clave → las que van antes; `minutos(a, b)`: lo que tarda el viaje. Lo que no tiene
    fecha no choca con nada.
    """
    en_orden = sorted(paradas, key=lambda parada: (parada.fecha, parada.inicio, parada.fin))
    frases = []
    for _, del_dia in groupby(en_orden, key=lambda parada: parada.fecha):
        for antes, despues in pairwise(del_dia):
            frases += _entre(antes, despues, minutos(antes.lugar, despues.lugar))
    return frases + _fuera_de_orden(en_orden, previas)


def _entre(antes, despues, viaje):
    libres = (_momento(despues) - datetime.combine(antes.fecha, antes.fin)).total_seconds() / 60
    cuando = date_format(antes.fecha, r"j \d\e F")
    if libres < 0:
        return [f"{cuando}: «{antes.nombre}» y «{despues.nombre}» se cruzan."]
    if libres < viaje:
        return [
            f"{cuando}: de {antes.lugar.nombre} a {despues.lugar.nombre} hay {horas(int(libres))} "
            f"y el viaje toma {horas(viaje)}."
        ]
    return []


def _momento(parada):
    return datetime.combine(parada.fecha, parada.inicio)


def _fuera_de_orden(en_orden, previas):
    ultimas = {parada.clave: parada for parada in en_orden}
    frases = []
    for parada in {p.clave: p for p in reversed(en_orden)}.values():
        for clave in sorted(previas.get(parada.clave, ())):
            previa = ultimas.get(clave)
            if previa and _momento(previa) > _momento(parada):
                frases.append(f"«{parada.nombre}» va antes que «{previa.nombre}».")
    return frases


def explicar(itinerario, condiciones, omitidos=()):
    """Cómo es el itinerario y por qué, en frases."""
    dia = r"l j \d\e F"
    sale, vuelve = (date_format(f, dia) for f in (itinerario.salida, itinerario.regreso))
    km = number_format(round(itinerario.km), use_l10n=True, force_grouping=True)
    frases = [
        f"El equipo sale de {condiciones.base.nombre} el {sale} y vuelve el {vuelve}: "
        f"{cuantos(itinerario.dias_habiles, 'día hábil', 'días hábiles')}, "
        f"{cuantos(itinerario.dias_fuera, 'día', 'días')} fuera contando los de descanso, y unos "
        f"{km} km.",
        "Cada momento va después de los que le tocan: el 1 con la provincia, el 2 con sus cantones "
        "y el 3 con todo el grupo.",
    ]
    if itinerario.optimo is not None:
        frases.append(OPTIMO if itinerario.optimo else NO_DEMOSTRADO)
    if omitidos:
        frases.append(f"Ya están programados y no se proponen: {enumerar(omitidos)}.")
    return frases


@dataclass(frozen=True)
class Jornada:
    """Un día del itinerario, con sus citas y tramos en orden de hora."""

    fecha: date
    pasos: list


def por_dia(itinerario):
    """[Jornada]; cada paso es (hora, cita o None, (inicio, fin) o None, tramo o None)."""
    pasos = [
        (cita.fecha, inicio, cita, (inicio, fin), None)
        for cita in itinerario.citas
        for inicio, fin in cita.jornadas
    ]
    pasos += [(tramo.fecha, tramo.salida, None, None, tramo) for tramo in itinerario.tramos]
    pasos.sort(key=lambda paso: paso[:2])
    return [
        Jornada(fecha, [paso[1:] for paso in suyos])
        for fecha, suyos in groupby(pasos, key=lambda paso: paso[0])
    ]


def como_datos(itinerario):
    """El itinerario con lo que se puede escribir en JSON."""
    return {
        "dias_habiles": itinerario.dias_habiles,
        "dias_fuera": itinerario.dias_fuera,
        "km": round(itinerario.km, 1),
        "optimo": itinerario.optimo,
        "encuentros": [
            {
                "clave": cita.visita.clave,
                "tipo": cita.visita.tipo,
                "nombre": cita.visita.nombre,
                "canton": cita.visita.lugar.codigo,
                "lugar": cita.visita.lugar.nombre,
                "fecha": cita.fecha.isoformat(),
                "jornadas": [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in cita.jornadas],
            }
            for cita in itinerario.citas
        ],
        "traslados": [
            {
                "fecha": tramo.fecha.isoformat(),
                "salida": f"{tramo.salida:%H:%M}",
                "llegada": f"{tramo.llegada:%H:%M}",
                "origen": tramo.origen.nombre,
                "destino": tramo.destino.nombre,
                "km": round(tramo.km, 1),
                "modo": tramo.modo,
            }
            for tramo in itinerario.tramos
        ],
    }
