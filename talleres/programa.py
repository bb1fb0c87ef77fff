"""Los encuentros y traslados de una estrategia que ve una persona, con los filtros que eligió.

Lo comparten la semana, el mes, la lista y el PDF. Cada lectura es una consulta.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Value

from acompanamiento.models import Estrategia
from territorios.models import Autoridad, Entidad, Usuario, Zona

from .filtros import FiltroCronograma
from .models import Encuentro, Facilitacion, Traslado


@dataclass
class Programa:
    """`grupos`: {clave: grupo} de los que ve la persona; `elegido`: lo que trae la dirección."""

    usuario: Usuario
    estrategia: Estrategia
    grupos: dict
    elegido: dict
    clase_de_filtro: type = FiltroCronograma

    @cached_property
    def filtro(self):
        propios = [g for g in self.grupos.values() if g.estrategia_id == self.estrategia.pk]
        return self.clase_de_filtro(self.elegido, grupos=propios, opciones=self._opciones)

    @property
    def visibles(self):
        de_la_estrategia = Encuentro.objects.filter(estrategia=self.estrategia)
        return de_la_estrategia.visibles_para(self.usuario)

    def por_fecha(self):
        """[(fecha, cuántos encuentros)] en orden, con los filtros."""
        filas = self.filtro.aplicar(self.visibles).order_by("fecha").values_list("fecha")
        return list(filas.annotate(Count("pk")))

    def entre(self, desde, hasta):
        """(encuentros, traslados) de esos días. Cada encuentro trae `sus_grupos` y `sus_entidades`.

        Con filtros no hay traslados: no son de ningún grupo ni tipo.
        """
        fechas = {"fecha__range": (desde, hasta)}
        encuentros = list(self.filtro.aplicar(self.visibles).filter(**fechas).para_cronograma())
        poner_lo_suyo(encuentros, self.grupos, self._entidades)
        if self.filtro.elige:
            return encuentros, []
        traslados = Traslado.objects.visibles_para(self.usuario)
        return encuentros, list(traslados.filter(estrategia=self.estrategia, **fechas))

    @cached_property
    def _opciones(self):
        """Lo que hay en los encuentros a la vista, en una sola consulta: nada más se ofrece."""
        visibles = self.visibles.order_by()
        facilitan = Facilitacion.objects.filter(encuentro__in=visibles.values("pk")).order_by()
        filas = facilitan.values_list(
            Value("entidad"), "entidad_id", "entidad__nombre", "entidad__siglas"
        ).union(
            visibles.filter(autoridad__isnull=False).values_list(
                Value("autoridad"), "autoridad_id", "autoridad__nombre", "autoridad__cargo"
            ),
            visibles.filter(canton__zona__isnull=False).values_list(
                Value("zona"), "canton__zona_id", "canton__zona__nombre", Value("")
            ),
        )
        opciones = {"entidad": [], "autoridad": [], "zona": []}
        for clase, clave, nombre, otro in sorted(filas, key=lambda fila: fila[2]):
            opciones[clase].append(OPCION[clase](clave, nombre, otro))
        opciones["zona"].sort(key=lambda zona: zona.pk)
        return opciones

    @property
    def _entidades(self):
        return {entidad.pk: entidad for entidad in self._opciones["entidad"]}


OPCION = {
    "entidad": lambda clave, nombre, siglas: Entidad(pk=clave, nombre=nombre, siglas=siglas),
    "autoridad": lambda clave, nombre, cargo: Autoridad(pk=clave, nombre=nombre, cargo=cargo),
    "zona": lambda clave, nombre, _: Zona(pk=clave, nombre=nombre),
}


def poner_lo_suyo(encuentros, grupos, entidades):
    """Deja en cada encuentro `sus_grupos` (los que ve quien entra) y `sus_entidades`. Una consulta.

    `grupos` y `entidades`: {clave: objeto}. Primero van las entidades que facilitan.
    """
    claves = [encuentro.pk for encuentro in encuentros]
    en_grupos = Encuentro.grupos.through.objects.filter(encuentro__in=claves)
    facilitan = Facilitacion.objects.filter(encuentro__in=claves).order_by()
    filas = en_grupos.values_list("encuentro_id", Value("grupo"), "grupo_id").union(
        facilitan.values_list("encuentro_id", "papel", "entidad_id"), all=True
    )
    suyos = {
        clave: {"grupo": [], **{papel: [] for papel in Facilitacion.Papel}} for clave in claves
    }
    for encuentro, clase, clave in filas:
        suyos[encuentro][clase].append(clave)
    for encuentro in encuentros:
        _fijar(encuentro, suyos[encuentro.pk], grupos, entidades)


def _fijar(encuentro, suyos, grupos, entidades):
    vistos = [grupos[clave] for clave in suyos["grupo"] if clave in grupos]
    encuentro.sus_grupos = sorted(vistos, key=lambda grupo: grupo.numero)
    encuentro.sus_entidades = []
    for papel in (Facilitacion.Papel.FACILITA, Facilitacion.Papel.ACOMPANA):
        nombradas = [entidades[clave] for clave in suyos[papel] if clave in entidades]
        encuentro.sus_entidades += sorted(nombradas, key=lambda entidad: entidad.nombre)
