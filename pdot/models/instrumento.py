"""El instrumento de evaluación: preguntas guía por secciones y versiones (S:345-368)."""

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from territorios.models import Gad


class InstrumentoQuerySet(models.QuerySet):
    def vigente(self):
        """El último publicado, que es el que se ofrece al abrir una evaluación; None si no hay."""
        return self.filter(publicado=True).order_by("-numero").first()


class Instrumento(models.Model):
    """Versión de las preguntas guía. Publicada no cambia: así no se reescribe lo respondido."""

    numero = models.PositiveSmallIntegerField("versión", unique=True)
    nombre = models.CharField(max_length=120)
    publicado = models.BooleanField(default=False)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = InstrumentoQuerySet.as_manager()

    class Meta:
        verbose_name = "instrumento de evaluación"
        verbose_name_plural = "instrumentos de evaluación"
        ordering = ["-numero"]

    def __str__(self):
        return f"{self.nombre} (versión {self.numero})"


class Seccion(models.Model):
    instrumento = models.ForeignKey(Instrumento, models.CASCADE, related_name="secciones")
    codigo = models.SlugField("código", max_length=20)
    orden = models.PositiveSmallIntegerField()
    titulo = models.CharField("título", max_length=120)
    ayuda = models.TextField(blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "sección"
        verbose_name_plural = "secciones"
        ordering = ["instrumento", "orden"]
        constraints = [
            models.UniqueConstraint(fields=["instrumento", "codigo"], name="seccion_codigo_unico"),
        ]

    def __str__(self):
        return self.titulo


class PreguntaQuerySet(models.QuerySet):
    def para_nivel(self, instrumento, nivel):
        """Preguntas del instrumento que se hacen a un nivel de GAD, con su sección, en orden."""
        preguntas = self.filter(seccion__instrumento=instrumento).select_related("seccion")
        return [p for p in preguntas.order_by("seccion__orden", "orden") if p.se_hace_a(nivel)]


class Pregunta(models.Model):
    """Pregunta guía. De escala (SÍ / PARCIAL / NO, con justificación) o de texto."""

    class Tipo(models.TextChoices):
        ESCALA = "escala", "SÍ / PARCIAL / NO con justificación"
        TEXTO = "texto", "Texto"

    seccion = models.ForeignKey(Seccion, models.CASCADE, related_name="preguntas")
    codigo = models.SlugField("código", max_length=10)
    orden = models.PositiveSmallIntegerField()
    tipo = models.CharField(max_length=6, choices=Tipo.choices)
    texto = models.CharField(max_length=300)
    componente = models.CharField(max_length=60, blank=True)
    criterio = models.CharField(max_length=60, blank=True)
    ayuda = models.CharField(max_length=300, blank=True)
    obligatoria = models.BooleanField(default=True)
    niveles = models.CharField(
        max_length=120,
        blank=True,
        help_text="Niveles de GAD a los que se hace, separados por comas; vacío es a todos.",
    )
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = PreguntaQuerySet.as_manager()

    class Meta:
        verbose_name = "pregunta"
        ordering = ["seccion", "orden"]
        constraints = [
            models.UniqueConstraint(fields=["seccion", "codigo"], name="pregunta_codigo_unico"),
        ]

    def __str__(self):
        return f"{self.codigo} · {self.texto}"

    def clean(self):
        ajenos = self.lista_niveles - set(Gad.Nivel.values)
        if ajenos:
            raise ValidationError({"niveles": f"Nivel desconocido: {', '.join(sorted(ajenos))}."})

    @property
    def es_escala(self):
        return self.tipo == self.Tipo.ESCALA

    def esta_en(self, respuesta):
        """Si la respuesta la contesta: una de escala lleva marca; una de texto, texto."""
        if respuesta is None:
            return False
        return bool(respuesta.valor if self.es_escala else respuesta.texto.strip())

    @property
    def lista_niveles(self):
        return {nivel.strip() for nivel in self.niveles.split(",") if nivel.strip()}

    def se_hace_a(self, nivel):
        return not self.niveles or nivel in self.lista_niveles
