import json

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from acompanamiento.agrupacion import Exigencias, Infactible, como_datos, proponer
from acompanamiento.exigencias import rotulos
from acompanamiento.insumos import cantones_en, con_grupo, vecindad_cantonal
from acompanamiento.medidas import tabla
from acompanamiento.models import Estrategia
from territorios.texto import enumerar


class Command(BaseCommand):
    help = (
        "Propone grupos circunvecinos continuos con los cantones que todavía no tienen grupo. "
        "No guarda nada."
    )

    def add_arguments(self, parser):
        cuales = parser.add_mutually_exclusive_group()
        cuales.add_argument("--zona", type=int, help="Número de zona; sin nada, todo el país.")
        cuales.add_argument("--provincia", help="Código de provincia, p. ej. 13.")
        cuales.add_argument("--cantones", help="Códigos separados por comas: 1301,1302,1303.")
        modelo = Exigencias()
        parser.add_argument("--max-cantones", type=int, default=modelo.max_cantones)
        parser.add_argument("--min-cantones", type=int, default=modelo.min_cantones)
        parser.add_argument("--max-parroquias", type=int, default=modelo.max_parroquias)
        parser.add_argument("--grupos", type=int, help="Cuántos grupos; si no, los que convengan.")
        parser.add_argument(
            "--juntos", action="append", default=[], metavar="1301+1312", help="Se puede repetir."
        )
        parser.add_argument(
            "--separados",
            action="append",
            default=[],
            metavar="1301-1308",
            help="Se puede repetir.",
        )
        parser.add_argument("--semilla", type=int, default=modelo.semilla)
        parser.add_argument("--estrategia", help="Código; por omisión, la más reciente.")
        parser.add_argument(
            "--incluir-agrupados",
            action="store_true",
            help="Cuenta también los cantones que la estrategia ya tiene en un grupo conformado.",
        )
        parser.add_argument("--json", action="store_true", help="Escribe la propuesta en JSON.")

    def handle(self, *args, **opciones):
        elegidos = _elegir(cantones_en(timezone.localdate()), opciones)
        agrupados = set() if opciones["incluir_agrupados"] else con_grupo(_estrategia(opciones))
        cantones = [canton for canton in elegidos if canton.codigo not in agrupados]
        excluidos = [canton for canton in elegidos if canton.codigo in agrupados]
        if excluidos and not cantones:
            raise CommandError("Todos esos cantones tienen ya grupo: use --incluir-agrupados.")
        try:
            propuesta = proponer(cantones, vecindad_cantonal(), _exigencias(opciones))
        except Infactible as motivo:
            raise CommandError(str(motivo)) from motivo
        escribir = _en_json if opciones["json"] else _en_texto
        self.stdout.write(escribir(propuesta, cantones, excluidos))


def _elegir(cantones, opciones):
    elegidos = [canton for canton in cantones if _pedido(canton, opciones)]
    if opciones["cantones"]:
        pedidos = _codigos(opciones["cantones"], ",")
        faltan = sorted(set(pedidos) - {canton.codigo for canton in elegidos})
        if faltan:
            raise CommandError(f"No es código de ningún cantón vigente: {enumerar(faltan)}.")
        if len(set(pedidos)) < len(pedidos):
            raise CommandError("En --cantones hay un código repetido.")
    if not elegidos:
        raise CommandError("No hay cantones vigentes en lo pedido. ¿Está cargada la DPA?")
    return elegidos


def _pedido(canton, opciones):
    if opciones["zona"] is not None:
        return canton.zona == opciones["zona"]
    if opciones["provincia"]:
        return canton.codigo[:2] == opciones["provincia"]
    if opciones["cantones"]:
        return canton.codigo in _codigos(opciones["cantones"], ",")
    return True


def _codigos(texto, separador):
    return [codigo for parte in texto.split(separador) if (codigo := parte.strip())]


def _estrategia(opciones):
    """La nombrada o la más reciente; None si todavía no hay ninguna."""
    if not opciones["estrategia"]:
        return Estrategia.objects.order_by("-desde").first()
    try:
        return Estrategia.objects.get(codigo=opciones["estrategia"])
    except Estrategia.DoesNotExist as falta:
        raise CommandError(f"No hay estrategia «{opciones['estrategia']}».") from falta


def _exigencias(opciones):
    return Exigencias(
        max_cantones=opciones["max_cantones"],
        min_cantones=opciones["min_cantones"],
        max_parroquias=opciones["max_parroquias"],
        juntos=tuple(frozenset(_codigos(codigos, "+")) for codigos in opciones["juntos"]),
        separados=tuple(_par(codigos) for codigos in opciones["separados"]),
        semilla=opciones["semilla"],
        numero_de_grupos=opciones["grupos"],
    )


def _par(codigos):
    par = tuple(_codigos(codigos, "-"))
    if len(par) != 2:
        raise CommandError(f"--separados espera dos códigos, como 1301-1308, y llegó «{codigos}».")
    return par


def _en_json(propuesta, cantones, excluidos):
    datos = como_datos(propuesta, cantones)
    datos["excluidos"] = [canton.codigo for canton in excluidos]
    return json.dumps(datos, ensure_ascii=False, indent=2)


def _en_texto(propuesta, cantones, excluidos):
    nombres = rotulos(cantones)
    lineas = [tabla([("propuesta", propuesta.medidas)])]
    if excluidos:
        fuera = enumerar(canton.nombre for canton in excluidos)
        lineas.append(f"Quedan fuera por tener ya grupo: {fuera}.")
    for numero, grupo in enumerate(propuesta.grupos, start=1):
        miembros = ", ".join(f"{nombres[codigo]} ({codigo})" for codigo in grupo.codigos)
        lineas += ["", f"Grupo {numero}: {miembros}"]
        lineas += [f"  {frase}" for frase in grupo.explicacion]
    return "\n".join(lineas)
