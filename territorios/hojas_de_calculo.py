"""Lo que se lleva a una hoja de cálculo: qué columnas tiene una hoja, qué es cada una y cómo se
escriben, en CSV o en un libro XLSX con su diccionario.

Cada app declara sus hojas: las de una lista reciben lo mismo que la lista muestra, con su alcance y
sus filtros. Nada se junta en memoria: las filas van de la base al archivo.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from tempfile import TemporaryFile

from django.db.models import QuerySet
from django.utils import timezone

from .planillas import celda_segura, lineas_csv

TEXTO, NUMERO, FECHA, CODIGO = "Texto", "Número entero", "Fecha", "Código (texto)"
DECIMAL, HORA = "Número con decimales", "Hora"
# Lo que puede haber en una columna que no dice más; «Texto libre», solo si es un texto.
POSIBLES = {
    TEXTO: "Texto libre",
    NUMERO: "Número",
    DECIMAL: "Número",
    FECHA: "Fecha",
    HORA: "hh:mm",
    CODIGO: "Código, con sus ceros a la izquierda",
}
DPA = "División político-administrativa (DPA)"
FORMATOS = {"xlsx": "XLSX", "csv": "CSV", "geojson": "GeoJSON"}
DE_A_POCAS = 2000
# Los que el formato de Excel no admite, y lo que cabe en una celda.
NO_SE_GUARDAN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CELDA_MAXIMA = 32_767
ENCABEZADO_DEL_DICCIONARIO = ["hoja", "campo", "qué es", "tipo", "valores posibles", "fuente"]


@dataclass(frozen=True)
class Columna:
    """`camino`: el campo, desde la fila. `leer(valor, alcance)`: qué se escribe, si es otra cosa.

    Lo demás es el diccionario: qué es, de qué tipo, qué valores puede tener y de dónde sale, si no
    es de donde sale el resto de la hoja.
    """

    nombre: str
    camino: str
    que: str
    tipo: str = TEXTO
    valores: str = ""
    fuente: str = ""
    leer: Callable | None = None

    def celda(self, valor, alcance):
        return self.leer(valor, alcance) if self.leer else valor

    @property
    def posibles(self):
        """Qué valores puede tener, para el diccionario."""
        return self.valores or POSIBLES[self.tipo]


@dataclass(frozen=True)
class Hoja:
    """`consulta(alcance)`: las filas, ya con el alcance y en orden, que `columnas` lee.

    `lugar(fila)`: el código de la DPA, o los códigos, donde está cada fila; con él, la hoja también
    se descarga en GeoJSON. Una hoja sin `consulta` lee las filas que le den.
    """

    nombre: str
    titulo: str
    que: str
    columnas: tuple[Columna, ...]
    consulta: Callable | None = field(default=None, repr=False)
    lugar: Callable | None = field(default=None, repr=False)
    fuente: str = "Plataforma"

    @property
    def encabezado(self):
        return [columna.nombre for columna in self.columnas]

    @property
    def formatos(self):
        """[(formato, nombre)] en que se descarga; GeoJSON, solo si cada fila tiene lugar."""
        return [par for par in FORMATOS.items() if par[0] != "geojson" or self.lugar]

    def filas(self, alcance):
        """Genera cada fila como lista de números, fechas (en la hora del país) y textos."""
        return self.leer(self.consulta(alcance), alcance)

    def leer(self, halladas, alcance=None):
        caminos = [columna.camino for columna in self.columnas]
        modos = [columna.leer for columna in self.columnas]
        huso = timezone.get_current_timezone()
        for fila in halladas.values_list(*caminos).iterator(chunk_size=DE_A_POCAS):
            celdas = [leer(v, alcance) if leer else v for leer, v in zip(modos, fila, strict=True)]
            yield [_local(v, huso) if isinstance(v, datetime) else v for v in celdas]


class HojaDeObjetos(Hoja):
    """La que lee objetos: los de un QuerySet o los de una lista ya armada.

    Una columna sin `camino` lee el objeto entero. Lo que al final de un camino es un método se
    llama, como en las plantillas.
    """

    def leer(self, halladas, alcance=None):
        for _, fila in self.con_objeto(halladas, alcance):
            yield fila

    def con_objeto(self, halladas, alcance=None):
        """Pares (objeto, fila)."""
        objetos = (
            halladas.iterator(chunk_size=DE_A_POCAS) if isinstance(halladas, QuerySet) else halladas
        )
        huso = timezone.get_current_timezone()
        for objeto in objetos:
            celdas = (uno.celda(_seguir(objeto, uno.camino), alcance) for uno in self.columnas)
            yield objeto, [_local(v, huso) if isinstance(v, datetime) else v for v in celdas]


def _seguir(objeto, camino):
    """Lo que hay al final de «plan__grupo__numero»; None si algo del camino falta."""
    for tramo in filter(None, camino.split("__")):
        objeto = getattr(objeto, tramo, None)
    return objeto() if callable(objeto) else objeto


def de_fila(nombre, que, leer, **mas):
    """Columna que lee el objeto entero: `leer(objeto)` da lo que se escribe."""
    return Columna(nombre, "", que, leer=lambda objeto, alcance: leer(objeto), **mas)


def con_opciones(nombre, camino, que, opciones, **mas):
    """Columna de una lista cerrada: se escribe la palabra, no la clave."""
    palabras = dict(opciones)
    return Columna(
        nombre,
        camino,
        que,
        valores=" / ".join(map(str, palabras.values())),
        leer=lambda valor, alcance: str(palabras.get(valor, "")),
        **mas,
    )


def si_o_no(nombre, camino, que, **mas):
    return con_opciones(nombre, camino, que, {True: "sí", False: "no"}, **mas)


numero = partial(Columna, tipo=NUMERO)
fecha = partial(Columna, tipo=FECHA)


def _local(momento, huso):
    """Una hoja de cálculo no sabe de husos: las fechas van en la hora del país."""
    return momento.astimezone(huso).replace(tzinfo=None, microsecond=0)


# --- El diccionario -----------------------------------------------------------------------------


def diccionario(hojas):
    """Las filas del diccionario de datos de esas hojas."""
    for hoja in hojas:
        yield from _del_diccionario(hoja)


def _del_diccionario(hoja):
    for uno in hoja.columnas:
        fuente = uno.fuente or hoja.fuente
        yield [hoja.titulo, uno.nombre, uno.que, uno.tipo, uno.posibles, fuente]


# --- Escribir -----------------------------------------------------------------------------------


def csv_de(hoja, filas):
    """Genera las líneas del CSV; las fechas, como «2019-08-22 10:30:00»."""
    return lineas_csv(hoja.encabezado, filas)


def csv_del_diccionario(hojas, archivo):
    """El diccionario que va junto a los CSV: `archivo(hoja)` dice en cuál está cada columna."""
    filas = ([archivo(hoja), *fila] for hoja in hojas for fila in _del_diccionario(hoja))
    return lineas_csv(["archivo", *ENCABEZADO_DEL_DICCIONARIO], filas)


def libro(pares):
    """Un archivo XLSX temporal, abierto al principio: cada (hoja, filas) y el diccionario."""
    # openpyxl tarda en cargarse: solo lo paga quien pide un libro.
    from openpyxl import Workbook

    hecho, hojas = Workbook(write_only=True), []
    for hoja, filas in pares:
        hojas.append(hoja)
        _agregar(hecho, hoja.titulo, hoja.encabezado, filas)
    _agregar(hecho, "Diccionario", ENCABEZADO_DEL_DICCIONARIO, diccionario(hojas))
    salida = TemporaryFile()  # noqa: SIM115  Lo cierra la respuesta al terminar de enviarlo.
    hecho.save(salida)
    salida.seek(0)
    return salida


def _agregar(libro, titulo, encabezado, filas):
    pagina = libro.create_sheet(titulo[:31])
    pagina.freeze_panes = "A2"
    pagina.append(list(encabezado))
    for fila in filas:
        pagina.append([_de_excel(valor) for valor in fila])


def _de_excel(valor):
    """Números y fechas como tales; el texto, sin fórmulas ni lo que Excel no sabe guardar."""
    if valor is None or isinstance(valor, int | float | Decimal | date | time):
        return valor
    return celda_segura(NO_SE_GUARDAN.sub("", str(valor)))[:CELDA_MAXIMA]
