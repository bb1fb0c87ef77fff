"""El recorrido entero en un navegador: llenar, enviar, devolver, corregir, aprobar y el PDF."""

import re

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from pdot.models import Evaluacion

from .mesa import ingresar
from .siembra import cuentas_con_clave, sembrar

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def piloto(transactional_db):
    """La DPA, el piloto y las cuentas de demostración, como los ve quien corre `demo`."""
    sembrar(cuentas_con_clave)


def salir(page):
    page.locator(".cuenta summary").click()
    page.get_by_role("button", name="Salir").click()
    expect(page.get_by_role("heading", name="Ingresar")).to_be_visible()


def llenar_seccion(page, justificacion):
    """Responde PARCIAL a toda escala vacía, escribe en todo texto vacío y anota un dato."""
    for grupo in page.locator("fieldset.pregunta").all():
        parcial = grupo.get_by_label("PARCIAL", exact=True)
        if parcial.count() and not grupo.locator("input:checked").count():
            parcial.check()
        texto = grupo.locator("textarea").first
        if texto.count() and not texto.input_value():
            texto.fill(justificacion)
    dato = page.locator("fieldset.dato").first
    if dato.count():
        dato.get_by_label("Se cuenta con ella").check()
        dato.get_by_label("Qué información").fill("Catastro urbano")


def test_de_la_planificadora_al_pdf(live_server, page, piloto, tmp_path):
    ingresar(page, live_server, "gad0807")
    page.goto(f"{live_server.url}/pdot/")
    page.get_by_role("link", name="Abrir una versión nueva").click()
    page.get_by_role("button", name="Empezar").click()

    llenar_seccion(page, "Manglar y tagua")
    expect(page.locator("[data-estado-guardado]")).to_have_text(
        re.compile(r"^Borrador guardado a las \d\d:\d\d$")
    )
    while page.get_by_role("button", name="Guardar y seguir").count():
        titulo = page.get_by_role("heading", level=1).inner_text()
        llenar_seccion(page, "Manglar y tagua")
        page.get_by_role("button", name="Guardar y seguir").click()
        # Guarda primero y después pasa: hasta entonces la sección sigue a la vista.
        expect(page.get_by_role("heading", level=1)).not_to_have_text(titulo)
    page.get_by_label("Elementos para construir la nueva visión").fill("Manglar vivo\nTurismo")
    page.get_by_role("button", name="Guardar y repasar").click()
    page.get_by_role("button", name="Enviar a revisión").click()
    expect(page.locator(".titular .estado")).to_have_text("Enviada a revisión")
    salir(page)

    ingresar(page, live_server, "zonal1")
    page.get_by_role("link", name="Revisar").click()
    page.get_by_label("Observación a V1").fill("Precise el horizonte de la visión.")
    page.get_by_role("button", name="Devolver con observaciones").click()
    expect(page.locator(".titular .estado")).to_have_text("Devuelta con observaciones")
    salir(page)

    ingresar(page, live_server, "gad0807")
    page.get_by_role("link", name="Corregir").click()
    page.get_by_role("link", name="Corregir").click()
    expect(page.locator("fieldset.pregunta textarea")).to_have_count(1)
    page.locator("#p-V1 textarea").fill("Horizonte al año 2030")
    page.get_by_role("button", name="Guardar borrador").click()
    page.get_by_role("link", name="Repasar y enviar").click()
    page.get_by_role("button", name="Enviar a revisión").click()
    expect(page.locator(".titular .estado")).to_have_text("Enviada a revisión")
    salir(page)

    ingresar(page, live_server, "zonal1")
    page.get_by_role("link", name="Revisar").click()
    page.get_by_role("button", name="Aprobar").click()
    expect(page.locator(".titular .estado")).to_have_text("Aprobada")
    assert list(Evaluacion.objects.get(numero=2).pasos.values_list("a", "por__username")) == [
        ("borrador", "gad0807"),
        ("enviada", "gad0807"),
        ("devuelta", "zonal1"),
        ("enviada", "gad0807"),
        ("aprobada", "zonal1"),
    ]

    page.goto(f"{live_server.url}/acompanamiento/")
    # Con el teclado: el nombre ocupa dos renglones y su centro cae entre los dos.
    page.locator("main").get_by_role("link", name=re.compile("Atacames")).first.press("Enter")
    with page.expect_download() as descarga:
        page.get_by_role("link", name=re.compile("Sistematización")).first.click()
    pdf = tmp_path / "grupo1.pdf"
    descarga.value.save_as(pdf)
    texto = " ".join(pagina.extract_text() for pagina in PdfReader(pdf).pages)
    assert "Horizonte al año 2030" in " ".join(texto.split())


def test_sin_javascript_tambien_se_guarda(live_server, browser, piloto):
    telefono = {"width": 360, "height": 740}
    contexto = browser.new_context(java_script_enabled=False, viewport=telefono)
    page = contexto.new_page()
    ingresar(page, live_server, "gad130352")
    page.get_by_role("link", name="Empezar").click()
    page.get_by_role("button", name="Empezar").click()
    page.locator("#p-V1").get_by_label("NO", exact=True).check()
    page.locator("#p-V1 textarea").fill("Escrito sin guion")
    page.get_by_role("button", name="Guardar y seguir").click()
    guardada = Evaluacion.objects.get(pdot__gad="130352").respuestas.get(pregunta__codigo="V1")
    assert (guardada.valor, guardada.texto) == ("no", "Escrito sin guion")
    contexto.close()
