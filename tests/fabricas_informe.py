"""Lo que hace falta para los informes de la estrategia."""

import pytest

from pdot.models import Informe


@pytest.fixture
def informes(grupo1, grupo2):
    """Uno de cada alcance; el del grupo 2 es de las dos zonas."""
    estrategia = grupo1.estrategia
    alcances = {
        "informe todo": {},
        "informe zona 1": {"zona_id": 1},
        "informe grupo1": {"grupo": grupo1},
        "informe grupo2": {"grupo": grupo2},
    }
    return {
        nombre: Informe.objects.create(estrategia=estrategia, introduccion=nombre, **alcance)
        for nombre, alcance in alcances.items()
    }
