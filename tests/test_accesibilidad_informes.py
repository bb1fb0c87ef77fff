"""Axe y el ancho de las páginas de informes, documentos y tableros."""

import pytest
from django.urls import reverse

from territorios.models import Usuario
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas_documentos import emitido

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def paginas_de_documentos():
    suyo = emitido(Usuario.objects.get(username="zonal1"), "Ficha del GAD · Rioverde")
    return [
        reverse("territorios:documentos"),
        reverse("publico:comprobar_documento"),
        reverse("publico:documento", args=[suyo.codigo_legible]),
    ]


def test_las_paginas_de_documentos(live_server, page, client, piloto):
    rutas = paginas_de_documentos()
    abrir_sesion(page, live_server, client, "zonal1")
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}
