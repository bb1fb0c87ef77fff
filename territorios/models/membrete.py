"""Los logotipos que encabezan los documentos, cada uno con su período."""

from base64 import b64encode

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from simple_history.models import HistoricalRecords

from ..archivos import AlmacenPrivado
from .vigencia import ConVigencia, fechas_creibles, fechas_en_orden, vigente_en


class LogotipoQuerySet(models.QuerySet):
    def en(self, fecha=None):
        """Los vigentes en la fecha (hoy si se calla), de izquierda a derecha."""
        return self.filter(vigente_en(fecha or timezone.localdate())).order_by("orden", "pk")


class Logotipo(ConVigencia):
    """Una imagen que encabeza los documentos entre dos fechas.

    La imagen no se cambia: se cierra su período y se sube otra. Así lo de cada época sigue como
    era, también si se vuelve a componer.
    """

    nombre = models.CharField(max_length=80, help_text="Cómo se le llama aquí: «Escudo nacional».")
    texto_alternativo = models.CharField(
        max_length=160,
        help_text="Lo que oye quien no puede verlo: «Logotipo de la Secretaría Nacional de…».",
    )
    orden = models.PositiveSmallIntegerField(
        default=1, help_text="De izquierda a derecha; el primero, 1."
    )
    imagen = models.FileField(storage=AlmacenPrivado(), max_length=200)
    ancho = models.PositiveIntegerField(editable=False)
    alto = models.PositiveIntegerField(editable=False)
    historia = HistoricalRecords()

    objects = LogotipoQuerySet.as_manager()

    class Meta:
        verbose_name = "logotipo"
        ordering = ["orden", "pk"]
        constraints = [
            fechas_en_orden("logotipo_fechas_en_orden"),
            fechas_creibles("logotipo_fechas_creibles", "desde", "hasta"),
            models.CheckConstraint(
                name="logotipo_con_imagen_y_texto",
                condition=~Q(imagen="") & ~Q(texto_alternativo="") & Q(ancho__gt=0, alto__gt=0),
                violation_error_message="Un logotipo lleva su imagen y su texto alternativo.",
            ),
        ]

    def __str__(self):
        return self.nombre

    @cached_property
    def en_linea(self):
        """La imagen dentro de la página («data:…»); vacía si falta en el disco."""
        try:
            with self.imagen.open("rb") as abierta:
                return f"data:image/png;base64,{b64encode(abierta.read()).decode()}"
        except FileNotFoundError:
            return ""
