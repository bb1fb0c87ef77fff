"""El programa de gobierno local: de quién es, sus proyectos y qué falta traducir al PDOT."""

from datetime import date

import pytest
from django.db import IntegrityError
from django.urls import reverse

from pdot.models import ProgramaGobierno, Proyecto
from tests.conftest import entrar
from tests.fabricas import AutoridadFactory, PdotFactory
from tests.fabricas_plan import ObjetivoFactory, ProgramaFactory, ProyectoFactory


@pytest.fixture
def plan(territorio):
    return PdotFactory(gad=territorio.gad["0807"], anio_desde=2024, anio_hasta=2027)


@pytest.fixture
def programa(plan):
    return ProgramaFactory(pdot=plan)


def ruta(nombre, *args):
    return reverse(f"pdot:{nombre}", args=args)


def proyecto_tecleado(**datos):
    basico = {"nombre": "Planta de agua", "anio_desde": 2024, "anio_hasta": 2026}
    return basico | {"version_leida": 1} | datos


# --- El programa --------------------------------------------------------------------------------


def test_se_registra_uno_por_autoridad_de_su_gad(client, plan_rioverde, plan, territorio):
    suya = AutoridadFactory(gad=plan.gad, desde=date(2023, 5, 15))
    ajena = AutoridadFactory(gad=territorio.gad["0801"])
    ajeno = PdotFactory(gad=territorio.gad["0801"])
    entrar(client, plan_rioverde)
    direccion = ruta("nuevo_programa", "0807")
    for mala in (
        {"autoridad": ajena.pk, "pdot": plan.pk},
        {"autoridad": suya.pk, "pdot": ajeno.pk},
        {"autoridad": suya.pk},
    ):
        assert client.post(direccion, mala).status_code == 400
    datos = {"autoridad": suya.pk, "pdot": plan.pk, "vision": "Con agua"}
    assert client.post(direccion, datos).status_code == 302
    assert ProgramaGobierno.objects.get().historia.get().history_user == plan_rioverde
    assert client.post(direccion, datos).status_code == 400
    assert ProgramaGobierno.objects.count() == 1


def test_sin_plan_o_sin_autoridad_ensena_el_paso_que_falta(client, plan_rioverde, territorio):
    entrar(client, plan_rioverde)
    vacia = client.get(ruta("nuevo_programa", "0807"))
    assert ruta("nuevo_plan", "0807") in vacia.text
    PdotFactory(gad=territorio.gad["0807"])
    assert "oficina central" in client.get(ruta("nuevo_programa", "0807")).text
    assert client.get(ruta("nuevo_programa", "0801")).status_code == 404


def test_dos_pestanas_en_el_programa(client, plan_rioverde, programa):
    entrar(client, plan_rioverde)
    datos = {"pdot": programa.pdot_id, "version_leida": 1}
    direccion = ruta("editar_programa", programa.pk)
    assert client.post(direccion, datos | {"vision": "La primera"}).status_code == 302
    segunda = client.post(direccion, datos | {"vision": "La segunda"})
    assert segunda.status_code == 409
    assert "La segunda" in segunda.text
    programa.refresh_from_db()
    assert programa.vision == "La primera"


# --- Los proyectos ------------------------------------------------------------------------------


def test_un_proyecto_se_vincula_a_varios_objetivos_del_pdot(
    client, plan_rioverde, programa, territorio
):
    uno, dos, tres = (ObjetivoFactory(pdot=programa.pdot, orden=n) for n in (1, 2, 3))
    ajeno = ObjetivoFactory(pdot=PdotFactory(gad=territorio.gad["0801"]))
    entrar(client, plan_rioverde)
    direccion = ruta("nuevo_proyecto", programa.pk)
    malo = client.post(direccion, proyecto_tecleado(objetivos=[uno.pk, ajeno.pk]))
    assert malo.status_code == 400
    assert client.post(direccion, proyecto_tecleado(objetivos=[uno.pk, dos.pk])).status_code == 302
    solo = ProyectoFactory(programa=programa, nombre="Casa de la mujer")
    hecho = programa.proyectos.get(nombre="Planta de agua")
    assert list(hecho.objetivos.order_by("orden")) == [uno, dos]
    contexto = client.get(programa.get_absolute_url()).context
    assert contexto["sin_traducir"] == [solo]
    assert contexto["sin_proyecto"] == [tres]


def test_un_objetivo_de_otro_plan_no_cuenta_como_traducido(
    client, observador, programa, territorio
):
    viejo = PdotFactory(gad=territorio.gad["0807"])
    proyecto = ProyectoFactory(programa=programa)
    proyecto.objetivos.add(ObjetivoFactory(pdot=viejo))
    pagina = entrar(client, observador).get(programa.get_absolute_url())
    assert pagina.context["sin_traducir"] == [proyecto]
    assert "Del PDOT 2015-2019" in pagina.text


@pytest.mark.parametrize(
    ("datos", "mensaje"),
    [
        ({"anio_desde": 12}, "Escriba un año entre 2000 y 2100"),
        ({"anio_hasta": 2023}, "no puede terminar antes de empezar"),
        ({"presupuesto": "-1"}, "no puede ser negativo"),
        ({"presupuesto": "1.25.0"}, "Escriba una cantidad"),
        ({"presupuesto": "100"}, "lleva su fuente"),
        ({"presupuesto": "100", "presupuesto_fuente": "Estudio"}, "lleva su fecha"),
        ({"nombre": "Repetido"}, "ya tiene un proyecto con ese nombre"),
        ({"descripcion": "x" * 30_000}, "use hasta 2.000 letras"),
    ],
)
def test_lo_que_no_puede_ser_se_dice_junto_a_su_campo(
    client, plan_rioverde, programa, datos, mensaje
):
    ProyectoFactory(programa=programa, nombre="Repetido")
    respuesta = entrar(client, plan_rioverde).post(
        ruta("nuevo_proyecto", programa.pk), proyecto_tecleado(**datos)
    )
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert programa.proyectos.count() == 1


def test_el_presupuesto_se_escribe_a_la_ecuatoriana(client, plan_rioverde, programa):
    datos = proyecto_tecleado(
        presupuesto="1.250.000,50", presupuesto_fuente="Estudio", presupuesto_fecha="2023-03-01"
    )
    entrar(client, plan_rioverde).post(ruta("nuevo_proyecto", programa.pk), datos)
    assert f"{programa.proyectos.get().presupuesto}" == "1250000.50"
    assert "USD 1.250.000,50" in client.get(programa.get_absolute_url()).text


def test_se_quita_y_queda_en_la_historia(client, plan_rioverde, plan_esmeraldas, programa):
    proyecto = ProyectoFactory(programa=programa)
    quitar = ruta("quitar_proyecto", proyecto.pk)
    assert entrar(client, plan_esmeraldas).post(quitar, {"version": 1}).status_code == 404
    entrar(client, plan_rioverde)
    assert client.post(quitar, {"version": 5}).status_code == 409
    assert client.post(quitar, {"version": 1}).status_code == 302
    assert not Proyecto.objects.exists()
    assert Proyecto.historia.latest().history_user == plan_rioverde
    assert client.post(quitar, {"version": 1}).status_code == 404


def test_la_base_exige_la_fuente_del_presupuesto(programa):
    with pytest.raises(IntegrityError):
        ProyectoFactory(programa=programa, presupuesto=10)


def test_la_pagina_no_consulta_por_fila(client, central, programa, django_assert_max_num_queries):
    for n in range(1, 9):
        ProyectoFactory(programa=programa).objetivos.add(
            ObjetivoFactory(pdot=programa.pdot, orden=n)
        )
    entrar(client, central)
    with django_assert_max_num_queries(8):
        assert client.get(programa.get_absolute_url()).status_code == 200
