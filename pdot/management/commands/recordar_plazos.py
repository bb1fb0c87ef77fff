"""Pone en la cola los recordatorios de los plazos para evaluar; para cron, una vez al día."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from pdot.recordatorios import encolar_recordatorios


class Command(BaseCommand):
    help = (
        "Pone en la cola de correo los recordatorios de los plazos para evaluar que tocan; cada "
        "uno una sola vez. Los manda «enviar_correos»."
    )

    def add_arguments(self, parser):
        parser.add_argument("--fecha", help="AAAA-MM-DD; hoy si se calla")

    def handle(self, *args, **opciones):
        try:
            fecha = date.fromisoformat(opciones["fecha"]) if opciones["fecha"] else None
        except ValueError as error:
            raise CommandError(f"«{opciones['fecha']}» no es una fecha AAAA-MM-DD.") from error
        cuantos = encolar_recordatorios(fecha)
        self.stdout.write(f"Recordatorios en la cola de correo: {cuantos}")
