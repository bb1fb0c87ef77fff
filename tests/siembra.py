"""La DPA, el piloto y sus cuentas en la base, como los deja quien prepara una demostración.

Cargarlos cuesta segundos y los piden decenas de pruebas. La primera vez de cada proceso se cargan
de verdad y se guarda en memoria lo que quedó en la base; después se repiten esas mismas filas.
"""

from datetime import time

from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

from pdot.piloto import cargar_piloto
from territorios.cargas import cargar_dpa

from .datos import DPA, PILOTO
from .fabricas import CLAVE

# Cuántos valores lleva una orden: el tope más bajo es el de SQLite.
POR_ORDEN = 900

_retratos = {}


def dpa():
    cargar_dpa(DPA)


def piloto():
    """La DPA y el piloto."""
    sembrar(dpa)
    cargar_piloto(PILOTO)


def cuentas():
    """La DPA, el piloto y las cuentas de demostración."""
    sembrar(piloto)
    call_command("crear_usuarios_demo", verbosity=0)


def cuentas_con_clave():
    """Lo mismo, y las cuentas entran con la `CLAVE` de todas las pruebas."""
    sembrar(cuentas)
    for usuario in get_user_model().objects.all():
        usuario.set_password(CLAVE)
        usuario.save()


def sembrar(cargar):
    """Deja la base como `cargar`, que es una de las de arriba. Sus tablas deben estar vacías.

    Lo que se hace al confirmar solo ocurre fuera de una transacción: son dos retratos distintos.
    """
    cual = (cargar, connection.in_atomic_block)
    if cual in _retratos:
        _reponer(_retratos[cual])
        return
    vacias = [modelo for modelo in _modelos() if not modelo._base_manager.exists()]
    cargar()
    _retratos[cual] = {modelo: filas for modelo in vacias if (filas := _leer(modelo))}


def _modelos():
    return apps.get_models(include_auto_created=True)


def _columnas(modelo):
    return ", ".join(
        connection.ops.quote_name(c.column) for c in modelo._meta.local_concrete_fields
    )


def _leer(modelo):
    """Las filas tal como están en la base, sin pasar por los campos."""
    tabla = connection.ops.quote_name(modelo._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columnas(modelo)} FROM {tabla}")
        return [tuple(map(_como_se_escribe, fila)) for fila in cursor.fetchall()]


def _como_se_escribe(valor):
    # SQLite lee las horas y no las sabe escribir.
    return str(valor) if isinstance(valor, time) else valor


def _reponer(retrato):
    with transaction.atomic(), connection.cursor() as cursor:
        for modelo, filas in retrato.items():
            _escribir(cursor, modelo, filas)
        for orden in connection.ops.sequence_reset_sql(no_style(), list(retrato)):
            cursor.execute(orden)


def _escribir(cursor, modelo, filas):
    ancho = len(filas[0])
    uno = f"({', '.join(['%s'] * ancho)})"
    cabeza = f"INSERT INTO {connection.ops.quote_name(modelo._meta.db_table)} ({_columnas(modelo)})"
    tanda = POR_ORDEN // ancho
    for desde in range(0, len(filas), tanda):
        unas = filas[desde : desde + tanda]
        valores = [valor for fila in unas for valor in fila]
        cursor.execute(f"{cabeza} VALUES {', '.join([uno] * len(unas))}", valores)
