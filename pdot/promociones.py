"""Promover un aporte: de una tarjeta nace otra cosa, con la traza en los dos sentidos.

Cada verbo espera el bloqueo del encuentro: dos personas que promueven la misma tarjeta a lo mismo
hacen una sola promoción, y la segunda se entera.
"""

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q

from acompanamiento.acciones import AcuerdoCerrado, cancelar_acuerdo
from acompanamiento.models import Acuerdo, Grupo
from talleres.acciones import NoProcede, acordar_en
from talleres.aportes import abrir, avisar_cambio
from talleres.models import Aporte, Encuentro
from territorios.versiones import bloquear

from .acciones import agregar_problema, quitar_problema
from .models import ElementoVision, Evaluacion, Promocion

Clase = Promocion.Clase


class YaPromovida(NoProcede):
    """La tarjeta ya se promovió a eso, para ese grupo o ese GAD. `promocion`: la que hay."""

    def __init__(self, promocion):
        super().__init__(
            f"La tarjeta ya se promovió: {promocion.get_clase_display().lower()} del "
            f"{promocion.para_quien}. Deshaga esa promoción si quiere hacerla de otra manera."
        )
        self.promocion = promocion


# --- Promover -----------------------------------------------------------------------------------


@transaction.atomic
def promover_a_vision(aporte, elemento, *, gads, por):
    """Agrega el elemento a la visión de su grupo; con `gads`, es de ellos y no de todo el grupo.

    Lanza YaPromovida o NoProcede.
    """
    promocion = _empezar(aporte, Clase.VISION, por, grupo=elemento.grupo)
    grupo = bloquear(Grupo, elemento.grupo_id)
    if not grupo.esta_abierto:
        raise NoProcede(f"El grupo está {grupo.get_estado_display().lower()}: ya no cambia.")
    ultimo = ElementoVision.objects.filter(grupo=grupo).aggregate(n=Max("orden"))["n"]
    elemento.orden = (ultimo or 0) + 1
    _crear(elemento, por)
    elemento.gads.set(gads)
    promocion.elemento_vision = elemento
    return _terminar(promocion, por)


@transaction.atomic
def promover_a_problema(aporte, texto, *, gad, por):
    """Agrega el problema a la evaluación abierta del GAD, al final de su lista.

    Lanza YaPromovida o NoProcede: la evaluación en revisión o aprobada no cambia.
    """
    promocion = _empezar(aporte, Clase.PROBLEMA, por, gad=gad)
    promocion.problema = agregar_problema(_evaluacion_de(gad), texto, por=por)
    return _terminar(promocion, por)


def _evaluacion_de(gad):
    """La que el GAD tiene en sus manos. Lanza NoProcede diciendo por qué no hay ninguna."""
    suyas = Evaluacion.objects.filter(pdot__gad=gad).order_by("-pdot__anio_desde", "-numero")
    abierta = suyas.exclude(estado=Evaluacion.Estado.APROBADA).first()
    if abierta and abierta.esta_en_manos_del_gad:
        return abierta
    if abierta:
        raise NoProcede(
            f"La evaluación de {gad.nombre} está en revisión: devuélvala para agregar un problema."
        )
    if suyas:
        raise NoProcede(
            f"La evaluación de {gad.nombre} está aprobada y ya no cambia: el GAD puede abrir una "
            "versión nueva."
        )
    raise NoProcede(
        f"{gad.nombre} todavía no abre la evaluación de su PDOT: ahí van los problemas."
    )


@transaction.atomic
def promover_a_acuerdo(aporte, acuerdo, partes, *, por):
    """Anota el acuerdo como nacido en el encuentro de la tarjeta.

    Lanza YaPromovida o NoProcede; el YaExiste de los acuerdos si el grupo tiene otro igual, y
    ValidationError si el encuentro todavía no empieza.
    """
    promocion = _empezar(aporte, Clase.ACUERDO, por, grupo=acuerdo.grupo)
    promocion.acuerdo = acordar_en(aporte.encuentro, acuerdo, partes, por=por)
    return _terminar(promocion, por)


@transaction.atomic
def promover_a_necesidad(aporte, necesidad, *, por):
    """Anota la necesidad de un grupo o de un GAD. Lanza YaPromovida o NoProcede."""
    destino = {"grupo": necesidad.grupo, "gad": necesidad.gad}
    promocion = _empezar(aporte, Clase.NECESIDAD, por, **destino)
    necesidad.encuentro_id = aporte.encuentro_id
    necesidad.origen = necesidad.Origen.ENCUENTRO
    _crear(necesidad, por)
    promocion.necesidad = necesidad
    return _terminar(promocion, por)


def _empezar(aporte, clase, por, *, grupo=None, gad=None):
    """Bloquea el encuentro y prepara la promoción, si la tarjeta está y no se promovió a eso."""
    abrir(aporte.encuentro_id)
    actual = Aporte.objects.get(pk=aporte.pk)
    if actual.retirado:
        raise NoProcede("La tarjeta está retirada: repóngala para promoverla.")
    hechas = Promocion.objects.hechas().filter(aporte=actual, clase=clase, grupo=grupo, gad=gad)
    if hecha := hechas.select_related("grupo", "gad__territorio").first():
        raise YaPromovida(hecha)
    return Promocion(aporte=actual, clase=clase, grupo=grupo, gad=gad, por=por)


def _terminar(promocion, por):
    _crear(promocion, por)
    avisar_cambio(promocion.aporte)
    return promocion


def _crear(objeto, por):
    objeto._history_user = por
    objeto.save()


# --- Deshacer -----------------------------------------------------------------------------------


@transaction.atomic
def deshacer_promocion(promocion, *, motivo, por):
    """Quita lo nacido —un acuerdo no se quita: se cancela— y deja dicho quién y por qué.

    Lanza NoProcede si ya se deshizo o si lo nacido siguió su camino y ya no se puede quitar.
    """
    bloquear(Encuentro, promocion.aporte.encuentro_id)
    actual = bloquear(Promocion, promocion.pk)
    if actual.deshecha:
        raise NoProcede("Esa promoción ya se deshizo.")
    nacido = actual.nacido
    actual.deshacer(motivo=motivo, por=por)
    if actual.clase == Clase.ACUERDO:
        _cancelar(nacido, motivo, por)
    elif actual.clase == Clase.PROBLEMA:
        quitar_problema(nacido, por=por)
    elif actual.clase == Clase.NECESIDAD and nacido.actividades.exists():
        raise NoProcede(
            "Una actividad del plan de capacidades ya atiende esa necesidad: retírela con su "
            "motivo, y así no se pierde por qué se hizo la actividad."
        )
    else:
        nacido._history_user, nacido._change_reason = por, "Se deshizo su promoción"
        nacido.delete()
    avisar_cambio(actual.aporte)
    return actual


def _cancelar(acuerdo, motivo, por):
    if acuerdo.estado == Acuerdo.Estado.CANCELADO:
        return
    try:
        cancelar_acuerdo(acuerdo, motivo=motivo, por=por, version=acuerdo.version)
    except AcuerdoCerrado as error:
        raise NoProcede(str(error)) from error


# --- Leer la traza ------------------------------------------------------------------------------


def con_direccion(promociones, usuario):
    """Las mismas, con `ve_evaluacion`: si quien mira puede abrir la evaluación del problema."""
    evaluacion = Evaluacion.objects.visibles_para(usuario)
    suya = evaluacion.filter(pk=OuterRef("problema__evaluacion"))
    return promociones.annotate(ve_evaluacion=Exists(suya))


def direccion_de(promocion):
    """Dónde se lee lo nacido; vacía si quien mira no puede abrirlo todavía."""
    if promocion.clase == Clase.ACUERDO:
        return promocion.acuerdo.get_absolute_url()
    if promocion.clase == Clase.PROBLEMA:
        visible = promocion.problema and promocion.ve_evaluacion
        return promocion.problema.evaluacion.get_absolute_url() if visible else ""
    if promocion.gad:
        return f"{promocion.gad.get_absolute_url()}#necesidades-titulo"
    lugar = "vision" if promocion.clase == Clase.VISION else "necesidades"
    return f"{promocion.grupo.get_absolute_url()}#{lugar}-titulo"


def nacidos_de(tarjetas, usuario):
    """{tarjeta: [(qué nació, dirección)]} de las tarjetas dadas. Una consulta."""
    hechas = Promocion.objects.visibles_para(usuario).hechas().filter(aporte__in=tarjetas)
    nacidos = {}
    for promocion in con_direccion(hechas.para_lista(), usuario):
        que = str(promocion)
        nacidos.setdefault(promocion.aporte_id, []).append((que, direccion_de(promocion)))
    return nacidos


def tarjetas_de(usuario, **nacidos):
    """{(campo, clave de lo nacido): su tarjeta}, de las que ve quien mira. Una consulta o,
    si no se pregunta por nada, ninguna.

    `nacidos`: por cada campo de Promocion, las cosas que pudieron nacer de una tarjeta.
    """
    nacidos = {campo: list(cosas) for campo, cosas in nacidos.items()}
    if not any(nacidos.values()):
        return {}
    alguno = Q()
    for campo, cosas in nacidos.items():
        alguno |= Q(**{f"{campo}__in": cosas})
    hechas = Promocion.objects.visibles_para(usuario).hechas().filter(alguno)
    return {
        (campo, getattr(promocion, f"{campo}_id")): promocion.aporte
        for promocion in hechas.select_related("aporte__encuentro")
        for campo in nacidos
    }
