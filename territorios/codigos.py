"""Códigos que una persona lee en un papel y teclea en un teléfono.

No llevan letras ni cifras que se confundan al leerlas; al teclearlos da igual mayúsculas,
guiones, espacios y tildes.
"""

import re
import secrets

from .texto import sin_tildes

LETRAS = "23456789ACDEFGHJKMNPQRTUVWXY"
# Estas letras no se usan: quien las teclea leyó la cifra a la que se parecen.
PARECIDAS = str.maketrans("BSZ", "852")
GRUPO = 4


def nuevo(largo):
    """Un código al azar. Con 28 letras, 16 dan 76 bits: no se adivina."""
    return "".join(secrets.choice(LETRAS) for _ in range(largo))


def de_bytes(semilla, largo):
    """El código que corresponde siempre a esos bytes, que ya son impredecibles."""
    numero, letras = int.from_bytes(semilla), []
    for _ in range(largo):
        numero, resto = divmod(numero, len(LETRAS))
        letras.append(LETRAS[resto])
    return "".join(letras)


def normalizar(tecleado):
    """Lo que se compara: «k7qm-3xhp» → «K7QM3XHP»."""
    return re.sub(r"[^0-9A-Z]", "", sin_tildes(tecleado).upper()).translate(PARECIDAS)


def en_grupos(codigo):
    """Cómo se muestra: «K7QM-3XHP»."""
    return "-".join(codigo[i : i + GRUPO] for i in range(0, len(codigo), GRUPO))
