"""Actividades del plan de capacidades y sus avances."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from talleres.models import Encuentro
from territorios.models import Entidad, Gad, Territorio
from territorios.models.vigencia import fechas_creibles
from territorios.versiones import ModeloVersionado

from .capacidad import PlanCapacidades
from .necesidad import Necesidad

PASA_DE_CIEN = "El avance va de 0 a 100 por ciento."


class ActividadCapacidadQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de los planes que ve."""
        return self.filter(plan__in=PlanCapacidades.objects.visibles_para(usuario))

    def editables_por(self, usuario):
        return self.filter(plan__in=PlanCapacidades.objects.editables_por(usuario))

    def para_lista(self):
        """Con su plan, su responsable y su lugar, en el orden de las fechas."""
        return self.select_related(
            "plan__grupo",
            "plan__zona",
            "responsable_gad__territorio__padre__padre",
            "responsable_entidad",
            "canton",
        ).order_by("desde", "hasta", "pk")

    def para_exportar(self, usuario):
        """Las que ve `usuario`, con todo lo que lleva una fila de la hoja. Cuatro consultas.

        Los encuentros vienen filtrados por lo que ve quien exporta.
        """
        encuentros = models.Prefetch("encuentros", Encuentro.objects.visibles_para(usuario))
        necesidades = models.Prefetch("necesidades", Necesidad.objects.visibles_para(usuario))
        beneficiarios = models.Prefetch("beneficiarios", Gad.objects.para_lista())
        visibles = self.visibles_para(usuario).para_lista()
        return visibles.prefetch_related(necesidades, beneficiarios, encuentros)


class ActividadCapacidad(ModeloVersionado):
    """Lo que se hará para atender necesidades, de un día a otro (inclusive).

    `clave` es la misma en todas las versiones del plan: por ella se comparan, y los avances de una
    siguen a la otra. `avance` es el último anotado, en por ciento. El presupuesto es referencial,
    en dólares, y dice de dónde sale y de cuándo es.
    """

    plan = models.ForeignKey(PlanCapacidades, models.CASCADE, related_name="actividades")
    clave = models.UUIDField(default=uuid.uuid4, editable=False, db_index=True)
    titulo = models.CharField("título", max_length=200)
    detalle = models.TextField(max_length=2000, blank=True)
    modalidad = models.CharField(max_length=14, choices=Necesidad.Modalidad.choices)
    necesidades = models.ManyToManyField(
        Necesidad, blank=True, related_name="actividades", verbose_name="necesidades que atiende"
    )
    responsable_gad = models.ForeignKey(
        Gad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actividades_a_cargo",
        verbose_name="GAD responsable",
    )
    responsable_entidad = models.ForeignKey(
        Entidad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="actividades_a_cargo",
        verbose_name="entidad responsable o aliada",
    )
    desde = models.DateField("empieza")
    hasta = models.DateField("termina")
    horas = models.PositiveSmallIntegerField(null=True, blank=True)
    canton = models.ForeignKey(
        Territorio,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"nivel": Territorio.Nivel.CANTON},
        verbose_name="cantón",
    )
    lugar = models.CharField(max_length=160, blank=True)
    beneficiarios = models.ManyToManyField(
        Gad, related_name="actividades", verbose_name="GAD beneficiarios"
    )
    cupo = models.PositiveIntegerField("cupo, en personas", null=True, blank=True)
    indicador = models.CharField(max_length=200, blank=True)
    linea_base = models.DecimalField(
        "línea base", max_digits=12, decimal_places=2, null=True, blank=True
    )
    meta = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    presupuesto = models.DecimalField(
        "presupuesto referencial, en dólares",
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
    )
    presupuesto_fuente = models.CharField("fuente del presupuesto", max_length=200, blank=True)
    presupuesto_fecha = models.DateField("fecha del presupuesto", null=True, blank=True)
    avance = models.PositiveSmallIntegerField("avance, en %", default=0, editable=False)
    encuentros = models.ManyToManyField(
        Encuentro, blank=True, related_name="actividades", verbose_name="encuentros en que se hizo"
    )
    historia = HistoricalRecords(m2m_fields=[necesidades, beneficiarios, encuentros])

    objects = ActividadCapacidadQuerySet.as_manager()

    class Meta:
        verbose_name = "actividad del plan de capacidades"
        verbose_name_plural = "actividades del plan de capacidades"
        ordering = ["plan", "desde", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "clave"], name="actividad_clave_por_plan"),
            models.CheckConstraint(
                name="actividad_un_responsable",
                condition=Q(responsable_gad__isnull=False, responsable_entidad__isnull=True)
                | Q(responsable_gad__isnull=True, responsable_entidad__isnull=False),
                violation_error_message="La actividad tiene un responsable: un GAD o una entidad.",
            ),
            models.CheckConstraint(
                name="actividad_fechas_en_orden",
                condition=Q(desde__lte=F("hasta")),
                violation_error_message="La actividad no puede terminar antes de empezar.",
            ),
            models.CheckConstraint(
                name="actividad_avance_de_0_a_100",
                condition=Q(avance__gte=0, avance__lte=100),
                violation_error_message=PASA_DE_CIEN,
            ),
            models.CheckConstraint(
                name="actividad_presupuesto_con_fuente",
                condition=Q(presupuesto__isnull=True)
                | Q(presupuesto__gte=0, presupuesto_fecha__isnull=False)
                & ~Q(presupuesto_fuente=""),
                violation_error_message="Un presupuesto dice de dónde sale y de qué fecha es, y no "
                "es negativo.",
            ),
            fechas_creibles("actividad_fechas_creibles", "desde", "hasta", "presupuesto_fecha"),
        ]

    def __str__(self):
        return self.titulo

    def get_absolute_url(self):
        return reverse("pdot:actividad", args=[self.pk])

    @property
    def responsable(self):
        return (
            self.responsable_gad.nombre_con_lugar
            if self.responsable_gad
            else (self.responsable_entidad.nombre)
        )

    @property
    def admite_encuentros(self):
        """Los encuentros se vinculan al planificar y al ejecutar; no mientras alguien lo revisa."""
        return self.plan.estado in (
            PlanCapacidades.Estado.BORRADOR,
            PlanCapacidades.Estado.APROBADO,
        )


class AvanceActividad(models.Model):
    """Cuánto se había hecho en una fecha, quién lo dijo y con qué prueba. No se edita: va otro."""

    actividad = models.ForeignKey(ActividadCapacidad, models.PROTECT, related_name="avances")
    fecha = models.DateField()
    porcentaje = models.PositiveSmallIntegerField("avance, en %")
    texto = models.TextField("qué se hizo", max_length=1000)
    evidencia = models.CharField(
        max_length=250, blank=True, help_text="Número de oficio, acta o documento que lo prueba."
    )
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cuando = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "avance de la actividad"
        verbose_name_plural = "avances de la actividad"
        ordering = ["-fecha", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="avance_de_actividad_de_0_a_100",
                condition=Q(porcentaje__gte=0, porcentaje__lte=100),
                violation_error_message=PASA_DE_CIEN,
            ),
            fechas_creibles("avance_de_actividad_fecha_creible", "fecha"),
        ]

    def __str__(self):
        return f"{self.porcentaje} % al {self.fecha:%d/%m/%Y}"
