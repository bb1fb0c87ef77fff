"""La Ficha del GAD en PDF: dos páginas, etiquetada, y con lo que ve quien la pide."""

import pytest
from django.urls import reverse

from pdot.models import Brecha, Evaluacion, Necesidad
from pdot.views import documentos
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas import AcuerdoFactory, AutoridadFactory
from tests.fabricas_plan import (
    CompetenciaFactory,
    CumplimientoProcesoFactory,
    HitoProcesoFactory,
    ObjetivoFactory,
    ProgramaFactory,
    ProyectoFactory,
)
from tests.lectura_pdf import abrir, texto_de, textos_alternativos

RUTA = "/pdot/gad/0803/ficha.pdf"


@pytest.fixture
def lleno(evaluaciones, grupo2, territorio):
    """Muisne, con más de lo que cabe: objetivos, brechas, proyectos y acuerdos largos."""
    plan = evaluaciones["0803"].pdot
    plan.vision, plan.modelo_gestion = "Muisne próspero. " * 80, "x" * 3000
    plan.save()
    programa = ProgramaFactory(
        pdot=plan, autoridad=AutoridadFactory(gad=plan.gad, nombre="Persona Electa")
    )
    for n in range(1, 21):
        ObjetivoFactory(pdot=plan, orden=n, texto=f"Objetivo {n}: " + "agua " * 60)
        Brecha.objects.create(
            pdot=plan, competencia=CompetenciaFactory(), brecha="sin red " * 100, apoyo="y " * 300
        )
        ProyectoFactory(programa=programa, nombre=f"Proyecto {n} " + "grande " * 20)
        AcuerdoFactory(grupo=grupo2, responsable_gad=plan.gad, texto="compartir " * 40)
        if n <= 9:
            HitoProcesoFactory(nombre="Un paso del proceso con un nombre de los largos " * 3)
        Necesidad.objects.create(tema="capacitación " * 15, modalidad="capacitacion", gad=plan.gad)
    return CumplimientoProcesoFactory(gad=plan.gad, hito__nombre="Inicio notificado")


def pedir(client, usuario):
    return entrar(client, usuario).get(RUTA)


def test_cabe_en_dos_paginas_etiquetada_y_con_su_texto_alternativo(client, central, lleno):
    cargar_contornos()
    respuesta = pedir(client, central)
    assert respuesta.status_code == 200
    assert respuesta["Content-Disposition"] == 'attachment; filename="ficha-0803-muisne.pdf"'
    lector = abrir(respuesta.content)
    assert len(lector.pages) == 2
    assert lector.trailer["/Root"]["/Lang"] == "es-EC"
    assert lector.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert lector.metadata.title == "Ficha del GAD · Muisne (cantón, Esmeraldas)"
    qr, mapa, grafica = textos_alternativos(respuesta.content)
    assert qr.startswith("Código QR que lleva a testserver/d/")
    assert mapa.startswith("Dónde está Muisne")
    assert grafica.startswith("Respuestas de cada evaluación: versión 1,")
    texto = texto_de(respuesta.content)
    for dicho in ("Persona Electa", "Objetivo 1:", "Inicio notificado", "Y 12 más"):
        assert dicho in texto


def contexto_para(usuario, codigo):
    familia = documentos.familia_de(codigo, usuario)
    return documentos.documentos_ficha.contexto(familia, usuario)


@pytest.mark.parametrize(
    ("quien", "codigo", "barras", "sigue"),
    [
        ("plan_rioverde", "0807", 1, True),
        ("central", "0807", 0, True),
        ("plan_chone", "0807", 0, False),
        ("central", "0801", 1, True),
        ("observador", "0801", 0, True),
        ("zonal4", "0803", 1, False),
    ],
)
def test_lo_que_no_se_ve_en_la_plataforma_no_sale(
    elenco, evaluaciones, grupo2, quien, codigo, barras, sigue
):
    leido = contexto_para(elenco[quien], codigo)
    assert len(leido["barras"]) == barras
    assert (leido["linea"] is not None) == sigue
    assert Evaluacion.objects.count() == 4


def test_la_grafica_cuenta_si_parcial_y_no(central, evaluaciones, grupo2):
    (barra,) = contexto_para(central, "0803")["barras"]
    respuestas = evaluaciones["0803"].respuestas.exclude(valor="")
    assert sum(tramo.cuantas for tramo in barra.tramos) == respuestas.count() > 0
    assert {t.nombre for t in barra.tramos} <= {"SÍ", "PARCIAL", "NO"}


def test_uno_que_no_existe_es_404(client, central, territorio):
    assert entrar(client, central).get(reverse("pdot:gad_pdf", args=["9999"])).status_code == 404


def test_sin_nada_registrado_tambien_sale(client, observador, territorio):
    respuesta = entrar(client, observador).get("/pdot/gad/1317/ficha.pdf")
    assert len(abrir(respuesta.content).pages) == 1
    assert "No se registra ningún PDOT" in texto_de(respuesta.content)
