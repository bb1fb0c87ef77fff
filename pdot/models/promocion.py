"""Promociones: qué nació de cada aporte, con la traza en los dos sentidos."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from acompanamiento.models import Acuerdo, Grupo
from talleres.models import Aporte
from territorios.jurisdiccion import Permiso
from territorios.models import Gad

from .evaluacion import Evaluacion
from .necesidad import Necesidad
from .vision import ElementoVision, Problema

# Clase de promoción → campo que lleva lo nacido.
DESTINOS = {
    "vision": "elemento_vision",
    "problema": "problema",
    "acuerdo": "acuerdo",
    "necesidad": "necesidad",
}


def _solo(destino):
    """Que de los cuatro destinos esté ese y ninguno más."""
    return Q(**{f"{campo}__isnull": campo != destino for campo in DESTINOS.values()})


def _un_destino():
    """Hecha, lleva el destino de su clase; deshecha, lo nacido pudo quitarse."""
    condicion = Q(deshecha__isnull=False)
    for clase, campo in DESTINOS.items():
        condicion |= Q(clase=clase) & _solo(campo)
    return condicion


class PromocionQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """De los aportes que ve, lo nacido que también puede ver.

        Que a un GAD se le anotó un problema dice algo de su borrador: lo saben él, quien ve la
        evaluación y quien acompaña a su zona.
        """
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        alcance = (
            Q(grupo__in=Grupo.objects.visibles_para(usuario))
            | Q(necesidad__in=Necesidad.objects.visibles_para(usuario))
            | Q(problema__evaluacion__in=Evaluacion.objects.visibles_para(usuario))
        )
        if usuario.gad_id:
            alcance |= Q(gad=usuario.gad_id)
        elif usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            acompana = Gad.objects.all()
            if not usuario.ve_el_pais:
                acompana = acompana.filter(territorio__zona=usuario.zona_id)
            alcance |= Q(gad__in=acompana)
        aportes = Aporte.objects.visibles_para(usuario)
        return self.filter(alcance, Exists(aportes.filter(pk=OuterRef("aporte"))))

    def editables_por(self, usuario):
        """Quien edita el encuentro del aporte deshace lo que ve."""
        aportes = Aporte.objects.editables_por(usuario)
        return self.visibles_para(usuario).filter(aporte__in=aportes)

    def hechas(self):
        return self.filter(deshecha=None)

    def dieron(self, campo):
        """Si alguna dio la fila de la consulta de fuera, la vea o no quien mira.

        Cuesta poco, y lo que no nació de una tarjeta no hace falta buscarlo en `visibles_para`.
        """
        return models.Exists(self.hechas().filter(**{campo: models.OuterRef("pk")}))

    def para_lista(self):
        return self.select_related(
            "aporte__encuentro",
            "elemento_vision",
            "problema__evaluacion",
            "acuerdo",
            "necesidad",
            "grupo",
            "gad__territorio__padre__padre",
            "por",
        )


class Promocion(models.Model):
    """De un aporte nació algo, para un grupo o para un GAD. Una fila por promoción.

    Deshacerla no la borra: queda quién la deshizo, cuándo y por qué.
    """

    class Clase(models.TextChoices):
        VISION = "vision", "Elemento de visión"
        PROBLEMA = "problema", "Problema"
        ACUERDO = "acuerdo", "Acuerdo"
        NECESIDAD = "necesidad", "Necesidad de capacidad"

    aporte = models.ForeignKey(Aporte, models.PROTECT, related_name="promociones")
    clase = models.CharField(max_length=10, choices=Clase.choices)
    grupo = models.ForeignKey(
        Grupo, models.PROTECT, null=True, blank=True, related_name="promociones"
    )
    gad = models.ForeignKey(
        Gad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="promociones",
        verbose_name="GAD",
    )
    elemento_vision = models.OneToOneField(
        ElementoVision, models.SET_NULL, null=True, blank=True, related_name="promocion"
    )
    problema = models.OneToOneField(
        Problema, models.SET_NULL, null=True, blank=True, related_name="promocion"
    )
    acuerdo = models.OneToOneField(
        Acuerdo, models.PROTECT, null=True, blank=True, related_name="promocion"
    )
    necesidad = models.OneToOneField(
        Necesidad, models.SET_NULL, null=True, blank=True, related_name="promocion"
    )
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cuando = models.DateTimeField(auto_now_add=True)
    deshecha = models.DateTimeField(null=True, blank=True)
    deshecha_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    motivo = models.CharField("por qué se deshizo", max_length=250, blank=True)
    historia = HistoricalRecords()

    objects = PromocionQuerySet.as_manager()

    class Meta:
        verbose_name = "promoción de un aporte"
        verbose_name_plural = "promociones de aportes"
        ordering = ["aporte", "pk"]
        constraints = [
            models.CheckConstraint(
                name="promocion_con_un_destino",
                condition=_un_destino(),
                violation_error_message="De una promoción nace exactamente una cosa.",
            ),
            models.CheckConstraint(
                name="promocion_para_grupo_o_gad",
                condition=Q(gad__isnull=False, grupo__isnull=True)
                | Q(gad__isnull=True, grupo__isnull=False),
                violation_error_message="Se promueve para un grupo o para un GAD.",
            ),
            models.CheckConstraint(
                name="promocion_deshecha_con_motivo",
                condition=Q(deshecha__isnull=True, motivo="")
                | Q(deshecha__isnull=False) & ~Q(motivo=""),
                violation_error_message="Una promoción se deshace con un motivo escrito.",
            ),
            models.UniqueConstraint(
                fields=["aporte", "clase", "grupo"],
                condition=Q(deshecha__isnull=True, grupo__isnull=False),
                name="promocion_una_por_grupo",
                violation_error_message="La tarjeta ya se promovió a eso en el grupo.",
            ),
            models.UniqueConstraint(
                fields=["aporte", "clase", "gad"],
                condition=Q(deshecha__isnull=True, gad__isnull=False),
                name="promocion_una_por_gad",
                violation_error_message="La tarjeta ya se promovió a eso en el GAD.",
            ),
        ]

    def __str__(self):
        return f"{self.get_clase_display()} del {self.para_quien}"

    def deshacer(self, *, motivo, por):
        """Deja dicho que ya no vale, quién lo dijo y por qué."""
        self.deshecha, self.deshecha_por, self.motivo = timezone.now(), por, motivo
        self._history_user, self._change_reason = por, "Se deshizo"
        self.save()

    @property
    def para_quien(self):
        """«grupo 1» o «GAD Rioverde»."""
        return f"grupo {self.grupo.numero}" if self.grupo else f"GAD {self.gad.nombre}"

    @property
    def nacido(self):
        """Lo que nació, o None si se deshizo y ya no está."""
        return getattr(self, DESTINOS[self.clase])
