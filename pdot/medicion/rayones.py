"""La base de rayones: se crea aparte, se llena, se mide y se borra.

Nunca es la de DATABASE_URL. Lleva otro nombre, que no se puede elegir, y una marca: si ya hay una
base con ese nombre y sin la marca, es de alguien y no se toca.
"""

import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import override_settings

PREFIJO = "medir_pdot_"
MARCA = "Base de rayones de manage.py medir: se puede borrar"
# «PDOT» en ASCII: el application_id con que SQLite distingue de quién es un archivo.
MARCA_SQLITE = 0x50444F54


class NoSeMide(Exception):
    """Medir aquí podría tocar datos de alguien; el mensaje dice por qué."""


@contextmanager
def base_de_rayones(nombre, *, llenar, conservar=False):
    """Deja la conexión apuntando a la base `nombre` y la devuelve a la suya al salir.

    `llenar()` la llena, si no quedó llena de una medición anterior. Lanza NoSeMide en producción, y
    si la base de ese nombre es la de DATABASE_URL o no la hizo esta orden.
    """
    _exigir_que_se_pueda()
    base = _Sqlite(nombre) if connection.vendor == "sqlite" else _Postgres(nombre)
    suya = connection.settings_dict["NAME"]
    if str(suya) == base.nombre or Path(str(suya)).name.startswith(PREFIJO):
        raise NoSeMide("DATABASE_URL apunta a una base de rayones: póngale la suya.")
    estaba = base.existe()
    if estaba and not base.tiene_la_marca():
        raise NoSeMide(f"Ya hay una base «{base.nombre}» que no hizo esta orden: no se toca.")
    if estaba and not conservar:
        base.borrar()
        estaba = False
    if not estaba:
        base.crear()
    connection.close()
    connection.settings_dict["NAME"] = base.nombre
    sirve = False
    try:
        if not estaba:
            base.marcar()
            crear_tablas()
            llenar()
        # A medio llenar no sirve para la próxima vez.
        sirve = True
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = suya
        if not (conservar and sirve):
            base.borrar()


def _exigir_que_se_pueda():
    if settings.PRODUCCION:
        raise NoSeMide("No se mide en producción: ocuparía el servidor de todos.")
    if connection.vendor not in ("sqlite", "postgresql"):
        raise NoSeMide("Solo se mide en SQLite y en PostgreSQL.")
    if connection.in_atomic_block:
        raise NoSeMide("No se mide dentro de una transacción.")


def crear_tablas():
    """Las de los modelos de hoy, con sus índices, sin recorrer la historia de las migraciones."""
    sin_migraciones = dict.fromkeys(
        [app.split(".")[-1] for app in settings.INSTALLED_APPS if app != "allauth"]
    )
    with override_settings(MIGRATION_MODULES=sin_migraciones):
        call_command("migrate", run_syncdb=True, verbosity=0)


class _Sqlite:
    def __init__(self, nombre):
        self.ruta = Path(tempfile.gettempdir()) / f"{PREFIJO}{nombre}.sqlite3"
        self.nombre = str(self.ruta)

    def existe(self):
        return self.ruta.exists()

    def tiene_la_marca(self):
        # El application_id son cuatro bytes en el 68 del archivo: no hace falta abrirlo como base.
        with self.ruta.open("rb") as archivo:
            return archivo.read(72)[68:72] == MARCA_SQLITE.to_bytes(4, "big")

    def crear(self):
        pass

    def marcar(self):
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA application_id={MARCA_SQLITE}")

    def borrar(self):
        for cola in ("", "-wal", "-shm"):
            Path(f"{self.ruta}{cola}").unlink(missing_ok=True)


class _Postgres:
    def __init__(self, nombre):
        self.nombre = f"{PREFIJO}{nombre}"

    def existe(self):
        return self._pedir("SELECT 1 FROM pg_database WHERE datname = %s", self.nombre) is not None

    def tiene_la_marca(self):
        marca = self._pedir(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
            self.nombre,
        )
        return marca == (MARCA,)

    def crear(self):
        self._mandar(f"CREATE DATABASE \"{self.nombre}\" ENCODING 'UTF8' TEMPLATE template0")
        self._mandar(f"COMMENT ON DATABASE \"{self.nombre}\" IS '{MARCA}'")

    def marcar(self):
        pass

    def borrar(self):
        self._mandar(f'DROP DATABASE IF EXISTS "{self.nombre}"')

    def _pedir(self, orden, *datos):
        with connection._nodb_cursor() as cursor:
            cursor.execute(orden, datos)
            return cursor.fetchone()

    def _mandar(self, orden):
        with connection._nodb_cursor() as cursor:
            cursor.execute(orden)
