"""Abrir un XLSX sin fiarse de él: nada se interpreta hasta haber mirado el ZIP por fuera.

Un libro es un ZIP: 339 kB pueden volverse 100 MB y un minuto de servidor. Se rechaza lo que pasa
de los topes, lo que trae macros, vínculos a otros libros o entidades XML, y las celdas combinadas
y las fórmulas, porque su valor no es el que se ve.
"""

import re
import warnings
from datetime import date, datetime, time
from io import BytesIO
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ..lectura import CargaRechazada

TOPE_DE_PIEZAS = 500
TOPE_DESCOMPRIMIDO = 60 * 1024 * 1024
TOPE_DE_RAZON = 150
TOPE_DE_HOJAS = 50
TOPE_DE_FILAS, TOPE_DE_COLUMNAS = 20_000, 60

COMBINADA = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref\s*=\s*[\"']([^\"']{1,40})")


def leer_libro(archivo):
    """[(hoja, [(número de fila, [textos])])] de las hojas visibles. Lanza CargaRechazada."""
    _revisar_zip(archivo)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _leer(archivo)
    except CargaRechazada:
        raise
    # openpyxl no promete qué lanza ante un archivo roto: ValueError, KeyError, TypeError, zlib…
    except Exception as error:
        motivo = "no se puede abrir como libro de Excel (.xlsx); parece dañado."
        raise CargaRechazada(archivo.nombre, motivo) from error


# --- El ZIP por fuera ---------------------------------------------------------------------------


def _revisar_zip(archivo):
    try:
        with ZipFile(BytesIO(archivo.contenido)) as zip_:
            _revisar_piezas(archivo, zip_.infolist())
            _revisar_xml(archivo, zip_)
    except CargaRechazada:
        raise
    # Un ZIP roto a propósito da errores de todo tipo (zlib, struct, cifrado sin clave…).
    except Exception as error:
        motivo = "no es un libro de Excel (.xlsx) bien formado."
        raise CargaRechazada(archivo.nombre, motivo) from error


def _revisar_piezas(archivo, piezas):
    def rechazar(motivo):
        raise CargaRechazada(archivo.nombre, motivo)

    nombres = [pieza.filename for pieza in piezas]
    if len(piezas) > TOPE_DE_PIEZAS:
        rechazar(f"el libro trae {len(piezas)} piezas y el tope es {TOPE_DE_PIEZAS}.")
    entero = sum(pieza.file_size for pieza in piezas)
    if entero > TOPE_DESCOMPRIMIDO:
        tope = TOPE_DESCOMPRIMIDO // 1024**2
        rechazar(f"descomprimido ocuparía {entero / 1024**2:.0f} MB y el tope es {tope} MB.")
    if entero > TOPE_DE_RAZON * max(len(archivo.contenido), 1024):
        rechazar("está comprimido de una manera anormal: no se abre.")
    if "xl/workbook.xml" not in nombres:
        rechazar("es un ZIP, pero no un libro de Excel (.xlsx).")
    if any("vbaproject" in nombre.lower() for nombre in nombres):
        rechazar("trae macros: guárdelo como «Libro de Excel (.xlsx)», sin macros.")
    if any(nombre.lower().startswith("xl/externallinks/") for nombre in nombres):
        rechazar("trae vínculos a otros libros: péguelo como valores y guárdelo de nuevo.")


def _revisar_xml(archivo, zip_):
    for pieza in zip_.infolist():
        # zipfile nunca da más de lo que la pieza declara, y eso ya se sumó.
        es_xml = pieza.filename.lower().endswith((".xml", ".rels"))
        if es_xml and b"<!doctype" in zip_.read(pieza).replace(b"\0", b"").lower():
            motivo = f"la pieza {pieza.filename} declara entidades XML: no se abre."
            raise CargaRechazada(archivo.nombre, motivo)


# --- Las hojas ----------------------------------------------------------------------------------


def _leer(archivo):
    libro = load_workbook(
        BytesIO(archivo.contenido), read_only=True, data_only=False, keep_links=False
    )
    visibles = [hoja for hoja in libro.worksheets if hoja.sheet_state == "visible"]
    if len(visibles) > TOPE_DE_HOJAS:
        motivo = f"trae {len(visibles)} hojas y el tope es {TOPE_DE_HOJAS}."
        raise CargaRechazada(archivo.nombre, motivo)
    with ZipFile(BytesIO(archivo.contenido)) as zip_:
        for hoja in visibles:
            # openpyxl, al leer por filas, se calla las combinadas: se buscan en el XML.
            if hallada := COMBINADA.search(zip_.read(hoja._worksheet_path.lstrip("/"))):
                rango = hallada[1].decode(errors="replace")
                motivo = f"las celdas {rango} están combinadas: sepárelas y guarde de nuevo."
                raise CargaRechazada(nombre_de(archivo, hoja.title), motivo)
    return [(hoja.title, _filas(archivo, hoja)) for hoja in visibles]


def nombre_de(archivo, hoja):
    return f"{archivo.nombre}, hoja «{hoja}»" if hoja else archivo.nombre


def _filas(archivo, hoja):
    filas = []
    # El tamaño que la hoja declara puede ser falso: se cuenta lo que de verdad trae.
    hoja.reset_dimensions()
    for numero, celdas in enumerate(hoja.iter_rows(max_col=TOPE_DE_COLUMNAS), start=1):
        textos = [_texto(archivo, hoja.title, numero, celda) for celda in celdas]
        if any(textos):
            filas.append((numero, textos))
        if len(filas) > TOPE_DE_FILAS:
            motivo = f"trae más de {TOPE_DE_FILAS} filas."
            raise CargaRechazada(nombre_de(archivo, hoja.title), motivo)
    return filas


def _texto(archivo, hoja, fila, celda):
    valor = celda.value
    if valor is None:
        return ""
    if celda.data_type == "f" or (isinstance(valor, str) and valor.lstrip().startswith("=")):
        motivo = "es una fórmula: péguela como valor."
    elif celda.data_type == "e":
        motivo = "es un error de cálculo."
    elif isinstance(valor, (bool, time)):
        motivo = "no es un texto, un número ni una fecha."
    else:
        return _como_texto(valor)
    raise CargaRechazada(
        nombre_de(archivo, hoja),
        motivo,
        fila=fila,
        columna=get_column_letter(celda.column),
        valor=valor,
    )


def _como_texto(valor):
    if isinstance(valor, datetime):
        valor = valor.date()
    if isinstance(valor, date):
        return valor.isoformat()
    if isinstance(valor, float) and valor.is_integer():
        valor = int(valor)
    return str(valor).strip()
