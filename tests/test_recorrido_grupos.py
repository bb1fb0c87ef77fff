"""El recorrido de la zona en un navegador: rehacer en la mesa los grupos 1 a 4 del piloto."""

import json

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import expect

from acompanamiento.models import Grupo

from .fabricas import CLAVE, EstrategiaFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

# Quien los forma: el 2 cruza zonas y lo arma la zona que tiene más cantones.
QUIEN = {1: "zonal1", 2: "zonal4", 3: "zonal4", 4: "zonal4"}


@pytest.fixture
def estrategia(transactional_db, django_user_model):
    """La DPA y las cuentas de demostración, y una estrategia sin ningún grupo."""
    call_command("cargar_dpa", verbosity=0)
    call_command("cargar_piloto", verbosity=0)
    call_command("crear_usuarios_demo", verbosity=0)
    for usuario in django_user_model.objects.all():
        usuario.set_password(CLAVE)
        usuario.save()
    return EstrategiaFactory(codigo="otra-vez", nombre="El piloto, otra vez")


def del_piloto():
    """{número: registro} de los cuatro grupos, como están en la fuente."""
    archivo = settings.BASE_DIR / "fixtures" / "piloto" / "grupos.json"
    registros = json.loads(archivo.read_text())["registros"]
    return {registro["numero"]: registro for registro in registros if registro["numero"] in QUIEN}


def ingresar(page, servidor, usuario):
    page.context.clear_cookies()
    page.goto(f"{servidor.url}/cuenta/ingresar/")
    page.get_by_label("Usuario o correo").fill(usuario)
    page.get_by_label("Clave").fill(CLAVE)
    page.get_by_role("button", name="Ingresar").click()
    expect(page.locator(".cuenta summary")).to_have_text(usuario)


def elegir_en_el_mapa(page, codigo):
    """Con el teclado: la celda toma el foco y la barra espaciadora la alterna."""
    celda = page.locator(f'.mapa a[href="#c-{codigo}"]')
    celda.focus()
    page.keyboard.press("Space")
    expect(celda).to_have_attribute("aria-checked", "true")


def elegir_en_la_lista(page, codigo):
    page.locator(f"#c-{codigo} input").check()


def quitar(page, codigo):
    """Quita un GAD de los que entraron con su cantón."""
    casilla = page.locator(f"#m-{codigo}")
    desplegable = page.locator("details", has=casilla)
    if desplegable.count() and desplegable.get_attribute("open") is None:
        desplegable.locator("summary").click()
    casilla.uncheck()


def armar(page, grupo):
    """Elige los cantones y deja exactamente los GAD de la fuente."""
    cantones = grupo["municipales"]
    for numero, codigo in enumerate(cantones, start=1):
        (elegir_en_el_mapa if numero % 2 else elegir_en_la_lista)(page, codigo)
    expect(page.locator("[data-elegido] details")).to_have_count(len(cantones))
    expect(page.locator("[data-elegido]")).to_have_attribute("aria-busy", "false")
    fuente = {*cantones, *grupo["parroquiales"], *grupo["provinciales"]}
    marcados = page.locator('[name="marcados"]')
    sobran = {casilla.get_attribute("value") for casilla in marcados.all()} - fuente
    for codigo in sorted(sobran):
        quitar(page, codigo)


def test_la_mesa_rehace_los_grupos_del_piloto(live_server, page, estrategia):
    page.set_viewport_size({"width": 1280, "height": 900})
    mesa = live_server.url + reverse("acompanamiento:nuevo_grupo", args=[estrategia.codigo])
    fuente = del_piloto()
    assert sorted(fuente) == [1, 2, 3, 4]
    for numero, grupo in fuente.items():
        ingresar(page, live_server, QUIEN[numero])
        page.goto(mesa)
        armar(page, grupo)
        expect(page.locator("[data-veredicto]")).to_contain_text(
            "un solo cantón" if len(grupo["municipales"]) == 1 else "un territorio continuo"
        )
        page.get_by_label("Sede").select_option(grupo["sede"])
        if numero == 2:
            page.get_by_label("zona que coordina").select_option(str(grupo["zona"]))
        page.get_by_label("Nombre").fill(grupo["nombre"])
        page.get_by_label("Criterio principal").select_option(label=grupo["criterio"])
        page.get_by_role("button", name="Proponer el grupo").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(grupo["nombre"])
    hechos = {grupo.numero: grupo for grupo in Grupo.objects.filter(estrategia=estrategia)}
    assert sorted(hechos) == [1, 2, 3, 4]
    for numero, grupo in fuente.items():
        hecho = hechos[numero]
        miembros = set(hecho.miembros().values_list("pk", flat=True))
        assert miembros == {*grupo["provinciales"], *grupo["municipales"], *grupo["parroquiales"]}
        assert (hecho.sede_id, hecho.zona_id) == (grupo["sede"], grupo["zona"])
        assert str(hecho.criterio) == grupo["criterio"]


def test_lo_cortado_se_nombra_al_momento_y_sin_justificar_no_se_guarda(
    live_server, page, estrategia
):
    ingresar(page, live_server, "zonal4")
    page.goto(live_server.url + reverse("acompanamiento:nuevo_grupo", args=[estrategia.codigo]))
    for codigo in ("1315", "1307", "1302", "1311", "1305"):
        elegir_en_la_lista(page, codigo)
    expect(page.locator("[data-veredicto]")).to_contain_text(
        "Flavio Alfaro no limita con el resto."
    )
    page.get_by_label("Nombre").fill("Los del norte")
    page.get_by_role("button", name="Proponer el grupo").click()
    expect(page.locator("#errores")).to_contain_text("Para guardarlo así, escriba por qué.")
    assert not Grupo.objects.filter(estrategia=estrategia).exists()
    page.get_by_label("Por qué se juntan").fill("Comparten el mercado de Chone.")
    page.get_by_role("button", name="Proponer el grupo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Los del norte")
    guardado = Grupo.objects.get(estrategia=estrategia)
    assert guardado.justificacion == "Comparten el mercado de Chone."
