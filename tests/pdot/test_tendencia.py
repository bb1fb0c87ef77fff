"""La tendencia de un ámbito: qué días lista, hasta dónde se dibuja y que sus nombres caben."""

import re
from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from pdot.models import CorteDeAvance
from pdot.tendencia import HOLGURA, leer_tendencia
from tests.conftest import entrar
from tests.fabricas import UsuarioFactory

pytestmark = pytest.mark.django_db
HOY = date(2026, 11, 23)
# Lo que ocupa cada letra de los nombres más largos, medido en un navegador con la letra de la casa.
ANCHO_MEDIDO = 0.55


def guardar(fecha, **cifras):
    CorteDeAvance.objects.create(mirada="central", ambito="pais", fecha=fecha, cifras=cifras)


def tendencia(hoy=HOY, anio=None):
    return leer_tendencia(UsuarioFactory.build(rol="central"), "pais", hoy, anio)


def abscisas(trazo):
    return [float(x) for x in re.findall(r"[MH]([\d.]+)", trazo)]


def test_el_nombre_mas_largo_cabe_con_las_cifras_del_pais_y_con_separador_de_miles():
    guardar(date(2026, 3, 1), total=1070, grupo=1070, plan=1070)
    leida = tendencia()
    nombres = [linea.rotulo for linea in leida.lineas]
    assert "Con plan actualizado: 1.070" in nombres
    desde = leida.derecha + leida.hasta_el_nombre
    for nombre in nombres:
        assert desde + len(nombre) * leida.letra * ANCHO_MEDIDO <= leida.ancho, nombre
    assert [cuantos for _, cuantos in leida.rayas] == ["0", "535", "1.070"]


def test_con_nombres_cortos_los_trazos_ocupan_mas():
    guardar(date(2026, 3, 1), M3=3)
    corta = tendencia().derecha
    guardar(date(2026, 4, 1), M3=3, plan=3)
    assert corta > tendencia().derecha


def test_un_dia_en_que_solo_cambio_lo_que_no_se_muestra_no_se_lista():
    guardar(date(2026, 3, 1), total=10, grupo=4)
    guardar(date(2026, 3, 5), total=11, grupo=4, propuesto=2)
    guardar(date(2026, 3, 9), total=11, grupo=5)
    assert [fecha for fecha, _ in tendencia().filas] == [date(2026, 3, 9), date(2026, 3, 1)]


def test_un_anio_en_que_nada_visible_cambio_no_se_ofrece():
    guardar(date(2025, 3, 1), total=10, grupo=4)
    guardar(date(2026, 3, 1), total=12, grupo=4)
    leida = tendencia()
    assert (leida.anio, leida.anios) == (2025, [2025])


@pytest.mark.parametrize("dia", [HOY, HOY - HOLGURA / 2, date(2026, 1, 1)])
def test_el_anio_en_curso_no_se_dibuja_mas_alla_de_hoy(dia):
    guardar(dia, grupo=4)
    leida = tendencia()
    (linea,) = leida.lineas
    assert max(abscisas(linea.trazo)) == leida.derecha
    assert all(mes <= HOY for _, mes in leida.meses)
    # Si ese día es hoy, el trazo es un punto a la derecha.
    assert (abscisas(linea.trazo)[0] == leida.derecha) == (dia == HOY)


def test_un_anio_pasado_no_se_dibuja_dentro_del_siguiente():
    guardar(date(2025, 12, 31), grupo=4)
    guardar(date(2026, 2, 1), grupo=5)
    assert all(mes.year == 2025 for _, mes in tendencia(anio=2025).meses)


def test_la_pagina_la_escribe_y_dice_por_que_sus_cifras_no_se_enlazan(client, central, grupo1):
    hoy = timezone.localdate()
    guardar(hoy, total=1070, grupo=1070)
    respuesta = entrar(client, central).get(reverse("pdot:avance"))
    assert "En grupo: 1.070</text>" in respuesta.text
    assert "Las listas de GAD son las de hoy" in respuesta.text
