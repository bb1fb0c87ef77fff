"""GeoJSON: RFC 7946, el límite oficial si lo hay y nunca un polígono del esquema."""

import json
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from territorios.descargas import descargar
from territorios.geojson import PUNTO, SIN_LUGAR, Lugares, geojson_de
from territorios.hojas import GADS
from territorios.hojas_de_calculo import HojaDeObjetos, de_fila
from territorios.models import Contorno, Gad, Territorio
from tests.conftest import entrar
from tests.contornos import cargar_contornos

OFICIAL = {"nombre": "Cantones", "fuente": "CONALI", "esquematica": False}


@pytest.fixture
def con_puntos(territorio):
    Territorio.objects.filter(pk="0801").update(lon="-79.654", lat="0.968")
    Territorio.objects.filter(pk="0807").update(lon="-79.410", lat="1.073")
    return territorio


def elementos(codigos=("0801", "0803")):
    gads = Gad.objects.filter(pk__in=codigos).para_lista().order_by("pk")
    return json.loads("".join(geojson_de(GADS, gads)))["features"]


def consultas_de(codigos):
    with CaptureQueriesContext(connection) as hechas:
        elementos(codigos)
    return len(hechas)


def area_con_signo(anillo):
    pares = zip(anillo, anillo[1:], strict=False)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pares) / 2


def test_con_el_esquema_va_el_punto_y_lo_dice(con_puntos):
    cargar_contornos()
    uno, sin_punto = elementos()
    assert uno["geometry"] == {"type": "Point", "coordinates": [-79.654, 0.968]}
    assert uno["properties"]["geometria"] == PUNTO
    assert sin_punto["geometry"] is None
    assert sin_punto["properties"]["geometria"] == SIN_LUGAR


def test_con_limites_oficiales_va_el_contorno_con_su_fuente(con_puntos):
    cargar_contornos(**OFICIAL)
    uno, _ = elementos()
    # El cuadro del cantón va de 3100 a 3200 y de 200 a 300 en el plano de 250 unidades por grado.
    assert uno["geometry"]["type"] == "Polygon"
    (anillo,) = uno["geometry"]["coordinates"]
    assert anillo[0] == anillo[-1]
    assert {tuple(punto) for punto in anillo} == {
        (lon, lat) for lon in (-79.6, -79.2) for lat in (0.9, 0.5)
    }
    assert area_con_signo(anillo) > 0
    assert uno["properties"]["geometria"] == "Cantones, simplificado. Fuente: CONALI, 2019-04-01"


def test_un_hueco_gira_al_reves_y_dos_partes_son_multipoligono(con_puntos):
    capa = cargar_contornos({}, **OFICIAL)
    hueco = "m3100 200l100 0 0 100-100 0z" + "m20 20l40 0 0 40-40 0z"
    isla = "m200 0l10 0 0 10-10 0z"
    caja = {"izquierda": 0, "arriba": 0, "derecha": 1, "abajo": 1}
    Contorno.objects.create(capa=capa, territorio_id="0801", trazo=hueco + isla, **caja)
    geometria, _ = Lugares().geometria("0801")
    assert geometria["type"] == "MultiPolygon"
    (exterior, interior), (otra,) = geometria["coordinates"]
    assert area_con_signo(exterior) > 0 > area_con_signo(interior)
    assert area_con_signo(otra) > 0


def test_varios_lugares_son_varios_puntos(con_puntos):
    geometria, de_donde = Lugares().geometria(["0801", "0807"])
    assert geometria == {"type": "MultiPoint", "coordinates": [[-79.654, 0.968], [-79.41, 1.073]]}
    assert de_donde == PUNTO


def test_no_junta_contornos_con_puntos(con_puntos):
    cargar_contornos({"0801": (31, 2)}, **OFICIAL)
    geometria, de_donde = Lugares().geometria(["0801", "0807"])
    assert (geometria["type"], de_donde) == ("MultiPoint", PUNTO)


def test_lo_que_no_tiene_lugar_va_con_geometria_nula(db):
    assert Lugares().geometria(None) == (None, SIN_LUGAR)
    assert Lugares().geometria("0801") == (None, SIN_LUGAR)


def test_fechas_y_textos_dificiles_son_json(db):
    hoja = HojaDeObjetos(
        "una",
        "Una",
        "",
        (de_fila("cuándo", "", lambda v: v), de_fila("qué", "", lambda v: '"<\u2028é')),
        lugar=lambda v: None,
    )
    (uno,) = json.loads("".join(geojson_de(hoja, [date(2019, 8, 22)])))["features"]
    assert uno["properties"] == {"cuándo": "2019-08-22", "qué": '"<\u2028é', "geometria": SIN_LUGAR}


def test_vacio_es_una_coleccion_valida(db):
    assert json.loads("".join(geojson_de(GADS, Gad.objects.none()))) == {
        "type": "FeatureCollection",
        "features": [],
    }


def test_se_escribe_en_flujo_y_con_las_mismas_consultas(con_puntos):
    respuesta = descargar("geojson", GADS, Gad.objects.para_lista())
    assert respuesta.streaming
    assert respuesta["Content-Type"] == "application/geo+json"
    assert consultas_de(["0801"]) == consultas_de(["0801", "0803", "0807"]) == 3


def test_el_directorio_lo_ofrece(client, observador, con_puntos):
    respuesta = entrar(client, observador).get(
        reverse("territorios:gads"), {"formato": "geojson", "q": "0801"}
    )
    (uno,) = json.loads(b"".join(respuesta.streaming_content))["features"]
    assert uno["properties"]["código"] == "0801"
    assert uno["properties"]["nombre oficial"]
