"""Archivos estáticos que vienen en paquetes: se exponen solo los que las páginas usan.

Nada de terceros se copia al repositorio. La letra (Public Sans, 103 kB con todo el alfabeto) se
recorta al español la primera vez que se pide, porque una planificadora rural la baja por una red
de 400 kbit/s.
"""

from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.files.storage import FileSystemStorage

from territorios.letras import hacer_letras

# Latín básico, vocales y signos del español, y la tipografía que usan las plantillas.
LETRAS = "U+20-7E,U+A0,U+A1,U+AB,U+B0,U+B7,U+BB,U+BF,U+C1,U+C9,U+CD,U+D1,U+D3,U+D7,U+DA,U+DC,"
LETRAS += "U+E1,U+E9,U+ED,U+F1,U+F3,U+FA,U+FC,U+2013,U+2014,U+201C,U+201D,U+2026,U+2192,U+2265"


def carpeta_de(paquete):
    """Carpeta donde está instalado un paquete. Lanza ModuleNotFoundError si no está."""
    return Path(find_spec(paquete).submodule_search_locations[0])


def letra_recortada(carpeta):
    """Ruta del woff2 con solo las letras del español y los pesos 400-700; la crea si falta."""
    destino = Path(carpeta) / "letra.woff2"
    if not destino.exists():
        letras = carpeta_de("fontpkg_public_sans") / "files"
        recortar_letra(letras / "PublicSans[wght].ttf", destino)
    return destino


def recortar_letra(origen, destino):
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    letra = instantiateVariableFont(TTFont(origen), {"wght": (400, 700)})
    opciones = subset.Options(flavor="woff2", layout_features=["kern", "tnum", "mark", "ccmp"])
    recorte = subset.Subsetter(opciones)
    recorte.populate(unicodes=subset.parse_unicodes(LETRAS))
    recorte.subset(letra)
    destino.parent.mkdir(parents=True, exist_ok=True)
    provisional = destino.with_suffix(".parte")
    letra.flavor = "woff2"
    letra.save(provisional)
    provisional.replace(destino)


def archivos():
    """Ruta pública → archivo en disco, de lo que se toma de paquetes."""
    return {
        "paquetes/bootstrap.min.css": carpeta_de("bootstrap") / "css" / "bootstrap.min.css",
        "paquetes/letra.woff2": letra_recortada(settings.ESTATICOS_GENERADOS),
    }


class PaquetesFinder(BaseFinder):
    """Buscador de `staticfiles` sobre la lista corta de `archivos()`."""

    def check(self, **kwargs):
        return []

    def find(self, path, find_all=False, **kwargs):
        archivo = archivos().get(path)
        if archivo is None:
            return []
        return [str(archivo)] if find_all else str(archivo)

    def list(self, ignore_patterns):
        # Las de los documentos no se publican, pero se hacen aquí: al publicar se puede escribir.
        hacer_letras()
        for ruta, archivo in archivos().items():
            almacen = FileSystemStorage(location=archivo.parent)
            almacen.prefix = str(Path(ruta).parent)
            yield archivo.name, almacen
