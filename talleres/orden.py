"""El orden de los momentos: M1 → M2 → M3 es la regla (S:325-343); se avisa, no se impide.

Funciones puras sobre las citas de `choques.py`: no consultan la base.
"""

from datetime import time

from territorios.models import Gad

from .models import Encuentro

Tipo = Encuentro.Tipo
DIALOGOS = (Tipo.M1, Tipo.M2)
AL_FINAL = time(23, 59, 59)


def momento_de(cita):
    """Para ordenar: por día, jornada y hora; lo que no tiene hora va al final de su jornada."""
    return cita.fecha, cita.jornada, cita.inicio or AL_FINAL


def dialogos_esperados(cita):
    """{código: nombre} de los GAD con que debía haber un diálogo antes de `cita`.

    Un M2 espera el M1 de su provincia; un M3, el M1 o el M2 de cada GAD provincial o municipal
    convocado.
    """
    if cita.tipo == Tipo.M3:
        con_dialogo = Gad.PROVINCIALES + Gad.MUNICIPALES
        return {gad.codigo: gad.nombre for gad in cita.convocados if gad.nivel in con_dialogo}
    if cita.tipo == Tipo.M2 and cita.gad:
        return {cita.gad[:2]: cita.provincia}
    return {}


def con_quien(codigo, nombre):
    """«Momento 1 con el GAD provincial de Manabí», según el código del GAD."""
    if len(codigo) == 2:
        return f"Momento 1 con el GAD provincial de {nombre}"
    return f"Momento 2 con el GAD municipal de {nombre}"
