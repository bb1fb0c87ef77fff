"""La ficha de un grupo en la central: sus membresías, con nombre y sin cruzarse."""

from datetime import timedelta

import pytest
from django.utils import timezone

from acompanamiento.models import Grupo, Membresia
from talleres.models import Convocado, Encuentro, Facilitacion
from tests.conftest import ruta_admin
from tests.fabricas import EntidadFactory
from tests.lectura_html import lo_que_enviaria

pytestmark = pytest.mark.django_db


def test_las_filas_se_nombran_sin_consultas_de_mas(
    como_central, grupo1, encuentro1, territorio, django_assert_max_num_queries
):
    Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad["0807"])
    Facilitacion.objects.create(encuentro=encuentro1, entidad=EntidadFactory())
    dichos = {
        (Grupo, grupo1): ["Rioverde en Grupo 1 · Esmeraldas – Rioverde"],
        (Encuentro, encuentro1): ["Rioverde en Taller de Rioverde", "STPE en Taller de Rioverde"],
    }
    for (modelo, fila), nombres in dichos.items():
        pagina = como_central.get(ruta_admin(modelo, "change", fila.pk)).content.decode()
        assert all(nombre in pagina for nombre in nombres)
    url = ruta_admin(Grupo, "change", grupo1.pk)
    with django_assert_max_num_queries(100) as con_cuatro:
        como_central.get(url)
    Membresia.objects.filter(grupo=grupo1, gad__in=["0801", "080752"]).delete()
    with django_assert_max_num_queries(100) as con_dos:
        como_central.get(url)
    # Cada lista de opciones ya elegida cuesta una consulta; el nombre de la fila, ninguna.
    assert (len(con_cuatro) - len(con_dos)) <= 2


@pytest.mark.parametrize(
    ("hasta", "desde", "estado"),
    [("2019-10-01", "2019-10-01", 302), ("2019-10-02", "2019-10-01", 400)],
)
def test_el_mismo_gad_no_esta_dos_veces_a_la_vez(como_central, grupo1, hasta, desde, estado):
    url = ruta_admin(Grupo, "change", grupo1.pk)
    suya = next(
        i for i, m in enumerate(grupo1.membresias.order_by("grupo", "gad")) if m.gad_id == "0801"
    )
    datos = lo_que_enviaria(como_central.get(url)) | {
        "membresias-TOTAL_FORMS": "5",
        f"membresias-{suya}-hasta": hasta,
        "membresias-4-gad": "0801",
        "membresias-4-desde": desde,
    }
    assert como_central.post(url, datos).status_code == estado
    assert grupo1.membresias.filter(gad="0801").count() == (2 if estado == 302 else 1)


@pytest.mark.parametrize(
    ("codigo", "justificacion", "estado"),
    [
        ("0803", "", 302),
        ("1303", "", 400),
        ("1303", "Los une la cuenca del río Chone.", 302),
    ],
)
def test_un_grupo_no_contiguo_pide_justificacion(
    como_central, grupo1, codigo, justificacion, estado
):
    """Muisne limita con Esmeraldas; Chone no limita con nadie del grupo."""
    url = ruta_admin(Grupo, "change", grupo1.pk)
    datos = lo_que_enviaria(como_central.get(url)) | {
        "justificacion": justificacion,
        "membresias-TOTAL_FORMS": "5",
        "membresias-4-gad": codigo,
        "membresias-4-desde": "2019-08-01",
    }
    respuesta = como_central.post(url, datos)
    assert respuesta.status_code == estado
    assert grupo1.membresias.filter(gad=codigo).exists() == (estado == 302)
    if estado == 400:
        assert "Chone no limita con el resto." in respuesta.text


@pytest.mark.parametrize("estado", ["en_marcha", "cerrado", "cancelado"])
def test_el_estado_se_lee_y_no_se_cambia(como_central, grupo1, estado):
    """Cambiarlo aquí saltaría el flujo: un cancelado reviviría."""
    Grupo.objects.filter(pk=grupo1.pk).update(estado=estado, motivo="Pidieron otro reparto.")
    url = ruta_admin(Grupo, "change", grupo1.pk)
    datos = lo_que_enviaria(como_central.get(url), nombre="Otro nombre")
    assert not {"estado", "motivo"} & set(datos)
    tramposo = datos | {"estado": "conformado", "motivo": ""}
    assert como_central.post(url, tramposo).status_code == 302
    guardado = Grupo.objects.values_list("nombre", "estado", "motivo").get(pk=grupo1.pk)
    assert guardado == ("Otro nombre", estado, "Pidieron otro reparto.")


def test_el_que_se_crea_nace_propuesto(como_central, estrategia, territorio):
    url = ruta_admin(Grupo, "add")
    datos = lo_que_enviaria(como_central.get(url)) | {
        "estrategia": estrategia.pk,
        "numero": "7",
        "nombre": "Muisne",
        "zona": "1",
        "estado": "en_marcha",
    }
    assert como_central.post(url, datos).status_code == 302
    assert Grupo.objects.get().estado == Grupo.Estado.PROPUESTO


@pytest.mark.parametrize(("dias", "estado"), [(0, 302), (1, 400)])
def test_nadie_es_miembro_desde_manana(como_central, grupo1, dias, estado):
    url = ruta_admin(Grupo, "change", grupo1.pk)
    datos = lo_que_enviaria(como_central.get(url)) | {
        "membresias-TOTAL_FORMS": "5",
        "membresias-4-gad": "0803",
        "membresias-4-desde": timezone.localdate() + timedelta(days=dias),
    }
    respuesta = como_central.post(url, datos)
    assert respuesta.status_code == estado
    assert grupo1.membresias.filter(gad="0803").exists() == (estado == 302)
    if estado == 400:
        assert "Escriba una fecha de hoy o anterior: todavía no es miembro." in respuesta.text
