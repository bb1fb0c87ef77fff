"""El ZIP de un trabajo: se arma en un archivo aparte y solo entero recibe su nombre."""

import os
import zipfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import file_digest, sha256
from pathlib import Path

from django.utils import timezone

from .archivos import AlmacenPrivado, nombre_al_azar
from .models import Trabajo
from .planillas import lineas_csv

CARPETA = "trabajos"
PARCIAL = ".parcial"
# Cada cuántos documentos se da señas de que se sigue.
CADA = 50
# Un ZIP se arma en segundos: un resto de ayer es de un proceso que murió.
PLAZO_DE_RESTOS = timedelta(days=1)

INDICE = "indice.csv"
ENCABEZADO = ["archivo", "documento", "número", "código de comprobación", "emitido", "SHA-256"]


class NoCoincide(Exception):
    """Un documento guardado falta o no es el que se emitió: ese ZIP no se entrega."""


@dataclass
class Paquete:
    """Un ZIP terminado que todavía no tiene su nombre."""

    parcial: Path
    nombre: str
    sha256: str
    tamano: int

    def publicar(self):
        """Le da su nombre, de una vez, y lo devuelve."""
        os.replace(self.parcial, AlmacenPrivado().path(self.nombre))
        return self.nombre

    def descartar(self):
        self.parcial.unlink(missing_ok=True)


def armar(trabajo, latir):
    """El Paquete con todos los documentos del trabajo y su índice. Lanza NoCoincide.

    Cada documento se compara con la suma con que se emitió. `latir()` se llama cada tanto.
    """
    nombre = nombre_al_azar(CARPETA, "zip")
    parcial = Path(AlmacenPrivado().path(nombre + PARCIAL))
    parcial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    piezas = list(trabajo.piezas.select_related("documento").order_by("nombre"))
    try:
        with open(parcial, "xb", opener=_privado) as salida:
            with zipfile.ZipFile(salida, "w") as comprimido:
                for n, pieza in enumerate(piezas, 1):
                    _agregar(comprimido, pieza.nombre, _contenido(pieza), pieza.documento.emitido)
                    if n % CADA == 0:
                        latir()
                indice = "".join(lineas_csv(ENCABEZADO, map(_fila, piezas)))
                _agregar(comprimido, INDICE, indice.encode(), timezone.now())
            salida.flush()
            os.fsync(salida.fileno())
        with open(parcial, "rb") as hecho:
            suma = file_digest(hecho, "sha256").hexdigest()
    except BaseException:
        parcial.unlink(missing_ok=True)
        raise
    return Paquete(parcial, nombre, suma, parcial.stat().st_size)


def _privado(ruta, banderas):
    return os.open(ruta, banderas, 0o600)


def _contenido(pieza):
    try:
        with pieza.documento.archivo.open("rb") as guardado:
            contenido = guardado.read()
    except (OSError, ValueError) as error:
        raise NoCoincide(f"Falta el archivo guardado de «{pieza.documento}».") from error
    if sha256(contenido).hexdigest() != pieza.documento.sha256:
        raise NoCoincide(f"El archivo guardado de «{pieza.documento}» no es el que se emitió.")
    return contenido


def _agregar(comprimido, nombre, contenido, fecha):
    """Un PDF ya viene comprimido: se guarda tal cual. La hora del ZIP no sabe de zonas."""
    entrada = zipfile.ZipInfo(nombre, timezone.localtime(fecha).timetuple()[:6])
    entrada.external_attr = 0o644 << 16
    comprimido.writestr(entrada, contenido)


def _fila(pieza):
    uno = pieza.documento
    emitido = timezone.localtime(uno.emitido).strftime("%Y-%m-%d %H:%M")
    numero, codigo = uno.numero_legible, uno.codigo_legible
    return [pieza.nombre, uno.titulo, numero, codigo, emitido, uno.sha256]


def limpiar_restos():
    """Borra lo que dejó a medias, o sin llegar a ofrecer, un proceso que murió."""
    carpeta = Path(AlmacenPrivado().path(CARPETA))
    limite = (timezone.now() - PLAZO_DE_RESTOS).timestamp()
    viejos = [r for r in carpeta.glob("*.zip*") if r.stat().st_mtime < limite]
    nombres = [f"{CARPETA}/{resto.name}" for resto in viejos]
    sirven = set(Trabajo.objects.filter(archivo__in=nombres).values_list("archivo", flat=True))
    for resto, nombre in zip(viejos, nombres, strict=True):
        if nombre not in sirven:
            resto.unlink(missing_ok=True)
