"""Las figuras y tablas numeradas: se leen de las marcas que dejan las secciones.

Una figura es `<figure class="figura" id="figura-…">` con su `<figcaption>`; una tabla,
`<table class="cuadro" id="tabla-…">` con su `<caption>`. Lo que escribe la gente sale escapado y no
las imita. Se numeran en el orden en que aparecen, así que apagar una sección no deja huecos.
"""

import re
from dataclasses import dataclass

from django.utils.html import strip_tags
from django.utils.safestring import mark_safe


@dataclass(frozen=True)
class Clase:
    """Qué se numera y cómo se reconoce. El rótulo no sale de su elemento."""

    nombre: str
    etiqueta: str
    rotulo: str
    clase: str

    @property
    def patron(self):
        return re.compile(
            rf'<{self.etiqueta}\b(?=[^>]*\sclass="(?:[^"]*\s)?{self.clase}[\s"])'
            rf'(?=[^>]*\sid="(?P<ancla>[\w-]+)")[^>]*>'
            rf"(?:(?!</{self.etiqueta}>).)*?<{self.rotulo}>(?P<texto>.*?)</{self.rotulo}>",
            re.DOTALL,
        )


@dataclass(frozen=True)
class Marca:
    """Un renglón del índice de figuras o de tablas."""

    nombre: str
    ancla: str
    texto: str


FIGURA = Clase("Figura", "figure", "figcaption", "figura")
TABLA = Clase("Tabla", "table", "caption", "cuadro")


def numerar(contenidos, clase):
    """(contenidos con su número puesto, [Marca]) de todos los de una clase."""
    marcas = []

    def poner(hallada):
        nombre = f"{clase.nombre} {len(marcas) + 1}"
        marcas.append(Marca(nombre, hallada["ancla"], _en_una_linea(hallada["texto"])))
        antes = hallada[0][: hallada.start("texto") - hallada.start()]
        despues = hallada[0][hallada.start("texto") - hallada.start() :]
        return f'{antes}<span class="numero">{nombre}.</span> {despues}'

    patron = clase.patron
    numerados = [mark_safe(patron.sub(poner, contenido)) for contenido in contenidos]
    return numerados, marcas


def _en_una_linea(html):
    """El texto del rótulo, que ya viene escapado; sin los guiones que solo parten palabras."""
    texto = " ".join(strip_tags(html).replace("&shy;", "").replace("\xad", "").split())
    return mark_safe(texto)
