"""Lo que los indicadores cuentan de cada GAD, guardado ya contado."""

from django.db import models

from territorios.models import Gad

from .evaluacion import Evaluacion


class CifrasDeGad(models.Model):
    """Los cocientes de un GAD según su última evaluación aprobada.

    `cifras`: {indicador: [numerador, denominador]}. Se cuenta fuera de las páginas que lo muestran:
    leer las evaluaciones de todo el país para escribir unos porcentajes las haría lentas.
    """

    gad = models.OneToOneField(
        Gad, models.CASCADE, primary_key=True, related_name="cifras", verbose_name="GAD"
    )
    aprobada = models.ForeignKey(
        Evaluacion,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="última evaluación aprobada",
    )
    cifras = models.JSONField()
    contado = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "cifras de un GAD"
        verbose_name_plural = "cifras de los GAD"
        ordering = ["gad"]

    def __str__(self):
        return f"Cifras de {self.gad_id}"
