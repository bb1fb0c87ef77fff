"""Qué tan parecidos son dos textos cortos en español, y cómo se agrupan los que se parecen.

Funciones puras: ni base ni petición. Las usan la visión circunvecina, el libro de información y las
necesidades. El parecido propone; quien confirma es siempre una persona.

Cómo se puntúa, de 0 a 100: cada texto se reduce a las raíces de sus palabras, sin palabras vacías
(«de», «para»); las que en un plan acompañan a cualquier tema («desarrollo», «gestión») pesan la
mitad. El puntaje es el promedio de dos razones: cuánto de lo común cabe en el texto más corto y
cuánto en los dos juntos (Dice). Así «Turismo» y «Turismo sustentable» se parecen mucho, y
«Participación ciudadana» y «Seguridad ciudadana», solo a medias. No sabe de sinónimos: «riesgos» y
«resiliente» no se parecen (`manage.py medir_similitud` dice cuánto acierta y cuánto se le escapa).
"""

import heapq
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import snowballstemmer
from rapidfuzz import fuzz

from territorios.texto import sin_tildes

# El de fábrica lo justifica el banco de prueba: fixtures/banco/LEEME.md.
UMBRAL = 60
UMBRAL_MINIMO, UMBRAL_MAXIMO = 30, 100
# Dos palabras que difieren en una letra de tecleo, si son tan largas que no serán otra palabra
# («riesgos» y «riegos» no lo son).
CASI_IGUALES = 90
LARGO_PARA_TECLEO = 8
# Pegar un documento entero no debe costar más que una frase: lo que pasa de aquí no se compara.
LETRAS_COMPARADAS = 600

DICHAS_VACIAS = """a al ante bajo cada como con contra cual cuando cuya cuyo de del desde donde e el
    ella ellas ellos en entre es esa ese eso esta estas este esto estos fue ha han hacia hasta hay
    la las le les lo los mas me mi muy ni no nos o otra otras otro otros para pero por porque que
    quien se segun ser si sin sobre son su sus tambien tanto todo toda todas todos tras tu u un una
    unas uno unos y ya etc"""
VACIAS = frozenset(DICHAS_VACIAS.split())
# Vocabulario corriente de los planes: acompaña a cualquier tema y por eso distingue poco.
CORRIENTES = """ampliar aplicacion apoyo asistencia asumir canton cantonal capacitacion
    conocimiento contar dato datos desarrollar desarrollo ejecucion elaboracion fomentar fomento
    fortalecer fortalecimiento garantizar general generar gestion impulsar informacion integral
    local manejo mejora mejoramiento mejorar optimizar parroquia parroquial plan planes priorizar
    proceso programa promover provincia provincial provision proyecto respetar sistema tecnica
    tecnico territorial territorio zona"""
PESO_CORRIENTE = 0.5

# «turismo» y «turístico»: el radicador los deja en «turism» y «turist».
OFICIO = re.compile(r"(?<=\w{3})is[mt]$")

PALABRA = re.compile(r"[^\W_]+")
SEPARA_PARTES = re.compile(r"[,;\n]+")


@dataclass(frozen=True)
class Parecido:
    """Puntaje de 0 a 100 y las palabras que lo explican, como están en el primer texto."""

    puntaje: int
    comunes: tuple[str, ...] = ()


class Palabra(NamedTuple):
    raices: tuple[str, ...]
    peso: float
    llana: str


def parecido(a, b):
    """Puntaje de 0 a 100 entre dos textos; el mismo en los dos sentidos."""
    return comparar(a, b).puntaje


@lru_cache(maxsize=8_192)
def comparar(a, b):
    """El parecido de dos textos, explicado por las palabras que comparten.

    Las páginas de un grupo comparan una y otra vez las mismas parejas: se recuerdan las últimas.
    """
    unas, otras = _palabras(a), _palabras(b)
    if not unas or not otras:
        iguales = sin_tildes(str(a)) == sin_tildes(str(b)) != ""
        return Parecido(100 if iguales else 0)
    pares = _emparejar(unas, otras)
    comunes = tuple(unas[palabra] for palabra, _, _ in pares)
    return Parecido(_puntaje(unas, otras, pares), comunes)


def partes(texto):
    """Los temas que un mismo texto enumera: «Riesgos, turismo» → [«Riesgos», «turismo»].

    Un texto sin comas es su única parte. Lo que está entre paréntesis o corchetes no se parte.
    """
    sueltas, fondo, actual = [], 0, ""
    for letra in texto:
        fondo = max(fondo + (letra in "([") - (letra in ")]"), 0)
        if not fondo and SEPARA_PARTES.match(letra):
            sueltas.append(actual)
            actual = ""
        else:
            actual += letra
    limpias = [" ".join(parte.split()) for parte in [*sueltas, actual]]
    return [parte for parte in limpias if PALABRA.search(parte)] or [texto.strip()]


def agrupar(textos, umbral=UMBRAL):
    """Grupos de índices de `textos` que se parecen, de más a menos elementos.

    Enlace promedio: dos grupos se juntan si el promedio de sus parecidos alcanza el umbral; así un
    texto puente no encadena temas ajenos. Los textos se ordenan por lo que dicen antes de juntar y
    los empates se rompen por ese orden, de modo que la partición no depende del orden de entrada.
    """
    claves = [_clave(texto) for texto in textos]
    distintas = sorted(set(claves))
    cuales = {clave: [] for clave in distintas}
    for indice, clave in enumerate(claves):
        cuales[clave].append(indice)
    juntas = _enlazar(distintas, umbral)
    grupos = [sorted(i for uno in grupo for i in cuales[distintas[uno]]) for grupo in juntas]
    return sorted(grupos, key=lambda grupo: (-len(grupo), grupo))


# --- Raíces -------------------------------------------------------------------------------------


@lru_cache(maxsize=20_000)
def raices(palabra):
    """Raíz de la palabra y de la palabra sin tildes, las dos sin tildes y sin repetir.

    Las dos hacen falta: la raíz depende de la tilde («gestión» → «gestion», «gestion» → «gestion»,
    pero «minería» → «min» y «mineria» → «mineri»), y hay quien no las escribe.
    """
    # Uno por palabra: el objeto guarda lo que está procesando y no se comparte entre hilos.
    raiz = snowballstemmer.stemmer("spanish").stemWord
    con_tilde, sin_tilde = palabra.casefold(), sin_tildes(palabra)
    crudas = (sin_tildes(raiz(con_tilde)), raiz(sin_tilde))
    return tuple(sorted({OFICIO.sub("", cruda) for cruda in crudas}))


@lru_cache(maxsize=1)
def _raices_corrientes():
    return frozenset(raiz for palabra in CORRIENTES.split() for raiz in raices(palabra))


@lru_cache(maxsize=4_096)
def _palabras_de(texto):
    """((Palabra, como está escrita), …) sin vacías ni repetidas, en el orden del texto."""
    vistas = {}
    for escrita in PALABRA.findall(texto):
        llana = sin_tildes(escrita)
        if llana in VACIAS or (len(llana) == 1 and not llana.isdigit()):
            continue
        suyas = raices(escrita)
        es_corriente = not _raices_corrientes().isdisjoint(suyas)
        palabra = Palabra(suyas, PESO_CORRIENTE if es_corriente else 1.0, llana)
        vistas.setdefault(suyas, (palabra, escrita))
    return tuple(vistas.values())


def _palabras(texto):
    return dict(_palabras_de(str(texto)[:LETRAS_COMPARADAS]))


def _clave(texto):
    """Lo que identifica a un texto al comparar: sus palabras o, si no tiene, el texto llano."""
    palabras = tuple(sorted(_palabras(texto)))
    return (palabras, "" if palabras else sin_tildes(str(texto)))


# --- Puntaje ------------------------------------------------------------------------------------


def _emparejar(unas, otras):
    """[(una, otra, cuánto vale el par)]: primero las de la misma raíz, luego las de tecleo."""
    candidatos = [
        (-valor, min(una, otra), max(una, otra), una, otra)
        for una in unas
        for otra in otras
        if (valor := _valor_de_par(una, otra))
    ]
    pares, tomadas, dadas = {}, set(), set()
    for valor, _, _, una, otra in sorted(candidatos):
        if una in tomadas or otra in dadas:
            continue
        tomadas.add(una)
        dadas.add(otra)
        pares[una] = (una, otra, -valor * (una.peso + otra.peso) / 2)
    return [pares[una] for una in unas if una in pares]


@lru_cache(maxsize=200_000)
def _valor_de_par(una, otra):
    """1 si comparten raíz; algo menos si parecen la misma mal tecleada; 0 si son otras."""
    if not set(una.raices).isdisjoint(otra.raices):
        return 1.0
    if min(len(una.llana), len(otra.llana)) < LARGO_PARA_TECLEO:
        return 0
    return fuzz.ratio(una.llana, otra.llana, score_cutoff=CASI_IGUALES) / 100


def _puntaje(unas, otras, pares):
    comun = sum(valor for _, _, valor in pares)
    uno, otro = (sum(palabra.peso for palabra in lado) for lado in (unas, otras))
    if len(pares) == len(unas) == len(otras):
        # Dicen lo mismo, aunque sea con palabras corrientes.
        return round(100 * 2 * comun / (uno + otro))
    contenido = comun / max(1.0, min(uno, otro))
    return round(100 * (contenido + 2 * comun / (uno + otro)) / 2)


# --- Agrupación ---------------------------------------------------------------------------------


def _enlazar(claves, umbral):
    """Lista de conjuntos de posiciones de `claves` (ya ordenadas), por enlace promedio.

    Los pares van en un montículo por su promedio; el de un grupo que ya se juntó se descarta al
    salir.
    """
    # La suma de puntajes enteros es exacta: el promedio no depende de en qué orden se sumó.
    sumas = _parecidos(claves)
    grupos = {i: {i} for i in range(len(claves))}
    pendientes = [
        (-suma, i, j)
        for i, suyas in sumas.items()
        for j, suma in suyas.items()
        if i < j and suma >= umbral
    ]
    heapq.heapify(pendientes)
    siguiente = len(claves)
    while pendientes:
        _, i, j = heapq.heappop(pendientes)
        if i not in grupos or j not in grupos:
            continue
        _juntar(grupos, sumas, i, j, siguiente)
        for otro, suma in sumas[siguiente].items():
            promedio = suma / (len(grupos[siguiente]) * len(grupos[otro]))
            if promedio >= umbral:
                heapq.heappush(pendientes, (-promedio, otro, siguiente))
        siguiente += 1
    return list(grupos.values())


def _juntar(grupos, sumas, i, j, nuevo):
    """Pone en `nuevo` lo de `i` y `j`, con la suma de sus parecidos a cada uno de los demás."""
    grupos[nuevo] = grupos.pop(i) | grupos.pop(j)
    suyas, otras = sumas.pop(i), sumas.pop(j)
    sumas[nuevo] = {}
    for otro in (suyas.keys() | otras.keys()) & grupos.keys():
        suma = suyas.get(otro, 0) + otras.get(otro, 0)
        sumas[nuevo][otro] = sumas[otro][nuevo] = suma


def _parecidos(claves):
    """Posición → {posición: puntaje}, solo de los textos que comparten alguna palabra."""
    donde = {}
    for i, (palabras, _) in enumerate(claves):
        for palabra in palabras:
            donde.setdefault(palabra, []).append(i)
    cercanas = {una: [otra for otra in donde if _valor_de_par(una, otra)] for una in donde}
    sumas = {i: {} for i in range(len(claves))}
    for i, (palabras, _) in enumerate(claves):
        vecinos = {j for una in palabras for otra in cercanas[una] for j in donde[otra] if j > i}
        for j in vecinos:
            puntaje = _puntaje(palabras, claves[j][0], _emparejar(palabras, claves[j][0]))
            sumas[i][j] = sumas[j][i] = puntaje
    return sumas
