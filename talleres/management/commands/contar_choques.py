"""Cuenta los choques sin aceptar de cada estrategia; para cron, una vez al día."""

from django.core.management.base import BaseCommand

from acompanamiento.models import Estrategia
from talleres.cuenta_choques import contar_choques
from talleres.models import ResumenDeChoques


class Command(BaseCommand):
    help = "Cuenta de nuevo los choques sin aceptar que muestra el cronograma."

    def handle(self, *args, **opciones):
        for estrategia in Estrategia.objects.all():
            abiertos = contar_choques(estrategia.pk).abiertos[ResumenDeChoques.PAIS]
            self.stdout.write(f"{estrategia.nombre}: {abiertos} sin aceptar")
