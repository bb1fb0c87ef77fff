"""Movilización entre encuentros."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef
from simple_history.models import HistoricalRecords

from acompanamiento.models import Estrategia, Grupo
from territorios.versiones import ModeloVersionado

from .encuentro import Encuentro


class TrasladoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """País: todos. Zona: los de las estrategias en que tiene un grupo. GAD: los de los días
        en que tiene un encuentro.
        """
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        if usuario.ve_el_pais:
            return self
        if usuario.gad_id:
            return self.en_dias_de(Encuentro.objects.visibles_para(usuario))
        return self.filter(estrategia__in=Grupo.objects.visibles_para(usuario).values("estrategia"))

    def en_dias_de(self, encuentros):
        """Los de los días en que hay alguno de esos encuentros, en su estrategia."""
        del_dia = encuentros.filter(estrategia=OuterRef("estrategia"), fecha=OuterRef("fecha"))
        return self.filter(Exists(del_dia))

    def de_zona(self, zona):
        """Los de los días en que la zona tiene un encuentro."""
        return self.en_dias_de(Encuentro.objects.de_zona(zona))

    def del_dia_de(self, encuentro):
        """Los del equipo ese día, en esa estrategia, en orden."""
        return self.filter(estrategia=encuentro.estrategia_id, fecha=encuentro.fecha).order_by(
            "orden", "pk"
        )


class Traslado(ModeloVersionado):
    """Tramo origen → destino del equipo que facilita. La fuente no da la hora de ninguno."""

    class Modo(models.TextChoices):
        TERRESTRE = "terrestre", "Terrestre"
        AEREO = "aereo", "Aéreo"
        FLUVIAL = "fluvial", "Fluvial o marítimo"

    estrategia = models.ForeignKey(Estrategia, models.CASCADE, related_name="traslados")
    clave = models.CharField("clave en la fuente", max_length=40, blank=True, editable=False)
    fecha = models.DateField()
    jornada = models.CharField(max_length=6, choices=Encuentro.Jornada.choices)
    orden = models.PositiveSmallIntegerField(
        default=1, help_text="Lugar en el día, contado junto con los encuentros."
    )
    origen = models.CharField(max_length=80)
    destino = models.CharField(max_length=80)
    modo = models.CharField(max_length=10, choices=Modo.choices, default=Modo.TERRESTRE)
    hora = models.TimeField("hora de salida", null=True, blank=True)
    llegada = models.TimeField(
        "hora de llegada",
        null=True,
        blank=True,
        help_text="Con las dos horas, los próximos viajes entre esos lugares se calculan con esta.",
    )
    nota = models.TextField(blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = TrasladoQuerySet.as_manager()

    class Meta:
        verbose_name = "traslado"
        ordering = ["fecha", "jornada", "orden"]
        constraints = [
            models.UniqueConstraint(
                fields=["estrategia", "clave"],
                condition=~models.Q(clave=""),
                name="traslado_clave_unica",
            ),
            models.CheckConstraint(
                name="traslado_llega_despues_de_salir",
                condition=models.Q(llegada__isnull=True)
                | models.Q(hora__isnull=False, hora__lt=models.F("llegada")),
                violation_error_message="La llegada es después de la salida, el mismo día.",
            ),
        ]

    def __str__(self):
        return f"{self.origen} – {self.destino}"

    @property
    def minutos(self):
        """Lo que duró, con las dos horas puestas."""
        salida, llegada = (datetime.combine(self.fecha, h) for h in (self.hora, self.llegada))
        return round((llegada - salida).total_seconds() / 60)
