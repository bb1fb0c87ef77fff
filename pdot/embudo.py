"""El embudo del acompañamiento: cuántos GAD llegaron a cada paso, y el enlace a cuáles son.

Grupo → M1 → M2 → M3 → evaluación → aprobada → plan. Los pasos son escalones de la cobertura
(pdot.cobertura los define) y cada cifra enlaza a su lista con el mismo filtro: la misma cuenta,
vista como suma o como filas. El M1 es solo de los GAD provinciales y el M2 de los municipales; el
último, *plan*, es que ya rige el PDOT del período siguiente al que se evaluó.

Lo que se lee aquí está contado de antes (pdot.cuenta_avance). Si nada se ha contado todavía, o
quien mira es un GAD, que ve pocos, se cuenta en el momento.
"""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import urlencode

from django.contrib.humanize.templatetags.humanize import intcomma
from django.db.models import Case, F, Q, When
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from territorios.jurisdiccion import Permiso

from .cobertura import Recuento
from .cuenta_avance import contar_para
from .escalones import NIVELES, Escalon
from .indicadores import Cociente
from .miradas import OBSERVA_EL_PAIS, mirada_de
from .models import CifrasDeAvance
from .ritmo import Situacion
from .tarea_de_avance import hay_cambios_desde

PASOS = (
    *(Escalon.GRUPO, Escalon.M1, Escalon.M2, Escalon.M3),
    *(Escalon.EVALUADO, Escalon.APROBADO, Escalon.PLAN),
)
CORTOS = {"provinciales": "Prov.", "municipales": "Mun.", "parroquiales": "Parr."}
CIFRA = '<a href="{}">{}</a> <span class="parte">{} %</span>'
CERO = mark_safe('<span class="suave">0</span>')
NO_APLICA = mark_safe(
    '<span class="suave"><span aria-hidden="true">—</span>'
    '<span class="visually-hidden">no aplica</span></span>'
)
# Lo que basta de cada ámbito para ponerlo en una tabla, sin leer su mapa ni sus GAD.
RESUMIDO = ("niveles", "ritmo", "nombre", "numero", "estado", "estrategia", "zonas")


# --- Leer lo contado ----------------------------------------------------------------------------


@dataclass
class Contado:
    """Lo contado para quien mira: `ambitos` es {clave: cifras} con solo lo de RESUMIDO.

    `entero`: las cifras con todo del ámbito que se pidió; None si no es de los suyos.
    `cuando`: de cuándo es lo más viejo; None si se contó ahora. `hay_cambios`: si desde entonces se
    guardó algo que falta contar. `publicas`: para quien es de una zona, {número: cifras} de todas
    como las lee quien observa el país, que son las de los datos abiertos.
    """

    ambitos: dict
    entero: dict | None = None
    cuando: object = None
    hay_cambios: bool = False
    publicas: dict = field(default_factory=dict)

    def grupos(self, zona=None):
        """{clave del grupo: cifras}, los de una zona si se dice."""
        return {
            int(ambito.removeprefix("grupo-")): cifras
            for ambito, cifras in self.ambitos.items()
            if ambito.startswith("grupo-") and (zona is None or zona in cifras["zonas"])
        }

    def zonas(self):
        """{número de zona: cifras}."""
        return _zonas_de(self.ambitos)


def _zonas_de(ambitos):
    return {
        int(ambito.removeprefix("zona-")): cifras
        for ambito, cifras in sorted(ambitos.items())
        if ambito.startswith("zona-")
    }


def leer_contado(usuario, ambito=""):
    """El Contado de quien mira, con `ambito` entero. Dos consultas, salvo que se cuente ahora."""
    mirada = mirada_de(usuario)
    se_leen = Q(mirada=mirada)
    if usuario.zona_id:
        se_leen |= Q(mirada=OBSERVA_EL_PAIS, ambito__startswith="zona-")
    guardadas = CifrasDeAvance.objects.filter(se_leen).order_by("pk")
    entero = Case(When(mirada=mirada, ambito=ambito, then=F("cifras")))
    que_se_lee = [f"cifras__{que}" for que in RESUMIDO]
    que_se_lee = ["mirada", "ambito", "contado", entero, *que_se_lee]
    leidas = list(guardadas.values_list(*que_se_lee)) if mirada else []
    filas = [fila for una, *fila in leidas if una == mirada]
    if not filas:
        ambitos = contar_para(usuario)
        return Contado(ambitos, ambitos.get(ambito))
    suyo = next((fila[2] for fila in filas if fila[0] == ambito), None)
    cuando = min(fila[1] for fila in filas)
    publicas = _resumidos(fila for una, *fila in leidas if una != mirada)
    return Contado(_resumidos(filas), suyo, cuando, hay_cambios_desde(cuando), _zonas_de(publicas))


def _resumidos(filas):
    return {clave: dict(zip(RESUMIDO, que, strict=True)) for clave, _, _, *que in filas}


# --- Filas del embudo ---------------------------------------------------------------------------


@dataclass
class Casilla:
    """Una cifra con el enlace a la lista que la explica; `columna`, la del embudo en que va.

    `porcentaje` es None si a esos GAD no les toca el escalón.
    """

    escalon: Escalon
    cuantos: int
    porcentaje: float | None
    url: str
    columna: str = ""

    @property
    def html(self):
        """Como se lee en una tabla. Hay cientos en una página: una plantilla por cada una pesa."""
        if self.porcentaje is None:
            return NO_APLICA
        if not self.cuantos:
            return CERO
        parte = floatformat(self.porcentaje, "-1")
        return format_html(CIFRA, self.url, intcomma(self.cuantos), parte)


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


def casillas_de(recuento, filas, columna=""):
    """La casilla de cada paso; `filas` es el enlace a todos los que se cuentan (enlace_a_filas)."""
    lista = filas.removesuffix("#lista")
    lista += "" if lista.endswith("?") else "&"
    return [
        Casilla(
            escalon,
            recuento.marcas[escalon],
            recuento.porcentaje(escalon),
            f"{lista}escalon={escalon.value}#lista",
            columna,
        )
        for escalon in PASOS
    ]


@dataclass
class Comparacion:
    """Con quiénes se compara un ámbito: su Recuento, cómo se los llama y la regla que los escoge.

    `enlace`: (texto, dirección), si hay adónde ir. `sin`: los escalones que no se comparan.
    """

    recuento: Recuento
    con: str
    regla: str
    enlace: tuple | None = None
    sin: tuple = ()

    def cociente(self, escalon):
        return None if escalon in self.sin else _cociente(self.recuento, escalon)


def comparar_con_las_otras_zonas(usuario, zona, contado):
    """La Comparacion de una zona con las demás juntas, o None si no hay.

    Quien no ve el país la tiene con lo que de él lee cualquiera que lo observa, que es público: lo
    que en otra zona está en revisión no se ve, y por eso no se compara.
    """
    zonas = contado.zonas() if usuario.ve_el_pais else contado.publicas
    otras = [cifras for numero, cifras in zonas.items() if numero != zona]
    if not otras:
        return None
    cuales = f"las otras {len(otras)} zonas juntas" if len(otras) > 1 else "la otra zona"
    comparacion = Comparacion(
        juntar(otras),
        con="otras zonas",
        regla=f"Los GAD de {cuales}, sobre aquellos a que toca cada paso.",
    )
    if usuario.ve_el_pais:
        comparacion.enlace = ("Ver el avance de cada zona", reverse("pdot:avance"))
    elif usuario.puede(Permiso.REVISAR_EVALUACION):
        comparacion.sin = (Escalon.EVALUADO,)
        comparacion.regla += " Los evaluados no se comparan: de otra zona solo se lee lo aprobado."
    return comparacion


def armar_embudo(cifras, filtro, comparacion=None):
    """El Embudo de unas cifras; `filtro` es el de su ámbito y `comparacion`, contra quiénes."""
    niveles = cifras["niveles"]
    columnas = [
        (nombre, CORTOS[nivel], Recuento.leer({nivel: niveles[nivel]}), filtro | {"nivel": nivel})
        for nivel, nombre in NIVELES.items()
        if nivel in niveles
    ]
    todo = Recuento.leer(niveles)
    if len(columnas) != 1:
        columnas.append(("Total", "", todo, filtro))
    recuentos = [
        (recuento, enlace_a_filas(**suyo), nombre) for nombre, _, recuento, suyo in columnas
    ]
    por_columna = [casillas_de(*columna) for columna in recuentos]
    return Embudo(
        niveles=[(nombre, corto) for nombre, corto, _, _ in columnas],
        gads=[Casilla(None, cuenta.total, 100, filas, de) for cuenta, filas, de in recuentos],
        pasos=[
            Paso(
                escalon,
                [casillas[lugar] for casillas in por_columna],
                _cociente(todo, escalon),
                comparacion.cociente(escalon) if comparacion else None,
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
    """Un ámbito en la tabla de los que hay dentro de otro; `filtro`, el que deja solo lo suyo.

    `lugar`: sus códigos de la DPA, si se van a descargar (pdot.lugares.con_lugar). Sus casillas se
    arman al mirarlas: de cientos de grupos se ordenan todos y se muestran unos.
    """

    nombre: str
    url: str
    cifras: dict
    filtro: dict
    orden: int = 0
    lugar: list | str = ""

    @cached_property
    def recuento(self):
        return Recuento.leer(self.cifras["niveles"])

    @cached_property
    def total(self):
        return Casilla(None, self.recuento.total, 100, enlace_a_filas(**self.filtro))

    @cached_property
    def casillas(self):
        return casillas_de(self.recuento, self.total.url)

    @cached_property
    def atrasados(self):
        """Cuánto falta de su hoja de ruta; None si no la lleva."""
        ritmo = self.cifras.get("ritmo")
        return casilla_de_ritmo(ritmo, Situacion.ATRASADA, self.filtro) if ritmo else None


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
        return uno.recuento.total
    if orden == "atrasados":
        ritmo = uno.cifras.get("ritmo")
        return ritmo[Situacion.ATRASADA.value] if ritmo else -1
    porcentaje = uno.recuento.porcentaje(Escalon(orden))
    return -1 if porcentaje is None else porcentaje
