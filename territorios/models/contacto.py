"""Contactos de un GAD: a quién se escribe, con su período y su consentimiento."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from ..jurisdiccion import Permiso
from .gad import Gad
from .vigencia import ConVigencia, fechas_en_orden


class ContactoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Dato personal: lo ven la central, la zona del GAD y el propio GAD; nadie más."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.VER_CONTACTOS):
            return self.none()
        if usuario.ve_el_pais:
            return self
        if usuario.gad_id:
            return self.filter(gad=usuario.gad_id)
        return self.filter(gad__territorio__zona=usuario.zona_id)


class Contacto(ConVigencia):
    """Persona de contacto de un GAD.

    Dato personal (LOPDP): nombre, correo y teléfono institucionales, para convocar. Exige la fecha
    y el texto del consentimiento; se suprime cerrando el período y vaciando correo y teléfono.
    """

    gad = models.ForeignKey(Gad, models.PROTECT, related_name="contactos", verbose_name="GAD")
    nombre = models.CharField(max_length=120)
    cargo = models.CharField(max_length=120)
    correo = models.EmailField(blank=True)
    telefono = models.CharField("teléfono", max_length=30, blank=True)
    consentimiento = models.TextField("texto del consentimiento")
    consentimiento_fecha = models.DateField("fecha del consentimiento")
    historia = HistoricalRecords(excluded_fields=["correo", "telefono"])

    objects = ContactoQuerySet.as_manager()

    class Meta:
        verbose_name = "contacto"
        ordering = ["gad", "nombre"]
        constraints = [
            fechas_en_orden("contacto_fechas_en_orden"),
            models.CheckConstraint(
                name="contacto_con_consentimiento",
                condition=~Q(consentimiento=""),
                violation_error_message="Escriba el texto con que la persona consintió.",
            ),
        ]

    def __str__(self):
        return f"{self.nombre}, {self.cargo}"
