"""Si la sesión venció mientras alguien escribía, no se guarda, pero lo escrito se le devuelve."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.conftest import entrar
from tests.fabricas import CLAVE
from tests.lectura_html import pagina

CAMBIAR = "/cuenta/clave/cambiar/"
AUTOGUARDADO = {"X-Autoguardado": "1"}


@pytest.fixture
def url(evaluaciones):
    return reverse("pdot:seccion", args=[evaluaciones["0807"].pk, "interna"])


def texto(respuesta):
    return " ".join(" ".join(pagina(respuesta).texto).split())


def test_lo_escrito_se_devuelve_y_se_dice_como_seguir(client, url):
    escrito = {"texto_a1": "Faltan <b>datos</b>", "numero_de_actas": "3", "motivo": "Porque sí"}
    respuesta = client.post(url, escrito | {"version": "4", "version_a1": "9"})
    assert respuesta.status_code == 401
    dicho = texto(respuesta)
    assert "La sesión venció" in dicho
    for parte in ("Faltan <b>datos</b>", "Numero de actas", "Porque sí"):
        assert parte in dicho
    assert "ersion" not in dicho, "lo que pone el formulario no lo escribió nadie"
    assert f'href="{reverse("account_login")}" target="_blank"' in respuesta.text


def test_los_campos_se_llaman_como_en_la_plataforma(client, url):
    respuesta = client.post(url, {"anio_desde": "2019", "puntos-0-titulo": "Bienvenida"})
    assert "<dt>Título</dt>" in respuesta.text or "<dt>Titulo</dt>" in respuesta.text
    assert "anio_desde" not in respuesta.text


def test_todo_lo_marcado_se_devuelve(client, url):
    assert "08<br>13" in client.post(url, {"gads": ["08", "13"]}).text


@pytest.mark.parametrize("exigente", [False, True])
def test_una_clave_no_se_muestra(evaluaciones, exigente):
    """Ni sin sesión ni con el formulario vencido."""
    datos = {"oldpassword": CLAVE, "password1": CLAVE, "password2": CLAVE, "code": "123456"}
    respuesta = Client(enforce_csrf_checks=exigente).post(CAMBIAR, datos)
    assert respuesta.status_code == (403 if exigente else 401)
    assert CLAVE not in respuesta.text
    assert "123456" not in respuesta.text
    assert "No había nada escrito" in texto(respuesta)


def test_mirar_sigue_llevando_a_ingresar(client, url):
    assert client.get(url).url == f"{reverse('account_login')}?next={url}"


class TestAutoguardado:
    def test_sin_sesion_lo_dice(self, client, url):
        respuesta = client.post(url, {"texto_a1": "x"}, headers=AUTOGUARDADO)
        assert respuesta.status_code == 401
        assert respuesta.json() == {
            "error": "La sesión venció: ingrese en otra pestaña y vuelva a guardar."
        }

    def test_al_volver_a_ingresar_se_puede_guardar(self, url, plan_rioverde):
        """Ingresar cambia la señal del formulario: se rechaza la vieja y se entrega la nueva."""
        navegador = Client(enforce_csrf_checks=True)
        entrar(navegador, plan_rioverde)
        campos = dict(pagina(navegador.get(url)).campos)
        del navegador.cookies[settings.SESSION_COOKIE_NAME]
        assert navegador.post(url, campos, headers=AUTOGUARDADO).status_code == 401

        ingreso = dict(pagina(navegador.get(reverse("account_login"))).campos)
        ingreso |= {"login": "plan_rioverde", "password": CLAVE}
        assert navegador.post(reverse("account_login"), ingreso).status_code == 302

        rechazado = navegador.post(url, campos, headers=AUTOGUARDADO)
        assert rechazado.status_code == 403
        campos["csrfmiddlewaretoken"] = rechazado.json()["csrf"]
        assert navegador.post(url, campos, headers=AUTOGUARDADO).status_code == 200
