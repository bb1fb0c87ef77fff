"""Verbos de las necesidades: declararlas, corregirlas y retirarlas con su motivo."""

from django.db import transaction
from django.utils import timezone

from acompanamiento.acciones import YaExiste
from acompanamiento.models import Grupo
from territorios.models import Gad
from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede
from .models import Necesidad


@transaction.atomic
def declarar_necesidad(necesidad, *, por):
    """Guarda una necesidad nueva de un GAD o de un grupo. Lanza YaExiste si hay otra viva igual."""
    # El bloqueo de su dueño pone en fila a dos envíos del mismo formulario.
    if necesidad.grupo_id:
        bloquear(Grupo, necesidad.grupo_id)
    else:
        Gad.objects.select_for_update(of=("self",)).get(pk=necesidad.gad_id)
    suyas = Necesidad.objects.vivas().filter(grupo=necesidad.grupo_id, gad=necesidad.gad_id)
    if igual := suyas.filter(tema__iexact=necesidad.tema, detalle=necesidad.detalle).first():
        raise YaExiste(igual)
    necesidad._history_user = por
    necesidad.save()
    return necesidad


@transaction.atomic
def corregir_necesidad(necesidad, *, por, version):
    """Guarda lo corregido. Lanza Conflicto, o NoProcede si ya se retiró."""
    _exigir_viva(bloquear(Necesidad, necesidad.pk, version))
    necesidad._history_user = por
    return guardar_con_version(necesidad, version)


@transaction.atomic
def retirar_necesidad(necesidad, *, motivo, por, version):
    """La deja fuera de las listas, con su motivo; no se borra. Lanza Conflicto o NoProcede."""
    actual = bloquear(Necesidad, necesidad.pk, version)
    _exigir_viva(actual)
    actual.retirada, actual.motivo_retiro = timezone.now(), motivo
    actual._history_user, actual._change_reason = por, "Retiro"
    return guardar_con_version(actual, version)


def _exigir_viva(necesidad):
    if necesidad.retirada:
        raise NoProcede("La necesidad se retiró: ya no cambia. Declare otra si vuelve a surgir.")
