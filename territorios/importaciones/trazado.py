"""De los límites de un archivo a lo que se guarda: trazos ligeros y pares de vecinos.

Los trazos se simplifican todos a la vez, para que el borde común de dos territorios siga siendo el
mismo a ambos lados; los vecinos y sus kilómetros se calculan antes de simplificar.
"""

import gzip
import math

import shapely
from shapely import MultiPolygon, Polygon, STRtree

from ..esquema import trazo
from ..models import Territorio

# En grados, de más fina a más gruesa. Se usa la primera con la que el mapa cabe en su peso.
TOLERANCIAS = (0.012, 0.016, 0.02, 0.0225, 0.025, 0.0275, 0.03, 0.04, 0.06, 0.1)
# Los trazos de todo el nivel, en bytes y comprimidos. Un mapa de cantones del país, con sus
# enlaces y rótulos, no debe pasar de 16 kB.
PESO_MAXIMO = {
    Territorio.Nivel.PROVINCIA: 6_000,
    Territorio.Nivel.CANTON: 10_000,
    Territorio.Nivel.PARROQUIA: 40_000,
}
# En grados cuadrados, unos 2,5 km²: islotes y lagunas que en pantalla son un punto de suciedad.
ISLOTE = 2e-4
# En grados, un metro. Es la precisión con que se comparan los bordes: dos archivos que pasaron por
# programas distintos difieren en menos que eso.
REJILLA = 1e-5
KM_POR_GRADO_LON, KM_POR_GRADO_LAT = 111.32, 110.574


def trazar(geometrias, nivel):
    """({clave: (trazo, caja)}, tolerancia usada en grados, bytes comprimidos).

    ValueError con la clave si un territorio es tan pequeño que no se puede dibujar.
    """
    simples = list(geometrias.values())
    for tolerancia in TOLERANCIAS:
        # Cada paso parte del anterior, que ya es pequeño.
        simples = shapely.coverage_simplify(simples, tolerancia)
        pares = zip(geometrias.items(), simples, strict=True)
        trazos = {clave: _trazo(clave, simple, entera) for (clave, entera), simple in pares}
        peso = len(gzip.compress("".join(d for d, _ in trazos.values()).encode()))
        if peso <= PESO_MAXIMO[nivel]:
            break
    return trazos, tolerancia, peso


def _trazo(clave, simple, entera):
    """Lo muy pequeño desaparece al simplificarlo o al redondear: se dibuja entero y más fino."""
    for geometria, decimales in ((_sin_islotes(simple), 0), (entera, 0), (entera, 2)):
        try:
            return trazo(geometria, decimales)
        except ValueError:
            continue
    raise ValueError(clave)


def _sin_islotes(geometria):
    """Sin partes ni huecos menores que `ISLOTE`; la parte mayor se queda siempre."""
    mayor, *otras = sorted(shapely.get_parts(geometria), key=lambda parte: -parte.area)
    partes = [mayor, *(parte for parte in otras if parte.area >= ISLOTE)]
    return MultiPolygon([Polygon(p.exterior, _lagunas(p)) for p in partes])


def _lagunas(poligono):
    return [hueco for hueco in poligono.interiors if Polygon(hueco).area >= ISLOTE]


def pares_vecinos(geometrias):
    """[[a, b, km]] con a < b, en orden, de los que comparten un tramo de límite.

    Tocarse en un solo punto no es ser vecinos. `km` lleva un decimal y puede ser 0.
    """
    claves = sorted(geometrias)
    formas = [geometrias[clave] for clave in claves]
    unos, otros = STRtree(formas).query(formas, predicate="dwithin", distance=REJILLA)
    candidatos = [(i, j) for i, j in zip(unos, otros, strict=True) if i < j]
    comunes = shapely.intersection(
        [formas[i] for i, _ in candidatos], [formas[j] for _, j in candidatos], grid_size=REJILLA
    )
    medidos = [(i, j, _km(comun)) for (i, j), comun in zip(candidatos, comunes, strict=True)]
    return sorted([claves[i], claves[j], round(km, 1)] for i, j, km in medidos if km)


def _km(comun):
    """Largo del límite. Donde los dos se solapan por error, la mitad del contorno del solape."""
    return sum(
        float(shapely.length(_en_km(parte))) * (0.5 if parte.geom_type == "Polygon" else 1)
        for parte in shapely.get_parts(comun)
    )


def _en_km(parte):
    def escalar(puntos):
        achique = math.cos(math.radians(puntos[:, 1].mean()))
        return puntos * (KM_POR_GRADO_LON * achique, KM_POR_GRADO_LAT)

    return shapely.transform(parte, escalar)
