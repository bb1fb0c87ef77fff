"""Los datos abiertos: con qué licencia y textos se publican, y qué se publicó cada noche."""

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.models.vigencia import ConVigencia, fechas_en_orden, vigente_en

LICENCIA = "Creative Commons Atribución 4.0 Internacional (CC BY 4.0)"
ENLACE = "https://creativecommons.org/licenses/by/4.0/deed.es"
TEXTO = (
    "Puede copiar, distribuir y transformar estos datos para cualquier fin, también comercial, si "
    "reconoce su origen: nombre a la institución que los publica y la fecha de la publicación, "
    "ponga el enlace a esta licencia y diga si los modificó. Nada en ello puede sugerir que la "
    "institución respalda su uso. Los datos se entregan como están, sin garantía."
)
PRESENTACION = (
    "Cifras y hechos públicos del acompañamiento técnico a los gobiernos autónomos "
    "descentralizados (GAD) mientras actualizan sus planes de desarrollo y ordenamiento "
    "territorial (PDOT). No llevan nombres de personas, contactos ni textos escritos por los GAD."
)


class CondicionesQuerySet(models.QuerySet):
    def en(self, fecha=None):
        """Las vigentes en la fecha (hoy si se calla); si la central no puso otras, CC BY 4.0."""
        puestas = self.filter(vigente_en(fecha or timezone.localdate())).order_by("-desde").first()
        return puestas or self.model()


class CondicionesDeDatos(ConVigencia):
    """La licencia y los textos con que se publica entre dos fechas."""

    licencia = models.CharField("nombre de la licencia", max_length=160, default=LICENCIA)
    enlace = models.URLField("enlace a la licencia", max_length=250, default=ENLACE)
    clave = models.CharField(
        "clave de la licencia",
        max_length=40,
        default="CC-BY-4.0",
        help_text="La de spdx.org, que leen los catálogos de datos.",
    )
    texto = models.TextField("qué permite", default=TEXTO)
    presentacion = models.TextField("presentación", default=PRESENTACION)
    historia = HistoricalRecords()

    objects = CondicionesQuerySet.as_manager()

    class Meta:
        verbose_name = "condiciones de los datos abiertos"
        verbose_name_plural = "condiciones de los datos abiertos"
        ordering = ["desde"]
        constraints = [
            fechas_en_orden("condiciones_fechas_en_orden"),
            models.UniqueConstraint(fields=["desde"], name="condiciones_unas_por_fecha"),
        ]

    def __str__(self):
        return self.licencia

    def clean(self):
        self.exigir_sin_cruce(CondicionesDeDatos.objects.all())


class PublicacionDeDatos(models.Model):
    """Una publicación completa. Es el puntero: mientras no existe, nadie ve su carpeta.

    `archivos`: [{nombre, titulo, filas, bytes, sha256}] en el orden en que se muestran.
    """

    clave = models.SlugField("carpeta", max_length=40, unique=True)
    hecha = models.DateTimeField("cuándo se publicó", auto_now_add=True)
    licencia = models.CharField(max_length=160)
    enlace = models.URLField("enlace a la licencia", max_length=250)
    texto = models.TextField("qué permite")
    presentacion = models.TextField("presentación")
    archivos = models.JSONField()
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "publicación de datos"
        verbose_name_plural = "publicaciones de datos"
        ordering = ["-pk"]

    def __str__(self):
        return f"Datos del {timezone.localtime(self.hecha):%d/%m/%Y}"

    def archivo(self, nombre):
        """La ficha del archivo de ese nombre, o None."""
        return next((uno for uno in self.archivos if uno["nombre"] == nombre), None)
