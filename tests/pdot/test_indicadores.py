"""Indicadores: qué cuenta cada uno, contra qué, y que nadie lea por un agregado lo ajeno."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from pdot.acciones import aprobar_evaluacion
from pdot.cuenta_indicadores import contar_indicadores
from pdot.indicadores import INDICADORES, POR_CODIGO, Cociente, Medicion, leer, medir
from pdot.models import CifrasDeGad, Evaluacion, Pregunta
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, InstrumentoFactory, PreguntaFactory, SeccionFactory
from tests.fabricas_coherencia import aprobada
from tests.fabricas_formulario import InformacionFactory

pytestmark = pytest.mark.django_db


def ruta(*resto):
    return reverse("pdot:indicadores") + "".join(f"{tramo}/" for tramo in resto)


def cociente(codigo, usuario, gads=None):
    medicion = Medicion(usuario)
    propios = [g for g in medicion.gads if gads is None or g.codigo in gads]
    uno = medicion.cociente(POR_CODIGO[codigo], propios)
    return "reservado" if uno.reservado else (uno.n, uno.de)


@pytest.fixture
def medidos(territorio, instrumento, grupo1):
    """Rioverde, Esmeraldas y Chumundé aprobadas, con vínculos, respuestas e información."""
    Pregunta.objects.filter(codigo__in=["a1", "a2"]).update(componente="Visión")
    Pregunta.objects.filter(codigo="a3").update(componente="Objetivos estratégicos")
    seccion = SeccionFactory(instrumento=instrumento, codigo="programa", orden=3, mide="gobierno")
    PreguntaFactory(seccion=seccion, codigo="c1")
    gad = territorio.gad
    hechas = {
        "0807": aprobada(gad["0807"], instrumento, {"08": "si"}, a1="si", a2="no", c1="no"),
        "0801": aprobada(gad["0801"], instrumento, {"08": "no", "13": "parcial"}, a3="si"),
        "080752": aprobada(gad["080752"], instrumento, {"0807": "si", "08": ""}, a1="parcial"),
    }
    InformacionFactory(evaluacion=hechas["0807"])
    InformacionFactory(evaluacion=hechas["0807"], proveedor="IGM")
    InformacionFactory(evaluacion=hechas["0801"], proveedor="IGM")
    InformacionFactory(evaluacion=hechas["080752"], situacion="tiene")
    return hechas


def test_cada_cociente_dice_lo_que_su_definicion(central, medidos):
    assert {i.codigo: cociente(i.codigo, central) for i in INDICADORES} == {
        "evaluados": (3, 10),
        "aprobados": (3, 10),
        # Cinco cantones con un par y tres parroquias con dos; la otra provincia no cuenta.
        "pares": (3, 11),
        "vinculos-si": (2, 4),
        "vinculos-parcial": (1, 4),
        "vinculos-no": (1, 4),
        "interna": (2, 4),
        "interna-vision": (1, 3),
        "interna-objetivos": (1, 1),
        "interna-gestion": (0, 0),
        "sin-proveedor": (1, 2),
        "gobierno": (1, 3),
    }


def test_cuenta_la_ultima_aprobada_y_no_lo_que_esta_en_camino(central, medidos, territorio):
    """Rioverde aprueba una versión nueva sin vínculos; lo enviado cuenta solo como evaluado."""
    primera = medidos["0807"]
    Evaluacion.objects.create(
        pdot=primera.pdot, instrumento=primera.instrumento, numero=2, estado="aprobada"
    )
    EvaluacionFactory(
        pdot__gad=territorio.gad["1303"], instrumento=primera.instrumento, estado="devuelta"
    )
    assert cociente("vinculos-si", central, ["0807"]) == (0, 0)
    assert cociente("evaluados", central, ["1303"]) == (1, 1)
    assert cociente("aprobados", central, ["1303"]) == (0, 1)


def test_un_instrumento_editado_suma_por_lo_que_mide_y_no_por_su_codigo(central, territorio):
    otro = InstrumentoFactory(numero=7)
    mirada = SeccionFactory(instrumento=otro, codigo="mirada", mide="interna")
    ajuste = SeccionFactory(instrumento=otro, codigo="interna", mide="")
    PreguntaFactory(seccion=mirada, codigo="v1", componente="Visión")
    PreguntaFactory(seccion=ajuste, codigo="c2", componente="Visión")
    aprobada(territorio.gad["0807"], otro, v1="no", c2="si")
    assert cociente("interna-vision", central) == (0, 1)
    assert cociente("gobierno", central) == (0, 1)


def test_sin_denominador_no_hay_porcentaje():
    assert Cociente(0, 0).porcentaje is None
    assert Cociente(1, 4).porcentaje == 25
    assert Cociente(reservado=True).porcentaje is None


def test_lo_ajeno_de_menos_de_tres_se_reserva(central, zonal4, plan_chone, plan_rioverde, medidos):
    """Los tres evaluados son de la zona 1 y del grupo 1, que incluye a Rioverde."""
    assert cociente("interna", central, ["0807"]) == (1, 2)
    assert cociente("interna", plan_rioverde, ["0807"]) == (1, 2)
    for ajeno in (zonal4, plan_chone):
        assert cociente("interna", ajeno) == (2, 4)
        # De uno no se dice; tampoco de dos, que restados del país dirían el tercero.
        assert cociente("interna", ajeno, ["0807"]) == "reservado"
        assert cociente("interna", ajeno, ["0807", "0801"]) == "reservado"


def test_lo_enviado_solo_lo_lee_de_uno_en_uno_quien_lo_revisa(
    central, zonal4, observador, evaluaciones
):
    """Chone está devuelta, en la zona 4: el observador no la ve y no se la lee en un agregado."""
    leidos = {
        quien.username: cociente("evaluados", quien, ["1303"])
        for quien in (central, zonal4, observador)
    }
    assert leidos == {"central": (1, 1), "zonal4": (1, 1), "observador": "reservado"}


def test_una_reservada_sola_no_se_deduce_por_resta(plan_chone, medidos, territorio, instrumento):
    """Con tres ajenos en una parte y uno en otra, las dos se reservan."""
    aprobada(territorio.gad["0803"], instrumento, {}, a1="si")
    aprobada(territorio.gad["1317"], instrumento, {}, a1="si")
    medicion = Medicion(plan_chone)
    indicador = POR_CODIGO["interna"]
    partes = medicion.desagregar(indicador, medicion.gads, lambda gad: [gad.provincia])
    assert [(valor, uno.reservado) for valor, _, uno in partes] == [("08", True), ("13", True)]


def test_la_pagina_compara_con_el_pais_y_define(client, central, grupo1, medidos):
    entrar(client, central)
    pagina = client.get(ruta(), {"grupo": grupo1.pk}).text
    assert "es promedio de GAD, no de grupos" in pagina
    for indicador in INDICADORES:
        assert indicador.numerador in pagina
        assert indicador.no_cuenta in pagina
    assert '75,0 %</strong></a> <span class="parte">3/4' in pagina
    # Las medidas de la barra van con punto, aunque las cifras se lean con coma.
    assert 'd="M0 2h75.0v8H0z"' in pagina
    assert '30,0 %</strong></a> <span class="parte">3/10' in pagina


def test_las_filas_que_explican_la_cifra(client, central, plan_chone, medidos):
    direccion = ruta("vinculos-si")
    pagina = entrar(client, central).get(direccion).text
    assert "1 a 3 de 3 GAD que usted puede ver" in pagina
    assert reverse("pdot:evaluacion", args=[medidos["0807"].pk]) in pagina
    ajena = entrar(client, plan_chone).get(direccion).text
    assert "Los 3 GAD que se cuentan aquí entran solo en el agregado" in ajena
    assert reverse("pdot:evaluacion", args=[medidos["0807"].pk]) not in ajena


def test_un_filtro_ajeno_o_inventado_es_400(client, plan_chone, grupo1, medidos):
    entrar(client, plan_chone)
    for filtro in ({"grupo": grupo1.pk}, {"zona": "99"}, {"nivel": "barrial"}):
        assert client.get(ruta(), filtro).status_code == 400
    assert client.get(ruta("felicidad")).status_code == 404


def test_el_pais_sin_evaluaciones_se_lee(client, central, territorio):
    pagina = entrar(client, central).get(ruta()).text
    assert '<span aria-hidden="true">—</span>' in pagina


def test_pocas_consultas(client, plan_rioverde, medidos, django_assert_max_num_queries):
    entrar(client, plan_rioverde)
    for direccion in (ruta(), ruta("interna")):
        with django_assert_max_num_queries(11):
            assert client.get(direccion).status_code == 200
    assert len(medir()) == 10


def test_lo_guardado_es_lo_mismo_y_dice_de_cuando(client, central, medidos):
    """Con una sola sin guardar se cuenta todo en el momento."""
    ahora = {gad.codigo: gad.cifras for gad in medir()}
    contar_indicadores(["0807"])
    assert leer()[1] is None
    call_command("contar_indicadores")
    guardados, contado = leer()
    assert {gad.codigo: gad.cifras for gad in guardados} == ahora
    assert contado == CifrasDeGad.objects.order_by("contado")[0].contado
    assert "Cifras guardadas" in entrar(client, central).get(ruta()).text


def test_al_aprobar_se_cuenta_de_nuevo_ese_gad(
    central, zonal1, evaluaciones, django_capture_on_commit_callbacks
):
    contar_indicadores()
    assert cociente("aprobados", central, ["0801"]) == (0, 1)
    with django_capture_on_commit_callbacks(execute=True):
        enviada = evaluaciones["0801"]
        aprobar_evaluacion(enviada, por=zonal1, version=enviada.version)
    assert cociente("aprobados", central, ["0801"]) == (1, 1)
    assert leer()[1] is not None
