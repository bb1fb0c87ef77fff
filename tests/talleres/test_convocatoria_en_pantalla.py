"""Convocar y responder en un navegador: en un teléfono, accesible y sin guiones."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from talleres.enlaces import camino_de
from talleres.models import Convocatoria
from tests.conftest import entrar
from tests.talleres.convocados import contacto, taller_por_venir

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def taller(grupo1, territorio):
    contacto("0807", "alcaldia@ejemplo.gob.ec")
    return taller_por_venir(grupo1, territorio, "0807", "080752")


@pytest.fixture
def telefono(browser):
    contexto = browser.new_context(
        viewport={"width": 320, "height": 700}, java_script_enabled=False
    )
    yield contexto
    contexto.close()


def revisar(page):
    halladas = Axe().run(page).response["violations"]
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in halladas] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def test_la_zona_convoca_y_el_gad_responde_sin_cuenta(
    live_server, page, client, zonal1, taller, telefono
):
    page.set_viewport_size({"width": 320, "height": 700})
    galleta = entrar(client, zonal1).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": galleta, "url": live_server.url}])
    page.goto(live_server.url + taller.get_absolute_url())
    page.get_by_role("link", name="Convocar", exact=True).click()
    revisar(page)
    page.get_by_label("Quién firma").fill("Luz Cedeño")
    page.get_by_label("Cargo de quien firma").fill("Coordinadora zonal")
    page.get_by_role("button", name="Convocar a 2 GAD").click()
    revisar(page)
    oficio = Convocatoria.objects.get(gad="0807")
    page.goto(live_server.url + reverse("talleres:destinatario", args=[oficio.pk]))
    revisar(page)
    page.goto(live_server.url + camino_de(oficio))
    revisar(page)
    # Quien responde no tiene sesión ni, en este teléfono, guiones.
    publica = telefono.new_page()
    publica.goto(live_server.url + camino_de(oficio))
    publica.get_by_text("Delego en otra persona…").click()
    publica.get_by_label("Nombre de quien irá").fill("Juan Mina")
    publica.get_by_label("Cargo de quien irá").fill("Director de Planificación")
    publica.get_by_role("button", name="Enviar a quién delego").click()
    assert publica.get_by_text("Usted respondió: delega en Juan Mina").is_visible()
    page.goto(live_server.url + reverse("talleres:convocatoria", args=[taller.pk]))
    assert page.get_by_text("0 asistirán · 1 delega · 0 no · 1 sin responder").is_visible()
