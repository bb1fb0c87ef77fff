"""Traer con cada fila la lista de lo que cuelga de ella."""

import pytest
from django.db.models import OuterRef

from territorios.listas import ListaDe
from territorios.models import Territorio


@pytest.mark.parametrize(
    ("codigo", "hijos"),
    [("08", [["0807", "08"], ["0803", "08"], ["0801", "08"]]), ("080752", [])],
)
def test_trae_los_campos_en_el_orden_de_la_consulta(
    territorio, codigo, hijos, django_assert_num_queries
):
    suyos = Territorio.objects.filter(padre=OuterRef("pk")).order_by("-codigo")
    con_hijos = Territorio.objects.annotate(suyos=ListaDe(suyos, "codigo", "padre_id"))
    with django_assert_num_queries(1):
        assert con_hijos.get(pk=codigo).suyos == hijos


def test_lo_que_nadie_puede_ver_es_una_lista_vacia(territorio):
    nada = ListaDe(Territorio.objects.none(), "pk")
    assert Territorio.objects.annotate(nada=nada).get(pk="08").nada == []
