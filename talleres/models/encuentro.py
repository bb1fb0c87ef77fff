"""Encuentros: los tres momentos y lo que los complementa."""

from datetime import time

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords

from acompanamiento.models import Estrategia, Grupo
from territorios.jurisdiccion import Permiso
from territorios.models import Autoridad, Entidad, Gad, Territorio
from territorios.texto import cuantos
from territorios.versiones import ModeloVersionado

MEDIODIA = time(12)
# En su jornada, lo que no tiene hora se lee después de lo que sí la tiene.
SIN_HORA = Value(time(23, 59, 59), output_field=models.TimeField())


class EncuentroQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los de los grupos que ve; y los que no son de ningún grupo, según el cantón o el país."""
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        if usuario.ve_el_pais:
            return self
        if usuario.gad_id:
            return self._de_grupos(Grupo.objects.visibles_para(usuario))
        return self.de_zona(usuario.zona_id)

    def de_zona(self, zona):
        """Los de los grupos de la zona y los que no son de ninguno y se hacen en sus cantones."""
        # Con un JOIN, el encuentro de cuatro grupos saldría cuatro veces.
        en_grupos = Encuentro.grupos.through.objects
        sin_grupo = ~Exists(en_grupos.filter(encuentro=OuterRef("pk")))
        de_sus_grupos = en_grupos.filter(
            encuentro=OuterRef("pk"), grupo__in=Grupo.objects.de_zona(zona)
        )
        return self.filter(Exists(de_sus_grupos) | Q(sin_grupo, canton__zona=zona))

    def _de_grupos(self, grupos):
        en_grupos = Encuentro.grupos.through.objects.filter(grupo__in=grupos)
        return self.filter(pk__in=en_grupos.values("encuentro"))

    def editables_por(self, usuario):
        if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return self.none()
        return self.visibles_para(usuario)

    def abiertos(self):
        """Los que todavía no se realizan ni se cancelan."""
        return self.exclude(estado__in=[Encuentro.Estado.REALIZADO, Encuentro.Estado.CANCELADO])

    def con_gads(self, gads):
        """Los diálogos con alguno de esos GAD y los encuentros a los que se lo convoca."""
        convocado = Convocado.objects.filter(encuentro=OuterRef("pk"), gad__in=gads)
        # Con un JOIN, las cuentas de convocados de `para_cronograma` verían solo a esos.
        return self.filter(Q(gad__in=gads) | Exists(convocado))

    def gads(self):
        """Los GAD con que se dialoga y los que se convoca en estos encuentros."""
        convocados = Convocado.objects.filter(encuentro__in=self.order_by().values("pk"))
        suyos = convocados.order_by().values("gad"), self.order_by().values("gad")
        return Gad.objects.filter(Q(pk__in=suyos[0]) | Q(pk__in=suyos[1]))

    def para_lista(self):
        return self.select_related(
            "canton", "autoridad", "gad__territorio__padre"
        ).prefetch_related("grupos")

    def en_orden(self):
        """Por día, jornada y hora; lo que no tiene hora va al final de su jornada."""
        return self.annotate(hora=Coalesce("inicio", SIN_HORA)).order_by(
            "fecha", "jornada", "hora", "pk"
        )

    def para_cronograma(self):
        """Con su autoridad, cuántos GAD se convoca por nivel y su puesto en el día."""
        return self.select_related("autoridad").annotate(
            **{columna: _convocados(n) for columna, n in Gad.NIVELES_DE.items()},
            hora=Coalesce("inicio", SIN_HORA),
            van_antes=Coalesce(Subquery(_los_que_van_antes()), 0),
        )

    def para_calendario(self):
        """Con su cantón y `cambiado`: cuándo se guardó por última vez."""
        asientos = Encuentro.historia.filter(id=OuterRef("pk")).order_by("-history_date")
        return self.select_related("canton").annotate(
            cambiado=Subquery(asientos.values("history_date")[:1])
        )

    def para_ficha(self):
        """Con lo que muestra su página; lo que está en otras tablas lo lee `leer_ficha`."""
        gads = Convocado.objects.con_respuesta().select_related("gad__territorio__padre__padre")
        segunda = Encuentro.objects.filter(jornada_de=OuterRef("pk")).order_by("inicio")
        sus_grupos = Encuentro.grupos.through.objects.filter(encuentro=OuterRef("pk"))
        por_encuentro = sus_grupos.values("encuentro").annotate(n=Count("pk"))
        return (
            self.select_related(
                "estrategia", "canton__padre", "autoridad", "gad__territorio__padre", "jornada_de"
            )
            .prefetch_related(models.Prefetch("convocados", gads))
            .annotate(
                segunda_jornada=Subquery(segunda.values("pk")[:1]),
                cuantos_grupos=Coalesce(Subquery(por_encuentro.values("n")), 0),
            )
        )


def _convocados(niveles):
    return Count("convocados", filter=Q(convocados__gad__nivel__in=niveles))


def _los_que_van_antes():
    """Cuántos encuentros del mismo día y estrategia van antes, los vea o no quien pregunta.

    Así un traslado que ocupa el tercer lugar del día cae donde debe aunque falten encuentros a la
    vista. «manana» y «tarde» se ordenan por casualidad igual que el día.
    """
    del_dia = Encuentro.objects.filter(
        estrategia=OuterRef("estrategia"), fecha=OuterRef("fecha")
    ).annotate(hora_o_final=Coalesce("inicio", SIN_HORA))
    misma_jornada = Q(jornada=OuterRef("jornada"))
    antes = del_dia.filter(
        Q(jornada__lt=OuterRef("jornada"))
        | misma_jornada & Q(hora_o_final__lt=OuterRef("hora"))
        | misma_jornada & Q(hora_o_final=OuterRef("hora"), pk__lt=OuterRef("pk"))
    )
    return antes.order_by().values("fecha").annotate(cuantos=Count("pk")).values("cuantos")


class Encuentro(ModeloVersionado):
    """Reunión o taller con fecha, lugar y convocados.

    Las horas son locales (America/Guayaquil) y pueden faltar: la fuente perdió tres. Un M3 tiene
    dos jornadas; la de la tarde apunta a la de la mañana en `jornada_de`, que lleva el total
    declarado de participantes de las dos.
    """

    class Tipo(models.TextChoices):
        M1 = "M1", "Momento 1 · Diálogo con prefecto/a"
        M2 = "M2", "Momento 2 · Diálogo con alcalde/sa"
        M3 = "M3", "Momento 3 · Taller con equipos técnicos y presidentes/as"
        COMPLEMENTARIO = "C", "Complementario"

    class Clase(models.TextChoices):
        COORDINACION = "coordinacion", "Coordinación"
        COLECTIVOS = "colectivos", "Diálogo con colectivos ciudadanos"
        SISTEMATIZACION = "sistematizacion", "Sistematización"
        CIERRE = "cierre", "Evaluación y cierre"

    class Jornada(models.TextChoices):
        MANANA = "manana", "Mañana"
        TARDE = "tarde", "Tarde"

        @classmethod
        def de(cls, inicio):
            """La que toca a una hora de inicio: la tarde empieza al mediodía."""
            return cls.MANANA if inicio < MEDIODIA else cls.TARDE

    class Modalidad(models.TextChoices):
        PRESENCIAL = "presencial", "Presencial"
        VIRTUAL = "virtual", "Virtual"
        MIXTA = "mixta", "Mixta"

    class Estado(models.TextChoices):
        PLANIFICADO = "planificado", "Planificado"
        CONVOCADO = "convocado", "Convocado"
        REALIZADO = "realizado", "Realizado"
        REPROGRAMADO = "reprogramado", "Reprogramado"
        CANCELADO = "cancelado", "Cancelado"

    estrategia = models.ForeignKey(Estrategia, models.PROTECT, related_name="encuentros")
    clave = models.CharField(
        "clave en la fuente", max_length=40, blank=True, editable=False, db_index=True
    )
    tipo = models.CharField(max_length=2, choices=Tipo.choices)
    clase = models.CharField(
        max_length=16,
        choices=Clase.choices,
        blank=True,
        help_text="Solo para los encuentros complementarios.",
    )
    tema = models.CharField(max_length=200)
    fecha = models.DateField()
    inicio = models.TimeField("hora de inicio", null=True, blank=True)
    fin = models.TimeField("hora de fin", null=True, blank=True)
    jornada = models.CharField(max_length=6, choices=Jornada.choices)
    lugar = models.CharField(max_length=160)
    canton = models.ForeignKey(
        Territorio,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="cantón",
        limit_choices_to={"nivel": Territorio.Nivel.CANTON},
    )
    modalidad = models.CharField(
        max_length=10, choices=Modalidad.choices, default=Modalidad.PRESENCIAL
    )
    grupos = models.ManyToManyField(Grupo, blank=True, related_name="encuentros")
    gad = models.ForeignKey(
        Gad,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="GAD con el que se dialoga",
    )
    autoridad = models.ForeignKey(
        Autoridad, models.PROTECT, null=True, blank=True, related_name="encuentros"
    )
    jornada_de = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="otras_jornadas",
        verbose_name="segunda jornada de",
    )
    estado = models.CharField(max_length=12, choices=Estado.choices, default=Estado.PLANIFICADO)
    motivo = models.TextField("motivo de la cancelación", blank=True)
    participantes_declarados = models.PositiveIntegerField(
        null=True,
        blank=True,
        help_text="Total que dice la fuente cuando no hay nómina. "
        "No se confunde con lo registrado.",
    )
    nota = models.TextField(blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    gads_convocados = models.ManyToManyField(Gad, through="Convocado", related_name="encuentros")
    entidades = models.ManyToManyField(Entidad, through="Facilitacion", related_name="encuentros")
    historia = HistoricalRecords(m2m_fields=[grupos])

    objects = EncuentroQuerySet.as_manager()

    class Meta:
        verbose_name = "encuentro"
        ordering = ["fecha", "jornada", "inicio", "pk"]
        constraints = [
            models.CheckConstraint(
                name="encuentro_horas_en_orden",
                condition=Q(inicio__isnull=True) | Q(fin__isnull=True) | Q(inicio__lt=F("fin")),
                violation_error_message="La hora de fin debe ser posterior a la de inicio.",
            ),
            models.CheckConstraint(
                name="encuentro_clase_solo_complementario",
                condition=Q(tipo="C") & ~Q(clase="") | ~Q(tipo="C") & Q(clase=""),
                violation_error_message="La clase se indica solo, y siempre, en un complementario.",
            ),
            models.CheckConstraint(
                name="encuentro_cancelado_con_motivo",
                condition=~Q(estado="cancelado") | ~Q(motivo=""),
                violation_error_message="Un encuentro se cancela con un motivo escrito.",
            ),
            models.UniqueConstraint(
                fields=["estrategia", "clave"],
                condition=~Q(clave=""),
                name="encuentro_clave_unica",
            ),
        ]
        indexes = [models.Index(fields=["estrategia", "fecha"])]

    def __str__(self):
        return self.tema

    @property
    def nombre_corto(self):
        """«M2 · Rioverde»: cómo se lo nombra en un calendario."""
        if self.tipo == self.Tipo.COMPLEMENTARIO:
            return f"{self.get_clase_display()} · {self.lugar}"
        return f"{self.tipo} · {self.lugar}"

    @property
    def horas(self):
        """«08:30 – 12:30»; vacío si no tiene hora."""
        if not self.inicio:
            return ""
        return f"{self.inicio:%H:%M} – {self.fin:%H:%M}" if self.fin else f"{self.inicio:%H:%M}"

    @property
    def dicho_convocados(self):
        """«1 provincial, 3 parroquiales», de uno traído con `para_cronograma`; vacío si ninguno."""
        cuentas = (
            cuantos(self.provinciales, "provincial", "provinciales"),
            cuantos(self.municipales, "municipal", "municipales"),
            cuantos(self.parroquiales, "parroquial", "parroquiales"),
        )
        return ", ".join(cuenta for cuenta in cuentas if not cuenta.startswith("0 "))

    @property
    def nombre_llano(self):
        """«el taller de Rioverde»: cómo se lo nombra dentro de una frase."""
        que = {self.Tipo.M3: "taller", self.Tipo.COMPLEMENTARIO: "encuentro"}
        return f"el {que.get(self.tipo, 'diálogo')} de {self.lugar}"

    @property
    def esta_abierto(self):
        return self.estado not in (self.Estado.REALIZADO, self.Estado.CANCELADO)

    @property
    def se_puede_convocar(self):
        return self.estado in (self.Estado.PLANIFICADO, self.Estado.REPROGRAMADO)

    @property
    def se_puede_realizar(self):
        return self.esta_abierto and self.fecha <= timezone.localdate()

    @property
    def admite_registro(self):
        """Se registra a quien asiste desde el día del encuentro, y también mucho después."""
        return self.estado != self.Estado.CANCELADO and self.fecha <= timezone.localdate()

    @property
    def taller(self):
        """El encuentro que lleva lo común a las dos jornadas (la agenda de la mañana, el total)."""
        return self.jornada_de or self


class ConvocadoQuerySet(models.QuerySet):
    def con_respuesta(self):
        """Con `se_convoco`, si tiene oficio, y `sentido`, lo último que respondió a él (o None)."""
        suyo = Encuentro.objects.filter(
            pk=OuterRef("encuentro"),
            convocatorias__gad=OuterRef("gad"),
            convocatorias__sin_efecto=False,
        )
        # En un solo filter: la respuesta y la ronda han de ser de la misma convocatoria.
        dicho = Encuentro.objects.filter(
            pk=OuterRef("encuentro"),
            convocatorias__gad=OuterRef("gad"),
            convocatorias__sin_efecto=False,
            convocatorias__respuestas__ronda=F("convocatorias__ronda"),
        ).order_by("-convocatorias__respuestas__pk")
        ultimo = dicho.values("convocatorias__respuestas__sentido")[:1]
        return self.annotate(se_convoco=Exists(suyo), sentido=Subquery(ultimo))


class Convocado(models.Model):
    """GAD llamado a un encuentro."""

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="convocados")
    gad = models.ForeignKey(Gad, models.PROTECT, related_name="convocatorias")
    historia = HistoricalRecords()

    objects = ConvocadoQuerySet.as_manager()

    class Meta:
        verbose_name = "GAD convocado"
        verbose_name_plural = "GAD convocados"
        ordering = ["encuentro", "gad"]
        constraints = [
            models.UniqueConstraint(fields=["encuentro", "gad"], name="convocado_unico"),
        ]

    def __str__(self):
        return f"{self.gad.nombre} en {self.encuentro}"


class Facilitacion(models.Model):
    """Entidad que facilita o acompaña un encuentro."""

    class Papel(models.TextChoices):
        FACILITA = "facilita", "Facilita"
        ACOMPANA = "acompana", "Acompaña"

    encuentro = models.ForeignKey(Encuentro, models.CASCADE, related_name="facilitaciones")
    entidad = models.ForeignKey(Entidad, models.PROTECT, related_name="facilitaciones")
    papel = models.CharField(max_length=8, choices=Papel.choices, default=Papel.FACILITA)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "facilitación"
        verbose_name_plural = "facilitaciones"
        ordering = ["encuentro", "-papel", "entidad"]
        constraints = [
            models.UniqueConstraint(fields=["encuentro", "entidad"], name="facilitacion_unica"),
        ]

    def __str__(self):
        return f"{self.entidad} en {self.encuentro}"
