"""Contar el avance otra vez cuando cambia algo de lo que lo mueve.

Grupos, encuentros y evaluaciones se guardan en pisos de abajo, que no conocen este: por eso se
escucha que se guardaron, en vez de pedirles que avisen. La cuenta es una tarea de la cola, para que
nadie espere a que se cuente el país por guardar un encuentro, y mientras hay una en la cola no se
encola otra.
"""

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.signals import m2m_changed, post_delete, post_save
from django.utils import timezone
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from acompanamiento.models import Acuerdo, CumplimientoHito, Grupo, HitoGrupo, Membresia
from talleres.models import Convocado, Encuentro

from .cuenta_avance import contar_avance
from .models import Evaluacion, Pdot

LO_MUEVEN = (
    *(Grupo, Membresia, HitoGrupo, CumplimientoHito),
    *(Encuentro, Convocado, Acuerdo),
    *(Evaluacion, Pdot),
)


# Cuánto se guarda la constancia de una cuenta ya hecha: se encola una por cada tanda de cambios.
PLAZO_DE_CONSTANCIA = timedelta(days=1)


@task()
def contar_otra_vez():
    contar_ya()


def contar_ya():
    """Cuenta y quita de la cola lo que con esto ya se hizo. Devuelve cuántos ámbitos fueron."""
    empezado = timezone.now()
    ambitos = contar_avance()
    # Lo que se pidió antes de empezar se guardó antes: ya entró.
    _pedidas().filter(status=TaskResultStatus.READY, enqueued_at__lt=empezado).delete()
    _pedidas().finished().filter(finished_at__lt=empezado - PLAZO_DE_CONSTANCIA).delete()
    return ambitos


def escuchar():
    """Empieza a atender lo que se guarda y se borra; lo llama la app al arrancar."""
    for modelo in LO_MUEVEN:
        for senial in (post_save, post_delete):
            senial.connect(_cambio, sender=modelo, dispatch_uid=f"avance-{modelo.__name__}")
    m2m_changed.connect(
        _cambio, sender=Encuentro.grupos.through, dispatch_uid="avance-grupos-de-encuentro"
    )


def _cambio(**datos):
    """Al terminar la transacción se pide la cuenta, una sola vez por muchas filas que se guarden.

    Si pedirla falla no se pierde lo guardado: la orden de cada noche cuenta otra vez.
    """
    if datos.get("raw") or any(uno[1] is pedir_cuenta for uno in connection.run_on_commit):
        return
    transaction.on_commit(pedir_cuenta, robust=True)


def pedir_cuenta():
    """Encola la cuenta, salvo que ya haya una esperando."""
    if not _pedidas().filter(status=TaskResultStatus.READY).exists():
        contar_otra_vez.enqueue()


def hay_cambios_desde(contado):
    """Si después de contar se guardó algo que lo mueve y todavía no entra en las cifras.

    También si la cuenta se pidió y falló, o murió quien la hacía.
    """
    sin_contar = Q(status=TaskResultStatus.READY) | Q(enqueued_at__gt=contado)
    return _pedidas().filter(sin_contar).exists()


def _pedidas():
    return DBTaskResult.objects.filter(task_path=contar_otra_vez.module_path)
