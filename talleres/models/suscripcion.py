"""El cronograma de una persona, leído desde su propio programa de calendario."""

import hashlib

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo
from territorios.models import Entidad, Gad, Usuario


def resumir(clave):
    """Lo que se guarda de una clave. Basta un resumen simple: la clave no la elige nadie."""
    return hashlib.sha256(clave.encode()).hexdigest()


class SuscripcionQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Cada quien, las suyas: ni la central ve las de otra persona."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self.filter(usuario=usuario)

    def vivas(self):
        return self.filter(revocada=None)

    def de_clave(self, clave):
        """La que abre esa clave, si vive y su dueño o dueña tiene la cuenta activa; o None."""
        suyas = self.vivas().filter(resumen=resumir(clave), usuario__is_active=True)
        return suyas.select_related("usuario").first()


class SuscripcionCalendario(models.Model):
    """Dirección privada y revocable del cronograma que ve una persona: entero, o solo lo de un
    grupo, un GAD o una entidad que facilita o acompaña.

    La clave se muestra al crearla y no se guarda: quien lea la base no puede usarla.
    """

    usuario = models.ForeignKey(Usuario, models.CASCADE, related_name="suscripciones")
    nombre = models.CharField("dónde la va a usar", max_length=60)
    grupo = models.ForeignKey(
        Grupo, models.CASCADE, null=True, blank=True, related_name="suscripciones"
    )
    gad = models.ForeignKey(Gad, models.CASCADE, null=True, blank=True, related_name="+")
    entidad = models.ForeignKey(Entidad, models.CASCADE, null=True, blank=True, related_name="+")
    resumen = models.CharField(max_length=64, unique=True, editable=False)
    creada = models.DateTimeField(auto_now_add=True)
    revocada = models.DateTimeField(null=True, blank=True)
    historia = HistoricalRecords(excluded_fields=["resumen"])

    objects = SuscripcionQuerySet.as_manager()

    class Meta:
        verbose_name = "suscripción al calendario"
        verbose_name_plural = "suscripciones al calendario"
        ordering = ["-creada", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["usuario", "nombre"],
                condition=Q(revocada=None),
                name="suscripcion_nombre_unico_entre_las_vivas",
                violation_error_message="Ya tiene un calendario con ese nombre.",
            ),
        ]

    def __str__(self):
        return f"Calendario de {self.usuario}"
