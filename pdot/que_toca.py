"""Qué toca un cambio en un grupo: encuentros, acuerdos, hitos y evaluaciones de sus GAD.

Nada de lo que aquí se nombra se borra ni se mueve: se dice antes de guardar, para decidir.
"""

from django.db.models import Q
from django.utils.formats import date_format

from acompanamiento.models import Acuerdo, CumplimientoHito
from talleres.models import Encuentro
from territorios.texto import cuantos

from .models import Evaluacion


def efectos_de_salir(grupo, codigos, usuario):
    """[(título, [(texto, dirección)])] de lo que une a esos GAD con el grupo. Cuatro consultas."""
    codigos = list(codigos)
    if not codigos:
        return []
    efectos = [
        ("Encuentros por realizarse a los que siguen convocados", _por_realizarse(grupo, codigos)),
        ("Lo ya realizado se conserva", _realizado(grupo, codigos)),
        ("Acuerdos abiertos que siguen a su cargo en este grupo", _acuerdos(grupo, codigos)),
        ("Evaluaciones que dejan de verse en la matriz del grupo", _evaluadas(codigos, usuario)),
    ]
    return [(titulo, lineas) for titulo, lineas in efectos if lineas]


def pendientes_del_grupo(grupo):
    """[(título, [(texto, dirección)])] de lo que queda abierto si el grupo se cierra o cancela."""
    abiertos = grupo.encuentros.abiertos().order_by("fecha", "inicio")
    acuerdos = grupo.acuerdos.abiertos().order_by("fecha_limite")
    pendientes = [
        ("Encuentros por realizarse", [_encuentro(encuentro) for encuentro in abiertos]),
        ("Acuerdos abiertos", [_acuerdo(acuerdo) for acuerdo in acuerdos]),
    ]
    return [(titulo, lineas) for titulo, lineas in pendientes if lineas]


def _por_realizarse(grupo, codigos):
    suyos = grupo.encuentros.abiertos().filter(Q(gad__in=codigos) | Q(gads_convocados__in=codigos))
    return [_encuentro(encuentro) for encuentro in suyos.distinct().order_by("fecha", "inicio")]


def _encuentro(encuentro):
    fecha = date_format(encuentro.fecha, r"l j \d\e F \d\e Y")
    return f"{encuentro.tema}, {fecha}", encuentro.get_absolute_url()


def _realizado(grupo, codigos):
    realizados = grupo.encuentros.filter(estado=Encuentro.Estado.REALIZADO).filter(
        Q(gad__in=codigos) | Q(gads_convocados__in=codigos)
    )
    encuentros = realizados.distinct().count()
    hitos = CumplimientoHito.objects.filter(hito__grupo=grupo, gad__in=codigos).count()
    partes = []
    if encuentros:
        partes.append((cuantos(encuentros, "encuentro", "encuentros"), ""))
    if hitos:
        partes.append((cuantos(hitos, "hito cumplido", "hitos cumplidos"), ""))
    return partes


def _acuerdos(grupo, codigos):
    suyos = Acuerdo.objects.filter(grupo=grupo).abiertos()
    suyos = suyos.filter(Q(responsable_gad__in=codigos) | Q(partes__in=codigos))
    return [_acuerdo(acuerdo) for acuerdo in suyos.distinct().order_by("fecha_limite")]


def _acuerdo(acuerdo):
    return f"{acuerdo}: {acuerdo.texto[:120]}", acuerdo.get_absolute_url()


def _evaluadas(codigos, usuario):
    visibles = Evaluacion.objects.visibles_para(usuario).filter(pdot__gad__in=codigos)
    return [
        (f"{uno.gad.nombre_con_lugar}: {uno.get_estado_display().lower()}", uno.get_absolute_url())
        for uno in visibles.para_lista().order_by("pdot__gad", "numero")
    ]
