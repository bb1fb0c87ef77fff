"""Los encuentros y traslados de una estrategia que ve una persona, con los filtros que eligió.

Lo comparten la semana, el mes, la lista y el PDF. Cada lectura es una consulta.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Count, Value
from django.db.models.functions import Coalesce

from acompanamiento.models import Estrategia, Grupo
from territorios.models import Autoridad, Entidad, Usuario, Zona
from territorios.texto import sin_tildes

from .filtros import FiltroCronograma
from .models import Encuentro, Facilitacion, Traslado


@dataclass
class Programa:
    """`elegido`: lo que trae la dirección."""

    usuario: Usuario
    estrategia: Estrategia
    elegido: dict
    clase_de_filtro: type = FiltroCronograma

    @cached_property
    def filtro(self):
        return self.clase_de_filtro(self.elegido, opciones=self._opciones, visibles=self.visibles)

    @cached_property
    def visibles(self):
        de_la_estrategia = Encuentro.objects.filter(estrategia=self.estrategia)
        return de_la_estrategia.visibles_para(self.usuario)

    def por_fecha(self):
        """[(fecha, cuántos encuentros)] en orden, con los filtros."""
        filas = self.filtro.aplicar(self.visibles).order_by("fecha").values_list("fecha")
        return list(filas.annotate(Count("pk")))

    def de_la_lista(self):
        """Todos los encuentros que pasan los filtros y las fechas de la lista, sin tramos."""
        limites = {"fecha__gte": "desde", "fecha__lte": "hasta"}
        fechas = {
            condicion: self.filtro.cleaned_data[campo]
            for condicion, campo in limites.items()
            if self.filtro.cleaned_data.get(campo)
        }
        return self.filtro.aplicar(self.visibles).filter(**fechas)

    def entre(self, desde, hasta):
        """(encuentros, traslados) de esos días. Cada encuentro trae `sus_grupos` y `sus_entidades`.

        Con filtros no hay traslados: no son de ningún grupo ni tipo.
        """
        fechas = {"fecha__range": (desde, hasta)}
        encuentros = list(self.filtro.aplicar(self.visibles).filter(**fechas).para_cronograma())
        grupos, entidades = (
            {uno.pk: uno for uno in self._opciones[clase]} for clase in ("grupo", "entidad")
        )
        poner_lo_suyo(encuentros, grupos, entidades)
        if self.filtro.elige:
            return encuentros, []
        traslados = Traslado.objects.visibles_para(self.usuario)
        return encuentros, list(traslados.filter(estrategia=self.estrategia, **fechas))

    @cached_property
    def _opciones(self):
        grupos = Grupo.objects.visibles_para(self.usuario).filter(estrategia=self.estrategia)
        return opciones_de(self.visibles, grupos)


def entidades_de(encuentros):
    """Las que facilitan o acompañan alguno, por su nombre."""
    facilitan = Facilitacion.objects.filter(encuentro__in=encuentros.order_by().values("pk"))
    return Entidad.objects.filter(pk__in=facilitan.order_by().values("entidad"))


def opciones_de(encuentros, grupos):
    """{clase: objetos} de lo que hay en esos encuentros y de `grupos`, para filtrarlos.

    Una sola consulta; de cada cosa, lo que hace falta para nombrarla.
    """
    visibles = encuentros.order_by()
    facilitan = Facilitacion.objects.filter(encuentro__in=visibles.values("pk")).order_by()
    sin_mas = Value(0), Value("")
    filas = facilitan.values_list(
        *(Value("entidad"), "entidad_id", "entidad__nombre", "entidad__siglas"), *sin_mas
    ).union(
        visibles.filter(autoridad__isnull=False).values_list(
            *(Value("autoridad"), "autoridad_id", "autoridad__nombre", "autoridad__cargo"), *sin_mas
        ),
        visibles.filter(canton__zona__isnull=False).values_list(
            *(Value("zona"), "canton__zona_id", "canton__zona__nombre", Value("")), *sin_mas
        ),
        grupos.order_by().values_list(
            Value("grupo"), "pk", "nombre", "estado", "numero", Coalesce("sede_id", Value(""))
        ),
    )
    opciones = {"entidad": [], "autoridad": [], "zona": [], "grupo": []}
    for clase, *fila in sorted(filas, key=lambda fila: sin_tildes(fila[2])):
        opciones[clase].append(OPCION[clase](*fila))
    opciones["zona"].sort(key=lambda zona: zona.pk)
    opciones["grupo"].sort(key=lambda grupo: grupo.numero)
    return opciones


OPCION = {
    "entidad": lambda pk, nombre, siglas, *_: Entidad(pk=pk, nombre=nombre, siglas=siglas),
    "autoridad": lambda pk, nombre, cargo, *_: Autoridad(pk=pk, nombre=nombre, cargo=cargo),
    "zona": lambda pk, nombre, *_: Zona(pk=pk, nombre=nombre),
    "grupo": lambda pk, nombre, estado, numero, sede: Grupo(
        pk=pk, nombre=nombre, estado=estado, numero=numero, sede_id=sede or None
    ),
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
