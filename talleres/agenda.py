"""Las horas de una agenda: cada punto sigue al anterior, salvo que se le fije una hora.

Aquí las horas son minutos desde la medianoche.
"""

from dataclasses import dataclass
from datetime import time

FIN_DEL_DIA = 24 * 60 - 1
# También las usa el guion de la página, para decir lo mismo mientras se reordena.
FRASES = {
    "hueco": "Quedan {n} min libres antes de este punto.",
    "solape": "Se superpone {n} min con lo anterior.",
    "antes": "Empieza {n} min antes que el encuentro, fijado a las {hora}.",
    "despues": "Empieza {n} min después que el encuentro, fijado a las {hora}.",
    "fin": "Pasa en {n} min del fin del encuentro, fijado a las {hora}.",
}


@dataclass(frozen=True)
class Tramo:
    """De cuándo a cuándo va un punto.

    `hueco`: minutos libres desde que terminó lo anterior; negativo si se superponen.
    """

    inicio: int
    fin: int
    hueco: int = 0

    @property
    def cabe_en_el_dia(self):
        return self.fin <= FIN_DEL_DIA

    def __str__(self):
        return f"{en_hora(self.inicio)} – {en_hora(self.fin)}"


def encadenar(desde, duraciones):
    """Los Tramo de `duraciones`: pares (minutos, hora fijada o None), a partir de `desde`.

    Una hora fijada en el primero reemplaza a `desde`.
    """
    tramos, sigue = [], desde
    for minutos, fijada in duraciones:
        inicio = sigue if fijada is None else fijada
        hueco = inicio - sigue if tramos else 0
        tramos.append(Tramo(inicio, inicio + minutos, hueco))
        sigue = max(tramo.fin for tramo in tramos)
    return tramos


def avisos_de(tramos, inicio=None, fin=None):
    """Por cada tramo, las frases de lo que conviene revisar.

    `inicio` y `fin`: los del encuentro; valen sobre los de la agenda, pero no impiden guardarla.
    """
    return [
        [*_de_lugar(tramo), *(_de_comienzo(tramo, inicio) if n == 0 else []), *_de_fin(tramo, fin)]
        for n, tramo in enumerate(tramos)
    ]


def _de_lugar(tramo):
    if tramo.hueco > 0:
        return [_frase("hueco", tramo.hueco)]
    return [_frase("solape", -tramo.hueco)] if tramo.hueco < 0 else []


def _de_comienzo(tramo, inicio):
    if inicio is None or tramo.inicio == inicio:
        return []
    que = "antes" if tramo.inicio < inicio else "despues"
    return [_frase(que, abs(tramo.inicio - inicio), inicio)]


def _de_fin(tramo, fin):
    return [] if fin is None or tramo.fin <= fin else [_frase("fin", tramo.fin - fin, fin)]


def _frase(que, minutos, hora=0):
    return FRASES[que].replace("{n}", str(minutos)).replace("{hora}", en_hora(hora))


def en_minutos(hora):
    return None if hora is None else hora.hour * 60 + hora.minute


def en_hora(minutos):
    """«09:30»; después de medianoche sigue contando («24:10») para que se vea el error."""
    return f"{minutos // 60:02}:{minutos % 60:02}"


def como_hora(minutos):
    return time(*divmod(minutos, 60))
