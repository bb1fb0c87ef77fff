"""Lo que se necesita para hallar choques en la agenda y para dejarlos pasar con un motivo."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject
from simple_history.models import HistoricalRecords

from acompanamiento.models import Estrategia
from territorios.models import Territorio

from .encuentro import Encuentro


class ParametrosDeAgendaQuerySet(models.QuerySet):
    def vigentes_en(self, fecha):
        """Los de esa fecha, o los de fábrica si no hay."""
        return self.filter(desde__lte=fecha).order_by("-desde").first() or self.model()

    def como_datos(self, fecha):
        """Subconsulta con los vigentes en `fecha` (un OuterRef), como {nombre: valor}."""
        vigentes = self.filter(desde__lte=fecha).order_by("-desde")
        return vigentes.values(datos=JSONObject(**{c: c for c in ParametrosDeAgenda.VALORES}))[:1]


class ParametrosDeAgenda(models.Model):
    """Con qué medidas se buscan choques desde una fecha; valen hasta que empiezan otras.

    Cada encuentro se mira con las de su día. Sin ninguna cargada valen las de fábrica. La
    distancia se mide entre puntos de las parroquias cabecera, no entre ciudades: con los valores
    de fábrica, de los viajes del piloto solo falta tiempo entre Portoviejo y Manta.
    """

    VALORES = ("velocidad", "rodeo", "margen", "antelacion")

    desde = models.DateField("vigentes desde", unique=True, default=date(2019, 1, 1))
    velocidad = models.PositiveSmallIntegerField(
        "velocidad media (km por hora)",
        default=75,
        validators=[MinValueValidator(5), MaxValueValidator(150)],
    )
    rodeo = models.DecimalField(
        "factor de rodeo",
        max_digits=3,
        decimal_places=2,
        default=1.2,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="Kilómetros de camino por cada kilómetro en línea recta.",
    )
    margen = models.PositiveSmallIntegerField(
        "margen (minutos)",
        default=5,
        validators=[MaxValueValidator(240)],
        help_text="Lo que se suma a cada viaje para salir y llegar.",
    )
    antelacion = models.PositiveSmallIntegerField(
        "antelación de la convocatoria (días)",
        default=7,
        validators=[MaxValueValidator(90)],
        help_text="Cuántos días antes debe estar enviada.",
    )
    registro_antes = models.PositiveSmallIntegerField(
        "registro por QR: antes (minutos)",
        default=120,
        validators=[MaxValueValidator(2880)],
        help_text="Cuánto antes de la hora de inicio se admite registrarse con el código QR.",
    )
    registro_despues = models.PositiveSmallIntegerField(
        "registro por QR: después (minutos)",
        default=180,
        validators=[MaxValueValidator(2880)],
        help_text="Hasta cuánto después de la hora de fin se admite.",
    )
    registro_tope = models.PositiveSmallIntegerField(
        "registro por QR: tope de personas",
        default=600,
        validators=[MinValueValidator(1), MaxValueValidator(5000)],
        help_text="Cuántas personas como mucho se registran por QR en un encuentro.",
    )
    recordatorio = models.PositiveSmallIntegerField(
        "recordatorio de la convocatoria (días)",
        default=3,
        validators=[MaxValueValidator(90)],
        help_text="Cuántos días antes se recuerda a quien no ha respondido.",
    )
    nota = models.TextField(blank=True)
    historia = HistoricalRecords()

    objects = ParametrosDeAgendaQuerySet.as_manager()

    class Meta:
        verbose_name = "parámetros de agenda"
        verbose_name_plural = "parámetros de agenda"
        ordering = ["-desde"]
        constraints = [
            models.CheckConstraint(
                name="parametros_de_agenda_posibles",
                condition=Q(velocidad__gte=5, rodeo__gte=1),
                violation_error_message="La velocidad es de 5 km por hora o más y el factor de "
                "rodeo, 1 o más.",
            ),
        ]

    def __str__(self):
        return f"Desde el {self.desde:%d/%m/%Y}"


class Feriado(models.Model):
    """Día en que no conviene convocar, además de los feriados nacionales de ley."""

    fecha = models.DateField()
    nombre = models.CharField(max_length=120)
    canton = models.ForeignKey(
        Territorio,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="cantón",
        limit_choices_to={"nivel": Territorio.Nivel.CANTON},
        help_text="Vacío si es en todo el país.",
    )
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "feriado"
        ordering = ["-fecha", "canton"]
        constraints = [
            models.UniqueConstraint(
                fields=["fecha", "canton"],
                name="feriado_unico_en_el_canton",
                violation_error_message="Ese día ya consta como feriado en el cantón.",
            ),
            models.UniqueConstraint(
                fields=["fecha"],
                condition=Q(canton__isnull=True),
                name="feriado_nacional_unico",
                violation_error_message="Ese día ya consta como feriado en todo el país.",
            ),
        ]

    def __str__(self):
        return f"{self.nombre}, {self.fecha:%d/%m/%Y}"


class ChoqueAceptadoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los suyos y aquellos de los que ve todos los encuentros: el motivo puede nombrarlos."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        if usuario.ve_el_pais:
            return self
        de_este = ChoqueAceptado.encuentros.through.objects.filter(choqueaceptado=OuterRef("pk"))
        ajenos = de_este.exclude(encuentro__in=Encuentro.objects.visibles_para(usuario))
        ve_todo = Exists(de_este) & ~Exists(ajenos)
        return self.filter(Q(por=usuario) | ve_todo)


class ChoqueAceptado(models.Model):
    """Un choque que alguien dejó pasar, con su motivo. Retirar la aceptación lo borra; la historia
    conserva las dos cosas.
    """

    estrategia = models.ForeignKey(Estrategia, models.CASCADE, related_name="choques_aceptados")
    clave = models.CharField(max_length=120, editable=False)
    explicacion = models.TextField("qué decía el choque", editable=False)
    motivo = models.TextField("por qué se acepta", max_length=1000)
    por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    cuando = models.DateTimeField("aceptado", auto_now_add=True)
    encuentros = models.ManyToManyField(Encuentro, related_name="choques_aceptados", editable=False)
    historia = HistoricalRecords(m2m_fields=[encuentros])

    objects = ChoqueAceptadoQuerySet.as_manager()

    class Meta:
        verbose_name = "choque aceptado"
        verbose_name_plural = "choques aceptados"
        ordering = ["-cuando"]
        constraints = [
            models.UniqueConstraint(fields=["estrategia", "clave"], name="choque_aceptado_unico"),
            models.CheckConstraint(
                name="choque_aceptado_con_motivo",
                condition=~Q(motivo=""),
                violation_error_message="Un choque se acepta con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return self.explicacion


class ResumenDeChoques(models.Model):
    """Cuántos choques sin aceptar tiene una estrategia, según quién mira.

    `abiertos`: {«país» o número de zona: cuántos}. Se cuenta fuera de las páginas que lo muestran:
    leer toda la estrategia para escribir un número en el cronograma lo haría lento.
    """

    PAIS = "pais"

    estrategia = models.OneToOneField(
        Estrategia, models.CASCADE, primary_key=True, related_name="resumen_de_choques"
    )
    abiertos = models.JSONField()
    contado = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = "resumen de choques"
        verbose_name_plural = "resúmenes de choques"
        ordering = ["estrategia"]

    def __str__(self):
        return f"Choques de {self.estrategia}"

    def para(self, usuario):
        """Los que cuentan para quien mira; None si a su alcance no se le lleva la cuenta."""
        if usuario.ve_el_pais:
            return self.abiertos[self.PAIS]
        return None if usuario.gad_id else self.abiertos.get(str(usuario.zona_id), 0)
