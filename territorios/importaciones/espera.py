"""El archivo entre la vista previa y la confirmación: guardado en privado y con un pase firmado.

El pase dice de quién es, qué archivo es y qué vista se aprobó; vence en una hora. Lo guardado se
borra al confirmar, y lo que nadie confirmó, la próxima vez que alguien suba algo.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import signing

from .previa import Archivo

PLAZO = 60 * 60
SAL = "territorios.importaciones.espera"


class PaseVencido(Exception):
    """El pase no vale o su archivo ya no está; hay que subirlo otra vez."""


@dataclass(frozen=True)
class EnEspera:
    """Lo que se va a confirmar. `aprobada`: la huella de la vista previa que se mostró."""

    archivo: Archivo
    clase: str
    opciones: dict
    aprobada: str


def poner(archivo, clase, opciones, aprobada, *, de):
    """Guarda el archivo y devuelve el pase con que `de` podrá confirmarlo."""
    barrer()
    ruta = _ruta(de, archivo.huella)
    ruta.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    provisional = ruta.with_suffix(f".{os.getpid()}-{time.monotonic_ns()}")
    with os.fdopen(os.open(provisional, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as sal:
        sal.write(archivo.contenido)
    provisional.replace(ruta)
    pase = {
        "clase": clase,
        "nombre": archivo.nombre,
        "huella": archivo.huella,
        "opciones": opciones,
        "aprobada": aprobada,
        "de": de.pk,
    }
    return signing.dumps(pase, salt=SAL, compress=True)


def recoger(pase, *, de):
    """EnEspera del pase. Lanza PaseVencido si no vale, venció, es de otra persona o falta."""
    try:
        datos = signing.loads(pase, salt=SAL, max_age=PLAZO)
    except signing.BadSignature:
        raise PaseVencido from None
    if datos["de"] != de.pk:
        raise PaseVencido
    try:
        archivo = Archivo(datos["nombre"], _ruta(de, datos["huella"]).read_bytes())
    except OSError:
        raise PaseVencido from None
    if archivo.huella != datos["huella"]:
        raise PaseVencido
    return EnEspera(archivo, datos["clase"], datos["opciones"], datos["aprobada"])


def quitar(archivo, *, de):
    _ruta(de, archivo.huella).unlink(missing_ok=True)


def barrer():
    """Borra lo que pasó del plazo sin confirmarse."""
    limite = time.time() - PLAZO
    for ruta in _carpeta().glob("*"):
        try:
            if ruta.stat().st_mtime < limite:
                ruta.unlink()
        except FileNotFoundError:
            continue


def _carpeta():
    return Path(settings.ARCHIVOS_PRIVADOS) / "importaciones"


def _ruta(de, huella):
    return _carpeta() / f"{de.pk}-{huella}"
