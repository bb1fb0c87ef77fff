"""GeoJSON (RFC 7946) de lo que tiene lugar: en WGS84, longitud primero, y escrito fila por fila.

El lugar de una fila es un código de la DPA, o varios. Con límites oficiales en uso, su geometría es
el contorno, tal como lo guarda la plataforma: simplificado para dibujar. Las celdas del esquema no
son límites de nadie y no se publican como tales: en su lugar va el punto de la DPA, o nada si no
lo hay. La propiedad `geometria` dice cuál de las tres cosas es.
"""

import json
from datetime import date
from decimal import Decimal
from functools import cached_property

from .models import Contorno, Territorio
from .trazos import LAT_ORIGEN, LON_ORIGEN, UNIDADES_POR_GRADO, anillos

TIPO = "application/geo+json"
PUNTO = "punto de la DPA, no es un límite"
SIN_LUGAR = "sin coordenadas"
# Un metro. Más cifras dirían una exactitud que el contorno no tiene.
DECIMALES = 5


class Lugares:
    """De un código a su geometría. Lee de una vez lo del país: no crece con las filas."""

    def geometria(self, codigos):
        """(geometría o None, de dónde sale) de un código o de varios."""
        codigos = [codigos] if isinstance(codigos, str) else list(codigos or ())
        contornos = [self._contornos[codigo] for codigo in codigos if codigo in self._contornos]
        if codigos and len(contornos) == len(codigos):
            return _poligonos([trazo for trazo, _ in contornos]), contornos[0][1]
        puntos = [self._puntos[codigo] for codigo in codigos if codigo in self._puntos]
        if not puntos:
            return None, SIN_LUGAR
        if len(puntos) == 1:
            return {"type": "Point", "coordinates": puntos[0]}, PUNTO
        return {"type": "MultiPoint", "coordinates": puntos}, PUNTO

    @cached_property
    def _puntos(self):
        con_punto = Territorio.objects.filter(lon__isnull=False, lat__isnull=False)
        filas = con_punto.order_by().values_list("codigo", "lon", "lat")
        return {codigo: [float(lon), float(lat)] for codigo, lon, lat in filas}

    @cached_property
    def _contornos(self):
        """{código: (trazo, fuente)} de las capas oficiales en uso, de cualquier nivel."""
        oficiales = Contorno.objects.filter(capa__en_uso=True, capa__esquematica=False)
        filas = oficiales.order_by().values_list(
            "territorio", "trazo", "capa__nombre", "capa__fuente", "capa__fecha"
        )
        return {
            codigo: (trazo, f"{nombre}, simplificado. Fuente: {fuente}, {fecha:%Y-%m-%d}")
            for codigo, trazo, nombre, fuente, fecha in filas
        }


def _poligonos(trazos):
    poligonos = [poligono for trazo in trazos for poligono in _de_un_trazo(trazo)]
    if len(poligonos) == 1:
        return {"type": "Polygon", "coordinates": poligonos[0]}
    return {"type": "MultiPolygon", "coordinates": poligonos}


def _de_un_trazo(trazo):
    """[[exterior, hueco, …]]. El exterior va antes que sus huecos, que están dentro de él."""
    poligonos = []
    for anillo in anillos(trazo):
        puntos = [_grados(*punto) for punto in anillo]
        de_quien = next((suyo for suyo in poligonos if _dentro(puntos[0], suyo[0])), None)
        if de_quien is None:
            poligonos.append([_con_giro(puntos, antihorario=True)])
        else:
            de_quien.append(_con_giro(puntos, antihorario=False))
    return poligonos


def _grados(x, y):
    lon = LON_ORIGEN + x / UNIDADES_POR_GRADO
    lat = LAT_ORIGEN - y / UNIDADES_POR_GRADO
    return [round(lon, DECIMALES), round(lat, DECIMALES)]


def _dentro(punto, anillo):
    x, y = punto
    cruces = 0
    for (x1, y1), (x2, y2) in zip(anillo, anillo[1:], strict=False):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            cruces += 1
    return cruces % 2 == 1


def _con_giro(anillo, *, antihorario):
    """El RFC 7946 pide el exterior en contra del reloj y los huecos a favor."""
    doble = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in zip(anillo, anillo[1:], strict=False))
    return anillo if (doble > 0) == antihorario else anillo[::-1]


# --- Escribir -----------------------------------------------------------------------------------


def geojson_de(hoja, objetos, alcance=None):
    """Genera el texto de una FeatureCollection: un elemento por fila de la hoja, en su orden."""
    lugares = Lugares()
    yield '{"type":"FeatureCollection","features":['
    separador = "\n"
    for objeto, fila in hoja.con_objeto(objetos, alcance):
        geometria, de_donde = lugares.geometria(hoja.lugar(objeto))
        propiedades = dict(zip(hoja.encabezado, map(_valor, fila), strict=True))
        elemento = {
            "type": "Feature",
            "geometry": geometria,
            "properties": {**propiedades, "geometria": de_donde},
        }
        yield separador + json.dumps(elemento, ensure_ascii=False, separators=(",", ":"))
        separador = ",\n"
    yield "\n]}\n"


def _valor(valor):
    if isinstance(valor, Decimal):
        return float(valor)
    if isinstance(valor, date):
        return valor.isoformat()
    return valor if valor is None or isinstance(valor, int | float | str) else str(valor)
