"""Brechas por competencia exclusiva: qué se ofrece, quién escribe y qué pasa si dos escriben."""

import json
from datetime import date

import pytest
from django.urls import reverse

from pdot.catalogos import cargar_competencias, cargar_hitos_del_proceso
from pdot.models import Brecha, Competencia, HitoProceso
from pdot.plan import brechas_por_competencia
from territorios.cargas import Resumen
from territorios.lectura import CargaRechazada
from territorios.models import Gad
from tests.conftest import entrar
from tests.datos import PILOTO, cambiar_json, copiar
from tests.fabricas import PdotFactory
from tests.fabricas_plan import CompetenciaFactory


@pytest.fixture
def plan(territorio):
    return PdotFactory(gad=territorio.gad["0807"])


@pytest.fixture
def agua(db):
    return CompetenciaFactory(nombre="Agua potable", niveles="municipal,metropolitano")


def envio(competencia, version=0, **textos):
    datos = dict.fromkeys(Brecha.CAMPOS, "") | {"version": version} | textos
    return {f"c{competencia.pk}-{campo}": valor for campo, valor in datos.items()}


def ruta(plan):
    return reverse("pdot:brechas", args=[plan.pk])


def test_se_ofrecen_las_de_su_nivel_y_vigentes_y_las_que_ya_analizo(plan, agua):
    CompetenciaFactory(niveles="parroquial")
    CompetenciaFactory(hasta=date(2015, 1, 1))
    derogada = CompetenciaFactory(hasta=date(2015, 1, 1))
    suya = Brecha.objects.create(pdot=plan, competencia=derogada, brecha="Sin catastro")
    assert brechas_por_competencia(plan) == [(agua, None), (derogada, suya)]


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [
        ("plan_rioverde", 302),
        ("zonal1", 302),
        ("central", 302),
        ("zonal4", 404),
        ("plan_esmeraldas", 404),
        ("observador", 403),
    ],
)
def test_las_escribe_quien_lleva_el_plan(client, elenco, plan, agua, quien, codigo):
    respuesta = entrar(client, elenco[quien]).post(ruta(plan), envio(agua, brecha="60 % sin red"))
    assert respuesta.status_code == codigo
    assert plan.brechas.count() == (codigo == 302)
    if codigo == 302:
        assert plan.brechas.get().historia.get().history_user == elenco[quien]


def test_dos_en_la_misma_competencia_no_se_pisan_y_en_otra_si_caben(
    client, plan_rioverde, plan, agua
):
    suelo = CompetenciaFactory()
    entrar(client, plan_rioverde)
    client.post(ruta(plan), envio(agua, brecha="La primera") | envio(suelo))
    tarde = envio(agua, brecha="La segunda") | envio(suelo, causa="Nueva")
    respuesta = client.post(ruta(plan), tarde)
    assert respuesta.status_code == 409
    assert "La primera" in respuesta.text
    assert "La segunda" in respuesta.text
    assert plan.brechas.get().brecha == "La primera"
    otra = envio(agua, version=1, brecha="La primera") | envio(suelo, causa="Nueva")
    assert client.post(ruta(plan), otra).status_code == 302
    assert plan.brechas.count() == 2
    # El doble envío de lo mismo no cambia nada ni choca.
    assert client.post(ruta(plan), otra).status_code == 302
    assert Brecha.historia.count() == 2


def test_en_blanco_se_quita_y_muy_larga_se_rechaza_con_todo_a_la_vista(
    client, plan_rioverde, plan, agua
):
    Brecha.objects.create(pdot=plan, competencia=agua, brecha="Algo")
    entrar(client, plan_rioverde)
    larga = client.post(ruta(plan), envio(agua, version=1, brecha="x" * 30_000, causa="Sequía"))
    assert larga.status_code == 400
    assert "use hasta 1.000 letras" in larga.text
    assert "Sequía" in larga.text
    assert client.post(ruta(plan), envio(agua, version=1)).status_code == 302
    assert not plan.brechas.exists()


def test_sin_catalogo_la_pagina_lo_dice(client, plan_rioverde, plan):
    assert "oficina central" in entrar(client, plan_rioverde).get(ruta(plan)).text


# --- Catálogos ----------------------------------------------------------------------------------


def test_el_catalogo_trae_las_de_cada_nivel_con_su_articulo(db):
    cargar_competencias(PILOTO, Resumen())
    cargar_hitos_del_proceso(PILOTO, Resumen())
    cuenta = {
        nivel: sum(una.se_ejerce_en(nivel) for una in Competencia.objects.all())
        for nivel in Gad.Nivel.values
    }
    assert cuenta == {
        "provincial": 8,
        "municipal": 14,
        "metropolitano": 15,
        "parroquial": 8,
        "regimen_especial": 1,
    }
    assert all("art. " in una.norma and una.desde for una in Competencia.objects.all())
    assert HitoProceso.objects.count() == 7
    resumen = Resumen()
    cargar_competencias(PILOTO, resumen)
    assert resumen.cambios == 0


@pytest.mark.parametrize(
    ("archivo", "campo", "valor", "dicho"),
    [
        ("competencias.json", "niveles", ["cantonal"], "no existe el nivel «cantonal»"),
        ("competencias.json", "niveles", [], "falta el dato"),
        ("competencias.json", "norma", "", "falta el dato"),
        ("competencias.json", "desde", "20-10-2008", "no es una fecha"),
        ("hitos_proceso.json", "corto", "x" * 31, "30 caracteres"),
    ],
)
def test_un_catalogo_malo_se_rechaza_entero(db, tmp_path, archivo, campo, valor, dicho):
    carpeta = copiar(PILOTO, tmp_path)
    cambiar_json(carpeta, archivo, ("registros", 1, campo), valor)
    cargar = cargar_competencias if archivo == "competencias.json" else cargar_hitos_del_proceso
    with pytest.raises(CargaRechazada, match=dicho):
        cargar(carpeta, Resumen())
    assert json.loads((carpeta / archivo).read_text())["registros"]
    assert not Competencia.objects.exists()
    assert not HitoProceso.objects.exists()
