"""El inicio dice a cada quien qué le espera, y a la central por dónde empezar."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from territorios.models import Mensaje
from tests.conftest import entrar
from tests.fabricas_capacidades import PlanFactory
from tests.fabricas_plan import ProgramaFactory
from tests.lectura_html import pagina


def pendientes(client, usuario):
    entrar(client, usuario)
    return [(p.texto, p.accion) for p in tablero(client).pendientes]


def tablero(client):
    return client.get(reverse("inicio")).context["tablero"]


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


def test_la_central_se_entera_de_que_el_correo_no_sale(client, central, zonal1):
    antes = timezone.now() - timedelta(hours=2)
    for n, (estado, creado) in enumerate(
        [("pendiente", antes), ("pendiente", timezone.now()), ("fallido", antes), ("dudoso", antes)]
    ):
        Mensaje.objects.create(clave=n, para="a@b.ec", asunto="x", estado=estado, creado=creado)
    assert pendientes(client, central) == [
        ("1 correo espera desde hace más de una hora: el correo no está saliendo.", "Ver la cola"),
        ("2 correos sin salir: decida si se reintenta.", "Decidir"),
    ]
    listas = [
        client.get(pendiente.direccion).context["cl"].result_count
        for pendiente in tablero(client).pendientes
    ]
    assert listas == [2, 2]
    assert pendientes(client, zonal1) == []


def test_con_el_correo_al_dia_no_se_dice_nada(client, central):
    Mensaje.objects.create(clave="1", para="a@b.ec", asunto="x")
    assert pendientes(client, central) == []


def test_con_la_base_vacia_la_central_sabe_por_donde_empezar(client, db, django_user_model):
    central = django_user_model.objects.create_user("central", rol="central")
    entrar(client, central)
    pasos = client.get(reverse("inicio")).context["primeros_pasos"]
    assert [texto.split()[0] for texto, _ in pasos] == ["Pida", "Cree", "Forme", "Cree"]


@pytest.mark.parametrize("quien", ["zonal1", "observador", "plan_rioverde"])
def test_los_primeros_pasos_son_de_la_central(client, request, quien):
    entrar(client, request.getfixturevalue(quien))
    assert client.get(reverse("inicio")).context["primeros_pasos"] == []


def test_quien_planifica_llega_a_lo_de_su_gad_en_un_clic(client, pdots, plan_rioverde, zonal1):
    plan = pdots["0807"]
    programa = ProgramaFactory(pdot=plan)
    inicio = entrar(client, plan_rioverde).get(reverse("inicio"))
    enlaces = pagina(inicio).enlaces
    proceso = reverse("pdot:linea_de_hitos", args=["0807"])
    for direccion in (plan.get_absolute_url(), programa.get_absolute_url(), proceso):
        assert direccion in enlaces
    assert "De su GAD" not in entrar(client, zonal1).get(reverse("inicio")).text


def test_un_plan_propuesto_espera_a_quien_lo_aprueba(client, elenco, grupo2):
    plan = PlanFactory(grupo=grupo2, estado="propuesto")
    espera = [(str(plan), "Leer y decidir")]
    hay = {quien: pendientes(client, elenco[quien]) for quien in ("central", "zonal1", "zonal4")}
    assert hay == {"central": espera, "zonal1": [], "zonal4": espera}
