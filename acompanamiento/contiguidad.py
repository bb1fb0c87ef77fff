"""Qué cantones están unidos por sus límites, qué queda cortado y por qué. Sin base de datos.

`vecinos` es siempre una colección de pares de códigos que comparten límite (o un diccionario cuya
clave es el par); los pares con cantones ajenos a la pregunta no estorban. Un punto común no es
límite (véase fixtures/dpa/LEEME.md).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from territorios.texto import enumerar


@dataclass(frozen=True)
class Veredicto:
    """Si un grupo es continuo; si no, los nombres de lo cortado y de quien lo uniría."""

    contiguo: bool
    cortados: tuple[str, ...]
    mensaje: str
    puentes: tuple[str, ...] = ()


def adyacencia(codigos: Iterable[str], vecinos: Iterable) -> dict[str, set[str]]:
    """Con quién limita cada código, contando solo los códigos dados."""
    junto_a = {codigo: set() for codigo in codigos}
    for a, b in vecinos:
        if a in junto_a and b in junto_a:
            junto_a[a].add(b)
            junto_a[b].add(a)
    return junto_a


def componentes(codigos: Iterable[str], vecinos: Iterable) -> list[set[str]]:
    """Los conjuntos unidos por límites, del mayor al menor; a igual tamaño, por código."""
    junto_a = adyacencia(codigos, vecinos)
    conjuntos, vistos = [], set()
    for codigo in sorted(junto_a):
        if codigo not in vistos:
            conjunto = _alcanzables(codigo, junto_a)
            vistos |= conjunto
            conjuntos.append(conjunto)
    return sorted(conjuntos, key=lambda conjunto: (-len(conjunto), min(conjunto)))


def _alcanzables(codigo, junto_a):
    alcanzados, pendientes = {codigo}, [codigo]
    while pendientes:
        nuevos = junto_a[pendientes.pop()] - alcanzados
        alcanzados |= nuevos
        pendientes.extend(nuevos)
    return alcanzados


def aislados(codigos: Iterable[str], vecinos: Iterable) -> set[str]:
    """Los que no limitan con nadie, ni siquiera fuera de `codigos`: islas o límites por cargar."""
    con_limite = {codigo for par in vecinos for codigo in par}
    return set(codigos) - con_limite


# --- Veredicto ----------------------------------------------------------------------------------


def veredicto(
    codigos: Iterable[str],
    vecinos: Collection,
    nombres: Mapping[str, str],
    exclaves: Mapping[tuple[str, str], tuple[str, str]] | None = None,
) -> Veredicto:
    """Dice si los cantones forman un territorio continuo y, si no, qué queda cortado.

    `nombres` trae también los cantones de fuera del grupo: entre ellos se buscan los puentes.
    `exclaves` es lo que da `pares_por_exclave`; sirve para avisar de una unión que, siendo
    continua en el mapa, pasa por una parte separada de su cantón.
    """
    partes = componentes(codigos, vecinos)
    if len(partes) <= 1:
        return Veredicto(True, (), _mensaje_continuo(partes, vecinos, nombres, exclaves or {}))
    cortados = _cortados(partes)
    puentes = _puentes(partes, vecinos, nombres)
    frases = [
        _frase_del_corte(partes, cortados, nombres),
        _frase_de_los_puentes(puentes),
        _frase_de_los_aislados(cortados, sorted(aislados(cortados, vecinos)), nombres),
    ]
    mensaje = " ".join(frase for frase in frases if frase)
    return Veredicto(False, tuple(nombres[codigo] for codigo in cortados), mensaje, puentes)


def _hay_parte_mayor(partes):
    """Sin una parte mayor que las demás ninguna es «el resto»."""
    return len(partes[0]) > len(partes[1])


def _cortados(partes):
    sueltas = partes[1:] if _hay_parte_mayor(partes) else partes
    return sorted(codigo for parte in sueltas for codigo in parte)


def _frase_del_corte(partes, cortados, nombres):
    if _hay_parte_mayor(partes):
        verbo = "limita" if len(cortados) == 1 else "limitan"
        return f"{_nombrar(cortados, nombres)} no {verbo} con el resto."
    if len(partes[0]) == 1:
        return f"{_nombrar(cortados, nombres)} no limitan entre sí."
    listas = "; ".join(_nombrar(parte, nombres) for parte in partes)
    return f"El grupo queda en {len(partes)} partes que no limitan entre sí: {listas}."


def _nombrar(codigos, nombres):
    return enumerar(nombres[codigo] for codigo in sorted(codigos))


def _puentes(partes, vecinos, nombres):
    """Nombres de los cantones de fuera que, añadido uno solo, unirían todas las partes."""
    dentro = set().union(*partes)
    toca = defaultdict(set)
    for par in vecinos:
        for fuera, miembro in (par, par[::-1]):
            if fuera not in dentro and fuera in nombres and miembro in dentro:
                toca[fuera].add(miembro)
    return tuple(
        nombres[codigo] for codigo in sorted(toca) if all(parte & toca[codigo] for parte in partes)
    )


def _frase_de_los_puentes(puentes):
    if not puentes:
        return ""
    if len(puentes) == 1:
        return f"{puentes[0]} limita con todas las partes: añadido, las une."
    return f"Cualquiera de estos, añadido, une las partes: {enumerar(puentes)}."


def _frase_de_los_aislados(cortados, solos, nombres):
    if not solos:
        return ""
    if len(solos) == 1:
        return f"{nombres[solos[0]]} no tiene límite terrestre: es una isla o falta su cartografía."
    quienes = "Ninguno" if solos == cortados else f"Ni {' ni '.join(nombres[c] for c in solos)}"
    return f"{quienes} tiene límite terrestre: son islas o falta su cartografía."


def _mensaje_continuo(partes, vecinos, nombres, exclaves):
    if not partes:
        return "Todavía no hay cantones."
    if len(partes[0]) == 1:
        return f"{nombres[min(partes[0])]}: un solo cantón."
    avisos = _avisos_de_exclaves(partes[0], vecinos, nombres, exclaves)
    return " ".join([f"Los {len(partes[0])} cantones forman un territorio continuo.", *avisos])


# --- Exclaves -----------------------------------------------------------------------------------


def pares_por_exclave(
    parroquias: Mapping[str, Collection[str]],
    vecinos_parroquias: Collection,
    nombres: Mapping[str, str],
) -> dict[tuple[str, str], tuple[str, str]]:
    """Pares de cantones que solo limitan por una parte separada de uno de los dos.

    `parroquias` da las de cada cantón, con su cabecera, y `nombres` el de cada parroquia. Devuelve
    par (a < b) → (cantón dueño de la parte, nombre de la parte). Una isla no une nada y no cuenta.
    """
    canton_de = {codigo: canton for canton, suyas in parroquias.items() for codigo in suyas}
    fuera = defaultdict(set)
    for par in vecinos_parroquias:
        for una, otra in (par, par[::-1]):
            if una in canton_de and otra in canton_de:
                fuera[una].add(canton_de[otra])
    hallados = {}
    for canton in sorted(parroquias):
        principal, *separadas = _partes_del_canton(parroquias[canton], vecinos_parroquias)
        unidos = set().union(*(fuera[codigo] for codigo in principal))
        for parte in separadas:
            nombre = enumerar(nombres[codigo] for codigo in sorted(parte))
            for otro in set().union(*(fuera[codigo] for codigo in parte)) - unidos - {canton}:
                hallados[min(canton, otro), max(canton, otro)] = (canton, nombre)
    return hallados


def _partes_del_canton(parroquias, vecinos_parroquias):
    """Las partes, primero la mayor; con todas de un tamaño, la de la cabecera (código 50)."""
    partes = componentes(parroquias, vecinos_parroquias)
    return partes or [set()]


def _avisos_de_exclaves(grupo, vecinos, nombres, exclaves):
    """Una frase por cada unión sin la cual el grupo dejaría de ser continuo."""
    firmes = [par for par in vecinos if par not in exclaves]
    partes = componentes(grupo, firmes)
    if len(partes) == 1:
        return []
    parte_de = {codigo: numero for numero, parte in enumerate(partes) for codigo in parte}
    unidos = defaultdict(list)
    for (a, b), exclave in sorted(exclaves.items()):
        if a in parte_de and b in parte_de and parte_de[a] != parte_de[b]:
            unidos[exclave].append(b if exclave[0] == a else a)
    return [_aviso(exclave, otros, nombres) for exclave, otros in unidos.items()]


def _aviso(exclave, otros, nombres):
    canton, parte = exclave
    verbo = "se une" if len(otros) == 1 else "se unen"
    return (
        f"{_nombrar(otros, nombres)} {verbo} a {nombres[canton]} solo por {parte}, parte separada "
        f"de {nombres[canton]}."
    )
