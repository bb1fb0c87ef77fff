"""Mirar páginas con axe y medir si se salen de la pantalla, con el piloto cargado."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from acompanamiento.models import Estrategia
from territorios.models import Gad, Usuario

from .fabricas import LineaFactory, PronunciamientoFactory
from .siembra import cuentas, sembrar

ANCHO_CON_LETRA = """letra => {
    document.documentElement.style.setProperty("--bs-font-sans-serif", letra);
    return document.documentElement.scrollWidth;
}"""


@pytest.fixture
def piloto(transactional_db):
    sembrar(cuentas)
    # El piloto no trae líneas programáticas: se mira una en consulta, observada por Rioverde.
    linea = LineaFactory(
        estrategia=Estrategia.objects.get(),
        provincia=Gad.objects.get(pk="08"),
        consultada_hoy=True,
    )
    PronunciamientoFactory(
        linea=linea,
        gad=Gad.objects.get(pk="0807"),
        sentido="observa",
        observacion="Falta el río.",
        por=Usuario.objects.get(username="gad0807"),
    )


def violaciones(page, servidor, rutas):
    """{ruta: [regla y elementos]} de las páginas con fallas; también 404 y otros códigos."""
    fallas = {}
    for ruta in rutas:
        respuesta = page.goto(f"{servidor.url}{ruta}")
        halladas = Axe().run(page).response["violations"]
        detalle = [(v["id"], [n["html"][:120] for n in v["nodes"][:3]]) for v in halladas]
        if detalle or respuesta.status != 200:
            fallas[ruta] = (respuesta.status, detalle)
    return fallas


def abrir_sesion(page, servidor, client, usuario):
    client.force_login(Usuario.objects.get(username=usuario))
    galleta = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": galleta, "url": servidor.url}])


def anchas(page, servidor, rutas):
    """{(ruta, letra): ancho} de lo que no cabe, con la letra propia y con la de reserva.

    La de reserva es la que se ve mientras la propia no llega, y es la más ancha de las dos.
    """
    halladas = {}
    for ruta in rutas:
        page.goto(f"{servidor.url}{ruta}")
        page.evaluate("document.fonts.ready.then(() => true)")
        for letra in ('"Public Sans"', "sans-serif"):
            ancho = page.evaluate(ANCHO_CON_LETRA, letra)
            if ancho > page.viewport_size["width"]:
                halladas[ruta, letra] = ancho
    return halladas
