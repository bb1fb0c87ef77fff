"""Verbos de los certificados de participación: emitirlos y revocarlos."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from territorios.versiones import bloquear

from .acciones import NoProcede
from .models import Certificado, Encuentro, Participante


@transaction.atomic
def emitir_certificados(encuentro, *, por, participante=None):
    """Emite los que faltan, o solo el de `participante`, y devuelve los que creó.

    A quien no dejó su nombre no se le puede emitir. Lanza NoProcede si el encuentro no se realizó.
    """
    # Dos envíos a la vez esperan aquí: el segundo ya ve los que creó el primero.
    encuentro = bloquear(Encuentro, encuentro.pk)
    if encuentro.estado != Encuentro.Estado.REALIZADO:
        estado = encuentro.get_estado_display().lower()
        raise NoProcede(f"El encuentro está {estado}: se certifica cuando está realizado.")
    ya = Certificado.objects.filter(encuentro=encuentro, revocado=None, participante__isnull=False)
    faltan = Participante.objects.filter(encuentro=encuentro).con_nombre()
    faltan = faltan.exclude(pk__in=ya.values("participante"))
    if participante is not None:
        faltan = faltan.filter(pk=participante)
    nuevos = [
        Certificado(encuentro=encuentro, participante=persona, emitido_por=por)
        for persona in faltan.order_by("creado", "pk")
    ]
    if not nuevos:
        return []
    return bulk_create_with_history(nuevos, Certificado, default_user=por)


@transaction.atomic
def revocar_certificado(certificado, *, por, motivo):
    """Deja de valer, y la página pública lo dice. Lanza NoProcede si ya estaba revocado."""
    actual = bloquear(Certificado, certificado.pk)
    if actual.revocado:
        raise NoProcede("Ese certificado ya estaba revocado.")
    if not motivo.strip():
        raise ValidationError({"motivo": "Escriba por qué se revoca."})
    actual.revocado, actual.motivo = timezone.now(), motivo.strip()
    actual._history_user = por
    actual._change_reason = "Revocación"
    actual.save()
    return actual


def pagina_de_codigo(codigo):
    """Donde se comprueba el certificado de ese código; None si no hay."""
    hallado = Certificado.objects.de_codigo(codigo)
    return reverse("publico:certificado", args=[hallado.codigo_legible]) if hallado else None
