"""Los estados de un grupo: a cuál se pasa, con qué motivo y qué deja abierto."""

import pytest
from django.urls import reverse

from acompanamiento.models import Grupo

from ..conftest import entrar
from ..fabricas import AcuerdoFactory


@pytest.fixture
def url(grupo1):
    return reverse("pdot:estado_de_grupo", args=[grupo1.pk])


def poner(grupo, estado, **datos):
    Grupo.objects.filter(pk=grupo.pk).update(estado=estado, **datos)
    grupo.refresh_from_db()


def envio(grupo, estado, motivo=""):
    return {"version": grupo.version, "estado": estado, "motivo": motivo}


@pytest.mark.parametrize(
    ("desde", "hacia", "motivo"),
    [
        ("propuesto", "conformado", ""),
        ("conformado", "en_marcha", ""),
        ("en_marcha", "cerrado", ""),
        ("cerrado", "en_marcha", "Piden otra jornada."),
        ("propuesto", "cancelado", "No hubo acuerdo."),
        ("en_marcha", "cancelado", "La zona no lo convocó."),
    ],
)
def test_los_pasos_que_se_dan(client, zonal1, grupo1, url, desde, hacia, motivo):
    poner(grupo1, desde)
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, hacia, motivo))
    assert respuesta.url == grupo1.get_absolute_url()
    grupo1.refresh_from_db()
    assert (grupo1.estado, grupo1.motivo) == (hacia, motivo)
    ultima = grupo1.historia.latest()
    assert (ultima.history_user, ultima.history_change_reason) == (
        zonal1,
        Grupo.Estado(hacia).label,
    )


@pytest.mark.parametrize(
    ("desde", "hacia", "campo", "mensaje"),
    [
        ("propuesto", "en_marcha", "estado", "A ese estado no se pasa desde el actual."),
        ("cancelado", "propuesto", "estado", "A ese estado no se pasa desde el actual."),
        ("en_marcha", "", "estado", "Este campo es obligatorio."),
        (
            "en_marcha",
            "cancelado",
            "motivo",
            "Escriba el motivo: queda en la historia del grupo.",
        ),
        ("cerrado", "en_marcha", "motivo", "Escriba el motivo: queda en la historia del grupo."),
    ],
)
def test_los_que_no(client, zonal1, grupo1, url, desde, hacia, campo, mensaje):
    poner(grupo1, desde, motivo="Porque sí." if desde == "cancelado" else "")
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, hacia))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors[campo] == [mensaje]
    grupo1.refresh_from_db()
    assert grupo1.estado == desde


def test_no_se_conforma_sin_criterio_ni_sede(client, zonal1, grupo1, url):
    poner(grupo1, "propuesto", sede=None)
    respuesta = entrar(client, zonal1).post(url, envio(grupo1, "conformado"))
    assert respuesta.context["form"].errors["estado"] == [
        "Para conformarlo, defina antes su criterio y su sede."
    ]


def test_dice_lo_que_queda_abierto(client, zonal1, grupo1, encuentro1, url):
    acuerdo = AcuerdoFactory(grupo=grupo1, numero=3, texto="Compartir", responsable_gad_id="0807")
    respuesta = entrar(client, zonal1).get(url)
    assert respuesta.context["pendientes"] == [
        (
            "Encuentros por realizarse",
            [
                (
                    "Taller de Rioverde, jueves 22 de agosto de 2019",
                    encuentro1.get_absolute_url(),
                )
            ],
        ),
        ("Acuerdos abiertos", [("Acuerdo 3: Compartir", acuerdo.get_absolute_url())]),
    ]


def test_el_que_llega_tarde_ve_los_dos_motivos(client, zonal1, grupo1, url):
    datos = envio(grupo1, "cancelado", "Mi motivo")
    Grupo.objects.filter(pk=grupo1.pk).update(version=9, motivo="Otro motivo")
    respuesta = entrar(client, zonal1).post(url, datos)
    assert respuesta.status_code == 409
    assert "Mi motivo" in respuesta.text
    assert "Otro motivo" in respuesta.text
    grupo1.refresh_from_db()
    assert grupo1.estado == "en_marcha"


def test_de_uno_cancelado_solo_queda_proponerlo_otra_vez(client, zonal1, grupo1, url):
    poner(grupo1, "cancelado", motivo="No se convocó.")
    pagina = entrar(client, zonal1).get(url).text
    mesa = reverse("acompanamiento:nuevo_grupo", args=[grupo1.estrategia.codigo])
    assert f'href="{mesa}?retoma={grupo1.pk}"' in pagina
    assert '<button class="btn btn-primary"' not in pagina


def test_fuera_de_su_zona_no_existe(client, zonal4, grupo1, url):
    assert entrar(client, zonal4).post(url, envio(grupo1, "cerrado")).status_code == 404
