"""Corregir una tarjeta pidiendo la respuesta en datos, como lo hace el envío guardado sin red."""

import pytest
from django.urls import reverse

from talleres.aportes import retirar_aporte
from talleres.models import Aporte
from tests.conftest import entrar
from tests.fabricas import AporteFactory

MENSAJE = "Otra persona corrigió la tarjeta mientras usted escribía: no se guardó lo suyo."
EN_DATOS = {"Accept": "application/json"}


@pytest.fixture
def tarjeta(encuentro1):
    return AporteFactory(encuentro=encuentro1, estrategia=encuentro1.estrategia, texto="Agua")


@pytest.fixture
def corregir(client, zonal1, tarjeta):
    """Función que envía la corrección como la zonal, con la versión que leyó."""
    entrar(client, zonal1)
    url = reverse("talleres:corregir_aporte", args=[tarjeta.pk])

    def enviar(texto, version=1):
        datos = {"texto": texto, "version_leida": version}
        return client.post(url, datos, headers=EN_DATOS)

    return enviar


def guardado():
    tarjeta = Aporte.objects.get()
    return tarjeta.texto, tarjeta.version


def test_se_guarda(corregir, tarjeta):
    respuesta = corregir("Agua segura")
    assert respuesta.status_code == 200
    assert respuesta.json() == {"pk": tarjeta.pk, "version": 2, "ya_estaba": False}
    assert guardado() == ("Agua segura", 2)


def test_el_mismo_envio_otra_vez_no_es_un_conflicto(corregir, tarjeta):
    corregir("Agua segura")
    respuesta = corregir("Agua segura")
    assert respuesta.status_code == 200
    assert respuesta.json() == {"pk": tarjeta.pk, "version": 2, "ya_estaba": True}
    assert guardado() == ("Agua segura", 2)


def test_tampoco_si_tiene_varios_renglones_y_espacios(corregir):
    corregir("Agua\r\nsegura ")
    respuesta = corregir("Agua\r\nsegura ")
    assert (respuesta.status_code, respuesta.json()["ya_estaba"]) == (200, True)


def test_si_otra_persona_la_corrigio_se_dice_como_quedo(corregir):
    corregir("Agua potable")
    respuesta = corregir("Agua segura")
    assert respuesta.status_code == 409
    assert respuesta.json() == {
        "mensaje": MENSAJE,
        "actual": {
            "donde": "",
            "mesa": "",
            "gad": "",
            "foto": "",
            "texto": "Agua potable",
            "version": 2,
        },
    }
    assert guardado() == ("Agua potable", 2)


def test_si_la_retiraron_no_se_da_por_guardada(corregir, tarjeta, central):
    retirar_aporte(tarjeta, motivo="Repetida", por=central, version=1)
    respuesta = corregir("Agua")
    assert respuesta.status_code == 409
    assert "retiró" in respuesta.json()["mensaje"]
    assert guardado() == ("Agua", 2)


def test_un_campo_mal_puesto(corregir):
    respuesta = corregir(" ")
    assert respuesta.status_code == 400
    assert respuesta.json() == {"errores": {"texto": ["Escriba qué se dijo."]}}
    assert guardado() == ("Agua", 1)
