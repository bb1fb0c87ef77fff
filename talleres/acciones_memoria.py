"""Escribir la ayuda memoria de un encuentro."""

from django.db import transaction

from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .acciones import EncuentroCerrado
from .models import Encuentro, Memoria


@transaction.atomic
def escribir_memoria(memoria, *, por, version):
    """Crea o guarda lo escrito. `version`: la que se leyó; 0 si todavía no había ninguna.

    Lanza Conflicto si otra persona guardó antes, y EncuentroCerrado si se canceló.
    """
    # Quien la escribe por primera vez a la vez espera aquí, y al pasar ya ve la del otro.
    encuentro = bloquear(Encuentro, memoria.encuentro_id)
    if encuentro.estado == Encuentro.Estado.CANCELADO:
        raise EncuentroCerrado("El encuentro se canceló: no tiene ayuda memoria.")
    memoria._history_user = por
    if memoria.pk:
        return guardar_con_version(memoria, version)
    ya = Memoria.objects.filter(encuentro=encuentro).first()
    if ya:
        raise Conflicto(ya)
    memoria.version = 1
    memoria.save()
    return memoria
