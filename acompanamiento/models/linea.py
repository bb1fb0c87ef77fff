"""Líneas programáticas: las define la provincia y las validan los demás niveles (S:776, S:842)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.jurisdiccion import Permiso
from territorios.models import Gad, Territorio
from territorios.versiones import ModeloVersionado

from .estrategia import ElementoEstrategia, Estrategia

# --- A quién le toca ------------------------------------------------------------------------------


def provincias_a_la_vista(usuario):
    """GAD provinciales cuyas líneas consulta: el de su territorio, o los que tocan su zona.

    La zona se asigna por cantón: la 8 solo tiene cantones de Guayas, que es de la 5, y también lee
    las líneas sobre las que se pronuncian sus GAD.
    """
    provincias = Gad.objects.filter(nivel__in=Gad.PROVINCIALES)
    if not usuario.is_authenticated or not usuario.is_active:
        return provincias.none()
    if usuario.ve_el_pais:
        return provincias
    if usuario.gad_id:
        return provincias.filter(pk=usuario.gad_id[:2])
    con_canton = Territorio.objects.cantones().filter(zona=usuario.zona_id).values("padre")
    return provincias.filter(Q(territorio__zona=usuario.zona_id) | Q(pk__in=con_canton))


def provincias_que_define(usuario):
    """GAD provinciales cuyas líneas escribe: el suyo, los de su zona o, la central, todos.

    Una zona que solo tiene algunos cantones de la provincia lee, pero no escribe en su nombre.
    """
    provincias = Gad.objects.filter(nivel__in=Gad.PROVINCIALES)
    if not usuario.is_authenticated or not usuario.puede(Permiso.DEFINIR_LINEAS):
        return provincias.none()
    if usuario.gad_id:
        return provincias.filter(pk=usuario.gad_id)
    return provincias.filter(territorio__zona=usuario.zona_id) if usuario.zona_id else provincias


def gads_consultables(provincia=""):
    """GAD cantonales y parroquiales, de todo el país o de la provincia de ese código."""
    niveles = (*Gad.MUNICIPALES, *Gad.PARROQUIALES)
    return Gad.objects.filter(nivel__in=niveles, territorio__codigo__startswith=provincia)


def gads_que_pronuncia(usuario):
    """GAD cantonales y parroquiales por los que puede hablar: el suyo, o los de su zona."""
    consultados = gads_consultables()
    if not usuario.is_authenticated or not usuario.puede(Permiso.PRONUNCIARSE):
        return consultados.none()
    if usuario.gad_id:
        return consultados.filter(pk=usuario.gad_id)
    return consultados.filter(territorio__zona=usuario.zona_id)


# --- La línea -------------------------------------------------------------------------------------


class LineaQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Las de las provincias a su vista; lo que no ha ido a consulta, solo quien lo define."""
        return self.filter(
            Q(provincia__in=provincias_a_la_vista(usuario), ronda__gt=0)
            | Q(provincia__in=provincias_que_define(usuario))
        )

    def editables_por(self, usuario):
        return self.filter(provincia__in=provincias_que_define(usuario))

    def de_las_que_habla(self, usuario):
        """Las que ve y han ido a consulta: sobre ellas dice su palabra un GAD."""
        return self.visibles_para(usuario).filter(ronda__gt=0)

    def con_lo_suyo(self, usuario):
        """Cada una con `la_define` y `la_espera`: si la escribe, o si falta lo que diga su GAD."""
        esta = Q(pk=OuterRef("pk"))
        return self.annotate(
            la_define=Exists(LineaProgramatica.objects.editables_por(usuario).filter(esta)),
            la_espera=Exists(LineaProgramatica.objects.por_pronunciar(usuario).filter(esta)),
        )

    def por_pronunciar(self, usuario):
        """Las que esperan lo que diga el GAD de quien entra sobre el texto de hoy."""
        if not usuario.gad_id or not usuario.puede(Permiso.PRONUNCIARSE):
            return self.none()
        dicho = Pronunciamiento.objects.filter(
            linea=OuterRef("pk"), gad=usuario.gad_id, ronda=OuterRef("ronda")
        )
        abiertas = self.de_las_que_habla(usuario)
        en_consulta = abiertas.filter(estado=LineaProgramatica.Estado.EN_CONSULTA)
        return en_consulta.exclude(provincia=usuario.gad_id).filter(~Exists(dicho))


class LineaProgramatica(ModeloVersionado):
    """Línea programática de una provincia en un eje estratégico (S:776, S:798-804, S:842).

    `ronda` cuenta los textos que se han puesto en consulta: 0 es que todavía ninguno. Cada
    pronunciamiento vale para el texto de su ronda.
    """

    class Estado(models.TextChoices):
        BORRADOR = "borrador", "Borrador"
        EN_CONSULTA = "en_consulta", "En consulta"
        ADOPTADA = "adoptada", "Adoptada"
        RETIRADA = "retirada", "Retirada"

    EDITABLES = (Estado.BORRADOR, Estado.EN_CONSULTA)
    # Lo que leen los GAD para pronunciarse: si cambia, se vuelve a consultar.
    CONSULTADO = ("eje_id", "nombre", "texto")

    estrategia = models.ForeignKey(Estrategia, models.PROTECT, related_name="lineas")
    provincia = models.ForeignKey(
        Gad,
        models.PROTECT,
        related_name="lineas",
        limit_choices_to={"nivel__in": Gad.PROVINCIALES},
    )
    eje = models.ForeignKey(
        ElementoEstrategia,
        models.PROTECT,
        related_name="lineas",
        verbose_name="eje estratégico",
        limit_choices_to={"tipo": ElementoEstrategia.Tipo.EJE_ESTRATEGICO},
    )
    numero = models.PositiveSmallIntegerField("número", editable=False)
    nombre = models.CharField("nombre corto", max_length=120)
    texto = models.TextField("qué propone la línea", max_length=2000)
    estado = models.CharField(max_length=12, choices=Estado.choices, default=Estado.BORRADOR)
    ronda = models.PositiveSmallIntegerField("texto en consulta", default=0, editable=False)
    consultada = models.DateField("en consulta desde", null=True, editable=False)
    fecha_adopcion = models.DateField("adoptada el", null=True, editable=False)
    motivo_adopcion = models.TextField("por qué se adoptó sin el acuerdo de todos", blank=True)
    motivo = models.TextField("motivo del retiro", blank=True)
    creada = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords()

    objects = LineaQuerySet.as_manager()

    class Meta:
        verbose_name = "línea programática"
        verbose_name_plural = "líneas programáticas"
        ordering = ["estrategia", "provincia", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["estrategia", "provincia", "numero"], name="linea_numero_unico"
            ),
            models.CheckConstraint(
                name="linea_ronda_segun_estado",
                condition=Q(estado="borrador", ronda=0)
                | Q(estado__in=["en_consulta", "adoptada"], ronda__gt=0)
                | Q(estado="retirada"),
                violation_error_message="Un borrador no se ha consultado; lo demás, sí.",
            ),
            models.CheckConstraint(
                name="linea_consultada_con_fecha",
                condition=Q(ronda=0, consultada__isnull=True)
                | Q(ronda__gt=0, consultada__isnull=False),
                violation_error_message="Lo que está en consulta dice desde cuándo.",
            ),
            models.CheckConstraint(
                name="linea_adoptada_con_fecha",
                condition=~Q(estado="adoptada") | Q(fecha_adopcion__isnull=False),
                violation_error_message="Una línea adoptada dice en qué fecha.",
            ),
            models.CheckConstraint(
                name="linea_retirada_con_motivo",
                condition=~Q(estado="retirada") | ~Q(motivo=""),
                violation_error_message="Una línea se retira con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return f"Línea {self.numero} · {self.nombre}"

    def clean(self):
        if self.provincia.nivel not in Gad.PROVINCIALES:
            raise ValidationError("Las líneas programáticas las define un GAD provincial.")
        if self.eje_id and not self._es_eje_suyo():
            raise ValidationError({"eje": "Ese no es un eje estratégico de la estrategia."})

    def _es_eje_suyo(self):
        es_estrategico = self.eje.tipo == ElementoEstrategia.Tipo.EJE_ESTRATEGICO
        return es_estrategico and self.eje.estrategia_id == self.estrategia_id

    @property
    def se_edita(self):
        return self.estado in self.EDITABLES

    @property
    def esta_en_consulta(self):
        return self.estado == self.Estado.EN_CONSULTA

    def texto_anterior(self):
        """Lo que se consultó antes de este texto; vacío si es el primero. Una consulta."""
        antes = self.historia.filter(ronda=self.ronda - 1, estado=self.Estado.EN_CONSULTA)
        return antes.values_list("texto", flat=True).order_by("-history_id").first() or ""

    def abrir_consulta(self):
        """Pone el texto de ahora en consulta: lo dicho sobre el anterior deja de valer."""
        self.estado = self.Estado.EN_CONSULTA
        self.ronda += 1
        self.consultada = timezone.localdate()

    def gads_consultados(self):
        """Los GAD cantonales y parroquiales de la provincia; adoptada, los de ese día."""
        fecha = self.fecha_adopcion or timezone.localdate()
        return gads_consultables(self.provincia_id).vigentes_en(fecha)


# --- Lo que dice cada GAD -------------------------------------------------------------------------


class Pronunciamiento(ModeloVersionado):
    """Lo que dijo un GAD sobre un texto de la línea. Vale el de hoy; los anteriores se conservan.

    Con `fuente`, lo transcribió la zona de un oficio o acta; sin ella, lo escribió el propio GAD.
    """

    class Sentido(models.TextChoices):
        VALIDA = "valida", "Valida"
        OBSERVA = "observa", "Observa"

    linea = models.ForeignKey(LineaProgramatica, models.CASCADE, related_name="pronunciamientos")
    gad = models.ForeignKey(
        Gad, models.PROTECT, related_name="pronunciamientos", verbose_name="GAD"
    )
    ronda = models.PositiveSmallIntegerField("texto", editable=False)
    sentido = models.CharField(max_length=8, choices=Sentido.choices)
    observacion = models.TextField("observación", max_length=2000, blank=True)
    fecha = models.DateField()
    fuente = models.CharField("oficio o acta", max_length=250, blank=True)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "pronunciamiento"
        ordering = ["linea", "gad", "ronda"]
        constraints = [
            models.UniqueConstraint(
                fields=["linea", "gad", "ronda"], name="pronunciamiento_uno_por_texto"
            ),
            models.CheckConstraint(
                name="pronunciamiento_sobre_lo_consultado", condition=Q(ronda__gt=0)
            ),
            models.CheckConstraint(
                name="pronunciamiento_observa_con_texto",
                condition=~Q(sentido="observa") | ~Q(observacion=""),
                violation_error_message="Para observar, escriba la observación.",
            ),
        ]

    def __str__(self):
        return f"{self.gad_id} {self.get_sentido_display().lower()} la línea {self.linea_id}"

    @property
    def es_del_gad(self):
        """Si lo escribió el propio GAD y no lo transcribió la zona."""
        return not self.fuente

    def dice_lo_mismo(self, otro):
        campos = ("sentido", "observacion", "fecha", "fuente")
        return all(getattr(self, campo) == getattr(otro, campo) for campo in campos)
