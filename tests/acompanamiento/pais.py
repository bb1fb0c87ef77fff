"""Los cantones del país leídos de `fixtures/dpa` sin base de datos, al 1 de abril de 2019."""

import csv
import json
from collections import Counter
from pathlib import Path

from acompanamiento.agrupacion import Canton

FIXTURES = Path(__file__).parents[2] / "fixtures"
CORTE = "2019-04-01"


def filas(nombre):
    with (FIXTURES / "dpa" / f"{nombre}.csv").open(encoding="utf-8", newline="") as archivo:
        return list(csv.DictReader(archivo))


def vigente(fila):
    desde, hasta = fila["vigente_desde"], fila["vigente_hasta"]
    return (not desde or desde <= CORTE) and (not hasta or hasta > CORTE)


def leer_cantones():
    provincias = {fila["codigo"]: fila["nombre"] for fila in filas("provincias")}
    rurales = [f for f in filas("parroquias") if f["tipo"] == "rural" and vigente(f)]
    parroquias = Counter(fila["canton"] for fila in rurales)
    return {
        fila["codigo"]: Canton(
            codigo=fila["codigo"],
            nombre=fila["nombre"],
            provincia=provincias[fila["provincia"]],
            zona=int(fila["zona"]),
            parroquias=parroquias[fila["codigo"]],
            lon=float(fila["lon"]),
            lat=float(fila["lat"]),
        )
        for fila in filas("cantones")
        if vigente(fila)
    }


PAIS = leer_cantones()
VECINOS = {(fila["a"], fila["b"]): float(fila["km"]) for fila in filas("vecinos_cantones")}
FUENTE = [
    set(registro["cantones"])
    for registro in json.loads(
        (FIXTURES / "piloto" / "hoja_ruta.json").read_text(encoding="utf-8")
    )["registros"]
]
RESTO = {codigo: PAIS[codigo] for grupo in FUENTE for codigo in sorted(grupo)}
GALAPAGOS = ("2001", "2002", "2003")


def de_zona(numero):
    return [canton for canton in PAIS.values() if canton.zona == numero]


def es_continuo(codigos):
    """Recorrido propio de la prueba, para no juzgar al motor con su misma función."""
    alcanzados = {min(codigos)}
    while True:
        nuevos = {
            b
            for par in VECINOS
            for a, b in (par, par[::-1])
            if a in alcanzados and b in codigos and b not in alcanzados
        }
        if not nuevos:
            return alcanzados == set(codigos)
        alcanzados |= nuevos


def tablero(filas_, columnas, **cambios):
    """Cantones en cuadrícula, a 0,1° uno de otro y con 10 km de límite entre contiguos.

    El código es «fila columna»; `cambios` da los campos de los que no son como los demás:
    {"c0203": {"parroquias": 9}}.
    """
    cantones, vecinos = [], {}
    for fila in range(filas_):
        for columna in range(columnas):
            codigo = f"{fila:02d}{columna:02d}"
            datos = {"provincia": "Única", "zona": 1, "parroquias": 2}
            datos |= {"lon": -79 + columna / 10, "lat": fila / 10, "nombre": f"C{codigo}"}
            cantones.append(Canton(codigo=codigo, **datos | cambios.get(f"c{codigo}", {})))
            if columna:
                vecinos[f"{fila:02d}{columna - 1:02d}", codigo] = 10.0
            if fila:
                vecinos[f"{fila - 1:02d}{columna:02d}", codigo] = 10.0
    return cantones, vecinos
