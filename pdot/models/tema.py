"""La visión circunvecina: temas que comparten los GAD de un grupo y el texto que acuerdan."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo
from talleres.models import Encuentro
from territorios.models import Gad
from territorios.versiones import ModeloVersionado

from .vision import ElementoVision


class DelGrupo(models.QuerySet):
    """Lo que cuelga de un grupo: lo ve quien ve el grupo y lo edita quien lo edita.

    Un grupo solo propuesto no abre nada: sus elementos no se comparten todavía.
    """

    def visibles_para(self, usuario):
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self.filter(grupo__in=Grupo.objects.visibles_para(usuario).conformados())

    def editables_por(self, usuario):
        if not usuario.is_authenticated:
            return self.none()
        return self.filter(grupo__in=Grupo.objects.editables_por(usuario).conformados())


class TemaDeVision(ModeloVersionado):
    """Tema que una persona confirmó a partir de elementos parecidos, o que rechazó.

    No se borra: el que se junta a otro o se retira queda como historia, y el rechazado, para no
    proponerse otra vez. `por` es quien decidió su estado de hoy.
    """

    class Estado(models.TextChoices):
        CONFIRMADO = "confirmado", "Confirmado"
        RECHAZADO = "rechazado", "Rechazado"
        JUNTADO = "juntado", "Juntado a otro"
        RETIRADO = "retirado", "Retirado"

    # Los que dicen algo hoy; los demás son historia y lo suyo vuelve a proponerse.
    VIGENTES = (Estado.CONFIRMADO, Estado.RECHAZADO)

    grupo = models.ForeignKey(Grupo, models.PROTECT, related_name="temas_de_vision")
    nombre = models.CharField("nombre del tema", max_length=120)
    estado = models.CharField(max_length=10, choices=Estado.choices, default=Estado.CONFIRMADO)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    creado = models.DateTimeField(auto_now_add=True)
    historia = HistoricalRecords()

    objects = DelGrupo.as_manager()

    class Meta:
        verbose_name = "tema de visión"
        verbose_name_plural = "temas de visión"
        ordering = ["grupo", "nombre", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["grupo", "nombre"],
                condition=Q(estado="confirmado"),
                name="tema_de_vision_nombre_unico",
                violation_error_message="El grupo ya tiene un tema con ese nombre.",
            ),
            models.CheckConstraint(
                name="tema_de_vision_con_nombre",
                condition=~Q(nombre=""),
                violation_error_message="Póngale nombre al tema.",
            ),
        ]

    def __str__(self):
        return self.nombre


class Pertenencia(models.Model):
    """Un elemento en un tema, con su texto: se conserva aunque el GAD lo cambie en otra versión.

    `gad` vacío: el elemento es de todo el grupo. Una ficha de dos cantones son dos filas. `texto`
    es la parte del elemento que habla del tema: «turismo», de «Riesgos, turismo».
    """

    tema = models.ForeignKey(TemaDeVision, models.CASCADE, related_name="pertenencias")
    gad = models.ForeignKey(
        Gad, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="GAD"
    )
    elemento = models.ForeignKey(
        ElementoVision, models.SET_NULL, null=True, blank=True, related_name="pertenencias"
    )
    texto = models.CharField(max_length=200)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "elemento de un tema"
        verbose_name_plural = "elementos de un tema"
        ordering = ["tema", "gad", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["tema", "gad", "texto"],
                condition=Q(gad__isnull=False),
                name="pertenencia_unica_del_gad",
            ),
            models.UniqueConstraint(
                fields=["tema", "texto"],
                condition=Q(gad__isnull=True),
                name="pertenencia_unica_del_grupo",
            ),
        ]

    def __str__(self):
        return self.texto


class VisionCircunvecina(ModeloVersionado):
    """Una versión de la visión del grupo: borrador que se corrige o texto acordado.

    La acordada no se edita: se abre otra con el número siguiente. `fecha` es la del acuerdo y
    `encuentro`, aquel en que se acordó.
    """

    class Estado(models.TextChoices):
        BORRADOR = "borrador", "En redacción"
        ACORDADA = "acordada", "Acordada"

    grupo = models.ForeignKey(Grupo, models.PROTECT, related_name="visiones")
    numero = models.PositiveSmallIntegerField("versión")
    estado = models.CharField(max_length=8, choices=Estado.choices, default=Estado.BORRADOR)
    texto = models.TextField("visión circunvecina", max_length=4000)
    temas = models.ManyToManyField(
        TemaDeVision, blank=True, related_name="visiones", verbose_name="temas que recoge"
    )
    encuentro = models.ForeignKey(
        Encuentro,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="visiones",
        verbose_name="encuentro en que se acordó",
    )
    fecha = models.DateField("fecha del acuerdo", null=True, blank=True)
    por = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    actualizada = models.DateTimeField("última actualización", auto_now=True)
    historia = HistoricalRecords(m2m_fields=[temas])

    objects = DelGrupo.as_manager()

    class Meta:
        verbose_name = "visión circunvecina"
        verbose_name_plural = "visiones circunvecinas"
        ordering = ["grupo", "-numero"]
        constraints = [
            models.UniqueConstraint(fields=["grupo", "numero"], name="vision_numero_unico"),
            models.UniqueConstraint(
                fields=["grupo"],
                condition=Q(estado="borrador"),
                name="vision_una_en_redaccion",
                violation_error_message="El grupo ya tiene una visión en redacción.",
            ),
            models.CheckConstraint(
                name="vision_acordada_con_encuentro",
                condition=Q(estado="borrador", fecha__isnull=True, encuentro__isnull=True)
                | Q(estado="acordada", fecha__isnull=False, encuentro__isnull=False),
                violation_error_message="Lo acordado lleva la fecha y el encuentro.",
            ),
            models.CheckConstraint(
                name="vision_con_texto",
                condition=~Q(texto=""),
                violation_error_message="Escriba la visión.",
            ),
        ]

    def __str__(self):
        return f"Visión circunvecina del grupo {self.grupo.numero}, versión {self.numero}"
