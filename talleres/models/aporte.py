"""Aportes: lo que las autoridades y equipos dijeron (los «papelotes»)."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from acompanamiento.models import Estrategia, Grupo
from territorios.models import Gad

from .encuentro import Encuentro


class AporteQuerySet(models.QuerySet):
    def de_grupo(self, grupo):
        """Los del grupo, los de sus encuentros y los comunes a toda la estrategia."""
        return self.filter(
            Q(grupo=grupo)
            | Q(encuentro__grupos=grupo)
            | Q(estrategia=grupo.estrategia_id, grupo=None, encuentro=None)
        ).distinct()


class Aporte(models.Model):
    """Tarjeta con un aporte. Sin encuentro ni grupo, es común a toda la estrategia."""

    class Momento(models.TextChoices):
        PREVIO = "previo", "Previo al piloto"
        M1 = "M1", "Momento 1"
        M2 = "M2", "Momento 2"
        M3 = "M3", "Momento 3"

    estrategia = models.ForeignKey(Estrategia, models.CASCADE, related_name="aportes")
    clave = models.CharField("clave en la fuente", max_length=40, blank=True, editable=False)
    momento = models.CharField(max_length=6, choices=Momento.choices)
    grupo = models.ForeignKey(Grupo, models.CASCADE, null=True, blank=True, related_name="aportes")
    encuentro = models.ForeignKey(
        Encuentro, models.CASCADE, null=True, blank=True, related_name="aportes"
    )
    gad = models.ForeignKey(Gad, models.PROTECT, null=True, blank=True, related_name="aportes")
    orden = models.PositiveSmallIntegerField()
    texto = models.TextField()
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = AporteQuerySet.as_manager()

    class Meta:
        verbose_name = "aporte"
        ordering = ["momento", "orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["estrategia", "clave"], condition=~Q(clave=""), name="aporte_clave_unica"
            ),
        ]

    def __str__(self):
        return self.texto[:80]
