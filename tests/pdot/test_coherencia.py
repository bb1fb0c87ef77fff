"""La matriz GAD × pregunta de un grupo: qué se cuenta, qué filtra y a dónde lleva cada cifra."""

import pytest
from django.urls import reverse

from pdot.coherencia import matriz_de_grupo
from pdot.cuadro import cuadro_de
from pdot.models import Evaluacion, Respuesta
from tests.conftest import entrar
from tests.fabricas_coherencia import aprobada

pytestmark = pytest.mark.django_db


def ruta(grupo, *resto):
    return reverse("pdot:coherencia", args=[grupo.pk]) + "".join(f"{tramo}/" for tramo in resto)


@pytest.fixture
def respondidas(territorio, instrumento, grupo1):
    """Dos cantones y una parroquia del grupo 1 con su evaluación aprobada."""
    gad = territorio.gad
    return {
        "0801": aprobada(gad["0801"], instrumento, {"08": "si"}, a1="si", a2="no", b2="si"),
        "0807": aprobada(gad["0807"], instrumento, {"08": "no"}, a1="si", a2="parcial"),
        "080752": aprobada(gad["080752"], instrumento, {}, a1="no"),
    }


def cifras(cuenta):
    return [cuantas for _, _, cuantas in cuenta.cifras]


def cuadro(grupo, usuario, **filtro):
    return cuadro_de(matriz_de_grupo(grupo, usuario), filtro)


@pytest.mark.parametrize("tramos", [(), ("red",), ("contradicciones",), ("pregunta", "a1")])
def test_la_ve_quien_ve_el_grupo(client, elenco, grupo1, evaluaciones, tramos):
    vistas = {}
    for quien in ("central", "observador", "zonal1", "zonal4", "plan_rioverde", "plan_chone"):
        vistas[quien] = entrar(client, elenco[quien]).get(ruta(grupo1, *tramos)).status_code
    assert vistas == {
        "central": 200,
        "observador": 200,
        "zonal1": 200,
        "zonal4": 404,
        "plan_rioverde": 200,
        "plan_chone": 404,
    }
    client.logout()
    assert client.get(ruta(grupo1, *tramos)).status_code == 302


def test_cuenta_por_fila_y_por_columna(grupo1, central, respondidas):
    uno = cuadro(grupo1, central)
    # SÍ, PARCIAL, NO y sin responder; la parroquia no tiene b2 y el cantón no tiene b3.
    assert {r.fila.gad.pk: cifras(r.cuenta) for r in uno.renglones} == {
        "0801": [2, 0, 1, 1],
        "0807": [1, 1, 0, 2],
        "080752": [0, 0, 1, 3],
    }
    columnas = {pregunta.codigo: cifras(cuenta) for pregunta, cuenta in uno.columnas}
    assert columnas["a1"] == [2, 0, 1, 0]
    assert columnas["b2"] == [1, 0, 0, 1]
    assert cifras(uno.total) == [3, 1, 2, 6]


def test_los_filtros_dejan_lo_que_cuentan(grupo1, central, respondidas):
    de_parroquias = cuadro(grupo1, central, nivel="parroquiales")
    assert [r.fila.gad.pk for r in de_parroquias.renglones] == ["080752"]
    los_si = cuadro(grupo1, central, respuesta="si")
    assert [r.fila.gad.pk for r in los_si.renglones] == ["0801", "0807"]
    assert [p.codigo for p in los_si.preguntas] == ["a1", "b2"]
    assert cifras(los_si.total) == [3, 0, 0, 0]
    assert cuadro(grupo1, central, seccion="interna").total.total == 9


def test_un_filtro_que_no_existe_es_400_y_repite_lo_escrito(client, central, grupo1, respondidas):
    respuesta = entrar(client, central).get(ruta(grupo1), {"respuesta": "quizás"})
    assert respuesta.status_code == 400
    assert "«quizás» no está en la lista" in respuesta.text


def test_lo_propio_sin_aprobar_se_ve_y_no_se_cuenta(
    client, plan_rioverde, plan_esmeraldas, grupo1, evaluaciones
):
    """Rioverde está en borrador y Esmeraldas enviada: cada quien ve la suya y no la otra."""
    for quien, suya in ((plan_rioverde, "0807"), (plan_esmeraldas, "0801")):
        matriz = matriz_de_grupo(grupo1, quien)
        assert [fila.gad.pk for fila in matriz.propias] == [suya]
        assert cuadro_de(matriz).total.total == 0
    pagina = entrar(client, plan_rioverde).get(ruta(grupo1)).text
    assert "Lo suyo, todavía sin aprobar" in pagina
    miembro = client.get(ruta(grupo1, "miembro", "0801")).text
    assert "Justificación de 0801" not in miembro


def test_la_central_no_lee_lo_enviado_en_la_matriz(client, central, grupo1, evaluaciones):
    assert matriz_de_grupo(grupo1, central).propias == []
    pagina = entrar(client, central).get(ruta(grupo1, "pregunta", "a1")).text
    assert "Justificación de" not in pagina


def test_cada_cuenta_lleva_a_las_respuestas_que_cuenta(client, central, grupo1, respondidas):
    pagina = entrar(client, central).get(ruta(grupo1)).text
    assert f'href="{ruta(grupo1, "pregunta", "a1")}?respuesta=si"' in pagina
    assert f'href="{ruta(grupo1, "pregunta", "a2")}#g-0801"' in pagina
    los_si = client.get(ruta(grupo1, "pregunta", "a1"), {"respuesta": "si"}).text
    dichos = [codigo for codigo in respondidas if f"Porque {codigo} a1" in los_si]
    assert dichos == ["0801", "0807"]
    del_gad = client.get(ruta(grupo1, "miembro", "0801")).text
    assert [c for c in ("a1", "a2", "b2") if f"Porque 0801 {c}" in del_gad] == ["a1", "a2", "b2"]
    assert "Se encuentran en turismo." in del_gad


def test_lo_que_no_es_del_grupo_es_404(client, central, grupo1, respondidas):
    entrar(client, central)
    for tramos in (("miembro", "1303"), ("pregunta", "zz"), ("pregunta", "b1")):
        assert client.get(ruta(grupo1, *tramos)).status_code == 404


def test_un_grupo_propuesto_no_abre_lo_aprobado(client, plan_rioverde, grupo1, respondidas):
    grupo1.membresias.exclude(gad="0807").delete()
    grupo1.estado = "propuesto"
    grupo1.save()
    Evaluacion.objects.filter(pk=respondidas["0807"].pk).delete()
    assert cuadro(grupo1, plan_rioverde).renglones == []


def test_vacio_ensenia_el_paso_siguiente(client, central, grupo1):
    pagina = entrar(client, central).get(ruta(grupo1)).text
    assert "Cada GAD llena la suya y la coordinación zonal la aprueba" in pagina


def test_lo_escrito_sale_escapado(client, central, grupo1, respondidas):
    Respuesta.objects.filter(evaluacion=respondidas["0801"]).update(texto="<script>x</script>")
    pagina = entrar(client, central).get(ruta(grupo1, "pregunta", "a1")).text
    assert "&lt;script&gt;x" in pagina
    assert "<script>x" not in pagina


@pytest.mark.parametrize(
    ("tramos", "tope"), [((), 8), (("contradicciones",), 8), (("pregunta", "a1"), 7)]
)
def test_pocas_consultas(
    client, central, grupo1, respondidas, tramos, tope, django_assert_max_num_queries
):
    entrar(client, central)
    with django_assert_max_num_queries(tope):
        assert client.get(ruta(grupo1, *tramos)).status_code == 200
