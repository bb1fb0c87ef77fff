"""Lo que el servidor pone para seguir sin red: de quién es cada cosa y el guion de fondo."""

import re

import pytest
from django.urls import reverse

from talleres.models import SuscripcionCalendario
from tests.conftest import entrar
from tests.lectura_html import pagina

SUSCRIBIR = "/talleres/suscripciones/"
DE_OTRA_PERSONA = (
    "Esto lo escribió otra persona en este equipo: ingrese con esa cuenta para enviarlo."
)


def suscribirse(client, escribio):
    return client.post(SUSCRIBIR, {"nombre": "Mi teléfono"}, headers={"X-Quien": str(escribio)})


class TestDeQuienEs:
    def test_cada_pagina_lo_dice(self, client, zonal1):
        entrar(client, zonal1)
        respuesta = client.get(reverse("inicio"))
        assert respuesta["X-Quien"] == str(zonal1.pk)
        assert f'<body data-quien="{zonal1.pk}">' in respuesta.text

    def test_sin_sesion_es_de_nadie(self, client):
        respuesta = client.get(reverse("account_login"))
        assert respuesta["X-Quien"] == "nadie"
        assert '<body data-quien="nadie">' in respuesta.text

    def test_tambien_las_que_rechazan(self, client, zonal1):
        entrar(client, zonal1)
        assert client.get("/talleres/encuentros/999999/")["X-Quien"] == str(zonal1.pk)

    def test_lo_que_no_es_pagina_no_lo_dice(self, client, zonal1):
        entrar(client, zonal1)
        assert "X-Quien" not in client.get(reverse("servicio"))


class TestEnvioGuardado:
    def test_lo_propio_se_atiende(self, client, zonal1):
        assert suscribirse(entrar(client, zonal1), zonal1.pk).status_code == 200
        assert SuscripcionCalendario.objects.get().usuario == zonal1

    @pytest.mark.parametrize("escribio", ["zonal4", "nadie", ""])
    def test_lo_de_otra_persona_no(self, client, zonal1, zonal4, escribio):
        escribio = zonal4.pk if escribio == "zonal4" else escribio
        respuesta = suscribirse(entrar(client, zonal1), escribio)
        assert (respuesta.status_code, respuesta.json()) == (401, {"error": DE_OTRA_PERSONA})
        assert not SuscripcionCalendario.objects.exists()

    def test_sin_sesion_tampoco(self, client, zonal1):
        assert suscribirse(client, zonal1.pk).status_code == 401
        assert not SuscripcionCalendario.objects.exists()

    def test_lo_que_cualquiera_puede_enviar_no_depende_de_la_sesion(self, client, zonal1):
        direccion = reverse("publico:comprobar")
        anonima = {"X-Quien": "nadie"}
        sin_sesion = client.post(direccion, {"codigo": "AAAA"}, headers=anonima)
        con_sesion = entrar(client, zonal1).post(direccion, {"codigo": "AAAA"}, headers=anonima)
        assert (sin_sesion.status_code, con_sesion.status_code) == (400, 400)


class TestGuionDeFondo:
    def test_alcanza_todo_el_sitio_y_no_se_queda_viejo(self, client, db):
        respuesta = client.get("/sw.js")
        assert respuesta.status_code == 200
        assert respuesta["Content-Type"] == "text/javascript; charset=utf-8"
        assert respuesta["Service-Worker-Allowed"] == "/"
        assert respuesta["Cache-Control"] == "no-cache"

    def test_es_igual_para_todo_el_mundo(self, client, zonal1, django_assert_num_queries):
        with django_assert_num_queries(0):
            de_nadie = client.get("/sw.js").text
        assert entrar(client, zonal1).get("/sw.js").text == de_nadie

    def test_la_version_cambia_con_lo_que_guarda(self, client, db, monkeypatch):
        def version():
            return re.search(r'version: "([0-9a-f]{12})"', client.get("/sw.js").text)[1]

        antes = version()
        assert version() == antes
        monkeypatch.setattr("territorios.views.sin_conexion.static", lambda uno: f"/otra/{uno}")
        assert version() != antes

    def test_no_se_le_envia_nada(self, client, db):
        assert client.post("/sw.js").status_code == 405


def test_la_pagina_sin_conexion_no_lleva_guiones_en_linea(client, db):
    respuesta = client.get(reverse("sin_conexion"))
    assert respuesta.status_code == 200
    assert pagina(respuesta).prohibido == []
