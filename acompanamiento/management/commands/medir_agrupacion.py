from dataclasses import replace

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acompanamiento.agrupacion import Exigencias, proponer
from acompanamiento.insumos import cantones_en, vecindad_cantonal
from acompanamiento.medidas import comparar, medir, medir_grupo, tabla, voraz
from territorios.cargas import CORTE_DPA
from territorios.lectura import leer_json

CARPETA = settings.BASE_DIR / "fixtures" / "piloto"


class Command(BaseCommand):
    """Mide con los límites por omisión y con los que cumplen los grupos de la fuente.

    Con los de la fuente ningún reparto continuo llega a su equilibrio: ella pone a Flavio Alfaro
    en un grupo con el que no limita, y llevarlo al que le toca carga el más pesado. La prueba
    `test_medidas_agrupacion.py` lo demuestra recorriendo todos los repartos posibles.
    """

    help = (
        "Compara la propuesta para el resto de Manabí y Esmeraldas con los cinco grupos de la "
        "recomendación 6 de la fuente y con un reparto voraz, con la DPA al 1 de abril de 2019."
    )

    def add_arguments(self, parser):
        parser.add_argument("--semilla", type=int, default=Exigencias().semilla)

    def handle(self, *args, semilla, **opciones):
        fuente = grupos_de_la_fuente()
        region = {codigo for grupo in fuente for codigo in grupo}
        cantones = {c.codigo: c for c in cantones_en(CORTE_DPA) if c.codigo in region}
        if set(cantones) != region:
            raise CommandError("Falta la división político-administrativa: ./manage.py cargar_dpa")
        vecinos = vecindad_cantonal()
        corrientes = Exigencias(semilla=semilla, numero_de_grupos=len(fuente))
        como_la_fuente = _como_la_fuente(corrientes, fuente, cantones, vecinos)
        informes = [
            _informe(fuente, cantones, vecinos, exigencias)
            for exigencias in (corrientes, como_la_fuente)
        ]
        self.stdout.write("\n\n".join(informes))


def grupos_de_la_fuente():
    """Los grupos de la recomendación 6, en su orden."""
    return [set(grupo.textos("cantones")) for grupo in _registros()]


def _registros():
    registros = leer_json(CARPETA, "hoja_ruta.json").hijos("registros")
    return sorted(registros, key=lambda registro: registro.entero("orden"))


def _como_la_fuente(exigencias, fuente, cantones, vecinos):
    """Los máximos que cumplen, sin decirlo, los grupos de la fuente."""
    medidas = [medir_grupo(grupo, cantones, vecinos) for grupo in fuente]
    return replace(
        exigencias,
        max_cantones=max(medida.cantones for medida in medidas),
        max_parroquias=max(medida.parroquias for medida in medidas),
    )


def _informe(fuente, cantones, vecinos, exigencias):
    """Tabla y veredictos; cada reparto se compara con la propuesta de igual número de grupos."""
    otros = {
        "recomendación 6": medir(fuente, cantones, vecinos),
        "voraz": medir(voraz(cantones, vecinos, exigencias), cantones, vecinos),
    }
    propuestas = {
        numero: _propuesta(cantones, vecinos, replace(exigencias, numero_de_grupos=numero))
        for numero in sorted({otro.grupos for otro in otros.values()})
    }
    lineas = [
        f"Hasta {exigencias.max_cantones} cantones y {exigencias.max_parroquias} parroquias "
        "rurales por grupo:",
        tabla([*(("propuesta", medidas) for medidas in propuestas.values()), *otros.items()]),
    ]
    for nombre, otro in otros.items():
        lineas.append(f"Frente a {nombre}: {comparar(propuestas[otro.grupos], otro)}")
    return "\n".join(lineas)


def _propuesta(cantones, vecinos, exigencias):
    return proponer(list(cantones.values()), vecinos, exigencias).medidas
