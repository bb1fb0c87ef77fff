"""Acuerdos: qué, quién, con quién, para cuándo, y cómo va."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.jurisdiccion import Permiso
from territorios.models import Entidad, Gad
from territorios.models.vigencia import fechas_creibles
from territorios.versiones import ModeloVersionado

from .grupo import Grupo


class AcuerdoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los de los grupos que ve quien entra."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self.filter(grupo__in=Grupo.objects.visibles_para(usuario))

    def de_zona(self, zona):
        """Los de los grupos que la zona coordina o en los que tiene algún GAD."""
        return self.filter(grupo__in=Grupo.objects.de_zona(zona))

    def editables_por(self, usuario):
        """Quien edita el grupo edita sus acuerdos."""
        if not usuario.is_authenticated:
            return self.none()
        return self.filter(grupo__in=Grupo.objects.editables_por(usuario))

    def con_avance_de(self, usuario):
        """Aquellos cuyo avance puede anotar: los que edita; en un GAD, aquellos en que es parte."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.ANOTAR_AVANCES):
            return self.none()
        if usuario.gad_id:
            propio = Q(responsable_gad=usuario.gad_id) | Q(partes=usuario.gad_id)
            return self.visibles_para(usuario).filter(propio).distinct()
        return self.editables_por(usuario)

    def abiertos(self):
        return self.filter(estado__in=Acuerdo.ABIERTOS)

    def para_lista(self):
        """Con su grupo y responsable; primero lo abierto, de lo más vencido a lo más lejano."""
        abierto = models.Case(models.When(estado__in=Acuerdo.ABIERTOS, then=0), default=1)
        return self.select_related(
            "grupo", "responsable_gad__territorio__padre__padre", "responsable_entidad"
        ).order_by(abierto, "fecha_limite", "pk")

    def vencidos(self, fecha=None):
        return self.abiertos().filter(fecha_limite__lt=fecha or timezone.localdate())

    def por_vencer(self):
        """Los abiertos que vencen en 15 días o menos, y los que ya vencieron."""
        pronto = timezone.localdate() + timedelta(days=Acuerdo.DIAS_POR_VENCER)
        return self.abiertos().filter(fecha_limite__lte=pronto)


class Acuerdo(ModeloVersionado):
    """Compromiso de un grupo, con un responsable (GAD o entidad), partes y fecha."""

    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", "Pendiente"
        EN_CURSO = "en_curso", "En curso"
        CUMPLIDO = "cumplido", "Cumplido"
        CANCELADO = "cancelado", "Cancelado"

    ABIERTOS = (Estado.PENDIENTE, Estado.EN_CURSO)
    DIAS_POR_VENCER = 15

    grupo = models.ForeignKey(Grupo, models.PROTECT, related_name="acuerdos")
    numero = models.PositiveSmallIntegerField("número", editable=False)
    texto = models.TextField("qué se acordó", max_length=1000)
    responsable_gad = models.ForeignKey(
        Gad, models.PROTECT, null=True, blank=True, related_name="acuerdos_a_cargo"
    )
    responsable_entidad = models.ForeignKey(
        Entidad, models.PROTECT, null=True, blank=True, related_name="acuerdos_a_cargo"
    )
    partes = models.ManyToManyField(
        Gad, blank=True, related_name="acuerdos", verbose_name="con quién"
    )
    fecha_limite = models.DateField("para cuándo")
    estado = models.CharField(max_length=10, choices=Estado.choices, default=Estado.PENDIENTE)
    motivo = models.TextField("motivo de la cancelación", blank=True)
    creado = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords(m2m_fields=[partes])

    objects = AcuerdoQuerySet.as_manager()

    class Meta:
        verbose_name = "acuerdo"
        ordering = ["fecha_limite", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["grupo", "numero"], name="acuerdo_numero_unico"),
            models.CheckConstraint(
                name="acuerdo_un_responsable",
                condition=Q(responsable_gad__isnull=False, responsable_entidad__isnull=True)
                | Q(responsable_gad__isnull=True, responsable_entidad__isnull=False),
                violation_error_message="El acuerdo tiene un responsable: un GAD o una entidad.",
            ),
            models.CheckConstraint(
                name="acuerdo_cancelado_con_motivo",
                condition=~Q(estado="cancelado") | ~Q(motivo=""),
                violation_error_message="Un acuerdo se cancela con un motivo escrito.",
            ),
            fechas_creibles("acuerdo_plazo_creible", "fecha_limite"),
        ]

    def __str__(self):
        return f"Acuerdo {self.numero}"

    @property
    def responsable(self):
        return self.responsable_gad or self.responsable_entidad

    @property
    def esta_vencido(self):
        return self.estado in self.ABIERTOS and self.fecha_limite < timezone.localdate()


class AvanceAcuerdo(models.Model):
    """Avance con fecha y evidencia. No se edita: se agrega otro."""

    acuerdo = models.ForeignKey(Acuerdo, models.CASCADE, related_name="avances")
    fecha = models.DateField()
    texto = models.TextField("qué se hizo", max_length=1000)
    estado = models.CharField("cómo queda", max_length=10, choices=Acuerdo.Estado.choices)
    evidencia = models.CharField(
        max_length=250, blank=True, help_text="Número de oficio, acta o documento que lo prueba."
    )
    enlace = models.URLField("enlace a la evidencia", blank=True)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cuando = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "avance del acuerdo"
        verbose_name_plural = "avances del acuerdo"
        ordering = ["-fecha", "-pk"]
        constraints = [fechas_creibles("avance_fecha_creible", "fecha")]

    def __str__(self):
        return self.texto[:80]
