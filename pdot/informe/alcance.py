"""De qué trata un informe y con qué ojos se lee: una estrategia, una zona de ella o un grupo."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from acompanamiento.models import Estrategia, Grupo, Membresia
from talleres.models import Encuentro
from territorios.models import Gad, Usuario, Zona


@dataclass(frozen=True)
class Alcance:
    """Lo que `usuario` ve de la estrategia; con `zona` o `grupo`, solo lo suyo.

    `hasta`: el último día que se cuenta; sin él, todo.
    """

    usuario: Usuario
    estrategia: Estrategia
    zona: Zona | None = None
    grupo: Grupo | None = None
    hasta: date | None = None

    @cached_property
    def grupos(self):
        """QuerySet de los grupos que ve, de menor a mayor número."""
        suyos = Grupo.objects.visibles_para(self.usuario).filter(estrategia=self.estrategia)
        if self.grupo:
            suyos = suyos.filter(pk=self.grupo.pk)
        elif self.zona:
            suyos = suyos.de_zona(self.zona.pk)
        return suyos.order_by("numero")

    @cached_property
    def encuentros(self):
        """QuerySet de los encuentros que ve, en orden."""
        suyos = Encuentro.objects.visibles_para(self.usuario).filter(estrategia=self.estrategia)
        if self.grupo or self.zona:
            suyos = suyos.filter(grupos__in=self.grupos.values("pk")).distinct()
        if self.hasta:
            suyos = suyos.filter(fecha__lte=self.hasta)
        return suyos.order_by("fecha", "jornada", "inicio", "pk")

    @cached_property
    def gads(self):
        """Los GAD que hoy son miembros de sus grupos, por código."""
        miembros = Membresia.objects.vigentes_en().filter(grupo__in=self.grupos)
        gads = Gad.objects.filter(pk__in=miembros.values("gad"))
        return list(gads.para_lista().order_by("pk"))

    @cached_property
    def titulo(self):
        if self.grupo:
            return str(self.grupo)
        return f"{self.estrategia} · {self.zona}" if self.zona else str(self.estrategia)
