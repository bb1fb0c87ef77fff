"""La letra de los documentos: un archivo por peso, siempre el mismo."""

import re

import pytest
from django.conf import settings as ajustes
from fontTools.ttLib import TTFont

from territorios.letras import FORMAS, PESOS, hacer_letras, letra_de

ESTILOS = ajustes.BASE_DIR / "static" / "css"


@pytest.fixture
def carpeta(settings, tmp_path):
    settings.ESTATICOS_GENERADOS = tmp_path / "generados"
    return settings.ESTATICOS_GENERADOS


def test_cada_peso_es_una_letra_fija(carpeta):
    letra = TTFont(letra_de("letra:cursiva-600"))
    assert ("fvar" in letra, letra["OS/2"].usWeightClass) == (False, 600)
    # Los nombres de la gente llevan más signos que los del español.
    assert {ord(signo) for signo in "áéíóúñÁÑüçãőŠ«»“”—…≥"} <= set(letra.getBestCmap())


def test_hecha_otra_vez_es_igual_byte_por_byte(carpeta):
    primera = letra_de("letra:recta-400").read_bytes()
    letra_de("letra:recta-400").unlink()
    assert letra_de("letra:recta-400").read_bytes() == primera


def test_se_hacen_todas_y_no_queda_nada_a_medias(carpeta):
    hacer_letras()
    hechas = {f"documento-{forma}-{peso}.ttf" for forma in FORMAS for peso in PESOS}
    assert {archivo.name for archivo in carpeta.iterdir()} == hechas


@pytest.mark.parametrize(
    "direccion", ["letra:recta", "letra:recta-500", "letra:recta-400/..", "letra:", "recta-400"]
)
def test_no_hay_otra(carpeta, direccion):
    assert letra_de(direccion) is None
    assert not carpeta.exists()


def test_las_hojas_de_los_documentos_no_piden_otro_peso():
    pedidos = set()
    for hoja in ESTILOS.glob("documento*.css"):
        pedidos |= set(re.findall(r"font-weight:\s*([^;}\s]+)", hoja.read_text()))
    assert pedidos == set(PESOS)
