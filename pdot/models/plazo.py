"""Hasta cuándo tienen los GAD de un grupo para enviar su evaluación."""

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo, Membresia
from territorios.versiones import ModeloVersionado


class PlazoQuerySet(models.QuerySet):
    def del_gad(self, codigo):
        """Los puestos en los grupos ya conformados de que el GAD es miembro, el primero antes."""
        grupos = Membresia.objects.acompanados().del_gad(codigo)
        suyos = self.filter(fecha__isnull=False, grupo__in=grupos)
        return suyos.exclude(grupo__estado=Grupo.Estado.CERRADO).order_by("fecha", "grupo")


class PlazoEvaluacion(ModeloVersionado):
    """El plazo de un grupo. Sin `fecha`, el grupo no lo tiene (o se lo quitaron)."""

    grupo = models.OneToOneField(Grupo, models.CASCADE, related_name="plazo_de_evaluacion")
    fecha = models.DateField("último día para enviar", null=True, blank=True)
    nota = models.CharField(max_length=250, blank=True)
    # La orden de recordatorios no tiene petición de donde saber el nombre del sitio.
    sitio = models.CharField("sitio desde el que se fijó", max_length=200, editable=False)
    historia = HistoricalRecords()

    objects = PlazoQuerySet.as_manager()

    class Meta:
        verbose_name = "plazo para evaluar"
        verbose_name_plural = "plazos para evaluar"
        ordering = ["grupo"]

    def __str__(self):
        return f"Plazo del {self.grupo}: {self.fecha or 'sin fecha'}"

    @property
    def dias(self):
        """Días corridos que faltan; negativo si ya venció."""
        return (self.fecha - timezone.localdate()).days

    @property
    def esta_vencido(self):
        return self.dias < 0

    @property
    def en_palabras(self):
        """«faltan 5 días», «vence hoy», «venció hace 3 días»."""
        cuantos = abs(self.dias)
        dias = "1 día" if cuantos == 1 else f"{cuantos} días"
        if self.dias == 0:
            return "vence hoy"
        if self.esta_vencido:
            return f"venció hace {dias}"
        return f"falta {dias}" if cuantos == 1 else f"faltan {dias}"
