"""Lo que los grupos acuerdan y planifican: acuerdos, hojas de ruta, necesidades y capacidades."""

from datetime import timedelta
from itertools import count
from uuid import UUID

from django.utils import timezone

from acompanamiento.models import Acuerdo, CumplimientoHito, Hito, HitoGrupo
from pdot.models import (
    ActividadCapacidad,
    CumplimientoProceso,
    HitoProceso,
    Necesidad,
    Pertenencia,
    PlanCapacidades,
    TemaDeVision,
    VisionCircunvecina,
)

from .carga import guardar

ACUERDOS_POR_GRUPO = 5
ACTIVIDADES_POR_PLAN = 6
TEMAS = ("Turismo", "Agua y cuencas")
MODALIDADES = Necesidad.Modalidad.values
PRIORIDADES = Necesidad.Prioridad.values


def sembrar(medidas, gads, de_hoy, todos, hoy, central):
    """`de_hoy`: los grupos de la estrategia en curso; `todos`: los de cada estrategia."""
    guardar(Acuerdo, (acuerdo for grupos in todos for acuerdo in _acuerdos(grupos, hoy)))
    _hojas_de_ruta(de_hoy, hoy, central)
    _proceso(gads, hoy, central)
    _temas(de_hoy, central)
    _necesidades(medidas, gads, de_hoy)
    _planes(de_hoy, hoy, central)


def _acuerdos(grupos, hoy):
    """Los de hoy, entre vencidos y por vencer; los de antes, cumplidos."""
    for lugar, grupo in enumerate(grupos):
        terminado = not grupo.esta_abierto
        for numero in range(1, ACUERDOS_POR_GRUPO + 1):
            estado = Acuerdo.Estado.PENDIENTE if numero % 2 else Acuerdo.Estado.EN_CURSO
            limite = hoy + timedelta(days=(lugar + numero * 7) % 90 - 20)
            yield Acuerdo(
                grupo=grupo,
                numero=numero,
                texto=f"Acuerdo {numero}: revisar juntos los límites y las vías compartidas.",
                responsable_gad=grupo.miembros_suyos[numero % len(grupo.miembros_suyos)],
                fecha_limite=grupo.estrategia.hasta if terminado else limite,
                estado=Acuerdo.Estado.CUMPLIDO if terminado else estado,
            )


def _hojas_de_ruta(grupos, hoy, central):
    hitos = list(Hito.objects.order_by("orden")) or [
        Hito.objects.create(clave="diagnostico", nombre="Diagnóstico", orden=1)
    ]
    filas = [
        HitoGrupo(grupo=grupo, hito=hito, fecha_meta=hoy + timedelta(days=30 * lugar - 45))
        for grupo in grupos
        for lugar, hito in enumerate(hitos)
    ]
    guardar(HitoGrupo, filas)
    guardar(
        CumplimientoHito,
        (
            CumplimientoHito(hito=fila, gad=gad, fecha=hoy - timedelta(days=10), por=central)
            for lugar, fila in enumerate(filas)
            for gad in fila.grupo.miembros_suyos[lugar % 3 :: 2]
        ),
    )


def _proceso(gads, hoy, central):
    hitos = list(HitoProceso.objects.vigentes()[:3])
    guardar(
        CumplimientoProceso,
        (
            CumplimientoProceso(
                hito=hito,
                gad=gad,
                fecha=hoy - timedelta(days=60),
                evidencia="Resolución del consejo",
                por=central,
            )
            for gad in gads
            for hito in hitos
        ),
    )


def _temas(grupos, central):
    temas = [
        TemaDeVision(grupo=grupo, nombre=nombre, por=central)
        for grupo in grupos
        for nombre in TEMAS
    ]
    guardar(TemaDeVision, temas)
    guardar(
        Pertenencia,
        (
            Pertenencia(tema=tema, gad=gad, texto=f"{tema.nombre} comunitario")
            for tema in temas
            for gad in tema.grupo.cantones_suyos
        ),
    )
    guardar(
        VisionCircunvecina,
        (
            VisionCircunvecina(
                grupo=grupo, numero=1, texto="Un territorio unido por sus ríos.", por=central
            )
            for grupo in grupos
        ),
    )


def _necesidades(medidas, gads, grupos):
    """Una viva por GAD y dos por grupo; lo demás, retirado en años anteriores."""
    guardar(Necesidad, (n for gad in gads for n in _de_gad(gad, medidas.necesidades_por_gad)))
    guardar(
        Necesidad,
        (
            _necesidad(lugar, numero, grupo=grupo)
            for lugar, grupo in enumerate(grupos)
            for numero in (1, 2)
        ),
    )


def _de_gad(gad, cuantas):
    ahora = timezone.now()
    for numero in range(1, cuantas + 1):
        retiro = {} if numero == 1 else {"retirada": ahora, "motivo_retiro": "Ya se atendió."}
        yield _necesidad(int(gad.pk), numero, gad=gad, **retiro)


def _necesidad(lugar, numero, **de_quien):
    return Necesidad(
        tema=f"Necesidad {numero}: cartografía y catastro",
        modalidad=MODALIDADES[lugar % len(MODALIDADES)],
        prioridad=PRIORIDADES[lugar % len(PRIORIDADES)],
        **de_quien,
    )


def _planes(grupos, hoy, central):
    """Un plan de capacidades aprobado por grupo, con sus actividades y a quiénes llegan."""
    planes = [
        PlanCapacidades(
            grupo=grupo,
            desde=hoy - timedelta(days=60),
            hasta=hoy + timedelta(days=120),
            objetivo="Que los equipos técnicos manejen su catastro.",
            estado=PlanCapacidades.Estado.APROBADO,
            aprobado=timezone.now(),
            aprobado_por=central,
        )
        for grupo in grupos
    ]
    guardar(PlanCapacidades, planes)
    claves = count(1)
    actividades = [
        _actividad(plan, n, next(claves), hoy)
        for plan in planes
        for n in range(1, ACTIVIDADES_POR_PLAN + 1)
    ]
    guardar(ActividadCapacidad, actividades)
    llega = ActividadCapacidad.beneficiarios.through
    guardar(
        llega,
        (
            llega(actividadcapacidad=una, gad=gad)
            for una in actividades
            for gad in una.plan.grupo.miembros_suyos
        ),
    )
    atiende = ActividadCapacidad.necesidades.through
    del_grupo = {}
    for necesidad in Necesidad.objects.filter(grupo__in=grupos):
        del_grupo.setdefault(necesidad.grupo_id, []).append(necesidad)
    guardar(
        atiende,
        (
            atiende(actividadcapacidad=una, necesidad=necesidad)
            for una in actividades
            for necesidad in del_grupo.get(una.plan.grupo_id, [])[:1]
        ),
    )


def _actividad(plan, numero, clave, hoy):
    return ActividadCapacidad(
        plan=plan,
        clave=UUID(int=clave),
        titulo=f"Actividad {numero}: taller de catastro",
        modalidad=MODALIDADES[numero % len(MODALIDADES)],
        responsable_gad=plan.grupo.cantones_suyos[0],
        desde=plan.desde + timedelta(days=10 * numero),
        hasta=plan.desde + timedelta(days=10 * numero + 5),
        horas=8,
        avance=20 * (numero % 4),
    )
