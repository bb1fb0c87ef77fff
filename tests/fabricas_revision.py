"""Lo que prepara quien revisa: una fila válida de cada clase."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from pdot.models import Asignacion, BorradorDeRevision, NotaInterna, PlazoEvaluacion


class NotaInternaFactory(DjangoModelFactory):
    class Meta:
        model = NotaInterna

    texto = factory.Sequence(lambda n: f"Nota interna {n}")


class PlazoFactory(DjangoModelFactory):
    class Meta:
        model = PlazoEvaluacion

    fecha = date(2099, 12, 31)


def filas_de_la_revision(evaluacion, grupo, persona):
    """Una de cada modelo, con todas sus relaciones puestas."""
    return [
        BorradorDeRevision.objects.create(
            evaluacion=evaluacion, textos={"comentario": "Falta el año"}, autor=persona
        ),
        NotaInternaFactory(
            evaluacion=evaluacion, pregunta=evaluacion.respuestas.first().pregunta, autor=persona
        ),
        Asignacion.objects.create(evaluacion=evaluacion, revisor=persona),
        PlazoFactory(grupo=grupo, nota="Antes del taller"),
    ]
