"""Lo escrito en una evaluación, ahora o como estaba en un momento: todo en una consulta.

Las respuestas y las hojas viven en cinco tablas. Se leen juntas porque caben en las mismas columnas
(`COLUMNAS` dice en cuál va cada campo) y vuelven a ser objetos de su modelo, para leer y no para
guardar. Lo de antes sale del historial.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import DateTimeField, F, Value
from django.db.models.functions import Cast

from territorios.models import Gad

from .models import ElementoVision, Evaluacion, Informacion, Problema, Promocion, Respuesta, Vinculo

# Lo que va en cada columna de la tabla que no tiene ese campo.
VACIO = {"numero": 0, "gad": "", "marca": "", "si": False, "a": "", "b": "", "c": "", "version": 0}
COLUMNAS = {
    Respuesta: {
        "numero": "pregunta_id",
        "marca": "valor",
        "si": "dudosa",
        "a": "texto",
        "version": "version",
    },
    Vinculo: {
        "gad": "con_id",
        "marca": "valor",
        "a": "justificacion",
        "b": "incompatibles",
        "c": "sinergias",
        "version": "version",
    },
    Informacion: {
        "numero": "orden",
        "gad": "proveedor_gad_id",
        "marca": "situacion",
        "si": "puede_entregar",
        "a": "dato",
        "b": "proveedor",
        "c": "detalle",
        "version": "version",
    },
    ElementoVision: {"numero": "orden", "si": "dudosa", "a": "texto"},
    Problema: {"numero": "orden", "si": "de_tarjeta", "a": "texto"},
}
MODELOS = list(COLUMNAS)
DE_AHORA = (Cast(Value(None), DateTimeField()), Value(0), Value(""))
DE_ANTES = (F("history_date"), F("history_id"), F("history_type"))


@dataclass(frozen=True)
class Toma:
    """Una evaluación y el momento en que se la mira; None es ahora."""

    evaluacion: Evaluacion
    momento: datetime | None = None


def leer_escrito(*tomas):
    """[{modelo: [sus filas, en orden]}] de cada Toma. Una consulta, sean cuantas sean."""
    hoy = {toma.evaluacion.pk for toma in tomas if toma.momento is None}
    momentos = [toma.momento for toma in tomas if toma.momento]
    antes = {toma.evaluacion.pk for toma in tomas if toma.momento}
    partes = [_vivas(modelo, hoy) for modelo in MODELOS if hoy]
    partes += [_asientos(modelo, antes, max(momentos)) for modelo in MODELOS if antes]
    if not partes:
        return []
    filas = list(partes[0].union(*partes[1:], all=True))
    return [_de_la_toma(toma, filas) for toma in tomas]


def _vivas(modelo, evaluaciones):
    filas = modelo.objects.filter(evaluacion__in=evaluaciones)
    if modelo is Problema:
        filas = filas.annotate(de_tarjeta=Promocion.objects.dieron("problema"))
    return _en_columnas(modelo, filas, DE_AHORA)


def _asientos(modelo, evaluaciones, hasta):
    filas = modelo.historia.filter(evaluacion__in=evaluaciones, history_date__lte=hasta)
    if modelo is Problema:
        # En lo de antes no se sabe de antemano si nació de una.
        filas = filas.annotate(de_tarjeta=Value(True))
    return _en_columnas(modelo, filas, DE_ANTES)


def _en_columnas(modelo, filas, de_cuando):
    campos = COLUMNAS[modelo]
    suyas = [F(campos[c]) if c in campos else Value(vacio) for c, vacio in VACIO.items()]
    que = Value(MODELOS.index(modelo))
    return filas.order_by().values_list(que, F("evaluacion_id"), *de_cuando, F("id"), *suyas)


def _de_la_toma(toma, filas):
    """{modelo: [objetos]}: de lo de antes, cómo había quedado cada fila, sin las quitadas."""
    ultimas = {}
    for que, evaluacion, momento, asiento, tipo, clave, *valores in filas:
        if evaluacion != toma.evaluacion.pk or (momento is None) != (toma.momento is None):
            continue
        if momento and momento > toma.momento:
            continue
        cuando = (momento, asiento)
        if (que, clave) not in ultimas or ultimas[que, clave][0] < cuando:
            ultimas[que, clave] = (cuando, tipo, valores)
    escrito = {modelo: [] for modelo in MODELOS}
    for (que, clave), (_, tipo, valores) in ultimas.items():
        if tipo != "-":
            escrito[MODELOS[que]].append(_objeto(MODELOS[que], toma, clave, valores))
    for modelo, suyas in escrito.items():
        suyas.sort(key=lambda fila, modelo=modelo: _lugar(modelo, fila))
    return escrito


def _objeto(modelo, toma, clave, valores):
    objeto = modelo(pk=clave, evaluacion=toma.evaluacion)
    for columna, valor in zip(VACIO, valores, strict=True):
        if campo := COLUMNAS[modelo].get(columna):
            setattr(objeto, campo, valor)
    return objeto


def _lugar(modelo, fila):
    if modelo is Respuesta:
        return fila.pk
    return fila.con_id if modelo is Vinculo else (fila.orden, fila.pk)


def gads_de(*escritos, salvo=()):
    """{código: Gad} de los que nombran las hojas, menos los de `salvo`. Una consulta o ninguna."""
    codigos = {vinculo.con_id for escrito in escritos for vinculo in escrito[Vinculo]}
    codigos |= {dato.proveedor_gad_id for escrito in escritos for dato in escrito[Informacion]}
    codigos -= {None, *salvo}
    return Gad.objects.filter(pk__in=codigos).para_lista().in_bulk() if codigos else {}
