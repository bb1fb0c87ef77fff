"""Fotos de los papelotes con que un GAD trabajó su evaluación."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from territorios.archivos import AlmacenPrivado
from territorios.jurisdiccion import Permiso

from .evaluacion import Evaluacion, Paso
from .instrumento import Pregunta, Seccion


class FotoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de las evaluaciones que ve; si aparecen personas, no las ven los observadores.

        Las que se suben al corregir lo devuelto las ven los demás cuando se vuelve a enviar.
        """
        vistas = self.filter(self._enviadas() | self._de_las_suyas(usuario))
        vistas = vistas.filter(evaluacion__in=Evaluacion.objects.visibles_para(usuario))
        if usuario.is_authenticated and usuario.puede(Permiso.VER_IMAGENES_DE_PERSONAS):
            return vistas
        return vistas.filter(con_personas=False)

    def editables_por(self, usuario):
        """Las que puede quitar: las de una evaluación que está en sus manos."""
        return self.filter(
            evaluacion__in=Evaluacion.objects.llenables_por(usuario).filter(
                estado__in=Evaluacion.EN_MANOS_DEL_GAD
            )
        )

    @staticmethod
    def _enviadas():
        envio_posterior = Paso.objects.filter(
            evaluacion=models.OuterRef("evaluacion"),
            a=Evaluacion.Estado.ENVIADA,
            cuando__gte=models.OuterRef("creada"),
        )
        return ~Q(evaluacion__estado=Evaluacion.Estado.DEVUELTA) | models.Exists(envio_posterior)

    @staticmethod
    def _de_las_suyas(usuario):
        return Q(evaluacion__in=Evaluacion.objects.llenables_por(usuario))

    def para_lista(self):
        return self.order_by("seccion__orden", "pregunta__orden", "pk")


class FotoDeEvaluacion(models.Model):
    """Foto (JPEG vuelto a hacer, con su miniatura) de una evaluación, de una de sus secciones o de
    una pregunta. Los archivos viven en el almacén privado; `huella` y `bytes` son del guardado,
    `ancho` y `alto` van en puntos. No se edita: se quita y se sube otra.

    Dato personal: la imagen si aparecen personas, la leyenda si las nombra y la nota de
    consentimiento, que no va al historial.
    """

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="fotos")
    seccion = models.ForeignKey(
        Seccion, models.PROTECT, null=True, blank=True, related_name="fotos"
    )
    pregunta = models.ForeignKey(
        Pregunta, models.PROTECT, null=True, blank=True, related_name="fotos"
    )
    archivo = models.FileField(storage=AlmacenPrivado(), max_length=120, editable=False)
    miniatura = models.FileField(storage=AlmacenPrivado(), max_length=120, editable=False)
    leyenda = models.CharField(max_length=250)
    con_personas = models.BooleanField("aparecen personas", default=False)
    consentimiento = models.TextField("nota de consentimiento", max_length=1000, blank=True)
    ancho = models.PositiveIntegerField()
    alto = models.PositiveIntegerField()
    bytes = models.PositiveIntegerField()
    huella = models.CharField(max_length=64)
    subida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    creada = models.DateTimeField("subida", auto_now_add=True)
    historia = HistoricalRecords(excluded_fields=["consentimiento"])

    objects = FotoQuerySet.as_manager()

    class Meta:
        verbose_name = "foto de la evaluación"
        verbose_name_plural = "fotos de la evaluación"
        ordering = ["evaluacion", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["evaluacion", "huella"],
                name="foto_unica_en_la_evaluacion",
                violation_error_message="Esa foto ya está en la evaluación.",
            ),
            models.CheckConstraint(
                name="foto_con_leyenda",
                condition=~Q(leyenda=""),
                violation_error_message="Toda foto lleva una leyenda.",
            ),
            models.CheckConstraint(
                name="foto_de_personas_con_consentimiento",
                condition=Q(con_personas=False) | ~Q(consentimiento=""),
                violation_error_message="Si aparecen personas, anote el consentimiento.",
            ),
        ]

    def __str__(self):
        return self.leyenda
