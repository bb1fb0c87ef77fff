"""Axe y el ancho de las páginas de la coherencia: plan, evaluación, grupo, visión y capacidades."""

import pytest
from django.urls import reverse

from acompanamiento.models import Grupo
from pdot.models import Evaluacion, HitoProceso
from territorios.models import Autoridad, Gad
from tests.axe import abrir_sesion, anchas, violaciones
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.fabricas_formulario import InformacionFactory, VinculoFactory
from tests.fabricas_plan import ProgramaFactory, ProyectoFactory

pytestmark = [pytest.mark.navegador, pytest.mark.django_db(transaction=True)]


def paginas_del_grupo(grupo):
    sueltas = ("coherencia", "red", "contradicciones", "avance_de_grupo", "plazo")
    de_vision = ("vision_de_grupo", "tema_nuevo", "redactar_vision", "acordar_vision")
    otras = ("informacion_de_grupo", "efecto_de_grupo")
    return [
        *(reverse(f"pdot:{nombre}", args=[grupo.pk]) for nombre in (*sueltas, *de_vision, *otras)),
        reverse("pdot:coherencia_pregunta", args=[grupo.pk, "V1"]),
        reverse("pdot:coherencia_miembro", args=[grupo.pk, "0807"]),
    ]


def paginas_del_plan(plan):
    gad, hito = plan.gad_id, HitoProceso.objects.first()
    programa = ProgramaFactory(pdot=plan, autoridad=Autoridad.objects.filter(gad=gad).first())
    proyecto = ProyectoFactory(programa=programa)
    return [
        *(reverse(f"pdot:{n}", args=[plan.pk]) for n in ("plan", "editar_plan", "brechas")),
        *(reverse(f"pdot:{n}", args=[gad]) for n in ("nuevo_plan", "nuevo_programa", "efecto")),
        reverse("pdot:programa", args=[programa.pk]),
        reverse("pdot:proyecto", args=[proyecto.pk]),
        reverse("pdot:proceso"),
        reverse("pdot:linea_de_hitos", args=[gad]),
        reverse("pdot:anotar_hito", args=[gad, hito.clave]),
    ]


def paginas_de_capacidades(grupo):
    necesidad = NecesidadFactory(gad_id="0807")
    actividad = ActividadFactory(
        plan=PlanFactory(grupo=grupo), necesidades=[necesidad], gads=["0807"]
    )
    plan = actividad.plan_id
    return [
        reverse("pdot:necesidades"),
        reverse("pdot:nueva_necesidad"),
        reverse("pdot:necesidad", args=[necesidad.pk]),
        reverse("pdot:capacidades"),
        reverse("pdot:nuevo_plan_capacidades") + f"?grupo={grupo.pk}",
        reverse("pdot:plan_capacidades", args=[plan]),
        reverse("pdot:nueva_actividad", args=[plan]),
        reverse("pdot:actividad", args=[actividad.pk]),
        reverse("pdot:avance_actividad", args=[actividad.pk]),
    ]


def paginas_de_la_zona():
    """Rioverde enviada, con un vínculo y un dato; Esmeraldas y Atacames siguen aprobadas."""
    grupo = Grupo.objects.get(numero=1)
    evaluacion = Evaluacion.objects.get(pdot__gad="0807")
    VinculoFactory(evaluacion=evaluacion, con=Gad.objects.get(pk="08"))
    InformacionFactory(evaluacion=evaluacion)
    Evaluacion.objects.filter(pk=evaluacion.pk).update(estado="enviada")
    de_revision = ("revisar", "asignar", "notas", "cambios", "elegir_versiones")
    return [
        reverse("pdot:revision"),
        *(reverse(f"pdot:{nombre}", args=[evaluacion.pk]) for nombre in de_revision),
        reverse("pdot:indicadores"),
        reverse("pdot:indicador", args=["aprobados"]),
        reverse("pdot:exportar"),
        reverse("pdot:en_nombre", args=["080752"]),
        *paginas_del_grupo(grupo),
        *paginas_del_plan(evaluacion.pdot),
        *paginas_de_capacidades(grupo),
    ]


def paginas_del_instrumento():
    return [
        reverse("pdot:instrumentos"),
        reverse("pdot:instrumento", args=[2]),
        reverse("pdot:vista", args=[2, "parroquial"]),
        reverse("pdot:indicadores"),
    ]


def test_las_paginas_de_la_zona(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "zonal1")
    rutas = paginas_de_la_zona()
    page.set_viewport_size({"width": 1280, "height": 900})
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}
    assert len(rutas) == 43


def test_el_editor_del_instrumento(live_server, page, client, piloto):
    abrir_sesion(page, live_server, client, "central")
    rutas = paginas_del_instrumento()
    assert violaciones(page, live_server, rutas) == {}
    page.set_viewport_size({"width": 320, "height": 700})
    assert anchas(page, live_server, rutas) == {}


def test_cada_pagina_del_formulario_en_un_telefono(live_server, page, client, piloto):
    """Las del instrumento vigente que se hacen a un cantón, con sus hojas."""
    page.set_viewport_size({"width": 360, "height": 740})
    abrir_sesion(page, live_server, client, "gad0807")
    page.goto(live_server.url + reverse("pdot:nueva"))
    page.get_by_role("button", name="Empezar").click()
    abierta = Evaluacion.objects.get(numero=2, pdot__gad="0807")
    page.goto(live_server.url + abierta.get_absolute_url())
    codigos = ["interna", "vinculos", "externa", "informacion", "insercion", "vision"]
    rutas = [reverse("pdot:seccion", args=[abierta.pk, codigo]) for codigo in codigos]
    assert violaciones(page, live_server, [*rutas, abierta.get_absolute_url()]) == {}
    assert anchas(page, live_server, rutas) == {}
