"""Verbos de los aportes de un encuentro: escrituras con autor, atómicas y con su historia.

Todas esperan el bloqueo del encuentro. Así varias personas que teclean a la vez no se pisan, la
`serie` crece sin saltos a la vista de quien mira y el mismo envío repetido se reconoce.
"""

from django.db import transaction
from simple_history.utils import bulk_update_with_history

from territorios.versiones import bloquear, guardar_con_version

from .acciones import EncuentroCerrado, NoProcede
from .models import Aporte, CumuloAportes, Encuentro, con_serie


@transaction.atomic
def anotar_aporte(aporte, *, por):
    """Guarda una tarjeta nueva al final de su encuentro. Devuelve (la guardada, si ya estaba).

    El mismo `clave_envio` otra vez no deja otra: devuelve la primera. Lanza EncuentroCerrado si el
    encuentro se canceló, ValidationError si la pregunta o el punto no son suyos, y NoProcede si la
    clave es de un envío a otro encuentro.
    """
    encuentro = bloquear(Encuentro, aporte.encuentro_id)
    # Antes que nada: si ya está guardada y solo se perdió la respuesta, no se le dice que no.
    if repetida := _la_ya_enviada(aporte):
        return repetida, True
    _exigir_no_cancelado(encuentro)
    aporte.clean()
    aporte.estrategia_id, aporte.momento = encuentro.estrategia_id, encuentro.tipo
    ultimo = Aporte.objects.filter(encuentro=encuentro).order_by("-orden").first()
    aporte.orden = ultimo.orden + 1 if ultimo else 1
    aporte.autor = aporte._history_user = por
    aporte.serie = siguiente_serie(encuentro)
    aporte.save()
    return aporte, False


def _la_ya_enviada(aporte):
    if aporte.clave_envio is None:
        return None
    repetida = Aporte.objects.filter(clave_envio=aporte.clave_envio).first()
    if repetida and repetida.encuentro_id != aporte.encuentro_id:
        raise NoProcede("Ese envío ya se usó en otro encuentro: vuelva a abrir la página.")
    return repetida


def abrir(pk):
    """Trae y bloquea el encuentro. Lanza EncuentroCerrado si se canceló.

    Uno realizado sí admite aportes: los papelotes se pasan en limpio después.
    """
    encuentro = bloquear(Encuentro, pk)
    _exigir_no_cancelado(encuentro)
    return encuentro


def _exigir_no_cancelado(encuentro):
    if encuentro.estado == Encuentro.Estado.CANCELADO:
        raise EncuentroCerrado("El encuentro está cancelado: ya no se anotan aportes en él.")


def siguiente_serie(encuentro):
    """La que toca al próximo cambio; con el encuentro ya bloqueado."""
    return con_serie(Encuentro.objects.filter(pk=encuentro.pk)).get().serie + 1


# --- Lo escrito ---------------------------------------------------------------------------------


@transaction.atomic
def corregir_aporte(aporte, *, por, version):
    """Guarda lo escrito en la tarjeta y nada más: si mientras tanto la agruparon, sigue agrupada.

    Lanza Conflicto si otra persona la corrigió, EncuentroCerrado, o NoProcede si está retirada.
    """
    encuentro = abrir(aporte.encuentro_id)
    actual = bloquear(Aporte, aporte.pk, version)
    if actual.retirado:
        raise NoProcede("La tarjeta está retirada: repóngala para corregirla.")
    for campo in Aporte.ESCRITO:
        setattr(actual, campo, getattr(aporte, campo))
    actual.clean()
    return _guardar(actual, encuentro, "Corrección", por)


@transaction.atomic
def retirar_aporte(aporte, *, motivo, por, version):
    """La saca de la vista sin borrarla. Lanza Conflicto, EncuentroCerrado o NoProcede."""
    encuentro = abrir(aporte.encuentro_id)
    actual = bloquear(Aporte, aporte.pk, version)
    if actual.retirado:
        raise NoProcede("La tarjeta ya estaba retirada.")
    actual.retirado, actual.motivo_retiro = True, motivo
    return _guardar(actual, encuentro, "Retiro", por)


@transaction.atomic
def reponer_aporte(aporte, *, por, version):
    """Devuelve a la vista una retirada; si ya está a la vista, no hace nada.

    Lanza Conflicto o EncuentroCerrado.
    """
    encuentro = abrir(aporte.encuentro_id)
    if not bloquear(Aporte, aporte.pk).retirado:
        return aporte
    actual = bloquear(Aporte, aporte.pk, version)
    actual.retirado, actual.motivo_retiro = False, ""
    return _guardar(actual, encuentro, "Reposición", por)


def _guardar(aporte, encuentro, motivo, por):
    aporte._history_user, aporte._change_reason = por, motivo
    aporte.serie = siguiente_serie(encuentro)
    return guardar_con_version(aporte, aporte.version)


@transaction.atomic
def avisar_cambio(aporte):
    """Hace que quien mira el tablero vuelva a leer la tarjeta: algo nació de ella o se deshizo."""
    encuentro = bloquear(Encuentro, aporte.encuentro_id)
    Aporte.objects.filter(pk=aporte.pk).update(serie=siguiente_serie(encuentro))


# --- Agrupar y ordenar --------------------------------------------------------------------------


@transaction.atomic
def agrupar_aportes(encuentro, claves, *, por, cumulo=None, titulo=""):
    """Pone las tarjetas en `cumulo`, o en el de ese título, que se crea si no existe.

    Devuelve el cúmulo. Lanza EncuentroCerrado, o NoProcede si alguna tarjeta no es del encuentro
    o está retirada.
    """
    encuentro = abrir(encuentro.pk)
    serie = siguiente_serie(encuentro)
    tarjetas = _tarjetas(encuentro, claves)
    if cumulo and cumulo.encuentro_id != encuentro.pk:
        raise NoProcede("Ese cúmulo no es de este encuentro.")
    cumulo = cumulo or _cumulo(encuentro, titulo, serie, por)
    _mudar(tarjetas, cumulo, serie, f"Agrupada en «{cumulo}»"[:100], por)
    return cumulo


@transaction.atomic
def desagrupar_aportes(encuentro, claves, *, por):
    """Saca las tarjetas de su cúmulo. Lanza EncuentroCerrado o NoProcede."""
    encuentro = abrir(encuentro.pk)
    serie = siguiente_serie(encuentro)
    _mudar(_tarjetas(encuentro, claves), None, serie, "Sacada de su cúmulo", por)


def _tarjetas(encuentro, claves):
    tarjetas = list(Aporte.objects.vigentes().filter(encuentro=encuentro, pk__in=claves))
    if not tarjetas or len(tarjetas) != len(set(claves)):
        raise NoProcede("Alguna de las tarjetas ya no está en el tablero: revíselas.")
    return tarjetas


def _cumulo(encuentro, titulo, serie, por):
    igual = encuentro.cumulos.filter(titulo__iexact=titulo).first()
    if igual:
        return igual
    cumulo = CumuloAportes(encuentro=encuentro, titulo=titulo, serie=serie)
    cumulo._history_user = por
    cumulo.save()
    return cumulo


def _mudar(tarjetas, cumulo, serie, motivo, por):
    mudadas = [t for t in tarjetas if t.cumulo_id != (cumulo and cumulo.pk)]
    for tarjeta in mudadas:
        tarjeta.cumulo, tarjeta.serie = cumulo, serie
    _guardar_varias(mudadas, ["cumulo", "serie"], motivo, por)


def _guardar_varias(tarjetas, campos, motivo, por):
    if tarjetas:
        bulk_update_with_history(
            tarjetas, Aporte, campos, default_user=por, default_change_reason=motivo
        )


@transaction.atomic
def titular_cumulo(cumulo, *, por, version):
    """Cambia el título del cúmulo. Lanza Conflicto, EncuentroCerrado o NoProcede si se repite."""
    encuentro = abrir(cumulo.encuentro_id)
    otros = encuentro.cumulos.exclude(pk=cumulo.pk)
    if otros.filter(titulo__iexact=cumulo.titulo).exists():
        raise NoProcede("El encuentro ya tiene un cúmulo con ese título.")
    cumulo.serie = siguiente_serie(encuentro)
    cumulo._history_user, cumulo._change_reason = por, "Cambio de título"
    return guardar_con_version(cumulo, version)


@transaction.atomic
def mover_aporte(aporte, *, hacia, por):
    """Sube (-1) o baja (1) la tarjeta un lugar entre las de su sección y su cúmulo.

    La primera no sube ni la última baja: se queda donde está. Lanza EncuentroCerrado o NoProcede.
    """
    encuentro = abrir(aporte.encuentro_id)
    (aporte,) = _tarjetas(encuentro, [aporte.pk])
    hermanas = list(
        Aporte.objects.vigentes()
        .filter(encuentro=encuentro, pregunta=aporte.pregunta_id, punto=aporte.punto_id)
        .filter(cumulo=aporte.cumulo_id)
        .order_by("orden", "pk")
    )
    lugar = hermanas.index(aporte)
    otro = lugar + hacia
    if not 0 <= otro < len(hermanas):
        return
    ordenes = [tarjeta.orden for tarjeta in hermanas]
    hermanas.insert(otro, hermanas.pop(lugar))
    _reordenar(encuentro, hermanas, ordenes, por)


def _reordenar(encuentro, tarjetas, ordenes, por):
    serie = siguiente_serie(encuentro)
    movidas = []
    for tarjeta, orden in zip(tarjetas, ordenes, strict=True):
        if tarjeta.orden != orden:
            tarjeta.orden, tarjeta.serie = orden, serie
            movidas.append(tarjeta)
    _guardar_varias(movidas, ["orden", "serie"], "Cambio de orden", por)
