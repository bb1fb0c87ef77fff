"""Coherencia externa: el plan de un GAD y los de los niveles superiores (S:352-359)."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from territorios.models import Gad
from territorios.versiones import ModeloVersionado

from .evaluacion import Evaluacion, Respuesta


class Vinculo(ModeloVersionado):
    """Lo que una evaluación dice de su vínculo con el plan de otro GAD, de un nivel superior.

    Los pares son cantonal → provincial, parroquial → cantonal y parroquial → provincial; puede
    haber más de una provincia. `incompatibles` y `sinergias`: un aspecto por línea. La versión es
    por par, como la de las respuestas.
    """

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="vinculos")
    con = models.ForeignKey(
        Gad, models.PROTECT, related_name="vinculos_recibidos", verbose_name="con el plan de"
    )
    valor = models.CharField(
        "se vincula", max_length=7, choices=Respuesta.Valor.choices, blank=True
    )
    justificacion = models.TextField("justificación", blank=True)
    incompatibles = models.TextField("aspectos incompatibles", blank=True)
    sinergias = models.TextField("sinergias que pueden potenciarse", blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "vínculo entre planes"
        verbose_name_plural = "vínculos entre planes"
        ordering = ["evaluacion", "con"]
        constraints = [
            models.UniqueConstraint(fields=["evaluacion", "con"], name="vinculo_uno_por_par"),
        ]

    def __str__(self):
        return f"{self.evaluacion.gad.nombre} → {self.con.nombre}"

    @property
    def lista_incompatibles(self):
        return self.incompatibles.splitlines()

    @property
    def lista_sinergias(self):
        return self.sinergias.splitlines()


class Informacion(ModeloVersionado):
    """Un dato con que el GAD cuenta o que le falta para su plan, y quién lo tiene (S:357-359).

    `proveedor_gad` si lo provee otro GAD; `proveedor`, si es una entidad o se sabe a medias.
    """

    class Situacion(models.TextChoices):
        TIENE = "tiene", "Se cuenta con ella"
        REQUIERE = "requiere", "Se requiere"

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="informacion")
    orden = models.PositiveSmallIntegerField()
    dato = models.CharField("qué información", max_length=200)
    situacion = models.CharField("situación", max_length=8, choices=Situacion.choices)
    puede_entregar = models.BooleanField("puede entregarla a otros GAD", default=False)
    proveedor = models.CharField("quién la provee", max_length=160, blank=True)
    proveedor_gad = models.ForeignKey(
        Gad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="informacion_pedida",
        verbose_name="GAD que la provee",
    )
    detalle = models.CharField(
        max_length=300, blank=True, help_text="De qué año es, en qué formato, para qué problema."
    )
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "información para el plan"
        verbose_name_plural = "información para el plan"
        ordering = ["evaluacion", "orden"]
        constraints = [
            models.CheckConstraint(
                name="informacion_entrega_quien_la_tiene",
                condition=Q(puede_entregar=False) | Q(situacion="tiene"),
                violation_error_message="Solo puede entregar la información quien la tiene.",
            ),
            models.CheckConstraint(
                name="informacion_con_dato",
                condition=~Q(dato=""),
                violation_error_message="Diga de qué información se trata.",
            ),
        ]

    def __str__(self):
        return self.dato
