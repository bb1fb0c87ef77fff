"""Dejar pasar un choque con un motivo, y volver atrás."""

from django.db import transaction

from acompanamiento.models import Estrategia
from territorios.versiones import bloquear

from .cuenta_choques import contar_al_terminar
from .models import ChoqueAceptado


class YaAceptado(Exception):
    """Otra persona aceptó antes el mismo choque; `aceptado` es esa aceptación."""

    def __init__(self, aceptado):
        super().__init__(f"{aceptado.por} ya lo había aceptado.")
        self.aceptado = aceptado


@transaction.atomic
def aceptar_choque(choque, estrategia, *, motivo, por):
    """Anota que el choque se deja pasar y devuelve la aceptación. Lanza YaAceptado."""
    # Quien acepta a la vez espera aquí, y al pasar ya ve lo que anotó el primero.
    bloquear(Estrategia, estrategia.pk)
    suyos = ChoqueAceptado.objects.select_related("por")
    anterior = suyos.filter(estrategia=estrategia, clave=choque.clave).first()
    if anterior:
        raise YaAceptado(anterior)
    aceptado = ChoqueAceptado(
        estrategia=estrategia,
        clave=choque.clave,
        explicacion=choque.explicacion,
        motivo=motivo,
        por=por,
    )
    aceptado._history_user = por
    aceptado.save()
    contar_al_terminar(estrategia.pk)
    aceptado.encuentros.set([cita.pk for cita in choque.citas])
    return aceptado


@transaction.atomic
def retirar_aceptacion(aceptado, *, por):
    """El choque vuelve a estar abierto; la aceptación y su retiro quedan en la historia."""
    contar_al_terminar(aceptado.estrategia_id)
    aceptado._history_user = por
    aceptado._change_reason = "Se retira la aceptación"
    aceptado.delete()
