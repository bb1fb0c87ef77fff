"""Publica los datos abiertos; para cron, una vez cada noche."""

from django.core.management.base import BaseCommand

from pdot.datos_abiertos import carpeta_de, publicar
from territorios.texto import cuantos


class Command(BaseCommand):
    help = "Publica los datos abiertos: todo o nada, en una carpeta nueva."

    def handle(self, *args, **opciones):
        publicacion = publicar()
        hechos = cuantos(len(publicacion.archivos), "archivo", "archivos")
        self.stdout.write(f"Se publicaron {hechos} en {carpeta_de(publicacion)}.")
