"""Las llaves de la API: una por oficina o sistema que lee datos, con su alcance y su plazo."""

import secrets
from hashlib import sha256

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from simple_history.models import HistoricalRecords

from .entidad import Entidad
from .territorio import Zona
from .usuario import Usuario, lector

MARCA = "pdot"
LARGO_DEL_PREFIJO = 8


def prefijo_nuevo():
    return secrets.token_hex(LARGO_DEL_PREFIJO // 2)


class LlaveQuerySet(models.QuerySet):
    def que_abren(self):
        """Las que hoy sirven: ni revocadas ni caducadas."""
        return self.filter(revocada__isnull=True, caduca__gte=timezone.localdate())

    def de_texto(self, texto):
        """La que sirve hoy y se escribe así, o None."""
        marca, _, resto = texto.partition("_")
        prefijo, _, secreto = resto.partition("_")
        if marca != MARCA or len(prefijo) != LARGO_DEL_PREFIJO or not secreto:
            return None
        llave = self.que_abren().select_related("zona").filter(prefijo=prefijo).first()
        return llave if llave and llave.es_de(secreto) else None


class LlaveDeApi(models.Model):
    """Con ella se lee lo que ve quien observa su zona o, sin zona, el país: nada de personas.

    De la llave se guarda solo el resumen: su texto se muestra una vez, al crearla. `ultimo_uso` se
    escribe a lo sumo una vez por hora.
    """

    prefijo = models.CharField(
        max_length=LARGO_DEL_PREFIJO, unique=True, editable=False, default=prefijo_nuevo
    )
    resumen = models.CharField("SHA-256 del secreto", max_length=64, editable=False)
    titular = models.CharField(
        "para quién", max_length=160, help_text="Oficina o sistema que la usará."
    )
    zona = models.ForeignKey(
        Zona,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Lo que podrá leer; sin zona, todo el país.",
    )
    entidad = models.ForeignKey(
        Entidad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Si es de una entidad que no es la secretaría.",
    )
    caduca = models.DateField("sirve hasta")
    creada = models.DateTimeField(auto_now_add=True)
    creada_por = models.ForeignKey(Usuario, models.PROTECT, related_name="+", editable=False)
    revocada = models.DateTimeField(null=True, blank=True, editable=False)
    motivo = models.CharField("por qué se revoca", max_length=250, blank=True, editable=False)
    ultimo_uso = models.DateTimeField("último uso", null=True, blank=True, editable=False)
    historia = HistoricalRecords(excluded_fields=["resumen", "ultimo_uso"])

    objects = LlaveQuerySet.as_manager()

    class Meta:
        verbose_name = "llave de la API"
        verbose_name_plural = "llaves de la API"
        ordering = ["-creada", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="llave_con_resumen", condition=Q(resumen__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(
                name="llave_revocada_con_motivo",
                condition=Q(revocada__isnull=True, motivo="")
                | Q(revocada__isnull=False) & ~Q(motivo=""),
                violation_error_message="Una llave se revoca con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return f"{self.titular} ({self.prefijo}…)"

    def poner_secreto(self):
        """Le da un secreto nuevo y devuelve la llave entera, que ya no se podrá volver a leer."""
        secreto = secrets.token_urlsafe(32)
        self.resumen = _resumir(secreto)
        return f"{MARCA}_{self.prefijo}_{secreto}"

    def es_de(self, secreto):
        return constant_time_compare(self.resumen, _resumir(secreto))

    @property
    def alcance(self):
        return f"{self.zona}, {self.zona.nombre}" if self.zona_id else "Todo el país"

    @property
    def situacion(self):
        if self.revocada:
            return "Revocada"
        return "Caducada" if self.caduca < timezone.localdate() else "Sirve"

    @property
    def lector(self):
        """La cuenta, sin guardar, con cuyo alcance se lee."""
        return lector(self.zona)


def _resumir(secreto):
    # Un secreto de 256 bits al azar no necesita un resumen lento, como una clave de persona.
    return sha256(secreto.encode()).hexdigest()
