"""El directorio de GAD: buscar sin tildes, filtrar, paginar, descargar y rechazar con mensaje."""

import csv
import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from territorios.hojas import GADS
from territorios.models import Territorio
from territorios.planillas import celda_segura, lineas_csv
from territorios.views import directorio
from tests.conftest import entrar
from tests.fabricas import CantonFactory, GadFactory, UsuarioFactory
from tests.lectura_html import pagina


@pytest.fixture
def pedir(client, observador):
    """Función que pide el directorio con unos filtros; cualquiera con cuenta lo consulta."""
    entrar(client, observador)
    return lambda **datos: client.get(reverse("territorios:gads"), datos)


def codigos(respuesta):
    return [gad.pk for gad in respuesta.context["pagina"]]


TODOS = ["08", "0801", "0803", "0807", "080752", "13", "1303", "130352", "1317", "131751"]


# --- Buscar y filtrar ---------------------------------------------------------------------------


def test_sin_filtros_salen_todos_por_codigo(pedir):
    respuesta = pedir()
    assert codigos(respuesta) == TODOS
    assert "10 GAD vigentes al" in respuesta.text


@pytest.mark.parametrize(
    ("filtros", "esperados"),
    [
        ({"q": "chumunde"}, ["080752"]),
        ({"q": "COJIMÍES"}, ["131751"]),
        ({"q": "esmeraldas"}, ["08", "0801"]),
        ({"q": "1303"}, ["1303", "130352"]),
        ({"q": "  "}, TODOS),
        ({"zona": "4"}, ["13", "1303", "130352", "1317", "131751"]),
        ({"provincia": "08"}, ["08", "0801", "0803", "0807", "080752"]),
        ({"nivel": "parroquial"}, ["080752", "130352", "131751"]),
        ({"zona": "1", "nivel": "municipal", "q": "rio"}, ["0807"]),
        ({"zona": "1", "provincia": "13"}, []),
        ({"q": "100%"}, []),
        ({"orden": "nombre", "nivel": "municipal"}, ["1303", "0801", "0803", "1317", "0807"]),
        ({"orden": "zona", "nivel": "provincial"}, ["08", "13"]),
    ],
)
def test_buscar_y_filtrar(pedir, filtros, esperados):
    assert codigos(pedir(**filtros)) == esperados


def test_a_otra_fecha_salen_los_de_entonces(pedir, territorio):
    Territorio.objects.filter(pk="0807").update(desde=date(2020, 1, 1))
    Territorio.objects.filter(pk="080752").update(hasta=date(2020, 1, 1))
    assert codigos(pedir(q="0807", fecha="2019-12-31")) == ["080752"]
    assert codigos(pedir(q="0807", fecha="01/01/2020")) == ["0807"]


def test_sin_resultados_dice_que_hacer(pedir):
    respuesta = pedir(q="zzz")
    assert respuesta.status_code == 200
    assert "Ningún GAD vigente al" in respuesta.text
    assert pagina(respuesta).enlaces.count(reverse("territorios:gads")) == 2


def test_con_la_base_vacia_no_culpa_a_los_filtros(client, db):
    entrar(client, UsuarioFactory())
    texto = client.get(reverse("territorios:gads")).text
    assert "todavía no ha cargado la división político-administrativa" in texto
    assert "cumple estos filtros" not in texto


def test_los_filtros_quedan_puestos(pedir):
    puestos = dict(pagina(pedir(q="chone", zona="4", fecha="2020-05-01")).campos)
    assert (puestos["zona"], puestos["fecha"]) == ("4", "2020-05-01")


# --- Lo mal escrito -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filtro", "mensaje"),
    [
        ({"fecha": "treinta"}, "«treinta» no es una fecha. Escríbala así: 2019-04-01"),
        ({"fecha": "2019-02-30"}, "«2019-02-30» no es una fecha."),
        ({"fecha": "1900-01-01"}, "consta desde el 1 de abril de 2019"),
        ({"nivel": "xx"}, "«xx» no está en la lista"),
        ({"zona": "99"}, "«99» no está en la lista"),
        ({"provincia": "0801"}, "«0801» no está en la lista"),
        ({"orden": "-pk"}, "«-pk» no está en la lista"),
        ({"fecha": "9999-12-31"}, "Revise el año: debe estar entre"),
        ({"zona": "9" * 500}, f"«{'9' * 59}…» no está en la lista"),
        ({"formato": "xls"}, "Esta lista se descarga en XLSX, CSV, GeoJSON, no en «xls»."),
        ({"q": "a" * 81}, "80 caracteres"),
        ({"q": "a\0b"}, "caracteres nulos"),
    ],
)
def test_un_filtro_malo_es_400_junto_al_campo(pedir, filtro, mensaje):
    respuesta = pedir(**filtro)
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert "<table" not in respuesta.text


def test_lo_demas_no_se_pierde_al_corregir(pedir):
    campos = pagina(pedir(q="chone", zona="4", fecha="treinta")).campos
    escritos = [(n, v) for n, v in campos if v and n in ("q", "zona", "fecha")]
    assert escritos == [("q", "chone"), ("zona", "4"), ("fecha", "treinta")]


# --- Páginas ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("numero", "muestra"),
    [("1", TODOS[:4]), ("3", TODOS[8:]), ("99", TODOS[8:]), ("0", TODOS[8:]), ("abc", TODOS[:4])],
)
def test_las_paginas(pedir, monkeypatch, numero, muestra):
    monkeypatch.setattr(directorio, "POR_PAGINA", 4)
    assert codigos(pedir(pagina=numero)) == muestra


def test_pasar_de_pagina_conserva_los_filtros(pedir, monkeypatch):
    monkeypatch.setattr(directorio, "POR_PAGINA", 2)
    respuesta = pedir(zona="4", pagina="2")
    hacia = [enlace for enlace in pagina(respuesta).enlaces if "pagina=" in enlace]
    assert hacia == ["?zona=4&pagina=1", "?zona=4&pagina=3"]
    assert "3 a 4 de 5" in respuesta.text


def test_las_consultas_no_crecen_con_las_filas(pedir, territorio):
    def consultas(**filtros):
        with CaptureQueriesContext(connection) as capturadas:
            pedir(**filtros)
        return len(capturadas)

    con_una = consultas(q="0807", nivel="municipal")
    for codigo in ("0831", "0832"):
        GadFactory(territorio=CantonFactory(codigo=codigo, padre=territorio.lugar["08"]))
    assert consultas(zona="1") == con_una <= 8


# --- Descargar ----------------------------------------------------------------------------------


def filas(respuesta):
    texto = b"".join(respuesta.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texto), delimiter=";"))


def test_la_descarga_lleva_la_lista_filtrada_entera(pedir, monkeypatch):
    monkeypatch.setattr(directorio, "POR_PAGINA", 2)
    respuesta = pedir(formato="csv", provincia="13", orden="nombre")
    encabezado, *cuerpo = filas(respuesta)
    assert re.fullmatch(
        r'attachment; filename="gad-[-\d]{10}\.csv"', respuesta["Content-Disposition"]
    )
    assert encabezado == GADS.encabezado
    assert [fila[:2] + fila[4:7] for fila in cuerpo] == [
        ["130352", "Canuto", "4", "Manabí", "Chone"],
        ["1303", "Chone", "4", "Manabí", "Chone"],
        ["131751", "Cojimíes", "4", "Manabí", "Pedernales"],
        ["13", "Manabí", "4", "Manabí", ""],
        ["1317", "Pedernales", "4", "Manabí", "Pedernales"],
    ]


def test_la_descarga_no_lleva_formulas(pedir, territorio):
    territorio.lugar["0807"].nombre = "=1+1"
    territorio.lugar["0807"].save()
    _, fila = filas(pedir(formato="csv", q="0807", nivel="municipal"))
    assert fila[1] == "'=1+1"


@pytest.mark.parametrize(
    ("valor", "celda"),
    [
        ("=1+1", "'=1+1"),
        ("+593", "'+593"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\0=1", "'=1"),
        ("Rioverde", "Rioverde"),
        ("0807", "0807"),
        (-1, "-1"),
        (Decimal("-78.51234"), "-78.51234"),
        (None, ""),
        (date(2019, 4, 1), "2019-04-01"),
    ],
)
def test_celda_segura(valor, celda):
    assert celda_segura(valor) == celda


def test_las_lineas_salen_de_una_en_una():
    """Nada se junta: se pide una línea y solo se ha leído una fila."""
    leidas = []

    def origen():
        for n in range(3):
            leidas.append(n)
            yield [n]

    lineas = lineas_csv(["n"], origen())
    assert (next(lineas), leidas) == ("\ufeffn\r\n", [])
    assert (next(lineas), leidas) == ("0\r\n", [0])
