"""Sin cambios, un documento es el mismo otro día y lo pida quien lo pida de la misma oficina."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pdot.documento_evaluacion import evaluacion_en_pdf
from pdot.documentos import sistematizacion_de_grupo
from pdot.documentos_capacidades import pdf_de_plan
from pdot.documentos_coherencia import consolidado_de_grupo
from pdot.documentos_ficha import pliego_de_ficha
from pdot.ficha import familia_de
from pdot.informe.acceso import informe_de
from pdot.informe.alcance import Alcance
from pdot.informe.armado import pliego_de
from pdot.resumen_prefectura import resumen_en_pdf
from territorios import documentos
from territorios.models import Gad
from tests.fabricas import AcuerdoFactory, EvaluacionFactory, UsuarioFactory
from tests.fabricas_capacidades import ActividadFactory, PlanFactory

pytestmark = pytest.mark.django_db
DENTRO_DE_UN_MES = timedelta(days=30)


@pytest.fixture
def en_curso(grupo1):
    """El grupo 1, con su estrategia, su plan de capacidades y sus acuerdos a medio camino."""
    hoy = timezone.localdate()
    estrategia = grupo1.estrategia
    estrategia.hasta = hoy + DENTRO_DE_UN_MES
    estrategia.save()
    plan = PlanFactory(
        grupo=grupo1, vigente=True, desde=hoy - DENTRO_DE_UN_MES, hasta=hoy + DENTRO_DE_UN_MES
    )
    ActividadFactory(plan=plan, desde=plan.desde, hasta=plan.hasta)
    for _ in range(2):
        AcuerdoFactory(grupo=grupo1, fecha_limite=hoy + DENTRO_DE_UN_MES, responsable_gad_id="0807")
    EvaluacionFactory(pdot__gad_id="0807", estado="aprobada")
    return plan


def _del_informe(plan, usuario):
    alcance = Alcance(usuario, plan.grupo.estrategia)
    return pliego_de(informe_de(alcance), alcance)


DE = {
    "informe": _del_informe,
    "capacidades": pdf_de_plan,
    "sistematización": lambda plan, usuario: sistematizacion_de_grupo(plan.grupo, usuario),
    "consolidado": lambda plan, usuario: consolidado_de_grupo(plan.grupo, usuario),
    "ficha": lambda plan, usuario: pliego_de_ficha(familia_de("0807", usuario), usuario),
    "prefectura": lambda plan, usuario: resumen_en_pdf(
        plan.grupo.estrategia, Gad.objects.get(pk="08"), usuario
    ),
    "evaluación": lambda plan, usuario: evaluacion_en_pdf(
        Gad.objects.get(pk="0807").planes.get().evaluaciones.get(), usuario
    ),
}


def html_de(cual, plan, usuario):
    pliego = DE[cual](type(plan).objects.get(pk=plan.pk), usuario)
    return documentos.a_html(pliego.plantilla, pliego.contexto, titulo=pliego.titulo)


@pytest.mark.parametrize("cual", DE)
def test_manana_es_el_mismo(cual, en_curso, central, monkeypatch):
    hoy, ahora = html_de(cual, en_curso, central), timezone.now
    monkeypatch.setattr("django.utils.timezone.now", lambda: ahora() + timedelta(days=1))
    assert html_de(cual, en_curso, central) == hoy


@pytest.mark.parametrize("cual", DE)
def test_lo_pide_un_colega_y_es_el_mismo_sin_su_nombre(cual, en_curso):
    """Lo emitido se guarda para siempre: no lleva el nombre de quien apretó el botón."""
    una, otra = (
        UsuarioFactory(rol="central", first_name=nombre, last_name="Inconfundible")
        for nombre in ("Yadira", "Rosa")
    )
    html = html_de(cual, en_curso, una)
    assert html == html_de(cual, en_curso, otra)
    assert "Inconfundible" not in html
