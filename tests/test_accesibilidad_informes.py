"""Axe y el ancho de las páginas de informes y tableros."""

import pytest
from django.urls import reverse

from territorios.models import Usuario
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas_avisos import AvisoFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def test_el_inicio_y_los_avisos(live_server, page, client, piloto):
    persona = Usuario.objects.get(username="gad0807")
    AvisoFactory.create_batch(2, destinatario=persona)
    abrir_sesion(page, live_server, client, "gad0807")
    rutas = [
        reverse("inicio"),
        reverse("avisos:lista"),
        reverse("avisos:preferencias"),
        reverse("talleres:por_hacer"),
    ]
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}
