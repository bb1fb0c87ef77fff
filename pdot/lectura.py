"""A quién le toca leer qué de una evaluación: lo de ahora o lo último que se envió.

Mientras el GAD corrige, los demás leen lo que envió.
"""

from .escrito import Toma
from .llenado import Llenado
from .models import Evaluacion


def envios_de(pasos):
    """De los pasos, aquellos en que se envió a revisión, del primero al último."""
    return [paso for paso in pasos if paso.a == Evaluacion.Estado.ENVIADA]


def toma_para(evaluacion, usuario, pasos):
    """Como le toca verla a `usuario`: lo que se está corrigiendo lo lee solo quien la llena."""
    if evaluacion.se_lee_como_esta(usuario):
        return Toma(evaluacion)
    envios = envios_de(pasos)
    return Toma(evaluacion, envios[-1].cuando) if envios else Toma(evaluacion)


def llenado_para(evaluacion, usuario):
    """El Llenado que a `usuario` le toca leer."""
    llenado = Llenado(evaluacion, para=usuario)
    llenado.toma = toma_para(evaluacion, usuario, llenado.pasos)
    return llenado
