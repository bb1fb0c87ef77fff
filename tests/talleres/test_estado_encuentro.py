"""Marcar un encuentro como convocado o como realizado."""

from datetime import date, time, timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from talleres.acciones import NoProcede, convocar_encuentro, realizar_encuentro
from talleres.models import Encuentro
from territorios.versiones import Conflicto
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory

pytestmark = pytest.mark.django_db


def ruta(que, encuentro):
    return reverse(f"talleres:{que}_encuentro", args=[encuentro.pk])


def leer(encuentro):
    encuentro.refresh_from_db()
    return encuentro.estado, encuentro.version


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 302),
        ("zonal1", 302),
        ("zonal4", 404),
        ("observador", 403),
        ("plan_rioverde", 403),
    ],
)
@pytest.mark.parametrize(("que", "queda"), [("convocar", "convocado"), ("realizar", "realizado")])
def test_los_marcan_quienes_los_editan(client, elenco, encuentro1, quien, estado, que, queda):
    respuesta = entrar(client, elenco[quien]).post(ruta(que, encuentro1), {"version": 1})
    assert respuesta.status_code == estado
    assert leer(encuentro1) == ((queda, 2) if estado == 302 else ("planificado", 1))


@pytest.mark.parametrize("que", ["convocar", "realizar"])
def test_solo_con_post_y_con_sesion(client, central, encuentro1, que):
    client.post(ruta(que, encuentro1), {"version": 1})
    assert leer(encuentro1) == ("planificado", 1)
    assert entrar(client, central).get(ruta(que, encuentro1)).status_code == 405


def test_queda_escrito_quien_y_se_avisa(client, zonal1, encuentro1):
    entrar(client, zonal1)
    respuesta = client.post(
        ruta("realizar", encuentro1), {"version": 1, "participantes": "38"}, follow=True
    )
    assert [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)] == [
        "Quedó como realizado «Taller de Rioverde», jueves 22 de agosto de 2019."
    ]
    encuentro1.refresh_from_db()
    fila = encuentro1.historia.latest()
    assert encuentro1.participantes_declarados == 38
    assert (fila.history_user, fila.history_change_reason) == (zonal1, "Realización")
    assert "<strong>38 personas</strong> (total declarado" in respuesta.content.decode()


def test_sin_total_no_se_borra_el_que_habia(central, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(participantes_declarados=38)
    hecho = realizar_encuentro(encuentro1, por=central, version=1)
    assert (hecho.estado, hecho.participantes_declarados) == ("realizado", 38)


@pytest.mark.parametrize(
    ("que", "estado", "procede"),
    [
        ("convocar", "planificado", True),
        ("convocar", "reprogramado", True),
        ("convocar", "convocado", False),
        ("convocar", "realizado", False),
        ("convocar", "cancelado", False),
        ("realizar", "planificado", True),
        ("realizar", "reprogramado", True),
        ("realizar", "convocado", True),
        ("realizar", "realizado", False),
        ("realizar", "cancelado", False),
    ],
)
def test_solo_desde_ciertos_estados(client, central, encuentro1, que, estado, procede):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado=estado, motivo="Alguno")
    entrar(client, central)
    ofrece = ruta(que, encuentro1) in client.get(encuentro1.get_absolute_url()).content.decode()
    respuesta = client.post(ruta(que, encuentro1), {"version": 1})
    assert ofrece == procede
    assert respuesta.status_code == (302 if procede else 409)
    if not procede:
        assert f"El encuentro está {estado}" in respuesta.content.decode()
        assert leer(encuentro1) == (estado, 1)


def test_no_se_realiza_antes_de_su_fecha(client, central, estrategia):
    manana = timezone.localdate() + timedelta(days=1)
    futuro = EncuentroFactory(estrategia=estrategia, fecha=manana)
    entrar(client, central)
    assert "Marcar como realizado" not in client.get(futuro.get_absolute_url()).content.decode()
    respuesta = client.post(ruta("realizar", futuro), {"version": 1})
    assert respuesta.status_code == 409
    assert "todavía no se puede marcar como realizado" in respuesta.content.decode()
    assert leer(futuro) == ("planificado", 1)
    convocar_encuentro(futuro, por=central, version=1)
    Encuentro.objects.filter(pk=futuro.pk).update(fecha=timezone.localdate())
    assert realizar_encuentro(futuro, por=central, version=2).estado == "realizado"


@pytest.mark.parametrize("que", ["convocar", "realizar"])
def test_si_otra_persona_guardo_antes_no_se_marca(client, central, encuentro1, que):
    Encuentro.objects.filter(pk=encuentro1.pk).update(version=2, tema="Otro tema")
    respuesta = entrar(client, central).post(
        ruta(que, encuentro1), {"version": 1, "participantes": "41"}
    )
    pagina = respuesta.content.decode()
    assert respuesta.status_code == 409
    assert "Otra persona cambió el encuentro" in pagina
    assert ('value="41"' in pagina) == (que == "realizar")
    assert leer(encuentro1) == ("planificado", 2)
    with pytest.raises(Conflicto):
        convocar_encuentro(encuentro1, por=central, version=1)


@pytest.mark.parametrize(
    "tecleado", [{}, {"version": "uno"}, {"version": 1, "participantes": "-1"}]
)
def test_lo_mal_tecleado_se_dice(client, central, encuentro1, tecleado):
    respuesta = entrar(client, central).post(ruta("realizar", encuentro1), tecleado)
    assert respuesta.status_code == 400
    assert "No se cambió el estado del encuentro." in respuesta.content.decode()
    assert leer(encuentro1) == ("planificado", 1)


def test_el_total_va_en_la_primera_jornada(client, central, encuentro1, grupo1):
    tarde = EncuentroFactory(
        estrategia=grupo1.estrategia,
        fecha=date(2019, 8, 22),
        inicio=time(13),
        fin=time(17),
        jornada="tarde",
        jornada_de=encuentro1,
        grupos=[grupo1],
    )
    pagina = entrar(client, central).get(tarde.get_absolute_url()).content.decode()
    assert 'name="participantes"' not in pagina
    with pytest.raises(NoProcede, match="primera jornada"):
        realizar_encuentro(tarde, por=central, version=1, participantes=40)
    assert leer(tarde) == ("planificado", 1)
