"""Cómo se mide un grupo y un reparto de cantones en grupos. Sin base de datos.

Medidas de un reparto:

- **contiguos**: parte de los grupos que son un territorio continuo.
- **equilibrio**: coeficiente de variación (desviación típica poblacional / media) del número de
  GAD por grupo, contando los municipales y los parroquiales rurales. Cero es igualdad.
- **km_medio**, la compacidad: lo que dista en promedio un cantón de la sede de su grupo; cuanto
  menos, más compacto. **km_maximo** es el mayor de esos trayectos. En línea recta entre los
  puntos interiores de los cantones, no por carretera ni entre cabeceras.
- **limite_interno**: parte de los km de límite entre los cantones repartidos que queda dentro de
  los grupos; lo demás separa a vecinos. Sube cuando unos pocos grupos acaparan: por sí solo
  premia el desequilibrio. Si no hay ningún límite, 1.

El límite interno de un solo grupo es la parte de todo el límite de sus cantones, con quien sea,
que queda entre ellos. Los km de límite vienen de cartografía generalizada: ordenan, no miden.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from math import asin, cos, radians, sin, sqrt
from statistics import fmean, pstdev

from .contiguidad import componentes
from .exigencias import Canton, Exigencias

RADIO_TERRESTRE_KM = 6371.0
COLUMNAS = ("", "grupos", "contiguos", "equilibrio", "km medio", "km máx.", "límite interno")


@cache
def kilometros(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Distancia de círculo máximo entre dos puntos, en km."""
    fi_a, fi_b = radians(lat_a), radians(lat_b)
    alto, ancho = (fi_b - fi_a) / 2, radians(lon_b - lon_a) / 2
    cuerda = sin(alto) ** 2 + cos(fi_a) * cos(fi_b) * sin(ancho) ** 2
    return 2 * RADIO_TERRESTRE_KM * asin(sqrt(cuerda))


def distancia(a: Canton, b: Canton) -> float:
    """Km en línea recta entre los puntos de dos cantones."""
    return kilometros(a.lon, a.lat, b.lon, b.lat)


def sede(miembros: Collection[Canton]) -> Canton:
    """El miembro cuyo compañero más lejano está más cerca.

    A igual distancia, el de más parroquias —lo que hay aquí más parecido a la población— y luego
    el de menor código.
    """
    return min(
        miembros,
        key=lambda uno: (
            max(distancia(uno, otro) for otro in miembros),
            -uno.parroquias,
            uno.codigo,
        ),
    )


@dataclass(frozen=True)
class MedidaGrupo:
    """Tamaño, sede y forma de un grupo. `lejano` es el miembro más apartado de la sede."""

    cantones: int
    parroquias: int
    gads: int
    sede: str
    lejano: str
    km_maximo: float
    km_medio: float
    km_internos: float
    limite_interno: float
    contiguo: bool


def medir_grupo(
    codigos: Collection[str], cantones: Mapping[str, Canton], vecinos: Mapping
) -> MedidaGrupo:
    """`cantones` por código y `vecinos` por par (a < b), con los km de límite."""
    miembros = [cantones[codigo] for codigo in sorted(codigos)]
    centro = sede(miembros)
    lejano = max(miembros, key=lambda uno: distancia(centro, uno))
    internos = km_internos(codigos, vecinos)
    total = sum(km for (a, b), km in vecinos.items() if a in codigos or b in codigos)
    return MedidaGrupo(
        cantones=len(miembros),
        parroquias=sum(uno.parroquias for uno in miembros),
        gads=sum(uno.gads for uno in miembros),
        sede=centro.codigo,
        lejano=lejano.codigo,
        km_maximo=distancia(centro, lejano),
        km_medio=fmean(distancia(centro, uno) for uno in miembros),
        km_internos=internos,
        limite_interno=internos / total if total else 0.0,
        contiguo=len(componentes(codigos, vecinos)) == 1,
    )


def km_internos(codigos: Collection[str], vecinos: Mapping) -> float:
    return sum(vecinos.get(par, 0.0) for par in combinations(sorted(codigos), 2))


@dataclass(frozen=True)
class Medidas:
    """Un reparto entero, según la cabecera de este archivo."""

    grupos: int
    contiguos: float
    equilibrio: float
    km_medio: float
    km_maximo: float
    limite_interno: float


def medir(
    grupos: Sequence[Collection[str]], cantones: Mapping[str, Canton], vecinos: Mapping
) -> Medidas:
    medidas = [medir_grupo(grupo, cantones, vecinos) for grupo in grupos]
    internos = sum(medida.km_internos for medida in medidas)
    total = km_internos([codigo for grupo in grupos for codigo in grupo], vecinos)
    gads = [medida.gads for medida in medidas]
    repartidos = sum(medida.cantones for medida in medidas)
    return Medidas(
        grupos=len(medidas),
        contiguos=fmean(medida.contiguo for medida in medidas),
        equilibrio=pstdev(gads) / fmean(gads),
        km_medio=sum(medida.km_medio * medida.cantones for medida in medidas) / repartidos,
        km_maximo=max(medida.km_maximo for medida in medidas),
        limite_interno=internos / total if total else 1.0,
    )


def es_tan_bueno(propuesta: Medidas, otro: Medidas) -> bool:
    """Lo que se exige frente a otro reparto: continuo y no menos equilibrado ni compacto."""
    return (
        propuesta.contiguos == 1.0
        and propuesta.equilibrio <= otro.equilibrio
        and propuesta.km_medio <= otro.km_medio
    )


def comparar(propuesta: Medidas, otro: Medidas) -> str:
    """En qué gana o pierde la propuesta; la compacidad son los km medios a la sede."""
    return "; ".join(
        [
            "continua" if propuesta.contiguos == 1.0 else "no continua",
            _comparado(propuesta.equilibrio, otro.equilibrio, "equilibrada"),
            f"{_comparado(propuesta.km_medio, otro.km_medio, 'compacta')}.",
        ]
    )


def _comparado(propia, ajena, adjetivo):
    if propia == ajena:
        return f"igual de {adjetivo}"
    return f"{'más' if propia < ajena else 'menos'} {adjetivo}"


# --- Reparto de comparación ---------------------------------------------------------------------


def voraz(
    cantones: Mapping[str, Canton], vecinos: Mapping, exigencias: Exigencias
) -> list[set[str]]:
    """El reparto de quien une lo que tiene más a mano y no vuelve atrás.

    Parte de un grupo por cantón y une cada vez los dos grupos vecinos que menos GAD suman (a
    igualdad, los de más límite común y luego menor código), mientras no pasen de los máximos,
    hasta quedar en `exigencias.numero_de_grupos` o no poder unir más: puede acabar con más grupos.
    """
    grupos = [{codigo} for codigo in sorted(cantones)]
    while len(grupos) > exigencias.numero_de_grupos:
        uniones = [
            _union(uno, otro, cantones, vecinos)
            for uno, otro in combinations(grupos, 2)
            if _limitan(uno, otro, vecinos) and _cabe(uno | otro, cantones, exigencias)
        ]
        if not uniones:
            break
        *_, uno, otro = min(uniones, key=lambda union: union[:3])
        grupos = [grupo for grupo in grupos if grupo not in (uno, otro)] + [uno | otro]
    return grupos


def _union(uno, otro, cantones, vecinos):
    """(GAD que suman, −km de límite común, menor código, uno, otro)."""
    gads = sum(cantones[codigo].gads for codigo in uno | otro)
    comun = sum(km for _, km in _limites_comunes(uno, otro, vecinos))
    return gads, -comun, min(uno | otro), uno, otro


def _limitan(uno, otro, vecinos):
    return any(_limites_comunes(uno, otro, vecinos))


def _limites_comunes(uno, otro, vecinos):
    pares = ((min(a, b), max(a, b)) for a in sorted(uno) for b in sorted(otro))
    return ((par, vecinos[par]) for par in pares if par in vecinos)


def _cabe(grupo, cantones, exigencias):
    parroquias = sum(cantones[codigo].parroquias for codigo in grupo)
    return len(grupo) <= exigencias.max_cantones and parroquias <= exigencias.max_parroquias


def tabla(repartos: Sequence[tuple[str, Medidas]]) -> str:
    """Una línea por reparto, en columnas, con números escritos como en el Ecuador."""
    filas = [COLUMNAS, *(_fila(nombre, medidas) for nombre, medidas in repartos)]
    anchos = [max(map(len, columna)) for columna in zip(*filas, strict=True)]
    return "\n".join(
        "  ".join([fila[0].ljust(anchos[0]), *map(str.rjust, fila[1:], anchos[1:])])
        for fila in filas
    )


def _fila(nombre, medidas):
    numeros = (
        f"{medidas.grupos}",
        f"{medidas.contiguos:.0%}",
        f"{medidas.equilibrio:.3f}",
        f"{medidas.km_medio:.1f}",
        f"{medidas.km_maximo:.1f}",
        f"{medidas.limite_interno:.1%}",
    )
    return (nombre, *(numero.replace(".", ",").replace("%", " %") for numero in numeros))
