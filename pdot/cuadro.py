"""La matriz GAD × pregunta para leerse: filtrada, con sus cuentas y lo que explica cada una."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby

from territorios.models import Gad

from .coherencia import Fila
from .models import Pregunta, Respuesta, Seccion

SIN = "sin"
# Lo que se cuenta, en el orden en que se lee. «Sin responder» es la que se hizo y quedó vacía.
VALORES = {**dict(Respuesta.Valor.choices), SIN: "Sin responder"}


@dataclass(slots=True)
class Casilla:
    """Lo que un GAD dijo de una pregunta. `valor` es "" si a ese GAD no se le hizo."""

    pregunta: Pregunta
    respuesta: Respuesta | None
    valor: str

    @property
    def palabra(self):
        return VALORES.get(self.valor, "")


@dataclass
class Cuenta:
    """Cuántas casillas hay de cada valor; `cifras` las da en el orden de VALORES."""

    por_valor: Counter = field(default_factory=Counter)

    def sumar(self, casilla):
        if casilla.valor:
            self.por_valor[casilla.valor] += 1

    def __add__(self, otra):
        return Cuenta(self.por_valor + otra.por_valor)

    @property
    def total(self):
        return self.por_valor.total()

    @property
    def cifras(self):
        return [(valor, nombre, self.por_valor[valor]) for valor, nombre in VALORES.items()]


@dataclass
class Renglon:
    fila: Fila
    casillas: list[Casilla]
    cuenta: Cuenta


@dataclass
class Cuadro:
    """Renglones por GAD y columnas por pregunta, con la cuenta de cada uno y la de todo."""

    renglones: list[Renglon]
    columnas: list[tuple[Pregunta, Cuenta]]
    total: Cuenta

    @property
    def preguntas(self):
        return [pregunta for pregunta, _ in self.columnas]

    @property
    def secciones(self):
        """[(título, cuántas columnas seguidas)]."""
        por_seccion = groupby(self.preguntas, lambda pregunta: pregunta.seccion.titulo)
        return [(titulo, len(list(suyas))) for titulo, suyas in por_seccion]


def cuadro_de(matriz, filtro=None, filas=None):
    """El cuadro de lo aprobado (o de `filas`) que pasa el filtro: un dict de FiltroCuadro.

    Con una respuesta elegida quedan solo las casillas que la tienen, y los GAD y preguntas que
    tienen alguna: así toda cuenta es la de lo que se ve.
    """
    filtro = filtro or {}
    filas = matriz.evaluadas if filas is None else filas
    preguntas = [p for p in matriz.preguntas if _pasa(p, filtro)]
    valor = filtro.get("respuesta", "")
    renglones = [
        renglon
        for fila in filas
        if _es_del_nivel(fila.gad, filtro.get("nivel"))
        and (renglon := _renglon(matriz, fila, preguntas, valor)).cuenta.total
    ]
    return _con_cuentas(renglones, preguntas, solo_con_algo=bool(valor))


def componentes_de(cuadro):
    """[(componente, Cuenta)] de la coherencia interna, en su orden.

    Solo de ella: un SÍ a «¿Se requiere ajustar la visión?» no dice que la visión sea coherente.
    """
    cuentas = {}
    for renglon in cuadro.renglones:
        for casilla in renglon.casillas:
            if casilla.pregunta.seccion.mide == Seccion.Mide.INTERNA:
                cuentas.setdefault(casilla.pregunta.componente, Cuenta()).sumar(casilla)
    return list(cuentas.items())


def _pasa(pregunta, filtro):
    return (
        filtro.get("mide", "") in ("", pregunta.seccion.mide)
        and filtro.get("seccion", "") in ("", pregunta.seccion.codigo)
        and filtro.get("componente", "") in ("", pregunta.componente)
        and filtro.get("criterio", "") in ("", pregunta.criterio)
        and filtro.get("pregunta", "") in ("", pregunta.codigo)
    )


def _es_del_nivel(gad, nivel):
    return not nivel or gad.nivel in Gad.NIVELES_DE[nivel]


def _renglon(matriz, fila, preguntas, valor):
    respuestas = {pregunta.codigo: respuesta for pregunta, respuesta in fila.celdas}
    cuenta, casillas = Cuenta(), []
    for pregunta in preguntas:
        casilla = _casilla(matriz, fila, pregunta, respuestas[pregunta.codigo])
        if valor and casilla.valor != valor:
            casilla = Casilla(pregunta, None, "")
        cuenta.sumar(casilla)
        casillas.append(casilla)
    return Renglon(fila, casillas, cuenta)


def _casilla(matriz, fila, pregunta, respuesta):
    if respuesta:
        return Casilla(pregunta, respuesta, respuesta.valor)
    return Casilla(pregunta, None, SIN if matriz.se_hace(fila, pregunta) else "")


def _con_cuentas(renglones, preguntas, *, solo_con_algo):
    cuentas, total = [Cuenta() for _ in preguntas], Cuenta()
    for renglon in renglones:
        for cuenta, casilla in zip(cuentas, renglon.casillas, strict=True):
            cuenta.sumar(casilla)
            total.sumar(casilla)
    lugares = [n for n, cuenta in enumerate(cuentas) if cuenta.total or not solo_con_algo]
    for renglon in renglones:
        renglon.casillas = [renglon.casillas[n] for n in lugares]
    return Cuadro(renglones, [(preguntas[n], cuentas[n]) for n in lugares], total)
