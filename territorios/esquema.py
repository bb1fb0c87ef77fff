"""Mapa esquemático de los cantones: una celda por cantón, hecha con puntos y un contorno.

El producto no trae límites oficiales. Cada cantón se dibuja con la parte del país más cercana
a sus puntos que a los de cualquier otro (diagrama de Voronoi), recortada al contorno nacional:
se reconoce el mapa y la vecindad, pero ni mide superficies ni decide pertenencias.

Solo lo importan las órdenes de carga, porque trae shapely; la web lee los trazos ya guardados.
Todas las coordenadas de entrada son longitud y latitud en grados WGS84.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import shapely
from shapely import MultiPoint, Point, Polygon, STRtree
from shapely.geometry.base import BaseGeometry
from shapely.ops import nearest_points

from .trazos import LAT_ORIGEN, LON_ORIGEN, UNIDADES_POR_GRADO

GALAPAGOS = "20"
# En grados. Algunas parroquias isleñas caen en el mar, porque el contorno va simplificado.
MARGEN_COSTA = 0.1
# En grados. Quita el zigzag de los bordes de Voronoi sin cambiar qué cantones se tocan.
TOLERANCIA = 0.02
# En grados. Un punto arrimado a la costa puede quedar fuera por el redondeo de la máquina.
CASI_NADA = 1e-6

Punto = tuple[str, float, float]
Caja = tuple[int, int, int, int]
Parte = tuple[str, Polygon]


class Sitio(NamedTuple):
    """Un punto que gana territorio para su cantón."""

    canton: str
    punto: Point


def celdas_esquematicas(puntos: Iterable[Punto], contorno: Mapping) -> dict[str, BaseGeometry]:
    """Reparte el contorno entre los cantones: `{código: Polygon o MultiPolygon}`, por código.

    `puntos` son ternas `(código de cantón, lon, lat)`, varias por cantón. `contorno` tiene la
    forma de `fixtures/dpa/contorno.json`: `continente` y `galapagos`, listas de anillos.
    Los bordes comunes son idénticos a ambos lados. Cada isla se reparte solo entre los puntos que
    tiene dentro, y la que no tiene ninguno va entera al cantón más cercano.

    ValueError si no hay puntos, si uno dista más de `MARGEN_COSTA` del contorno o si dos cantones
    comparten punto.
    """
    sitios = _sitios(puntos)
    if not sitios:
        raise ValueError("No hay puntos con los que dibujar el mapa.")
    insulares = [sitio for sitio in sitios if sitio.canton.startswith(GALAPAGOS)]
    continentales = [sitio for sitio in sitios if not sitio.canton.startswith(GALAPAGOS)]
    celdas = _celdas(continentales, contorno["continente"])
    celdas |= _celdas(insulares, contorno["galapagos"])
    return dict(sorted(celdas.items()))


def puntos_de_enlace(
    parroquias: Mapping[str, Punto], vecinas: Iterable[tuple[str, str]]
) -> list[Punto]:
    """Puntos medios entre parroquias vecinas de un mismo cantón.

    Sumados a los de las parroquias evitan que otro cantón se cuele entre ambas y parta la celda.
    `parroquias` va por código; los pares con una parroquia ausente se pasan por alto.
    """
    pares = [(parroquias[a], parroquias[b]) for a, b in vecinas if {a, b} <= parroquias.keys()]
    return [
        (canton, (lon_a + lon_b) / 2, (lat_a + lat_b) / 2)
        for (canton, lon_a, lat_a), (otro, lon_b, lat_b) in pares
        if canton == otro
    ]


def trazo(geometria: BaseGeometry, decimales: int = 0) -> tuple[str, Caja]:
    """Atributo `d` de un `<path>` en el plano común, y su caja `(xmin, ymin, xmax, ymax)`.

    Usa órdenes relativas (`m`, `l`, `z`), más compactas. Redondea las unidades del plano a
    `decimales`; la caja va siempre en unidades enteras y encierra el trazo. Los anillos que el
    redondeo deja con menos de tres puntos se omiten; ValueError si no queda ninguno.
    """
    precision = 10**decimales
    anillos = [a for a in _anillos_del_plano(geometria, precision) if len(a) >= 3]
    if not anillos:
        raise ValueError("La geometría está vacía o es demasiado pequeña para dibujarla.")
    return _ordenes(anillos, decimales), _caja(anillos, precision)


# --- Celdas ---------------------------------------------------------------------------------


def _sitios(puntos: Iterable[Punto]) -> list[Sitio]:
    """Los puntos sin repetir, porque Voronoi no admite dos sitios en el mismo lugar."""
    cantones = {}
    for canton, lon, lat in puntos:
        if cantones.setdefault((lon, lat), canton) != canton:
            otro = cantones[lon, lat]
            raise ValueError(f"Los cantones {otro} y {canton} comparten el punto ({lon}, {lat}).")
    return [Sitio(canton, Point(lugar)) for lugar, canton in cantones.items()]


def _celdas(sitios: list[Sitio], anillos: list) -> dict[str, BaseGeometry]:
    """Celdas de un grupo de islas (el continente es la mayor de las suyas)."""
    if not sitios:
        return {}
    islas = [Polygon(anillo) for anillo in anillos]
    propios = _repartir(sitios, islas)
    partes = []
    for isla, suyos in zip(islas, propios, strict=True):
        partes += _partes_de(isla, suyos or [_mas_cercano(isla, sitios)])
    return _simplificar(_disolver(partes))


def _repartir(sitios: list[Sitio], islas: list[Polygon]) -> list[list[Sitio]]:
    """Los sitios de cada isla; los que caen en el mar se arriman a la costa más próxima."""
    propios = [[] for _ in islas]
    for sitio in sitios:
        distancias = [isla.distance(sitio.punto) for isla in islas]
        # Así escrita, la comparación rechaza también las coordenadas que no son números.
        if not min(distancias) <= MARGEN_COSTA:
            raise ValueError(
                f"El punto ({sitio.punto.x}, {sitio.punto.y}) del cantón {sitio.canton} "
                "queda fuera del Ecuador."
            )
        numero = distancias.index(min(distancias))
        propios[numero].append(_arrimar(sitio, islas[numero]))
    return propios


def _arrimar(sitio: Sitio, isla: Polygon) -> Sitio:
    en_tierra, _ = nearest_points(isla, sitio.punto)
    return sitio._replace(punto=en_tierra)


def _mas_cercano(isla: Polygon, sitios: list[Sitio]) -> Sitio:
    return min(sitios, key=lambda sitio: sitio.punto.distance(isla))


def _partes_de(isla: Polygon, sitios: list[Sitio]) -> list[Parte]:
    """Reparto de una isla: entera si es de un solo cantón; si no, por cercanía."""
    if len({sitio.canton for sitio in sitios}) == 1:
        return [(sitios[0].canton, isla)]
    return _adoptar_huerfanas(_caras(isla, sitios), sitios)


def _caras(isla: Polygon, sitios: list[Sitio]) -> Iterator[Parte]:
    """Caras de la isla cortada por los bordes de Voronoi, cada una con su cantón.

    Se poligoniza un solo juego de líneas en vez de recortar celda por celda: así dos caras
    vecinas tienen exactamente los mismos vértices en su borde.
    """
    puntos = [sitio.punto for sitio in sitios]
    cercanos = STRtree(puntos)
    bordes = shapely.voronoi_polygons(MultiPoint(puntos), extend_to=isla, only_edges=True)
    lineas = shapely.union_all([bordes, isla.boundary])
    for cara in shapely.get_parts(shapely.polygonize([lineas])):
        centro = cara.representative_point()
        if isla.contains(centro):
            yield sitios[cercanos.nearest(centro)].canton, cara


def _adoptar_huerfanas(caras: Iterable[Parte], sitios: list[Sitio]) -> list[Parte]:
    """Da cada parte sin ningún punto de su cantón al cantón con el que más borde comparte.

    Son los retazos que quedan al otro lado de una ensenada o de un entrante de la frontera. Ningún
    cantón desaparece, porque sus puntos están siempre en alguna de sus partes.
    """
    propias, huerfanas = [], []
    for canton, celda in _disolver(caras).items():
        for parte in shapely.get_parts(celda):
            destino = propias if _tiene_punto(canton, parte, sitios) else huerfanas
            destino.append((canton, parte))
    return propias + [(_vecino_principal(parte, propias), parte) for _, parte in huerfanas]


def _tiene_punto(canton: str, parte: Polygon, sitios: list[Sitio]) -> bool:
    return any(s.canton == canton and s.punto.dwithin(parte, CASI_NADA) for s in sitios)


def _vecino_principal(parte: Polygon, candidatas: list[Parte]) -> str:
    canton, _ = max(candidatas, key=lambda otra: otra[1].intersection(parte).length)
    return canton


def _disolver(partes: Iterable[Parte]) -> dict[str, BaseGeometry]:
    por_canton = defaultdict(list)
    for canton, parte in partes:
        por_canton[canton].append(parte)
    return {canton: shapely.coverage_union_all(suyas) for canton, suyas in por_canton.items()}


def _simplificar(celdas: dict[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Simplifica los bordes comunes a la vez; el contorno no, que ya viene simplificado."""
    simples = shapely.coverage_simplify(list(celdas.values()), TOLERANCIA, simplify_boundary=False)
    return dict(zip(celdas, simples, strict=True))


# --- Trazos ---------------------------------------------------------------------------------


def _anillos_del_plano(geometria: BaseGeometry, precision: int) -> Iterator[list[tuple[int, int]]]:
    """Anillos sin el cierre, en unidades del plano multiplicadas por `precision` y enteras."""
    for poligono in shapely.get_parts(geometria):
        for anillo in (poligono.exterior, *poligono.interiors):
            yield _sin_seguidos([_al_plano(*punto, precision) for punto in anillo.coords])


def _al_plano(lon: float, lat: float, precision: int) -> tuple[int, int]:
    escala = UNIDADES_POR_GRADO * precision
    return round((lon - LON_ORIGEN) * escala), round((LAT_ORIGEN - lat) * escala)


def _sin_seguidos(anillo: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Quita el cierre y los puntos que el redondeo dejó iguales al anterior."""
    return [punto for anterior, punto in pairwise(anillo) if punto != anterior]


def _ordenes(anillos: list[list[tuple[int, int]]], decimales: int) -> str:
    """Cada anillo parte del inicio del anterior, donde lo deja la orden `z`."""
    origen = (0, 0)
    ordenes = []
    for anillo in anillos:
        inicio, *pasos = _saltos([origen, *anillo], decimales)
        ordenes.append(f"m{inicio}l{_unir(pasos)}z")
        origen = anillo[0]
    return "".join(ordenes)


def _saltos(puntos: list[tuple[int, int]], decimales: int) -> list[str]:
    return [
        _unir([_numero(x - x0, decimales), _numero(y - y0, decimales)])
        for (x0, y0), (x, y) in pairwise(puntos)
    ]


def _numero(entero: int, decimales: int) -> str:
    """Devuelve al entero sus decimales: `_numero(-1250, 2)` es `-12.5`."""
    if not decimales:
        return str(entero)
    return f"{entero / 10**decimales:.{decimales}f}".rstrip("0").rstrip(".")


def _unir(numeros: list[str]) -> str:
    """Separa con espacio solo donde el signo menos no separa ya."""
    return " ".join(numeros).replace(" -", "-")


def _caja(anillos: list[list[tuple[int, int]]], precision: int) -> Caja:
    xs = [x for anillo in anillos for x, _ in anillo]
    ys = [y for anillo in anillos for _, y in anillo]
    return (
        min(xs) // precision,
        min(ys) // precision,
        -(-max(xs) // precision),
        -(-max(ys) // precision),
    )
