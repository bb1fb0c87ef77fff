"""La orden `proponer_grupos`: qué cantones toma, qué deja fuera y cómo lo escribe."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from acompanamiento.insumos import cantones_en, con_grupo, vecindad_cantonal
from acompanamiento.models import Grupo
from territorios.cargas import CORTE_DPA
from territorios.models import Gad, Zona
from tests import siembra
from tests.acompanamiento.pais import GALAPAGOS, PAIS, VECINOS
from tests.datos import transaccion_comun
from tests.fabricas import CriterioFactory, EstrategiaFactory, GrupoFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def dpa(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.dpa)
        yield


@pytest.fixture
def proponer(capsys):
    """Función que corre la orden y devuelve lo que escribe; con `json`, ya leído."""

    def correr(*argumentos):
        call_command("proponer_grupos", *argumentos)
        escrito = capsys.readouterr().out
        return json.loads(escrito) if "--json" in argumentos else escrito

    return correr


def agrupar(estrategia, *codigos, **datos):
    return GrupoFactory(
        estrategia=estrategia,
        zona=Zona.objects.get(numero=4),
        miembros=Gad.objects.filter(pk__in=codigos),
        **datos,
    )


def cantones(propuesta):
    return sorted(c["codigo"] for grupo in propuesta["grupos"] for c in grupo["cantones"])


def de_la_zona(numero):
    return sorted(canton.codigo for canton in PAIS.values() if canton.zona == numero)


# --- De la base al motor ------------------------------------------------------------------------


def test_los_insumos_de_la_base_son_los_de_los_archivos():
    assert {canton.codigo: canton for canton in cantones_en(CORTE_DPA)} == PAIS
    assert vecindad_cantonal() == VECINOS


def test_los_cantones_son_los_de_la_fecha(django_assert_num_queries):
    """Sevilla Don Bosco es cantón desde 2024; antes, una parroquia de Morona."""
    with django_assert_num_queries(3):
        antes = {canton.codigo: canton for canton in cantones_en(CORTE_DPA)}
    despues = {canton.codigo: canton for canton in cantones_en(date(2025, 1, 1))}
    assert set(despues) - set(antes) == {"1413"}
    assert antes["1401"].parroquias - despues["1401"].parroquias == 1


def test_los_temas_salen_de_los_criterios_de_sus_grupos():
    """También del cancelado: lo que unía a esos cantones los sigue uniendo."""
    riesgos, turismo = CriterioFactory(nombre="Riesgos"), CriterioFactory(nombre="Turismo")
    grupo = agrupar(
        EstrategiaFactory(),
        "0802",
        "0805",
        "080551",
        criterio=riesgos,
        estado=Grupo.Estado.CANCELADO,
        motivo="No se convocó.",
    )
    grupo.criterios_secundarios.add(turismo)
    temas = {canton.codigo: canton.temas for canton in cantones_en(CORTE_DPA) if canton.temas}
    assert temas == dict.fromkeys(["0802", "0805"], frozenset({"Riesgos", "Turismo"}))


# --- Qué cantones -------------------------------------------------------------------------------


def test_una_zona_en_json(proponer):
    propuesta = proponer("--zona", "4", "--json")
    assert cantones(propuesta) == de_la_zona(4)
    assert [g["contiguo"] for g in propuesta["grupos"]] == [True] * propuesta["medidas"]["grupos"]
    assert propuesta["excluidos"] == []
    assert proponer("--zona", "4", "--json") == propuesta


def test_una_provincia_se_explica_en_texto(proponer):
    assert proponer("--provincia", "20").splitlines()[2:] == [
        "",
        "Grupo 1: San Cristóbal (2001), Isabela (2002), Santa Cruz (2003)",
        "  No es un territorio continuo: San Cristóbal, Isabela y Santa Cruz no tienen límite "
        "terrestre con ningún cantón y van juntos por ser de la misma provincia (Galápagos).",
        "  Suma 8 GAD (3 municipales y 5 parroquiales rurales); el promedio de los grupos es 8,0.",
        "  Sus cantones quedan, en promedio, a 63 km de la sede.",
        "  Sede sugerida: Santa Cruz; el cantón más lejano, San Cristóbal, queda a 106 km en "
        "línea recta.",
    ]


def test_una_lista_de_cantones(proponer):
    propuesta = proponer("--cantones", "1310,1306,1319", "--json")
    (grupo,) = propuesta["grupos"]
    assert [canton["codigo"] for canton in grupo["cantones"]] == ["1306", "1310", "1319"]
    assert grupo["cantones"][0] == {
        "codigo": "1306",
        "nombre": "Jipijapa",
        "provincia": "Manabí",
        "zona": 4,
        "parroquias": 7,
    }
    assert (grupo["numero"], grupo["sede"], grupo["gads"]) == (1, "1306", 16)
    assert grupo["explicacion"][0] == (
        "Jipijapa, Paján y Puerto López forman un territorio continuo: comparten 123 km de límite."
    )


def test_juntos_separados_limites_y_numero(proponer):
    pedido = ["--juntos", "1301+1317", "--separados", "1303-1305", "--separados", "1308-1321"]
    propuesta = proponer(
        "--zona", "4", "--json", *pedido, "--max-cantones", "7", "--grupos", "6", "--semilla", "2"
    )
    grupos = [{c["codigo"] for c in grupo["cantones"]} for grupo in propuesta["grupos"]]
    assert len(grupos) == 6
    assert max(map(len, grupos)) <= 7
    assert [grupo for grupo in grupos if "1301" in grupo] == [
        grupo for grupo in grupos if "1317" in grupo
    ]
    assert not [g for g in grupos if {"1303", "1305"} <= g or {"1308", "1321"} <= g]


# --- Los que ya tienen grupo --------------------------------------------------------------------


def test_los_ya_agrupados_quedan_fuera(proponer):
    agrupar(EstrategiaFactory(), "1308", "1309", "1321", "130952")
    propuesta = proponer("--zona", "4", "--json")
    assert propuesta["excluidos"] == ["1308", "1309", "1321"]
    assert cantones(propuesta) == sorted({*de_la_zona(4)} - {"1308", "1309", "1321"})
    assert "Quedan fuera por tener ya grupo: Manta, Montecristi y Jaramijó." in proponer(
        "--zona", "4"
    )


def test_con_incluir_agrupados_cuentan_todos(proponer):
    agrupar(EstrategiaFactory(), "1308", "1309", "1321")
    assert cantones(proponer("--zona", "4", "--incluir-agrupados", "--json")) == de_la_zona(4)


def test_no_cuentan_el_cancelado_ni_el_propuesto_ni_quien_salio_ni_otra_estrategia():
    vieja = EstrategiaFactory(codigo="vieja", desde=date(2015, 1, 1), hasta=date(2015, 12, 31))
    nueva = EstrategiaFactory()
    agrupar(vieja, "1301")
    agrupar(nueva, "0802", "0805", estado=Grupo.Estado.CANCELADO, motivo="No se convocó.")
    agrupar(nueva, "1304", "0804", estado=Grupo.Estado.PROPUESTO)
    salido = agrupar(nueva, "1303", "1317")
    salido.membresias.filter(gad="1303").update(hasta=date(2020, 1, 1))
    assert con_grupo(nueva) == {"1317"}
    assert con_grupo(vieja) == {"1301"}
    assert con_grupo(None) == set()


def test_la_estrategia_es_la_mas_reciente_o_la_que_se_diga(proponer):
    vieja = EstrategiaFactory(codigo="vieja", desde=date(2015, 1, 1), hasta=date(2015, 12, 31))
    agrupar(vieja, "1301")
    agrupar(EstrategiaFactory(), "1303")
    assert proponer("--zona", "4", "--json")["excluidos"] == ["1303"]
    assert proponer("--zona", "4", "--estrategia", "vieja", "--json")["excluidos"] == ["1301"]


# --- Lo que no se puede -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("argumentos", "mensaje"),
    [
        (["--zona", "12"], "No hay cantones vigentes en lo pedido. ¿Está cargada la DPA?"),
        (["--provincia", "99"], "No hay cantones vigentes en lo pedido. ¿Está cargada la DPA?"),
        (["--cantones", "1301,9999"], "No es código de ningún cantón vigente: 9999."),
        (
            ["--zona", "4", "--juntos", "1301+"],
            "«juntos» necesita dos cantones distintos y se dio 1301.",
        ),
        (["--cantones", "1301,1303, 1301,"], "En --cantones hay un código repetido."),
        (["--zona", "4", "--estrategia", "otra"], "No hay estrategia «otra»."),
        (
            ["--zona", "4", "--separados", "1301"],
            "--separados espera dos códigos, como 1301-1308, y llegó «1301».",
        ),
        (
            ["--zona", "9", "--max-parroquias", "30"],
            "Quito tiene 33 parroquias rurales y el máximo por grupo es 30.",
        ),
        (
            ["--provincia", "14", "--juntos", "1401+1413"],
            "Morona y Sevilla Don Bosco se piden juntos, pero no hay camino de cantones libres "
            "entre ambos (Sevilla Don Bosco no limita con ningún cantón).",
        ),
    ],
)
def test_lo_imposible_es_un_error_de_la_orden(argumentos, mensaje, proponer):
    with pytest.raises(CommandError) as error:
        proponer(*argumentos)
    assert str(error.value) == mensaje


def test_si_todos_tienen_grupo_se_dice(proponer):
    agrupar(EstrategiaFactory(), *GALAPAGOS)
    with pytest.raises(CommandError) as error:
        proponer("--provincia", "20")
    assert str(error.value) == "Todos esos cantones tienen ya grupo: use --incluir-agrupados."


def test_zona_y_provincia_a_la_vez_no_se_admite(proponer):
    with pytest.raises(CommandError, match="--provincia.*--zona"):
        proponer("--zona=4", "--provincia=13")


def test_no_guarda_nada(proponer):
    proponer("--zona", "4")
    assert Grupo.objects.count() == 0
