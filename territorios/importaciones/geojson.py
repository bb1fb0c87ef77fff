"""Leer un GeoJSON de límites y, si algo está mal, decir en qué entidad.

Solo se aceptan polígonos en WGS84 (grados) dentro del Ecuador. Los topes existen porque un archivo
mal hecho, o hecho con mala intención, no debe tumbar el servidor: 20 MB, `TOPE_DE_HONDURA` niveles
de anidamiento, `TOPE_DE_ENTIDADES` entidades y `TOPE_DE_VERTICES` vértices en total.
"""

import json
from dataclasses import dataclass
from itertools import accumulate

import shapely
from shapely import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from ..lectura import CargaRechazada
from .previa import legible, rechazo_de

TOPE_DE_HONDURA = 20
TOPE_DE_ENTIDADES = 5_000
TOPE_DE_VERTICES = 1_000_000

# El Ecuador en grados, con Galápagos y un margen.
OESTE, ESTE, SUR, NORTE = -92.5, -74.5, -6, 2.5
NO_CORCHETES = bytes(set(range(256)) - set(b"[]{}"))
PASO = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
SISTEMAS_ADMITIDOS = ("CRS84", "EPSG:4326", "EPSG::4326")


@dataclass(frozen=True)
class EntidadGeo:
    """Una entidad del archivo. `numero` se cuenta desde 1; `corregida` si hubo que repararla."""

    numero: int
    propiedades: dict
    geometria: BaseGeometry
    corregida: bool = False


def leer_entidades(archivo):
    """[EntidadGeo] de un FeatureCollection, con polígonos válidos. Lanza CargaRechazada."""
    datos = _interpretar(archivo)
    _exigir_wgs84(archivo, datos)
    entidades, vertices = [], 0
    for numero, rasgo in enumerate(_rasgos(archivo, datos), start=1):
        poligonos = _poligonos(archivo, numero, rasgo)
        vertices += sum(len(anillo) for anillos in poligonos for anillo in anillos)
        if vertices > TOPE_DE_VERTICES:
            tope = f"{TOPE_DE_VERTICES:,}".replace(",", ".")
            motivo = f"pasa de {tope} vértices: simplifíquelo antes de subirlo."
            raise CargaRechazada(archivo.nombre, motivo)
        entidades.append(_entidad(archivo, numero, rasgo, poligonos))
    return entidades


# --- El archivo ---------------------------------------------------------------------------------


def _interpretar(archivo):
    contenido = archivo.contenido
    if contenido.startswith(b"PK"):
        motivo = (
            "es un ZIP. Si es un shapefile, guárdelo antes como GeoJSON en WGS84 "
            "(en QGIS: Exportar, GeoJSON, EPSG:4326)."
        )
        raise CargaRechazada(archivo.nombre, motivo)
    if _hondura(contenido) > TOPE_DE_HONDURA:
        motivo = f"tiene más de {TOPE_DE_HONDURA} niveles de listas u objetos, uno dentro de otro."
        raise CargaRechazada(archivo.nombre, motivo)
    try:
        datos = json.loads(contenido.decode("utf-8-sig"), parse_constant=_no_es_numero)
    except UnicodeDecodeError:
        raise CargaRechazada(archivo.nombre, "no está escrito en UTF-8.") from None
    except json.JSONDecodeError as error:
        motivo = f"no es un JSON bien formado (línea {error.lineno}, columna {error.colno})."
        raise CargaRechazada(archivo.nombre, motivo) from None
    except (ValueError, RecursionError):
        motivo = "trae un número que no se puede leer (NaN, infinito o de miles de cifras)."
        raise CargaRechazada(archivo.nombre, motivo) from None
    if not isinstance(datos, dict) or datos.get("type") != "FeatureCollection":
        raise CargaRechazada(archivo.nombre, "no es un GeoJSON de tipo FeatureCollection.")
    return datos


def _hondura(contenido):
    """Cuánto se anidan las listas y objetos, sin interpretar el archivo ni mirar los textos."""
    sin_escapes = contenido.replace(b"\\\\", b"").replace(b'\\"', b"")
    fuera_de_textos = b"".join(sin_escapes.split(b'"')[::2])
    corchetes = fuera_de_textos.translate(None, NO_CORCHETES)
    return max(accumulate(map(PASO.get, corchetes)), default=0)


def _no_es_numero(constante):
    raise ValueError(constante)


def _exigir_wgs84(archivo, datos):
    """El GeoJSON moderno no declara sistema; el antiguo podía, y entonces hay que creerle."""
    declarado = datos.get("crs")
    if declarado and not any(admitido in str(declarado) for admitido in SISTEMAS_ADMITIDOS):
        motivo = "declara otro sistema de coordenadas: guárdelo de nuevo en WGS84 (EPSG:4326)."
        raise CargaRechazada(
            archivo.nombre, motivo, columna="crs", valor=legible(declarado), es_json=True
        )


def _rasgos(archivo, datos):
    rasgos = datos.get("features")
    if not isinstance(rasgos, list) or not rasgos:
        raise CargaRechazada(archivo.nombre, "no trae ninguna entidad en «features».")
    if len(rasgos) > TOPE_DE_ENTIDADES:
        motivo = f"trae {len(rasgos)} entidades y el tope es {TOPE_DE_ENTIDADES}."
        raise CargaRechazada(archivo.nombre, motivo)
    return rasgos


# --- Cada entidad -------------------------------------------------------------------------------


def _entidad(archivo, numero, rasgo, poligonos):
    hechos = [Polygon(anillos[0], anillos[1:]) for anillos in poligonos]
    geometria = hechos[0] if len(hechos) == 1 else MultiPolygon(hechos)
    corregida = not geometria.is_valid
    if corregida:
        geometria = _solo_superficie(shapely.make_valid(geometria, method="structure"))
    if geometria.is_empty or not geometria.area:
        raise rechazo_de(archivo, numero, "su polígono no encierra ninguna superficie.")
    return EntidadGeo(numero, rasgo["properties"], geometria, corregida)


def _solo_superficie(geometria):
    """Reparar un polígono puede dejar, además, líneas y puntos sueltos."""
    partes = shapely.get_parts(geometria)
    return shapely.union_all([parte for parte in partes if parte.geom_type.endswith("Polygon")])


def _poligonos(archivo, numero, rasgo):
    """Listas de anillos, el primero exterior, cada uno con pares (lon, lat) comprobados."""
    _exigir_propiedades(archivo, numero, rasgo)
    geometria = rasgo.get("geometry")
    if not isinstance(geometria, dict):
        raise rechazo_de(archivo, numero, "no trae geometría.", columna="geometry")
    tipo, coordenadas = geometria.get("type"), geometria.get("coordinates")
    if tipo not in ("Polygon", "MultiPolygon"):
        motivo = "solo se admiten Polygon y MultiPolygon."
        raise rechazo_de(archivo, numero, motivo, columna="geometry.type", valor=tipo)
    poligonos = [coordenadas] if tipo == "Polygon" else coordenadas
    if not _es_lista(poligonos) or not all(_es_lista(anillos) for anillos in poligonos):
        motivo = "no son listas de anillos."
        raise rechazo_de(archivo, numero, motivo, columna="geometry.coordinates")
    return [[_anillo(archivo, numero, anillo) for anillo in anillos] for anillos in poligonos]


def _exigir_propiedades(archivo, numero, rasgo):
    if not isinstance(rasgo, dict) or not isinstance(rasgo.get("properties"), dict):
        raise rechazo_de(archivo, numero, "no es una entidad con «properties».")
    try:
        json.dumps(rasgo["properties"], ensure_ascii=False).encode()
    except UnicodeEncodeError:
        motivo = "trae letras que no existen."
        raise rechazo_de(archivo, numero, motivo, columna="properties") from None


def _es_lista(valor):
    return isinstance(valor, list) and bool(valor)


def _anillo(archivo, numero, posiciones):
    def rechazo(motivo, **lugar):
        return rechazo_de(archivo, numero, motivo, columna="geometry.coordinates", **lugar)

    if not isinstance(posiciones, list) or not all(map(_es_posicion, posiciones)):
        raise rechazo("un anillo no es una lista de pares de números.")
    for posicion in posiciones:
        if not (OESTE <= posicion[0] <= ESTE and SUR <= posicion[1] <= NORTE):
            raise rechazo(_por_que_fuera(*posicion[:2]), valor=posicion[:2])
    if len(posiciones) < 4 or posiciones[0][:2] != posiciones[-1][:2]:
        motivo = "un anillo no se cierra: el último punto debe ser el primero, y al menos cuatro."
        raise rechazo(motivo)
    return [(posicion[0], posicion[1]) for posicion in posiciones]


def _es_posicion(valor):
    # La altura, si viene, se pasa por alto. `bool` es un `int` para isinstance: por eso `type`.
    if not isinstance(valor, list) or not 2 <= len(valor) <= 4:
        return False
    return type(valor[0]) in (int, float) and type(valor[1]) in (int, float)


def _por_que_fuera(x, y):
    if OESTE <= y <= ESTE and SUR <= x <= NORTE:
        return "la latitud y la longitud están cambiadas: primero va la longitud."
    if abs(x) > 180 or abs(y) > 90:
        return (
            "no son grados; parecen metros de una proyección (UTM u otra). "
            "Guárdelo de nuevo en WGS84 (EPSG:4326)."
        )
    return "queda fuera del Ecuador."
