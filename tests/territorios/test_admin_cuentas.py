"""Cuentas desde el admin: rol y jurisdicción, desactivar y retirar el segundo factor."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from territorios.models import Usuario
from tests.conftest import ruta_admin as ruta
from tests.lectura_html import lo_que_enviaria, pagina


@pytest.fixture
def alta(como_central, territorio):
    """Función que envía el alta de una cuenta con esos cambios."""

    def enviar(**cambios):
        datos = {
            "username": "nueva",
            "usable_password": "true",
            "password1": "manglar-tagua-2019",
            "password2": "manglar-tagua-2019",
            "email": "nueva@ejemplo.gob.ec",
            "rol": "observador",
        }
        return como_central.post(ruta(Usuario, "add"), datos | cambios)

    return enviar


class TestCuentas:
    def test_se_crea_con_rol_y_jurisdiccion(self, alta, central):
        assert alta(rol="zonal", zona="4").status_code == 302
        nueva = Usuario.objects.get(username="nueva")
        assert (nueva.rol, nueva.zona_id, nueva.is_staff) == ("zonal", 4, False)
        assert nueva.historia.first().history_user == central

    def test_sin_clave_la_persona_pone_la_suya(self, alta, como_central):
        abierta = como_central.get(ruta(Usuario, "add"))
        assert "Single Sign-On" not in abierta.text
        assert "ontraseña" not in abierta.context["adminform"].form.as_p()
        assert alta(usable_password="false", password1="", password2="").status_code == 302
        nueva = Usuario.objects.get(username="nueva")
        assert not nueva.has_usable_password()
        Client().post(reverse("account_reset_password"), {"email": nueva.email})
        assert mail.outbox[0].to == [nueva.email]

    @pytest.mark.parametrize(
        ("datos", "campos"),
        [
            ({"rol": "central", "zona": "1"}, {"zona"}),
            ({"rol": "central", "gad": "0807"}, {"gad"}),
            ({"rol": "zonal"}, {"zona"}),
            ({"rol": "zonal", "zona": "1", "gad": "0807"}, {"gad"}),
            ({"rol": "planificador"}, {"gad"}),
            ({"rol": "planificador", "zona": "1", "gad": "0807"}, {"zona"}),
            ({"rol": "planificador", "zona": "1"}, {"zona", "gad"}),
            ({"rol": "observador", "gad": "0807"}, {"gad"}),
        ],
    )
    def test_la_jurisdiccion_que_no_toca_se_dice_junto_a_su_campo(self, alta, datos, campos):
        respuesta = alta(**datos)
        assert respuesta.status_code == 400
        assert set(respuesta.context["adminform"].form.errors) == campos
        assert not Usuario.objects.filter(username="nueva").exists()

    def test_no_se_regalan_poderes(self, alta, como_central, plan_rioverde):
        poderes = {"is_superuser": "on", "is_staff": "on", "groups": "1", "user_permissions": "1"}
        alta(**poderes)
        url = ruta(Usuario, "change", plan_rioverde.pk)
        abierta = como_central.get(url)
        assert not set(poderes) & {nombre for nombre, _ in pagina(abierta).campos}
        como_central.post(url, lo_que_enviaria(abierta, **poderes))
        assert not Usuario.objects.filter(is_superuser=True).exists()
        assert Usuario.objects.filter(is_staff=True).get().username == "central"

    def test_el_correo_no_se_repite(self, alta, plan_rioverde):
        respuesta = alta(email=plan_rioverde.email.upper())
        assert respuesta.context["adminform"].form.errors["email"] == [
            "Ya hay una cuenta con ese correo."
        ]

    def test_el_correo_viejo_deja_de_servir(self, como_central, plan_rioverde):
        EmailAddress.objects.create(user=plan_rioverde, email=plan_rioverde.email, primary=True)
        url = ruta(Usuario, "change", plan_rioverde.pk)
        datos = lo_que_enviaria(como_central.get(url), email="otra@ejemplo.gob.ec")
        assert como_central.post(url, datos).status_code == 302
        assert not EmailAddress.objects.exists()

    def test_se_desactiva_en_vez_de_borrar(self, como_central, plan_rioverde):
        url = ruta(Usuario, "change", plan_rioverde.pk)
        datos = lo_que_enviaria(como_central.get(url))
        del datos["is_active"]
        assert como_central.post(url, datos).status_code == 302
        plan_rioverde.refresh_from_db()
        assert not plan_rioverde.is_active

    def test_nadie_se_cierra_la_puerta(self, como_central, central):
        url = ruta(Usuario, "change", central.pk)
        datos = lo_que_enviaria(como_central.get(url), rol="observador")
        del datos["is_active"]
        respuesta = como_central.post(url, datos)
        assert set(respuesta.context["adminform"].form.errors) == {"is_active", "rol"}

    def test_cambiar_la_clave_queda_en_el_historial(self, como_central, central, plan_rioverde):
        url = reverse("admin:auth_user_password_change", args=[plan_rioverde.pk])
        nueva = {"password1": "estero-balsa-2020", "password2": "estero-balsa-2020"}
        respuesta = como_central.post(url, nueva | {"usable_password": "true"})
        assert respuesta.status_code == 302
        asiento = plan_rioverde.historia.first()
        assert asiento.history_change_reason == "La central cambió la clave."
        assert asiento.history_user == central


class TestSegundoFactor:
    def _retirar(self, cliente, *usuarios):
        datos = {
            "action": "retirar_segundo_factor",
            "_selected_action": [usuario.pk for usuario in usuarios],
        }
        return cliente.post(ruta(Usuario, "changelist"), datos, follow=True)

    def test_se_retira_a_quien_perdio_el_telefono(self, como_central, central, zonal1, zonal4):
        for usuario in (zonal1, zonal4):
            Authenticator.objects.create(user=usuario, type="totp", data={"secret": "x"})
        self._retirar(como_central, zonal1)
        assert Authenticator.objects.get().user == zonal4
        asiento = zonal1.historia.first()
        assert asiento.history_change_reason == "La central retiró el segundo factor."
        assert asiento.history_user == central

    def test_a_quien_no_lo_tenia_no_se_le_asienta_nada(self, como_central, zonal1):
        antes = zonal1.historia.count()
        assert "Nadie de la selección lo tenía" in self._retirar(como_central, zonal1).text
        assert zonal1.historia.count() == antes

    def test_el_propio_no(self, como_central, central):
        Authenticator.objects.create(user=central, type="totp", data={"secret": "x"})
        self._retirar(como_central, central)
        assert Authenticator.objects.filter(user=central).exists()


def test_el_boton_de_la_clave_la_llama_clave(como_central, zonal1):
    respuesta = como_central.get(ruta(Usuario, "change", zonal1.pk))
    assert "Cambiar la clave" in respuesta.text
    assert "ontraseña" not in respuesta.text
