"""La cobertura: hasta qué escalón llegó cada GAD, en cifras, en mapa y en lista."""

import csv
import gzip
import io
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acompanamiento.models import Grupo, Membresia
from pdot.cobertura import contar, leer_gads, marcar
from pdot.escalones import Escalon
from pdot.hojas_de_listas import COBERTURA
from pdot.mapa_cobertura import ASPECTO
from pdot.views import cobertura as vista
from talleres.models import Convocado, Encuentro
from territorios.models import Territorio
from tests import siembra
from tests.conftest import entrar
from tests.datos import transaccion_comun
from tests.fabricas import (
    CantonFactory,
    EncuentroFactory,
    EstrategiaFactory,
    EvaluacionFactory,
    GadFactory,
    GrupoFactory,
    PdotFactory,
    UsuarioFactory,
)
from tests.lectura_html import pagina

pytestmark = pytest.mark.django_db


def marcados(usuario, estrategia=""):
    gads = leer_gads(usuario)
    marcar(gads, usuario, estrategia)
    return gads


def marcas(usuario, codigo, estrategia=""):
    return {str(marca) for marca in marcados(usuario, estrategia)[codigo].marcas}


def pedir(client, usuario, **filtros):
    return entrar(client, usuario).get(reverse("pdot:cobertura"), filtros)


def codigos(respuesta):
    return [gad.codigo for gad in respuesta.context["pagina"]]


def cifras(renglon):
    """{escalón: cuántos} de un renglón del resumen, sin los ceros."""
    return {str(c.escalon): c.cuantos for c in renglon.casillas if c.cuantos}


# --- El piloto ----------------------------------------------------------------------------------


@pytest.fixture(scope="class")
def piloto(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.piloto)
        yield


@pytest.mark.usefixtures("piloto")
class TestConElPiloto:
    def test_las_cifras_por_nivel(self, client):
        respuesta = pedir(client, UsuarioFactory(rol="central"))
        niveles = {r.nombre: (r.total, cifras(r)) for r in respuesta.context["niveles"]}
        assert niveles == {
            "Provincial": (
                24,
                {"nunca": 22, "propuesto": 1, "grupo": 2, "M1": 1, "M3": 2}
                | {"evaluado": 1, "aprobado": 1},
            ),
            "Municipal": (
                222,
                {"nunca": 210, "propuesto": 19, "grupo": 12, "M2": 11, "M3": 12}
                | {"evaluado": 3, "aprobado": 3},
            ),
            "Parroquial rural": (824, {"nunca": 783, "propuesto": 81, "grupo": 41, "M3": 41}),
            "Total": (
                1070,
                {"nunca": 1015, "propuesto": 101, "grupo": 55, "M1": 1, "M2": 11, "M3": 55}
                | {"evaluado": 4, "aprobado": 4},
            ),
        }
        assert "1.015 de 1.070 GAD sin acompañar todavía" in respuesta.text
        assert "94,9 %" in respuesta.text

    def test_el_pais_se_parte_en_zonas_y_la_zona_en_provincias(self, client):
        central = UsuarioFactory(rol="central")
        pais = pedir(client, central).context["renglones"]
        en_grupo = {r.nombre: cifras(r).get("grupo", 0) for r in pais}
        assert (len(pais), en_grupo["1 · Norte"], en_grupo["4 · Pacífico"]) == (9, 30, 25)
        assert sum(en_grupo.values()) == 55
        assert sum(r.total for r in pais) == 1070
        zona = pedir(client, central, zona="4").context["renglones"]
        assert [(r.nombre, r.total, cifras(r).get("grupo", 0)) for r in zona] == [
            ("Manabí", 79, 25),
            ("Santo Domingo de los Tsáchilas", 13, 0),
        ]
        assert pedir(client, central, provincia="13").context["renglones"] == []

    def test_la_zona_8_no_tiene_provinciales_a_quienes_toque_el_m1(self, client):
        respuesta = pedir(client, UsuarioFactory(rol="central"), zona="8")
        m1 = next(c for c in respuesta.context["total"].casillas if c.escalon == Escalon.M1)
        assert (m1.cuantos, m1.porcentaje) == (0, None)

    def test_cada_cifra_lleva_a_los_gad_que_la_explican(self, client):
        central = UsuarioFactory(rol="central")
        contexto = pedir(client, central).context
        ruta, vistas = reverse("pdot:cobertura"), 0
        for renglon in [*contexto["renglones"][:4], *contexto["niveles"]]:
            for casilla in renglon.casillas:
                if casilla.cuantos:
                    hallados = client.get(ruta + casilla.url.split("#")[0]).context["pagina"]
                    assert hallados.paginator.count == casilla.cuantos, casilla.url
                    vistas += 1
        assert vistas > 30

    def test_el_mapa_del_pais_pinta_los_municipales_y_pesa_lo_que_debe(self, client):
        respuesta = pedir(client, UsuarioFactory(rol="central"))
        leyenda = [renglon.texto for renglon in respuesta.context["mapa"].leyenda]
        assert leyenda == [
            "Nunca acompañado: 191",
            "Solo propuesto: 19",
            "M3 realizado: 9",
            "Evaluación aprobada: 3",
        ]
        svg = re.search(r"<svg xmlns.*?</svg>", respuesta.text, re.S)[0]
        assert svg.count('<a href="/pdot/gad/') == 222
        assert "<title>Chone: M3 realizado</title>" in svg
        assert len(gzip.compress(svg.encode())) <= 16_000

    def test_el_escalon_filtra_la_lista_y_el_mapa_pero_no_las_cifras(self, client):
        respuesta = pedir(client, UsuarioFactory(rol="central"), escalon="M2")
        assert respuesta.context["pagina"].paginator.count == 11
        leyenda = [renglon.texto for renglon in respuesta.context["mapa"].leyenda]
        assert leyenda == ["M3 realizado: 9", "Evaluación aprobada: 2"]
        assert cifras(respuesta.context["total"])["nunca"] == 1015

    def test_las_consultas_son_siempre_las_mismas(self, client, django_assert_num_queries):
        """Sesión, cuenta, los GAD, estrategias, grupos, marcas y mapa, sea quien sea."""
        for datos in (
            {"rol": "central"},
            {"rol": "zonal", "zona_id": 4},
            {"rol": "planificador", "gad_id": "130352"},
        ):
            entrar(client, UsuarioFactory(**datos))
            with django_assert_num_queries(7):
                client.get(reverse("pdot:cobertura"))


# --- Las reglas ---------------------------------------------------------------------------------


def test_sin_nada_nunca_fue_acompaniado(territorio, central):
    assert marcas(central, "0807") == {"nunca"}
    assert marcados(central)["0807"].escalon == Escalon.NUNCA


@pytest.mark.parametrize(
    ("estado", "esperadas"),
    [
        ("propuesto", {"nunca", "propuesto"}),
        ("conformado", {"grupo"}),
        ("en_marcha", {"grupo"}),
        ("cerrado", {"grupo"}),
        ("cancelado", {"nunca"}),
    ],
)
def test_un_grupo_solo_propuesto_todavia_no_es_acompaniamiento(grupo1, central, estado, esperadas):
    Grupo.objects.filter(pk=grupo1.pk).update(estado=estado, motivo="Prueba")
    assert marcas(central, "0807") == esperadas


def test_estar_en_otro_en_firme_pesa_mas_que_la_propuesta(grupo1, territorio, central):
    GrupoFactory(
        estrategia=grupo1.estrategia, estado="propuesto", miembros=[territorio.gad["0807"]]
    )
    assert marcas(central, "0807") == {"grupo"}


def test_quien_salio_del_grupo_ya_no_esta_en_el(grupo1, central):
    Membresia.objects.filter(gad="0807").update(hasta=date(2019, 9, 1))
    assert marcas(central, "0807") == {"nunca"}


@pytest.mark.parametrize(
    ("tipo", "codigo", "suma"),
    [("M1", "08", True), ("M1", "0807", False), ("M2", "0807", True), ("M2", "08", False)],
)
def test_el_m1_es_de_la_provincia_y_el_m2_del_canton(territorio, central, tipo, codigo, suma):
    EncuentroFactory(tipo=tipo, gad=territorio.gad[codigo], estado="realizado")
    assert marcas(central, codigo) == ({tipo} if suma else {"nunca"})


@pytest.mark.parametrize("estado", ["planificado", "convocado", "reprogramado", "cancelado"])
def test_solo_cuenta_lo_realizado(territorio, central, estado):
    taller = EncuentroFactory(estado=estado, motivo="Prueba")
    Convocado.objects.create(encuentro=taller, gad=territorio.gad["0807"])
    EncuentroFactory(tipo="M2", gad=territorio.gad["0807"], estado=estado, motivo="Prueba")
    assert marcas(central, "0807") == {"nunca"}


def test_el_m3_es_de_los_convocados_y_no_de_los_demas_miembros(grupo1, encuentro1, central):
    Encuentro.objects.update(estado="realizado")
    Convocado.objects.create(encuentro=encuentro1, gad_id="080752")
    assert marcas(central, "080752") == {"grupo", "M3"}
    assert marcas(central, "0807") == {"grupo"}


def test_la_jornada_que_no_dice_a_quien_convoco_no_reparte_a_todos(grupo1, encuentro1, central):
    EncuentroFactory(
        estrategia=grupo1.estrategia, jornada="tarde", jornada_de=encuentro1, grupos=[grupo1]
    )
    Encuentro.objects.update(estado="realizado")
    Convocado.objects.create(encuentro=encuentro1, gad_id="0807")
    assert marcas(central, "0807") == {"grupo", "M3"}
    assert marcas(central, "080752") == {"grupo"}


def test_un_taller_sin_convocados_es_de_los_miembros_de_ese_dia(encuentro1, central):
    Encuentro.objects.update(estado="realizado")
    Membresia.objects.filter(gad="0801").update(hasta=date(2019, 8, 15))
    Membresia.objects.filter(gad="080752").update(desde=date(2019, 8, 23))
    Membresia.objects.filter(gad="08").update(hasta=date(2019, 8, 23))
    todos = marcados(central)
    con_m3 = {codigo for codigo, gad in todos.items() if Escalon.M3 in gad.marcas}
    assert con_m3 == {"08", "0807"}


@pytest.mark.parametrize(
    ("estado", "esperadas"),
    [
        ("borrador", {"nunca"}),
        ("enviada", {"evaluado"}),
        ("devuelta", {"evaluado"}),
        ("aprobada", {"evaluado", "aprobado"}),
    ],
)
def test_evaluado_es_que_salio_del_gad(territorio, central, estado, esperadas):
    EvaluacionFactory(pdot=PdotFactory(gad=territorio.gad["0807"]), estado=estado)
    assert marcas(central, "0807") == esperadas


def test_abrir_otra_version_no_quita_lo_aprobado(evaluaciones, zonal1):
    aprobada = evaluaciones["0803"]
    EvaluacionFactory(pdot=aprobada.pdot, instrumento=aprobada.instrumento, numero=2)
    assert marcas(zonal1, "0803") == {"evaluado", "aprobado"}


def test_una_estrategia_cuenta_solo_lo_suyo(grupo1, encuentro1, evaluaciones, central):
    otra = EstrategiaFactory(codigo="otra")
    GrupoFactory(estrategia=otra, numero=1, miembros=[GadFactory.build(territorio_id="0801")])
    Encuentro.objects.update(estado="realizado")
    assert marcas(central, "0801") == {"grupo", "M3", "evaluado"}
    assert marcas(central, "0801", "otra") == {"grupo", "evaluado"}
    assert marcas(central, "0803", "otra") == {"nunca"}
    assert marcas(central, "0803") == {"evaluado", "aprobado"}


def test_los_que_dejaron_de_existir_no_entran(territorio, central):
    Territorio.objects.filter(pk="080752").update(hasta=date(2024, 10, 1))
    assert "080752" not in leer_gads(central)


def test_el_porcentaje_es_sobre_los_que_les_toca(grupo1, territorio, central):
    EncuentroFactory(tipo="M2", gad=territorio.gad["0807"], estado="realizado")
    recuento = contar(marcados(central).values())[None]
    assert (recuento.total, recuento.base(Escalon.M1), recuento.base(Escalon.M2)) == (10, 2, 5)
    assert recuento.porcentaje(Escalon.M2) == 20
    assert recuento.porcentaje(Escalon.GRUPO) == 40
    assert contar([]) == {}


def test_cada_escalon_de_un_canton_se_pinta_distinto_tambien_en_gris():
    assert set(Escalon) - set(ASPECTO) == {Escalon.M1}
    assert len({tuple(aspecto.items()) for aspecto in ASPECTO.values()}) == len(ASPECTO)
    planos = [aspecto["relleno"] for aspecto in ASPECTO.values() if "trama" not in aspecto]
    claridad = [sum(bytes.fromhex(relleno[1:])) for relleno in planos]
    assert claridad == sorted(set(claridad), reverse=True)


# --- Qué ve cada quien --------------------------------------------------------------------------

ZONA_1 = ["08", "0801", "0803", "0807", "080752"]
ZONA_4 = ["13", "1303", "130352", "1317", "131751"]


@pytest.mark.parametrize(
    ("quien", "esperados"),
    [
        ("central", [*ZONA_1, *ZONA_4]),
        ("observador", [*ZONA_1, *ZONA_4]),
        ("zonal1", ZONA_1),
        ("observador1", ZONA_1),
        ("zonal4", ZONA_4),
        ("plan_rioverde", ["08", "0801", "0807", "080752"]),
        ("plan_chone", ["1303"]),
    ],
)
def test_cada_quien_ve_los_gad_de_su_jurisdiccion(client, elenco, grupo1, grupo2, quien, esperados):
    assert codigos(pedir(client, elenco[quien])) == esperados


def test_en_un_grupo_propuesto_no_se_mira_a_los_demas(client, grupo1, plan_rioverde):
    """De ellos no ve qué otros grupos tienen: leería «nunca acompañado» de quien no lo es."""
    Grupo.objects.update(estado="propuesto")
    assert codigos(pedir(client, plan_rioverde)) == ["0807"]
    assert marcas(plan_rioverde, "0807") == {"nunca", "propuesto"}


def test_los_grupos_que_no_se_alcanzan_no_se_nombran(client, grupo1, grupo2, plan_rioverde, zonal1):
    """La provincia está en los dos."""
    assert marcados(plan_rioverde)["08"].grupos == [grupo1]
    assert marcados(zonal1)["08"].grupos == [grupo1, grupo2]
    assert grupo2.nombre not in pedir(client, plan_rioverde).text


@pytest.mark.parametrize(
    ("quien", "evaluados", "aprobados"),
    [
        ("central", {"0801", "0803", "1303"}, {"0803"}),
        ("zonal1", {"0801", "0803"}, {"0803"}),
        ("zonal4", {"1303"}, set()),
        ("observador", {"0803"}, {"0803"}),
        ("plan_rioverde", set(), set()),
        ("plan_esmeraldas", {"0801"}, set()),
        ("plan_chone", {"1303"}, set()),
    ],
)
def test_no_se_revela_el_estado_de_evaluaciones_ajenas(
    elenco, grupo1, grupo2, evaluaciones, quien, evaluados, aprobados
):
    gads = marcados(elenco[quien]).values()
    assert {g.codigo for g in gads if Escalon.EVALUADO in g.marcas} == evaluados
    assert {g.codigo for g in gads if Escalon.APROBADO in g.marcas} == aprobados


# --- La página ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filtros", "esperados"),
    [
        ({"escalon": "grupo"}, ["08", "0801", "0807", "080752"]),
        ({"escalon": "nunca"}, ["0803", *ZONA_4]),
        ({"escalon": "nunca", "nivel": "municipales"}, ["0803", "1303", "1317"]),
        ({"provincia": "13", "nivel": "parroquiales"}, ["130352", "131751"]),
        ({"zona": "1", "nivel": "provinciales"}, ["08"]),
        ({"estrategia": "piloto-2019", "escalon": "grupo", "zona": "4"}, []),
    ],
)
def test_filtrar(client, grupo1, central, filtros, esperados):
    assert codigos(pedir(client, central, **filtros)) == esperados


def test_el_encabezado_dice_lo_filtrado(client, grupo1, central):
    respuesta = pedir(client, central, zona="1", provincia="08")
    zona = dict(respuesta.context["filtro"].fields["zona"].choices)[1]
    assert respuesta.context["filtro"].en_palabras == [f"Zona: {zona}", "Provincia: Esmeraldas"]
    assert f"Todo el país · Zona: {zona} · Provincia: Esmeraldas" in respuesta.text


@pytest.mark.parametrize(
    ("filtro", "mensaje"),
    [
        ({"estrategia": "nada"}, "«nada» no está entre lo que usted puede ver"),
        ({"zona": "4"}, "«4» no está entre lo que usted puede ver"),
        ({"zona": "9" * 500}, f"«{'9' * 59}…» no está entre lo que usted puede ver"),
        ({"provincia": "13"}, "«13» no está entre lo que usted puede ver"),
        ({"nivel": "cantonal"}, "«cantonal» no está entre lo que usted puede ver"),
        ({"escalon": "M9"}, "«M9» no está entre lo que usted puede ver"),
        ({"formato": "xls"}, "Esta lista se descarga en XLSX, CSV, GeoJSON, no en «xls»."),
    ],
)
def test_un_filtro_malo_es_400_junto_al_campo(client, grupo1, zonal1, filtro, mensaje):
    respuesta = pedir(client, zonal1, **filtro)
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert "<table" not in respuesta.text


def test_una_zona_y_una_provincia_que_no_se_cruzan_lo_dicen(client, grupo1, central):
    respuesta = pedir(client, central, zona="4", provincia="08")
    assert respuesta.status_code == 200
    assert "Ningún GAD cumple estos filtros" in respuesta.text
    assert reverse("pdot:cobertura") in pagina(respuesta).enlaces


def test_pasar_de_pagina_conserva_los_filtros(client, grupo1, central, monkeypatch):
    monkeypatch.setattr(vista, "POR_PAGINA", 2)
    respuesta = pedir(client, central, escalon="grupo", pagina="2")
    assert codigos(respuesta) == ["0807", "080752"]
    assert "?escalon=grupo&pagina=1#lista" in pagina(respuesta).enlaces


def test_sin_dpa_dice_que_falta(client, db):
    texto = pedir(client, UsuarioFactory()).text
    assert "todavía no ha cargado la división político-administrativa" in texto
    assert '<form class="filtros"' not in texto


def test_sin_grupos_dice_por_donde_empezar(client, zonal1, plan_rioverde):
    respuesta = pedir(client, zonal1)
    assert "Todavía no hay grupos circunvecinos a la vista" in respuesta.text
    assert "5 de 5 GAD sin acompañar todavía" in respuesta.text
    assert "Su GAD todavía no integra un grupo" in pedir(client, plan_rioverde).text


def test_la_pagina_dice_la_regla_y_no_trae_estilos_en_linea(client, grupo1, central):
    respuesta = pedir(client, central)
    assert "M1 es el diálogo realizado con la autoridad del GAD provincial" in respuesta.text
    assert pagina(respuesta).prohibido == []


@pytest.mark.parametrize("ruta", ["inicio", "acompanamiento:inicio", "pdot:inicio"])
def test_se_llega_a_un_clic(client, grupo1, zonal1, ruta):
    respuesta = entrar(client, zonal1).get(reverse(ruta))
    assert reverse("pdot:cobertura") in pagina(respuesta).enlaces


def test_las_consultas_no_crecen_con_las_filas(client, grupo1, instrumento, territorio, zonal1):
    entrar(client, zonal1)

    def consultas():
        with CaptureQueriesContext(connection) as capturadas:
            assert client.get(reverse("pdot:cobertura")).status_code == 200
        return len(capturadas)

    con_un_grupo = consultas()
    for _ in range(3):
        gad = GadFactory(territorio=CantonFactory(padre=territorio.lugar["08"]))
        otro = GrupoFactory(estrategia=grupo1.estrategia, zona_id=1, miembros=[gad])
        EncuentroFactory(estrategia=grupo1.estrategia, grupos=[otro], estado="realizado")
        EvaluacionFactory(pdot=PdotFactory(gad=gad), instrumento=instrumento, estado="enviada")
    assert consultas() == con_un_grupo <= 8


# --- Descargar ----------------------------------------------------------------------------------


def filas(respuesta):
    texto = b"".join(respuesta.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texto), delimiter=";"))


def test_la_descarga_lleva_la_lista_filtrada_entera(
    client, grupo1, encuentro1, zonal1, monkeypatch
):
    monkeypatch.setattr(vista, "POR_PAGINA", 1)
    Encuentro.objects.update(estado="realizado")
    EncuentroFactory(
        estrategia=grupo1.estrategia, tipo="M1", gad_id="08", grupos=[grupo1], estado="realizado"
    )
    respuesta = pedir(client, zonal1, formato="csv", escalon="M3")
    encabezado, *cuerpo = filas(respuesta)
    grupo = "Grupo 1 · Esmeraldas – Rioverde (en marcha)"
    resto = ["no", "no", "M3 realizado"]
    assert re.fullmatch(
        r'attachment; filename="cobertura-[-\d]{10}\.csv"', respuesta["Content-Disposition"]
    )
    assert encabezado == COBERTURA.encabezado
    assert [fila[:3] + fila[6:] for fila in cuerpo] == [
        ["08", "Esmeraldas", "Provincial", grupo, "sí", "no aplica", "sí", *resto],
        ["0801", "Esmeraldas", "Municipal", grupo, "no aplica", "no", "sí", *resto],
        ["0807", "Rioverde", "Municipal", grupo, "no aplica", "no", "sí", *resto],
        ["080752", "Chumundé", "Parroquial rural", grupo, "no aplica", "no aplica", "sí", *resto],
    ]
    assert cuerpo[3][3:6] == ["1", "Esmeraldas", "Rioverde"]


def test_la_descarga_no_lleva_formulas(client, territorio, central):
    Territorio.objects.filter(pk="0807").update(nombre="=1+1")
    respuesta = pedir(client, central, formato="csv", provincia="08", nivel="municipales")
    assert [fila[1] for fila in filas(respuesta)[1:]] == ["Esmeraldas", "Muisne", "'=1+1"]
