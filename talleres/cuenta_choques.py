"""La cuenta de choques sin aceptar que muestra el cronograma: se guarda hecha.

Se cuenta al guardar un encuentro o aceptar un choque y, porque los días también traen choques
(una convocatoria que no salió), una vez al día con `manage.py contar_choques`.
"""

from collections import Counter, defaultdict
from functools import partial

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from acompanamiento.models import Grupo, Membresia

from .choques import hallar_choques
from .lector_choques import leer_citas, leer_tiempos
from .models import ChoqueAceptado, Encuentro, ResumenDeChoques


def contar_al_terminar(estrategia):
    """Cuenta de nuevo cuando la transacción en curso termine bien.

    Si la cuenta falla no se pierde lo guardado: mañana se cuenta otra vez.
    """
    transaction.on_commit(partial(contar_choques, estrategia), robust=True)


def contar_choques(estrategia, hoy=None):
    """Guarda y devuelve el resumen de una estrategia (su clave), país y zonas de una vez."""
    vivos = Encuentro.objects.filter(estrategia=estrategia).exclude(
        estado=Encuentro.Estado.CANCELADO
    )
    hoy = hoy or timezone.localdate()
    choques = hallar_choques(leer_citas(vivos), leer_tiempos(estrategia), hoy)
    aceptados = set(
        ChoqueAceptado.objects.filter(estrategia=estrategia).values_list("clave", flat=True)
    )
    zonas, cuenta = _zonas_que_los_ven(vivos), Counter()
    for choque in choques:
        if choque.clave not in aceptados:
            cuenta[ResumenDeChoques.PAIS] += 1
            cuenta.update({str(zona) for cita in choque.citas for zona in zonas[cita.pk]})
    abiertos = {ResumenDeChoques.PAIS: 0} | cuenta
    return ResumenDeChoques.objects.update_or_create(
        estrategia_id=estrategia, defaults={"abiertos": abiertos}
    )[0]


def _zonas_que_los_ven(encuentros):
    """{encuentro: {zonas}}, con la regla de `Encuentro.visibles_para`, en una consulta.

    Lo ven la zona que coordina alguno de sus grupos y las de sus miembros; si no es de ningún
    grupo, la de su cantón.
    """
    de_estos = {"encuentros__in": encuentros.values("pk")}
    coordinan = Grupo.objects.filter(**de_estos).values_list("encuentros", "zona")
    miembros = Membresia.objects.vigentes().filter(grupo__encuentros__in=encuentros.values("pk"))
    sueltos = encuentros.filter(grupos=None, canton__isnull=False)
    filas = coordinan.order_by().union(
        miembros.order_by().values_list(F("grupo__encuentros"), F("gad__territorio__zona")),
        sueltos.order_by().values_list("pk", "canton__zona"),
    )
    zonas = defaultdict(set)
    for encuentro, zona in filas:
        zonas[encuentro].add(zona)
    return zonas
