"""La convocatoria de un GAD a un encuentro: su oficio, su envío, su entrega y lo que respondió."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from simple_history.models import HistoricalRecords

from territorios.models import Gad, Mensaje
from territorios.versiones import ModeloVersionado

from .encuentro import Convocado, Encuentro

BYTES_DE_LA_LLAVE = 24  # 192 bits al azar: no se adivina


def llave_nueva():
    return secrets.token_hex(BYTES_DE_LA_LLAVE)


class SerieDeOficios(models.Model):
    """El último número que dio una oficina en un año.

    Se bloquea al numerar, en la misma transacción que guarda los oficios: si ella se deshace, el
    número vuelve a estar libre y la serie no queda con huecos.
    """

    oficina = models.CharField(max_length=12)
    anio = models.PositiveSmallIntegerField("año")
    ultimo = models.PositiveIntegerField("último número", default=0)

    class Meta:
        verbose_name = "serie de oficios"
        verbose_name_plural = "series de oficios"
        ordering = ["oficina", "-anio"]
        constraints = [models.UniqueConstraint(fields=["oficina", "anio"], name="serie_unica")]

    def __str__(self):
        return f"{self.oficina}, {self.anio}"


class ConvocatoriaQuerySet(models.QuerySet):
    def editables_por(self, usuario):
        """Las de los encuentros que edita: nadie más ve un destinatario ni su respuesta."""
        return self.filter(encuentro__in=Encuentro.objects.editables_por(usuario))

    visibles_para = editables_por

    def de_convocados(self):
        """Sin las de los GAD que después se quitaron del encuentro: su oficio queda, sin efecto."""
        convocado = Convocado.objects.filter(encuentro=OuterRef("encuentro"), gad=OuterRef("gad"))
        return self.filter(Exists(convocado), sin_efecto=False)

    def sin_respuesta(self):
        return self.exclude(Exists(_de_su_ronda(Respuesta)))

    def recibidas(self):
        """Las que están en camino, salieron, se entregaron o se respondieron."""
        en_camino = Q(mensaje__estado__in=Convocatoria.EN_CAMINO)
        anotada = Exists(_de_su_ronda(Respuesta)) | Exists(_de_su_ronda(ConstanciaEntrega))
        return self.filter(en_camino | anotada)

    def con_estado(self):
        """Con lo que hace falta para decir su estado sin más consultas."""
        return self.select_related("mensaje", "gad__territorio__padre__padre").prefetch_related(
            Prefetch("respuestas", Respuesta.objects.select_related("por")),
            "constancias",
            "avisos__mensaje",
        )


def _de_su_ronda(modelo):
    return modelo.objects.filter(convocatoria=OuterRef("pk"), ronda=OuterRef("ronda"))


class Convocatoria(ModeloVersionado):
    """El oficio con que se convoca a un GAD a un encuentro: uno por GAD convocado.

    Lo que el oficio dice queda escrito como era al emitirlo (institución, autoridad, fecha, lugar,
    agenda e insumos, estos en `hechos`): volver a sacarlo da el mismo documento. Si el encuentro se
    reprograma, se convoca otra vez con el mismo número y la `ronda` siguiente; las respuestas y
    constancias de rondas anteriores ya no cuentan. `envio` cuenta los correos que se le mandaron.
    `sin_efecto`: el GAD se quitó del encuentro; si vuelve, se le convoca otra vez.

    Dato personal (LOPDP): `correo`, del contacto del GAD que consintió en ser convocado; y
    `destinatario`, dato público de un cargo de elección. Los ven solo quienes editan el encuentro.
    `llave` es la del enlace de respuesta: cambiarla lo deja sin efecto. Ni ella ni el correo van a
    la historia.
    """

    class Estado(models.TextChoices):
        POR_ENVIAR = "por_enviar", "Por enviar"
        POR_ENTREGAR = "por_entregar", "Sin correo: por entregar"
        EN_COLA = "en_cola", "En cola"
        ENVIADA = "enviada", "Enviada"
        NO_SALIO = "no_salio", "No salió"
        ENTREGADA = "entregada", "Entregada con constancia"
        RESPONDIDA = "respondida", "Respondida"

    # Lo que todavía no llegó a nadie y hay que atender.
    FALTAN = (Estado.POR_ENVIAR, Estado.POR_ENTREGAR, Estado.NO_SALIO)
    EN_CAMINO = (Mensaje.Estado.PENDIENTE, Mensaje.Estado.ENVIANDO, Mensaje.Estado.ENVIADO)
    SEGUN_EL_MENSAJE = {
        Mensaje.Estado.PENDIENTE: Estado.EN_COLA,
        Mensaje.Estado.ENVIANDO: Estado.EN_COLA,
        Mensaje.Estado.ENVIADO: Estado.ENVIADA,
        Mensaje.Estado.FALLIDO: Estado.NO_SALIO,
        Mensaje.Estado.DUDOSO: Estado.NO_SALIO,
        Mensaje.Estado.ANULADO: Estado.NO_SALIO,
    }

    encuentro = models.ForeignKey(Encuentro, models.PROTECT, related_name="convocatorias")
    gad = models.ForeignKey(Gad, models.PROTECT, related_name="oficios", verbose_name="GAD")
    oficina = models.CharField(max_length=12)
    anio = models.PositiveSmallIntegerField("año")
    numero = models.PositiveIntegerField("número")
    fecha = models.DateField("fecha del oficio")
    institucion = models.CharField("institución", max_length=160, blank=True)
    siglas = models.CharField(max_length=20, blank=True)
    tratamiento = models.CharField(max_length=80)
    destinatario = models.CharField("nombre", max_length=120, blank=True)
    cargo = models.CharField(max_length=120)
    correo = models.EmailField(blank=True)
    asunto = models.CharField(max_length=150)
    texto = models.TextField(max_length=4000)
    ciudad = models.CharField(max_length=60)
    firma = models.CharField("quién firma", max_length=120)
    firma_cargo = models.CharField("cargo de quien firma", max_length=120)
    hechos = models.JSONField("lo que decía el encuentro", default=dict)
    ronda = models.PositiveSmallIntegerField(default=1)
    envio = models.PositiveSmallIntegerField("correos enviados", default=0)
    sin_efecto = models.BooleanField(default=False, editable=False)
    mensaje = models.ForeignKey(
        Mensaje, models.SET_NULL, null=True, blank=True, related_name="+", editable=False
    )
    llave = models.CharField(max_length=64, unique=True, default=llave_nueva, editable=False)
    # La orden de recordatorios no tiene petición de donde saber el nombre del sitio.
    sitio = models.CharField("sitio desde el que se convocó", max_length=200, editable=False)
    historia = HistoricalRecords(excluded_fields=["correo", "llave", "mensaje"])

    objects = ConvocatoriaQuerySet.as_manager()

    class Meta:
        verbose_name = "convocatoria"
        ordering = ["encuentro", "gad"]
        constraints = [
            models.UniqueConstraint(fields=["encuentro", "gad"], name="convocatoria_una_por_gad"),
            models.UniqueConstraint(
                fields=["oficina", "anio", "numero"], name="convocatoria_numero_unico"
            ),
            models.CheckConstraint(
                name="convocatoria_numero_desde_uno", condition=Q(numero__gte=1, ronda__gte=1)
            ),
        ]

    def __str__(self):
        return f"Oficio {self.codigo}"

    @property
    def codigo(self):
        """«STPE-Z4-2019-0007»."""
        partes = [self.siglas, self.oficina, str(self.anio), f"{self.numero:04}"]
        return "-".join(parte for parte in partes if parte)

    @property
    def respuesta(self):
        """La última de esta ronda, que es la que vale, o None."""
        de_esta = [uno for uno in self.respuestas.all() if uno.ronda == self.ronda]
        return max(de_esta, key=lambda uno: uno.pk, default=None)

    @property
    def constancia(self):
        de_esta = [una for una in self.constancias.all() if una.ronda == self.ronda]
        return max(de_esta, key=lambda una: una.pk, default=None)

    @property
    def estado(self):
        if self.respuesta:
            return self.Estado.RESPONDIDA
        if self.constancia:
            return self.Estado.ENTREGADA
        if self.mensaje is None:
            return self.Estado.POR_ENVIAR if self.correo else self.Estado.POR_ENTREGAR
        return self.SEGUN_EL_MENSAJE[self.mensaje.estado]

    @property
    def falta_enviar(self):
        """Si hay un correo que mandarle y no está en camino ni llegó de otra manera."""
        return bool(self.correo) and not self.sin_efecto and self.estado in self.FALTAN

    @property
    def clave_de_envio(self):
        """La del último correo, en la cola."""
        return f"convocatoria:{self.pk}:{self.envio}"


class Respuesta(models.Model):
    """Lo que un GAD respondió a su convocatoria. Se agrega y no se edita: manda la última.

    `por`: quien la anotó (dada por teléfono); vacío si respondió con su enlace.

    Dato personal (LOPDP): nombre y cargo del delegado, que da la autoridad para organizar el
    encuentro, con el texto que se le mostró en `consentimiento`. No van a la historia; se suprimen
    con el encuentro.
    """

    class Sentido(models.TextChoices):
        ASISTE = "asiste", "Asistirá"
        DELEGA = "delega", "Delega"
        NO_ASISTE = "no_asiste", "No asistirá"

    convocatoria = models.ForeignKey(Convocatoria, models.CASCADE, related_name="respuestas")
    ronda = models.PositiveSmallIntegerField()
    sentido = models.CharField(max_length=10, choices=Sentido.choices)
    delegado = models.CharField("nombre de quien irá", max_length=120, blank=True)
    delegado_cargo = models.CharField("cargo de quien irá", max_length=120, blank=True)
    motivo = models.CharField(max_length=300, blank=True)
    consentimiento = models.TextField("texto del tratamiento de datos", blank=True)
    cuando = models.DateTimeField(auto_now_add=True)
    por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    historia = HistoricalRecords(excluded_fields=["delegado", "delegado_cargo", "motivo"])

    class Meta:
        verbose_name = "respuesta"
        ordering = ["convocatoria", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="respuesta_delegado_solo_si_delega",
                condition=Q(sentido="delega") & ~Q(delegado="") & ~Q(delegado_cargo="")
                | ~Q(sentido="delega") & Q(delegado="", delegado_cargo=""),
                violation_error_message="El delegado se indica solo, y siempre, cuando delega.",
            ),
        ]

    def __str__(self):
        return self.get_sentido_display()


class ConstanciaEntrega(models.Model):
    """Que la convocatoria llegó por un medio que no es el correo de la plataforma.

    Dato personal (LOPDP): el nombre de quien la recibió, para probar la entrega; no va a la
    historia.
    """

    class Medio(models.TextChoices):
        EN_PERSONA = "en_persona", "En persona"
        OFICIO = "oficio", "Oficio físico o Quipux"
        TELEFONO = "telefono", "Teléfono"
        WHATSAPP = "whatsapp", "WhatsApp"

    convocatoria = models.ForeignKey(Convocatoria, models.CASCADE, related_name="constancias")
    ronda = models.PositiveSmallIntegerField()
    recibio = models.CharField("quién la recibió", max_length=120)
    fecha = models.DateField("cuándo")
    medio = models.CharField(max_length=12, choices=Medio.choices)
    nota = models.CharField(max_length=300, blank=True)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    anotada = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords(excluded_fields=["recibio", "nota"])

    class Meta:
        verbose_name = "constancia de entrega"
        verbose_name_plural = "constancias de entrega"
        ordering = ["convocatoria", "-pk"]

    def __str__(self):
        return f"{self.get_medio_display()}, {self.fecha:%d/%m/%Y}"
