"""Quién se parece a quién en una nómina: la misma persona escrita de otra manera.

Se compara sin tildes, mayúsculas ni partículas («de la»), en cualquier orden, admitiendo nombres
omitidos, iniciales y errores de tecleo. Solo avisa: la última palabra es de quien registra.
"""

import re
from collections import defaultdict

from rapidfuzz.distance import OSA

from territorios.texto import sin_tildes

PARTICULAS = {"de", "del", "la", "las", "los", "y", "e"}
TRATOS = {"sr", "sra", "srta", "ing", "arq", "abg", "ab", "dr", "dra", "lic", "lcdo", "lcda", "eco"}
TRATOS |= {"econ", "tlgo", "tlga", "tnlgo", "tnlga", "msc", "mgs", "mg", "phd", "prof", "don"}
TRATOS |= {"dona"}


def partes(nombre):
    """Las palabras que cuentan: «Ing. María de la Cruz» → («maria», «cruz»)."""
    palabras = re.findall(r"[a-zñ]+", sin_tildes(nombre))
    utiles = tuple(p for p in palabras if p not in PARTICULAS and p not in TRATOS)
    return utiles or tuple(palabras)


def se_parecen(uno, otro):
    """Si dos nombres pueden ser de la misma persona."""
    return _cuadran(partes(uno), partes(otro))


def parecidos_a(nombre, otros, *, nombrar=str):
    """Los de `otros` cuyo nombre se parece a `nombre`, en su orden."""
    suyas = partes(nombre)
    return [otro for otro in otros if suyas and _cuadran(suyas, partes(nombrar(otro)))]


class Nomina:
    """Nombres ya vistos, para buscar parecidos sin comparar cada uno con todos.

    Dos nombres se comparan solo si tienen alguna palabra que empieza y mide casi igual.
    """

    def __init__(self):
        self._por_palabra = defaultdict(list)

    def agregar(self, nombre, cosa):
        suyas = partes(nombre)
        for clave in {_clave(palabra) for palabra in suyas}:
            self._por_palabra[clave].append((suyas, cosa))

    def parecidos(self, nombre):
        """Las cosas agregadas con un nombre parecido, sin repetir y en orden de llegada."""
        suyas, halladas = partes(nombre), {}
        for clave in {_clave(palabra) for palabra in suyas}:
            for otras, cosa in self._por_palabra[clave]:
                if id(cosa) not in halladas and _cuadran(suyas, otras):
                    halladas[id(cosa)] = cosa
        return list(halladas.values())


def grupos_parecidos(participantes):
    """{pk: [parecidos]} de una nómina; quien se declaró otra persona no se compara."""
    nomina, hallados = Nomina(), defaultdict(list)
    for participante in participantes:
        if not participante.nombre or participante.es_otra_persona:
            continue
        for otro in nomina.parecidos(participante.nombre):
            hallados[participante.pk].append(otro)
        nomina.agregar(participante.nombre, participante)
    return dict(hallados)


def _clave(palabra):
    # Las dos primeras letras se teclean bien casi siempre; «h» y «v» son las que más se cambian.
    return palabra.lstrip("h")[:1].replace("v", "b").replace("z", "s").replace("c", "s")


def _cuadran(unas, otras):
    """Cada palabra del nombre más corto halla la suya en el otro; al menos dos, y una exacta."""
    if len(unas) > len(otras):
        unas, otras = otras, unas
    if unas and _pegadas(unas, otras):
        return True
    if len(unas) < 2:
        return False
    quedan, exactas, errores = list(otras), 0, 0
    for palabra in sorted(unas, key=len, reverse=True):
        costo, hallada = min(
            ((_costo(palabra, otra), otra) for otra in quedan), default=(None, None)
        )
        if hallada is None or costo is None or costo > _tolerancia(palabra, hallada):
            return False
        quedan.remove(hallada)
        exactas += costo == 0 and len(palabra) > 1
        errores += costo
    return exactas >= 1 and errores <= 2


def _pegadas(unas, otras):
    """Las mismas palabras en el mismo orden, aunque unas vayan pegadas: «MaríaJosé»."""
    return "".join(unas) == "".join(otras)


def _costo(una, otra):
    """Letras de diferencia; una inicial vale por cualquier palabra que empiece con ella."""
    if min(len(una), len(otra)) == 1:
        return 0 if una[0] == otra[0] else 9
    return OSA.distance(una, otra, score_cutoff=3)


def _tolerancia(una, otra):
    largo = max(len(una), len(otra))
    if largo < 4:
        return 0
    return 1 if largo < 8 else 2
