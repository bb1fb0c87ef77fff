"""Verbos del registro por QR: abrir la puerta de un encuentro, renovar su clave y cerrarla."""

from django.db import transaction
from django.utils import timezone

from territorios.versiones import bloquear

from .acciones import NoProcede
from .models import Encuentro, Participante, Puerta
from .models.puerta import medidas_de
from .registro import registrar


class YaCambio(Exception):
    """La puerta ya no es la que vio quien pide el cambio: otra persona la abrió o la cerró."""


@transaction.atomic
def abrir_puerta(encuentro, *, por, vista=None):
    """Abre el registro con una clave nueva y da la puerta; si había otra, deja de servir.

    `vista`: la clave primaria de la puerta que estaba abierta cuando se pidió (None, ninguna).
    Lanza YaCambio si ya no es esa, y NoProcede si el encuentro se canceló.
    """
    encuentro = bloquear(Encuentro, encuentro.pk)
    if encuentro.estado == Encuentro.Estado.CANCELADO:
        raise NoProcede("El encuentro está cancelado: no se puede abrir su registro.")
    _cerrar_la_abierta(encuentro, vista, por)
    puerta = Puerta(encuentro=encuentro)
    _guardar(puerta, por, "Renovación" if vista else "Apertura")
    return puerta


@transaction.atomic
def cerrar_puerta(encuentro, *, por, vista):
    """Cierra el registro por QR: la clave deja de servir al momento. Lanza YaCambio."""
    _cerrar_la_abierta(bloquear(Encuentro, encuentro.pk), vista, por)


def _cerrar_la_abierta(encuentro, vista, por):
    abierta = Puerta.objects.abiertas().filter(encuentro=encuentro).first()
    if (abierta.pk if abierta else None) != vista:
        raise YaCambio
    if abierta:
        abierta.cerrada = timezone.now()
        _guardar(abierta, por, "Cierre")


def _guardar(puerta, por, razon):
    puerta._history_user = por
    puerta._change_reason = razon
    puerta.save()


@transaction.atomic
def registrar_en_puerta(puerta, datos, *, clave_envio):
    """Registra a quien llegó con el QR y da (participante, ya_estaba). Lanza NoProcede.

    El tope es del encuentro, con todas sus claves: renovarla no lo empieza de nuevo.
    """
    bloquear(Encuentro, puerta.encuentro_id)
    if not Puerta.objects.abiertas().filter(pk=puerta.pk).exists():
        raise NoProcede("El registro se cerró mientras escribía: avise en la mesa de registro.")
    por_qr = Participante.objects.filter(encuentro=puerta.encuentro_id, via=Participante.Via.QR)
    # El mismo envío otra vez no suma: quien ya está no recibe un «se llenó».
    es_otro = not por_qr.filter(clave_envio=clave_envio).exists()
    if es_otro and por_qr.count() >= medidas_de(puerta.encuentro).registro_tope:
        raise NoProcede("El registro por teléfono se llenó: avise en la mesa de registro.")
    return registrar(
        puerta.encuentro, datos, via=Participante.Via.QR, por=None, clave_envio=clave_envio
    )
