"""Cuenta de nuevo las cifras del avance y guarda el corte del día; para cron, una vez al día."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from pdot.cuenta_avance import reconstruir
from pdot.models import CorteDeAvance
from pdot.tarea_de_avance import contar_ya
from territorios.texto import cuantos


class Command(BaseCommand):
    help = "Cuenta el avance del país, las zonas y los grupos, y guarda el corte de hoy."

    def add_arguments(self, parser):
        parser.add_argument(
            "--desde",
            help="AAAA-MM-DD: además rehace los cortes desde ese día, con las fechas que constan.",
        )

        parser.add_argument(
            "--si-falta",
            action="store_true",
            help="No hace nada si ya hay cifras contadas: para preparar una demostración.",
        )

    def handle(self, *args, desde, si_falta, **opciones):
        if si_falta and CorteDeAvance.objects.exists():
            return
        if desde:
            dias = reconstruir(_leer_fecha(desde))
            self.stdout.write(f"Se rehicieron los cortes de {cuantos(dias, 'día', 'días')}.")
        ambitos = contar_ya()
        self.stdout.write(f"Se contó el avance de {cuantos(ambitos, 'ámbito', 'ámbitos')}.")


def _leer_fecha(texto):
    try:
        return date.fromisoformat(texto)
    except ValueError:
        raise CommandError(f"«{texto}» no es una fecha AAAA-MM-DD.") from None
