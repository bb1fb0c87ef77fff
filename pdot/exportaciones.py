"""Lo que se lleva a una hoja de cálculo: qué hojas hay, qué es cada columna y cómo se escriben.

Una hoja se agrega a `HOJAS` (pdot/hojas.py) y con eso aparece en la página, en el libro entero y en
el diccionario. Nada se junta en memoria: las filas van de la base al archivo.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from tempfile import TemporaryFile

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone

from acompanamiento.models import Grupo, Membresia
from territorios.models import Territorio
from territorios.planillas import celda_segura, lineas_csv

from .models import Evaluacion

TEXTO, NUMERO, FECHA, CODIGO = "Texto", "Número entero", "Fecha", "Código (texto)"
DECIMAL = "Número con decimales"
LIBRE = "Texto libre"
DE_A_POCAS = 2000
# Los que el formato de Excel no admite, y lo que cabe en una celda.
NO_SE_GUARDAN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
CELDA_MAXIMA = 32_767
ENCABEZADO_DEL_DICCIONARIO = ("hoja", "campo", "qué es", "tipo", "valores posibles", "fuente")


@dataclass(frozen=True)
class Alcance:
    """De quién son los ojos y qué filtros puso; los vacíos no filtran."""

    usuario: object
    zona: str = ""
    provincia: str = ""
    grupo: str = ""
    estado: str = ""

    @cached_property
    def evaluaciones(self):
        """La última de cada GAD entre las que puede leer quien exporta y pasan los filtros."""
        suyas = Evaluacion.objects.legibles_para(self.usuario).filter(self.de_gad("pdot__gad"))
        if self.estado:
            suyas = suyas.filter(estado=self.estado)
        del_gad = suyas.filter(pdot__gad=OuterRef("pdot__gad"))
        ultima = del_gad.order_by("-pdot__anio_desde", "-numero").values("pk")[:1]
        return suyas.filter(pk=Subquery(ultima))

    @cached_property
    def grupos(self):
        """Los que ve quien exporta y pasan los filtros de lugar; el estado no les toca."""
        vistos = Grupo.objects.visibles_para(self.usuario)
        if self.zona:
            vistos = vistos.filter(zona=self.zona)
        if self.provincia:
            vistos = vistos.filter(sede__codigo__startswith=self.provincia)
        return vistos.filter(pk=self.grupo) if self.grupo else vistos

    def de_gad(self, camino):
        """La condición de lugar para filas de un GAD; `camino` lleva de la fila a él."""
        condicion = Q()
        if self.zona:
            condicion &= Q(**{f"{camino}__territorio__zona": self.zona})
        if self.provincia:
            condicion &= Q(**{f"{camino}__territorio__codigo__startswith": self.provincia})
        if self.grupo:
            miembros = Membresia.objects.vigentes_en().filter(grupo=self.grupo)
            condicion &= Q(**{f"{camino}__in": miembros.values("gad")})
        return condicion

    @cached_property
    def nombres(self):
        """{código: nombre} de provincias y cantones."""
        niveles = (Territorio.Nivel.PROVINCIA, Territorio.Nivel.CANTON)
        lugares = Territorio.objects.filter(nivel__in=niveles)
        return dict(lugares.values_list("codigo", "nombre"))


@dataclass(frozen=True)
class Columna:
    """`camino`: el campo, desde la fila. `leer(valor, alcance)`: qué se escribe, si es otra cosa.

    Lo demás es el diccionario: qué es, de qué tipo, qué valores puede tener y de dónde sale.
    """

    nombre: str
    camino: str
    que: str
    tipo: str = TEXTO
    valores: str = LIBRE
    fuente: str = "Evaluación del PDOT, por el GAD"
    leer: Callable | None = None

    def celda(self, valor, alcance):
        return self.leer(valor, alcance) if self.leer else valor


@dataclass(frozen=True)
class Hoja:
    """`consulta(alcance)`: las filas, ya con el alcance y en orden, que `columnas` lee."""

    nombre: str
    titulo: str
    que: str
    columnas: tuple[Columna, ...]
    consulta: Callable = field(repr=False)

    @property
    def encabezado(self):
        return [columna.nombre for columna in self.columnas]

    def filas(self, alcance):
        """Genera cada fila como lista de números, fechas (en la hora del país) y textos."""
        caminos = [columna.camino for columna in self.columnas]
        halladas = self.consulta(alcance).values_list(*caminos)
        for fila in halladas.iterator(chunk_size=DE_A_POCAS):
            pares = zip(self.columnas, fila, strict=True)
            yield [_local(columna.celda(valor, alcance)) for columna, valor in pares]


class HojaDeObjetos(Hoja):
    """La que muestra varias cosas en una celda: `consulta` las trae ya juntas con cada fila.

    Una columna sin `camino` lee el objeto entero.
    """

    def filas(self, alcance):
        for objeto in self.consulta(alcance).iterator(chunk_size=DE_A_POCAS):
            yield [_local(uno.celda(_seguir(objeto, uno.camino), alcance)) for uno in self.columnas]


def _seguir(objeto, camino):
    """Lo que hay al final de «plan__grupo__numero»; None si algo del camino falta."""
    for tramo in filter(None, camino.split("__")):
        objeto = getattr(objeto, tramo, None)
    return objeto


def con_opciones(nombre, camino, que, opciones, **mas):
    """Columna de una lista cerrada: se escribe la palabra, no la clave."""
    palabras = dict(opciones)
    return Columna(
        nombre,
        camino,
        que,
        valores=" / ".join(map(str, palabras.values())),
        leer=lambda valor, alcance: palabras.get(valor, ""),
        **mas,
    )


def si_o_no(nombre, camino, que, **mas):
    return con_opciones(nombre, camino, que, {True: "sí", False: "no"}, **mas)


def _local(valor):
    """Una hoja de cálculo no sabe de husos: las fechas van en la hora del país."""
    if isinstance(valor, datetime):
        return timezone.localtime(valor).replace(tzinfo=None, microsecond=0)
    return valor


# --- El diccionario -----------------------------------------------------------------------------


def diccionario(hojas):
    """Las filas del diccionario de datos de esas hojas."""
    for hoja in hojas:
        for uno in hoja.columnas:
            yield [hoja.titulo, uno.nombre, uno.que, uno.tipo, uno.valores, uno.fuente]


# --- Escribir -----------------------------------------------------------------------------------


def csv_de(hoja, alcance):
    """Genera las líneas del CSV; las fechas, como «2019-08-22 10:30:00»."""
    return lineas_csv(hoja.encabezado, hoja.filas(alcance))


def csv_del_diccionario(hojas):
    return lineas_csv(ENCABEZADO_DEL_DICCIONARIO, diccionario(hojas))


def libro(hojas, alcance):
    """Un archivo temporal abierto, al principio, con esas hojas y su diccionario en XLSX."""
    # openpyxl tarda en cargarse: solo lo paga quien pide un libro.
    from openpyxl import Workbook

    hecho = Workbook(write_only=True)
    for hoja in hojas:
        _agregar(hecho, hoja.titulo, hoja.encabezado, hoja.filas(alcance))
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
    if valor is None or not isinstance(valor, str):
        return valor
    return celda_segura(NO_SE_GUARDAN.sub("", valor))[:CELDA_MAXIMA]


def nombre_de_archivo(que, extension):
    return f"pdot-{que}-{timezone.localdate():%Y-%m-%d}.{extension}"
