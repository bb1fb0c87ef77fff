"""Cuentas: entrar, salir, cambiar y recuperar la clave; quién no entra y cuándo se cierra."""

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth import get_user
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from territorios.jurisdiccion import Permiso
from territorios.models import Usuario
from tests.conftest import entrar
from tests.fabricas import CLAVE
from tests.lectura_html import pagina

INGRESAR = "/cuenta/ingresar/"
NUEVA = "estero-balsa-2020"


def ingresar(client, login, clave=CLAVE, **extra):
    return client.post(INGRESAR, {"login": login, "password": clave} | extra)


def dentro(client):
    """La persona con sesión abierta en ese navegador, o None."""

    class Pedido:
        session = client.session

    usuario = get_user(Pedido())
    return usuario if usuario.is_authenticated else None


def texto(respuesta):
    return " ".join(" ".join(pagina(respuesta).texto).split())


class TestIngreso:
    def test_con_usuario_o_con_correo(self, plan_rioverde):
        for login in ("plan_rioverde", "plan_rioverde@ejemplo.gob.ec"):
            client = Client()
            respuesta = ingresar(client, login)
            assert (respuesta.status_code, respuesta.url) == (302, reverse("inicio"))
            assert dentro(client) == plan_rioverde

    def test_vuelve_a_donde_iba_y_no_a_otro_sitio(self, plan_rioverde):
        destino = reverse("account_change_password")
        assert ingresar(Client(), "plan_rioverde", next=destino).url == destino
        ajeno = ingresar(Client(), "plan_rioverde", next="https://otro.ejemplo/")
        assert ajeno.url == reverse("inicio")

    @pytest.mark.parametrize("login", ["plan_rioverde", "nadie", "nadie@ejemplo.gob.ec"])
    def test_una_clave_equivocada_no_dice_si_la_cuenta_existe(self, client, plan_rioverde, login):
        respuesta = ingresar(client, login, "equivocada-2019")
        assert respuesta.status_code == 400
        assert texto(respuesta).count("El usuario o la clave no coinciden.") == 1
        assert not dentro(client)

    def test_vacio_dice_que_falta_junto_a_cada_campo(self, client, db):
        respuesta = ingresar(client, "", "")
        assert respuesta.status_code == 400
        assert texto(respuesta).count("Este campo es obligatorio") >= 2

    def test_la_pagina_esta_en_espanol_y_no_ofrece_registrarse(self, client, db):
        respuesta = client.get(INGRESAR)
        dicho = texto(respuesta)
        assert '<html lang="es' in respuesta.text
        for palabra in ("Usuario o correo", "Clave", "Olvidé mi clave"):
            assert palabra in dicho
        assert reverse("account_signup") not in pagina(respuesta).enlaces
        assert "remember" not in dict(pagina(respuesta).campos)
        assert pagina(respuesta).enlaces.count(reverse("account_reset_password")) == 1

    def test_una_cuenta_inactiva_no_entra(self, client, inactivo):
        ingresar(client, "inactivo")
        assert not dentro(client)

    def test_tras_varios_fallos_ni_la_clave_buena_entra(self, client, plan_rioverde):
        for _ in range(5):
            ingresar(client, "plan_rioverde", "equivocada-2019")
        respuesta = ingresar(client, "plan_rioverde")
        assert "Demasiados intentos fallidos" in texto(respuesta)
        assert not dentro(client)

    def test_los_fallos_de_una_cuenta_no_cierran_otra(self, client, plan_rioverde, plan_chone):
        for _ in range(5):
            ingresar(client, "plan_rioverde", "equivocada-2019")
        ingresar(client, "plan_chone")
        assert dentro(client) == plan_chone

    def test_insistir_con_muchas_cuentas_desde_un_sitio_se_corta(self, client, plan_rioverde):
        for n in range(10):
            ingresar(client, f"persona{n}", "equivocada-2019")
        respuesta = ingresar(client, "plan_rioverde")
        assert respuesta.status_code == 429 or "Demasiados intentos" in texto(respuesta)
        assert not dentro(client)


class TestRegistro:
    def test_esta_cerrado(self, client, db):
        url = reverse("account_signup")
        datos = {"username": "intrusa", "email": "intrusa@ejemplo.ec"}
        datos |= {"password1": NUEVA, "password2": NUEVA}
        for respuesta in (client.get(url), client.post(url, datos)):
            assert "Registro cerrado" in texto(respuesta)
        assert not Usuario.objects.exists()


class TestSalir:
    def test_se_confirma_y_se_cierra(self, client, plan_rioverde):
        entrar(client, plan_rioverde)
        salir = reverse("account_logout")
        assert client.get(salir).status_code == 200
        assert dentro(client), "un enlace ajeno no cierra la sesión"
        assert client.post(salir).url == reverse("account_login")
        assert not dentro(client)


class TestCambiarClave:
    URL = "/cuenta/clave/cambiar/"

    def _cambiar(self, client, actual=CLAVE, nueva=NUEVA):
        datos = {"oldpassword": actual, "password1": nueva, "password2": nueva}
        return client.post(self.URL, datos)

    def test_cambia_y_cierra_las_demas_sesiones(self, plan_rioverde):
        aqui, otra = entrar(Client(), plan_rioverde), entrar(Client(), plan_rioverde)
        assert self._cambiar(aqui).status_code == 302
        plan_rioverde.refresh_from_db()
        assert plan_rioverde.check_password(NUEVA)
        assert dentro(aqui) == plan_rioverde
        assert not dentro(otra)

    @pytest.mark.parametrize(
        ("actual", "nueva"),
        [
            ("otra-clave-2019", NUEVA),
            (CLAVE, "corta"),
            (CLAVE, "1234567890"),
            (CLAVE, "password12"),
            (CLAVE, "plan_rioverde"),
        ],
    )
    def test_lo_que_no_vale_no_cambia(self, client, plan_rioverde, actual, nueva):
        entrar(client, plan_rioverde)
        respuesta = self._cambiar(client, actual, nueva)
        assert respuesta.status_code == 400
        assert "Revise lo siguiente." in texto(respuesta)
        assert pagina(respuesta).prohibido == []
        plan_rioverde.refresh_from_db()
        assert plan_rioverde.check_password(CLAVE)

    def test_dice_que_cambio(self, client, plan_rioverde):
        entrar(client, plan_rioverde)
        dicho = texto(client.get(self._cambiar(client).url))
        assert "Su clave cambió." in dicho
        assert "ontraseña" not in dicho

    def test_dos_claves_distintas(self, client, plan_rioverde):
        entrar(client, plan_rioverde)
        datos = {"oldpassword": CLAVE, "password1": NUEVA, "password2": f"{NUEVA}-otra"}
        respuesta = client.post(self.URL, datos)
        assert respuesta.status_code == 400
        assert "Las dos claves no coinciden." in texto(respuesta)


class TestPalabras:
    """En las páginas de cuenta se dice «clave», y un solo enlace la recupera."""

    AJENAS = re.compile(r"contraseña|password|sign in", re.I)
    MALAS = {"oldpassword": "x", "password": "x", "password1": "123", "password2": "1234"}

    @pytest.mark.parametrize(
        ("nombre", "con_sesion"),
        [
            ("account_login", False),
            ("account_reset_password", False),
            ("account_reset_password_from_key", False),
            ("account_change_password", True),
            ("account_reauthenticate", True),
        ],
    )
    def test_siempre_clave(self, client, plan_rioverde, nombre, con_sesion):
        url = reverse(nombre) if "from_key" not in nombre else self._enlace(client, plan_rioverde)
        if con_sesion:
            entrar(client, plan_rioverde)
        abierta, rechazada = client.get(url), client.post(url, self.MALAS)
        assert (abierta.status_code, rechazada.status_code) == (200, 400)
        for respuesta in (abierta, rechazada):
            assert not self.AJENAS.search(texto(respuesta)), texto(respuesta)
            assert pagina(respuesta).enlaces.count(reverse("account_reset_password")) <= 1
            assert "placeholder" not in respuesta.context["form"].as_p()

    def _enlace(self, client, usuario):
        client.post(reverse("account_reset_password"), {"email": usuario.email})
        enlace = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body)[1]
        return client.get(enlace, follow=True).redirect_chain[-1][0]

    def test_quien_no_tiene_clave_la_pone(self, client, plan_rioverde):
        plan_rioverde.set_unusable_password()
        plan_rioverde.save()
        entrar(client, plan_rioverde)
        url = reverse("account_set_password")
        for respuesta in (client.get(url), client.post(url, self.MALAS)):
            assert not self.AJENAS.search(texto(respuesta))


class TestRecuperarClave:
    def _pedir(self, client, correo):
        return client.post(reverse("account_reset_password"), {"email": correo})

    def _enlace(self):
        return re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body)[1]

    def test_llega_un_correo_en_espanol(self, client, plan_rioverde):
        assert self._pedir(client, plan_rioverde.email).status_code == 302
        (correo,) = mail.outbox
        assert correo.to == [plan_rioverde.email]
        assert "Enlace para poner una clave nueva" in correo.subject
        assert "sirve una sola vez" in correo.body
        assert not re.search(r"[Pp]assword|[Hh]ello|click", f"{correo.subject} {correo.body}")

    def test_el_enlace_sirve_una_sola_vez(self, client, plan_rioverde):
        self._pedir(client, plan_rioverde.email)
        enlace = self._enlace()
        formulario = client.get(enlace, follow=True)
        destino = formulario.redirect_chain[-1][0]
        nueva = {"password1": NUEVA, "password2": NUEVA}
        assert client.post(destino, nueva).status_code == 302
        plan_rioverde.refresh_from_db()
        assert plan_rioverde.check_password(NUEVA)
        assert not dentro(client), "poner la clave no salta el segundo factor"

        otra_vez = Client().get(enlace, follow=True)
        assert "El enlace ya no sirve" in texto(otra_vez)
        Client().post(enlace, {"password1": CLAVE, "password2": CLAVE})
        plan_rioverde.refresh_from_db()
        assert plan_rioverde.check_password(NUEVA)

    def test_poner_la_clave_cierra_las_sesiones(self, client, plan_rioverde):
        otra = entrar(Client(), plan_rioverde)
        self._pedir(client, plan_rioverde.email)
        destino = client.get(self._enlace(), follow=True).redirect_chain[-1][0]
        client.post(destino, {"password1": NUEVA, "password2": NUEVA})
        assert not dentro(otra)

    def test_un_correo_desconocido_recibe_la_misma_respuesta(self, client, plan_rioverde):
        conocido = self._pedir(client, plan_rioverde.email)
        desconocido = self._pedir(client, "nadie@ejemplo.gob.ec")
        assert (conocido.status_code, conocido.url) == (desconocido.status_code, desconocido.url)
        assert len(mail.outbox) == 1

    def test_a_una_cuenta_inactiva_no_se_le_escribe(self, client, inactivo):
        self._pedir(client, inactivo.email)
        assert mail.outbox == []

    def test_un_enlace_inventado_no_sirve(self, client, plan_rioverde):
        url = reverse("account_reset_password_from_key", args=["1", "abc-def"])
        assert "El enlace ya no sirve" in texto(client.get(url, follow=True))


class TestSegundoFactor:
    ACTIVAR = "/cuenta/segundo-factor/totp/activate/"

    @pytest.fixture(autouse=True)
    def exigido(self, settings):
        settings.SEGUNDO_FACTOR_EXIGIDO = True

    @pytest.mark.parametrize("nombre", ["central", "zonal1", "zonal4"])
    def test_a_central_y_zonales_se_les_lleva_a_activarlo(self, client, elenco, nombre):
        entrar(client, elenco[nombre])
        for respuesta in (client.get("/"), client.post("/"), client.get("/central/")):
            assert (respuesta.status_code, respuesta.url) == (302, reverse("mfa_activate_totp"))

    @pytest.mark.parametrize("nombre", ["plan_rioverde", "observador", "observador1"])
    def test_a_los_demas_no(self, client, elenco, nombre):
        entrar(client, elenco[nombre])
        assert client.get("/").status_code == 200

    def test_con_el_factor_activo_se_sigue(self, client, zonal1):
        entrar(client, zonal1)
        totp.TOTP.activate(zonal1, totp.generate_totp_secret())
        assert client.get("/").status_code == 200

    def test_a_quien_entra_al_admin_tambien(self, client, observador):
        Usuario.objects.filter(pk=observador.pk).update(is_staff=True)
        entrar(client, observador)
        assert client.get("/").url == reverse("mfa_activate_totp")

    def test_no_cuesta_una_consulta_mas(self, client, zonal1, settings):
        totp.TOTP.activate(zonal1, totp.generate_totp_secret())
        entrar(client, zonal1)
        url = reverse("territorios:gads")
        with CaptureQueriesContext(connection) as con_factor:
            assert client.get(url).status_code == 200
        settings.SEGUNDO_FACTOR_EXIGIDO = False
        with CaptureQueriesContext(connection) as sin_exigirlo:
            client.get(url)
        assert len(con_factor) == len(sin_exigirlo)

    def test_retirarlo_vale_de_inmediato(self, client, zonal1):
        totp.TOTP.activate(zonal1, totp.generate_totp_secret())
        entrar(client, zonal1)
        assert client.get("/").status_code == 200
        Authenticator.objects.filter(user=zonal1).delete()
        assert client.get("/").url == reverse("mfa_activate_totp")

    def test_sin_factor_puede_salir_y_cambiar_la_clave(self, client, zonal1):
        entrar(client, zonal1)
        assert client.get(reverse("account_change_password")).status_code == 200
        assert client.post(reverse("account_logout")).url == reverse("account_login")

    def test_al_entrar_se_pide_el_codigo(self, client, zonal1):
        totp.TOTP.activate(zonal1, totp.generate_totp_secret())
        respuesta = ingresar(client, "zonal1")
        assert respuesta.url.startswith(reverse("mfa_authenticate"))
        assert not dentro(client)
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
        assert not dentro(client)

    def test_sin_codigos_de_recuperacion_se_explica(self, client, zonal1):
        entrar(client, zonal1)
        for nombre in ("mfa_view_recovery_codes", "mfa_download_recovery_codes"):
            respuesta = client.get(reverse(nombre), follow=True)
            assert respuesta.redirect_chain == [(reverse("mfa_index"), 302)]
            assert "se crean al activar el segundo factor" in texto(respuesta)

    def test_se_activa_se_ven_los_codigos_y_se_desactiva(self, client, zonal1):
        """Todo en español, con un solo nombre y sin lo de allauth."""
        ingresar(client, "zonal1")
        confirmar = client.get(self.ACTIVAR, follow=True)
        client.post(confirmar.redirect_chain[-1][0], {"password": CLAVE})
        paso = client.get(self.ACTIVAR)
        assert "Instale en su teléfono una aplicación de códigos" in texto(paso)
        codigo = totp.format_hotp_value(
            totp.hotp_value(paso.context["form"].secret, next(totp.yield_hotp_counters_from_time()))
        )
        malo = client.post(self.ACTIVAR, {"code": "x"})
        assert "Ese código no vale" in texto(malo)
        codigos = client.post(self.ACTIVAR, {"code": codigo}, follow=True)
        assert codigos.redirect_chain[-1][0] == reverse("mfa_view_recovery_codes")
        assert "Le quedan 10 de 10" in texto(codigos)
        indice = client.get(reverse("mfa_index"))
        assert "Está activo" in texto(indice)
        hacer = client.get(reverse("mfa_generate_recovery_codes"))
        quitar = client.get(reverse("mfa_deactivate_totp"))
        for respuesta in (paso, malo, codigos, indice, hacer, quitar):
            leida = pagina(respuesta)
            assert leida.prohibido == []
            assert "/" in leida.enlaces
            assert not re.search(r"autenticador|dos (pasos|factores)|two-", texto(respuesta), re.I)
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.filter(user=zonal1).exists()

    def test_recuperar_la_clave_no_salta_el_factor(self, client, zonal1):
        totp.TOTP.activate(zonal1, totp.generate_totp_secret())
        client.post(reverse("account_reset_password"), {"email": zonal1.email})
        enlace = re.search(r"https?://[^/\s]+(/\S+)", mail.outbox[-1].body)[1]
        destino = client.get(enlace, follow=True).redirect_chain[-1][0]
        client.post(destino, {"password1": NUEVA, "password2": NUEVA})
        ingresar(client, "zonal1", NUEVA)
        assert not dentro(client)
        assert Authenticator.objects.filter(user=zonal1).exists()


class TestSesiones:
    @pytest.mark.parametrize(
        "cambio",
        [
            {"rol": "central", "zona_id": None},
            {"zona_id": 4},
            {"rol": "planificador", "zona_id": None, "gad_id": "0807"},
            {"is_active": False},
        ],
    )
    def test_cambiar_rol_zona_o_gad_las_cierra(self, client, zonal1, cambio):
        entrar(client, zonal1)
        assert dentro(client) == zonal1
        for campo, valor in cambio.items():
            setattr(zonal1, campo, valor)
        zonal1.save()
        assert not dentro(client)
        respuesta = client.get("/")
        assert (respuesta.status_code, respuesta.url) == (302, f"{INGRESAR}?next=/")

    def test_cambiar_el_nombre_no(self, client, zonal1):
        entrar(client, zonal1)
        zonal1.first_name = "Ana"
        zonal1.save()
        assert dentro(client) == zonal1


class TestHistorial:
    def test_ingresar_no_deja_asiento(self, client, plan_rioverde):
        antes = plan_rioverde.historia.count()
        ingresar(client, "plan_rioverde")
        plan_rioverde.refresh_from_db()
        assert plan_rioverde.last_login
        assert plan_rioverde.historia.count() == antes

    def test_cambiar_la_cuenta_si(self, plan_rioverde):
        antes = plan_rioverde.historia.count()
        plan_rioverde.save(update_fields=["last_login"])
        plan_rioverde.cargo = "Directora"
        plan_rioverde.save()
        assert plan_rioverde.historia.count() == antes + 1


class TestSuperusuario:
    def test_nace_en_la_central(self, db, monkeypatch):
        monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", CLAVE)
        datos = {"username": "primera", "email": "primera@ejemplo.gob.ec"}
        call_command("createsuperuser", interactive=False, verbosity=0, **datos)
        primera = Usuario.objects.get(username="primera")
        assert (primera.rol, primera.is_staff, primera.is_superuser) == ("central", True, True)
        assert primera.ve_el_pais
        assert primera.puede(Permiso.ADMINISTRAR)

    def test_no_hay_superusuario_de_otro_rol(self, observador):
        observador.is_superuser = True
        with pytest.raises(IntegrityError), transaction.atomic():
            observador.save()
