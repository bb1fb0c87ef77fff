"""Verbos de los talleres: escrituras con autor, atómicas y con su historia."""

from contextlib import contextmanager
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from acompanamiento.acciones import crear_acuerdo
from acompanamiento.models import Estrategia
from territorios.models import Autoridad
from territorios.versiones import bloquear, guardar_con_version

from .avisos import avisar_cambio, avisar_cancelacion, avisar_retiro
from .cronograma import reubicar
from .cuenta_choques import contar_al_terminar
from .models import Convocado, Encuentro, Facilitacion, OrigenAcuerdo, Traslado

Estado, Tipo, Jornada = Encuentro.Estado, Encuentro.Tipo, Encuentro.Jornada


class NoProcede(Exception):
    """El estado o la fecha del encuentro no permiten lo que se pide; el mensaje dice por qué."""


class EncuentroCerrado(NoProcede):
    """Un encuentro realizado o cancelado ya no se programa ni se cancela."""


class YaExiste(Exception):
    """El encuentro ya está programado; `encuentro` es el que existe."""

    def __init__(self, encuentro):
        super().__init__(f"«{encuentro}» ya está programado.")
        self.encuentro = encuentro


# --- Programar y editar -------------------------------------------------------------------------


@transaction.atomic
def programar_encuentro(encuentro, *, grupos, convocados, papeles, por):
    """Crea el encuentro con sus grupos, sus GAD convocados y sus entidades, y lo devuelve.

    `papeles`: {Entidad: papel}. Lanza YaExiste si hay otro igual: el mismo envío, dos veces.
    """
    # Quien llega a la vez espera aquí, y al pasar ya ve lo que guardó el primero.
    bloquear(Estrategia, encuentro.estrategia_id)
    igual = _igual(encuentro, grupos)
    if igual:
        raise YaExiste(igual)
    encuentro.autoridad = autoridad_de(encuentro)
    encuentro.jornada_de = _primera_jornada(encuentro, grupos)
    encuentro._history_user = por
    with conservando_traslados(encuentro.estrategia_id, {encuentro.fecha}, por=por):
        encuentro.save()
    return _fijar_lo_demas(encuentro, grupos, convocados, papeles, por)


@transaction.atomic
def editar_encuentro(encuentro, *, grupos, convocados, papeles, por, version):
    """Guarda el encuentro ya cambiado, con lo suyo, y lo devuelve.

    Con otra fecha queda reprogramado; quienes ya fueron convocados por correo reciben un aviso de
    lo que cambió. Lanza Conflicto si otra persona guardó antes, EncuentroCerrado si ya no está
    abierto y NoProcede si deja fuera un acuerdo nacido en él.
    """
    anterior = bloquear(Encuentro, encuentro.pk, version)
    exigir_abierto(anterior, "editar")
    _exigir_lo_acordado(anterior, encuentro, grupos)
    cambia = {c for c in ("fecha", "gad_id", "tipo") if _difieren(anterior, encuentro, c)}
    if cambia:
        encuentro.autoridad = autoridad_de(encuentro)
    if "fecha" in cambia:
        encuentro.estado = Estado.REPROGRAMADO
        encuentro._change_reason = "Reprogramación"
    encuentro._history_user = por
    fechas = {anterior.fecha, encuentro.fecha}
    with conservando_traslados(encuentro.estrategia_id, fechas, por=por):
        guardar_con_version(encuentro, version)
    _fijar_lo_demas(encuentro, grupos, convocados, papeles, por)
    avisar_cambio(encuentro, anterior, por=por)
    return encuentro


def _exigir_lo_acordado(anterior, encuentro, grupos):
    """Donde ya nació un acuerdo, el encuentro sigue siendo de su grupo y ya ocurrió."""
    acordaron = set(anterior.origenes.values_list("acuerdo__grupo", flat=True))
    if acordaron - {grupo.pk for grupo in grupos}:
        raise NoProcede("Un grupo con un acuerdo nacido aquí no se puede quitar del encuentro.")
    if acordaron and encuentro.fecha > timezone.localdate():
        raise NoProcede("En él ya nacieron acuerdos: no se puede pasar a una fecha futura.")


def _difieren(uno, otro, campo):
    return getattr(uno, campo) != getattr(otro, campo)


def _igual(encuentro, grupos):
    """El encuentro no cancelado del mismo tipo, día, hora, lugar, GAD y grupos, o None."""
    mismos = ("estrategia", "tipo", "clase", "fecha", "inicio", "jornada", "lugar", "canton", "gad")
    valores = {campo: getattr(encuentro, campo) for campo in mismos}
    vacios = {f"{campo}__isnull": True for campo, valor in valores.items() if valor is None}
    llenos = {campo: valor for campo, valor in valores.items() if valor is not None}
    return _con_los_grupos(Encuentro.objects.filter(**vacios, **llenos), grupos)


def _con_los_grupos(candidatos, grupos):
    """El primero de los no cancelados que es exactamente de esos grupos, o None."""
    vivos = candidatos.exclude(estado=Estado.CANCELADO).prefetch_related("grupos")
    return next((e for e in vivos if set(e.grupos.all()) == set(grupos)), None)


def autoridad_de(encuentro):
    """La máxima autoridad, ese día, del GAD con que se dialoga."""
    if not encuentro.gad_id:
        return None
    del_gad = Autoridad.objects.filter(gad=encuentro.gad_id)
    return del_gad.vigentes_en(encuentro.fecha).first()


def _primera_jornada(encuentro, grupos):
    """El M3 de la mañana del mismo día y grupos, si este es el de la tarde."""
    if encuentro.tipo != Tipo.M3 or encuentro.jornada != Jornada.TARDE:
        return None
    de_la_manana = Encuentro.objects.filter(
        estrategia=encuentro.estrategia_id,
        tipo=Tipo.M3,
        fecha=encuentro.fecha,
        jornada=Jornada.MANANA,
    )
    return _con_los_grupos(de_la_manana, grupos)


def _fijar_lo_demas(encuentro, grupos, convocados, papeles, por):
    contar_al_terminar(encuentro.estrategia_id)
    encuentro.grupos.set(grupos)
    fijar_convocados(encuentro, convocados, por=por)
    fijar_entidades(encuentro, papeles, por=por)
    return encuentro


# --- Estados ------------------------------------------------------------------------------------


def poner_convocado(encuentro, *, por):
    """Deja convocado un encuentro ya bloqueado: lo hace quien emite sus oficios."""
    return _pasar(encuentro, Estado.CONVOCADO, "Convocatoria", por)


def exigir_abierto(encuentro, que):
    """Lanza EncuentroCerrado si ya se realizó o se canceló; `que`: lo que se quería hacer."""
    if not encuentro.esta_abierto:
        estado = encuentro.get_estado_display().lower()
        raise EncuentroCerrado(f"El encuentro está {estado}: ya no se puede {que}.")


def _pasar(encuentro, estado, motivo, por):
    contar_al_terminar(encuentro.estrategia_id)
    encuentro.estado = estado
    encuentro._history_user = por
    encuentro._change_reason = motivo
    return guardar_con_version(encuentro, encuentro.version)


@transaction.atomic
def cancelar_encuentro(encuentro, *, por, motivo, version):
    """Cancela con motivo escrito y lo devuelve; no borra nada: queda en la historia.

    Quienes ya fueron convocados por correo reciben un aviso. Lanza Conflicto si otra persona guardó
    antes, EncuentroCerrado si ya no está abierto y NoProcede si en él nacieron acuerdos.
    """
    actual = bloquear(Encuentro, encuentro.pk, version)
    exigir_abierto(actual, "cancelar")
    if actual.origenes.exists():
        raise NoProcede("En él nacieron acuerdos: ocurrió. Ciérrelo y diga qué faltó.")
    actual.motivo = motivo
    _pasar(actual, Estado.CANCELADO, "Cancelación", por)
    avisar_cancelacion(actual, por=por)
    return actual


@transaction.atomic
def acordar_en(encuentro, acuerdo, partes, *, por):
    """Crea el acuerdo como nacido en el encuentro y lo devuelve.

    Lanza ValidationError si el encuentro todavía no empieza o no es del grupo del acuerdo, y el
    YaExiste de los acuerdos si el grupo tiene otro igual y abierto.
    """
    acuerdo = crear_acuerdo(acuerdo, partes, por=por)
    origen = OrigenAcuerdo(acuerdo=acuerdo, encuentro=encuentro)
    origen.clean()
    _crear(origen, por)
    return acuerdo


# --- Lo que cuelga ------------------------------------------------------------------------------


@transaction.atomic
def fijar_convocados(encuentro, gads, *, por):
    """Deja convocados a esos GAD y a nadie más; cada cambio queda en la historia con su autor.

    Al que se quita y ya recibió su convocatoria se le avisa que quedó sin efecto.
    """
    deseados = {gad.pk for gad in gads}
    sobran = list(encuentro.convocados.exclude(gad__in=deseados))
    if sobran:
        avisar_retiro(encuentro, [uno.gad_id for uno in sobran], por=por)
    for convocado in sobran:
        convocado._history_user = por
        convocado.delete()
    ya = set(encuentro.convocados.values_list("gad", flat=True))
    for codigo in sorted(deseados - ya):
        _crear(Convocado(encuentro=encuentro, gad_id=codigo), por)


@transaction.atomic
def fijar_entidades(encuentro, papeles, *, por):
    """`papeles`: {Entidad: papel} de quienes facilitan o acompañan; los demás salen."""
    deseados = {entidad.pk: papel for entidad, papel in papeles.items()}
    for facilitacion in encuentro.facilitaciones.all():
        if deseados.get(facilitacion.entidad_id) == facilitacion.papel:
            del deseados[facilitacion.entidad_id]
        else:
            facilitacion._history_user = por
            facilitacion.delete()
    for entidad, papel in deseados.items():
        _crear(Facilitacion(encuentro=encuentro, entidad_id=entidad, papel=papel), por)


@contextmanager
def conservando_traslados(estrategia, fechas, *, por):
    """Mientras cambian los encuentros de esos días, cada traslado sigue después de los suyos.

    El orden de un traslado se cuenta junto con los encuentros: uno nuevo en medio lo correría.
    """
    traslados = list(
        Traslado.objects.filter(estrategia=estrategia, fecha__in=fechas).order_by("fecha", "orden")
    )
    antes = _claves_por_dia(estrategia, traslados)
    yield
    despues = _claves_por_dia(estrategia, traslados)
    for fecha, grupo in groupby(traslados, lambda traslado: traslado.fecha):
        del_dia = list(grupo)
        ordenes = [traslado.orden for traslado in del_dia]
        nuevos = reubicar(ordenes, antes.get(fecha, []), despues.get(fecha, []))
        for traslado, orden in zip(del_dia, nuevos, strict=True):
            _mover(traslado, orden, por)


def _claves_por_dia(estrategia, traslados):
    """{fecha: [claves de los encuentros en orden]} de los días con traslados."""
    fechas = {traslado.fecha for traslado in traslados}
    por_dia = {}
    if fechas:
        encuentros = Encuentro.objects.filter(estrategia=estrategia, fecha__in=fechas)
        for clave, fecha in encuentros.en_orden().values_list("pk", "fecha"):
            por_dia.setdefault(fecha, []).append(clave)
    return por_dia


def _mover(traslado, orden, por):
    if traslado.orden != orden:
        traslado.orden = orden
        traslado._history_user = por
        traslado._change_reason = "Cambio en los encuentros del día"
        traslado.save()


def _crear(objeto, por):
    objeto._history_user = por
    objeto.save()
