"""La búsqueda de `agrupacion.py`: costo de un grupo, arranque por siembra y recocido simulado.

Trabaja con piezas numeradas (cantones que no se separan); un grupo es un `frozenset` de números.
Nada depende del orden de un conjunto de textos, que Python cambia en cada proceso: con la misma
semilla sale lo mismo en cualquier máquina.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp
from random import Random
from statistics import fmean

from territorios.texto import enumerar

from .contiguidad import adyacencia
from .exigencias import Canton, Exigencias, rotulos
from .medidas import distancia, km_internos, sede

ARRANQUES = 3
PASOS_POR_PIEZA = 600  # de recocido, en cada arranque
TEMPERATURAS = (2.0, 0.002)  # primera y última, en partes del costo que toca a un grupo
CANJES = 0.3  # parte de los pasos que canjean dos piezas en vez de mover una
# Por cada unidad incumplida. Con el suave la búsqueda atraviesa repartos que no cumplen y halla
# mejores; si acaba en uno de ellos se repite con el duro, que vale más que cualquier mejora.
CASTIGOS = (0.25, 10.0)


@dataclass(frozen=True)
class Pesos:
    """Cuánto cuenta cada cosa en el costo (véase `agrupacion.py`)."""

    equilibrio: float = 3.0
    compacidad: float = 1.0
    lejania: float = 0.4
    limite_interno: float = 0.5
    provincias: float = 0.1
    temas: float = 0.5


@dataclass(frozen=True)
class Pieza:
    """Uno o varios cantones que van siempre en el mismo grupo."""

    cantones: tuple[Canton, ...]

    @property
    def parroquias(self):
        return sum(canton.parroquias for canton in self.cantones)

    @property
    def gads(self):
        return sum(canton.gads for canton in self.cantones)


@dataclass(frozen=True)
class Escala:
    """Lo que vuelve comparables los términos del costo: totales de todo lo que se reparte."""

    grupos: int
    cantones: int
    gads_por_grupo: float
    km_de_limite: float
    km_entre_vecinos: float

    @classmethod
    def de(cls, cantones: Mapping[str, Canton], vecinos: Mapping, grupos: int):
        pares = [(a, b) for a, b in vecinos if a in cantones and b in cantones]
        tramos = [distancia(cantones[a], cantones[b]) for a, b in pares]
        return cls(
            grupos=grupos,
            cantones=len(cantones),
            gads_por_grupo=sum(canton.gads for canton in cantones.values()) / grupos,
            km_de_limite=sum(vecinos[par] for par in pares) or 1.0,
            km_entre_vecinos=fmean(tramos) if tramos else 1.0,
        )


class Conjunto:
    """Piezas que limitan unas con otras: qué vale un grupo de ellas y si está unido."""

    def __init__(
        self,
        piezas: Sequence[Pieza],
        vecinos: Mapping,
        exigencias: Exigencias,
        escala: Escala,
        pesos: Pesos,
    ):
        self.piezas, self.exigencias = piezas, exigencias
        self.escala, self.pesos = escala, pesos
        self.vecinos = vecinos
        self.junto_a = self._numerar_vecindad()
        self.separados = self._numerar_separados()
        # Un conjunto menor que el mínimo es un grupo corto que no tiene remedio.
        total = sum(len(pieza.cantones) for pieza in piezas)
        self.min_cantones = min(exigencias.min_cantones, total)
        self._unidos = {}
        self.castigar(CASTIGOS[0])

    def castigar(self, castigo: float):
        """Cambia lo que cuesta cada unidad incumplida."""
        self._castigo, self._costos = castigo, {}

    def _numerar_vecindad(self):
        numero = self._numero_de_cada_canton()
        limites = adyacencia(numero, self.vecinos)
        junto_a = [set() for _ in self.piezas]
        for codigo, otros in limites.items():
            junto_a[numero[codigo]] |= {numero[otro] for otro in otros}
        return [sorted(junto - {yo}) for yo, junto in enumerate(junto_a)]

    def _numero_de_cada_canton(self):
        return {
            canton.codigo: numero
            for numero, pieza in enumerate(self.piezas)
            for canton in pieza.cantones
        }

    def _numerar_separados(self):
        numero = self._numero_de_cada_canton()
        pares = self.exigencias.separados
        return [(numero[a], numero[b]) for a, b in pares if a in numero and b in numero]

    def cantones(self, grupo) -> list[Canton]:
        return [canton for numero in sorted(grupo) for canton in self.piezas[numero].cantones]

    def codigos(self, grupo) -> tuple[str, ...]:
        return tuple(sorted(canton.codigo for canton in self.cantones(grupo)))

    def gads(self, grupo) -> int:
        return sum(self.piezas[numero].gads for numero in grupo)

    def unido(self, grupo: frozenset) -> bool:
        if grupo not in self._unidos:
            self._unidos[grupo] = self._se_recorre(grupo)
        return self._unidos[grupo]

    def _se_recorre(self, grupo):
        pendientes = [min(grupo)]
        faltan = grupo - {pendientes[0]}
        while pendientes and faltan:
            alcanzadas = faltan.intersection(self.junto_a[pendientes.pop()])
            faltan -= alcanzadas
            pendientes.extend(alcanzadas)
        return not faltan

    # --- Costo ----------------------------------------------------------------------------------

    def costo(self, grupo: frozenset) -> float:
        if grupo not in self._costos:
            self._costos[grupo] = self._calcular_costo(grupo)
        return self._costos[grupo]

    def _calcular_costo(self, grupo):
        cantones = self.cantones(grupo)
        pesos, escala = self.pesos, self.escala
        desvio = self.gads(grupo) / escala.gads_por_grupo - 1
        centro = sede(cantones)
        tramos = [distancia(centro, canton) / escala.km_entre_vecinos for canton in cantones]
        internos = km_internos(self.codigos(grupo), self.vecinos)
        return (
            pesos.equilibrio * desvio**2 / escala.grupos
            + pesos.compacidad * sum(tramos) / escala.cantones
            + pesos.lejania * max(tramos) / escala.grupos
            - pesos.limite_interno * internos / escala.km_de_limite
            + pesos.provincias * provincias_de_mas(cantones) / escala.grupos
            - pesos.temas * coincidencias(cantones) / escala.cantones
            + self._castigo * sum(cuanto for cuanto, _ in self._faltas(grupo, cantones))
        )

    def _faltas(self, grupo, cantones):
        """(cuánto, qué) por cada exigencia que el grupo no cumple; `qué` sirve de mensaje."""
        pedido, numero = self.exigencias, len(cantones)
        parroquias = sum(canton.parroquias for canton in cantones)
        if numero > pedido.max_cantones:
            yield numero - pedido.max_cantones, f"un grupo pasa de {pedido.max_cantones} cantones"
        if numero < self.min_cantones:
            yield self.min_cantones - numero, f"un grupo no llega a {self.min_cantones} cantones"
        if parroquias > pedido.max_parroquias:
            exceso = parroquias - pedido.max_parroquias
            yield exceso, f"un grupo pasa de {pedido.max_parroquias} parroquias rurales"
        for a, b in self.separados:
            if a in grupo and b in grupo:
                yield 1, "van juntos cantones que se pidieron separados"

    def incumplidas(self, grupos) -> list[str]:
        """Qué exigencias no se cumplen y con qué cantones; vacío si todas."""
        nombres = rotulos(self.cantones(range(len(self.piezas))))
        return [
            f"{que} ({enumerar(nombres[codigo] for codigo in self.codigos(grupo))})"
            for grupo in grupos
            for _, que in self._faltas(grupo, self.cantones(grupo))
        ]


def provincias_de_mas(cantones) -> int:
    return len({canton.provincia for canton in cantones}) - 1


def tema_comun(cantones) -> tuple[str, int]:
    """El tema más repetido (a igualdad, por alfabeto) y cuántos cantones lo llevan."""
    veces = Counter(tema for canton in cantones for tema in canton.temas)
    return min(veces.items(), key=lambda par: (-par[1], par[0]), default=("", 0))


def coincidencias(cantones) -> int:
    """Cuántos cantones coinciden con otro en el tema común: uno solo no coincide con nadie."""
    return max(tema_comun(cantones)[1] - 1, 0)


# --- Búsqueda -----------------------------------------------------------------------------------


def repartir(conjunto: Conjunto, numero: int, azar: Random) -> list[frozenset]:
    """El mejor reparto hallado en `numero` grupos unidos; puede incumplir exigencias."""
    if numero == 1:
        return [frozenset(range(len(conjunto.piezas)))]
    if numero == len(conjunto.piezas):
        return [frozenset({pieza}) for pieza in range(numero)]
    repartos = [
        _recocer(conjunto, _sembrar(conjunto, numero, azar), azar) for _ in range(ARRANQUES)
    ]
    return min(repartos, key=lambda grupos: sum(map(conjunto.costo, grupos)))


def _sembrar(conjunto, numero, azar):
    """Grupos que crecen a la vez desde semillas lejanas: crece el de menos GAD que pueda."""
    semillas = _semillas(conjunto, numero, azar)
    grupos = [{semilla} for semilla in semillas]
    libres = set(range(len(conjunto.piezas))) - set(semillas)
    while libres:
        indice, pieza = min(_crecimientos(conjunto, grupos, semillas, libres))[1:]
        grupos[indice].add(pieza)
        libres.discard(pieza)
    return [frozenset(grupo) for grupo in grupos]


def _crecimientos(conjunto, grupos, semillas, libres):
    """((GAD del grupo, km a su semilla), grupo, pieza) de cada pieza libre que toca un grupo."""
    for indice, grupo in enumerate(grupos):
        gads = conjunto.gads(grupo)
        for pieza in libres & _frontera(conjunto, grupo):
            yield (gads, _km(conjunto, semillas[indice], pieza)), indice, pieza


def _frontera(conjunto, grupo):
    return {vecina for pieza in grupo for vecina in conjunto.junto_a[pieza]}


def _semillas(conjunto, numero, azar):
    """La primera al azar; cada una de las otras, la más lejana de las ya elegidas."""
    todas = range(len(conjunto.piezas))
    elegidas = [azar.choice(todas)]
    cercania = [_km(conjunto, elegidas[0], una) for una in todas]
    while len(elegidas) < numero:
        nueva = max(todas, key=lambda una: (una not in elegidas, cercania[una]))
        elegidas.append(nueva)
        cercania = [min(cercania[una], _km(conjunto, nueva, una)) for una in todas]
    return elegidas


def _km(conjunto, una, otra):
    return distancia(conjunto.piezas[una].cantones[0], conjunto.piezas[otra].cantones[0])


def _recocer(conjunto, grupos, azar):
    """Mejora los grupos aceptando al principio algún cambio que empeora; devuelve lo mejor."""
    grupos = list(grupos)
    grupo_de = {pieza: indice for indice, grupo in enumerate(grupos) for pieza in grupo}
    costo = sum(map(conjunto.costo, grupos))
    mejor, menor = list(grupos), costo
    for temperatura in _temperaturas(conjunto, len(grupos)):
        cambio = _proponer_cambio(conjunto, grupos, grupo_de, azar)
        if cambio is None:
            continue
        diferencia = _diferencia(conjunto, grupos, cambio)
        if diferencia > 0 and azar.random() >= exp(-diferencia / temperatura):
            continue
        for indice, grupo in cambio.items():
            grupos[indice] = grupo
            grupo_de.update(dict.fromkeys(grupo, indice))
        costo += diferencia
        if costo < menor - 1e-12:
            mejor, menor = list(grupos), costo
    return mejor


def _temperaturas(conjunto, numero):
    """Bajan en progresión geométrica, en unidades del costo que le toca a un grupo."""
    primera, ultima = (parte / numero for parte in TEMPERATURAS)
    pasos = PASOS_POR_PIEZA * len(conjunto.piezas)
    razon = (ultima / primera) ** (1 / pasos)
    temperatura = primera
    for _ in range(pasos):
        yield temperatura
        temperatura *= razon


def _proponer_cambio(conjunto, grupos, grupo_de, azar):
    """{índice: grupo nuevo} de los dos grupos que cambian, o None si lo sorteado no vale."""
    pieza = azar.randrange(len(conjunto.piezas))
    origen = grupo_de[pieza]
    destinos = sorted({grupo_de[vecina] for vecina in conjunto.junto_a[pieza]} - {origen})
    if not destinos:
        return None
    destino = azar.choice(destinos)
    sale, entra = grupos[origen] - {pieza}, grupos[destino] | {pieza}
    if azar.random() < CANJES:
        devuelta = azar.choice(sorted(grupos[destino]))
        sale, entra = sale | {devuelta}, entra - {devuelta}
    if not sale or not conjunto.unido(sale) or not conjunto.unido(entra):
        return None
    return {origen: sale, destino: entra}


def _diferencia(conjunto, grupos, cambio):
    return sum(
        conjunto.costo(grupo) - conjunto.costo(grupos[indice]) for indice, grupo in cambio.items()
    )
