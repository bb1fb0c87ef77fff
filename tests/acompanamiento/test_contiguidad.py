"""Qué está unido y qué queda cortado: componentes, veredicto, islas y exclaves."""

import pytest

from acompanamiento.agrupacion import componentes, pares_por_exclave, veredicto
from acompanamiento.contiguidad import aislados
from territorios.texto import enumerar
from tests.acompanamiento.pais import FUENTE, GALAPAGOS, PAIS, VECINOS, filas, vigente

NOMBRES = {canton.codigo: canton.nombre for canton in PAIS.values()}
PARES = list(VECINOS)


def leer_exclaves():
    parroquias, nombres = {}, {}
    for fila in filter(vigente, filas("parroquias")):
        parroquias.setdefault(fila["canton"], []).append(fila["codigo"])
        nombres[fila["codigo"]] = fila["nombre"]
    vecinos = [(fila["a"], fila["b"]) for fila in filas("vecinos_parroquias")]
    return pares_por_exclave(parroquias, vecinos, nombres)


EXCLAVES = leer_exclaves()


# --- Componentes --------------------------------------------------------------------------------


def test_componentes_de_mayor_a_menor_y_por_codigo():
    codigos = ["1305", "1315", "1307", "1302", "0805", "0802"]
    assert componentes(codigos, PARES) == [{"1302", "1307", "1315"}, {"0802", "0805"}, {"1305"}]


def test_componentes_de_nada_y_de_repetidos():
    assert componentes([], PARES) == []
    assert componentes(["1305", "1305"], PARES) == [{"1305"}]


def test_un_vecino_de_fuera_no_une():
    """Chone limita con Flavio Alfaro y con Tosagua; sin él, no hay camino."""
    assert componentes(["1305", "1315"], PARES) == [{"1305"}, {"1315"}]
    assert componentes(["1305", "1315", "1303"], PARES) == [{"1303", "1305", "1315"}]


def test_los_grupos_de_la_fuente():
    assert [len(componentes(grupo, PARES)) for grupo in FUENTE] == [1, 1, 2, 1, 1]


def test_aislados_son_los_que_no_limitan_con_nadie_en_el_pais():
    assert sorted(aislados(NOMBRES, PARES)) == list(GALAPAGOS)
    assert aislados(["1305", "1315"], PARES) == set()


# --- Veredicto ----------------------------------------------------------------------------------


def test_un_grupo_continuo():
    dado = veredicto(FUENTE[0], PARES, NOMBRES, EXCLAVES)
    assert (dado.contiguo, dado.cortados, dado.puentes) == (True, (), ())
    assert dado.mensaje == "Los 3 cantones forman un territorio continuo."


@pytest.mark.parametrize(
    ("codigos", "mensaje"),
    [
        ([], "Todavía no hay cantones."),
        (["1303"], "Chone: un solo cantón."),
    ],
)
def test_de_menos_de_dos_no_hay_que_decir(codigos, mensaje):
    dado = veredicto(codigos, PARES, NOMBRES)
    assert (dado.contiguo, dado.cortados, dado.mensaje) == (True, (), mensaje)


@pytest.mark.parametrize(
    ("codigos", "cortados", "puentes", "mensaje"),
    [
        (
            FUENTE[2],
            ("Flavio Alfaro",),
            ("Chone",),
            "Flavio Alfaro no limita con el resto. Chone limita con todas las partes: añadido, "
            "las une.",
        ),
        (
            [*FUENTE[2], "1320"],
            ("Flavio Alfaro", "Jama"),
            ("Chone",),
            "Flavio Alfaro y Jama no limitan con el resto. Chone limita con todas las partes: "
            "añadido, las une.",
        ),
        (
            ["1310", "0804"],
            ("Quinindé", "Paján"),
            (),
            "Quinindé y Paján no limitan entre sí.",
        ),
        (
            ["1301", "1312", "1303", "1317"],
            ("Portoviejo", "Chone", "Rocafuerte", "Pedernales"),
            ("Bolívar", "Pichincha", "Sucre", "Tosagua"),
            "El grupo queda en 2 partes que no limitan entre sí: Portoviejo y Rocafuerte; Chone "
            "y Pedernales. Cualquiera de estos, añadido, une las partes: Bolívar, Pichincha, "
            "Sucre y Tosagua.",
        ),
        (
            GALAPAGOS,
            ("San Cristóbal", "Isabela", "Santa Cruz"),
            (),
            "San Cristóbal, Isabela y Santa Cruz no limitan entre sí. Ninguno tiene límite "
            "terrestre: son islas o falta su cartografía.",
        ),
        (
            ["1306", "1310", "2002"],
            ("Isabela",),
            (),
            "Isabela no limita con el resto. Isabela no tiene límite terrestre: es una isla o "
            "falta su cartografía.",
        ),
        (
            ["1306", "1310", "1305", "2002", "2003"],
            ("Flavio Alfaro", "Isabela", "Santa Cruz"),
            (),
            "Flavio Alfaro, Isabela y Santa Cruz no limitan con el resto. Ni Isabela ni Santa "
            "Cruz tiene límite terrestre: son islas o falta su cartografía.",
        ),
    ],
)
def test_lo_cortado_se_nombra(codigos, cortados, puentes, mensaje):
    dado = veredicto(codigos, PARES, NOMBRES, EXCLAVES)
    assert (dado.contiguo, dado.cortados, dado.puentes) == (False, cortados, puentes)
    assert dado.mensaje == mensaje


def test_enumerar_pone_e_ante_i():
    assert enumerar(["Paján"]) == "Paján"
    assert enumerar(["San Cristóbal", "Isabela"]) == "San Cristóbal e Isabela"
    assert enumerar(["Otavalo", "Ibarra", "Íntag"]) == "Otavalo, Ibarra e Íntag"
    assert enumerar(["agua", "hielo"]) == "agua y hielo"


# --- Exclaves -----------------------------------------------------------------------------------


def test_los_exclaves_del_pais():
    """San Isidro (Sucre) y Tenguel (Guayaquil). Puná o Jambelí son islas: no unen nada."""
    san_isidro, tenguel = ("1314", "San Isidro"), ("0901", "Tenguel")
    assert {
        ("1303", "1314"): san_isidro,
        ("1314", "1320"): san_isidro,
        ("1314", "1322"): san_isidro,
        ("0115", "0901"): tenguel,
        ("0706", "0901"): tenguel,
        ("0901", "0903"): tenguel,
    } == EXCLAVES


@pytest.mark.parametrize(
    ("codigos", "aviso"),
    [
        (
            ["1314", "1322"],
            "San Vicente se une a Sucre solo por San Isidro, parte separada de Sucre.",
        ),
        (
            ["1303", "1314", "1322"],
            "Chone y San Vicente se unen a Sucre solo por San Isidro, parte separada de Sucre.",
        ),
        (
            ["0901", "0903"],
            "Balao se une a Guayaquil solo por Tenguel, parte separada de Guayaquil.",
        ),
    ],
)
def test_se_avisa_de_la_union_que_pasa_por_un_exclave(codigos, aviso):
    dado = veredicto(codigos, PARES, NOMBRES, EXCLAVES)
    assert dado.contiguo
    assert dado.mensaje == f"Los {len(codigos)} cantones forman un territorio continuo. {aviso}"


def test_control_si_hay_otro_camino_no_se_avisa():
    """Tosagua limita con la parte mayor de Sucre y con Chone, que limita con San Vicente."""
    dado = veredicto(["1303", "1314", "1315", "1322"], PARES, NOMBRES, EXCLAVES)
    assert dado.mensaje == "Los 4 cantones forman un territorio continuo."
