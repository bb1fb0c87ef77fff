"""Fábricas y elenco del plan: competencias, brechas, programas, proyectos e hitos del proceso."""

from datetime import date

import factory
import pytest
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from pdot.models import (
    Brecha,
    Competencia,
    CumplimientoProceso,
    HitoProceso,
    Objetivo,
    ProgramaGobierno,
    Proyecto,
)
from territorios.archivos import AlmacenPrivado

from .fabricas import AutoridadFactory, UsuarioFactory

PDF = b"%PDF-1.4\nPlan de prueba\n%%EOF\n"


class ObjetivoFactory(DjangoModelFactory):
    class Meta:
        model = Objetivo

    orden = factory.Sequence(lambda n: n % 5_000 + 1)
    texto = factory.LazyAttribute(lambda uno: f"Objetivo {uno.orden}")


class CompetenciaFactory(DjangoModelFactory):
    class Meta:
        model = Competencia

    codigo = factory.Sequence(lambda n: f"comp-{n}")
    orden = factory.Sequence(lambda n: n % 30_000 + 1)
    nombre = factory.LazyAttribute(lambda una: f"Competencia {una.orden}")
    niveles = "municipal"
    norma = "Constitución de la República, art. 264"


class HitoProcesoFactory(DjangoModelFactory):
    class Meta:
        model = HitoProceso

    clave = factory.Sequence(lambda n: f"paso-{n}")
    orden = factory.Sequence(lambda n: n % 30_000 + 1)
    nombre = factory.LazyAttribute(lambda hito: f"Paso {hito.orden} del proceso")
    corto = factory.LazyAttribute(lambda hito: f"Paso {hito.orden}")


class CumplimientoProcesoFactory(DjangoModelFactory):
    class Meta:
        model = CumplimientoProceso

    hito = factory.SubFactory(HitoProcesoFactory)
    fecha = date(2024, 2, 1)
    evidencia = "Oficio 001"
    por = factory.SubFactory(UsuarioFactory, rol="central")


class ProgramaFactory(DjangoModelFactory):
    """El programa de una autoridad nueva del GAD del plan."""

    class Meta:
        model = ProgramaGobierno

    autoridad = factory.LazyAttribute(lambda p: AutoridadFactory(gad=p.pdot.gad))


class ProyectoFactory(DjangoModelFactory):
    class Meta:
        model = Proyecto

    nombre = factory.Sequence(lambda n: f"Proyecto {n}")
    anio_desde = 2024
    anio_hasta = 2026


def guardar_archivo(cosa, contenido=PDF):
    """Pone a un plan o a un hito cumplido su PDF en el almacén privado."""
    cosa.archivo = AlmacenPrivado().save("muestra.pdf", ContentFile(contenido))
    cosa.archivo_bytes = len(contenido)
    cosa.save()
    return cosa


@pytest.fixture
def del_plan(pdots, grupo1, grupo2):
    """Un plan, un programa con su proyecto y un hito cumplido de Rioverde y de Chone, con PDF."""
    hito = HitoProcesoFactory(clave="inicio", corto="Inicio", nombre="Inicio notificado")
    cosas = {}
    for codigo in ("0807", "1303"):
        plan = pdots[codigo]
        plan.instrumento_aprobacion, plan.aprobado_el = "Ordenanza 1", date(2015, 3, 1)
        guardar_archivo(plan)
        programa = ProgramaFactory(pdot=plan)
        cumplido = CumplimientoProcesoFactory(hito=hito, gad_id=codigo)
        cosas |= {
            f"plan {codigo}": plan,
            f"programa {codigo}": programa,
            f"proyecto {codigo}": ProyectoFactory(programa=programa),
            f"hito {codigo}": guardar_archivo(cumplido),
        }
    return cosas


def filas_del_plan(plan):
    """Una fila de cada modelo del plan, con sus relaciones, para el admin."""
    objetivo = ObjetivoFactory(pdot=plan)
    competencia = CompetenciaFactory()
    programa = ProgramaFactory(pdot=plan)
    proyecto = ProyectoFactory(programa=programa)
    proyecto.objetivos.add(objetivo)
    cumplido = CumplimientoProcesoFactory(gad=plan.gad)
    brecha = Brecha.objects.create(pdot=plan, competencia=competencia, brecha="Sin red pública")
    return [objetivo, competencia, brecha, programa, proyecto, cumplido.hito, cumplido]


def formulario_de_plan(objetivos=(), **datos):
    """Lo que enviaría el navegador al guardar un plan; `objetivos`: diccionarios de cada fila."""
    filas = {
        f"objetivos-{n}-{campo}": valor
        for n, fila in enumerate(objetivos)
        for campo, valor in fila.items()
    }
    gestion = {
        "objetivos-TOTAL_FORMS": len(objetivos),
        "objetivos-INITIAL_FORMS": sum(1 for fila in objetivos if fila.get("pk")),
    }
    basico = {"anio_desde": 2024, "anio_hasta": 2027, "version_leida": 1}
    return basico | gestion | filas | datos
