"""El mapa: qué se dibuja, con qué encuadre, y que valga en pantalla, en papel y sin ver."""

import gzip
import re
from base64 import b64decode
from dataclasses import replace
from datetime import date
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from territorios.mapas import ARENA, LAGUNA, MAR, Conjunto, Estilo, Leyenda, dibujar
from territorios.models import CapaLimites
from territorios.trazos import Caja, anillos, lugar_de_rotulo, silueta
from territorios.zonas import mapa_del_pais, recuento_por_zona
from tests import siembra
from tests.contornos import ISLA, LUGARES, cargar_contornos, cargar_galapagos, cuadro
from tests.datos import transaccion_comun

SVG = "{http://www.w3.org/2000/svg}"
RIOVERDE = Estilo(LAGUNA, "Rioverde: 5 parroquias rurales", url="/gad/0807", etiqueta="Rioverde")


@pytest.fixture
def contornos(territorio):
    return cargar_contornos()


def mapa(estilos, **opciones):
    textos = {"titulo": "Un mapa", "descripcion": "De prueba.", "identificador": "m"}
    return dibujar(estilos, **{**textos, **opciones})


def escrito(un_mapa):
    return render_to_string("_componentes/mapa.html", {"mapa": un_mapa})


def svg_de(un_mapa):
    """El SVG de la página, como árbol: debe ser XML bien formado."""
    html = escrito(un_mapa)
    return ElementTree.fromstring(html[html.index("<svg xmlns") : html.index("</svg>") + 6])


def titulos(arbol):
    return [nodo.text for nodo in arbol.iter(f"{SVG}title")]


# --- Trazos -------------------------------------------------------------------------------------


def test_un_trazo_se_lee_en_anillos_cerrados():
    """Con dos islas: la segunda empieza donde empezó la primera, como en SVG."""
    assert anillos("m10 20l5 0 0 5zm100 0l-5-5.5 2 0z") == [
        [(10, 20), (15, 20), (15, 25), (10, 20)],
        [(110, 20), (105, 14.5), (107, 14.5), (110, 20)],
    ]


def test_el_rotulo_cae_dentro_de_una_celda_concava():
    """Una C abierta a la derecha: su centro está fuera, en el hueco."""
    en_c = "m0 0l300 0 0 60-200 0 0 80 200 0 0 60-300 0z"
    x, y, _ = lugar_de_rotulo((en_c,))
    assert x < 100 or y < 60 or y > 140


def test_el_rotulo_de_un_conjunto_usa_sus_celdas_como_una_sola():
    izquierda, derecha = cuadro(0, 0)[0], cuadro(1, 0)[0]
    x, y, ancho = lugar_de_rotulo((izquierda, derecha))
    assert (x, round(y), round(ancho)) == (100, 50, 200)


def test_la_silueta_no_depende_del_trazo_anterior():
    assert silueta(["m1 2l3 0 0 3z", "m9 9l1 0 0 1z"]) == "M1 2l3 0 0 3zM9 9l1 0 0 1z"


@pytest.mark.parametrize(
    ("otra", "toca", "encierra"),
    [
        (Caja(10, 10, 20, 20), True, True),
        (Caja(90, 90, 20, 20), True, False),
        (Caja(100, 0, 10, 10), False, False),
    ],
)
def test_dos_cajas(otra, toca, encierra):
    caja = Caja(0, 0, 100, 100)
    assert (caja.toca(otra), caja.encierra(otra)) == (toca, encierra)


# --- Qué se dibuja ------------------------------------------------------------------------------


def test_sin_contornos_la_pagina_lo_dice_y_no_dibuja(territorio):
    vacio = mapa({"0807": RIOVERDE})
    assert not vacio
    assert "<svg" not in escrito(vacio)
    assert "No hay contornos con que dibujar este mapa" in escrito(vacio)


def test_solo_se_usa_la_capa_en_uso(contornos):
    CapaLimites.objects.filter(pk=contornos.pk).update(en_uso=False)
    assert not mapa({"0807": RIOVERDE})


def test_cada_celda_es_un_enlace_que_la_nombra_y_las_demas_salen_tenues(contornos):
    arbol = svg_de(mapa({"0807": RIOVERDE}))
    enlaces = [(a.get("href"), a.find(f"{SVG}title").text) for a in arbol.iter(f"{SVG}a")]
    assert enlaces == [("/gad/0807", "Rioverde: 5 parroquias rurales")]
    assert titulos(arbol) == [
        "Un mapa",
        *("Esmeraldas", "Muisne", "Chone", "Pedernales"),
        "Rioverde: 5 parroquias rurales",
    ]


def test_un_conjunto_con_un_solo_destino_es_un_solo_enlace(contornos):
    """Nadie quiere pasar con el tabulador por doscientas celdas que llevan a nueve páginas."""
    zona = Conjunto("1", "Zona 1: 7 GAD", rotulo="1")
    norte = {c: Estilo(ARENA, c, url="/zona/1", conjunto=zona) for c in ("0801", "0803", "0807")}
    arbol = svg_de(mapa(norte))
    (enlace,) = arbol.iter(f"{SVG}a")
    assert enlace.find(f"{SVG}title").text == "Zona 1: 7 GAD"
    assert [path.find(f"{SVG}title").text for path in enlace.iter(f"{SVG}path")] == sorted(norte)
    assert [texto.text for texto in arbol.iter(f"{SVG}text")] == ["1"]


def test_los_estilos_pueden_ser_una_funcion_de_la_celda(contornos):
    def solo_manabi(celda):
        return Estilo(ARENA, f"{celda.nombre}, zona {celda.zona}") if celda.zona == 4 else None

    assert titulos(svg_de(mapa(solo_manabi, ventana=["13"])))[-2:] == [
        "Chone, zona 4",
        "Pedernales, zona 4",
    ]


def test_una_consulta_por_mapa(contornos, django_assert_num_queries):
    with django_assert_num_queries(1):
        escrito(mapa({"0807": RIOVERDE}))


def test_un_nombre_que_no_cabe_se_achica_o_no_se_escribe(contornos):
    """La celda mide 100 y el encuadre, unos 220: sin achicar caben unas veinte letras."""
    celda = Caja(3100, 300, 100, 100)
    escritos = {}
    for largo in range(10, 60):
        un_mapa = mapa({"0807": replace(RIOVERDE, etiqueta="a" * largo)}, ventana=["0807"])
        for rotulo in un_mapa.planos[0].rotulos:
            if rotulo.clase == "nombre":
                escritos[largo] = rotulo
    assert escritos
    assert max(escritos) < 59
    assert len({rotulo.tamanio for rotulo in escritos.values()}) == 2
    assert all(rotulo.caja.ancho <= celda.ancho + 1 for rotulo in escritos.values())


# --- Encuadre -----------------------------------------------------------------------------------


def test_sobre_un_relleno_oscuro_el_nombre_va_en_blanco_y_con_halo(contornos):
    estilos = {
        "0801": Estilo(MAR, "Esmeraldas", etiqueta="Uno", oscuro=True),
        "0807": Estilo(ARENA, "Rioverde", etiqueta="Dos"),
    }
    textos = [
        (texto.text, texto.get("fill"), texto.get("stroke"))
        for texto in svg_de(mapa(estilos, ventana=["08"])).iter(f"{SVG}text")
    ]
    # El halo va debajo, como otro texto: no todos los lectores pintan el borde por detrás.
    assert textos[:2] == [("Uno", "#0d3540", "#0d3540"), ("Uno", "#fff", None)]
    assert ("Dos", "#1c2529", None) in textos


def test_la_ventana_encuadra_sus_cantones_con_margen_y_deja_ver_los_vecinos(contornos):
    encuadrado = mapa({"1303": RIOVERDE}, ventana=["1303"])
    caja = encuadrado.caja
    assert caja.encierra(Caja(3100, 500, 100, 100))
    assert not caja.encierra(Caja(3100, 400, 100, 100))
    # Pedernales limita y asoma; Esmeraldas queda lejos y ni siquiera se escribe.
    assert titulos(svg_de(encuadrado)) == ["Un mapa", "Pedernales", RIOVERDE.titulo]


def test_la_ventana_admite_una_provincia(contornos):
    por_provincia = mapa({}, ventana=["08"])
    por_cantones = mapa({}, ventana=["0801", "0803", "0807"])
    assert por_provincia.caja == por_cantones.caja


def test_galapagos_va_en_un_recuadro_con_su_nombre(territorio):
    cargar_galapagos()
    cargar_contornos(LUGARES | ISLA)
    pais = mapa({"2001": RIOVERDE, "0807": RIOVERDE})
    continente, islas = pais.planos
    assert continente.marco is None
    assert pais.caja.encierra(islas.marco)
    assert "Galápagos" in [rotulo.texto for rotulo in islas.rotulos]
    # El recuadro no tapa el continente ni el mapa se estira hasta las islas.
    assert not islas.marco.toca(Caja(3100, 200, 200, 400))
    assert pais.caja.x > 2000


def test_una_ventana_solo_de_galapagos_no_lleva_recuadro(territorio):
    cargar_galapagos()
    cargar_contornos(LUGARES | ISLA)
    islas = mapa({"2001": RIOVERDE}, ventana=["20"])
    assert [plano.marco for plano in islas.planos] == [None]
    assert islas.caja.encierra(Caja(200, 400, 100, 100))


def test_los_grosores_salen_del_encuadre(territorio):
    """WeasyPrint no entiende `vector-effect`: el doble de ancho pide el doble de grosor."""
    cargar_contornos({"0801": (10, 10), "1303": (40, 10)})
    ancho = mapa({}, ventana=["0801", "1303"])
    angosto = mapa({}, ventana=["0801"])
    razon = ancho.lado / angosto.lado
    assert float(ancho.medio) / float(angosto.medio) == pytest.approx(razon, rel=0.02)
    assert float(mapa({}, ventana=["0801"], chico=True).medio) > float(angosto.medio)


# --- Cómo se lee --------------------------------------------------------------------------------


def test_con_enlaces_es_un_grupo_y_sin_ellos_una_imagen(contornos):
    con, sin = mapa({"0807": RIOVERDE}), mapa({"0807": Estilo(LAGUNA, "Rioverde")})
    assert (svg_de(con).get("role"), svg_de(sin).get("role")) == ("group", "img")


def test_el_titulo_es_lo_primero_y_lo_sigue_la_descripcion(contornos):
    arbol = svg_de(mapa({"0807": RIOVERDE}))
    assert [(nodo.tag, nodo.text) for nodo in arbol[:2]] == [
        (f"{SVG}title", "Un mapa"),
        (f"{SVG}desc", "De prueba."),
    ]
    assert arbol.get("aria-labelledby") == " ".join(nodo.get("id") for nodo in arbol[:2])


def test_los_rotulos_no_se_leen_dos_veces(contornos):
    arbol = svg_de(mapa({"0807": RIOVERDE}))
    (rotulos,) = [g for g in arbol.iter(f"{SVG}g") if g.get("aria-hidden")]
    assert "Rioverde" in [texto.text for texto in rotulos.iter(f"{SVG}text")]


def test_el_destacado_se_nombra_aunque_no_quepa(contornos):
    largo = "Un nombre mucho más largo que su celda y que todas las demás"
    arbol = svg_de(mapa({"0807": Estilo(LAGUNA, largo, etiqueta=largo, destacado=True)}))
    comun = svg_de(mapa({"0807": Estilo(LAGUNA, largo, etiqueta=largo)}))
    assert largo in [texto.text for texto in arbol.iter(f"{SVG}text")]
    assert largo not in [texto.text for texto in comun.iter(f"{SVG}text")]


def test_nada_depende_de_una_hoja_de_estilo(contornos):
    """El CSS de la página no llega al SVG de un PDF, y la CSP no admite estilos en línea."""
    svg = mapa({"0807": RIOVERDE}).svg
    assert re.findall(r"style=|currentColor|var\(|<style", svg) == []
    arbol = ElementTree.fromstring(svg)
    sin_relleno = [t.text for t in arbol.iter(f"{SVG}text") if not t.get("fill")]
    assert sin_relleno == []


def test_la_trama_acompana_al_color(contornos):
    """En gris, dos grupos se distinguen por la trama y por el número."""
    tramado = Estilo(ARENA, "Rioverde", trama="diagonal")
    svg = mapa({"0807": tramado, "0801": Estilo(ARENA, "Esmeraldas")}).svg
    assert re.findall(r'<pattern id="([^"]+)"', svg) == ["m-diagonal"]
    assert svg.count("url(#m-diagonal)") == 1


def test_dos_mapas_en_una_pagina_no_comparten_identificadores(contornos):
    tramado = {"0807": Estilo(ARENA, "Rioverde", trama="cruz")}
    paginas = escrito(mapa(tramado)) + escrito(mapa(tramado, identificador="otro"))
    ids = re.findall(r'\bid="([^"]+)"', paginas)
    assert len(ids) == len(set(ids)) == 10


def test_un_nombre_con_marcas_sale_escapado(contornos, territorio):
    territorio.lugar["0801"].nombre = "<script>alert(1)</script>"
    territorio.lugar["0801"].save()
    assert "<script>" not in escrito(mapa({"0807": RIOVERDE}))


def test_la_imagen_para_pdf_es_el_mismo_dibujo_sin_enlaces(contornos):
    con_enlaces = mapa({"0807": RIOVERDE})
    cabecera, datos = con_enlaces.imagen.split(",")
    dibujo = b64decode(datos).decode()
    assert cabecera == "data:image/svg+xml;base64"
    assert (dibujo.count("<a "), escrito(con_enlaces).count("<a href=")) == (0, 1)
    trazos = re.compile(r' d="([^"]+)"')
    assert trazos.findall(dibujo) == trazos.findall(escrito(con_enlaces))


@pytest.mark.parametrize(
    ("de_la_capa", "pie"),
    [
        (
            {},
            "Esquema: celdas calculadas a partir de las coordenadas de la DPA; "
            "no son límites oficiales.",
        ),
        (
            {
                "nombre": "Límites cantonales",
                "fuente": "CONALI",
                "fecha": date(2024, 3, 5),
                "esquematica": False,
            },
            "Límites cantonales. Fuente: CONALI, 05/03/2024.",
        ),
    ],
)
def test_el_pie_dice_de_donde_salen_los_contornos(territorio, de_la_capa, pie):
    cargar_contornos(**de_la_capa)
    assert f">{pie}</figcaption>" in escrito(mapa({}))


def test_la_leyenda_dibuja_cada_muestra_con_su_trama(contornos):
    leyenda = [Leyenda("Grupo 1", ARENA, "diagonal"), Leyenda("Sede", punto=True)]
    html = escrito(mapa({}, leyenda=leyenda))
    renglones = re.findall(r"<li>(.*?)</li>", html)
    assert [re.sub(r"<.*>", "", renglon).strip() for renglon in renglones] == ["Grupo 1", "Sede"]
    assert ["<rect" in renglon for renglon in renglones] == [True, False]


def test_un_renglon_de_la_leyenda_puede_llevar_a_sus_filas(contornos):
    leyenda = [Leyenda("Grupo 1: 3", ARENA, url="/filas/?a=1&b=2")]
    assert '<a href="/filas/?a=1&amp;b=2">Grupo 1: 3</a>' in escrito(mapa({}, leyenda=leyenda))


# --- Con la DPA de verdad -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def dpa(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.dpa)
        yield


@pytest.mark.django_db
def test_el_mapa_del_pais_dibuja_cada_canton_y_pesa_poco(dpa):
    hoy = date(2026, 1, 1)
    pais = mapa_del_pais(recuento_por_zona(hoy), hoy)
    arbol = svg_de(pais)
    celdas = [p for a in arbol.iter(f"{SVG}a") for p in a.iter(f"{SVG}path")]
    numeros = [texto.text for texto in arbol.iter(f"{SVG}text")]
    assert len(celdas) == 222
    assert sorted(numeros) == [*"1234", "5", "5", *"6789", "Galápagos"]
    assert len(gzip.compress(escrito(pais).encode())) <= 16_000
