"""Lo que una persona hace en el navegador para ingresar y formar en la mesa un grupo del piloto."""

import json

from django.conf import settings
from playwright.sync_api import expect

from .fabricas import CLAVE


def del_piloto(*numeros):
    """{número: registro} de esos grupos, como están en la fuente."""
    archivo = settings.BASE_DIR / "fixtures" / "piloto" / "grupos.json"
    registros = json.loads(archivo.read_text())["registros"]
    return {registro["numero"]: registro for registro in registros if registro["numero"] in numeros}


def ingresar(page, servidor, usuario):
    """Con la clave de todas las pruebas; `servidor` es por donde se llega: tiene `url`."""
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


def proponer_grupo(page, grupo):
    """Llena la mesa con un grupo de la fuente, lo propone y espera su página."""
    armar(page, grupo)
    expect(page.locator("[data-veredicto]")).to_contain_text(
        "un solo cantón" if len(grupo["municipales"]) == 1 else "un territorio continuo"
    )
    page.get_by_label("Sede").select_option(grupo["sede"])
    zona = page.get_by_label("zona que coordina")
    if zona.count():
        zona.select_option(str(grupo["zona"]))
    page.get_by_label("Nombre").fill(grupo["nombre"])
    page.get_by_label("Criterio principal").select_option(label=grupo["criterio"])
    page.get_by_role("button", name="Proponer el grupo").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(grupo["nombre"])
