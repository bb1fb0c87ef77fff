"""La búsqueda de la cabecera: sin tildes, por código, y solo dentro del alcance."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pdot import busqueda
from pdot.busqueda import buscar
from talleres.models import Encuentro
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory, GrupoFactory
from tests.lectura_html import pagina


def hallados(texto, usuario):
    """Lo encontrado, como (códigos de GAD, números de grupo, temas de encuentro)."""
    todo = buscar(texto, usuario)
    return (
        [gad.pk for gad in todo["gads"].filas],
        [grupo.numero for grupo in todo["grupos"].filas],
        [encuentro.tema for encuentro in todo["encuentros"].filas],
    )


@pytest.mark.parametrize(
    ("texto", "esperado"),
    [
        ("CHUMUNDE", (["080752"], [], [])),
        ("chumundé", (["080752"], [], [])),
        ("rioverde", (["0807"], [1], ["Taller de Rioverde"])),
        ("pedernales", (["1317"], [2], ["Taller de Pedernales"])),
        ("08075", (["080752"], [], [])),
        ("grupo 2", ([], [2], [])),
        ("taller  rioverde", ([], [], ["Taller de Rioverde"])),
        ("rioverde taller", ([], [], ["Taller de Rioverde"])),
        ("zzz", ([], [], [])),
    ],
)
def test_por_nombre_sin_tildes_por_codigo_o_por_palabras(
    central, encuentro1, encuentro2, texto, esperado
):
    assert hallados(texto, central) == esperado


def test_las_tildes_de_lo_guardado_tampoco_cuentan(central, grupo1):
    Encuentro.objects.all().delete()
    EncuentroFactory(tema="ÁRBOL DE PROBLEMAS, visión y Ñañez", lugar="Cantón Güe")
    for texto in ("arbol", "ÁRBOL", "vision", "ñañez", "nanez", "gue", "güe"):
        assert hallados(texto, central)[2] == ["ÁRBOL DE PROBLEMAS, visión y Ñañez"]


def test_el_nombre_exacto_va_primero_y_lo_amplio_antes(central):
    assert hallados("esmeraldas", central)[0] == ["08", "0801"]
    assert hallados("08", central)[0] == ["08", "0801", "0803", "0807", "080752"]


@pytest.mark.parametrize(
    ("quien", "grupos", "temas"),
    [
        ("central", [1, 2], ["Taller de Pedernales", "Taller de Rioverde"]),
        ("observador", [1, 2], ["Taller de Pedernales", "Taller de Rioverde"]),
        ("zonal1", [1, 2], ["Taller de Pedernales", "Taller de Rioverde"]),
        ("zonal4", [2], ["Taller de Pedernales"]),
        ("plan_rioverde", [1], ["Taller de Rioverde"]),
        ("plan_chone", [], []),
    ],
)
def test_grupos_y_encuentros_solo_del_alcance(elenco, encuentro1, encuentro2, quien, grupos, temas):
    assert hallados("grupo", elenco[quien])[1] == grupos
    assert hallados("taller", elenco[quien])[2] == temas


def test_dice_que_hay_mas_en_vez_de_callarlo(client, central, monkeypatch):
    monkeypatch.setattr(busqueda, "MAXIMO", 2)
    respuesta = entrar(client, central).get(reverse("pdot:buscar"), {"q": "08"})
    assert "2 o más GAD" in respuesta.text
    assert "/territorio/gad/?q=08" in pagina(respuesta).enlaces


@pytest.mark.parametrize("q", [None, "", "   ", "\0"])
def test_sin_texto_explica_que_se_puede_buscar(client, central, q):
    respuesta = entrar(client, central).get(reverse("pdot:buscar"), {"q": q} if q else {})
    assert respuesta.status_code == 200
    assert "Escriba el nombre de un GAD, un grupo o un encuentro" in respuesta.text


@pytest.mark.parametrize("q", ["zzz", "100%", "_", "<script>", "'; DROP TABLE", "x" * 80])
def test_sin_resultados_dice_que_hacer(client, central, q):
    respuesta = entrar(client, central).get(reverse("pdot:buscar"), {"q": q})
    assert respuesta.status_code == 200
    assert "Nada coincide con" in respuesta.text
    assert "<script>" not in respuesta.text
    assert reverse("territorios:gads") in pagina(respuesta).enlaces


def test_una_busqueda_larga_se_dice_y_no_se_corta(client, central):
    respuesta = entrar(client, central).get(reverse("pdot:buscar"), {"q": "x" * 81})
    assert respuesta.status_code == 400
    assert "Escriba como máximo 80 letras: hay 81." in respuesta.text
    assert dict(pagina(respuesta).campos)["q"] == "x" * 81


def test_el_gad_se_busca_en_el_pais_y_lo_demas_en_la_jurisdiccion(client, plan_chone):
    respuesta = entrar(client, plan_chone).get(reverse("pdot:buscar"), {"q": "zzz"})
    assert "ningún GAD del país, ni grupo o encuentro de su jurisdicción" in respuesta.text
    assert respuesta.context["migas"][0] == ("Inicio", "/")


def test_lo_que_empieza_asi_va_antes(central, grupo1, grupo2):
    grupo2.nombre = "Ríoverde y Muisne"
    grupo2.save()
    assert hallados("rioverde", central)[1] == [2, 1]


def test_los_resultados_llevan_a_cada_cosa(client, central, grupo1, encuentro1):
    respuesta = entrar(client, central).get(reverse("pdot:buscar"), {"q": "rioverde"})
    enlaces = pagina(respuesta).enlaces
    propias = [e for e in enlaces if e.startswith(("/pdot/g", "/talleres/e"))]
    assert propias == [
        "/pdot/gad/0807/",
        grupo1.get_absolute_url(),
        encuentro1.get_absolute_url(),
    ]
    assert dict(pagina(respuesta).campos)["q"] == "rioverde"


def test_las_consultas_no_crecen_con_los_resultados(client, zonal1, grupo1, encuentro1, territorio):
    entrar(client, zonal1)

    def consultas():
        with CaptureQueriesContext(connection) as capturadas:
            client.get(reverse("pdot:buscar"), {"q": "rioverde"})
        return len(capturadas)

    con_uno = consultas()
    for n in range(2):
        otro = GrupoFactory(
            estrategia=grupo1.estrategia,
            nombre=f"Rioverde {n}",
            zona=territorio.zona[1],
        )
        EncuentroFactory(estrategia=grupo1.estrategia, tema="Rioverde", grupos=[otro])
    assert consultas() == con_uno <= 8
