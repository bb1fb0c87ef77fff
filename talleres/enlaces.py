"""El enlace con que un GAD responde a su convocatoria sin tener cuenta.

Lleva la llave al azar de la convocatoria, firmada: no se adivina, y a quien lea la base no le
basta. Vence al terminar el encuentro y deja de valer si cambia la llave.
"""

from datetime import datetime, time

from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils import timezone

from .models import Convocatoria, Encuentro

SAL = "talleres.convocatoria.respuesta"
FIN_DEL_DIA = time(23, 59)


class EnlaceFalso(Exception):
    """La firma no verifica: no lo hizo esta plataforma."""


class EnlaceSinValor(Exception):
    """El enlace fue bueno y ya no lo es; el mensaje lo dice sin nombrar nada ni a nadie."""


def enlace_de(convocatoria):
    return _firmante().sign(convocatoria.llave)


def camino_de(convocatoria):
    return reverse("talleres:responder", args=[enlace_de(convocatoria)])


def direccion_de(convocatoria):
    """La dirección entera, con el sitio desde el que se convocó."""
    return convocatoria.sitio + camino_de(convocatoria)


def vence(encuentro):
    """Cuándo termina el encuentro; sin hora de fin, al acabar su día."""
    return datetime.combine(
        encuentro.fecha, encuentro.fin or FIN_DEL_DIA, timezone.get_default_timezone()
    )


def abrir(enlace):
    """La convocatoria de un enlace que todavía vale. Lanza EnlaceFalso o EnlaceSinValor.

    La de un encuentro cancelado también se abre, para poder decirlo.
    """
    try:
        llave = _firmante().unsign(enlace)
    except BadSignature as error:
        raise EnlaceFalso from error
    relacionadas = ("encuentro__canton__padre", "gad__territorio__padre__padre")
    convocatoria = Convocatoria.objects.filter(llave=llave).select_related(*relacionadas).first()
    if convocatoria is None:
        raise EnlaceSinValor("Este enlace se reemplazó por otro: use el último que recibió.")
    _exigir_que_valga(convocatoria)
    return convocatoria


def _exigir_que_valga(convocatoria):
    encuentro = convocatoria.encuentro
    if encuentro.estado == Encuentro.Estado.CANCELADO and not convocatoria.sin_efecto:
        return
    if encuentro.estado == Encuentro.Estado.REALIZADO or vence(encuentro) <= timezone.now():
        raise EnlaceSinValor("El encuentro ya terminó y este enlace venció con él.")
    if not encuentro.convocatorias.de_convocados().filter(pk=convocatoria.pk).exists():
        raise EnlaceSinValor("Esta convocatoria se dejó sin efecto.")


def _firmante():
    return Signer(salt=SAL, sep=".")
