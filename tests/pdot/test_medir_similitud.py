"""El banco de prueba: lo que dice su LEEME es lo que se mide hoy."""

from io import StringIO

from django.core.management import call_command

from pdot.banco_similitud import leer_banco, medir
from pdot.similitud import UMBRAL


def test_el_banco_trae_los_elementos_de_la_fuente():
    banco = leer_banco()
    assert [len(grupo.elementos) for grupo in banco] == [7, 8, 5, 7]
    assert [len(grupo.partes) for grupo in banco] == [24, 5, 0, 0]
    for grupo in banco:
        assert {parte for parte, _ in grupo.leidos} <= set(grupo.partes)
        assert {elemento for _, elemento in grupo.leidos} <= set(grupo.elementos)


def test_el_umbral_de_fabrica_es_el_menor_que_no_confunde():
    def confunde(umbral):
        return sum(medir(grupo, umbral).confundidos for grupo in leer_banco())

    assert [confunde(umbral) for umbral in (UMBRAL - 10, UMBRAL)] == [1, 0]


def test_lo_publicado_es_lo_que_se_mide(settings):
    salida = StringIO()
    call_command("medir_similitud", stdout=salida)
    publicado = (settings.BASE_DIR / "fixtures/banco/LEEME.md").read_text()
    filas = [linea.split() for linea in salida.getvalue().splitlines()]
    curva = [fila for fila in filas if fila and fila[0].isdecimal() and int(fila[0]) >= 30]
    assert len(curva) == 8
    for (
        umbral,
        juntados,
        _,
        aciertos,
        precision,
        exhaustividad,
        recogidos,
        *_,
        confundidos,
    ) in curva:
        datos = (juntados, aciertos, precision, exhaustividad, recogidos, confundidos)
        assert f"| {' | '.join(datos)} |" in publicado, umbral
