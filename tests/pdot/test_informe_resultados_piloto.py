"""Los resultados del piloto regenerados: fila por fila, lo que trae la Tabla 2 de la fuente.

Lo que difiere y por qué está en `fixtures/piloto/INFORME_RESULTADOS.md`.
"""

from collections import Counter
from datetime import date

import pytest
from django.template import engines

from acompanamiento.models import Estrategia, Grupo
from pdot.coherencia import matriz_de_grupo
from pdot.documentos import contexto_de_sistematizacion
from pdot.grupo import ficha_de_grupo, traer_grupo
from pdot.informe.evaluaciones import cuentas_por_seccion
from pdot.resumen import resumir
from territorios.documentos import html_a_pdf
from tests import siembra
from tests.datos import transaccion_comun
from tests.fabricas import UsuarioFactory
from tests.lectura_pdf import texto_de as texto_del_pdf
from tests.lectura_pdf import textos_alternativos

from .secciones_del_informe import contexto_de, html_de, texto_de, todo_el_html

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def piloto(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.piloto)
        yield


@pytest.fixture
def mira():
    return UsuarioFactory(es_central=True)


@pytest.fixture
def estrategia():
    return Estrategia.objects.get()


@pytest.fixture
def resumen():
    return resumir(date(2019, 4, 1))["estrategias"][0]


def textos(dichos):
    return [dicho.texto for dicho in dichos]


# --- Tabla 2 ------------------------------------------------------------------------------------


def test_momento_1_las_dos_prefecturas(mira, estrategia):
    contexto = contexto_de("resultados", mira, estrategia)
    filas = [
        (fila.gad.pk, [str(leido.encuentro.autoridad.nombre) for leido in fila.leidos])
        for fila in contexto["prefecturas"].filas
    ]
    assert filas == [("08", ["Roberta Zambrano"] * 2), ("13", ["Leonardo Orlando"])]
    # l. 411-415 y 443-452.
    assert [len(contexto["comunes"][momento]) for momento in ("M1", "M2", "M3")] == [5, 10, 0]
    assert textos(contexto["comunes"]["M1"])[3].startswith("Distinguir con claridad")


def test_momento_2_once_alcaldias_de_doce(mira, estrategia):
    filas = contexto_de("resultados", mira, estrategia)["alcaldias"].filas
    assert [fila.gad.pk for fila in filas if not fila.leidos] == ["0801"]
    assert sum(len(fila.leidos) for fila in filas) == 11
    assert all(leido.encuentro.autoridad for fila in filas for leido in fila.leidos)


@pytest.mark.parametrize(
    ("numero", "frase", "elementos", "fichas"),
    [
        (
            1,
            "1 provincial, 3 municipales y 17 parroquiales rurales",
            7,
            ["08", "0801", "0806", "0807"],
        ),
        (2, "2 provinciales, 5 municipales y 14 parroquiales rurales", 8, []),
        (3, "1 provincial, 1 municipal y 7 parroquiales rurales", 5, []),
        (4, "1 provincial, 3 municipales y 3 parroquiales rurales", 7, []),
    ],
)
def test_momento_3_por_grupo(mira, estrategia, numero, frase, elementos, fichas):
    uno = contexto_de("resultados", mira, estrategia)["grupos"][numero - 1]
    assert (uno.grupo.numero, uno.frase_miembros) == (numero, frase)
    assert [leido.encuentro.jornada for leido in uno.talleres] == ["manana", "tarde"]
    assert len(uno.vision.comunes) == elementos
    assert [leida.gad.pk for leida in uno.fichas] == fichas


def test_momento_3_lo_que_se_dijo_en_el_taller_de_esmeraldas(mira, estrategia):
    """Las dos láminas del Anexo 3 que dicen de qué taller salen (l. 1231-1240 y 1263-1271)."""
    uno, *otros = contexto_de("resultados", mira, estrategia)["grupos"]
    assert [len(leido.dichos) for leido in uno.talleres] == [7, 8]
    assert not any(leido.dichos for otro in otros for leido in otro.talleres)


def test_las_fichas_que_dos_cantones_escribieron_juntos(mira, estrategia):
    grupo2 = contexto_de("resultados", mira, estrategia)["grupos"][1]
    assert [(nombres, len(suyos)) for nombres, suyos in grupo2.vision.fichas] == [
        ("Sucre y San Vicente", 5),
        ("Pedernales y Jama", 5),
    ]
    assert [(gad.pk, otro.numero) for gad, otro in grupo2.en_otro] == [("08", 1)]


# --- Las mismas cifras en todas partes ----------------------------------------------------------


def test_los_participantes_declarados(mira, estrategia, resumen):
    contexto = contexto_de("participantes", mira, estrategia)
    assert [uno.declarados for uno in contexto["grupos"]] == [38, 74, 21, 22]
    assert contexto["declarados"] == resumen["participantes_declarados"] == 155
    assert contexto["asistencia"].total == 0
    for uno in contexto["grupos"]:
        de_la_pagina = ficha_de_grupo(traer_grupo(mira, uno.grupo.pk), mira)["declarados"]
        assert uno.declarados == sum(e.participantes_declarados for e in de_la_pagina)


def test_las_evaluaciones(mira, estrategia):
    contexto = contexto_de("evaluaciones", mira, estrategia)
    resumen = resumir(date(2019, 4, 1))
    assert contexto["aprobadas"] == resumen["evaluaciones"]["aprobada"] == 4
    assert contexto["cuantos_gads"] == sum(resumen["estrategias"][0]["gad"].values()) == 55
    assert contexto["frase_faltan"] == "1 provincial, 9 municipales y 41 parroquiales rurales"
    for uno in contexto["grupos"]:
        ficha = ficha_de_grupo(traer_grupo(mira, uno.grupo.pk), mira)
        assert (uno.cuantos, uno.cuantos - uno.aprobadas) == (
            ficha["miembros_total"],
            ficha["sin_evaluar"],
        )
    # Las seis preguntas de las fichas, por los cuatro GAD.
    grupo1 = Grupo.objects.get(numero=1)
    cuentas = cuentas_por_seccion([matriz_de_grupo(grupo1, mira)])
    assert cuentas["Coherencia interna"] == Counter(si=12, parcial=3, no=9, sin=28)
    assert len(contexto["preguntas"]) == 6


def test_la_vision(mira, estrategia):
    for una in contexto_de("vision", mira, estrategia)["visiones"]:
        ficha = ficha_de_grupo(traer_grupo(mira, una.grupo.pk), mira)
        sistematizacion = contexto_de_sistematizacion(una.grupo, mira)
        assert [uno.texto for uno in una.comunes] == [e["texto"] for e in ficha["vision_comun"]]
        assert una.comunes == sistematizacion["vision_comun"]
        assert dict(una.fichas) == dict(sistematizacion["vision_de_fichas"])
        de_gads = Counter(e["texto"] for _, suyos in ficha["vision_de_gads"] for e in suyos)
        suyos = [e for _, unos in una.fichas for e in unos]
        suyos += [e for leida in una.leidas for e in leida.elementos]
        assert Counter(e.texto for e in suyos) == de_gads


@pytest.mark.parametrize("clave", ["necesidades", "acuerdos", "capacidades"])
def test_lo_que_la_fuente_no_trae_se_dice(mira, estrategia, clave):
    assert texto_de(html_de(clave, mira, estrategia)).startswith("Todavía no")


def test_se_compone_en_pdf_con_sus_textos_alternativos(mira, estrategia):
    cuerpo = todo_el_html(mira, estrategia)
    base = '{% extends "territorios/documentos/base.html" %}'
    hoja = '{% block estilos %}<link rel="stylesheet" href="{{ hoja }}">{% endblock %}'
    bloque = "{% block documento %}{{ cuerpo|safe }}{% endblock %}"
    plantilla = engines["django"].from_string(base + hoja + bloque)
    html = plantilla.render(
        {"cuerpo": cuerpo, "titulo": "x", "hoja": "estatico:css/documento-resultados.css"}
    )
    pdf = html_a_pdf(html)
    alternativos = textos_alternativos(pdf)
    assert len(alternativos) == 2 and all(alternativos)
    assert "Grupo 2 · Pedernales, Jama, San Vicente, Sucre, Muisne, 74 personas" in alternativos[1]
    assert "Lo que se dijo antes del acompañamiento" in texto_del_pdf(pdf)
