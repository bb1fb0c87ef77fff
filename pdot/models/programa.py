"""El programa de gobierno local de una autoridad electa y su plan plurianual (S:360-362)."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from territorios.models import Autoridad
from territorios.models.vigencia import ULTIMO_ANIO, fechas_creibles
from territorios.versiones import ModeloVersionado

from .alcance import DelGadQuerySet
from .plan import PRIMER_ANIO_DE_PLAN, Objetivo, Pdot


class ProgramaQuerySet(DelGadQuerySet):
    """Lo que una autoridad ofreció al ser electa es público."""

    gad = "autoridad__gad"

    def con_lugar(self):
        return self.select_related("autoridad__gad__territorio__padre__padre", "pdot")


class ProgramaGobierno(ModeloVersionado):
    """El programa con que una autoridad fue electa: su GAD y su período son los de la autoridad.

    `pdot`: el plan a que se traduce, que es con el que se comparan sus proyectos.
    """

    autoridad = models.OneToOneField(Autoridad, models.PROTECT, related_name="programa")
    pdot = models.ForeignKey(
        Pdot, models.PROTECT, related_name="programas", verbose_name="PDOT al que se traduce"
    )
    vision = models.TextField("visión", max_length=4000, blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = ProgramaQuerySet.as_manager()

    class Meta:
        verbose_name = "programa de gobierno local"
        verbose_name_plural = "programas de gobierno local"
        ordering = ["-autoridad__desde", "pk"]

    def __str__(self):
        return f"Programa de gobierno de {self.autoridad.nombre}"

    def clean(self):
        con_ambos = self.autoridad_id and self.pdot_id
        if con_ambos and self.autoridad.gad_id != self.pdot.gad_id:
            raise ValidationError({"pdot": "Ese PDOT no es del GAD de la autoridad."})

    @property
    def gad(self):
        return self.autoridad.gad


class ProyectoQuerySet(DelGadQuerySet):
    gad = "programa__autoridad__gad"


class Proyecto(ModeloVersionado):
    """Proyecto plurianual del programa, con los objetivos del PDOT en que se traduce.

    El presupuesto es referencial, en dólares, y solo se anota con su fuente y su fecha.
    """

    programa = models.ForeignKey(ProgramaGobierno, models.CASCADE, related_name="proyectos")
    nombre = models.CharField(max_length=200)
    anio_desde = models.PositiveSmallIntegerField("primer año")
    anio_hasta = models.PositiveSmallIntegerField("último año")
    descripcion = models.TextField("descripción", max_length=2000, blank=True)
    presupuesto = models.DecimalField(
        "presupuesto referencial (dólares)", max_digits=14, decimal_places=2, null=True, blank=True
    )
    presupuesto_fuente = models.CharField("fuente del presupuesto", max_length=160, blank=True)
    presupuesto_fecha = models.DateField("fecha del presupuesto", null=True, blank=True)
    objetivos = models.ManyToManyField(
        Objetivo, blank=True, related_name="proyectos", verbose_name="objetivos del PDOT"
    )
    historia = HistoricalRecords(m2m_fields=[objetivos])

    objects = ProyectoQuerySet.as_manager()

    class Meta:
        verbose_name = "proyecto del programa"
        verbose_name_plural = "proyectos del programa"
        ordering = ["programa", "anio_desde", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programa", "nombre"],
                name="proyecto_nombre_unico",
                violation_error_message="El programa ya tiene un proyecto con ese nombre.",
            ),
            models.CheckConstraint(
                name="proyecto_con_nombre",
                condition=~Q(nombre=""),
                violation_error_message="Escriba el nombre del proyecto.",
            ),
            models.CheckConstraint(
                name="proyecto_anios_en_orden",
                condition=Q(anio_desde__lte=F("anio_hasta")),
                violation_error_message="El proyecto no puede terminar antes de empezar.",
            ),
            models.CheckConstraint(
                name="proyecto_anios_creibles",
                condition=Q(anio_desde__gte=PRIMER_ANIO_DE_PLAN, anio_hasta__lte=ULTIMO_ANIO),
                violation_error_message="Revise los años: deben estar entre "
                f"{PRIMER_ANIO_DE_PLAN} y {ULTIMO_ANIO}.",
            ),
            models.CheckConstraint(
                name="proyecto_presupuesto_con_fuente",
                condition=Q(presupuesto__isnull=True)
                | Q(presupuesto__gte=0, presupuesto_fecha__isnull=False)
                & ~Q(presupuesto_fuente=""),
                violation_error_message="Un presupuesto, de cero o más, se anota con su fuente y "
                "su fecha.",
            ),
            fechas_creibles("proyecto_fecha_creible", "presupuesto_fecha"),
        ]

    def __str__(self):
        return self.nombre
