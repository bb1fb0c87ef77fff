"""La hoja de ruta de un grupo: quién cumplió qué hito y quién va detrás del ritmo del grupo."""

from dataclasses import dataclass
from datetime import date, timedelta

from territorios.models import Gad

from .models import CumplimientoHito, HitoGrupo, Membresia

# Medidas del diagrama, en unidades del SVG.
ANCHO_NOMBRE = 250
ANCHO_TIEMPO = 590
ALTO_FILA = 30
ALTO_CABECERA = 26
HOLGURA = timedelta(days=15)


@dataclass
class Casilla:
    """Un GAD frente a un hito."""

    gad: Gad
    cumplimiento: CumplimientoHito | None
    atrasada: bool


@dataclass
class Renglon:
    """Un hito con la casilla de cada miembro."""

    hito: HitoGrupo
    casillas: list[Casilla]

    @property
    def cumplidos(self):
        return sum(1 for casilla in self.casillas if casilla.cumplimiento)

    @property
    def porcentaje(self):
        return round(100 * self.cumplidos / len(self.casillas)) if self.casillas else 0


@dataclass
class HojaDeRuta:
    renglones: list[Renglon]
    gads: list[Gad]

    @property
    def atrasados(self):
        """[(GAD, hitos que le faltan)] de quienes van detrás, el más atrasado primero."""
        faltan = {}
        for renglon in self.renglones:
            for casilla in renglon.casillas:
                if casilla.atrasada:
                    faltan.setdefault(casilla.gad, []).append(renglon.hito.hito)
        return sorted(faltan.items(), key=lambda par: (-len(par[1]), par[0].pk))


def hoja_de_ruta(grupo, hoy):
    """La hoja de un grupo a una fecha. Tres consultas.

    Un GAD va detrás en un hito si no lo cumplió y ya pasó la fecha meta, o ya lo cumplió más de
    la mitad del grupo («avanzar juntos y a un mismo ritmo», S:795).
    """
    return hojas_de_ruta([grupo.pk], hoy)[grupo.pk]


def hojas_de_ruta(grupos, hoy):
    """{grupo: HojaDeRuta} de esas claves. Tres consultas, sean los grupos que sean."""
    gads = {grupo: [] for grupo in grupos}
    miembros = Membresia.objects.vigentes_en().filter(grupo__in=list(gads))
    for uno in miembros.select_related("gad__territorio__padre__padre").order_by("grupo", "gad"):
        gads[uno.grupo_id].append(uno.gad)
    hechos = {
        (hecho.hito_id, hecho.gad_id): hecho
        for hecho in CumplimientoHito.objects.filter(hito__grupo__in=list(gads))
    }
    renglones = {grupo: [] for grupo in gads}
    hitos = HitoGrupo.objects.filter(grupo__in=list(gads)).select_related("hito")
    for hito in hitos.order_by("grupo", "hito__orden"):
        renglones[hito.grupo_id].append(_renglon(hito, gads[hito.grupo_id], hechos, hoy))
    return {grupo: HojaDeRuta(renglones[grupo], suyos) for grupo, suyos in gads.items()}


def _renglon(hito, gads, hechos, hoy):
    suyos = [hechos.get((hito.pk, gad.pk)) for gad in gads]
    cumplieron = sum(1 for hecho in suyos if hecho)
    sin_cumplir_va_detras = van_detras(hito.fecha_meta, cumplieron, len(gads), hoy)
    casillas = [
        Casilla(gad, hecho, hecho is None and sin_cumplir_va_detras)
        for gad, hecho in zip(gads, suyos, strict=True)
    ]
    return Renglon(hito, casillas)


def van_detras(meta, cumplieron, miembros, hoy):
    """Si van detrás quienes no cumplieron un hito: venció su meta, o ya cumplió la mayoría."""
    vencio = meta is not None and meta < hoy
    return vencio or 2 * cumplieron > miembros


# --- Diagrama -------------------------------------------------------------------------------


@dataclass
class Barra:
    """Un hito en el diagrama: su renglón y, si tiene fechas, dónde empieza y cuánto dura."""

    renglon: Renglon
    y: int
    x: int | None
    ancho: int
    hecho: int


@dataclass
class Diagrama:
    """Lo que dibuja la plantilla: barras, meses y la raya de hoy (None si cae fuera)."""

    barras: list[Barra]
    meses: list[tuple[int, date]]
    hoy: int | None
    ancho: int
    alto: int


def diagrama(hoja, hoy):
    """El diagrama de la hoja, o None si ningún hito tiene fecha meta."""
    con_fecha = [r.hito for r in hoja.renglones if r.hito.fecha_meta]
    if not con_fecha:
        return None
    inicio = min(h.fecha_inicio or h.fecha_meta for h in con_fecha).replace(day=1)
    # El calendario acaba en 9999: sin el tope, sumarle la holgura al último día falla.
    fin = min(max(h.fecha_meta for h in con_fecha), date.max - HOLGURA) + HOLGURA
    escala = ANCHO_TIEMPO / max((fin - inicio).days, 1)

    def lugar(fecha):
        return ANCHO_NOMBRE + round((fecha - inicio).days * escala)

    barras = [_barra(r, n, lugar) for n, r in enumerate(hoja.renglones)]
    return Diagrama(
        barras=barras,
        meses=[(lugar(mes), mes) for mes in meses_entre(inicio, fin)],
        hoy=lugar(hoy) if inicio <= hoy <= fin else None,
        ancho=ANCHO_NOMBRE + ANCHO_TIEMPO,
        alto=ALTO_CABECERA + ALTO_FILA * len(barras) + 4,
    )


def _barra(renglon, numero, lugar):
    y = ALTO_CABECERA + ALTO_FILA * numero
    hito = renglon.hito
    if hito.fecha_meta is None:
        return Barra(renglon, y, None, 0, 0)
    x = lugar(hito.fecha_inicio or hito.fecha_meta)
    # Un hito sin inicio es un punto en el tiempo: se dibuja con un ancho mínimo visible.
    ancho = max(lugar(hito.fecha_meta) - x, 8)
    return Barra(renglon, y, x, ancho, round(ancho * renglon.porcentaje / 100))


def meses_entre(inicio, fin):
    """El primer día de cada mes, y solo algunos cuando son muchos, para que se lean."""
    corridos = range(_corrido(inicio), _corrido(fin) + 1)
    return [date(n // 12, n % 12 + 1, 1) for n in corridos[:: len(corridos) // 12 + 1]]


def _corrido(fecha):
    """El mes contado desde el año cero, para pasar de un año a otro sin más."""
    return 12 * fecha.year + fecha.month - 1
