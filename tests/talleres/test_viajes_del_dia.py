"""Anotar los viajes del día de un encuentro: horas reales, viajes nuevos y los que sobran."""

from datetime import time

import pytest
from django.urls import reverse

from talleres.models import Traslado
from tests.conftest import entrar
from tests.fabricas import TrasladoFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def viaje(encuentro1):
    return TrasladoFactory(estrategia=encuentro1.estrategia, fecha=encuentro1.fecha)


@pytest.fixture
def url(encuentro1):
    return reverse("talleres:traslados", args=[encuentro1.pk])


def fila(numero, **datos):
    vacia = {"pk": "", "version": "", "origen": "", "destino": "", "modo": "terrestre"}
    return {f"t-{numero}-{campo}": valor for campo, valor in (vacia | datos).items()}


def de(viaje, **otros):
    datos = {"pk": viaje.pk, "version": viaje.version, "modo": viaje.modo}
    return datos | {"origen": viaje.origen, "destino": viaje.destino} | otros


def enviar(client, url, *filas):
    datos = {"t-TOTAL_FORMS": len(filas), "t-INITIAL_FORMS": 0}
    for numero, una in enumerate(filas):
        datos |= fila(numero, **una)
    return client.post(url, datos)


def guardados():
    campos = ("origen", "destino", "hora", "llegada", "jornada", "orden")
    return list(Traslado.objects.order_by("pk").values_list(*campos))


def test_se_anotan_las_horas_y_queda_quien_fue(client, zonal1, viaje, url):
    entrar(client, zonal1)
    assert "Viajes del jueves 22 de agosto de 2019" in client.get(url).text
    respuesta = enviar(client, url, de(viaje, hora="06:10", llegada="07:40"), {})
    assert respuesta.status_code == 302
    viaje.refresh_from_db()
    assert (viaje.hora, viaje.llegada, viaje.version) == (time(6, 10), time(7, 40), 2)
    assert viaje.minutos == 90
    assert viaje.historia.first().history_user == zonal1


def test_uno_nuevo_va_en_su_lugar_del_dia_y_no_se_repite(client, zonal1, encuentro1, url):
    """El encuentro es a las 08:30."""
    entrar(client, zonal1)
    nuevo = {"origen": "Rioverde", "destino": "Esmeraldas", "hora": "13:00"}
    for _ in range(2):
        assert enviar(client, url, nuevo).status_code == 302
    assert guardados() == [("Rioverde", "Esmeraldas", time(13), None, "tarde", 2)]


def test_el_que_sobra_se_quita(client, zonal1, viaje, url):
    entrar(client, zonal1)
    enviar(client, url, de(viaje, quitar="on"))
    assert guardados() == []
    assert Traslado.historia.first().history_user == zonal1


def test_sin_cambios_no_se_escribe(client, zonal1, viaje, url):
    entrar(client, zonal1)
    enviar(client, url, de(viaje), {})
    viaje.refresh_from_db()
    assert viaje.version == 1


@pytest.mark.parametrize(
    ("datos", "mensaje"),
    [
        ({"origen": "Rioverde"}, "Diga adónde se llega."),
        ({"origen": "Rioverde", "destino": "Muisne"}, "Diga a qué hora sale."),
        (
            {"origen": "Rioverde", "destino": "Muisne", "hora": "9:00", "llegada": "08:00"},
            "La llegada es después de la salida, el mismo día.",
        ),
        (
            {"origen": "Rioverde", "destino": "Muisne", "hora": "las nueve"},
            "Escriba una hora como 09:30.",
        ),
    ],
)
def test_lo_malo_se_dice_y_no_se_guarda(client, zonal1, viaje, url, datos, mensaje):
    antes = guardados()
    respuesta = enviar(entrar(client, zonal1), url, de(viaje, hora="06:00"), datos)
    assert (respuesta.status_code, guardados()) == (400, antes)
    assert mensaje in respuesta.text


def test_si_otra_persona_guardo_antes_no_se_pisa(client, zonal1, viaje, url):
    entrar(client, zonal1)
    enviar(client, url, de(viaje, hora="06:00", llegada="07:00"))
    respuesta = enviar(client, url, de(viaje, hora="06:30", llegada="07:45"))
    assert respuesta.status_code == 409
    assert "Guardado: Esmeraldas – Rioverde (terrestre), 06:00 a 07:00" in respuesta.text
    assert 'value="07:45"' in respuesta.text
    viaje.refresh_from_db()
    assert viaje.llegada == time(7)
    # Quien lo vuelve a enviar ya leyó lo guardado.
    viaje.refresh_from_db()
    assert enviar(client, url, de(viaje, hora="06:30", llegada="07:45")).status_code == 302


def test_un_viaje_de_otro_dia_no_se_toca(client, zonal1, encuentro1, url):
    ajeno = TrasladoFactory(estrategia=encuentro1.estrategia, fecha="2019-08-30")
    enviar(entrar(client, zonal1), url, de(ajeno, hora="06:00", destino="Muisne"))
    ajeno.refresh_from_db()
    assert (ajeno.destino, ajeno.hora) == ("Rioverde", None)


@pytest.mark.parametrize(
    ("quien", "estado"),
    [("central", 200), ("zonal1", 200), ("zonal4", 404), ("observador", 403)],
)
def test_los_anota_quien_edita_el_encuentro(client, elenco, url, quien, estado):
    assert entrar(client, elenco[quien]).get(url).status_code == estado
