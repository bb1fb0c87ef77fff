"""Axe y el ancho de las páginas de los informes."""

import pytest
from django.urls import reverse

from acompanamiento.models import Estrategia, Grupo
from tests.axe import abrir_sesion, anchas, violaciones

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def paginas_del_informe():
    estrategia, grupo = Estrategia.objects.get(), Grupo.objects.get(numero=1)
    codigo, de = estrategia.codigo, f"grupo-{grupo.pk}"
    return [
        reverse("pdot:informes", args=[codigo]),
        reverse("pdot:informe", args=[codigo, de]),
        reverse("pdot:editar_informe", args=[codigo, de]),
    ]


def test_las_paginas_de_la_zona(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "zonal1")
    rutas = paginas_del_informe()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}
