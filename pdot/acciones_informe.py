"""Verbos del informe de la estrategia: guardar lo escrito."""

from django.db import IntegrityError, transaction

from territorios.versiones import Conflicto, guardar_con_version

from .models import Informe

LO_ESCRITO = ("introduccion", "conclusiones", "recomendaciones", "secciones_apagadas")


def guardar_informe(informe, *, por, version):
    """Crea o guarda lo escrito. Lanza Conflicto si otra persona lo creó o lo guardó antes.

    Si lo que ya está guardado es lo mismo que se envía no hay nada que perder: es un segundo clic,
    y se da por guardado sin otra versión.
    """
    informe._history_user = por
    try:
        return guardar_con_version(informe, version) if informe.pk else _crear(informe)
    except Conflicto as conflicto:
        if _lo_escrito(conflicto.actual) == _lo_escrito(informe):
            return conflicto.actual
        raise


def _crear(informe):
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


def _lo_escrito(informe):
    return [getattr(informe, campo) for campo in LO_ESCRITO]
