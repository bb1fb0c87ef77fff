"""El instrumento de evaluación: preguntas guía por secciones y versiones (S:345-368)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from territorios.models import Gad
from territorios.versiones import ModeloVersionado


class InstrumentoQuerySet(models.QuerySet):
    def vigente(self):
        """El último publicado, que es el que se ofrece al abrir una evaluación; None si no hay."""
        return self.filter(publicado=True).order_by("-numero").first()


class Instrumento(ModeloVersionado):
    """Versión de las preguntas guía. Publicada no cambia: así no se reescribe lo respondido.

    `numero` es la versión de las preguntas; `version`, la de la fila, sube con cada guardado.
    """

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


class SeccionQuerySet(models.QuerySet):
    def con_preguntas(self):
        """Una fila por pregunta, en `una`; las hojas, una sola y sin `una`. En orden."""
        filas = self.annotate(una=models.FilteredRelation("preguntas")).select_related("una")
        return filas.order_by("orden", "una__orden")


class Seccion(ModeloVersionado):
    """Una página del formulario: preguntas o una de las hojas con forma propia."""

    class Clase(models.TextChoices):
        PREGUNTAS = "preguntas", "Preguntas"
        VINCULOS = "vinculos", "Vínculo con los planes de otros niveles"
        INFORMACION = "informacion", "Información con que se cuenta o que se requiere"
        VISION = "vision", "Nueva visión y problemas"

    class Mide(models.TextChoices):
        INTERNA = "interna", "Coherencia interna"
        GOBIERNO = "gobierno", "Plan de gobierno local"

    instrumento = models.ForeignKey(Instrumento, models.CASCADE, related_name="secciones")
    codigo = models.SlugField("código", max_length=20)
    orden = models.PositiveSmallIntegerField()
    clase = models.CharField(max_length=11, choices=Clase.choices, default=Clase.PREGUNTAS)
    titulo = models.CharField("título", max_length=120)
    # Lo dice la sección y no su código, que la central puede cambiar sin que la cifra se caiga.
    mide = models.CharField(
        "indicador al que suma",
        max_length=8,
        choices=Mide.choices,
        blank=True,
        help_text="En qué indicador de la coherencia se cuentan sus preguntas, si en alguno.",
    )
    ayuda = models.TextField(blank=True)
    obligatoria = models.BooleanField(
        default=True, help_text="Una hoja que no lo es puede enviarse vacía; no rige las preguntas."
    )
    historia = HistoricalRecords()

    objects = SeccionQuerySet.as_manager()

    class Meta:
        verbose_name = "sección"
        verbose_name_plural = "secciones"
        ordering = ["instrumento", "orden"]
        constraints = [
            models.UniqueConstraint(fields=["instrumento", "codigo"], name="seccion_codigo_unico"),
            models.UniqueConstraint(
                fields=["instrumento", "clase"],
                condition=~Q(clase="preguntas"),
                name="seccion_hoja_unica",
                violation_error_message="El instrumento ya tiene esa hoja.",
            ),
        ]

    def __str__(self):
        return self.titulo

    @property
    def es_hoja(self):
        """Si tiene forma propia, en vez de preguntas."""
        return self.clase != self.Clase.PREGUNTAS


class PreguntaQuerySet(models.QuerySet):
    def para_nivel(self, instrumento, nivel):
        """Preguntas del instrumento que se hacen a un nivel de GAD, con su sección, en orden."""
        preguntas = self.filter(seccion__instrumento=instrumento).select_related("seccion")
        return [p for p in preguntas.order_by("seccion__orden", "orden") if p.se_hace_a(nivel)]


class Pregunta(ModeloVersionado):
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
    def nombres_de_niveles(self):
        """Los niveles a que se hace, en palabras y en orden; vacío si es a todos."""
        return [n.label.lower() for n in Gad.Nivel if self.niveles and n in self.lista_niveles]

    @property
    def lista_niveles(self):
        return {nivel.strip() for nivel in self.niveles.split(",") if nivel.strip()}

    def se_hace_a(self, nivel):
        return not self.niveles or nivel in self.lista_niveles
