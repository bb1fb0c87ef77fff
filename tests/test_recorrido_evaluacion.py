"""El recorrido de la planificadora rural: se corta la red, se cierra el navegador y nada se pierde.

Después completa, envía, la zona devuelve dos preguntas, corrige solo esas y la zona aprueba.
"""

import re

import pytest
from playwright.sync_api import expect

from pdot.models import Evaluacion, Informacion, Respuesta, Vinculo
from tests.cable import Cable
from tests.fabricas_formulario import con_hojas
from tests.mesa import ingresar

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

GUARDADO = re.compile(r"^Borrador guardado a las \d\d:\d\d$")


@pytest.fixture
def cable(live_server):
    uno = Cable((live_server.thread.host, live_server.thread.port))
    yield uno
    uno.cerrar()


def responder(page, codigo, marca, texto):
    pregunta = page.locator(f"#p-{codigo}")
    if marca:
        pregunta.get_by_label(marca, exact=True).check()
    pregunta.locator("textarea").fill(texto)


def pulsar(page, boton):
    page.get_by_role("button", name=boton, exact=True).click()


def estado(page):
    return page.locator("[data-estado-guardado]")


def guardado():
    filas = Respuesta.objects.order_by("pregunta__codigo")
    return list(filas.values_list("pregunta__codigo", "valor", "texto"))


def test_de_la_red_cortada_a_la_aprobacion(page, cable, pdots, instrumento, plan_rioverde, zonal1):
    con_hojas(instrumento)
    # La planificadora empieza con señal.
    ingresar(page, cable, "plan_rioverde")
    page.goto(f"{cable.url}/pdot/evaluaciones/nueva/")
    pulsar(page, "Empezar")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coherencia interna")
    page.wait_for_selector("[data-lista]", state="attached")
    responder(page, "a1", "PARCIAL", "Es general")
    expect(estado(page)).to_have_text(GUARDADO)

    # Se corta a mitad del formulario: sigue, pasa de sección y se cierra la ventana.
    page.context.set_offline(True)
    cable.cortar()
    responder(page, "a2", "SÍ", "")
    responder(page, "a3", "NO", "Faltan datos")
    pulsar(page, "Guardar y seguir")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coherencia externa")
    responder(page, "b1", "", "Comparten el corredor")
    expect(estado(page)).to_contain_text("lo escrito queda en este equipo")
    direccion = page.url
    contexto = page.context
    page.close()
    assert guardado() == [("a1", "parcial", "Es general")]

    # La vuelve a abrir sin señal, y la señal vuelve.
    page = contexto.new_page()
    page.goto(direccion)
    expect(page.locator("#p-b1 textarea")).to_have_value("Comparten el corredor")
    expect(page.locator("[data-borrador]")).to_contain_text(
        "Falta por enviar: Coherencia interna; Coherencia externa."
    )
    cable.conectar()
    contexto.set_offline(False)
    expect(estado(page)).to_have_text(GUARDADO)
    assert guardado() == [
        ("a1", "parcial", "Es general"),
        ("a2", "si", ""),
        ("a3", "no", "Faltan datos"),
        ("b1", "", "Comparten el corredor"),
    ]

    # Completa y envía.
    responder(page, "b2", "NO", "Ninguno")
    pulsar(page, "Guardar y seguir")

    # En las hojas se corta otra vez: un vínculo, y un dato en una ficha agregada.
    expect(page.get_by_role("heading", level=1)).to_have_text("Vínculo con otros niveles")
    page.context.set_offline(True)
    cable.cortar()
    page.locator("#v-08").get_by_label("SÍ", exact=True).check()
    page.locator("#id_sinergias_08").fill("Ruta del manglar")
    pulsar(page, "Guardar y seguir")
    expect(page.get_by_role("heading", level=1)).to_have_text("Información")
    pulsar(page, "Agregar otro dato")
    page.locator("#dato-2").get_by_label("Qué información").fill("Catastro rural")
    page.locator("#dato-2 input[type=radio]").first.check()
    expect(estado(page)).to_contain_text("lo escrito queda en este equipo")
    direccion = page.url
    page.close()
    page = contexto.new_page()
    page.goto(direccion)
    expect(page.locator("#dato-2").get_by_label("Qué información")).to_have_value("Catastro rural")
    cable.conectar()
    contexto.set_offline(False)
    expect(estado(page)).to_have_text(GUARDADO)
    assert Vinculo.historia.get().sinergias == "Ruta del manglar"
    assert Informacion.historia.get().dato == "Catastro rural"
    pulsar(page, "Guardar y seguir")
    page.get_by_label("Elementos para construir la nueva visión").fill("Manglar vivo")
    pulsar(page, "Guardar y repasar")
    pulsar(page, "Enviar a revisión")
    expect(page.locator(".titular .estado")).to_have_text("Enviada a revisión")

    # La zona devuelve dos preguntas.
    evaluacion = Evaluacion.objects.get()
    revisar = f"{cable.url}/pdot/evaluaciones/{evaluacion.pk}/revisar/"
    ingresar(page, cable, "zonal1")
    page.goto(revisar)
    page.get_by_label("Observación a a1").fill("Precise el horizonte.")
    page.get_by_label("Observación a b1").fill("Diga con qué plan.")
    pulsar(page, "Devolver con observaciones")
    expect(page.locator(".titular .estado")).to_have_text("Devuelta con observaciones")

    # Corrige solo esas.
    ingresar(page, cable, "plan_rioverde")
    page.goto(f"{cable.url}/pdot/evaluaciones/{evaluacion.pk}/")
    page.get_by_role("link", name="Corregir").click()
    expect(page.locator("fieldset.pregunta textarea")).to_have_count(1)
    responder(page, "a1", "", "Horizonte al año 2030")
    pulsar(page, "Guardar y seguir")
    expect(page.get_by_role("heading", level=1)).to_have_text("Coherencia externa")
    expect(page.locator("fieldset.pregunta textarea")).to_have_count(1)
    responder(page, "b1", "", "Con el plan provincial")
    pulsar(page, "Guardar y repasar")
    pulsar(page, "Enviar a revisión")
    expect(page.locator(".titular .estado")).to_have_text("Enviada a revisión")

    # La zona aprueba.
    ingresar(page, cable, "zonal1")
    page.goto(revisar)
    pulsar(page, "Aprobar")
    expect(page.locator(".titular .estado")).to_have_text("Aprobada")
    assert guardado() == [
        ("a1", "parcial", "Horizonte al año 2030"),
        ("a2", "si", ""),
        ("a3", "no", "Faltan datos"),
        ("b1", "", "Con el plan provincial"),
        ("b2", "no", "Ninguno"),
    ]
    assert list(evaluacion.pasos.values_list("a", "por__username")) == [
        ("borrador", "plan_rioverde"),
        ("enviada", "plan_rioverde"),
        ("devuelta", "zonal1"),
        ("enviada", "plan_rioverde"),
        ("aprobada", "zonal1"),
    ]
