"""Gráficos en SVG escritos a mano: barras y barras apiladas.

Funciones puras: mismas filas, mismo dibujo. Van en un `<img>`, en el PDF y en la página: dentro de
él no entra el CSS de fuera y `currentColor` sale negro, así que cada forma dice su color. La letra
es la del documento, que WeasyPrint sí encuentra; en un navegador, la del sistema: por eso nada
depende de cuánto mide un texto y las cifras van sobre la barra, no dentro.

Se leen en gris: las series se distinguen por la trama y por su palabra. Toda cifra está
escrita en el dibujo o, si no cabe, en la tabla equivalente que da `datos`.
"""

from base64 import b64encode
from dataclasses import dataclass
from html import escape

from django.utils.formats import number_format

ANCHO = 640
TINTA, GRIS, RAYA, FONDO, AZUL = "#1c2529", "#4a565d", "#c6c9c8", "#f3f4f4", "#0a5c70"
# Por fila: el rótulo arriba y la barra debajo.
ALTO_FILA, ALTO_BARRA = 42, 14
ALTO_LEYENDA = 26
LARGO_DEL_ROTULO = 62
# Con más filas, el dibujo entero en una hoja ya no se lee.
MAXIMO_DE_FILAS = 10

# Cómo se rellena cada serie, en orden: de la más llena a la vacía. Ninguna depende del color.
TRAMAS = ("llena", "rayada", "punteada", "vacia", "cruzada", "clara")
DEFINICIONES = (
    f'<defs><pattern id="rayada" width="6" height="6" patternUnits="userSpaceOnUse"'
    f' patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/>'
    f'<rect width="2.6" height="6" fill="{AZUL}"/></pattern>'
    f'<pattern id="punteada" width="5" height="5" patternUnits="userSpaceOnUse">'
    f'<rect width="5" height="5" fill="#ffffff"/><circle cx="2.5" cy="2.5" r="1.1" fill="{TINTA}"/>'
    f'</pattern><pattern id="cruzada" width="6" height="6" patternUnits="userSpaceOnUse">'
    f'<rect width="6" height="6" fill="#ffffff"/><path d="M0 3h6M3 0v6" stroke="{GRIS}"'
    f' stroke-width="1.2"/></pattern></defs>'
)
RELLENOS = {
    "llena": AZUL,
    "rayada": "url(#rayada)",
    "punteada": "url(#punteada)",
    "vacia": "#ffffff",
    "cruzada": "url(#cruzada)",
    "clara": "#d5dadb",
}


@dataclass(frozen=True)
class Grafico:
    """Un dibujo, lo mismo en palabras y lo mismo en tabla.

    `datos`: (encabezados, [fila, …]), con las cifras ya escritas como se leen.
    """

    svg: str
    alt: str
    datos: tuple

    @property
    def imagen(self):
        """El dibujo como dirección `data:`, para el `src` de un `<img>`."""
        return f"data:image/svg+xml;base64,{b64encode(self.svg.encode()).decode()}"


# --- Los gráficos -------------------------------------------------------------------------------


def barras(filas, *, titulo, unidad="", nombre="Concepto"):
    """Una barra horizontal por fila. `filas`: [(rótulo, valor ≥ 0)]; None si no hay ninguna.

    `unidad`: la palabra tras cada cifra («personas», «%»). `nombre`: qué es cada fila.
    """
    filas = list(filas)
    if not filas:
        return None
    mayor = max(valor for _, valor in filas) or 1
    partes = []
    for lugar, (rotulo, valor) in enumerate(filas):
        y = lugar * ALTO_FILA
        partes.append(_rotulo(y, rotulo, _con_unidad(valor, unidad)))
        partes.append(_carril(y))
        if valor:
            partes.append(_caja(0, y + 18, ANCHO * valor / mayor, "llena"))
    dicho = "; ".join(f"{rotulo}, {_con_unidad(valor, unidad)}" for rotulo, valor in filas)
    columna = "Valor" if unidad == "%" else _encabezado(unidad)
    tabla = [(rotulo, _con_unidad(v, "%" if unidad == "%" else "")) for rotulo, v in filas]
    return Grafico(
        _svg(titulo, len(filas) * ALTO_FILA, "".join(partes)),
        f"{titulo}: {dicho}.",
        ((nombre, columna), tabla),
    )


def apiladas(filas, series, *, titulo, nombre="Concepto", proporcion=True):
    """Una barra por fila, partida en series. `filas`: [(rótulo, [valor de cada serie])].

    Con `proporcion` todas miden lo mismo y se comparan las partes; sin ella, el largo es el total.
    None si no hay filas. Las series van en el orden de TRAMAS: hasta seis.
    """
    filas, series = list(filas), list(series)
    if not filas:
        return None
    if len(series) > len(TRAMAS):
        raise ValueError(f"Un gráfico apilado distingue {len(TRAMAS)} series, no {len(series)}.")
    mayor = max(sum(valores) for _, valores in filas) or 1
    partes = [_leyenda(series)]
    for lugar, (rotulo, valores) in enumerate(filas):
        y, total = ALTO_LEYENDA + lugar * ALTO_FILA, sum(valores)
        partes += [_rotulo(y, rotulo, _partes_dichas(series, valores)), _carril(y)]
        ancho = ANCHO if proporcion else ANCHO * total / mayor
        partes += _tramos(y + 18, ancho, valores)
    dicho = "; ".join(f"{rotulo}: {_partes_dichas(series, valores)}" for rotulo, valores in filas)
    tabla = [(r, *(_cifra(v) for v in valores), _cifra(sum(valores))) for r, valores in filas]
    return Grafico(
        _svg(titulo, ALTO_LEYENDA + len(filas) * ALTO_FILA, "".join(partes)),
        f"{titulo}. {dicho}.",
        ((nombre, *series, "Total"), tabla),
    )


def acotar(filas, que, maximo=MAXIMO_DE_FILAS):
    """Las filas que caben, en su orden: las mayores, y las demás sumadas en «Otros 12 grupos».

    `que`: cómo se llaman en plural. El valor de cada fila es un número o una lista de ellos.
    """
    filas = list(filas)
    if len(filas) <= maximo:
        return filas
    por_tamanio = sorted(range(len(filas)), key=lambda lugar: -_suma(filas[lugar][1]))
    quedan = set(por_tamanio[: maximo - 1])
    demas = [valor for lugar, (_, valor) in enumerate(filas) if lugar not in quedan]
    de_listas = isinstance(demas[0], list)
    resto = [sum(unos) for unos in zip(*demas, strict=True)] if de_listas else sum(demas)
    visibles = [fila for lugar, fila in enumerate(filas) if lugar in quedan]
    return [*visibles, (f"Otros {len(demas)} {que}", resto)]


def _suma(valor):
    return sum(valor) if isinstance(valor, list) else valor


# --- Palabras y cifras --------------------------------------------------------------------------


def _cifra(valor):
    """1234.5 → «1.234,5»."""
    decimales = 0 if float(valor).is_integer() else 1
    return number_format(valor, decimales, use_l10n=True, force_grouping=True)


def _con_unidad(valor, unidad):
    return f"{_cifra(valor)} {unidad}" if unidad else _cifra(valor)


def _encabezado(unidad):
    """«personas» → «Personas»; «GAD» queda como está."""
    return unidad[:1].upper() + unidad[1:] or "Valor"


def _partes_dichas(series, valores):
    """«SÍ 3 · NO 1», sin las que no tienen nada."""
    dichas = [
        f"{serie} {_cifra(valor)}" for serie, valor in zip(series, valores, strict=True) if valor
    ]
    return " · ".join(dichas) or "ninguno"


def _corto(texto, largo=LARGO_DEL_ROTULO):
    texto = str(texto)
    return texto if len(texto) <= largo else f"{texto[: largo - 1].rstrip()}…"


# --- Trazos -------------------------------------------------------------------------------------


def _svg(titulo, alto, dentro):
    # El título, primero: es lo que leen los lectores de pantalla y PDF/UA.
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {ANCHO} {alto}" width="{ANCHO}"'
        f' height="{alto}" font-family="Public Sans, sans-serif" font-size="12">'
        f"<title>{escape(titulo)}</title>{DEFINICIONES}{dentro}</svg>"
    )


def _texto(x, y, texto, ancla="start", *, color=TINTA, grueso=False):
    peso = ' font-weight="600"' if grueso else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{ancla}" fill="{color}"{peso}>'
        f"{escape(str(texto))}</text>"
    )


def _rotulo(y, izquierda, derecha):
    """Qué es la barra, a la izquierda; cuánto, a la derecha. El que sobra de largo se corta."""
    libre = max(LARGO_DEL_ROTULO - max(len(derecha) - 34, 0), 12)
    return _texto(0, y + 12, _corto(izquierda, libre)) + _texto(
        ANCHO, y + 12, derecha, "end", grueso=True
    )


def _carril(y):
    return f'<rect x="0" y="{y + 18}" width="{ANCHO}" height="{ALTO_BARRA}" fill="{FONDO}"/>'


def _caja(x, y, ancho, trama, alto=ALTO_BARRA):
    # El borde va por dentro: una caja vacía mide lo mismo que una llena.
    ancho, alto = max(ancho - 1, 1), max(alto - 1, 1)
    return (
        f'<rect x="{x + 0.5:.1f}" y="{y + 0.5:.1f}" width="{ancho:.1f}" height="{alto:.1f}"'
        f' fill="{RELLENOS[trama]}" stroke="{TINTA}" stroke-width="1"/>'
    )


def _tramos(y, ancho, valores):
    total, desde = sum(valores), 0.0
    for trama, valor in zip(TRAMAS, valores, strict=False):
        if valor:
            suyo = ancho * valor / total
            yield _caja(desde, y, suyo, trama)
            desde += suyo


def _leyenda(series):
    """Cada trama con su palabra, repartidas a lo ancho."""
    paso = ANCHO / max(len(series), 3)
    return "".join(
        _caja(lugar * paso, 2, 16, trama, 12)
        + _texto(lugar * paso + 22, 12, _corto(serie, int(paso / 7)), color=GRIS)
        for lugar, (serie, trama) in enumerate(zip(series, TRAMAS, strict=False))
    )
