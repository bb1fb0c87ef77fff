"""Quién puede dar a quién la información que le falta (S:357-359; recomendación 6.d)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from acompanamiento.models import Acuerdo, Grupo
from territorios.versiones import ModeloVersionado

from .tema import DelGrupo
from .vinculo import Informacion


class Emparejamiento(ModeloVersionado):
    """Un dato que un GAD del grupo requiere y otro tiene: la persona lo confirma o lo descarta.

    `por` y `cuando` son de la última decisión. Lo que no se ha decidido no tiene fila: se propone.
    """

    class Estado(models.TextChoices):
        CONFIRMADO = "confirmado", "Confirmado"
        DESCARTADO = "descartado", "Descartado"

    grupo = models.ForeignKey(Grupo, models.PROTECT, related_name="emparejamientos")
    requerido = models.ForeignKey(Informacion, models.CASCADE, related_name="ofertas")
    ofrecido = models.ForeignKey(Informacion, models.CASCADE, related_name="pedidos")
    estado = models.CharField(max_length=10, choices=Estado.choices)
    acuerdo = models.OneToOneField(
        Acuerdo,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="emparejamiento",
        verbose_name="acuerdo que nació de él",
    )
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cuando = models.DateTimeField("cuándo", auto_now=True)
    historia = HistoricalRecords()

    objects = DelGrupo.as_manager()

    class Meta:
        verbose_name = "emparejamiento de información"
        verbose_name_plural = "emparejamientos de información"
        ordering = ["grupo", "requerido", "ofrecido"]
        constraints = [
            models.UniqueConstraint(
                fields=["grupo", "requerido", "ofrecido"], name="emparejamiento_unico"
            ),
            models.CheckConstraint(
                name="emparejamiento_de_dos_filas",
                condition=~Q(requerido=F("ofrecido")),
                violation_error_message="Lo que se requiere y lo que se ofrece son dos filas.",
            ),
        ]

    def __str__(self):
        return f"{self.requerido} ← {self.ofrecido}"

    def get_absolute_url(self):
        return f"{reverse('pdot:informacion_de_grupo', args=[self.grupo_id])}#e-{self.pk}"
