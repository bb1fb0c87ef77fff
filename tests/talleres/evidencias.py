"""Subir y leer evidencias en las pruebas, con los archivos en una carpeta propia."""

from io import BytesIO
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from talleres.acciones_evidencias import Preparada, subir_evidencias
from territorios.imagenes import recodificar

from ..imagenes import foto

TIPOS = {"jpg": "image/jpeg", "png": "image/png", "pdf": "application/pdf"}


def archivo(contenido=None, nombre="foto.jpg"):
    tipo = TIPOS.get(nombre.rsplit(".", 1)[-1], "application/octet-stream")
    return SimpleUploadedFile(nombre, foto() if contenido is None else contenido, tipo)


def ruta(que, cosa):
    return reverse(f"talleres:{que}", args=[cosa.pk])


def subir(client, encuentro, *archivos, **datos):
    valores = {"leyenda": "El taller", "alcance": "todos", "consentimiento": ""} | datos
    return client.post(
        ruta("subir_evidencias", encuentro), valores | {"archivos": archivos or [archivo()]}
    )


def guardados():
    """Los archivos que hay en el almacén privado."""
    carpeta = Path(settings.ARCHIVOS_PRIVADOS)
    return sorted(uno for uno in carpeta.rglob("*") if uno.is_file())


def evidencia_de(encuentro, *, por, contenido=None, **datos):
    """Una evidencia ya guardada: una foto o, con los bytes de un PDF, un documento."""
    comun = {"leyenda": "El taller", "alcance": "todos", "consentimiento": ""} | datos
    if contenido and contenido.startswith(b"%PDF"):
        preparada = Preparada("documento", contenido)
    else:
        preparada = Preparada("foto", *recodificar(BytesIO(contenido or foto())))
    (nueva,) = subir_evidencias(encuentro, [preparada], por=por, **comun)
    return nueva
