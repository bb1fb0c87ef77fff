"""El diagrama de Gantt de un plan de capacidades: las mismas medidas que la hoja de ruta."""

from dataclasses import dataclass
from datetime import timedelta

from acompanamiento.ruta import (
    ALTO_CABECERA,
    ALTO_FILA,
    ANCHO_NOMBRE,
    ANCHO_TIEMPO,
    HOLGURA,
    Diagrama,
    meses_entre,
)

from .models import ActividadCapacidad

# Una actividad de un día se dibuja con un ancho que se ve.
ANCHO_MINIMO = 8
# Más a la derecha, el nombre del mes saldría cortado.
ULTIMO_MES = ANCHO_NOMBRE + ANCHO_TIEMPO - 60
UN_DIA = timedelta(days=1)


@dataclass
class BarraDeActividad:
    """Una actividad en el tiempo: dónde empieza, cuánto dura y la parte hecha, en el SVG."""

    actividad: ActividadCapacidad
    y: int
    x: int
    ancho: int
    hecho: int


def gantt(actividades, hoy):
    """Diagrama de las actividades, que ya vienen por fecha; None si no hay ninguna.

    El eje va del primer día del mes en que empieza la primera al último día en que termina la
    última, más un poco de aire.
    """
    actividades = list(actividades)
    if not actividades:
        return None
    inicio = min(una.desde for una in actividades).replace(day=1)
    fin = max(una.hasta for una in actividades) + HOLGURA
    escala = ANCHO_TIEMPO / max((fin - inicio).days, 1)

    def lugar(fecha):
        return ANCHO_NOMBRE + round((fecha - inicio).days * escala)

    barras = [_barra(una, n, lugar) for n, una in enumerate(actividades)]
    return Diagrama(
        barras=barras,
        meses=[(lugar(mes), mes) for mes in meses_entre(inicio, fin) if lugar(mes) <= ULTIMO_MES],
        hoy=lugar(hoy) if inicio <= hoy <= fin else None,
        ancho=ANCHO_NOMBRE + ANCHO_TIEMPO,
        alto=ALTO_CABECERA + ALTO_FILA * len(barras) + 4,
    )


def _barra(actividad, numero, lugar):
    x = lugar(actividad.desde)
    # El último día se cuenta entero.
    ancho = max(lugar(actividad.hasta + UN_DIA) - x, ANCHO_MINIMO)
    hecho = round(ancho * actividad.avance / 100)
    return BarraDeActividad(actividad, ALTO_CABECERA + ALTO_FILA * numero, x, ancho, hecho)
