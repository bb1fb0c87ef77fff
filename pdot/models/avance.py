"""Las cifras del avance, guardadas ya contadas, y sus cortes por día."""

from django.db import models


class DeUnaMirada(models.Model):
    """Lo que se cuenta de un ámbito para una mirada.

    `mirada`: qué puede ver quien lo lee, como «central» o «zonal-4» (pdot.miradas). `ambito`:
    «pais», «zona-4» o «grupo-12».
    """

    mirada = models.CharField(max_length=16)
    ambito = models.CharField("ámbito", max_length=24)
    cifras = models.JSONField()
    contado = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True


class CifrasDeAvance(DeUnaMirada):
    """Lo de ahora. Contar todo el país en cada visita la haría lenta: se lee hecho."""

    class Meta:
        verbose_name = "cifras de avance"
        verbose_name_plural = "cifras de avance"
        ordering = ["mirada", "ambito"]
        constraints = [
            models.UniqueConstraint(fields=["mirada", "ambito"], name="avance_uno_por_ambito"),
        ]

    def __str__(self):
        return f"Avance de {self.ambito} para {self.mirada}"


class CorteDeAvance(DeUnaMirada):
    """Lo alcanzado hasta una fecha: de los cortes sale la tendencia.

    Se guarda solo el día en que algo cambió: entre dos cortes las cifras son las del primero.
    `cifras`: {escalón: cuántos GAD}, y el total.
    """

    fecha = models.DateField()

    class Meta:
        verbose_name = "corte de avance"
        verbose_name_plural = "cortes de avance"
        ordering = ["mirada", "ambito", "fecha"]
        constraints = [
            models.UniqueConstraint(
                fields=["mirada", "ambito", "fecha"], name="corte_uno_por_ambito_y_dia"
            ),
        ]

    def __str__(self):
        return f"Avance de {self.ambito} al {self.fecha:%d/%m/%Y} para {self.mirada}"
