"""Fotos de evaluaciones para las pruebas."""

from io import BytesIO

import pytest

from pdot.acciones_fotos import FotoPreparada, subir_foto
from pdot.models import Evaluacion
from territorios.imagenes import recodificar

from .fabricas import UsuarioFactory
from .imagenes import foto


def foto_de(evaluacion, *, contenido=None, **datos):
    """Una foto ya guardada, como la subió el GAD antes de enviar su evaluación."""
    por = UsuarioFactory(rol="planificador", gad=evaluacion.gad)
    estado = evaluacion.estado
    Evaluacion.objects.filter(pk=evaluacion.pk).update(estado=Evaluacion.Estado.BORRADOR)
    preparada = FotoPreparada(*recodificar(BytesIO(contenido or foto())))
    seccion = evaluacion.instrumento.secciones.get(codigo="interna")
    comun = {"leyenda": "Papelote", "con_personas": False, "consentimiento": "", "pregunta": None}
    hecha = subir_foto(evaluacion, preparada, por=por, **{"seccion": seccion} | comun | datos)
    Evaluacion.objects.filter(pk=evaluacion.pk).update(estado=estado)
    return hecha


@pytest.fixture
def fotos(evaluaciones):
    """La de un borrador y la de una aprobada, en que aparecen personas."""
    con_personas = {"con_personas": True, "consentimiento": "Aceptaron de viva voz"}
    return {
        "foto 0807": foto_de(evaluaciones["0807"]),
        "foto 0803": foto_de(evaluaciones["0803"], **con_personas),
    }
