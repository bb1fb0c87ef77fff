"""Verbos del informe de la estrategia: guardar lo escrito."""

from django.db import IntegrityError, transaction

from territorios.versiones import Conflicto, guardar_con_version

from .models import Informe


def guardar_informe(informe, *, por, version):
    """Crea o guarda lo escrito. Lanza Conflicto si otra persona lo creó o lo guardó antes."""
    informe._history_user = por
    if informe.pk:
        return guardar_con_version(informe, version)
    try:
        with transaction.atomic():
            informe.save()
    except IntegrityError as error:
        actual = Informe.objects.filter(
            estrategia=informe.estrategia_id, zona=informe.zona_id, grupo=informe.grupo_id
        ).first()
        if actual is None:
            raise
        raise Conflicto(actual) from error
    return informe
