"""Los encuentros y traslados de una estrategia que ve una persona, con los filtros que eligió.

Lo comparten la semana, el mes, la lista y el PDF. Cada lectura es una consulta.
"""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import CharField, Count, Value
from django.db.models.functions import Cast, Coalesce

from acompanamiento.models import Estrategia
from territorios.models import Autoridad, Entidad, Gad, Usuario, Zona
from territorios.texto import sin_tildes

from .filtros import FiltroCronograma
from .models import Convocado, Encuentro, Facilitacion, Traslado

COLUMNAS_DE_GAD = (
    "gad_id",
    "gad__territorio__nombre",
    Coalesce("gad__territorio__padre__nombre", Value("")),
)


def texto(columna):
    """Las claves de una unión son todas texto: el código de un GAD lleva ceros delante."""
    return Cast(columna, CharField())


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
        poner_lo_suyo(encuentros, self.grupos, self._entidades)
        if self.filtro.elige:
            return encuentros, []
        traslados = Traslado.objects.visibles_para(self.usuario)
        return encuentros, list(traslados.filter(estrategia=self.estrategia, **fechas))

    @cached_property
    def _opciones(self):
        return opciones_de(self.visibles)

    @property
    def _entidades(self):
        return {entidad.pk: entidad for entidad in self._opciones["entidad"]}


def opciones_de(encuentros):
    """{clase: objetos} de lo que hay en esos encuentros, en una sola consulta: para filtrarlos."""
    visibles = encuentros.order_by()
    facilitan = Facilitacion.objects.filter(encuentro__in=visibles.values("pk")).order_by()
    convocados = Convocado.objects.filter(encuentro__in=visibles.values("pk")).order_by()
    de_dialogo = visibles.filter(gad__isnull=False)
    filas = facilitan.values_list(
        Value("entidad"), texto("entidad_id"), "entidad__nombre", "entidad__siglas"
    ).union(
        visibles.filter(autoridad__isnull=False).values_list(
            Value("autoridad"), texto("autoridad_id"), "autoridad__nombre", "autoridad__cargo"
        ),
        visibles.filter(canton__zona__isnull=False).values_list(
            Value("zona"), texto("canton__zona_id"), "canton__zona__nombre", Value("")
        ),
        *(gads.values_list(Value("gad"), *COLUMNAS_DE_GAD) for gads in (convocados, de_dialogo)),
    )
    opciones = {"entidad": [], "autoridad": [], "zona": [], "gad": []}
    for clase, clave, nombre, otro in sorted(filas, key=lambda fila: sin_tildes(fila[2])):
        opciones[clase].append(OPCION[clase](clave, nombre, otro))
    opciones["zona"].sort(key=lambda zona: zona.pk)
    return opciones


def gad_con_rotulo(codigo, nombre, padre):
    """Un Gad con su `rotulo`: «Bolívar (cantón, Manabí)»; hay homónimos."""
    gad = Gad(pk=codigo)
    que = {2: "provincia", 4: f"cantón, {padre}"}.get(len(codigo), f"parroquia, {padre}")
    gad.rotulo = f"{nombre} ({que})"
    return gad


OPCION = {
    "entidad": lambda clave, nombre, siglas: Entidad(pk=int(clave), nombre=nombre, siglas=siglas),
    "autoridad": lambda clave, nombre, cargo: Autoridad(pk=int(clave), nombre=nombre, cargo=cargo),
    "zona": lambda clave, nombre, _: Zona(pk=int(clave), nombre=nombre),
    "gad": gad_con_rotulo,
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
