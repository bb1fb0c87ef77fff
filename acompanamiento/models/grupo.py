"""Grupos circunvecinos: GAD de tres niveles que se acompañan juntos."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from territorios.jurisdiccion import Permiso
from territorios.models import EspacioCoordinacion, Gad, Territorio, Zona
from territorios.models.vigencia import vigente_en
from territorios.versiones import ModeloVersionado

from .estrategia import Estrategia


def tono_de(numero):
    """Del 1 al 8: cuál de los colores de la casa lleva un grupo, en el mapa y en su ficha."""
    return (numero - 1) % 8 + 1


class Criterio(models.Model):
    """Interés común que justifica juntar GAD vecinos (turismo, riesgos, conectividad…)."""

    nombre = models.CharField(max_length=80, unique=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "criterio"
        ordering = ["nombre"]

    def __str__(self):
        return self.nombre


class GrupoQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """País: todos. Zona: los que tocan su zona. GAD: aquellos de los que es miembro."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        if usuario.ve_el_pais:
            return self
        if usuario.gad_id:
            return self.filter(pk__in=Membresia.objects.vigentes().del_gad(usuario.gad_id))
        return self.de_zona(usuario.zona_id)

    def editables_por(self, usuario):
        if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return self.none()
        return self.visibles_para(usuario)

    def de_zona(self, zona):
        """Los que la zona coordina o en los que tiene algún GAD (un grupo puede cruzar zonas)."""
        con_miembro = Membresia.objects.vigentes().filter(gad__territorio__zona=zona)
        return self.filter(Q(zona=zona) | Q(pk__in=con_miembro.values("grupo")))

    def vivos(self):
        return self.exclude(estado__in=[Grupo.Estado.CANCELADO])

    def abiertos(self):
        """Los que todavía cambian: uno cerrado o cancelado es historia."""
        return self.exclude(estado__in=[Grupo.Estado.CANCELADO, Grupo.Estado.CERRADO])

    def conformados(self):
        """Los que acompañan o acompañaron a alguien: ni propuestos ni cancelados."""
        return self.filter(estado__in=Grupo.CONFORMADOS)

    def para_lista(self):
        """Con estrategia, sede y cuántos miembros vigentes hay por nivel."""
        vigente = vigente_en(timezone.localdate(), "membresias__")
        cuentas = {
            columna: models.Count(
                "membresias", filter=vigente & Q(membresias__gad__nivel__in=niveles)
            )
            for columna, niveles in Gad.NIVELES_DE.items()
        }
        return self.select_related("estrategia", "criterio", "sede", "zona").annotate(**cuentas)


class Grupo(ModeloVersionado):
    """Grupo circunvecino. No es mancomunidad ni consorcio: no tiene personería (S:265, 325)."""

    class Estado(models.TextChoices):
        PROPUESTO = "propuesto", "Propuesto"
        CONFORMADO = "conformado", "Conformado"
        EN_MARCHA = "en_marcha", "En marcha"
        CERRADO = "cerrado", "Cerrado"
        CANCELADO = "cancelado", "Cancelado"

    # A qué estado se pasa desde cada uno. Lo cancelado no revive: se propone otra vez.
    PASOS = {
        Estado.PROPUESTO: (Estado.CONFORMADO, Estado.CANCELADO),
        Estado.CONFORMADO: (Estado.EN_MARCHA, Estado.CANCELADO),
        Estado.EN_MARCHA: (Estado.CERRADO, Estado.CANCELADO),
        Estado.CERRADO: (Estado.EN_MARCHA,),
        Estado.CANCELADO: (),
    }
    CONFORMADOS = (Estado.CONFORMADO, Estado.EN_MARCHA, Estado.CERRADO)

    estrategia = models.ForeignKey(Estrategia, models.PROTECT, related_name="grupos")
    numero = models.PositiveSmallIntegerField("número")
    nombre = models.CharField(max_length=120)
    criterio = models.ForeignKey(
        Criterio,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grupos",
        verbose_name="criterio principal",
    )
    criterios_secundarios = models.ManyToManyField(Criterio, blank=True, related_name="+")
    sede = models.ForeignKey(
        Territorio,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        limit_choices_to={"nivel": Territorio.Nivel.CANTON},
        help_text="Cantón miembro donde se reúne el grupo.",
    )
    zona = models.ForeignKey(
        Zona, models.PROTECT, related_name="grupos", verbose_name="zona que coordina"
    )
    estado = models.CharField(max_length=12, choices=Estado.choices, default=Estado.PROPUESTO)
    motivo = models.TextField(
        "motivo del último cambio de estado", blank=True, help_text="Obligatorio si se cancela."
    )
    justificacion = models.TextField("justificación si no es contiguo", max_length=2000, blank=True)
    espacio = models.ForeignKey(
        EspacioCoordinacion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grupos",
        verbose_name="espacio que lo acoge",
    )
    retoma = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="retomado_en",
        verbose_name="grupo cancelado que vuelve a proponer",
    )
    nota = models.TextField(max_length=2000, blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    gads = models.ManyToManyField(Gad, through="Membresia", related_name="grupos")
    historia = HistoricalRecords(m2m_fields=[criterios_secundarios])

    objects = GrupoQuerySet.as_manager()

    class Meta:
        verbose_name = "grupo circunvecino"
        verbose_name_plural = "grupos circunvecinos"
        ordering = ["estrategia", "numero"]
        constraints = [
            models.UniqueConstraint(
                fields=["estrategia", "numero"],
                name="grupo_numero_unico",
                violation_error_message="Ya hay un grupo con ese número en la estrategia.",
            ),
            models.UniqueConstraint(
                fields=["estrategia", "nombre"],
                condition=~Q(estado="cancelado"),
                name="grupo_nombre_unico_entre_vivos",
                violation_error_message="Ya hay un grupo con ese nombre en la estrategia.",
            ),
            models.UniqueConstraint(
                fields=["retoma"],
                condition=~Q(estado="cancelado"),
                name="grupo_retomado_una_vez",
                violation_error_message="Ese grupo ya se volvió a proponer.",
            ),
            models.CheckConstraint(
                name="grupo_cancelado_con_motivo",
                condition=~Q(estado="cancelado") | ~Q(motivo=""),
                violation_error_message="Un grupo se cancela con un motivo escrito.",
            ),
        ]

    def __str__(self):
        return f"Grupo {self.numero} · {self.nombre}"

    @property
    def tono(self):
        return tono_de(self.numero)

    def miembros(self):
        """GAD que hoy son del grupo, con su lugar."""
        codigos = self.membresias.vigentes_en().values("gad")
        return Gad.objects.filter(pk__in=codigos).select_related("territorio__padre__padre")

    @property
    def esta_abierto(self):
        """Admite encuentros y cambios de miembros."""
        return self.estado not in (self.Estado.CERRADO, self.Estado.CANCELADO)

    def zonas_de_sus_cantones(self):
        """Números de zona de los cantones con algún miembro; la provincia no cuenta."""
        cantones = self.membresias.en_curso().exclude(gad__nivel__in=Gad.PROVINCIALES)
        return set(cantones.values_list("gad__territorio__zona", flat=True))

    @property
    def siguientes(self):
        """[(estado, nombre)] a los que puede pasar."""
        return [(estado, self.Estado(estado).label) for estado in self.PASOS[self.estado]]

    def pide_motivo(self, estado):
        """Lo que interrumpe o vuelve atrás se explica."""
        reabre = self.estado == self.Estado.CERRADO and estado == self.Estado.EN_MARCHA
        return reabre or estado == self.Estado.CANCELADO

    @property
    def esta_vivo(self):
        return self.estado != self.Estado.CANCELADO

    @property
    def esta_propuesto(self):
        return self.estado == self.Estado.PROPUESTO

    @property
    def esta_conformado(self):
        """Si acompaña o acompañó a alguien: los demás no suman en las cuentas."""
        return self.estado in self.CONFORMADOS


class MembresiaQuerySet(models.QuerySet):
    def vigentes_en(self, fecha=None):
        """Quienes son miembros en la fecha (hoy si se calla), aunque el grupo se cancelara."""
        return self.filter(vigente_en(fecha or timezone.localdate()))

    def en_curso(self):
        """Las que no han terminado, también si empiezan después de hoy: no admiten otra igual."""
        hoy = timezone.localdate()
        return self.filter(Q(hasta__isnull=True) | Q(hasta__gt=hoy))

    def vigentes(self, fecha=None):
        """Quienes son miembros en la fecha de un grupo no cancelado: los que dan acceso."""
        return self.vigentes_en(fecha).exclude(grupo__estado=Grupo.Estado.CANCELADO)

    def acompanados(self, fecha=None):
        """Quienes son miembros en la fecha de un grupo ya conformado: los que se cuentan."""
        return self.vigentes_en(fecha).filter(grupo__estado__in=Grupo.CONFORMADOS)

    def del_gad(self, codigo):
        """Identificadores de los grupos del GAD, para usar dentro de otra consulta."""
        return self.filter(gad=codigo).values("grupo")


class Membresia(models.Model):
    """Un GAD en un grupo, entre dos fechas: quien sale deja su historia."""

    grupo = models.ForeignKey(Grupo, models.CASCADE, related_name="membresias")
    gad = models.ForeignKey(Gad, models.PROTECT, related_name="membresias", verbose_name="GAD")
    desde = models.DateField()
    hasta = models.DateField(null=True, blank=True)
    motivo = models.CharField("motivo de la salida", max_length=250, blank=True)
    historia = HistoricalRecords()

    objects = MembresiaQuerySet.as_manager()

    class Meta:
        verbose_name = "membresía"
        ordering = ["grupo", "gad"]
        constraints = [
            models.UniqueConstraint(
                fields=["grupo", "gad"],
                condition=Q(hasta__isnull=True),
                name="membresia_vigente_unica",
            ),
            models.CheckConstraint(
                name="membresia_fechas_en_orden",
                condition=Q(hasta__isnull=True) | Q(desde__lt=F("hasta")),
                violation_error_message="La membresía no puede terminar antes de empezar.",
            ),
        ]

    def __str__(self):
        return f"{self.gad.nombre} en {self.grupo}"

    @property
    def esta_en_curso(self):
        """Lo mismo que `MembresiaQuerySet.en_curso`, para una fila."""
        return self.hasta is None or self.hasta > timezone.localdate()
