"""Insumos y preguntas guía de un encuentro: qué falta, quién lo trae y qué se va a preguntar."""

import pytest
from django.urls import reverse

from talleres.models import Encuentro, InsumoEncuentro, PreguntaEncuentro
from tests.conftest import entrar
from tests.lectura_html import lo_que_enviaria

pytestmark = pytest.mark.django_db


def ruta(encuentro, que="editar_insumos"):
    return reverse(f"talleres:{que}", args=[encuentro.pk])


@pytest.fixture
def preparado(encuentro1):
    for orden, texto in enumerate(("PDOT vigente", "Plan de gobierno"), start=1):
        InsumoEncuentro.objects.create(encuentro=encuentro1, orden=orden, texto=texto)
    PreguntaEncuentro.objects.create(encuentro=encuentro1, orden=1, tema="Visión", texto="¿Cuál?")
    return encuentro1


@pytest.fixture
def como_zonal(client, zonal1):
    return entrar(client, zonal1)


def enviar(client, encuentro, abierta=None, **cambios):
    datos = lo_que_enviaria(abierta or client.get(ruta(encuentro)))
    return client.post(ruta(encuentro), datos | cambios)


def insumos(encuentro):
    return list(encuentro.insumos.values_list("orden", "texto", "responsable", "listo"))


INTACTOS = [(1, "PDOT vigente", "", False), (2, "Plan de gobierno", "", False)]


def test_se_marca_listo_y_se_dice_quien_lo_trae(como_zonal, preparado, zonal1):
    cambios = {"i-0-listo": "on", "i-0-responsable": "GAD de Rioverde"}
    assert enviar(como_zonal, preparado, **cambios).url == ruta(preparado, "insumos")
    assert insumos(preparado)[0] == (1, "PDOT vigente", "GAD de Rioverde", True)
    asiento = InsumoEncuentro.historia.filter(history_type="~").get()
    assert (asiento.listo, asiento.history_user) == (True, zonal1)
    assert "1 de 2 listos" in como_zonal.get(ruta(preparado, "insumos")).text
    assert (
        "<strong>1 de 2</strong> insumos listos"
        in como_zonal.get(preparado.get_absolute_url()).text
    )


def test_agregar_reordenar_y_quitar_de_una_vez(como_zonal, preparado):
    cambios = {"i-2-texto": "Actores", "i-2-orden": "1", "i-1-quitar": "on", "i-1-texto": ""}
    cambios |= {"q-1-texto": "¿Cómo?", "q-1-tema": "Visión"}
    assert enviar(como_zonal, preparado, **cambios).status_code == 302
    assert [texto for _, texto, *_ in insumos(preparado)] == ["Actores", "PDOT vigente"]
    assert list(preparado.preguntas.values_list("orden", "texto")) == [(1, "¿Cuál?"), (2, "¿Cómo?")]


def test_sin_cambios_no_escribe(como_zonal, preparado):
    assert enviar(como_zonal, preparado).status_code == 302
    preparado.refresh_from_db()
    assert (preparado.version, InsumoEncuentro.historia.count()) == (1, 2)


@pytest.mark.parametrize(
    ("campo", "valor", "mensaje"),
    [
        ("i-0-texto", "", "Escriba el insumo, o márquelo para quitar."),
        ("q-0-texto", " ", "Escriba la pregunta, o márquela para quitar."),
        ("i-2-responsable", "Alguien", "Escriba el insumo, o márquelo para quitar."),
    ],
)
def test_el_error_va_junto_a_su_campo_y_nada_se_escribe(
    como_zonal, preparado, campo, valor, mensaje
):
    respuesta = enviar(como_zonal, preparado, **{campo: valor, "i-1-listo": "on"})
    assert (respuesta.status_code, insumos(preparado)) == (400, INTACTOS)
    assert respuesta.text.count(mensaje) == 2


def test_la_segunda_recibe_409_con_los_dos_textos(como_zonal, preparado):
    abierta = como_zonal.get(ruta(preparado))
    enviar(como_zonal, preparado, **{"i-0-listo": "on"})
    respuesta = enviar(como_zonal, preparado, abierta=abierta, **{"i-0-texto": "Mi insumo"})
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"] == [
        (
            "Insumos",
            "PDOT vigente · listo\nPlan de gobierno · falta",
            "Mi insumo · falta\nPlan de gobierno · falta",
        ),
        ("Preguntas guía", "Visión: ¿Cuál?", "Visión: ¿Cuál?"),
    ]
    assert insumos(preparado)[0] == (1, "PDOT vigente", "", True)


def test_realizado_no_cambia(como_zonal, preparado):
    abierta = como_zonal.get(ruta(preparado))
    Encuentro.objects.update(estado="realizado")
    respuesta = enviar(como_zonal, preparado, abierta=abierta, **{"i-0-texto": "Tardío"})
    assert (respuesta.status_code, insumos(preparado)) == (409, INTACTOS)
    assert "Tardío · falta" in respuesta.text


def test_el_gad_los_lee_y_no_los_edita(client, plan_rioverde, preparado):
    entrar(client, plan_rioverde)
    texto = client.get(ruta(preparado, "insumos")).text
    assert "PDOT vigente" in texto and ruta(preparado) not in texto
    assert client.get(ruta(preparado)).status_code == 403


def test_fuera_de_la_jurisdiccion_no_existen(client, zonal4, preparado):
    entrar(client, zonal4)
    assert [client.get(ruta(preparado, q)).status_code for q in ("insumos", "editar_insumos")] == [
        404,
        404,
    ]


def test_las_consultas_no_crecen(como_zonal, preparado, django_assert_max_num_queries):
    for orden in (3, 4):
        for que in ("insumos", "editar_insumos"):
            with django_assert_max_num_queries(8):
                como_zonal.get(ruta(preparado, que))
        InsumoEncuentro.objects.create(encuentro=preparado, orden=orden, texto="Otro")
