from dataclasses import dataclass
from time import perf_counter

from django.core.management.base import BaseCommand, CommandError

from acompanamiento.models import Grupo
from talleres.insumos import feriados_entre, lugares_en, pedidos_de, plantear, visitas_de
from talleres.itinerario import Condiciones, minutos_de_viaje, proponer, viaje
from talleres.itinerario_informe import Parada, choques, paradas_de
from talleres.models import Encuentro
from territorios.texto import cuantos, sin_tildes

from .proponer_cronograma import base_llamada, estrategia_pedida

PILOTO = (1, 2, 3, 4)
COLUMNAS = ("", "momentos", "días hábiles", "días fuera", "km", "choques")
Tipo = Encuentro.Tipo


@dataclass(frozen=True)
class Medida:
    """Un cronograma en números; `choques` y `faltan` son frases y nombres."""

    momentos: int
    dias_habiles: int
    dias_fuera: int
    km: float
    choques: tuple[str, ...]
    faltan: tuple[str, ...] = ()


class Command(BaseCommand):
    """El problema es el del piloto: 2 prefecturas, 12 alcaldías, 4 talleres y un equipo de Quito.

    Los km de los dos se miden igual: recta entre cabeceras por el factor de rodeo. El cronograma
    real tuvo además encuentros complementarios, que la propuesta no programa: se dice aparte en
    cuántos días hábiles hubo algún momento.
    """

    help = (
        "Compara lo que se propone para los grupos 1 a 4 del piloto con el cronograma que de veras "
        "se cumplió, y mide cuánto más toma proponer los grupos de una zona."
    )

    def add_arguments(self, parser):
        parser.add_argument("--estrategia", help="Código; por omisión, la más reciente.")
        parser.add_argument("--equipo", default="Quito")
        parser.add_argument("--zona", type=int, default=4)

    def handle(self, *args, **opciones):
        estrategia = estrategia_pedida(opciones["estrategia"])
        lugares = lugares_en(estrategia.desde)
        base = base_llamada(opciones["equipo"], lugares)
        comparacion, segundos = comparar(estrategia, base, lugares)
        self.stdout.write(_tabla(comparacion))
        for nombre, medida in comparacion.items():
            self._detallar(nombre, medida)
        con_momentos = dias_con_momentos(estrategia)
        self.stdout.write(
            f"El real incluye complementarios: tuvo algún momento en {con_momentos} días hábiles."
        )
        self._medir_zona(estrategia, opciones["zona"], base, segundos)

    def _detallar(self, nombre, medida):
        for rotulo, frases in (("choca", medida.choques), ("falta", medida.faltan)):
            for frase in frases:
                self.stdout.write(f"  {nombre}, {rotulo}: {frase}")

    def _medir_zona(self, estrategia, zona, base, segundos):
        """Como razón con lo que tomó el piloto en la misma corrida: las máquinas son ruidosas."""
        grupos = list(Grupo.objects.vivos().filter(estrategia=estrategia).de_zona(zona))
        if not grupos:
            self.stdout.write(f"La zona {zona} no tiene grupos en la estrategia.")
            return
        # Cuando todos tenían ya a sus miembros.
        desde = max(m.desde for grupo in grupos for m in grupo.membresias.all())
        lugares = lugares_en(desde)
        condiciones = _condiciones(base, desde, desde.replace(year=desde.year + 1))
        inicio = perf_counter()
        planteo = plantear(estrategia, grupos, condiciones, lugares, repetir=True)
        itinerario = proponer(planteo.visitas, planteo.condiciones)
        tomo = perf_counter() - inicio
        self.stdout.write(
            f"Zona {zona}: {cuantos(len(grupos), 'grupo', 'grupos')} y "
            f"{len(itinerario.citas)} encuentros en {itinerario.dias_habiles} días hábiles y "
            f"{itinerario.km:.0f} km. Proponerlo tomó {tomo:.1f} s, {tomo / segundos:.1f} veces lo "
            "del piloto."
        )


def comparar(estrategia, base, lugares):
    """({nombre: Medida} de la propuesta y de lo real, segundos que tomó proponer)."""
    if not Grupo.objects.filter(estrategia=estrategia, numero__in=PILOTO).exists():
        raise CommandError("Faltan los grupos del piloto: ./manage.py cargar_piloto")
    grupos = list(Grupo.objects.filter(estrategia=estrategia, numero__in=PILOTO))
    condiciones = _condiciones(base, estrategia.desde, estrategia.hasta)
    inicio = perf_counter()
    planteo = plantear(estrategia, grupos, condiciones, lugares, repetir=True)
    itinerario = proponer(planteo.visitas, planteo.condiciones)
    segundos = perf_counter() - inicio
    previas = {visita.clave: visita.despues_de for visita in planteo.visitas}
    propuesta = Medida(
        len(itinerario.citas),
        itinerario.dias_habiles,
        itinerario.dias_fuera,
        itinerario.km,
        tuple(choques(paradas_de(itinerario), previas, minutos_de_viaje(condiciones))),
    )
    return {
        "propuesta": propuesta,
        "real": _real(estrategia, grupos, condiciones, lugares),
    }, segundos


def _condiciones(base, desde, hasta):
    return Condiciones(base=base, desde=desde, hasta=hasta, feriados=feriados_entre(desde, hasta))


def _real(estrategia, grupos, condiciones, lugares):
    """Lo que de veras se hizo, según la base."""
    pedidos = pedidos_de(grupos, condiciones.desde, lugares)
    visitas = visitas_de(pedidos, lugares)
    encuentros = _realizados(estrategia).prefetch_related("grupos").order_by("fecha", "pk")
    paradas = [parada for uno in encuentros if (parada := _parada(uno, lugares))]
    traslados = list(estrategia.traslados.all())
    fechas = {e.fecha for e in encuentros} | {traslado.fecha for traslado in traslados}
    sale, vuelve = min(fechas), max(fechas)
    de_momentos = {_clave(encuentro) for encuentro in encuentros} & set(pedidos)
    previas = {visita.clave: visita.despues_de for visita in visitas}
    return Medida(
        len(de_momentos),
        sum(sale <= dia <= vuelve for dia in condiciones.dias),
        (vuelve - sale).days + 1,
        _km(traslados, condiciones, lugares),
        tuple(choques(paradas, previas, minutos_de_viaje(condiciones))),
        tuple(pedidos[clave].nombre for clave in pedidos if clave not in de_momentos),
    )


def _realizados(estrategia):
    return estrategia.encuentros.exclude(estado=Encuentro.Estado.CANCELADO)


def dias_con_momentos(estrategia):
    momentos = _realizados(estrategia).exclude(tipo=Tipo.COMPLEMENTARIO)
    return len({fecha for fecha in momentos.values_list("fecha", flat=True) if fecha.weekday() < 5})


def _clave(encuentro):
    if encuentro.tipo == Tipo.M3:
        grupo = next(iter(encuentro.grupos.all()), None)
        return f"{Tipo.M3}-{grupo.numero}" if grupo else ""
    return f"{encuentro.tipo}-{encuentro.gad_id}"


def _parada(encuentro, lugares):
    """None si no tiene las dos horas o no se sabe dónde fue: no se le puede pedir cuentas."""
    if not (encuentro.inicio and encuentro.fin and encuentro.canton_id in lugares):
        return None
    return Parada(
        _clave(encuentro),
        encuentro.nombre_corto,
        encuentro.fecha,
        encuentro.inicio,
        encuentro.fin,
        lugares[encuentro.canton_id],
    )


def _km(traslados, condiciones, lugares):
    """Por tierra, aunque dos fueron en avión: se compara el camino, no el vehículo."""
    por_nombre = {sin_tildes(lugar.nombre): lugar for lugar in lugares.values()}
    pares = [
        (por_nombre[sin_tildes(t.origen)], por_nombre[sin_tildes(t.destino)]) for t in traslados
    ]
    return sum(viaje(condiciones, a, b)[1] for a, b in pares)


def _tabla(comparacion):
    filas = [COLUMNAS]
    for nombre, m in comparacion.items():
        numeros = (m.momentos, m.dias_habiles, m.dias_fuera, round(m.km), len(m.choques))
        filas.append((nombre, *map(str, numeros)))
    anchos = [max(map(len, columna)) for columna in zip(*filas, strict=True)]
    return "\n".join(
        "  ".join([fila[0].ljust(anchos[0]), *map(str.rjust, fila[1:], anchos[1:])])
        for fila in filas
    )
