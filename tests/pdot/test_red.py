"""La red vertical: qué aristas tiene, qué dice cada una y que se lea por grande que sea."""

from itertools import combinations

import pytest
from django.urls import reverse

from pdot.arbol_red import ANCHO, arbol_de
from pdot.coherencia import Fila, filas_de_grupo
from pdot.mapa_red import mapa_de_red
from pdot.models import Evaluacion
from pdot.red import Estado, red_de_grupo
from pdot.trazo_red import leyenda
from territorios.models import Gad, Territorio
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas_coherencia import aprobada
from tests.fabricas_formulario import VinculoFactory

pytestmark = pytest.mark.django_db


def ruta(grupo):
    return reverse("pdot:red", args=[grupo.pk])


def aristas(grupo, usuario):
    red = red_de_grupo(filas_de_grupo(grupo, usuario))
    return {(a.de.gad.pk, a.con.gad.pk): a.estado.value for a in red.aristas}


def test_sin_evaluaciones_se_espera_cada_par(grupo1, grupo2, central):
    assert aristas(grupo1, central) == {
        ("0801", "08"): "sin",
        ("0807", "08"): "sin",
        ("080752", "0807"): "sin",
        ("080752", "08"): "sin",
    }
    # El grupo 2 cruza provincias: cada cantón se compara con la suya.
    assert aristas(grupo2, central) == {
        ("0803", "08"): "sin",
        ("1317", "13"): "sin",
        ("131751", "1317"): "sin",
        ("131751", "13"): "sin",
    }


def test_la_arista_dice_lo_de_la_ultima_aprobada(grupo1, central, territorio, instrumento):
    primera = aprobada(territorio.gad["0807"], instrumento, {"08": "no"})
    segunda = Evaluacion.objects.create(
        pdot=primera.pdot, instrumento=instrumento, numero=2, estado="aprobada"
    )
    VinculoFactory(evaluacion=segunda, con_id="08", valor="parcial")
    tercera = Evaluacion.objects.create(pdot=primera.pdot, instrumento=instrumento, numero=3)
    VinculoFactory(evaluacion=tercera, con_id="08", valor="si")
    assert aristas(grupo1, central)[("0807", "08")] == "parcial"


def test_un_vinculo_sin_marca_sigue_sin_evaluar(grupo1, central, territorio, instrumento):
    aprobada(territorio.gad["0807"], instrumento, {"08": ""})
    red = red_de_grupo(filas_de_grupo(grupo1, central))
    razones = {a.de.gad.pk: a.por_que_falta for a in red.aristas if a.con.gad.pk == "08"}
    assert razones["0807"] == "Su evaluación aprobada no lo dice"
    assert razones["0801"] == "Sin evaluación aprobada que usted pueda ver"


def test_con_otra_provincia_y_fuera_del_grupo(grupo1, central, territorio, instrumento):
    """Quien se compara con una provincia ajena la trae a la red, hueca."""
    aprobada(territorio.gad["0807"], instrumento, {"08": "si", "13": "no"})
    red = red_de_grupo(filas_de_grupo(grupo1, central))
    assert red.nodos["13"].es_miembro is False
    assert [(e.value, n) for e, n in red.cuentas] == [
        ("si", 1),
        ("parcial", 0),
        ("no", 1),
        ("sin", 3),
    ]


def test_cada_estado_tiene_su_trazo_y_su_palabra():
    trazos = {palabra: (bool(t.rayado), bool(t.tacha)) for palabra, t in leyenda()}
    assert trazos == {
        "Se vincula": (False, False),
        "En parte": (True, False),
        "No se vincula": (False, True),
        "Sin evaluar": (True, False),
    }
    rayados = {t.rayado for _, t in leyenda()}
    assert len(rayados) == 3


def test_la_pagina_dice_lo_mismo_en_mapa_arbol_y_tabla(
    client, central, grupo1, territorio, instrumento
):
    cargar_contornos()
    aprobada(territorio.gad["0807"], instrumento, {"08": "no"})
    pagina = entrar(client, central).get(ruta(grupo1)).text
    dicho = "<title>Rioverde con Esmeraldas (provincia): no se vincula</title>"
    assert pagina.count(dicho) == 3  # Una línea en el mapa; en el árbol, la línea y su palabra.
    assert 'id="v-0807-08"' in pagina
    assert pagina.count('href="#v-0807-08"') == 3
    assert "Se encuentran en turismo." in pagina


def test_se_filtra_por_estado(client, central, grupo1, territorio, instrumento):
    aprobada(territorio.gad["0807"], instrumento, {"08": "no"})
    pagina = entrar(client, central).get(ruta(grupo1), {"vinculo": "no"}).text
    assert 'id="v-0807-08"' in pagina
    assert 'id="v-0801-08"' not in pagina
    assert client.get(ruta(grupo1), {"vinculo": "tal vez"}).status_code == 400


def test_pocas_consultas(client, central, grupo1, django_assert_max_num_queries):
    cargar_contornos()
    entrar(client, central)
    with django_assert_max_num_queries(6):
        assert client.get(ruta(grupo1)).status_code == 200


# --- Que se lea ---------------------------------------------------------------------------------


def red_grande(cantones, parroquias):
    """Una red de dos provincias, con sus parroquias repartidas y nombres larguísimos."""
    gads = []

    def agregar(codigo, nivel, padre=None, **lugar):
        nombre = f"Santo Domingo de los Colorados del Norte {codigo}"
        territorio = Territorio(codigo=codigo, nombre=nombre, padre=padre, **lugar)
        gads.append(Gad(territorio=territorio, nivel=nivel))
        return territorio

    provincias = [agregar(codigo, Gad.Nivel.PROVINCIAL) for codigo in ("08", "13")]
    hechos = [
        agregar(f"{provincias[n % 2].pk}{n + 1:02}", Gad.Nivel.MUNICIPAL, provincias[n % 2])
        for n in range(cantones)
    ]
    for n in range(parroquias):
        canton = hechos[n % cantones]
        # Todas casi en el mismo punto: lo peor que puede pasar.
        lon, lat = -79.45 + (n % cantones) * 0.02, 0.6 - (n // cantones) * 0.01
        agregar(f"{canton.pk}{51 + n // cantones}", Gad.Nivel.PARROQUIAL, canton, lon=lon, lat=lat)
    return red_de_grupo([Fila(gad, None) for gad in gads])


@pytest.mark.parametrize(("cantones", "parroquias"), [(1, 7), (7, 40)])
def test_ningun_nombre_se_pisa(territorio, cantones, parroquias):
    lugares = {"0801": (31, 2), "1302": (32, 2), "0803": (31, 3), "1304": (31, 4)}
    for codigo in lugares.keys() - {"0801", "0803"}:
        Territorio.objects.create(
            codigo=codigo, nombre=codigo, nivel="canton", padre_id=codigo[:2], zona_id=4
        )
    cargar_contornos(lugares)
    red = red_grande(cantones, parroquias)
    mapa = mapa_de_red(red)
    cajas = [etiqueta.caja for etiqueta in mapa.etiquetas if not etiqueta.de_provincia]
    assert not any(una.toca(otra) for una, otra in combinations(cajas, 2))
    for rama in arbol_de(red):
        alturas = sorted([p.y for p in rama.puntos] + [d.y for d in rama.dichos])
        separaciones = [b - a for a, b in zip(alturas, alturas[1:], strict=False)]
        assert min(separaciones, default=17) >= 17
        assert max(alturas) < rama.alto
        anchos = [p.x + 10 + len(p.nombre) * 13 * 0.6 for p in rama.puntos]
        assert max(anchos) <= ANCHO
    assert len(red.aristas) == cantones + 2 * parroquias
    assert {a.estado for a in red.aristas} == {Estado.SIN}
