"""Competencias exclusivas de cada nivel y las brechas de cada plan para ejercerlas (S:349-351).

Nada que ver con las competencias laborales de las personas, que aquí no existen.
"""

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from territorios.models import Gad
from territorios.models.vigencia import ConVigencia, fechas_en_orden, vigente_en
from territorios.versiones import ModeloVersionado

from .alcance import DelGadQuerySet
from .plan import Pdot


class CompetenciaQuerySet(models.QuerySet):
    def para_plan(self, plan, fecha):
        """Las del nivel del GAD vigentes en `fecha` y las que el plan ya analizó, en orden."""
        analizadas = models.Q(pk__in=plan.brechas.values("competencia"))
        ofrecidas = self.filter(vigente_en(fecha) | analizadas)
        nivel = plan.gad.nivel
        suyas = set(plan.brechas.values_list("competencia", flat=True))
        return [una for una in ofrecidas if una.pk in suyas or una.se_ejerce_en(nivel)]


class Competencia(ConVigencia):
    """Competencia exclusiva del catálogo, con la norma que la da y desde cuándo rige."""

    codigo = models.SlugField("código", max_length=20, unique=True)
    orden = models.PositiveSmallIntegerField()
    nombre = models.CharField(max_length=400)
    niveles = models.CharField(
        max_length=120, help_text="Niveles de GAD que la ejercen, separados por comas."
    )
    norma = models.CharField("norma legal", max_length=200)
    historia = HistoricalRecords()

    objects = CompetenciaQuerySet.as_manager()

    class Meta:
        verbose_name = "competencia exclusiva"
        verbose_name_plural = "competencias exclusivas"
        ordering = ["orden", "codigo"]
        constraints = [fechas_en_orden("competencia_fechas_en_orden")]

    def __str__(self):
        return self.nombre

    def clean(self):
        ajenos = self.lista_niveles - set(Gad.Nivel.values)
        if ajenos:
            raise ValidationError({"niveles": f"Nivel desconocido: {', '.join(sorted(ajenos))}."})

    @property
    def lista_niveles(self):
        return {nivel.strip() for nivel in self.niveles.split(",") if nivel.strip()}

    def se_ejerce_en(self, nivel):
        return nivel in self.lista_niveles


class BrechaQuerySet(DelGadQuerySet):
    gad = "pdot__gad"


class Brecha(ModeloVersionado):
    """Lo que falta para ejercer una competencia, según un plan. La versión es por competencia:
    dos personas en competencias distintas no chocan.
    """

    CAMPOS = ("situacion", "brecha", "causa", "estrategia", "apoyo")

    pdot = models.ForeignKey(Pdot, models.CASCADE, related_name="brechas")
    competencia = models.ForeignKey(Competencia, models.PROTECT, related_name="brechas")
    situacion = models.TextField("situación actual", max_length=1000, blank=True)
    brecha = models.TextField(max_length=1000, blank=True)
    causa = models.TextField(max_length=1000, blank=True)
    estrategia = models.TextField(max_length=1000, blank=True)
    apoyo = models.TextField("apoyo requerido", max_length=1000, blank=True)
    historia = HistoricalRecords()

    objects = BrechaQuerySet.as_manager()

    class Meta:
        verbose_name = "brecha por competencia"
        verbose_name_plural = "brechas por competencia"
        ordering = ["pdot", "competencia__orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["pdot", "competencia"], name="brecha_una_por_competencia"
            ),
        ]

    def __str__(self):
        return f"Brecha en «{self.competencia}»"

    @property
    def esta_vacia(self):
        return not any(getattr(self, campo) for campo in self.CAMPOS)
