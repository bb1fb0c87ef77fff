"""Avisos: lo que la plataforma le dice a una persona que pasó o que le espera, y cómo lo quiere."""

from django.conf import settings
from django.db import models
from django.db.models import CharField, Count, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils import timezone
from simple_history.models import HistoricalRecords


def ambito_de(usuario):
    """«zonal|4|»: con qué rol y dónde trabaja hoy. Con otro, los avisos de antes no se ven."""
    return f"{usuario.rol}|{usuario.zona_id or ''}|{usuario.gad_id or ''}"


# Lo mismo que `ambito_de`, para que lo calcule la base.
AMBITO = Concat(
    "rol",
    Value("|"),
    Coalesce(Cast("zona_id", CharField()), Value("")),
    Value("|"),
    Coalesce("gad_id", Value("")),
    output_field=CharField(),
)


class AvisoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los suyos, y solo los que recibió con el rol y la jurisdicción que hoy tiene."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        return self.conservados().filter(destinatario=usuario, ambito=ambito_de(usuario))

    def conservados(self):
        """Los que todavía dicen algo: de los viejos queda solo la constancia."""
        return self.exclude(texto="")

    def en_plataforma(self):
        return self.filter(en_plataforma=True)

    def sin_leer(self):
        return self.filter(leido=None)

    def por_resumir(self, ambito):
        """Los que esperan el resumen por correo: ni se leyeron ni salieron ya en un correo."""
        return self.conservados().sin_leer().filter(por_correo=None, ambito=ambito)


class Aviso(models.Model):
    """Algo que le pasó o le espera a una persona, dicho una sola vez por `clave`.

    El texto es sobrio a propósito: se lee también cuando ya se perdió el acceso a la cosa, y sale
    en un correo. `ambito`: el rol y la jurisdicción con que se recibió. `en_plataforma`: si la
    persona quería ver los de esa clase. `por_correo`: cuándo pasó a un correo, propio o resumen;
    con fecha, ningún resumen lo repite.

    No lleva historial: lo escribe la máquina. Los viejos quedan sin texto ni dirección, y su clave
    impide que se repitan.
    """

    class Clase(models.TextChoices):
        ENVIADA = "enviada", "Evaluación enviada a revisión"
        ENCARGO = "encargo", "Revisión a su cargo"
        DEVUELTA = "devuelta", "Evaluación devuelta"
        APROBADA = "aprobada", "Evaluación aprobada"
        PLAZO = "plazo", "Plazo para evaluar"
        CONVOCATORIA = "convocatoria", "Convocatoria a un encuentro"
        ENCUENTRO = "encuentro", "Encuentro cambiado o cancelado"
        ACUERDO = "acuerdo", "Acuerdo por vencer o vencido"
        LINEA = "linea", "Línea programática en consulta"
        PLAN = "plan", "Plan de capacidades"
        TRABAJO = "trabajo", "Trabajo terminado"

    destinatario = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="avisos"
    )
    clave = models.CharField(max_length=160)
    clase = models.CharField(max_length=12, choices=Clase.choices)
    texto = models.CharField(max_length=300, blank=True)
    direccion = models.CharField("dirección", max_length=250, blank=True)
    ambito = models.CharField("rol y jurisdicción", max_length=40)
    en_plataforma = models.BooleanField("se muestra en la plataforma", default=True)
    creado = models.DateTimeField(default=timezone.now)
    leido = models.DateTimeField("leído", null=True, blank=True)
    por_correo = models.DateTimeField("pasó a un correo", null=True, blank=True)

    objects = AvisoQuerySet.as_manager()

    class Meta:
        verbose_name = "aviso"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["destinatario", "leido"])]
        constraints = [
            models.UniqueConstraint(fields=["destinatario", "clave"], name="aviso_una_vez"),
            models.CheckConstraint(
                name="aviso_direccion_interna",
                condition=Q(direccion="")
                | Q(direccion__startswith="/") & ~Q(direccion__startswith="//"),
                violation_error_message="Un aviso lleva a una página de la plataforma.",
            ),
        ]

    def __str__(self):
        # Sin el texto: este nombre llega a bitácoras.
        return f"Aviso {self.pk}"


def cuantos_sin_leer():
    """Subconsulta sobre usuarios: cuántos avisos a la vista tiene cada uno sin leer."""
    suyos = Aviso.objects.conservados().en_plataforma().sin_leer()
    # Sin el orden del modelo: en una cuenta agrupada, la base lo tomaría por otra columna.
    suyos = suyos.filter(destinatario=OuterRef("pk"), ambito=OuterRef("ambito")).order_by()
    cuenta = suyos.values("destinatario").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(cuenta), 0)


class PreferenciasDeAvisos(models.Model):
    """Cómo quiere enterarse una persona. Sin fila vale lo de fábrica.

    `calladas`: las clases que no quiere ver en la plataforma. `correo`: cuándo se le escribe; al
    momento sale lo que tiene su propio correo, y lo demás en el resumen del día.
    """

    class Correo(models.TextChoices):
        AL_MOMENTO = "momento", "En cuanto pasa, y lo que no urge en un resumen diario"
        DIARIO = "diario", "Todo en un resumen al día"
        SEMANAL = "semanal", "Todo en un resumen a la semana, los lunes"
        NUNCA = "nunca", "No escribirme: los miro en la plataforma"

    usuario = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="preferencias_de_avisos"
    )
    correo = models.CharField(
        "por correo", max_length=8, choices=Correo.choices, default=Correo.AL_MOMENTO
    )
    calladas = models.JSONField("clases que no se muestran", default=list, blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "preferencias de avisos"
        verbose_name_plural = "preferencias de avisos"
        ordering = ["usuario"]

    def __str__(self):
        return f"Avisos de {self.usuario}"

    @property
    def al_momento(self):
        return self.correo == self.Correo.AL_MOMENTO
