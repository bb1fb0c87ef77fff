"""Lo que hace falta para los informes de la estrategia."""

import pytest

from pdot.informe.acceso import alcance_de
from pdot.models import Informe
from pdot.trabajo_informe import BORRADOR, EMITIDO, pedir_informe
from territorios import trabajos

SITIO = "http://pruebas"


def pedir_de(informe, usuario, clase=EMITIDO):
    """El trabajo en que se compone ese informe."""
    alcance = alcance_de(usuario, informe.estrategia, informe.clave)
    return pedir_informe(alcance, informe, clase, por=usuario, sitio=SITIO)[0]


def componer(informe, usuario, clase=EMITIDO):
    """(trabajo listo, los bytes que entrega)."""
    trabajo = pedir_de(informe, usuario, clase)
    trabajos.correr(trabajo.pk, quien="la prueba")
    trabajo.refresh_from_db()
    assert (trabajo.estado, trabajo.motivo) == ("listo", "")
    entrega = trabajo.documento or trabajo
    with entrega.archivo.open("rb") as guardado:
        return trabajo, guardado.read()


def borrador_listo(informe, usuario):
    """El trabajo de un borrador ya terminado, sin componer ningún PDF."""
    trabajo = pedir_de(informe, usuario, BORRADOR)
    trabajos._empezar(trabajo.pk)
    trabajos._entregar(trabajo, f"%PDF de {informe}".encode())
    trabajo.refresh_from_db()
    return trabajo


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
