"""Plan de fortalecimiento de capacidades de un grupo o de una zona (S:790, 795)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo
from territorios.jurisdiccion import Permiso
from territorios.models import Gad, Zona
from territorios.models.vigencia import fechas_creibles
from territorios.versiones import ModeloVersionado

from .necesidad import Necesidad


class PlanCapacidadesQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los de los grupos que ve y los de su zona; el borrador, solo quien lo puede editar.

        Un GAD lee los de su zona además de los de sus grupos: es uno de sus beneficiarios.
        """
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        publicos = self.exclude(estado=PlanCapacidades.Estado.BORRADOR)
        if not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return publicos if usuario.ve_el_pais else publicos.filter(_alcance(usuario))
        return self if usuario.ve_el_pais else self.filter(_alcance(usuario))

    def editables_por(self, usuario):
        """Los de los grupos que edita y los de su zona, en cualquier estado."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return self.none()
        if usuario.ve_el_pais:
            return self
        grupos = Grupo.objects.editables_por(usuario)
        return self.filter(Q(grupo__in=grupos) | Q(zona=usuario.zona_id))

    def aprobables_por(self, usuario):
        """La central y la zona que coordina: de un grupo que cruza zonas aprueba una sola."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.APROBAR_PLANES):
            return self.none()
        editables = self.editables_por(usuario)
        if usuario.ve_el_pais:
            return editables
        return editables.filter(Q(grupo__zona=usuario.zona_id) | Q(zona=usuario.zona_id))

    def para_lista(self):
        """Con de quién es, cuántas actividades tiene y cuánto avanzan en promedio."""
        return self.select_related("grupo__zona", "zona", "parte_de").annotate(
            cuantas=models.Count("actividades"), avance=models.Avg("actividades__avance")
        )


def _alcance(usuario):
    zona = usuario.gad.territorio.zona_id if usuario.gad_id else usuario.zona_id
    return Q(grupo__in=Grupo.objects.visibles_para(usuario)) | Q(zona=zona)


class PlanCapacidades(ModeloVersionado):
    """Una versión del plan de un grupo o de una zona, de un día a otro (inclusive).

    Flujo: borrador → propuesto → (borrador, con motivo)* → aprobado → cerrado. Aprobado se congela:
    solo se anotan avances y encuentros; para cambiarlo se abre la versión siguiente, que parte de
    él, y al aprobarse esa, esta se cierra. `version` cuenta los guardados; `numero`, las versiones.
    """

    class Estado(models.TextChoices):
        BORRADOR = "borrador", "Borrador"
        PROPUESTO = "propuesto", "Propuesto"
        APROBADO = "aprobado", "Aprobado"
        CERRADO = "cerrado", "Cerrado"

    PASOS = {
        Estado.BORRADOR: (Estado.PROPUESTO,),
        Estado.PROPUESTO: (Estado.APROBADO, Estado.BORRADOR),
        Estado.APROBADO: (Estado.CERRADO,),
        Estado.CERRADO: (),
    }
    ABIERTOS = (Estado.BORRADOR, Estado.PROPUESTO)
    APROBADOS = (Estado.APROBADO, Estado.CERRADO)

    grupo = models.ForeignKey(
        Grupo, models.PROTECT, null=True, blank=True, related_name="planes_de_capacidades"
    )
    zona = models.ForeignKey(
        Zona, models.PROTECT, null=True, blank=True, related_name="planes_de_capacidades"
    )
    numero = models.PositiveSmallIntegerField("versión del plan", default=1, editable=False)
    parte_de = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="siguientes",
        verbose_name="versión de que parte",
    )
    desde = models.DateField("empieza")
    hasta = models.DateField("termina")
    objetivo = models.TextField(max_length=2000)
    estado = models.CharField(
        max_length=9, choices=Estado.choices, default=Estado.BORRADOR, editable=False
    )
    motivo = models.CharField(
        "motivo del último cambio de estado", max_length=500, blank=True, editable=False
    )
    aprobado = models.DateTimeField("cuándo se aprobó", null=True, blank=True, editable=False)
    aprobado_por = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="quién lo aprobó",
    )
    creado = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords()

    objects = PlanCapacidadesQuerySet.as_manager()

    class Meta:
        verbose_name = "plan de fortalecimiento de capacidades"
        verbose_name_plural = "planes de fortalecimiento de capacidades"
        ordering = ["-desde", "-numero", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="plan_capacidades_de_grupo_o_zona",
                condition=Q(grupo__isnull=False, zona__isnull=True)
                | Q(grupo__isnull=True, zona__isnull=False),
                violation_error_message="El plan es de un grupo o de una zona: uno de los dos.",
            ),
            models.CheckConstraint(
                name="plan_capacidades_fechas_en_orden",
                condition=Q(desde__lte=F("hasta")),
                violation_error_message="El plan no puede terminar antes de empezar.",
            ),
            models.CheckConstraint(
                name="plan_capacidades_aprobado_con_autor",
                condition=Q(estado__in=["aprobado", "cerrado"], aprobado__isnull=False)
                | Q(estado__in=["borrador", "propuesto"], aprobado__isnull=True),
                violation_error_message="Un plan aprobado dice cuándo y quién lo aprobó.",
            ),
            models.UniqueConstraint(
                fields=["grupo", "numero"], name="plan_capacidades_numero_por_grupo"
            ),
            models.UniqueConstraint(
                fields=["zona", "numero"], name="plan_capacidades_numero_por_zona"
            ),
            models.UniqueConstraint(
                fields=["grupo"],
                condition=Q(estado__in=["borrador", "propuesto"]),
                name="plan_capacidades_uno_abierto_por_grupo",
                violation_error_message="El grupo ya tiene un plan sin aprobar.",
            ),
            models.UniqueConstraint(
                fields=["zona"],
                condition=Q(estado__in=["borrador", "propuesto"]),
                name="plan_capacidades_uno_abierto_por_zona",
                violation_error_message="La zona ya tiene un plan sin aprobar.",
            ),
            models.UniqueConstraint(
                fields=["grupo"],
                condition=Q(estado="aprobado"),
                name="plan_capacidades_uno_vigente_por_grupo",
            ),
            models.UniqueConstraint(
                fields=["zona"],
                condition=Q(estado="aprobado"),
                name="plan_capacidades_uno_vigente_por_zona",
            ),
            fechas_creibles("plan_capacidades_fechas_creibles", "desde", "hasta"),
        ]

    def __str__(self):
        return f"Plan de capacidades, versión {self.numero} ({self.de_quien})"

    def get_absolute_url(self):
        return reverse("pdot:plan_capacidades", args=[self.pk])

    @property
    def de_quien(self):
        return str(self.grupo if self.grupo_id else self.zona)

    @property
    def esta_en_borrador(self):
        """Lo único que admite cambiar lo planificado."""
        return self.estado == self.Estado.BORRADOR

    @property
    def esta_aprobado(self):
        return self.estado == self.Estado.APROBADO

    @property
    def tiene_aprobacion(self):
        return self.estado in self.APROBADOS

    def gads(self):
        """A quiénes puede beneficiar: los miembros del grupo, o los GAD vigentes de la zona."""
        if self.grupo_id:
            return self.grupo.miembros()
        de_la_zona = Gad.objects.vigentes().filter(territorio__zona=self.zona_id)
        return de_la_zona.select_related("territorio__padre__padre")

    def necesidades_de(self, usuario):
        """Las necesidades vivas de su grupo o de su zona que ve `usuario`, lo urgente primero."""
        visibles = Necesidad.objects.visibles_para(usuario)
        return visibles.de_grupo(self.grupo) if self.grupo_id else visibles.de_zona(self.zona_id)
