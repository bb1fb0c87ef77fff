"""El plazo de un grupo: quien lo edita lo fija, los GAD lo ven y se recuerda una vez."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from pdot.models import Evaluacion, PlazoEvaluacion
from pdot.recordatorios import encolar_recordatorios
from tests.conftest import entrar
from tests.correos import los_que_salen
from tests.fabricas import EvaluacionFactory, PdotFactory
from tests.fabricas_revision import PlazoFactory


def url(grupo):
    return reverse("pdot:plazo", args=[grupo.pk])


def avance(grupo):
    return reverse("pdot:avance_de_grupo", args=[grupo.pk])


def dentro_de(dias):
    return timezone.localdate() + timedelta(days=dias)


@pytest.mark.parametrize(
    ("dias", "dicho"),
    [
        (5, "faltan 5 días"),
        (1, "falta 1 día"),
        (0, "vence hoy"),
        (-1, "venció hace 1 día"),
        (-3, "venció hace 3 días"),
    ],
)
def test_el_plazo_se_dice_en_palabras(dias, dicho):
    assert PlazoEvaluacion(fecha=dentro_de(dias)).en_palabras == dicho


def test_quien_edita_el_grupo_lo_fija_lo_cambia_y_lo_quita(client, grupo1, zonal1):
    entrar(client, zonal1)
    client.post(url(grupo1), {"fecha": dentro_de(5), "nota": "Antes del M3", "version": 0})
    client.post(url(grupo1), {"fecha": dentro_de(9), "nota": "", "version": 1})
    client.post(url(grupo1), {"fecha": "", "nota": "", "version": 2})
    historia = PlazoEvaluacion.objects.get().historia.order_by("history_id")
    assert [(uno.fecha, uno.nota, uno.history_user) for uno in historia] == [
        (dentro_de(5), "Antes del M3", zonal1),
        (dentro_de(9), "", zonal1),
        (None, "", zonal1),
    ]


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"fecha": "ayer"}, "fecha"),
        ({"fecha": "2019-08-01"}, "fecha"),
        ({"nota": "x" * 251}, "nota"),
        ({"version": "x"}, "version"),
    ],
)
def test_un_plazo_imposible_se_rechaza(client, grupo1, zonal1, cambios, campo):
    entrar(client, zonal1)
    datos = {"fecha": dentro_de(5), "nota": "", "version": 0} | cambios
    respuesta = client.post(url(grupo1), datos)
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert not PlazoEvaluacion.objects.exists()


def test_si_otra_persona_lo_cambio_lo_tecleado_sigue(client, grupo1, zonal1):
    PlazoFactory(grupo=grupo1, fecha=dentro_de(30))
    entrar(client, zonal1)
    tarde = client.post(url(grupo1), {"fecha": dentro_de(5), "nota": "Mía", "version": 0})
    assert tarde.status_code == 409
    assert [tarde.context["form"][c].value() for c in ("nota", "version")] == ["Mía", 1]
    assert PlazoEvaluacion.objects.get().fecha == dentro_de(30)


@pytest.mark.parametrize(
    ("quien", "codigo"), [("zonal4", 404), ("plan_rioverde", 403), ("observador", 403)]
)
def test_los_demas_no_lo_fijan(client, request, grupo1, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    datos = {"fecha": dentro_de(5), "version": 0}
    assert client.post(url(grupo1), datos).status_code == codigo
    assert not PlazoEvaluacion.objects.exists()


def test_el_de_un_grupo_cerrado_ya_no_cambia(client, grupo1, zonal1):
    type(grupo1).objects.update(estado="cerrado")
    entrar(client, zonal1)
    respuesta = client.post(url(grupo1), {"fecha": dentro_de(5), "version": 0})
    assert (respuesta.status_code, PlazoEvaluacion.objects.count()) == (409, 0)


# --- Quién lo ve --------------------------------------------------------------------------------


def test_el_gad_lo_ve_en_su_inicio_y_en_su_evaluacion(client, grupo1, evaluaciones, plan_rioverde):
    PlazoFactory(grupo=grupo1, fecha=dentro_de(5))
    entrar(client, plan_rioverde)
    paginas = [reverse("inicio"), evaluaciones["0807"].get_absolute_url()]
    assert ["Faltan 5 días" in client.get(una).text for una in paginas] == [True, True]


@pytest.mark.parametrize(
    ("estado_grupo", "estado", "ve"),
    [
        ("en_marcha", "devuelta", True),
        ("en_marcha", "enviada", False),
        ("en_marcha", "aprobada", False),
        ("propuesto", "borrador", False),
        ("cerrado", "borrador", False),
    ],
)
def test_se_apura_solo_a_quien_falta_y_en_un_grupo_en_marcha(
    client, grupo1, evaluaciones, plan_rioverde, estado_grupo, estado, ve
):
    PlazoFactory(grupo=grupo1, fecha=dentro_de(5))
    type(grupo1).objects.update(estado=estado_grupo)
    Evaluacion.objects.filter(pk=evaluaciones["0807"].pk).update(estado=estado)
    entrar(client, plan_rioverde)
    assert bool(client.get(reverse("inicio")).context["plazos"]) == ve


def test_el_avance_dice_como_va_cada_uno_y_quien_falta(client, grupo1, evaluaciones, zonal1):
    PlazoFactory(grupo=grupo1, fecha=dentro_de(-3))
    entrar(client, zonal1)
    pagina = client.get(avance(grupo1))
    assert [(uno.gad.pk, uno.estado) for uno in pagina.context["avances"]] == [
        ("08", "sin_empezar"),
        ("0801", "enviada"),
        ("0807", "borrador"),
        ("080752", "sin_empezar"),
    ]
    assert [uno.gad.pk for uno in pagina.context["faltan"]] == ["08", "0807", "080752"]
    # El borrador se cuenta y no se abre.
    assert evaluaciones["0807"].get_absolute_url() not in pagina.text
    assert "Venció hace 3 días" in pagina.text


@pytest.mark.parametrize("quien", ["plan_esmeraldas", "observador"])
def test_de_los_demas_se_sabe_solo_lo_aprobado(client, request, grupo1, evaluaciones, quien):
    entrar(client, request.getfixturevalue(quien))
    estados = {u.gad.pk: u.estado for u in client.get(avance(grupo1)).context["avances"]}
    propio = "enviada" if quien == "plan_esmeraldas" else "sin_aprobar"
    assert estados == {
        "08": "sin_aprobar",
        "0801": propio,
        "0807": "sin_aprobar",
        "080752": "sin_aprobar",
    }


def test_una_aprobada_ya_cumplio_aunque_se_abra_otra(grupo1, evaluaciones, client, zonal1):
    primera = evaluaciones["0801"]
    Evaluacion.objects.filter(pk=primera.pk).update(estado="aprobada")
    EvaluacionFactory(pdot=primera.pdot, numero=2, instrumento=primera.instrumento)
    entrar(client, zonal1)
    estados = {u.gad.pk: u.estado for u in client.get(avance(grupo1)).context["avances"]}
    assert estados["0801"] == "aprobada"


def test_un_plan_nuevo_sin_evaluar_vuelve_a_faltar(grupo1, evaluaciones, client, zonal1):
    Evaluacion.objects.filter(pk=evaluaciones["0801"].pk).update(estado="aprobada")
    PdotFactory(gad_id="0801", anio_desde=2020, anio_hasta=2024)
    entrar(client, zonal1)
    estados = {u.gad.pk: u.estado for u in client.get(avance(grupo1)).context["avances"]}
    assert estados["0801"] == "sin_empezar"


def test_el_avance_no_consulta_por_gad(
    client, grupo1, evaluaciones, zonal1, django_assert_max_num_queries
):
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        client.get(avance(grupo1))


# --- Recordar -----------------------------------------------------------------------------------

PLAZO = date(2026, 3, 20)


@pytest.fixture
def plazo(grupo1, evaluaciones, plan_rioverde, plan_esmeraldas, zonal1):
    """Rioverde va en borrador; Esmeraldas ya envió."""
    return PlazoFactory(grupo=grupo1, fecha=PLAZO, nota="Antes del taller")


def test_se_recuerda_una_vez_antes_y_una_despues_solo_a_quien_falta(plazo, plan_rioverde):
    dias = [date(2026, 3, d) for d in (12, 13, 14, 20, 21, 25)]
    assert [encolar_recordatorios(dia) for dia in dias] == [0, 1, 0, 0, 1, 0]
    salen = los_que_salen()
    assert set(salen) == {plan_rioverde.email}
    assert "venció el viernes 20 de marzo de 2026" in salen[plan_rioverde.email].body
    assert "Antes del taller" in salen[plan_rioverde.email].body


def test_un_plazo_nuevo_se_recuerda_otra_vez(plazo):
    encolar_recordatorios(date(2026, 3, 15))
    plazo.fecha = date(2026, 3, 22)
    plazo.save()
    assert encolar_recordatorios(date(2026, 3, 16)) == 1


@pytest.mark.parametrize("estado", ["propuesto", "cerrado", "cancelado"])
def test_un_grupo_que_no_esta_en_marcha_no_recuerda(plazo, grupo1, estado):
    type(grupo1).objects.update(estado=estado, motivo="Porque sí")
    assert encolar_recordatorios(PLAZO) == 0


def test_sin_plazo_no_se_recuerda(plazo):
    PlazoEvaluacion.objects.update(fecha=None)
    assert encolar_recordatorios(PLAZO) == 0


def test_la_orden_dice_cuantos_y_rechaza_lo_que_no_es_fecha(plazo, capsys):
    call_command("recordar_plazos", fecha="2026-03-20")
    assert capsys.readouterr().out == "Recordatorios nuevos: 1\n"
    with pytest.raises(CommandError):
        call_command("recordar_plazos", fecha="mañana")
