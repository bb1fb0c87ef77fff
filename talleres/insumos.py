"""De la base al planificador de itinerarios: lugares, visitas y lo que ya está programado."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db.models import Q

from acompanamiento.medidas import kilometros
from acompanamiento.models import Grupo, Membresia
from territorios.models import Gad, Territorio

from .choques import feriados_nacionales
from .itinerario import Condiciones, Infactible, Lugar, Visita
from .lector_choques import leer_tiempos
from .models import Convocado, Encuentro, Facilitacion, Feriado, ParametrosDeAgenda

INSULAR = "20"  # Galápagos
Tipo = Encuentro.Tipo


def lugares_en(fecha):
    """{código de cantón: Lugar} de los vigentes, en su cabecera si se sabe dónde está."""
    lugares = {}
    de_interes = Q(nivel=Territorio.Nivel.CANTON) | Q(cabecera=True)
    filas = Territorio.objects.filter(de_interes, lon__isnull=False).vigentes_en(fecha)
    # El cantón llega antes que su cabecera (0801, 080150), que lo corrige.
    for codigo, nombre, capital, lon, lat in filas.order_by("codigo").values_list(
        "codigo", "nombre", "capital", "lon", "lat"
    ):
        canton = codigo[:4]
        if codigo == canton:
            insular = codigo.startswith(INSULAR)
            punto = float(lon), float(lat)
            lugares[canton] = Lugar(codigo, capital or nombre, *punto, insular, nombre)
        elif canton in lugares:
            lugares[canton] = replace(lugares[canton], lon=float(lon), lat=float(lat))
    return lugares


@dataclass
class Pedido:
    """Un encuentro por proponer, con lo que hace falta para guardarlo."""

    tipo: str
    canton: str
    grupos: list[Grupo]
    gad: Gad | None = None
    miembros: dict[str, list[Gad]] = field(default_factory=dict)

    @property
    def clave(self):
        return f"{self.tipo}-{self.gad.pk if self.gad else self.grupos[0].numero}"

    @property
    def quien(self):
        return self.gad.nombre_con_lugar if self.gad else str(self.grupos[0])

    @property
    def nombre(self):
        return f"{self.tipo} · {self.quien}"

    def tema(self, *, segunda=False):
        """Como los del piloto, según el momento y la jornada."""
        if self.tipo != Tipo.M3:
            nivel = "provincial" if self.tipo == Tipo.M1 else "municipal"
            return f"Diálogo con la autoridad del GAD {nivel} de {self.gad.nombre}"
        quienes = "presidentes/as de las parroquias rurales" if segunda else "equipos técnicos"
        return f"Taller con {quienes} · {self.grupos[0]}"

    def convocados(self, *, segunda=False):
        """El GAD del diálogo; al taller, provincias y cantones, y a su tarde también parroquias."""
        if self.tipo != Tipo.M3:
            return [self.gad]
        niveles = ["provinciales", "municipales", *(["parroquiales"] if segunda else [])]
        return [gad for nivel in niveles for gad in self.miembros.get(nivel, [])]


def pedidos_de(grupos, fecha, lugares):
    """{clave: Pedido} de los momentos 1, 2 y 3 de esos grupos, según sus miembros en la fecha.

    Un M1 por provincia y un M2 por cantón, aunque estén en varios grupos; un M3 por grupo.
    """
    membresias = Membresia.objects.vigentes(fecha).filter(grupo__in=grupos)
    de_cada_grupo, por_pk = defaultdict(list), {grupo.pk: grupo for grupo in grupos}
    for membresia in membresias.select_related("gad__territorio__padre").order_by("gad"):
        de_cada_grupo[membresia.grupo_id].append(membresia.gad)
    pedidos = {}
    for clave, grupo in sorted(por_pk.items(), key=lambda par: par[1].numero):
        for pedido in _de_un_grupo(grupo, de_cada_grupo[clave], lugares):
            ya = pedidos.setdefault(pedido.clave, pedido)
            if ya is not pedido:
                ya.grupos.append(grupo)
    return pedidos


def _de_un_grupo(grupo, miembros, lugares):
    por_nivel = defaultdict(list)
    for gad in miembros:
        por_nivel[Gad.COLUMNA[gad.nivel]].append(gad)
    for gad in por_nivel["provinciales"]:
        yield Pedido(Tipo.M1, _capital(gad.pk, lugares), [grupo], gad)
    for gad in por_nivel["municipales"]:
        yield Pedido(Tipo.M2, gad.pk, [grupo], gad)
    yield Pedido(Tipo.M3, _sede(grupo, por_nivel["municipales"], lugares), [grupo], None, por_nivel)


def _capital(provincia, lugares):
    """El cantón de la capital, que en la DPA es el 01; si no se sabe dónde queda, otro."""
    suyos = sorted(codigo for codigo in lugares if codigo.startswith(provincia))
    return next(iter(suyos), f"{provincia}01")


def _sede(grupo, municipales, lugares):
    """La del grupo; si no tiene, el cantón cuyo compañero más lejano está más cerca."""
    if grupo.sede_id:
        return grupo.sede_id
    puntos = {gad.pk: lugares[gad.pk] for gad in municipales if gad.pk in lugares}
    if not puntos:
        raise Infactible(f"{grupo} no tiene sede ni cantones: no se sabe dónde sería su taller.")

    def lejania(codigo):
        a = puntos[codigo]
        return max(kilometros(a.lon, a.lat, b.lon, b.lat) for b in puntos.values()), codigo

    return min(puntos, key=lejania)


def momentos_de(estrategia):
    """Los M1, M2 y M3 no cancelados, en orden de fecha y con sus grupos. 2 consultas."""
    momentos = Encuentro.objects.filter(estrategia=estrategia, tipo__in=[Tipo.M1, Tipo.M2, Tipo.M3])
    vivos = momentos.exclude(estado=Encuentro.Estado.CANCELADO)
    return list(vivos.prefetch_related("grupos").order_by("fecha", "inicio", "pk"))


def programados(momentos):
    """{clave: último encuentro de esos que la cumple}."""
    return {clave: encuentro for encuentro in momentos for clave in claves_de(encuentro)}


def claves_de(encuentro):
    """A qué pedidos responde un encuentro."""
    if encuentro.tipo == Tipo.M3:
        return [f"{Tipo.M3}-{grupo.numero}" for grupo in encuentro.grupos.all()]
    return [f"{encuentro.tipo}-{encuentro.gad_id}"]


@dataclass(frozen=True)
class Planteo:
    """Lo que se le pide al planificador y lo que se deja fuera por estar ya programado."""

    visitas: list[Visita]
    condiciones: Condiciones
    pedidos: dict[str, Pedido]
    ya: dict[str, Encuentro]

    @property
    def omitidos(self):
        return [self.pedidos[clave].nombre for clave in self.ya]


def plantear(estrategia, grupos, condiciones, lugares, *, equipo=(), repetir=False):
    """El Planteo de esos grupos. Lanza Infactible si no queda nada por programar.

    Lo ya programado no se repite: lo que le sigue va después, y esos días el equipo está ocupado.
    Tampoco se propone nada los días en que una entidad del `equipo` facilita otro encuentro, ni a
    un GAD los días en que está en otro. Con `repetir`, se planea como si no hubiera nada.
    """
    pedidos = pedidos_de(grupos, condiciones.desde, lugares)
    ya = {} if repetir else programados(momentos_de(estrategia))
    ya = {clave: ya[clave] for clave in pedidos if clave in ya}
    if len(ya) == len(pedidos):
        raise Infactible("Todos los encuentros de esos grupos están ya programados.")
    no_pueden = _dias_que_no(pedidos, condiciones, con_convocados=not repetir)
    visitas = [
        replace(visita, desde=_despues_de(visita, ya), no_puede=no_pueden[visita.clave])
        for visita in visitas_de(pedidos, lugares)
        if visita.clave not in ya
    ]
    ocupados = {encuentro.fecha for encuentro in ya.values()}
    if not repetir:
        ocupados |= _dias_del_equipo(equipo, condiciones)
    condiciones = replace(
        condiciones,
        feriados=condiciones.feriados | ocupados,
        tiempos=tiempos_de_viaje(estrategia, condiciones.desde),
    )
    return Planteo(visitas, condiciones, pedidos, ya)


def tiempos_de_viaje(estrategia, fecha):
    """Lo que se tardó según los traslados anotados, más el margen con que se buscan choques."""
    sabidos = {par: m for par, m in leer_tiempos(estrategia).items() if m is not None}
    if not sabidos:
        return {}
    vigentes = ParametrosDeAgenda.objects.filter(desde__lte=fecha).order_by("-desde")
    margen = (vigentes.first() or ParametrosDeAgenda()).margen
    return {par: minutos + margen for par, minutos in sabidos.items()}


def _dias_del_equipo(equipo, condiciones):
    """En que alguna de esas entidades facilita un encuentro, de la estrategia que sea."""
    facilita = Facilitacion.objects.filter(
        entidad__in=equipo,
        papel=Facilitacion.Papel.FACILITA,
        encuentro__fecha__range=(condiciones.desde, condiciones.hasta),
    ).exclude(encuentro__estado=Encuentro.Estado.CANCELADO)
    return set(facilita.values_list("encuentro__fecha", flat=True))


def _dias_que_no(pedidos, condiciones, *, con_convocados):
    """{clave: días} en que el cantón de la visita es feriado o alguno de sus GAD está en otra."""
    de_cada_canton, de_cada_gad = defaultdict(set), defaultdict(set)
    entre = (condiciones.desde, condiciones.hasta)
    feriados = Feriado.objects.filter(canton__isnull=False, fecha__range=entre)
    for canton, fecha in feriados.values_list("canton", "fecha"):
        de_cada_canton[canton].add(fecha)
    if con_convocados:
        gads = {gad.pk for pedido in pedidos.values() for gad in pedido.convocados(segunda=True)}
        convocados = Convocado.objects.filter(gad__in=gads, encuentro__fecha__range=entre)
        vivos = convocados.exclude(encuentro__estado=Encuentro.Estado.CANCELADO)
        for gad, fecha in vivos.order_by().values_list("gad", "encuentro__fecha"):
            de_cada_gad[gad].add(fecha)
    return {
        clave: frozenset(de_cada_canton[pedido.canton]).union(
            *(de_cada_gad[gad.pk] for gad in pedido.convocados(segunda=True))
        )
        for clave, pedido in pedidos.items()
    }


def _despues_de(visita, ya):
    """El día siguiente al último de los programados que van antes."""
    fechas = [ya[clave].fecha for clave in visita.despues_de if clave in ya]
    return max(fechas) + timedelta(1) if fechas else visita.desde


def feriados_entre(desde, hasta):
    """Los nacionales, con sus traslados por ley, y los que la central anotó para todo el país."""
    anios = range(desde.year, hasta.year + 1)
    nacionales = {fecha for anio in anios for fecha in feriados_nacionales(anio)}
    propios = Feriado.objects.filter(canton=None, fecha__range=(desde, hasta))
    return frozenset(nacionales | set(propios.values_list("fecha", flat=True)))


def visitas_de(pedidos, lugares):
    """Las visitas del planificador, con el orden de los momentos. Lanza Infactible."""
    faltan = sorted({p.canton for p in pedidos.values()} - set(lugares))
    if faltan:
        raise Infactible(f"No se sabe dónde queda el cantón {faltan[0]}: faltan sus coordenadas.")
    return [
        Visita(
            clave=clave,
            tipo=pedido.tipo,
            nombre=pedido.nombre,
            lugar=lugares[pedido.canton],
            despues_de=frozenset(_previas(pedido)),
            con_tarde=bool(pedido.miembros.get("parroquiales")),
        )
        for clave, pedido in pedidos.items()
    ]


def _previas(pedido):
    """M1 de la provincia → M2 de sus cantones → M3 del grupo."""
    if pedido.tipo == Tipo.M2:
        return {f"{Tipo.M1}-{pedido.gad.pk[:2]}"}
    if pedido.tipo == Tipo.M3:
        provincias = {f"{Tipo.M1}-{gad.pk}" for gad in pedido.miembros["provinciales"]}
        return provincias | {f"{Tipo.M2}-{gad.pk}" for gad in pedido.miembros["municipales"]}
    return set()
