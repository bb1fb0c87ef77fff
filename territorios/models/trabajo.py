"""Trabajos en segundo plano: un encargo de uno o muchos documentos y cómo va cada cual."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from ..archivos import AlmacenPrivado
from ..jurisdiccion import Permiso, Rol
from .documento import MATRIZ, DocumentoEmitido, oficina_de
from .usuario import Usuario

# Un documento tarda segundos; pasado esto sin señas, quien lo hacía murió y otro lo toma.
PLAZO_SIN_LATIDO = timedelta(minutes=2)
# El que mata tres veces a quien lo hace (memoria, un fallo de la letra) no se intenta más.
INTENTOS_POR_PIEZA = 3


class TrabajoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los que pidió, y solo mientras siga en esa oficina; la central, los de ella y las zonas.

        Su archivo lleva lo que veía quien lo pidió: si cambia de zona, deja de ser suyo.
        """
        if not usuario.puede(Permiso.PEDIR_EN_BLOQUE):
            return self.none()
        suyos = Q(pedido_por=usuario, oficina=oficina_de(usuario))
        if usuario.rol == Rol.CENTRAL:
            suyos |= Q(oficina=MATRIZ) | Q(oficina__startswith="CZ")
        return self.filter(suyos)

    def vivos(self):
        """Los que esperan o se están haciendo."""
        return self.filter(estado__in=Trabajo.VIVOS)

    def sin_latido(self, ahora):
        """Los vivos de que nadie da señas."""
        return self.vivos().filter(latido__lt=ahora - PLAZO_SIN_LATIDO)

    def vencidos(self, ahora):
        """Los que todavía tienen un archivo que ya no debe guardarse."""
        return self.filter(vence__lte=ahora).exclude(archivo="")

    def con_avance(self):
        """Con su `total` de piezas, las `hechas` y las `fallidas`."""
        return self.annotate(
            total=Count("piezas"),
            hechas=Count("piezas", Q(piezas__documento__isnull=False)),
            fallidas=Count("piezas", ~Q(piezas__error="")),
        )


class Trabajo(models.Model):
    """Un encargo que se hace en segundo plano y termina en un archivo o en un documento emitido.

    `clave` dice qué se pidió: mientras uno esté vivo, la misma persona no tiene otro igual.
    `latido`: la última seña de quien lo hace. `armando_por`: quién está juntando el ZIP.
    `fase`, `paso` y `pasos`: por dónde va la pieza que tarda; `pasos` es 0 si no se sabe cuántos.
    `archivo` se pone al final, de una vez, entero; se borra al llegar `vence`. Queda vacío, y sin
    fecha en que vencer, si lo que se entrega es un documento emitido: ese se conserva.
    """

    class Estado(models.TextChoices):
        EN_COLA = "en_cola", "En cola"
        EN_MARCHA = "en_marcha", "En marcha"
        LISTO = "listo", "Listo"
        FALLIDO = "fallido", "Sin terminar"
        CANCELADO = "cancelado", "Cancelado"

    VIVOS = (Estado.EN_COLA, Estado.EN_MARCHA)
    REANUDABLES = (Estado.FALLIDO, Estado.CANCELADO)

    clase = models.CharField(max_length=30)
    clave = models.CharField(max_length=120)
    titulo = models.CharField("título", max_length=200)
    parametros = models.JSONField("parámetros", default=dict)
    oficina = models.CharField(max_length=12)
    sitio = models.CharField(max_length=200)
    estado = models.CharField(max_length=10, choices=Estado.choices, default=Estado.EN_COLA)
    motivo = models.CharField(max_length=300, blank=True)
    pedido_por = models.ForeignKey(Usuario, models.PROTECT, related_name="trabajos")
    creado = models.DateTimeField("pedido", default=timezone.now)
    empezado = models.DateTimeField(null=True, blank=True)
    terminado = models.DateTimeField(null=True, blank=True)
    latido = models.DateTimeField("última seña", default=timezone.now)
    armando_por = models.CharField(max_length=40, blank=True)
    fase = models.CharField(max_length=20, blank=True)
    paso = models.PositiveIntegerField(default=0)
    pasos = models.PositiveIntegerField(default=0)
    archivo = models.FileField(storage=AlmacenPrivado(), max_length=200, blank=True, editable=False)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    tamano = models.PositiveBigIntegerField("tamaño en bytes", default=0)
    vence = models.DateTimeField(null=True, blank=True)
    historia = HistoricalRecords(
        excluded_fields=["latido", "armando_por", "fase", "paso", "pasos", "archivo"]
    )

    objects = TrabajoQuerySet.as_manager()

    class Meta:
        verbose_name = "trabajo"
        ordering = ["-creado", "-pk"]
        indexes = [models.Index(fields=["estado", "latido"])]
        constraints = [
            models.UniqueConstraint(
                fields=["pedido_por", "clave"],
                condition=Q(estado__in=["en_cola", "en_marcha"]),
                name="trabajo_uno_vivo_de_cada",
            ),
            models.CheckConstraint(
                name="trabajo_terminado_con_fecha",
                condition=Q(estado__in=["en_cola", "en_marcha"], terminado__isnull=True)
                | Q(estado__in=["listo", "fallido", "cancelado"], terminado__isnull=False),
            ),
            models.CheckConstraint(
                name="trabajo_listo_con_suma",
                condition=Q(estado="listo", sha256__regex=r"^[0-9a-f]{64}$")
                & (Q(vence__isnull=False) | Q(archivo=""))
                | ~Q(estado="listo") & Q(archivo="", sha256="", vence__isnull=True),
            ),
            models.CheckConstraint(
                name="trabajo_fallido_con_motivo", condition=~Q(estado="fallido", motivo="")
            ),
        ]

    def __str__(self):
        return self.titulo

    @property
    def esta_vivo(self):
        return self.estado in self.VIVOS

    @property
    def se_puede_reanudar(self):
        return self.estado in self.REANUDABLES

    @property
    def vencio(self):
        """Si su archivo ya no se ofrece, aunque siga en disco hasta el próximo barrido."""
        return self.vence is not None and self.vence <= timezone.now()

    @property
    def se_puede_descargar(self):
        return self.estado == self.Estado.LISTO and not self.vencio

    @property
    def documento(self):
        """El documento emitido que entrega; None si entrega un archivo propio o no ha terminado."""
        if self.estado != self.Estado.LISTO or self.vence:
            return None
        return self.piezas.select_related("documento").get().documento

    @property
    def sin_senas(self):
        return self.esta_vivo and self.latido < timezone.now() - PLAZO_SIN_LATIDO

    def terminar(self, estado, motivo=""):
        """Queda en uno de los estados finales; con archivo, también la fecha en que se borrará."""
        self.estado, self.motivo = estado, motivo
        self.terminado, self.armando_por = timezone.now(), ""
        if self.archivo:
            self.vence = self.terminado + settings.RETENCION_DE_TRABAJOS


class PiezaQuerySet(models.QuerySet):
    def por_hacer(self):
        return self.filter(documento=None, error="")

    def libres(self, ahora):
        """Las que nadie tiene, o que tenía quien ya no da señas."""
        sueltas = Q(reservada=None) | Q(reservada__lt=ahora - PLAZO_SIN_LATIDO)
        return self.por_hacer().filter(sueltas)


class PiezaDeTrabajo(models.Model):
    """Un documento de un trabajo: por hacer, hecho (con su `documento`) o con su `error`.

    `reservada` y `por`: desde cuándo y quién la tiene entre manos; así dos no hacen la misma.
    """

    trabajo = models.ForeignKey(Trabajo, models.CASCADE, related_name="piezas")
    clave = models.CharField(max_length=60)
    nombre = models.CharField("nombre en el ZIP", max_length=160)
    documento = models.ForeignKey(
        DocumentoEmitido, models.PROTECT, null=True, blank=True, related_name="+"
    )
    error = models.CharField(max_length=300, blank=True)
    reservada = models.DateTimeField(null=True, blank=True)
    por = models.CharField(max_length=40, blank=True)
    intentos = models.PositiveSmallIntegerField(default=0)

    objects = PiezaQuerySet.as_manager()

    class Meta:
        verbose_name = "pieza de un trabajo"
        verbose_name_plural = "piezas de un trabajo"
        ordering = ["trabajo", "pk"]
        indexes = [models.Index(fields=["trabajo", "documento", "reservada"])]
        constraints = [
            models.UniqueConstraint(fields=["trabajo", "clave"], name="pieza_unica"),
            models.UniqueConstraint(fields=["trabajo", "nombre"], name="pieza_nombre_unico"),
            models.CheckConstraint(
                name="pieza_hecha_o_con_error", condition=Q(documento=None) | Q(error="")
            ),
        ]

    def __str__(self):
        return f"{self.clave} de {self.trabajo_id}"
