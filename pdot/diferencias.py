"""Qué cambió entre dos textos, palabra por palabra, y entre dos fotos de una evaluación."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

IGUAL, QUITADO, PUESTO = "igual", "quitado", "puesto"
PALABRAS = re.compile(r"\n|[^\s]+")
# Con más parejas que estas, comparar tarda segundos y lo que sale no se lee: se muestra entero.
MAXIMO_DE_PAREJAS = 200_000
LETRAS_DE_RELLENO = 3
# De un tramo largo que no cambió se leen el principio y el final: lo que importa es lo otro.
PALABRAS_A_LA_VISTA = 20


@dataclass(frozen=True)
class Trozo:
    """Palabras seguidas que quedaron igual, se quitaron o se pusieron. Es texto, no HTML."""

    que: str
    texto: str


def comparar_textos(antes, despues):
    """[Trozo] que llevan de `antes` a `despues`; los espacios de más no cuentan."""
    viejas, nuevas = PALABRAS.findall(antes), PALABRAS.findall(despues)
    if not _caben(viejas, nuevas):
        return _trozos((QUITADO, viejas), (PUESTO, nuevas))
    partes, quitadas, puestas = [], [], []
    pasos = SequenceMatcher(None, viejas, nuevas, autojunk=False).get_opcodes()
    for lugar, (que, a, b, c, d) in enumerate(pasos):
        if que == "equal" and not (0 < lugar < len(pasos) - 1 and _es_relleno(viejas[a:b])):
            partes += [(QUITADO, quitadas), (PUESTO, puestas), (IGUAL, viejas[a:b])]
            quitadas, puestas = [], []
        else:
            quitadas, puestas = quitadas + viejas[a:b], puestas + nuevas[c:d]
    return _trozos(*partes, (QUITADO, quitadas), (PUESTO, puestas))


def _es_relleno(palabras):
    """Un «la» suelto entre dos cambios estorba más de lo que ayuda: va con ellos."""
    return len(palabras) == 1 and palabras != ["\n"] and len(palabras[0]) <= LETRAS_DE_RELLENO


def _caben(viejas, nuevas):
    repetidas = Counter(nuevas)
    return sum(repetidas[palabra] for palabra in viejas) <= MAXIMO_DE_PAREJAS


def _trozos(*partes):
    return [Trozo(que, " ".join(palabras)) for que, palabras in partes if palabras]


def plegar(trozos):
    """Los mismos, con «[…]» en medio de lo largo que quedó igual."""
    return [_plegado(trozo) for trozo in trozos]


def _plegado(trozo):
    palabras = trozo.texto.split(" ")
    if trozo.que != IGUAL or len(palabras) <= 3 * PALABRAS_A_LA_VISTA:
        return trozo
    principio, final = palabras[:PALABRAS_A_LA_VISTA], palabras[-PALABRAS_A_LA_VISTA:]
    return Trozo(IGUAL, " ".join([*principio, "[…]", *final]))


def _dicen_lo_mismo(antes, despues):
    return PALABRAS.findall(antes) == PALABRAS.findall(despues)


# --- Entre dos fotos ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Pieza:
    """Algo que se compara: una pregunta, un vínculo, una lista. `valor` es SÍ, PARCIAL, NO o ""."""

    apartado: str
    titulo: str
    valor: str = ""
    texto: str = ""

    @property
    def esta_vacia(self):
        return not self.valor and not self.texto.strip()


@dataclass(frozen=True)
class Diferencia:
    """Una pieza que no dice lo mismo en las dos fotos."""

    clave: str
    apartado: str
    titulo: str
    valor_antes: str
    valor_despues: str
    trozos: list[Trozo]

    @property
    def cambio_el_valor(self):
        return self.valor_antes != self.valor_despues


def comparar_fotos(antes, despues):
    """[(apartado, [Diferencia])] entre dos fotos, en el orden de la segunda.

    Lo que solo está en la primera (una pregunta que la guía ya no hace) va al final de su apartado.
    """
    por_apartado = {}
    for clave in dict.fromkeys([*despues, *antes]):
        vieja, nueva = antes.get(clave), despues.get(clave)
        diferencia = _diferencia(clave, vieja, nueva)
        if diferencia:
            por_apartado.setdefault(diferencia.apartado, []).append(diferencia)
    return list(por_apartado.items())


def _diferencia(clave, vieja, nueva):
    modelo = nueva or vieja
    nada = Pieza(modelo.apartado, modelo.titulo)
    vieja, nueva = vieja or nada, nueva or nada
    if vieja.valor == nueva.valor and _dicen_lo_mismo(vieja.texto, nueva.texto):
        return None
    trozos = plegar(comparar_textos(vieja.texto, nueva.texto))
    return Diferencia(clave, modelo.apartado, modelo.titulo, vieja.valor, nueva.valor, trozos)
