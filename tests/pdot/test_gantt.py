"""El Gantt del plan: cada barra donde le toca, la parte hecha y la raya de hoy."""

from datetime import date

from pdot.gantt import gantt
from pdot.models import ActividadCapacidad


def una(desde, hasta, avance=0):
    return ActividadCapacidad(titulo="T", desde=desde, hasta=hasta, avance=avance)


def test_sin_actividades_no_hay_diagrama():
    assert gantt([], date(2027, 1, 1)) is None


def test_las_barras_siguen_a_las_fechas_y_caben():
    dibujo = gantt(
        [
            una(date(2027, 1, 10), date(2027, 2, 10), 50),
            una(date(2027, 3, 1), date(2027, 3, 31), 100),
            una(date(2027, 3, 31), date(2027, 3, 31)),
        ],
        date(2027, 2, 1),
    )
    primera, segunda, punto = dibujo.barras
    assert primera.x < dibujo.hoy < primera.x + primera.ancho <= segunda.x
    assert (primera.hecho, segunda.hecho, punto.hecho) == (
        round(primera.ancho / 2),
        segunda.ancho,
        0,
    )
    # Un solo día también se ve, y nada se sale del papel.
    assert punto.ancho == 8
    assert all(barra.x + barra.ancho <= dibujo.ancho for barra in dibujo.barras)
    assert [mes.month for _, mes in dibujo.meses] == [1, 2, 3, 4]


def test_hoy_no_se_marca_si_cae_fuera():
    assert gantt([una(date(2027, 1, 1), date(2027, 1, 9))], date(2030, 1, 1)).hoy is None
