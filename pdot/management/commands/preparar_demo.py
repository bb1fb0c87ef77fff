"""Deja la base lista para una demostración; lo llama `./tareas demo`."""

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

# Con los cortes del piloto, para que el avance tenga tendencia desde el primer día.
DESDE = "2019-01-01"


class Command(BaseCommand):
    help = (
        "Prepara la base, carga la DPA y el piloto, crea los usuarios de muestra y cuenta el "
        "avance. Se puede repetir. No funciona en producción."
    )
    # Las comprobaciones de la base no pasarían antes de prepararla; las demás las hace el servidor.
    requires_system_checks = []

    def handle(self, *args, **opciones):
        """Todo en un proceso: arrancar uno por orden tardaba más que lo que hace cada una."""
        if settings.PRODUCCION:
            raise CommandError("En producción no se prepara una demostración.")
        call_command("migrate", verbosity=0)
        call_command("cargar_dpa", stdout=self.stdout)
        call_command("cargar_piloto", stdout=self.stdout)
        call_command("crear_usuarios_demo", stdout=self.stdout)
        call_command("contar_avance", desde=DESDE, si_falta=True, stdout=self.stdout)
