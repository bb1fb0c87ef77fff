"""La lista de los grupos con su avance: qué estrategias muestra y cómo se filtra."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Estrategia, Grupo
from tests.conftest import entrar
from tests.fabricas import EstrategiaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def otra_estrategia(grupo2):
    """El grupo 2 pasa a la estrategia de antes, que ya terminó; la del 1 está en curso."""
    hoy = timezone.localdate()
    Estrategia.objects.update(desde=hoy - timedelta(days=30), hasta=hoy + timedelta(days=30))
    de_antes = EstrategiaFactory(
        codigo="de-antes", nombre="La de antes", desde=date(2010, 1, 1), hasta=date(2010, 12, 31)
    )
    Grupo.objects.filter(pk=grupo2.pk).update(estrategia=de_antes)
    return de_antes


def listados(respuesta):
    return [uno.filtro["grupo"] for uno in respuesta.context["pagina"]]


def test_se_listan_los_grupos_de_la_estrategia_en_curso_y_los_demas_se_piden(
    client, central, grupo1, grupo2, otra_estrategia
):
    ruta = reverse("pdot:avance_de_grupos")
    entrar(client, central)
    assert listados(client.get(ruta)) == [grupo1.pk]
    assert listados(client.get(ruta, {"estrategia": "de-antes"})) == [grupo2.pk]
    todas = client.get(ruta, {"estrategia": "todas"})
    assert listados(todas) == [grupo1.pk, grupo2.pk]
    assert "La de antes" in todas.text
    Estrategia.objects.update(hasta=timezone.localdate() - timedelta(days=1))
    ultima = client.get(ruta)
    assert listados(ultima) == [grupo1.pk]
    assert ">La última</option>" in ultima.text


def test_los_similares_de_un_grupo_son_los_de_su_estrategia(client, central, grupo1, grupo2):
    respuesta = entrar(client, central).get(reverse("pdot:tablero_de_grupo", args=[grupo1.pk]))
    _, enlace = respuesta.context["comparacion"].enlace
    assert listados(client.get(enlace)) == [grupo1.pk, grupo2.pk]


@pytest.mark.parametrize("filtro", [{"zona": "-4"}, {"zona": "99"}, {"estrategia": "ninguna"}])
def test_un_filtro_malo_de_los_grupos_es_400_con_su_mensaje(
    client, central, grupo1, otra_estrategia, filtro
):
    respuesta = entrar(client, central).get(reverse("pdot:avance_de_grupos"), filtro)
    assert respuesta.status_code == 400
    (valor,) = filtro.values()
    assert f"«{valor}» no está entre lo que usted puede ver" in respuesta.text
    formato = filtro | {"formato": "csv"}
    assert client.get(reverse("pdot:avance_de_grupos"), formato).status_code == 400
