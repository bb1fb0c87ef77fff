import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from pdot.resumen import resumir


class Command(BaseCommand):
    help = "Cuenta la división político-administrativa en una fecha y el avance del acompañamiento."

    def add_arguments(self, parser):
        parser.add_argument("--fecha", help="AAAA-MM-DD; por omisión, hoy.")
        parser.add_argument("--json", action="store_true", help="Un solo objeto JSON.")

    def handle(self, *args, fecha, **opciones):
        cifras = resumir(_leer_fecha(fecha))
        if opciones["json"]:
            self.stdout.write(json.dumps(cifras, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lineas(cifras)))


def _leer_fecha(texto):
    if texto is None:
        return timezone.localdate()
    try:
        return date.fromisoformat(texto)
    except ValueError:
        raise CommandError(f"«{texto}» no es una fecha AAAA-MM-DD.") from None


def _lineas(cifras):
    yield f"Al {date.fromisoformat(cifras['fecha']):%d/%m/%Y}: {_territorio(cifras)}"
    for numero, zona in cifras["zonas"].items():
        yield f"  Zona {numero}: {_territorio(zona)}"
    for estrategia in cifras["estrategias"]:
        yield from _de_la_estrategia(estrategia)
    yield f"Evaluaciones: {_por(cifras['evaluaciones'])}"


def _territorio(cifras):
    return (
        f"provincias {cifras['provincias']}, cantones {cifras['cantones']}, "
        f"parroquias rurales {cifras['parroquias_rurales']}, GAD {cifras['gad']}"
    )


def _de_la_estrategia(estrategia):
    encuentros = estrategia["encuentros"]
    yield estrategia["nombre"]
    yield (
        f"  Grupos: {estrategia['grupos']}; propuestos: {estrategia['propuestos']}; "
        f"cancelados: {estrategia['cancelados']}"
    )
    yield f"  GAD de esos grupos: {_por(estrategia['gad'])}"
    yield f"  Encuentros: {encuentros['total']} ({_por(encuentros['por_tipo'])})"
    yield f"    por estado: {_por(encuentros['por_estado'])}"
    yield f"  Traslados: {estrategia['traslados']}"
    yield f"  Participantes declarados: {estrategia['participantes_declarados']}"


def _por(cuentas):
    return ", ".join(f"{nombre} {cuantos}" for nombre, cuantos in cuentas.items())
