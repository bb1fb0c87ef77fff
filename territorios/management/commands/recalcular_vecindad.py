from django.core.management.base import BaseCommand, CommandError

from territorios.importaciones.vecindad import SinVecinos, recalcular_vecindad
from territorios.models import Territorio


class Command(BaseCommand):
    help = "Compara la vecindad guardada con la de los límites en uso; --aplicar la pone al día."

    def add_arguments(self, parser):
        parser.add_argument("--nivel", choices=Territorio.Nivel.values, required=True)
        parser.add_argument("--aplicar", action="store_true", help="Escribe, con historia.")

    def handle(self, *args, nivel, aplicar, **opciones):
        try:
            vista = recalcular_vecindad(nivel, aplicar=aplicar)
        except SinVecinos as falta:
            raise CommandError(str(falta)) from falta
        for linea in vista.lineas():
            self.stdout.write(linea)
