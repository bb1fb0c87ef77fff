import json
from datetime import date, timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.formats import date_format

from acompanamiento.models import Estrategia, Grupo
from talleres.insumos import feriados_entre, lugares_en, plantear
from talleres.itinerario import Condiciones, Infactible, proponer
from talleres.itinerario_informe import como_datos, explicar, por_dia
from territorios.models import Entidad
from territorios.texto import enumerar, sin_tildes

SEMANAS = 26  # hasta cuándo se busca si no se dice


class Command(BaseCommand):
    help = (
        "Propone las fechas, las horas y los traslados de los momentos 1, 2 y 3 de unos grupos, "
        "con un equipo que sale de su base y vuelve a ella. No guarda nada."
    )

    def add_arguments(self, parser):
        cuales = parser.add_mutually_exclusive_group(required=True)
        cuales.add_argument("--grupos", help="Números separados por comas: 1,2,3.")
        cuales.add_argument("--zona", type=int, help="Todos los grupos que tocan esa zona.")
        parser.add_argument("--estrategia", help="Código; por omisión, la más reciente.")
        parser.add_argument("--desde", required=True, type=_fecha, help="2019-08-19")
        parser.add_argument("--hasta", type=_fecha, help=f"Por omisión, {SEMANAS} semanas después.")
        parser.add_argument("--equipo", default="Quito", help="Cantón o ciudad de que sale.")
        parser.add_argument(
            "--facilitan", default="", help="Siglas de las entidades del equipo, con comas."
        )
        parser.add_argument(
            "--feriados", default="", help="Otros días sin trabajo, además de los nacionales."
        )
        modelo = Condiciones
        for nombre in ("m1", "m2", "m3_manana", "m3_tarde"):
            opcion = f"--{nombre.replace('_', '-')}"
            parser.add_argument(opcion, type=int, default=getattr(modelo, nombre), help="Minutos.")
        parser.add_argument("--velocidad", type=int, default=modelo.velocidad, help="km/h.")
        parser.add_argument("--rodeo", type=float, default=modelo.rodeo, help="Sobre la recta.")
        parser.add_argument("--semilla", type=int, default=modelo.semilla)
        parser.add_argument(
            "--desde-cero", action="store_true", help="Como si no hubiera nada programado."
        )
        parser.add_argument("--json", action="store_true", help="Escribe la propuesta en JSON.")

    def handle(self, *args, **opciones):
        estrategia = estrategia_pedida(opciones["estrategia"])
        lugares = lugares_en(opciones["desde"])
        try:
            planteo = plantear(
                estrategia,
                _grupos(estrategia, opciones),
                _condiciones(opciones, lugares),
                lugares,
                equipo=_entidades(opciones["facilitan"]),
                repetir=opciones["desde_cero"],
            )
            itinerario = proponer(planteo.visitas, planteo.condiciones)
        except Infactible as motivo:
            raise CommandError(str(motivo)) from motivo
        escribir = _en_json if opciones["json"] else _en_texto
        self.stdout.write(escribir(itinerario, planteo))


def _fecha(texto):
    return date.fromisoformat(texto)


def estrategia_pedida(codigo):
    """La nombrada o la más reciente. Lanza CommandError."""
    estrategias = Estrategia.objects.filter(codigo=codigo) if codigo else Estrategia.objects.all()
    estrategia = estrategias.order_by("-desde").first()
    if estrategia is None:
        raise CommandError(f"No hay estrategia «{codigo}»." if codigo else "No hay estrategias.")
    return estrategia


def _grupos(estrategia, opciones):
    vivos = Grupo.objects.vivos().filter(estrategia=estrategia)
    if opciones["zona"] is not None:
        grupos = list(vivos.de_zona(opciones["zona"]))
        if not grupos:
            raise CommandError(f"La zona {opciones['zona']} no tiene grupos en la estrategia.")
        return grupos
    partes = [parte.strip() for parte in opciones["grupos"].split(",") if parte.strip()]
    grupos = list(vivos.filter(numero__in=[int(p) for p in partes if p.isdecimal()]))
    faltan = [p for p in partes if p not in {str(grupo.numero) for grupo in grupos}]
    if faltan or not grupos:
        raise CommandError(f"No es número de ningún grupo vivo: {enumerar(faltan)}.")
    return grupos


def _entidades(texto):
    """Las de esas siglas o nombres. Lanza CommandError."""
    pedidas = {parte.strip() for parte in texto.split(",") if parte.strip()}
    halladas = Entidad.objects.filter(Q(siglas__in=pedidas) | Q(nombre__in=pedidas))
    faltan = pedidas - {dicho for una in halladas for dicho in (una.siglas, una.nombre)}
    if faltan:
        raise CommandError(f"No es ninguna entidad del catálogo: {enumerar(sorted(faltan))}.")
    return list(halladas)


def _condiciones(opciones, lugares):
    desde = opciones["desde"]
    hasta = opciones["hasta"] or desde + timedelta(weeks=SEMANAS)
    try:
        otros = {_fecha(parte.strip()) for parte in opciones["feriados"].split(",") if parte}
    except ValueError as error:
        raise CommandError("--feriados espera fechas como 2019-08-30, separadas por comas.") from (
            error
        )
    iguales = ("m1", "m2", "m3_manana", "m3_tarde", "velocidad", "rodeo", "semilla")
    return Condiciones(
        base=base_llamada(opciones["equipo"], lugares),
        desde=desde,
        hasta=hasta,
        feriados=feriados_entre(desde, hasta) | otros,
        **{nombre: opciones[nombre] for nombre in iguales},
    )


def base_llamada(texto, lugares):
    """El lugar de ese código o nombre, con o sin tildes. Lanza CommandError."""
    if texto in lugares:
        return lugares[texto]
    hallados = [
        lugar for lugar in lugares.values() if sin_tildes(lugar.nombre) == sin_tildes(texto)
    ]
    if len(hallados) == 1:
        return hallados[0]
    if not hallados:
        raise CommandError(f"«{texto}» no es la cabecera de ningún cantón con coordenadas.")
    codigos = enumerar(lugar.codigo for lugar in hallados)
    raise CommandError(f"Hay {len(hallados)} cabeceras llamadas «{texto}»: diga cuál, {codigos}.")


def _en_json(itinerario, planteo):
    datos = como_datos(itinerario) | {"ya_programados": sorted(planteo.ya)}
    return json.dumps(datos, ensure_ascii=False, indent=2)


def _en_texto(itinerario, planteo):
    lineas = explicar(itinerario, planteo.condiciones, planteo.omitidos)
    for jornada in por_dia(itinerario):
        lineas += ["", date_format(jornada.fecha, r"l j \d\e F \d\e Y").capitalize()]
        lineas += [_linea(*paso) for paso in jornada.pasos]
    return "\n".join(lineas)


def _linea(_, cita, horario, tramo):
    if tramo:
        return (
            f"  {tramo.salida:%H:%M}–{tramo.llegada:%H:%M}    {tramo.origen.nombre} → "
            f"{tramo.destino.nombre} ({tramo.modo}, {tramo.km:.0f} km)"
        )
    return (
        f"  {horario[0]:%H:%M}–{horario[1]:%H:%M}  {cita.visita.nombre}, {cita.visita.lugar.nombre}"
    )
