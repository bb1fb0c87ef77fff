"""Hace los trabajos en segundo plano; el servidor web ya lanza uno, salvo TRABAJADOR_EMBEBIDO=0."""

import os

from django.conf import settings
from django.core.management.base import BaseCommand

from territorios.trabajador import Trabajador


class Command(BaseCommand):
    help = "Hace los trabajos en segundo plano. Con PostgreSQL puede correr en varias máquinas."

    def add_arguments(self, parser):
        parser.add_argument(
            "--procesos",
            type=int,
            default=settings.PROCESOS_DEL_TRABAJADOR,
            help="Cuántos a la vez; si se calla, PROCESOS_DEL_TRABAJADOR.",
        )
        parser.add_argument(
            "--pausa", type=float, default=1, help="Segundos entre pasadas; 1 si se calla."
        )
        parser.add_argument(
            "--hasta-vaciar", action="store_true", help="Termina cuando no queda nada en la cola."
        )
        parser.add_argument(
            "--mientras-viva",
            type=int,
            metavar="PROCESO",
            help="Termina cuando termine ese proceso, que es el servidor al que acompaña.",
        )

    def handle(self, *args, **opciones):
        servidor = opciones["mientras_viva"]
        Trabajador(
            procesos=max(opciones["procesos"], 1),
            pausa=opciones["pausa"],
            sigue=lambda: servidor is None or _vive(servidor),
            agotar=opciones["hasta_vaciar"],
        ).correr()


def _vive(pid):
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        # De otra cuenta del sistema: el servidor terminó y su número ya es de otro.
        return False
    return True
