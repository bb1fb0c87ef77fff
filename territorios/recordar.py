"""Lo común de las órdenes que recuerdan algo: una fecha opcional y lo que hicieron, en palabras."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError


class OrdenDeRecordar(BaseCommand):
    """Para cron, una vez al día; se puede repetir y no depende de que corra cada día.

    Quien la hereda define `recordar(fecha)`, que da los renglones de lo que hizo; `fecha` es None
    para hoy.
    """

    def add_arguments(self, parser):
        parser.add_argument("--fecha", help="AAAA-MM-DD; hoy si se calla")

    def handle(self, *args, **opciones):
        for renglon in self.recordar(_leer(opciones["fecha"])):
            self.stdout.write(renglon)

    def recordar(self, fecha):
        raise NotImplementedError


def _leer(texto):
    try:
        return date.fromisoformat(texto) if texto else None
    except ValueError as error:
        raise CommandError(f"«{texto}» no es una fecha AAAA-MM-DD.") from error
