"""Los datos de verdad (`fixtures/`) en las pruebas: cargarlos una vez y estropear copias."""

import csv
import json
import shutil
from contextlib import contextmanager
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import transaction

FIXTURES = Path(settings.BASE_DIR) / "fixtures"
DPA = FIXTURES / "dpa"
PILOTO = FIXTURES / "piloto"
APPS = ("territorios", "acompanamiento", "talleres", "pdot")


@contextmanager
def transaccion_comun(bloqueo):
    """Lo que se escriba dentro lo ven todas las pruebas del módulo o la clase, y luego se deshace.

    Para fixtures de alcance mayor que la prueba, que reciben `django_db_setup` y
    `django_db_blocker` (este es `bloqueo`). Cada prueba sigue deshaciendo lo suyo.
    """
    with bloqueo.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


def filas_por_tabla():
    """Cuántas filas hay en cada tabla del proyecto, historia incluida."""
    modelos = [modelo for app in APPS for modelo in apps.get_app_config(app).get_models()]
    return {modelo._meta.label: modelo._base_manager.count() for modelo in modelos}


def copiar(original, destino):
    """Copia una carpeta de datos para estropearla."""
    return Path(shutil.copytree(original, destino / original.name))


def cambiar_csv(carpeta, archivo, fila, columna, valor):
    """Cambia una celda; la fila 1 es la cabecera, así que los datos empiezan en la 2."""
    ruta = carpeta / archivo
    with ruta.open(encoding="utf-8", newline="") as abierto:
        filas = list(csv.reader(abierto))
    filas[fila - 1][filas[0].index(columna)] = valor
    with ruta.open("w", encoding="utf-8", newline="") as abierto:
        csv.writer(abierto).writerows(filas)


def cambiar_json(carpeta, archivo, camino, valor):
    """Cambia un valor; `camino` son claves e índices: ("registros", 0, "sede")."""
    ruta = carpeta / archivo
    datos = json.loads(ruta.read_text(encoding="utf-8"))
    *previo, ultimo = camino
    lugar = datos
    for paso in previo:
        lugar = lugar[paso]
    lugar[ultimo] = valor
    ruta.write_text(json.dumps(datos), encoding="utf-8")
