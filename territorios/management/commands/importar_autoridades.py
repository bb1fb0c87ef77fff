from django.core.management.base import BaseCommand, CommandError

from territorios.importaciones.autoridades import importar_autoridades
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada


class Command(BaseCommand):
    help = "Importa las autoridades de los GAD (CSV o XLSX) y cierra el período de las anteriores."

    def add_arguments(self, parser):
        parser.add_argument("archivo", help="CSV o XLSX: código, nombre, cargo, desde, hasta.")
        parser.add_argument("--solo-revisar", action="store_true", help="No escribe nada.")

    def handle(self, *args, archivo, solo_revisar, **opciones):
        try:
            vista = importar_autoridades(Archivo.de_ruta(archivo), solo_revisar=solo_revisar)
        except CargaRechazada as rechazo:
            raise CommandError(f"No se importó nada. {rechazo}") from rechazo
        for linea in vista.lineas():
            self.stdout.write(linea)
        if vista.cambia:
            self.stdout.write("Solo se revisó." if solo_revisar else "Importadas.")
