"""Archivos que sube la gente: guardados en privado, con nombre al azar y nunca servidos por sí."""

import secrets
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.utils.deconstruct import deconstructible


@deconstructible(path="territorios.archivos.AlmacenPrivado")
class AlmacenPrivado(FileSystemStorage):
    """Guarda en `ARCHIVOS_PRIVADOS`, que se lee cada vez. Sin dirección: entrega una vista."""

    def __init__(self):
        super().__init__(file_permissions_mode=0o600, directory_permissions_mode=0o700)

    @property
    def base_location(self):
        return Path(settings.ARCHIVOS_PRIVADOS)

    @property
    def location(self):
        return str(self.base_location.absolute())

    def url(self, name):
        raise ValueError("Un archivo privado no tiene dirección: lo entrega una vista.")


def nombre_al_azar(carpeta, extension):
    """Nombre que no se adivina ni dice de quién es: «evidencias/3f…9a.jpg»."""
    return f"{carpeta}/{secrets.token_hex(16)}.{extension}"


@contextmanager
def sin_dejar_sueltos():
    """Da una lista donde anotar los archivos que se escriben; si algo falla, los borra."""
    escritos = []
    try:
        yield escritos
    except BaseException:
        for nombre in escritos:
            AlmacenPrivado().delete(nombre)
        raise
