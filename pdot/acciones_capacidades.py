"""Verbos del plan de capacidades: armarlo, proponerlo, aprobarlo y anotar cómo avanza.

Todo lo que cambia lo planificado bloquea el plan y le sube la versión: quien aprueba aprueba lo que
leyó, y si alguien tocó una actividad entretanto, se entera.
"""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from acompanamiento.acciones import YaExiste
from acompanamiento.models import Grupo
from territorios.models import Zona
from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede
from .avisos import avisar_plan
from .models import ActividadCapacidad, AvanceActividad, PlanCapacidades

Estado = PlanCapacidades.Estado
# Lo que una versión nueva no hereda de la actividad de que parte.
PROPIOS = {"id", "plan", "version"}
LISTAS = ("necesidades", "beneficiarios", "encuentros")


# --- El plan ------------------------------------------------------------------------------------


@transaction.atomic
def abrir_plan(plan, *, por):
    """Guarda el primer plan de un grupo o de una zona, en borrador.

    Lanza YaExiste si ya hay uno sin aprobar o uno vigente, del que parte la versión siguiente, y
    NoProcede si el grupo no se conforma todavía o se canceló. Uno cerrado sí puede: el plan sigue
    al acompañamiento.
    """
    _bloquear_duenio(plan)
    otros = _los_de(plan)
    if vivo := otros.exclude(estado=Estado.CERRADO).first():
        raise YaExiste(vivo)
    plan.numero = _siguiente(otros)
    plan._history_user = por
    plan.save()
    return plan


@transaction.atomic
def abrir_version(plan, *, por, version):
    """La versión siguiente, en borrador, con las actividades del aprobado de que parte.

    Lanza Conflicto, YaExiste si ya hay una abierta, o NoProcede si no parte de uno aprobado.
    """
    _bloquear_duenio(plan)
    actual = bloquear(PlanCapacidades, plan.pk, version)
    if not actual.esta_aprobado:
        raise NoProcede("Una versión nueva parte del plan aprobado.")
    if abierto := _los_de(actual).filter(estado__in=PlanCapacidades.ABIERTOS).first():
        raise YaExiste(abierto)
    nuevo = PlanCapacidades(
        grupo_id=actual.grupo_id,
        zona_id=actual.zona_id,
        numero=_siguiente(_los_de(actual)),
        parte_de=actual,
        desde=actual.desde,
        hasta=actual.hasta,
        objetivo=actual.objetivo,
    )
    nuevo._history_user, nuevo._change_reason = por, f"Parte de la versión {actual.numero}"
    nuevo.save()
    for actividad in actual.actividades.prefetch_related(*LISTAS):
        _copiar(actividad, nuevo, por)
    return nuevo


def _copiar(actividad, plan, por):
    campos = [c for c in ActividadCapacidad._meta.concrete_fields if c.name not in PROPIOS]
    copia = ActividadCapacidad(
        plan=plan, **{c.attname: getattr(actividad, c.attname) for c in campos}
    )
    copia._history_user = por
    copia.save()
    for lista in LISTAS:
        getattr(copia, lista).set(getattr(actividad, lista).all())


@transaction.atomic
def editar_plan(plan, *, por, version):
    """Guarda el período y el objetivo. Lanza Conflicto, o NoProcede si no está en borrador."""
    _exigir_borrador(bloquear(PlanCapacidades, plan.pk, version))
    plan._history_user = por
    return guardar_con_version(plan, version)


@transaction.atomic
def pasar_plan(plan, estado, *, motivo, por, version):
    """Propone, devuelve a borrador, aprueba o cierra. De dos a la vez, gana una.

    Al aprobar se cierra la versión vigente y sus avances siguen en la nueva. Lanza Conflicto si
    algo cambió desde que se leyó, y NoProcede si el paso no toca o falta algo.
    """
    _bloquear_duenio(plan, conformado=False)
    actual = bloquear(PlanCapacidades, plan.pk, version)
    if estado not in PlanCapacidades.PASOS[actual.estado]:
        de, a = actual.get_estado_display().lower(), Estado(estado).label.lower()
        raise NoProcede(f"El plan está {de}: no pasa a {a}.")
    if estado == Estado.PROPUESTO and not actual.actividades.exists():
        raise NoProcede("El plan no tiene actividades: agregue al menos una antes de proponerlo.")
    if estado in (Estado.BORRADOR, Estado.CERRADO) and not motivo:
        raise NoProcede("Escriba por qué: quien lo armó tiene que saberlo.")
    if estado == Estado.APROBADO:
        _cerrar_vigente(actual, por)
        actual.aprobado, actual.aprobado_por = timezone.now(), por
    actual.estado, actual.motivo = estado, motivo
    actual._history_user, actual._change_reason = por, Estado(estado).label
    guardar_con_version(actual, version)
    avisar_plan(actual, por=por)
    return actual


def _cerrar_vigente(nuevo, por):
    """La versión que la nueva reemplaza; lo que avanzó mientras tanto pasa a la nueva."""
    vigente = _los_de(nuevo).select_for_update(of=("self",)).filter(estado=Estado.APROBADO).first()
    if vigente is None:
        return
    vigente.estado, vigente.motivo = Estado.CERRADO, f"La reemplaza la versión {nuevo.numero}"
    vigente._history_user = por
    guardar_con_version(vigente, vigente.version)
    anteriores = {a.clave: a for a in vigente.actividades.prefetch_related("encuentros")}
    for actividad in nuevo.actividades.filter(clave__in=anteriores):
        anterior = anteriores[actividad.clave]
        actividad.encuentros.add(*anterior.encuentros.all())
        if actividad.avance != anterior.avance:
            actividad.avance = anterior.avance
            actividad._history_user = por
            guardar_con_version(actividad, actividad.version)


def _los_de(plan):
    return PlanCapacidades.objects.filter(grupo=plan.grupo_id, zona=plan.zona_id)


def _siguiente(planes):
    return (planes.aggregate(n=Max("numero"))["n"] or 0) + 1


def _bloquear_duenio(plan, *, conformado=True):
    """Pone en fila a quienes abren o aprueban a la vez versiones del mismo grupo o zona."""
    if not plan.grupo_id:
        Zona.objects.select_for_update().get(pk=plan.zona_id)
        return
    grupo = bloquear(Grupo, plan.grupo_id)
    if conformado and not grupo.esta_conformado:
        estado = grupo.get_estado_display().lower()
        raise NoProcede(f"El grupo está {estado}: el plan es de un grupo ya conformado.")


def _exigir_borrador(plan):
    if not plan.esta_en_borrador:
        estado = plan.get_estado_display().lower()
        salida = "abra la versión siguiente" if plan.esta_aprobado else "ya no se cambia"
        if plan.estado == Estado.PROPUESTO:
            salida = "devuélvalo a borrador para cambiarlo"
        raise NoProcede(f"El plan está {estado}: {salida}.")


# --- Las actividades ----------------------------------------------------------------------------


@transaction.atomic
def agregar_actividad(actividad, listas, *, por):
    """Guarda una actividad nueva con sus `listas` ({campo: [objeto, …]}).

    Lanza NoProcede si el plan no está en borrador, y YaExiste si ya hay otra igual.
    """
    plan = bloquear(PlanCapacidades, actividad.plan_id)
    _exigir_borrador(plan)
    iguales = {"titulo__iexact": actividad.titulo, "desde": actividad.desde}
    if igual := plan.actividades.filter(hasta=actividad.hasta, **iguales).first():
        raise YaExiste(igual)
    actividad._history_user = por
    actividad.save()
    _poner(actividad, listas)
    _tocar(plan, por)
    return actividad


@transaction.atomic
def editar_actividad(actividad, listas, *, por, version):
    """Guarda lo cambiado. Lanza Conflicto, o NoProcede si el plan ya no está en borrador."""
    plan = bloquear(PlanCapacidades, actividad.plan_id)
    _exigir_borrador(plan)
    actividad._history_user = por
    guardar_con_version(actividad, version)
    _poner(actividad, listas)
    _tocar(plan, por)
    return actividad


@transaction.atomic
def quitar_actividad(actividad, *, por, version):
    """La saca del borrador; queda en la historia. Lanza Conflicto o NoProcede."""
    plan = bloquear(PlanCapacidades, actividad.plan_id)
    _exigir_borrador(plan)
    actual = bloquear(ActividadCapacidad, actividad.pk, version)
    actual._history_user = por
    actual.delete()
    _tocar(plan, por)


@transaction.atomic
def vincular_encuentros(actividad, ofrecidos, elegidos, *, por, version):
    """Deja vinculados los `elegidos`; de los que no se le ofrecieron a quien edita, no toca nada.

    Lanza Conflicto, o NoProcede si el plan está propuesto o cerrado.
    """
    plan = bloquear(PlanCapacidades, actividad.plan_id)
    actual = bloquear(ActividadCapacidad, actividad.pk, version)
    if not actual.admite_encuentros:
        raise NoProcede(f"El plan está {plan.get_estado_display().lower()}: no se vincula nada.")
    ajenos = actual.encuentros.exclude(pk__in=[uno.pk for uno in ofrecidos])
    actual._history_user, actual._change_reason = por, "Encuentros"
    quedan = [*ajenos, *elegidos]
    guardar_con_version(actual, version)
    actual.encuentros.set(quedan)
    if plan.esta_en_borrador:
        _tocar(plan, por)
    return actual


@transaction.atomic
def anotar_avance(avance, *, por, version):
    """Anota cuánto se lleva hecho, con fecha y autor; el último por fecha es el de la actividad.

    Lanza Conflicto si otra persona anotó antes, y NoProcede si el plan no está aprobado.
    """
    plan = bloquear(PlanCapacidades, avance.actividad.plan_id)
    if not plan.esta_aprobado:
        estado = plan.get_estado_display().lower()
        raise NoProcede(f"El plan está {estado}: los avances se anotan en el plan aprobado.")
    actividad = bloquear(ActividadCapacidad, avance.actividad_id, version)
    avance.por = avance._history_user = por
    avance.save()
    ultimo = AvanceActividad.objects.filter(actividad__clave=actividad.clave).first()
    actividad.avance = ultimo.porcentaje
    actividad._history_user, actividad._change_reason = por, "Avance"
    return guardar_con_version(actividad, version)


def _poner(actividad, listas):
    for campo, objetos in listas.items():
        getattr(actividad, campo).set(objetos)


def _tocar(plan, por):
    """Sube la versión del plan: lo que alguien leyó para aprobar ya no es lo que hay."""
    plan._history_user, plan._change_reason = por, "Actividades"
    guardar_con_version(plan, plan.version)
