"""Exportar: cada quien se lleva lo que ve, con números, fechas y sin fórmulas."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from pdot.acciones_revision import anotar, guardar_borrador
from pdot.hojas import HOJAS
from pdot.models import ElementoVision, Evaluacion, Informacion, Necesidad, Problema, Vinculo
from tests.conftest import entrar
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.fabricas_plan import ProgramaFactory, ProyectoFactory
from tests.lectura_html import pagina


def descargar(client, que, extension="csv", **filtros):
    return client.get(reverse(f"pdot:exportar_{extension}", args=[que]), filtros)


def en_filas(respuesta):
    """Las filas del CSV como diccionarios."""
    texto = b"".join(respuesta.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(texto.splitlines(), delimiter=";"))


def libro_de(respuesta):
    return load_workbook(BytesIO(b"".join(respuesta.streaming_content)))


def codigos(client, que="respuestas", **filtros):
    return sorted({fila["código del GAD"] for fila in en_filas(descargar(client, que, **filtros))})


@pytest.fixture
def todo(evaluaciones, grupo1, grupo2, territorio):
    """Una fila de cada hoja, de la evaluación aprobada de Muisne."""
    aprobada = evaluaciones["0803"]
    Vinculo.objects.create(evaluacion=aprobada, con=territorio.gad["08"], valor="si")
    Informacion.objects.create(evaluacion=aprobada, orden=1, dato="Catastro", situacion="tiene")
    Problema.objects.create(evaluacion=aprobada, orden=1, texto="=1+1")
    ElementoVision.objects.create(evaluacion=aprobada, orden=1, texto="Manglar")
    necesidad = NecesidadFactory(gad=territorio.gad["0803"], tema="SIG")
    ActividadFactory(
        plan=PlanFactory(grupo=grupo1, vigente=True),
        titulo="=Taller de SIG",
        presupuesto=Decimal("1500.50"),
        presupuesto_fuente="POA",
        presupuesto_fecha=date(2027, 1, 15),
        necesidades=[necesidad],
        gads=[territorio.gad["0803"], territorio.gad["0807"]],
    )
    programa = ProgramaFactory(pdot=aprobada.pdot)
    ProyectoFactory(programa=programa, nombre="Muelle")
    return aprobada


@pytest.mark.parametrize(
    ("quien", "esperados"),
    [
        # La de Chone está devuelta: el GAD la corrige y no sale hasta que la envíe.
        ("central", ["0801", "0803"]),
        ("zonal1", ["0801", "0803"]),
        ("zonal4", ["0803"]),
        ("plan_rioverde", ["0807"]),
        ("plan_esmeraldas", ["0801"]),
        ("observador", ["0803"]),
    ],
)
def test_cada_quien_se_lleva_lo_que_ve(client, elenco, todo, quien, esperados):
    assert codigos(entrar(client, elenco[quien])) == esperados


def test_una_fila_por_gad_y_pregunta_de_la_ultima_version(client, central, todo):
    otra = Evaluacion.objects.create(
        pdot=todo.pdot, instrumento=todo.instrumento, numero=2, estado="aprobada"
    )
    pregunta = todo.respuestas.first().pregunta
    otra.respuestas.create(pregunta=pregunta, valor="si", texto="La nueva")
    filas = en_filas(descargar(entrar(client, central), "respuestas", provincia="08"))
    de_muisne = [fila for fila in filas if fila["código del GAD"] == "0803"]
    assert [(f["versión"], f["respuesta"], f["justificación"]) for f in de_muisne] == [
        ("2", "SÍ", "La nueva")
    ]


@pytest.mark.parametrize(
    ("filtro", "esperados"),
    [
        ({"zona": "1"}, ["0801", "0803"]),
        ({"estado": "devuelta"}, []),
        ({"provincia": "08"}, ["0801", "0803"]),
        ({"estado": "aprobada"}, ["0803"]),
        ({"grupo": "grupo1"}, ["0801"]),
    ],
)
def test_los_filtros_de_la_direccion(client, central, todo, grupo1, filtro, esperados):
    if "grupo" in filtro:
        filtro = {"grupo": grupo1.pk}
    assert codigos(entrar(client, central), **filtro) == esperados


@pytest.mark.parametrize("hoja", HOJAS, ids=lambda hoja: hoja.nombre)
def test_cada_hoja_sale_en_csv_y_en_libro(client, zonal1, todo, hoja):
    entrar(client, zonal1)
    respuesta = descargar(client, hoja.nombre)
    hoy = timezone.localdate().isoformat()
    nombre = f'attachment; filename="pdot-{hoja.nombre}-{hoy}.csv"'
    assert respuesta["Content-Disposition"] == nombre
    filas = en_filas(respuesta)
    assert list(filas[0]) == hoja.encabezado
    libro = libro_de(descargar(client, hoja.nombre, "xlsx"))
    assert libro.sheetnames == [hoja.titulo, "Diccionario"]
    assert libro[hoja.titulo].max_row == len(filas) + 1
    explicadas = [fila[1] for fila in libro["Diccionario"].iter_rows(min_row=2, values_only=True)]
    assert explicadas == hoja.encabezado


def test_el_libro_entero_lleva_todas_las_hojas_y_el_diccionario(client, zonal1, todo):
    libro = libro_de(descargar(entrar(client, zonal1), "todo", "xlsx"))
    assert libro.sheetnames == [*(hoja.titulo for hoja in HOJAS), "Diccionario"]
    assert libro["Diccionario"].max_row == 1 + sum(len(hoja.columnas) for hoja in HOJAS)
    completas = libro["Diccionario"].iter_rows(values_only=True)
    assert all(all(celda for celda in fila) for fila in completas)


def test_numeros_y_fechas_como_tales_y_formulas_escapadas(client, zonal1, todo):
    libro = libro_de(descargar(entrar(client, zonal1), "problemas", "xlsx"))
    encabezado, fila = libro["Problemas"].iter_rows(values_only=True)
    valores = dict(zip(encabezado, fila, strict=True))
    assert (valores["código del GAD"], valores["zona"], valores["orden"]) == ("0803", 1, 1)
    assert isinstance(valores["actualizada"], datetime)
    assert valores["problema"] == "'=1+1"
    assert en_filas(descargar(client, "problemas"))[0]["problema"] == "'=1+1"


def test_lo_que_excel_no_sabe_guardar_no_rompe_el_libro(client, zonal1, todo):
    Problema.objects.update(texto="Agua\x0b segura")
    libro = libro_de(descargar(entrar(client, zonal1), "problemas", "xlsx"))
    assert libro["Problemas"].cell(2, libro["Problemas"].max_column).value == "Agua segura"


def test_lo_de_un_grupo_tambien_sale(client, zonal1, todo, grupo1):
    ElementoVision.objects.create(grupo=grupo1, orden=1, texto="Corredor turístico")
    Necesidad.objects.create(grupo=grupo1, tema="Redes", modalidad="asistencia")
    entrar(client, zonal1)
    de_grupo = [f["elemento"] for f in en_filas(descargar(client, "vision")) if f["grupo"]]
    assert de_grupo == ["Corredor turístico"]
    temas = [fila["tema"] for fila in en_filas(descargar(client, "necesidades"))]
    assert sorted(temas) == ["Redes", "SIG"]
    solo = en_filas(descargar(client, "necesidades", grupo=grupo1.pk))
    assert [fila["tema"] for fila in solo] == ["Redes"]


def test_la_actividad_con_lo_que_la_acompana(client, zonal1, todo):
    libro = libro_de(descargar(entrar(client, zonal1), "actividades", "xlsx"))
    encabezado, fila = libro["Actividades"].iter_rows(values_only=True)
    valores = dict(zip(encabezado, fila, strict=True))
    assert (valores["actividad"], valores["necesidades"]) == ("'=Taller de SIG", "SIG")
    assert (valores["presupuesto"], valores["empieza"]) == (1500.5, datetime(2027, 3, 1))
    assert valores["GAD beneficiarios"].count(";") == 1
    assert en_filas(descargar(client, "actividades", provincia="13")) == []
    assert len(en_filas(descargar(client, "actividades", provincia="08"))) == 1


def test_el_plan_en_borrador_no_sale_para_su_gad(client, plan_rioverde, zonal1, grupo1):
    ActividadFactory(plan=PlanFactory(grupo=grupo1))
    assert en_filas(descargar(entrar(client, plan_rioverde), "actividades")) == []
    assert len(en_filas(descargar(entrar(client, zonal1), "actividades"))) == 1


@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde", "observador"])
def test_ni_notas_ni_borradores_de_revision_ni_personas(client, elenco, todo, zonal1, quien):
    """Lo que se exporta es de los planes: nada interno y ningún nombre."""
    enviada = Evaluacion.objects.get(pdot__gad="0801", estado="enviada")
    zonal1.first_name = "Canaria"
    zonal1.save()
    guardar_borrador(enviada, {"comentario": "canario del borrador"}, version=0, por=zonal1)
    anotar(enviada, "canario de la nota", por=zonal1)
    entrar(client, elenco[quien])
    for hoja in HOJAS:
        texto = b"".join(descargar(client, hoja.nombre).streaming_content).decode().lower()
        assert "canari" not in texto
        assert not any(uno.username in texto for uno in elenco.values())


def test_la_necesidad_retirada_no_sale(client, zonal1, todo):
    Necesidad.objects.update(retirada=timezone.now(), motivo_retiro="Repetida")
    assert en_filas(descargar(entrar(client, zonal1), "necesidades")) == []


def test_la_necesidad_ajena_no_sale(client, plan_chone, todo):
    assert en_filas(descargar(entrar(client, plan_chone), "necesidades")) == []


def test_un_filtro_ajeno_o_inventado_se_rechaza(client, plan_rioverde, grupo1, grupo2):
    entrar(client, plan_rioverde)
    for filtro in ({"grupo": grupo2.pk}, {"zona": "99"}, {"estado": "x"}):
        respuesta = descargar(client, "respuestas", **filtro)
        assert respuesta.status_code == 400
        assert "no está entre lo que usted puede ver" in respuesta.text


@pytest.mark.parametrize(("que", "extension"), [("otra", "csv"), ("todo", "csv"), ("x", "xlsx")])
def test_una_hoja_que_no_existe_es_404(client, zonal1, que, extension):
    assert descargar(entrar(client, zonal1), que, extension).status_code == 404


def test_el_diccionario_aparte(client, observador, db):
    filas = en_filas(descargar(entrar(client, observador), "diccionario"))
    assert len(filas) == sum(len(hoja.columnas) for hoja in HOJAS)
    assert filas[0]["campo"] == "código del GAD"
    assert filas[0]["archivo"] == f"pdot-{HOJAS[0].nombre}-AAAA-MM-DD.csv"


def test_la_pagina_explica_cada_hoja(client, zonal1, todo, django_assert_max_num_queries):
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        respuesta = client.get(reverse("pdot:exportar"), {"provincia": "08"})
    enlaces = pagina(respuesta).enlaces
    for hoja in HOJAS:
        assert f"/pdot/exportar/{hoja.nombre}.csv?provincia=08" in enlaces
    assert pagina(respuesta).prohibido == []


def test_descargar_gasta_pocas_consultas(client, zonal1, todo, django_assert_max_num_queries):
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        en_filas(descargar(client, "respuestas"))
