"""Manda los correos que esperan en la cola; para cron o, con --continuo, como servicio."""

import logging
import os
import signal
from threading import Event

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from territorios.cartero import despachar

bitacora = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Manda los correos que esperan en la cola; cada uno sale una sola vez."

    def add_arguments(self, parser):
        parser.add_argument(
            "--continuo", action="store_true", help="No termina: vuelve a mirar tras cada pausa."
        )
        parser.add_argument(
            "--pausa", type=float, default=5, help="Segundos entre pasadas; 5 si se calla."
        )
        parser.add_argument(
            "--mientras-viva",
            type=int,
            metavar="PROCESO",
            help="Con --continuo, termina cuando termine el proceso que lo lanzó, que es ese.",
        )
        parser.add_argument("--quieto", action="store_true", help="No escribe lo que hizo.")

    def handle(self, *args, **opciones):
        alto = Event()
        if not opciones["continuo"]:
            self._decir(despachar(alto), opciones["quieto"])
            return
        # Termina el mensaje que tiene entre manos y no empieza otro.
        for cual in (signal.SIGTERM, signal.SIGINT):
            signal.signal(cual, lambda *_: alto.set())
        padre = opciones["mientras_viva"]
        while not alto.is_set() and (padre is None or os.getppid() == padre):
            self._pasada(alto, opciones["quieto"])
            alto.wait(opciones["pausa"])

    def _pasada(self, alto, quieto):
        close_old_connections()
        try:
            resultado = despachar(alto)
        except DatabaseError:
            # La base puede volver; el servicio sigue y lo intenta en la próxima pasada.
            bitacora.exception("No se pudo leer la cola de correo.")
        else:
            if resultado.enviados or resultado.fallas:
                self._decir(resultado, quieto)

    def _decir(self, resultado, quieto):
        if not quieto:
            self.stdout.write(
                f"Correos enviados: {resultado.enviados}; no salieron: {resultado.fallas}"
            )
