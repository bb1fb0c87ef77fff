"""De qué trata un informe y con los ojos de quién se mira.

Todo lo que una sección lee sale de aquí: son grupos, encuentros y GAD ya filtrados por lo que ve
quien lo pide, así que ninguna sección decide por su cuenta quién ve qué.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.utils import timezone

from acompanamiento.models import Estrategia, Grupo
from talleres.models import Encuentro
from territorios.models import Gad, Usuario, Zona

from ..coherencia import ORDEN_DE_NIVELES
from .lectura import aprobado_de, grupos_de, miembros_de

# Con más, lo de cada grupo va en un renglón: entero, un informe nacional pasaba de 700 páginas.
GRUPOS_EN_DETALLE = 20


@dataclass(frozen=True)
class Alcance:
    """La estrategia entera, lo de una zona o lo de un grupo.

    `hasta`: los encuentros de después no se cuentan; sin él, no hay tope.
    """

    usuario: Usuario
    estrategia: Estrategia
    zona: Zona | None = None
    grupo: Grupo | None = None
    hasta: date | None = None

    @cached_property
    def todos_los_grupos(self):
        """QuerySet de los visibles y dentro, en cualquier estado."""
        grupos = Grupo.objects.visibles_para(self.usuario).filter(estrategia=self.estrategia)
        if self.grupo:
            grupos = grupos.filter(pk=self.grupo.pk)
        if self.zona:
            grupos = grupos.de_zona(self.zona.pk)
        return grupos.select_related("criterio", "sede", "zona", "estrategia").order_by("numero")

    @cached_property
    def grupos(self):
        """QuerySet de los ya conformados, visibles y dentro: los que se cuentan."""
        return self.todos_los_grupos.conformados()

    @cached_property
    def es_resumido(self):
        """Si son tantos grupos que el detalle de cada uno queda para su propio informe."""
        return self.grupos.count() > GRUPOS_EN_DETALLE

    @cached_property
    def propuestos(self):
        """QuerySet de los que faltan: todavía no acompañan a nadie."""
        return self.todos_los_grupos.filter(estado=Grupo.Estado.PROPUESTO)

    @cached_property
    def encuentros(self):
        """QuerySet de los visibles y dentro, en orden; también los cancelados."""
        visibles = Encuentro.objects.visibles_para(self.usuario)
        encuentros = visibles.filter(estrategia=self.estrategia)
        if self.hasta:
            encuentros = encuentros.filter(fecha__lte=self.hasta)
        if self.zona:
            # Una zona tiene además los que no son de ningún grupo y se hicieron en su territorio.
            encuentros = encuentros.de_zona(self.zona.pk)
        if self.grupo:
            encuentros = encuentros.filter(pk__in=self.grupo.encuentros.values("pk"))
        return encuentros.order_by("fecha", "jornada", "inicio", "pk")

    @cached_property
    def gads(self):
        """[Gad] miembros hoy de esos grupos, una vez cada uno y de la provincia a la parroquia."""
        miembros = Gad.objects.filter(pk__in=self._membresias.values("gad")).para_lista()
        return sorted(miembros, key=lambda gad: (ORDEN_DE_NIVELES.index(gad.nivel), gad.pk))

    def es_de_otra_zona(self, gad):
        """Si está en uno de esos grupos sin ser de la zona: se dice aparte (pdot.ambito)."""
        return bool(self.zona) and gad.territorio.zona_id != self.zona.pk

    @property
    def gads_propios(self):
        """Los que se cuentan: de una zona, solo los suyos."""
        return [gad for gad in self.gads if not self.es_de_otra_zona(gad)]

    @property
    def gads_de_otra_zona(self):
        return [gad for gad in self.gads if self.es_de_otra_zona(gad)]

    @property
    def _membresias(self):
        return Grupo.gads.through.objects.vigentes_en().filter(grupo__in=self.grupos)

    @cached_property
    def aprobado(self):
        """(grupos, {grupo: [GAD]}, {grupo: Matriz}, {GAD: EvaluacionLeida}), una vez por informe.

        Tres secciones lo leen y es lo que más tarda.
        """
        grupos = grupos_de(self)
        miembros = miembros_de(grupos)
        return grupos, miembros, *aprobado_de(miembros, self.usuario)

    @property
    def corte(self):
        """A qué fecha se mira la división político-administrativa: la de la estrategia."""
        return min(self.hasta or timezone.localdate(), self.estrategia.hasta, timezone.localdate())

    @property
    def es_toda(self):
        """Si es la estrategia entera."""
        return not self.zona and not self.grupo

    @property
    def de_quien(self):
        """«Grupo 1 · …», «Zona 4» o «Toda la estrategia»."""
        return str(self.grupo or self.zona or "Toda la estrategia")

    @property
    def titulo(self):
        nombre = f"Informe de la estrategia: {self.estrategia.nombre}"
        return nombre if self.es_toda else f"{nombre} · {self.de_quien}"
