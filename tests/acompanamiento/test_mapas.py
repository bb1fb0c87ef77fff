"""Los mapas de los grupos: quiénes se pintan, dónde está la sede y qué distingue a cada grupo."""

from datetime import date

import pytest
from django.conf import settings

from acompanamiento.mapas import mapa_de_grupo, mapa_de_grupos
from acompanamiento.models import Grupo, Membresia
from tests.contornos import cargar_contornos
from tests.fabricas import GrupoFactory


@pytest.fixture(autouse=True)
def contornos(territorio):
    return cargar_contornos()


def pintadas(mapa):
    """(título, dirección) de cada celda que no es un vecino tenue."""
    return sorted(
        (titulo or enlace.titulo, enlace.url)
        for plano in mapa.planos
        for bloque in plano.bloques
        for enlace in bloque.enlaces
        for _, titulo in enlace.celdas
        if enlace.url
    )


def rotulos(mapa, *clases):
    return [r.texto for plano in mapa.planos for r in plano.rotulos if r.clase in clases]


def test_los_cantones_del_grupo_con_lo_que_aportan(grupo1):
    """La provincia no se pinta; la parroquia cuenta por su cantón."""
    assert pintadas(mapa_de_grupo(grupo1)) == [
        ("Esmeraldas: el GAD municipal del grupo", "/pdot/gad/0801/"),
        ("Rioverde: el GAD municipal y 1 parroquia rural del grupo, sede", "/pdot/gad/0807/"),
    ]


def test_un_canton_que_solo_tiene_parroquias_en_el_grupo(territorio):
    grupo = GrupoFactory(zona=territorio.zona[4], miembros=[territorio.gad["130352"]])
    assert pintadas(mapa_de_grupo(grupo)) == [
        ("Chone: 1 parroquia rural del grupo", "/pdot/gad/1303/")
    ]


def test_la_sede_se_marca_y_se_dice(grupo1):
    mapa = mapa_de_grupo(grupo1)
    assert [len(plano.puntos) for plano in mapa.planos] == [1]
    assert [renglon.texto for renglon in mapa.leyenda] == ["Cantones del grupo", "Sede: Rioverde"]


def test_los_vecinos_se_nombran_tenues(grupo1):
    mapa = mapa_de_grupo(grupo1)
    assert sorted(rotulos(mapa, "nombre")) == ["Esmeraldas", "Rioverde"]
    assert rotulos(mapa, "tenue") == ["Muisne"]


def test_el_grupo_lleva_el_mismo_color_en_todas_partes(grupo1, grupo2):
    todos = [renglon.relleno for renglon in mapa_de_grupos([grupo1, grupo2]).leyenda]
    assert [mapa_de_grupo(grupo).leyenda[0].relleno for grupo in (grupo1, grupo2)] == todos
    hoja = (settings.BASE_DIR / "static/css/plataforma.css").read_text()
    for grupo, color in zip((grupo1, grupo2), todos, strict=True):
        assert f".chip.g{grupo.tono} {{ background: {color}; }}" in hoja


def test_quien_salio_del_grupo_ya_no_se_pinta(grupo1):
    Membresia.objects.filter(grupo=grupo1, gad="0801").update(hasta=date(2019, 9, 1))
    assert [url for _, url in pintadas(mapa_de_grupo(grupo1))] == ["/pdot/gad/0807/"]


def test_quien_entrara_o_saldra_despues_se_pinta_segun_hoy(grupo1):
    Membresia.objects.filter(grupo=grupo1, gad="0801").update(desde=date(2099, 1, 1))
    Membresia.objects.filter(grupo=grupo1, gad="0807").update(hasta=date(2099, 1, 1))
    assert [url for _, url in pintadas(mapa_de_grupo(grupo1))] == ["/pdot/gad/0807/"]


def test_un_grupo_cancelado_conserva_su_mapa(grupo1):
    Grupo.objects.filter(pk=grupo1.pk).update(estado="cancelado", motivo="Sin convocatoria")
    assert len(pintadas(mapa_de_grupo(Grupo.objects.get(pk=grupo1.pk)))) == 2


def test_un_grupo_sin_cantones_no_tiene_mapa(territorio):
    grupo = GrupoFactory(zona=territorio.zona[1], miembros=[territorio.gad["08"]])
    assert not mapa_de_grupo(grupo)


def test_cada_grupo_con_su_numero_su_color_y_su_trama(grupo1, grupo2):
    mapa = mapa_de_grupos([grupo1, grupo2])
    aspectos = [(r.texto, r.relleno, r.trama) for r in mapa.leyenda]
    assert [texto for texto, *_ in aspectos] == [str(grupo1), str(grupo2)]
    assert len({relleno for _, relleno, _ in aspectos}) == 2
    assert len({trama for *_, trama in aspectos}) == 2
    assert rotulos(mapa, "numero") == ["1", "2"]
    assert {url for _, url in pintadas(mapa)} == {
        grupo1.get_absolute_url(),
        grupo2.get_absolute_url(),
    }


def test_el_propuesto_va_sin_color_y_lo_dice(grupo1, grupo2):
    grupo2.estado = "propuesto"
    vivo, propuesto = mapa_de_grupos([grupo1, grupo2]).leyenda
    assert propuesto.texto == f"{grupo2} (propuesto)"
    assert propuesto.trama and propuesto.relleno != vivo.relleno
    assert mapa_de_grupo(grupo2).leyenda[0].relleno == propuesto.relleno
    hoja = (settings.BASE_DIR / "static/css/plataforma.css").read_text()
    assert f".chip.propuesto {{ background: {propuesto.relleno};" in hoja


def test_un_canton_en_dos_grupos_los_nombra_a_los_dos(grupo1, territorio):
    otro = GrupoFactory(
        estrategia=grupo1.estrategia,
        numero=7,
        zona=territorio.zona[1],
        miembros=[territorio.gad["0801"]],
    )
    titulos = [titulo for titulo, _ in pintadas(mapa_de_grupos([grupo1, otro]))]
    assert titulos[0] == f"Esmeraldas: {grupo1}, {otro}"


def test_dos_consultas_con_uno_y_con_tres_grupos(
    grupo1, grupo2, territorio, django_assert_num_queries
):
    tercero = GrupoFactory(zona=territorio.zona[4], miembros=[territorio.gad["1303"]])
    with django_assert_num_queries(2):
        mapa_de_grupos([grupo1])
    with django_assert_num_queries(2):
        mapa_de_grupos([grupo1, grupo2, tercero])
    with django_assert_num_queries(2):
        mapa_de_grupo(grupo2)
