"""Manda los recordatorios de acuerdos por vencer y vencidos; para cron, una vez al día."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from acompanamiento.recordatorios import enviar_recordatorios


class Command(BaseCommand):
    help = "Manda los recordatorios de acuerdos que tocan; cada uno una sola vez."

    def add_arguments(self, parser):
        parser.add_argument("--fecha", help="AAAA-MM-DD; hoy si se calla")

    def handle(self, *args, **opciones):
        try:
            fecha = date.fromisoformat(opciones["fecha"]) if opciones["fecha"] else None
        except ValueError as error:
            raise CommandError(f"«{opciones['fecha']}» no es una fecha AAAA-MM-DD.") from error
        cuantos = enviar_recordatorios(fecha)
        self.stdout.write(f"Recordatorios enviados: {cuantos}")
