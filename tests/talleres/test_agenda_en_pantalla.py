"""Reordenar la agenda en un navegador: con el teclado, arrastrando y guardando."""

from datetime import time

import pytest
from playwright.sync_api import expect

from tests.fabricas import PuntoAgendaFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def abierta(live_server, page, client, zonal1, encuentro1):
    """La página de la agenda de tres puntos, con la sesión de la zonal."""
    horas = [time(8, 30), time(9), time(10, 30), time(11)]
    for orden, titulo in enumerate(("Registro", "Trabajo", "Cierre"), start=1):
        PuntoAgendaFactory(
            encuentro=encuentro1,
            orden=orden,
            titulo=titulo,
            inicio=horas[orden - 1],
            fin=horas[orden],
        )
    client.force_login(zonal1)
    galleta = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": galleta, "url": live_server.url}])
    page.goto(f"{live_server.url}{encuentro1.get_absolute_url()}")
    page.get_by_role("link", name="Editar la agenda").click()
    return page


def horas(page):
    return [
        (punto.locator("[name$=titulo]").input_value(), punto.locator("[data-cuando]").inner_text())
        for punto in page.locator("[data-punto]").all()
    ]


def test_con_el_teclado_las_horas_se_rehacen_y_se_guarda(abierta, encuentro1):
    page = abierta
    page.get_by_role("button", name="Bajar el punto 1").focus()
    page.keyboard.press("Enter")
    assert horas(page) == [
        ("Trabajo", "08:30 – 10:00"),
        ("Registro", "10:00 – 10:30"),
        ("Cierre", "10:30 – 11:00"),
    ]
    # El foco sigue en el punto que se movió: con otra pulsación llega al final.
    page.keyboard.press("Enter")
    assert [titulo for titulo, _ in horas(page)] == ["Trabajo", "Cierre", "Registro"]
    expect(page.get_by_role("button", name="Subir el punto 3")).to_be_focused()
    page.locator("[name=p-0-minutos]").fill("180")
    page.keyboard.press("Tab")
    expect(page.locator("[data-advertencia]").last).to_have_text(
        "Pasa en 60 min del fin del encuentro, fijado a las 12:30."
    )
    page.get_by_role("button", name="Guardar la agenda").click()
    expect(page.get_by_role("status")).to_contain_text("Se guardó la agenda")
    guardada = [(punto.titulo, f"{punto.inicio:%H:%M}") for punto in encuentro1.agenda.all()]
    assert guardada == [("Trabajo", "08:30"), ("Cierre", "10:00"), ("Registro", "10:30")]


def test_arrastrando(abierta, encuentro1):
    page = abierta
    puntos = page.locator("[data-punto]")
    puntos.nth(2).locator("[data-manija]").drag_to(
        puntos.nth(0), target_position={"x": 200, "y": 4}
    )
    assert [titulo for titulo, _ in horas(page)] == ["Cierre", "Registro", "Trabajo"]
    page.get_by_role("button", name="Guardar la agenda").click()
    expect(page.get_by_role("status")).to_contain_text("Se guardó la agenda")
    assert [punto.titulo for punto in encuentro1.agenda.all()] == ["Cierre", "Registro", "Trabajo"]
