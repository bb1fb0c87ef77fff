"""El PDOT de un GAD en un período."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from territorios.archivos import AlmacenPrivado
from territorios.models import Gad
from territorios.models.vigencia import ULTIMO_ANIO, fechas_creibles
from territorios.versiones import ModeloVersionado

from .alcance import DelGadQuerySet

# Los planes que hay que poder nombrar son desde los primeros de provincias y cantones.
PRIMER_ANIO_DE_PLAN = 2000


class PdotQuerySet(DelGadQuerySet):
    """El PDOT es un documento público, y su archivo también."""

    def con_lugar(self):
        return self.select_related("gad__territorio__padre__padre", "gad__territorio__zona")


class Pdot(ModeloVersionado):
    """Plan de desarrollo y ordenamiento territorial de un GAD, de un año a otro (inclusive).

    Rige uno a la vez: al poner en vigencia el siguiente, el anterior termina y queda a la vista.
    El archivo es el PDF aprobado, en el almacén privado; lo entrega una vista.
    """

    class Estado(models.TextChoices):
        ELABORACION = "elaboracion", "En elaboración"
        VIGENTE = "vigente", "Vigente"
        TERMINADO = "terminado", "Terminado"

    # A qué estado se pasa desde cada uno. Lo terminado puede volver: se cierra por error.
    PASOS = {
        Estado.ELABORACION: (Estado.VIGENTE, Estado.TERMINADO),
        Estado.VIGENTE: (Estado.TERMINADO,),
        Estado.TERMINADO: (Estado.VIGENTE,),
    }

    gad = models.ForeignKey(Gad, models.PROTECT, related_name="planes", verbose_name="GAD")
    anio_desde = models.PositiveSmallIntegerField("primer año")
    anio_hasta = models.PositiveSmallIntegerField("último año")
    vision = models.TextField("visión", blank=True)
    modelo_gestion = models.TextField("modelo de gestión", blank=True)
    instrumento_aprobacion = models.CharField(
        "instrumento de aprobación", max_length=160, blank=True
    )
    aprobado_el = models.DateField("fecha de aprobación", null=True, blank=True)
    estado = models.CharField(max_length=11, choices=Estado.choices, default=Estado.ELABORACION)
    archivo = models.FileField(storage=AlmacenPrivado(), max_length=120, blank=True, editable=False)
    archivo_bytes = models.PositiveIntegerField(null=True, blank=True, editable=False)
    nota = models.CharField(max_length=250, blank=True)
    historia = HistoricalRecords()

    objects = PdotQuerySet.as_manager()

    class Meta:
        verbose_name = "PDOT"
        verbose_name_plural = "PDOT"
        ordering = ["gad", "-anio_desde"]
        constraints = [
            models.UniqueConstraint(
                fields=["gad", "anio_desde"],
                name="pdot_uno_por_periodo",
                violation_error_message="El GAD ya tiene un PDOT que empieza ese año.",
            ),
            models.CheckConstraint(
                name="pdot_anios_en_orden",
                condition=Q(anio_desde__lte=F("anio_hasta"), anio_desde__gte=PRIMER_ANIO_DE_PLAN),
                violation_error_message="El PDOT no puede terminar antes de empezar.",
            ),
            models.CheckConstraint(
                name="pdot_anios_creibles",
                condition=Q(anio_hasta__lte=ULTIMO_ANIO),
                violation_error_message=f"Revise los años: hasta el {ULTIMO_ANIO}.",
            ),
            models.UniqueConstraint(
                fields=["gad"],
                condition=Q(estado="vigente"),
                name="pdot_un_vigente_por_gad",
                violation_error_message="El GAD ya tiene un PDOT vigente.",
            ),
            fechas_creibles("pdot_fecha_creible", "aprobado_el"),
        ]

    def __str__(self):
        return f"PDOT {self.anio_desde}-{self.anio_hasta}"

    @property
    def pasos(self):
        """Los estados a que puede pasar."""
        return self.PASOS[self.Estado(self.estado)]

    def ya_paso_su_periodo(self, hoy):
        return self.anio_hasta < hoy.year

    def estado_al_declararlo(self, hoy):
        """El de un plan que la plataforma no conocía: si sus años pasaron, está terminado."""
        pasado = self.ya_paso_su_periodo(hoy)
        return self.Estado.TERMINADO if pasado else self.Estado.ELABORACION


class Objetivo(models.Model):
    """Objetivo estratégico de un PDOT, con el sistema (o componente) a que responde."""

    class Sistema(models.TextChoices):
        FISICO_AMBIENTAL = "fisico_ambiental", "Físico ambiental"
        ASENTAMIENTOS = "asentamientos", "Asentamientos humanos, movilidad y conectividad"
        SOCIOCULTURAL = "sociocultural", "Sociocultural"
        ECONOMICO = "economico", "Económico productivo"
        POLITICO = "politico", "Político institucional"

    pdot = models.ForeignKey(Pdot, models.CASCADE, related_name="objetivos")
    orden = models.PositiveSmallIntegerField()
    texto = models.CharField("objetivo estratégico", max_length=500)
    sistema = models.CharField(max_length=16, choices=Sistema.choices, blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "objetivo estratégico"
        verbose_name_plural = "objetivos estratégicos"
        ordering = ["pdot", "orden"]
        constraints = [
            models.UniqueConstraint(fields=["pdot", "orden"], name="objetivo_orden_unico"),
            models.CheckConstraint(
                name="objetivo_con_texto",
                condition=~Q(texto=""),
                violation_error_message="Escriba el objetivo.",
            ),
        ]

    def __str__(self):
        return self.texto
