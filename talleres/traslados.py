"""Anotar los viajes de un día: por dónde y a qué hora se salió y se llegó de veras.

De los que tienen las dos horas aprenden los choques y el cronograma propuesto.
"""

from django.db import transaction

from acompanamiento.models import Estrategia
from territorios.versiones import bloquear, guardar_con_version

from .cuenta_choques import contar_al_terminar
from .models import Encuentro, Traslado

CAMPOS = ("origen", "destino", "modo", "hora", "llegada")


@transaction.atomic
def guardar_traslados(encuentro, filas, *, por):
    """Deja así los viajes del día del encuentro; devuelve cuántos cambiaron.

    `filas`: un dict por viaje con `pk` (None si es nuevo), `version`, `quitar` y CAMPOS. Los que no
    vienen no se tocan. Lanza Conflicto si alguno cambió mientras se editaba.
    """
    # Dos que anotan el mismo viaje nuevo a la vez: el segundo ya ve el del primero.
    bloquear(Estrategia, encuentro.estrategia_id)
    suyos = Traslado.objects.del_dia_de(encuentro).in_bulk()
    cambios = sum(_guardar(encuentro, suyos.get(fila["pk"]), fila, por) for fila in filas)
    if cambios:
        contar_al_terminar(encuentro.estrategia_id)
    return cambios


def _guardar(encuentro, guardado, fila, por):
    valores = {campo: fila[campo] for campo in CAMPOS}
    if guardado is None:
        return not fila["quitar"] and _crear(encuentro, valores, por)
    if not fila["quitar"] and valores == {campo: getattr(guardado, campo) for campo in CAMPOS}:
        return False
    actual = bloquear(Traslado, guardado.pk, fila["version"])
    actual._history_user, actual._change_reason = por, "Viajes del día"
    if fila["quitar"]:
        actual.delete()
        return True
    for campo, valor in valores.items():
        setattr(actual, campo, valor)
    if actual.hora:
        actual.jornada = Encuentro.Jornada.de(actual.hora)
    guardar_con_version(actual, actual.version)
    return True


def _crear(encuentro, valores, por):
    traslado = Traslado(
        estrategia_id=encuentro.estrategia_id,
        fecha=encuentro.fecha,
        jornada=Encuentro.Jornada.de(valores["hora"]),
        **valores,
    )
    del_dia = Traslado.objects.del_dia_de(encuentro)
    if del_dia.filter(**{c: valores[c] for c in ("origen", "destino", "hora")}).exists():
        return False
    traslado.orden = orden_en_el_dia(traslado)
    traslado._history_user, traslado._change_reason = por, "Viajes del día"
    traslado.save()
    return True


def orden_en_el_dia(traslado):
    """Después de los encuentros y los viajes que salen antes; el orden se cuenta con los dos."""
    del_dia = {"estrategia": traslado.estrategia_id, "fecha": traslado.fecha}
    antes = Encuentro.objects.filter(**del_dia, inicio__lt=traslado.hora).count()
    return antes + Traslado.objects.filter(**del_dia, hora__lt=traslado.hora).count() + 1
