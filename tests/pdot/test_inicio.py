"""El inicio dice a cada quien qué le espera, y a la central por dónde empezar."""

import pytest
from django.urls import reverse

from tests.conftest import entrar


def pendientes(client, usuario):
    entrar(client, usuario)
    return [(p.texto, p.accion) for p in client.get(reverse("inicio")).context["pendientes"]]


def test_quien_planifica_continua_su_borrador(client, evaluaciones, plan_rioverde):
    assert pendientes(client, plan_rioverde) == [
        ("Su evaluación del PDOT está en borrador.", "Continuar")
    ]


def test_quien_planifica_corrige_lo_devuelto(client, evaluaciones, plan_chone):
    assert pendientes(client, plan_chone) == [
        ("La coordinación zonal devolvió su evaluación con 1 observación.", "Corregir")
    ]


def test_la_zona_revisa_lo_enviado_y_no_lo_de_otra(client, evaluaciones, zonal1, zonal4):
    acciones = {z.username: [a for _, a in pendientes(client, z)] for z in (zonal1, zonal4)}
    assert acciones == {"zonal1": ["Revisar"], "zonal4": []}


def test_quien_observa_no_tiene_pendientes(client, evaluaciones, observador):
    assert pendientes(client, observador) == []


def test_con_la_base_vacia_la_central_sabe_por_donde_empezar(client, db, django_user_model):
    central = django_user_model.objects.create_user("central", rol="central")
    entrar(client, central)
    pasos = client.get(reverse("inicio")).context["primeros_pasos"]
    assert [texto.split()[0] for texto, _ in pasos] == ["Pida", "Cree", "Forme", "Cree"]


@pytest.mark.parametrize("quien", ["zonal1", "observador", "plan_rioverde"])
def test_los_primeros_pasos_son_de_la_central(client, request, quien):
    entrar(client, request.getfixturevalue(quien))
    assert client.get(reverse("inicio")).context["primeros_pasos"] == []
