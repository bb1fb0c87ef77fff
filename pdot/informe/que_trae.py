"""Qué es cada sección y cuánto trae hoy, para decidir si sale. Cuentas baratas, no el contenido."""

from dataclasses import dataclass

from django.db.models import Q, Sum

from acompanamiento.models import Acuerdo, Membresia
from talleres.models import Aporte, Encuentro, Participante, PuntoAgenda
from territorios.texto import cuantos

from ..models import ElementoVision, Evaluacion, Necesidad, PlanCapacidades
from .orden import ORDEN

CANCELADO = Encuentro.Estado.CANCELADO


@dataclass(frozen=True)
class Casilla:
    """Una sección en la página de editar: si sale, qué es y cuánto trae."""

    clave: str
    titulo: str
    anexo: bool
    descripcion: str
    cifra: str
    marcada: bool = True


def casillas_de(alcance, marcadas):
    """[Casilla] de todas las secciones, en orden. Una o dos consultas por cada una."""
    return [
        Casilla(
            una.clave,
            una.titulo,
            una.anexo,
            *_que_trae(una.clave, alcance),
            marcada=una.clave in marcadas,
        )
        for una in ORDEN
    ]


def _que_trae(clave, alcance):
    descripcion, contar = QUE_TRAE.get(clave, ("", lambda alcance: ""))
    return descripcion, contar(alcance)


# --- Las cuentas --------------------------------------------------------------------------------


def _gads(alcance):
    gads = cuantos(_miembros(alcance).values("gad").distinct().count(), "GAD", "GAD")
    return f"{gads} en {_grupos(alcance)}"


def _miembros(alcance):
    return Membresia.objects.vigentes_en().filter(grupo__in=alcance.grupos.order_by()).order_by()


def _grupos(alcance):
    return cuantos(alcance.grupos.count(), "grupo", "grupos")


def _objetivos(alcance):
    elementos = alcance.estrategia.elementos
    return cuantos(elementos.filter(tipo="objetivo").count(), "objetivo", "objetivos")


def _aportes(alcance):
    de_aqui = Q(encuentro__in=alcance.encuentros.values("pk")) | Q(grupo__in=alcance.grupos)
    comunes = Q(estrategia=alcance.estrategia, grupo=None, encuentro=None)
    visibles = Aporte.objects.visibles_para(alcance.usuario).vigentes()
    return cuantos(visibles.filter(de_aqui | comunes).distinct().count(), "aporte", "aportes")


def _evaluaciones(alcance):
    return cuantos(_aprobadas(alcance).count(), "evaluación aprobada", "evaluaciones aprobadas")


def _aprobadas(alcance):
    visibles = Evaluacion.objects.visibles_para(alcance.usuario)
    aprobadas = visibles.filter(estado=Evaluacion.Estado.APROBADA)
    return aprobadas.filter(pdot__gad__in=_miembros(alcance).values("gad"))


def _elementos(alcance):
    suyos = Q(grupo__in=alcance.grupos.order_by()) | Q(evaluacion__in=_aprobadas(alcance))
    return cuantos(
        ElementoVision.objects.filter(suyos).count(), "elemento de visión", "elementos de visión"
    )


def _necesidades(alcance):
    vivas = Necesidad.objects.visibles_para(alcance.usuario).vivas()
    de_aqui = Q(grupo__in=alcance.grupos.order_by()) | Q(gad__in=_miembros(alcance).values("gad"))
    return cuantos(vivas.filter(de_aqui).count(), "necesidad", "necesidades")


def _acuerdos(alcance):
    visibles = Acuerdo.objects.visibles_para(alcance.usuario)
    suyos = visibles.filter(grupo__in=alcance.grupos.order_by())
    return cuantos(suyos.count(), "acuerdo", "acuerdos")


def _planes(alcance):
    visibles = PlanCapacidades.objects.visibles_para(alcance.usuario)
    del_alcance = Q(grupo__in=alcance.grupos.order_by())
    if alcance.zona:
        del_alcance |= Q(zona=alcance.zona)
    aprobados = visibles.filter(del_alcance, estado__in=PlanCapacidades.APROBADOS)
    return cuantos(aprobados.count(), "plan aprobado", "planes aprobados")


def _propuestos(alcance):
    return cuantos(alcance.propuestos.count(), "grupo propuesto", "grupos propuestos")


def _encuentros(alcance):
    return cuantos(alcance.encuentros.count(), "encuentro", "encuentros")


def _talleres(alcance):
    con_agenda = PuntoAgenda.objects.filter(
        encuentro__in=alcance.encuentros.filter(tipo=Encuentro.Tipo.M3).values("pk")
    )
    jornadas = con_agenda.order_by().values("encuentro").distinct().count()
    return cuantos(jornadas, "jornada con agenda", "jornadas con agenda")


def _participantes(alcance):
    vivos = alcance.encuentros.exclude(estado=CANCELADO).order_by()
    declarados = vivos.aggregate(suma=Sum("participantes_declarados"))["suma"] or 0
    nomina = Participante.objects.filter(encuentro__in=alcance.encuentros.values("pk"))
    return f"{cuantos(declarados, 'declarado', 'declarados')}, {_registrados(nomina.count())}"


def _registrados(numero):
    return cuantos(numero, "registrado", "registrados")


QUE_TRAE = {
    "contexto": ("El país a la fecha, los GAD por nivel, los grupos y los encuentros.", _gads),
    "grupos": ("El mapa y la tabla de quién integra cada grupo, su sede y su criterio.", _grupos),
    "metodo": ("Objetivos, ejes, los tres momentos y sus preguntas guía.", _objetivos),
    "resultados": ("Lo que se dijo, por momento y grupo.", _aportes),
    "evaluaciones": ("Las respuestas aprobadas sobre los planes vigentes.", _evaluaciones),
    "vision": ("Los elementos y temas de la visión circunvecina.", _elementos),
    "necesidades": ("Lo que los equipos piden para llevar adelante su plan.", _necesidades),
    "acuerdos": ("A qué se comprometieron, quién y para cuándo.", _acuerdos),
    "capacidades": ("Los planes de fortalecimiento y sus actividades.", _planes),
    "participantes": ("Cuántas personas, por nivel de gobierno y sexo.", _participantes),
    "hoja_de_ruta": ("El esquema de la estrategia y los grupos que faltan.", _propuestos),
    "anexo_cronograma": ("Semana por semana, como el Anexo 1 de la fuente.", _encuentros),
    "anexo_agenda": ("Los puntos de cada taller, con horas y responsables.", _talleres),
    "anexo_asistencia": ("Por encuentro, en cifras y sin nombres.", _participantes),
}
