"""Entidades que acompañan el proceso y el nombre de la institución que firma, con su vigencia."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from .gad import Gad
from .territorio import Zona
from .vigencia import ConVigencia, fechas_en_orden, vigente_en


class Entidad(models.Model):
    """Entidad que convoca, facilita o acompaña y no es un GAD (STPE, AME, Congope, academia…)."""

    class Tipo(models.TextChoices):
        RECTORA = "rectora", "Entidad rectora de la planificación"
        ASOCIATIVA = "asociativa", "Asociación de GAD"
        EJECUTIVO = "ejecutivo", "Ejecutivo desconcentrado"
        ACADEMIA = "academia", "Academia"
        COOPERACION = "cooperacion", "Cooperación internacional"
        SOCIEDAD = "sociedad", "Sociedad civil"

    clave = models.SlugField(max_length=40, unique=True)
    nombre = models.CharField(max_length=160)
    siglas = models.CharField(max_length=40, blank=True)
    tipo = models.CharField(max_length=12, choices=Tipo.choices)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "entidad"
        verbose_name_plural = "entidades"
        ordering = ["nombre"]

    def __str__(self):
        return self.siglas or self.nombre


class NombreInstitucionQuerySet(models.QuerySet):
    def en(self, fecha=None):
        """El nombre vigente en la fecha (hoy si se calla), o None si la central no lo cargó."""
        return self.filter(vigente_en(fecha or timezone.localdate())).order_by("-desde").first()


class NombreInstitucion(ConVigencia):
    """Nombre con que la institución encabeza sus documentos entre dos fechas."""

    nombre = models.CharField(max_length=160)
    siglas = models.CharField(max_length=20, blank=True)
    norma = models.CharField("norma que lo dispone", max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = NombreInstitucionQuerySet.as_manager()

    class Meta:
        verbose_name = "nombre de la institución"
        verbose_name_plural = "nombres de la institución"
        ordering = ["desde"]
        constraints = [
            fechas_en_orden("institucion_fechas_en_orden"),
            models.UniqueConstraint(fields=["desde"], name="institucion_un_nombre_por_fecha"),
        ]

    def __str__(self):
        return self.nombre

    def clean(self):
        self.exigir_sin_cruce(NombreInstitucion.objects.all())


class EspacioCoordinacionQuerySet(models.QuerySet):
    def vigentes(self):
        return self.filter(vigente_en(timezone.localdate()))


class EspacioCoordinacion(ConVigencia):
    """Espacio donde confluyen actores y que acoge a un grupo (S:794). No es un grupo."""

    class Tipo(models.TextChoices):
        MESA_ZONAL = "mesa_zonal", "Mesa de ordenamiento territorial zonal"
        MESA_PROVINCIAL = "mesa_provincial", "Mesa de ordenamiento territorial provincial"
        AGENDA_ZONAL = "agenda_zonal", "Agenda zonal"
        MANCOMUNIDAD = "mancomunidad", "Mancomunidad"
        CONSORCIO = "consorcio", "Consorcio"
        OTRO = "otro", "Otro espacio de coordinación"

    nombre = models.CharField(max_length=160, unique=True)
    tipo = models.CharField(max_length=16, choices=Tipo.choices)
    zona = models.ForeignKey(Zona, models.PROTECT, null=True, blank=True, related_name="espacios")
    nota = models.TextField(blank=True)
    historia = HistoricalRecords()

    objects = EspacioCoordinacionQuerySet.as_manager()

    class Meta:
        verbose_name = "espacio de coordinación"
        verbose_name_plural = "espacios de coordinación"
        ordering = ["nombre"]
        constraints = [fechas_en_orden("espacio_fechas_en_orden")]

    def __str__(self):
        return self.nombre


class MiembroEspacio(ConVigencia):
    """Un GAD o una entidad en un espacio de coordinación, con su período."""

    espacio = models.ForeignKey(EspacioCoordinacion, models.CASCADE, related_name="miembros")
    gad = models.ForeignKey(
        Gad, models.PROTECT, null=True, blank=True, related_name="espacios", verbose_name="GAD"
    )
    entidad = models.ForeignKey(
        Entidad, models.PROTECT, null=True, blank=True, related_name="espacios"
    )
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "miembro del espacio"
        verbose_name_plural = "miembros del espacio"
        ordering = ["espacio", "gad", "entidad"]
        constraints = [
            fechas_en_orden("miembro_espacio_fechas_en_orden"),
            models.CheckConstraint(
                name="miembro_espacio_gad_o_entidad",
                condition=Q(gad__isnull=False, entidad__isnull=True)
                | Q(gad__isnull=True, entidad__isnull=False),
                violation_error_message="El miembro es un GAD o una entidad: uno de los dos.",
            ),
            models.UniqueConstraint(
                fields=["espacio", "gad"], condition=Q(hasta__isnull=True), name="miembro_gad_unico"
            ),
            models.UniqueConstraint(
                fields=["espacio", "entidad"],
                condition=Q(hasta__isnull=True),
                name="miembro_entidad_unica",
            ),
        ]

    def __str__(self):
        return str(self.gad or self.entidad)
