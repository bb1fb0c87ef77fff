"""Con los datos del piloto salen los tres choques que de verdad hubo, y ninguno más."""

import pytest

from acompanamiento.models import Estrategia
from talleres.lector_choques import choques_de_estrategia
from territorios.models import Usuario
from tests import siembra
from tests.fabricas import UsuarioFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def piloto(db):
    siembra.sembrar(siembra.piloto)
    UsuarioFactory(username="central", rol="central")
    UsuarioFactory(username="zonal1", rol="zonal", zona_id=1)
    UsuarioFactory(username="zonal4", rol="zonal", zona_id=4)
    return Estrategia.objects.get()


def test_lo_raro_de_2019_y_nada_mas(piloto):
    def de(quien):
        usuario = Usuario.objects.get(username=quien)
        return choques_de_estrategia(piloto, usuario)

    sin_m2 = "No consta ningún Momento 2 con el GAD municipal de Esmeraldas, que debía ir antes."
    sin_m1 = "No consta ningún Momento 1 con el GAD provincial de Manabí, que debía ir antes."
    sin_viaje = (
        "Entre «Evaluación y cierre · Portoviejo» (10:00 a 12:30) en Portoviejo y «Evaluación y "
        "cierre · Manta» (13:00 a 18:00) en Manta, el jueves 5 de septiembre de 2019, hay 30 "
        "minutos; el viaje toma 35 (unos 44 km de camino a 75 km por hora)."
    )
    todos = de("central")
    assert [choque.explicacion for choque in todos] == [sin_m2, sin_m1, sin_viaje]
    # Todo es de 2019: se informa, nadie tiene que resolverlo.
    assert [choque.ya_paso for choque in todos] == [True] * 3
    # Los dos talleres del grupo 1; los ocho diálogos y seis jornadas de taller de Manabí.
    assert [len(choque.citas) for choque in todos] == [2, 14, 2]
    assert [choque.explicacion for choque in de("zonal1")] == [sin_m2, sin_m1, sin_viaje]
    assert [choque.explicacion for choque in de("zonal4")] == [sin_m1, sin_viaje]
