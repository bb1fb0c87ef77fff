"""Fábrica de avisos, y dos de muestra: uno de quien planifica en Rioverde y otro de la zona 4."""

import factory
import pytest
from factory.django import DjangoModelFactory

from territorios.models import Aviso
from territorios.models.aviso import ambito_de


class AvisoFactory(DjangoModelFactory):
    """Sin leer, de hoy y con el rol y la jurisdicción que su destinatario tiene."""

    class Meta:
        model = Aviso

    clave = factory.Sequence(lambda n: f"hecho-{n}")
    clase = Aviso.Clase.ACUERDO
    texto = factory.Sequence(lambda n: f"Pasó la cosa {n}.")
    direccion = "/acompanamiento/acuerdos/"
    ambito = factory.LazyAttribute(lambda aviso: ambito_de(aviso.destinatario))


@pytest.fixture
def avisos(plan_rioverde, zonal4):
    return {
        "aviso1": AvisoFactory(destinatario=plan_rioverde),
        "aviso2": AvisoFactory(destinatario=zonal4),
    }
