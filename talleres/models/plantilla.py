"""Plantillas de encuentro: insumos y preguntas guía (Anexo 1) y agenda tipo (Anexo 2).

Un encuentro copia la suya y desde entonces lo copiado es del encuentro: cambiar la plantilla no
cambia lo ya copiado, ni al revés. Por eso nada apunta a las piezas de una plantilla.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Prefetch, Q
from simple_history.models import HistoricalRecords

from territorios.versiones import ModeloVersionado

from .encuentro import Encuentro

# Un punto de agenda cabe en una jornada larga.
MINUTOS_MAXIMOS = 600


class PlantillaEncuentroQuerySet(models.QuerySet):
    def de_momentos(self, tipos):
        """Las activas de esos momentos con sus insumos y preguntas, en el orden del proceso.

        Dentro de un momento van como se cargaron: por nombre, el cierre iría antes del inicio.
        """
        activas = self.filter(activa=True, tipo__in=tipos).order_by("tipo", "pk")
        return activas.prefetch_related("insumos", "preguntas")

    def para(self, encuentro):
        """Las activas de su tipo y clase, con las piezas que tocan a su jornada."""
        jornadas = Q(jornada__in=["", encuentro.jornada])
        piezas = {"insumos": InsumoPlantilla, "preguntas": PreguntaPlantilla}
        piezas["puntos"] = PuntoPlantilla
        return self.filter(
            activa=True, tipo=encuentro.tipo, clase=encuentro.clase
        ).prefetch_related(
            *(Prefetch(nombre, pieza.objects.filter(jornadas)) for nombre, pieza in piezas.items())
        )


class PlantillaEncuentro(ModeloVersionado):
    """Lo que suele llevar un encuentro de un tipo. Solo las activas se ofrecen."""

    clave = models.CharField("clave en la fuente", max_length=40, blank=True, editable=False)
    tipo = models.CharField(max_length=2, choices=Encuentro.Tipo.choices)
    clase = models.CharField(
        max_length=16,
        choices=Encuentro.Clase.choices,
        blank=True,
        help_text="Solo para los encuentros complementarios.",
    )
    nombre = models.CharField(max_length=120, unique=True)
    activa = models.BooleanField(default=True, help_text="Si se ofrece al preparar un encuentro.")
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = PlantillaEncuentroQuerySet.as_manager()

    class Meta:
        verbose_name = "plantilla de encuentro"
        verbose_name_plural = "plantillas de encuentro"
        ordering = ["tipo", "nombre"]
        constraints = [
            models.CheckConstraint(
                name="plantilla_clase_solo_complementario",
                condition=Q(tipo="C") & ~Q(clase="") | ~Q(tipo="C") & Q(clase=""),
                violation_error_message="La clase se indica solo, y siempre, en un complementario.",
            ),
            models.UniqueConstraint(
                fields=["clave"], condition=~Q(clave=""), name="plantilla_clave_unica"
            ),
        ]

    def __str__(self):
        return self.nombre


class Pieza(models.Model):
    """Renglón de una plantilla. Sin jornada, vale para la mañana y para la tarde."""

    orden = models.PositiveSmallIntegerField()
    jornada = models.CharField(max_length=6, choices=Encuentro.Jornada.choices, blank=True)

    class Meta:
        abstract = True
        ordering = ["plantilla", "orden", "pk"]


class InsumoPlantilla(Pieza):
    plantilla = models.ForeignKey(PlantillaEncuentro, models.CASCADE, related_name="insumos")
    texto = models.CharField("insumo", max_length=250)
    historia = HistoricalRecords()

    class Meta(Pieza.Meta):
        verbose_name = "insumo de plantilla"
        verbose_name_plural = "insumos de plantilla"

    def __str__(self):
        return self.texto


class PreguntaPlantilla(Pieza):
    plantilla = models.ForeignKey(PlantillaEncuentro, models.CASCADE, related_name="preguntas")
    tema = models.CharField(max_length=160, blank=True)
    texto = models.CharField("pregunta", max_length=300)
    historia = HistoricalRecords()

    class Meta(Pieza.Meta):
        verbose_name = "pregunta de plantilla"
        verbose_name_plural = "preguntas de plantilla"

    def __str__(self):
        return self.texto


class PuntoPlantilla(Pieza):
    """Punto de la agenda tipo: cuánto dura, no a qué hora. `subpuntos`, uno por línea."""

    plantilla = models.ForeignKey(PlantillaEncuentro, models.CASCADE, related_name="puntos")
    titulo = models.CharField("título", max_length=200)
    minutos = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(MINUTOS_MAXIMOS)]
    )
    responsables = models.CharField(max_length=250, blank=True)
    subpuntos = models.TextField(blank=True, help_text="Uno por línea.")
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    class Meta(Pieza.Meta):
        verbose_name = "punto de plantilla"
        verbose_name_plural = "puntos de plantilla"
        constraints = [
            models.CheckConstraint(
                name="punto_plantilla_minutos",
                condition=Q(minutos__gte=1, minutos__lte=MINUTOS_MAXIMOS),
                violation_error_message=f"Un punto dura entre 1 y {MINUTOS_MAXIMOS} minutos.",
            ),
        ]

    def __str__(self):
        return self.titulo
