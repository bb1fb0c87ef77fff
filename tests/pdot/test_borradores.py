"""Llenar la evaluación sin red: lo escrito queda en el equipo y se manda una sola vez."""

import re

import pytest
from playwright.sync_api import expect

from pdot.acciones import CambioDeRespuesta, guardar_respuestas
from pdot.models import Evaluacion, Respuesta
from tests.cable import Cable
from tests.talleres.test_sin_conexion import Equipo as EquipoDeTaller

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

SIN_RED = "Sin conexión: lo escrito queda en este equipo y se enviará al volver la señal."
GUARDADO = re.compile(r"^Borrador guardado a las \d\d:\d\d$")


class Equipo(EquipoDeTaller):
    """Un navegador cuya red se puede cortar, con el formulario de la evaluación abierto."""

    def escribir(self, codigo, texto):
        self.page.locator(f"#id_texto_{codigo}").fill(texto)

    def texto(self, codigo):
        return self.page.locator(f"#id_texto_{codigo}")

    @property
    def estado(self):
        return self.page.locator("[data-estado-guardado]")

    @property
    def aviso(self):
        return self.page.locator("[data-borrador]")

    def pulsar(self, boton):
        self.page.get_by_role("button", name=boton).click()


@pytest.fixture
def cable(live_server):
    uno = Cable((live_server.thread.host, live_server.thread.port))
    yield uno
    uno.cerrar()


@pytest.fixture
def borrador(evaluaciones):
    uno = evaluaciones["0807"]
    uno.respuestas.all().delete()
    return uno


@pytest.fixture
def interna(borrador):
    return f"/pdot/evaluaciones/{borrador.pk}/interna/"


@pytest.fixture
def equipo(page, cable, client, plan_rioverde, interna):
    """La sección «interna» abierta por la planificadora de Rioverde, y guardada para sin red."""
    uno = Equipo(page, cable, client)
    uno.entrar(plan_rioverde)
    uno.abrir(interna)
    return uno


def textos(borrador):
    filas = borrador.respuestas.order_by("pregunta__codigo")
    return list(filas.values_list("pregunta__codigo", "texto"))


def guardar_como(usuario, borrador, codigo, texto):
    """Otra persona del GAD responde una pregunta desde otro equipo."""
    pregunta = borrador.instrumento.secciones.get(codigo="interna").preguntas.get(codigo=codigo)
    actual = borrador.respuestas.filter(pregunta=pregunta).first()
    version = actual.version if actual else 0
    guardar_respuestas(borrador, [CambioDeRespuesta(pregunta, version, "si", texto)], por=usuario)


def test_lo_escrito_sin_red_sobrevive_al_cierre_y_se_manda_una_vez(equipo, interna, borrador):
    equipo.cortar()
    equipo.page.locator("#p-a1").get_by_label("NO", exact=True).check()
    equipo.escribir("a1", "Es muy general")
    expect(equipo.estado).to_have_text(SIN_RED)
    equipo.abrir_sin_red(interna)
    expect(equipo.texto("a1")).to_have_value("Es muy general")
    expect(equipo.page.locator("#p-a1").get_by_label("NO", exact=True)).to_be_checked()
    expect(equipo.aviso).to_contain_text("Sin conexión: esta página es la copia del")
    expect(equipo.aviso).to_contain_text("Falta por enviar: Coherencia interna.")
    assert textos(borrador) == []
    equipo.volver()
    expect(equipo.estado).to_have_text(GUARDADO)
    assert textos(borrador) == [("a1", "Es muy general")]
    assert Respuesta.historia.filter(texto="Es muy general").count() == 1


def test_entre_secciones_sin_red_no_se_pierde_nada(equipo, interna, borrador):
    equipo.cortar()
    equipo.escribir("a1", "Lo primero")
    equipo.pulsar("Guardar y seguir")
    expect(equipo.page.get_by_role("heading", level=1)).to_have_text("Coherencia externa")
    equipo.escribir("b1", "Lo segundo")
    equipo.page.get_by_role("link", name="Coherencia interna").click()
    expect(equipo.texto("a1")).to_have_value("Lo primero")
    expect(equipo.aviso).to_contain_text("Coherencia interna; Coherencia externa")
    equipo.page.get_by_role("link", name="Repasar y enviar").click()
    expect(equipo.page.get_by_label("Sin enviar")).to_contain_text("Faltan enviar 2 secciones.")
    equipo.pulsar("Enviar a revisión")
    expect(equipo.page.get_by_label("Sin enviar")).to_contain_text("enviar a revisión exige red")
    equipo.volver()
    expect(equipo.page.get_by_label("Sin enviar")).to_be_hidden()
    assert textos(borrador) == [("a1", "Lo primero"), ("b1", "Lo segundo")]
    assert Evaluacion.objects.get(pk=borrador.pk).estado == "borrador"


def test_una_respuesta_perdida_no_choca_consigo_misma(equipo, borrador):
    equipo.cable.perder_la_respuesta()
    equipo.escribir("a1", "Lo primero")
    assert equipo.cable.perdida.wait(10)
    expect(equipo.estado).to_have_text(SIN_RED)
    assert textos(borrador) == [("a1", "Lo primero")], "el servidor la guardó antes del corte"
    equipo.cable.conectar()
    equipo.escribir("a1", "Lo primero y algo más")
    expect(equipo.estado).to_have_text(GUARDADO)
    assert textos(borrador) == [("a1", "Lo primero y algo más")]
    assert borrador.respuestas.get().version == 2


def test_lo_de_otra_persona_entra_y_en_lo_mismo_decide_quien_escribe(
    equipo, interna, borrador, persona
):
    equipo.cortar()
    equipo.escribir("a1", "Lo mío")
    expect(equipo.estado).to_have_text(SIN_RED)
    otra = persona("otra_rioverde", rol="planificador", gad_id="0807")
    guardar_como(otra, borrador, "a1", "Lo ajeno")
    guardar_como(otra, borrador, "a2", "Otra pregunta")
    equipo.volver()
    disputa = equipo.page.locator("[data-disputas]")
    expect(disputa).to_contain_text("Guardado ahora: Lo ajeno")
    expect(disputa).to_contain_text("Usted escribió: Lo mío")
    expect(equipo.texto("a1")).to_have_value("Lo mío")
    expect(equipo.texto("a2")).to_have_value("Otra pregunta")
    assert textos(borrador) == [("a1", "Lo ajeno"), ("a2", "Otra pregunta")]
    # Ni volver a abrir la página ni seguir escribiendo decide por la persona.
    equipo.abrir_sin_red(interna)
    expect(disputa_de(equipo)).to_contain_text("Lo ajeno")
    equipo.escribir("a1", "Lo mío y lo ajeno")
    expect(equipo.estado).to_have_text(
        "Hay dos textos: deje el que vale y pulse «Guardar borrador»."
    )
    assert textos(borrador)[0] == ("a1", "Lo ajeno")
    equipo.pulsar("Guardar borrador")
    expect(equipo.estado).to_have_text(GUARDADO)
    assert textos(borrador) == [("a1", "Lo mío y lo ajeno"), ("a2", "Otra pregunta")]


def disputa_de(equipo):
    return equipo.page.locator("[data-disputas]")


def test_si_salio_de_sus_manos_lo_escrito_queda_a_la_vista(equipo, borrador):
    equipo.cortar()
    equipo.escribir("a1", "Llegó tarde")
    expect(equipo.estado).to_have_text(SIN_RED)
    Evaluacion.objects.filter(pk=borrador.pk).update(estado="enviada")
    equipo.volver()
    expect(equipo.estado).to_contain_text("enviada")
    equipo.page.goto(equipo.cable.url + borrador.get_absolute_url())
    pendientes = equipo.page.get_by_label("Sin enviar")
    expect(pendientes).to_contain_text("Llegó tarde")
    equipo.pulsar("Descartar")
    equipo.pulsar("Sí, descartar")
    expect(pendientes).to_contain_text("Se descartó lo escrito en Coherencia interna.")
    assert textos(borrador) == []


def test_la_sesion_vencida_no_pierde_nada(equipo, borrador):
    galletas = equipo.page.context.cookies()
    equipo.page.context.clear_cookies(name="sessionid")
    equipo.escribir("a1", "Sin sesión")
    expect(equipo.page.get_by_role("link", name="Ingresar otra vez")).to_be_visible()
    equipo.page.context.add_cookies(galletas)
    equipo.pulsar("Guardar borrador")
    expect(equipo.estado).to_have_text(GUARDADO)
    assert textos(borrador) == [("a1", "Sin sesión")]


def test_un_texto_desmedido_se_explica_y_no_se_pierde(equipo, borrador, interna):
    equipo.escribir("a1", "x" * 30_000)
    expect(equipo.estado).to_contain_text("demasiado largo")
    equipo.pulsar("Guardar y seguir")
    expect(equipo.page.locator("#error-a1")).to_contain_text("demasiado largo")
    expect(equipo.texto("a1")).to_have_value("x" * 30_000)
    equipo.escribir("a1", "Más corto")
    expect(equipo.estado).to_have_text(GUARDADO)
    assert textos(borrador) == [("a1", "Más corto")]


def test_otra_cuenta_en_el_equipo_no_ve_ni_manda_lo_anterior(
    equipo, borrador, persona, plan_rioverde, interna
):
    equipo.cortar()
    equipo.escribir("a1", "De la primera")
    expect(equipo.estado).to_have_text(SIN_RED)
    equipo.entrar(persona("otra_rioverde", rol="planificador", gad_id="0807"))
    equipo.volver()
    expect(equipo.estado).to_contain_text("Esto lo escribió otra persona en este equipo")
    equipo.abrir(interna)
    expect(equipo.texto("a1")).to_have_value("")
    expect(equipo.aviso).to_be_hidden()
    assert textos(borrador) == []
    equipo.entrar(plan_rioverde)
    equipo.abrir(interna)
    expect(equipo.estado).to_have_text(GUARDADO)
    assert borrador.respuestas.get().historia.get().history_user == plan_rioverde


def test_al_salir_se_avisa_y_no_quedan_copias(equipo, borrador):
    equipo.cortar()
    equipo.escribir("a1", "Sin enviar")
    expect(equipo.estado).to_have_text(SIN_RED)
    equipo.page.locator(".cuenta summary").click()
    equipo.pulsar("Salir")
    expect(equipo.page.get_by_role("alert")).to_contain_text("Queda 1 envío suyo en este equipo.")
    equipo.volver()
    expect(equipo.estado).to_have_text(GUARDADO)
    equipo.pulsar("Salir de todos modos")
    expect(equipo.page.get_by_role("heading", name="Ingresar")).to_be_visible()
    copias = "caches.keys().then(cajas => cajas.filter(caja => caja.startsWith('copia:')))"
    assert equipo.page.evaluate(copias) == []
    assert equipo.page.evaluate(CUANTAS) == 0


CUANTAS = """() => new Promise((decir) => {
    const pedido = indexedDB.open("sin-enviar");
    pedido.onsuccess = () => {
        const cuenta = pedido.result.transaction("envios").objectStore("envios").count();
        cuenta.onsuccess = () => { pedido.result.close(); decir(cuenta.result); };
    };
})"""
