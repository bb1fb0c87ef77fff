"""Contornos de los territorios, por capas con fuente y fecha; una sola capa está en uso."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from .territorio import Territorio


class CapaLimites(models.Model):
    """Juego de contornos de un nivel y una fuente. La esquemática se calcula; las oficiales se
    importan. Cada importación es una capa nueva: ninguna se pisa."""

    nombre = models.CharField(max_length=120)
    fuente = models.CharField(max_length=250)
    fecha = models.DateField("fecha de la fuente")
    nivel = models.CharField(
        max_length=10, choices=Territorio.Nivel.choices, default=Territorio.Nivel.CANTON
    )
    esquematica = models.BooleanField("es un esquema, no límites oficiales", default=False)
    en_uso = models.BooleanField("en uso en los mapas", default=False)
    huella = models.CharField(
        "SHA-256 del archivo", max_length=64, blank=True, editable=False, db_index=True
    )
    # Pares [a, b, km] calculados con los contornos antes de simplificarlos.
    vecinos = models.JSONField(default=list, blank=True, editable=False)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "capa de límites"
        verbose_name_plural = "capas de límites"
        ordering = ["-fecha"]
        constraints = [
            models.UniqueConstraint(
                fields=["nivel"], condition=Q(en_uso=True), name="capa_una_en_uso_por_nivel"
            ),
            models.UniqueConstraint(
                fields=["nivel", "huella"], condition=~Q(huella=""), name="capa_archivo_unico"
            ),
        ]

    def __str__(self):
        return self.nombre


class ContornoQuerySet(models.QuerySet):
    def en_uso(self, nivel=Territorio.Nivel.CANTON):
        return self.filter(capa__en_uso=True, capa__nivel=nivel)


class Contorno(models.Model):
    """Trazo SVG de un territorio en el plano común del proyecto (250 unidades por grado).

    El plano está fijado en `territorios/esquema.py`; como todas las vistas lo comparten, el mismo
    trazo sirve en el país, la zona y el grupo: solo cambia la ventana (`viewBox`).
    """

    capa = models.ForeignKey(CapaLimites, models.CASCADE, related_name="contornos")
    territorio = models.ForeignKey(Territorio, models.PROTECT, related_name="contornos")
    trazo = models.TextField()
    izquierda = models.IntegerField()
    arriba = models.IntegerField()
    derecha = models.IntegerField()
    abajo = models.IntegerField()

    objects = ContornoQuerySet.as_manager()

    class Meta:
        verbose_name = "contorno"
        ordering = ["territorio"]
        constraints = [
            models.UniqueConstraint(fields=["capa", "territorio"], name="contorno_unico"),
        ]

    def __str__(self):
        return f"{self.territorio_id} en {self.capa_id}"
