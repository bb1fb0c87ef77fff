"""Hitos del proceso de actualización del PDOT y en cuáles va cada GAD (S:1229-1257).

No se reutiliza `acompanamiento.Hito`: aquel es de la hoja de ruta de un grupo, con fechas que el
grupo acuerda y cumplimientos solo de sus miembros. El proceso de actualización lo recorre cada
uno de los 1.066 GAD, tenga o no grupo, y su constancia es un documento. Los plazos legales no se
escriben aquí: si una guía nueva cambia los hitos, la central cierra la vigencia de unos y abre la
de otros, y lo anotado con los anteriores se conserva.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.archivos import AlmacenPrivado
from territorios.models import Gad
from territorios.models.vigencia import (
    ConVigencia,
    fechas_creibles,
    fechas_en_orden,
    vigente_en,
)
from territorios.versiones import ModeloVersionado

from .alcance import DelGadQuerySet, gads_a_la_vista


class HitoProcesoQuerySet(models.QuerySet):
    def vigentes(self):
        return self.filter(vigente_en(timezone.localdate()))

    def para_gad(self, gad):
        """Los vigentes hoy y los que el GAD ya cumplió, aunque después se cerraran."""
        suyos = CumplimientoProceso.objects.filter(gad=gad).values("hito")
        return self.filter(vigente_en(timezone.localdate()) | models.Q(pk__in=suyos))


class HitoProceso(ConVigencia):
    """Hito del catálogo, que edita la central."""

    clave = models.SlugField(max_length=40, unique=True)
    orden = models.PositiveSmallIntegerField()
    nombre = models.CharField(max_length=160)
    corto = models.CharField(
        "rótulo", max_length=30, help_text="Cómo se nombra en el cuadro de quién va en qué."
    )
    descripcion = models.TextField("descripción", max_length=1000, blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = HitoProcesoQuerySet.as_manager()

    class Meta:
        verbose_name = "hito del proceso"
        verbose_name_plural = "hitos del proceso"
        ordering = ["orden", "pk"]
        constraints = [fechas_en_orden("hito_proceso_fechas_en_orden")]

    def __str__(self):
        return self.nombre


class CumplimientoProcesoQuerySet(DelGadQuerySet):
    def visibles_para(self, usuario):
        """Los de los GAD de su jurisdicción: en qué va un GAD lo siguen quienes lo acompañan."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self if usuario.ve_el_pais else self.filter(gad__in=gads_a_la_vista(usuario))


class CumplimientoProceso(ModeloVersionado):
    """Un GAD cumplió un hito en una fecha: qué lo demuestra, su documento y quién lo anotó."""

    hito = models.ForeignKey(HitoProceso, models.PROTECT, related_name="cumplimientos")
    gad = models.ForeignKey(
        Gad, models.PROTECT, related_name="hitos_del_proceso", verbose_name="GAD"
    )
    fecha = models.DateField()
    evidencia = models.CharField("qué lo demuestra", max_length=500)
    enlace = models.URLField("enlace al documento", max_length=300, blank=True)
    archivo = models.FileField(storage=AlmacenPrivado(), max_length=120, blank=True, editable=False)
    archivo_bytes = models.PositiveIntegerField(null=True, blank=True, editable=False)
    por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name="lo anotó"
    )
    historia = HistoricalRecords()

    objects = CumplimientoProcesoQuerySet.as_manager()

    class Meta:
        verbose_name = "cumplimiento del proceso"
        verbose_name_plural = "cumplimientos del proceso"
        ordering = ["gad", "hito__orden"]
        constraints = [
            models.UniqueConstraint(fields=["hito", "gad"], name="cumplimiento_proceso_unico"),
            models.CheckConstraint(
                name="cumplimiento_proceso_con_evidencia",
                condition=~models.Q(evidencia=""),
                violation_error_message="Diga qué lo demuestra.",
            ),
            fechas_creibles("cumplimiento_proceso_fecha_creible", "fecha"),
        ]

    def __str__(self):
        return f"{self.gad.nombre}: {self.hito}"
