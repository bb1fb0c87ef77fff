"""Los gráficos del informe: qué dibujan, qué dicen en palabras y que se leen sin color."""

import re
from base64 import b64decode
from xml.etree import ElementTree

import pytest
from django.utils import translation

from pdot.informe.graficos import acotar, apiladas, barras
from territorios.documentos import html_a_pdf
from tests.lectura_pdf import letras

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(autouse=True)
def en_espaniol():
    with translation.override("es-ec"):
        yield


def muestras():
    return [
        barras([("Grupo 1", 38), ("Grupo 2", 1074)], titulo="Declarados", unidad="personas"),
        apiladas([("Visión", [3, 1, 0])], ["SÍ", "PARCIAL", "NO"], titulo="Respuestas"),
    ]


def dibujo(grafico):
    return ElementTree.fromstring(grafico.svg)


def escrito(grafico):
    """Los textos del dibujo, sin el título."""
    return [nodo.text for nodo in dibujo(grafico).iter(f"{SVG}text")]


def anchos(grafico):
    """Los de las barras con trama; el carril no tiene borde."""
    return [
        float(nodo.get("width"))
        for nodo in dibujo(grafico).findall(f"{SVG}rect")
        if nodo.get("stroke") and float(nodo.get("height")) > 12
    ]


# --- Lo que vale para todos ---------------------------------------------------------------------


@pytest.mark.parametrize("grafico", muestras(), ids=["barras", "apiladas"])
def test_el_titulo_es_lo_primero_y_nada_hereda_color(grafico):
    raiz = dibujo(grafico)
    assert raiz[0].tag == f"{SVG}title" and raiz[0].text
    assert grafico.alt.startswith(raiz[0].text)
    assert "currentColor" not in grafico.svg and "class=" not in grafico.svg
    # Sin estilos: la página no deja correr los que van en línea.
    assert "style" not in grafico.svg


@pytest.mark.parametrize("grafico", muestras(), ids=["barras", "apiladas"])
def test_la_tabla_equivalente_tiene_una_celda_por_encabezado(grafico):
    encabezados, filas = grafico.datos
    assert filas and {len(fila) for fila in filas} == {len(encabezados)}


def test_la_imagen_es_el_mismo_dibujo():
    grafico = muestras()[0]
    cabeza, _, cuerpo = grafico.imagen.partition(",")
    assert cabeza == "data:image/svg+xml;base64"
    assert b64decode(cuerpo).decode() == grafico.svg


@pytest.mark.parametrize(
    "vacio",
    [
        barras([], titulo="x"),
        apiladas([], ["a"], titulo="x"),
    ],
)
def test_sin_filas_no_hay_grafico(vacio):
    assert vacio is None


def test_lo_que_escribe_la_gente_no_rompe_el_dibujo():
    malo = "<script>\"&'</script>"
    grafico = barras([(malo, 1)], titulo=malo)
    assert dibujo(grafico)[0].text == malo
    assert malo in escrito(grafico)
    assert "<script>" not in grafico.svg


def test_el_documento_le_presta_su_letra():
    """En un `<img>` del PDF también se ve la letra de la casa: no hace falta dibujarla a mano."""
    hoja = '<link rel="stylesheet" href="estatico:css/documento.css">'
    imagen = f'<img src="{muestras()[0].imagen}" alt="x">'
    html = f'<html lang="es"><head><title>x</title>{hoja}</head><body>{imagen}</body></html>'
    usadas = letras(html_a_pdf(html))
    assert usadas and all(letra.startswith("Public-Sans") for letra in usadas)


def test_con_demasiadas_filas_las_menores_se_suman_y_el_total_no_cambia():
    filas = [(f"Grupo {n}", n) for n in range(12)]
    acotadas = acotar(filas, "grupos")
    assert acotadas == [*filas[3:], ("Otros 3 grupos", 3)]
    assert sum(valor for _, valor in acotadas) == sum(valor for _, valor in filas)
    de_listas = acotar([("a", [1, 0]), ("b", [5, 5]), ("c", [0, 2])], "GAD", maximo=2)
    assert de_listas == [("b", [5, 5]), ("Otros 2 GAD", [1, 2])]
    assert acotar(filas[:10], "grupos") == filas[:10]


# --- Barras -------------------------------------------------------------------------------------


def test_las_barras_son_proporcionales_y_llevan_su_cifra():
    grafico = barras([("Uno", 50), ("Dos", 100), ("Nada", 0)], titulo="T", unidad="GAD")
    assert [round(ancho) for ancho in anchos(grafico)] == [319, 639]
    assert escrito(grafico) == ["Uno", "50 GAD", "Dos", "100 GAD", "Nada", "0 GAD"]
    assert grafico.alt == "T: Uno, 50 GAD; Dos, 100 GAD; Nada, 0 GAD."
    assert grafico.datos == (("Concepto", "GAD"), [("Uno", "50"), ("Dos", "100"), ("Nada", "0")])


def test_las_cifras_se_escriben_como_en_el_ecuador():
    grafico = barras([("A", 1234567), ("B", 1234.5)], titulo="T", nombre="Qué")
    assert escrito(grafico)[1::2] == ["1.234.567", "1.234,5"]
    assert grafico.datos == (("Qué", "Valor"), [("A", "1.234.567"), ("B", "1.234,5")])


def test_con_todo_en_cero_no_hay_barras_pero_si_cifras():
    grafico = barras([("A", 0), ("B", 0)], titulo="T")
    assert anchos(grafico) == []
    assert escrito(grafico) == ["A", "0", "B", "0"]


def test_un_rotulo_larguisimo_se_corta_y_en_palabras_va_entero():
    largo = "Gobierno Autónomo Descentralizado " * 5
    grafico = barras([(largo, 3)], titulo="T")
    assert escrito(grafico)[0].endswith("…") and len(escrito(grafico)[0]) <= 62
    assert largo in grafico.alt and grafico.datos[1][0][0] == largo


# --- Apiladas -----------------------------------------------------------------------------------


def test_las_series_se_distinguen_por_la_trama_y_la_palabra():
    series = ["a", "b", "c", "d", "e", "f"]
    grafico = apiladas([("x", [1] * 6)], series, titulo="T")
    rellenos = re.findall(r'height="13.0" fill="([^"]+)"', grafico.svg)
    assert len(set(rellenos)) == 6
    assert escrito(grafico)[:6] == series
    with pytest.raises(ValueError, match="6 series"):
        apiladas([("x", [1] * 7)], [*series, "g"], titulo="T")


def test_en_proporcion_todas_llenan_y_sin_ella_mide_el_total():
    filas = [("x", [3, 1]), ("y", [1, 1])]
    iguales = anchos(apiladas(filas, ["a", "b"], titulo="T"))
    assert [round(uno) for uno in iguales] == [479, 159, 319, 319]
    distintas = anchos(apiladas(filas, ["a", "b"], titulo="T", proporcion=False))
    assert [round(uno) for uno in distintas] == [479, 159, 159, 159]


def test_las_apiladas_dicen_cada_parte_y_el_total():
    grafico = apiladas([("x", [3, 0]), ("y", [0, 0])], ["SÍ", "NO"], titulo="T", nombre="Sección")
    assert escrito(grafico)[2:] == ["x", "SÍ 3", "y", "ninguno"]
    assert grafico.alt == "T. x: SÍ 3; y: ninguno."
    assert grafico.datos == (
        ("Sección", "SÍ", "NO", "Total"),
        [("x", "3", "0", "3"), ("y", "0", "0", "0")],
    )
