"""Certificados de participación y el código con que cualquiera comprueba que son auténticos."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from territorios.codigos import en_grupos, normalizar, nuevo
from territorios.models import Usuario

from .encuentro import Encuentro
from .participante import DeNominaQuerySet, Participante

LARGO_DEL_CODIGO = 16


def codigo_nuevo():
    return nuevo(LARGO_DEL_CODIGO)


class CertificadoQuerySet(DeNominaQuerySet):
    def validos(self):
        """Los que se pueden imprimir: sin revocar y de alguien que sigue en la nómina."""
        sin_revocar = self.filter(revocado=None, participante__isnull=False)
        return sin_revocar.exclude(participante__nombre="")

    def de_codigo(self, tecleado):
        """El de ese código, escrito como sea; o None."""
        suyo = self.filter(codigo=normalizar(tecleado))
        return suyo.select_related("encuentro", "participante").first()


class Certificado(models.Model):
    """Constancia de que una persona participó en un encuentro realizado.

    No copia datos personales: el nombre se lee de la nómina, y si allá se suprime, aquí deja de
    mostrarse. Quien quita a alguien de la nómina deja su certificado sin dueño, y ya no vale.
    """

    codigo = models.CharField(
        "código", max_length=LARGO_DEL_CODIGO, unique=True, editable=False, default=codigo_nuevo
    )
    encuentro = models.ForeignKey(Encuentro, models.PROTECT, related_name="certificados")
    participante = models.ForeignKey(
        Participante, models.SET_NULL, null=True, related_name="certificados"
    )
    emitido = models.DateTimeField(auto_now_add=True)
    emitido_por = models.ForeignKey(Usuario, models.PROTECT, related_name="+")
    revocado = models.DateTimeField(null=True, blank=True)
    motivo = models.TextField("motivo de la revocación", blank=True)
    historia = HistoricalRecords()

    objects = CertificadoQuerySet.as_manager()

    class Meta:
        verbose_name = "certificado"
        ordering = ["-emitido", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["participante"],
                condition=Q(revocado=None),
                name="certificado_uno_sin_revocar_por_participante",
                violation_error_message="Esa persona ya tiene su certificado.",
            ),
            models.CheckConstraint(
                name="certificado_revocado_con_motivo",
                condition=Q(revocado=None) | ~Q(motivo=""),
                violation_error_message="Un certificado se revoca con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return self.codigo_legible

    @property
    def codigo_legible(self):
        return en_grupos(self.codigo)

    @property
    def nombre(self):
        """El de la persona; vacío si pidió suprimir sus datos o ya no está en la nómina."""
        return self.participante.nombre if self.participante_id else ""

    @property
    def esta_anulado(self):
        """Si ya no vale: se revocó, o se quitó a la persona de la nómina."""
        return self.revocado is not None or self.participante_id is None
