"""Verbos del plan: registrar, escribir con sus objetivos, poner en vigencia, terminar y brechas.

Todos atómicos, con autor y comparando la versión que leyó quien escribe.
"""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from territorios.archivos import sin_dejar_sueltos
from territorios.versiones import bloquear, guardar_bajo_bloqueo, guardar_con_version

from .acciones import NoProcede
from .models import Brecha, Objetivo, Pdot
from .subir_pdf import poner_pdf

CARPETA = "planes"
CAMPOS_DE_OBJETIVO = ["orden", "texto", "sistema"]
# Lejos de cualquier orden que se teclee: por ahí pasan los que cambian de lugar.
APARTE = 10_000


class BrechasEnConflicto(Exception):
    """Otra persona cambió esas brechas. `pares`: lista de (la guardada, la tecleada)."""

    def __init__(self, pares):
        super().__init__("Otra persona guardó antes.")
        self.pares = pares


class PeriodoRepetido(NoProcede):
    """El GAD ya tiene un plan que empieza ese año."""

    def __init__(self):
        super().__init__("El GAD ya tiene un PDOT que empieza ese año.")


def registrar_plan(plan, objetivos, *, archivo, por):
    """Crea el plan de un período, con sus objetivos y su PDF. Lanza PeriodoRepetido."""
    plan.estado = plan.estado_al_declararlo(timezone.localdate())
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        poner_pdf(plan, CARPETA, archivo, escritos)
        plan._history_user = por
        with _periodo_libre():
            plan.save()
        _guardar_objetivos(plan, objetivos, por)
    return plan


def guardar_plan(plan, objetivos, *, archivo, por, version):
    """Guarda el plan que trae `plan` y deja sus objetivos como `objetivos`, o nada.

    `objetivos`: diccionarios con `pk` (None si es nuevo), `texto` y `sistema`, en orden. `archivo`:
    los bytes de un PDF, que toma el lugar del anterior, o None para dejar el que hay.
    Lanza Conflicto si otra persona guardó antes, PeriodoRepetido, y NoProcede si un objetivo no se
    puede quitar.
    """
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        poner_pdf(plan, CARPETA, archivo, escritos)
        plan._history_user = por
        with _periodo_libre():
            guardar_con_version(plan, version)
        _guardar_objetivos(plan, objetivos, por)
    return plan


@contextmanager
def _periodo_libre():
    """Lo que la base rechaza por el año, dicho. Los años ya los revisó el formulario."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        raise PeriodoRepetido from error


def _guardar_objetivos(plan, objetivos, por):
    """El que sigue conserva su fila: de ella cuelgan proyectos. Con el plan ya bloqueado."""
    actuales = {uno.pk: uno for uno in plan.objetivos.all()}
    siguen = {fila["pk"] for fila in objetivos}
    _quitar_objetivos([uno for pk, uno in actuales.items() if pk not in siguen], por)
    nuevos, cambiados = [], []
    for orden, fila in enumerate(objetivos, start=1):
        objetivo = actuales.get(fila["pk"]) or Objetivo(pdot=plan)
        dicho = [orden, fila["texto"], fila["sistema"]]
        if [getattr(objetivo, campo) for campo in CAMPOS_DE_OBJETIVO] == dicho:
            continue
        objetivo.orden, objetivo.texto, objetivo.sistema = dicho
        (cambiados if objetivo.pk else nuevos).append(objetivo)
    if cambiados:
        # El orden es único: primero se apartan todos y luego cada uno ocupa su lugar.
        apartados = Objetivo.objects.filter(pk__in=[uno.pk for uno in cambiados])
        apartados.update(orden=F("orden") + APARTE)
        bulk_update_with_history(cambiados, Objetivo, CAMPOS_DE_OBJETIVO, default_user=por)
    if nuevos:
        bulk_create_with_history(nuevos, Objetivo, default_user=por)


def _quitar_objetivos(sobrantes, por):
    for objetivo in sobrantes:
        objetivo._history_user = por
        try:
            objetivo.delete()
        except ProtectedError as error:
            raise NoProcede(f"«{objetivo}» no se puede quitar: hay algo vinculado a él.") from error


@transaction.atomic
def poner_en_vigencia(plan, *, por, version):
    """El plan rige y el que regía termina. Lanza Conflicto, o NoProcede si no consta aprobado."""
    # El GAD se bloquea por sus planes, siempre en el mismo orden: dos a la vez se esperan.
    list(Pdot.objects.select_for_update().filter(gad=plan.gad_id).order_by("pk"))
    plan = bloquear(Pdot, plan.pk, version)
    _exigir_paso(plan, Pdot.Estado.VIGENTE)
    if not plan.instrumento_aprobacion or plan.aprobado_el is None:
        raise NoProcede(
            "Para ponerlo en vigencia, anote antes con qué instrumento se aprobó y en qué fecha."
        )
    anterior = Pdot.objects.filter(gad=plan.gad_id, estado=Pdot.Estado.VIGENTE).first()
    if anterior:
        _pasar(anterior, Pdot.Estado.TERMINADO, f"Entró en vigencia el {plan}", por)
    return _pasar(plan, Pdot.Estado.VIGENTE, "Puesto en vigencia", por)


@transaction.atomic
def terminar_plan(plan, *, por, version):
    """El plan deja de regir o se abandona. Lanza Conflicto o NoProcede."""
    plan = bloquear(Pdot, plan.pk, version)
    _exigir_paso(plan, Pdot.Estado.TERMINADO)
    return _pasar(plan, Pdot.Estado.TERMINADO, "Dado por terminado", por)


def _exigir_paso(plan, estado):
    if estado not in plan.pasos:
        ahora = plan.get_estado_display().lower()
        raise NoProcede(f"El {plan} ya no admite ese paso: ahora está {ahora}.")


def _pasar(plan, estado, motivo, por):
    plan.estado = estado
    plan._history_user, plan._change_reason = por, motivo[:100]
    return guardar_con_version(plan, plan.version)


@transaction.atomic
def guardar_brechas(plan, filas, *, por):
    """Guarda las brechas de un plan, todas o ninguna, y devuelve cuántas cambiaron.

    `filas`: pares (Brecha tecleada, versión leída; 0 si no estaba). La que queda en blanco se
    quita. Lanza BrechasEnConflicto si alguna cambió desde que se leyó.
    """
    plan = Pdot.objects.select_for_update().get(pk=plan.pk)
    actuales = {una.competencia_id: una for una in plan.brechas.select_related("competencia")}
    distintas = [par for par in filas if _difiere(par[0], actuales.get(par[0].competencia_id))]
    pares = [
        (actuales.get(tecleada.competencia_id), tecleada)
        for tecleada, version in distintas
        if _version(actuales.get(tecleada.competencia_id)) != version
    ]
    if pares:
        raise BrechasEnConflicto(pares)
    nuevas, cambiadas = [], []
    for tecleada, _ in distintas:
        _repartir(tecleada, actuales.get(tecleada.competencia_id), nuevas, cambiadas, por)
    guardar_bajo_bloqueo(Brecha, nuevas, cambiadas, list(Brecha.CAMPOS), por=por)
    return len(distintas)


def _repartir(tecleada, actual, nuevas, cambiadas, por):
    if actual is None:
        nuevas.append(tecleada)
    elif tecleada.esta_vacia:
        actual._history_user = por
        actual.delete()
    else:
        for campo in Brecha.CAMPOS:
            setattr(actual, campo, getattr(tecleada, campo))
        cambiadas.append(actual)


def _version(brecha):
    return brecha.version if brecha else 0


def _difiere(tecleada, actual):
    if actual is None:
        return not tecleada.esta_vacia
    return any(getattr(tecleada, c) != getattr(actual, c) for c in Brecha.CAMPOS)
