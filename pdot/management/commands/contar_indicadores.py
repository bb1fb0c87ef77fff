"""Cuenta de nuevo las cifras de coherencia de todos los GAD; para cron, una vez al día."""

from django.core.management.base import BaseCommand

from pdot.cuenta_indicadores import contar_indicadores
from territorios.texto import cuantos


class Command(BaseCommand):
    help = "Cuenta de nuevo las cifras que muestran los indicadores de coherencia."

    def handle(self, *args, **opciones):
        self.stdout.write(
            f"Se contaron las cifras de {cuantos(contar_indicadores(), 'GAD', 'GAD')}."
        )
