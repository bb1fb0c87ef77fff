"""Entregar archivos que no son de todos: se descargan y no quedan guardados en ningún lado.

Viven fuera de lo que se sirve: la vista que los entrega autoriza cada vez.
"""

from django.http import FileResponse, Http404
from django.utils.cache import patch_cache_control


def entregar_archivo(guardado, nombre, tipo="application/pdf"):
    """El archivo guardado, para descargar como `nombre` (ASCII); 404 si no hay."""
    try:
        abierto = guardado.open("rb") if guardado else None
    except FileNotFoundError:
        abierto = None
    if abierto is None:
        raise Http404("No hay ningún archivo.")
    return como_descarga(FileResponse(abierto, content_type=tipo), nombre)


def como_descarga(respuesta, nombre):
    """La respuesta, con lo que hace que se descargue, nadie la reinterprete ni la guarde."""
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    return sin_guardar(respuesta)


def sin_guardar(respuesta):
    respuesta["X-Content-Type-Options"] = "nosniff"
    patch_cache_control(respuesta, private=True, no_store=True)
    return respuesta
