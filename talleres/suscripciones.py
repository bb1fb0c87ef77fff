"""Verbos del calendario propio: suscribirse, cambiar la dirección y revocarla."""

import secrets

from django.db import transaction
from django.utils import timezone

from territorios.models import Usuario
from territorios.versiones import bloquear

from .models import SuscripcionCalendario
from .models.suscripcion import resumir

TOPE = 10
BYTES_DE_LA_CLAVE = 32  # 256 bits al azar: no se adivina


class YaTiene(Exception):
    """No se crea otra; el mensaje dice por qué."""


@transaction.atomic
def suscribir(usuario, *, nombre, grupo=None, gad=None, entidad=None):
    """Crea una suscripción de `usuario` y da (suscripción, clave). La clave no se vuelve a ver.

    Lanza YaTiene si hay otra viva con ese nombre o llegó al tope.
    """
    # Dos envíos a la vez esperan aquí: el segundo ya ve lo que guardó el primero.
    bloquear(Usuario, usuario.pk)
    vivas = SuscripcionCalendario.objects.visibles_para(usuario).vivas()
    if vivas.filter(nombre=nombre).exists():
        raise YaTiene("Ya tiene un calendario con ese nombre: cámbiele la dirección o use otro.")
    if vivas.count() >= TOPE:
        raise YaTiene(f"Ya tiene {TOPE} calendarios: revoque alguno que no use.")
    clave = secrets.token_urlsafe(BYTES_DE_LA_CLAVE)
    suscripcion = SuscripcionCalendario(
        usuario=usuario,
        nombre=nombre,
        grupo=grupo,
        gad=gad,
        entidad=entidad,
        resumen=resumir(clave),
    )
    _guardar(suscripcion, usuario, "Suscripción")
    return suscripcion, clave


@transaction.atomic
def cambiar_direccion(suscripcion, *, por):
    """Da una clave nueva; desde ya, la anterior no abre nada."""
    suscripcion = bloquear(SuscripcionCalendario, suscripcion.pk)
    clave = secrets.token_urlsafe(BYTES_DE_LA_CLAVE)
    suscripcion.resumen = resumir(clave)
    _guardar(suscripcion, por, "Cambio de dirección")
    return suscripcion, clave


@transaction.atomic
def revocar(suscripcion, *, por):
    suscripcion = bloquear(SuscripcionCalendario, suscripcion.pk)
    suscripcion.revocada = timezone.now()
    _guardar(suscripcion, por, "Revocación")


def _guardar(suscripcion, por, razon):
    suscripcion._history_user = por
    suscripcion._change_reason = razon
    suscripcion.save()
