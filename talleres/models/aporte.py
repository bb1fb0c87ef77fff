"""Aportes: lo que las autoridades y equipos dijeron (los «papelotes»)."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce, Greatest
from simple_history.models import HistoricalRecords

from acompanamiento.models import Estrategia, Grupo
from territorios.models import Gad
from territorios.versiones import ModeloVersionado

from .agenda import PuntoAgenda
from .encuentro import Encuentro
from .evidencia import Evidencia
from .insumo import PreguntaEncuentro


class CumuloAportesQuerySet(models.QuerySet):
    def editables_por(self, usuario):
        """Quien edita el encuentro edita sus cúmulos."""
        return self.filter(encuentro__in=Encuentro.objects.editables_por(usuario))


class CumuloAportes(ModeloVersionado):
    """Aportes de un encuentro que dicen algo parecido, juntos bajo un título.

    `serie`: véase Aporte.
    """

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="cumulos")
    titulo = models.CharField("título", max_length=120)
    serie = models.PositiveIntegerField(default=0, editable=False)
    historia = HistoricalRecords(excluded_fields=["serie"])

    objects = CumuloAportesQuerySet.as_manager()

    class Meta:
        verbose_name = "cúmulo de aportes"
        verbose_name_plural = "cúmulos de aportes"
        ordering = ["encuentro", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["encuentro", "titulo"],
                name="cumulo_titulo_unico",
                violation_error_message="El encuentro ya tiene un cúmulo con ese título.",
            ),
            models.CheckConstraint(
                name="cumulo_con_titulo",
                condition=~Q(titulo=""),
                violation_error_message="Un cúmulo lleva un título.",
            ),
        ]

    def __str__(self):
        return self.titulo


class AporteQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los de los encuentros y grupos que ve; los comunes a una estrategia, cualquiera."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        encuentros = Encuentro.objects.visibles_para(usuario)
        grupos = Grupo.objects.visibles_para(usuario)
        return self.filter(
            Exists(encuentros.filter(pk=OuterRef("encuentro")))
            | Q(Exists(grupos.filter(pk=OuterRef("grupo"))), encuentro=None)
            | Q(encuentro=None, grupo=None)
        )

    def editables_por(self, usuario):
        """Los de los encuentros que edita; los demás los corrige la central en su admin."""
        return self.filter(encuentro__in=Encuentro.objects.editables_por(usuario))

    def vigentes(self):
        return self.filter(retirado=False)

    def de_grupo(self, grupo):
        """Los del grupo, los de sus encuentros y los comunes a toda la estrategia."""
        # Sin JOIN no hay repetidos que quitar, y se busca por índice y no por todo el país.
        suyos = Encuentro.grupos.through.objects.filter(grupo=grupo).values("encuentro")
        return self.vigentes().filter(
            Q(grupo=grupo)
            | Q(encuentro__in=suyos)
            | Q(estrategia=grupo.estrategia_id, grupo=None, encuentro=None)
        )

    def en_orden(self):
        """Por momento y, en cada uno, como se anotaron."""
        return self.order_by("momento", "orden", "pk")

    def para_tablero(self, usuario):
        """En orden, con lo que muestra la tarjeta; `ve_foto`: si `usuario` ve su papelote."""
        fotos = Evidencia.objects.visibles_para(usuario).vigentes().filter(pk=OuterRef("foto"))
        relacionados = ("gad__territorio__padre__padre", "autor", "cumulo")
        return (
            self.select_related(*relacionados)
            .annotate(ve_foto=Exists(fotos))
            .order_by("orden", "pk")
        )


class Aporte(ModeloVersionado):
    """Tarjeta con un aporte. Sin encuentro ni grupo, es común a toda la estrategia.

    En un encuentro contesta una pregunta guía o sale de un punto de la agenda, o de ninguno. No se
    borra: se retira con un motivo. `serie` crece con cada cambio de las tarjetas del encuentro:
    quien mira pide lo que cambió desde el número que tiene. La versión es de lo escrito; agrupar y
    ordenar no la suben, para no estorbar a quien corrige.
    """

    class Momento(models.TextChoices):
        PREVIO = "previo", "Previo al piloto"
        M1 = "M1", "Momento 1"
        M2 = "M2", "Momento 2"
        M3 = "M3", "Momento 3"
        COMPLEMENTARIO = "C", "Encuentros complementarios"

    # Lo que se corrige: lo demás tiene su propio verbo.
    ESCRITO = ("pregunta", "punto", "gad", "mesa", "foto", "texto")

    estrategia = models.ForeignKey(Estrategia, models.CASCADE, related_name="aportes")
    clave = models.CharField("clave en la fuente", max_length=40, blank=True, editable=False)
    momento = models.CharField(max_length=6, choices=Momento.choices)
    grupo = models.ForeignKey(Grupo, models.CASCADE, null=True, blank=True, related_name="aportes")
    encuentro = models.ForeignKey(
        Encuentro, models.CASCADE, null=True, blank=True, related_name="aportes"
    )
    pregunta = models.ForeignKey(
        PreguntaEncuentro, models.SET_NULL, null=True, blank=True, related_name="aportes"
    )
    punto = models.ForeignKey(
        PuntoAgenda,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="aportes",
        verbose_name="punto de la agenda",
    )
    gad = models.ForeignKey(Gad, models.PROTECT, null=True, blank=True, related_name="aportes")
    mesa = models.CharField(max_length=60, blank=True)
    cumulo = models.ForeignKey(
        CumuloAportes,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="aportes",
        verbose_name="cúmulo",
    )
    foto = models.ForeignKey(
        Evidencia,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="aportes",
        verbose_name="foto del papelote",
    )
    orden = models.PositiveSmallIntegerField()
    texto = models.TextField(max_length=2000)
    fuente = models.CharField(max_length=200, blank=True)
    autor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    clave_envio = models.UUIDField(
        "clave del envío",
        null=True,
        unique=True,
        editable=False,
        help_text="El mismo envío, repetido, no deja dos tarjetas.",
    )
    retirado = models.BooleanField(default=False, editable=False)
    motivo_retiro = models.CharField("por qué se retiró", max_length=250, blank=True)
    serie = models.PositiveIntegerField(default=0, editable=False)
    historia = HistoricalRecords(excluded_fields=["serie"])

    objects = AporteQuerySet.as_manager()

    class Meta:
        verbose_name = "aporte"
        ordering = ["momento", "orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["estrategia", "clave"], condition=~Q(clave=""), name="aporte_clave_unica"
            ),
            models.CheckConstraint(
                name="aporte_de_pregunta_o_de_punto",
                condition=Q(pregunta__isnull=True) | Q(punto__isnull=True),
                violation_error_message="El aporte es de una pregunta o de un punto de la agenda, "
                "no de los dos.",
            ),
            models.CheckConstraint(
                name="aporte_retirado_con_motivo",
                condition=Q(retirado=True) & ~Q(motivo_retiro="")
                | Q(retirado=False, motivo_retiro=""),
                violation_error_message="Un aporte se retira con un motivo escrito.",
            ),
        ]
        indexes = [models.Index(fields=["encuentro", "serie"])]

    def __str__(self):
        return self.texto[:80]

    def clean(self):
        """Su pregunta, su punto, su cúmulo y su foto son de su encuentro."""
        for campo in ("pregunta", "punto", "cumulo", "foto"):
            cosa = getattr(self, campo)
            if cosa and cosa.encuentro_id != self.encuentro_id:
                nombre = self._meta.get_field(campo).verbose_name
                raise ValidationError({campo: f"Ese {nombre} no es de este encuentro."})

    @property
    def de_mesa(self):
        """«Mesa 3»; si ya se escribió «Mesa de vialidad», así. Vacío si no es de ninguna."""
        if not self.mesa or self.mesa.lower().startswith("mesa"):
            return self.mesa
        return f"Mesa {self.mesa}"

    @property
    def seccion(self):
        """En qué parte del tablero va: «q12», «p5» o vacío."""
        if self.pregunta_id:
            return f"q{self.pregunta_id}"
        return f"p{self.punto_id}" if self.punto_id else ""


def con_serie(encuentros):
    """Los mismos, con `serie`: la del último cambio en sus aportes o en sus cúmulos."""
    return encuentros.annotate(serie=Greatest(_ultima(Aporte), _ultima(CumuloAportes)))


def _ultima(modelo):
    suyas = modelo.objects.filter(encuentro=OuterRef("pk")).order_by().values("encuentro")
    return Coalesce(Subquery(suyas.annotate(n=Max("serie")).values("n")), 0)
