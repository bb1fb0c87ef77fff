"""Editar un encuentro: quién puede, qué cambia y qué se conserva."""

from datetime import date, time

import pytest
from django.contrib.messages import get_messages

from acompanamiento.models import Grupo
from talleres.models import Convocado, Encuentro
from tests.conftest import entrar
from tests.fabricas import (
    EncuentroFactory,
    EstrategiaFactory,
    GrupoFactory,
)

from .formulario import CREAR, base, de_edicion, errores, propuestos, ruta_editar

pytestmark = pytest.mark.django_db
MIEMBROS = ["08", "0801", "0807", "080752"]


def convocados(encuentro):
    return sorted(encuentro.convocados.values_list("gad", flat=True))


def mensajes(respuesta):
    return [str(mensaje) for mensaje in get_messages(respuesta.wsgi_request)]


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 200),
        ("zonal1", 200),
        ("zonal4", 404),
        ("observador", 403),
        ("plan_rioverde", 403),
    ],
)
def test_editan_la_central_y_su_zona(client, elenco, encuentro1, quien, estado):
    entrar(client, elenco[quien])
    assert client.get(ruta_editar(encuentro1)).status_code == estado
    enviado = client.post(
        ruta_editar(encuentro1), de_edicion(encuentro1, tema="Otro tema", convocados=["08"])
    )
    encuentro1.refresh_from_db()
    if estado == 200:
        assert (enviado.status_code, encuentro1.tema) == (302, "Otro tema")
    else:
        assert (enviado.status_code, encuentro1.tema) == (estado, "Taller de Rioverde")


# --- Editar -------------------------------------------------------------------------------------


@pytest.fixture
def listo(encuentro1):
    """encuentro1 con sus cuatro convocados."""
    for codigo in MIEMBROS:
        Convocado.objects.create(encuentro=encuentro1, gad_id=codigo)
    return encuentro1


def test_el_formulario_viene_lleno(client, zonal1, listo):
    respuesta = entrar(client, zonal1).get(ruta_editar(listo))
    pagina = respuesta.content.decode()
    assert propuestos(respuesta) == (MIEMBROS, [])
    for dicho in ('value="Taller de Rioverde"', 'value="2019-08-22"', 'value="08:30"'):
        assert dicho in pagina


def test_guardar_sin_tocar_nada_no_cambia_nada(client, zonal1, listo):
    assert entrar(client, zonal1).post(ruta_editar(listo), de_edicion(listo)).status_code == 302
    antes, listo = listo, Encuentro.objects.get(pk=listo.pk)
    campos = [c.attname for c in Encuentro._meta.concrete_fields if c.name != "version"]
    assert [getattr(antes, c) for c in campos] == [getattr(listo, c) for c in campos]
    assert (convocados(listo), listo.version) == (MIEMBROS, 2)


def test_cambia_tema_y_convocados_y_queda_en_la_bitacora(client, zonal1, listo):
    entrar(client, zonal1)
    enviado = de_edicion(listo, tema="Taller corregido", convocados=["08", "0807"])
    client.post(ruta_editar(listo), enviado)
    listo.refresh_from_db()
    assert (listo.tema, listo.estado, convocados(listo)) == (
        "Taller corregido",
        "planificado",
        ["08", "0807"],
    )
    bitacora = client.get(listo.get_absolute_url(), {"cambios": 1}).context["bitacora"]
    dichos = {entrada.que for entrada in bitacora if entrada.quien == str(zonal1)}
    assert dichos == {
        "Cambió el encuentro",
        "Quitó la convocatoria a Esmeraldas",
        "Quitó la convocatoria a Chumundé",
    }


def test_editar_no_mueve_de_jornada_si_no_cambia_la_hora(client, zonal1, listo):
    """La fuente llama «mañana» a algún taller que empieza pasado el mediodía."""
    Encuentro.objects.filter(pk=listo.pk).update(inicio=time(12, 30), fin=time(14))
    listo.refresh_from_db()
    entrar(client, zonal1).post(ruta_editar(listo), de_edicion(listo, tema="Otro tema"))
    listo.refresh_from_db()
    assert (listo.tema, listo.jornada) == ("Otro tema", "manana")
    client.post(ruta_editar(listo), de_edicion(listo, inicio="12:15"))
    listo.refresh_from_db()
    assert (listo.inicio, listo.jornada) == (time(12, 15), "tarde")


def test_cambiar_la_fecha_lo_reprograma_y_conserva_la_anterior(client, zonal1, listo):
    entrar(client, zonal1).post(ruta_editar(listo), de_edicion(listo, fecha="2019-09-12"))
    listo.refresh_from_db()
    assert (listo.fecha, listo.estado) == (date(2019, 9, 12), "reprogramado")
    ultima, anterior = listo.historia.order_by("-history_id")[:2]
    assert (ultima.history_change_reason, ultima.history_user) == ("Reprogramación", zonal1)
    assert (anterior.fecha, anterior.estado) == (date(2019, 8, 22), "planificado")


def test_los_grupos_y_convocados_ajenos_se_conservan(client, zonal4, grupo1, grupo2):
    varios = EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1, grupo2])
    for codigo in ("0807", "1317"):
        Convocado.objects.create(encuentro=varios, gad_id=codigo)
    entrar(client, zonal4)
    pagina = client.get(ruta_editar(varios))
    assert pagina.context["grupos_ajenos"] == 1
    assert "0807" not in sum(propuestos(pagina), [])
    enviado = de_edicion(
        varios,
        grupos=[grupo2.pk],
        canton="1317",
        convocados=["13"],
        base_convocados=base(grupo2),
    )
    assert client.post(ruta_editar(varios), enviado).status_code == 302
    assert set(varios.grupos.all()) == {grupo1, grupo2}
    assert convocados(varios) == ["0807", "13"]


def test_no_se_puede_soltar_el_ultimo_grupo_propio(client, zonal4, grupo1, grupo2):
    varios = EncuentroFactory(
        estrategia=grupo1.estrategia, tipo="C", clase="cierre", grupos=[grupo1, grupo2]
    )
    enviado = de_edicion(varios, grupos=[], canton="1317", base_convocados="C::")
    respuesta = entrar(client, zonal4).post(ruta_editar(varios), enviado)
    assert errores(respuesta) == {"grupos": ["Deje al menos un grupo de su jurisdicción."]}
    assert set(varios.grupos.all()) == {grupo1, grupo2}


def test_no_se_cambia_de_estrategia(client, central, listo):
    otra = EstrategiaFactory(codigo="otra")
    entrar(client, central).post(ruta_editar(listo), de_edicion(listo, estrategia=otra.pk))
    listo.refresh_from_db()
    assert listo.estrategia.codigo == "piloto-2019"


@pytest.mark.parametrize("estado", ["realizado", "cancelado"])
def test_del_cerrado_solo_se_edita_la_nota(client, zonal1, listo, estado):
    Encuentro.objects.filter(pk=listo.pk).update(estado=estado, motivo="Paro")
    entrar(client, zonal1)
    pagina = client.get(ruta_editar(listo))
    assert list(pagina.context["form"].fields) == ["nota", "version_leida"]
    client.post(ruta_editar(listo), {"nota": "Faltó el acta.", "version_leida": 1})
    listo.refresh_from_db()
    assert (listo.nota, listo.estado, listo.tema) == (
        "Faltó el acta.",
        estado,
        "Taller de Rioverde",
    )


def test_si_se_cerro_mientras_se_editaba_se_dice_y_no_se_pierde_lo_escrito(client, zonal1, listo):
    enviado = de_edicion(listo, tema="Tarde piaste")
    Encuentro.objects.filter(pk=listo.pk).update(estado="realizado")
    respuesta = entrar(client, zonal1).post(ruta_editar(listo), enviado)
    pagina = respuesta.content.decode()
    assert respuesta.status_code == 409
    assert "El encuentro está realizado: solo se puede cambiar la nota." in pagina
    assert 'value="Tarde piaste"' in pagina
    listo.refresh_from_db()
    assert listo.tema == "Taller de Rioverde"


def test_el_grupo_cancelado_que_ya_tenia_no_se_pierde(client, zonal1, listo, grupo1):
    Grupo.objects.filter(pk=grupo1.pk).update(estado="cancelado", motivo="No se convocó")
    form = entrar(client, zonal1).get(ruta_editar(listo)).context["form"]
    assert form["grupos"].value() == [str(grupo1.pk)]


def test_consultas_no_crecen_con_los_grupos(
    client, zonal1, listo, grupo1, territorio, django_assert_num_queries
):
    entrar(client, zonal1)
    with django_assert_num_queries(6):
        client.get(CREAR)
    with django_assert_num_queries(7):
        client.get(ruta_editar(listo))
    for codigo in ("0801", "0807"):
        otro = GrupoFactory(
            estrategia=grupo1.estrategia, zona=territorio.zona[1], miembros=[territorio.gad[codigo]]
        )
        listo.grupos.add(otro)
    with django_assert_num_queries(6):
        client.get(CREAR)
    with django_assert_num_queries(7):
        assert len(client.get(ruta_editar(listo)).context["form"]["grupos"].value()) == 3


def test_el_convocado_que_ya_no_es_miembro_no_se_pierde(client, zonal1, listo, grupo1):
    grupo1.membresias.filter(gad="0801").update(hasta=date(2019, 9, 1))
    entrar(client, zonal1)
    assert propuestos(client.get(ruta_editar(listo))) == (MIEMBROS, [])
    assert client.post(ruta_editar(listo), de_edicion(listo)).status_code == 302
    assert convocados(listo) == MIEMBROS
    sin_el = de_edicion(listo, version_leida=2, convocados=["08"])
    client.post(ruta_editar(listo), sin_el)
    assert convocados(listo) == ["08"]


def test_al_quitar_un_grupo_se_proponen_los_que_quedan(client, central, listo, grupo2):
    listo.grupos.add(grupo2)
    enviado = de_edicion(listo, base_convocados=None)
    enviado["grupos"] = [grupo2.pk]
    paso = entrar(client, central).post(ruta_editar(listo), enviado)
    assert paso.status_code == 200
    assert propuestos(paso) == (["08", "13", "0803", "1317", "131751"], ["0801", "0807", "080752"])
