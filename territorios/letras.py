"""La letra de los documentos, en un archivo por peso.

De la letra variable del paquete, WeasyPrint saca el peso que hace falta en cada documento: una
quinta parte de lo que tarda una ficha. Aquí se saca una vez por instalación. Sale siempre el mismo
archivo, byte por byte, así que dos servidores dan el mismo PDF.
"""

import os
import re
import tempfile
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

FORMAS = {"recta": "PublicSans[wght].ttf", "cursiva": "PublicSans-Italic[wght].ttf"}
# Los que usan las hojas de estilo de los documentos (static/css/documento*.css).
PESOS = ("400", "600", "700")
DIRECCION = re.compile(f"letra:({'|'.join(FORMAS)})-({'|'.join(PESOS)})")


def letra_de(direccion):
    """Ruta de la letra de «letra:recta-400», que se crea si falta; None si no nombra ninguna."""
    partes = DIRECCION.fullmatch(direccion)
    return _letra(*partes.groups()) if partes else None


def hacer_letras():
    """Las deja hechas, para que el primer documento no las espere."""
    for forma in FORMAS:
        for peso in PESOS:
            _letra(forma, peso)


def _letra(forma, peso):
    destino = Path(settings.ESTATICOS_GENERADOS) / f"documento-{forma}-{peso}.ttf"
    if not destino.exists():
        _sacar_peso(forma, int(peso), destino)
    return destino


def _sacar_peso(forma, peso, destino):
    from fontTools.ttLib import TTFont
    from fontTools.varLib.instancer import instantiateVariableFont

    paquete = find_spec("fontpkg_public_sans").submodule_search_locations[0]
    # Sin anotar la hora en que se hizo: iría dentro del PDF y lo cambiaría.
    letra = TTFont(Path(paquete) / "files" / FORMAS[forma], recalcTimestamp=False)
    destino.parent.mkdir(parents=True, exist_ok=True)
    # Dos procesos pueden hacerla a la vez: cada uno escribe la suya y queda una entera.
    numero, provisional = tempfile.mkstemp(dir=destino.parent, suffix=".parte")
    with os.fdopen(numero, "wb") as archivo:
        instantiateVariableFont(letra, {"wght": peso}).save(archivo)
    Path(provisional).chmod(0o644)
    Path(provisional).replace(destino)
