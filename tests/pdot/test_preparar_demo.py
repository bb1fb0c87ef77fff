"""Preparar una demostración se puede repetir, y no se hace en producción."""

import pytest
from django.core.management import CommandError, call_command

from pdot.models import CifrasDeAvance, CorteDeAvance
from territorios.acciones import USUARIOS_DEMO
from territorios.models import Gad, Usuario
from tests import siembra
from tests.datos import filas_por_tabla

pytestmark = pytest.mark.django_db


def test_deja_las_cuentas_y_el_avance_contado_y_repetir_no_cambia_nada():
    siembra.sembrar(siembra.piloto)
    cargado = filas_por_tabla()
    call_command("preparar_demo")
    lista = filas_por_tabla()
    cambian = {tabla for tabla, filas in lista.items() if filas != cargado[tabla]}
    suyas = [Usuario, Usuario.historia.model, CifrasDeAvance, CorteDeAvance]
    assert cambian == {modelo._meta.label for modelo in suyas}
    assert Usuario.objects.count() == len(USUARIOS_DEMO)
    call_command("preparar_demo")
    assert filas_por_tabla() == lista


def test_en_produccion_se_niega_antes_de_tocar_nada(settings):
    settings.PRODUCCION = True
    with pytest.raises(CommandError, match="producción"):
        call_command("preparar_demo")
    assert not Gad.objects.exists()
