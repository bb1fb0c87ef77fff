"""Pasar GAD de un grupo a otro: qué toca, cómo quedan los dos y qué se conserva."""

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Grupo
from territorios.models import Vecindad

from ..conftest import entrar
from ..fabricas import AcuerdoFactory


@pytest.fixture
def url(grupo1):
    return reverse("pdot:mover_miembros", args=[grupo1.pk])


def miembros(grupo):
    return sorted(grupo.membresias.vigentes_en().values_list("gad_id", flat=True))


def envio(grupo1, grupo2, **cambios):
    """Esmeraldas pasa del grupo 1 al 2, con quien limita por Muisne."""
    return {
        "version": grupo1.version,
        "gads": ["0801"],
        "destino": grupo2.pk,
        "fecha": timezone.localdate().isoformat(),
        "motivo": "Comparte la cuenca con Muisne.",
    } | cambios


def test_pasa_y_su_historia_queda(client, zonal1, grupo1, grupo2, url):
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, grupo2))
    assert respuesta.url == grupo2.get_absolute_url()
    assert miembros(grupo1) == ["08", "0807", "080752"]
    assert miembros(grupo2) == ["08", "0801", "0803", "13", "1317", "131751"]
    salida = grupo1.membresias.get(gad="0801")
    assert (salida.hasta, salida.motivo) == (
        timezone.localdate(),
        "Comparte la cuenca con Muisne.",
    )
    for grupo in (grupo1, grupo2):
        antes = grupo.version
        grupo.refresh_from_db()
        assert grupo.version == antes + 1
        assert grupo.historia.latest().history_user == zonal1


def test_la_provincia_sigue_a_su_ultimo_canton(client, central, grupo1, grupo2):
    """El 2 se queda sin cantones de Esmeraldas: la provincia lo deja, y ya está en el 1."""
    url = reverse("pdot:mover_miembros", args=[grupo2.pk])
    datos = envio(grupo2, grupo1, gads=["0803"])
    entrar(client, central).post(url, datos)
    assert miembros(grupo2) == ["13", "1317", "131751"]
    assert miembros(grupo1) == ["08", "0801", "0803", "0807", "080752"]


def test_primero_se_ve_que_toca_y_como_quedan(client, zonal1, grupo1, grupo2, url):
    acuerdo = AcuerdoFactory(grupo=grupo1, numero=1, texto="Compartir", responsable_gad_id="0801")
    datos = envio(grupo1, grupo2, accion="revisar")
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.status_code == 200
    assert respuesta.context["efectos"] == [
        (
            "Acuerdos abiertos que siguen a su cargo en este grupo",
            [("Acuerdo 1: Compartir", acuerdo.get_absolute_url())],
        )
    ]
    assert respuesta.context["queda"].veredicto.mensaje == "Rioverde: un solo cantón."
    assert respuesta.context["llega"].veredicto.mensaje == (
        "Los 3 cantones forman un territorio continuo."
    )
    assert miembros(grupo1) == ["08", "0801", "0807", "080752"]


def test_un_grupo_partido_pide_justificacion_y_la_guarda(client, zonal1, grupo1, grupo2, url):
    Vecindad.objects.filter(a="0801", b="0803").delete()
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, grupo2))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors["justificacion"] == [
        f"{grupo2}: Esmeraldas no limita con el resto. Para guardarlo así, escriba por qué."
    ]
    client.post(url, envio(grupo1, grupo2, justificacion="Las une la carretera."))
    grupo2.refresh_from_db()
    grupo1.refresh_from_db()
    assert (grupo2.justificacion, grupo1.justificacion) == ("Las une la carretera.", "")


@pytest.mark.parametrize(
    ("cambios", "campo", "mensaje"),
    [
        ({"gads": []}, "gads", "Marque al menos un GAD."),
        ({"gads": ["1303"]}, "gads", "1303 no es miembro del grupo."),
        ({"gads": ["08"]}, "gads", "08 no es miembro del grupo."),
        (
            {"gads": ["0807"]},
            "gads",
            "Rioverde es la sede del grupo: edítelo antes y elija otra.",
        ),
        (
            {"gads": ["0801", "0807", "080752"]},
            "gads",
            "El grupo se quedaría sin cantones: si ya no sigue, cancélelo.",
        ),
        (
            {"motivo": ""},
            "motivo",
            "Escriba el motivo: queda en la historia de los dos grupos.",
        ),
        ({"fecha": "2019-07-01"}, "fecha", "Hay quien entró al grupo después, el 01/08/2019."),
        (
            {"destino": 999_999},
            "destino",
            "Ese grupo no está abierto o no es de su jurisdicción.",
        ),
    ],
)
def test_lo_que_no_vale(client, zonal1, grupo1, grupo2, url, cambios, campo, mensaje):
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, grupo2, **cambios))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors[campo] == [mensaje]
    assert miembros(grupo1) == ["08", "0801", "0807", "080752"]
    assert miembros(grupo2) == ["08", "0803", "13", "1317", "131751"]


def test_si_el_grupo_cambio_mientras_tanto_no_se_pierde_lo_escrito(
    client, zonal1, grupo1, grupo2, url
):
    datos = envio(grupo1, grupo2)
    Grupo.objects.filter(pk=grupo1.pk).update(version=8)
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.status_code == 409
    assert "Comparte la cuenca con Muisne." in respuesta.text
    assert '<input type="hidden" name="version" value="8"' in respuesta.text
    assert miembros(grupo1) == ["08", "0801", "0807", "080752"]


def test_sin_otro_grupo_abierto_se_dice_que_hacer(client, zonal1, grupo1, grupo2, url):
    Grupo.objects.filter(pk=grupo2.pk).update(estado="cerrado")
    pagina = entrar(client, zonal1).get(url).text
    assert "no hay otro grupo abierto de su jurisdicción" in pagina


def test_no_se_mueve_hacia_ni_desde_lo_ajeno(client, zonal4, grupo1, grupo2, url):
    entrar(client, zonal4)
    assert client.post(url, envio(grupo1, grupo2)).status_code == 404
    respuesta = client.post(
        reverse("pdot:mover_miembros", args=[grupo2.pk]), envio(grupo2, grupo1, gads=["0803"])
    )
    assert respuesta.status_code == 400
    assert miembros(grupo2) == ["08", "0803", "13", "1317", "131751"]
