"""Axe y el ancho de las páginas de informes, tableros y datos."""

import pytest
from django.urls import reverse

from tests.axe import abrir_sesion, anchas, violaciones

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def test_los_datos_abiertos_y_la_api(live_server, page, client, piloto, publicacion, llave_de_api):
    abrir_sesion(page, live_server, client, "central")
    rutas = [
        reverse("datos:inicio"),
        reverse("api:referencia"),
        reverse("api:llaves"),
        reverse("api:revocar_llave", args=[llave_de_api.pk]),
    ]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}
