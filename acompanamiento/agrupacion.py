"""Motor de propuestas: reparte cantones en grupos circunvecinos continuos. Sin base de datos.

    proponer(cantones, vecinos, exigencias) -> Propuesta        (o lanza Infactible)

Método
------
1. Las islas de una misma provincia se unen entre sí con límites ficticios de 0 km, para que un
   archipiélago pueda ser un grupo; ese grupo sale con `contiguo=False` y su motivo.
2. Lo pedido junto se vuelve una pieza que no se parte (`exigencias.armar_piezas`).
3. Cada conjunto de piezas que no limita con los demás se reparte aparte. Su número de grupos es
   uno si cabe entero; si no, el que llena los grupos al 85 %; o el que toque de
   `numero_de_grupos`.
4. Un conjunto se reparte desde varios arranques (`busqueda.py`): se siembran piezas lejanas entre
   sí, crece siempre el grupo con menos GAD y luego se mejora con recocido simulado: se pasa una
   pieza de frontera al grupo vecino, o se canjean dos, sin romper nunca la continuidad.
5. Los límites y lo pedido separado pesan como castigo durante la búsqueda y se comprueban al
   final. Si algo queda incumplido se prueba con más grupos; tras unos intentos se lanza
   `Infactible` con lo que falló. No hallar un reparto no demuestra que no exista.

Costo de un reparto, con términos sin unidades y por tanto comparables entre zonas:

    3 · equilibrio²  +  km medio  +  0,4 · km del más lejano  −  0,5 · límite interno
                     +  0,1 · provincias  −  0,5 · temas                 (`busqueda.Pesos`)

`equilibrio`, `km medio` y `límite interno` son los de `medidas.py`; el más lejano es el de cada
grupo, en promedio, para que a nadie le toque un viaje desmedido; los km se dividen para la
distancia media entre vecinos. `provincias` son las de más por grupo; `temas`, la parte de los
cantones que coincide con otro de su grupo en el tema más repetido. Como es una suma por grupos,
cambiar dos solo obliga a recalcular esos dos.

Es determinista: con los mismos datos, exigencias y semilla sale siempre la misma propuesta.
"""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from itertools import combinations
from math import ceil
from random import Random

from territorios.texto import cuantos, enumerar

from .busqueda import CASTIGOS, Conjunto, Escala, Pesos, Pieza, repartir, tema_comun
from .contiguidad import (
    Veredicto,
    aislados,
    componentes,
    pares_por_exclave,
    veredicto,
)
from .exigencias import Canton, Exigencias, Infactible, armar_piezas, rotulos
from .medidas import MedidaGrupo, Medidas, medir, medir_grupo

__all__ = [
    "Canton",
    "Exigencias",
    "GrupoPropuesto",
    "Infactible",
    "Propuesta",
    "Pesos",
    "Veredicto",
    "como_datos",
    "componentes",
    "pares_por_exclave",
    "presentar",
    "proponer",
    "veredicto",
]

LLENADO = 0.85  # un reparto lleno hasta el tope no deja mover nada para equilibrar
INTENTOS = 8  # números de grupos que se prueban antes de desistir


@dataclass(frozen=True)
class GrupoPropuesto:
    """Un grupo, por código. `motivo` dice por qué no es continuo o no llegó al mínimo."""

    codigos: tuple[str, ...]
    medida: MedidaGrupo
    motivo: str
    explicacion: tuple[str, ...]

    @property
    def sede(self):
        return self.medida.sede

    @property
    def contiguo(self):
        return self.medida.contiguo


@dataclass(frozen=True)
class Propuesta:
    grupos: tuple[GrupoPropuesto, ...]
    medidas: Medidas


def proponer(
    cantones: Collection[Canton],
    vecinos: Mapping[tuple[str, str], float],
    exigencias: Exigencias | None = None,
    pesos: Pesos | None = None,
) -> Propuesta:
    """Reparte todos los cantones, cada uno en un grupo. Lanza Infactible.

    `vecinos`: par de códigos → km de límite común. Conviene dar los de todo el país: así se
    distingue una isla de un cantón cuyos vecinos quedaron fuera de la selección.
    """
    exigencias = exigencias or Exigencias()
    # En orden, para que ni el de llegada ni el redondeo de las sumas cambien el resultado.
    cantones = sorted(cantones, key=lambda canton: canton.codigo)
    km = dict(sorted((tuple(sorted(par)), float(largo)) for par, largo in vecinos.items()))
    unidos = km | _archipielagos(cantones, km)
    piezas = armar_piezas(cantones, unidos, exigencias)
    por_codigo = {canton.codigo: canton for canton in cantones}
    conjuntos = _conjuntos(piezas, unidos, por_codigo)
    numeros = _numeros_de_grupos(conjuntos, exigencias)
    escala = Escala.de(por_codigo, km, sum(numeros))
    azar = Random(exigencias.semilla)
    grupos = []
    for partes, numero in zip(conjuntos, numeros, strict=True):
        conjunto = Conjunto(partes, unidos, exigencias, escala, pesos or Pesos())
        grupos += _repartir_cumpliendo(conjunto, numero, azar)
    return _presentar(sorted(grupos), por_codigo, km, exigencias)


def presentar(grupos, cantones, vecinos, exigencias=None) -> Propuesta:
    """Mide y explica un reparto ya hecho: grupos de códigos, en el orden dado."""
    por_codigo = {canton.codigo: canton for canton in cantones}
    km = {tuple(sorted(par)): float(largo) for par, largo in vecinos.items()}
    return _presentar(grupos, por_codigo, km, exigencias or Exigencias())


def _archipielagos(cantones, km):
    """Límites ficticios de 0 km entre los cantones sin vecinos de una misma provincia."""
    sin_vecinos = aislados({canton.codigo for canton in cantones}, km)
    islas = sorted(
        (canton.codigo, canton.provincia) for canton in cantones if canton.codigo in sin_vecinos
    )
    return {(a, b): 0.0 for (a, una), (b, otra) in combinations(islas, 2) if una == otra}


def _conjuntos(piezas, unidos, por_codigo):
    """Las piezas de cada conjunto de cantones que no limita con los demás."""
    return [
        [
            Pieza(tuple(por_codigo[codigo] for codigo in pieza))
            for pieza in piezas
            if pieza[0] in parte
        ]
        for parte in componentes(por_codigo, unidos)
    ]


def _repartir_cumpliendo(conjunto, numero, azar):
    """Los códigos de cada grupo; prueba con más grupos mientras algo no se cumpla."""
    ultimo = numero
    if conjunto.exigencias.numero_de_grupos is None:
        ultimo = _maximo_de_grupos(conjunto.piezas, conjunto.exigencias)
    cuantos_grupos = numero
    for _ in range(INTENTOS):
        grupos, faltas = _intentar(conjunto, cuantos_grupos, azar)
        if not faltas:
            return [conjunto.codigos(grupo) for grupo in grupos]
        if cuantos_grupos == ultimo:
            break
        cuantos_grupos = min(ultimo, cuantos_grupos + ceil(len(faltas) / 2))
    probados = f"{numero}" if cuantos_grupos == numero else f"entre {numero} y {cuantos_grupos}"
    raise Infactible(
        f"No se halló cómo repartir {cuantos(_cantones(conjunto.piezas), 'cantón', 'cantones')} "
        f"en {probados} grupos cumpliendo todo: {'; '.join(faltas)}."
    )


def _intentar(conjunto, numero, azar):
    """El reparto y lo que le falta por cumplir, con el castigo suave y, si no basta, el duro."""
    for castigo in CASTIGOS:
        conjunto.castigar(castigo)
        grupos = repartir(conjunto, numero, azar)
        faltas = conjunto.incumplidas(grupos)
        if not faltas:
            break
    return grupos, faltas


# --- Cuántos grupos -----------------------------------------------------------------------------


def _numeros_de_grupos(conjuntos, exigencias):
    """Con cuántos grupos se prueba cada conjunto. Lanza Infactible si lo pedido no alcanza."""
    for piezas in conjuntos:
        _revisar_rango(piezas, exigencias)
    if exigencias.numero_de_grupos is None:
        return [_numero_holgado(piezas, exigencias) for piezas in conjuntos]
    return _distribuir(conjuntos, exigencias)


def _cantones(piezas):
    return sum(len(pieza.cantones) for pieza in piezas)


def _minimo_de_grupos(piezas, exigencias, llenado=1.0):
    parroquias = sum(pieza.parroquias for pieza in piezas)
    por_cantones = _cantones(piezas) / (exigencias.max_cantones * llenado)
    por_parroquias = parroquias / (exigencias.max_parroquias * llenado) if parroquias else 0
    return ceil(max(por_cantones, por_parroquias))


def _maximo_de_grupos(piezas, exigencias):
    """Uno por pieza, si el mínimo de cantones deja; un conjunto corto es un grupo igual."""
    return min(len(piezas), max(1, _cantones(piezas) // exigencias.min_cantones))


def _numero_holgado(piezas, exigencias):
    if _minimo_de_grupos(piezas, exigencias) == 1:
        return 1
    holgado = _minimo_de_grupos(piezas, exigencias, LLENADO)
    return min(holgado, _maximo_de_grupos(piezas, exigencias))


def _revisar_rango(piezas, exigencias):
    minimo = _minimo_de_grupos(piezas, exigencias)
    maximo = _maximo_de_grupos(piezas, exigencias)
    if minimo > maximo:
        raise Infactible(
            f"{_quienes(piezas)} solo limitan entre sí y no se pueden repartir: con el máximo de "
            f"{_limites(exigencias)} hacen falta {minimo} grupos, y con el mínimo de "
            f"{cuantos(exigencias.min_cantones, 'cantón', 'cantones')} "
            f"{'cabe' if maximo == 1 else 'caben'} {maximo}."
        )


def _quienes(piezas):
    """Los nombres, o cuántos son si la lista estorba."""
    nombres = [canton.nombre for pieza in piezas for canton in pieza.cantones]
    return enumerar(nombres) if len(nombres) <= 8 else f"Los {len(nombres)} cantones"


def _limites(exigencias):
    return (
        f"{cuantos(exigencias.max_cantones, 'cantón', 'cantones')} y "
        f"{cuantos(exigencias.max_parroquias, 'parroquia', 'parroquias')}"
    )


def _distribuir(conjuntos, exigencias):
    """Reparte `numero_de_grupos`: uno más cada vez al conjunto con más GAD por grupo."""
    pedidos = exigencias.numero_de_grupos
    numeros = [_minimo_de_grupos(piezas, exigencias) for piezas in conjuntos]
    maximos = [_maximo_de_grupos(piezas, exigencias) for piezas in conjuntos]
    _revisar_numero(pedidos, sum(numeros), sum(maximos), conjuntos, exigencias)
    gads = [sum(pieza.gads for pieza in piezas) for piezas in conjuntos]
    while sum(numeros) < pedidos:
        con_lugar = [i for i, numero in enumerate(numeros) if numero < maximos[i]]
        numeros[max(con_lugar, key=lambda i: gads[i] / numeros[i])] += 1
    return numeros


def _revisar_numero(pedidos, minimo, maximo, conjuntos, exigencias):
    if pedidos < minimo:
        sueltos = f", pues forman {len(conjuntos)} conjuntos que no limitan entre sí"
        raise Infactible(
            f"Se {_grupos_pedidos(pedidos)}, pero para no pasar de {_limites(exigencias)} por "
            f"grupo hacen falta al menos {minimo}{sueltos if len(conjuntos) > 1 else ''}."
        )
    if pedidos > maximo:
        raise Infactible(
            f"Se {_grupos_pedidos(pedidos)}, pero con un mínimo de "
            f"{cuantos(exigencias.min_cantones, 'cantón', 'cantones')} por grupo y lo pedido junto "
            f"no salen más de {maximo}."
        )


def _grupos_pedidos(pedidos):
    return f"{'pide' if pedidos == 1 else 'piden'} {cuantos(pedidos, 'grupo', 'grupos')}"


# --- Presentación -------------------------------------------------------------------------------


def _presentar(grupos, por_codigo, km, exigencias):
    medidas = medir(grupos, por_codigo, km)
    nombres = rotulos(por_codigo.values())
    promedio = sum(canton.gads for canton in por_codigo.values()) / len(grupos)
    presentados = []
    for codigos in grupos:
        medida = medir_grupo(codigos, por_codigo, km)
        miembros = [por_codigo[codigo] for codigo in codigos]
        motivo = _motivo(miembros, medida, por_codigo, nombres, km, exigencias)
        frases = explicar(miembros, medida, nombres, promedio, exigencias, motivo)
        presentados.append(GrupoPropuesto(codigos, medida, motivo, frases))
    return Propuesta(tuple(presentados), medidas)


def _motivo(miembros, medida, por_codigo, nombres, km, exigencias):
    """Por qué un grupo no es continuo o no pudo ser otro; vacío si salió de la búsqueda."""
    quienes = enumerar(nombres[canton.codigo] for canton in miembros)
    codigos = {canton.codigo for canton in miembros}
    corto = ""
    if len(miembros) < exigencias.min_cantones:
        corto = f" Por eso no llega al mínimo de {exigencias.min_cantones} cantones."
    if not medida.contiguo:
        return (
            f"No es un territorio continuo: {quienes} no tienen límite terrestre con ningún cantón "
            f"y van juntos por ser de la misma provincia ({miembros[0].provincia}).{corto}"
        )
    if aislados(codigos, km):
        return (
            f"{quienes} no limita por tierra con ningún cantón (isla o límites por cargar).{corto}"
        )
    if codigos != set(por_codigo) and codigos in componentes(por_codigo, km):
        quien = quienes if len(miembros) == 1 else "El grupo"
        return (
            f"{quien} no limita con los demás cantones que se agrupan: sus otros vecinos quedan "
            f"fuera de la selección o ya tienen grupo.{corto}"
        )
    return ""


def explicar(miembros, medida, nombres, promedio, exigencias, motivo) -> tuple[str, ...]:
    """Por qué este grupo, en frases: unión, tamaño, forma, sede, provincias, temas y pedidos."""
    frases = [
        _frase_de_union(miembros, medida, nombres, promedio, motivo),
        motivo,
        _frase_de_tamanio(medida, promedio),
        _frase_de_compacidad(medida),
        _frase_de_sede(medida, nombres),
        _frase_de_provincias(miembros),
        _frase_de_temas(miembros, nombres),
        _frase_de_pedidos(miembros, nombres, exigencias),
    ]
    return tuple(frase for frase in frases if frase)


def _frase_de_union(miembros, medida, nombres, promedio, motivo):
    quienes = enumerar(nombres[canton.codigo] for canton in miembros)
    if len(miembros) > 1 and medida.contiguo:
        return (
            f"{quienes} forman un territorio continuo: comparten {medida.km_internos:.0f} km de "
            "límite."
        )
    if motivo:
        return ""
    if medida.gads >= promedio:
        return f"{quienes} forma un grupo por sí solo: no reúne menos GAD que el promedio."
    return f"{quienes} forma un grupo por sí solo: así los demás quedan mejor repartidos."


def _frase_de_tamanio(medida, promedio):
    return (
        f"Suma {medida.gads} GAD ({cuantos(medida.cantones, 'municipal', 'municipales')} y "
        f"{cuantos(medida.parroquias, 'parroquial rural', 'parroquiales rurales')}); el promedio "
        f"de los grupos es {_decimal(promedio)}."
    )


def _frase_de_compacidad(medida):
    if medida.cantones == 1:
        return ""
    frase = f"Sus cantones quedan, en promedio, a {medida.km_medio:.0f} km de la sede"
    if medida.km_internos == 0:
        return f"{frase}."
    return f"{frase}, y el {round(100 * medida.limite_interno)} % de su límite es entre ellos."


def _frase_de_sede(medida, nombres):
    if medida.cantones == 1:
        return f"Sede: {nombres[medida.sede]}."
    return (
        f"Sede sugerida: {nombres[medida.sede]}; el cantón más lejano, {nombres[medida.lejano]}, "
        f"queda a {medida.km_maximo:.0f} km en línea recta."
    )


def _frase_de_provincias(miembros):
    """Solo si cruza provincias o zonas: lo demás se da por sabido."""
    provincias = sorted({canton.provincia for canton in miembros})
    zonas = sorted({canton.zona for canton in miembros})
    cruces = []
    if len(provincias) > 1:
        cruces.append(f"Reúne cantones de {enumerar(provincias)}.")
    if len(zonas) > 1:
        cruces.append(f"Cruza las zonas {enumerar(map(str, zonas))}.")
    return " ".join(cruces)


def _frase_de_temas(miembros, nombres):
    tema, veces = tema_comun(miembros)
    if veces < 2:
        return ""
    quienes = enumerar(nombres[canton.codigo] for canton in miembros if tema in canton.temas)
    return f"Comparten un tema, «{tema}»: {quienes}."


def _frase_de_pedidos(miembros, nombres, exigencias):
    codigos = {canton.codigo for canton in miembros}
    pedidos = [sorted(juntos) for juntos in exigencias.juntos if codigos.issuperset(juntos)]
    frases = [enumerar(nombres[codigo] for codigo in juntos) for juntos in pedidos]
    return " ".join(f"Se pidieron juntos: {quienes}." for quienes in frases)


def _decimal(numero):
    return f"{numero:.1f}".replace(".", ",")


# --- Como datos ---------------------------------------------------------------------------------


def como_datos(propuesta: Propuesta, cantones: Collection[Canton]) -> dict:
    """La propuesta en tipos simples, para JSON: números redondeados y cantones con nombre."""
    por_codigo = {canton.codigo: canton for canton in cantones}
    return {
        "medidas": _redondear(asdict(propuesta.medidas)),
        "grupos": [
            {
                "numero": numero,
                "cantones": [_datos_del_canton(por_codigo[codigo]) for codigo in grupo.codigos],
                **_redondear(asdict(grupo.medida), sin=("cantones",)),
                "motivo": grupo.motivo,
                "explicacion": list(grupo.explicacion),
            }
            for numero, grupo in enumerate(propuesta.grupos, start=1)
        ],
    }


def _redondear(datos, sin=()):
    return {
        clave: round(valor, 3) if isinstance(valor, float) else valor
        for clave, valor in datos.items()
        if clave not in sin
    }


def _datos_del_canton(canton):
    return {
        "codigo": canton.codigo,
        "nombre": canton.nombre,
        "provincia": canton.provincia,
        "zona": canton.zona,
        "parroquias": canton.parroquias,
    }
