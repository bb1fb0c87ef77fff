"""Las cifras del avance se guardan contadas: cuándo, con qué corte y cómo se rehace el pasado."""

import random
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from acompanamiento.models import Grupo, Membresia
from pdot.cuenta_avance import contar_avance, contar_para, reconstruir
from pdot.miradas import mirada_de
from pdot.models import CifrasDeAvance, CorteDeAvance, Evaluacion, Paso, Pdot
from pdot.resumen import resumir
from pdot.tarea_de_avance import contar_otra_vez
from pdot.tendencia import leer_tendencia
from talleres.models import Convocado, Encuentro
from territorios.models import Gad
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory, EvaluacionFactory, GrupoFactory, PdotFactory

from .test_avance import comprobar_enlaces, de_la_cobertura, pasos, rutas_de

pytestmark = pytest.mark.django_db
HOY = date(2026, 3, 10)


def cortes(mirada="central", ambito="pais"):
    return {
        corte.fecha: pasos_del_corte(corte.cifras)
        for corte in CorteDeAvance.objects.filter(mirada=mirada, ambito=ambito)
    }


def pasos_del_corte(cifras):
    return {marca: n for marca, n in cifras.items() if marca not in ("total", "nunca", "propuesto")}


# --- El corte del día ---------------------------------------------------------------------------


def test_se_guarda_un_corte_solo_el_dia_en_que_algo_cambia(grupo1, territorio):
    contar_avance(HOY)
    contar_avance(HOY + timedelta(days=1))
    assert cortes() == {HOY: {"grupo": 4}}
    EncuentroFactory(tipo="M2", gad=territorio.gad["0807"], estado="realizado", grupos=[grupo1])
    contar_avance(HOY + timedelta(days=2))
    contar_avance(HOY + timedelta(days=2))
    assert cortes() == {HOY: {"grupo": 4}, HOY + timedelta(days=2): {"grupo": 4, "M2": 1}}


def test_contar_dos_veces_el_mismo_dia_pone_al_dia_el_corte(grupo1, grupo2):
    contar_avance(HOY)
    Grupo.objects.filter(pk=grupo2.pk).update(estado="cancelado", motivo="Prueba")
    contar_avance(HOY)
    assert cortes() == {HOY: {"grupo": 4}}
    guardados = CifrasDeAvance.objects.filter(mirada="central").values_list("ambito", flat=True)
    assert set(guardados) == {"pais", "zona-1", "zona-4", f"grupo-{grupo1.pk}"}


def test_la_orden_cuenta_y_rehace_lo_pasado(grupo1, encuentro1, capsys):
    Encuentro.objects.update(estado="realizado")
    call_command("contar_avance", "--desde", "2019-01-01")
    dicho = capsys.readouterr().out
    assert "Se rehicieron los cortes de" in dicho
    assert "Se contó el avance de" in dicho
    with pytest.raises(CommandError, match="no es una fecha"):
        call_command("contar_avance", "--desde", "ayer")


# --- El pasado ----------------------------------------------------------------------------------


@pytest.fixture
def con_pasado(grupo1, encuentro1, territorio, evaluaciones):
    """Grupo desde el 1 de agosto, M3 el 22, una salida en septiembre y lo enviado en octubre."""
    Membresia.objects.update(desde=date(2019, 8, 1))
    Membresia.objects.filter(gad="080752").update(hasta=date(2019, 9, 1))
    Encuentro.objects.update(estado="realizado")
    Convocado.objects.create(encuentro=encuentro1, gad_id="0807")
    Paso.objects.exclude(a="aprobada").update(cuando="2019-10-05T12:00:00Z")
    Paso.objects.filter(a="aprobada").update(cuando="2019-11-05T12:00:00Z")
    PdotFactory(
        gad=territorio.gad["0803"],
        anio_desde=2020,
        anio_hasta=2024,
        estado=Pdot.Estado.VIGENTE,
        aprobado_el=date(2020, 2, 1),
    )


def test_el_pasado_se_rehace_con_las_fechas_que_constan(con_pasado):
    dias = reconstruir(date(2019, 1, 1), HOY)
    assert dias == 6
    assert cortes() == {
        date(2019, 8, 1): {"grupo": 4},
        date(2019, 8, 22): {"grupo": 4, "M3": 1},
        date(2019, 9, 1): {"grupo": 3, "M3": 1},
        date(2019, 10, 5): {"grupo": 3, "M3": 1, "evaluado": 3},
        date(2019, 11, 5): {"grupo": 3, "M3": 1, "evaluado": 3, "aprobado": 1},
        date(2020, 2, 1): {"grupo": 3, "M3": 1, "evaluado": 3, "aprobado": 1, "plan": 1},
    }


def test_en_el_pasado_quien_observa_tampoco_lee_lo_que_estaba_en_camino(con_pasado):
    reconstruir(date(2019, 1, 1), HOY)
    assert cortes("observador")[date(2019, 9, 1)] == {"grupo": 3, "M3": 1}
    assert date(2019, 10, 5) not in cortes("observador")
    assert cortes("observador")[date(2019, 11, 5)] == {
        "grupo": 3,
        "M3": 1,
        "evaluado": 1,
        "aprobado": 1,
    }


def test_rehacerlo_otra_vez_no_cambia_nada_ni_toca_lo_anterior(con_pasado):
    CorteDeAvance.objects.create(
        mirada="central", ambito="pais", fecha=date(2018, 1, 1), cifras={"total": 10}
    )
    reconstruir(date(2019, 1, 1), HOY)
    primera = cortes()
    reconstruir(date(2019, 1, 1), HOY)
    assert cortes() == primera
    assert date(2018, 1, 1) in primera


# --- La tendencia -------------------------------------------------------------------------------


def test_la_tendencia_es_del_ultimo_anio_que_algo_cuenta(con_pasado, central):
    assert leer_tendencia(central, "pais", HOY) is None
    reconstruir(date(2019, 1, 1), HOY)
    tendencia = leer_tendencia(central, "pais", HOY)
    assert (tendencia.anio, tendencia.anios) == (2019, [2019, 2020])
    assert [fecha for fecha, _ in tendencia.filas][0] == date(2019, 11, 5)
    nombres = {linea.escalon.value: linea.ultimo for linea in tendencia.lineas}
    assert nombres == {"grupo": 3, "M3": 1, "evaluado": 3, "aprobado": 1}
    alturas = sorted(linea.y for linea in tendencia.lineas)
    assert all(b - a >= 15 for a, b in zip(alturas, alturas[1:], strict=False))


def test_un_anio_sigue_de_donde_quedo_el_anterior(con_pasado, central):
    reconstruir(date(2019, 1, 1), HOY)
    tendencia = leer_tendencia(central, "pais", HOY, 2020)
    assert [fecha for fecha, _ in tendencia.filas] == [date(2020, 2, 1)]
    assert {linea.escalon.value for linea in tendencia.lineas} == {
        *("grupo", "M3", "evaluado", "aprobado", "plan")
    }


def test_la_pagina_lleva_la_tendencia_y_deja_escoger_el_anio(client, con_pasado, central):
    reconstruir(date(2019, 1, 1))
    contar_avance()
    respuesta = entrar(client, central).get(reverse("pdot:avance"), {"anio": "2020"})
    assert "Tendencia de 2020" in respuesta.text
    assert "?anio=2019#tendencia-titulo" in respuesta.text
    otra = client.get(reverse("pdot:avance"), {"anio": "no"})
    assert "Tendencia de 2019" in otra.text


# --- Cuándo se cuenta ---------------------------------------------------------------------------


@pytest.fixture
def como_recien_guardado(grupo1):
    """Como si lo del elenco ya se hubiera guardado: en una prueba, su transacción sigue abierta."""
    connection.run_on_commit.clear()


def en_cola():
    return DBTaskResult.objects.filter(task_path=contar_otra_vez.module_path).count()


def test_lo_que_mueve_el_avance_pide_contar_una_sola_vez(
    grupo1, territorio, como_recien_guardado, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True) as pedidas:
        grupo1.nombre = "Otro"
        grupo1.save()
        Evaluacion.objects.all().delete()
        encuentro = EncuentroFactory(estado="realizado", grupos=[grupo1])
        Convocado.objects.create(encuentro=encuentro, gad=territorio.gad["0807"])
    assert (len(pedidas), en_cola()) == (1, 1)


def test_mientras_una_espera_no_se_encola_otra(
    grupo1, como_recien_guardado, django_capture_on_commit_callbacks
):
    for nombre in ("Uno", "Dos"):
        connection.run_on_commit.clear()
        with django_capture_on_commit_callbacks(execute=True):
            grupo1.nombre = nombre
            grupo1.save()
    assert en_cola() == 1


def test_lo_que_no_lo_mueve_no_pide_nada(territorio, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as pedidas:
        gad = territorio.gad["0807"]
        gad.nombre_oficial = "Otro"
        gad.save()
    assert (pedidas, en_cola()) == ([], 0)


def test_la_tarea_cuenta(grupo1):
    contar_otra_vez.func()
    assert cortes() == {timezone.localdate(): {"grupo": 4}}


# --- Con datos al azar --------------------------------------------------------------------------


def sembrar(azar, territorio, estrategia, instrumento):
    """Grupos en cualquier estado, con quien salió; encuentros, evaluaciones y planes al azar."""
    gads, hoy = list(territorio.gad.values()), timezone.localdate()
    for estado in azar.choices(Grupo.Estado.values, k=4):
        miembros = azar.sample(gads, azar.randint(1, 6))
        grupo = GrupoFactory(
            estrategia=estrategia, estado=estado, motivo="Azar", zona_id=azar.choice([1, 4])
        )
        for gad in miembros:
            salio = hoy - timedelta(days=1) if azar.random() < 0.2 else None
            Membresia.objects.create(grupo=grupo, gad=gad, desde=date(2020, 1, 1), hasta=salio)
        for tipo in azar.choices(["M1", "M2", "M3"], k=3):
            encuentro = EncuentroFactory(
                estrategia=estrategia,
                tipo=tipo,
                gad=None if tipo == "M3" else azar.choice(gads),
                estado=azar.choice(Encuentro.Estado.values),
                motivo="Azar",
                grupos=[grupo],
            )
            if tipo == "M3" and azar.random() < 0.6:
                Convocado.objects.create(encuentro=encuentro, gad=azar.choice(gads))
    for gad in azar.sample(gads, 6):
        plan = PdotFactory(gad=gad)
        estado = azar.choice(Evaluacion.Estado.values)
        EvaluacionFactory(pdot=plan, instrumento=instrumento, estado=estado)
        siguiente = azar.choice(Pdot.Estado.values)
        PdotFactory(gad=gad, anio_desde=2020, anio_hasta=2024, estado=siguiente)


@pytest.mark.parametrize("semilla", range(4))
def test_avance_cobertura_y_resumen_dicen_lo_mismo(
    client, territorio, estrategia, instrumento, elenco, semilla
):
    sembrar(random.Random(semilla), territorio, estrategia, instrumento)
    contar_avance()
    for quien in ("central", "observador", "zonal1", "zonal4", "observador1"):
        usuario = elenco[quien]
        ambito = "pais" if usuario.ve_el_pais else f"zona-{usuario.zona_id}"
        guardado = CifrasDeAvance.objects.get(mirada=mirada_de(usuario), ambito=ambito)
        assert pasos(guardado.cifras) == de_la_cobertura(usuario), quien
    for quien in ("central", "zonal1", "plan_rioverde"):
        comprobar_enlaces(entrar(client, elenco[quien]), rutas_de(elenco[quien]))
    ambitos, resumen = contar_para(elenco["central"]), resumir(timezone.localdate())
    (dicho,) = resumen["estrategias"]
    niveles = {nivel: ambitos["pais"]["niveles"][nivel] for nivel in Gad.NIVELES_DE}
    assert {n: marcas.get("grupo", 0) for n, (_, marcas) in niveles.items()} == dicho["gad"]
    assert sum(a.startswith("grupo-") for a in ambitos) == dicho["grupos"]
    # Los borradores son del GAD: `resumen`, que es de la consola, los cuenta; el avance, no.
    sin_borradores = resumen["evaluaciones"] | {"borrador": 0}
    assert ambitos["pais"]["evaluaciones"] == sin_borradores
