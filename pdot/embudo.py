"""El embudo del acompañamiento: cuántos GAD llegaron a cada paso, y el enlace a cuáles son.

Grupo → M1 → M2 → M3 → evaluación → aprobada → plan. Los pasos son escalones de la cobertura
(pdot.cobertura los define) y cada cifra enlaza a su lista con el mismo filtro: la misma cuenta,
vista como suma o como filas. El M1 es solo de los GAD provinciales y el M2 de los municipales; el
último, *plan*, es que ya rige el PDOT del período siguiente al que se evaluó.

Lo que se lee aquí está contado de antes (pdot.cuenta_avance). Si nada se ha contado todavía, o
quien mira es un GAD, que ve pocos, se cuenta en el momento.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from .cobertura import Recuento
from .cuenta_avance import contar_para
from .escalones import NIVELES, Escalon
from .indicadores import Cociente
from .miradas import mirada_de
from .models import CifrasDeAvance
from .ritmo import Situacion
from .tarea_de_avance import hay_cambios_desde

PASOS = (
    *(Escalon.GRUPO, Escalon.M1, Escalon.M2, Escalon.M3),
    *(Escalon.EVALUADO, Escalon.APROBADO, Escalon.PLAN),
)
CORTOS = {"provinciales": "Prov.", "municipales": "Mun.", "parroquiales": "Parr."}
# Lo que basta de cada ámbito para ponerlo en una tabla, sin leer su mapa ni sus GAD.
RESUMIDO = ("niveles", "ritmo", "nombre", "numero", "estado", "estrategia", "zonas")


# --- Leer lo contado ----------------------------------------------------------------------------


@dataclass
class Contado:
    """Lo contado para quien mira: `ambitos` es {clave: cifras} con solo lo de RESUMIDO.

    `cuando`: de cuándo es lo más viejo; None si se contó ahora. `hay_cambios`: si desde entonces se
    guardó algo que falta contar.
    """

    ambitos: dict
    cuando: object = None
    hay_cambios: bool = False
    _enteros: dict = field(default_factory=dict)
    _mirada: str = ""

    def entero(self, ambito):
        """Las cifras de un ámbito con todo; None si no es de los suyos."""
        if ambito not in self.ambitos:
            return None
        if self._mirada:
            fila = CifrasDeAvance.objects.filter(mirada=self._mirada, ambito=ambito)
            return fila.values_list("cifras", flat=True).first()
        return self._enteros[ambito]

    def grupos(self, zona=None):
        """{clave del grupo: cifras}, los de una zona si se dice."""
        return {
            int(ambito.removeprefix("grupo-")): cifras
            for ambito, cifras in self.ambitos.items()
            if ambito.startswith("grupo-") and (zona is None or zona in cifras["zonas"])
        }

    def zonas(self):
        """{número de zona: cifras}."""
        return {
            int(ambito.removeprefix("zona-")): cifras
            for ambito, cifras in sorted(self.ambitos.items())
            if ambito.startswith("zona-")
        }


def leer_contado(usuario):
    """El Contado de quien mira. Dos consultas, salvo que haya que contar ahora."""
    mirada = mirada_de(usuario)
    guardadas = CifrasDeAvance.objects.filter(mirada=mirada).order_by("pk")
    que_se_lee = [f"cifras__{que}" for que in RESUMIDO]
    filas = list(guardadas.values_list("ambito", "contado", *que_se_lee)) if mirada else []
    if filas:
        ambitos = {ambito: dict(zip(RESUMIDO, que, strict=True)) for ambito, _, *que in filas}
        cuando = min(fila[1] for fila in filas)
        return Contado(ambitos, cuando, hay_cambios_desde(cuando), _mirada=mirada)
    ambitos = contar_para(usuario)
    return Contado(ambitos, _enteros=ambitos)


# --- Filas del embudo ---------------------------------------------------------------------------


@dataclass
class Casilla:
    """Una cifra con el enlace a la lista que la explica.

    `porcentaje` es None si a esos GAD no les toca el escalón.
    """

    escalon: Escalon
    cuantos: int
    porcentaje: float | None
    url: str


@dataclass
class Paso:
    """Un escalón del embudo: por nivel, en total y contra con quién se compara."""

    escalon: Escalon
    casillas: list[Casilla]
    cociente: Cociente
    referencia: Cociente | None


@dataclass
class Embudo:
    """`niveles` son las columnas (nombre, corto) de las casillas de cada paso; la última, el total.

    `gads`: cuántos GAD hay en cada columna, con su enlace.
    """

    niveles: list[tuple]
    gads: list[Casilla]
    pasos: list[Paso]


def enlace_a_filas(**filtro):
    """La lista de los GAD que cumplen ese filtro de la cobertura."""
    puestos = {campo: valor for campo, valor in filtro.items() if valor}
    return f"{reverse('pdot:cobertura')}?{urlencode(puestos)}#lista"


def casillas_de(recuento, filtro, escalones=PASOS):
    return [
        Casilla(
            escalon,
            recuento.marcas[escalon],
            recuento.porcentaje(escalon),
            enlace_a_filas(**filtro, escalon=escalon.value),
        )
        for escalon in escalones
    ]


def armar_embudo(cifras, filtro, referencia=None):
    """El Embudo de unas cifras; `filtro` es el de su ámbito y `referencia`, otro Recuento."""
    niveles = cifras["niveles"]
    columnas = [
        (nombre, CORTOS[nivel], Recuento.leer({nivel: niveles[nivel]}), filtro | {"nivel": nivel})
        for nivel, nombre in NIVELES.items()
        if nivel in niveles
    ]
    todo = Recuento.leer(niveles)
    if len(columnas) != 1:
        columnas.append(("Total", "", todo, filtro))
    por_columna = [casillas_de(recuento, suyo) for _, _, recuento, suyo in columnas]
    return Embudo(
        niveles=[(nombre, corto) for nombre, corto, _, _ in columnas],
        gads=[
            Casilla(None, recuento.total, 100, enlace_a_filas(**suyo))
            for _, _, recuento, suyo in columnas
        ],
        pasos=[
            Paso(
                escalon,
                [casillas[lugar] for casillas in por_columna],
                _cociente(todo, escalon),
                _cociente(referencia, escalon) if referencia else None,
            )
            for lugar, escalon in enumerate(PASOS)
        ],
    )


def _cociente(recuento, escalon):
    return Cociente(recuento.marcas[escalon], recuento.base(escalon))


def juntar(ambitos):
    """El Recuento de varios ámbitos: la suma de los suyos."""
    juntos = Recuento()
    for cifras in ambitos:
        uno = Recuento.leer(cifras["niveles"])
        juntos.total += uno.total
        juntos.por_nivel += uno.por_nivel
        juntos.marcas += uno.marcas
    return juntos


# --- Ámbitos dentro de otro ---------------------------------------------------------------------


@dataclass
class Hijo:
    """Un ámbito en la tabla de los que hay dentro de otro."""

    nombre: str
    url: str
    total: Casilla
    casillas: list[Casilla]
    atrasados: Casilla | None
    orden: int = 0


def hijo(nombre, url, cifras, filtro, orden=0):
    """El renglón de un ámbito; los que llevan hoja de ruta dicen además cuánto les falta."""
    recuento = Recuento.leer(cifras["niveles"])
    ritmo = cifras.get("ritmo")
    return Hijo(
        nombre=nombre,
        url=url,
        total=Casilla(None, recuento.total, 100, enlace_a_filas(**filtro)),
        casillas=casillas_de(recuento, filtro),
        atrasados=casilla_de_ritmo(ritmo, Situacion.ATRASADA, filtro) if ritmo else None,
        orden=orden,
    )


def casilla_de_ritmo(ritmo, situacion, filtro):
    """Cuántas casillas de la hoja de ruta están así, sobre todas, con el enlace a cuáles son."""
    todas = sum(ritmo.values())
    cuantas = ritmo[situacion.value]
    url = f"{reverse('pdot:ritmo')}?{urlencode(filtro | {'situacion': situacion.value})}"
    return Casilla(situacion, cuantas, 100 * cuantas / todas if todas else None, url)


ORDENES = ("nombre", "gad", *(paso.value for paso in PASOS), "atrasados")


def ordenar(hijos, orden):
    """Por el campo pedido, de más a menos; lo que no es de ninguno, por su orden natural."""
    if orden not in ORDENES:
        return sorted(hijos, key=lambda uno: uno.orden)
    if orden == "nombre":
        return sorted(hijos, key=lambda uno: uno.nombre)
    return sorted(hijos, key=lambda uno: (-_valor(uno, orden), uno.orden))


def _valor(uno, orden):
    """Lo que no toca a ninguno de sus GAD va después del cero."""
    if orden == "gad":
        return uno.total.cuantos
    if orden == "atrasados":
        casilla = uno.atrasados
        return casilla.cuantos if casilla else -1
    casilla = uno.casillas[PASOS.index(Escalon(orden))]
    return -1 if casilla.porcentaje is None else casilla.porcentaje
