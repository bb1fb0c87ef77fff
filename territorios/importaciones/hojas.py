"""Leer una tabla que trae una persona (CSV o XLSX): hallar su cabecera y dar sus filas."""

import csv
import re
from io import StringIO

from ..lectura import CargaRechazada, Registro
from ..texto import sin_tildes
from .libro import TOPE_DE_COLUMNAS, TOPE_DE_FILAS, leer_libro, nombre_de

# Antes de la cabecera puede haber un título y alguna nota.
FILAS_ANTES_DE_LA_CABECERA = 20
FECHA_LOCAL = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{4})", re.ASCII)


def leer_tabla(archivo, columnas, es_cabecera, esperadas):
    """[Registro] de todas las hojas que traen cabecera, con las columnas ya por su nombre propio.

    `columnas`: {nombre propio: [otros nombres]}; se comparan sin tildes, mayúsculas ni signos.
    `es_cabecera(nombres)` dice si con esas columnas basta. `esperadas`: texto para el rechazo.
    Lanza CargaRechazada.
    """
    alias = {llano(otro): propio for propio, otros in columnas.items() for otro in [propio, *otros]}
    registros = []
    for hoja, filas in _hojas(archivo):
        registros += _registros(nombre_de(archivo, hoja), filas, alias, es_cabecera)
    if not registros:
        motivo = f"no se halló una fila con los nombres de las columnas. Debe traer {esperadas}"
        raise CargaRechazada(archivo.nombre, motivo)
    return registros


def llano(texto):
    """«Código DPA.» → «codigo_dpa»."""
    return "_".join(re.findall(r"[a-z0-9]+", sin_tildes(texto)))


def fecha_iso(texto):
    """«31/12/2024» → «2024-12-31»; lo demás se deja como está, y ya se rechazará."""
    hallada = FECHA_LOCAL.fullmatch(texto.strip())
    return f"{hallada[3]}-{hallada[2]:0>2}-{hallada[1]:0>2}" if hallada else texto


def _hojas(archivo):
    if archivo.contenido.startswith(b"PK"):
        return leer_libro(archivo)
    if archivo.contenido.startswith(b"\xd0\xcf\x11\xe0"):
        motivo = (
            "es un libro antiguo (.xls) o está protegido con clave: ábralo y guárdelo como "
            "«Libro de Excel (.xlsx)», sin clave."
        )
        raise CargaRechazada(archivo.nombre, motivo)
    if archivo.contenido.lstrip()[:1] in (b"{", b"["):
        raise CargaRechazada(archivo.nombre, "parece un JSON: aquí va un CSV o un .xlsx.")
    return [("", _filas_csv(archivo))]


def _registros(lugar, filas, alias, es_cabecera):
    for orden, (_, celdas) in enumerate(filas[:FILAS_ANTES_DE_LA_CABECERA]):
        nombres = [alias.get(llano(celda), "") for celda in celdas]
        if es_cabecera(set(nombres)):
            _exigir_sin_repetidas(lugar, filas[orden][0], nombres, celdas)
            escritos = _datos(nombres, celdas)
            return [
                Registro(lugar, numero, _datos(nombres, fila), encabezados=escritos)
                for numero, fila in filas[orden + 1 :]
            ]
    return []


def _exigir_sin_repetidas(lugar, fila, nombres, celdas):
    for orden, nombre in enumerate(nombres):
        if nombre and nombre in nombres[:orden]:
            otra = celdas[nombres.index(nombre)]
            motivo = f"significa lo mismo que la columna «{otra}»: deje una sola."
            raise CargaRechazada(lugar, motivo, fila=fila, columna=celdas[orden])


def _datos(nombres, celdas):
    return {nombre: celda for nombre, celda in zip(nombres, celdas, strict=False) if nombre}


# --- CSV ----------------------------------------------------------------------------------------


def _filas_csv(archivo):
    def rechazar(motivo, **lugar):
        raise CargaRechazada(archivo.nombre, motivo, **lugar) from None

    try:
        texto = archivo.contenido.decode("utf-8-sig")
    except UnicodeDecodeError:
        rechazar("no está escrito en UTF-8. En Excel, guárdelo como «CSV UTF-8» o como .xlsx.")
    if "\0" in texto:
        rechazar("trae caracteres nulos: no es un CSV ni un libro de Excel.")
    filas = []
    try:
        for numero, celdas in enumerate(_lector(texto), start=1):
            if len(celdas) > TOPE_DE_COLUMNAS:
                rechazar(f"tiene más de {TOPE_DE_COLUMNAS} columnas.", fila=numero)
            if any(celda.strip() for celda in celdas):
                filas.append((numero, [celda.strip() for celda in celdas]))
            if len(filas) > TOPE_DE_FILAS:
                rechazar(f"trae más de {TOPE_DE_FILAS} filas.")
    except csv.Error as error:
        rechazar(f"no es un CSV bien formado ({error}).")
    _exigir_sin_formulas(archivo, filas)
    return filas


def _lector(texto):
    """El separador es el que más veces sale en el primer renglón que trae alguno."""
    for renglon in texto.splitlines()[:FILAS_ANTES_DE_LA_CABECERA]:
        cuentas = {separador: renglon.count(separador) for separador in ";,\t"}
        if max(cuentas.values()):
            separador = max(cuentas, key=cuentas.get)
            break
    else:
        separador = ","
    return csv.reader(StringIO(texto, newline=""), delimiter=separador, strict=True)


def _exigir_sin_formulas(archivo, filas):
    for numero, celdas in filas:
        for orden, celda in enumerate(celdas, start=1):
            if celda.startswith("="):
                motivo = "es una fórmula: escriba el valor."
                raise CargaRechazada(
                    archivo.nombre, motivo, fila=numero, columna=str(orden), valor=celda
                )
