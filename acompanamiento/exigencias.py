"""Lo que se pide a una propuesta de grupos y por qué, a veces, no se puede. Sin base de datos.

`armar_piezas` revisa todo lo que se puede saber antes de buscar y lanza `Infactible` diciendo qué
exigencia falla. Lo que devuelve —cantones que ya no se separan— es lo que reparte
`agrupacion.proponer`.
"""

import heapq
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

from territorios.texto import enumerar

from .contiguidad import adyacencia, aislados, componentes


class Infactible(Exception):
    """Las exigencias no se pueden cumplir a la vez; el mensaje dice cuál falla y por qué."""


@dataclass(frozen=True)
class Canton:
    """Un cantón por agrupar. `parroquias` son las rurales; `lon` y `lat`, WGS84."""

    codigo: str
    nombre: str
    provincia: str
    zona: int
    parroquias: int
    lon: float
    lat: float
    temas: frozenset[str] = frozenset()

    @property
    def gads(self):
        """El municipal y los parroquiales rurales: lo que un grupo acompaña."""
        return 1 + self.parroquias


@dataclass(frozen=True, kw_only=True)
class Exigencias:
    """Límites de cada grupo y cantones que van fijos.

    Por omisión, hasta 6 cantones —uno más que el mayor grupo del piloto y de la recomendación 6—
    y hasta 35 parroquias, para que quepa Quito, que tiene 33. Sin `numero_de_grupos` se usan los
    menos posibles, con holgura para equilibrar.
    """

    max_cantones: int = 6
    max_parroquias: int = 35
    min_cantones: int = 1
    juntos: tuple[frozenset[str], ...] = ()
    separados: tuple[tuple[str, str], ...] = ()
    semilla: int = 1
    numero_de_grupos: int | None = None


def rotulos(cantones: Collection[Canton]) -> dict[str, str]:
    """Nombre con que se escribe cada cantón; los homónimos, con su provincia."""
    veces = Counter(canton.nombre for canton in cantones)
    return {
        canton.codigo: canton.nombre
        if veces[canton.nombre] == 1
        else f"{canton.nombre} ({canton.provincia})"
        for canton in cantones
    }


def armar_piezas(
    cantones: Collection[Canton], vecinos: Collection, exigencias: Exigencias
) -> list[tuple[str, ...]]:
    """Los cantones en piezas que no se parten: los pedidos juntos con su enlace, o uno solo.

    `vecinos` debe traer ya los pares que unen archipiélagos. Lanza Infactible.
    """
    _revisar_limites(exigencias)
    _revisar_cantones(cantones, exigencias)
    por_codigo = {canton.codigo: canton for canton in cantones}
    _revisar_codigos_pedidos(por_codigo, exigencias)
    nombres = rotulos(cantones)
    bloques = _bloques(exigencias.juntos)
    for bloque in bloques:
        _revisar_separados(bloque, exigencias, nombres)
        _revisar_tamanio(bloque, por_codigo, exigencias, nombres)
    fijas = _enlazar_bloques(bloques, por_codigo, vecinos, exigencias, nombres)
    unidos = set().union(*fijas)
    sueltas = [(codigo,) for codigo in por_codigo if codigo not in unidos]
    return sorted([*(tuple(sorted(fija)) for fija in fijas), *sueltas])


# --- Lo que se pide, por sí mismo ---------------------------------------------------------------


def _revisar_limites(exigencias):
    minimo, maximo = exigencias.min_cantones, exigencias.max_cantones
    if minimo < 1 or maximo < 1:
        raise Infactible("El mínimo y el máximo de cantones por grupo son 1 o más.")
    if exigencias.max_parroquias < 0:
        raise Infactible("El máximo de parroquias por grupo no puede ser negativo.")
    if maximo < minimo:
        raise Infactible(
            f"El máximo de cantones por grupo ({maximo}) es menor que el mínimo ({minimo})."
        )


def _revisar_cantones(cantones, exigencias):
    if not cantones:
        raise Infactible("No hay ningún cantón que agrupar.")
    veces = Counter(canton.codigo for canton in cantones)
    repetidos = sorted(codigo for codigo, cuenta in veces.items() if cuenta > 1)
    if repetidos:
        raise Infactible(f"Código de cantón repetido: {enumerar(repetidos)}.")
    nombres = rotulos(cantones)
    for canton in cantones:
        if canton.lon is None or canton.lat is None:
            raise Infactible(f"{nombres[canton.codigo]} no tiene coordenadas: falta su punto.")
        if canton.parroquias > exigencias.max_parroquias:
            raise Infactible(
                f"{nombres[canton.codigo]} tiene {canton.parroquias} parroquias rurales y el "
                f"máximo por grupo es {exigencias.max_parroquias}."
            )


def _revisar_codigos_pedidos(por_codigo, exigencias):
    pedidos = [("juntos", codigos) for codigos in exigencias.juntos]
    pedidos += [("separados", codigos) for codigos in exigencias.separados]
    for palabra, codigos in pedidos:
        desconocidos = sorted(set(codigos) - set(por_codigo))
        if desconocidos:
            esta = "está" if len(desconocidos) == 1 else "están"
            raise Infactible(
                f"En «{palabra}» se pide {enumerar(desconocidos)}, que no {esta} entre los "
                "cantones que se agrupan."
            )
        if len(set(codigos)) < 2:
            dado = enumerar(set(codigos)) or "ninguno"
            raise Infactible(f"«{palabra}» necesita dos cantones distintos y se dio {dado}.")


def _bloques(juntos):
    """Une los pedidos que comparten algún cantón: A con B y B con C son A, B y C."""
    pares = [par for grupo in juntos for par in combinations(sorted(grupo), 2)]
    return componentes({codigo for grupo in juntos for codigo in grupo}, pares)


def _revisar_separados(bloque, exigencias, nombres):
    for a, b in exigencias.separados:
        if a in bloque and b in bloque:
            raise Infactible(
                f"{enumerar([nombres[a], nombres[b]])} se piden juntos y separados a la vez."
            )


def _revisar_tamanio(bloque, por_codigo, exigencias, nombres):
    quienes = enumerar(nombres[codigo] for codigo in sorted(bloque))
    if len(bloque) > exigencias.max_cantones:
        raise Infactible(
            f"{quienes} se piden juntos: suman {len(bloque)} cantones y el máximo por grupo es "
            f"{exigencias.max_cantones}."
        )
    parroquias = sum(por_codigo[codigo].parroquias for codigo in bloque)
    if parroquias > exigencias.max_parroquias:
        raise Infactible(
            f"{quienes} se piden juntos: suman {parroquias} parroquias rurales y el máximo por "
            f"grupo es {exigencias.max_parroquias}."
        )


# --- Enlazar lo pedido junto --------------------------------------------------------------------


def _enlazar_bloques(bloques, por_codigo, vecinos, exigencias, nombres):
    """Cada bloque con los cantones que hacen falta para que sea continuo.

    El enlace es el de menos cantones (y, a igualdad, menos parroquias) que no pasa por otro
    bloque. Entre dos cantones es exacto; entre más, se unen de parte en parte, lo que basta para
    lo que se pide en la práctica pero podría no ser el menor.
    """
    enlazados = []
    for bloque in bloques:
        ajenos = set().union(*bloques, *enlazados) - bloque
        ajenos |= {b for a, b in _ambos_sentidos(exigencias.separados) if a in bloque}
        enlazado = _enlazar(bloque, ajenos, por_codigo, vecinos, nombres)
        _revisar_enlace(bloque, enlazado, por_codigo, exigencias, nombres)
        enlazados.append(enlazado)
    return enlazados


def _ambos_sentidos(pares):
    return [*pares, *(par[::-1] for par in pares)]


def _enlazar(bloque, ajenos, por_codigo, vecinos, nombres):
    libres = set(por_codigo) - ajenos
    junto_a = adyacencia(libres, vecinos)
    enlazado = set(bloque)
    while len(partes := componentes(enlazado, vecinos)) > 1:
        camino = _camino(partes[0], enlazado - partes[0], junto_a, por_codigo)
        if camino is None:
            raise Infactible(_sin_camino(bloque, partes, vecinos, nombres))
        enlazado |= camino
    return enlazado


def _sin_camino(bloque, partes, vecinos, nombres):
    sueltos = sorted(min(parte & bloque) for parte in partes)
    entre = "ambos" if len(sueltos) == 2 else "ellos"
    aparte = [nombres[codigo] for codigo in sorted(aislados(bloque, vecinos))]
    causa = f" ({enumerar(aparte)} no limita con ningún cantón)" if len(aparte) == 1 else ""
    return (
        f"{enumerar(nombres[codigo] for codigo in sueltos)} se piden juntos, pero no hay camino "
        f"de cantones libres entre {entre}{causa}."
    )


def _camino(origen: set, destino: set, junto_a: Mapping, por_codigo: Mapping):
    """Los cantones entre `origen` y `destino`: los menos y, a igualdad, con menos parroquias."""
    cola = [(0, 0, codigo, ()) for codigo in sorted(origen)]
    vistos = set()
    while cola:
        pasos, parroquias, codigo, camino = heapq.heappop(cola)
        if codigo in destino:
            return set(camino)
        if codigo not in vistos:
            vistos.add(codigo)
            for otro in sorted(junto_a[codigo] - vistos):
                suma = parroquias + por_codigo[otro].parroquias
                heapq.heappush(cola, (pasos + 1, suma, otro, (*camino, otro)))
    return None


def _revisar_enlace(bloque, enlazado, por_codigo, exigencias, nombres):
    """Un bloque enlazado puede pasarse de los límites aunque lo pedido cupiera."""
    if enlazado == bloque:
        return
    quienes = enumerar(nombres[codigo] for codigo in sorted(bloque))
    enlace = enumerar(nombres[codigo] for codigo in sorted(enlazado - bloque))
    inicio = f"{quienes} se piden juntos, pero para unirlos hace falta {enlace}"
    if len(enlazado) > exigencias.max_cantones:
        raise Infactible(
            f"{inicio}: son {len(enlazado)} cantones y el máximo por grupo es "
            f"{exigencias.max_cantones}."
        )
    parroquias = sum(por_codigo[codigo].parroquias for codigo in enlazado)
    if parroquias > exigencias.max_parroquias:
        raise Infactible(
            f"{inicio}: suman {parroquias} parroquias rurales y el máximo por grupo es "
            f"{exigencias.max_parroquias}."
        )
