"""Lo que espera hoy a cada persona, según su rol y su jurisdicción."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Case, Count, When
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Acuerdo, Estrategia, Grupo, LineaProgramatica
from talleres.models import Encuentro
from territorios.jurisdiccion import Permiso
from territorios.models import Gad, Mensaje, Usuario
from territorios.texto import cuantos

from .models import Evaluacion, Pdot, PlanCapacidades, ProgramaGobierno

Estado = Evaluacion.Estado


@dataclass
class Pendiente:
    """Algo por hacer, con el enlace donde se hace."""

    texto: str
    direccion: str
    accion: str


def pendientes_de(usuario):
    """Lista de Pendiente, lo más urgente primero; vacía si no hay nada que hacer."""
    acuerdos = [_vencido(acuerdo) for acuerdo in _vencidos(usuario)]
    if usuario.puede(Permiso.LLENAR_EVALUACION):
        return _del_gad(usuario) + _por_pronunciar(usuario) + acuerdos
    if usuario.puede(Permiso.REVISAR_EVALUACION):
        por_revisar = [_por_revisar(evaluacion) for evaluacion in _cola(usuario)]
        return _del_correo(usuario) + por_revisar + _por_aprobar(usuario) + acuerdos
    return []


def _del_correo(usuario):
    """A la central, si el correo no está saliendo o espera que alguien decida."""
    if not usuario.puede(Permiso.ADMINISTRAR):
        return []
    cola = reverse("admin:territorios_mensaje_changelist")
    hace_una_hora = timezone.now() - timedelta(hours=1)
    avisos = []
    if atrasados := Mensaje.objects.atrasados(hace_una_hora).count():
        espera = "correo espera" if atrasados == 1 else "correos esperan"
        texto = f"{atrasados} {espera} desde hace más de una hora: el correo no está saliendo."
        avisos.append(Pendiente(texto, f"{cola}?estado__exact=pendiente", "Ver la cola"))
    if sin_salir := Mensaje.objects.por_decidir().count():
        texto = f"{cuantos(sin_salir, 'correo', 'correos')} sin salir: decida si se reintenta."
        avisos.append(Pendiente(texto, f"{cola}?estado__in=fallido,dudoso", "Decidir"))
    return avisos


def _vencidos(usuario):
    """Los acuerdos vencidos cuyo avance le toca anotar, el más atrasado primero."""
    suyos = Acuerdo.objects.con_avance_de(usuario).vencidos()
    return suyos.select_related("grupo").order_by("fecha_limite")[:10]


def _vencido(acuerdo):
    texto = f"Venció el {acuerdo.fecha_limite:%d/%m/%Y}: {acuerdo.texto[:120]}"
    return Pendiente(texto, reverse("acompanamiento:acuerdo", args=[acuerdo.pk]), "Anotar avance")


def _por_pronunciar(usuario):
    """Uno por estrategia con líneas programáticas que esperan lo que diga su GAD."""
    esperan = LineaProgramatica.objects.por_pronunciar(usuario).order_by("estrategia")
    cuentas = esperan.values_list(
        "estrategia__codigo", "provincia", "provincia__territorio__nombre"
    ).annotate(n=Count("pk"))
    return [_lineas(*cuenta) for cuenta in cuentas]


def _lineas(estrategia, provincia, nombre, cuantas):
    lineas = "1 línea programática" if cuantas == 1 else f"{cuantas} líneas programáticas"
    espera = "espera" if cuantas == 1 else "esperan"
    return Pendiente(
        f"{lineas} de {nombre} {espera} su pronunciamiento.",
        reverse("acompanamiento:lineas_de_provincia", args=[estrategia, provincia]),
        "Pronunciarse",
    )


def _cola(usuario):
    """Las que esperan revisión, la más antigua primero."""
    return Evaluacion.objects.revisables_por(usuario).para_lista().order_by("actualizada")[:10]


def _por_revisar(evaluacion):
    desde = timezone.localtime(evaluacion.actualizada)
    return Pendiente(
        f"{evaluacion.gad.nombre_con_lugar} envió su evaluación el {desde:%d/%m/%Y}.",
        reverse("pdot:revisar", args=[evaluacion.pk]),
        "Revisar",
    )


def _por_aprobar(usuario):
    """Los planes de capacidades propuestos, a quien los aprueba."""
    planes = PlanCapacidades.objects.aprobables_por(usuario).select_related("grupo", "zona")
    propuestos = planes.filter(estado=PlanCapacidades.Estado.PROPUESTO).order_by("pk")[:10]
    return [
        Pendiente(f"{plan}: espera su aprobación.", plan.get_absolute_url(), "Leer y decidir")
        for plan in propuestos
    ]


def _del_gad(usuario):
    abiertas = Evaluacion.objects.editables_por(usuario).select_related("pdot")
    ultima = abiertas.order_by("-pdot__anio_desde").first()
    if ultima is None:
        return _sin_abierta(usuario)
    direccion = reverse("pdot:evaluacion", args=[ultima.pk])
    if ultima.estado == Estado.DEVUELTA:
        observadas = ultima.observaciones.filter(atendida=False).count()
        plural = "observación" if observadas == 1 else "observaciones"
        texto = f"La coordinación zonal devolvió su evaluación con {observadas} {plural}."
        return [Pendiente(texto, direccion, "Corregir")]
    return [Pendiente("Su evaluación del PDOT está en borrador.", direccion, "Continuar")]


def _sin_abierta(usuario):
    if Evaluacion.objects.filter(pdot__gad=usuario.gad_id).exists():
        return []
    texto = "Su GAD todavía no evalúa su PDOT vigente."
    return [Pendiente(texto, reverse("pdot:nueva"), "Empezar")]


def primeros_pasos(usuario):
    """[(texto, enlace o "")] de lo que falta para poder trabajar, solo para la central."""
    if not usuario.puede(Permiso.ADMINISTRAR):
        return []
    pasos = [
        (
            Gad.objects.exists(),
            "Pida a quien administra el servidor que cargue la división político-administrativa.",
            "",
        ),
        (
            Estrategia.objects.exists(),
            "Cree la estrategia de acompañamiento.",
            reverse("admin:acompanamiento_estrategia_add"),
        ),
        (
            Grupo.objects.exists(),
            "Forme los grupos circunvecinos.",
            reverse("acompanamiento:inicio"),
        ),
        (
            Usuario.objects.exclude(pk=usuario.pk).exists(),
            "Cree las cuentas de las zonas y de los GAD.",
            reverse("admin:territorios_usuario_add"),
        ),
    ]
    return [(texto, direccion) for hecho, texto, direccion in pasos if not hecho]


def evaluacion_propia(usuario):
    """La última evaluación del GAD de quien entra, o None."""
    if not usuario.gad_id:
        return None
    del_gad = Evaluacion.objects.del_gad_de(usuario).select_related("pdot__gad__territorio")
    return del_gad.order_by("-pdot__anio_desde", "-numero").first()


def plan_propio(usuario):
    """El PDOT del GAD de quien entra que más le importa: el vigente o, si no, el último."""
    if not usuario.gad_id:
        return None
    suyos = Pdot.objects.editables_por(usuario).filter(gad=usuario.gad_id)
    rige = Case(When(estado=Pdot.Estado.VIGENTE, then=0), default=1)
    return suyos.order_by(rige, "-anio_desde").first()


def programa_propio(usuario):
    """El programa de gobierno de la autoridad más reciente del GAD de quien entra, o None."""
    if not usuario.gad_id:
        return None
    suyos = ProgramaGobierno.objects.visibles_para(usuario).filter(autoridad__gad=usuario.gad_id)
    return suyos.select_related("autoridad").order_by("-autoridad__desde").first()


def grupos_de(usuario):
    return Grupo.objects.visibles_para(usuario).vivos().para_lista()


def proximos_de(usuario):
    """Encuentros de hoy en adelante, los más cercanos primero."""
    visibles = Encuentro.objects.visibles_para(usuario).filter(fecha__gte=timezone.localdate())
    vigentes = visibles.exclude(estado=Encuentro.Estado.CANCELADO)
    return vigentes.order_by("fecha", "inicio").select_related("canton")[:8]


def evaluaciones_por_estado(usuario):
    """(estado, nombre, cuántas ve) de todos los estados, con cero donde no hay."""
    visibles = Evaluacion.objects.visibles_para(usuario).order_by()
    filas = visibles.values_list("estado").annotate(n=Count("pk"))
    cuenta = dict(filas)
    return [(valor, nombre, cuenta.get(valor, 0)) for valor, nombre in Estado.choices]
