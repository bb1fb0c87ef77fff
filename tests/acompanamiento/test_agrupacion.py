"""El motor de propuestas: continuidad, límites, lo pedido fijo, explicaciones y lo imposible."""

import os
import random
import subprocess
import sys

import pytest

from acompanamiento.agrupacion import Exigencias, Infactible, Pesos, proponer
from acompanamiento.busqueda import Conjunto
from acompanamiento.exigencias import rotulos
from acompanamiento.medidas import distancia
from tests.acompanamiento.pais import (
    FIXTURES,
    FUENTE,
    GALAPAGOS,
    PAIS,
    RESTO,
    VECINOS,
    de_zona,
    es_continuo,
    tablero,
)

ZONAS = range(1, 10)


def codigos(cantones):
    return sorted(canton.codigo for canton in cantones)


def repartidos(propuesta):
    return sorted(codigo for grupo in propuesta.grupos for codigo in grupo.codigos)


def lista(propuesta):
    return [grupo.codigos for grupo in propuesta.grupos]


def grupo_de(propuesta, codigo):
    return next(grupo for grupo in propuesta.grupos if codigo in grupo.codigos)


@pytest.fixture(scope="module")
def por_zona():
    return {zona: proponer(de_zona(zona), VECINOS) for zona in ZONAS}


@pytest.fixture(scope="module")
def del_pais():
    return proponer(PAIS.values(), VECINOS)


# --- Las nueve zonas y el país ------------------------------------------------------------------


@pytest.mark.parametrize("zona", ZONAS)
def test_cada_canton_de_la_zona_queda_en_un_solo_grupo(zona, por_zona):
    assert repartidos(por_zona[zona]) == codigos(de_zona(zona))


@pytest.mark.parametrize("zona", ZONAS)
def test_todo_grupo_es_continuo_salvo_galapagos(zona, por_zona):
    cortados = [g for g in lista(por_zona[zona]) if not es_continuo(g)]
    assert cortados == ([GALAPAGOS] if zona == 5 else [])
    assert cortados == [g.codigos for g in por_zona[zona].grupos if not g.contiguo]


@pytest.mark.parametrize("zona", ZONAS)
def test_ningun_grupo_pasa_de_los_limites(zona, por_zona):
    for grupo in por_zona[zona].grupos:
        miembros = [PAIS[codigo] for codigo in grupo.codigos]
        assert grupo.medida.cantones == len(miembros) <= 6
        assert grupo.medida.parroquias == sum(c.parroquias for c in miembros) <= 35


@pytest.mark.parametrize("zona", ZONAS)
def test_la_sede_es_el_miembro_mas_central_y_todo_grupo_se_explica(zona, por_zona):
    for grupo in por_zona[zona].grupos:
        miembros = [PAIS[codigo] for codigo in grupo.codigos]
        lejanias = {uno: max(distancia(uno, otro) for otro in miembros) for uno in miembros}
        assert lejanias[PAIS[grupo.sede]] == min(lejanias.values()) == grupo.medida.km_maximo
        assert f"Suma {len(miembros) + grupo.medida.parroquias} GAD" in " ".join(grupo.explicacion)


def test_el_pais_entero(del_pais):
    assert repartidos(del_pais) == codigos(PAIS.values())
    assert len(repartidos(del_pais)) == 221
    assert [g for g in lista(del_pais) if not es_continuo(g)] == [GALAPAGOS]
    assert max(grupo.medida.cantones for grupo in del_pais.grupos) == 6
    assert max(grupo.medida.parroquias for grupo in del_pais.grupos) <= 35


def test_control_la_prueba_de_continuidad_ve_un_grupo_cortado():
    """El tercero de la fuente: Flavio Alfaro no limita con los otros cuatro."""
    assert [es_continuo(grupo) for grupo in FUENTE] == [True, True, False, True, True]


def test_la_continuidad_no_depende_de_los_pesos_sino_de_exigir_la_union(monkeypatch):
    """Buscando solo el equilibrio, sin premiar lo compacto; y el control, sin exigir la unión."""
    solo_equilibrio = Pesos(compacidad=0, lejania=0, limite_interno=0)
    propuesta = proponer(de_zona(4), VECINOS, Exigencias(), solo_equilibrio)
    assert [g for g in lista(propuesta) if not es_continuo(g)] == []
    monkeypatch.setattr(Conjunto, "unido", lambda conjunto, grupo: True)
    suelta = proponer(de_zona(4), VECINOS, Exigencias(), solo_equilibrio)
    assert repartidos(suelta) == codigos(de_zona(4))
    assert [g for g in lista(suelta) if not es_continuo(g)] != []


# --- Determinismo -------------------------------------------------------------------------------


def test_la_misma_semilla_da_lo_mismo_en_cualquier_orden(por_zona):
    cantones, pares = de_zona(4), [*VECINOS.items()]
    random.Random(3).shuffle(cantones)
    random.Random(4).shuffle(pares)
    al_reves = {(b, a): km for (a, b), km in pares}
    assert proponer(cantones, al_reves) == por_zona[4]


def test_otra_semilla_busca_por_otro_lado():
    """Sin holgura —seis grupos de seis justos— hay muchos repartos casi igual de buenos."""
    cantones, vecinos = tablero(6, 6)
    primera, segunda = (
        proponer(cantones, vecinos, Exigencias(numero_de_grupos=6, semilla=semilla))
        for semilla in (1, 2)
    )
    assert repartidos(primera) == repartidos(segunda)
    assert lista(primera) != lista(segunda)


GUION = """
import sys
from tests.acompanamiento.pais import VECINOS, de_zona
from acompanamiento.agrupacion import proponer
print([grupo.codigos for grupo in proponer(de_zona(4), VECINOS).grupos])
assert "django" not in sys.modules
"""


@pytest.mark.parametrize("azar_de_python", ["0", "1"])
def test_es_puro_y_no_depende_del_orden_de_los_conjuntos(azar_de_python, por_zona):
    """En otro proceso, con otra semilla de `hash` y sin Django, sale lo mismo."""
    hecho = subprocess.run(
        [sys.executable, "-c", GUION],
        env=os.environ | {"PYTHONHASHSEED": azar_de_python},
        cwd=FIXTURES.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (hecho.stdout.strip(), hecho.stderr) == (f"{lista(por_zona[4])}", "")


# --- Número y tamaño ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lado", "cuantos"),
    # Cabe en uno: uno. Más de seis: los que llenan los grupos al 85 %.
    [(1, 1), (2, 1), (3, 2), (4, 4), (5, 5)],
)
def test_cuantos_grupos_salen_si_no_se_dice(lado, cuantos):
    cantones, vecinos = tablero(lado, lado)
    assert len(proponer(cantones, vecinos).grupos) == cuantos


@pytest.mark.parametrize("numero", [3, 4, 6, 16])
def test_salen_los_grupos_pedidos(numero):
    cantones, vecinos = tablero(4, 4)
    propuesta = proponer(cantones, vecinos, Exigencias(numero_de_grupos=numero))
    assert len(propuesta.grupos) == propuesta.medidas.grupos == numero


def test_el_minimo_de_cantones_se_respeta_aunque_empeore_el_equilibrio():
    cantones, vecinos = tablero(3, 4, c0000={"parroquias": 30})
    pedido = {"numero_de_grupos": 3}
    libre = proponer(cantones, vecinos, Exigencias(**pedido))
    assert grupo_de(libre, "0000").codigos == ("0000",)
    con_minimo = proponer(cantones, vecinos, Exigencias(min_cantones=3, **pedido))
    assert min(len(grupo) for grupo in lista(con_minimo)) == 3


def test_gana_el_reparto_equilibrado_y_compacto():
    """Dos por seis, en tres grupos iguales: cuatro en cuadrado antes que cuatro en fila."""
    cantones, vecinos = tablero(2, 6)
    propuesta = proponer(cantones, vecinos, Exigencias(numero_de_grupos=3))
    assert lista(propuesta) == [
        ("0000", "0001", "0100", "0101"),
        ("0002", "0003", "0102", "0103"),
        ("0004", "0005", "0104", "0105"),
    ]
    assert propuesta.medidas.equilibrio == 0


# --- Lo que se pide fijo ------------------------------------------------------------------------


def test_los_pedidos_juntos_van_juntos():
    juntos = frozenset({"1301", "1317"})
    libre, pedida = (
        proponer(de_zona(4), VECINOS, Exigencias(juntos=pedidos)) for pedidos in ((), (juntos,))
    )
    assert grupo_de(libre, "1301") != grupo_de(libre, "1317")
    grupo = grupo_de(pedida, "1301")
    assert juntos <= set(grupo.codigos)
    assert es_continuo(grupo.codigos)
    assert grupo.explicacion[-1] == "Se pidieron juntos: Portoviejo y Pedernales."


def test_juntos_que_comparten_un_canton_son_un_solo_pedido():
    cantones, vecinos = tablero(1, 6)
    pedidos = (frozenset({"0000", "0001"}), frozenset({"0001", "0002"}))
    propuesta = proponer(cantones, vecinos, Exigencias(max_cantones=3, juntos=pedidos))
    assert lista(propuesta)[0] == ("0000", "0001", "0002")


def test_los_pedidos_separados_van_separados():
    cantones, vecinos = tablero(2, 3)
    libre = proponer(cantones, vecinos)
    assert len(libre.grupos) == 1
    pedida = proponer(cantones, vecinos, Exigencias(separados=(("0000", "0001"),)))
    assert len(pedida.grupos) == 2
    assert grupo_de(pedida, "0000") != grupo_de(pedida, "0001")


def test_separar_manda_aunque_salga_muy_desigual():
    """El castigo suave preferiría incumplir: solo el duro separa estos dos."""
    cantones, vecinos = tablero(1, 3, c0000={"parroquias": 0}, c0002={"parroquias": 30})
    separados = (("0000", "0001"),)
    pedida = proponer(cantones, vecinos, Exigencias(numero_de_grupos=2, separados=separados))
    assert lista(pedida) == [("0000",), ("0001", "0002")]


# --- Temas y provincias -------------------------------------------------------------------------


EN_FILA = [("0000", "0001"), ("0100", "0101")]
EN_COLUMNA = [("0000", "0100"), ("0001", "0101")]


@pytest.mark.parametrize("parejas", [EN_FILA, EN_COLUMNA])
def test_a_igualdad_de_lo_demas_van_juntos_los_que_comparten_tema(parejas):
    """En un cuadrado de cuatro da lo mismo partir por filas o por columnas: el tema decide."""
    con_riesgos, _ = parejas
    riesgos = {"temas": frozenset({"Riesgos"})}
    cambios = {f"c{codigo}": riesgos for codigo in con_riesgos}
    propuesta = proponer(*tablero(2, 2, **cambios), Exigencias(numero_de_grupos=2))
    assert lista(propuesta) == sorted(parejas)
    assert propuesta.grupos[0].explicacion[-1] == (
        f"Comparten un tema, «Riesgos»: C{con_riesgos[0]} y C{con_riesgos[1]}."
    )


@pytest.mark.parametrize("parejas", [EN_FILA, EN_COLUMNA])
def test_a_igualdad_de_lo_demas_no_se_cruzan_provincias(parejas):
    otra = {"provincia": "Otra", "zona": 2}
    cambios = {f"c{codigo}": otra for codigo in parejas[1]}
    propuesta = proponer(*tablero(2, 2, **cambios), Exigencias(numero_de_grupos=2))
    assert lista(propuesta) == sorted(parejas)
    junta = proponer(*tablero(2, 2, **cambios))
    assert junta.grupos[0].explicacion[-1] == (
        "Reúne cantones de Otra y Única. Cruza las zonas 1 y 2."
    )


def test_los_pesos_se_pueden_cambiar():
    riesgos = {"temas": frozenset({"Riesgos"})}
    cantones, vecinos = tablero(1, 6, **{f"c000{columna}": riesgos for columna in range(4)})
    pedido = Exigencias(max_cantones=4, numero_de_grupos=2)
    corriente = proponer(cantones, vecinos, pedido)
    tematica = proponer(cantones, vecinos, pedido, Pesos(temas=5))
    assert [len(grupo) for grupo in lista(corriente)] == [3, 3]
    assert [len(grupo) for grupo in lista(tematica)] == [4, 2]


# --- Explicaciones e islas ----------------------------------------------------------------------


def test_la_explicacion_de_un_grupo_y_la_de_un_canton_solo(por_zona):
    guayaquil, duran = por_zona[8].grupos
    fuera = (
        "no limita con los demás cantones que se agrupan: sus otros vecinos quedan fuera de la "
        "selección o ya tienen grupo."
    )
    assert guayaquil.explicacion == (
        "Guayaquil y Samborondón forman un territorio continuo: comparten 1 km de límite.",
        f"El grupo {fuera}",
        "Suma 8 GAD (2 municipales y 6 parroquiales rurales); el promedio de los grupos es 4,5.",
        "Sus cantones quedan, en promedio, a 31 km de la sede, y el 0 % de su límite es entre "
        "ellos.",
        "Sede sugerida: Guayaquil; el cantón más lejano, Samborondón, queda a 62 km en línea "
        "recta.",
    )
    assert duran.explicacion == (
        f"Durán {fuera}",
        "Suma 1 GAD (1 municipal y 0 parroquiales rurales); el promedio de los grupos es 4,5.",
        "Sede: Durán.",
    )


def test_un_archipielago_es_un_grupo_no_continuo_con_su_motivo(por_zona):
    galapagos = por_zona[5].grupos[-1]
    assert galapagos.motivo == galapagos.explicacion[0]
    assert galapagos.motivo == (
        "No es un territorio continuo: San Cristóbal, Isabela y Santa Cruz no tienen límite "
        "terrestre con ningún cantón y van juntos por ser de la misma provincia (Galápagos)."
    )


def test_un_archipielago_que_no_cabe_se_parte():
    galapagos = [PAIS[codigo] for codigo in GALAPAGOS]
    propuesta = proponer(galapagos, VECINOS, Exigencias(max_cantones=2))
    assert sorted(map(len, lista(propuesta))) == [1, 2]
    assert [g.contiguo for g in propuesta.grupos if len(g.codigos) == 1] == [True]


def test_un_canton_sin_limites_de_otra_provincia_no_se_pega_a_las_islas():
    cantones, vecinos = tablero(1, 1, c0000={"provincia": "Morona Santiago"})
    islas = [PAIS[codigo] for codigo in GALAPAGOS]
    propuesta = proponer([*cantones, *islas], VECINOS | vecinos)
    assert lista(propuesta) == [("0000",), GALAPAGOS]
    assert propuesta.grupos[0].motivo == (
        "C0000 no limita por tierra con ningún cantón (isla o límites por cargar)."
    )


def test_un_conjunto_menor_que_el_minimo_es_un_grupo_con_su_motivo():
    cantones = [PAIS[codigo] for codigo in ("1306", "1310", "1319", "0805", "0802")]
    propuesta = proponer(cantones, VECINOS, Exigencias(min_cantones=3))
    esmeraldas, manabi = propuesta.grupos
    assert esmeraldas.codigos == ("0802", "0805")
    assert esmeraldas.motivo == (
        "El grupo no limita con los demás cantones que se agrupan: sus otros vecinos quedan fuera "
        "de la selección o ya tienen grupo. Por eso no llega al mínimo de 3 cantones."
    )
    assert manabi.codigos == ("1306", "1310", "1319")


def test_los_homonimos_llevan_su_provincia():
    bolivares = [canton for canton in PAIS.values() if canton.nombre == "Bolívar"]
    assert rotulos([*bolivares, PAIS["1310"]]) == {
        "0402": "Bolívar (Carchi)",
        "1302": "Bolívar (Manabí)",
        "1310": "Paján",
    }


# --- Lo imposible -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pedido", "mensaje"),
    [
        (
            {"min_cantones": 4, "max_cantones": 3},
            "El máximo de cantones por grupo (3) es menor que el mínimo (4).",
        ),
        ({"min_cantones": 0}, "El mínimo y el máximo de cantones por grupo son 1 o más."),
        (
            {"max_parroquias": -1},
            "El máximo de parroquias por grupo no puede ser negativo.",
        ),
        (
            {"max_parroquias": 14},
            "Eloy Alfaro tiene 15 parroquias rurales y el máximo por grupo es 14.",
        ),
        (
            {"juntos": (frozenset({"1301", "9999"}),)},
            "En «juntos» se pide 9999, que no está entre los cantones que se agrupan.",
        ),
        (
            {"separados": (("1303", "1317"),)},
            "En «separados» se pide 1303 y 1317, que no están entre los cantones que se agrupan.",
        ),
        (
            {"juntos": (frozenset({"1301"}),)},
            "«juntos» necesita dos cantones distintos y se dio 1301.",
        ),
        (
            {"juntos": (frozenset(),)},
            "«juntos» necesita dos cantones distintos y se dio ninguno.",
        ),
        (
            {"separados": (("1301", "1301"),)},
            "«separados» necesita dos cantones distintos y se dio 1301.",
        ),
        (
            {"juntos": (frozenset({"1301", "1312"}),), "separados": (("1312", "1301"),)},
            "Rocafuerte y Portoviejo se piden juntos y separados a la vez.",
        ),
        (
            {
                "juntos": (frozenset({"1301", "1312"}), frozenset({"1312", "1315"})),
                "separados": (("1301", "1315"),),
            },
            "Portoviejo y Tosagua se piden juntos y separados a la vez.",
        ),
        (
            {"juntos": (frozenset({"1301", "1306"}),), "max_parroquias": 15, "max_cantones": 1},
            "Portoviejo y Jipijapa se piden juntos: suman 2 cantones y el máximo por grupo es 1.",
        ),
        (
            {"juntos": (frozenset({"0802", "1310"}),), "max_parroquias": 15},
            "Eloy Alfaro y Paján se piden juntos: suman 19 parroquias rurales y el máximo por "
            "grupo es 15.",
        ),
        (
            {"juntos": (frozenset({"1310", "0804"}),)},
            "Quinindé y Paján se piden juntos, pero no hay camino de cantones libres entre ambos.",
        ),
        (
            {"juntos": (frozenset({"1315", "1319"}),), "max_cantones": 3},
            "Tosagua y Puerto López se piden juntos, pero para unirlos hace falta Portoviejo, "
            "Jipijapa y Junín: son 5 cantones y el máximo por grupo es 3.",
        ),
        (
            {"juntos": (frozenset({"1315", "1319"}),), "max_parroquias": 15},
            "Tosagua y Puerto López se piden juntos, pero para unirlos hace falta Portoviejo, "
            "Jipijapa y Junín: suman 18 parroquias rurales y el máximo por grupo es 15.",
        ),
        (
            {"numero_de_grupos": 3},
            "Se piden 3 grupos, pero para no pasar de 6 cantones y 35 parroquias por grupo hacen "
            "falta al menos 4, pues forman 2 conjuntos que no limitan entre sí.",
        ),
        (
            {"numero_de_grupos": 20},
            "Se piden 20 grupos, pero con un mínimo de 1 cantón por grupo y lo pedido junto no "
            "salen más de 19.",
        ),
        (
            {"min_cantones": 4, "max_cantones": 4},
            "Eloy Alfaro, Quinindé, San Lorenzo, El Carmen, Flavio Alfaro, Santo Domingo y La "
            "Concordia solo limitan entre sí y no se pueden repartir: con el máximo de 4 cantones "
            "y 35 parroquias hacen falta 2 grupos, y con el mínimo de 4 cantones cabe 1.",
        ),
    ],
)
def test_lo_imposible_se_dice_con_su_motivo(pedido, mensaje):
    with pytest.raises(Infactible) as error:
        proponer(RESTO.values(), VECINOS, Exigencias(**pedido))
    assert str(error.value) == mensaje


def test_un_bloque_cierra_el_paso_a_otro():
    """En una fila, lo de las puntas no puede juntarse por encima de lo del medio."""
    cantones, vecinos = tablero(1, 5)
    juntos = (frozenset({"0000", "0004"}), frozenset({"0001", "0002"}))
    with pytest.raises(Infactible) as error:
        proponer(cantones, vecinos, Exigencias(juntos=juntos))
    assert str(error.value) == (
        "C0000 y C0004 se piden juntos, pero no hay camino de cantones libres entre ambos."
    )


def test_lo_que_no_se_halla_dice_que_queda_sin_cumplir():
    """Una estrella no se parte en grupos de dos: todas las puntas piden el mismo centro."""
    cantones, _ = tablero(1, 5)
    estrella = {("0000", f"000{punta}"): 10.0 for punta in range(1, 5)}
    pedido = Exigencias(min_cantones=2, max_cantones=3)
    with pytest.raises(Infactible) as error:
        proponer(cantones, estrella, pedido)
    assert str(error.value).startswith(
        "No se halló cómo repartir 5 cantones en 2 grupos cumpliendo todo: "
    )
    assert "un grupo no llega a 2 cantones" in str(error.value)


@pytest.mark.parametrize(
    ("cantones", "mensaje"),
    [
        ([], "No hay ningún cantón que agrupar."),
        ([PAIS["1310"], PAIS["1306"], PAIS["1310"]], "Código de cantón repetido: 1310."),
        (tablero(1, 1, c0000={"lon": None})[0], "C0000 no tiene coordenadas: falta su punto."),
    ],
)
def test_cantones_que_no_se_pueden_agrupar(cantones, mensaje):
    with pytest.raises(Infactible) as error:
        proponer(cantones, VECINOS)
    assert str(error.value) == mensaje
