"""Entregar un PDF: se descarga, no se guarda en ningún intermediario y nadie lo reinterpreta."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from ..documentos import SinPango


def entregar_pdf(request, hacer, nombre):
    """Respuesta con los bytes que da `hacer()`, para guardar como `nombre` (ASCII).

    Si al servidor le falta Pango responde 503 con la orden que lo instala.
    """
    try:
        contenido = hacer()
    except SinPango as falta:
        respuesta = sin_pango(request, falta)
    else:
        respuesta = HttpResponse(contenido, content_type="application/pdf")
        respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    add_never_cache_headers(respuesta)
    return respuesta


def sin_pango(request, falta):
    return render(request, "errores/503.html", {"falta": falta}, status=503)
