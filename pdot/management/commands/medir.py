"""Cuánto tarda cada página con datos de escala nacional (pdot/medicion/LEEME.md)."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from pdot.medicion import informe
from pdot.medicion.corrida import correr, elegir
from pdot.medicion.paginas import RURALES
from pdot.medicion.rayones import NoSeMide

ESCALAS = {"1": (1,), "10": (10,), "1,10": (1, 10)}


class Command(BaseCommand):
    help = (
        "Llena una base de rayones con datos de escala nacional, mide en ella cada página contra "
        "los pisos de la misma corrida y la borra. La base de DATABASE_URL no se toca: solo dice "
        "en qué motor se mide."
    )

    def add_arguments(self, parser):
        parser.add_argument("--escala", choices=ESCALAS, default="1", help="1, 10 o las dos.")
        parser.add_argument(
            "--paginas", default="", help="Solo las que contienen estos textos, con comas."
        )
        parser.add_argument("--repeticiones", type=int, default=15)
        parser.add_argument(
            "--conservar", action="store_true", help="No borra la base: la próxima vez se usa."
        )
        parser.add_argument("--json", type=Path, help="Archivo donde dejar lo medido.")
        parser.add_argument(
            "--escribir", type=Path, help="LEEME donde poner la tabla de este motor y esta escala."
        )

    def handle(self, *args, escala, paginas, repeticiones, conservar, escribir, **opciones):
        elegidas = elegir(paginas.split(","))
        if not elegidas:
            raise CommandError(f"Ninguna página se llama como «{paginas}».")
        if paginas and escribir:
            raise CommandError("La tabla se escribe entera: quite --paginas o --escribir.")
        if repeticiones < 1:
            raise CommandError("Hace falta una repetición por lo menos.")
        anterior, dichas = None, []
        for una in ESCALAS[escala]:
            try:
                medicion = correr(
                    una,
                    elegidas,
                    repeticiones=repeticiones,
                    conservar=conservar,
                    todo=not paginas,
                    aviso=self._avisar,
                )
            except NoSeMide as motivo:
                raise CommandError(str(motivo)) from motivo
            tabla = informe.escribir(medicion, anterior, RURALES)
            self.stdout.write(tabla)
            if escribir:
                informe.poner_en(escribir, f"{connection.vendor}-x{una}", tabla)
            dichas.append(informe.en_json(medicion, anterior, RURALES))
            anterior = anterior or medicion
        if opciones["json"]:
            opciones["json"].write_text(json.dumps(dichas, ensure_ascii=False, indent=1))

    def _avisar(self, que):
        self.stderr.write(que)
