"""Escribir sin perder: el único mecanismo con que se guarda una edición en todo el proyecto.

Quien edita lleva consigo la versión que leyó. Al guardar se bloquea la fila, se compara la
versión y solo entonces se escribe; si otra persona guardó antes, se lanza Conflicto y nada
cambia. En SQLite lo protege la transacción IMMEDIATE; en PostgreSQL, el bloqueo de la fila.
"""

from django.db import models, transaction
from simple_history.utils import bulk_create_with_history, bulk_update_with_history


class Conflicto(Exception):
    """Otra persona guardó antes. `actual` es la fila como está ahora en la base."""

    def __init__(self, actual):
        super().__init__(f"«{actual}» cambió mientras se editaba.")
        self.actual = actual


class ModeloVersionado(models.Model):
    """Modelo cuya edición se compara por versión (empieza en 1 y sube con cada guardado)."""

    version = models.PositiveIntegerField("versión", default=1, editable=False)

    class Meta:
        abstract = True


def bloquear(modelo, pk, version=None):
    """Trae la fila bloqueada hasta el fin de la transacción en curso.

    `version`: la que leyó quien edita; None cuando solo importa el estado actual.
    Lanza Conflicto si la versión ya no es esa, y modelo.DoesNotExist si no hay fila.
    Debe llamarse dentro de `transaction.atomic()`.
    """
    actual = modelo.objects.select_for_update(of=("self",)).get(pk=pk)
    if version is not None and actual.version != int(version):
        raise Conflicto(actual)
    return actual


@transaction.atomic
def guardar_con_version(objeto, version):
    """Guarda `objeto` si su fila sigue en `version` y le sube la versión; si no, Conflicto."""
    bloquear(type(objeto), objeto.pk, version)
    objeto.version = int(version) + 1
    objeto.save()
    return objeto


def guardar_bajo_bloqueo(modelo, nuevas, cambiadas, campos, *, por):
    """Guarda de una vez filas cuyo padre ya está bloqueado y cuya versión ya se comparó.

    Es la misma regla para muchas filas: cada cambiada sube de versión y deja su historia.
    Debe llamarse dentro de la transacción que hizo el bloqueo.
    """
    for fila in cambiadas:
        fila.version += 1
    if nuevas:
        bulk_create_with_history(nuevas, modelo, default_user=por)
    if cambiadas:
        bulk_update_with_history(cambiadas, modelo, [*campos, "version"], default_user=por)
