"""La tabla de lo medido: cada línea dice su meta y si se cumple o qué falta."""

import os
import platform
import re
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.db import connection
from django.utils import timezone

PDF_VECES, PDF_SEGUNDOS = 1.3, 0.2
BAJAR_MICROSEGUNDOS, BAJAR_MEGAS = 25, 32
CRECE = 1.15
PRIMERA_BYTES, PRIMERA_PETICIONES, SIGUIENTE_BYTES = 60_000, 8, 12_000
NOMBRES = {"piso_lista": "F1", "piso_formulario": "FF", "piso_guardar": "el de guardar"}
ENCABEZADO = (
    "página",
    "ms",
    "p95",
    "reloj",
    "× piso",
    "meta",
    "consultas fría / tibia",
    "tope",
    "kB",
    "kB gz",
    "contra ×1",
    "veredicto",
)


@dataclass
class Medicion:
    """Lo medido a una escala: pisos, visitas, documentos, bajadas y la primera visita."""

    escala: int
    motor: str
    pisos: dict
    visitas: list
    documentos: list = field(default_factory=list)
    bajadas: list = field(default_factory=list)
    primera: object = None
    cuentas: dict = field(default_factory=dict)

    def razon(self, visita):
        return visita.tiempos.mediana / self.pisos[visita.pagina.meta.piso].mediana

    def razones(self):
        return {v.pagina.nombre: (self.razon(v), v.tibia) for v in self.visitas if not v.falla}


def faltas_de(visita, medicion, anterior=None, rural=False):
    """Lo que a una página le falta para su meta, en palabras; vacío si cumple.

    `anterior`: la Medicion de una escala menor, con la que se compara lo que crece.
    """
    if visita.falla:
        return [visita.falla]
    meta, razon = visita.pagina.meta, medicion.razon(visita)
    consultas = max(visita.fria, visita.tibia)
    faltas = []
    if razon > meta.veces:
        faltas.append(f"{_n(razon)} veces {NOMBRES[meta.piso]}")
    if consultas > meta.consultas:
        faltas.append(f"{consultas} consultas")
    if rural and visita.comprimidos > SIGUIENTE_BYTES:
        faltas.append(f"{_n(visita.comprimidos / 1000)} kB")
    antes = anterior.razones().get(visita.pagina.nombre) if anterior else None
    if antes and razon > CRECE * antes[0]:
        faltas.append(f"crece {_n(razon / antes[0])} veces")
    if antes and visita.tibia != antes[1]:
        faltas.append(f"pasa de {antes[1]} a {visita.tibia} consultas")
    return faltas


def escribir(medicion, anterior=None, rurales=()):
    """La tabla en Markdown, con las columnas alineadas para leerla también en la terminal."""
    filas = [_fila(v, medicion, anterior, v.pagina in rurales) for v in medicion.visitas]
    partes = [
        f"### {medicion.motor}, escala ×{medicion.escala}",
        _maquina(),
        _cuentas(medicion),
        _pisos(medicion),
        _tabla(ENCABEZADO, filas),
    ]
    if medicion.primera:
        partes.append(_primera(medicion.primera))
    if medicion.documentos:
        partes.append(_documentos(medicion.documentos))
    if medicion.bajadas:
        partes.append(_bajadas(medicion.bajadas))
    cumplen = sum(fila[-1] == "cumple" for fila in filas)
    partes.append(f"Cumplen {cumplen} de {len(filas)} páginas.")
    return "\n\n".join(partes) + "\n"


def en_json(medicion, anterior=None, rurales=()):
    """Lo mismo, para un programa."""
    paginas = []
    for visita in medicion.visitas:
        faltas = faltas_de(visita, medicion, anterior, visita.pagina in rurales)
        una = {"pagina": visita.pagina.nombre, "clase": visita.pagina.meta.clase, "falta": faltas}
        if not visita.falla:
            una |= {
                "ms": round(visita.tiempos.mediana, 2),
                "p95": round(visita.tiempos.p95, 2),
                "reloj": round(visita.tiempos.reloj, 2),
                "razon": round(medicion.razon(visita), 2),
                "consultas_fria": visita.fria,
                "consultas_tibia": visita.tibia,
                "bytes": visita.bytes,
                "comprimidos": visita.comprimidos,
            }
        paginas.append(una)
    return {
        "escala": medicion.escala,
        "motor": medicion.motor,
        "pisos": {nombre: round(t.mediana, 2) for nombre, t in medicion.pisos.items()},
        "filas": medicion.cuentas,
        "paginas": paginas,
        "documentos": [vars(uno) for uno in medicion.documentos],
        "bajadas": [vars(una) for una in medicion.bajadas],
        "primera_visita": vars(medicion.primera) if medicion.primera else None,
    }


def poner_en(ruta, clave, texto):
    """Deja `texto` en el archivo entre sus marcas; la medición anterior de esa clave se va."""
    abre, cierra = f"<!-- medir:{clave} -->", f"<!-- /medir:{clave} -->"
    ruta = Path(ruta)
    actual = ruta.read_text() if ruta.exists() else ""
    bloque = f"{abre}\n{texto}{cierra}\n"
    entre_marcas = re.compile(re.escape(abre) + r".*?" + re.escape(cierra) + r"\n", re.DOTALL)
    if entre_marcas.search(actual):
        ruta.write_text(entre_marcas.sub(lambda _: bloque, actual))
    else:
        ruta.write_text(f"{actual.rstrip()}\n\n{bloque}" if actual else bloque)


def motor():
    """«PostgreSQL 15.2» o «SQLite 3.40.1»."""
    if connection.vendor == "sqlite":
        return f"SQLite {connection.Database.sqlite_version}"
    mayor, menor = divmod(connection.pg_version, 10_000)
    return f"PostgreSQL {mayor}.{menor}"


# --- Las líneas ---------------------------------------------------------------------------------


def _fila(visita, medicion, anterior, rural):
    meta = visita.pagina.meta
    faltas = faltas_de(visita, medicion, anterior, rural)
    veredicto = f"falta: {', '.join(faltas)}" if faltas else "cumple"
    metas = f"≤ {_n(meta.veces)}", f"≤ {meta.consultas}"
    if visita.falla:
        return [visita.pagina.nombre, *"––––", metas[0], "–", metas[1], *"–––", veredicto]
    razon = medicion.razon(visita)
    antes = anterior.razones().get(visita.pagina.nombre) if anterior else None
    return [
        visita.pagina.nombre,
        _n(visita.tiempos.mediana),
        _n(visita.tiempos.p95),
        _n(visita.tiempos.reloj),
        _n(razon, 2),
        metas[0],
        f"{visita.fria} / {visita.tibia}",
        metas[1],
        _n(visita.bytes / 1000),
        _n(visita.comprimidos / 1000),
        _n(razon / antes[0], 2) if antes else "–",
        veredicto,
    ]


def _maquina():
    memoria = Path("/proc/meminfo")
    total = int(memoria.read_text().split()[1]) / 1024**2 if memoria.exists() else 0
    return (
        f"Medido el {timezone.localdate():%d/%m/%Y} en una máquina de {os.cpu_count()} núcleos y "
        f"{total:.0f} GB de memoria, Linux, Python {platform.python_version()}, "
        f"Django {django.get_version()}, {motor()} en la misma máquina."
    )


def _cuentas(medicion):
    dichas = [f"{cuantos:,} {que}".replace(",", ".") for que, cuantos in medicion.cuentas.items()]
    return f"Filas: {', '.join(dichas)}."


def _pisos(medicion):
    dichos = [f"{NOMBRES[n]} {_n(t.mediana)} ms" for n, t in medicion.pisos.items()]
    return f"Pisos (mediana de esta corrida): {', '.join(dichos)}."


def _primera(peso):
    faltas = []
    if peso.bytes > PRIMERA_BYTES:
        faltas.append(f"{_n(peso.bytes / 1000)} kB")
    if peso.peticiones > PRIMERA_PETICIONES:
        faltas.append(f"{peso.peticiones} peticiones")
    if peso.ajenos:
        faltas.append(f"{peso.ajenos} de otros orígenes")
    veredicto = f"falta: {', '.join(faltas)}" if faltas else "cumple"
    return (
        f"Primera visita de un GAD rural (formulario con su hoja, guiones y letra): "
        f"{_n(peso.bytes / 1000)} kB comprimidos en {peso.peticiones} peticiones "
        f"(meta: ≤ {PRIMERA_BYTES // 1000} kB en ≤ {PRIMERA_PETICIONES}): {veredicto}."
    )


def _documentos(documentos):
    filas = []
    for uno in documentos:
        if uno.falla:
            filas.append([uno.nombre, *"–––", f"falta: {uno.falla}"])
            continue
        faltas = []
        if uno.razon > PDF_VECES:
            faltas.append(f"{_n(uno.razon, 2)} veces WeasyPrint pelado")
        if uno.segundos > PDF_SEGUNDOS:
            faltas.append(f"{uno.segundos * 1000:.0f} ms por página")
        filas.append(
            [
                uno.nombre,
                _n(uno.paginas, 0),
                _n(1000 * uno.segundos, 0),
                _n(uno.razon, 2),
                f"falta: {', '.join(faltas)}" if faltas else "cumple",
            ]
        )
    encabezado = (
        "documento",
        "páginas",
        f"ms por página (≤ {1000 * PDF_SEGUNDOS:.0f})",
        f"× WeasyPrint pelado (≤ {_n(PDF_VECES)})",
        "veredicto",
    )
    return _tabla(encabezado, filas)


def _bajadas(bajadas):
    filas = []
    for una in bajadas:
        if una.falla:
            filas.append([una.nombre, *"–––", f"falta: {una.falla}"])
            continue
        faltas = []
        if una.microsegundos > BAJAR_MICROSEGUNDOS:
            faltas.append(f"{_n(una.microsegundos, 0)} µs por fila")
        if una.megas > BAJAR_MEGAS:
            faltas.append(f"ocupa {_n(una.megas, 0)} MB más")
        filas.append(
            [
                una.nombre,
                f"{una.filas:,}".replace(",", "."),
                _n(una.microsegundos, 1),
                _n(una.megas, 1),
                f"falta: {', '.join(faltas)}" if faltas else "cumple",
            ]
        )
    encabezado = (
        "exportación CSV",
        "filas",
        f"µs por fila (≤ {BAJAR_MICROSEGUNDOS})",
        f"MB que crece (≤ {BAJAR_MEGAS})",
        "veredicto",
    )
    return _tabla(encabezado, filas)


def _tabla(encabezado, filas):
    anchos = [max(len(fila[i]) for fila in (encabezado, *filas)) for i in range(len(encabezado))]

    def linea(fila):
        celdas = [
            uno.ljust(ancho) if i in (0, len(anchos) - 1) else uno.rjust(ancho)
            for i, (uno, ancho) in enumerate(zip(fila, anchos, strict=True))
        ]
        return f"| {' | '.join(celdas)} |"

    derecha = [
        f"{'-' * ancho}" if i in (0, len(anchos) - 1) else f"{'-' * (ancho - 1)}:"
        for i, ancho in enumerate(anchos)
    ]
    return "\n".join([linea(encabezado), f"| {' | '.join(derecha)} |", *map(linea, filas)])


def _n(valor, decimales=1):
    return f"{valor:.{decimales}f}".replace(".", ",")
