"""Anotar que un GAD cumplió un hito del proceso, con su evidencia y su autor."""

from django.db import transaction

from territorios.archivos import sin_dejar_sueltos
from territorios.models import Gad
from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .models import CumplimientoProceso
from .subir_pdf import borrar_al_confirmar, poner_pdf

CARPETA = "proceso"


def anotar_hito(cumplimiento, *, archivo, por, version):
    """Crea o corrige un cumplimiento. `version` es 0 si quien escribe lo vio sin anotar.

    `archivo`: los bytes de un PDF, o None para dejar el que hay. Lanza Conflicto si otra persona
    lo anotó o lo cambió antes.
    """
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        # El GAD se bloquea: dos que anotan a la vez el mismo hito se esperan aquí.
        Gad.objects.select_for_update().get(pk=cumplimiento.gad_id)
        ya = CumplimientoProceso.objects.filter(hito=cumplimiento.hito, gad=cumplimiento.gad)
        if cumplimiento.pk is None and (actual := ya.first()):
            raise Conflicto(actual)
        poner_pdf(cumplimiento, CARPETA, archivo, escritos)
        cumplimiento.por = cumplimiento._history_user = por
        if cumplimiento.pk:
            return guardar_con_version(cumplimiento, version)
        cumplimiento.version = 1
        cumplimiento.save()
        return cumplimiento


@transaction.atomic
def quitar_hito(cumplimiento, *, por, version):
    """Borra lo anotado por error, con su PDF; queda en la historia. Lanza Conflicto."""
    actual = bloquear(CumplimientoProceso, cumplimiento.pk, version)
    borrar_al_confirmar(actual.archivo.name)
    actual._history_user = por
    actual.delete()
