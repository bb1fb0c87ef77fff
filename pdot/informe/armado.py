"""Armar un informe: sus secciones encendidas, numeradas, con sus índices y lo escrito a mano."""

from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego

from . import marcas
from .orden import encendidas
from .siglas import siglas_de
from .texto import bloques

PLANTILLA = "pdot/informe/informe.html"
CLASE = "Informe de la estrategia"
# La fase en que se arman las secciones, para quien mira cómo va.
SECCIONES = "secciones"


@dataclass(frozen=True)
class Capitulo:
    """Un título del índice con lo que lleva debajo, ya compuesto."""

    clave: str
    titulo: str
    contenido: SafeString
    anexo: bool = False

    @property
    def ancla(self):
        return f"seccion-{self.clave}"


def pliego_de(informe, alcance, avanzar=None):
    """El Pliego con que se emite o se saca en borrador, con los ojos de `alcance.usuario`."""
    return Pliego(
        plantilla=PLANTILLA,
        contexto=armar(informe, alcance, avanzar),
        titulo=alcance.titulo,
        clase=CLASE,
        clave=clave_de(informe),
        nombre=nombre_de_pdf("Informe", informe.estrategia.codigo, alcance.de_quien),
    )


def clave_de(informe):
    """De qué trata el documento, igual cada vez que se emite."""
    return f"informe:{informe.estrategia.codigo}:{informe.clave}"


def armar(informe, alcance, avanzar=None):
    """Lo que imprime la plantilla. Antes de cada una, `avanzar(SECCIONES, n, de cuántas)`."""
    avanzar = avanzar or (lambda *_: None)
    capitulos = _numerar_titulos(_capitulos(informe, alcance, avanzar))
    contenidos = [capitulo.contenido for capitulo in capitulos]
    contenidos, figuras = marcas.numerar(contenidos, marcas.FIGURA)
    contenidos, tablas = marcas.numerar(contenidos, marcas.TABLA)
    listos = [
        replace(uno, contenido=contenido)
        for uno, contenido in zip(capitulos, contenidos, strict=True)
    ]
    return {
        "alcance": alcance,
        "cuerpo": [uno for uno in listos if not uno.anexo],
        "anexos": [uno for uno in listos if uno.anexo],
        "figuras": figuras,
        "tablas": tablas,
        "siglas": siglas_de(contenidos),
    }


def _capitulos(informe, alcance, avanzar):
    """En orden: la introducción, las secciones, lo que se concluye y recomienda, y los anexos."""
    secciones, hechas = encendidas(informe.secciones_apagadas), []
    for lugar, una in enumerate(secciones, 1):
        avanzar(SECCIONES, lugar, len(secciones))
        hechas.append(_de_seccion(una, alcance))
    return [
        *_escrito("introduccion", "Introducción", informe.introduccion),
        *(una for una in hechas if not una.anexo),
        *_escrito("conclusiones", "Conclusiones", informe.conclusiones),
        *_escrito("recomendaciones", "Recomendaciones", informe.recomendaciones),
        *(una for una in hechas if una.anexo),
    ]


def _escrito(clave, titulo, texto):
    if not texto.strip():
        return []
    contenido = render_to_string("pdot/informe/_escrito.html", {"bloques": bloques(texto)})
    return [Capitulo(clave, titulo, contenido)]


def _de_seccion(seccion, alcance):
    contexto = {"alcance": alcance, **seccion.contexto(alcance)}
    contenido = render_to_string(seccion.plantilla, contexto)
    return Capitulo(seccion.clave, seccion.titulo, contenido, seccion.anexo)


def _numerar_titulos(capitulos):
    """«1. …» en el cuerpo y «Anexo 1. …» en los anexos."""
    numerados, cuentas = [], {False: 0, True: 0}
    for uno in capitulos:
        cuentas[uno.anexo] += 1
        prefijo = "Anexo " if uno.anexo else ""
        numerados.append(replace(uno, titulo=f"{prefijo}{cuentas[uno.anexo]}. {uno.titulo}"))
    return numerados
