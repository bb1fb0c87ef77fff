from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from territorios.cargas import cargar_dpa
from territorios.lectura import CargaRechazada


class Command(BaseCommand):
    help = "Carga o actualiza la división político-administrativa. Se puede repetir."

    def add_arguments(self, parser):
        parser.add_argument(
            "--carpeta",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "dpa",
            help="Carpeta con los archivos (por omisión, fixtures/dpa).",
        )

    def handle(self, *args, carpeta, verbosity, **opciones):
        try:
            resumen = cargar_dpa(carpeta)
        except CargaRechazada as rechazo:
            raise CommandError(f"No se cargó nada. {rechazo}") from rechazo
        if verbosity == 0:
            return
        self.stdout.write("División político-administrativa:")
        for linea in resumen.lineas():
            self.stdout.write(f"  {linea}")
