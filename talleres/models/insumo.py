"""Lo que un encuentro necesita tener listo y lo que pregunta (Anexo 1), propio de cada uno."""

from django.db import models
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from .encuentro import Encuentro


class InsumoEncuentro(models.Model):
    """Renglón de la lista de verificación: qué se lleva, quién lo trae y si ya está."""

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="insumos")
    orden = models.PositiveSmallIntegerField()
    texto = models.CharField("insumo", max_length=250)
    responsable = models.CharField("quién lo trae", max_length=160, blank=True)
    listo = models.BooleanField(default=False)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "insumo del encuentro"
        verbose_name_plural = "insumos del encuentro"
        ordering = ["encuentro", "orden", "pk"]

    def __str__(self):
        return self.texto


class PreguntaEncuentro(models.Model):
    """Pregunta guía del encuentro; las del mismo tema se leen juntas."""

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="preguntas")
    orden = models.PositiveSmallIntegerField()
    tema = models.CharField(max_length=160, blank=True)
    texto = models.CharField("pregunta", max_length=300)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "pregunta del encuentro"
        verbose_name_plural = "preguntas del encuentro"
        ordering = ["encuentro", "orden", "pk"]

    def __str__(self):
        return self.texto


def con_preparacion(encuentros):
    """Los mismos, con cuántos insumos y preguntas tienen y cuántos insumos están listos."""
    return encuentros.annotate(
        cuantos_insumos=_cuantos(InsumoEncuentro.objects.all()),
        insumos_listos=_cuantos(InsumoEncuentro.objects.filter(listo=True)),
        cuantas_preguntas=_cuantos(PreguntaEncuentro.objects.all()),
    )


def _cuantos(filas):
    suyas = filas.filter(encuentro=OuterRef("pk")).order_by().values("encuentro")
    return Coalesce(Subquery(suyas.annotate(cuantas=Count("pk")).values("cuantas")), 0)
