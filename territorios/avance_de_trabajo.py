"""Por dónde va una pieza que tarda: se anota, se dan señas y se nota si hay que parar."""

from time import monotonic

from django.utils import timezone

from .documentos import ESCRIBIR, PAGINAS, mirando_las_paginas
from .models import PiezaDeTrabajo, Trabajo

# Más seguido que esto no se escribe en la base: una página se compone en décimas de segundo.
CADA = 1.0

# Las de todo PDF, en su orden, para la `Clase` que las diga.
FASES_DE_UN_PDF = ((PAGINAS, "Componer las páginas"), (ESCRIBIR, "Escribir el archivo"))


class Interrumpido(Exception):
    """Hay que parar a media pieza: la cancelaron o el servidor termina. No es culpa de ella."""


class Avance:
    """Se llama con la fase y el paso; `alto`: el Event que pide terminar."""

    def __init__(self, trabajo, pieza, alto=None):
        self.trabajo, self.pieza, self.alto = trabajo, pieza, alto
        self.fase, self.anotado = None, 0.0

    def __call__(self, fase, paso=0, pasos=0):
        """Lanza Interrumpido. `pasos`: 0 si no se sabe cuántos hay. No lo llame en transacción."""
        if self.alto is not None and self.alto.is_set():
            raise Interrumpido
        if fase == self.fase and monotonic() - self.anotado < CADA:
            return
        ahora = timezone.now()
        en_marcha = Trabajo.objects.filter(pk=self.trabajo.pk, estado=Trabajo.Estado.EN_MARCHA)
        if not en_marcha.update(latido=ahora, fase=fase, paso=paso, pasos=pasos):
            raise Interrumpido
        # Sin esto, a los dos minutos otro la tomaría por abandonada.
        PiezaDeTrabajo.objects.por_hacer().filter(pk=self.pieza.pk).update(reservada=ahora)
        self.fase, self.anotado = fase, monotonic()

    def de_paginas(self):
        """Contexto en que cada página que se compone es un paso."""
        return mirando_las_paginas(self)
