"""Seguir sin red en las pantallas de aportes y de registro: se conserva y se manda una sola vez."""

from datetime import time
from time import monotonic

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from talleres.aportes import corregir_aporte
from talleres.models import Aporte, Encuentro, Participante, TextoConsentimiento
from talleres.puerta import abrir_puerta, cerrar_puerta
from tests.cable import Cable
from tests.fabricas import AporteFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

TRES = ("Faltan aulas", "Manglar sin cuidado", "Vías dañadas")
PERSONAS = ("Rosa Quiñónez", "Luis Cevallos", "Ana Tenorio")
SIN_RED = "Sin conexión: se envían solos cuando vuelva la señal."


@pytest.fixture
def cable(live_server):
    uno = Cable((live_server.thread.host, live_server.thread.port))
    yield uno
    uno.cerrar()


class Equipo:
    """Un navegador cuya red se puede cortar, con lo que se mira y se toca en estas pantallas."""

    def __init__(self, page, cable, client):
        self.page, self.cable, self.client = page, cable, client

    def entrar(self, usuario):
        self.client.force_login(usuario)
        galleta = {"name": "sessionid", "value": self.client.cookies["sessionid"].value}
        self.page.context.add_cookies([galleta | {"url": self.cable.url}])

    def abrir(self, ruta):
        """Abre una pantalla con red y espera a que quede guardada en el equipo."""
        self.page.goto(self.cable.url + ruta)
        self.page.wait_for_selector("[data-lista]", state="attached")

    def abrir_sin_red(self, ruta):
        """Cierra la pestaña y abre la dirección en otra."""
        contexto = self.page.context
        self.page.close()
        self.page = contexto.new_page()
        self.page.goto(self.cable.url + ruta)

    def cortar(self):
        self.page.context.set_offline(True)
        self.cable.cortar()

    def volver(self):
        self.cable.conectar()
        self.page.context.set_offline(False)

    def anotar(self, texto):
        self.page.get_by_label("Qué se dijo").fill(texto)
        self.page.get_by_role("button", name="Agregar la tarjeta").click()

    @property
    def dicho(self):
        return self.page.locator(".cola [role=status]")

    @property
    def pendientes(self):
        return self.page.get_by_role("list", name="Sin enviar").locator("> li")


@pytest.fixture
def equipo(page, cable, client):
    return Equipo(page, cable, client)


@pytest.fixture
def aportes(encuentro1):
    return f"/talleres/encuentros/{encuentro1.pk}/aportes/"


@pytest.fixture
def tablero(equipo, zonal1, aportes):
    """El tablero de aportes abierto por la zonal."""
    equipo.entrar(zonal1)
    equipo.abrir(aportes)
    return equipo


def textos():
    return list(Aporte.objects.order_by("pk").values_list("texto", flat=True))


# --- Aportes ------------------------------------------------------------------------------------


def test_lo_escrito_sin_red_se_manda_solo_y_una_vez(tablero, aportes, zonal1):
    tablero.cortar()
    for n, texto in enumerate(TRES, start=1):
        tablero.anotar(texto)
        expect(tablero.dicho).to_have_text(f"{n} sin enviar. {SIN_RED}")
    tablero.abrir_sin_red(aportes)
    expect(tablero.page.get_by_role("heading", level=1)).to_contain_text("Aportes de")
    expect(tablero.dicho).to_have_text(f"3 sin enviar. {SIN_RED}")
    assert [fila.split("»")[0] for fila in tablero.pendientes.all_inner_texts()] == [
        f"Aporte «{texto}" for texto in TRES
    ]
    assert textos() == []
    tablero.volver()
    expect(tablero.dicho).to_have_text("Se enviaron 3.")
    expect(tablero.pendientes).to_have_count(0)
    assert textos() == list(TRES)
    assert {aporte.autor for aporte in Aporte.objects.all()} == {zonal1}


def test_una_respuesta_perdida_no_deja_dos_filas(tablero):
    tablero.cable.perder_la_respuesta()
    tablero.anotar(TRES[0])
    assert tablero.cable.perdida.wait(10)
    expect(tablero.dicho).to_contain_text("1 sin enviar")
    assert textos() == [TRES[0]], "el servidor la guardó antes de que cayera la red"
    tablero.cable.conectar()
    tablero.page.get_by_role("button", name="Enviar ahora").click()
    expect(tablero.dicho).to_have_text(f"Se envió: Aporte «{TRES[0]}».")
    assert textos() == [TRES[0]]


def test_dos_pestanas_no_mandan_dos_veces(tablero, aportes):
    tablero.cortar()
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_contain_text("1 sin enviar")
    otra = tablero.page.context.new_page()
    otra.goto(tablero.cable.url + aportes)
    expect(otra.locator(".cola [role=status]")).to_contain_text("1 sin enviar")
    envios = []
    tablero.page.context.on("response", lambda r: envios.append((r.request.method, r.status)))
    tablero.volver()
    for pagina in (tablero.page, otra):
        expect(pagina.locator(".cola [role=status]")).to_have_text(f"Se envió: Aporte «{TRES[0]}».")
    assert textos() == [TRES[0]]
    # Con 200 contesta el servidor a un envío que ya tenía: nadie lo repitió.
    assert ("POST", 200) not in envios


def test_un_conflicto_se_muestra_y_decide_la_persona(equipo, zonal1, central, encuentro1):
    tarjeta = AporteFactory(encuentro=encuentro1, estrategia=encuentro1.estrategia, texto="Agua")
    equipo.entrar(zonal1)
    equipo.abrir(f"/talleres/aportes/{tarjeta.pk}/corregir/")
    equipo.cortar()
    guardar = equipo.page.get_by_role("button", name="Guardar la tarjeta")
    equipo.page.get_by_label("Qué se dijo").fill("Agua segura")
    guardar.click()
    expect(equipo.dicho).to_contain_text("1 sin enviar")
    tarjeta.texto = "Agua potable"
    corregir_aporte(tarjeta, por=central, version=1)
    equipo.volver()
    expect(equipo.dicho).to_have_text("1 sin enviar. Uno necesita que usted decida.")
    for dicho in ("Otra persona corrigió la tarjeta", "Agua potable", "Agua segura"):
        expect(equipo.pendientes).to_contain_text(dicho)
    assert textos() == ["Agua potable"]

    equipo.page.get_by_role("button", name="Corregir").click()
    expect(equipo.page.get_by_label("Qué se dijo")).to_have_value("Agua segura")
    equipo.page.get_by_label("Qué se dijo").fill("Agua potable y segura")
    guardar.click()
    equipo.page.wait_for_url("**/aportes/")
    assert textos() == ["Agua potable y segura"]


def test_lo_que_ya_no_se_recibe_queda_a_la_vista_hasta_descartarlo(tablero, encuentro1):
    tablero.cortar()
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_contain_text("1 sin enviar")
    Encuentro.objects.update(estado="cancelado", motivo="Por lluvia")
    tablero.volver()
    expect(tablero.pendientes).to_contain_text("El encuentro está cancelado")
    tablero.page.get_by_role("button", name="Descartar").click()
    expect(tablero.pendientes).to_contain_text("Se borra de este equipo y no se envía.")
    tablero.page.get_by_role("button", name="Sí, descartar").click()
    expect(tablero.dicho).to_have_text(f"Se descartó: Aporte «{TRES[0]}».")
    assert textos() == []


def test_un_campo_mal_puesto_vuelve_al_formulario(tablero):
    tablero.anotar("   ")
    expect(tablero.page.locator(".invalid-feedback")).to_have_text("Escriba qué se dijo.")
    expect(tablero.page.get_by_label("Qué se dijo")).to_be_focused()
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_have_text(f"Se envió: Aporte «{TRES[0]}».")
    expect(tablero.page.locator(".invalid-feedback")).to_have_count(0)
    assert textos() == [TRES[0]]


def test_la_copia_es_la_ultima_pagina_que_se_vio(tablero, aportes, encuentro1):
    AporteFactory(encuentro=encuentro1, estrategia=encuentro1.estrategia, texto="De otra mesa")
    tablero.abrir(aportes)
    tablero.cortar()
    tablero.abrir_sin_red(aportes)
    expect(tablero.page.get_by_text("De otra mesa", exact=True)).to_be_visible()


def test_el_guion_de_fondo_manda_sin_ninguna_pantalla_abierta(tablero):
    tablero.cortar()
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_contain_text("1 sin enviar")
    # Esta página no sabe mandar nada: solo mira.
    tablero.abrir_sin_red("/sin-conexion/")
    tablero.volver()
    despertar(tablero.page)
    fin = monotonic() + 20
    while not tablero.page.evaluate(VACIA):
        assert monotonic() < fin, "el guion de fondo no mandó lo pendiente"
    assert textos() == [TRES[0]]


VACIA = """() => new Promise((decir) => {
    const pedido = indexedDB.open("sin-enviar");
    pedido.onsuccess = () => {
        const cuenta = pedido.result.transaction("envios").objectStore("envios").count();
        cuenta.onsuccess = () => { pedido.result.close(); decir(cuenta.result === 0); };
    };
})"""


def despertar(page):
    """Lo que hace el navegador cuando vuelve la red: avisar al guion de fondo."""
    mando = page.context.new_cdp_session(page)
    registros = []
    mando.on(
        "ServiceWorker.workerRegistrationUpdated", lambda e: registros.extend(e["registrations"])
    )
    mando.send("ServiceWorker.enable")
    while not registros:
        page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    registro = registros[0]
    orden = {"origin": registro["scopeURL"].rstrip("/"), "tag": "sin-enviar", "lastChance": False}
    registro = {"registrationId": registro["registrationId"]}
    mando.send("ServiceWorker.dispatchSyncEvent", orden | registro)


# --- De quién es --------------------------------------------------------------------------------


def test_otra_persona_en_el_mismo_equipo_no_ve_ni_manda_lo_ajeno(tablero, aportes, central, zonal1):
    tablero.cortar()
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_contain_text("1 sin enviar")
    tablero.entrar(central)
    tablero.volver()
    expect(tablero.dicho).to_contain_text("Esto lo escribió otra persona en este equipo")
    tablero.abrir(aportes)
    expect(tablero.dicho).to_have_text("")
    expect(tablero.pendientes).to_have_count(0)
    copias = "caches.keys().then(cajas => cajas.filter(caja => caja.startsWith('copia:')))"
    assert tablero.page.evaluate(copias) == [f"copia:{central.pk}:{tablero.cable.url}{aportes}"]
    assert textos() == []

    tablero.entrar(zonal1)
    tablero.abrir(aportes)
    expect(tablero.dicho).to_have_text(f"Se envió: Aporte «{TRES[0]}».")
    assert [(a.texto, a.autor) for a in Aporte.objects.all()] == [(TRES[0], zonal1)]


def test_la_sesion_vencida_se_dice_y_no_pierde_nada(tablero, zonal1):
    galletas = tablero.page.context.cookies()
    tablero.page.context.clear_cookies(name="sessionid")
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_contain_text("1 sin enviar.")
    expect(tablero.page.get_by_role("link", name="Ingresar otra vez")).to_be_visible()
    tablero.page.context.add_cookies(galletas)
    tablero.page.get_by_role("button", name="Enviar ahora").click()
    expect(tablero.dicho).to_have_text(f"Se envió: Aporte «{TRES[0]}».")
    assert textos() == [TRES[0]]


def test_al_salir_se_avisa_y_las_pantallas_se_borran(tablero, aportes):
    tablero.cortar()
    tablero.anotar(TRES[0])
    expect(tablero.dicho).to_contain_text("1 sin enviar")
    tablero.page.locator(".cuenta summary").click()
    tablero.page.get_by_role("button", name="Salir").click()
    aviso = tablero.page.get_by_role("alert")
    expect(aviso).to_contain_text("Queda 1 envío suyo en este equipo.")
    tablero.volver()
    expect(tablero.dicho).to_have_text(f"Se envió: Aporte «{TRES[0]}».")
    tablero.page.get_by_role("button", name="Salir de todos modos").click()
    expect(tablero.page.get_by_role("heading", name="Ingresar")).to_be_visible()
    tablero.cortar()
    tablero.abrir_sin_red(aportes)
    expect(tablero.page.get_by_role("heading", name="Sin conexión")).to_be_visible()
    expect(tablero.page.get_by_role("link", name="Aportes de")).to_have_count(0)


def test_sin_copia_se_ofrecen_las_pantallas_guardadas(tablero):
    tablero.cortar()
    tablero.abrir_sin_red("/talleres/")
    expect(tablero.page.get_by_role("heading", name="Sin conexión")).to_be_visible()
    tablero.page.get_by_role("link", name="Aportes de").click()
    expect(tablero.page.get_by_label("Qué se dijo")).to_be_visible()


# --- Registro -----------------------------------------------------------------------------------


@pytest.fixture
def hoy(encuentro1, db):
    """El encuentro es hoy, a toda hora, y hay texto de consentimiento."""
    TextoConsentimiento.objects.create(desde="2019-01-01", texto="Se usan para la nómina.")
    encuentro1.fecha = timezone.localdate()
    encuentro1.inicio, encuentro1.fin = time(0, 0), time(23, 59)
    encuentro1.save()
    return encuentro1


def nombres():
    return list(Participante.objects.order_by("pk").values_list("nombre", flat=True))


def registrar(page, nombre):
    """Llena la fila de captura de la nómina y la envía."""
    page.get_by_label("Nombres y apellidos").fill(nombre)
    page.get_by_label("GAD o entidad de donde viene").fill("Rioverde")
    page.get_by_label("Mujer").check()
    page.get_by_label("Consintió").check()
    page.get_by_role("button", name="Registrar", exact=True).click()


@pytest.fixture
def registro(equipo, hoy, zonal1):
    """La pantalla de registro abierta por la zonal, con un encuentro que es hoy."""
    equipo.entrar(zonal1)
    equipo.abrir(f"/talleres/encuentros/{hoy.pk}/registro/")
    return equipo


def test_el_registro_sigue_sin_red_y_se_manda_una_vez(registro, hoy):
    registro.cortar()
    for n, nombre in enumerate(PERSONAS, start=1):
        registrar(registro.page, nombre)
        expect(registro.dicho).to_have_text(f"{n} sin enviar. {SIN_RED}")
    registro.abrir_sin_red(f"/talleres/encuentros/{hoy.pk}/registro/")
    expect(registro.page.get_by_role("heading", level=1)).to_contain_text("Registro de")
    expect(registro.dicho).to_have_text(f"3 sin enviar. {SIN_RED}")
    assert nombres() == []
    registro.volver()
    expect(registro.dicho).to_have_text("Se enviaron 3.")
    for nombre in PERSONAS:
        expect(registro.page.get_by_role("row", name=nombre)).to_be_visible()
    assert nombres() == list(PERSONAS)


def test_con_red_la_nomina_se_pone_al_dia(registro):
    registrar(registro.page, PERSONAS[0])
    expect(registro.page.get_by_role("row", name=PERSONAS[0])).to_be_visible()
    expect(registro.dicho).to_have_text(f"Se envió: Registro «{PERSONAS[0]}».")
    assert nombres() == [PERSONAS[0]]


def registrarse(page, nombre):
    """Llena el formulario de la puerta y lo envía."""
    page.get_by_label("Nombre y apellido").fill(nombre)
    page.get_by_label("GAD o entidad de la que viene").select_option(index=1)
    page.get_by_label("Nombre del GAD o la entidad").fill("Cooperativa del Norte")
    page.get_by_label("Cargo").fill("Representante")
    page.get_by_label("Mujer").check()
    page.get_by_label("He leído y acepto").check()
    page.get_by_role("button", name="Registrarme").click()


def test_en_la_puerta_sin_cuenta_y_sin_red(equipo, hoy, zonal1):
    puerta = abrir_puerta(hoy, por=zonal1)
    equipo.abrir(f"/r/{puerta.clave}/")
    equipo.cortar()
    for n, nombre in enumerate(PERSONAS, start=1):
        registrarse(equipo.page, nombre)
        expect(equipo.dicho).to_have_text(f"{n} sin enviar. {SIN_RED}")
    expect(equipo.page.get_by_role("list", name="Sin enviar")).not_to_contain_text(PERSONAS[0])
    equipo.abrir_sin_red(f"/r/{puerta.clave}/")
    expect(equipo.dicho).to_have_text(f"3 sin enviar. {SIN_RED}")
    equipo.volver()
    expect(equipo.dicho).to_have_text("Se enviaron 3.")
    assert nombres() == list(PERSONAS)


def test_en_la_puerta_de_una_tableta_con_sesion_nadie_ve_al_anterior(equipo, hoy, zonal1):
    puerta = abrir_puerta(hoy, por=zonal1)
    equipo.entrar(zonal1)
    equipo.abrir(f"/r/{puerta.clave}/")
    equipo.cortar()
    registrarse(equipo.page, PERSONAS[0])
    expect(equipo.dicho).to_have_text(f"1 sin enviar. {SIN_RED}")
    expect(equipo.pendientes).not_to_contain_text(PERSONAS[0])
    equipo.page.context.clear_cookies(name="sessionid")
    equipo.volver()
    expect(equipo.dicho).to_contain_text("Se envió: Registro.")
    assert nombres() == [PERSONAS[0]]


def test_si_la_puerta_se_cerro_lo_pendiente_se_sigue_viendo(equipo, hoy, zonal1):
    puerta = abrir_puerta(hoy, por=zonal1)
    equipo.abrir(f"/r/{puerta.clave}/")
    equipo.cortar()
    registrarse(equipo.page, PERSONAS[0])
    expect(equipo.dicho).to_contain_text("1 sin enviar")
    cerrar_puerta(hoy, por=zonal1, vista=puerta.pk)
    equipo.volver()
    equipo.page.goto(f"{equipo.cable.url}/r/{puerta.clave}/")
    expect(equipo.page.get_by_role("heading", level=1)).to_have_text("Este registro está cerrado")
    expect(equipo.dicho).to_contain_text("Uno necesita que usted decida.")
    expect(equipo.page.get_by_role("button", name="Descartar")).to_be_visible()


def test_en_la_puerta_con_red_se_agradece(equipo, hoy, zonal1):
    puerta = abrir_puerta(hoy, por=zonal1)
    equipo.abrir(f"/r/{puerta.clave}/")
    registrarse(equipo.page, PERSONAS[0])
    expect(equipo.page.get_by_role("heading", name="Quedó registrado/a")).to_be_visible()
    assert nombres() == [PERSONAS[0]]


def test_en_la_puerta_sin_guiones(browser, live_server, hoy, zonal1):
    puerta = abrir_puerta(hoy, por=zonal1)
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_server.url}/r/{puerta.clave}/")
    registrarse(page, PERSONAS[0])
    expect(page.get_by_role("heading", name="Quedó registrado/a")).to_be_visible()
    assert nombres() == [PERSONAS[0]]
