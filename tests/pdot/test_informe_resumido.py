"""Con muchos grupos, lo de cada uno va en un renglón: mismas cifras, sin el detalle."""

import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from pdot.informe import alcance as modulo
from pdot.informe import anexos, hoja_de_ruta
from pdot.informe.alcance import Alcance
from tests.fabricas import HitoFactory, HitoGrupoFactory

from .secciones_del_informe import (
    SECCIONES,
    contexto_de,
    grupo_con_todo,
    html_de,
    texto_de,
    todo_el_html,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def dos_grupos(estrategia, territorio, central):
    return [grupo_con_todo(estrategia, territorio.zona[1], central) for _ in range(2)]


@pytest.fixture
def resumido(monkeypatch):
    monkeypatch.setattr(modulo, "GRUPOS_EN_DETALLE", 1)


def test_hasta_cuantos_grupos_sale_entero(dos_grupos, central, estrategia, monkeypatch):
    monkeypatch.setattr(modulo, "GRUPOS_EN_DETALLE", 2)
    assert not Alcance(central, estrategia).es_resumido
    monkeypatch.setattr(modulo, "GRUPOS_EN_DETALLE", 1)
    assert Alcance(central, estrategia).es_resumido
    assert not Alcance(central, estrategia, grupo=dos_grupos[0]).es_resumido


def test_el_detalle_no_sale_y_se_dice_donde_esta(dos_grupos, central, estrategia, resumido):
    html = todo_el_html(central, estrategia)
    for numero in (grupo.numero for grupo in dos_grupos):
        for tabla in ("resultados-m3", "evaluaciones", "vision", "temas", "acuerdos"):
            assert f'id="tabla-{tabla}-{numero}"' not in html
    assert "tabla-ficha-" not in html and "Gantt" not in html
    # Resultados, evaluaciones, visión, acuerdos y capacidades dicen en qué informe se lee.
    assert len(re.findall(r"está[n]? en (?:el|su) informe", texto_de(html))) == 5
    # El texto que el grupo acordó es lo que se buscaba: ese sale siempre.
    assert html.count("Un litoral seguro.") == 2
    identificadores = re.findall(r'\bid="([^"]+)"', html)
    assert len(identificadores) == len(set(identificadores))


def test_cada_renglon_cuenta_lo_que_se_detallaba(dos_grupos, central, estrategia, monkeypatch):
    entero = contexto_de("resultados", central, estrategia)
    assert entero["resumen"] is None
    monkeypatch.setattr(modulo, "GRUPOS_EN_DETALLE", 1)
    renglones = contexto_de("resultados", central, estrategia)["resumen"]
    for renglon, uno in zip(renglones, entero["grupos"], strict=True):
        assert renglon.grupo == uno.grupo
        assert (renglon.m1, renglon.m3) == (0, len(uno.talleres))
        # El diálogo y el taller dan un aporte cada uno; el otro del grupo es del Momento 1.
        assert renglon.aportes == 2 + len(uno.propios)
        assert renglon.elementos == uno.vision.cuantos_elementos == 4


def test_cada_pregunta_se_cuenta_una_vez_por_gad(dos_grupos, central, estrategia, resumido):
    contexto = contexto_de("evaluaciones", central, estrategia)
    assert [(uno.aprobadas, uno.partes) for uno in contexto["grupos"]] == [(2, []), (2, [])]
    assert [pregunta for _, pregunta, _ in contexto["respuestas"]] == [
        pregunta for _, pregunta in contexto["preguntas"]
    ]
    assert {sum(cuentas) for _, _, cuentas in contexto["respuestas"]} == {4}


def test_los_acuerdos_y_los_hitos_suman_lo_mismo(dos_grupos, central, estrategia, resumido):
    contexto = contexto_de("acuerdos", central, estrategia)
    assert sum(suma for _, _, suma in contexto["resumen"]) == contexto["total"] == 2
    comun = HitoFactory(nombre="Diagnóstico")
    for grupo in dos_grupos:
        HitoGrupoFactory(grupo=grupo, hito=comun)
    leido = hoja_de_ruta.contexto(Alcance(central, estrategia))
    assert leido["por_hito"] == [(comun, 2, 0, 4)]
    html = render_to_string(hoja_de_ruta.SECCION.plantilla, leido)
    assert "0 de 4" in html and html.count("Diagnóstico") == 1


def test_la_asistencia_que_no_cabe_va_por_mes(dos_grupos, central, estrategia, monkeypatch):
    entera = anexos.asistencia(Alcance(central, estrategia))
    assert entera["meses"] is None
    monkeypatch.setattr(anexos, "TOPE_DE_ENCUENTROS", 1)
    leida = anexos.asistencia(Alcance(central, estrategia))
    columnas = list(zip(*leida["meses"], strict=True))
    assert sum(columnas[1]) == len(entera["filas"])
    assert (sum(columnas[2]), sum(columnas[3])) == (entera["declarados"], entera["registrados"])
    html = render_to_string("pdot/informe/anexo_asistencia.html", leida)
    assert "por mes" in html and 'id="tabla-asistencia-por-nivel"' not in html


@pytest.mark.parametrize("clave", SECCIONES)
def test_las_consultas_no_crecen(dos_grupos, central, estrategia, territorio, resumido, clave):
    html_de(clave, central, estrategia)
    with CaptureQueriesContext(connection) as con_dos:
        html_de(clave, central, estrategia)
    grupo_con_todo(estrategia, territorio.zona[1], central)
    with CaptureQueriesContext(connection) as con_tres:
        html_de(clave, central, estrategia)
    assert len(con_tres) == len(con_dos)


def test_lo_aprobado_se_lee_una_vez_por_informe(dos_grupos, central, estrategia):
    juntas = Alcance(central, estrategia)
    with CaptureQueriesContext(connection) as consultas:
        for clave in ("resultados", "evaluaciones", "vision"):
            SECCIONES[clave].contexto(juntas)
    lecturas = [c for c in consultas if 'FROM "pdot_respuesta"' in c["sql"]]
    with CaptureQueriesContext(connection) as de_una:
        contexto_de("evaluaciones", central, estrategia)
    assert len(lecturas) == len([c for c in de_una if 'FROM "pdot_respuesta"' in c["sql"]])
