"""La tendencia: los cortes de un ámbito en un año, como líneas escalonadas y como tabla.

Entre dos cortes nada cambió, y la línea lo dice: sube el día del corte y sigue igual hasta el
siguiente. Cada paso lleva su trazo y su nombre al final, para leerse también en gris.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from django.contrib.humanize.templatetags.humanize import intcomma

from acompanamiento.ruta import meses_entre
from territorios.mapas import ANCHO_DE_LETRA

from .embudo import PASOS
from .escalones import Escalon
from .miradas import mirada_de
from .models import CorteDeAvance

# Medidas, en unidades del SVG.
ANCHO, ALTO = 640, 240
IZQUIERDA, ARRIBA, ABAJO = 40, 12, 28
ENTRE_NOMBRES = 15
LETRA = 12
# Del final del trazo a su nombre, donde va la raya que los une.
HASTA_EL_NOMBRE = 11
HOLGURA = timedelta(days=15)
# Trazo de cada paso: (color, guiones). Ninguno se distingue solo por el color.
TRAZOS = {
    Escalon.GRUPO: ("#53616a", ""),
    Escalon.M1: ("#8a5a00", "2 3"),
    Escalon.M2: ("#8a5a00", "8 3"),
    Escalon.M3: ("#2f7086", ""),
    Escalon.EVALUADO: ("#5b4a8a", "6 2 2 2"),
    Escalon.APROBADO: ("#0d3540", "4 2"),
    Escalon.PLAN: ("#1c6b3c", ""),
}


@dataclass
class Linea:
    """Un paso dibujado: el trazo, y su nombre y su última cifra en (x, y) a la derecha."""

    escalon: Escalon
    color: str
    guiones: str
    trazo: str
    ultimo: int
    y: float
    hasta: float
    rotulo: str


@dataclass
class Tendencia:
    """`anios`: los que tienen cortes. `filas`: (fecha, [cifra de cada paso]), lo último primero.

    `derecha`: dónde acaban los trazos y empiezan sus nombres.
    """

    anio: int
    anios: list[int]
    filas: list[tuple]
    lineas: list[Linea]
    meses: list[tuple]
    rayas: list[tuple]
    derecha: int
    ancho: int = ANCHO
    alto: int = ALTO
    izquierda: int = IZQUIERDA
    letra: int = LETRA
    hasta_el_nombre: int = HASTA_EL_NOMBRE
    suelo: int = ALTO - ABAJO


def leer_tendencia(usuario, ambito, hoy, anio=None):
    """La Tendencia de un ámbito, o None si no hay cortes. Una consulta.

    Sin `anio`, el último en que hubo más de un corte: el que algo cuenta.
    """
    guardados = CorteDeAvance.objects.filter(
        mirada=mirada_de(usuario), ambito=ambito, fecha__lte=hoy
    )
    cortes = _con_cambio(guardados.order_by("fecha").values_list("fecha", "cifras"))
    if not cortes:
        return None
    anios = sorted({fecha.year for fecha, _ in cortes})
    if anio not in anios:
        con_varios = [uno for uno in anios if sum(f.year == uno for f, _ in cortes) > 1]
        anio = (con_varios or anios)[-1]
    del_anio = [(fecha, cifras) for fecha, cifras in cortes if fecha.year == anio]
    previos = [cifras for fecha, cifras in cortes if fecha.year < anio]
    puntos = [(date(anio, 1, 1), previos[-1]), *del_anio] if previos else del_anio
    return _dibujar(anio, anios, puntos, del_anio, hoy)


def _con_cambio(cortes):
    """[(fecha, cifras)] de los cortes en que cambió algo de lo que se muestra.

    Un corte lleva más que los pasos: cuántos GAD hay o cuántos se propusieron.
    """
    quedan = []
    for fecha, corte in cortes:
        cifras = [corte.get(paso.value, 0) for paso in PASOS]
        if not quedan or quedan[-1][1] != cifras:
            quedan.append((fecha, cifras))
    return quedan


def _dibujar(anio, anios, puntos, del_anio, hoy):
    # El año en curso llega hasta hoy; uno pasado, hasta poco después de lo último que cambió.
    fin = hoy if anio == hoy.year else min(puntos[-1][0] + HOLGURA, date(anio, 12, 31))
    # Con un solo corte se muestran los días de antes, vacíos, y nunca los que no han llegado.
    inicio = min(puntos[0][0], fin - HOLGURA)
    tope = max(max(cifras) for _, cifras in puntos) or 1
    lugares = [n for n in range(len(PASOS)) if any(cifras[n] for _, cifras in puntos)]
    derecha = _donde_acaban([_rotulo(n, puntos[-1][1][n]) for n in lugares])
    ancho, alto = derecha - IZQUIERDA, ALTO - ARRIBA - ABAJO

    def x(fecha):
        return round(IZQUIERDA + ancho * (fecha - inicio).days / (fin - inicio).days, 1)

    def y(cuantos):
        return round(ARRIBA + alto * (1 - cuantos / tope), 1)

    return Tendencia(
        anio=anio,
        anios=anios,
        filas=del_anio[::-1],
        lineas=_separar([_linea(n, puntos, x, y, fin) for n in lugares]),
        meses=[(max(x(mes), IZQUIERDA), mes) for mes in meses_entre(inicio, fin)],
        rayas=[(y(cuantos), intcomma(cuantos)) for cuantos in sorted({0, tope // 2, tope})],
        derecha=derecha,
    )


def _rotulo(lugar, ultimo):
    return f"{PASOS[lugar].plural}: {intcomma(ultimo)}"


def _donde_acaban(rotulos):
    """La abscisa en que acaban los trazos para que el más largo de sus nombres quepa después."""
    largo = max(map(len, rotulos), default=0)
    return ANCHO - HASTA_EL_NOMBRE - ceil(largo * LETRA * ANCHO_DE_LETRA)


def _linea(lugar, puntos, x, y, fin):
    fecha, cifras = puntos[0]
    trazo = [f"M{x(fecha)} {y(cifras[lugar])}"]
    for fecha, cifras in puntos[1:]:
        trazo.append(f"H{x(fecha)}V{y(cifras[lugar])}")
    trazo.append(f"H{x(fin)}")
    color, guiones = TRAZOS[PASOS[lugar]]
    ultimo = cifras[lugar]
    rotulo = _rotulo(lugar, ultimo)
    return Linea(PASOS[lugar], color, guiones, "".join(trazo), ultimo, y(ultimo), y(ultimo), rotulo)


def _separar(lineas):
    """Los nombres, de arriba abajo y sin pisarse; si no caben todos, suben desde el suelo."""
    lineas = sorted(lineas, key=lambda linea: linea.hasta)
    anterior = ARRIBA - ENTRE_NOMBRES
    for linea in lineas:
        linea.y = anterior = max(linea.hasta, anterior + ENTRE_NOMBRES)
    suelo = ALTO - ABAJO + ENTRE_NOMBRES
    for linea in reversed(lineas):
        suelo -= ENTRE_NOMBRES
        linea.y = min(linea.y, suelo)
    return lineas
