"""Elenco de las líneas programáticas."""

import pytest

from tests.fabricas import EjeFactory, PronunciamientoFactory


@pytest.fixture
def eje(estrategia):
    return EjeFactory(estrategia=estrategia)


@pytest.fixture
def plan_provincia(persona):
    return persona("plan_provincia", rol="planificador", gad_id="08")


@pytest.fixture
def linea(lineas):
    """De Esmeraldas, en consulta."""
    return lineas["linea1"]


@pytest.fixture
def borrador(lineas):
    return lineas["linea borrador"]


@pytest.fixture
def validada(linea, territorio, plan_rioverde):
    PronunciamientoFactory(linea=linea, gad=territorio.gad["0807"], por=plan_rioverde)
    return linea
