"""Dar, revocar y usar llaves de la API."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import LlaveDeApi
from .versiones import bloquear

CADA_CUANTO = timedelta(hours=1)


@transaction.atomic
def dar_llave(llave, *, por):
    """Guarda la llave nueva y devuelve su texto, que solo se conoce ahora."""
    texto = llave.poner_secreto()
    llave.creada_por = llave._history_user = por
    llave._change_reason = "Llave nueva"
    llave.save()
    return texto


@transaction.atomic
def revocar_llave(llave, *, motivo, por):
    """La que ya estaba revocada queda como estaba, con su primer motivo."""
    actual = bloquear(LlaveDeApi, llave.pk)
    if actual.revocada:
        return actual
    actual.revocada, actual.motivo = timezone.now(), motivo
    actual._history_user, actual._change_reason = por, "Revocación"
    actual.save()
    return actual


def anotar_uso(llave):
    """Deja constancia de que se usó, sin escribir en cada petición."""
    ahora = timezone.now()
    if llave.ultimo_uso and ahora - llave.ultimo_uso < CADA_CUANTO:
        return
    vencida = Q(ultimo_uso__isnull=True) | Q(ultimo_uso__lt=ahora - CADA_CUANTO)
    LlaveDeApi.objects.filter(vencida, pk=llave.pk).update(ultimo_uso=ahora)
