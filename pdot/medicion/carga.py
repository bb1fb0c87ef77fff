"""Guardar muchas filas de una vez sin tenerlas todas en memoria."""

from contextlib import contextmanager
from itertools import islice

LOTE = 4_000


def guardar(modelo, filas):
    """Crea las `filas` por lotes: un millón de ellas juntas no caben en la memoria."""
    filas = iter(filas)
    while lote := list(islice(filas, LOTE)):
        modelo.objects.bulk_create(lote, batch_size=1_000)


@contextmanager
def con_fechas_dadas(modelo, *campos):
    """Que esos campos guarden la fecha que traen y no la de ahora: la historia es de años."""
    afectados = [modelo._meta.get_field(campo) for campo in campos]
    antes = [(campo, campo.auto_now, campo.auto_now_add) for campo in afectados]
    for campo in afectados:
        campo.auto_now = campo.auto_now_add = False
    try:
        yield
    finally:
        for campo, auto_now, auto_now_add in antes:
            campo.auto_now, campo.auto_now_add = auto_now, auto_now_add
