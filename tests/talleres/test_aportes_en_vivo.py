"""El tablero en dos navegadores a la vez: lo que una escribe le llega a la otra sin estorbarla."""

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from talleres.aportes import anotar_aporte
from talleres.models import Aporte, CumuloAportes, PreguntaEncuentro
from tests.conftest import entrar

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pregunta(encuentro1):
    return PreguntaEncuentro.objects.create(encuentro=encuentro1, orden=1, texto="¿Qué falta?")


@pytest.fixture
def abrir(browser, live_server, encuentro1):
    """Función que abre el tablero en un navegador propio de la persona."""
    abiertos = []

    def con(usuario, **opciones):
        client = entrar(Client(), usuario)
        contexto = browser.new_context(**opciones)
        abiertos.append(contexto)
        galleta = {"name": "sessionid", "value": client.cookies["sessionid"].value}
        contexto.add_cookies([galleta | {"url": live_server.url}])
        pagina = contexto.new_page()
        pagina.goto(live_server.url + reverse("talleres:aportes", args=[encuentro1.pk]))
        return pagina

    yield con
    for contexto in abiertos:
        contexto.close()


def test_dos_personas_en_el_mismo_tablero(abrir, zonal1, central, encuentro1, pregunta):
    una, otra = abrir(zonal1), abrir(central)
    # La otra está a medio escribir: lo que llegue no le quita ni el texto ni el lugar.
    otra.get_by_label("Qué se dijo").press_sequentially("Falta lu")
    una.get_by_label("Contesta a").select_option(label="¿Qué falta?")
    una.get_by_label("Qué se dijo").fill("Falta agua")
    una.get_by_label("Qué se dijo").press("Enter")
    expect(una.locator(".aporte")).to_have_count(1)
    expect(una.get_by_label("Contesta a")).to_have_value(f"q{pregunta.pk}")
    expect(otra.locator(f'[data-seccion="q{pregunta.pk}"] .aporte')).to_have_count(1, timeout=9000)
    expect(otra.get_by_label("Qué se dijo")).to_be_focused()
    otra.keyboard.type("z")
    otra.keyboard.press("Enter")
    expect(una.locator(".aporte", has_text="Falta luz")).to_be_visible(timeout=9000)
    assert sorted(Aporte.objects.values_list("texto", flat=True)) == ["Falta agua", "Falta luz"]


def test_arrastrar_una_sobre_otra_las_agrupa(abrir, zonal1, central, encuentro1):
    for texto in ("Falta agua", "Falta riego"):
        anotar_aporte(Aporte(encuentro=encuentro1, texto=texto), por=zonal1)
    una, otra = abrir(zonal1), abrir(central)
    otra.get_by_label("Marcar «Falta riego»").check()
    una.locator(".aporte", has_text="Falta riego").drag_to(
        una.locator(".aporte", has_text="Falta agua")
    )
    for pagina in (una, otra):
        caja = pagina.locator(".cumulo", has_text="Falta agua")
        expect(caja.locator(".aporte")).to_have_count(2, timeout=9000)
    # Lo que la otra tenía marcado sigue marcado.
    expect(otra.get_by_label("Marcar «Falta riego»")).to_be_checked()
    assert CumuloAportes.objects.get().aportes.count() == 2


def test_sin_guion_se_anota_y_se_agrupa(abrir, zonal1, encuentro1):
    pagina = abrir(zonal1, java_script_enabled=False)
    for texto in ("Falta agua", "Falta riego"):
        pagina.get_by_label("Qué se dijo").fill(texto)
        pagina.get_by_role("button", name="Agregar la tarjeta").click()
    pagina.get_by_label("Marcar «Falta agua»").check()
    pagina.get_by_label("Marcar «Falta riego»").check()
    pagina.get_by_label("con el título").fill("Agua")
    pagina.get_by_role("button", name="Agrupar", exact=True).click()
    expect(pagina.locator(".cumulo .aporte")).to_have_count(2)
    pagina.get_by_role("link", name="Actualizar").click()
    expect(pagina.get_by_role("heading", name="Agua")).to_be_visible()
