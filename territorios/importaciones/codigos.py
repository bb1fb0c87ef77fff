"""Hallar en qué propiedad de un GeoJSON está el código de la DPA, y comprobar los códigos."""

from collections import Counter
from dataclasses import dataclass, field

from ..lectura import CargaRechazada
from ..models import OtroTerritorio, Territorio
from .previa import rechazo_de

Nivel = Territorio.Nivel
CIFRAS = {Nivel.PROVINCIA: 2, Nivel.CANTON: 4, Nivel.PARROQUIA: 6}
DE_NIVEL = {2: "de provincia", 4: "de cantón", 6: "de parroquia"}
TOPE_DE_PROPIEDADES = 500


@dataclass
class Codigos:
    """EntidadGeo por código. `completados`: los que llegaron sin el cero inicial."""

    propiedad: str
    entidades: dict = field(default_factory=dict)
    completados: list = field(default_factory=list)


def normalizar(valor, cifras):
    """El código con sus ceros («801» → «0801»), o None si no lo parece.

    Las hojas de cálculo y algunos programas guardan el código como número y le quitan el cero.
    """
    if isinstance(valor, float) and valor.is_integer():
        valor = int(valor)
    if isinstance(valor, bool) or not isinstance(valor, (int, str)):
        return None
    # Un entero de miles de cifras ni siquiera se deja escribir como texto.
    if isinstance(valor, int) and not 0 <= valor < 10**7:
        return None
    texto = str(valor).strip()
    if not (texto.isascii() and texto.isdigit()) or len(texto) not in (cifras - 1, cifras):
        return None
    return texto.zfill(cifras)


def leer_codigos(archivo, entidades, nivel):
    """Codigos de las entidades de un nivel. Lanza CargaRechazada."""
    propiedad = _elegir_propiedad(archivo, entidades, nivel)
    codigos = Codigos(propiedad)
    for entidad in entidades:
        escrito = entidad.propiedades.get(propiedad)
        codigo = normalizar(escrito, CIFRAS[nivel])
        if codigo is None:
            motivo = _por_que_no(escrito, nivel)
            raise rechazo_de(archivo, entidad.numero, motivo, columna=propiedad, valor=escrito)
        if codigo in codigos.entidades:
            motivo = f"código repetido: ya está en la entidad {codigos.entidades[codigo].numero}."
            raise rechazo_de(archivo, entidad.numero, motivo, columna=propiedad, valor=codigo)
        if len(str(escrito).strip().removesuffix(".0")) < CIFRAS[nivel]:
            codigos.completados.append(codigo)
        codigos.entidades[codigo] = entidad
    return codigos


def _elegir_propiedad(archivo, entidades, nivel):
    """La propiedad con más códigos conocidos del nivel; deben ser al menos la mitad."""
    elegida, aciertos = _mejor_propiedad(entidades, nivel)
    if aciertos * 2 >= len(entidades):
        return elegida
    for otro in Nivel:
        if otro != nivel and _mejor_propiedad(entidades, otro)[1] * 2 >= len(entidades):
            motivo = f"sus códigos son {DE_NIVEL[CIFRAS[otro]]}, no {DE_NIVEL[CIFRAS[nivel]]}."
            raise CargaRechazada(archivo.nombre, motivo)
    motivo = (
        f"ninguna propiedad trae códigos {DE_NIVEL[CIFRAS[nivel]]} de la DPA "
        f"({CIFRAS[nivel]} cifras) en al menos la mitad de las entidades."
    )
    raise CargaRechazada(archivo.nombre, motivo)


def _mejor_propiedad(entidades, nivel):
    """(propiedad, códigos distintos y conocidos que trae); ("", 0) si ninguna trae."""
    conocidos = set(Territorio.objects.filter(nivel=nivel).values_list("codigo", flat=True))
    conocidos |= set(OtroTerritorio.objects.values_list("codigo", flat=True))
    nombres = Counter(nombre for entidad in entidades for nombre in entidad.propiedades)
    cuentas = []
    for nombre, _ in nombres.most_common(TOPE_DE_PROPIEDADES):
        valores = (entidad.propiedades.get(nombre) for entidad in entidades)
        hallados = {normalizar(valor, CIFRAS[nivel]) for valor in valores} & conocidos
        cuentas.append((nombre, len(hallados)))
    return max(cuentas, key=lambda cuenta: cuenta[1], default=("", 0))


def _por_que_no(escrito, nivel):
    if escrito is None or escrito == "":
        return "no trae código."
    texto = str(escrito).strip() if isinstance(escrito, (str, int)) and escrito != "" else ""
    if texto.isdigit() and len(texto) in DE_NIVEL:
        return f"es un código {DE_NIVEL[len(texto)]}, no {DE_NIVEL[CIFRAS[nivel]]}."
    return f"no es un código {DE_NIVEL[CIFRAS[nivel]]}: son {CIFRAS[nivel]} cifras."
