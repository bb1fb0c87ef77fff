"""La estrategia de acompañamiento: período, objetivos, ámbitos, ejes y fases."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from territorios.models.vigencia import fechas_creibles
from territorios.versiones import ModeloVersionado


class EstrategiaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """El marco de la estrategia lo lee cualquiera con cuenta; sus grupos, según alcance."""
        return self if usuario.is_authenticated else self.none()


class Estrategia(ModeloVersionado):
    """Estrategia de acompañamiento técnico, nacional o piloto (S:296-812)."""

    codigo = models.SlugField("código", max_length=40, unique=True)
    nombre = models.CharField(max_length=160)
    desde = models.DateField()
    hasta = models.DateField()
    objetivo_general = models.TextField()
    resumen = models.TextField(blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = EstrategiaQuerySet.as_manager()

    class Meta:
        verbose_name = "estrategia"
        ordering = ["-desde"]
        constraints = [
            models.CheckConstraint(
                name="estrategia_fechas_en_orden",
                condition=Q(desde__lte=F("hasta")),
                violation_error_message="La estrategia no puede terminar antes de empezar.",
            ),
            fechas_creibles("estrategia_fechas_creibles", "desde", "hasta"),
        ]

    def __str__(self):
        return self.nombre


class ElementoEstrategia(models.Model):
    """Pieza del marco: objetivo específico, eje, ámbito, espacio, línea de acción o fase."""

    class Tipo(models.TextChoices):
        OBJETIVO = "objetivo", "Objetivo específico"
        EJE = "eje", "Eje"
        AMBITO = "ambito", "Ámbito"
        ESPACIO = "espacio", "Espacio de coordinación"
        ACCION = "accion", "Estrategia"
        FASE = "fase", "Fase"
        EJE_ESTRATEGICO = "eje_estrategico", "Eje estratégico"
        MOMENTO = "momento", "Momento"

    estrategia = models.ForeignKey(Estrategia, models.CASCADE, related_name="elementos")
    tipo = models.CharField(max_length=16, choices=Tipo.choices)
    orden = models.PositiveSmallIntegerField()
    nombre = models.CharField(max_length=160)
    texto = models.TextField(blank=True)
    ambito = models.CharField("ámbito", max_length=40, blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "elemento de la estrategia"
        verbose_name_plural = "elementos de la estrategia"
        ordering = ["estrategia", "tipo", "orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["estrategia", "tipo", "orden"], name="elemento_estrategia_unico"
            ),
        ]

    def __str__(self):
        return self.nombre
