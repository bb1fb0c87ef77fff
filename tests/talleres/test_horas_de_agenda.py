"""Las horas de una agenda se rehacen de una en otra, y lo que no cuadra se dice."""

from talleres.agenda import avisos_de, encadenar

OCHO = 8 * 60


def en_texto(tramos):
    return [str(tramo) for tramo in tramos]


def test_cada_punto_sigue_al_anterior():
    tramos = encadenar(OCHO, [(30, None), (10, None), (90, None)])
    assert en_texto(tramos) == ["08:00 – 08:30", "08:30 – 08:40", "08:40 – 10:10"]
    assert [tramo.hueco for tramo in tramos] == [0, 0, 0]


def test_una_hora_fijada_deja_un_hueco_y_lo_siguiente_sigue_de_ella():
    tramos = encadenar(OCHO, [(30, None), (30, OCHO + 60), (15, None)])
    assert en_texto(tramos) == ["08:00 – 08:30", "09:00 – 09:30", "09:30 – 09:45"]
    assert [tramo.hueco for tramo in tramos] == [0, 30, 0]


def test_lo_que_se_superpone_se_cuenta_desde_lo_ultimo_que_termina():
    """El tercero empieza después del segundo, pero el primero todavía no termina."""
    tramos = encadenar(OCHO, [(120, None), (15, OCHO + 30), (15, OCHO + 60)])
    assert [tramo.hueco for tramo in tramos] == [0, -90, -60]


def test_fijar_la_hora_del_primero_mueve_el_comienzo():
    tramos = encadenar(OCHO, [(30, OCHO + 30), (30, None)])
    assert en_texto(tramos) == ["08:30 – 09:00", "09:00 – 09:30"]
    assert [tramo.hueco for tramo in tramos] == [0, 0]


def test_el_ultimo_minuto_del_dia_es_el_tope():
    justo, pasado = (encadenar(23 * 60, [(minutos, None)])[0] for minutos in (59, 60))
    assert (justo.cabe_en_el_dia, pasado.cabe_en_el_dia) == (True, False)


def test_los_avisos_van_junto_a_su_punto():
    tramos = encadenar(OCHO, [(30, None), (30, OCHO + 50), (30, OCHO + 70)])
    assert avisos_de(tramos, inicio=OCHO + 15, fin=OCHO + 90) == [
        ["Empieza 15 min antes que el encuentro, fijado a las 08:15."],
        ["Quedan 20 min libres antes de este punto."],
        [
            "Se superpone 10 min con lo anterior.",
            "Pasa en 10 min del fin del encuentro, fijado a las 09:30.",
        ],
    ]


def test_empezar_despues_que_el_encuentro_tambien_se_dice():
    (avisos,) = avisos_de(encadenar(OCHO, [(30, None)]), inicio=OCHO - 30)
    assert avisos == ["Empieza 30 min después que el encuentro, fijado a las 07:30."]


def test_sin_hora_fijada_del_encuentro_no_hay_con_que_comparar():
    assert avisos_de(encadenar(OCHO, [(30, None)])) == [[]]
