"""El recorrido de la zona en un navegador: rehacer en la mesa los grupos 1 a 4 del piloto."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from acompanamiento.models import Grupo

from .fabricas import EstrategiaFactory
from .mesa import del_piloto, elegir_en_la_lista, ingresar, proponer_grupo
from .siembra import cuentas_con_clave, sembrar

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]

# Quien los forma: el 2 cruza zonas y lo arma la zona que tiene más cantones.
QUIEN = {1: "zonal1", 2: "zonal4", 3: "zonal4", 4: "zonal4"}


@pytest.fixture
def estrategia(transactional_db):
    """La DPA y las cuentas de demostración, y una estrategia sin ningún grupo."""
    sembrar(cuentas_con_clave)
    return EstrategiaFactory(codigo="otra-vez", nombre="El piloto, otra vez")


def test_la_mesa_rehace_los_grupos_del_piloto(live_server, page, estrategia):
    page.set_viewport_size({"width": 1280, "height": 900})
    mesa = live_server.url + reverse("acompanamiento:nuevo_grupo", args=[estrategia.codigo])
    fuente = del_piloto(*QUIEN)
    assert sorted(fuente) == [1, 2, 3, 4]
    for numero, grupo in fuente.items():
        ingresar(page, live_server, QUIEN[numero])
        page.goto(mesa)
        proponer_grupo(page, grupo)
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
