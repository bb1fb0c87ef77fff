"""Encola los recordatorios de convocatorias sin respuesta; para cron, una vez al día."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from talleres.acciones_convocatoria import recordar_pendientes


class Command(BaseCommand):
    help = "Recuerda a los GAD convocados que no han respondido; a cada uno, una sola vez."

    def add_arguments(self, parser):
        parser.add_argument("--fecha", help="AAAA-MM-DD; hoy si se calla")

    def handle(self, *args, **opciones):
        try:
            fecha = date.fromisoformat(opciones["fecha"]) if opciones["fecha"] else None
        except ValueError as error:
            raise CommandError(f"«{opciones['fecha']}» no es una fecha AAAA-MM-DD.") from error
        self.stdout.write(f"Recordatorios en cola: {recordar_pendientes(fecha)}")
