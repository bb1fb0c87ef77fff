"""Necesidades de capacidad: qué le falta a un GAD o a un grupo para llevar adelante su PDOT."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo, Membresia
from talleres.models import Encuentro
from territorios.jurisdiccion import Permiso
from territorios.models import Gad
from territorios.versiones import ModeloVersionado


class NecesidadQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de los grupos que ve, las de su GAD o su zona y las de los GAD de sus grupos.

        Un grupo solo propuesto no abre las de sus GAD: cualquiera podría proponerlo.
        """
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        if usuario.ve_el_pais:
            return self
        grupos = Grupo.objects.visibles_para(usuario)
        miembros = Membresia.objects.acompanados().filter(grupo__in=grupos)
        propias = Q(gad=usuario.gad_id) if usuario.gad_id else _de_zona(usuario)
        return self.filter(Q(grupo__in=grupos) | Q(gad__in=miembros.values("gad")) | propias)

    def editables_por(self, usuario):
        """Quien acompaña: las de los grupos que edita y las de los GAD de su zona."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return self.none()
        if usuario.ve_el_pais:
            return self
        return self.filter(Q(grupo__in=Grupo.objects.editables_por(usuario)) | _de_zona(usuario))

    def de_grupo(self, grupo):
        """Las del grupo y las de quienes son hoy sus miembros; primero lo más urgente."""
        miembros = grupo.membresias.vigentes_en().values("gad")
        suyas = self.filter(Q(grupo=grupo) | Q(gad__in=miembros))
        return suyas.por_urgencia()

    def por_urgencia(self):
        """Primero lo más urgente, con su GAD, su grupo y su encuentro."""
        urgencia = models.Case(
            *[
                models.When(prioridad=prioridad, then=lugar)
                for lugar, prioridad in enumerate(Necesidad.Prioridad.values)
            ]
        )
        relacionados = self.select_related("gad__territorio__padre__padre", "encuentro", "grupo")
        return relacionados.order_by(urgencia, "tema", "pk")


def _de_zona(usuario):
    return Q(gad__territorio__zona=usuario.zona_id)


class Necesidad(ModeloVersionado):
    """Necesidad de un GAD o de un grupo. `asumible`: si el GAD puede resolverla con lo suyo."""

    class Componente(models.TextChoices):
        DIAGNOSTICO = "diagnostico", "Diagnóstico"
        PROPUESTA = "propuesta", "Propuesta"
        MODELO_GESTION = "modelo_gestion", "Modelo de gestión"
        TODO = "todo", "Todo el plan"

    class Modalidad(models.TextChoices):
        CAPACITACION = "capacitacion", "Capacitación"
        ASISTENCIA = "asistencia", "Asistencia técnica puntual"
        ACOMPANAMIENTO = "acompanamiento", "Acompañamiento permanente"

    class Prioridad(models.TextChoices):
        ALTA = "alta", "Alta"
        MEDIA = "media", "Media"
        BAJA = "baja", "Baja"

    tema = models.CharField(max_length=200)
    detalle = models.TextField(max_length=2000, blank=True)
    componente = models.CharField(
        "componente del PDOT",
        max_length=14,
        choices=Componente.choices,
        default=Componente.TODO,
    )
    modalidad = models.CharField(max_length=14, choices=Modalidad.choices)
    prioridad = models.CharField(max_length=5, choices=Prioridad.choices, default=Prioridad.MEDIA)
    asumible = models.BooleanField("el GAD puede asumirla", default=False)
    actor = models.CharField("quién podría atenderla", max_length=160, blank=True)
    grupo = models.ForeignKey(
        Grupo, models.PROTECT, null=True, blank=True, related_name="necesidades"
    )
    gad = models.ForeignKey(
        Gad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="necesidades",
        verbose_name="GAD",
    )
    encuentro = models.ForeignKey(
        Encuentro,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="necesidades",
        verbose_name="encuentro en que se dijo",
    )
    creada = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords()

    objects = NecesidadQuerySet.as_manager()

    class Meta:
        verbose_name = "necesidad"
        verbose_name_plural = "necesidades"
        ordering = ["tema", "pk"]
        constraints = [
            models.CheckConstraint(
                name="necesidad_de_gad_o_de_grupo",
                condition=Q(gad__isnull=False, grupo__isnull=True)
                | Q(gad__isnull=True, grupo__isnull=False),
                violation_error_message="La necesidad es de un GAD o de un grupo, no de los dos "
                "ni de ninguno.",
            ),
        ]

    def __str__(self):
        return self.tema
