"""División político-administrativa (DPA): zonas, provincias, cantones, parroquias y vecindad."""

from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from ..texto import sin_tildes
from .vigencia import ConVigencia, fechas_en_orden, vigente_en


class Zona(models.Model):
    """Zona de planificación, 1 a 9. Se asigna por cantón, no por provincia (zonas 8 y 9)."""

    numero = models.PositiveSmallIntegerField("número", primary_key=True)
    nombre = models.CharField(max_length=60)
    sede = models.CharField(max_length=60)
    nota = models.TextField(blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "zona"
        ordering = ["numero"]

    def __str__(self):
        return f"Zona {self.numero}"


class TerritorioQuerySet(models.QuerySet):
    def vigentes_en(self, fecha):
        return self.filter(vigente_en(fecha))

    def provincias(self):
        return self.filter(nivel=Territorio.Nivel.PROVINCIA)

    def cantones(self):
        return self.filter(nivel=Territorio.Nivel.CANTON)

    def parroquias_rurales(self):
        return self.filter(nivel=Territorio.Nivel.PARROQUIA, cabecera=False)


class Territorio(ConVigencia):
    """Provincia (PP), cantón (PPCC) o parroquia (PPCCPP), por su código de la DPA como texto.

    En las parroquias, 50 es la cabecera cantonal (no tiene GAD parroquial) y 51 o más, rural.
    `lon` y `lat` son un punto interior en WGS84, con 3 decimales; vacío donde no hay polígono.
    """

    class Nivel(models.TextChoices):
        PROVINCIA = "provincia", "Provincia"
        CANTON = "canton", "Cantón"
        PARROQUIA = "parroquia", "Parroquia"

    codigo = models.CharField("código", max_length=6, primary_key=True)
    nivel = models.CharField(max_length=10, choices=Nivel.choices)
    nombre = models.CharField(max_length=100)
    padre = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="hijos",
        verbose_name="dentro de",
    )
    zona = models.ForeignKey(Zona, models.PROTECT, related_name="territorios")
    cabecera = models.BooleanField("es cabecera cantonal", default=False)
    capital = models.CharField("capital o cabecera", max_length=100, blank=True)
    region = models.CharField("región", max_length=20, blank=True)
    lon = models.DecimalField("longitud", max_digits=6, decimal_places=3, null=True, blank=True)
    lat = models.DecimalField("latitud", max_digits=6, decimal_places=3, null=True, blank=True)
    nota = models.TextField(blank=True)
    busqueda = models.CharField(max_length=100, editable=False, db_index=True)
    historia = HistoricalRecords()

    objects = TerritorioQuerySet.as_manager()

    class Meta:
        verbose_name = "territorio"
        ordering = ["codigo"]
        constraints = [
            models.CheckConstraint(
                name="territorio_codigo_segun_nivel",
                condition=Q(nivel="provincia", codigo__regex=r"^\d{2}$", padre__isnull=True)
                | Q(nivel="canton", codigo__regex=r"^\d{4}$", padre__isnull=False)
                | Q(nivel="parroquia", codigo__regex=r"^\d{6}$", padre__isnull=False),
                violation_error_message="El código no corresponde al nivel: provincia 2 cifras, "
                "cantón 4, parroquia 6, y los dos últimos con su territorio superior.",
            ),
            fechas_en_orden("territorio_fechas_en_orden"),
        ]
        indexes = [models.Index(fields=["nivel", "zona"])]

    def __str__(self):
        return self.nombre

    def clean_fields(self, exclude=None):
        self.busqueda = sin_tildes(self.nombre)
        super().clean_fields(exclude)

    def save(self, **kwargs):
        self.busqueda = sin_tildes(self.nombre)
        super().save(**kwargs)

    @property
    def provincia(self):
        if self.nivel == self.Nivel.PROVINCIA:
            return self
        return self.padre if self.nivel == self.Nivel.CANTON else self.padre.padre

    @property
    def canton(self):
        """El cantón al que pertenece, o None en una provincia."""
        if self.nivel == self.Nivel.PROVINCIA:
            return None
        return self if self.nivel == self.Nivel.CANTON else self.padre


class VecindadQuerySet(models.QuerySet):
    def de(self, territorio):
        return self.filter(Q(a=territorio) | Q(b=territorio)).select_related("a", "b")


class Vecindad(models.Model):
    """Par de territorios del mismo nivel que comparten límite, guardado una vez con a < b.

    `km` sale de cartografía generalizada: sirve para ordenar, no para medir. Dentro de la DPA una
    isla no tiene vecinos.
    """

    a = models.ForeignKey(Territorio, models.PROTECT, related_name="vecindades_a")
    b = models.ForeignKey(Territorio, models.PROTECT, related_name="vecindades_b")
    km = models.DecimalField("kilómetros de límite", max_digits=6, decimal_places=1)
    historia = HistoricalRecords()

    objects = VecindadQuerySet.as_manager()

    class Meta:
        verbose_name = "vecindad"
        verbose_name_plural = "vecindades"
        ordering = ["a", "b"]
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="vecindad_unica"),
            models.CheckConstraint(name="vecindad_en_orden", condition=Q(a__lt=F("b"))),
        ]

    def __str__(self):
        return f"{self.a_id} y {self.b_id}"


class OtroTerritorio(models.Model):
    """Zona no delimitada (90xx) o parroquia urbana con polígono propio: no es un GAD."""

    codigo = models.CharField("código", max_length=6, primary_key=True)
    nombre = models.CharField(max_length=100)
    tipo = models.CharField(max_length=100)
    lon = models.DecimalField("longitud", max_digits=6, decimal_places=3, null=True, blank=True)
    lat = models.DecimalField("latitud", max_digits=6, decimal_places=3, null=True, blank=True)
    nota = models.TextField(blank=True)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "otro territorio"
        verbose_name_plural = "otros territorios"
        ordering = ["codigo"]

    def __str__(self):
        return self.nombre
