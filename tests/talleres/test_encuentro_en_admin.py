"""Un encuentro en el admin de la central: qué se corrige ahí y qué solo en su página."""

import pytest

from talleres.models import Convocado, Encuentro
from tests.conftest import ruta_admin as ruta
from tests.lectura_html import lo_que_enviaria

pytestmark = pytest.mark.django_db


def test_un_encuentro_cae_dentro_de_su_estrategia(como_central, encuentro1):
    url = ruta(Encuentro, "add")
    tecleado = {"estrategia": encuentro1.estrategia_id, "fecha": "01/01/2031"}
    datos = lo_que_enviaria(como_central.get(url)) | tecleado
    respuesta = como_central.post(url, datos)
    assert respuesta.status_code == 400
    dicho = respuesta.context["adminform"].form.errors["fecha"]
    assert dicho == ["Está fuera del período de la estrategia."]


def test_cuando_donde_y_a_quien_se_cambian_en_su_pagina(como_central, encuentro1, territorio):
    """Desde ella se avisa a los ya convocados."""
    Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad["0801"])
    url = ruta(Encuentro, "change", encuentro1.pk)
    tecleado = {"fecha": "23/08/2019", "inicio": "10:00", "lugar": "Coliseo"}
    enviado = lo_que_enviaria(como_central.get(url))
    assert not {"fecha", "jornada", "inicio", "fin", "lugar", "canton", "modalidad"} & set(enviado)
    como_central.post(url, enviado | tecleado | {"convocados-0-DELETE": "on", "nota": "Sí"})
    guardado = Encuentro.objects.get(pk=encuentro1.pk)
    antes = (encuentro1.fecha, encuentro1.inicio, encuentro1.lugar, "Sí")
    assert (guardado.fecha, guardado.inicio, guardado.lugar, guardado.nota) == antes
    assert encuentro1.convocados.count() == 1
