"""Decidir un emparejamiento de información, y anotar el acuerdo que nace de él."""

from django.core.exceptions import ValidationError
from django.db import transaction

from acompanamiento.acciones import crear_acuerdo
from acompanamiento.models import Grupo
from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .acciones import NoProcede
from .models import Emparejamiento


@transaction.atomic
def decidir_emparejamiento(grupo, requerido, ofrecido, *, estado, por, version):
    """Deja el emparejamiento en `estado`. `version`: la leída; 0 si nadie lo había decidido.

    El mismo envío dos veces no repite nada. Lanza Conflicto si otra persona decidió otra cosa
    antes, y NoProcede si el grupo no acompaña a nadie.
    """
    # El bloqueo del grupo pone en fila a dos personas que deciden a la vez.
    grupo = bloquear(Grupo, grupo.pk)
    if not grupo.esta_conformado:
        raise NoProcede(f"El grupo está {grupo.get_estado_display().lower()}.")
    actual = grupo.emparejamientos.filter(requerido=requerido, ofrecido=ofrecido).first()
    if actual and actual.estado == estado:
        return actual
    if (actual.version if actual else 0) != version:
        raise Conflicto(actual or grupo)
    nuevo = actual or Emparejamiento(grupo=grupo, requerido=requerido, ofrecido=ofrecido)
    nuevo.estado, nuevo.por, nuevo._history_user = estado, por, por
    if actual:
        return guardar_con_version(nuevo, version)
    nuevo.save()
    return nuevo


@transaction.atomic
def acordar_emparejamiento(emparejamiento, acuerdo, partes, *, por):
    """Crea el acuerdo y deja dicho que nació de este emparejamiento confirmado.

    Lanza ValidationError si ya no está confirmado o si ya tiene su acuerdo, y el YaExiste de los
    acuerdos si el grupo tiene otro igual y abierto.
    """
    # Primero el grupo, como al decidir: dos personas a la vez hacen un solo acuerdo.
    bloquear(Grupo, emparejamiento.grupo_id)
    actual = bloquear(Emparejamiento, emparejamiento.pk)
    if actual.estado != Emparejamiento.Estado.CONFIRMADO:
        raise ValidationError("Otra persona descartó el emparejamiento: revíselo en el libro.")
    if actual.acuerdo_id:
        raise ValidationError(f"Ya se anotó el {str(actual.acuerdo).lower()} con esto.")
    actual.acuerdo = crear_acuerdo(acuerdo, partes, por=por)
    actual._history_user = por
    guardar_con_version(actual, actual.version)
    return actual.acuerdo
