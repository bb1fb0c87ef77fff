"""Lo que de los tableros solo se ve dibujado: que nada se corte, se parta ni se tache."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Grupo
from pdot.cuenta_avance import contar_avance
from pdot.models import CorteDeAvance
from tests.axe import abrir_sesion
from tests.fabricas import HitoFactory, HitoGrupoFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]
CORTADOS = """[...document.querySelectorAll('.tendencia svg text')]
  .filter((t) => t.getBBox().x + t.getBBox().width > t.ownerSVGElement.viewBox.baseVal.width)
  .map((t) => t.textContent)"""

RENGLONES = """(e) => {
  const texto = document.createRange();
  texto.selectNodeContents(e);
  return texto.getClientRects().length;
}"""


@pytest.fixture
def central(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "central")

    def ir(ruta, ancho=1280):
        page.set_viewport_size({"width": ancho, "height": 900})
        page.goto(f"{live_server.url}{ruta}")
        page.evaluate("document.fonts.ready.then(() => true)")
        return page

    return ir


def test_los_tableros_se_leen_enteros(central):
    grupo, hoy = Grupo.objects.get(numero=1), timezone.localdate()
    HitoGrupoFactory(
        grupo=grupo, hito=HitoFactory(nombre="Diagnóstico"), fecha_meta=hoy - timedelta(days=1)
    )
    contar_avance()
    todos = dict.fromkeys(("grupo", "M3", "evaluado", "aprobado", "plan"), 1070)
    CorteDeAvance.objects.filter(mirada="central", ambito="pais").update(cifras=todos)

    page = central(reverse("pdot:avance"))
    assert "Con plan actualizado: 1.070" in page.text_content(".tendencia svg")
    assert page.evaluate(CORTADOS) == []

    page = central(reverse("pdot:ritmo"))
    atrasado = page.locator(".estado.atrasada").first
    assert atrasado.evaluate("(e) => getComputedStyle(e).textDecorationLine") == "none"

    page = central(reverse("pdot:tablero_de_grupo", args=[grupo.pk]), 360)
    caja = page.locator(".embudo .contra", has_text="Similares").first.bounding_box()
    assert caja["x"] >= 0
    assert caja["x"] + caja["width"] <= 360

    page = central(reverse("inicio"))
    cifra = page.locator("#agenda-titulo .cifra")
    cifra.evaluate("(e) => { e.textContent = '65'; }")
    assert cifra.evaluate(RENGLONES) == 1
