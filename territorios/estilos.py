"""Las hojas de estilo de los documentos, que WeasyPrint lee una vez por proceso y no por documento.

Leerlas es un tercio de lo que cuesta una ficha de dos páginas. El PDF que sale es el mismo, byte
por byte, que si las leyera cada vez.
"""

import atexit
import re
from threading import local

ENLACE = re.compile(r'<link rel="stylesheet" href="(estatico:[^"]+)">')
# Las letras que trae una hoja quedan en una configuración que dos hilos no pueden usar a la vez.
_del_hilo = local()
# Su carpeta de letras se borra al soltarla, y eso ya no se puede con el intérprete a medio cerrar.
atexit.register(lambda: vars(_del_hilo).clear())


def sin_enlaces(html, buscador):
    """(html sin sus enlaces a hojas de estilo, lo que hay que dar a `write_pdf` en su lugar)."""
    estilos = _estilos()
    direcciones = ENLACE.findall(html)
    hojas = [estilos.hoja(direccion, buscador) for direccion in direcciones]
    return ENLACE.sub("", html), {"stylesheets": hojas, "font_config": estilos.letras}


def _estilos():
    if not hasattr(_del_hilo, "estilos"):
        _del_hilo.estilos = _Estilos()
    return _del_hilo.estilos


class _Estilos:
    def __init__(self):
        from weasyprint.text.fonts import FontConfiguration

        self.letras = FontConfiguration()
        self._hojas = {}

    def hoja(self, direccion, buscador):
        from weasyprint import CSS

        if direccion not in self._hojas:
            self._hojas[direccion] = CSS(
                url=direccion, url_fetcher=buscador, font_config=self.letras
            )
        return self._hojas[direccion]
