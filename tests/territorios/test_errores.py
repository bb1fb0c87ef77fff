"""Las páginas de error: dicen quién puede, sin relleno, y llegan donde se pidió."""

from django.urls import reverse

from tests.conftest import entrar
from tests.lectura_html import pagina


def texto(respuesta):
    return " ".join(" ".join(pagina(respuesta).texto).split())


def test_a_quien_no_es_de_la_central_el_admin_le_da_un_403_que_lo_explica(client, zonal1):
    entrar(client, zonal1)
    for direccion in (reverse("admin:index"), reverse("admin:acompanamiento_grupo_changelist")):
        respuesta = client.get(direccion)
        assert respuesta.status_code == 403
        dicho = texto(respuesta)
        assert "Técnico/a zonal , y ese rol no puede administrar catálogos y usuarios" in dicho
        assert "Quien puede: Central." in dicho
    assert "solo entra la oficina central" in texto(client.get(reverse("admin:login")))


def test_sin_sesion_el_admin_lleva_a_ingresar(client, db):
    respuesta = client.get(reverse("admin:index"), follow=True)
    assert respuesta.redirect_chain[-1][0].startswith(reverse("account_login"))


def test_el_403_de_una_vista_dice_el_permiso_y_quienes_lo_tienen(client, observador):
    respuesta = entrar(client, observador).get(reverse("talleres:crear_encuentro"))
    assert respuesta.status_code == 403
    assert "no puede formar grupos y programar encuentros de su zona" in texto(respuesta)
    assert "Quien puede: Central; Técnico/a zonal." in texto(respuesta)


def test_el_admin_lleva_la_cara_de_la_plataforma(como_central):
    respuesta = como_central.get(reverse("admin:index"))
    assert "css/central.css" in respuesta.text
    assert "icono.svg" in respuesta.text
    assert "dark_mode.css" not in respuesta.text
    assert reverse("inicio") in pagina(respuesta).enlaces


def test_lo_tecleado_se_devuelve_sin_los_nombres_de_dentro(client, db):
    """Lo que puso el formulario y no la persona no se le muestra."""
    del_formulario = {
        "p-0-pk": "7",
        "p-0-orden": "1",
        "p-TOTAL_FORMS": "1",
        "version_leida": "3",
        "base_convocados": "M3:1:",
        "accion": "guardar",
        "clave_envio": "7d5e",
        "version": "2",
    }
    respuesta = client.post(
        reverse("talleres:crear_encuentro"),
        del_formulario | {"p-0-titulo": "Bienvenida", "tema": "Taller"},
    )
    assert respuesta.status_code == 401
    assert respuesta.context["tecleado"] == [("Título", "Bienvenida"), ("Tema", "Taller")]
