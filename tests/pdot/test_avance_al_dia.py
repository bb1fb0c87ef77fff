"""Las cifras guardadas dicen cuándo se contaron y si desde entonces hubo cambios."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from pdot.cuenta_avance import _guardar, contar_avance, contar_para
from pdot.models import CifrasDeAvance, CorteDeAvance
from pdot.tarea_de_avance import contar_otra_vez, pedir_cuenta
from tests.conftest import entrar

from .test_avance import pasos

pytestmark = pytest.mark.django_db
AVISO = "Desde entonces hubo cambios que todavía no entran en estas cifras"


def pagina(client, central):
    return entrar(client, central).get(reverse("pdot:avance")).text


def test_sin_trabajador_la_pagina_dice_que_hay_cambios_sin_contar(client, central, grupo1):
    contar_avance()
    antes = pagina(client, central)
    assert "Contado el " in antes and AVISO not in antes
    pedir_cuenta()
    assert AVISO in pagina(client, central)
    # La orden de cada noche hace también lo que esperaba en la cola.
    call_command("contar_avance")
    assert DBTaskResult.objects.count() == 0
    assert AVISO not in pagina(client, central)


@pytest.mark.parametrize("estado", ["RUNNING", "FAILED"])
def test_una_cuenta_que_fallo_o_quedo_a_medias_no_pasa_por_hecha(client, central, grupo1, estado):
    contar_avance()
    pedir_cuenta()
    DBTaskResult.objects.update(status=estado)
    assert AVISO in pagina(client, central)


def test_las_cuentas_ya_hechas_no_se_acumulan(grupo1):
    for _ in range(2):
        pedir_cuenta()
        ayer = timezone.now() - timedelta(days=2)
        DBTaskResult.objects.update(status=TaskResultStatus.SUCCESSFUL, finished_at=ayer)
    contar_otra_vez.func()
    assert DBTaskResult.objects.count() == 0


def test_una_cuenta_vieja_no_tapa_la_que_otro_guardo_mientras_tanto(central, grupo1, territorio):
    """La primera leyó antes del cambio y termina después de la otra."""
    empezado = timezone.now()
    leido = contar_para(central)
    grupo1.membresias.filter(gad="0807").update(hasta=timezone.localdate())
    contar_avance()
    (pais,) = CifrasDeAvance.objects.filter(mirada="central", ambito="pais")
    assert _guardar("central", leido, empezado, timezone.localdate()) is None
    pais.refresh_from_db()
    assert pasos(pais.cifras) == {"grupo": 3}
    contar_avance()
    assert _guardar("central", leido, timezone.now(), timezone.localdate()) == len(leido)


def test_la_demostracion_cuenta_solo_la_primera_vez(grupo1, capsys):
    orden = ("contar_avance", "--desde", "2019-01-01", "--si-falta")
    call_command(*orden)
    assert CorteDeAvance.objects.count() > CifrasDeAvance.objects.filter(mirada="central").count()
    antes = list(CifrasDeAvance.objects.order_by("pk").values_list("contado"))
    capsys.readouterr()
    call_command(*orden)
    assert capsys.readouterr().out == ""
    assert list(CifrasDeAvance.objects.order_by("pk").values_list("contado")) == antes
