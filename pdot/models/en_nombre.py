"""Evaluaciones que la zona llena en nombre de un GAD, con lo escrito en papel en una reunión."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.archivos import AlmacenPrivado
from territorios.versiones import ModeloVersionado

from .evaluacion import Evaluacion


class EnNombre(ModeloVersionado):
    """Quién de la zona llena una evaluación en nombre del GAD, desde qué papel y hasta cuándo.

    Rige mientras el GAD no la toma de vuelta (`retomada`). Quien la llenó no la aprueba: por eso
    quién fue se lee también del historial, si otra persona de la zona siguió. El papel vive en el
    almacén privado y lo ven el GAD y quien revisa.
    """

    evaluacion = models.OneToOneField(
        Evaluacion, models.CASCADE, related_name="en_nombre", verbose_name="evaluación"
    )
    por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="quién la llena"
    )
    reunion = models.DateField(
        "fecha de la reunión", help_text="En que el GAD respondió el formulario en papel."
    )
    respaldo = models.TextField(
        "nota de respaldo",
        max_length=1000,
        help_text="Quiénes respondieron por el GAD, dónde fue y dónde queda el papel.",
    )
    papel = models.FileField(
        "foto o PDF del papel",
        storage=AlmacenPrivado(),
        max_length=120,
        blank=True,
        editable=False,
    )
    desde = models.DateTimeField(auto_now_add=True)
    retomada = models.DateTimeField(null=True, blank=True, editable=False)
    retomada_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "llenado en nombre de un GAD"
        verbose_name_plural = "llenados en nombre de un GAD"
        ordering = ["-desde"]
        constraints = [
            models.CheckConstraint(
                name="en_nombre_con_respaldo",
                condition=~Q(respaldo=""),
                violation_error_message="Escriba la nota de respaldo.",
            ),
            models.CheckConstraint(
                name="en_nombre_retomada_por_alguien",
                condition=Q(retomada=None, retomada_por=None)
                | Q(retomada__isnull=False, retomada_por__isnull=False),
                violation_error_message="Diga quién la tomó de vuelta.",
            ),
        ]

    def __str__(self):
        return f"{self.evaluacion}, en nombre del GAD"

    @property
    def rige(self):
        return self.retomada is None

    @property
    def es_foto(self):
        return self.papel.name.endswith(".jpg")

    def la_lleno(self, usuario):
        """Si esa persona la llenó en algún momento; entonces no le toca aprobarla."""
        return self.historia.filter(por=usuario).exists()

    def tomar_de_vuelta(self, por):
        """La deja solo en manos del GAD. Se guarda bajo el bloqueo de su evaluación."""
        self.retomada, self.retomada_por = timezone.now(), por
        self._history_user, self._change_reason = por, "El GAD la tomó de vuelta"
        self.version += 1
        self.save()
