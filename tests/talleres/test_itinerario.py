"""El planificador de itinerarios: orden, horario, viajes, plazos, rechazos y determinismo."""

import subprocess
import sys
from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talleres.itinerario import (
    Condiciones,
    Infactible,
    Lugar,
    Visita,
    minutos_de_viaje,
    proponer,
    viaje,
)
from talleres.itinerario_informe import Parada, choques, como_datos, explicar, paradas_de, por_dia

LUNES, VIERNES = date(2019, 8, 19), date(2019, 8, 23)
# Sobre el ecuador, un grado de longitud son 111 km; con el rodeo, 150 y 3 horas.
BASE = Lugar("1701", "Quito", -78.5, 0.0)
CERCA = Lugar("0801", "Esmeraldas", -79.0, 0.0)
LEJOS = Lugar("0807", "Rioverde", -79.5, 0.0)
ISLA = Lugar("2001", "Puerto Baquerizo Moreno", -89.6, -0.9, insular=True)
OTRA_ISLA = Lugar("2003", "Puerto Ayora", -90.3, -0.7, insular=True)

M1 = Visita("M1-08", "M1", "M1 · Esmeraldas", CERCA)
M2 = Visita("M2-0807", "M2", "M2 · Rioverde", LEJOS, frozenset({"M1-08"}))
M3 = Visita("M3-1", "M3", "M3 · Grupo 1", CERCA, frozenset({"M1-08", "M2-0807"}))


def condiciones(**otras):
    datos = {"base": BASE, "desde": LUNES, "hasta": date(2019, 9, 6), "limite": 0.05}
    return Condiciones(**datos | otras)


def horario(itinerario):
    return [(c.visita.clave, c.fecha.day, f"{c.inicio:%H:%M}") for c in itinerario.citas]


def halladas(itinerario, visitas, pedido):
    previas = {visita.clave: visita.despues_de for visita in visitas}
    return choques(paradas_de(itinerario), previas, minutos_de_viaje(pedido))


# --- Lo que propone -----------------------------------------------------------------------------


def test_respeta_el_orden_de_los_momentos_y_llega_a_tiempo():
    itinerario = proponer([M3, M2, M1], condiciones())
    assert horario(itinerario) == [
        ("M1-08", 19, "08:00"),
        ("M2-0807", 19, "14:00"),
        ("M3-1", 20, "09:00"),
    ]
    assert itinerario.citas[-1].jornadas == ((time(9), time(13)), (time(14), time(17, 30)))
    assert [
        (t.fecha.day, f"{t.salida:%H:%M}–{t.llegada:%H:%M}", t.destino.nombre, t.llega_a)
        for t in itinerario.tramos
    ] == [
        (19, "06:15–08:00", "Esmeraldas", "M1-08"),
        (19, "10:00–11:45", "Rioverde", "M2-0807"),
        (19, "16:00–17:45", "Esmeraldas", "M3-1"),
        (20, "17:30–19:15", "Quito", ""),
    ]
    assert (itinerario.dias_habiles, itinerario.dias_fuera, itinerario.optimo) == (2, 2, True)


def test_un_taller_sin_parroquias_no_tiene_tarde():
    [cita] = proponer([replace(M3, con_tarde=False)], condiciones()).citas
    assert cita.jornadas == ((time(8), time(12)),)


def test_nadie_se_reune_en_la_pausa():
    visitas = [replace(M1, clave=f"M1-{n}", lugar=BASE) for n in range(4)]
    itinerario = proponer(visitas, condiciones(m1=150))
    assert [hora for _, _, hora in horario(itinerario)] == ["08:00", "10:30", "14:00", "08:00"]


def test_espera_el_plazo_y_salta_feriados_y_fines_de_semana():
    tarde = replace(M1, desde=date(2019, 8, 22))
    feriados = frozenset({date(2019, 8, 22), VIERNES})
    [cita] = proponer([tarde], condiciones(feriados=feriados)).citas
    assert cita.fecha == date(2019, 8, 26)


def test_no_cuenta_como_dia_fuera_el_que_se_espera_en_casa():
    itinerario = proponer([replace(M1, desde=VIERNES)], condiciones())
    assert (itinerario.salida, itinerario.dias_habiles) == (VIERNES, 1)


def test_si_no_llega_esa_manana_sale_la_vispera():
    lejano = Lugar("0805", "San Lorenzo", -80.5, 0.0)
    itinerario = proponer([replace(M3, lugar=lejano, despues_de=frozenset())], condiciones())
    [ida, vuelta] = itinerario.tramos
    assert (ida.fecha.day, ida.llegada, itinerario.citas[0].fecha.day) == (19, time(20), 20)
    assert (vuelta.fecha.day, vuelta.salida, itinerario.dias_habiles) == (21, time(6), 3)


def test_a_las_islas_se_vuela_y_entre_ellas_se_navega():
    pedido = condiciones()
    assert viaje(pedido, BASE, ISLA)[2] == "aereo"
    assert viaje(pedido, ISLA, OTRA_ISLA)[2] == "fluvial"
    assert viaje(pedido, BASE, CERCA)[2] == "terrestre"


lugares = st.builds(
    lambda n, lon, lat: Lugar(f"{n:04d}", f"Lugar {n}", lon / 10, lat / 10),
    st.integers(1, 9999),
    st.integers(-805, -785),
    st.integers(-15, 15),
)


@settings(max_examples=25, deadline=None)
@given(st.lists(lugares, min_size=1, max_size=5, unique_by=lambda lugar: lugar.codigo))
def test_ningun_itinerario_choca(sitios):
    visitas = [replace(M1, lugar=sitios[0])]
    visitas += [
        replace(M2, clave=f"M2-{sitio.codigo}", lugar=sitio, nombre=sitio.nombre)
        for sitio in sitios
    ]
    visitas.append(replace(M3, despues_de=frozenset(visita.clave for visita in visitas)))
    pedido = condiciones(limite=0.01)
    itinerario = proponer(visitas, pedido)
    assert halladas(itinerario, visitas, pedido) == []
    assert len(itinerario.citas) == len(visitas)
    for cita in itinerario.citas:
        assert pedido.inicio <= cita.inicio < cita.fin <= pedido.fin
        assert cita.fecha in pedido.dias
    for tramo in itinerario.tramos:
        assert pedido.viaje_desde <= tramo.salida < tramo.llegada <= pedido.viaje_hasta


def test_es_determinista_aunque_lleguen_en_otro_orden():
    uno = proponer([M1, M2, M3], condiciones())
    otro = proponer([M3, M1, M2], condiciones())
    assert como_datos(uno) == como_datos(otro)


def test_el_proceso_que_no_busca_no_carga_el_solucionador():
    orden = "import sys, talleres.itinerario; sys.exit('ortools' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", orden], check=False).returncode == 0


# --- Lo que no puede ser ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("visitas", "otras", "motivo"),
    [
        ([], {}, "No hay ningún encuentro por programar."),
        (
            [M1],
            {"desde": date(2019, 8, 24), "hasta": date(2019, 8, 25)},
            "No hay días hábiles entre el 24/08/2019 y el 25/08/2019.",
        ),
        (
            [M1],
            {"m1": 330},
            "«M1 · Esmeraldas» dura 5 h 30 y no cabe entre las 08:00 y las 18:00 con la pausa de "
            "13:00 a 14:00.",
        ),
        (
            [M3],
            {"m3_manana": 360},
            "«M3 · Grupo 1» dura 10 h 30 y no cabe entre las 08:00 y las 18:00 con la pausa de "
            "13:00 a 14:00; la mañana del taller termina en la pausa.",
        ),
        (
            [M1],
            {"inicio": time(5)},
            "El horario de reuniones, de 05:00 a 18:00, debe caber en el de viaje, de 06:00 a "
            "20:00.",
        ),
        (
            [replace(M1, desde=date(2019, 8, 24), hasta=date(2019, 8, 25))],
            {},
            "«M1 · Esmeraldas» no tiene ningún día hábil posible: puede ser desde el 24/08/2019 y "
            "hasta el 25/08/2019, y el período no los incluye.",
        ),
        (
            [replace(M1, desde=VIERNES), replace(M2, hasta=LUNES)],
            {},
            "«M2 · Rioverde» va después de «M1 · Esmeraldas», que no puede ser antes del "
            "23/08/2019, y su plazo acaba el 19/08/2019.",
        ),
        (
            [replace(M1, lugar=Lugar("9999", "Lejísimos", -70.0, 0.0))],
            {},
            "De Quito a Lejísimos hay unos 1276 km y 25 h 45 de viaje: no caben en un día. Elija "
            "otro lugar de salida.",
        ),
        (
            [replace(M3, clave=f"M3-{n}", despues_de=frozenset()) for n in range(3)],
            {"hasta": date(2019, 8, 20)},
            "3 encuentros no caben entre el 19/08/2019 y el 20/08/2019: hay 2 días hábiles y hacen "
            "falta al menos 3.",
        ),
        (
            [M1, M2, M3],
            {"hasta": LUNES},
            "3 encuentros no caben entre el 19/08/2019 y el 19/08/2019: hay 1 día hábil y hacen "
            "falta al menos 2.",
        ),
        (
            [replace(M2, despues_de=frozenset(), lugar=ISLA), M1],
            {"hasta": LUNES},
            "2 encuentros no caben entre el 19/08/2019 y el 19/08/2019: hay 1 día hábil y con los "
            "viajes, las esperas y los plazos no alcanzan.",
        ),
    ],
)
def test_lo_infactible_dice_que_falla(visitas, otras, motivo):
    with pytest.raises(Infactible) as rechazo:
        proponer(visitas, condiciones(**otras))
    assert str(rechazo.value) == motivo


def test_halla_lo_que_a_mano_no_sale():
    """A mano se iría primero a lo cercano y ya no se llegaría al plazo de lo lejano."""
    urgente = replace(M2, despues_de=frozenset(), hasta=LUNES, lugar=LEJOS)
    otros = [replace(M1, clave=f"M1-{n}") for n in range(2)]
    itinerario = proponer([*otros, urgente], condiciones(m1=180, limite=1.0))
    assert ("M2-0807", 19) in [fila[:2] for fila in horario(itinerario)]


# --- Lo que se dice -----------------------------------------------------------------------------


def test_choques_de_lo_que_no_se_propuso():
    pedido = condiciones()

    def parada(visita, dia, desde, hasta):
        fecha = date(2019, 8, dia)
        return Parada(visita.clave, visita.nombre, fecha, time(desde), time(hasta), visita.lugar)

    previas = {visita.clave: visita.despues_de for visita in (M1, M2, M3)}
    juntas = [parada(M2, 19, 8, 10), parada(M1, 19, 11, 13), parada(M3, 19, 12, 14)]
    assert choques(juntas, previas, minutos_de_viaje(pedido)) == [
        "19 de agosto: de Rioverde a Esmeraldas hay 1 h y el viaje toma 1 h 45.",
        "19 de agosto: «M1 · Esmeraldas» y «M3 · Grupo 1» se cruzan.",
        "«M2 · Rioverde» va antes que «M1 · Esmeraldas».",
    ]


def test_se_explica_y_se_ordena_por_dia():
    pedido = condiciones()
    itinerario = proponer([M1, M2, M3], pedido)
    assert explicar(itinerario, pedido, ["M2 · Atacames"]) == [
        "El equipo sale de Quito el lunes 19 de agosto y vuelve el martes 20 de agosto: 2 días "
        "hábiles, 2 días fuera contando los de descanso, y unos 300 km.",
        "Cada momento va después de los que le tocan: el 1 con la provincia, el 2 con sus cantones "
        "y el 3 con todo el grupo.",
        "Se demostró que no hay otro con menos días ni, con esos días, menos kilómetros.",
        "Ya están programados y no se proponen: M2 · Atacames.",
    ]
    assert [(j.fecha.day, len(j.pasos)) for j in por_dia(itinerario)] == [(19, 5), (20, 3)]
