"""Lo que hace falta para la visión circunvecina y el libro de información."""

import pytest

from pdot.acciones_vision import confirmar_tema
from pdot.models import (
    ElementoVision,
    Emparejamiento,
    Evaluacion,
    Informacion,
    Instrumento,
    Pertenencia,
    TemaDeVision,
    VisionCircunvecina,
)
from pdot.vision import leer_vision

from .fabricas import EvaluacionFactory, InstrumentoFactory


def aprobada(pdots, codigo, elementos=(), *, numero=1):
    """Evaluación aprobada y vacía de ese GAD, con esos elementos de visión."""
    instrumento = Instrumento.objects.first() or InstrumentoFactory(con_preguntas=True)
    hecha = EvaluacionFactory(
        pdot=pdots[codigo],
        numero=numero,
        instrumento=instrumento,
        estado=Evaluacion.Estado.APROBADA,
    )
    for orden, texto in enumerate(elementos, 1):
        ElementoVision.objects.create(evaluacion=hecha, orden=orden, texto=texto)
    return hecha


def anotar_informacion(evaluacion, dato, situacion, **datos):
    orden = evaluacion.informacion.count() + 1
    return Informacion.objects.create(
        evaluacion=evaluacion, orden=orden, dato=dato, situacion=situacion, **datos
    )


def piezas_de(grupo, usuario, *textos):
    """Las piezas de la lectura de hoy que dicen esos textos."""
    lectura = leer_vision(grupo, usuario)
    return [pieza for pieza in lectura.piezas if pieza.texto in textos]


def tema_de(grupo, usuario, nombre, *textos):
    """Un tema confirmado por ese usuario con esos textos."""
    return confirmar_tema(grupo, nombre, piezas_de(grupo, usuario, *textos), por=usuario)


@pytest.fixture
def temas(grupo1, grupo2, central):
    """Un tema de cada grupo, sin GAD: el del 2 lo ven y lo editan las dos zonas."""

    def crear(grupo, nombre):
        tema = TemaDeVision.objects.create(grupo=grupo, nombre=nombre, por=central)
        Pertenencia.objects.create(tema=tema, texto=nombre)
        return tema

    return {"tema1": crear(grupo1, "Turismo"), "tema2": crear(grupo2, "Riesgos")}


def filas_de_la_vision(grupo, evaluacion, encuentro, por):
    """Una fila de cada modelo de la visión y del libro, con sus relaciones puestas."""
    tema = TemaDeVision.objects.create(grupo=grupo, nombre="Turismo comunitario", por=por)
    requiere = anotar_informacion(evaluacion, "Catastro", "requiere")
    tiene = anotar_informacion(evaluacion, "Catastro rural", "tiene")
    return [
        tema,
        Pertenencia.objects.create(tema=tema, gad=evaluacion.gad, texto="Turismo"),
        VisionCircunvecina.objects.create(
            grupo=grupo,
            numero=1,
            estado=VisionCircunvecina.Estado.ACORDADA,
            texto="Visión",
            encuentro=encuentro,
            fecha=encuentro.fecha,
            por=por,
        ),
        Emparejamiento.objects.create(
            grupo=grupo, requerido=requiere, ofrecido=tiene, estado="confirmado", por=por
        ),
    ]
