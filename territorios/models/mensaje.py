"""La cola de correo: lo que hay que mandar, lo que salió y lo que no pudo salir."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone


class MensajeQuerySet(models.QuerySet):
    def por_salir(self, ahora):
        """Los que ya toca mandar, de lo más esperado a lo más nuevo."""
        vigente = Q(caduca__isnull=True) | Q(caduca__gt=ahora)
        pendientes = self.filter(vigente, estado=Mensaje.Estado.PENDIENTE, proximo__lte=ahora)
        return pendientes.order_by("proximo", "pk")

    def por_decidir(self):
        """Los que no seguirán solos: alguien tiene que mirarlos."""
        return self.filter(estado__in=Mensaje.POR_DECIDIR)

    def atrasados(self, desde):
        """Los que esperan desde antes de ese momento: el correo no está saliendo."""
        return self.filter(estado=Mensaje.Estado.PENDIENTE, creado__lt=desde)


class Mensaje(models.Model):
    """Un correo a una persona, que sale una sola vez aunque el servidor falle.

    `clave` dice de qué mensaje se trata: con ella no hay dos. El que estaba saliendo cuando el
    proceso murió queda «dudoso»: pudo haber salido, y solo una persona decide repetirlo.

    Dato personal (LOPDP): la dirección, el asunto y el texto. Los ve solo la central, sin el texto,
    que puede llevar un enlace firmado; el texto y los adjuntos se borran al pasar la retención. No
    lleva historial: es constancia de un envío, la escribe la máquina.
    """

    class Estado(models.TextChoices):
        PENDIENTE = "pendiente", "Pendiente"
        ENVIANDO = "enviando", "Enviando"
        ENVIADO = "enviado", "Enviado"
        FALLIDO = "fallido", "Fallido"
        DUDOSO = "dudoso", "Dudoso"
        ANULADO = "anulado", "Anulado"

    POR_DECIDIR = (Estado.FALLIDO, Estado.DUDOSO)
    ANULABLES = (Estado.PENDIENTE, *POR_DECIDIR)

    clave = models.CharField(max_length=160, unique=True)
    identificador = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    para = models.EmailField("dirección", max_length=254)
    asunto = models.CharField(max_length=250)
    texto = models.TextField(blank=True)
    estado = models.CharField(max_length=10, choices=Estado.choices, default=Estado.PENDIENTE)
    motivo = models.CharField(max_length=200, blank=True)
    intentos = models.PositiveSmallIntegerField(default=0)
    creado = models.DateTimeField("en cola desde", default=timezone.now)
    proximo = models.DateTimeField("próximo intento", default=timezone.now)
    cambiado = models.DateTimeField("último cambio", default=timezone.now)
    enviado = models.DateTimeField(null=True, blank=True)
    caduca = models.DateTimeField(null=True, blank=True)

    objects = MensajeQuerySet.as_manager()

    class Meta:
        verbose_name = "mensaje"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["estado", "proximo"])]
        constraints = [
            models.CheckConstraint(
                name="mensaje_enviado_con_fecha",
                condition=Q(estado="enviado", enviado__isnull=False)
                | ~Q(estado="enviado") & Q(enviado__isnull=True),
                violation_error_message="Un mensaje enviado, y solo él, tiene fecha de envío.",
            ),
        ]

    def __str__(self):
        # Sin la dirección ni el asunto: este nombre llega a bitácoras y avisos.
        return f"Mensaje {self.pk}"

    @property
    def se_puede_reintentar(self):
        return self.estado in self.POR_DECIDIR


class Adjunto(models.Model):
    """Archivo que acompaña a un mensaje; se borra con su texto al pasar la retención.

    Dato personal (LOPDP): puede ser un oficio a nombre de una persona.
    """

    mensaje = models.ForeignKey(Mensaje, models.CASCADE, related_name="adjuntos")
    nombre = models.CharField(max_length=120)
    tipo = models.CharField(max_length=100, help_text="Tipo MIME, con sus parámetros si los lleva.")
    contenido = models.BinaryField()

    class Meta:
        verbose_name = "adjunto"
        ordering = ["mensaje", "pk"]

    def __str__(self):
        return self.nombre
