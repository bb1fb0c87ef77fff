"""Lo que hace quien revisa además de devolver y aprobar: preparar, repartir y anotar entre sí.

Todo bloquea primero la evaluación: así, preparar y aprobar a la vez se ponen en fila.
"""

from django.db import transaction
from django.utils import timezone

from territorios.versiones import Conflicto, bloquear, guardar_con_version

from .acciones import NoProcede, aprobar_evaluacion, devolver_evaluacion
from .avisos import avisar_encargo
from .models import Asignacion, BorradorDeRevision, Evaluacion, NotaInterna
from .models.revision import quienes_revisan

Estado = Evaluacion.Estado


class RevisionEnConflicto(Exception):
    """Otra persona guardó la revisión en preparación. `actual`: la guardada, o None."""

    def __init__(self, actual):
        super().__init__("Otra persona guardó la revisión en preparación.")
        self.actual = actual


# --- La revisión en preparación -----------------------------------------------------------------


@transaction.atomic
def guardar_borrador(evaluacion, textos, *, version, por):
    """Guarda lo escrito hasta ahora y devuelve su versión (0 si no hay nada que guardar).

    `textos`: {campo: lo escrito}; `version`: la que se leyó, 0 si no había. Lanza NoProcede si la
    evaluación ya no espera revisión y RevisionEnConflicto si otra persona guardó antes.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    if evaluacion.estado != Estado.ENVIADA:
        ahora = evaluacion.get_estado_display().lower()
        raise NoProcede(f"La evaluación está {ahora}: no hay nada que revisar.")
    borrador = BorradorDeRevision.objects.filter(evaluacion=evaluacion).first()
    if borrador and borrador.textos == textos:
        # Se perdió la respuesta y se mandó otra vez: ya está escrito.
        return borrador.version
    _exigir_leido(borrador, version)
    if borrador is None:
        if not textos:
            return 0
        borrador = BorradorDeRevision(evaluacion=evaluacion, textos=textos, autor=por)
        borrador._history_user = por
        borrador.save()
    else:
        borrador.textos, borrador.autor, borrador._history_user = textos, por, por
        guardar_con_version(borrador, borrador.version)
    return borrador.version


@transaction.atomic
def resolver(evaluacion, observaciones, *, aprobar, version, version_borrador, **comunes):
    """Aprueba, o devuelve con `observaciones` ({pregunta: texto}).

    Lanza lo que `aprobar_evaluacion` y `devolver_evaluacion`, y RevisionEnConflicto si otra persona
    cambió lo que está en preparación: no se resuelve sin haberlo leído.
    """
    bloquear(Evaluacion, evaluacion.pk, version)
    borrador = BorradorDeRevision.objects.filter(evaluacion=evaluacion).first()
    _exigir_leido(borrador, version_borrador)
    if not aprobar:
        return devolver_evaluacion(evaluacion, observaciones, version=version, **comunes)
    if observaciones:
        raise NoProcede("Hay observaciones escritas: bórrelas para aprobar, o devuelva.")
    return aprobar_evaluacion(evaluacion, version=version, **comunes)


def _exigir_leido(borrador, version):
    actual = borrador.version if borrador else 0
    if actual != version:
        raise RevisionEnConflicto(borrador)


# --- A quién le toca ----------------------------------------------------------------------------


@transaction.atomic
def asignar(evaluacion, revisor, *, version, por, sitio=""):
    """Deja la revisión a cargo de `revisor`, o de nadie si es None, y se lo avisa.

    `version`: la de la asignación que se leyó, 0 si no había. Lanza Conflicto si otra persona la
    tomó o la repartió antes, y NoProcede si está aprobada o a esa persona no le toca revisarla.
    Pedir lo que ya está hecho no cambia nada.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    if evaluacion.estado not in (Estado.ENVIADA, Estado.DEVUELTA):
        ahora = evaluacion.get_estado_display().lower()
        raise NoProcede(f"La evaluación está {ahora}: ya no se asigna.")
    if revisor and not quienes_revisan(evaluacion).filter(pk=revisor.pk).exists():
        raise NoProcede(f"A {revisor} no le toca revisar esta evaluación.")
    actual = Asignacion.objects.filter(evaluacion=evaluacion).first()
    a_cargo = actual.revisor_id if actual else None
    if a_cargo == (revisor.pk if revisor else None):
        return actual
    if (actual.version if actual else 0) != version:
        raise Conflicto(actual)
    if actual is None:
        actual = Asignacion(evaluacion=evaluacion, revisor=revisor)
        actual._history_user = por
        actual.save()
    else:
        actual.revisor, actual._history_user = revisor, por
        guardar_con_version(actual, version)
    avisar_encargo(evaluacion, actual, por=por, sitio=sitio)
    return actual


# --- Notas internas -----------------------------------------------------------------------------


@transaction.atomic
def anotar(evaluacion, texto, *, pregunta=None, por):
    """Agrega una nota interna. Repetir la misma (un doble envío) no la duplica."""
    bloquear(Evaluacion, evaluacion.pk)
    suyas = NotaInterna.objects.filter(evaluacion=evaluacion, autor=por, retirada=None)
    igual = suyas.filter(pregunta=pregunta, texto=texto).first()
    if igual:
        return igual
    nota = NotaInterna(evaluacion=evaluacion, pregunta=pregunta, texto=texto, autor=por)
    nota._history_user = por
    nota.save()
    return nota


def corregir_nota(nota, texto, *, version, por):
    """Cambia el texto de una nota propia. Lanza Conflicto si cambió desde que se leyó."""
    nota.texto, nota._history_user = texto, por
    return guardar_con_version(nota, version)


def retirar_nota(nota, *, version, por):
    """La quita de la vista; queda en el historial. Lanza Conflicto si cambió desde que se leyó."""
    nota.retirada, nota._history_user = timezone.now(), por
    return guardar_con_version(nota, version)
