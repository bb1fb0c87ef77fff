"""Lo que quien revisa prepara y reparte: borrador, notas internas y a quién le toca."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from territorios.jurisdiccion import Permiso, Rol
from territorios.models import Usuario
from territorios.versiones import ModeloVersionado

from .evaluacion import Evaluacion
from .instrumento import Pregunta

TEXTO_MAXIMO = 4000


def quienes_revisan(evaluacion):
    """Personas a quienes les puede tocar revisarla: las de su zona y la central."""
    zona = evaluacion.pdot.gad.territorio.zona_id
    revisan = Q(rol=Rol.ZONAL, zona=zona) | Q(rol=Rol.CENTRAL)
    return Usuario.objects.filter(revisan, is_active=True)


class BorradorQuerySet(models.QuerySet):
    def descartar(self, evaluacion, *, por):
        """Se devolvió o se aprobó: lo que estaba en preparación ya no sirve."""
        for borrador in self.filter(evaluacion=evaluacion):
            borrador._history_user = por
            borrador.delete()


class BorradorDeRevision(ModeloVersionado):
    """La revisión a medio escribir; una por evaluación, de todos los que la revisan.

    `textos`: {campo del formulario: lo escrito}, sin los vacíos. El GAD no la ve: al devolver se
    vuelve observaciones, y al aprobar se descarta.
    """

    evaluacion = models.OneToOneField(
        Evaluacion, models.CASCADE, related_name="borrador_de_revision"
    )
    textos = models.JSONField(default=dict, blank=True)
    autor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    guardado = models.DateTimeField(auto_now=True)
    historia = HistoricalRecords()

    objects = BorradorQuerySet.as_manager()

    class Meta:
        verbose_name = "revisión en preparación"
        verbose_name_plural = "revisiones en preparación"
        ordering = ["evaluacion"]

    def __str__(self):
        return f"Revisión en preparación de {self.evaluacion}"


class NotaInternaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de las evaluaciones que le toca revisar, sin las retiradas. Nadie más las lee."""
        suyas = Evaluacion.objects.de_su_revision(usuario)
        return self.filter(retirada=None, evaluacion__in=suyas.values("pk"))

    def editables_por(self, usuario):
        """Las que escribió y todavía puede leer."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.REVISAR_EVALUACION):
            return self.none()
        return self.visibles_para(usuario).filter(autor=usuario)


class NotaInterna(ModeloVersionado):
    """Nota entre quienes revisan una evaluación. Ni el GAD ni quien observa la ven nunca.

    No sale en exportaciones, documentos, búsqueda, correos ni bitácoras.
    """

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="notas_internas")
    pregunta = models.ForeignKey(
        Pregunta, models.PROTECT, null=True, blank=True, related_name="notas_internas"
    )
    texto = models.TextField(max_length=TEXTO_MAXIMO)
    autor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    creada = models.DateTimeField(auto_now_add=True)
    retirada = models.DateTimeField(null=True, blank=True)
    historia = HistoricalRecords()

    objects = NotaInternaQuerySet.as_manager()

    class Meta:
        verbose_name = "nota interna"
        verbose_name_plural = "notas internas"
        ordering = ["evaluacion", "creada", "pk"]
        constraints = [
            models.CheckConstraint(
                name="nota_interna_con_texto",
                condition=~Q(texto=""),
                violation_error_message="Escriba la nota.",
            ),
        ]

    def __str__(self):
        return self.texto[:80]


class Asignacion(ModeloVersionado):
    """A quién le toca revisar una evaluación, o a nadie todavía. Su historial dice quién repartió.

    Asignar no cierra la puerta: el resto de la zona también puede revisarla.
    """

    evaluacion = models.OneToOneField(Evaluacion, models.CASCADE, related_name="asignacion")
    revisor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="asignaciones",
        verbose_name="a quién le toca",
    )
    desde = models.DateTimeField(auto_now=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "asignación de una revisión"
        verbose_name_plural = "asignaciones de revisiones"
        ordering = ["evaluacion"]

    def __str__(self):
        return f"{self.evaluacion}: {self.revisor or 'sin asignar'}"
