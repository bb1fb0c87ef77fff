"""Lo que la zona escribe de un encuentro después de hacerlo: la ayuda memoria y el cierre."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from territorios.jurisdiccion import Permiso
from territorios.versiones import ModeloVersionado

from .encuentro import Encuentro


class MemoriaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de los encuentros que ve."""
        return self.filter(encuentro__in=Encuentro.objects.visibles_para(usuario))

    def editables_por(self, usuario):
        if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return self.none()
        return self.visibles_para(usuario)


class Memoria(ModeloVersionado):
    """Lo conversado en un encuentro y los próximos pasos, en palabras de la zona.

    Lo demás que imprime la ayuda memoria (agenda, aportes, acuerdos, asistencia, fotos) vive en su
    propio lugar y no se copia aquí.
    """

    encuentro = models.OneToOneField(Encuentro, models.CASCADE, related_name="memoria")
    conversado = models.TextField("lo conversado", max_length=8000, blank=True)
    cambios_agenda = models.TextField(
        "en qué cambió la agenda",
        max_length=2000,
        blank=True,
        help_text="Lo que no se trató, se agregó o cambió de orden. Vacío si se hizo como estaba.",
    )
    proximos_pasos = models.TextField(
        "próximos pasos",
        max_length=4000,
        blank=True,
        help_text="Uno por línea. Lo que tiene responsable y fecha anótelo como acuerdo.",
    )
    historia = HistoricalRecords()

    objects = MemoriaQuerySet.as_manager()

    class Meta:
        verbose_name = "ayuda memoria"
        verbose_name_plural = "ayudas memoria"
        ordering = ["encuentro"]

    def __str__(self):
        return f"Ayuda memoria de {self.encuentro}"

    @property
    def lista_de_pasos(self):
        return [linea.strip() for linea in self.proximos_pasos.splitlines() if linea.strip()]


class Cierre(models.Model):
    """Cómo se cerró un encuentro: quién, cuándo, qué faltaba y por qué se cerró así.

    `faltaba`: claves de talleres.cierre separadas por comas. No se edita: lo que se complete
    después se descuenta al leerlo.
    """

    encuentro = models.OneToOneField(Encuentro, models.CASCADE, related_name="cierre")
    faltaba = models.CharField("qué faltaba", max_length=120, blank=True)
    motivo = models.TextField("por qué se cerró así", max_length=1000, blank=True)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    cuando = models.DateTimeField("cerrado", auto_now_add=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "cierre del encuentro"
        verbose_name_plural = "cierres de encuentros"
        ordering = ["-cuando"]
        constraints = [
            models.CheckConstraint(
                name="cierre_incompleto_con_motivo",
                condition=Q(faltaba="") | ~Q(motivo=""),
                violation_error_message="Si falta algo, se cierra con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return f"Cierre de {self.encuentro}"

    @property
    def claves(self):
        return [clave for clave in self.faltaba.split(",") if clave]
