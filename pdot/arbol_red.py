"""La red vertical como árbol: una rama por cantón, de la provincia a sus parroquias.

Cada rama es un SVG angosto que se lee igual en un teléfono que en una hoja: un renglón por GAD y,
debajo, uno por cada plan con que se compara, que sale del tronco de ese plan. Como cada cosa tiene
su renglón, nada se pisa por grande que sea el grupo.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.template.loader import render_to_string

from territorios.mapas import ANCHO_DE_LETRA
from territorios.models import Gad

from .trazo_red import Trazo, como_imagen, trazar

ANCHO = 340
NOMBRE, PALABRA = 13, 11.5
ALTO_DE_NOMBRE, ALTO_DE_VINCULO, AIRE = 21, 18, 6
SANGRIA = 15
# Hasta dónde llega la línea de un vínculo y desde dónde se escribe.
FIN = 104


class Punto(NamedTuple):
    """Un GAD: cuadro si es provincia, disco si es cantón, rombo si es parroquia."""

    x: float
    y: float
    forma: str
    nombre: str
    titulo: str
    url: str
    es_miembro: bool

    @property
    def base(self):
        return self.y + NOMBRE * 0.36


class Dicho(NamedTuple):
    """Un vínculo: su línea desde el tronco y, al lado, lo que se dice con palabras."""

    trazo: Trazo
    y: float
    texto: str

    @property
    def base(self):
        return self.y + PALABRA * 0.36


@dataclass
class Rama:
    identificador: str
    titulo: str
    descripcion: str = ""
    puntos: list[Punto] = field(default_factory=list)
    dichos: list[Dicho] = field(default_factory=list)
    troncos: list[str] = field(default_factory=list)
    alto: float = AIRE
    ancho: int = ANCHO
    fin: int = FIN + 8

    @property
    def imagen(self):
        """Dirección `data:` del SVG sin enlaces, para un PDF."""
        contexto = {"rama": self, "sin_enlaces": True}
        return como_imagen(render_to_string("pdot/coherencia/_rama_svg.html", contexto))


def arbol_de(red, pagina=""):
    """Las ramas, por código de cantón; `pagina` es la de la red, a cuyas filas se enlaza."""
    por_canton, de_quien = defaultdict(list), defaultdict(list)
    for nodo in red.nodos.values():
        if nodo.gad.nivel not in Gad.PROVINCIALES:
            por_canton[nodo.gad.pk[:4]].append(nodo)
    for arista in red.aristas:
        de_quien[arista.de.gad.pk].append(arista)
    ramas = [_rama(red, por_canton[c], de_quien, pagina) for c in sorted(por_canton)]
    en_rama = {punto.url for rama in ramas for punto in rama.puntos}
    solas = [n for n in red.provincias if n.gad.get_absolute_url() not in en_rama]
    return ramas + [_rama(red, [nodo], de_quien, pagina) for nodo in solas]


def _rama(red, nodos, de_quien, pagina):
    """Primero sus provincias, luego el cantón y debajo las parroquias."""
    suyas = [arista for nodo in nodos for arista in de_quien[nodo.gad.pk]]
    superiores = {a.con.gad.pk for a in suyas if a.con.gad.nivel in Gad.PROVINCIALES}
    provincias = [nodo for codigo, nodo in red.nodos.items() if codigo in superiores]
    primero = nodos[0]
    rama = Rama(f"rama-{primero.gad.pk}", primero.nombre)
    rama.descripcion = "; ".join(arista.titulo for arista in suyas) or "Sin vínculos que comparar"
    troncos = {}
    for nodo in [*provincias, *nodos]:
        _poner(rama, nodo, len(troncos), troncos)
        for arista in de_quien[nodo.gad.pk] if nodo in nodos else ():
            _decir(rama, arista, troncos, pagina)
    rama.troncos = [f"M{x} {y0}V{y1}" for x, y0, y1 in troncos.values() if y1 > y0]
    return rama


def _poner(rama, nodo, nivel, troncos):
    es_parroquia = nodo.gad.nivel in Gad.PARROQUIALES
    x, y = 10 + nivel * SANGRIA, rama.alto + ALTO_DE_NOMBRE / 2
    if not es_parroquia:
        troncos[nodo.gad.pk] = (x, y, y)
    nombre = _que_quepa(nodo.nombre, ANCHO - x - 14, NOMBRE * 1.06)
    rama.puntos.append(
        Punto(
            *(x, y, forma_de(nodo.gad), nombre),
            f"{nodo.gad.nombre_con_lugar}{'' if nodo.es_miembro else ', fuera del grupo'}",
            nodo.gad.get_absolute_url(),
            nodo.es_miembro,
        )
    )
    rama.alto += ALTO_DE_NOMBRE


def _decir(rama, arista, troncos, pagina):
    con = arista.con.gad.pk
    y = rama.alto + ALTO_DE_VINCULO / 2
    x, arriba, _ = troncos.get(con, (FIN - 44, y, y))
    if con in troncos:
        troncos[con] = (x, arriba, y)
    texto = f"{arista.estado.label} con {arista.con.nombre}"
    trazo = trazar(
        *(arista.estado, (x, y), (FIN, y), 13),
        titulo=arista.titulo,
        url=f"{pagina}#{arista.ancla}",
        donde=0.8,
    )
    rama.dichos.append(Dicho(trazo, y, _que_quepa(texto, ANCHO - FIN - 8, PALABRA)))
    rama.alto += ALTO_DE_VINCULO


def forma_de(gad):
    if gad.nivel in Gad.PROVINCIALES:
        return "cuadro"
    return "disco" if gad.nivel in Gad.MUNICIPALES else "rombo"


def _que_quepa(texto, ancho, letra):
    caben = int(ancho / (letra * ANCHO_DE_LETRA))
    return texto if len(texto) <= caben else f"{texto[: caben - 1].rstrip()}…"
