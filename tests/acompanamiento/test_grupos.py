"""La lista de grupos: a quién muestra qué, las cuentas y los filtros."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Grupo, Membresia
from acompanamiento.reparto import Reparto, repartir
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas import EstrategiaFactory, GrupoFactory

pytestmark = pytest.mark.django_db
LISTA = reverse("acompanamiento:inicio")


@pytest.fixture
def cancelado(territorio, estrategia):
    return GrupoFactory(
        estrategia=estrategia,
        numero=5,
        nombre="Chone y Muisne",
        zona=territorio.zona[4],
        estado=Grupo.Estado.CANCELADO,
        motivo="Nadie convocó.",
        miembros=[territorio.gad["1303"], territorio.gad["0803"]],
    )


def numeros(respuesta):
    return [g.numero for _, grupos in respuesta.context["estrategias"] for g in grupos]


def totales(reparto):
    return reparto.provinciales, reparto.municipales, reparto.parroquiales


@pytest.mark.parametrize(
    ("quien", "esperados"),
    [
        ("central", [1, 2]),
        ("observador", [1, 2]),
        ("zonal1", [1, 2]),
        ("zonal4", [2]),
        ("observador1", [1, 2]),
        ("plan_rioverde", [1]),
        ("plan_chone", []),
    ],
)
def test_cada_quien_ve_los_de_su_jurisdiccion(client, elenco, grupo1, grupo2, quien, esperados):
    assert numeros(entrar(client, elenco[quien]).get(LISTA)) == esperados


def test_de_a_cincuenta_y_el_total_es_de_todos(client, central, territorio, estrategia):
    for numero in range(1, 52):
        GrupoFactory(estrategia=estrategia, numero=numero, zona=territorio.zona[1])
    primera = entrar(client, central).get(LISTA)
    segunda = client.get(LISTA, {"pagina": 2})
    assert (numeros(primera), numeros(segunda)) == (list(range(1, 51)), [51])
    assert (primera.context["cuantos"], segunda.context["cuantos"]) == (51, 51)
    assert 'href="?pagina=2"' in primera.text


def test_el_mapa_es_el_de_la_ultima_estrategia_o_la_elegida(client, central, grupo1):
    cargar_contornos()
    otra = EstrategiaFactory(
        codigo="otra", nombre="Otra", desde=grupo1.estrategia.hasta, hasta=grupo1.estrategia.hasta
    )
    ultimo = GrupoFactory(estrategia=otra, zona=grupo1.zona, miembros=list(grupo1.gads.all()))
    entrar(client, central)

    def dibujados(**filtro):
        pagina = client.get(LISTA, filtro)
        textos = [renglon.texto for renglon in pagina.context["mapa"].leyenda]
        return textos, f"Los de «{otra}»" in pagina.text

    assert dibujados() == ([str(ultimo)], True)
    assert dibujados(estrategia=grupo1.estrategia.codigo) == ([str(grupo1)], False)


def test_sin_sesion_se_pide_ingresar(client, grupo1):
    assert client.get(LISTA).status_code == 302


def test_el_total_cuenta_una_vez_al_gad_que_esta_en_dos_grupos(client, central, grupo1, grupo2):
    respuesta = entrar(client, central).get(LISTA)
    assert totales(respuesta.context["total"]) == (2, 4, 2)
    assert "2 grupos · 2 GAD provinciales distintos, 4 municipales, 2 parroquiales" in (
        respuesta.content.decode()
    )


def test_el_cancelado_se_muestra_con_su_motivo_y_no_suma(client, central, grupo1, cancelado):
    respuesta = entrar(client, central).get(LISTA)
    assert numeros(respuesta) == [1, 5]
    assert "Nadie convocó." in respuesta.content.decode()
    assert totales(respuesta.context["total"]) == (1, 2, 1)


def test_el_propuesto_se_muestra_con_su_estado_y_no_suma(client, central, grupo1, grupo2):
    Grupo.objects.filter(pk=grupo2.pk).update(estado="propuesto")
    respuesta = entrar(client, central).get(LISTA)
    assert numeros(respuesta) == [1, 2]
    assert (respuesta.context["cuantos"], respuesta.context["propuestos"]) == (1, 1)
    assert totales(respuesta.context["total"]) == (1, 2, 1)
    assert "además, 1 grupo propuesto, que todavía no acompaña a nadie" in respuesta.text
    assert '<span class="estado propuesto">Propuesto</span>' in respuesta.text


def test_el_gad_de_un_grupo_propuesto_lo_ve(client, plan_rioverde, grupo1):
    Grupo.objects.filter(pk=grupo1.pk).update(estado="propuesto")
    assert numeros(entrar(client, plan_rioverde).get(LISTA)) == [1]


@pytest.mark.parametrize(
    ("estado", "cuenta"),
    [
        ("propuesto", False),
        ("conformado", True),
        ("en_marcha", True),
        ("cerrado", True),
        ("cancelado", False),
    ],
)
def test_se_cuentan_los_miembros_de_los_grupos_conformados(grupo1, estado, cuenta):
    grupo1.estado, grupo1.motivo = estado, "Prueba"
    grupo1.save()
    assert grupo1.esta_conformado == cuenta
    assert Grupo.objects.conformados().exists() == cuenta
    assert Membresia.objects.acompanados().exists() == cuenta


def test_cada_grupo_dice_sus_zonas_aunque_no_las_coordine(grupo1, grupo2):
    repartos = repartir([grupo1, grupo2])
    assert repartos[grupo1.pk].lista_zonas == [1]
    assert repartos[grupo2.pk].lista_zonas == [1, 4]
    assert totales(repartos[grupo2.pk]) == (2, 2, 1)


def test_quien_salio_del_grupo_ya_no_cuenta(grupo1):
    salida = grupo1.membresias.get(gad="080752")
    salida.hasta = "2019-10-01"
    salida.save()
    assert totales(repartir([grupo1])[grupo1.pk]) == (1, 2, 0)


@pytest.mark.parametrize(
    ("desde", "hasta", "es_miembro"),
    [(-9, None, True), (0, None, True), (1, None, False), (-9, 1, True), (-9, 0, False)],
)
def test_se_es_miembro_entre_las_dos_fechas(grupo1, plan_rioverde, desde, hasta, es_miembro):
    """Una salida anunciada no saca a nadie hoy, ni una entrada anunciada lo mete."""
    hoy = timezone.localdate()
    fechas = [dias if dias is None else hoy + timedelta(days=dias) for dias in (desde, hasta)]
    grupo1.membresias.filter(gad="0807").update(desde=fechas[0], hasta=fechas[1])
    assert ("0807" in repartir([grupo1])[grupo1.pk].gads) == es_miembro
    assert (Grupo.objects.para_lista().get().municipales == 2) == es_miembro
    assert Grupo.objects.visibles_para(plan_rioverde).exists() == es_miembro


def test_repartos_juntos_no_repiten():
    uno = Reparto({"08": "provincial", "0801": "municipal"}, {1})
    otro = Reparto({"08": "provincial", "13": "provincial"}, {1, 4})
    total = Reparto.de([uno, otro])
    assert (totales(total), total.lista_zonas) == ((2, 1, 0), [1, 4])


@pytest.mark.parametrize(
    ("filtro", "esperados"),
    [
        ("", [1, 2, 5]),
        ("?zona=1", [1, 2, 5]),
        ("?zona=4", [2, 5]),
        ("?estado=cancelado", [5]),
        ("?estado=en_marcha&zona=4", [2]),
        ("?estrategia=piloto-2019", [1, 2, 5]),
        ("?estado=cerrado", []),
    ],
)
def test_filtros(client, central, grupo1, grupo2, cancelado, filtro, esperados):
    respuesta = entrar(client, central).get(LISTA + filtro)
    assert respuesta.status_code == 200
    assert numeros(respuesta) == esperados


@pytest.mark.parametrize(
    ("filtro", "mensaje"),
    [
        ("?zona=9", "En esa zona no hay grupos a la vista."),
        ("?zona=x", "En esa zona no hay grupos a la vista."),
        ("?estado=perdido", "Ese estado no existe."),
        ("?estrategia=otra", "Esa estrategia no existe."),
    ],
)
def test_un_filtro_que_no_existe_se_dice_junto_al_campo(client, central, grupo1, filtro, mensaje):
    respuesta = entrar(client, central).get(LISTA + filtro)
    assert respuesta.status_code == 400
    assert numeros(respuesta) == []
    assert mensaje in respuesta.content.decode()


def test_zonal4_no_puede_filtrar_por_una_zona_ajena_para_ver_grupos(client, zonal4, grupo1):
    assert entrar(client, zonal4).get(LISTA + "?zona=1").status_code == 400


@pytest.mark.parametrize(
    ("quien", "ensenia"),
    [
        ("zonal1", "Pida una propuesta"),
        ("plan_chone", "Los forma la coordinación zonal"),
        ("observador", "Aquí aparecen cuando se forman"),
    ],
)
def test_vacia_dice_el_siguiente_paso(client, elenco, estrategia, quien, ensenia):
    assert ensenia in entrar(client, elenco[quien]).get(LISTA).content.decode()


def test_vacia_habla_del_pais_o_de_la_jurisdiccion(client, elenco, estrategia):
    for quien, donde in (("central", "en el país"), ("zonal1", "en su jurisdicción")):
        texto = entrar(client, elenco[quien]).get(LISTA).text
        assert f"Todavía no hay grupos circunvecinos {donde}." in texto


def test_sin_estrategia_primero_se_crea(client, elenco):
    respuesta = entrar(client, elenco["central"]).get(LISTA)
    assert reverse("admin:acompanamiento_estrategia_add") in respuesta.text
    assert "Formar el primero" not in respuesta.text
    for quien in ("zonal1", "plan_chone"):
        texto = entrar(client, elenco[quien]).get(LISTA).text
        assert "La oficina central todavía no ha creado una estrategia" in texto


def test_consultas_no_crecen_con_los_grupos(
    client, central, territorio, estrategia, grupo1, django_assert_num_queries
):
    entrar(client, central)
    with django_assert_num_queries(6):
        client.get(LISTA)
    for codigo in ("0803", "1303"):
        GrupoFactory(
            estrategia=estrategia, zona=territorio.zona[1], miembros=[territorio.gad[codigo]]
        )
    with django_assert_num_queries(6):
        assert len(numeros(client.get(LISTA))) == 3
