"""Bitácora: leer, de los historiales, quién cambió qué y cuándo."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby, pairwise

from django.utils.formats import date_format
from simple_history.utils import get_m2m_reverse_field_name

from .jurisdiccion import Permiso

VERBOS = {"+": "Creó", "~": "Cambió", "-": "Quitó"}
# Lo que lleva la máquina y no dice nada a quien lee.
SIN_INTERES = {"version", "actualizada", "busqueda", "creada"}
MAXIMO = 60
# Lo que llega con menos de esto y solo toca listas es parte del guardado anterior.
MISMO_GUARDADO = timedelta(seconds=5)
NO_A_LA_VISTA = "(fuera de su vista)"


@dataclass
class Cambio:
    """Un campo que cambió. En una lista (`es_lista`), `antes` es lo quitado y `despues`, lo puesto.

    Mientras se lee, `antes` y `despues` son valores de la base; `_nombrar_valores` los deja en
    palabras.
    """

    campo: str
    antes: object
    despues: object
    modelo: type | None = None
    es_lista: bool = False


@dataclass
class Entrada:
    cuando: datetime
    quien: str
    que: str
    cambios: list[Cambio] = field(default_factory=list)


def cambios_de(usuario, *historias, hijas=(), nombrar=str):
    """Entradas de la bitácora, de la más reciente a la más antigua.

    `historias`: consultas sobre un historial (`grupo.historia.all()`). `hijas`: las de lo que
    cuelga del objeto; de ellas no se cuenta lo que trajo una carga de datos. `nombrar(fila)` dice
    de qué cosa es una fila. Devuelve [] a quien no tiene permiso de verla. Lo que no tiene autor
    viene de una carga de datos, y así se dice.

    Una consulta por historia, otra por cada lista que lleve y otra por cada clase de cosa a la que
    haya que poner nombre; nunca por fila. Lo que `usuario` no puede ver se cuenta sin su nombre.
    """
    if not usuario.puede(Permiso.VER_BITACORA):
        return []
    leidas = [par for historia in historias for par in _leer(historia, nombrar)]
    leidas += [
        (fila, entrada)
        for historia in hijas
        for fila, entrada in _leer(historia, nombrar)
        if fila.history_user_id or fila.history_type != "+"
    ]
    entradas = sorted((e for _, e in leidas), key=lambda entrada: entrada.cuando, reverse=True)
    _nombrar_valores(entradas[:MAXIMO], usuario)
    return entradas[:MAXIMO]


def bitacora_a_pedido(request, objeto, leer):
    """Lo que `_componentes/bitacora.html` necesita en la página de `objeto`.

    Leerla cuesta varias consultas y pocas veces se mira: la página enlaza a sí misma con
    `?cambios=1`, y solo entonces se llama a `leer()`, que da lo de `cambios_de`.
    """
    if not request.user.puede(Permiso.VER_BITACORA):
        return {"bitacora": []}
    if "cambios" in request.GET:
        return {"bitacora": leer(), "bitacora_pedida": True}
    return {"bitacora_en": f"{objeto.get_absolute_url()}?cambios=1#bitacora-titulo"}


# --- De las filas a las entradas ----------------------------------------------------------------


def _leer(historia, nombrar):
    """Pares (fila, Entrada) de un historial, sin las filas en que nada cambió."""
    filas = historia.select_related("history_user").order_by("-history_date", "-history_id")
    filas = list(filas[: MAXIMO * 2])
    _traer_listas(filas)
    de_cada_objeto = sorted(filas, key=lambda fila: str(_clave(fila)))
    for _, grupo in groupby(de_cada_objeto, key=_clave):
        yield from _del_mismo_objeto(reversed(list(grupo)), nombrar)


def _traer_listas(filas):
    """Pone en cada fila `listas`: {campo: claves de lo que había}. Una consulta por lista."""
    por_fila = {fila.pk: fila for fila in filas}
    for fila in filas:
        fila.listas = {campo: [] for campo in fila._history_m2m_fields}
    for campo in filas[0]._history_m2m_fields if filas else ():
        elegidos = getattr(type(filas[0]), campo.name).model.objects.filter(history__in=por_fila)
        columna = get_m2m_reverse_field_name(campo)
        for fila, clave in elegidos.order_by("pk").values_list("history", columna):
            por_fila[fila].listas[campo].append(clave)


def _clave(fila):
    return getattr(fila, fila.instance_type._meta.pk.attname)


def _del_mismo_objeto(filas, nombrar):
    """Pares (fila, Entrada) de un objeto, del último cambio al primero; `filas`, al revés."""
    pares = []
    for vieja, nueva in pairwise([None, *filas]):
        cambios = _diferencias(vieja, nueva) if vieja and nueva.history_type == "~" else []
        if pares and _completa(pares[-1][0], nueva, cambios):
            _agregar(pares[-1], cambios)
        elif cambios or vieja is None or nueva.history_type != "~" or nueva.history_change_reason:
            pares.append((nueva, _entrada(nueva, cambios, nombrar)))
    return reversed(pares)


def _completa(anterior, nueva, cambios):
    """Si la fila solo pone o quita cosas de las listas de lo que se acaba de guardar."""
    return (
        nueva.history_type == "~"
        and anterior.history_user_id == nueva.history_user_id
        and nueva.history_date - anterior.history_date < MISMO_GUARDADO
        and bool(cambios)
        and all(cambio.es_lista for cambio in cambios)
    )


def _agregar(par, cambios):
    """Suma los cambios de listas a la entrada del mismo guardado; al crear, no son cambios."""
    fila, entrada = par
    if fila.history_type == "+":
        return
    propios = {cambio.campo: cambio for cambio in entrada.cambios if cambio.es_lista}
    for cambio in cambios:
        if cambio.campo in propios:
            propios[cambio.campo].antes += cambio.antes
            propios[cambio.campo].despues += cambio.despues
        else:
            entrada.cambios.append(cambio)


def _entrada(fila, cambios, nombrar):
    que = f"{VERBOS[fila.history_type]} {nombrar(fila)}"
    motivo = fila.history_change_reason
    return Entrada(
        cuando=fila.history_date,
        quien=str(fila.history_user) if fila.history_user else "Carga de datos",
        que=f"{que} ({motivo})" if motivo else que,
        cambios=cambios,
    )


def _diferencias(vieja, nueva):
    cambios = []
    for campo in nueva.instance_type._meta.concrete_fields:
        antes, despues = getattr(vieja, campo.attname, None), getattr(nueva, campo.attname, None)
        if campo.name not in SIN_INTERES and antes != despues:
            if not campo.is_relation:
                antes, despues = _legible(campo, antes), _legible(campo, despues)
            cambios.append(Cambio(campo.verbose_name, antes, despues, campo.related_model))
    for campo, despues in nueva.listas.items():
        antes = vieja.listas[campo]
        quitados = [clave for clave in antes if clave not in despues]
        puestos = [clave for clave in despues if clave not in antes]
        if quitados or puestos:
            modelo = campo.related_model
            cambios.append(Cambio(campo.verbose_name, quitados, puestos, modelo, es_lista=True))
    return cambios


def _legible(campo, valor):
    if valor is None:
        return ""
    if isinstance(valor, bool):
        return "sí" if valor else "no"
    if isinstance(valor, date) and not isinstance(valor, datetime):
        return date_format(valor, "DATE_FORMAT")
    if isinstance(valor, time):
        return f"{valor:%H:%M}"
    return str(dict(campo.flatchoices).get(valor, valor))


# --- De las claves a los nombres ----------------------------------------------------------------


def _nombrar_valores(entradas, usuario):
    """Pone el nombre donde hay una clave. Una consulta por modelo."""
    con_claves = [c for entrada in entradas for c in entrada.cambios if c.modelo]
    claves = {}
    for cambio in con_claves:
        claves.setdefault(cambio.modelo, set()).update(_claves(cambio.antes, cambio.despues))
    nombres = {modelo: _nombres(modelo, suyas, usuario) for modelo, suyas in claves.items()}
    for cambio in con_claves:
        de_este = nombres[cambio.modelo]
        cambio.antes = _en_palabras(cambio.antes, de_este)
        cambio.despues = _en_palabras(cambio.despues, de_este)


def _claves(*valores):
    for valor in valores:
        if isinstance(valor, list):
            yield from valor
        elif valor is not None:
            yield valor


def _nombres(modelo, claves, usuario):
    """{clave: nombre} de lo que existe y `usuario` puede ver."""
    objetos = modelo._default_manager.all()
    if hasattr(objetos, "visibles_para"):
        objetos = objetos.visibles_para(usuario)
    return {clave: str(objeto) for clave, objeto in objetos.in_bulk(claves).items()}


def _en_palabras(valor, nombres):
    if isinstance(valor, list):
        return ", ".join(sorted({nombres.get(clave, NO_A_LA_VISTA) for clave in valor}))
    return "" if valor is None else nombres.get(valor, NO_A_LA_VISTA)
