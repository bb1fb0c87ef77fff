"""Espacios de coordinación con sus miembros, y contactos: quién ve qué."""

from datetime import date

import pytest
from django.urls import reverse

from territorios.models import Contacto
from territorios.models import EspacioCoordinacion as Espacio
from territorios.models import MiembroEspacio as Miembro
from tests.conftest import entrar, ruta_admin
from tests.fabricas import EntidadFactory
from tests.lectura_html import lo_que_enviaria

pytestmark = pytest.mark.django_db


@pytest.fixture
def mesa(territorio):
    mesa = Espacio.objects.create(nombre="Mesa zonal 1", tipo="mesa_zonal", zona_id=1)
    Miembro.objects.create(espacio=mesa, gad=territorio.gad["0807"])
    Miembro.objects.create(espacio=mesa, entidad=EntidadFactory())
    Miembro.objects.create(espacio=mesa, gad=territorio.gad["0801"], hasta=date(2020, 1, 1))
    Espacio.objects.create(nombre="Terminado", tipo="consorcio", hasta=date(2020, 1, 1))
    return mesa


def test_los_espacios_con_sus_miembros_los_ve_cualquiera_con_cuenta(client, mesa, elenco):
    entrar(client, elenco["observador"])
    html = client.get(reverse("territorios:espacios")).text
    assert "Mesa zonal 1" in html
    assert "Rioverde (cantón, Esmeraldas)" in html
    assert "Secretaría Técnica Planifica Ecuador (STPE)" in html
    assert "2 miembros" in html
    assert "Terminado" not in html


def test_el_admin_admite_un_gad_o_una_entidad_y_no_los_dos(como_central, mesa):
    url = ruta_admin(Espacio, "change", mesa.pk)
    datos = lo_que_enviaria(como_central.get(url))
    nuevo = {"miembros-TOTAL_FORMS": "4", "miembros-3-id": "", "miembros-3-espacio": mesa.pk}
    nuevo |= {"miembros-3-gad": "1303", "miembros-3-entidad": EntidadFactory().pk}
    respuesta = como_central.post(url, datos | nuevo)
    assert respuesta.status_code == 400
    assert "El miembro es un GAD o una entidad" in respuesta.text
    nuevo["miembros-3-entidad"] = ""
    assert como_central.post(url, datos | nuevo).status_code == 302
    assert mesa.miembros.filter(gad="1303").exists()


@pytest.fixture
def contactos(territorio):
    comun = {"cargo": "Director/a", "consentimiento": "Sí.", "consentimiento_fecha": "2019-08-01"}
    for codigo in ("0807", "0801", "1303"):
        Contacto.objects.create(
            gad=territorio.gad[codigo], nombre=f"Persona {codigo}", correo="a@b.ec", **comun
        )
    Contacto.objects.create(
        gad=territorio.gad["0807"], nombre="Persona vieja", hasta=date(2020, 1, 1), **comun
    )


@pytest.mark.parametrize(
    ("quien", "ven"),
    [
        ("central", {"0801", "0807", "1303"}),
        ("zonal1", {"0801", "0807"}),
        ("zonal4", {"1303"}),
        ("plan_rioverde", {"0807"}),
    ],
)
def test_cada_quien_ve_los_contactos_de_su_jurisdiccion(client, contactos, elenco, quien, ven):
    entrar(client, elenco[quien])
    html = client.get(reverse("territorios:contactos")).text
    assert {codigo for codigo in ("0801", "0807", "1303") if f"Persona {codigo}" in html} == ven
    assert "Persona vieja" not in html
    assert reverse("territorios:contactos") in client.get(reverse("territorios:inicio")).text


@pytest.mark.parametrize("quien", ["observador", "observador1"])
def test_quien_observa_no_ve_contactos(client, contactos, elenco, quien):
    entrar(client, elenco[quien])
    assert client.get(reverse("territorios:contactos")).status_code == 403
    for url in ("territorios:inicio", "territorios:espacios", "territorios:gads"):
        html = client.get(reverse(url)).text
        assert "Persona 0807" not in html
        assert reverse("territorios:contactos") not in html
