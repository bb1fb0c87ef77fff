"""La puerta de un encuentro: el código QR con que cada quien se registra desde su teléfono."""

import secrets
from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from simple_history.models import HistoricalRecords

from territorios.codigos import de_bytes, en_grupos, normalizar
from territorios.jurisdiccion import Permiso

from .choque import ParametrosDeAgenda
from .encuentro import Encuentro

LARGO_DE_LA_CLAVE = 12
BYTES_DE_LA_SEMILLA = 16


def resumir(clave):
    """Lo que se guarda de una clave. Lleva el secreto del servidor, porque la clave es corta."""
    sal = "talleres.puerta.resumen"
    return salted_hmac(sal, normalizar(clave), algorithm="sha256").hexdigest()


def sembrar():
    return secrets.token_hex(BYTES_DE_LA_SEMILLA)


class PuertaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Quien puede abrirla la ve, porque con la clave se escribe en la nómina."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.REGISTRAR_PARTICIPANTES):
            return self.none()
        return self.filter(encuentro__in=Encuentro.objects.editables_por(usuario))

    def abiertas(self):
        return self.filter(cerrada=None)

    def de_clave(self, clave):
        """La que abre esa clave, aunque ya se haya cerrado; o None."""
        suya = self.filter(resumen=resumir(clave))
        return suya.select_related("encuentro__estrategia", "encuentro__canton").first()


class Puerta(models.Model):
    """Registro por código QR de un encuentro, que se abre, se cierra y se renueva.

    La clave no se guarda: se calcula de la semilla con el secreto del servidor, de modo que el
    cartel se puede volver a imprimir y quien lea la base no puede usarla. Renovar es cerrar una
    puerta y abrir otra. Las horas en que vale salen del encuentro y de los parámetros de agenda.
    """

    class Estado(models.TextChoices):
        TEMPRANO = "temprano", "Todavía no empieza"
        ABIERTA = "abierta", "Abierta"
        VENCIDA = "vencida", "Vencida"
        CERRADA = "cerrada", "Cerrada"

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="puertas")
    semilla = models.CharField(max_length=64, editable=False, default=sembrar)
    resumen = models.CharField(max_length=64, unique=True, editable=False)
    abierta = models.DateTimeField(auto_now_add=True)
    cerrada = models.DateTimeField(null=True, blank=True)
    historia = HistoricalRecords(excluded_fields=["semilla", "resumen"])

    objects = PuertaQuerySet.as_manager()

    class Meta:
        verbose_name = "puerta de registro"
        verbose_name_plural = "puertas de registro"
        ordering = ["-abierta", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["encuentro"],
                condition=Q(cerrada=None),
                name="puerta_una_abierta_por_encuentro",
                violation_error_message="El encuentro ya tiene el registro abierto.",
            ),
        ]

    def __str__(self):
        return f"Registro por QR de {self.encuentro}"

    def save(self, **kwargs):
        self.resumen = resumir(self.clave)
        super().save(**kwargs)

    @property
    def clave(self):
        """La que lleva el QR, en grupos: «K7QM-3XHP-9FTA»."""
        firma = salted_hmac("talleres.puerta", self.semilla, algorithm="sha256").digest()
        return en_grupos(de_bytes(firma, LARGO_DE_LA_CLAVE))

    def estado_en(self, momento, medidas):
        """Cómo está a esa hora. `medidas`: los ParametrosDeAgenda del día del encuentro."""
        if self.cerrada or self.encuentro.estado == Encuentro.Estado.CANCELADO:
            return self.Estado.CERRADA
        desde, hasta = plazo(self.encuentro, medidas)
        if momento < desde:
            return self.Estado.TEMPRANO
        return self.Estado.ABIERTA if momento <= hasta else self.Estado.VENCIDA


def plazo(encuentro, medidas):
    """(desde, hasta) en que se admiten registros por QR; sin horas, todo el día."""
    inicio = _momento(encuentro.fecha, encuentro.inicio or time.min)
    fin = _momento(encuentro.fecha, encuentro.fin or time.max)
    antes = timedelta(minutes=medidas.registro_antes)
    return inicio - antes, fin + timedelta(minutes=medidas.registro_despues)


def _momento(fecha, hora):
    return timezone.make_aware(datetime.combine(fecha, hora))


def medidas_de(encuentro):
    return ParametrosDeAgenda.objects.vigentes_en(encuentro.fecha)
