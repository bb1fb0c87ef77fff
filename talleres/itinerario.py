"""Planificador de itinerarios: pone fecha y hora a los encuentros de un equipo. Sin base de datos.

    proponer(visitas, condiciones) -> Itinerario        (o lanza Infactible)

Método
------
1. Se revisa lo que se puede saber antes de buscar: duraciones que no caben en el horario, viajes
   que no caben en un día, plazos imposibles. Cada rechazo dice qué falla.
2. `a_mano` arma un primer itinerario: va siempre a lo que puede empezar antes y, a igual hora, a
   lo más cercano. `mejorar` mueve tramos de visitas mientras se gasten menos días hábiles fuera de
   la base o, a igualdad, menos kilómetros.
3. `itinerario_cpsat` sigue desde ahí con OR-Tools: halla uno mejor, demuestra que no lo hay, o
   agota su límite. Si a mano no cupo todo, dice cómo cabe o demuestra que no cabe.
4. `fechar` da a un orden sus horas: cada encuentro, lo antes posible. Es la misma función en todos
   los pasos, así que ninguna hora depende de cómo se buscó.

Reglas: un solo equipo, que sale de su base y vuelve a ella; duerme donde termina el día, también
el fin de semana. Se reúne en el horario pedido y nunca en la pausa; viaja en el horario de viaje,
que puede ocupar la pausa. Un taller toma la mañana, la pausa y la tarde de un mismo día. Las horas
van de cuarto en cuarto. La distancia es la recta entre cabeceras por un factor de rodeo: ordena y
reserva tiempo, no mide carreteras. Donde se anotó cuánto se tardó de veras, vale lo anotado.

Es determinista: con las mismas visitas y condiciones sale siempre el mismo itinerario, porque la
búsqueda usa un solo hilo, semilla fija y un límite de trabajo, no de reloj.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cached_property
from itertools import pairwise
from math import ceil

from acompanamiento.medidas import kilometros
from territorios.texto import cuantos, enumerar, sin_tildes

from .itinerario_fechas import Puesto, a_mano, entre, extremos, ida, mejorar, vuelta

PASO = 15  # minutos: nadie convoca a las 08:07
VUELO_KM_H, ESPERA_DE_VUELO = 600, 150
LANCHA_KM_H = 35
TERRESTRE, AEREO, FLUVIAL = "terrestre", "aereo", "fluvial"
TALLER = "M3"


class Infactible(Exception):
    """Lo pedido no se puede cumplir a la vez; el mensaje dice qué falla y por qué."""


@dataclass(frozen=True)
class Lugar:
    """Adonde se va. `insular`: en Galápagos, adonde no se llega por tierra. `canton`: el nombre
    del suyo, con que también se lo puede haber anotado en un traslado.
    """

    codigo: str
    nombre: str
    lon: float
    lat: float
    insular: bool = False
    canton: str = ""

    @property
    def nombres(self):
        return {sin_tildes(nombre) for nombre in (self.nombre, self.canton) if nombre}


@dataclass(frozen=True)
class Visita:
    """Un encuentro por fechar. `despues_de`: claves de los que deben terminar antes.

    `desde` y `hasta` son los días en que se puede, ambos incluidos, menos los `no_puede`. Un taller
    sin parroquias no tiene tarde.
    """

    clave: str
    tipo: str
    nombre: str
    lugar: Lugar
    despues_de: frozenset[str] = frozenset()
    desde: date = date.min
    hasta: date = date.max
    no_puede: frozenset[date] = frozenset()
    con_tarde: bool = True


@dataclass(frozen=True, kw_only=True)
class Condiciones:
    """De dónde sale el equipo, entre qué días, con qué horario y a qué velocidad.

    Las duraciones van en minutos. `tiempos`: {par de nombres sin tildes: minutos} de los viajes
    que se saben. `limite` es trabajo determinista de la búsqueda.
    """

    base: Lugar
    desde: date
    hasta: date
    inicio: time = time(8)
    fin: time = time(18)
    pausa_desde: time = time(13)
    pausa_hasta: time = time(14)
    viaje_desde: time = time(6)
    viaje_hasta: time = time(20)
    m1: int = 120
    m2: int = 120
    m3_manana: int = 240
    m3_tarde: int = 210
    velocidad: int = 50
    rodeo: float = 1.35
    feriados: frozenset[date] = frozenset()
    tiempos: Mapping[frozenset[str], int] = field(default_factory=dict)
    semilla: int = 1
    limite: float = 0.3

    def minutos(self, visita):
        """Lo que dura en total, con la pausa si toma el día."""
        if visita.tipo == TALLER and visita.con_tarde:
            return (
                self.m3_manana
                + _minuto(self.pausa_hasta)
                - _minuto(self.pausa_desde)
                + (self.m3_tarde)
            )
        return {"M1": self.m1, "M2": self.m2, TALLER: self.m3_manana}[visita.tipo]

    @cached_property
    def dias(self):
        """Los días hábiles del período, en orden."""
        todos = (self.desde + timedelta(n) for n in range((self.hasta - self.desde).days + 1))
        return [dia for dia in todos if dia.weekday() < 5 and dia not in self.feriados]


@dataclass(frozen=True)
class Tramo:
    """Un viaje del equipo. `llega_a`: clave de la visita a que lleva; vacía en el regreso."""

    fecha: date
    salida: time
    llegada: time
    origen: Lugar
    destino: Lugar
    km: float
    modo: str
    llega_a: str


@dataclass(frozen=True)
class Cita:
    """Una visita con día y horas: una jornada, o dos si es un taller con tarde."""

    visita: Visita
    fecha: date
    jornadas: tuple[tuple[time, time], ...]

    @property
    def inicio(self):
        return self.jornadas[0][0]

    @property
    def fin(self):
        return self.jornadas[-1][1]


@dataclass(frozen=True)
class Itinerario:
    """La secuencia fechada. `optimo`: si se demostró que no hay otra mejor; None si no se buscó."""

    citas: tuple[Cita, ...]
    tramos: tuple[Tramo, ...]
    dias_habiles: int
    optimo: bool | None = None

    @property
    def salida(self):
        return min([cita.fecha for cita in self.citas] + [tramo.fecha for tramo in self.tramos])

    @property
    def regreso(self):
        return max([cita.fecha for cita in self.citas] + [tramo.fecha for tramo in self.tramos])

    @property
    def dias_fuera(self):
        return (self.regreso - self.salida).days + 1

    @property
    def km(self):
        return sum(tramo.km for tramo in self.tramos)


def proponer(visitas: Collection[Visita], condiciones: Condiciones) -> Itinerario:
    """El mejor itinerario hallado con todas las visitas. Lanza Infactible."""
    problema = Problema(visitas, condiciones)
    problema.revisar()
    primero = a_mano(problema)
    if primero:
        primero = mejorar(problema, primero)
    # OR-Tools pesa: solo lo carga quien de veras busca.
    from .itinerario_cpsat import buscar

    return problema.itinerario(*buscar(problema, primero))


# --- El problema, en cuartos de hora ------------------------------------------------------------


def _minuto(hora):
    return hora.hour * 60 + hora.minute


def _cuartos(minutos):
    return ceil(minutos / PASO)


def viaje(condiciones, a, b):
    """(cuartos de hora, km, modo) entre dos lugares."""
    if a.codigo == b.codigo:
        return 0, 0.0, TERRESTRE
    minutos, km, modo = _calculado(condiciones, a, b)
    return _cuartos(_anotado(condiciones.tiempos, a, b) or minutos), km, modo


def _calculado(condiciones, a, b):
    recta = kilometros(a.lon, a.lat, b.lon, b.lat)
    if a.insular != b.insular:
        return ESPERA_DE_VUELO + recta / VUELO_KM_H * 60, recta, AEREO
    if a.insular:
        return recta / LANCHA_KM_H * 60, recta, FLUVIAL
    km = recta * condiciones.rodeo
    return km / condiciones.velocidad * 60, km, TERRESTRE


def _anotado(tiempos, a, b):
    """Los minutos que se anotaron de ese viaje, en cualquiera de los dos sentidos, o None."""
    pares = (frozenset({x, y}) for x in a.nombres for y in b.nombres) if tiempos else ()
    return max((tiempos[par] for par in pares if par in tiempos), default=None)


def minutos_de_viaje(condiciones):
    """Función que da los minutos de viaje entre dos lugares."""
    return lambda a, b: viaje(condiciones, a, b)[0] * PASO


class Problema:
    """Las visitas numeradas, en el orden de sus claves, con todo medido en cuartos de hora.

    El cuarto 0 es el comienzo del horario de viaje y `largo`, su final.
    """

    def __init__(self, visitas, condiciones):
        self.visitas = sorted(visitas, key=lambda visita: visita.clave)
        self.condiciones = condiciones
        self.dias = condiciones.dias
        self.cero = _minuto(condiciones.viaje_desde)
        self.largo = (_minuto(condiciones.viaje_hasta) - self.cero) // PASO
        self.dura = [_cuartos(condiciones.minutos(visita)) for visita in self.visitas]
        self.inicios = [self._inicios(n) for n in range(len(self.visitas))]
        self.posibles = [self._posibles(visita) for visita in self.visitas]
        numero = {visita.clave: n for n, visita in enumerate(self.visitas)}
        self.antes = [
            {numero[clave] for clave in visita.despues_de if clave in numero}
            for visita in self.visitas
        ]
        self.lugares = [*(visita.lugar for visita in self.visitas), condiciones.base]
        self.base = len(self.visitas)
        self.viajes = [[viaje(condiciones, a, b) for b in self.lugares] for a in self.lugares]

    def _cuarto(self, hora):
        return _cuartos(_minuto(hora) - self.cero)

    def _inicios(self, n):
        """Los cuartos en que puede empezar, sin tocar la pausa."""
        c, dura, visita = self.condiciones, self.dura[n], self.visitas[n]
        desde, hasta = self._cuarto(c.inicio), (_minuto(c.fin) - self.cero) // PASO
        pausa = (_minuto(c.pausa_desde) - self.cero) // PASO
        if visita.tipo == TALLER and visita.con_tarde:
            inicio = pausa - _cuartos(c.m3_manana)
            return [inicio] if inicio >= desde and inicio + dura <= hasta else []
        de_manana = list(range(desde, pausa - dura + 1))
        if visita.tipo == TALLER:
            return de_manana
        return de_manana + list(range(max(desde, self._cuarto(c.pausa_hasta)), hasta - dura + 1))

    def _posibles(self, visita):
        """Los índices de los días en que se puede."""
        return [
            n
            for n, dia in enumerate(self.dias)
            if visita.desde <= dia <= visita.hasta and dia not in visita.no_puede
        ]

    def cuartos(self, a, b):
        return self.viajes[a][b][0]

    # --- Lo que se sabe antes de buscar ---------------------------------------------------------

    def revisar(self):
        """Lanza Infactible si algo no puede ser, se ordene como se ordene."""
        if not self.visitas:
            raise Infactible("No hay ningún encuentro por programar.")
        if not self.dias:
            raise Infactible(
                f"No hay días hábiles entre el {_dia(self.condiciones.desde)} y el "
                f"{_dia(self.condiciones.hasta)}."
            )
        self._revisar_horario()
        self._revisar_dias()
        self._revisar_viajes()
        self._revisar_cuantos_dias()

    def _revisar_horario(self):
        c = self.condiciones
        if not c.viaje_desde <= c.inicio < c.fin <= c.viaje_hasta:
            raise Infactible(
                f"El horario de reuniones, de {c.inicio:%H:%M} a {c.fin:%H:%M}, debe caber en el "
                f"de viaje, de {c.viaje_desde:%H:%M} a {c.viaje_hasta:%H:%M}."
            )
        for n, visita in enumerate(self.visitas):
            if not self.inicios[n]:
                raise Infactible(
                    f"«{visita.nombre}» dura {horas(self.dura[n] * PASO)} y no cabe entre las "
                    f"{c.inicio:%H:%M} y las {c.fin:%H:%M} con la pausa de {c.pausa_desde:%H:%M} a "
                    f"{c.pausa_hasta:%H:%M}{_de_taller(visita)}."
                )

    def _revisar_dias(self):
        for n, visita in enumerate(self.visitas):
            if not self.posibles[n]:
                raise Infactible(
                    f"«{visita.nombre}» no tiene ningún día hábil posible: {_plazo(visita)}."
                )
            for previa in sorted(self.antes[n]):
                if self.posibles[previa][0] > self.posibles[n][-1]:
                    raise Infactible(
                        f"«{visita.nombre}» va después de «{self.visitas[previa].nombre}», que no "
                        f"puede ser antes del {_dia(self.dias[self.posibles[previa][0]])}, y su "
                        f"plazo acaba el {_dia(self.dias[self.posibles[n][-1]])}."
                    )

    def _revisar_viajes(self):
        for n, visita in enumerate(self.visitas):
            for cuartos, km, _ in (self.viajes[self.base][n], self.viajes[n][self.base]):
                if cuartos > self.largo:
                    raise Infactible(
                        f"De {self.condiciones.base.nombre} a {visita.lugar.nombre} hay unos "
                        f"{km:.0f} km y {horas(cuartos * PASO)} de viaje: no caben en un día. "
                        "Elija otro lugar de salida."
                    )

    def _revisar_cuantos_dias(self):
        """Ni sin viajar cabe más de lo que duran las reuniones."""
        de_reunion = len({cuarto for n in range(self.base) for cuarto in self._ocupa(n)})
        minimo = ceil(sum(self.dura) / de_reunion)
        talleres = sum(visita.tipo == TALLER and visita.con_tarde for visita in self.visitas)
        minimo = max(minimo, talleres)
        if minimo > len(self.dias):
            raise Infactible(self.faltan_dias(f"hacen falta al menos {minimo}"))

    def _ocupa(self, n):
        return {inicio + cuarto for inicio in self.inicios[n] for cuarto in range(self.dura[n])}

    def faltan_dias(self, por_que):
        c = self.condiciones
        return (
            f"{cuantos(len(self.visitas), 'encuentro', 'encuentros')} no caben entre el "
            f"{_dia(c.desde)} y el {_dia(c.hasta)}: hay "
            f"{cuantos(len(self.dias), 'día hábil', 'días hábiles')} y {por_que}."
        )

    # --- De puestos a fechas --------------------------------------------------------------------

    def leer(self, fechas):
        """Los puestos de `{clave: fecha y hora}`, en orden. Lanza Infactible si no pueden ser."""
        puestos = []
        for n, visita in enumerate(self.visitas):
            fecha, hora = fechas[visita.clave].date(), fechas[visita.clave].time()
            minutos = _minuto(hora) - self.cero
            dia = self.dias.index(fecha) if fecha in self.dias else None
            if dia not in self.posibles[n] or minutos // PASO not in self.inicios[n]:
                raise Infactible(
                    f"«{visita.nombre}» no puede ser el {_dia(fecha)} a las {hora:%H:%M}."
                )
            puestos.append(Puesto(n, dia, minutos // PASO))
        puestos.sort(key=lambda puesto: puesto[1:])
        primero, ultimo = extremos(self, puestos)
        if primero < 0 or ultimo >= len(self.dias):
            raise Infactible(self.faltan_dias("el viaje de ida o el de vuelta queda fuera"))
        return puestos

    def itinerario(self, puestos, optimo=None):
        citas = tuple(self._cita(puesto) for puesto in puestos)
        tramos = tuple(self._tramos(puestos))
        primero, ultimo = extremos(self, puestos)
        return Itinerario(citas, tramos, ultimo - primero + 1, optimo)

    def _cita(self, puesto):
        visita, c = self.visitas[puesto.visita], self.condiciones
        inicio = self._hora(puesto.inicio)
        fin = self._hora(puesto.inicio + self.dura[puesto.visita])
        jornadas = ((inicio, fin),)
        if visita.tipo == TALLER and visita.con_tarde:
            jornadas = ((inicio, c.pausa_desde), (c.pausa_hasta, fin))
        return Cita(visita, self.dias[puesto.dia], jornadas)

    def _hora(self, cuarto):
        minutos = self.cero + cuarto * PASO
        return time(minutos // 60, minutos % 60)

    def _tramos(self, puestos):
        uno = puestos[0]
        yield from self._tramo(self.base, uno.visita, *ida(self, uno))
        for previo, puesto in pairwise(puestos):
            yield from self._tramo(previo.visita, puesto.visita, *entre(self, previo, puesto))
        yield from self._tramo(puestos[-1].visita, self.base, *vuelta(self, puestos[-1]))

    def _tramo(self, a, b, dia, salida):
        cuartos, km, modo = self.viajes[a][b]
        if cuartos:
            llega_a = "" if b == self.base else self.visitas[b].clave
            horas_de_viaje = self._hora(salida), self._hora(salida + cuartos)
            yield Tramo(
                self.dias[dia], *horas_de_viaje, self.lugares[a], self.lugares[b], km, modo, llega_a
            )


def horas(minutos):
    """«2 h», «2 h 30», «45 min»."""
    enteras, resto = divmod(minutos, 60)
    if not enteras:
        return f"{resto} min"
    return f"{enteras} h {resto:02d}" if resto else f"{enteras} h"


def _dia(fecha):
    return f"{fecha:%d/%m/%Y}"


def _plazo(visita):
    partes = []
    if visita.desde > date.min:
        partes.append(f"desde el {_dia(visita.desde)}")
    if visita.hasta < date.max:
        partes.append(f"hasta el {_dia(visita.hasta)}")
    if not partes:
        return "en los del período, a quienes se convoca están en otro encuentro o es feriado"
    ocupados = " o ya están ocupados" if visita.no_puede else ""
    return f"puede ser {enumerar(partes)}, y el período no los incluye{ocupados}"


def _de_taller(visita):
    return "; la mañana del taller termina en la pausa" if visita.tipo == TALLER else ""
