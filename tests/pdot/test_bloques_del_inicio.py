"""Los bloques del inicio: qué entra en cada uno, qué urge y que su lista diga el mismo total."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pdot.models import Paso
from talleres.models import Convocado, Respuesta
from tests.conftest import entrar
from tests.fabricas import AcuerdoFactory, EncuentroFactory
from tests.fabricas_capacidades import PlanFactory
from tests.lectura_html import pagina
from tests.talleres.convocados import ConvocatoriaFactory


def tablero(client):
    return client.get(reverse("inicio")).context["tablero"]


def bloques(client, usuario):
    """{título: bloque} de lo que le espera, en su orden."""
    entrar(client, usuario)
    return {bloque.titulo: bloque for bloque in tablero(client).bloques}


def textos(bloque):
    return [fila.texto for fila in bloque.filas]


def dentro_de(dias):
    return timezone.localdate() + timedelta(days=dias)


@pytest.fixture
def encuentro(grupo1):
    """Función: un encuentro del grupo 1 a tantos días de hoy, con Rioverde entre los convocados."""

    def crear(dias, **rasgos):
        nuevo = EncuentroFactory(
            estrategia=grupo1.estrategia, grupos=[grupo1], fecha=dentro_de(dias), **rasgos
        )
        Convocado.objects.get_or_create(encuentro=nuevo, gad_id="0807")
        return nuevo

    return crear


@pytest.fixture
def acuerdo(grupo1, territorio):
    """Función: un acuerdo a cargo de Rioverde, con plazo a tantos días de hoy."""

    def crear(dias, **rasgos):
        responsable = territorio.gad["0807"]
        plazo = dentro_de(dias)
        return AcuerdoFactory(
            grupo=grupo1, responsable_gad=responsable, fecha_limite=plazo, **rasgos
        )

    return crear


# --- Qué entra ----------------------------------------------------------------------------------


def test_la_evaluacion_por_revisar_dice_cuanto_espera(client, evaluaciones, zonal1):
    Paso.objects.filter(a="enviada").update(cuando=timezone.now() - timedelta(days=20))
    (bloque,) = bloques(client, zonal1).values()
    assert (bloque.titulo, bloque.total, bloque.lista) == ("Por revisar", 1, "/pdot/revision/")
    (fila,) = bloque.filas
    assert (fila.texto, fila.detalle, fila.urge) == (
        "Esmeraldas (cantón, Esmeraldas)",
        "Espera hace 20 días",
        True,
    )


def test_a_la_zona_le_espera_convocar_cerrar_y_la_agenda(client, encuentro, zonal1, zonal4):
    encuentro(30, lugar="Lejos")
    encuentro(20, lugar="Pronto")
    encuentro(2, lugar="Ya casi")
    encuentro(3, lugar="Convocado", estado="convocado")
    encuentro(4, lugar="Cancelado", estado="cancelado", motivo="Lluvia")
    encuentro(-3, lugar="Pasado")
    encuentro(-5, lugar="Hecho", estado="realizado")
    hay = bloques(client, zonal1)
    assert {titulo: textos(bloque) for titulo, bloque in hay.items()} == {
        "Encuentros por convocar": ["M3 · Ya casi", "M3 · Pronto"],
        "Encuentros por cerrar": ["M3 · Pasado"],
    }
    tarde, a_tiempo = hay["Encuentros por convocar"].filas
    assert "la convocatoria debió salir hace 5 días" in tarde.detalle
    assert "convóquelo hasta el " in a_tiempo.detalle
    assert (tarde.urge, a_tiempo.urge) == (True, False)
    agenda = tablero(client).agenda
    assert (textos(agenda), agenda.total) == (["M3 · Ya casi", "M3 · Convocado"], 2)
    assert bloques(client, zonal4) == {}
    assert tablero(client).agenda.total == 0


def test_un_encuentro_sin_nadie_a_quien_convocar_no_se_pide(client, encuentro, zonal1):
    encuentro(2).convocados.all().delete()
    assert bloques(client, zonal1) == {}


def test_lo_que_urge_va_primero(client, encuentro, evaluaciones, zonal1):
    encuentro(20)
    assert list(bloques(client, zonal1)) == ["Por revisar", "Encuentros por convocar"]
    encuentro(2)
    assert list(bloques(client, zonal1)) == ["Encuentros por convocar", "Por revisar"]


def test_a_quien_planifica_le_espera_responder(client, encuentro, plan_rioverde, plan_esmeraldas):
    convocado = encuentro(3, estado="convocado", lugar="Rioverde")
    oficio = ConvocatoriaFactory(encuentro=convocado, gad_id="0807")
    (fila,) = bloques(client, plan_rioverde)["Convocatorias por responder"].filas
    assert (fila.texto, fila.accion, fila.urge) == ("M3 · Rioverde", "Responder", True)
    assert client.get(fila.direccion).status_code == 200
    # Al otro GAD del grupo no se le convocó: ni responde ni lo tiene en su agenda.
    assert "Convocatorias por responder" not in bloques(client, plan_esmeraldas)
    assert tablero(client).agenda.total == 0
    Respuesta.objects.create(convocatoria=oficio, ronda=1, sentido="asiste")
    assert "Convocatorias por responder" not in bloques(client, plan_rioverde)
    assert tablero(client).agenda.total == 1


def test_a_un_gad_le_esperan_sus_acuerdos_vencidos_y_por_vencer(
    client, acuerdo, plan_rioverde, plan_esmeraldas
):
    for dias in (-2, 10, 40):
        acuerdo(dias, texto=f"A {dias} días")
    bloque = bloques(client, plan_rioverde)["Acuerdos de su GAD"]
    assert (bloque.total, textos(bloque)) == (2, ["A -2 días", "A 10 días"])
    assert [fila.urge for fila in bloque.filas] == [True, False]
    assert len(client.get(bloque.lista).context["acuerdos"]) == 2
    assert "Acuerdos de su GAD" not in bloques(client, plan_esmeraldas)


def test_quien_observa_sabe_por_donde_mirar(client, evaluaciones, grupo1, observador):
    entrar(client, observador)
    respuesta = client.get(reverse("inicio"))
    assert "Lo que puede mirar" in respuesta.text
    propias = [d for d in pagina(respuesta).enlaces if d.startswith(("/aco", "/tall", "/pdot"))]
    assert {client.get(direccion).status_code for direccion in propias} == {200}
    assert len(propias) > 8


# --- Totales y enlaces --------------------------------------------------------------------------


def test_cuando_no_cabe_todo_la_lista_dice_el_mismo_total(client, encuentro, acuerdo, zonal1):
    for _ in range(7):
        encuentro(2)
        encuentro(-3)
        acuerdo(-1)
    encuentro(10)
    hay = bloques(client, zonal1)
    assert {titulo: bloque.total for titulo, bloque in hay.items()} == {
        "Encuentros por convocar": 8,
        "Acuerdos vencidos": 7,
        "Encuentros por cerrar": 7,
    }
    agenda = tablero(client).agenda
    enlaces = pagina(client.get(reverse("inicio"))).enlaces
    for bloque in [*hay.values(), agenda]:
        assert len(bloque.filas) == 5
        assert bloque.lista in enlaces
        contexto = client.get(bloque.lista).context
        total = contexto["total"] if "total" in contexto else len(contexto["acuerdos"])
        assert total == bloque.total, bloque.titulo


@pytest.mark.parametrize(
    ("que", "total"), [("semana", 2), ("convocar", 1), ("cerrar", 1), ("", 2), ("nada", None)]
)
def test_las_listas_enteras(client, encuentro, zonal1, que, total):
    encuentro(2)
    encuentro(3, estado="convocado")
    encuentro(-3)
    entrar(client, zonal1)
    respuesta = client.get(reverse("talleres:por_hacer"), {"que": que})
    assert respuesta.status_code == (404 if total is None else 200)
    assert total is None or respuesta.context["total"] == total


def test_convocar_y_cerrar_no_se_ofrecen_a_quien_no_edita(client, encuentro, observador):
    encuentro(2)
    encuentro(-3)
    entrar(client, observador)
    for que, total in {"convocar": 0, "cerrar": 0, "semana": 1}.items():
        contexto = client.get(reverse("talleres:por_hacer"), {"que": que}).context
        assert (contexto["total"], len(contexto["listas"])) == (total, 1)


def test_los_planes_por_aprobar_se_ven_en_su_lista(client, grupo2, zonal1, zonal4):
    PlanFactory(grupo=grupo2, estado="propuesto")
    PlanFactory(grupo=None, zona_id=4)
    bloque = bloques(client, zonal4)["Planes por aprobar"]
    assert len(client.get(bloque.lista).context["planes"]) == bloque.total == 1
    entrar(client, zonal1)
    assert len(client.get(bloque.lista).context["planes"]) == 0


@pytest.mark.parametrize("cuantos", [1, 3])
@pytest.mark.parametrize(
    ("quien", "consultas"),
    [("central", 8), ("zonal1", 8), ("plan_rioverde", 8), ("observador", 5)],
)
def test_con_una_fila_o_con_tres_hace_las_mismas_consultas(
    client, request, encuentro, acuerdo, quien, consultas, cuantos, django_assert_num_queries
):
    for _ in range(cuantos):
        encuentro(2)
        encuentro(-3)
        ConvocatoriaFactory(encuentro=encuentro(3, estado="convocado"), gad_id="0807")
        acuerdo(-1)
    entrar(client, request.getfixturevalue(quien))
    with django_assert_num_queries(consultas):
        client.get(reverse("inicio"))
