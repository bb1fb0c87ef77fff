"""Gobiernos autónomos descentralizados y sus autoridades."""

from django.db import models
from django.utils import timezone
from simple_history.models import HistoricalRecords

from ..texto import sin_tildes
from .territorio import Territorio
from .vigencia import ConVigencia, fechas_en_orden, vigente_en


class GadQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """La DPA es información pública: cualquiera con cuenta la consulta entera."""
        return self if usuario.is_authenticated else self.none()

    def de_la_zona_de(self, usuario):
        """Los de la zona a que pertenece la cuenta; ninguno si no es de una zona."""
        if not usuario.is_authenticated or usuario.zona_id is None:
            return self.none()
        return self.filter(territorio__zona=usuario.zona_id)

    def vigentes_en(self, fecha):
        return self.filter(vigente_en(fecha, "territorio__"))

    def vigentes(self):
        return self.vigentes_en(timezone.localdate())

    def para_lista(self):
        return self.select_related("territorio__padre__padre", "territorio__zona")

    def para_nombrar(self):
        """Solo lo que hace falta para nombrarlos y situarlos en el mapa: cuesta la mitad."""
        return self.select_related("territorio__padre__padre").only(
            "nivel",
            "nombre_oficial",
            "territorio__nombre",
            "territorio__zona",
            "territorio__lon",
            "territorio__lat",
            "territorio__padre__nombre",
            "territorio__padre__padre__nombre",
        )

    def buscar(self, texto):
        """Los de nombre que contiene el texto, sin mirar tildes, o de código que empieza por él."""
        aguja = sin_tildes(texto)
        if aguja.isdigit():
            return self.filter(territorio__codigo__startswith=aguja)
        return self.filter(territorio__busqueda__contains=aguja)


class Gad(models.Model):
    """Gobierno autónomo descentralizado. Su código (clave) es el de su territorio."""

    class Nivel(models.TextChoices):
        PROVINCIAL = "provincial", "Provincial"
        REGIMEN_ESPECIAL = "regimen_especial", "Régimen especial"
        MUNICIPAL = "municipal", "Municipal"
        METROPOLITANO = "metropolitano", "Metropolitano"
        PARROQUIAL = "parroquial", "Parroquial rural"

    # Los tres niveles al contarlos y convocarlos: Galápagos va con las provincias y Quito con los
    # cantones, como en las 24 provincias y los 221 cantones de siempre.
    PROVINCIALES = (Nivel.PROVINCIAL, Nivel.REGIMEN_ESPECIAL)
    MUNICIPALES = (Nivel.MUNICIPAL, Nivel.METROPOLITANO)
    PARROQUIALES = (Nivel.PARROQUIAL,)
    NIVELES_DE = {
        "provinciales": PROVINCIALES,
        "municipales": MUNICIPALES,
        "parroquiales": PARROQUIALES,
    }
    COLUMNA = {nivel: columna for columna, niveles in NIVELES_DE.items() for nivel in niveles}

    TITULOS = {
        "provincial": "Prefecto/a",
        "regimen_especial": "Presidente/a del Consejo de Gobierno",
        "municipal": "Alcalde/sa",
        "metropolitano": "Alcalde/sa metropolitano/a",
        "parroquial": "Presidente/a de la junta parroquial",
    }

    territorio = models.OneToOneField(Territorio, models.PROTECT, primary_key=True)
    nivel = models.CharField(max_length=20, choices=Nivel.choices, db_index=True)
    nombre_oficial = models.CharField(max_length=160)
    historia = HistoricalRecords()

    objects = GadQuerySet.as_manager()

    class Meta:
        verbose_name = "GAD"
        verbose_name_plural = "GAD"
        ordering = ["territorio"]

    def __str__(self):
        return self.nombre_oficial

    @property
    def codigo(self):
        return self.territorio_id

    @property
    def nombre(self):
        return self.territorio.nombre

    @property
    def zona(self):
        return self.territorio.zona

    @property
    def nombre_con_lugar(self):
        """Nombre sin equívoco: hay homónimos (Bolívar, San Lorenzo, Rocafuerte…)."""
        if self.nivel == self.Nivel.PARROQUIAL:
            canton = self.territorio.padre
            return f"{self.nombre} ({canton.nombre}, {canton.padre.nombre})"
        if self.nivel in self.MUNICIPALES:
            return f"{self.nombre} (cantón, {self.territorio.padre.nombre})"
        return f"{self.nombre} (provincia)"

    @classmethod
    def enlazador(cls):
        """Función de un código a la dirección de su página, para cientos: resuelve una ruta."""
        molde = cls(pk="CODIGO").get_absolute_url()
        return lambda codigo: molde.replace("CODIGO", codigo)

    @property
    def titulo_autoridad(self):
        return self.TITULOS[self.nivel]


class AutoridadQuerySet(models.QuerySet):
    def vigentes_en(self, fecha):
        return self.filter(vigente_en(fecha))


class Autoridad(ConVigencia):
    """Máxima autoridad de un GAD en un período. Dato público de un cargo de elección.

    Lo firmado por una autoridad se conserva cuando llega la siguiente: nunca se reemplaza el
    nombre, se cierra el período y se abre otro.
    """

    gad = models.ForeignKey(Gad, models.PROTECT, related_name="autoridades", verbose_name="GAD")
    nombre = models.CharField(max_length=120)
    cargo = models.CharField(max_length=80)
    nota = models.CharField(max_length=200, blank=True)
    fuente = models.CharField(max_length=200, blank=True)
    historia = HistoricalRecords()

    objects = AutoridadQuerySet.as_manager()

    class Meta:
        verbose_name = "autoridad"
        verbose_name_plural = "autoridades"
        ordering = ["gad", "-desde"]
        constraints = [
            fechas_en_orden("autoridad_fechas_en_orden"),
            models.UniqueConstraint(fields=["gad", "desde"], name="autoridad_una_por_periodo"),
        ]

    def __str__(self):
        return f"{self.nombre} ({self.cargo})"

    def clean(self):
        if self.gad_id:
            self.exigir_sin_cruce(Autoridad.objects.filter(gad=self.gad_id))
