"""Fábricas de las necesidades y del plan de capacidades."""

from datetime import date

import factory
import pytest
from django.utils import timezone
from factory.django import DjangoModelFactory

from pdot.models import ActividadCapacidad, Necesidad, PlanCapacidades

from .fabricas import EntidadFactory, GrupoFactory, UsuarioFactory


class NecesidadFactory(DjangoModelFactory):
    """Del GAD (`gad_id`) o del `grupo` que se diga, declarada por él."""

    class Meta:
        model = Necesidad

    tema = factory.Sequence(lambda n: f"Necesidad de prueba {n}")
    modalidad = "capacitacion"


class PlanFactory(DjangoModelFactory):
    """Plan de un grupo en 2027, en borrador; con el rasgo `vigente`, aprobado.

    El de una zona: `grupo=None, zona_id=1`.
    """

    class Meta:
        model = PlanCapacidades

    class Params:
        vigente = factory.Trait(
            estado="aprobado",
            aprobado=factory.LazyFunction(timezone.now),
            aprobado_por=factory.SubFactory(UsuarioFactory),
        )

    grupo = factory.SubFactory(GrupoFactory)
    desde = date(2027, 1, 1)
    hasta = date(2027, 12, 31)
    objetivo = "Que los equipos formulen sus proyectos."


class ActividadFactory(DjangoModelFactory):
    """De marzo de 2027 y a cargo de una entidad; `necesidades`, `gads` y `encuentros` la llenan."""

    class Meta:
        model = ActividadCapacidad
        skip_postgeneration_save = True

    plan = factory.SubFactory(PlanFactory)
    titulo = factory.Sequence(lambda n: f"Taller de prueba {n}")
    modalidad = "capacitacion"
    responsable_entidad = factory.SubFactory(EntidadFactory)
    desde = date(2027, 3, 1)
    hasta = date(2027, 3, 31)

    @factory.post_generation
    def necesidades(actividad, crear, unas, **kwargs):
        actividad.necesidades.set(unas or [])

    @factory.post_generation
    def gads(actividad, crear, unos, **kwargs):
        actividad.beneficiarios.set(unos or [])

    @factory.post_generation
    def encuentros(actividad, crear, unos, **kwargs):
        actividad.encuentros.set(unos or [])


@pytest.fixture
def capacidades(grupo1, grupo2):
    """Una necesidad de Rioverde y una del grupo 2; y, de cada grupo, un plan con su actividad.

    El del grupo 1 está aprobado; el del 2, propuesto.
    """
    planes = [
        PlanFactory(grupo=grupo1, vigente=True),
        PlanFactory(grupo=grupo2, estado="propuesto"),
    ]
    return {
        "necesidad1": NecesidadFactory(gad_id="0807"),
        "necesidad2": NecesidadFactory(grupo=grupo2),
        "plan1": planes[0],
        "plan2": planes[1],
        "actividad1": ActividadFactory(plan=planes[0]),
        "actividad2": ActividadFactory(plan=planes[1]),
    }
