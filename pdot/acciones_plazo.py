"""Fijar hasta cuándo tienen los GAD de un grupo para enviar su evaluación."""

from django.db import transaction

from acompanamiento.models import Grupo
from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .acciones import NoProcede
from .models import PlazoEvaluacion


@transaction.atomic
def fijar_plazo(grupo, *, fecha, nota, version, sitio, por):
    """Pone, cambia o quita (`fecha` None) el plazo del grupo.

    `version`: la que se leyó, 0 si no había. Lanza Conflicto si otra persona lo cambió y NoProcede
    si el grupo ya no está abierto.
    """
    # El bloqueo del grupo pone en fila a dos que lo fijan por primera vez.
    grupo = bloquear(Grupo, grupo.pk)
    if not grupo.esta_abierto:
        estado = grupo.get_estado_display().lower()
        raise NoProcede(f"El grupo está {estado}: su plazo ya no cambia.")
    plazo = PlazoEvaluacion.objects.filter(grupo=grupo).first()
    if (plazo.version if plazo else 0) != version:
        raise Conflicto(plazo)
    if plazo is None:
        plazo = PlazoEvaluacion(grupo=grupo)
    plazo.fecha, plazo.nota, plazo.sitio, plazo._history_user = fecha, nota, sitio, por
    if plazo.pk:
        return guardar_con_version(plazo, version)
    plazo.save()
    return plazo
