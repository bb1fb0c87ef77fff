"""Mapas: cantones como celdas, dibujados en el servidor como SVG. Un solo código, HTML y PDF.

`dibujar()` recibe cómo se pinta cada cantón y qué parte del país se encuadra, y devuelve un Mapa
que `_componentes/mapa.html` escribe en una página y `Mapa.imagen` lleva a un PDF. Los trazos salen
de la capa de límites en uso: el día que entren los oficiales cambia la capa y nada de esto.

Todas las medidas van en unidades del plano común, también el grosor de las líneas y el tamaño de
las letras: WeasyPrint no entiende `vector-effect` ni aplica al SVG la hoja de estilo del documento.
"""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.template.loader import render_to_string

from .models import Contorno
from .trazos import Caja, Enlace, caja_de_todas, lugar_de_rotulo, silueta

GALAPAGOS = "20"

# --- Aspecto ------------------------------------------------------------------------------------

# De claro a oscuro y del amarillo al azul: se distinguen en gris y con cualquier daltonismo.
ARENA, MENTA, LAGUNA, MAR = "#f0dfae", "#b7d1a6", "#79aeb9", "#2f7086"
ARCILLA, LILA = "#dcae90", "#c6bfda"
TENUE = "#e7e5dd"
TINTA, TINTA_TENUE = "#1c2529", "#53616a"
# Motivo de cada trama, en un cuadro de 10 × 10.
TRAMAS = {
    "diagonal": "M-2 2l4-4M0 10l10-10M8 12l4-4",
    "puntos": "M4 5h2M-1 0h2M9 0h2M-1 10h2M9 10h2",
    "contradiagonal": "M-2 8l4 4M0 0l10 10M8-2l4 4",
    "vertical": "M5 0v10",
    "cuadros": "M5 0v10M0 5h10",
    "horizontal": "M0 5h10",
    "cruz": "M0 0l10 10M0 10l10-10",
}
PROPORCION_MINIMA, PROPORCION_MAXIMA = 0.95, 1.45
# Alrededor de lo encuadrado, en proporción de su lado; y un mínimo, para que salgan los vecinos.
MARGEN, MARGEN_MINIMO = 0.05, 60
ANCHO_DE_LETRA = 0.56
# Un mapa que ocupa un tercio de la página, o un teléfono, pide la letra así de grande.
AUMENTO = 1.8
TAMANIO = {"numero": 1.1, "fuerte": 1.15, "nombre": 0.9, "claro": 0.9, "tenue": 0.8}
# Un nombre que se saldría de su celda se escribe más chico, y si ni así cabe, no se escribe. Solo
# el destacado se escribe siempre.
REDUCIDO = 0.78
SIEMPRE = "fuerte"


@dataclass(frozen=True)
class Conjunto:
    """Cantones que se leen juntos: borde común, `rotulo` encima y, si comparten, un solo enlace."""

    clave: str
    titulo: str
    rotulo: str = ""


@dataclass(frozen=True)
class Estilo:
    """Cómo se pinta un cantón y a dónde lleva. `titulo` lo nombra y dice su cifra.

    `etiqueta` se escribe dentro si cabe, en claro si el relleno es `oscuro`; `destacado` lo rodea y
    escribe su nombre siempre; `punto` le pone la marca de sede; `clase` marca su enlace, para lo
    que cambia sin volver a dibujar.
    """

    relleno: str
    titulo: str
    trama: str | None = None
    url: str = ""
    etiqueta: str = ""
    oscuro: bool = False
    destacado: bool = False
    punto: bool = False
    conjunto: Conjunto | None = None
    clase: str = ""


class Leyenda(NamedTuple):
    """Renglón de la leyenda: un relleno con su trama, o la marca de la sede; `url`, sus filas."""

    texto: str
    relleno: str = ""
    trama: str | None = None
    punto: bool = False
    url: str = ""

    @property
    def motivo(self):
        return TRAMAS.get(self.trama, "")


# --- Lo dibujado --------------------------------------------------------------------------------


class Celda(NamedTuple):
    """Un cantón con su trazo. Sin instanciar el modelo: un mapa lleva doscientas."""

    codigo: str
    nombre: str
    zona: int
    desde: date | None
    trazo: str
    caja: Caja


class Capa(NamedTuple):
    nombre: str
    fuente: str
    fecha: date
    esquematica: bool


class Bloque(NamedTuple):
    """Celdas que se pintan igual. `fondo` es su silueta: lleva el borde común y la trama."""

    fondo: str
    relleno: str
    trama: str
    destacado: bool
    enlaces: list[Enlace]


class Rotulo(NamedTuple):
    """Texto centrado en (x, y). `clase`: numero (en un disco), fuerte (en una tarjeta), nombre,
    claro (el de una celda oscura, en blanco y con halo) o tenue (el de un vecino).

    `amplio` si cabe también aumentado: es lo único que se escribe en un teléfono.
    """

    x: float
    y: float
    texto: str
    clase: str
    tamanio: float
    amplio: bool = False

    @property
    def tinta(self):
        return TINTA_TENUE if self.clase == "tenue" else TINTA

    @property
    def halo(self):
        return round(self.tamanio * 0.28, 1)

    @property
    def base(self):
        """Ordenada de la línea de base: `dominant-baseline` no lo entienden todos."""
        return round(self.y + self.tamanio * 0.36, 1)

    @property
    def radio(self):
        return round(self.tamanio * 0.95, 1)

    @property
    def caja(self):
        if self.clase == "numero":
            ancho = alto = 2 * self.radio
        else:
            letras = len(self.texto) + (1 if self.clase == "fuerte" else 0)
            ancho, alto = letras * self.tamanio * ANCHO_DE_LETRA, self.tamanio * 1.3
        return Caja(self.x - ancho / 2, self.y - alto / 2, ancho, alto)


class Plano(NamedTuple):
    """Lo dibujado a una escala. Galápagos va en el suyo, con `marco`, cuando hay continente."""

    bloques: list[Bloque]
    rotulos: list[Rotulo]
    puntos: list[tuple[float, float]]
    radio: float
    transformacion: str = ""
    marco: Caja | None = None


@dataclass(frozen=True)
class Mapa:
    """Un mapa listo para escribirse. Sin `planos` no hay contornos que dibujar."""

    identificador: str
    titulo: str
    descripcion: str
    capa: Capa | None = None
    caja: Caja | None = None
    planos: list[Plano] = field(default_factory=list)
    tramas: list[tuple[str, str]] = field(default_factory=list)
    leyenda: list[Leyenda] = field(default_factory=list)
    enlazado: bool = False
    chico: bool = False
    es_del_pais: bool = False

    def __bool__(self):
        return bool(self.planos)

    @property
    def lado(self):
        """De donde salen todos los grosores y tamaños."""
        return max(self.caja.ancho, self.caja.alto) * (AUMENTO if self.chico else 1)

    @property
    def fino(self):
        return f"{self.lado / 800:.2f}"

    @property
    def medio(self):
        return f"{self.lado / 240:.2f}"

    @property
    def grueso(self):
        return f"{self.lado / 170:.2f}"

    @property
    def letra(self):
        return self.lado / 44

    @property
    def pie(self):
        """De dónde salen los contornos; el esquema lo dice con todas sus letras."""
        if self.capa.esquematica:
            return (
                "Esquema: celdas calculadas a partir de las coordenadas de la DPA; "
                "no son límites oficiales."
            )
        return f"{self.capa.nombre}. Fuente: {self.capa.fuente}, {self.capa.fecha:%d/%m/%Y}."

    @cached_property
    def svg(self):
        """El SVG solo y sin enlaces, como lo quieren los documentos."""
        mapa = replace(self, enlazado=False)
        return render_to_string("_componentes/mapa_svg.html", {"mapa": mapa})

    @property
    def imagen(self):
        """Dirección `data:` del SVG, para `<img src>` en un PDF."""
        return "data:image/svg+xml;base64," + b64encode(self.svg.encode()).decode()


def dibujar(
    estilos: Mapping[str, Estilo] | Callable[[Celda], Estilo | None],
    *,
    titulo: str,
    descripcion: str,
    identificador: str,
    ventana: Iterable[str] | None = None,
    leyenda: Iterable[Leyenda] = (),
    chico: bool = False,
) -> Mapa:
    """Mapa con los cantones de `estilos`; los demás que se vean salen tenues.

    `estilos` va por código, o es una función de la celda. `ventana` son códigos de cantón o de
    provincia: se encuadran con un margen; None es el país entero. `identificador` debe ser único
    en la página; `chico` aumenta letras y líneas, para un mapa al margen. Una consulta.
    """
    mapa = Mapa(identificador, titulo, descripcion, leyenda=list(leyenda), chico=chico)
    capa, celdas = _capa_en_uso()
    prefijos = None if ventana is None else tuple(ventana)
    dentro = [c for c in celdas if prefijos is None or c.codigo.startswith(prefijos)]
    if not dentro:
        return mapa
    elegir = estilos if callable(estilos) else lambda celda: estilos.get(celda.codigo)
    estilos = {celda.codigo: estilo for celda in celdas if (estilo := elegir(celda))}
    caja, visibles, aparte, marco = _encuadrar(celdas, dentro)
    enlazado = any(estilo.url for estilo in estilos.values())
    mapa = replace(mapa, capa=capa, caja=caja, enlazado=enlazado, es_del_pais=ventana is None)
    planos = [_plano(mapa, visibles, estilos)]
    if aparte:
        planos.append(_recuadro(mapa, aparte, estilos, marco))
    return replace(mapa, planos=planos, tramas=_tramas(estilos))


def _capa_en_uso():
    filas = Contorno.objects.en_uso().values_list(
        "territorio_id",
        *("territorio__nombre", "territorio__zona_id", "territorio__desde", "trazo"),
        *("izquierda", "arriba", "derecha", "abajo"),
        *("capa__nombre", "capa__fuente", "capa__fecha", "capa__esquematica"),
    )
    capa, celdas = None, []
    for fila in filas:
        capa = capa or Capa(*fila[9:])
        celdas.append(Celda(*fila[:5], Caja.de_extremos(*fila[5:9])))
    return capa, celdas


# --- Encuadre -----------------------------------------------------------------------------------


def _encuadrar(celdas, dentro):
    """(caja del mapa, celdas a la vista, las de Galápagos que van aparte, su marco)."""
    tierra = [celda for celda in dentro if not _es_isla(celda)]
    aparte = [celda for celda in dentro if _es_isla(celda)] if tierra else []
    caja = caja_de_todas(celda.caja for celda in tierra or dentro)
    caja = caja.con_margen(max(caja.ancho * MARGEN, caja.alto * MARGEN, MARGEN_MINIMO))
    if not aparte:
        caja = _con_proporcion(caja)
    del_mismo_lado = [celda for celda in celdas if _es_isla(celda) != bool(tierra)]
    visibles = [celda for celda in del_mismo_lado if celda.caja.toca(caja)]
    if not aparte:
        return caja, visibles, [], None
    marco = _lugar_del_recuadro(caja, visibles, caja_de_todas(celda.caja for celda in aparte))
    caja = caja_de_todas([caja, marco.con_margen(caja.ancho * 0.012)])
    return caja, visibles, aparte, marco


def _es_isla(celda):
    return celda.codigo.startswith(GALAPAGOS)


def _con_proporcion(caja):
    """Ensancha o alarga la caja para que el mapa no salga ni torre ni cinta."""
    ancho = max(caja.ancho, caja.alto * PROPORCION_MINIMA)
    alto = max(caja.alto, ancho / PROPORCION_MAXIMA)
    return Caja(caja.x - (ancho - caja.ancho) / 2, caja.y - (alto - caja.alto) / 2, ancho, alto)


def _lugar_del_recuadro(caja, visibles, islas):
    """Marco de Galápagos al oeste, arriba o abajo, donde la costa deja más mar."""
    ancho = caja.ancho * 0.32
    alto = ancho * (islas.alto / islas.ancho + 0.22)
    aire = caja.ancho * 0.02
    arriba, abajo = (
        Caja(_costa(caja, visibles, y, alto) - ancho - aire, y, ancho, alto)
        for y in (caja.y + aire, caja.abajo - alto - aire)
    )
    return abajo if abajo.x - arriba.x > ancho * 0.2 else arriba


def _costa(caja, visibles, y, alto):
    """Abscisa de lo más occidental entre dos paralelas."""
    franja = Caja(caja.x, y, caja.ancho, alto)
    return min((c.caja.x for c in visibles if c.caja.toca(franja)), default=caja.derecha)


# --- Celdas -------------------------------------------------------------------------------------


def _plano(mapa, celdas, estilos, escala=1, **recuadro):
    vecinas = [celda for celda in celdas if celda.codigo not in estilos]
    propias = [celda for celda in celdas if celda.codigo in estilos]
    bloques = [_bloque_tenue(vecinas)] if vecinas else []
    bloques += _bloques(propias, estilos)
    letra = mapa.letra / escala
    numeros = _numeros(propias, estilos, letra)
    candidatos = list(_por_nombrar(propias, [] if mapa.es_del_pais else vecinas, estilos))
    nombres = _colocar(candidatos, letra, mapa.caja, numeros)
    puntos = [_centro(celda) for celda in propias if estilos[celda.codigo].punto]
    return Plano(bloques, numeros + nombres, puntos, round(letra * 0.32, 1), **recuadro)


def _recuadro(mapa, celdas, estilos, marco):
    """Las islas, a la escala y en el lugar del marco, con su nombre debajo."""
    islas = caja_de_todas(celda.caja for celda in celdas)
    escala = marco.ancho * 0.9 / islas.ancho
    aire = (marco.ancho - islas.ancho * escala) / 2
    x, y = marco.x + aire - islas.x * escala, marco.y + aire - islas.y * escala
    transformacion = f"translate({x:.0f} {y:.0f}) scale({escala:.3f})"
    plano = _plano(mapa, celdas, estilos, escala, transformacion=transformacion, marco=marco)
    letra = mapa.letra * TAMANIO["tenue"] / escala
    pie = islas.abajo + (marco.abajo - y - islas.abajo * escala) / escala / 2
    nombre = Rotulo(islas.x + islas.ancho / 2, round(pie), "Galápagos", "tenue", round(letra, 1))
    return plano._replace(rotulos=[*plano.rotulos, nombre])


def _bloque_tenue(vecinas):
    return Bloque("", TENUE, "", False, [Enlace("", "", [(c.trazo, c.nombre) for c in vecinas])])


def _bloques(celdas, estilos):
    """Celdas juntas por aspecto; las destacadas al final, para que nadie tape su borde."""

    def aspecto(celda):
        estilo = estilos[celda.codigo]
        clave = estilo.conjunto.clave if estilo.conjunto else ""
        return estilo.destacado, clave, estilo.relleno, estilo.trama or ""

    bloques = []
    for clave, iguales in groupby(sorted(celdas, key=aspecto), key=aspecto):
        destacado, conjunto, relleno, trama = clave
        propias = list(iguales)
        con_fondo = destacado or conjunto or trama
        fondo = silueta(celda.trazo for celda in propias) if con_fondo else ""
        enlaces = _enlaces(propias, estilos)
        bloques.append(Bloque(fondo, relleno, trama, destacado, enlaces))
    return bloques


def _enlaces(celdas, estilos):
    """Un enlace por celda; o uno solo para las de un conjunto que llevan al mismo lugar."""
    enlaces = []
    for url, seguidas in groupby(celdas, key=lambda celda: estilos[celda.codigo].url):
        suyas = [(celda.trazo, estilos[celda.codigo]) for celda in seguidas]
        conjunto = estilos[celdas[0].codigo].conjunto
        if url and not (conjunto and len(suyas) > 1):
            enlaces += [Enlace(url, e.titulo, [(trazo, "")], e.clase) for trazo, e in suyas]
        else:
            propias = [(trazo, estilo.titulo) for trazo, estilo in suyas]
            enlaces.append(Enlace(url, conjunto.titulo if conjunto else "", propias))
    return enlaces


def _tramas(estilos):
    """(nombre, motivo) de cada trama usada, sin repetir y en orden."""
    usadas = {estilo.trama for estilo in estilos.values() if estilo.trama}
    return [(trama, TRAMAS[trama]) for trama in sorted(usadas)]


# --- Rótulos ------------------------------------------------------------------------------------


def _numeros(celdas, estilos, letra):
    trazos = defaultdict(list)
    for celda in celdas:
        conjunto = estilos[celda.codigo].conjunto
        if conjunto and conjunto.rotulo:
            trazos[conjunto].append(celda.trazo)
    tamanio = round(letra * TAMANIO["numero"], 1)
    return [
        Rotulo(*lugar_de_rotulo(tuple(suyos))[:2], conjunto.rotulo, "numero", tamanio, amplio=True)
        for conjunto, suyos in trazos.items()
    ]


class PorNombrar(NamedTuple):
    """Un nombre que se escribirá si cabe; con `baja`, una línea más abajo, porque hay un punto."""

    texto: str
    clase: str
    celda: Celda
    baja: bool = False


def _por_nombrar(propias, vecinas, estilos):
    """Por orden de importancia: las destacadas, las grandes y por último los vecinos."""

    def importancia(celda):
        return not estilos[celda.codigo].destacado, -celda.caja.area

    for celda in sorted(propias, key=importancia):
        estilo = estilos[celda.codigo]
        if estilo.etiqueta:
            clase = "claro" if estilo.oscuro else "nombre"
            clase = SIEMPRE if estilo.destacado else clase
            yield PorNombrar(estilo.etiqueta, clase, celda, estilo.punto)
    for celda in sorted(vecinas, key=lambda celda: -celda.caja.area):
        yield PorNombrar(celda.nombre, "tenue", celda)


def _colocar(candidatos, letra, ventana, numeros):
    """Los nombres que caben sin pisar otro rótulo, y cuáles de ellos caben también aumentados."""
    amplios = {r.texto for r in _que_caben(candidatos, letra * AUMENTO, ventana, numeros, (1,))}
    caben = _que_caben(candidatos, letra, ventana, numeros, (1, REDUCIDO))
    return [rotulo._replace(amplio=rotulo.texto in amplios) for rotulo in caben]


def _que_caben(candidatos, letra, ventana, numeros, escalas):
    """Cada nombre en la primera de las escalas en que cabe; los que no caben en ninguna, no van."""
    puestos = []
    ocupado = [numero.caja for numero in numeros]
    for candidato in candidatos:
        for escala in escalas:
            rotulo, libre = _rotulo(candidato, letra * escala)
            caja = rotulo.caja
            cabe = caja.ancho <= libre and ventana.encierra(caja)
            # Mirar los demás rótulos es lo caro: solo si este cabe en su lugar.
            if (cabe or rotulo.clase == SIEMPRE) and not any(caja.toca(otra) for otra in ocupado):
                ocupado.append(caja)
                puestos.append(rotulo)
                break
    return puestos


def _rotulo(candidato, letra):
    """El nombre en su celda y cuánto ancho tiene ahí."""
    texto, clase, celda, baja = candidato
    tamanio = round(letra * TAMANIO[clase], 1)
    x, y, libre = lugar_de_rotulo((celda.trazo,))
    return Rotulo(x, round(y + baja * tamanio, 1), texto, clase, tamanio), libre


def _centro(celda):
    return lugar_de_rotulo((celda.trazo,))[:2]
