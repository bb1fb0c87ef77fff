"""Planes de fortalecimiento de capacidades aprobados, en el tiempo, y lo que no atienden."""

from dataclasses import dataclass

from django.db.models import Q

from acompanamiento.models import Membresia
from pdot.capacidades import FichaDePlan, actividades_de_planes, armar_ficha
from pdot.documentos_capacidades import imagen_de
from pdot.models import Necesidad, PlanCapacidades

from .lectura import grupos_de
from .secciones import Seccion

Estado = PlanCapacidades.Estado


@dataclass
class PlanLeido:
    """Un plan con su ficha y su diagrama ya hecho imagen."""

    plan: PlanCapacidades
    ficha: FichaDePlan
    imagen: str


def contexto(alcance):
    """[PlanLeido] de los aprobados, y qué grupos no tienen ninguno."""
    grupos = grupos_de(alcance)
    planes = planes_de(alcance, grupos)
    fichas = _fichas(planes, alcance.usuario)
    resumido = alcance.es_resumido
    leidos = [
        PlanLeido(plan, fichas[plan.pk], "" if resumido else _imagen(fichas[plan.pk]))
        for plan in planes
    ]
    con_plan = {plan.grupo_id for plan in planes}
    return {
        "planes": leidos,
        "resumido": resumido,
        "sin_plan": [grupo for grupo in grupos if grupo.pk not in con_plan],
        "actividades": sum(len(leido.ficha.actividades) for leido in leidos),
    }


def planes_de(alcance, grupos):
    """El aprobado de cada grupo y el de la zona del alcance; si se cerró sin otro, el último."""
    suyos = Q(grupo__in=grupos)
    if alcance.zona:
        suyos |= Q(zona=alcance.zona)
    aprobados = PlanCapacidades.objects.visibles_para(alcance.usuario).filter(
        suyos, estado__in=PlanCapacidades.APROBADOS
    )
    # El vigente siempre lleva el número mayor entre los que tienen aprobación.
    en_orden = aprobados.select_related("grupo__zona", "zona").order_by("numero")
    ultimos = {(plan.grupo_id, plan.zona_id): plan for plan in en_orden}
    return sorted(ultimos.values(), key=_lugar)


def _lugar(plan):
    """Primero los de grupos, por número; después los de zonas."""
    return (0, plan.grupo.numero) if plan.grupo_id else (1, plan.zona_id)


def _fichas(planes, usuario):
    """{plan: FichaDePlan}. Seis consultas, sean cuantos sean."""
    actividades = list(actividades_de_planes(planes, usuario))
    necesidades = _necesidades(planes, usuario)
    return {
        plan.pk: armar_ficha(
            [una for una in actividades if una.plan_id == plan.pk], necesidades[plan.pk]
        )
        for plan in planes
    }


def _necesidades(planes, usuario):
    """{plan: las que da `plan.necesidades_de`}, con dos consultas para todos."""
    grupos = {plan.grupo_id for plan in planes if plan.grupo_id}
    zonas = {plan.zona_id for plan in planes if plan.zona_id}
    de_grupos = Membresia.objects.vigentes_en().filter(grupo__in=grupos)
    miembros = set(de_grupos.values_list("grupo", "gad"))
    todas = Necesidad.objects.visibles_para(usuario).vivas().por_urgencia()
    todas = list(
        todas.select_related("grupo__zona").filter(
            Q(grupo__in=grupos)
            | Q(gad__in={gad for _, gad in miembros})
            | Q(gad__territorio__zona__in=zonas)
            | Q(grupo__zona__in=zonas)
        )
    )
    return {plan.pk: [una for una in todas if _es_de(una, plan, miembros)] for plan in planes}


def _es_de(necesidad, plan, miembros):
    if plan.grupo_id:
        del_grupo = necesidad.grupo_id == plan.grupo_id
        return del_grupo or (plan.grupo_id, necesidad.gad_id) in miembros
    if necesidad.grupo_id:
        return necesidad.grupo.zona_id == plan.zona_id
    return necesidad.gad.territorio.zona_id == plan.zona_id


def _imagen(ficha):
    """El Gantt como en el PDF del plan; vacío si el plan no tiene actividades."""
    return imagen_de(ficha.diagrama) if ficha.diagrama else ""


SECCION = Seccion(
    "capacidades",
    "Plan de fortalecimiento de capacidades",
    "pdot/informe/capacidades.html",
    contexto,
)
