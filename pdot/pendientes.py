"""Lo que espera a cada quien en el PDOT: su evaluación, las que revisa y los planes que aprueba."""

from django.db.models import Count, Q
from django.urls import reverse

from territorios.jurisdiccion import Permiso
from territorios.pendientes import Bloque, Pendiente, en_bloque
from territorios.texto import cuantos

from .models import Evaluacion, PlanCapacidades
from .revision import cola_de, dias_de_espera

Estado = Evaluacion.Estado
# Desde cuándo la espera de un GAD se señala.
DIAS_QUE_URGEN = 15


def para_tablero(usuario, suyas=()):
    """Los bloques; `suyas`: las evaluaciones de su GAD, la última primero (véase `del_gad`)."""
    if usuario.puede(Permiso.LLENAR_EVALUACION):
        return [_de_su_gad(suyas)]
    if usuario.puede(Permiso.REVISAR_EVALUACION):
        return [_por_revisar(usuario), _por_aprobar(usuario)]
    return []


def del_gad(usuario):
    """Las evaluaciones de su GAD, la última primero, con cuántas observaciones faltan atender."""
    faltan = Count("observaciones", filter=Q(observaciones__atendida=False))
    suyas = Evaluacion.objects.del_gad_de(usuario).select_related("pdot__gad__territorio")
    return list(suyas.annotate(por_atender=faltan).order_by("-pdot__anio_desde", "-numero"))


def _de_su_gad(suyas):
    abierta = next((una for una in suyas if una.esta_en_manos_del_gad), None)
    if abierta:
        fila = _abierta(abierta)
    elif not suyas:
        texto = "Su GAD todavía no evalúa su PDOT vigente."
        fila = Pendiente(texto, reverse("pdot:nueva"), "Empezar")
    else:
        return Bloque("Su evaluación")
    return Bloque("Su evaluación", [fila], 1)


def _abierta(evaluacion):
    direccion = reverse("pdot:evaluacion", args=[evaluacion.pk])
    if evaluacion.estado == Estado.DEVUELTA:
        hay = cuantos(evaluacion.por_atender, "observación", "observaciones")
        con = hay if evaluacion.por_atender else "un comentario general"
        texto = f"La coordinación zonal devolvió su evaluación con {con}."
        return Pendiente(texto, direccion, "Corregir", str(evaluacion.pdot), urge=True)
    texto = "Su evaluación del PDOT está en borrador."
    return Pendiente(texto, direccion, "Continuar", str(evaluacion.pdot))


def _por_revisar(usuario):
    """Las que esperan revisión, la que más espera primero."""
    return en_bloque("Por revisar", cola_de(usuario), _revisar, reverse("pdot:revision"))


def _revisar(evaluacion):
    dias = dias_de_espera(evaluacion)
    espera = f"Espera hace {cuantos(dias, 'día', 'días')}" if dias else "Llegó hoy"
    encargo = getattr(evaluacion, "asignacion", None)
    a_cargo = f" · a cargo de {encargo.revisor}" if encargo and encargo.revisor_id else ""
    return Pendiente(
        evaluacion.gad.nombre_con_lugar,
        reverse("pdot:revisar", args=[evaluacion.pk]),
        "Revisar",
        f"{espera}{a_cargo}",
        dias >= DIAS_QUE_URGEN,
    )


def planes_por_aprobar(usuario):
    """Los planes de capacidades propuestos, de los que le toca aprobar."""
    planes = PlanCapacidades.objects.aprobables_por(usuario).select_related("grupo", "zona")
    return planes.filter(estado=PlanCapacidades.Estado.PROPUESTO).order_by("pk")


def _por_aprobar(usuario):
    lista = f"{reverse('pdot:capacidades')}?por=aprobar"
    return en_bloque("Planes por aprobar", planes_por_aprobar(usuario), _plan, lista)


def _plan(plan):
    return Pendiente(str(plan), plan.get_absolute_url(), "Leer y decidir")
