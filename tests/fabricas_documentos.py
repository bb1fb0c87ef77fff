"""Logotipos y documentos emitidos de muestra."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile

from territorios.emision import Pliego, emitir
from territorios.imagenes import recodificar_logotipo
from territorios.models import Logotipo

from .imagenes import foto

SITIO = "https://pdot.example"


def logotipo(**rasgos):
    contenido, ancho, alto = recodificar_logotipo(BytesIO(foto(300, 120, formato="PNG")))
    datos = {"nombre": "Escudo", "texto_alternativo": "Logotipo de la Secretaría de prueba"}
    uno = Logotipo(ancho=ancho, alto=alto, **(datos | rasgos))
    uno.imagen.save("logotipos/prueba.png", ContentFile(contenido))
    return uno


def pliego(titulo="Documento de prueba", **rasgos):
    datos = {
        "plantilla": "territorios/documentos/base.html",
        "contexto": {},
        "clase": "Prueba",
        "clave": "prueba:1",
        "nombre": "prueba.pdf",
    }
    return Pliego(titulo=titulo, **(datos | rasgos))


def emitido(por, titulo="Documento de prueba", **rasgos):
    """El documento, ya emitido por esa persona."""
    return emitir(
        pliego(titulo, clave=f"prueba:{titulo}", **rasgos), por=por, sitio=SITIO
    ).documento


@pytest.fixture
def documentos(plan_rioverde, zonal1):
    """Uno del GAD de Rioverde y uno de la zona 1."""
    return {
        "documento 0807": emitido(plan_rioverde, "Documento de Rioverde"),
        "documento zona 1": emitido(zonal1, "Documento de la zona 1"),
    }
