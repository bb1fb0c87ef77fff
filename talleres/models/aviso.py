"""Los avisos a quien ya fue convocado: su encuentro cambió, se canceló o ya no se le espera."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from territorios.models import Mensaje

from .convocatoria import Convocatoria


class Aviso(models.Model):
    """Lo que se le dijo a un GAD convocado cuando cambió su encuentro. Se agrega y no se edita.

    `version`: la del encuentro con el cambio; de ella sale la secuencia de la cita que lo acompaña.
    `antes` y `hechos`: fecha, horas, lugar y modalidad que conocía y los que se le dijeron. No
    lleva datos de ninguna persona: la dirección está en el mensaje, que no pasa a la historia.
    """

    class Clase(models.TextChoices):
        CAMBIO = "cambio", "Cambio"
        CANCELACION = "cancelacion", "Cancelación"
        RETIRO = "retiro", "Retiro"

    convocatoria = models.ForeignKey(Convocatoria, models.CASCADE, related_name="avisos")
    clase = models.CharField(max_length=12, choices=Clase.choices)
    version = models.PositiveIntegerField("versión del encuentro")
    antes = models.JSONField("lo que sabía")
    hechos = models.JSONField("lo que se le dijo")
    mensaje = models.ForeignKey(Mensaje, models.PROTECT, related_name="+", editable=False)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    creado = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords(excluded_fields=["mensaje"])

    class Meta:
        verbose_name = "aviso de cambio"
        verbose_name_plural = "avisos de cambio"
        ordering = ["convocatoria", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["convocatoria", "version"], name="aviso_uno_por_cambio"
            ),
        ]

    def __str__(self):
        return f"{self.get_clase_display()} del encuentro"
