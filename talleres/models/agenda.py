"""Agenda de un encuentro: puntos con hora, responsables y subpuntos (Anexo 2)."""

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from .encuentro import Encuentro


class PuntoAgenda(models.Model):
    """Punto de la agenda. `subpuntos` son líneas de texto, una por letra (A, B, C…)."""

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="agenda")
    orden = models.PositiveSmallIntegerField()
    titulo = models.CharField("título", max_length=200)
    inicio = models.TimeField()
    fin = models.TimeField()
    responsables = models.CharField(max_length=250, blank=True)
    subpuntos = models.TextField(blank=True, help_text="Uno por línea.")
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "punto de la agenda"
        verbose_name_plural = "puntos de la agenda"
        ordering = ["encuentro", "orden"]
        constraints = [
            models.UniqueConstraint(fields=["encuentro", "orden"], name="punto_orden_unico"),
            models.CheckConstraint(
                name="punto_horas_en_orden",
                condition=Q(inicio__lt=F("fin")),
                violation_error_message="El punto no puede terminar antes de empezar.",
            ),
        ]

    def __str__(self):
        return self.titulo

    @property
    def minutos(self):
        dia = date.min
        duracion = datetime.combine(dia, self.fin) - datetime.combine(dia, self.inicio)
        return duracion.seconds // 60

    @property
    def lista_subpuntos(self):
        return [linea for linea in self.subpuntos.splitlines() if linea.strip()]
