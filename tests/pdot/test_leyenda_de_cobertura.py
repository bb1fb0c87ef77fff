"""La leyenda del mapa de la cobertura y el filtro por el escalón más alto, que es lo que cuenta."""

import pytest
from django.urls import reverse

from pdot.escalones import Escalon
from tests.conftest import entrar
from tests.contornos import cargar_contornos

pytestmark = pytest.mark.django_db


def pedir(client, usuario, **filtros):
    return entrar(client, usuario).get(reverse("pdot:cobertura"), filtros)


@pytest.mark.parametrize(
    "filtros", [{}, {"zona": 4}, {"escalon": "grupo"}, {"nivel": "parroquiales"}]
)
def test_la_leyenda_del_mapa_lleva_a_los_cantones_que_cuenta(
    client, grupo1, grupo2, evaluaciones, central, filtros
):
    cargar_contornos()
    leyenda = pedir(client, central, **filtros).context["mapa"].leyenda
    assert leyenda
    for renglon in leyenda:
        nombre, cuantos = renglon.texto.split(": ")
        filas = client.get(renglon.url).context["pagina"].paginator.object_list
        assert (len(filas), {gad.escalon.label for gad in filas}) == (int(cuantos), {nombre})
        assert {gad.nivel for gad in filas} == {"municipales"}


def test_el_escalon_mas_alto_filtra_la_lista_pero_no_las_cifras(client, grupo1, central):
    sin, con = (pedir(client, central, **filtro).context for filtro in ({}, {"hasta": "grupo"}))
    assert [gad.escalon for gad in con["pagina"]] == [Escalon.GRUPO] * 4
    assert con["total"].casillas == sin["total"].casillas
    assert "El más alto: En grupo" in pedir(client, central, hasta="grupo").text
