"""Dos que revisan a la vez: gana exactamente una, y no queda nada a medias."""

import pytest

from pdot.acciones import NoProcede, aprobar_evaluacion, devolver_evaluacion
from pdot.acciones_plazo import fijar_plazo
from pdot.acciones_revision import RevisionEnConflicto, asignar, guardar_borrador
from pdot.lote import aprobar_en_lote
from pdot.models import (
    Asignacion,
    BorradorDeRevision,
    ElementoVision,
    Evaluacion,
    Observacion,
    PlazoEvaluacion,
    Pregunta,
)
from territorios.models import Mensaje
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.fabricas import EvaluacionFactory, PdotFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def enviada(territorio, instrumento, plan_rioverde):
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=instrumento,
        estado="enviada",
        respondida="Porque sí",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
    return evaluacion


@pytest.fixture
def personas(zonal1, central):
    return [zonal1, central]


def clases(dados):
    return sorted(type(dado).__name__ for dado in dados)


def test_aprobar_y_devolver_a_la_vez_gana_una(enviada, personas):
    pregunta = Pregunta.objects.get(codigo="a1")

    def resolver(n):
        if n:
            return aprobar_evaluacion(enviada, por=personas[n], version=1)
        return devolver_evaluacion(enviada, {pregunta: "Falta"}, por=personas[n], version=1)

    assert clases(a_la_vez(2, resolver)) == ["Conflicto", "Evaluacion"]
    ahora = Evaluacion.objects.get()
    assert (ahora.pasos.count(), ahora.version, Mensaje.objects.count()) == (1, 2, 1)
    assert Observacion.objects.count() == (ahora.estado == "devuelta")


def test_aprobar_y_aprobar_a_la_vez_aprueba_una(enviada, personas):
    dados = a_la_vez(2, lambda n: aprobar_evaluacion(enviada, por=personas[n], version=1))
    assert clases(dados) == ["Conflicto", "Evaluacion"]
    assert (enviada.pasos.count(), Mensaje.objects.count()) == (1, 1)


def test_dos_lotes_a_la_vez_aprueban_una(enviada, personas):
    dados = a_la_vez(2, lambda n: aprobar_en_lote({enviada.pk: 1}, por=personas[n]))
    assert sorted(uno.se_puede for lote in dados for uno in lote) == [False, True]
    assert enviada.pasos.filter(a="aprobada").count() == 1


def test_dos_que_toman_a_la_vez_gana_una(enviada, personas):
    dados = a_la_vez(2, lambda n: asignar(enviada, personas[n], version=0, por=personas[n]))
    assert clases(dados) == ["Asignacion", "Conflicto"]
    (ganadora,) = [uno for uno in dados if isinstance(uno, Asignacion)]
    (otra,) = [uno for uno in dados if isinstance(uno, Conflicto)]
    assert Asignacion.objects.get().revisor == ganadora.revisor == otra.actual.revisor


def test_dos_que_preparan_a_la_vez_no_se_pisan(enviada, personas):
    def preparar(n):
        return guardar_borrador(enviada, {"comentario": f"{n}"}, version=0, por=personas[n])

    dados = a_la_vez(2, preparar)
    assert sorted(map(str, map(type, dados))) == sorted(map(str, (int, RevisionEnConflicto)))
    assert BorradorDeRevision.objects.count() == 1


def test_preparar_y_aprobar_a_la_vez_no_deja_un_borrador_de_lo_aprobado(enviada, personas):
    def correr(n):
        if n:
            return aprobar_evaluacion(enviada, por=personas[n], version=1)
        return guardar_borrador(enviada, {"comentario": "x"}, version=0, por=personas[n])

    dados = a_la_vez(2, correr)
    assert isinstance(dados[1], Evaluacion)
    assert isinstance(dados[0], int | NoProcede)
    assert not BorradorDeRevision.objects.exists()


def test_dos_plazos_a_la_vez_queda_uno(grupo1, personas):
    def fijar(n):
        datos = {"fecha": None, "nota": f"{n}", "version": 0, "sitio": ""}
        return fijar_plazo(grupo1, por=personas[n], **datos)

    assert clases(a_la_vez(2, fijar)) == ["Conflicto", "PlazoEvaluacion"]
    assert PlazoEvaluacion.objects.count() == 1
