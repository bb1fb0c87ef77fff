"""Necesidades de capacidad: qué le falta a un GAD o a un grupo para llevar adelante su PDOT."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
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
        """Quien acompaña: las de los grupos que edita y las de los GAD de su zona.

        Un GAD, las que él declaró: lo que la zona recogió de un encuentro o de un documento lo
        corrige quien lo recogió.
        """
        if not usuario.is_authenticated or not usuario.puede(Permiso.DECLARAR_NECESIDADES):
            return self.none()
        if usuario.gad_id:
            return self.filter(gad=usuario.gad_id, origen=Necesidad.Origen.DECLARACION)
        if usuario.ve_el_pais:
            return self
        return self.filter(Q(grupo__in=Grupo.objects.editables_por(usuario)) | _de_zona(usuario))

    def vivas(self):
        """Las que siguen en pie; las retiradas se conservan con su motivo."""
        return self.filter(retirada=None)

    def de_grupo(self, grupo):
        """Las vivas del grupo y de quienes son hoy sus miembros; primero lo más urgente."""
        miembros = grupo.membresias.vigentes_en().values("gad")
        suyas = self.vivas().filter(Q(grupo=grupo) | Q(gad__in=miembros))
        return suyas.por_urgencia()

    def de_zona(self, zona):
        """Las vivas de los GAD de la zona y de los grupos que coordina."""
        suyas = self.vivas().filter(Q(gad__territorio__zona=zona) | Q(grupo__zona=zona))
        return suyas.por_urgencia()

    def de_gad(self, gad):
        """Las vivas del GAD y de los grupos de que es hoy miembro."""
        grupos = Membresia.objects.acompanados().del_gad(gad.pk)
        return self.vivas().filter(Q(gad=gad) | Q(grupo__in=grupos)).por_urgencia()

    def con_atencion(self):
        """Con `atendida`: si la atiende una actividad de un plan aprobado o ya ejecutado.

        Un borrador todavía no atiende a nadie, y un plan que se cerró sin avanzar, tampoco.
        """
        actividad = Necesidad.actividades.rel.related_model
        valen = Q(plan__estado="aprobado") | Q(plan__estado="cerrado", avance__gt=0)
        suyas = actividad.objects.filter(valen, necesidades=models.OuterRef("pk"))
        return self.annotate(atendida=models.Exists(suyas))

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

    class Origen(models.TextChoices):
        ENCUENTRO = "encuentro", "Encuentro"
        EVALUACION = "evaluacion", "Evaluación del PDOT"
        DECLARACION = "declaracion", "Declaración del GAD"
        DOCUMENTO = "documento", "Documento"

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
    origen = models.CharField(max_length=11, choices=Origen.choices, default=Origen.DECLARACION)
    constancia = models.CharField(
        max_length=250,
        blank=True,
        help_text="Qué lo prueba: número de oficio, acta, pregunta de la evaluación o página.",
    )
    retirada = models.DateTimeField(null=True, blank=True, editable=False)
    motivo_retiro = models.CharField(
        "por qué se retira", max_length=250, blank=True, editable=False
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
            models.CheckConstraint(
                name="necesidad_con_constancia",
                condition=Q(origen="declaracion")
                | Q(origen="encuentro", encuentro__isnull=False)
                | Q(origen__in=["evaluacion", "documento"]) & ~Q(constancia=""),
                violation_error_message="Diga de qué encuentro nació, o qué documento o respuesta "
                "la prueba.",
            ),
            models.CheckConstraint(
                name="necesidad_retirada_con_motivo",
                condition=Q(retirada__isnull=True, motivo_retiro="")
                | Q(retirada__isnull=False) & ~Q(motivo_retiro=""),
                violation_error_message="Una necesidad se retira con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return self.tema

    def get_absolute_url(self):
        return reverse("pdot:necesidad", args=[self.pk])

    @property
    def de_quien(self):
        """El GAD, sin equívocos, o el grupo."""
        return self.gad.nombre_con_lugar if self.gad_id else str(self.grupo)
