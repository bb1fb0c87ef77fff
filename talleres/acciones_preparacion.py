"""Verbos con que se prepara un encuentro: su agenda, sus insumos y sus preguntas guía.

Todos comparan la versión del encuentro y la suben si algo cambia: quien preparaba lo mismo a la
vez se entera en vez de pisarlo.
"""

from itertools import count

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede, exigir_abierto
from .agenda import como_hora, en_minutos, encadenar
from .models import Encuentro, InsumoEncuentro, PreguntaEncuentro, PuntoAgenda

CAMPOS = {
    PuntoAgenda: ("orden", "titulo", "inicio", "fin", "responsables", "subpuntos"),
    InsumoEncuentro: ("orden", "texto", "responsable", "listo"),
    PreguntaEncuentro: ("orden", "tema", "texto"),
}


@transaction.atomic
def guardar_agenda(encuentro, puntos, *, por, version):
    """Deja en la agenda esos puntos, en ese orden, y ninguno más; devuelve si algo cambió.

    `puntos`: un dict por punto con `pk` (None si es nuevo) y los campos de PuntoAgenda, sin el
    orden. Lanza Conflicto o EncuentroCerrado.
    """
    actual = _abrir(encuentro, version, "cambiar su agenda")
    return _fijar(actual, {PuntoAgenda: puntos}, "Cambio en la agenda", por)


@transaction.atomic
def guardar_insumos(encuentro, insumos, preguntas, *, por, version):
    """Deja esos insumos y esas preguntas, y ninguno más; devuelve si algo cambió.

    Los dos son listas de dict, como los puntos de `guardar_agenda`. Lanza Conflicto o
    EncuentroCerrado.
    """
    actual = _abrir(encuentro, version, "cambiar sus insumos")
    filas = {InsumoEncuentro: insumos, PreguntaEncuentro: preguntas}
    return _fijar(actual, filas, "Cambio en los insumos y preguntas", por)


@transaction.atomic
def usar_plantilla(encuentro, plantilla, *, desde, por, version):
    """Copia al encuentro lo que le falte: agenda, insumos o preguntas. Devuelve {modelo: cuántas}.

    Lo que el encuentro ya tiene no se toca. `plantilla` viene de `para(encuentro)`, con las piezas
    de su jornada; `desde`, la hora a que empieza su agenda. Lanza Conflicto, EncuentroCerrado, o
    NoProcede si no hay nada que copiar o la agenda pasaría de la medianoche.
    """
    actual = _abrir(encuentro, version, "usar una plantilla")
    por_copiar = {
        PuntoAgenda: _puntos_de(plantilla, desde),
        InsumoEncuentro: [{"texto": pieza.texto} for pieza in plantilla.insumos.all()],
        PreguntaEncuentro: [
            {"tema": pieza.tema, "texto": pieza.texto} for pieza in plantilla.preguntas.all()
        ],
    }
    faltan = {
        modelo: filas
        for modelo, filas in por_copiar.items()
        if filas and not modelo.objects.filter(encuentro=actual).exists()
    }
    if not faltan:
        raise NoProcede(f"«{plantilla}» no trae nada que le falte a este encuentro.")
    # El motivo de la historia no pasa de 100 letras.
    motivo = f"Plantilla, versión {plantilla.version}: {plantilla}"[:100]
    _fijar(actual, faltan, motivo, por)
    return {modelo: len(filas) for modelo, filas in faltan.items()}


def _puntos_de(plantilla, desde):
    piezas = plantilla.puntos.all()
    tramos = encadenar(en_minutos(desde), [(pieza.minutos, None) for pieza in piezas])
    if not all(tramo.cabe_en_el_dia for tramo in tramos):
        raise NoProcede("A partir de esa hora, la agenda de la plantilla pasaría de la medianoche.")
    return [
        {
            "titulo": pieza.titulo,
            "inicio": como_hora(tramo.inicio),
            "fin": como_hora(tramo.fin),
            "responsables": pieza.responsables,
            "subpuntos": pieza.subpuntos,
        }
        for pieza, tramo in zip(piezas, tramos, strict=True)
    ]


def _abrir(encuentro, version, que):
    actual = bloquear(Encuentro, encuentro.pk, version)
    exigir_abierto(actual, que)
    return actual


# --- Fijar las filas de un encuentro ------------------------------------------------------------


def _fijar(encuentro, filas_por_modelo, motivo, por):
    """Deja en cada tabla las filas dichas; si algo cambió, sube la versión del encuentro."""
    cambios = [
        _fijar_en(encuentro, modelo, filas, motivo, por)
        for modelo, filas in filas_por_modelo.items()
    ]
    if any(cambios):
        encuentro._history_user, encuentro._change_reason = por, motivo
        guardar_con_version(encuentro, encuentro.version)
    return any(cambios)


def _fijar_en(encuentro, modelo, filas, motivo, por):
    actuales = modelo.objects.filter(encuentro=encuentro).in_bulk()
    nuevas, cambiadas = [], []
    primero = _primer_orden(actuales.values())
    for orden, datos in enumerate(filas, start=primero):
        # Un identificador que no es de este encuentro, o repetido, entra como fila nueva.
        fila = actuales.pop(datos.get("pk"), None)
        antes = fila and _valores(fila)
        fila = fila or modelo(encuentro=encuentro)
        for campo, valor in {**datos, "orden": orden}.items():
            if campo != "pk":
                setattr(fila, campo, valor)
        if antes is None:
            nuevas.append(fila)
        elif antes != _valores(fila):
            cambiadas.append(fila)
    for sobra in actuales.values():
        _firmar(sobra, motivo, por)
        sobra.delete()
    _apartar(modelo, encuentro, cambiadas, range(primero, primero + len(filas)))
    for fila in cambiadas:
        _firmar(fila, motivo, por)
        fila.save()
    if nuevas:
        bulk_create_with_history(nuevas, modelo, default_user=por, default_change_reason=motivo)
    return bool(nuevas or cambiadas or actuales)


def _valores(fila):
    return [getattr(fila, campo) for campo in CAMPOS[type(fila)]]


def _firmar(fila, motivo, por):
    fila._history_user, fila._change_reason = por, motivo


def _primer_orden(filas):
    """La agenda de una tarde puede seguir la numeración de su mañana (8, 9…): se conserva."""
    primero = min((fila.orden for fila in filas), default=1)
    return primero if primero < 1000 else 1


def _apartar(modelo, encuentro, cambiadas, finales):
    """Saca del paso a las que se mueven: en un encuentro no hay dos puntos con el mismo orden."""
    ocupados = set(modelo.objects.filter(encuentro=encuentro).values_list("orden", flat=True))
    libres = (n for n in count(1) if n not in ocupados and n not in finales)
    for fila in cambiadas:
        modelo.objects.filter(pk=fila.pk).update(orden=next(libres))
