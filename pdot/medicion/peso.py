"""Cuánto baja quien abre la plataforma por primera vez desde un GAD rural."""

import gzip
import re
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders

DE_LA_PAGINA = re.compile(r'<(?:link|script|img)\b[^>]*?(?:href|src)="([^"]+)"')
DE_LA_HOJA = re.compile(r'url\("([^"]+)"\)')


def sin_comprimir(respuesta):
    """El contenido de la página como lo lee el navegador."""
    comprimida = respuesta.get("Content-Encoding") == "gzip"
    return gzip.decompress(respuesta.content) if comprimida else respuesta.content


@dataclass(frozen=True)
class Peso:
    """Bytes comprimidos y peticiones de una visita sin nada guardado; `ajenos`: otros orígenes."""

    bytes: int
    peticiones: int
    ajenos: int


def primera_visita(contenido):
    """El Peso de una página: su HTML y lo que el navegador pide solo al leerla."""
    direcciones = DE_LA_PAGINA.findall(contenido.decode())
    propios = {_archivo(una) for una in direcciones if "//" not in una} - {None}
    for hoja in [archivo for archivo in propios if archivo.suffix == ".css"]:
        propios |= {_archivo(una) for una in DE_LA_HOJA.findall(hoja.read_text())} - {None}
    contenidos = [contenido, *(archivo.read_bytes() for archivo in propios)]
    return Peso(
        bytes=sum(len(gzip.compress(uno)) for uno in contenidos),
        peticiones=len(contenidos),
        ajenos=sum("//" in una for una in direcciones),
    )


def _archivo(direccion):
    hallado = finders.find(direccion.split("static/")[-1].removeprefix("../"))
    return Path(hallado) if hallado else None
