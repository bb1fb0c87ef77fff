"""El mapa esquemático que sale de los puntos y del contorno que se entregan con el producto."""

import csv
import gzip
import json
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
import shapely
from shapely import Polygon, STRtree

from territorios.esquema import celdas_esquematicas, puntos_de_enlace, trazo

DPA = Path(__file__).parents[2] / "fixtures" / "dpa"
CORTE = "2019-04-01"
CANTONES_AL_CORTE = 221
PESO_MAXIMO = 16_000  # bytes comprimidos de un mapa de cantones, según calidad.md


def filas(archivo):
    with (DPA / archivo).open(encoding="utf-8", newline="") as abierto:
        return list(csv.DictReader(abierto))


def vigentes_con_punto(archivo):
    return [
        fila
        for fila in filas(archivo)
        if fila["lon"]
        and fila["vigente_desde"] <= CORTE
        and not "" < fila["vigente_hasta"] <= CORTE
    ]


def punto(fila):
    return fila["canton"], float(fila["lon"]), float(fila["lat"])


@pytest.fixture(scope="module")
def contorno():
    return json.loads((DPA / "contorno.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def puntos():
    """Los mismos que usa la carga: las parroquias vigentes y sus enlaces."""
    parroquias = {fila["codigo"]: punto(fila) for fila in vigentes_con_punto("parroquias.csv")}
    vecinas = [(fila["a"], fila["b"]) for fila in filas("vecinos_parroquias.csv")]
    return [*parroquias.values(), *puntos_de_enlace(parroquias, vecinas)]


@pytest.fixture(scope="module")
def celdas(puntos, contorno):
    return celdas_esquematicas(puntos, contorno)


def se_tocan(celdas, uno, otro):
    return celdas[uno].intersection(celdas[otro]).length > 0


def anillos(camino):
    """Recorre un trazo como lo haría el navegador: anillos cerrados de vértices absolutos."""
    x = y = 0
    recorridos = []
    for anillo in camino.split("z")[:-1]:
        saltos = [float(numero) for numero in re.findall(r"-?[\d.]+", anillo)]
        recorrido = []
        for dx, dy in zip(saltos[::2], saltos[1::2], strict=True):
            x, y = x + dx, y + dy
            recorrido.append((x, y))
        x, y = recorrido[0]
        recorridos.append([*recorrido, recorrido[0]])
    return recorridos


def vertices(camino):
    return [vertice for anillo in anillos(camino) for vertice in anillo]


def lados(celda):
    """Los lados del trazo de una celda, sin sentido de recorrido."""
    return {frozenset(lado) for anillo in anillos(trazo(celda)[0]) for lado in pairwise(anillo)}


def caja(vertices):
    xs, ys = zip(*vertices, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


# --- Celdas ---------------------------------------------------------------------------------


def test_cada_canton_tiene_una_celda_valida_y_con_superficie(celdas):
    assert len(celdas) == CANTONES_AL_CORTE
    assert list(celdas) == [fila["codigo"] for fila in vigentes_con_punto("cantones.csv")]
    for codigo, celda in celdas.items():
        assert celda.geom_type in {"Polygon", "MultiPolygon"}, codigo
        assert celda.is_valid and not celda.is_empty, codigo


def test_ninguna_celda_tiene_astillas(celdas):
    partes = shapely.get_parts(list(celdas.values()))
    assert len(partes) > len(celdas)
    assert min(parte.area for parte in partes) > 0.001


def test_las_celdas_no_se_superponen_y_comparten_los_bordes(celdas):
    geometrias = list(celdas.values())
    pares = STRtree(geometrias).query(geometrias, predicate="intersects").T
    distintos = [(geometrias[a], geometrias[b]) for a, b in pares if a < b]
    assert len(distintos) > 500
    assert sum(una.intersection(otra).area for una, otra in distintos) < 1e-9
    assert shapely.coverage_is_valid(geometrias)


def test_juntas_cubren_el_contorno(celdas, contorno):
    anillos = contorno["continente"] + contorno["galapagos"]
    pais = shapely.union_all([Polygon(anillo) for anillo in anillos])
    union = shapely.union_all(list(celdas.values()))
    assert union.symmetric_difference(pais).area < pais.area / 10_000


@pytest.mark.parametrize(
    ("uno", "otro"),
    [
        pytest.param("1308", "1309", id="Manta-Montecristi"),
        pytest.param("0801", "0807", id="Esmeraldas-Rioverde"),
        pytest.param("1314", "1322", id="Sucre-San Vicente"),
    ],
)
def test_vecinos_conocidos_se_tocan(celdas, uno, otro):
    assert se_tocan(celdas, uno, otro)


def test_casi_toda_la_vecindad_real_se_ve_en_el_mapa(celdas):
    reales = [(fila["a"], fila["b"]) for fila in filas("vecinos_cantones.csv")]
    pares = [(a, b) for a, b in reales if a in celdas and b in celdas]
    assert len(pares) > 500
    assert sum(se_tocan(celdas, a, b) for a, b in pares) > 0.9 * len(pares)


def test_cada_isla_de_galapagos_es_de_un_solo_canton(celdas, contorno):
    insulares = [celdas[codigo] for codigo in ("2001", "2002", "2003")]
    islas = [Polygon(anillo) for anillo in contorno["galapagos"]]
    assert len(shapely.get_parts(insulares)) == len(islas) == 9


def test_en_tierra_firme_solo_quedan_partidos_los_cantones_que_lo_estan(celdas):
    """Con los puntos de enlace ningún cantón se parte en dos sin motivo."""
    partidos = {codigo for codigo, celda in celdas.items() if celda.geom_type == "MultiPolygon"}
    con_islas = {"0802", "0901", "0911", "2001", "2002", "2003"}
    con_exclave = {"1314"}  # Sucre: San Isidro queda apartada de Bahía
    assert partidos == con_islas | con_exclave


# --- Casos pequeños ---------------------------------------------------------------------------

PAIS_CUADRADO = {
    "continente": [[[-80, -2], [-78, -2], [-78, 0], [-80, 0], [-80, -2]]],
    "galapagos": [[[-91, -1], [-90, -1], [-90, 0], [-91, 0], [-91, -1]]],
}


def test_dos_puntos_reparten_el_pais_por_la_mitad():
    celdas = celdas_esquematicas([("0101", -79.5, -1), ("0102", -78.5, -1)], PAIS_CUADRADO)
    assert celdas["0101"].equals(Polygon([(-80, -2), (-79, -2), (-79, 0), (-80, 0)]))
    assert celdas["0102"].area == pytest.approx(2)


def test_un_punto_en_el_mar_se_arrima_a_la_costa():
    celdas = celdas_esquematicas([("0101", -80.05, -1), ("0102", -78.5, -1)], PAIS_CUADRADO)
    assert celdas["0101"].area == pytest.approx(1.5)


def test_galapagos_se_reparte_aparte():
    celdas = celdas_esquematicas([("0101", -79, -1), ("2001", -90.5, -0.5)], PAIS_CUADRADO)
    assert celdas["0101"].area == pytest.approx(4)
    assert celdas["2001"].area == pytest.approx(1)


def test_los_puntos_de_enlace_solo_unen_parroquias_del_mismo_canton():
    parroquias = {
        "010150": ("0101", -79.0, -1.0),
        "010151": ("0101", -78.0, -2.0),
        "010250": ("0102", -78.5, -1.0),
    }
    vecinas = [("010150", "010151"), ("010150", "010250"), ("010151", "900151")]
    assert puntos_de_enlace(parroquias, vecinas) == [("0101", -78.5, -1.5)]


@pytest.mark.parametrize(
    ("puntos", "mensaje"),
    [
        pytest.param([], "No hay puntos", id="sin puntos"),
        pytest.param([("0101", -70, -1)], "fuera del Ecuador", id="lejos"),
        pytest.param([("0101", float("nan"), -1)], "fuera del Ecuador", id="no numérico"),
        pytest.param([("2001", -79, -1)], "fuera del Ecuador", id="insular en el continente"),
        pytest.param([("0101", -79, -1), ("0102", -79, -1)], "comparten", id="repetido"),
    ],
)
def test_rechaza_puntos_con_los_que_no_puede_repartir(puntos, mensaje):
    with pytest.raises(ValueError, match=mensaje):
        celdas_esquematicas(puntos, PAIS_CUADRADO)


# --- Trazos ---------------------------------------------------------------------------------


def test_el_trazo_vuelve_a_su_caja_y_a_sus_vertices(celdas):
    for codigo, celda in celdas.items():
        camino, limites = trazo(celda)
        assert caja(vertices(camino)) == limites, codigo
        oeste, sur, este, norte = celda.bounds
        esperada = [(oeste + 92) * 250, (1.7 - norte) * 250, (este + 92) * 250, (1.7 - sur) * 250]
        assert limites == pytest.approx(esperada, abs=0.5001), codigo


def test_los_bordes_comunes_siguen_siendo_identicos_en_el_plano(celdas):
    """Todo lado de un cantón interior lo es también de exactamente un vecino."""
    pais = shapely.union_all(list(celdas.values()))
    interiores = [celda for celda in celdas.values() if not celda.intersects(pais.boundary)]
    assert len(interiores) > 100
    veces = Counter(lado for celda in celdas.values() for lado in lados(celda))
    assert all(veces[lado] == 2 for celda in interiores for lado in lados(celda))


def test_el_trazo_usa_ordenes_relativas_y_respeta_los_huecos():
    con_hueco = Polygon(
        [(-80, -1), (-80, 0), (-79, 0), (-79, -1)],
        [[(-79.6, -0.6), (-79.4, -0.6), (-79.4, -0.4), (-79.6, -0.4)]],
    )
    camino, limites = trazo(con_hueco)
    assert camino.count("m") == camino.count("l") == camino.count("z") == 2
    assert limites == (3000, 425, 3250, 675)
    assert caja(vertices(camino)) == limites


def test_el_trazo_admite_decimales_y_la_caja_lo_encierra():
    triangulo = Polygon([(-79.001, -1), (-78, -1.0036), (-78.5, -0.5)])
    camino, (xmin, ymin, xmax, ymax) = trazo(triangulo, decimales=2)
    assert caja(vertices(camino)) == pytest.approx((3249.75, 550, 3500, 675.9), abs=1e-6)
    assert (xmin, ymin, xmax, ymax) == (3249, 550, 3500, 676)


def test_no_hay_trazo_de_lo_que_no_se_ve():
    for invisible in (Polygon(), Polygon([(-79, -1), (-79.0001, -1), (-79, -1.0001)])):
        with pytest.raises(ValueError, match="demasiado pequeña"):
            trazo(invisible)


def test_el_mapa_entero_cabe_en_su_presupuesto(celdas):
    caminos = "\n".join(trazo(celda)[0] for celda in celdas.values())
    assert len(gzip.compress(caminos.encode())) < PESO_MAXIMO
