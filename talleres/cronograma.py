"""La semana y el mes de talleres: días por jornada, como el Anexo 1 (S:865-913).

Funciones puras: reciben encuentros y traslados ya traídos y no consultan la base.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, count

from django.utils.formats import date_format

from .models import Encuentro, Traslado

# Las semanas se nombran como en ISO 8601: 2019-W34 va del lunes 19 al domingo 25 de agosto.
CODIGO = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)
DIAS_FIJOS = 6  # de lunes a sábado; el domingo solo se dibuja si se usa
DIA_Y_MES = r"j \d\e F"
# Los meses se nombran como en ISO 8601: 2019-08 es agosto de 2019.
CODIGO_DE_MES = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, order=True)
class Semana:
    lunes: date

    @classmethod
    def de(cls, fecha):
        """La semana en que cae `fecha`."""
        return cls(fecha - timedelta(days=fecha.weekday()))

    @classmethod
    def leer(cls, codigo):
        """La semana de un código «2019-W34». Lanza ValueError si no existe."""
        partes = CODIGO.fullmatch(codigo)
        if not partes:
            raise ValueError(f"«{codigo}» no es una semana: se escribe como 2019-W34.")
        anio, numero = map(int, partes.groups())
        try:
            semana = cls(date.fromisocalendar(anio, numero, 1))
            # La primera y la última del calendario no tienen vecinas a las que ir.
            _ = semana.anterior, semana.siguiente, semana.domingo
        except (ValueError, OverflowError) as error:
            raise ValueError(f"El año {anio} no tiene una semana {numero}.") from error
        return semana

    @property
    def codigo(self):
        anio, numero, _ = self.lunes.isocalendar()
        return f"{anio:04d}-W{numero:02d}"

    @property
    def domingo(self):
        return self.lunes + timedelta(days=6)

    @property
    def en_corto(self):
        """«19–25 ago», sin repetir el mes; su año, `anio`, va aparte."""
        desde, hasta = self.lunes, self.domingo
        inicio = f"{desde.day}" if desde.month == hasta.month else date_format(desde, "j b")
        return f"{inicio}–{date_format(hasta, 'j b')}"

    @property
    def anio(self):
        return str(self.domingo.year)

    @property
    def anterior(self):
        return Semana(self.lunes - timedelta(days=7))

    @property
    def siguiente(self):
        return Semana(self.lunes + timedelta(days=7))

    @property
    def dias(self):
        return [self.lunes + timedelta(days=dia) for dia in range(7)]

    def __str__(self):
        return periodo_en_palabras(self.lunes, self.domingo)


def periodo_en_palabras(desde, hasta):
    """«del 19 al 25 de agosto de 2019», sin repetir el mes ni el año."""
    if desde.year != hasta.year:
        inicio = date_format(desde, "DATE_FORMAT")
    elif desde.month != hasta.month:
        inicio = date_format(desde, DIA_Y_MES)
    else:
        inicio = str(desde.day)
    return f"del {inicio} al {date_format(hasta, 'DATE_FORMAT')}"


@dataclass(frozen=True, order=True)
class Mes:
    primero: date

    @classmethod
    def de(cls, fecha):
        """El mes en que cae `fecha`."""
        return cls(fecha.replace(day=1))

    @classmethod
    def leer(cls, codigo):
        """El mes de un código «2019-08». Lanza ValueError si no existe."""
        partes = CODIGO_DE_MES.fullmatch(codigo)
        if not partes:
            raise ValueError(f"«{codigo}» no es un mes: se escribe como 2019-08.")
        anio, numero = map(int, partes.groups())
        # El primer año y el último del calendario no tienen vecinos a los que ir.
        if not (date.min.year < anio < date.max.year and 1 <= numero <= 12):
            raise ValueError(f"El año {anio} no tiene un mes {numero}.")
        return cls(date(anio, numero, 1))

    @property
    def codigo(self):
        return f"{self.primero:%Y-%m}"

    @property
    def en_corto(self):
        """«Agosto»; su año, `anio`, va aparte."""
        return date_format(self.primero, "F").capitalize()

    @property
    def anio(self):
        return str(self.primero.year)

    @property
    def ultimo(self):
        return self.siguiente.primero - timedelta(days=1)

    @property
    def anterior(self):
        return Mes.de(self.primero - timedelta(days=1))

    @property
    def siguiente(self):
        return Mes.de(self.primero + timedelta(days=31))

    @property
    def semanas(self):
        """Las Semana que lo tocan, en orden; la primera y la última pueden salirse de él."""
        semanas = [Semana.de(self.primero)]
        while semanas[-1].domingo < self.ultimo:
            semanas.append(semanas[-1].siguiente)
        return semanas

    def __str__(self):
        """«agosto de 2019»."""
        return date_format(self.primero, r"F \d\e Y")


@dataclass
class Pieza:
    """Lo que ocupa un puesto del día: un encuentro o un traslado."""

    puesto: int
    encuentro: Encuentro | None = None
    traslado: Traslado | None = None

    @property
    def jornada(self):
        return (self.encuentro or self.traslado).jornada


@dataclass
class Banda:
    """Una jornada de un día, con sus piezas en orden."""

    sigla: str
    nombre: str
    piezas: list[Pieza] = field(default_factory=list)


@dataclass
class Dia:
    fecha: date
    bandas: list[Banda]

    @property
    def piezas(self):
        return [pieza for banda in self.bandas for pieza in banda.piezas]


def armar_semana(semana, encuentros, traslados):
    """Los Dia de la semana: de lunes a sábado siempre, el domingo solo si tiene algo.

    Cada encuentro trae `van_antes`: cuántos encuentros del día lo preceden, se vean o no. El
    `orden` de un traslado es su puesto en el día, contado junto con los encuentros (desde 1).
    """
    dias = armar_dias(semana.dias, encuentros, traslados)
    return [dia for lugar, dia in enumerate(dias) if lugar < DIAS_FIJOS or dia.piezas]


def armar_mes(mes, encuentros, traslados):
    """Las semanas del mes, cada una con siete puestos: un Dia, o None si el día es de otro mes."""
    semanas = [[f if Mes.de(f) == mes else None for f in semana.dias] for semana in mes.semanas]
    fechas = [fecha for semana in semanas for fecha in semana if fecha]
    dias = {dia.fecha: dia for dia in armar_dias(fechas, encuentros, traslados)}
    return [[dias.get(fecha) for fecha in semana] for semana in semanas]


def armar_dias(fechas, encuentros, traslados):
    """Un Dia por fecha, con sus piezas en orden. Lo que piden se dice en `armar_semana`."""
    piezas_de = {fecha: ([], []) for fecha in fechas}
    for lugar, piezas in enumerate((encuentros, traslados)):
        for pieza in piezas:
            if pieza.fecha in piezas_de:
                piezas_de[pieza.fecha][lugar].append(pieza)
    return [Dia(fecha, _bandas(_piezas_del_dia(*suyas))) for fecha, suyas in piezas_de.items()]


def _piezas_del_dia(encuentros, traslados):
    piezas = [Pieza(traslado.orden, traslado=traslado) for traslado in traslados]
    ocupados = {pieza.puesto for pieza in piezas}
    cuantos = max((encuentro.van_antes + 1 for encuentro in encuentros), default=0)
    libres = (puesto for puesto in count(1) if puesto not in ocupados)
    puestos = [next(libres) for _ in range(cuantos)]
    piezas += [Pieza(puestos[e.van_antes], encuentro=e) for e in encuentros]
    return sorted(piezas, key=lambda pieza: pieza.puesto)


def _bandas(piezas):
    jornada = Encuentro.Jornada
    bandas = {
        jornada.MANANA: Banda("AM", jornada.MANANA.label),
        jornada.TARDE: Banda("PM", jornada.TARDE.label),
    }
    for pieza in piezas:
        bandas[pieza.jornada].piezas.append(pieza)
    return list(bandas.values())


def contar_por_semana(fechas):
    """[(Semana, cuántos encuentros)] en orden, desde pares (fecha, cuántos)."""
    return _contar_por(Semana, fechas)


def contar_por_mes(fechas):
    """[(Mes, cuántos encuentros)] en orden, desde pares (fecha, cuántos)."""
    return _contar_por(Mes, fechas)


def _contar_por(periodo, fechas):
    cuenta = Counter()
    for fecha, cuantos in fechas:
        cuenta[periodo.de(fecha)] += cuantos
    return sorted(cuenta.items())


def semana_que_mostrar(fechas, hoy):
    """La de hoy o la próxima que tenga encuentros; si no hay por venir, la última; o la de hoy."""
    actual = Semana.de(hoy)
    semanas = sorted({Semana.de(fecha) for fecha in fechas})
    por_venir = [semana for semana in semanas if semana >= actual]
    return (por_venir or semanas[-1:] or [actual])[0]


def tramo_de_lista(fechas, desde, tope):
    """(fechas que se muestran desde `desde`, primera del tramo anterior, primera del siguiente).

    Ningún día se parte: cada tramo lleva días enteros hasta llegar a `tope` encuentros, y al menos
    uno. `fechas`: pares (fecha, cuántos) en orden. Lo que no hay es None.
    """
    antes = [par for par in fechas if desde and par[0] < desde]
    despues = fechas[len(antes) :]
    caben = _caben(despues, tope)
    anterior = antes[-_caben(antes[::-1], tope)][0] if antes else None
    siguiente = despues[caben][0] if caben < len(despues) else None
    return [fecha for fecha, _ in despues[:caben]], anterior, siguiente


def _caben(fechas, tope):
    """Cuántos días enteros, desde el primero, llevan hasta `tope` encuentros; al menos uno."""
    sumas = accumulate(cuantos for _, cuantos in fechas)
    return max(sum(1 for suma in sumas if suma <= tope), min(1, len(fechas)))


def reubicar(ordenes, antes, despues):
    """Nuevos `orden` de los traslados de un día cuyos encuentros cambian.

    Cada traslado sigue yendo después de los mismos encuentros que lo precedían. `ordenes` está en
    orden; `antes` y `despues` son las claves de los encuentros del día, en orden.
    """
    nuevos = []
    for cuantos, orden in enumerate(ordenes):
        precedentes = set(antes[: max(orden - 1 - cuantos, 0)])
        lugares = [lugar for lugar, clave in enumerate(despues, 1) if clave in precedentes]
        nuevos.append(max(lugares, default=0) + cuantos + 1)
    return nuevos
