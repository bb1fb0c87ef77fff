"""Hoja de ruta: hitos por grupo con fecha meta y cumplimiento por GAD."""

from django.conf import settings
from django.db import models
from simple_history.models import HistoricalRecords

from territorios.models import Gad
from territorios.models.vigencia import fechas_creibles
from territorios.versiones import ModeloVersionado

from .grupo import Grupo


class HitoQuerySet(models.QuerySet):
    def ofrecidos_a(self, grupo):
        """Los activos y los que el grupo ya tiene, aunque se desactivaran después."""
        suyos = HitoGrupo.objects.filter(grupo=grupo).values("hito")
        return self.filter(models.Q(activo=True) | models.Q(pk__in=suyos))


class Hito(models.Model):
    """Hito del catálogo editable. Los plazos legales no se escriben en el código."""

    clave = models.SlugField(max_length=40, unique=True)
    nombre = models.CharField(max_length=160)
    descripcion = models.TextField("descripción", blank=True)
    orden = models.PositiveSmallIntegerField()
    activo = models.BooleanField(default=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = HitoQuerySet.as_manager()

    class Meta:
        verbose_name = "hito"
        ordering = ["orden"]

    def __str__(self):
        return self.nombre


class HitoGrupoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los de los grupos que ve quien entra."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self.filter(grupo__in=Grupo.objects.visibles_para(usuario))


class HitoGrupo(models.Model):
    """Un hito en la hoja de ruta de un grupo. Sin fecha meta está por acordar."""

    grupo = models.ForeignKey(Grupo, models.CASCADE, related_name="hitos")
    hito = models.ForeignKey(Hito, models.PROTECT, related_name="en_grupos")
    fecha_inicio = models.DateField("desde", null=True, blank=True)
    fecha_meta = models.DateField("fecha meta", null=True, blank=True)
    historia = HistoricalRecords()

    objects = HitoGrupoQuerySet.as_manager()

    class Meta:
        verbose_name = "hito del grupo"
        verbose_name_plural = "hitos del grupo"
        ordering = ["grupo", "hito__orden"]
        constraints = [
            models.UniqueConstraint(fields=["grupo", "hito"], name="hito_unico_por_grupo"),
            models.CheckConstraint(
                name="hito_fechas_en_orden",
                condition=models.Q(fecha_inicio__isnull=True)
                | models.Q(fecha_meta__isnull=True)
                | models.Q(fecha_inicio__lte=models.F("fecha_meta")),
                violation_error_message="La fecha meta no puede ser anterior al inicio.",
            ),
            fechas_creibles("hito_fechas_creibles", "fecha_inicio", "fecha_meta"),
        ]

    def __str__(self):
        return f"{self.hito} ({self.grupo_id})"


class CumplimientoHito(ModeloVersionado):
    """Un GAD cumplió un hito en una fecha, con su evidencia."""

    hito = models.ForeignKey(HitoGrupo, models.CASCADE, related_name="cumplimientos")
    gad = models.ForeignKey(Gad, models.PROTECT, related_name="hitos_cumplidos")
    fecha = models.DateField()
    evidencia = models.CharField(max_length=250, blank=True)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "cumplimiento del hito"
        verbose_name_plural = "cumplimientos del hito"
        ordering = ["hito", "gad"]
        constraints = [
            models.UniqueConstraint(fields=["hito", "gad"], name="cumplimiento_unico"),
            fechas_creibles("cumplimiento_fecha_creible", "fecha"),
        ]

    def __str__(self):
        return f"{self.gad.nombre} cumplió «{self.hito.hito}»"
