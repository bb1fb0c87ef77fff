"""Contradicciones y sinergias: cada regla halla lo suyo, lo dice y enlaza a sus filas."""

import pytest
from django.urls import reverse

from pdot.coherencia import filas_de_grupo
from pdot.contradicciones import REGLAS, hablan_de_lo_mismo, lectura_de, niveles_de
from pdot.models import ElementoVision, Pregunta, Vinculo
from pdot.red import red_de_grupo, renglones_de
from tests.conftest import entrar
from tests.fabricas_coherencia import aprobada

pytestmark = pytest.mark.django_db


def ruta(grupo):
    return reverse("pdot:contradicciones", args=[grupo.pk])


@pytest.fixture
def leer(grupo1, central):
    def leer(gad=""):
        filas = filas_de_grupo(grupo1, central)
        return lectura_de(red_de_grupo(filas), filas, gad)

    return leer


@pytest.fixture
def aprobar(territorio, instrumento):
    def aprobar(codigo, vinculos, **respuestas):
        return aprobada(territorio.gad[codigo], instrumento, vinculos, **respuestas)

    return aprobar


def anotar(evaluacion, con, **aspectos):
    Vinculo.objects.filter(evaluacion=evaluacion, con=con).update(**aspectos)


def halladas(lectura):
    return [(una.regla.codigo, [a.ancla for a in una.aristas]) for una in lectura.contradicciones]


def test_se_vincula_y_lo_da_por_incompatible(leer, aprobar):
    evaluacion = aprobar("0807", {"08": "si"})
    assert halladas(leer()) == []
    anotar(evaluacion, "08", incompatibles="- Uso del manglar\n\n- Vías\n")
    assert halladas(leer()) == [("si-incompatible", ["v-0807-08"])]
    assert leer().contradicciones[0].dice.endswith("incompatible: Uso del manglar; Vías.")
    Vinculo.objects.update(valor="no")
    assert halladas(leer()) == []


@pytest.mark.parametrize(
    ("respuesta", "vinculo", "cuantas"),
    [("si", "no", 1), ("no", "si", 1), ("si", "si", 0), ("parcial", "no", 0), ("si", "", 0)],
)
def test_la_pregunta_y_el_vinculo(leer, aprobar, respuesta, vinculo, cuantas):
    Pregunta.objects.filter(codigo="b2").update(criterio="Cantonal → provincial")
    aprobar("0807", {"08": vinculo}, b2=respuesta)
    assert halladas(leer()) == [("respuesta-vinculo", ["v-0807-08"])] * cuantas


def test_la_cadena_se_rompe_en_medio(leer, aprobar):
    aprobar("0807", {"08": "no"})
    parroquia = aprobar("080752", {"0807": "si", "08": "si"})
    assert halladas(leer()) == [("cadena", ["v-080752-0807", "v-080752-08", "v-0807-08"])]
    Vinculo.objects.filter(evaluacion=parroquia, con="08").update(valor="parcial")
    assert halladas(leer()) == []


def test_comparten_vision_y_dicen_no_vincularse(leer, aprobar):
    canton, provincia = aprobar("0807", {"08": "no"}), aprobar("08", {})
    ElementoVision.objects.create(evaluacion=canton, orden=1, texto="Turismo sostenible")
    otro = ElementoVision.objects.create(evaluacion=provincia, orden=1, texto="Minería")
    assert halladas(leer()) == []
    ElementoVision.objects.filter(pk=otro.pk).update(texto="Turismo")
    assert halladas(leer()) == [("vision-comun", ["v-0807-08"])]
    assert leer().contradicciones[0].dice.endswith("visión: Turismo sostenible.")


def test_lo_que_para_uno_choca_para_otro_suma(leer, aprobar):
    anotar(aprobar("0807", {"08": "no"}), "08", incompatibles="Puerto pesquero")
    anotar(aprobar("0801", {"08": "si"}), "08", sinergias="Puertos pesqueros")
    assert halladas(leer()) == [("aspecto-opuesto", ["v-0807-08", "v-0801-08"])]


@pytest.mark.parametrize(
    ("criterio", "niveles"),
    [
        ("Parroquial → cantonal", ("parroquiales", "municipales")),
        ("Vínculo cantonal - PROVINCIAL", ("municipales", "provinciales")),
        ("Coherente con las necesidades", None),
        ("Provincial", None),
        ("", None),
    ],
)
def test_que_compara_una_pregunta_lo_dice_su_criterio(criterio, niveles):
    assert niveles_de(Pregunta(criterio=criterio)) == niveles


def test_comparten_una_parte_de_lo_que_enumeran(leer, aprobar):
    canton, provincia = aprobar("0807", {"08": "no"}), aprobar("08", {})
    for evaluacion, texto in (
        (canton, "Riesgos, turismo, plan de alcaldía"),
        (provincia, "Turismo"),
    ):
        ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto=texto)
    assert leer().contradicciones[0].dice.endswith("visión: turismo.")


@pytest.mark.parametrize(
    ("uno", "otro", "igual"),
    [
        ("Turismo", "Turismo sostenible y sustentable", True),
        ("Desarrollo productivo", "Desarrollo turístico", False),
        ("Puerto pesquero", "Puertos pesqueros", True),
        ("Vías", "", False),
        ("Conectividad cantón-provincia", "Conectividad", True),
    ],
)
def test_hablar_de_lo_mismo(uno, otro, igual):
    assert hablan_de_lo_mismo(uno, otro) is igual


def test_un_aspecto_por_renglon():
    assert renglones_de("• Vías\r\n\n  - Riesgos \n") == ["Vías", "Riesgos"]


def test_resumen_filtros_y_enlaces(client, central, grupo1, leer, aprobar):
    anotar(aprobar("0807", {"08": "si"}), "08", incompatibles="Vías", sinergias="Turismo\nPesca")
    aprobar("0801", {"08": "parcial"})
    lectura = leer()
    cuantos = (lectura.concuerdan, lectura.en_parte, lectura.no_se_vinculan, lectura.se_ignoran)
    assert [len(pares) for pares in cuantos] == [1, 1, 0, 2]
    assert [a.texto for a in lectura.sinergias] == ["Turismo", "Pesca"]
    assert halladas(leer("0801")) == []
    entrar(client, central)
    pagina = client.get(ruta(grupo1)).text
    assert "De 4 pares de planes que debían compararse, 1 concuerda" in pagina
    assert f'href="{reverse("pdot:red", args=[grupo1.pk])}#v-0807-08"' in pagina
    for regla in REGLAS.values():
        assert regla.dice in pagina
    solo = client.get(ruta(grupo1), {"que": "sinergias"}).text
    assert ("Pesca" in solo, 'id="incompatibles"' in solo) == (True, False)
    assert client.get(ruta(grupo1), {"gad": "1303"}).status_code == 400


def test_lo_no_aprobado_no_se_lee(leer, grupo1, evaluaciones):
    Vinculo.objects.create(
        evaluacion=evaluaciones["0801"], con_id="08", valor="si", incompatibles="Vías"
    )
    assert (halladas(leer()), leer().incompatibles, len(leer().se_ignoran)) == ([], [], 4)
