"""Las cifras de los indicadores, que se guardan contadas: GAD por GAD y fuera de las páginas.

Las de un GAD se cuentan al enviar, devolver o aprobar su evaluación y, por si algo entró por otro
camino, las de todos con `manage.py contar_indicadores`.
"""

from functools import partial

from django.db import transaction

from .indicadores import medir
from .models import CifrasDeGad, Evaluacion


def contar_al_terminar(evaluacion):
    """Cuenta las de su GAD cuando la transacción en curso termine bien.

    Si la cuenta falla no se pierde lo guardado: la orden de cada noche cuenta otra vez.
    """
    transaction.on_commit(partial(_contar_las_de, evaluacion.pk), robust=True)


def contar_indicadores(codigos=None):
    """Guarda las cifras de esos GAD (de todos, sin ellos) y devuelve cuántos fueron."""
    filas = [
        CifrasDeGad(gad_id=gad.codigo, aprobada_id=gad.aprobada, cifras=gad.cifras)
        for gad in medir(codigos)
    ]
    CifrasDeGad.objects.bulk_create(
        filas,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["gad"],
        update_fields=["aprobada", "cifras", "contado"],
    )
    return len(filas)


def _contar_las_de(evaluacion):
    gads = Evaluacion.objects.filter(pk=evaluacion).values_list("pdot__gad", flat=True)
    contar_indicadores(list(gads))
