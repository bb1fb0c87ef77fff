"""Las nueve zonas en cifras y en mapa, a una fecha."""

from dataclasses import dataclass, field

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from .mapas import ARCILLA, ARENA, LAGUNA, LILA, MAR, MENTA, Conjunto, Estilo, Leyenda, dibujar
from .models import Gad, Territorio, Zona
from .texto import sin_tildes

# Cuatro tonos bastan para que dos zonas que se tocan difieran también en gris.
TONO_DE_ZONA = {
    1: LAGUNA,
    2: ARENA,
    3: LAGUNA,
    4: MENTA,
    5: ARENA,
    6: MENTA,
    7: LAGUNA,
    8: MAR,
    9: MAR,
}
TONOS = (ARENA, LAGUNA, MENTA, ARCILLA, LILA)


@dataclass
class Recuento:
    """Cuántos GAD hay de cada nivel."""

    provinciales: int = 0
    municipales: int = 0
    parroquiales: int = 0

    @property
    def total(self):
        return self.provinciales + self.municipales + self.parroquiales

    def sumar(self, nivel, cuantos=1):
        columna = Gad.COLUMNA[nivel]
        setattr(self, columna, getattr(self, columna) + cuantos)


@dataclass
class CantonEnZona:
    codigo: str
    nombre: str
    cabecera: str
    url: str
    recuento: Recuento = field(default_factory=Recuento)


@dataclass
class ProvinciaEnZona:
    """Una provincia vista desde una zona, con sus cantones de esa zona.

    `propia` si el GAD provincial también es de la zona.
    """

    codigo: str
    nombre: str
    url: str
    propia: bool = False
    cantones: list[CantonEnZona] = field(default_factory=list)


def recuento_por_zona(fecha):
    """[(zona, Recuento)] de todas las zonas, con los GAD vigentes en la fecha. Dos consultas."""
    por_zona = {zona: Recuento() for zona in Zona.objects.all()}
    por_numero = {zona.numero: recuento for zona, recuento in por_zona.items()}
    filas = Gad.objects.vigentes_en(fecha).order_by().values_list("territorio__zona", "nivel")
    for numero, nivel, cuantos in filas.annotate(n=Count("pk")):
        por_numero[numero].sumar(nivel, cuantos)
    return list(por_zona.items())


def sumar(recuentos):
    """El Recuento de todos juntos."""
    total = Recuento()
    for recuento in recuentos:
        total.provinciales += recuento.provinciales
        total.municipales += recuento.municipales
        total.parroquiales += recuento.parroquiales
    return total


def provincias_de_zona(zona, fecha):
    """[ProvinciaEnZona] con sus cantones vigentes, por nombre, y sus GAD. Dos consultas."""
    nombres = dict(Territorio.objects.provincias().values_list("codigo", "nombre"))
    gads = Gad.objects.vigentes_en(fecha).filter(territorio__zona=zona).order_by("pk")
    provincias, cantones, direccion = {}, {}, Gad.enlazador()
    for codigo, nivel, nombre, capital in gads.values_list(
        "pk", "nivel", "territorio__nombre", "territorio__capital"
    ):
        # Por código sale primero la provincia, luego cada cantón y en seguida sus parroquias.
        clave = codigo[:2]
        if clave not in provincias:
            provincias[clave] = ProvinciaEnZona(clave, nombres[clave], direccion(clave))
        provincia = provincias[clave]
        if len(codigo) == 2:
            provincia.propia = True
            continue
        if len(codigo) == 4:
            cantones[codigo] = CantonEnZona(codigo, nombre, capital, direccion(codigo))
            provincia.cantones.append(cantones[codigo])
        if codigo[:4] in cantones:
            cantones[codigo[:4]].recuento.sumar(nivel)
    for provincia in provincias.values():
        provincia.cantones.sort(key=lambda canton: (sin_tildes(canton.nombre), canton.codigo))
    return list(provincias.values())


# --- Mapas --------------------------------------------------------------------------------------


def mapa_del_pais(recuentos, fecha):
    """Las zonas por color y número; cada celda lleva a la página de su zona."""
    fijado = {zona.numero: _conjunto(zona, recuento) for zona, recuento in recuentos}
    consulta = _consulta(fecha)
    direcciones = {
        zona.numero: reverse("territorios:zona", args=[zona.numero]) + consulta
        for zona, _ in recuentos
    }

    def estilo(celda):
        return Estilo(
            TONO_DE_ZONA.get(celda.zona, ARENA),
            f"{celda.nombre}{_si_no_existia(celda, fecha)} · Zona {celda.zona}",
            url=direcciones[celda.zona],
            conjunto=fijado[celda.zona],
        )

    return dibujar(
        estilo,
        titulo="Ecuador por zonas de planificación",
        descripcion="Cada cantón, con el color y el número de su zona; Galápagos, en recuadro. "
        "La tabla que sigue dice cuántos GAD tiene cada zona.",
        identificador="pais",
    )


def mapa_de_zona(zona, provincias, fecha):
    """Los cantones de la zona por provincia; cada celda lleva a la página de su GAD."""
    tonos = {p.codigo: TONOS[i % len(TONOS)] for i, p in enumerate(provincias)}
    cantones = {canton.codigo: canton for p in provincias for canton in p.cantones}
    conjuntos = {p.codigo: Conjunto(p.codigo, p.nombre) for p in provincias}
    nombres = ", ".join(p.nombre for p in provincias)
    direccion = Gad.enlazador()

    def estilo(celda):
        clave = celda.codigo[:2]
        if celda.zona != zona.numero or clave not in tonos:
            return None
        canton = cantones.get(celda.codigo)
        return Estilo(
            tonos[clave],
            _titulo_de_canton(celda, canton, fecha),
            url=direccion(celda.codigo),
            etiqueta=celda.nombre,
            conjunto=conjuntos[clave],
        )

    return dibujar(
        estilo,
        ventana=list(cantones),
        titulo=f"Cantones de la {zona}, {zona.nombre}",
        descripcion=f"{len(cantones)} cantones, por provincia: {nombres}.",
        identificador="zona",
        leyenda=[Leyenda(p.nombre, tonos[p.codigo]) for p in provincias if len(provincias) > 1],
    )


def _conjunto(zona, recuento):
    cantones = "1 cantón" if recuento.municipales == 1 else f"{recuento.municipales} cantones"
    titulo = f"{zona} · {zona.nombre}: {recuento.total} GAD, {cantones}"
    return Conjunto(str(zona.numero), titulo, rotulo=str(zona.numero))


def _titulo_de_canton(celda, canton, fecha):
    if canton is None:
        return f"{celda.nombre}{_si_no_existia(celda, fecha)}"
    parroquias = canton.recuento.parroquiales
    rurales = "parroquia rural" if parroquias == 1 else "parroquias rurales"
    return f"{celda.nombre}: {parroquias} {rurales}"


def _si_no_existia(celda, fecha):
    """El esquema dibuja los cantones de hoy: al mirar atrás se dice cuál no era cantón todavía."""
    if celda.desde and celda.desde > fecha:
        return f" (cantón desde el {celda.desde:%d/%m/%Y})"
    return ""


def _consulta(fecha):
    return "" if fecha == timezone.localdate() else f"?fecha={fecha:%Y-%m-%d}"
