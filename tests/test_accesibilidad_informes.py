"""Axe y el ancho de las páginas de informes y tableros."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from acompanamiento.models import Grupo
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas import HitoFactory, HitoGrupoFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def paginas_del_avance():
    grupo = Grupo.objects.get(numero=1)
    HitoGrupoFactory(grupo=grupo, hito=HitoFactory(nombre="Diagnóstico"))
    call_command("contar_avance", "--desde", "2019-08-25", verbosity=0)
    return [
        reverse("pdot:avance"),
        reverse("pdot:avance_de_zona", args=[4]),
        reverse("pdot:avance_de_grupos"),
        reverse("pdot:tablero_de_grupo", args=[grupo.pk]),
        reverse("pdot:avance_de_gad", args=["0807"]),
        reverse("pdot:ritmo"),
        f"{reverse('pdot:cobertura')}?grupo={grupo.pk}",
    ]


def test_las_paginas_del_avance(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "central")
    rutas = paginas_del_avance()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}


def test_el_avance_de_quien_es_de_un_gad(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "gad0807")
    assert violaciones(page, live_server, [reverse("pdot:avance")]) == {}
