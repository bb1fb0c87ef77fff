"""Dos filas que no pueden valer a la vez: la autoridad de un GAD y el nombre de la institución."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from territorios.models import Autoridad, NombreInstitucion
from tests.conftest import ruta_admin
from tests.fabricas import AutoridadFactory

pytestmark = pytest.mark.django_db
PERIODOS = [
    # El que hay va del 15/05/2019 al 15/05/2023.
    (date(2023, 5, 15), None, False),
    (date(2015, 5, 15), date(2019, 5, 15), False),
    (None, date(2019, 5, 15), False),
    (date(2023, 5, 14), None, True),
    (date(2020, 1, 1), date(2021, 1, 1), True),
    (date(2015, 5, 15), date(2019, 5, 16), True),
    (None, None, True),
]


@pytest.mark.parametrize(("desde", "hasta", "se_cruza"), PERIODOS)
def test_dos_autoridades_de_un_gad_no_se_cruzan(territorio, desde, hasta, se_cruza):
    una = AutoridadFactory(
        gad=territorio.gad["0807"], desde=date(2019, 5, 15), hasta=date(2023, 5, 15)
    )
    otra = Autoridad(gad=una.gad, nombre="Ana Bone", cargo="Alcaldesa", desde=desde, hasta=hasta)
    de_otro_gad = Autoridad(gad=territorio.gad["0801"], desde=desde, hasta=hasta)
    una.clean()
    de_otro_gad.clean()
    if se_cruza:
        with pytest.raises(ValidationError, match="desde el 15/05/2019 y hasta el 15/05/2023"):
            otra.clean()
    else:
        otra.clean()


def test_dos_nombres_de_la_institucion_no_se_cruzan():
    NombreInstitucion.objects.create(nombre="Secretaría Técnica", hasta=date(2021, 5, 24))
    NombreInstitucion(nombre="Secretaría Nacional", desde=date(2021, 5, 24)).clean()
    with pytest.raises(ValidationError, match="Secretaría Técnica"):
        NombreInstitucion(nombre="Secretaría Nacional", desde=date(2021, 5, 23)).clean()


def test_la_central_lo_lee_al_guardar(como_central, territorio):
    vigente = AutoridadFactory(gad=territorio.gad["0807"], nombre="Luis Mina")
    enviado = {"gad": "0807", "nombre": "Ana Bone", "cargo": "Alcaldesa", "desde": "2023-05-15"}
    respuesta = como_central.post(ruta_admin(Autoridad, "add"), enviado)
    assert respuesta.status_code == 400
    assert f"El período se cruza con el de «{vigente}»" in respuesta.content.decode()
    assert Autoridad.objects.get() == vigente
