"""Quién estuvo en un encuentro: la nómina y el texto con que cada persona consintió."""

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.jurisdiccion import Permiso
from territorios.models import Gad
from territorios.models.vigencia import ConVigencia, fechas_en_orden, vigente_en
from territorios.versiones import ModeloVersionado

from .encuentro import Encuentro

SIN_CONSENTIMIENTO = (
    "Sin el consentimiento de la persona no se guardan su nombre, su cargo ni su contacto: solo "
    "se la cuenta."
)


class TextoConsentimientoQuerySet(models.QuerySet):
    def en(self, fecha=None):
        """El texto vigente en la fecha (hoy si se calla), o None si la central no lo cargó."""
        return self.filter(vigente_en(fecha or timezone.localdate())).order_by("-desde").first()


class TextoConsentimiento(ConVigencia):
    """Lo que se le dice a cada persona, entre dos fechas, para que entregue sus datos.

    Cada participante conserva copiado el texto que aceptó: cambiar este no cambia aquel.
    """

    texto = models.TextField()
    historia = HistoricalRecords()

    objects = TextoConsentimientoQuerySet.as_manager()

    class Meta:
        verbose_name = "texto de consentimiento"
        verbose_name_plural = "textos de consentimiento"
        ordering = ["desde"]
        constraints = [
            fechas_en_orden("consentimiento_fechas_en_orden"),
            models.UniqueConstraint(fields=["desde"], name="consentimiento_un_texto_por_fecha"),
            models.CheckConstraint(
                name="consentimiento_con_texto",
                condition=~Q(texto=""),
                violation_error_message="Escriba el texto que las personas van a aceptar.",
            ),
        ]

    def __str__(self):
        return self.texto[:80]

    def clean(self):
        self.exigir_sin_cruce(TextoConsentimiento.objects.all())


class DeNominaQuerySet(models.QuerySet):
    """Lo que lleva el nombre de quien asistió a `encuentro`."""

    def visibles_para(self, usuario):
        """Dato personal: lo ven la central y la zona que ve el encuentro; nadie más."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.VER_PARTICIPANTES):
            return self.none()
        return self.filter(encuentro__in=Encuentro.objects.visibles_para(usuario))

    def editables_por(self, usuario):
        if not usuario.is_authenticated or not usuario.puede(Permiso.REGISTRAR_PARTICIPANTES):
            return self.none()
        return self.filter(encuentro__in=Encuentro.objects.editables_por(usuario))


class ParticipanteQuerySet(DeNominaQuerySet):
    def con_nombre(self):
        """Sin las personas que no consintieron o pidieron suprimir sus datos."""
        return self.exclude(nombre="")

    def para_nomina(self):
        """En el orden de la hoja: como se registraron, con el lugar de su GAD."""
        return self.select_related("gad__territorio__padre__padre").order_by("creado", "pk")


class Participante(ModeloVersionado):
    """Persona que asistió a un encuentro, registrada una por una.

    Dato personal (LOPDP): nombre y cargo (identificativos), correo y teléfono (de contacto, fuera
    del historial) y sexo (para contar). Exige el texto y la fecha del consentimiento: quien no lo
    da, o pide suprimir sus datos, se cuenta por su nivel, su sexo y su GAD, sin nada más. Ven los
    nombres la central y la zona del encuentro; los demás, solo cuentas (`asistencia.contar`).
    """

    class Nivel(models.TextChoices):
        PROVINCIAL = "provincial", "GAD provincial"
        MUNICIPAL = "municipal", "GAD municipal"
        PARROQUIAL = "parroquial", "GAD parroquial"
        NACIONAL = "nacional", "Gobierno nacional"
        SOCIEDAD = "sociedad", "Sociedad civil y academia"
        OTRO = "otro", "Otro"

        @classmethod
        def de(cls, gad):
            """El que toca a quien viene de ese GAD."""
            if gad.nivel in Gad.PROVINCIALES:
                return cls.PROVINCIAL
            return cls.MUNICIPAL if gad.nivel in Gad.MUNICIPALES else cls.PARROQUIAL

    class Sexo(models.TextChoices):
        MUJER = "mujer", "Mujer"
        HOMBRE = "hombre", "Hombre"
        SIN_DATO = "sin_dato", "No lo dice"

    class Via(models.TextChoices):
        LISTA = "lista", "Escrito en la sala"
        QR = "qr", "Código QR en la puerta"
        PAPEL = "papel", "Transcrito del papel"
        IMPORTADO = "importado", "Pegado o importado"

    # Lo que se borra cuando la persona no consiente o lo pide; nivel, sexo y GAD se quedan.
    PERSONALES = ("nombre", "cargo", "organizacion", "correo", "telefono", "consentimiento")
    NIVELES_DE_GAD = (Nivel.PROVINCIAL, Nivel.MUNICIPAL, Nivel.PARROQUIAL)

    encuentro = models.ForeignKey(Encuentro, models.PROTECT, related_name="participantes")
    nombre = models.CharField("nombre completo", max_length=120, blank=True)
    cargo = models.CharField(max_length=120, blank=True)
    gad = models.ForeignKey(
        Gad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="participantes",
        verbose_name="GAD",
    )
    organizacion = models.CharField("entidad, si no es un GAD", max_length=160, blank=True)
    nivel = models.CharField("nivel de gobierno", max_length=12, choices=Nivel.choices)
    sexo = models.CharField(max_length=8, choices=Sexo.choices)
    correo = models.EmailField(blank=True)
    telefono = models.CharField("teléfono", max_length=30, blank=True)
    consentimiento = models.TextField("texto del consentimiento", blank=True)
    consentimiento_fecha = models.DateField("fecha del consentimiento", null=True, blank=True)
    via = models.CharField("cómo se registró", max_length=10, choices=Via.choices)
    clave_envio = models.UUIDField("clave del envío", unique=True, default=uuid.uuid4)
    es_otra_persona = models.BooleanField(
        "es otra persona",
        default=False,
        help_text="Alguien comprobó que no es la misma persona que otra de nombre parecido.",
    )
    creado = models.DateTimeField("registrado", auto_now_add=True)
    suprimido = models.DateTimeField("datos suprimidos", null=True, blank=True, editable=False)
    historia = HistoricalRecords(excluded_fields=["correo", "telefono"])

    objects = ParticipanteQuerySet.as_manager()

    class Meta:
        verbose_name = "participante"
        ordering = ["encuentro", "creado", "pk"]
        constraints = [
            models.CheckConstraint(
                name="participante_consiente_o_no_deja_datos",
                condition=~Q(consentimiento="") & Q(consentimiento_fecha__isnull=False)
                | Q(nombre="", cargo="", correo="", telefono="", consentimiento=""),
                violation_error_message=SIN_CONSENTIMIENTO,
            ),
            models.CheckConstraint(
                name="participante_suprimido_sin_datos",
                condition=Q(suprimido__isnull=True)
                | Q(nombre="", cargo="", organizacion="", correo="", telefono=""),
                violation_error_message="Los datos de esta persona se suprimieron a su pedido.",
            ),
            models.CheckConstraint(
                name="participante_de_un_gad_o_una_entidad",
                condition=Q(gad__isnull=True) | Q(organizacion=""),
                violation_error_message="La persona viene de un GAD o de otra entidad: uno de los "
                "dos.",
            ),
        ]
        indexes = [models.Index(fields=["encuentro", "nivel", "sexo"])]

    def __str__(self):
        return self.nombre or "Persona sin nombre"

    @property
    def viene_de(self):
        """El GAD, sin equívocos, o la entidad; vacío si no se sabe."""
        return self.gad.nombre_con_lugar if self.gad_id else self.organizacion

    @property
    def consiente(self):
        return bool(self.consentimiento)

    def clean(self):
        deja_datos = self.nombre or self.cargo or self.correo or self.telefono
        if deja_datos and not (self.consentimiento and self.consentimiento_fecha):
            raise ValidationError({"consentimiento": SIN_CONSENTIMIENTO})
        if self.gad_id and self.nivel != self.Nivel.de(self.gad):
            raise ValidationError({"nivel": "El nivel no es el del GAD."})
        if not self.gad_id and self.nivel in self.NIVELES_DE_GAD and not self.organizacion:
            raise ValidationError({"gad": "Diga de qué GAD viene, o elija otro nivel."})
