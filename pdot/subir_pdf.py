"""Un PDF que se sube con el plan o con un hito: se revisa y se guarda en privado."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from talleres.forms_evidencias import CABECERA_PDF, preparar
from territorios.archivos import AlmacenPrivado, nombre_al_azar
from territorios.imagenes import ImagenRechazada

EXCESIVO = "El archivo pasa de 20 MB: no se recibió. Redúzcalo y vuelva a elegirlo."
AYUDA = "Un PDF de hasta 20 MB."
almacen = AlmacenPrivado()


class CampoPdf(forms.FileField):
    """PDF optativo; `clean` devuelve su contenido ya revisado, o None si no se subió nada."""

    def __init__(self, **kwargs):
        kwargs.setdefault("help_text", AYUDA)
        widget = forms.FileInput(attrs={"accept": "application/pdf"})
        vacio = {"empty": "El archivo está vacío."}
        super().__init__(required=False, widget=widget, error_messages=vacio, **kwargs)

    def clean(self, data, initial=None):
        archivo = super().clean(data, initial)
        if not archivo:
            return None
        archivo.seek(0)
        if archivo.read(len(CABECERA_PDF)) != CABECERA_PDF:
            raise ValidationError("El archivo no es un PDF: guárdelo como PDF y vuelva a subirlo.")
        try:
            return preparar(archivo).contenido
        except ImagenRechazada as rechazo:
            raise ValidationError(rechazo.mensaje) from rechazo


def poner_pdf(fila, carpeta, contenido, escritos):
    """Guarda el PDF y lo pone en `fila`; el que tenía se borra al confirmar. Sin PDF, lo deja.

    Dentro de una transacción. Anota el nuevo en `escritos`, por si algo falla después.
    """
    if not contenido:
        return
    borrar_al_confirmar(fila.archivo.name)
    fila.archivo = almacen.save(nombre_al_azar(carpeta, "pdf"), ContentFile(contenido))
    fila.archivo_bytes = len(contenido)
    escritos.append(fila.archivo.name)


def borrar_al_confirmar(nombre):
    """Lo quita del almacén cuando ya nadie lo nombra; si eso falla, lo guardado sigue en pie."""
    if nombre:
        transaction.on_commit(lambda: almacen.delete(nombre), robust=True)
