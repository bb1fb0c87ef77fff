"""Lo que una oficina escribe y elige para su informe de la estrategia; las cifras salen solas."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from simple_history.models import HistoricalRecords

from acompanamiento.models import Estrategia, Grupo
from territorios.jurisdiccion import Permiso
from territorios.models import Zona
from territorios.versiones import ModeloVersionado

LARGO = 30_000


def claves_de_seccion(valor):
    """Una lista de claves distintas. Que existan lo dice el formulario: las secciones cambian."""
    son_claves = isinstance(valor, list) and all(isinstance(una, str) and una for una in valor)
    if not son_claves or len(set(valor)) != len(valor):
        raise ValidationError("Las secciones apagadas son una lista de claves, sin repetir.")


class InformeQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Los mismos que edita: hasta que se emite, lo escrito es un borrador de su oficina."""
        return self.editables_por(usuario)

    def editables_por(self, usuario):
        """La central, todos. Una zona, el suyo y los de los grupos que ve, aunque crucen a otra."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
            return self.none()
        if usuario.ve_el_pais:
            return self
        grupos = Grupo.objects.editables_por(usuario)
        return self.filter(Q(zona=usuario.zona_id) | Q(grupo__in=grupos))

    def de(self, alcance):
        """El de esa estrategia, zona o grupo, si ya se escribió algo."""
        return self.filter(estrategia=alcance.estrategia, zona=alcance.zona, grupo=alcance.grupo)


class Informe(ModeloVersionado):
    """Lo escrito a mano y las secciones apagadas del informe de una estrategia, zona o grupo.

    Se conserva entre una emisión y la siguiente. Sin fila, el informe sale con todo encendido y
    sin textos.
    """

    estrategia = models.ForeignKey(Estrategia, models.PROTECT, related_name="informes")
    zona = models.ForeignKey(Zona, models.PROTECT, null=True, blank=True, related_name="informes")
    grupo = models.ForeignKey(Grupo, models.PROTECT, null=True, blank=True, related_name="informes")
    introduccion = models.TextField("introducción", max_length=LARGO, blank=True)
    conclusiones = models.TextField(max_length=LARGO, blank=True)
    recomendaciones = models.TextField(max_length=LARGO, blank=True)
    secciones_apagadas = models.JSONField(default=list, blank=True, validators=[claves_de_seccion])
    historia = HistoricalRecords()

    objects = InformeQuerySet.as_manager()

    class Meta:
        verbose_name = "informe de la estrategia"
        verbose_name_plural = "informes de la estrategia"
        ordering = ["estrategia", "zona", "grupo"]
        constraints = [
            models.CheckConstraint(
                name="informe_de_zona_o_de_grupo",
                condition=Q(zona__isnull=True) | Q(grupo__isnull=True),
                violation_error_message="Un informe es de una zona o de un grupo, no de los dos.",
            ),
            models.UniqueConstraint(
                fields=["estrategia"],
                condition=Q(zona__isnull=True, grupo__isnull=True),
                name="informe_unico_por_estrategia",
            ),
            models.UniqueConstraint(
                fields=["estrategia", "zona"],
                condition=Q(zona__isnull=False),
                name="informe_unico_por_zona",
            ),
            models.UniqueConstraint(
                fields=["grupo"],
                condition=Q(grupo__isnull=False),
                name="informe_unico_por_grupo",
            ),
        ]

    def __str__(self):
        return f"Informe de {self.estrategia}: {self.de_quien}"

    def clean(self):
        if self.grupo_id and self.grupo.estrategia_id != self.estrategia_id:
            raise ValidationError({"grupo": "El grupo es de otra estrategia."})

    @property
    def de_quien(self):
        return str(self.grupo or self.zona or "toda la estrategia")

    @property
    def clave(self):
        """Como va en las direcciones: «todo», «zona-4» o «grupo-12»."""
        if self.grupo_id:
            return f"grupo-{self.grupo_id}"
        return f"zona-{self.zona_id}" if self.zona_id else "todo"

    def get_absolute_url(self):
        return reverse("pdot:informe", args=[self.estrategia.codigo, self.clave])
