"""El parecido entre textos: puntajes explicados y grupos que no dependen del orden."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pdot.similitud import agrupar, comparar, parecido, partes


@pytest.mark.parametrize(
    ("uno", "otro", "puntaje"),
    [
        ("Turismo", "turismo", 100),
        ("Minería", "mineria", 100),
        ("Turismo", "Turismo sustentable", 83),
        ("Potencia turística", "Turismo", 83),
        ("Desarrollo productivo", "Productividad", 90),
        ("Participación ciudadana", "Seguridad ciudadana", 50),
        ("Capacitación en riesgos", "Capacitación en catastro", 33),
        ("Riesgos", "Territorio resiliente", 0),
        ("", "", 0),
        ("de la", "para el", 0),
    ],
)
def test_el_puntaje_de_dos_textos(uno, otro, puntaje):
    assert (parecido(uno, otro), parecido(otro, uno)) == (puntaje, puntaje)


def test_el_puntaje_dice_las_palabras_que_lo_explican():
    uno, otro = "Infraestructura y servicios de soporte", "Provisión de servicios y de soporte"
    assert comparar(uno, otro).comunes == ("servicios", "soporte")


def test_un_error_de_tecleo_no_separa():
    assert parecido("Ordenamiento del suelo", "Ordenamieto del suelo") >= 90


def test_un_texto_que_enumera_se_lee_por_partes():
    texto = "Riesgos, turismo; plan [de la alcaldía, 2019]"
    assert partes(texto) == ["Riesgos", "turismo", "plan [de la alcaldía, 2019]"]
    assert partes("Manejo ambiental") == ["Manejo ambiental"]


def test_agrupa_y_deja_solo_lo_que_no_se_parece():
    textos = ["Minería", "Turismo", "Seguridad", "turismo sustentable", "Potencia turística"]
    assert agrupar(textos, 60) == [[1, 3, 4], [0], [2]]


def test_un_texto_puente_no_encadena_dos_temas():
    textos = ["Agua segura", "Agua segura y vías rurales", "Vías rurales"]
    assert sorted(map(len, agrupar(textos, 60))) == [1, 2]


PALABRAS = st.sampled_from(
    ["agua", "riego", "vías", "turismo", "minería", "riesgos", "suelo", "salud", "género"]
)
TEXTOS = st.lists(st.lists(PALABRAS, max_size=4).map(" ".join), max_size=14)


@given(st.data(), TEXTOS, st.integers(30, 100))
@settings(max_examples=60, deadline=None)
def test_la_particion_no_depende_del_orden_de_entrada(datos, textos, umbral):
    orden = datos.draw(st.permutations(range(len(textos))))
    al_reves = agrupar([textos[i] for i in orden], umbral)
    original = {frozenset(grupo) for grupo in agrupar(textos, umbral)}
    assert {frozenset(orden[i] for i in grupo) for grupo in al_reves} == original


def test_treinta_mil_letras_no_cuestan_mas_que_una_frase():
    assert parecido("turismo " * 4_000, "turismo") == 100
