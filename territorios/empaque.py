"""Lo que entrega un trabajo: se escribe en un archivo aparte y solo entero recibe su nombre."""

import os
import zipfile
from contextlib import contextmanager
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
# Se escribe en segundos: un resto de ayer es de un proceso que murió.
PLAZO_DE_RESTOS = timedelta(days=1)

INDICE = "indice.csv"
ENCABEZADO = ["archivo", "documento", "número", "código de comprobación", "emitido", "SHA-256"]


class NoCoincide(Exception):
    """Un documento guardado falta o no es el que se emitió: ese ZIP no se entrega."""


@dataclass
class Paquete:
    """Un archivo terminado que todavía no tiene su nombre."""

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


@dataclass
class YaGuardado:
    """Lo que se entrega es un documento emitido, que tiene su propio archivo: no hay otro."""

    sha256: str
    tamano: int

    def publicar(self):
        return ""

    def descartar(self):
        pass


def suelto(contenido):
    """El Paquete de un solo PDF, que no se emite."""
    nombre = nombre_al_azar(CARPETA, "pdf")
    with _escribiendo(nombre) as salida:
        salida.write(contenido)
    return Paquete(_parcial(nombre), nombre, sha256(contenido).hexdigest(), len(contenido))


def armar(trabajo, latir):
    """El Paquete con todos los documentos del trabajo y su índice. Lanza NoCoincide.

    Cada documento se compara con la suma con que se emitió. `latir()` se llama cada tanto.
    """
    nombre = nombre_al_azar(CARPETA, "zip")
    piezas = list(trabajo.piezas.select_related("documento").order_by("nombre"))
    with _escribiendo(nombre) as salida, zipfile.ZipFile(salida, "w") as comprimido:
        for n, pieza in enumerate(piezas, 1):
            _agregar(comprimido, pieza.nombre, _contenido(pieza), pieza.documento.emitido)
            if n % CADA == 0:
                latir()
        indice = "".join(lineas_csv(ENCABEZADO, map(_fila, piezas)))
        _agregar(comprimido, INDICE, indice.encode(), timezone.now())
    parcial = _parcial(nombre)
    with open(parcial, "rb") as hecho:
        suma = file_digest(hecho, "sha256").hexdigest()
    return Paquete(parcial, nombre, suma, parcial.stat().st_size)


def _parcial(nombre):
    return Path(AlmacenPrivado().path(nombre + PARCIAL))


@contextmanager
def _escribiendo(nombre):
    """El archivo a medias de ese nombre, ya en disco al salir; si algo falla, no queda."""
    parcial = _parcial(nombre)
    parcial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with open(parcial, "xb", opener=_privado) as salida:
            yield salida
            salida.flush()
            os.fsync(salida.fileno())
    except BaseException:
        parcial.unlink(missing_ok=True)
        raise


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
    viejos = [r for r in carpeta.glob("*") if r.stat().st_mtime < limite]
    nombres = [f"{CARPETA}/{resto.name}" for resto in viejos]
    sirven = set(Trabajo.objects.filter(archivo__in=nombres).values_list("archivo", flat=True))
    for resto, nombre in zip(viejos, nombres, strict=True):
        if nombre not in sirven:
            resto.unlink(missing_ok=True)
