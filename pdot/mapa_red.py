"""La red vertical sobre el mapa: cada GAD en su sitio y cada vínculo con su trazo.

Las provincias van en bandas, arriba o abajo según dónde estén sus cantones. El vínculo de una
parroquia con su provincia es un cabo que sale de ella hacia la banda: dibujados enteros, cuarenta
de ellos taparían el mapa. Todo va en unidades del plano común de `territorios.mapas`.
"""

from dataclasses import dataclass, field
from math import cos, hypot, pi, sin
from typing import NamedTuple

from django.template.loader import render_to_string

from territorios.mapas import ANCHO_DE_LETRA, ARENA, Conjunto, Estilo, Mapa, dibujar
from territorios.models import Gad
from territorios.trazos import Caja, caja_de_todas, en_el_plano

from .arbol_red import forma_de
from .trazo_red import Trazo, como_imagen, trazar

# Separación mínima entre dos nodos y vueltas que se dan para lograrla.
SEPARACION, VUELTAS = 1.7, 60


class Disco(NamedTuple):
    x: float
    y: float
    forma: str
    radio: float
    titulo: str
    url: str
    es_miembro: bool


class Etiqueta(NamedTuple):
    """Un nombre con su tarjeta. La de una parroquia se calla en pantallas angostas."""

    x: float
    y: float
    texto: str
    tamanio: float
    fuerte: bool
    de_provincia: bool = False

    @property
    def caja(self):
        ancho = (
            (len(self.texto) + 0.6) * self.tamanio * ANCHO_DE_LETRA * (1.08 if self.fuerte else 1)
        )
        return Caja(self.x - ancho / 2, self.y - self.tamanio * 0.62, ancho, self.tamanio * 1.24)

    @property
    def base(self):
        return round(self.y + self.tamanio * 0.36, 1)


class Banda(NamedTuple):
    """La tarjeta de una provincia, enlace a su GAD."""

    caja: Caja
    titulo: str
    url: str
    es_miembro: bool


@dataclass
class MapaDeRed:
    mapa: Mapa
    caja: Caja
    letra: float
    lineas: list[Trazo] = field(default_factory=list)
    bandas: list[Banda] = field(default_factory=list)
    discos: list[Disco] = field(default_factory=list)
    etiquetas: list[Etiqueta] = field(default_factory=list)
    enlazado: bool = True

    @property
    def imagen(self):
        """Dirección `data:` del SVG sin enlaces, para un PDF."""
        contexto = {"red": self, "sin_enlaces": True}
        return como_imagen(render_to_string("pdot/coherencia/_mapa_svg.html", contexto))


def mapa_de_red(red, pagina=""):
    """MapaDeRed, o None si no hay contornos con que dibujar. Una consulta."""
    centros = {}
    cantones = sorted({c[:4] for c in red.nodos if len(c) > 2})
    if not cantones:
        return None
    mapa = dibujar(
        _estilos(red, centros),
        ventana=cantones,
        titulo="Red vertical de vínculos sobre el mapa",
        descripcion="Cada línea es un vínculo entre planes; la tabla de abajo dice lo mismo.",
        identificador="mapa-red",
    )
    if not mapa:
        return None
    letra = max(mapa.caja.ancho, mapa.caja.alto) / 36
    sitios = _sitios(red, centros, letra)
    _separar(sitios, letra * SEPARACION)
    bandas = _bandas(red, sitios, mapa.caja, letra)
    todo = caja_de_todas([mapa.caja, *bandas.values()]).con_margen(letra * 0.2)
    dibujo = MapaDeRed(mapa, todo, letra)
    dibujo.lineas = [
        _linea(a, sitios, bandas, letra, pagina) for a in _dibujables(red, sitios, bandas)
    ]
    dibujo.bandas = [_banda(red.nodos[codigo], caja) for codigo, caja in bandas.items()]
    dibujo.discos = [_disco(red.nodos[codigo], lugar, letra) for codigo, lugar in sitios.items()]
    dibujo.etiquetas = _etiquetas(red, sitios, bandas, mapa.caja, letra)
    return dibujo


def _estilos(red, centros):
    """Los cantones de la red, en arena; de paso deja en `centros` el medio de cada celda."""
    cantones = {codigo[:4] for codigo in red.nodos if len(codigo) > 2}

    def estilo(celda):
        if celda.codigo not in cantones:
            return None
        caja = celda.caja
        centros[celda.codigo] = (caja.x + caja.ancho / 2, caja.y + caja.alto / 2)
        return Estilo(ARENA, celda.nombre, conjunto=Conjunto("red", "Cantones de la red"))

    return estilo


# --- Sitios -------------------------------------------------------------------------------------


def _sitios(red, centros, letra):
    """{código: [x, y]} de cantones y parroquias; sin coordenadas, alrededor de su cantón."""
    sitios, sin_punto = {}, {}
    for codigo, nodo in red.nodos.items():
        lugar = nodo.gad.territorio
        if len(codigo) == 2:
            continue
        if lugar.lon is not None and lugar.lat is not None:
            sitios[codigo] = list(en_el_plano(lugar.lon, lugar.lat))
        elif codigo in centros:
            sitios[codigo] = list(centros[codigo])
        else:
            sin_punto.setdefault(codigo[:4], []).append(codigo)
    for canton, codigos in sin_punto.items():
        if canton in centros:
            for n, codigo in enumerate(codigos):
                x, y = centros[canton]
                giro = 2 * pi * n / len(codigos)
                sitios[codigo] = [x + 3 * letra * cos(giro), y + 3 * letra * sin(giro)]
    return sitios


def _separar(sitios, minima):
    """Aparta poco a poco los que se tocan, siempre en el mismo orden: el mapa sale igual."""
    codigos = sorted(sitios)
    for _ in range(VUELTAS):
        movidos = False
        for n, uno in enumerate(codigos):
            for otro in codigos[n + 1 :]:
                movidos |= _apartar(sitios[uno], sitios[otro], minima, n)
        if not movidos:
            return


def _apartar(uno, otro, minima, n):
    dx, dy = otro[0] - uno[0], otro[1] - uno[1]
    lejos = hypot(dx, dy)
    if lejos >= minima:
        return False
    if lejos < 0.01:
        dx, dy, lejos = cos(n), sin(n), 1.0
    paso = (minima - min(lejos, minima)) / 2 + 0.5
    uno[0], uno[1] = uno[0] - dx / lejos * paso, uno[1] - dy / lejos * paso
    otro[0], otro[1] = otro[0] + dx / lejos * paso, otro[1] + dy / lejos * paso
    return True


def _bandas(red, sitios, caja, letra):
    """{provincia: Caja} de su tarjeta: arriba las del norte y abajo las del sur."""
    altura = {}
    for provincia in red.provincias:
        suyos = [y for codigo, (_, y) in sitios.items() if codigo.startswith(provincia.gad.pk)]
        altura[provincia.gad.pk] = sum(suyos) / len(suyos) if suyos else caja.y + caja.alto
    en_orden = sorted(altura, key=altura.get)
    medio = (len(en_orden) + 1) // 2
    alto = letra * 1.9
    filas = [(en_orden[:medio], caja.y - alto * 1.35), (en_orden[medio:], caja.abajo + alto * 0.35)]
    bandas = {}
    for codigos, y in filas:
        paso = caja.ancho / max(len(codigos), 1)
        for n, codigo in enumerate(codigos):
            bandas[codigo] = Caja(caja.x + paso * n + letra * 0.4, y, paso - letra * 0.8, alto)
    return bandas


# --- Líneas y nodos -----------------------------------------------------------------------------


def _dibujables(red, sitios, bandas):
    """Primero lo que nadie evaluó, para que no tape a lo demás."""
    lugares = {*sitios, *bandas}
    propias = [a for a in red.aristas if a.de.gad.pk in sitios and a.con.gad.pk in lugares]
    return sorted(propias, key=lambda arista: arista.estado != "sin")


def _linea(arista, sitios, bandas, letra, pagina):
    desde, con = sitios[arista.de.gad.pk], arista.con.gad.pk
    hasta = sitios.get(con) or _borde(bandas[con], desde)
    if con in bandas and arista.de.gad.nivel in Gad.PARROQUIALES:
        hasta = _cabo(desde, hasta, letra * 2.1)
    return trazar(
        *(arista.estado, desde, hasta, letra),
        titulo=arista.titulo,
        url=f"{pagina}#{arista.ancla}",
        donde=0.62,
    )


def _borde(banda, desde):
    """El punto de la tarjeta más cercano en vertical al que se une con ella."""
    x = min(max(desde[0], banda.x + banda.ancho * 0.08), banda.derecha - banda.ancho * 0.08)
    return x, banda.abajo if banda.y < desde[1] else banda.y


def _cabo(desde, hacia, largo):
    dx, dy = hacia[0] - desde[0], hacia[1] - desde[1]
    lejos = hypot(dx, dy) or 1
    return desde[0] + dx / lejos * largo, desde[1] + dy / lejos * largo


def _banda(nodo, caja):
    return Banda(caja, _titulo(nodo), nodo.gad.get_absolute_url(), nodo.es_miembro)


def _titulo(nodo):
    return f"{nodo.gad.nombre_con_lugar}{'' if nodo.es_miembro else ', fuera del grupo'}"


def _disco(nodo, lugar, letra):
    x, y = lugar
    es_canton = nodo.gad.nivel in Gad.MUNICIPALES
    return Disco(
        *(round(x, 1), round(y, 1), forma_de(nodo.gad)),
        round(letra * (0.55 if es_canton else 0.36), 1),
        _titulo(nodo),
        nodo.gad.get_absolute_url(),
        nodo.es_miembro,
    )


# --- Nombres ------------------------------------------------------------------------------------


def _etiquetas(red, sitios, bandas, caja, letra):
    """Los nombres que caben sin pisarse: provincias siempre, luego cantones y parroquias.

    El que no cabe en ninguno de los cuatro lados de su nodo queda en su título, en el árbol y en
    la tabla.
    """
    puestas = [
        Etiqueta(
            b.x + b.ancho / 2,
            b.y + b.alto / 2,
            red.nodos[c].nombre,
            round(letra * 1.05, 1),
            True,
            True,
        )
        for c, b in bandas.items()
    ]
    ocupado = [banda.con_margen(letra * 0.1) for banda in bandas.values()]
    ocupado += [Caja(x - letra * 0.5, y - letra * 0.5, letra, letra) for x, y in sitios.values()]
    for codigo in sorted(sitios, key=lambda codigo: (len(codigo), codigo)):
        es_canton = len(codigo) == 4
        tamanio = letra * (1 if es_canton else 0.78)
        nombre = red.nodos[codigo].gad.nombre
        for etiqueta in _alrededor(*sitios[codigo], nombre, tamanio, es_canton, letra):
            libre = not any(etiqueta.caja.toca(otra) for otra in ocupado)
            if libre and caja.encierra(etiqueta.caja):
                ocupado.append(etiqueta.caja)
                puestas.append(etiqueta)
                break
    return puestas


def _alrededor(x, y, nombre, tamanio, fuerte, letra):
    """El nombre debajo, encima, a la derecha y a la izquierda de su nodo."""
    alto = letra * (1.35 if fuerte else 1.1)
    ancho = Etiqueta(x, y, nombre, tamanio, fuerte).caja.ancho / 2 + letra * 0.75
    for dx, dy in ((0, alto), (0, -alto), (ancho, 0), (-ancho, 0)):
        yield Etiqueta(round(x + dx, 1), round(y + dy, 1), nombre, round(tamanio, 1), fuerte)
