"""El PDOT de un GAD en un período."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from territorios.models import Gad


class Pdot(models.Model):
    """Plan de desarrollo y ordenamiento territorial de un GAD, de un año a otro (inclusive)."""

    gad = models.ForeignKey(Gad, models.PROTECT, related_name="planes", verbose_name="GAD")
    anio_desde = models.PositiveSmallIntegerField("primer año")
    anio_hasta = models.PositiveSmallIntegerField("último año")
    vision = models.TextField("visión", blank=True)
    objetivos = models.TextField("objetivos estratégicos", blank=True, help_text="Uno por línea.")
    modelo_gestion = models.TextField("modelo de gestión", blank=True)
    instrumento_aprobacion = models.CharField(
        "instrumento de aprobación", max_length=160, blank=True
    )
    nota = models.CharField(max_length=250, blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "PDOT"
        verbose_name_plural = "PDOT"
        ordering = ["gad", "-anio_desde"]
        constraints = [
            models.UniqueConstraint(
                fields=["gad", "anio_desde"],
                name="pdot_uno_por_periodo",
                violation_error_message="El GAD ya tiene un PDOT que empieza ese año.",
            ),
            models.CheckConstraint(
                name="pdot_anios_en_orden",
                condition=Q(anio_desde__lte=F("anio_hasta"), anio_desde__gte=2000),
                violation_error_message="El PDOT no puede terminar antes de empezar.",
            ),
        ]

    def __str__(self):
        return f"PDOT {self.anio_desde}-{self.anio_hasta}"
