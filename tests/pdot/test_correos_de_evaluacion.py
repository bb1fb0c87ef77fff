"""Cada paso se avisa una vez, a quien le toca y sin lo que no le toca."""

import pytest
from django.urls import reverse

from pdot.acciones import (
    NoProcede,
    aprobar_evaluacion,
    devolver_evaluacion,
    enviar_evaluacion,
)
from pdot.acciones_revision import anotar, asignar
from pdot.models import ElementoVision, Evaluacion, Pregunta
from territorios.models import Mensaje, Usuario
from tests.conftest import entrar
from tests.correos import los_que_salen
from tests.fabricas import EvaluacionFactory, PdotFactory, UsuarioFactory
from tests.fabricas_instrumento import con_hoja_de_vision

SITIO = "https://pdot.ejemplo.gob.ec"


@pytest.fixture
def completa(territorio, instrumento, zonal1, zonal4, central, plan_chone, observador1):
    """Borrador de Rioverde listo para enviar, con todo el elenco a la escucha."""
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=instrumento,
        respondida="Texto confidencial",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
    return evaluacion


@pytest.fixture
def enviada(completa, plan_rioverde):
    enviar_evaluacion(completa, por=plan_rioverde, version=1, sitio=SITIO)
    return Evaluacion.objects.get()


def pregunta():
    return Pregunta.objects.get(codigo="a1")


def test_al_enviar_se_avisa_al_equipo_de_la_zona(enviada):
    salen = los_que_salen()
    assert set(salen) == {"zonal1@ejemplo.gob.ec"}
    cuerpo = salen["zonal1@ejemplo.gob.ec"].body
    assert f"{SITIO}{enviada.get_absolute_url()}" in cuerpo
    assert "confidencial" not in cuerpo


def test_si_tiene_quien_la_revise_se_avisa_solo_a_esa_persona(completa, plan_rioverde, central):
    Evaluacion.objects.update(estado="devuelta")
    asignar(completa, central, version=0, por=central)
    enviar_evaluacion(completa, por=plan_rioverde, version=1)
    assert set(los_que_salen()) == {"central@ejemplo.gob.ec"}


def test_si_esa_persona_ya_no_revisa_la_zona_se_avisa_al_equipo(
    completa, plan_rioverde, persona, zonal1
):
    Evaluacion.objects.update(estado="devuelta")
    otra = persona("zonal1b", rol="zonal", zona_id=1)
    asignar(completa, otra, version=0, por=zonal1)
    los_que_salen()
    otra.zona_id = 4
    otra.save()
    enviar_evaluacion(completa, por=plan_rioverde, version=1)
    assert set(los_que_salen()) == {"zonal1@ejemplo.gob.ec"}


def test_al_devolver_se_manda_al_gad_lo_observado(enviada, zonal1, plan_rioverde):
    UsuarioFactory(username="sin_correo", rol="planificador", gad_id="0807", email="")
    UsuarioFactory(username="de_baja", rol="planificador", gad_id="0807", is_active=False)
    los_que_salen()
    anotar(enviada, "Nota solo nuestra", por=zonal1)
    devolver_evaluacion(
        enviada, {pregunta(): "Diga el año"}, por=zonal1, version=2, comentario="Ojo", sitio=SITIO
    )
    salen = los_que_salen()
    assert set(salen) == {plan_rioverde.email}
    cuerpo = salen[plan_rioverde.email].body
    for dicho in ("a1 · ¿La visión es concreta?", "Diga el año", "Ojo", SITIO):
        assert dicho in cuerpo
    for callado in ("Nota solo nuestra", "Técnico/a zonal 1", "confidencial"):
        assert callado not in cuerpo


def test_al_aprobar_se_avisa_al_gad(enviada, zonal1, plan_rioverde):
    los_que_salen()
    aprobar_evaluacion(enviada, por=zonal1, version=2, comentario="Buen trabajo")
    salen = los_que_salen()
    assert set(salen) == {plan_rioverde.email}
    assert salen[plan_rioverde.email].subject == "Aprobada: evaluación del PDOT de Rioverde"


def test_lo_que_no_procede_no_escribe_a_nadie(enviada, zonal1):
    cuantos = Mensaje.objects.count()
    with pytest.raises(NoProcede):
        devolver_evaluacion(enviada, {}, por=zonal1, version=2)
    assert Mensaje.objects.count() == cuantos


def test_cada_vuelta_se_avisa_una_vez_y_con_el_enlace_del_sitio(
    client, enviada, zonal1, plan_rioverde
):
    entrar(client, zonal1)
    datos = {"version": 2, "decision": "devolver", "observacion_a1": "Precise"}
    for _ in range(2):
        client.post(reverse("pdot:revisar", args=[enviada.pk]), datos)
    entrar(client, plan_rioverde)
    ahora = Evaluacion.objects.get()
    leido = {"version": ahora.version, "leida": ahora.actualizada.isoformat()}
    for _ in range(2):
        client.post(reverse("pdot:enviar", args=[enviada.pk]), leido)
    para = list(Mensaje.objects.order_by("pk").values_list("para", flat=True))
    assert para == [zonal1.email, plan_rioverde.email, zonal1.email]
    assert "http://testserver/pdot/evaluaciones/" in Mensaje.objects.order_by("pk").last().texto


def test_a_quien_se_le_encarga_se_le_avisa_una_vez(client, enviada, zonal1, central, persona):
    los_que_salen()
    entrar(client, zonal1)
    encargar = {"revisor": central.pk, "version": 0}
    for _ in range(2):
        client.post(reverse("pdot:asignar", args=[enviada.pk]), encargar)
    salen = los_que_salen()
    assert set(salen) == {central.email}
    assert (
        salen[central.email].subject
        == "A su cargo: revisión del PDOT de Rioverde (cantón, Esmeraldas)"
    )
    assert "http://testserver/pdot/evaluaciones/" in salen[central.email].body


def test_quien_la_toma_para_si_no_recibe_nada(client, enviada, zonal1):
    los_que_salen()
    entrar(client, zonal1)
    tomar = {"accion": "tomar", "version": 0}
    client.post(reverse("pdot:asignar", args=[enviada.pk]), tomar)
    assert los_que_salen() == {}


@pytest.mark.parametrize("decision", ["devolver", "aprobar"])
def test_si_el_gad_no_tiene_correo_se_dice_en_pantalla(client, enviada, zonal1, decision):
    Usuario.objects.filter(gad="0807").update(email="")
    entrar(client, zonal1)
    datos = {"version": 2, "decision": decision}
    datos |= {"comentario": "Revise."} if decision == "devolver" else {}
    pagina = client.post(reverse("pdot:revisar", args=[enviada.pk]), datos, follow=True)
    assert "El GAD no tiene ninguna cuenta con correo" in pagina.text


def test_lo_observado_a_una_hoja_sale_con_su_nombre(enviada, zonal1, plan_rioverde):
    los_que_salen()
    hoja = con_hoja_de_vision(enviada.instrumento).secciones.get(clase="vision")
    devolver_evaluacion(enviada, {hoja: "Falta el agua"}, por=zonal1, version=2)
    cuerpo = los_que_salen()[plan_rioverde.email].body
    assert f"1 observación; lo demás queda como está:\n\n- {hoja}\n  Falta el agua" in cuerpo
