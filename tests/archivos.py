"""Archivos como los que trae la central, hechos a mano y diminutos: GeoJSON, CSV y XLSX."""

import csv
import io
import json
import os
from pathlib import Path

from django.conf import settings
from openpyxl import Workbook

from territorios.importaciones.previa import Archivo

LADO = 0.2
# Columna y fila de cada cantón del elenco en una cuadrícula; los que comparten lado son vecinos.
LUGARES = {"0801": (0, 0), "0807": (1, 0), "0803": (0, 1), "1317": (1, 1), "1303": (2, 1)}
VECINOS_DE_LA_CUADRICULA = [
    ["0801", "0803"],
    ["0801", "0807"],
    ["0803", "1317"],
    ["0807", "1317"],
    ["1303", "1317"],
]


def compartidos():
    """La carpeta de datos de prueba que no va en el repositorio; puede no existir."""
    dada = os.environ.get("DATOS_COMPARTIDOS")
    return Path(dada) if dada else Path(settings.BASE_DIR).parent / "shared"


def cuadro(columna, fila, *, oeste=-79.8, norte=0.9):
    """Anillo de un cuadrado de la cuadrícula."""
    x, y = round(oeste + columna * LADO, 5), round(norte - fila * LADO, 5)
    x2, y2 = round(x + LADO, 5), round(y - LADO, 5)
    return [[x, y], [x2, y], [x2, y2], [x, y2], [x, y]]


def entidad(codigo, anillos, propiedad="codigo"):
    return {
        "type": "Feature",
        "properties": {propiedad: codigo, "nombre": f"Nombre de {codigo}"},
        "geometry": {"type": "Polygon", "coordinates": anillos},
    }


def coleccion(propiedad="codigo", sin=(), **extra):
    """FeatureCollection con los cinco cantones del elenco, menos los de `sin`."""
    rasgos = [
        entidad(codigo, [cuadro(*lugar)], propiedad)
        for codigo, lugar in LUGARES.items()
        if codigo not in sin
    ]
    return {"type": "FeatureCollection", "features": rasgos, **extra}


def geojson(datos=None, nombre="cantones.geojson"):
    return Archivo(nombre, json.dumps(coleccion() if datos is None else datos).encode())


def hoja_csv(*filas, nombre="lista.csv"):
    texto = io.StringIO()
    csv.writer(texto).writerows(filas)
    return Archivo(nombre, texto.getvalue().encode())


def libro(nombre="lista.xlsx", **hojas):
    """XLSX con una hoja por argumento: `libro(Lista=[("codigo", "nombre"), …])`."""
    return guardar(armar(**hojas), nombre)


def armar(**hojas):
    armado = Workbook()
    armado.remove(armado.active)
    for titulo, filas in hojas.items():
        hoja = armado.create_sheet(titulo)
        for fila in filas:
            hoja.append(fila)
    return armado


def guardar(armado, nombre="lista.xlsx"):
    salida = io.BytesIO()
    armado.save(salida)
    return Archivo(nombre, salida.getvalue())
