"""La cola: lo más antiguo primero, a cargo de quién, y aprobar varias a la vez."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pdot.acciones_revision import asignar, guardar_borrador
from pdot.models import Asignacion, ElementoVision, Evaluacion, Paso
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory
from tests.fabricas_instrumento import EnNombreFactory

COLA = reverse("pdot:revision")
LOTE = reverse("pdot:lote")


@pytest.fixture
def esperan(territorio, instrumento):
    """Esmeraldas espera hace 3 días; Muisne, hace 12; Chone, de la zona 4, hoy."""
    hechas = {}
    for codigo, dias in {"0801": 3, "0803": 12, "1303": 0}.items():
        evaluacion = EvaluacionFactory(
            pdot=PdotFactory(gad=territorio.gad[codigo]),
            instrumento=instrumento,
            estado="enviada",
            respondida="Porque sí",
        )
        ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
        paso = Paso.objects.create(evaluacion=evaluacion, de="borrador", a="enviada")
        cuando = timezone.now() - timedelta(days=dias)
        Paso.objects.filter(pk=paso.pk).update(cuando=cuando)
        hechas[codigo] = evaluacion
    return hechas


def en_la_cola(client, **filtros):
    respuesta = client.get(COLA, filtros)
    return [(una.pdot.gad_id, una.dias) for una in respuesta.context["pagina"]]


def marca(evaluacion, version=1):
    return f"{evaluacion.pk}-{version}"


def url(nombre, evaluacion):
    return reverse(f"pdot:{nombre}", args=[evaluacion.pk])


# --- La cola ------------------------------------------------------------------------------------


@pytest.mark.parametrize("quien", ["central", "zonal1", "zonal4", "observador", "plan_rioverde"])
def test_una_espera_a_quien_la_tiene_en_su_cola(elenco, esperan, quien):
    Evaluacion.objects.filter(pk=esperan["0801"].pk).update(estado="devuelta")
    todas = Evaluacion.objects.all().para_lista()
    le_toca = {una.pk for una in todas if una.espera_a(elenco[quien])}
    assert le_toca == {una.pk for una in todas.revisables_por(elenco[quien])}


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("zonal1", [("0803", 12), ("0801", 3)]),
        ("zonal4", [("1303", 0)]),
        ("central", [("0803", 12), ("0801", 3), ("1303", 0)]),
    ],
)
def test_cada_quien_ve_lo_suyo_lo_mas_antiguo_primero(client, request, esperan, quien, ve):
    entrar(client, request.getfixturevalue(quien))
    assert en_la_cola(client) == ve


@pytest.mark.parametrize("quien", ["plan_esmeraldas", "observador"])
def test_quien_no_revisa_no_tiene_cola(client, request, esperan, quien):
    entrar(client, request.getfixturevalue(quien))
    assert client.get(COLA).status_code == 403


def test_los_filtros_de_la_cola(client, esperan, grupo2, central):
    asignar(esperan["0801"], central, version=0, por=central)
    entrar(client, central)
    assert en_la_cola(client, quien="mias") == [("0801", 3)]
    assert en_la_cola(client, quien="libres") == [("0803", 12), ("1303", 0)]
    assert en_la_cola(client, zona=4) == [("1303", 0)]
    assert en_la_cola(client, grupo=grupo2.pk) == [("0803", 12)]
    for malo in ({"quien": "otra"}, {"zona": "99"}, {"grupo": "x"}):
        assert client.get(COLA, malo).status_code == 400


def test_la_cola_vacia_ensena_el_paso_siguiente(client, zonal1):
    entrar(client, zonal1)
    assert "No hay nada por revisar" in client.get(COLA).text
    assert "Ver toda la cola" in client.get(COLA, {"quien": "mias"}).text


def test_la_cola_cuesta_lo_mismo_con_muchas(
    client, esperan, grupo1, central, django_assert_max_num_queries
):
    for evaluacion in esperan.values():
        asignar(evaluacion, central, version=0, por=central)
    entrar(client, central)
    with django_assert_max_num_queries(8):
        assert len(en_la_cola(client)) == 3


# --- A cargo de quién ---------------------------------------------------------------------------


def test_tomar_encargar_y_soltar_dejan_historia(client, esperan, zonal1, central):
    evaluacion = esperan["0801"]
    entrar(client, zonal1)
    client.post(url("asignar", evaluacion), {"accion": "tomar", "version": 0})
    client.post(url("asignar", evaluacion), {"revisor": central.pk, "version": 1})
    client.post(url("asignar", evaluacion), {"accion": "soltar", "version": 2})
    historia = Asignacion.objects.get().historia.order_by("history_id")
    assert [(una.revisor, una.history_user) for una in historia] == [
        (zonal1, zonal1),
        (central, zonal1),
        (None, zonal1),
    ]


def test_si_otra_persona_la_tomo_se_dice_quien(client, esperan, zonal1, central):
    evaluacion = esperan["0801"]
    asignar(evaluacion, central, version=0, por=central)
    entrar(client, zonal1)
    tarde = client.post(url("asignar", evaluacion), {"accion": "tomar", "version": 0})
    assert (tarde.status_code, Asignacion.objects.get().revisor) == (409, central)
    assert tarde.context["motivo"] == (
        "Otra persona la asignó antes: ahora está a cargo de Central."
    )
    # La página que vuelve ya lleva la versión de ahora.
    assert tarde.context["form"]["version"].value() == 1


def test_tomarla_dos_veces_no_falla_ni_repite(client, esperan, zonal1):
    entrar(client, zonal1)
    for _ in range(2):
        datos = {"accion": "tomar", "version": 0}
        assert client.post(url("asignar", esperan["0801"]), datos).status_code == 302
    assert Asignacion.objects.get().historia.count() == 1


def test_no_se_encarga_a_quien_no_le_toca(client, esperan, zonal1, zonal4, plan_esmeraldas):
    entrar(client, zonal1)
    for persona in (zonal4, plan_esmeraldas):
        datos = {"revisor": persona.pk, "version": 0}
        assert client.post(url("asignar", esperan["0801"]), datos).status_code == 400
    assert not Asignacion.objects.exists()


@pytest.mark.parametrize(("quien", "codigo"), [("zonal4", 404), ("plan_esmeraldas", 403)])
def test_solo_la_reparte_quien_la_revisa(client, request, esperan, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    datos = {"accion": "tomar", "version": 0}
    assert client.post(url("asignar", esperan["0801"]), datos).status_code == codigo


# --- Aprobar en lote ----------------------------------------------------------------------------


def estados(esperan):
    return {c: Evaluacion.objects.get(pk=una.pk).estado for c, una in esperan.items()}


def test_antes_de_aprobar_dice_cuales_no_y_por_que(client, esperan, territorio, zonal1):
    incompleta, preparada = esperan["0801"], esperan["0803"]
    incompleta.respuestas.filter(pregunta__codigo="a1").delete()
    guardar_borrador(preparada, {"comentario": "Ojo"}, version=0, por=zonal1)
    entrar(client, zonal1)
    marcadas = [marca(incompleta, 9), marca(preparada), marca(esperan["1303"]), "x-1"]
    pagina = client.post(LOTE, {"marcada": marcadas})
    assert pagina.context["aprobables"] == []
    reparos = {u.evaluacion.pdot.gad_id: u.reparos for u in pagina.context["con_reparos"]}
    assert reparos == {
        "0801": [
            "cambió desde que usted abrió la cola",
            "está incompleta: 1 punto por completar",
        ],
        "0803": ["tiene observaciones en preparación: devuélvala, o bórrelas al revisarla"],
    }


def test_confirmado_aprueba_las_que_se_pueden_y_dice_que_paso(client, esperan, zonal1):
    guardar_borrador(esperan["0803"], {"comentario": "Ojo"}, version=0, por=zonal1)
    entrar(client, zonal1)
    marcadas = [marca(una) for una in esperan.values()]
    antes = client.post(LOTE, {"marcada": marcadas})
    assert [u.evaluacion.pdot.gad_id for u in antes.context["aprobables"]] == ["0801"]
    assert set(estados(esperan).values()) == {"enviada"}
    hecho = client.post(LOTE, {"marcada": marcadas, "confirmar": "1"})
    assert [u.evaluacion.pdot.gad_id for u in hecho.context["aprobables"]] == ["0801"]
    # La de otra zona no existe para quien aprueba.
    assert [u.evaluacion.pdot.gad_id for u in hecho.context["con_reparos"]] == ["0803"]
    assert estados(esperan) == {"0801": "aprobada", "0803": "enviada", "1303": "enviada"}
    assert esperan["0801"].pasos.last().por == zonal1


def test_confirmar_dos_veces_no_aprueba_dos(client, esperan, zonal1):
    entrar(client, zonal1)
    datos = {"marcada": [marca(esperan["0801"])], "confirmar": "1"}
    client.post(LOTE, datos)
    otra = client.post(LOTE, datos)
    assert [u.reparos for u in otra.context["con_reparos"]] == [["ya está aprobada"]]
    assert esperan["0801"].pasos.filter(a="aprobada").count() == 1


def test_lo_que_cambio_despues_de_confirmar_no_se_aprueba(client, esperan, zonal1):
    entrar(client, zonal1)
    Evaluacion.objects.filter(pk=esperan["0801"].pk).update(version=3)
    datos = {"marcada": [marca(esperan["0801"])], "confirmar": "1"}
    hecho = client.post(LOTE, datos)
    assert hecho.context["con_reparos"][0].reparos == ["cambió desde que usted abrió la cola"]
    assert estados(esperan)["0801"] == "enviada"


def test_nadie_aprueba_en_lote_lo_que_lleno_en_nombre_del_gad(client, esperan, zonal1):
    # Aunque otra persona la haya seguido y enviado.
    EnNombreFactory(evaluacion=esperan["0801"], por=zonal1)
    entrar(client, zonal1)
    pagina = client.post(LOTE, {"marcada": [marca(esperan["0801"])]})
    assert pagina.context["con_reparos"][0].reparos == [
        "usted la llenó en nombre del GAD: la aprueba otra persona"
    ]


def test_sin_marcar_ninguna_se_dice(client, esperan, zonal1):
    entrar(client, zonal1)
    respuesta = client.post(LOTE, {})
    assert (respuesta.status_code, "Marque al menos una" in respuesta.text) == (400, True)
