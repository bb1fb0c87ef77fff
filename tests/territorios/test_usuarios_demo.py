"""Los usuarios de muestra: quiénes son, que se puede repetir y que no existen en producción."""

import pytest
from django.core.management import CommandError, call_command

from territorios.acciones import CLAVE_DEMO, crear_usuarios_demo
from territorios.models import Usuario

pytestmark = pytest.mark.django_db


def test_cada_uno_con_su_rol_y_jurisdiccion(territorio):
    crear_usuarios_demo()
    jurisdicciones = Usuario.objects.values_list("username", "rol", "zona", "gad")
    assert set(jurisdicciones) == {
        ("central", "central", None, None),
        ("zonal1", "zonal", 1, None),
        ("zonal4", "zonal", 4, None),
        ("gad0807", "planificador", None, "0807"),
        ("gad0801", "planificador", None, "0801"),
        ("gad08", "planificador", None, "08"),
        ("gad130352", "planificador", None, "130352"),
        ("observador", "observador", None, None),
    }
    assert Usuario.objects.get(username="gad0807").email == "gad0807@ejemplo.invalid"


def test_entran_con_la_clave_que_se_muestra(territorio, client, capsys):
    call_command("crear_usuarios_demo")
    assert CLAVE_DEMO in capsys.readouterr().out
    assert all(usuario.check_password(CLAVE_DEMO) for usuario in Usuario.objects.all())
    assert client.login(username="zonal1", password=CLAVE_DEMO)


def test_repetir_no_toca_a_quien_ya_existe(territorio):
    crear_usuarios_demo()
    rioverde = Usuario.objects.get(username="gad0807")
    rioverde.set_password("otra clave larga")
    rioverde.save()
    Usuario.objects.get(username="observador").delete()
    creados = [demo.usuario for demo, es_nuevo in crear_usuarios_demo() if es_nuevo]
    assert creados == ["observador"]
    rioverde.refresh_from_db()
    assert rioverde.check_password("otra clave larga")


def test_en_produccion_se_niega(territorio, settings):
    settings.PRODUCCION = True
    with pytest.raises(CommandError, match="producción"):
        call_command("crear_usuarios_demo")
    assert not Usuario.objects.exists()


def test_sin_la_dpa_dice_que_falta():
    with pytest.raises(CommandError, match="cargue la DPA"):
        call_command("crear_usuarios_demo")
    assert not Usuario.objects.exists()
