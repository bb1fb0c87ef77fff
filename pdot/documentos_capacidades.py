"""El plan de fortalecimiento de capacidades en PDF."""

from base64 import b64encode
from dataclasses import replace

from django.template.loader import render_to_string

from territorios.documentos import contar_por_nivel, nombre_de_pdf, por_nivel
from territorios.emision import Pliego
from territorios.jurisdiccion import Permiso

from .capacidades import ficha_de_plan
from .necesidades import por_parecido

# Bajo qué título van las que no se parecen a ninguna otra.
SUELTAS = "Las demás"


def pdf_de_plan(plan, usuario):
    """El Pliego del plan con lo que `usuario` puede ver; sin aprobar, con su marca de borrador."""
    return Pliego(
        "pdot/documentos/plan_capacidades.html",
        contexto_de_plan(plan, usuario),
        titulo=f"Plan de fortalecimiento de capacidades: {plan.de_quien}, versión {plan.numero}",
        clase="Plan de capacidades",
        clave=f"capacidades:{plan.pk}",
        nombre=nombre_de_plan(plan),
    )


def nombre_de_plan(plan):
    return nombre_de_pdf("Plan de capacidades", plan.de_quien, f"version {plan.numero}")


def contexto_de_plan(plan, usuario):
    """Lo que la plantilla imprime, ya contado y en orden."""
    ficha = ficha_de_plan(plan, usuario)
    grupos = _con_sueltas(por_parecido(ficha.necesidades))
    return {
        "plan": plan,
        "usuario": usuario,
        "ficha": ficha,
        "grupos_de_necesidades": grupos,
        "cuantos_parecidos": sum(
            1 for titulo, unas in grupos if len(unas) > 1 and titulo != SUELTAS
        ),
        "imagen": imagen_de(ficha.diagrama) if ficha.diagrama else "",
        "beneficiarios": por_nivel(ficha.beneficiarios),
        "frase_beneficiarios": contar_por_nivel(ficha.beneficiarios),
        "sin_beneficio": _sin_beneficio(plan, ficha),
        "atendidas": {una.pk for a in ficha.actividades for una in a.necesidades.all()},
        "ve_autor": usuario.puede(Permiso.VER_BITACORA),
    }


def _con_sueltas(parecidas):
    """[(título, necesidades)]: primero las que se parecen; las demás, todas juntas al final."""
    juntas = [(grupo.titulo, grupo.necesidades) for grupo in parecidas if grupo.cuantas > 1]
    solas = [una for grupo in parecidas if grupo.cuantas == 1 for una in grupo.necesidades]
    if not solas:
        return juntas
    return [*juntas, (SUELTAS if juntas else "", solas)]


def imagen_de(diagrama):
    """El Gantt como dirección `data:`: en línea, WeasyPrint tarda más y no le pone texto."""
    # Sin la raya de hoy: en el papel no dice nada, y haría de cada día un documento distinto.
    svg = render_to_string("pdot/_gantt.html", {"diagrama": replace(diagrama, hoy=None)})
    return f"data:image/svg+xml;base64,{b64encode(svg[svg.index('<svg') :].encode()).decode()}"


def _sin_beneficio(plan, ficha):
    """Los miembros del grupo a los que ninguna actividad beneficia; de una zona no se cuentan."""
    if not plan.grupo_id:
        return []
    con = {gad.pk for gad in ficha.beneficiarios}
    return [gad for gad in plan.gads().order_by("pk") if gad.pk not in con]
