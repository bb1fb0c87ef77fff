"""Choques del cronograma: lo que no cabe, lo que falta y lo que va fuera de orden.

Funciones puras: reciben citas (encuentros ya leídos) y no consultan la base. Un choque se explica
y se deja pasar con un motivo; nunca impide guardar. Lo que ya pasó se informa, no se exige.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from hashlib import sha256
from itertools import combinations, pairwise
from statistics import median
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.formats import date_format
from holidays import country_holidays

from acompanamiento.medidas import kilometros
from territorios.texto import enumerar, sin_tildes

from .models import Encuentro, ParametrosDeAgenda, Traslado
from .orden import DIALOGOS, con_quien, dialogos_esperados, momento_de

Estado, Modalidad = Encuentro.Estado, Encuentro.Modalidad
AJENO = "otro encuentro fuera de su jurisdicción"
DIA = r"l j \d\e F \d\e Y"


class Clase(TextChoices):
    EQUIPO = "equipo", "Quien facilita, en dos sitios"
    AUTORIDAD = "autoridad", "Autoridad en dos sitios"
    GAD = "gad", "GAD en dos sitios"
    TRASLADO = "traslado", "Sin tiempo para el viaje"
    SEDE = "sede", "Sede fuera del grupo"
    ORDEN = "orden", "Orden de los momentos"
    CONVOCATORIA = "convocatoria", "Convocatoria sin enviar"
    FERIADO = "feriado", "Feriado"


class Gravedad(TextChoices):
    GRAVE = "grave", "No se puede cumplir"
    ATENCION = "atencion", "Conviene revisarlo"


GRAVES = (Clase.EQUIPO, Clase.AUTORIDAD, Clase.GAD, Clase.TRASLADO)


class GadConvocado(NamedTuple):
    codigo: str
    nombre: str
    nivel: str


@dataclass(eq=False)
class Cita:
    """Un encuentro no cancelado con lo que hace falta para hallar sus choques.

    `facilitan`: {clave: nombre} de las entidades. `punto`: (longitud, latitud) o None.
    `sin_recibir`: GAD convocados a los que la convocatoria no salió ni se entregó.
    `visible`: si lo ve quien pregunta; de lo que no ve, las explicaciones no dicen nada.
    """

    pk: int
    tipo: str
    fecha: date
    jornada: str
    lugar: str
    nombre: str = ""
    inicio: time | None = None
    fin: time | None = None
    modalidad: str = Modalidad.PRESENCIAL
    estado: str = Estado.PLANIFICADO
    canton: str | None = None
    nombres_del_canton: Collection[str] = ()
    punto: tuple[float, float] | None = None
    sede_en_grupo: bool = True
    gad: str | None = None
    nombre_del_gad: str = ""
    provincia: str = ""
    autoridad: int | None = None
    nombre_de_autoridad: str = ""
    convocados: list[GadConvocado] = field(default_factory=list)
    facilitan: dict[int, str] = field(default_factory=dict)
    grupos: list[int] = field(default_factory=list)
    sin_recibir: int = 0
    feriado: str = ""
    parametros: ParametrosDeAgenda = field(default_factory=ParametrosDeAgenda)
    visible: bool = True
    encuentro: Encuentro | None = None

    @property
    def desde(self):
        return datetime.combine(self.fecha, self.inicio)

    @property
    def hasta(self):
        """Sin hora de fin solo se sabe que a la de inicio estaba ocurriendo."""
        if self.fin:
            return datetime.combine(self.fecha, self.fin)
        return self.desde + timedelta(minutes=1)

    @property
    def lugares(self):
        """Los nombres, sin tildes, con que un traslado puede llamar a su lugar."""
        return {sin_tildes(nombre) for nombre in (self.lugar, *self.nombres_del_canton) if nombre}

    def ya_paso(self, hoy):
        return self.estado == Estado.REALIZADO or self.fecha < hoy

    def __str__(self):
        if not self.visible:
            return AJENO
        if not self.inicio:
            return f"«{self.nombre}»"
        horas = f"{self.inicio:%H:%M}" + (f" a {self.fin:%H:%M}" if self.fin else "")
        return f"«{self.nombre}» ({horas})"


@dataclass(frozen=True)
class Choque:
    """Algo raro en el cronograma. `clave` lo identifica en su estrategia mientras sus hechos
    (encuentros, día, horas, lugar) no cambien: si cambian, hay que volver a mirarlo.
    """

    clase: Clase
    clave: str
    citas: tuple[Cita, ...]
    explicacion: str
    ya_paso: bool
    aceptado: object = None

    @property
    def gravedad(self):
        return Gravedad.GRAVE if self.clase in GRAVES else Gravedad.ATENCION

    @property
    def ancla(self):
        return self.clave.replace(":", "-")

    @property
    def fecha(self):
        return min(cita.fecha for cita in self.visibles)

    @property
    def visibles(self):
        return [cita for cita in self.citas if cita.visible]

    @property
    def ajenas(self):
        return len(self.citas) - len(self.visibles)


def hallar_choques(citas, tiempos, hoy):
    """Los choques en que interviene algo visible, por fecha y clase.

    `tiempos`: lo que devuelve `tiempos_aprendidos`. `hoy` separa lo planificado de lo ocurrido.
    """
    citas = sorted(citas, key=momento_de)
    hallados = [
        *_a_la_vez(citas, hoy),
        *_sin_tiempo(citas, tiempos, hoy),
        *_fuera_de_orden(citas, hoy),
    ]
    for cita in citas:
        hallados += _de_una(cita, hoy)
    hallados = [choque for choque in hallados if choque.visibles]
    return sorted(hallados, key=lambda c: (c.fecha, Clase.values.index(c.clase), c.clave))


def _choque(clase, citas, explicacion, hoy, *hechos):
    claves = "-".join(str(pk) for pk in sorted(cita.pk for cita in citas))
    huella = sha256("|".join(map(str, hechos)).encode()).hexdigest()[:12]
    ya_paso = all(cita.ya_paso(hoy) for cita in citas)
    return Choque(clase, f"{clase}:{claves}:{huella}", tuple(citas), explicacion, ya_paso)


# --- En dos sitios a la vez ---------------------------------------------------------------------


def _a_la_vez(citas, hoy):
    for a, b in _pares_a_la_vez(citas):
        horas = (a.desde, a.hasta, b.desde, b.hasta)
        for clase, quienes in _en_las_dos(a, b):
            frase = f"{enumerar(sorted(quienes.values()))} {_esta(quienes)} en dos sitios a la vez"
            frase += f" el {date_format(a.fecha, DIA)}: {_enumerar_citas(a, b)}."
            yield _choque(clase, (a, b), frase, hoy, *horas, *sorted(map(str, quienes)))


def _pares_a_la_vez(citas):
    """Los pares que coinciden en el tiempo; sin hora de inicio no se puede saber."""
    por_dia = defaultdict(list)
    for cita in citas:
        if cita.inicio:
            por_dia[cita.fecha].append(cita)
    for del_dia in por_dia.values():
        for a, b in combinations(del_dia, 2):
            if a.desde < b.hasta and b.desde < a.hasta:
                yield a, b


def _en_las_dos(a, b):
    """[(clase, {clave: nombre})] de quienes están en los dos encuentros.

    La autoridad representa a su GAD: no se la cuenta otra vez.
    """
    equipo = {clave: nombre for clave, nombre in a.facilitan.items() if clave in b.facilitan}
    la_misma = a.autoridad is not None and a.autoridad == b.autoridad
    en_b = {gad.codigo for gad in b.convocados}
    gads = {
        gad.codigo: f"el GAD de {gad.nombre}"
        for gad in a.convocados
        if gad.codigo in en_b and not (la_misma and gad.codigo == a.gad)
    }
    hallados = [
        (Clase.EQUIPO, equipo),
        (Clase.AUTORIDAD, {a.autoridad: a.nombre_de_autoridad} if la_misma else {}),
        (Clase.GAD, gads),
    ]
    return [(clase, quienes) for clase, quienes in hallados if quienes]


def _esta(quienes):
    return "está" if len(quienes) == 1 else "están"


def _enumerar_citas(*citas):
    """Primero lo que se ve."""
    return " y ".join(str(cita) for cita in sorted(citas, key=lambda cita: not cita.visible))


# --- Viajes -------------------------------------------------------------------------------------


class Viaje(NamedTuple):
    minutos: int
    como_se_sabe: str


def tiempos_aprendidos(traslados):
    """{par de lugares sin tildes: minutos} de los traslados con hora de salida y de llegada.

    La mediana, en cualquiera de los dos sentidos. None donde se viaja por aire o por agua y nadie
    anotó cuánto tarda: la carretera no dice nada de ese viaje.
    """
    medidos, sin_carretera = defaultdict(list), {}
    for traslado in traslados:
        par = frozenset({sin_tildes(traslado.origen), sin_tildes(traslado.destino)})
        if traslado.hora and traslado.llegada:
            medidos[par].append(traslado.minutos)
        elif traslado.modo != Traslado.Modo.TERRESTRE:
            sin_carretera[par] = None
    return sin_carretera | {par: round(median(minutos)) for par, minutos in medidos.items()}


def estimar_viaje(a: Cita, b: Cita, tiempos: Mapping) -> Viaje | None:
    """Cuánto se tarda de una cita a la otra; None si es el mismo lugar o no se puede saber."""
    pares = [frozenset({x, y}) for x in a.lugares for y in b.lugares if x != y]
    conocidos = [tiempos[par] for par in pares if par in tiempos]
    medidos = [minutos for minutos in conocidos if minutos is not None]
    if medidos and a.lugar != b.lugar:
        return Viaje(max(medidos), "según los traslados anotados")
    if conocidos or a.canton == b.canton or not a.punto or not b.punto:
        return None
    por_camino = kilometros(*a.punto, *b.punto) * float(b.parametros.rodeo)
    minutos = round(por_camino / b.parametros.velocidad * 60)
    return Viaje(
        minutos, f"unos {por_camino:.0f} km de camino a {b.parametros.velocidad} km por hora"
    )


def _sin_tiempo(citas, tiempos, hoy):
    for (a, b), equipo in _seguidos(citas).items():
        viaje = estimar_viaje(a, b, tiempos)
        libres = round((b.desde - a.hasta).total_seconds() / 60)
        if viaje and libres < viaje.minutos + b.parametros.margen:
            frase = _frase_del_viaje(a, b, libres, viaje, enumerar(sorted(equipo)))
            lugares = (a.lugar, a.canton, b.lugar, b.canton)
            yield _choque(Clase.TRASLADO, (a, b), frase, hoy, a.hasta, b.desde, *lugares)


def _seguidos(citas):
    """{(a, b): nombres} de los encuentros presenciales que alguien facilita uno tras otro."""
    de_cada_uno = defaultdict(list)
    for cita in citas:
        if cita.inicio and cita.modalidad != Modalidad.VIRTUAL:
            for clave in cita.facilitan:
                de_cada_uno[clave].append(cita)
    pares = defaultdict(set)
    for clave, suyas in de_cada_uno.items():
        for a, b in pairwise(sorted(suyas, key=lambda cita: (cita.desde, cita.hasta, cita.pk))):
            if a.hasta <= b.desde and a.fin:
                pares[a, b].add(a.facilitan[clave])
    return pares


def _frase_del_viaje(a, b, libres, viaje, equipo):
    if not (a.visible and b.visible):
        return f"{equipo}: no hay tiempo para viajar entre {_enumerar_citas(a, b)}."
    return (
        f"Entre {a} en {a.lugar} y {b} en {b.lugar}, el {date_format(b.fecha, DIA)}, hay {libres} "
        f"minutos; el viaje toma {viaje.minutos} ({viaje.como_se_sabe})."
    )


# --- Orden de los momentos ----------------------------------------------------------------------


def _fuera_de_orden(citas, hoy):
    """Un choque por cada diálogo que debía ir antes de otros encuentros y no fue."""
    dialogos, esperan, nombres = defaultdict(list), defaultdict(list), {}
    for cita in citas:
        if cita.tipo in DIALOGOS and cita.gad:
            dialogos[cita.gad].append(cita)
    for cita in citas:
        for codigo, nombre in dialogos_esperados(cita).items():
            nombres[codigo] = nombre
            if not any(momento_de(d) < momento_de(cita) for d in dialogos[codigo]):
                esperan[codigo].append(cita)
    for codigo, suyas in esperan.items():
        yield _choque_de_orden(codigo, nombres[codigo], suyas, dialogos[codigo], hoy)


def _choque_de_orden(codigo, nombre, esperan, dialogos, hoy):
    que = con_quien(codigo, nombre)
    if not dialogos:
        frase = f"No consta ningún {que}, que debía ir antes."
    elif dialogos[0].visible:
        cuando = date_format(dialogos[0].fecha, DIA)
        frase = f"El {que} es el {cuando}, después de encuentros a los que debía preceder."
    else:
        frase = f"El {que} va después de encuentros a los que debía preceder."
    # Sus encuentros van y vienen; lo que se acepta es que ese diálogo falte o vaya después.
    clave = f"{Clase.ORDEN}:{codigo}:{'tarde' if dialogos else 'falta'}"
    ya_paso = all(cita.ya_paso(hoy) for cita in esperan)
    return Choque(Clase.ORDEN, clave, tuple(esperan), frase, ya_paso)


# --- De un solo encuentro -----------------------------------------------------------------------


def _de_una(cita, hoy):
    en_persona = cita.modalidad != Modalidad.VIRTUAL
    if en_persona and cita.canton and cita.grupos and not cita.sede_en_grupo:
        sede = cita.nombres_del_canton[0]
        frase = f"La sede, {sede}, no es un cantón de los grupos del encuentro."
        yield _choque(Clase.SEDE, (cita,), frase, hoy, cita.canton)
    faltan = (cita.fecha - hoy).days
    if _por_enviar(cita) and 0 <= faltan <= cita.parametros.antelacion:
        yield _choque(Clase.CONVOCATORIA, (cita,), _frase_sin_enviar(cita, faltan), hoy, cita.fecha)
    feriado = cita.feriado or feriados_nacionales(cita.fecha.year).get(cita.fecha)
    if feriado:
        frase = f"El {date_format(cita.fecha, DIA)} es feriado: {feriado}."
        yield _choque(Clase.FERIADO, (cita,), frase, hoy, cita.fecha)


def _por_enviar(cita):
    """Cuántos GAD no tienen la convocatoria."""
    if cita.estado in (Estado.PLANIFICADO, Estado.REPROGRAMADO):
        return len(cita.convocados)
    return cita.sin_recibir


def _frase_sin_enviar(cita, faltan):
    cuando = {0: "Es hoy", 1: "Falta 1 día"}.get(faltan, f"Faltan {faltan} días")
    dias = cita.parametros.antelacion
    antes = "1 día" if dias == 1 else f"{dias} días"
    espera = f"se espera con {antes} de antelación"
    if cita.estado == Estado.CONVOCADO:
        les = "le" if cita.sin_recibir == 1 else "les"
        return f"{cuando} y a {cita.sin_recibir} GAD no {les} llega la convocatoria: {espera}."
    return f"{cuando} y la convocatoria no se ha enviado: {espera}."


@cache
def feriados_nacionales(anio):
    """{fecha: nombre} de los feriados del Ecuador, con sus traslados de ley."""
    return dict(country_holidays("EC", years=anio, language="es"))
