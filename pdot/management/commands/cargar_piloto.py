from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from pdot.piloto import cargar_piloto
from territorios.lectura import CargaRechazada


class Command(BaseCommand):
    help = (
        "Carga el piloto de Manabí y Esmeraldas de 2019. Se puede repetir: lo que ya existe se "
        "deja como está."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--carpeta",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "piloto",
            help="Carpeta con los archivos (por omisión, fixtures/piloto).",
        )

    def handle(self, *args, carpeta, verbosity, **opciones):
        try:
            resumen = cargar_piloto(carpeta)
        except CargaRechazada as rechazo:
            raise CommandError(f"No se cargó nada. {rechazo}") from rechazo
        if verbosity == 0:
            return
        self.stdout.write("Piloto de Manabí y Esmeraldas (2019):")
        for linea in resumen.lineas():
            self.stdout.write(f"  {linea}")
