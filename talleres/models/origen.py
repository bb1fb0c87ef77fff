"""De qué encuentro salió cada acuerdo."""

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from acompanamiento.models import Acuerdo

from .encuentro import Encuentro


class OrigenAcuerdo(models.Model):
    """El encuentro en que nació un acuerdo; el que no tiene origen nació en su grupo.

    Se fija al crear el acuerdo y no cambia. Vive aquí porque un acuerdo no conoce los talleres.
    """

    acuerdo = models.OneToOneField(Acuerdo, models.CASCADE, related_name="origen")
    encuentro = models.ForeignKey(Encuentro, models.PROTECT, related_name="origenes")
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "origen del acuerdo"
        verbose_name_plural = "orígenes de los acuerdos"
        ordering = ["acuerdo"]

    def __str__(self):
        return f"{self.acuerdo} nació en {self.encuentro}"

    def clean(self):
        """Nace desde el día del encuentro; con él ya no se cancela ni deja al grupo."""
        if not self.encuentro.admite_registro:
            raise ValidationError("Un acuerdo nace en un encuentro que ya empezó.")
        if not self.encuentro.grupos.filter(pk=self.acuerdo.grupo_id).exists():
            raise ValidationError("El encuentro no es del grupo del acuerdo.")
