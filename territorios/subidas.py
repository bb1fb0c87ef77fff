"""Tope de lo que se sube: se deja de guardar en cuanto se pasa, no cuando ya llenó el disco."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class TopeDeSubida(FileUploadHandler):
    """Corta la subida que pasa de `SUBIDA_MAXIMA` y lo anota en la petición."""

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.recibido = 0

    def receive_data_chunk(self, raw_data, start):
        self.recibido += len(raw_data)
        if self.recibido > settings.SUBIDA_MAXIMA:
            self.request.subida_excesiva = True
            raise StopUpload
        return raw_data

    def file_complete(self, file_size):
        return None


def es_excesiva(request):
    """Si la subida se cortó por grande. Hay que preguntarlo después de leer `request.FILES`."""
    return getattr(request, "subida_excesiva", False)
