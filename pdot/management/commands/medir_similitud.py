"""Cuánto acierta la similitud con los elementos de visión del piloto (pdot/banco_similitud.py)."""

from functools import reduce
from operator import add

from django.core.management.base import BaseCommand

from pdot.banco_similitud import UMBRALES, leer_banco, medir
from pdot.similitud import UMBRAL


class Command(BaseCommand):
    help = "Precisión y exhaustividad del parecido entre textos, por grupo y por umbral."

    def add_arguments(self, parser):
        parser.add_argument("--umbral", type=int, default=UMBRAL, help="De 30 a 100.")

    def handle(self, *args, umbral, **opciones):
        banco = leer_banco()
        medibles = [grupo for grupo in banco if grupo.partes]
        self.stdout.write(f"Umbral {umbral}\n")
        self._titulos("grupo")
        for grupo in banco:
            if grupo.partes:
                self._fila(grupo.numero, medir(grupo, umbral))
            else:
                cuantos = len(grupo.elementos)
                self.stdout.write(
                    f"{grupo.numero:>7}  sin elementos de sus GAD en la fuente: sus {cuantos} "
                    "elementos no se pueden medir"
                )
        self._fila("total", _sumar(medibles, umbral))
        self.stdout.write("\nCurva por umbral (confundidos: en los cuatro grupos)\n")
        self._titulos("umbral")
        for uno in UMBRALES:
            self._fila(uno, _sumar(banco, uno))

    def _titulos(self, primera):
        self.stdout.write(
            f"{primera:>7}  {'juntados':>8}  {'leídos':>6}  {'aciertos':>8}  {'precisión':>9}  "
            f"{'exhaustividad':>13}  {'recogidos':>9}  {'confundidos':>11}"
        )

    def _fila(self, rotulo, medida):
        recogidos = f"{medida.recogidos} de {medida.elementos}"
        self.stdout.write(
            f"{rotulo:>7}  {medida.juntados:>8}  {medida.leidos:>6}  {medida.aciertos:>8}  "
            f"{_cifra(medida.precision):>9}  {_cifra(medida.exhaustividad):>13}  {recogidos:>9}  "
            f"{medida.confundidos:>11}"
        )


def _sumar(grupos, umbral):
    return reduce(add, (medir(grupo, umbral) for grupo in grupos))


def _cifra(razon):
    return "–" if razon is None else f"{razon:.2f}".replace(".", ",")
