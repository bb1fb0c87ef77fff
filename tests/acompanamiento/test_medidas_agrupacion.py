"""Las medidas de un reparto y la comparación con la fuente y con el reparto voraz.

El territorio de la comparación es chico (19 cantones): aquí se recorren todos los repartos
posibles, y con ellos se juzga al motor y se demuestra lo que ningún reparto puede dar.
"""

from itertools import combinations
from statistics import fmean

import pytest
from django.core.management import CommandError, call_command

from acompanamiento.agrupacion import Exigencias, Pesos, proponer
from acompanamiento.busqueda import Conjunto, Escala, Pieza
from acompanamiento.contiguidad import componentes
from acompanamiento.medidas import (
    comparar,
    es_tan_bueno,
    kilometros,
    medir,
    medir_grupo,
    sede,
    tabla,
    voraz,
)
from territorios.cargas import cargar_dpa
from tests.acompanamiento.pais import (
    FUENTE,
    PAIS,
    RESTO,
    VECINOS,
    de_zona,
    es_continuo,
    tablero,
)
from tests.datos import DPA

CORRIENTES = Exigencias(numero_de_grupos=5)
COMO_LA_FUENTE = Exigencias(numero_de_grupos=5, max_cantones=5, max_parroquias=27)


def propuesta_con(exigencias):
    return proponer(RESTO.values(), VECINOS, exigencias)


# --- Medidas ------------------------------------------------------------------------------------


def test_kilometros_en_linea_recta():
    """Un grado sobre el ecuador: la 360.ª parte de su circunferencia."""
    assert kilometros(-79, 0, -80, 0) == pytest.approx(111.19, abs=0.01)
    assert kilometros(-79, 0, -79, 0) == 0


def test_la_sede_deja_al_mas_lejano_lo_mas_cerca_posible():
    fila, _ = tablero(1, 5)
    assert sede(fila).codigo == "0002"


def test_a_igual_distancia_la_sede_es_la_de_mas_parroquias_y_luego_la_de_menor_codigo():
    iguales, _ = tablero(1, 2)
    assert sede(iguales).codigo == sede(iguales[::-1]).codigo == "0000"
    distintos, _ = tablero(1, 2, c0001={"parroquias": 3})
    assert sede(distintos).codigo == "0001"


def test_medidas_de_un_tablero_hecho_a_mano():
    """Dos filas de tres, partidas en una columna y un cuadrado."""
    lista, vecinos = tablero(2, 3, c0000={"parroquias": 0})
    cantones = {canton.codigo: canton for canton in lista}
    columna, cuadrado = {"0000", "0100"}, {"0001", "0002", "0101", "0102"}
    lado = kilometros(-79, 0, -79, 0.1)
    medida = medir_grupo(columna, cantones, vecinos)
    assert (medida.cantones, medida.parroquias, medida.gads) == (2, 2, 4)
    assert (medida.sede, medida.lejano, medida.contiguo) == ("0100", "0000", True)
    assert medida.km_maximo == pytest.approx(lado)
    assert medida.km_medio == pytest.approx(lado / 2)
    assert (medida.km_internos, medida.limite_interno) == (10, 10 / 30)
    entero = medir([columna, cuadrado], cantones, vecinos)
    assert (entero.grupos, entero.contiguos) == (2, 1.0)
    assert entero.equilibrio == pytest.approx(4 / 8)  # 4 y 12 GAD: media 8, desviación 4
    assert entero.limite_interno == pytest.approx(50 / 70)
    assert entero.km_maximo == pytest.approx(kilometros(-79, 0, -78.9, 0.1))


def test_un_grupo_cortado_cuenta_como_no_contiguo():
    medidas = medir(FUENTE, PAIS, VECINOS)
    assert medidas.contiguos == 0.8
    assert [medir_grupo(grupo, PAIS, VECINOS).contiguo for grupo in FUENTE] == [
        es_continuo(grupo) for grupo in FUENTE
    ]


def test_comparar_dice_en_que_gana_y_en_que_pierde():
    fuente = medir(FUENTE, PAIS, VECINOS)
    assert comparar(fuente, fuente) == "no continua; igual de equilibrada; igual de compacta."
    assert not es_tan_bueno(fuente, fuente)


def test_la_tabla_se_lee_en_columnas_con_coma_decimal():
    assert tabla([("fuente", medir(FUENTE, PAIS, VECINOS))]).splitlines() == [
        "        grupos  contiguos  equilibrio  km medio  km máx.  límite interno",
        "fuente       5       80 %       0,279      26,0     64,0          70,4 %",
    ]


# --- El reparto voraz ---------------------------------------------------------------------------


def test_el_voraz_une_lo_que_menos_suma():
    lista, vecinos = tablero(1, 4, c0000={"parroquias": 0}, c0001={"parroquias": 0})
    cantones = {canton.codigo: canton for canton in lista}
    grupos = voraz(cantones, vecinos, Exigencias(numero_de_grupos=2))
    assert sorted(map(sorted, grupos)) == [["0000", "0001", "0002"], ["0003"]]


def test_el_voraz_respeta_los_maximos_aunque_le_salgan_mas_grupos():
    lista, vecinos = tablero(1, 4)
    cantones = {canton.codigo: canton for canton in lista}
    grupos = voraz(cantones, vecinos, Exigencias(numero_de_grupos=1, max_cantones=2))
    assert sorted(map(sorted, grupos)) == [["0000", "0001"], ["0002", "0003"]]


# --- La comparación -----------------------------------------------------------------------------


@pytest.mark.parametrize("semilla", [1, 2, 3])
@pytest.mark.parametrize("max_cantones", [6, 7, 8])
def test_la_propuesta_no_es_peor_que_la_fuente_ni_que_el_voraz(max_cantones, semilla):
    exigencias = Exigencias(numero_de_grupos=5, max_cantones=max_cantones, semilla=semilla)
    propuesta = propuesta_con(exigencias).medidas
    fuente = medir(FUENTE, PAIS, VECINOS)
    del_voraz = medir(voraz(RESTO, VECINOS, exigencias), PAIS, VECINOS)
    assert propuesta.grupos == fuente.grupos == del_voraz.grupos == 5
    assert propuesta.contiguos == 1.0
    assert propuesta.equilibrio <= min(fuente.equilibrio, del_voraz.equilibrio)
    assert propuesta.km_medio <= min(fuente.km_medio, del_voraz.km_medio)
    assert es_tan_bueno(propuesta, fuente)
    assert es_tan_bueno(propuesta, del_voraz)
    # Y frente a la fuente, también en lo que no se exige.
    assert propuesta.km_maximo <= fuente.km_maximo
    assert propuesta.limite_interno >= fuente.limite_interno


@pytest.mark.parametrize(
    "pesos",
    [
        Pesos(equilibrio=2),
        Pesos(compacidad=1.5),
        Pesos(limite_interno=0),
        Pesos(limite_interno=0.25, lejania=0.5),
        Pesos(provincias=0),
    ],
)
def test_el_resultado_no_pende_de_afinar_los_pesos(pesos):
    propuesta = proponer(RESTO.values(), VECINOS, CORRIENTES, pesos).medidas
    assert es_tan_bueno(propuesta, medir(FUENTE, PAIS, VECINOS))
    assert es_tan_bueno(propuesta, medir(voraz(RESTO, VECINOS, CORRIENTES), PAIS, VECINOS))


@pytest.mark.parametrize(("zona", "numero"), [(1, 6), (2, 4), (3, 6), (4, 5), (6, 7), (7, 8)])
def test_en_las_zonas_tampoco_es_peor_que_el_voraz(zona, numero):
    """Con tantos grupos como le salgan al voraz, que pueden ser más que `numero`.

    Las zonas 8 y 9 no dan a elegir; en la 5, Galápagos es un grupo no continuo que el voraz deja
    en tres.
    """
    cantones = {canton.codigo: canton for canton in de_zona(zona)}
    grupos = voraz(cantones, VECINOS, Exigencias(numero_de_grupos=numero))
    propuesta = proponer(cantones.values(), VECINOS, Exigencias(numero_de_grupos=len(grupos)))
    assert es_tan_bueno(propuesta.medidas, medir(grupos, cantones, VECINOS))


# --- Todos los repartos posibles ----------------------------------------------------------------


def continuos(codigos, exigencias):
    """Los conjuntos continuos que caben en un grupo, por su menor código."""
    por_menor = {codigo: [] for codigo in codigos}
    for cuantos in range(1, exigencias.max_cantones + 1):
        for elegidos in combinations(sorted(codigos), cuantos):
            parroquias = sum(PAIS[codigo].parroquias for codigo in elegidos)
            if parroquias <= exigencias.max_parroquias and len(componentes(elegidos, LIMITES)) == 1:
                por_menor[elegidos[0]].append(frozenset(elegidos))
    return por_menor


LIMITES = [par for par in VECINOS if set(par) <= set(RESTO)]


def particiones(libres, por_menor, cuantos):
    """Todos los repartos de `libres` en `cuantos` grupos continuos."""
    if not libres or not cuantos:
        if not libres and not cuantos:
            yield []
        return
    for grupo in por_menor[min(libres)]:
        if grupo <= libres:
            for resto in particiones(libres - grupo, por_menor, cuantos - 1):
                yield [grupo, *resto]


def todos_los_repartos(exigencias):
    por_menor = continuos(RESTO, exigencias)
    return list(particiones(frozenset(RESTO), por_menor, exigencias.numero_de_grupos))


@pytest.fixture(scope="module")
def repartos():
    return {
        exigencias: todos_los_repartos(exigencias) for exigencias in (CORRIENTES, COMO_LA_FUENTE)
    }


def costo(grupos):
    """Lo que el motor dice que cuesta un reparto, grupo a grupo."""
    piezas = [Pieza((canton,)) for canton in RESTO.values()]
    numero = {pieza.cantones[0].codigo: indice for indice, pieza in enumerate(piezas)}
    escala = Escala.de(RESTO, VECINOS, len(grupos))
    conjunto = Conjunto(piezas, VECINOS, CORRIENTES, escala, Pesos())
    return sum(conjunto.costo(frozenset(numero[codigo] for codigo in g)) for g in grupos)


def test_cuantos_repartos_hay(repartos):
    assert [len(todos) for todos in repartos.values()] == [1348, 135]


@pytest.mark.parametrize("exigencias", [CORRIENTES, COMO_LA_FUENTE])
def test_el_motor_halla_el_reparto_de_menor_costo(exigencias, repartos):
    hallado = costo([grupo.codigos for grupo in propuesta_con(exigencias).grupos])
    assert hallado == pytest.approx(min(map(costo, repartos[exigencias])))


def test_con_los_maximos_de_la_fuente_su_equilibrio_no_lo_alcanza_ningun_reparto_continuo(
    repartos,
):
    """Es el precio de la continuidad: Flavio Alfaro solo puede ir con El Carmen (o solo)."""
    fuente = medir(FUENTE, PAIS, VECINOS)
    equilibrios = [medir(r, PAIS, VECINOS).equilibrio for r in repartos[COMO_LA_FUENTE]]
    assert round(fuente.equilibrio, 3) == 0.279
    assert round(min(equilibrios), 3) == 0.311
    propuesta = propuesta_con(COMO_LA_FUENTE).medidas
    assert round(propuesta.equilibrio, 3) == 0.33
    assert propuesta.contiguos == 1.0
    assert propuesta.km_medio < fuente.km_medio
    assert propuesta.km_maximo < fuente.km_maximo
    assert propuesta.limite_interno > fuente.limite_interno


def test_la_fuente_con_flavio_alfaro_donde_limita_es_menos_equilibrada(repartos):
    """El mismo reparto vuelto continuo: gana en compacidad y pierde el equilibrio que tenía."""
    arreglada = [grupo - {"1305"} for grupo in FUENTE]
    arreglada[3] = arreglada[3] | {"1305"}
    assert {frozenset(g) for g in arreglada} in [set(r) for r in repartos[COMO_LA_FUENTE]]
    medidas = medir(arreglada, PAIS, VECINOS)
    assert (round(medidas.equilibrio, 3), round(medidas.km_medio, 1)) == (0.342, 22.8)
    assert propuesta_con(COMO_LA_FUENTE).medidas.equilibrio < medidas.equilibrio


def test_control_casi_ningun_reparto_iguala_a_la_fuente(repartos):
    """La comparación no es trivial: de los posibles, muy pocos la pasan."""
    fuente = medir(FUENTE, PAIS, VECINOS)
    buenos = [r for r in repartos[CORRIENTES] if es_tan_bueno(medir(r, PAIS, VECINOS), fuente)]
    assert len(buenos) == 1
    assert fmean(map(len, buenos[0])) == 19 / 5


# --- La orden -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_la_orden_imprime_la_tabla(capsys):
    cargar_dpa(DPA)
    call_command("medir_agrupacion")
    assert capsys.readouterr().out == INFORME


@pytest.mark.django_db
def test_sin_la_dpa_la_orden_dice_que_falta():
    with pytest.raises(CommandError, match="^Falta la división político-administrativa: "):
        call_command("medir_agrupacion")


INFORME = """\
Hasta 6 cantones y 35 parroquias rurales por grupo:
                 grupos  contiguos  equilibrio  km medio  km máx.  límite interno
propuesta             5      100 %       0,263      25,8     51,8          72,7 %
recomendación 6       5       80 %       0,279      26,0     64,0          70,4 %
voraz                 5      100 %       0,263      27,0     78,2          72,8 %
Frente a recomendación 6: continua; más equilibrada; más compacta.
Frente a voraz: continua; igual de equilibrada; más compacta.

Hasta 5 cantones y 27 parroquias rurales por grupo:
                 grupos  contiguos  equilibrio  km medio  km máx.  límite interno
propuesta             5      100 %       0,330      23,2     51,8          74,6 %
propuesta             6      100 %       0,263      21,2     60,6          59,9 %
recomendación 6       5       80 %       0,279      26,0     64,0          70,4 %
voraz                 6      100 %       0,291      24,5     78,2          50,8 %
Frente a recomendación 6: continua; menos equilibrada; más compacta.
Frente a voraz: continua; más equilibrada; más compacta.
"""
