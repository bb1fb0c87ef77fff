"""Resumen para el prefecto o la prefecta: lo que se lleva a su diálogo de cierre, en una página.

Junta, de una provincia y una estrategia, las visiones de sus cantones y parroquias, lo que dieron
los encuentros y las necesidades dichas hasta ahora. De las evaluaciones, solo lo aprobado y solo lo
que quien mira puede ver; los nombres de los participantes no salen nunca.
"""

from dataclasses import dataclass, field

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from acompanamiento.models import Acuerdo, Grupo, Membresia
from acompanamiento.models.linea import provincias_a_la_vista
from talleres.asistencia import contar
from talleres.models import Convocado, Encuentro, Participante
from territorios.documentos import nombre_de_pdf
from territorios.emision import Pliego
from territorios.models import Autoridad, Gad

from .models import ElementoVision, Evaluacion, Necesidad, Pdot


@dataclass
class VisionDeGad:
    """Lo que se sabe de la visión de un GAD: la de su PDOT vigente y los elementos de la nueva."""

    gad: Gad
    plan: Pdot | None = None
    elementos: list[str] = field(default_factory=list)

    @property
    def consta(self):
        return bool(self.elementos or self.plan and self.plan.vision)


@dataclass
class VisionesDeCanton:
    """Un cantón con sus parroquias; `constan` son las parroquias con alguna visión."""

    propia: VisionDeGad
    parroquias: list[VisionDeGad]

    @property
    def constan(self):
        return [una for una in self.parroquias if una.consta]

    @property
    def se_lista(self):
        return self.propia.consta or bool(self.constan)


def resumen_para_prefectura(estrategia, provincia, usuario):
    """Contexto de la página y del PDF. Las consultas no crecen con los GAD ni los encuentros.

    La autoridad y los planes son los de hoy o, si la estrategia ya terminó, los de su último día.
    """
    corte = min(timezone.localdate(), estrategia.hasta)
    gads = _gads(provincia)
    grupos = _grupos(estrategia, provincia, usuario)
    visiones, comunes = _visiones(gads, grupos, usuario, corte)
    cantones = _por_canton(gads, visiones)
    realizados = list(_realizados(estrategia, provincia, usuario))
    acuerdos = list(_acuerdos(grupos, usuario))
    return {
        "estrategia": estrategia,
        "provincia": provincia,
        "autoridad": Autoridad.objects.filter(gad=provincia).vigentes_en(corte).first(),
        "grupos": grupos,
        "de_la_provincia": visiones[provincia.pk],
        "cantones": [uno for uno in cantones if uno.se_lista],
        "sin_vision": [uno.propia.gad for uno in cantones if not uno.se_lista],
        "comunes": comunes,
        "constan": sum(una.consta for una in visiones.values()),
        "cuantos_gads": len(visiones),
        "realizados": realizados,
        "asistencia": contar(Participante.objects.filter(encuentro__in=realizados)),
        "declarados": sum(uno.participantes_declarados or 0 for uno in realizados),
        "acuerdos": acuerdos,
        "cumplidos": sum(uno.estado == Acuerdo.Estado.CUMPLIDO for uno in acuerdos),
        "vencidos": sum(uno.esta_vencido for uno in acuerdos),
        "necesidades": list(_necesidades(gads, grupos, usuario)),
    }


def resumen_en_pdf(estrategia, provincia, usuario):
    contexto = resumen_para_prefectura(estrategia, provincia, usuario) | {"usuario": usuario}
    return Pliego(
        "pdot/documentos/resumen_prefectura.html",
        contexto,
        titulo=f"Resumen para la prefectura · {provincia.nombre}",
        clase="Resumen para la prefectura",
        clave=f"prefectura:{estrategia.pk}:{provincia.pk}",
        nombre=nombre_de_resumen(estrategia, provincia),
    )


def nombre_de_resumen(estrategia, provincia):
    return nombre_de_pdf("Resumen prefectura", provincia.nombre, estrategia.codigo)


# --- Quiénes ------------------------------------------------------------------------------------


def _gads(provincia):
    """Los GAD de la provincia, ella misma incluida, por código."""
    suyos = Gad.objects.filter(territorio__codigo__startswith=provincia.pk)
    return list(suyos.vigentes().para_lista().order_by("pk"))


def _grupos(estrategia, provincia, usuario):
    """Los de la estrategia que ve y que tienen hoy algún GAD de la provincia."""
    miembros = Membresia.objects.vigentes_en().filter(
        gad__territorio__codigo__startswith=provincia.pk
    )
    visibles = Grupo.objects.visibles_para(usuario).filter(estrategia=estrategia)
    return list(visibles.conformados().filter(pk__in=miembros.values("grupo")).order_by("numero"))


# --- Visiones -----------------------------------------------------------------------------------


def _visiones(gads, grupos, usuario, corte):
    """({código: VisionDeGad}, [(grupo, [elementos de todo el grupo])])."""
    visiones = {gad.pk: VisionDeGad(gad) for gad in gads}
    for plan in Pdot.objects.filter(gad__in=gads).order_by("anio_desde"):
        # El último que ya empezó: el que rige o, si venció sin reemplazo, el que regía.
        if plan.anio_desde <= corte.year:
            visiones[plan.gad_id].plan = plan
    comunes = {grupo.pk: [] for grupo in grupos}
    for texto, grupo, de_evaluacion, de_grupo in _elementos(gads, grupos, usuario):
        codigo = de_evaluacion or de_grupo
        if codigo in visiones:
            visiones[codigo].elementos.append(texto)
        elif codigo is None:
            comunes[grupo].append(texto)
    return visiones, [(grupo, comunes[grupo.pk]) for grupo in grupos if comunes[grupo.pk]]


def _elementos(gads, grupos, usuario):
    """(texto, grupo, GAD de su evaluación, GAD dueño) de cada elemento. Una consulta."""
    visibles = Evaluacion.objects.visibles_para(usuario)
    aprobadas = visibles.filter(pdot__gad__in=gads, estado=Evaluacion.Estado.APROBADA)
    # De un mismo plan vale la última versión aprobada.
    posterior = Evaluacion.objects.filter(
        pdot=OuterRef("pdot"), estado=Evaluacion.Estado.APROBADA, numero__gt=OuterRef("numero")
    )
    ultimas = aprobadas.filter(~Exists(posterior))
    elementos = ElementoVision.objects.filter(Q(evaluacion__in=ultimas) | Q(grupo__in=grupos))
    return elementos.order_by("orden", "pk").values_list(
        "texto", "grupo", "evaluacion__pdot__gad", "gads"
    )


def _por_canton(gads, visiones):
    """[VisionesDeCanton] en orden de código."""
    parroquias = {}
    for gad in gads:
        if gad.nivel in Gad.PARROQUIALES:
            parroquias.setdefault(gad.territorio.padre_id, []).append(visiones[gad.pk])
    return [
        VisionesDeCanton(visiones[gad.pk], parroquias.get(gad.pk, []))
        for gad in gads
        if gad.nivel in Gad.MUNICIPALES
    ]


# --- Resultados y necesidades -------------------------------------------------------------------


def _realizados(estrategia, provincia, usuario):
    """Los encuentros de la provincia ya realizados: en ella, con un GAD suyo o que lo convocan."""
    convoca = Convocado.objects.filter(
        encuentro=OuterRef("pk"), gad__territorio__codigo__startswith=provincia.pk
    )
    de_la_provincia = Q(canton__padre=provincia.pk) | Q(
        gad__territorio__codigo__startswith=provincia.pk
    )
    visibles = Encuentro.objects.visibles_para(usuario).filter(
        de_la_provincia | Exists(convoca),
        estrategia=estrategia,
        estado=Encuentro.Estado.REALIZADO,
    )
    return visibles.annotate(
        registrados=Count("participantes", distinct=True),
        cuantos_acuerdos=Count("origenes", distinct=True),
    ).en_orden()


def _acuerdos(grupos, usuario):
    visibles = Acuerdo.objects.visibles_para(usuario).filter(grupo__in=grupos)
    return visibles.exclude(estado=Acuerdo.Estado.CANCELADO).para_lista()


def _necesidades(gads, grupos, usuario):
    """Las de sus GAD y de sus grupos que ve; primero lo más urgente."""
    suyas = (
        Necesidad.objects.visibles_para(usuario)
        .vivas()
        .filter(Q(gad__in=gads) | Q(grupo__in=grupos))
    )
    return suyas.por_urgencia()


# --- Dónde se ofrece ----------------------------------------------------------------------------


def provincias_de(estrategia, usuario):
    """Los GAD provinciales, de los que ve, con algún miembro en sus grupos. Una consulta."""
    grupos = Grupo.objects.visibles_para(usuario).filter(estrategia=estrategia).conformados()
    miembros = Membresia.objects.vigentes_en().filter(
        gad__territorio__codigo__startswith=OuterRef("pk"), grupo__in=grupos
    )
    vistas = provincias_a_la_vista(usuario).filter(Exists(miembros))
    return vistas.select_related("territorio").order_by("territorio__busqueda")
