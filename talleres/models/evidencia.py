"""Evidencias de un encuentro: las fotos y los documentos que muestran que ocurrió."""

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from territorios.archivos import AlmacenPrivado
from territorios.jurisdiccion import Permiso
from territorios.versiones import ModeloVersionado

from .encuentro import Encuentro

SUPRIMIDA = "Evidencia suprimida"


class EvidenciaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de los encuentros que ve, según quién puede verlas; las retiradas, quien edita."""
        vistas = self.filter(encuentro__in=Encuentro.objects.visibles_para(usuario))
        if usuario.is_authenticated and usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return vistas
        alcances = [Evidencia.Alcance.TODOS]
        if usuario.is_authenticated and usuario.puede(Permiso.VER_IMAGENES_DE_PERSONAS):
            alcances.append(Evidencia.Alcance.PERSONAS)
        return vistas.vigentes().filter(alcance__in=alcances)

    def editables_por(self, usuario):
        """Las que puede describir, retirar o suprimir: las de los encuentros que edita."""
        return self.filter(encuentro__in=Encuentro.objects.editables_por(usuario))

    def vigentes(self):
        """Las que no se retiraron."""
        return self.filter(retirada=None)

    def fotos(self):
        return self.filter(clase=Evidencia.Clase.FOTO)


class Evidencia(ModeloVersionado):
    """Foto (JPEG vuelto a hacer, con su miniatura) o documento (PDF) de un encuentro.

    Los archivos viven en el almacén privado. `huella` y `bytes` son del archivo guardado; `ancho` y
    `alto`, de la foto en puntos. Retirada, la sigue viendo solo quien edita; suprimida, sus
    archivos ya no existen y queda la fila como constancia.

    Dato personal: la imagen cuando aparecen personas, la leyenda si las nombra y la nota de
    consentimiento. La nota no va al historial, y suprimir borra las tres cosas.
    """

    class Clase(models.TextChoices):
        FOTO = "foto", "Foto"
        DOCUMENTO = "documento", "Documento"

    class Alcance(models.TextChoices):
        TODOS = "todos", "Todas las personas que ven el encuentro"
        PERSONAS = "personas", "Aparecen personas: la institución y los GAD, no los observadores"
        ZONA = "zona", "Tiene datos reservados, como firmas o teléfonos: solo la institución"

    encuentro = models.ForeignKey(Encuentro, models.PROTECT, related_name="evidencias")
    clase = models.CharField(max_length=10, choices=Clase.choices)
    archivo = models.FileField(storage=AlmacenPrivado(), max_length=120, blank=True, editable=False)
    miniatura = models.FileField(
        storage=AlmacenPrivado(), max_length=120, blank=True, editable=False
    )
    leyenda = models.CharField(max_length=250)
    alcance = models.CharField(
        "quién puede verla", max_length=10, choices=Alcance.choices, default=Alcance.PERSONAS
    )
    consentimiento = models.TextField(
        "nota de consentimiento",
        max_length=1000,
        blank=True,
        help_text="Quién aceptó aparecer, cómo y cuándo.",
    )
    ancho = models.PositiveIntegerField(null=True, blank=True)
    alto = models.PositiveIntegerField(null=True, blank=True)
    bytes = models.PositiveIntegerField()
    huella = models.CharField(max_length=64)
    subida_por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    creada = models.DateTimeField("subida", auto_now_add=True)
    retirada = models.DateTimeField(null=True, blank=True)
    motivo_retiro = models.TextField("motivo del retiro", max_length=1000, blank=True)
    historia = HistoricalRecords(excluded_fields=["consentimiento"])

    objects = EvidenciaQuerySet.as_manager()

    class Meta:
        verbose_name = "evidencia"
        ordering = ["encuentro", "creada", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["encuentro", "huella"],
                condition=Q(retirada=None),
                name="evidencia_unica_en_el_encuentro",
                violation_error_message="Ese archivo ya está entre las evidencias del encuentro.",
            ),
            models.CheckConstraint(
                name="evidencia_con_leyenda",
                condition=~Q(leyenda=""),
                violation_error_message="Toda evidencia lleva una leyenda.",
            ),
            models.CheckConstraint(
                name="evidencia_de_personas_con_consentimiento",
                condition=Q(alcance="todos") | Q(archivo="") | ~Q(consentimiento=""),
                violation_error_message="Si aparecen personas o sus datos, anote el "
                "consentimiento.",
            ),
            models.CheckConstraint(
                name="evidencia_retirada_con_motivo",
                condition=Q(retirada=None) | ~Q(motivo_retiro=""),
                violation_error_message="Una evidencia se retira con un motivo escrito.",
            ),
            models.CheckConstraint(
                name="evidencia_sin_archivo_solo_retirada",
                condition=~Q(archivo="") | Q(retirada__isnull=False),
                violation_error_message="Solo una evidencia retirada puede quedar sin archivo.",
            ),
        ]

    def __str__(self):
        return self.leyenda

    @property
    def es_foto(self):
        return self.clase == self.Clase.FOTO

    @property
    def esta_suprimida(self):
        return not self.archivo


def con_evidencias(encuentros, usuario):
    """Los mismos, con cuántas evidencias vigentes puede ver `usuario` en cada uno."""
    suyas = Evidencia.objects.visibles_para(usuario).vigentes().filter(encuentro=OuterRef("pk"))
    por_encuentro = suyas.order_by().values("encuentro").annotate(cuantas=Count("pk"))
    return encuentros.annotate(
        cuantas_evidencias=Coalesce(Subquery(por_encuentro.values("cuantas")), 0)
    )
