"""Verbos de las hojas con forma propia: vínculos entre planes e información.

Atómicos, con la evaluación bloqueada. Los vínculos se comparan par por par; la información, la
lista entera, porque quitar o mover una fila cambia las demás.
"""

from dataclasses import dataclass

from django.db import transaction

from territorios.models import Gad
from territorios.texto import enumerar
from territorios.versiones import Conflicto, guardar_bajo_bloqueo

from .acciones import (
    NoProcede,
    RespuestasEnConflicto,
    bloquear_anotando_la_hora,
    exigir_hoja,
    exigir_que_escriba,
    filas_para,
    no_anotar_la_hora,
)
from .models import Informacion, Seccion, Vinculo
from .vinculos import otras_provincias, superiores_por_codigo

CAMPOS_DE_VINCULO = ("valor", "justificacion", "incompatibles", "sinergias")
CAMPOS_DE_DATO = ("dato", "situacion", "puede_entregar", "proveedor", "proveedor_gad", "detalle")


@dataclass(frozen=True)
class CambioDeVinculo:
    """Lo que se tecleó de un par, con la versión leída (0 si no había nada).

    `con`: código del GAD. `quitar`: dejar de compararse con él.
    """

    con: str
    version: int
    valor: str = ""
    justificacion: str = ""
    incompatibles: str = ""
    sinergias: str = ""
    quitar: bool = False

    @property
    def valores(self):
        return tuple(getattr(self, campo) for campo in CAMPOS_DE_VINCULO)


@dataclass(frozen=True)
class Dato:
    """Una fila de la hoja de información, como se tecleó."""

    dato: str
    situacion: str
    puede_entregar: bool = False
    proveedor: str = ""
    proveedor_gad: Gad | None = None
    detalle: str = ""


@transaction.atomic
def guardar_vinculos(evaluacion, cambios, *, por, agregar=""):
    """Guarda la hoja de vínculos, entera o nada. `cambios`: lista de CambioDeVinculo.

    `agregar`: código de otra provincia con que también se compara. Devuelve {código: versión} de
    lo que se mandó y está escrito: quien repite un envío queda al día. Lanza NoProcede si la hoja
    no se puede tocar o el plan no le toca, y RespuestasEnConflicto si algún par cambió desde que
    se leyó.
    """
    evaluacion = bloquear_anotando_la_hora(evaluacion)
    exigir_hoja(evaluacion, Seccion.Clase.VINCULOS)
    exigir_que_escriba(evaluacion, por)
    actuales = {vinculo.con_id: vinculo for vinculo in evaluacion.vinculos.all()}
    distintos = [c for c in cambios if _difiere(c, actuales.get(c.con))]
    if agregar and agregar not in actuales:
        distintos.append(CambioDeVinculo(agregar, 0))
    _exigir_que_le_toquen(evaluacion.pdot.gad, distintos, actuales)
    _exigir_al_dia(distintos, actuales)
    if distintos:
        actuales |= _escribir_pares(evaluacion, distintos, actuales, por)
    else:
        no_anotar_la_hora()
    mandados = {cambio.con for cambio in cambios if not cambio.quitar}
    return {codigo: uno.version for codigo, uno in actuales.items() if codigo in mandados}


def _exigir_al_dia(cambios, actuales):
    pares = [(actuales.get(c.con), c) for c in cambios]
    viejos = [(vinculo, c) for vinculo, c in pares if _version(vinculo) != c.version]
    if viejos:
        raise RespuestasEnConflicto(viejos)


def _escribir_pares(evaluacion, cambios, actuales, por):
    """Quita unos y guarda los demás, que devuelve como {código: Vinculo}."""
    for cambio in cambios:
        if cambio.quitar:
            vinculo = actuales[cambio.con]
            vinculo._history_user = por
            vinculo.delete()
    escritos = [_vinculo_nuevo(evaluacion, c, actuales.get(c.con)) for c in cambios if not c.quitar]
    nuevos = [vinculo for vinculo in escritos if vinculo.pk is None]
    cambiados = [vinculo for vinculo in escritos if vinculo.pk]
    guardar_bajo_bloqueo(Vinculo, nuevos, cambiados, CAMPOS_DE_VINCULO, por=por)
    return {vinculo.con_id: vinculo for vinculo in escritos}


def _version(vinculo):
    return vinculo.version if vinculo else 0


def _difiere(cambio, vinculo):
    if vinculo is None:
        return not cambio.quitar and any(cambio.valores)
    guardados = tuple(getattr(vinculo, campo) for campo in CAMPOS_DE_VINCULO)
    return cambio.quitar or cambio.valores != guardados


def _vinculo_nuevo(evaluacion, cambio, actual):
    vinculo = actual or Vinculo(evaluacion=evaluacion, con_id=cambio.con)
    for campo, valor in zip(CAMPOS_DE_VINCULO, cambio.valores, strict=True):
        setattr(vinculo, campo, valor)
    return vinculo


def _exigir_que_le_toquen(gad, cambios, actuales):
    propios = superiores_por_codigo(gad)
    if any(cambio.quitar and cambio.con in propios for cambio in cambios):
        raise NoProcede("El plan de su propio territorio no se quita.")
    desconocidos = {c.con for c in cambios} - {*propios, *actuales}
    if desconocidos and desconocidos - {otra.pk for otra in otras_provincias(gad)}:
        raise NoProcede(con_quien_se_compara(gad))


def con_quien_se_compara(gad):
    """Qué planes le tocan, para quien eligió otro."""
    propios = Gad.objects.filter(pk__in=superiores_por_codigo(gad)).para_lista()
    suyos = [uno.nombre_con_lugar for uno in [*propios, *otras_provincias(gad)]]
    if not suyos:
        return "Su plan no se compara con el de un nivel superior."
    return f"Ese plan no le toca: el suyo se compara con el de {enumerar(suyos)}."


def huella(filas):
    """La versión de una lista entera: qué filas son, en qué orden y en qué versión va cada una."""
    return "-".join(f"{fila.pk}.{fila.version}" for fila in filas)


@transaction.atomic
def guardar_informacion(evaluacion, datos, *, version, por):
    """Deja la hoja de información como `datos` (lista de Dato, en orden), entera o nada.

    `version`: la `huella` que se leyó. Devuelve la de ahora. Lanza versiones.Conflicto si otra
    persona cambió la lista y NoProcede si la hoja no se puede tocar.
    """
    evaluacion = bloquear_anotando_la_hora(evaluacion)
    exigir_hoja(evaluacion, Seccion.Clase.INFORMACION)
    exigir_que_escriba(evaluacion, por)
    actuales = list(evaluacion.informacion.order_by("orden", "pk"))
    if [_valores(fila) for fila in actuales] == [_valores(dato) for dato in datos]:
        no_anotar_la_hora()
        return huella(actuales)
    if huella(actuales) != version:
        raise Conflicto(evaluacion)
    return huella(_reemplazar(evaluacion, actuales, datos, por))


def _reemplazar(evaluacion, actuales, datos, por):
    """Toca solo lo que cambió: una fila conserva su historia aunque cambie de lugar."""
    suyas = filas_para([dato.dato for dato in datos], actuales, campo="dato")
    for sobrante in actuales:
        if sobrante not in suyas.values():
            sobrante._history_user = por
            sobrante.delete()
    filas, cambiadas = [], []
    for orden, dato in enumerate(datos, start=1):
        fila = suyas.get(orden) or Informacion(evaluacion=evaluacion)
        if fila.pk and (fila.orden, _valores(fila)) != (orden, _valores(dato)):
            cambiadas.append(fila)
        _poner(fila, orden, dato)
        filas.append(fila)
    nuevas = [fila for fila in filas if fila.pk is None]
    guardar_bajo_bloqueo(Informacion, nuevas, cambiadas, ["orden", *CAMPOS_DE_DATO], por=por)
    return filas


def _poner(fila, orden, dato):
    fila.orden = orden
    for campo in CAMPOS_DE_DATO:
        setattr(fila, campo, getattr(dato, campo))


def _valores(cosa):
    """Los de una fila guardada o de un Dato, que se puedan comparar."""
    proveedor = cosa.proveedor_gad_id if isinstance(cosa, Informacion) else _clave(cosa)
    sueltos = [getattr(cosa, campo) for campo in CAMPOS_DE_DATO if campo != "proveedor_gad"]
    return [*sueltos, proveedor]


def _clave(dato):
    return dato.proveedor_gad.pk if dato.proveedor_gad else None
