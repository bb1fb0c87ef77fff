"""La página de un encuentro según cuándo se mira: qué va primero y cuál es su siguiente paso."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from talleres.models import Encuentro
from tests.conftest import entrar
from tests.fabricas import AporteFactory
from tests.fabricas_registro import ParticipanteFactory

pytestmark = pytest.mark.django_db


def ver(client, usuario, encuentro, dias, estado):
    fecha = timezone.localdate() + timedelta(days=dias)
    motivo = "Lluvias" if estado == "cancelado" else ""
    Encuentro.objects.filter(pk=encuentro.pk).update(fecha=fecha, estado=estado, motivo=motivo)
    return entrar(client, usuario).get(reverse("talleres:encuentro", args=[encuentro.pk]))


def primera(respuesta):
    return respuesta.context["partes"].principales[0]


@pytest.mark.parametrize(
    ("dias", "estado", "etapa", "paso", "primero"),
    [
        (9, "planificado", "por_convocar", "Convocar", "convocados"),
        (9, "reprogramado", "por_convocar", "Convocar", "convocados"),
        (9, "convocado", "convocado", "Convocatoria", "convocados"),
        (0, "convocado", "en_la_sala", "Registrar a quienes llegan", "participantes"),
        (-3, "planificado", "por_cerrar", "Cerrar el encuentro", "memoria"),
        (-3, "realizado", "cerrado", "Ayuda memoria (PDF)", "memoria"),
        (9, "cancelado", "cancelado", None, "convocados"),
    ],
)
def test_segun_cuando_se_mira(client, zonal1, encuentro1, dias, estado, etapa, paso, primero):
    respuesta = ver(client, zonal1, encuentro1, dias, estado)
    hallado = respuesta.context["paso"]
    assert (respuesta.context["etapa"], hallado and hallado.nombre) == (etapa, paso)
    assert primera(respuesta) == f"talleres/_ficha_{primero}.html"
    # Una sola acción principal en toda la página.
    assert respuesta.content.decode().count('class="btn btn-primary"') == (1 if paso else 0)


def test_con_gente_en_la_sala_toca_anotar(client, zonal1, encuentro1):
    ParticipanteFactory(encuentro=encuentro1)
    assert ver(client, zonal1, encuentro1, 0, "convocado").context["paso"].nombre == (
        "Anotar aportes"
    )


@pytest.mark.parametrize("dias", [9, 0, -3])
def test_quien_solo_lee_no_tiene_siguiente_paso(client, observador, encuentro1, dias):
    assert ver(client, observador, encuentro1, dias, "convocado").context["paso"] is None


def test_por_cerrar_dice_que_falta_y_donde_se_completa(client, zonal1, encuentro1):
    AporteFactory(estrategia=encuentro1.estrategia, encuentro=encuentro1)
    respuesta = ver(client, zonal1, encuentro1, -3, "convocado")
    falta = [parte.clave for parte in respuesta.context["por_completar"]]
    assert falta == ["asistencia", "acuerdos", "evidencias", "memoria"]
    ruta = reverse("talleres:subir_evidencias", args=[encuentro1.pk])
    assert f'<a href="{ruta}">las evidencias</a>' in respuesta.content.decode()


def test_cada_etapa_muestra_todas_las_secciones_una_vez(client, zonal1, encuentro1):
    juegos = []
    for dias, estado in ((9, "planificado"), (0, "convocado"), (-3, "realizado")):
        partes = ver(client, zonal1, encuentro1, dias, estado).context["partes"]
        juegos.append(sorted(partes.principales + partes.al_lado))
    assert juegos[0] == juegos[1] == juegos[2]
    assert len(juegos[0]) == len(set(juegos[0]))


def test_muchos_aportes_se_leen_en_el_tablero(client, zonal1, encuentro1):
    for _ in range(13):
        AporteFactory(estrategia=encuentro1.estrategia, encuentro=encuentro1)
    assert (
        "Y 1 más en el tablero" in ver(client, zonal1, encuentro1, 0, "convocado").content.decode()
    )
