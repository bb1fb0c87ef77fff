"""Elementos de la nueva visión y problemas priorizados (S:465-755)."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo
from territorios.models import Gad

from .evaluacion import Evaluacion


class ElementoVision(models.Model):
    """Elemento para construir la nueva visión: de un GAD (en su evaluación) o de un grupo.

    `gads` dice de quién es un elemento del grupo que dos cantones escribieron en una misma ficha
    (S:642-709); vacío en los elementos circunvecinos, que son de todo el grupo.
    """

    evaluacion = models.ForeignKey(
        Evaluacion, models.CASCADE, null=True, blank=True, related_name="elementos_vision"
    )
    grupo = models.ForeignKey(
        Grupo, models.CASCADE, null=True, blank=True, related_name="elementos_vision"
    )
    gads = models.ManyToManyField(Gad, blank=True, related_name="elementos_vision")
    orden = models.PositiveSmallIntegerField()
    texto = models.CharField(max_length=200)
    dudosa = models.BooleanField("lectura dudosa", default=False)
    nota = models.CharField(max_length=250, blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords(m2m_fields=[gads])

    class Meta:
        verbose_name = "elemento de visión"
        verbose_name_plural = "elementos de visión"
        ordering = ["grupo", "evaluacion", "orden"]
        constraints = [
            models.CheckConstraint(
                name="elemento_vision_de_gad_o_de_grupo",
                condition=Q(evaluacion__isnull=False, grupo__isnull=True)
                | Q(evaluacion__isnull=True, grupo__isnull=False),
                violation_error_message="El elemento es de una evaluación o de un grupo, no de "
                "los dos ni de ninguno.",
            ),
        ]

    def __str__(self):
        return self.texto


class Problema(models.Model):
    """Problema prioritario del territorio, en el orden en que el GAD lo priorizó."""

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="problemas")
    orden = models.PositiveSmallIntegerField()
    texto = models.CharField(max_length=200)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "problema"
        ordering = ["evaluacion", "orden"]

    def __str__(self):
        return self.texto
