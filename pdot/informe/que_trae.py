"""Qué es cada sección y cuánto trae hoy, para decidir si sale. Cuentas baratas, no el contenido."""

from dataclasses import dataclass

from django.db.models import Q, Subquery, Sum
from django.db.models.functions import Coalesce

from acompanamiento.models import Acuerdo, Estrategia, Membresia
from talleres.models import Aporte, Encuentro, Participante, PuntoAgenda
from territorios.consultas import Cuantas
from territorios.texto import cuantos

from ..ambito import lo_de
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
    """[Casilla] de todas las secciones, en orden. Todo se cuenta en una consulta."""
    cifras = _cifras(alcance)
    return [
        Casilla(
            una.clave,
            una.titulo,
            una.anexo,
            *_que_trae(una.clave, cifras),
            marcada=una.clave in marcadas,
        )
        for una in ORDEN
    ]


def _que_trae(clave, cifras):
    descripcion, decir = QUE_TRAE.get(clave, ("", lambda cifras: ""))
    return descripcion, decir(cifras)


# --- Las cuentas --------------------------------------------------------------------------------


def _cifras(alcance):
    """{qué: cuántos} de todo lo que las casillas dicen."""
    cuentas = {que: Cuantas(_claves(suyas)) for que, suyas in _consultas(alcance).items()}
    vivos = alcance.encuentros.exclude(estado=CANCELADO).order_by()
    suma = vivos.values("estrategia").annotate(suma=Sum("participantes_declarados"))
    cuentas["declarados"] = Coalesce(Subquery(suma.values("suma")), 0)
    # Con otro nombre: algunos son los de un campo de la estrategia.
    cuentas = {f"cuantos_{que}": cuenta for que, cuenta in cuentas.items()}
    hechas = Estrategia.objects.filter(pk=alcance.estrategia.pk).values(**cuentas).get()
    cifras = {que.removeprefix("cuantos_"): numero for que, numero in hechas.items()}
    # En tres cuentas: con un solo «o», la base miraría los aportes del país uno por uno.
    sin_encuentro = cifras.pop("aportes_de_grupos") + cifras.pop("aportes_comunes")
    return cifras | {"aportes": cifras["aportes"] + sin_encuentro}


def _claves(consulta):
    # Sin más columnas ni orden: solo se cuentan. La que ya dice qué columna quiere, con esa.
    return consulta.order_by() if consulta.query.values_select else consulta.order_by().values("pk")


def _consultas(alcance):
    usuario, grupos = alcance.usuario, alcance.grupos.order_by().values("pk")
    miembros = Membresia.objects.vigentes_en().filter(grupo__in=grupos).order_by()
    encuentros = alcance.encuentros.order_by().values("pk")
    aprobadas = Evaluacion.objects.visibles_para(usuario).filter(
        estado=Evaluacion.Estado.APROBADA, pdot__gad__in=miembros.values("gad")
    )
    del_grupo = Q(grupo__in=grupos)
    talleres = alcance.encuentros.filter(tipo=Encuentro.Tipo.M3).order_by().values("pk")
    con_agenda = PuntoAgenda.objects.filter(encuentro__in=talleres)
    comunes = Q(estrategia=alcance.estrategia, grupo=None, encuentro=None)
    # Los de encuentros y grupos que ya se trajeron con su alcance: no hace falta mirarlo otra vez.
    aportes = Aporte.objects.vigentes()
    vivas = Necesidad.objects.visibles_para(usuario).vivas()
    de_la_zona = Q(zona=alcance.zona) if alcance.zona else Q()
    planes = PlanCapacidades.objects.visibles_para(usuario)
    propios, ajenas = miembros, aprobadas.none()
    if alcance.zona:
        propios = miembros.filter(gad__territorio__zona=alcance.zona)
        ajenas = aprobadas.de_otra_zona(alcance.zona)
    return {
        "gads": propios.values("gad").distinct(),
        "grupos": alcance.grupos,
        "objetivos": alcance.estrategia.elementos.filter(tipo="objetivo"),
        "aportes": aportes.filter(encuentro__in=encuentros),
        "aportes_de_grupos": aportes.filter(del_grupo, encuentro=None),
        "aportes_comunes": aportes.filter(comunes),
        "evaluaciones": lo_de(alcance.zona, aprobadas),
        "evaluaciones_ajenas": ajenas,
        "elementos": ElementoVision.objects.filter(
            del_grupo | Q(evaluacion__in=aprobadas.values("pk"))
        ),
        "necesidades": vivas.filter(del_grupo | Q(gad__in=miembros.values("gad"))),
        "acuerdos": Acuerdo.objects.visibles_para(usuario).filter(del_grupo),
        "planes": planes.filter(del_grupo | de_la_zona, estado__in=PlanCapacidades.APROBADOS),
        "propuestos": alcance.propuestos,
        "encuentros": alcance.encuentros,
        "jornadas": con_agenda.order_by().values("encuentro").distinct(),
        "registrados": Participante.objects.filter(encuentro__in=encuentros),
    }


# --- Las palabras -------------------------------------------------------------------------------


def _en_palabras(que, uno, varios):
    return lambda cifras: cuantos(cifras[que], uno, varios)


_grupos = _en_palabras("grupos", "grupo", "grupos")


def _gads(cifras):
    return f"{cuantos(cifras['gads'], 'GAD', 'GAD')} en {_grupos(cifras)}"


def _participantes(cifras):
    declarados = cuantos(cifras["declarados"], "declarado", "declarados")
    return f"{declarados}, {cuantos(cifras['registrados'], 'registrado', 'registrados')}"


def _evaluaciones(cifras):
    suyas = cuantos(cifras["evaluaciones"], "evaluación aprobada", "evaluaciones aprobadas")
    ajenas = cifras["evaluaciones_ajenas"]
    return f"{suyas}, y {ajenas} de otra zona en sus grupos" if ajenas else suyas


_objetivos = _en_palabras("objetivos", "objetivo", "objetivos")
_aportes = _en_palabras("aportes", "aporte", "aportes")
_elementos = _en_palabras("elementos", "elemento de visión", "elementos de visión")
_necesidades = _en_palabras("necesidades", "necesidad", "necesidades")
_acuerdos = _en_palabras("acuerdos", "acuerdo", "acuerdos")
_planes = _en_palabras("planes", "plan aprobado", "planes aprobados")
_propuestos = _en_palabras("propuestos", "grupo propuesto", "grupos propuestos")
_encuentros = _en_palabras("encuentros", "encuentro", "encuentros")
_talleres = _en_palabras("jornadas", "jornada con agenda", "jornadas con agenda")

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
