"""Cancelar un encuentro con motivo."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from talleres.acciones import EncuentroCerrado, cancelar_encuentro
from talleres.models import Convocado, Encuentro
from territorios.versiones import Conflicto
from tests.conftest import entrar

pytestmark = pytest.mark.django_db


def ruta(encuentro):
    return reverse("talleres:cancelar_encuentro", args=[encuentro.pk])


def leer(encuentro):
    encuentro.refresh_from_db()
    return encuentro.estado, encuentro.motivo, encuentro.version


SIN_TOCAR = ("planificado", "", 1)


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 302),
        ("zonal1", 302),
        ("zonal4", 404),
        ("observador", 403),
        ("observador1", 403),
        ("plan_rioverde", 403),
    ],
)
def test_cancelan_la_central_y_su_zona(client, elenco, encuentro1, quien, estado):
    respuesta = entrar(client, elenco[quien]).post(
        ruta(encuentro1), {"motivo": "Paro vial", "version": 1}
    )
    assert respuesta.status_code == estado
    assert leer(encuentro1) == (("cancelado", "Paro vial", 2) if estado == 302 else SIN_TOCAR)


def test_sin_sesion_se_pide_ingresar(client, encuentro1):
    assert client.get(ruta(encuentro1)).status_code == 302
    assert client.post(ruta(encuentro1), {"motivo": "x", "version": 1}).status_code == 401
    assert leer(encuentro1) == SIN_TOCAR


def test_la_pagina_dice_la_consecuencia(client, zonal1, encuentro1):
    for codigo in ("08", "0807"):
        Convocado.objects.create(encuentro=encuentro1, gad_id=codigo)
    respuesta = entrar(client, zonal1).get(ruta(encuentro1))
    pagina = respuesta.content.decode()
    for dicho in ("no se puede reabrir", "2 GAD convocados", "cambie su fecha"):
        assert dicho in pagina
    assert leer(encuentro1) == SIN_TOCAR


def test_queda_escrito_quien_cuando_y_por_que(client, zonal1, encuentro1):
    respuesta = entrar(client, zonal1).post(
        ruta(encuentro1), {"motivo": "Paro vial", "version": 1}, follow=True
    )
    assert [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)] == [
        "Se canceló «Taller de Rioverde», jueves 22 de agosto de 2019."
    ]
    assert "Paro vial" in respuesta.content.decode()
    fila = encuentro1.historia.latest()
    assert (fila.history_user, fila.history_change_reason) == (zonal1, "Cancelación")


@pytest.mark.parametrize(
    ("enviado", "campo"),
    [
        ({"motivo": "", "version": 1}, "motivo"),
        ({"motivo": "   ", "version": 1}, "motivo"),
        ({"motivo": "x" * 1001, "version": 1}, "motivo"),
        ({"motivo": "Paro"}, "version"),
        ({"motivo": "Paro", "version": "uno"}, "version"),
    ],
)
def test_sin_motivo_o_sin_version_no_se_cancela(client, zonal1, encuentro1, enviado, campo):
    respuesta = entrar(client, zonal1).post(ruta(encuentro1), enviado)
    assert respuesta.status_code == 400
    assert list(respuesta.context["form"].errors) == [campo]
    assert leer(encuentro1) == SIN_TOCAR


@pytest.mark.parametrize("estado", ["realizado", "cancelado"])
def test_un_encuentro_cerrado_no_se_cancela(client, zonal1, encuentro1, estado):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado=estado, motivo="Antes")
    entrar(client, zonal1)
    assert "ya no se puede cancelar" in client.get(ruta(encuentro1)).content.decode()
    respuesta = client.post(ruta(encuentro1), {"motivo": "Paro", "version": 1})
    assert respuesta.status_code == 409
    assert "ya no se puede cancelar" in respuesta.content.decode()
    assert leer(encuentro1) == (estado, "Antes", 1)


def test_la_accion_exige_version_y_estado(encuentro1, zonal1):
    with pytest.raises(Conflicto):
        cancelar_encuentro(encuentro1, por=zonal1, motivo="Paro", version=5)
    assert leer(encuentro1) == SIN_TOCAR
    hecho = cancelar_encuentro(encuentro1, por=zonal1, motivo="Paro", version=1)
    assert (hecho.estado, hecho.version) == ("cancelado", 2)
    with pytest.raises(EncuentroCerrado):
        cancelar_encuentro(encuentro1, por=zonal1, motivo="Otra vez", version=2)
    assert leer(encuentro1) == ("cancelado", "Paro", 2)
