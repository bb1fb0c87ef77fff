"""Lo escrito a mano: párrafos y listas sencillas, sin más marcas que las que la gente ya teclea."""

import re
from itertools import groupby

VINETA = re.compile(r"\s*[-–•*]\s+(.+)")
NUMERO = re.compile(r"\s*(\d{1,3})[.)]\s+(.+)")


def bloques(texto):
    """[(clase, líneas, primer número)]: «p», «ul» o «ol». Una línea en blanco separa bloques."""
    hallados = []
    lineas = [linea.strip() for linea in texto.splitlines()]
    for clase, suyas in groupby(lineas, key=_clase):
        if clase:
            suyas = list(suyas)
            primero = int(NUMERO.fullmatch(suyas[0])[1]) if clase == "ol" else 1
            hallados.append((clase, [_sin_marca(linea) for linea in suyas], primero))
    return hallados


def _clase(linea):
    if not linea:
        return ""
    if VINETA.fullmatch(linea):
        return "ul"
    return "ol" if NUMERO.fullmatch(linea) else "p"


def _sin_marca(linea):
    marcada = VINETA.fullmatch(linea) or NUMERO.fullmatch(linea)
    return marcada[marcada.lastindex] if marcada else linea
