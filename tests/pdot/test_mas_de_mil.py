"""Lo que nombra a los 1.066 GAD a la vez cabe también en SQLite: no admite mil condiciones."""

import pytest

from pdot.capacidades import actividades_de_planes
from pdot.informe.acuerdos import _acuerdos
from territorios.models import Gad
from tests import siembra
from tests.fabricas import AcuerdoFactory, GrupoFactory, UsuarioFactory
from tests.fabricas_capacidades import ActividadFactory, PlanFactory


@pytest.fixture
def todos(db):
    siembra.sembrar(siembra.dpa)
    return list(Gad.objects.order_by("pk"))


def nombres(gads):
    return sorted(gad.territorio.nombre for gad in gads.all())


def test_un_plan_y_un_acuerdo_pueden_ser_de_todo_el_pais(todos):
    grupo, central = GrupoFactory(), UsuarioFactory(es_central=True)
    plan = PlanFactory(grupo=grupo)
    ActividadFactory(plan=plan, gads=todos)
    AcuerdoFactory(grupo=grupo, responsable_gad=todos[0]).partes.set(todos)
    esperados = sorted(gad.territorio.nombre for gad in Gad.objects.para_lista())
    assert len(esperados) > 1000
    (actividad,) = actividades_de_planes([plan], central)
    assert nombres(actividad.beneficiarios) == esperados
    (acuerdo,) = _acuerdos([grupo], central)[grupo.pk]
    assert nombres(acuerdo.partes) == esperados
