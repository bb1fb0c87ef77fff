"""Del clasificador del INEC (una lista por código o la jerarquía por columnas) a una sola lista."""

import re
from dataclasses import dataclass

from ..lectura import CargaRechazada, Registro
from ..models import Territorio
from .codigos import CIFRAS, normalizar
from .hojas import leer_tabla

Nivel = Territorio.Nivel
NIVELES = (Nivel.PROVINCIA, Nivel.CANTON, Nivel.PARROQUIA)
NIVEL_POR_CIFRAS = {cifras: nivel for nivel, cifras in CIFRAS.items()}
ZONA = {"zona": ["zona de planificacion", "zona planificacion", "num zona"]}
POR_CODIGO = {
    "codigo": ["cod", "codigo dpa", "dpa", "cod dpa", "dpa codigo", "codigo inec"],
    "nombre": ["denominacion", "descripcion", "nombre dpa"],
}
JERARQUIA = {
    "codigo_provincia": ["dpa provin", "cod provincia", "cod prov", "codprov", "provincia codigo"],
    "nombre_provincia": ["dpa despro", "nom provincia", "des provincia", "provincia"],
    "codigo_canton": ["dpa canton", "cod canton", "cod can", "codcan", "canton codigo"],
    "nombre_canton": ["dpa descan", "nom canton", "des canton", "canton"],
    "codigo_parroquia": ["dpa parroq", "cod parroquia", "cod parr", "codparr", "parroquia codigo"],
    "nombre_parroquia": ["dpa despar", "nom parroquia", "des parroquia", "parroquia"],
}
ESPERADAS = (
    "«código» y «nombre»; o, por niveles, «DPA_PROVIN» y «DPA_DESPRO», «DPA_CANTON» y "
    "«DPA_DESCAN», «DPA_PARROQ» y «DPA_DESPAR»."
)


@dataclass
class Renglon:
    """Un territorio del clasificador y de qué fila sale, para poder nombrarla."""

    codigo: str
    nivel: str
    nombre: str
    registro: Registro
    columna: str
    completado: bool = False

    def rechazo(self, motivo):
        return self.registro.rechazo(self.columna, motivo)


def leer_clasificador(archivo):
    """{código: Renglon} de todas las hojas. Lanza CargaRechazada."""
    registros = leer_tabla(archivo, POR_CODIGO | JERARQUIA | ZONA, _es_cabecera, ESPERADAS)
    renglones = {}
    for registro in registros:
        por_codigo = "codigo" in registro.datos
        hallados = [_por_codigo(registro)] if por_codigo else _por_jerarquia(registro)
        for renglon in hallados:
            _agregar(renglones, renglon, repetible=not por_codigo)
    if not renglones:
        raise CargaRechazada(archivo.nombre, "no trae ninguna fila.")
    return renglones


def _es_cabecera(nombres):
    if {"codigo", "nombre"} <= nombres:
        return True
    return any({f"codigo_{nivel}", f"nombre_{nivel}"} <= nombres for nivel in NIVELES)


def _por_codigo(registro):
    escrito = registro.texto("codigo")
    cifras = len(escrito) + len(escrito) % 2
    codigo = normalizar(escrito, cifras) if cifras in NIVEL_POR_CIFRAS else None
    if codigo is None:
        raise registro.rechazo("codigo", "no es un código de la DPA: son 2, 4 o 6 cifras.")
    return _renglon(registro, codigo, "nombre", escrito, "codigo")


def _por_jerarquia(registro):
    """La provincia, el cantón y la parroquia de una fila; el código puede venir por partes."""
    padre = ""
    for nivel in NIVELES:
        columna = f"codigo_{nivel}"
        if columna not in registro.datos or f"nombre_{nivel}" not in registro.datos:
            continue
        escrito = registro.texto(columna, obligatorio=nivel == Nivel.PROVINCIA or not padre)
        if not escrito:
            return
        codigo = normalizar(escrito, CIFRAS[nivel])
        if codigo is None and re.fullmatch(r"\d{1,2}", escrito, re.ASCII) and padre:
            codigo = padre + escrito.zfill(2)
        if codigo is None or not codigo.startswith(padre):
            motivo = (
                f"no es un código de {nivel.label.lower()} de «{padre}»."
                if padre
                else (f"no es un código de {nivel.label.lower()}.")
            )
            raise registro.rechazo(columna, motivo)
        padre = codigo
        yield _renglon(registro, codigo, f"nombre_{nivel}", escrito, columna)


def _renglon(registro, codigo, columna_nombre, escrito, columna):
    nombre = _en_minusculas(" ".join(registro.texto(columna_nombre).split()))
    if len(nombre) > 100:
        raise registro.rechazo(columna_nombre, "el nombre pasa de 100 letras.")
    completado = len(escrito) % 2 == 1
    nivel = NIVEL_POR_CIFRAS[len(codigo)]
    return Renglon(codigo, nivel, nombre, registro, columna, completado)


def _agregar(renglones, nuevo, *, repetible):
    otro = renglones.setdefault(nuevo.codigo, nuevo)
    if otro is nuevo:
        return
    fila = otro.registro.numero
    # En la jerarquía la provincia y el cantón se repiten en cada fila; la parroquia, no.
    if not repetible or nuevo.nivel == Nivel.PARROQUIA:
        raise nuevo.rechazo(f"el código {nuevo.codigo} está repetido: ya está en la fila {fila}.")
    if otro.nombre != nuevo.nombre:
        raise nuevo.rechazo(
            f"el código {nuevo.codigo} aquí se llama «{nuevo.nombre}» y en la fila {fila}, "
            f"«{otro.nombre}»."
        )


CORTAS = {"de", "del", "la", "las", "los", "el", "y", "e"}


def _en_minusculas(nombre):
    """Los clasificadores van en mayúsculas: «SAN JOSÉ DE CHIMBO» → «San José de Chimbo»."""
    if not nombre.isupper():
        return nombre
    palabras = nombre.lower().split()
    return " ".join(
        palabra if orden and palabra in CORTAS else palabra[:1].upper() + palabra[1:]
        for orden, palabra in enumerate(palabras)
    )
