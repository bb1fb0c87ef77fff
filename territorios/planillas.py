"""Listas que se llevan a una hoja de cálculo: CSV por líneas o XLSX, sin fórmulas escondidas."""

import csv
from decimal import Decimal
from io import BytesIO

MARCA_DE_UTF8 = "\ufeff"
# Con esto empieza lo que una hoja de cálculo ejecutaría como fórmula.
PELIGROSOS = frozenset("=+-@\t\r")
NUMEROS = (int, float, Decimal)


class _Eco:
    """Lo que se escribe se devuelve: así cada línea sale sin juntar el archivo entero."""

    def write(self, linea):
        return linea


def lineas_csv(encabezado, filas):
    """Genera las líneas del CSV, con la marca que Excel necesita para leer las tildes."""
    escritor = csv.writer(_Eco(), delimiter=";")
    yield MARCA_DE_UTF8 + escritor.writerow(encabezado)
    for fila in filas:
        yield escritor.writerow([celda_segura(valor) for valor in fila])


def libro_xlsx(titulo, encabezado, filas):
    """Los bytes de un libro de Excel con una sola hoja."""
    # openpyxl tarda en cargarse: solo lo paga quien pide un libro.
    from openpyxl import Workbook

    libro = Workbook(write_only=True)
    hoja = libro.create_sheet(titulo[:31])
    for fila in [encabezado, *filas]:
        hoja.append([celda_segura(valor) for valor in fila])
    salida = BytesIO()
    libro.save(salida)
    return salida.getvalue()


def celda_segura(valor):
    """El valor como texto; con un apóstrofo delante si la hoja lo tomaría por fórmula.

    Un número no lo es aunque sea negativo: «-78.5» es una longitud.
    """
    texto = "" if valor is None else str(valor)
    if "\0" in texto:
        texto = texto.replace("\0", "")
    if texto[:1] in PELIGROSOS and not isinstance(valor, NUMEROS):
        return f"'{texto}"
    return texto
