"""Los documentos que se emitieron: su número, su código y el archivo tal como salió."""

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from ..archivos import AlmacenPrivado
from ..codigos import en_grupos, normalizar, nuevo
from ..jurisdiccion import Permiso, Rol
from .usuario import Usuario

LARGO_DEL_CODIGO = 16
MATRIZ, OBSERVADORES = "MATRIZ", "OBS"


def codigo_nuevo():
    return nuevo(LARGO_DEL_CODIGO)


def oficina_de(usuario):
    """La serie con que numera quien emite: «MATRIZ», «CZ1», «GAD 0807» u «OBS 31».

    Cada observador tiene la suya: no comparten oficina.
    """
    if usuario.rol == Rol.ZONAL:
        return f"CZ{usuario.zona_id}"
    if usuario.rol == Rol.PLANIFICADOR:
        return f"GAD {usuario.gad_id}"
    return MATRIZ if usuario.rol == Rol.CENTRAL else f"{OBSERVADORES} {usuario.pk}"


class SerieDeDocumentos(models.Model):
    """El último número que dio una oficina en un año. Se bloquea al numerar."""

    oficina = models.CharField(max_length=12)
    anio = models.PositiveSmallIntegerField("año")
    ultimo = models.PositiveIntegerField("último número", default=0)

    class Meta:
        verbose_name = "serie de documentos"
        verbose_name_plural = "series de documentos"
        ordering = ["oficina", "-anio"]
        constraints = [
            models.UniqueConstraint(fields=["oficina", "anio"], name="serie_de_documentos_unica")
        ]

    def __str__(self):
        return f"{self.oficina}, {self.anio}"


def nombre_de_oficina(oficina):
    """Cómo se le dice: «CZ1» → «Zona 1»."""
    if oficina.startswith("CZ"):
        return f"Zona {oficina.removeprefix('CZ')}"
    if oficina.startswith(OBSERVADORES):
        return "Observación"
    return "Oficina central" if oficina == MATRIZ else oficina


class DocumentoEmitidoQuerySet(models.QuerySet):
    def emitidos(self):
        """Los que llegaron a salir; los demás solo tienen reservado su número."""
        return self.filter(emitido__isnull=False)

    def visibles_para(self, usuario):
        """Los de la oficina de quien mira; la central ve además los de las zonas.

        Un documento lleva lo que veía quien lo emitió, así que no sale de su oficina: lo de un GAD
        puede tener su borrador.
        """
        if not usuario.puede(Permiso.DESCARGAR_INFORMES):
            return self.none()
        suyos = Q(oficina=oficina_de(usuario))
        if usuario.rol == Rol.CENTRAL:
            suyos |= Q(oficina__startswith="CZ")
        return self.filter(suyos)

    def de_codigo(self, tecleado):
        """El de ese código, escrito como sea; None si no hay o nunca salió."""
        return self.emitidos().filter(codigo=normalizar(tecleado)).first()


class DocumentoEmitido(models.Model):
    """Un PDF que salió con su código, y que ya no cambia.

    `clave` dice de qué trata («ficha:0807»); `huella`, el SHA-256 de su contenido antes del sello.
    El código y el número se reservan antes de componerlo (van impresos); si algo se corta, el
    siguiente intento con igual contenido toma los mismos.

    Los que se conservan: con la misma clave y huella, la misma oficina no emite otro. Los que
    llevan nombres de personas no se conservan, para que se puedan suprimir: queda su suma y, si al
    volver a componerlos no sale el mismo archivo, es otro documento con otro código.

    `numero` está vacío en las hojas de trabajo (las que se llenan a mano) y en lo que ya trae uno
    propio, como los oficios: no gastan el de la serie.
    """

    codigo = models.CharField(
        "código", max_length=LARGO_DEL_CODIGO, unique=True, editable=False, default=codigo_nuevo
    )
    oficina = models.CharField(max_length=12)
    anio = models.PositiveSmallIntegerField("año")
    numero = models.PositiveIntegerField("número", null=True, blank=True)
    clase = models.CharField(max_length=40)
    clave = models.CharField(max_length=160)
    titulo = models.CharField("título", max_length=300)
    nombre = models.CharField("nombre del archivo", max_length=120)
    huella = models.CharField(max_length=64)
    conserva = models.BooleanField("se guarda el archivo", default=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    tamano = models.PositiveIntegerField("tamaño en bytes", default=0)
    archivo = models.FileField(storage=AlmacenPrivado(), max_length=200, blank=True, editable=False)
    reservado = models.DateTimeField(auto_now_add=True)
    emitido = models.DateTimeField(null=True, blank=True)
    # Vacío si lo pidió una orden del servidor, y no una persona.
    emitido_por = models.ForeignKey(
        Usuario, models.PROTECT, null=True, blank=True, related_name="+"
    )
    historia = HistoricalRecords(excluded_fields=["archivo"])

    objects = DocumentoEmitidoQuerySet.as_manager()

    class Meta:
        verbose_name = "documento emitido"
        verbose_name_plural = "documentos emitidos"
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["oficina", "-id"], name="documento_de_oficina"),
            models.Index(fields=["oficina", "clase"], name="documento_por_clase"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["oficina", "anio", "numero"], name="documento_numero_unico"
            ),
            models.UniqueConstraint(
                fields=["oficina", "clave", "huella"],
                condition=Q(conserva=True),
                name="documento_contenido_unico",
            ),
            models.CheckConstraint(
                name="documento_emitido_con_suma",
                condition=Q(emitido__isnull=True, sha256="", tamano=0)
                | Q(emitido__isnull=False, sha256__regex=r"^[0-9a-f]{64}$", tamano__gt=0),
            ),
            models.CheckConstraint(
                name="documento_conservado_con_archivo",
                condition=Q(emitido__isnull=False, conserva=True) & ~Q(archivo="")
                | (Q(emitido__isnull=True) | Q(conserva=False)) & Q(archivo=""),
            ),
        ]

    def __str__(self):
        return f"{self.titulo} (n.º {self.numero_legible})" if self.numero else self.titulo

    @property
    def codigo_legible(self):
        return en_grupos(self.codigo)

    @property
    def numero_legible(self):
        """«CZ1-2026-0042»; vacío si no lleva."""
        if self.numero is None:
            return ""
        return f"{self.oficina.replace(' ', '-')}-{self.anio}-{self.numero:04}"

    @property
    def nombre_de_su_oficina(self):
        return nombre_de_oficina(self.oficina)
