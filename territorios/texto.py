"""Texto en español: comparar sin tildes y nombrar sin equívocos."""

import re
import unicodedata


def sin_tildes(texto):
    """Minúsculas sin tildes ni diéresis, para buscar: «Quinindé» → «quininde»."""
    if texto.isascii():
        return texto.lower().strip()
    descompuesto = unicodedata.normalize("NFD", texto.casefold())
    return "".join(letra for letra in descompuesto if not unicodedata.combining(letra)).strip()


# Se cuelan al pegar; un documento no los admite, o sale con el texto ilegible para quien lo copia.
DE_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def sin_control(texto):
    """El texto sin caracteres de control; conserva los saltos de línea y los tabuladores."""
    return DE_CONTROL.sub("", texto)


def recortar(texto, largo=60):
    """Lo que alguien tecleó, en corto y sin caracteres nulos, para repetirlo en un mensaje."""
    limpio = str(texto).replace("\0", "").strip()
    return limpio if len(limpio) <= largo else f"{limpio[: largo - 1].rstrip()}…"


def cuantos(numero, singular, plural):
    """«1 cantón», «3 cantones»."""
    return f"{numero} {singular if numero == 1 else plural}"


def enumerar(partes):
    """«a, b y c», con «e» delante de i: «Rioverde e Ibarra»; vacío si no hay nada."""
    *anteriores, ultima = list(partes) or [""]
    if not anteriores:
        return ultima
    conjuncion = "e" if re.match(r"h?[ií](?![aeo])", ultima, re.IGNORECASE) else "y"
    return f"{', '.join(anteriores)} {conjuncion} {ultima}"
