"""Axe y el ancho de las páginas de informes y tableros."""

import pytest
from django.urls import reverse

from territorios.models import Trabajo, Usuario
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas_trabajos import listo_de, pedir_de

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def paginas_en_bloque():
    """Uno listo y uno en cola, pedidos por la zona 4."""
    zonal = Usuario.objects.get(username="zonal4")
    listo = listo_de(zonal, zona=4, nivel="provinciales")
    en_cola = pedir_de(zonal, zona=4, nivel="municipales")
    return [
        reverse("pdot:trabajos"),
        reverse("pdot:pedir_fichas"),
        *(reverse("pdot:trabajo", args=[uno.pk]) for uno in (listo, en_cola)),
        reverse("pdot:cancelar_trabajo", args=[en_cola.pk]),
    ]


def test_sin_fallas_y_caben_en_un_telefono(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "zonal4")
    rutas = paginas_en_bloque()
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 360, "height": 740})
    assert anchas(page, live_server, rutas) == {}


def test_la_barra_se_pone_al_dia_sin_recargar(live_server, page, client, piloto):
    """Y al terminar ofrece el ZIP sin que nadie toque nada."""
    zonal = Usuario.objects.get(username="zonal4")
    trabajo = pedir_de(zonal, zona=4, nivel="provinciales")
    abrir_sesion(page, live_server, client, "zonal4")
    page.goto(live_server.url + trabajo.get_absolute_url())
    page.get_by_text("Empieza en unos segundos.").wait_for()
    Trabajo.objects.filter(pk=trabajo.pk).update(creado=trabajo.creado.replace(year=2020))
    otro = pedir_de(Usuario.objects.get(username="zonal1"), nivel="provinciales")
    Trabajo.objects.filter(pk=otro.pk).update(creado=trabajo.creado.replace(year=2019))
    page.get_by_text("hay 1 pedido antes").wait_for()
    listo_de(zonal, zona=4, nivel="provinciales")
    page.get_by_role("link", name="Descargar el ZIP").wait_for()
