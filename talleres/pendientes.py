"""Lo que espera a cada quien en los talleres: convocar, cerrar, responder y la agenda cercana."""

from datetime import timedelta
from itertools import groupby

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from territorios.jurisdiccion import Permiso
from territorios.pendientes import MOSTRADOS, Bloque, Pendiente, en_bloque, hace_o_faltan

from .enlaces import camino_de
from .models import Convocado, Convocatoria, Encuentro, ParametrosDeAgenda

Estado = Encuentro.Estado
CONVOCAR, CERRAR, SEMANA = "convocar", "cerrar", "semana"
TITULOS = {
    CONVOCAR: "Encuentros por convocar",
    CERRAR: "Encuentros por cerrar",
    SEMANA: "Encuentros de los próximos siete días",
}
# Con menos aviso ya no alcanza el plazo de fábrica (siete días) ni el tiempo de preparar oficios.
DIAS_PARA_CONVOCAR = 21
DIAS_DE_AGENDA = 6
DIA = r"j \d\e F"
PARTES = (CERRAR, CONVOCAR, SEMANA)


def cuales(que, hoy):
    """La condición que cumple un encuentro para estar en esa lista."""
    if que == CERRAR:
        return Q(fecha__lt=hoy) & ~Q(estado__in=[Estado.REALIZADO, Estado.CANCELADO])
    if que == CONVOCAR:
        tiene_a_quien = Exists(Convocado.objects.filter(encuentro=OuterRef("pk")))
        sin_convocar = Q(estado__in=[Estado.PLANIFICADO, Estado.REPROGRAMADO])
        cerca = Q(fecha__range=(hoy, hoy + timedelta(days=DIAS_PARA_CONVOCAR)))
        return sin_convocar & cerca & Q(tiene_a_quien)
    cerca = Q(fecha__range=(hoy, hoy + timedelta(days=DIAS_DE_AGENDA)))
    return cerca & ~Q(estado=Estado.CANCELADO)


def los_de(usuario, que):
    """Los encuentros de esa lista para quien entra, el más próximo (o el más atrasado) primero.

    Convocar y cerrar es de quien los edita. La agenda de un GAD son los encuentros con él.
    """
    if que != SEMANA:
        suyos = Encuentro.objects.editables_por(usuario)
    else:
        suyos = Encuentro.objects.visibles_para(usuario)
        if usuario.gad_id:
            suyos = suyos.con_gads([usuario.gad_id])
    return con_plazo(suyos.filter(cuales(que, timezone.localdate())))


def con_plazo(encuentros):
    """Con `antelacion`: cuántos días antes debe estar enviada su convocatoria."""
    vigentes = ParametrosDeAgenda.objects.filter(desde__lte=OuterRef("fecha")).order_by("-desde")
    de_fabrica = ParametrosDeAgenda._meta.get_field("antelacion").default
    antelacion = Coalesce(Subquery(vigentes.values("antelacion")[:1]), de_fabrica)
    return encuentros.annotate(antelacion=antelacion).order_by("fecha", "inicio", "pk")


def para_tablero(usuario):
    """(bloques por hacer, la agenda de los próximos días). Una o dos consultas."""
    if usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO):
        bloques = _de_quien_edita(usuario)
        return [bloques[CONVOCAR], bloques[CERRAR]], bloques[SEMANA]
    if usuario.puede(Permiso.LLENAR_EVALUACION):
        return _de_un_gad(usuario)
    return [], en_bloque(TITULOS[SEMANA], los_de(usuario, SEMANA), _de_la_semana, _lista(SEMANA))


def _de_un_gad(usuario):
    """([los oficios que esperan su respuesta], la agenda), en una sola consulta.

    Se traen todos: a un GAD le esperan pocos a la vez, y de lo por responder no hay otra página.
    """
    hoy = timezone.localdate()
    suyas = Convocatoria.objects.filter(encuentro=OuterRef("pk"), gad=usuario.gad_id)
    espera = Exists(suyas.de_convocados().sin_respuesta())
    convocatoria = FilteredRelation("convocatorias", condition=Q(convocatorias__gad=usuario.gad_id))
    por_venir = (
        Encuentro.objects.visibles_para(usuario)
        .con_gads([usuario.gad_id])
        .filter(fecha__gte=hoy)
        .annotate(
            semana=ExpressionWrapper(cuales(SEMANA, hoy), BooleanField()),
            responder=ExpressionWrapper(Q(espera, estado=Estado.CONVOCADO), BooleanField()),
            convocatoria=convocatoria,
        )
        .filter(Q(semana=True) | Q(responder=True))
        .select_related("convocatoria")
    )
    encuentros = list(por_venir.order_by("fecha", "inicio", "pk"))
    responder = [_responder(uno.convocatoria) for uno in encuentros if uno.responder]
    semana = [_de_la_semana(uno) for uno in encuentros if uno.semana]
    agenda = Bloque(TITULOS[SEMANA], semana[:MOSTRADOS], len(semana), _lista(SEMANA))
    return [Bloque("Convocatorias por responder", responder, len(responder))], agenda


def _de_quien_edita(usuario):
    """{lista: Bloque} de las tres, en una sola consulta: los primeros y el total de cada parte.

    Un encuentro de esta semana puede estar además por convocar: por eso se parte por las tres.
    """
    hoy = timezone.localdate()
    es = {que: ExpressionWrapper(cuales(que, hoy), BooleanField()) for que in PARTES}
    suyos = con_plazo(Encuentro.objects.editables_por(usuario)).annotate(**es)
    en_alguna = suyos.filter(Q(cerrar=True) | Q(convocar=True) | Q(semana=True))
    por_parte = {"partition_by": [F(que) for que in PARTES]}
    primeros = en_alguna.annotate(
        puesto=Window(RowNumber(), order_by=["fecha", "inicio", "pk"], **por_parte),
        en_su_parte=Window(Count("pk"), **por_parte),
    ).filter(puesto__lte=MOSTRADOS)
    return _repartir(list(primeros))


def _repartir(encuentros):
    bloques = {que: Bloque(TITULOS[que], lista=_lista(que)) for que in PARTES}

    def partes_de(encuentro):
        return encuentro.cerrar, encuentro.convocar, encuentro.semana

    for _, parte in groupby(sorted(encuentros, key=partes_de), partes_de):
        primero = next(parte)
        for que in PARTES:
            bloques[que].total += primero.en_su_parte if getattr(primero, que) else 0
    en_orden = sorted(encuentros, key=lambda uno: (uno.fecha, str(uno.inicio or "~"), uno.pk))
    for que, bloque in bloques.items():
        suyos = [uno for uno in en_orden if getattr(uno, que)][:MOSTRADOS]
        bloque.filas = [FILA[que](uno) for uno in suyos]
    return bloques


# --- Una fila de cada lista ---------------------------------------------------------------------


def _lista(que):
    return f"{reverse('talleres:por_hacer')}?que={que}"


def _por_convocar(encuentro):
    hasta = encuentro.fecha - timedelta(days=encuentro.antelacion)
    urge = hasta <= timezone.localdate()
    plazo = f"la convocatoria debió salir {hace_o_faltan(hasta)}"
    if not urge:
        plazo = f"convóquelo hasta el {date_format(hasta, DIA)}"
    elif hasta == timezone.localdate():
        plazo = "convóquelo hoy"
    return Pendiente(
        encuentro.nombre_corto,
        reverse("talleres:convocatoria", args=[encuentro.pk]),
        "Convocar",
        f"{_cuando(encuentro)}; {plazo}",
        urge,
    )


def _por_cerrar(encuentro):
    return Pendiente(
        encuentro.nombre_corto,
        reverse("talleres:cerrar_encuentro", args=[encuentro.pk]),
        "Cerrar",
        f"Fue {hace_o_faltan(encuentro.fecha)}, el {encuentro.fecha:%d/%m/%Y}",
    )


def _de_la_semana(encuentro):
    return Pendiente(
        encuentro.nombre_corto,
        encuentro.get_absolute_url(),
        "Ver",
        f"{_cuando(encuentro)} · {encuentro.get_estado_display().lower()}",
    )


FILA = {CONVOCAR: _por_convocar, CERRAR: _por_cerrar, SEMANA: _de_la_semana}


def _cuando(encuentro):
    """«Jueves 22 de agosto, 08:30»."""
    dia = date_format(encuentro.fecha, r"l j \d\e F").capitalize()
    return f"{dia}, {encuentro.inicio:%H:%M}" if encuentro.inicio else dia


# --- Responder a la convocatoria ----------------------------------------------------------------


def _responder(convocatoria):
    encuentro = convocatoria.encuentro
    faltan = (encuentro.fecha - timezone.localdate()).days
    return Pendiente(
        encuentro.nombre_corto,
        camino_de(convocatoria),
        "Responder",
        f"{_cuando(encuentro)} · diga si su GAD asistirá",
        faltan <= 3,
    )
