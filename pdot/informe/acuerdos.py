"""Acuerdos de los grupos: qué, quién responde, para cuándo y cómo van."""

from collections import Counter

from django.db.models import Prefetch

from acompanamiento.models import Acuerdo
from territorios.models import Gad

from .graficos import acotar, apiladas
from .lectura import grupos_de
from .secciones import Seccion

# Lo vencido se cuenta aparte de lo pendiente y de lo que está en curso: las cinco suman el total.
SERIES = {
    "cumplido": "Cumplidos",
    "en_curso": "En curso",
    "pendiente": "Pendientes",
    "vencido": "Vencidos",
    "cancelado": "Cancelados",
}


def contexto(alcance):
    """[(grupo, [acuerdo])] de los grupos con alguno, sus cuentas y los que no tienen."""
    grupos = grupos_de(alcance)
    por_grupo = _acuerdos(grupos, alcance.usuario)
    cuentas = {pk: Counter(como_va(uno) for uno in suyos) for pk, suyos in por_grupo.items()}
    con_acuerdos = [grupo for grupo in grupos if por_grupo[grupo.pk]]
    return {
        "grupos": [(grupo, por_grupo[grupo.pk]) for grupo in con_acuerdos],
        "series": list(SERIES.values()),
        "resumen": _resumen(con_acuerdos, cuentas) if alcance.es_resumido else None,
        "sin_acuerdos": [grupo for grupo in grupos if not por_grupo[grupo.pk]],
        "total": sum(len(suyos) for suyos in por_grupo.values()),
        "cuentas": sum(cuentas.values(), Counter()),
        "grafico": _grafico(con_acuerdos, cuentas),
    }


def como_va(acuerdo):
    """«vencido» o su estado."""
    return "vencido" if acuerdo.esta_vencido else acuerdo.estado


def _acuerdos(grupos, usuario):
    """{grupo: [acuerdo]}. Dos consultas."""
    visibles = Acuerdo.objects.visibles_para(usuario).filter(grupo__in=grupos).para_lista()
    por_grupo = {grupo.pk: [] for grupo in grupos}
    for acuerdo in visibles.prefetch_related(Prefetch("partes", Gad.objects.para_lista())):
        acuerdo.como_va = SERIES[como_va(acuerdo)].removesuffix("s")
        por_grupo[acuerdo.grupo_id].append(acuerdo)
    return por_grupo


def _resumen(grupos, cuentas):
    """[(grupo, [cuántos de cada serie], total)], si son tantos que uno por uno no caben."""
    filas = [(grupo, [cuentas[grupo.pk][serie] for serie in SERIES]) for grupo in grupos]
    return [(grupo, suyos, sum(suyos)) for grupo, suyos in filas]


def _grafico(grupos, cuentas):
    filas = [(str(grupo), [cuentas[grupo.pk][serie] for serie in SERIES]) for grupo in grupos]
    titulo = "Cumplimiento de los acuerdos, por grupo"
    return apiladas(
        acotar(filas, "grupos"), SERIES.values(), titulo=titulo, nombre="Grupo", proporcion=False
    )


SECCION = Seccion("acuerdos", "Acuerdos", "pdot/informe/acuerdos.html", contexto)
