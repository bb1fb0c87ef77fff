"""Límite de intentos por conexión, para las páginas que se abren sin cuenta.

Se cuenta en la caché, por minuto y por dirección de red, o por llave de la API. Los topes están en
la configuración (`LIMITES_POR_MINUTO`).
"""

import time

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache

SEGUNDOS = 60


def pasa(request, accion, de_quien=""):
    """Anota un intento y dice si cabe en el límite.

    `de_quien`: a quién se le cuenta; si no se dice, a la dirección de red.
    """
    clave = _clave(request, accion, de_quien)
    # La cuenta vive dos minutos: así no caduca entre crearla y sumarle.
    cache.add(clave, 0, 2 * SEGUNDOS)
    try:
        return cache.incr(clave) <= settings.LIMITES_POR_MINUTO[accion]
    except ValueError:
        # La caché se llenó y desalojó justo esta cuenta: se empieza otra.
        cache.add(clave, 1, 2 * SEGUNDOS)
        return True


def esta_agotado(request, accion):
    """Si ya se llegó al límite en este minuto, sin anotar nada."""
    return cache.get(_clave(request, accion), 0) >= settings.LIMITES_POR_MINUTO[accion]


def segundos_para_otro():
    """Cuánto falta para que la cuenta empiece otra vez."""
    return SEGUNDOS - int(time.time()) % SEGUNDOS


def _clave(request, accion, de_quien=""):
    # La dirección la da allauth, que sabe a cuántos intermediarios se les cree.
    quien = de_quien or get_adapter().get_client_ip(request)
    return f"limite:{accion}:{quien}:{int(time.time()) // SEGUNDOS}"
