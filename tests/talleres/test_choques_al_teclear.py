"""Los choques de un encuentro que todavía se teclea: se dicen sin guardar nada."""

from datetime import date, time

import pytest

from talleres.models import Convocado, Encuentro, Facilitacion
from tests.conftest import entrar
from tests.fabricas import AutoridadFactory, EncuentroFactory, EntidadFactory

from .formulario import CREAR, base, datos, de_edicion, ruta_editar

pytestmark = pytest.mark.django_db
DIA = date(2031, 9, 10)


@pytest.fixture(autouse=True)
def estrategia_larga(estrategia):
    """Por venir: así ningún choque se da por ocurrido."""
    estrategia.hasta = date(2031, 12, 31)
    estrategia.save()


@pytest.fixture
def otro(grupo1):
    """A la misma hora, en otro sitio, con Rioverde y con AME."""
    encuentro = EncuentroFactory(
        estrategia=grupo1.estrategia,
        tipo="C",
        clase="colectivos",
        fecha=DIA,
        inicio=time(9),
        fin=time(10),
        lugar="Muisne",
        canton_id=grupo1.sede_id,
        grupos=[grupo1],
    )
    Convocado.objects.create(encuentro=encuentro, gad_id="0807")
    return encuentro


def buscar(client, direccion, tecleado):
    return client.post(direccion, tecleado | {"accion": "choques"})


def clases(respuesta):
    return [choque.clase.value for choque in respuesta.context["choques"] or []]


def test_se_dicen_al_teclear_y_no_se_guarda_nada(client, zonal1, grupo1, otro):
    entrar(client, zonal1)
    respuesta = buscar(client, CREAR, datos(grupo1, fecha=DIA.isoformat()))
    assert (respuesta.status_code, Encuentro.objects.count()) == (200, 1)
    assert clases(respuesta) == ["gad", "orden", "orden", "orden"]
    assert "el GAD de Rioverde está en dos sitios a la vez" in respuesta.text
    # Al día siguiente ya no está en dos sitios.
    respuesta = buscar(client, CREAR, datos(grupo1, fecha="2031-09-11"))
    assert clases(respuesta) == ["orden", "orden", "orden"]


def test_cuenta_con_quien_facilita_y_con_los_convocados_marcados(client, zonal1, grupo1, otro):
    ame = EntidadFactory(clave="ame", nombre="Asociación", siglas="AME")
    Facilitacion.objects.create(encuentro=otro, entidad=ame)
    entrar(client, zonal1)
    tecleado = datos(grupo1, tipo="C", clase="cierre", fecha=DIA.isoformat(), facilitan=[ame.pk])
    tecleado |= {"base_convocados": base(grupo1, "C"), "convocados": ["0801"]}
    assert clases(buscar(client, CREAR, tecleado)) == ["equipo"]
    assert clases(buscar(client, CREAR, tecleado | {"convocados": ["0807"]})) == ["equipo", "gad"]
    assert clases(buscar(client, CREAR, tecleado | {"inicio": "10:00"})) == []


def test_la_autoridad_del_dialogo_es_la_de_ese_dia(client, zonal1, grupo1, otro):
    alcaldesa = AutoridadFactory(gad_id="0807", nombre="Alcaldesa", desde=date(2019, 5, 15))
    Encuentro.objects.filter(pk=otro.pk).update(autoridad=alcaldesa, gad="0807")
    entrar(client, zonal1)
    tecleado = datos(grupo1, tipo="M2", gad="0807", fecha=DIA.isoformat())
    assert clases(buscar(client, CREAR, tecleado)) == ["autoridad", "orden"]


def test_sede_y_feriado_se_saben_sin_guardar(client, zonal1, grupo1):
    entrar(client, zonal1)
    tecleado = datos(
        grupo1, tipo="C", clase="cierre", fecha="2031-12-25", canton="0803", inicio="09:00"
    )
    assert clases(buscar(client, CREAR, tecleado)) == ["sede", "feriado"]
    assert clases(buscar(client, CREAR, tecleado | {"canton": grupo1.sede_id})) == ["feriado"]


def test_al_editar_no_choca_consigo_mismo(client, zonal1, grupo1, otro):
    entrar(client, zonal1)
    respuesta = buscar(client, ruta_editar(otro), de_edicion(otro, tema="Otro tema"))
    assert (respuesta.status_code, clases(respuesta)) == (200, [])
    otro.refresh_from_db()
    assert otro.tema != "Otro tema"


def test_a_medio_teclear_se_dice_lo_que_falta(client, zonal1, grupo1, otro):
    entrar(client, zonal1)
    respuesta = buscar(client, CREAR, datos(grupo1, fecha="", tema=""))
    assert (respuesta.status_code, respuesta.context["choques"]) == (400, None)
    respuesta = buscar(client, CREAR, datos(grupo1, fecha=DIA.isoformat(), tema=""))
    assert (respuesta.status_code, clases(respuesta)[:1]) == (400, [])
    respuesta = buscar(client, CREAR, datos(grupo1, fecha=DIA.isoformat(), fin="07:00"))
    assert (respuesta.status_code, respuesta.context["choques"]) == (400, None)


def test_al_revisar_los_convocados_tambien_se_dicen(client, zonal1, grupo1, otro):
    respuesta = entrar(client, zonal1).post(CREAR, datos(grupo1, fecha=DIA.isoformat()))
    assert respuesta.context["form"].falta_revisar
    assert clases(respuesta)[0] == "gad"


def test_de_lo_ajeno_no_se_dice_nada(client, zonal4, grupo1, grupo2, otro):
    """AME está a esa hora en un encuentro que la zona 4 no ve."""
    ame = EntidadFactory(clave="ame", nombre="Asociación", siglas="AME")
    Facilitacion.objects.create(encuentro=otro, entidad=ame)
    entrar(client, zonal4)
    tecleado = datos(grupo2, tipo="C", clase="cierre", fecha=DIA.isoformat(), facilitan=[ame.pk])
    respuesta = buscar(client, CREAR, tecleado)
    assert clases(respuesta) == ["equipo"]
    assert "otro encuentro fuera de su jurisdicción" in respuesta.text
    assert "Muisne" not in respuesta.text.split("data-choques")[1].split("</section>")[0]


def test_lo_que_se_cancelo_no_choca(client, zonal1, grupo1, otro):
    Encuentro.objects.filter(pk=otro.pk).update(estado="cancelado", motivo="De prueba")
    entrar(client, zonal1)
    tecleado = datos(grupo1, fecha=DIA.isoformat())
    assert "gad" not in clases(buscar(client, CREAR, tecleado))
