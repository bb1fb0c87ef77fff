"""Lo que llenan las hojas con forma propia del formulario."""

import factory
from factory.django import DjangoModelFactory

from pdot.models import Informacion, Seccion, Vinculo
from tests.fabricas import EvaluacionFactory, SeccionFactory


class VinculoFactory(DjangoModelFactory):
    """Vínculo que sí se da con el plan del GAD dado."""

    class Meta:
        model = Vinculo

    evaluacion = factory.SubFactory(EvaluacionFactory)
    valor = "si"
    justificacion = "Se encuentran en turismo."


class InformacionFactory(DjangoModelFactory):
    """Un dato que se requiere y no se sabe quién tiene."""

    class Meta:
        model = Informacion

    evaluacion = factory.SubFactory(EvaluacionFactory)
    orden = factory.Sequence(lambda n: n % 30_000 + 1)
    dato = factory.Sequence(lambda n: f"Dato de prueba {n}")
    situacion = Informacion.Situacion.REQUIERE


def con_hojas(instrumento):
    """El instrumento con las hojas de vínculos («niveles») e información («datos»)."""
    SeccionFactory(
        instrumento=instrumento,
        codigo="niveles",
        orden=3,
        clase=Seccion.Clase.VINCULOS,
        titulo="Vínculo con otros niveles",
    )
    SeccionFactory(
        instrumento=instrumento,
        codigo="datos",
        orden=4,
        clase=Seccion.Clase.INFORMACION,
        titulo="Información",
    )
    return instrumento


def filas_de_las_hojas(evaluacion):
    """Un vínculo con la provincia y un dato, en una evaluación de cantón."""
    provincia = evaluacion.pdot.gad.territorio.padre.gad
    return [
        VinculoFactory(evaluacion=evaluacion, con=provincia),
        InformacionFactory(evaluacion=evaluacion, proveedor_gad=provincia),
    ]
