"""Lo que espera a cada quien en el PDOT: su evaluación, las que revisa y los planes que aprueba."""

from dataclasses import dataclass

from django.db.models import Case, Count, FilteredRelation, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from territorios.jurisdiccion import Permiso
from territorios.pendientes import Bloque, Pendiente, en_bloque
from territorios.texto import cuantos

from .models import Evaluacion, Observacion, Pdot, PlanCapacidades, ProgramaGobierno
from .revision import cola_de, dias_de_espera

Estado = Evaluacion.Estado
# Desde cuándo la espera de un GAD se señala.
DIAS_QUE_URGEN = 15


def para_tablero(usuario, suyas=()):
    """Los bloques; `suyas`: las evaluaciones de su GAD, la última primero (véase `lo_propio`)."""
    if usuario.puede(Permiso.LLENAR_EVALUACION):
        return [_de_su_gad(suyas)]
    if usuario.puede(Permiso.REVISAR_EVALUACION):
        return [_por_revisar(usuario), _por_aprobar(usuario)]
    return []


@dataclass(frozen=True)
class Propio:
    """Del GAD de quien entra: sus evaluaciones, la última primero, con cuántas observaciones faltan
    `por_atender`; y el PDOT y el programa de gobierno que más le importan.
    """

    evaluaciones: list[Evaluacion]
    plan: Pdot | None = None
    programa: ProgramaGobierno | None = None

    @property
    def evaluacion(self):
        return next(iter(self.evaluaciones), None)


def lo_propio(usuario):
    """Su Propio; vacío si no es de un GAD. Una consulta: las evaluaciones y los programas cuelgan
    de los planes.
    """
    if not usuario.gad_id or not usuario.puede(Permiso.LLENAR_EVALUACION):
        return Propio([])
    rige = Case(When(estado=Pdot.Estado.VIGENTE, then=0), default=1)
    planes = Pdot.objects.editables_por(usuario).filter(gad=usuario.gad_id)
    filas = (
        planes.annotate(una=FilteredRelation("evaluaciones"))
        .annotate(uno=FilteredRelation("programas"), por_atender=_por_atender("una"))
        .select_related("gad__territorio", "una", "uno__autoridad")
        .defer("vision", "modelo_gestion")
        .order_by(rige, "-anio_desde", "-una__numero")
    )
    filas = list(filas)
    evaluaciones, programas = {}, {}
    for plan in filas:
        if evaluacion := getattr(plan, "una", None):
            evaluacion.por_atender = plan.por_atender
            evaluaciones[evaluacion.pk] = evaluacion
        if programa := getattr(plan, "uno", None):
            programas[programa.pk] = programa
    en_orden = sorted(evaluaciones.values(), key=lambda e: (-e.pdot.anio_desde, -e.numero))
    ultimo = max(programas.values(), key=lambda p: p.autoridad.desde, default=None)
    return Propio(en_orden, next(iter(filas), None), ultimo)


def _por_atender(evaluacion):
    observadas = Observacion.objects.filter(evaluacion=OuterRef(evaluacion), atendida=False)
    cuenta = observadas.order_by().values("evaluacion").annotate(n=Count("pk"))
    return Coalesce(Subquery(cuenta.values("n")), 0)


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
