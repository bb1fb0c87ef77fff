"""El recorrido de los tres momentos en un navegador: planificar, convocar, realizar y registrar.

De una estrategia vacía a la ayuda memoria del taller del grupo 4 del piloto.
"""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from talleres.calendario import uid_de
from talleres.models import Aporte, Encuentro, Participante

from .cable import Cable
from .correos import cita_de, enlace_de, los_que_salen, oficio_de
from .fabricas import EstrategiaFactory
from .lectura_pdf import texto_de
from .mesa import del_piloto, ingresar, proponer_grupo
from .siembra import cuentas_con_clave, sembrar

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

ECUADOR = ZoneInfo("America/Guayaquil")
TELEFONO = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
ALCALDIA = "alcaldia@manta.ejemplo.gob.ec"
PREFECTURA = "prefectura@manabi.ejemplo.gob.ec"
FIRMA = ("Luz Cedeño", "Coordinadora zonal")
COPIADO = "7 puntos de agenda, 5 insumos, 16 preguntas guía."
EN_LA_PUERTA = "Rosa Quiñónez"
HOJA = [
    ("nombre", "GAD o entidad", "cargo", "sexo"),
    ("Ana Mero Vélez", "Jaramijó", "Directora de Planificación", "mujer"),
    ("Luis Vera Bone", "Prefectura de Manabí", "Técnico", "hombre"),
    ("Carmen Anchundia", "San Lorenzo (Manta, Manabí)", "Presidenta", "mujer"),
]
DE_UNA = ["Falta agua segura en el perfil costero", "El puerto no conversa con los cantones"]
SIN_RED = ["Los técnicos rotan con cada alcaldía", "No hay catastro rural"]
DE_OTRA = ["La pesca artesanal necesita frío", "Compartir los estudios de riesgo"]
TODAS = sorted(DE_UNA + SIN_RED + DE_OTRA)


@pytest.fixture
def estrategia(transactional_db):
    """La DPA, las plantillas y las cuentas del piloto; y una estrategia vacía que corre hoy."""
    sembrar(cuentas_con_clave)
    hoy = timezone.localdate()
    return EstrategiaFactory(
        codigo="otra-vez",
        nombre="El piloto, otra vez",
        desde=hoy - timedelta(days=30),
        hasta=hoy + timedelta(days=120),
    )


@pytest.fixture
def cable(live_server):
    uno = Cable((live_server.thread.host, live_server.thread.port))
    yield uno
    uno.cerrar()


@pytest.fixture
def abrir(browser):
    """Función que abre una página en un navegador aparte, sin sesión."""
    abiertos = []

    def otro(**rasgos):
        abiertos.append(browser.new_context(**rasgos))
        return abiertos[-1].new_page()

    yield otro
    for contexto in abiertos:
        contexto.close()


def test_de_la_estrategia_vacia_a_la_ayuda_memoria(live_server, page, abrir, cable, estrategia):
    page.set_viewport_size({"width": 1280, "height": 900})
    ingresar(page, live_server, "zonal4")
    formar_el_grupo(page, live_server, estrategia)
    planificar(page, live_server, estrategia)
    dialogo = Encuentro.objects.get(tipo="M2", gad="1308", estrategia=estrategia)
    taller = Encuentro.objects.get(tipo="M3", jornada_de=None, estrategia=estrategia)

    def ir(encuentro):
        page.goto(live_server.url + encuentro.get_absolute_url())

    ir(dialogo)
    convocar_al_dialogo(page, dialogo, abrir)
    ir(taller)
    preparar(page)
    convocar_y_pasar_a_hoy(page, live_server, taller)

    ir(taller)
    registrar_en_la_puerta(page, live_server, abrir)
    ir(taller)
    pegar_la_hoja(page, taller)

    ir(taller)
    anotar_a_la_vez(page, abrir, cable, taller)
    promover(page)
    ir(taller)
    cerrar(page)
    leer_la_ayuda_memoria(page)


# --- Planificar ---------------------------------------------------------------------------------


def formar_el_grupo(page, servidor, estrategia):
    """El 4 del piloto, en la mesa, y conformado."""
    (grupo,) = del_piloto(4).values()
    page.goto(servidor.url + reverse("acompanamiento:nuevo_grupo", args=[estrategia.codigo]))
    proponer_grupo(page, grupo)
    page.get_by_role("link", name="Conformar el grupo").click()
    page.get_by_label("Conformado").check()
    page.get_by_role("button", name="Cambiar el estado").click()
    expect(page.locator(".titular .estado")).to_have_text("Conformado")


def planificar(page, servidor, estrategia):
    """La secuencia que propone la plataforma desde un lunes por venir, guardada entera."""
    page.goto(servidor.url + reverse("talleres:proponer", args=[estrategia.codigo]))
    page.get_by_label(re.compile(r"^\s*Desde")).fill(un_lunes_por_venir().isoformat())
    page.get_by_role("button", name="Proponer un cronograma").click()
    expect(page.get_by_role("heading", name=re.compile("^5 encuentros en"))).to_be_visible()
    page.get_by_role("button", name="Guardar los marcados").click()
    expect(page.get_by_text("Todos están ya en el cronograma.")).to_be_visible()
    planificados = Encuentro.objects.filter(estrategia=estrategia).order_by("fecha", "inicio")
    tipos = list(planificados.values_list("tipo", flat=True))
    assert sorted(tipos) == tipos == ["M1", "M2", "M2", "M2", "M3", "M3"]


def un_lunes_por_venir():
    """El de dentro de dos semanas, para que los oficios salgan con antelación."""
    hoy = timezone.localdate()
    return hoy + timedelta(days=14 - hoy.weekday())


# --- Convocar -----------------------------------------------------------------------------------


def convocar(page, correos):
    """Emite los oficios; `correos`, {GAD: dirección} de quienes tienen."""
    page.get_by_role("link", name="Convocar", exact=True).click()
    for gad, correo in correos.items():
        page.get_by_role("group", name=gad).get_by_label("Correo").fill(correo)
    page.get_by_label("Quién firma").fill(FIRMA[0])
    page.get_by_label("Cargo de quien firma").fill(FIRMA[1])
    page.get_by_role("button", name=re.compile("^Convocar a")).click()


def convocar_al_dialogo(page, dialogo, abrir):
    """El oficio llega al correo de la alcaldía, que responde sin cuenta, y la zona lo ve."""
    convocar(page, {"Manta (cantón, Manabí)": ALCALDIA})
    fila = page.get_by_role("row", name="Manta (cantón, Manabí)")
    expect(fila).to_contain_text(ALCALDIA)
    ((direccion, correo),) = los_que_salen().items()
    assert direccion == ALCALDIA
    assert correo.subject.startswith("Convocatoria al diálogo")
    oficio = oficio_de(correo)
    for dicho in ("Oficio n.º", "Gobierno Autónomo Descentralizado Municipal", "Manta", *FIRMA):
        assert dicho in oficio
    metodo, evento = cita_de(correo)
    dialogo.refresh_from_db()
    assert (metodo, evento["uid"]) == ("REQUEST", uid_de(dialogo))
    assert evento["sequence"] == dialogo.version - 1
    comprobar_comienzo(evento, dialogo)

    alcaldesa = abrir(**TELEFONO)
    alcaldesa.goto(enlace_de(correo))
    alcaldesa.get_by_role("button", name="Asistiré", exact=True).click()
    expect(alcaldesa.get_by_text("Usted respondió: asistirá")).to_be_visible()
    page.reload()
    expect(fila).to_contain_text("Asistirá")


def comprobar_comienzo(evento, encuentro):
    """El comienzo del .ics es la hora del encuentro, en la zona de Ecuador."""
    inicio = evento.DTSTART
    assert inicio.tzinfo == ECUADOR
    assert (inicio.date(), inicio.time()) == (encuentro.fecha, encuentro.inicio)


def preparar(page):
    """La agenda, los insumos y las preguntas de la plantilla del momento 3."""
    page.get_by_role("link", name=re.compile("^Usar una plantilla de M3")).click()
    page.get_by_role("radio").first.check()
    page.get_by_role("button", name="Copiar al encuentro").click()
    expect(page.get_by_text(COPIADO)).to_be_visible()
    page.get_by_role("link", name="Salir sin guardar").click()


def convocar_y_pasar_a_hoy(page, servidor, taller):
    """Convocado el taller, se adelanta a hoy: la misma cita llega corregida."""
    convocar(page, {"Manta (cantón, Manabí)": ALCALDIA, "Manabí (provincia)": PREFECTURA})
    expect(page.get_by_role("row", name="Manabí (provincia)")).to_contain_text(PREFECTURA)
    antes = los_que_salen()
    assert sorted(antes) == [ALCALDIA, PREFECTURA]
    page.goto(servidor.url + reverse("talleres:editar_encuentro", args=[taller.pk]))
    page.get_by_label(re.compile(r"^\s*Fecha")).fill(timezone.localdate().isoformat())
    # A toda hora: la puerta admite registros corra la prueba cuando corra.
    page.get_by_label("Hora de inicio").fill("00:00")
    page.get_by_label("Hora de fin").fill("23:59")
    page.get_by_role("button", name="Guardar el encuentro").click()
    expect(page.locator(".titular .estado")).to_have_text("Reprogramado")
    avisos = los_que_salen()
    assert sorted(avisos) == [ALCALDIA, PREFECTURA]
    taller.refresh_from_db()
    for quien, aviso in avisos.items():
        assert aviso.subject.startswith("Cambió la fecha y la hora: ")
        (_, era), (metodo, es) = cita_de(antes[quien]), cita_de(aviso)
        assert metodo == "REQUEST"
        assert es["uid"] == era["uid"] == uid_de(taller)
        assert es["sequence"] > era["sequence"]
        comprobar_comienzo(es, taller)
        assert era.DTSTART.date() > es.DTSTART.date()


# --- Registrar ----------------------------------------------------------------------------------


def registrar_en_la_puerta(page, servidor, abrir):
    """Una persona se registra en su teléfono con la dirección que codifica el cartel."""
    page.get_by_role("link", name="Registro por QR en los teléfonos").click()
    page.get_by_role("button", name="Abrir el registro").click()
    expect(page.get_by_role("heading", name="Abierto: ya se pueden registrar")).to_be_visible()
    page.get_by_role("link", name="Mostrar el cartel").click()
    codigo = page.get_by_role("img", name=re.compile("^Código QR que abre"))
    direccion = codigo.get_attribute("alt").removeprefix("Código QR que abre ")
    telefono = abrir(**TELEFONO)
    telefono.goto(f"http://{direccion}")
    telefono.get_by_label("Nombre y apellido").fill(EN_LA_PUERTA)
    telefono.get_by_label("GAD o entidad de la que viene").select_option(
        label="Montecristi (cantón)"
    )
    telefono.get_by_label("Cargo").fill("Concejala")
    telefono.get_by_label("Mujer").check()
    telefono.get_by_label("He leído y acepto").check()
    telefono.get_by_role("button", name="Registrarme").click()
    expect(telefono.get_by_role("heading", name="Quedó registrado/a")).to_be_visible()


def pegar_la_hoja(page, taller):
    """Tres personas de la hoja firmada, pegadas desde una planilla, revisadas y confirmadas."""
    page.get_by_role("link", name="Abrir el registro").click()
    page.get_by_role("link", name="Pegar o importar una hoja").click()
    page.get_by_label("Pegue aquí las filas de Excel").fill(
        "\n".join("\t".join(fila) for fila in HOJA)
    )
    page.get_by_label("Todas las personas de la hoja firmaron").check()
    page.get_by_role("button", name="Revisar la hoja").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 personas en")
    page.get_by_role("button", name="Confirmar y registrar").click()
    expect(page.get_by_text("Se registró a 3 personas.")).to_be_visible()
    nombres = Participante.objects.filter(encuentro=taller).values_list("nombre", "via")
    assert sorted(nombres) == sorted(
        [(EN_LA_PUERTA, "qr"), *((nombre, "importado") for nombre, *_ in HOJA[1:])]
    )


# --- Recoger ------------------------------------------------------------------------------------


def anotar(page, texto):
    page.get_by_label("Qué se dijo").fill(texto)
    page.get_by_role("button", name="Agregar la tarjeta").click()


def anotar_a_la_vez(page, abrir, cable, taller):
    """Dos navegadores en el mismo tablero; a uno se le cae la red en medio y no pierde nada."""
    page.get_by_role("link", name="Anotar y agrupar aportes").click()
    otra = abrir()
    ingresar(otra, cable, "central")
    otra.goto(cable.url + reverse("talleres:aportes", args=[taller.pk]))
    dicho = otra.locator(".cola [role=status]")
    anotar(page, DE_UNA[0])
    anotar(otra, DE_OTRA[0])
    for pagina in (page, otra):
        expect(pagina.locator(".aporte")).to_have_count(2, timeout=9000)

    cable.cortar()
    for cuantas, texto in enumerate(SIN_RED, start=1):
        anotar(otra, texto)
        expect(dicho).to_contain_text(f"{cuantas} sin enviar")
    anotar(page, DE_UNA[1])
    expect(page.locator(".aporte")).to_have_count(3)
    cable.conectar()
    otra.get_by_role("button", name="Enviar ahora").click()
    expect(dicho).to_have_text("Se enviaron 2.")
    anotar(otra, DE_OTRA[1])
    for pagina in (page, otra):
        expect(pagina.locator(".aporte")).to_have_count(len(TODAS), timeout=9000)
    textos = Aporte.objects.filter(encuentro=taller).values_list("texto", flat=True)
    assert sorted(textos) == TODAS


def promover(page):
    """Una tarjeta a la visión, otra a necesidad y otra a acuerdo; el tablero dice qué nació."""
    promover_una(page, DE_UNA[0], "Elemento de visión")
    necesidad = {"componente": "todo", "modalidad": "capacitacion", "prioridad": "alta"}
    promover_una(page, SIN_RED[0], "Necesidad de capacidad", **necesidad)
    limite = timezone.localdate() + timedelta(days=30)
    acuerdo = {"responsable_gad": "1308", "fecha_limite": limite.isoformat()}
    promover_una(page, DE_OTRA[1], "Acuerdo", **acuerdo)


def promover_una(page, texto, clase, **datos):
    """Con lo que el formulario trae de la tarjeta y `datos`; y vuelve al tablero."""
    page.get_by_role("link", name=f"Promover «{texto}»").click()
    page.get_by_role("link", name=clase).click()
    for campo, valor in datos.items():
        casilla = page.locator(f"#id_{campo}")
        es_lista = casilla.evaluate("uno => uno.tagName") == "SELECT"
        (casilla.select_option if es_lista else casilla.fill)(valor)
    page.get_by_role("button", name=f"Promover a {clase.lower()}").click()
    nacio = page.get_by_role("region", name="Lo que nació de ella")
    expect(nacio.get_by_role("link").first).to_contain_text(clase)
    page.get_by_role("link", name="Volver al tablero").click()
    tarjeta = page.locator(".aporte", has_text=texto)
    expect(tarjeta.locator(".nacidos")).to_be_visible()
    # Y de vuelta: lo que nació nombra la tarjeta de la que salió.
    tarjeta.locator(".nacidos a").click()
    origen = Aporte.objects.get(texto=texto).get_absolute_url()
    page.locator(f'main a[href="{origen}"]', has_text="aporte").first.click()
    expect(page.get_by_role("region", name="Lo que nació de ella")).to_contain_text(clase)
    page.get_by_role("link", name="Volver al tablero").click()


# --- Cerrar -------------------------------------------------------------------------------------


def cerrar(page):
    """Se dice qué falta; con un motivo se cierra así."""
    page.get_by_role("link", name="Cerrar el encuentro").click()
    expect(page.get_by_role("heading", name="Le faltan 2 de 5 cosas")).to_be_visible()
    page.get_by_role("button", name="Cerrar aunque falte algo").click()
    expect(page.get_by_role("alert")).to_contain_text("No se cerró")
    page.get_by_label("Por qué se cierra así").fill("Las fotos llegan mañana")
    page.get_by_role("button", name="Cerrar aunque falte algo").click()
    expect(page.locator(".titular .estado")).to_have_text("Realizado")
    expect(page.get_by_text("Se cerró sin las evidencias y la ayuda memoria.")).to_be_visible()
    expect(page.get_by_text("Las fotos llegan mañana")).to_be_visible()


def leer_la_ayuda_memoria(page):
    """El PDF que se abre la misma noche: lo que se dijo, lo que se acordó y quiénes fueron."""
    with page.expect_download() as descarga:
        page.get_by_role("link", name="Ayuda memoria (PDF)").click()
    texto = texto_de(descarga.value.path().read_bytes())
    for dicho in (*TODAS, EN_LA_PUERTA, *(nombre for nombre, *_ in HOJA[1:])):
        assert dicho in texto
    for renglon in (
        "GAD provincial 0 1 0 1",
        "GAD municipal 2 0 0 2",
        "GAD parroquial 1 0 0 1",
        "Total 3 1 0 4",
    ):
        assert renglon in texto
    assert "Borrador" not in texto
