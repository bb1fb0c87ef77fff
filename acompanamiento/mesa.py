"""La mesa donde se forma un grupo: los cantones que hay, los que se eligen y qué resulta.

Elegir un cantón trae a su GAD municipal, a los de sus parroquias rurales y al de su provincia;
después cualquiera de ellos se puede quitar. El mismo cálculo sirve al formulario sin JavaScript, a
la página que se actualiza sola y a la comprobación final: nada de esto se repite en el navegador.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from django.utils import timezone

from territorios.models import Territorio
from territorios.texto import cuantos, enumerar, sin_tildes

from .contiguidad import pares_por_exclave, veredicto
from .exigencias import rotulos
from .models import Grupo, Membresia

PAIS = "pais"


class Ocupante(NamedTuple):
    """Un grupo vivo de la estrategia que ya reúne a un GAD."""

    numero: int
    pk: int
    nombre: str
    estado: str

    @property
    def solo_propuesto(self):
        return self.estado == Grupo.Estado.PROPUESTO

    def __str__(self):
        aclaracion = " (propuesto)" if self.solo_propuesto else ""
        return f"Grupo {self.numero} · {self.nombre}{aclaracion}"


@dataclass
class Sitio:
    """Un cantón, con sus parroquias rurales y los grupos vivos en que ya está alguno de sus GAD."""

    codigo: str
    nombre: str
    provincia: str
    zona: int
    rurales: dict[str, str] = field(default_factory=dict)
    grupos: list["Ocupante"] = field(default_factory=list)

    @property
    def gads(self):
        """Código → nombre de los GAD que trae, sin el provincial."""
        return {self.codigo: self.nombre, **self.rurales}

    @property
    def resumen(self):
        """«7 parroquias rurales, ya en el grupo 3»."""
        partes = ["sin parroquias rurales"]
        if self.rurales:
            partes = [cuantos(len(self.rurales), "parroquia rural", "parroquias rurales")]
        if self.grupos:
            numeros = enumerar(str(grupo.numero) for grupo in self.grupos)
            partes.append(
                f"ya en {'el grupo' if len(self.grupos) == 1 else 'los grupos'} {numeros}"
            )
        return ", ".join(partes)


class Terreno:
    """Los cantones vigentes y con quién limitan, vistos desde una estrategia. Dos consultas.

    `grupo` es el que se está cambiando: sus miembros no cuentan como ya agrupados y sus
    `membresias`, también las pasadas, se leen de paso.
    """

    def __init__(self, estrategia, grupo=None):
        self.sitios, self.provincias, self.partes, pares = _leer_territorio()
        self.vecinos = [par for par in pares if len(par[0]) == 4]
        self._vecinos_de_parroquias = [par for par in pares if len(par[0]) == 6]
        self.ocupados, self.membresias = _leer_membresias(estrategia, grupo)
        for codigo, grupos in self.ocupados.items():
            if codigo[:4] in self.sitios and len(codigo) >= 4:
                sitio = self.sitios[codigo[:4]]
                sitio.grupos = sorted({*sitio.grupos, *grupos})

    @cached_property
    def nombres(self):
        """Nombre de cada cantón; los homónimos, con su provincia."""
        return rotulos(self.sitios.values())

    def del_ambito(self, ambito):
        """Códigos de los cantones de una zona, por su número como texto, o del país."""
        if ambito == PAIS:
            return set(self.sitios)
        return {codigo for codigo, sitio in self.sitios.items() if str(sitio.zona) == ambito}

    def con_vecinos(self, codigos):
        """Esos cantones y quienes limitan con ellos."""
        junto = {b for a, b in self.vecinos if a in codigos}
        junto |= {a for a, b in self.vecinos if b in codigos}
        return (codigos | junto) & set(self.sitios)

    def por_provincia(self, a_la_vista, eleccion):
        """[(nombre de la provincia, [(Sitio, si está elegido)])], cada lista por nombre."""
        provincias = defaultdict(list)
        sitios = sorted((self.sitios[c] for c in a_la_vista), key=lambda s: sin_tildes(s.nombre))
        for sitio in sorted(sitios, key=lambda sitio: sitio.codigo[:2]):
            provincias[sitio.provincia].append((sitio, sitio.codigo in eleccion.cantones))
        return list(provincias.items())

    def cantones_de(self, ocupante):
        """Los códigos de los cantones en que ese grupo tiene algún GAD."""
        return {codigo for codigo, sitio in self.sitios.items() if ocupante in sitio.grupos}

    def dictaminar(self, cantones):
        """El veredicto de contigüidad, con los exclaves que unen o separan a esos cantones."""
        partes = {codigo: self.partes[codigo] for codigo in cantones}
        nombres = {codigo: nombre for suyas in partes.values() for codigo, nombre in suyas.items()}
        exclaves = pares_por_exclave(partes, self._vecinos_de_parroquias, nombres)
        return veredicto(cantones, self.vecinos, self.nombres, exclaves)


def _leer_territorio():
    """(cantones, nombre de cada provincia, {cantón: parroquias con su cabecera}, pares vecinos).

    Una sola consulta: la fila de cada territorio se repite por cada uno con que limita.
    """
    vigentes = Territorio.objects.vigentes_en(timezone.localdate())
    filas = vigentes.order_by("codigo", "vecindades_a__b_id").values_list(
        "codigo", "nombre", "zona_id", "cabecera", "vecindades_a__b_id"
    )
    sitios, provincias, partes, pares = {}, {}, defaultdict(dict), []
    anterior = None
    for codigo, nombre, zona, cabecera, vecino in filas:
        if vecino:
            pares.append((codigo, vecino))
        if codigo == anterior:
            continue
        anterior = codigo
        if len(codigo) == 2:
            provincias[codigo] = nombre
        elif len(codigo) == 4:
            sitios[codigo] = Sitio(codigo, nombre, provincias.get(codigo[:2], ""), zona)
        elif codigo[:4] in sitios:
            partes[codigo[:4]][codigo] = nombre
            if not cabecera:
                sitios[codigo[:4]].rurales[codigo] = nombre
    return sitios, provincias, partes, pares


def _leer_membresias(estrategia, grupo):
    """({código de GAD: [Ocupante de cada otro grupo vivo en que está]}, [Membresia del grupo])."""
    leidas = Membresia.objects.vigentes()
    if grupo and grupo.pk:
        leidas |= Membresia.objects.filter(grupo=grupo)
    filas = leidas.filter(grupo__estrategia=estrategia).order_by("grupo__numero", "gad")
    ocupados, propias = defaultdict(list), []
    for gad, desde, hasta, *otro in filas.values_list(
        *("gad_id", "desde", "hasta"),
        *("grupo__numero", "grupo_id", "grupo__nombre", "grupo__estado"),
    ):
        if grupo and otro[1] == grupo.pk:
            propias.append(Membresia(grupo=grupo, gad_id=gad, desde=desde, hasta=hasta))
        else:
            ocupados[gad].append(Ocupante(*otro))
    return ocupados, propias


@dataclass(frozen=True)
class Eleccion:
    """Lo elegido: cantones, y códigos de los GAD de los tres niveles que entran."""

    cantones: tuple[str, ...] = ()
    gads: frozenset[str] = frozenset()

    @property
    def provincias(self):
        return sorted({codigo[:2] for codigo in self.cantones})


def elegir(terreno, cantones, marcados, vistos):
    """La Eleccion que resulta de lo marcado.

    De un cantón o una provincia que la persona ya tuvo desplegado (`vistos`) entra lo que dejó
    marcado; de los que acaba de elegir, todo. Lo marcado fuera de los cantones elegidos no cuenta.
    """
    cantones = sorted(codigo for codigo in set(cantones) if codigo in terreno.sitios)
    marcados, vistos = set(marcados), set(vistos)
    gads = set()
    for codigo in cantones:
        suyos = set(terreno.sitios[codigo].gads)
        gads |= suyos & marcados if codigo in vistos else suyos
    for provincia in {codigo[:2] for codigo in cantones}:
        if provincia not in vistos or provincia in marcados:
            gads.add(provincia)
    return Eleccion(tuple(cantones), frozenset(gads))


# --- Qué se dice de lo elegido ------------------------------------------------------------------


@dataclass(frozen=True)
class Casilla:
    """Un GAD que se puede quitar de la elección."""

    codigo: str
    nombre: str
    entra: bool


@dataclass(frozen=True)
class Renglon:
    """Un cantón elegido con los GAD que trae."""

    codigo: str
    nombre: str
    casillas: list[Casilla]

    @property
    def entran(self):
        return sum(casilla.entra for casilla in self.casillas)


class Dictamen:
    """Lo que la mesa responde a una elección: veredicto, cuenta, traslapes y cambios.

    `actuales` son los códigos de los miembros de hoy, si el grupo ya existe.
    """

    def __init__(self, terreno, eleccion, actuales=()):
        self.terreno = terreno
        self.eleccion = eleccion
        self.actuales = frozenset(actuales)
        con_gad = {codigo[:4] for codigo in eleccion.gads if len(codigo) >= 4}
        con_gad &= set(terreno.sitios)
        self.sin_gad = [terreno.nombres[c] for c in eleccion.cantones if c not in con_gad]
        self.veredicto = terreno.dictaminar(con_gad)

    @classmethod
    def de_miembros(cls, terreno, codigos):
        """El de un grupo tal como está: entran exactamente esos GAD."""
        codigos = frozenset(codigos)
        cantones = sorted({codigo[:4] for codigo in codigos if len(codigo) >= 4})
        conocidos = tuple(codigo for codigo in cantones if codigo in terreno.sitios)
        return cls(terreno, Eleccion(conocidos, codigos), codigos)

    @property
    def renglones(self):
        return [
            Renglon(codigo, self.terreno.nombres[codigo], self._casillas(codigo))
            for codigo in self.eleccion.cantones
        ]

    def _casillas(self, canton):
        gads = self.terreno.sitios[canton].gads.items()
        return [Casilla(codigo, nombre, codigo in self.eleccion.gads) for codigo, nombre in gads]

    @property
    def provincias(self):
        return [
            Casilla(codigo, self.terreno.provincias[codigo], codigo in self.eleccion.gads)
            for codigo in self.eleccion.provincias
        ]

    @property
    def cuenta(self):
        """Cuántos GAD entran de cada nivel."""
        largos = [len(codigo) for codigo in self.eleccion.gads]
        nombres = {"provinciales": 2, "municipales": 4, "parroquiales": 6}
        return {nivel: largos.count(largo) for nivel, largo in nombres.items()}

    @property
    def resumen(self):
        """«Contiguo · 3 municipales y 5 parroquiales», para tenerlo siempre a la vista."""
        if not self.eleccion.cantones:
            return ""
        cuenta = self.cuenta
        municipales = cuantos(cuenta["municipales"], "municipal", "municipales")
        parroquiales = cuantos(cuenta["parroquiales"], "parroquial", "parroquiales")
        estado = "Contiguo" if self.veredicto.contiguo else "No contiguo"
        return f"{estado} · {municipales} y {parroquiales}"

    @property
    def zonas(self):
        """Números de zona de los cantones elegidos, en orden."""
        return sorted({self.terreno.sitios[codigo].zona for codigo in self.eleccion.cantones})

    @property
    def sedes(self):
        """[(código, nombre)] de los cantones cuyo GAD municipal entra: donde puede ser la sede."""
        return [
            (codigo, self.terreno.nombres[codigo])
            for codigo in self.eleccion.cantones
            if codigo in self.eleccion.gads
        ]

    @property
    def traslapes(self):
        """[(Ocupante, qué GAD)] de quienes ya están en otro grupo vivo.

        Una provincia acompaña a todos los grupos de su territorio: no se avisa de ella.
        """
        por_grupo = defaultdict(list)
        for codigo in sorted(self.eleccion.gads):
            if len(codigo) >= 4:
                for grupo in self.terreno.ocupados.get(codigo, ()):
                    por_grupo[grupo].append(codigo)
        return [(grupo, self._resumir(codigos)) for grupo, codigos in sorted(por_grupo.items())]

    def _resumir(self, codigos):
        """Los municipios por su nombre y las parroquias, si son más de tres, por su número."""
        parroquias = [codigo for codigo in codigos if len(codigo) == 6]
        nombres = [self._nombrar(codigo) for codigo in codigos if len(codigo) == 4]
        if len(parroquias) > 3:
            return enumerar([*nombres, f"{len(parroquias)} parroquias"])
        return enumerar([*nombres, *(self._nombrar(codigo) for codigo in parroquias)])

    @property
    def opciones(self):
        """[(código, nombre)] de los GAD que entran, para elegir entre ellos."""
        return [(codigo, self._nombrar(codigo)) for codigo in sorted(self.eleccion.gads)]

    @property
    def entran(self):
        return [self._nombrar(codigo) for codigo in sorted(self.eleccion.gads - self.actuales)]

    @property
    def salen(self):
        """Códigos de los miembros de hoy que ya no están."""
        return sorted(self.actuales - self.eleccion.gads)

    @property
    def nombres_que_salen(self):
        return [self._nombrar(codigo) for codigo in self.salen]

    def nombrar(self, codigos):
        """Los nombres en una sola frase."""
        return enumerar(self._nombrar(codigo) for codigo in sorted(codigos))

    def _nombrar(self, codigo):
        if len(codigo) == 2:
            return f"{self.terreno.provincias.get(codigo, codigo)} (provincia)"
        if codigo in self.terreno.nombres:
            return self.terreno.nombres[codigo]
        canton = self.terreno.sitios.get(codigo[:4])
        if canton is None or codigo not in canton.rurales:
            return codigo
        return f"{canton.rurales[codigo]} ({canton.nombre})"
