"""Lo que muestra la página de un plan, y la comparación con el de otro período."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch
from django.utils import timezone

from territorios.bitacora import cambios_de

from .models import (
    Brecha,
    Competencia,
    Evaluacion,
    Objetivo,
    Pdot,
    ProgramaGobierno,
    escribe_por,
    esta_a_la_vista,
)


def contexto_de_plan(plan, usuario):
    """Contexto de la página. Unas diez consultas, tenga los objetivos que tenga."""
    periodos = list(plan.gad.planes.visibles_para(usuario).order_by("-anio_desde"))
    return {
        "plan": plan,
        "gad": plan.gad,
        "objetivos": objetivos_de(plan),
        "brechas": list(plan.brechas.select_related("competencia")),
        "programas": _programas(plan, usuario),
        "evaluaciones": Evaluacion.objects.visibles_para(usuario)
        .filter(pdot=plan)
        .order_by("-numero"),
        "periodos": [otro for otro in periodos if otro.pk != plan.pk],
        "anterior": anterior_a(plan, periodos),
        "edita": escribe_por(usuario, plan.gad),
        "sigue_su_proceso": esta_a_la_vista(usuario, plan.gad),
        "vencido": plan.estado == Pdot.Estado.VIGENTE
        and plan.ya_paso_su_periodo(timezone.localdate()),
    }


def objetivos_de(plan):
    return list(plan.objetivos.annotate(cuantos_proyectos=Count("proyectos")))


def _programas(plan, usuario):
    return ProgramaGobierno.objects.visibles_para(usuario).filter(pdot=plan).con_lugar()


def anterior_a(plan, periodos):
    """El del período anterior entre `periodos`, o None."""
    antes = [otro for otro in periodos if otro.anio_desde < plan.anio_desde]
    return max(antes, key=lambda otro: otro.anio_desde, default=None)


def brechas_por_competencia(plan):
    """[(competencia, Brecha o None)] de las que se ofrecen al plan, en orden."""
    actuales = {brecha.competencia_id: brecha for brecha in plan.brechas.all()}
    ofrecidas = Competencia.objects.para_plan(plan, timezone.localdate())
    return [(una, actuales.get(una.pk)) for una in ofrecidas]


# --- Comparar dos períodos ----------------------------------------------------------------------


@dataclass
class Renglon:
    """Un aspecto en los dos planes; `sigue` si dicen lo mismo."""

    que: str
    antes: list[str]
    despues: list[str]

    @property
    def sigue(self):
        return self.antes == self.despues


def comparar(antes, despues):
    """Los Renglon de dos planes del mismo GAD, y de sus objetivos, los que siguen con su texto."""
    planes = Pdot.objects.prefetch_related(
        Prefetch("objetivos", Objetivo.objects.order_by("orden")),
        Prefetch("brechas", Brecha.objects.select_related("competencia")),
    ).in_bulk([antes.pk, despues.pk])
    uno, otro = planes[antes.pk], planes[despues.pk]
    return [Renglon(que, leer(uno), leer(otro)) for que, leer in ASPECTOS.items()]


def _objetivos(plan):
    return [f"{n}. {uno.texto}" for n, uno in enumerate(plan.objetivos.all(), start=1)]


def _brechas(plan):
    return [f"{una.competencia.nombre}: {una.brecha or 'analizada'}" for una in plan.brechas.all()]


ASPECTOS = {
    "Visión": lambda plan: [plan.vision] if plan.vision else [],
    "Objetivos estratégicos": _objetivos,
    "Modelo de gestión": lambda plan: [plan.modelo_gestion] if plan.modelo_gestion else [],
    "Aprobación": lambda plan: [plan.instrumento_aprobacion] if plan.instrumento_aprobacion else [],
    "Brechas por competencia": _brechas,
}


# --- Quién cambió qué ---------------------------------------------------------------------------


def bitacora_de_plan(usuario, plan):
    """La del plan, sus objetivos y sus brechas."""
    nombres = {
        Pdot: lambda fila: f"el {plan}",
        Objetivo: lambda fila: f"el objetivo «{fila.texto[:60]}»",
        Brecha: lambda fila: f"la brecha en «{fila.competencia.nombre[:60]}»",
    }
    return cambios_de(
        usuario,
        plan.historia.all(),
        hijas=[
            Objetivo.historia.filter(pdot=plan.pk),
            Brecha.historia.filter(pdot=plan.pk).select_related("competencia"),
        ],
        nombrar=lambda fila: nombres[fila.instance_type](fila),
    )
