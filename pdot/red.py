"""Red vertical de un grupo: qué dice cada plan de su vínculo con los de los niveles de arriba.

Las aristas salen de los vínculos de la última evaluación aprobada de cada miembro, más los pares
que se esperan de cada uno (parroquia → cantón, parroquia → provincia, cantón → provincia) y de los
que nada se dijo: esos quedan «sin evaluar».
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from django.db import models

from territorios.models import Gad

from .coherencia import ORDEN_DE_NIVELES
from .models import Evaluacion, Vinculo
from .vinculos import superiores_por_codigo


class Estado(models.TextChoices):
    """Lo que se dice de un par. Cada uno con su palabra y su trazo, además del color."""

    SI = "si", "Se vincula"
    PARCIAL = "parcial", "En parte"
    NO = "no", "No se vincula"
    SIN = "sin", "Sin evaluar"


@dataclass(slots=True)
class Nodo:
    """Un GAD de la red. Los que no son miembros están porque otro se compara con ellos."""

    gad: Gad
    es_miembro: bool
    nombre: str = ""


@dataclass
class Arista:
    """De un GAD al plan de otro; sin `vinculo` nadie aprobado ha dicho nada."""

    de: Nodo
    con: Nodo
    vinculo: Vinculo | None = None
    evaluacion: Evaluacion | None = None
    estado: Estado = field(init=False)

    def __post_init__(self):
        valor = self.vinculo.valor if self.vinculo else ""
        self.estado = Estado(valor) if valor else Estado.SIN

    @cached_property
    def ancla(self):
        return f"v-{self.de.gad.pk}-{self.con.gad.pk}"

    @property
    def titulo(self):
        return f"{self.de.nombre} con {self.con.nombre}: {self.estado.label.lower()}"

    @cached_property
    def incompatibles(self):
        return renglones_de(self.vinculo.incompatibles) if self.vinculo else []

    @cached_property
    def sinergias(self):
        return renglones_de(self.vinculo.sinergias) if self.vinculo else []

    @property
    def por_que_falta(self):
        """Por qué está sin evaluar; "" si se evaluó."""
        if self.estado != Estado.SIN:
            return ""
        if self.evaluacion is None:
            return "Sin evaluación aprobada que usted pueda ver"
        return "Su evaluación aprobada no lo dice"


@dataclass
class Red:
    """Nodos por código y aristas de abajo arriba, en el orden de los niveles y de la DPA."""

    nodos: dict[str, Nodo]
    aristas: list[Arista]

    @property
    def cuentas(self):
        """[(estado, cuántas)] de los cuatro, también en cero."""
        cuentas = Counter(arista.estado for arista in self.aristas)
        return [(estado, cuentas[estado]) for estado in Estado]

    @property
    def evaluadas(self):
        return sum(1 for arista in self.aristas if arista.estado != Estado.SIN)

    @property
    def provincias(self):
        return [n for n in self.nodos.values() if n.gad.nivel in Gad.PROVINCIALES]


def red_de_grupo(filas):
    """La red de los miembros, de sus filas ya leídas. Dos consultas."""
    miembros = [fila.gad for fila in filas]
    aprobadas = {fila.gad.pk: fila.evaluacion for fila in filas if fila.esta_aprobada}
    vinculos = _vinculos(aprobadas)
    nodos = {gad.pk: Nodo(gad, es_miembro=True) for gad in miembros}
    for gad in _de_afuera(miembros, vinculos):
        nodos[gad.pk] = Nodo(gad, es_miembro=False)
    _nombrar(nodos.values())
    aristas = [
        Arista(nodos[de], nodos[con], vinculos.get((de, con)), aprobadas.get(de))
        for de, con in _pares(miembros, vinculos)
        if con in nodos
    ]
    return Red(dict(sorted(nodos.items(), key=_lugar_de_nodo)), sorted(aristas, key=_lugar))


def renglones_de(texto):
    """Un aspecto por renglón, sin los vacíos ni las viñetas que se pegan con ellos."""
    limpios = (renglon.strip(" \t-–•*·") for renglon in texto.splitlines())
    return [renglon for renglon in limpios if renglon]


def _vinculos(aprobadas):
    """(código, código) → vínculo de las evaluaciones aprobadas. Una consulta."""
    gad_de = {evaluacion.pk: codigo for codigo, evaluacion in aprobadas.items()}
    vinculos = Vinculo.objects.filter(evaluacion__in=list(gad_de)).order_by()
    return {(gad_de[v.evaluacion_id], v.con_id): v for v in vinculos}


def _pares(miembros, vinculos):
    """Los que se esperan de cada miembro y los que se dijeron de más, sin repetir."""
    esperados = [(gad.pk, con) for gad in miembros for con in superiores_por_codigo(gad)]
    return list(dict.fromkeys([*esperados, *vinculos]))


def _de_afuera(miembros, vinculos):
    """Los GAD con que alguien se compara y que no son miembros. Una consulta o ninguna."""
    nombrados = {con for _, con in _pares(miembros, vinculos)} - {gad.pk for gad in miembros}
    return Gad.objects.vigentes().filter(pk__in=nombrados).para_nombrar() if nombrados else []


def _nombrar(nodos):
    """Deja en cada nodo su nombre, con el nivel donde hay homónimos en la red."""
    nodos = list(nodos)
    veces = Counter(nodo.gad.nombre for nodo in nodos)
    for nodo in nodos:
        homonimo = veces[nodo.gad.nombre] > 1
        nodo.nombre = nodo.gad.nombre_con_lugar if homonimo else nodo.gad.nombre


def _lugar_de_nodo(par):
    codigo, nodo = par
    return ORDEN_DE_NIVELES.index(nodo.gad.nivel), codigo


def _lugar(arista):
    de, con = arista.de.gad, arista.con.gad
    return ORDEN_DE_NIVELES.index(de.nivel), de.pk, -ORDEN_DE_NIVELES.index(con.nivel), con.pk
