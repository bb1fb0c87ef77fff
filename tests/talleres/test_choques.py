"""El motor de choques, clase por clase: funciones puras, sin base y con el día dicho."""

from datetime import date, time
from types import SimpleNamespace

import pytest

from talleres.choques import (
    AJENO,
    Cita,
    Clase,
    GadConvocado,
    Gravedad,
    Viaje,
    estimar_viaje,
    hallar_choques,
    tiempos_aprendidos,
)
from talleres.models import ParametrosDeAgenda

JUEVES = date(2019, 8, 22)
ANTES, DESPUES = date(2019, 7, 1), date(2020, 1, 1)
PORTOVIEJO = {
    "lugar": "Portoviejo",
    "canton": "1301",
    "nombres_del_canton": ("Portoviejo", "Portoviejo"),
    "punto": (-80.459, -1.065),
}
MANTA = {
    "lugar": "Manta",
    "canton": "1308",
    "nombres_del_canton": ("Manta", "Manta"),
    "punto": (-80.784, -1.023),
}
STPE, UE = {1: "STPE"}, {2: "Consultoría"}


def hora(texto):
    return time.fromisoformat(texto) if texto else None


def cita(pk, horas="08:30-12:30", fecha=JUEVES, **otros):
    inicio, _, fin = horas.partition("-")
    datos = {"tipo": "C", "lugar": "Rioverde", "nombre": f"Encuentro {pk}"} | otros
    datos.setdefault("jornada", "manana" if horas < "12" else "tarde")
    return Cita(pk=pk, fecha=fecha, inicio=hora(inicio), fin=hora(fin), **datos)


def gad(codigo, nombre="Rioverde", nivel="municipal"):
    return GadConvocado(codigo, nombre, nivel)


def hallar(*citas, tiempos=None, hoy=ANTES):
    return hallar_choques(citas, tiempos or {}, hoy)


def clases(*citas, **otros):
    return [choque.clase for choque in hallar(*citas, **otros)]


def dicho(*citas, **otros):
    return [choque.explicacion for choque in hallar(*citas, **otros)]


def test_sin_encuentros_no_hay_choques():
    assert hallar() == []


# --- En dos sitios a la vez ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("una", "otra", "chocan"),
    [
        ("09:00-11:00", "10:00-12:00", True),
        ("09:00-12:00", "10:00-11:00", True),
        ("09:00-11:00", "09:00-11:00", True),
        ("09:00-11:00", "11:00-12:00", False),
        ("09:00-11:00", "10:00-", True),
        ("09:00-", "09:00-", True),
        ("09:00-", "10:00-11:00", False),
        ("", "09:00-11:00", False),
    ],
)
def test_quien_facilita_en_dos_sitios(una, otra, chocan):
    a = cita(1, una, facilitan=STPE, jornada="manana")
    b = cita(2, otra, facilitan=STPE | UE, jornada="manana")
    assert clases(a, b) == ([Clase.EQUIPO] if chocan else [])
    assert clases(b, a) == ([Clase.EQUIPO] if chocan else [])


def test_otro_dia_u_otro_equipo_no_chocan():
    a = cita(1, facilitan=STPE)
    assert clases(a, cita(2, fecha=date(2019, 8, 23), facilitan=STPE)) == []
    assert clases(a, cita(2, facilitan=UE)) == []


def test_se_dice_quien_cuando_y_en_que_encuentros():
    a, b = (cita(pk, facilitan=STPE | UE) for pk in (1, 2))
    assert dicho(a, b) == [
        "Consultoría y STPE están en dos sitios a la vez el jueves 22 de agosto de 2019: "
        "«Encuentro 1» (08:30 a 12:30) y «Encuentro 2» (08:30 a 12:30)."
    ]


def test_el_gad_en_dos_sitios_y_su_autoridad_una_sola_vez():
    con_alcalde = {"gad": "0807", "autoridad": 9, "nombre_de_autoridad": "Alcalde/sa de Rioverde"}
    rioverde, otro = gad("0807"), gad("0801", "Esmeraldas")
    a = cita(1, convocados=[rioverde, otro], **con_alcalde)
    b = cita(2, convocados=[rioverde, otro], **con_alcalde)
    autoridad, gads = hallar(a, b)
    assert (autoridad.clase, gads.clase) == (Clase.AUTORIDAD, Clase.GAD)
    assert autoridad.explicacion.startswith("Alcalde/sa de Rioverde está en dos sitios")
    assert gads.explicacion.startswith("el GAD de Esmeraldas está en dos sitios")


def test_la_clave_cambia_con_los_hechos_y_no_con_el_orden():
    def clave(*citas):
        (choque,) = hallar(*citas)
        return choque.clave

    a, b = cita(1, facilitan=STPE), cita(2, facilitan=STPE)
    assert clave(a, b) == clave(b, a)
    otras = {
        clave(a, cita(2, "08:00-12:30", facilitan=STPE)),
        clave(a, cita(3, facilitan=STPE)),
        clave(cita(1, facilitan=STPE | UE), cita(2, facilitan=STPE | UE)),
    }
    assert len(otras | {clave(a, b)}) == 4


# --- Viajes -------------------------------------------------------------------------------------


def test_el_tiempo_no_alcanza_para_el_viaje():
    a = cita(1, "10:00-12:30", facilitan=STPE, **PORTOVIEJO)
    b = cita(2, "13:00-18:00", facilitan=STPE, **MANTA)
    (choque,) = hallar(a, b)
    assert (choque.clase, choque.gravedad) == (Clase.TRASLADO, Gravedad.GRAVE)
    assert choque.explicacion == (
        "Entre «Encuentro 1» (10:00 a 12:30) en Portoviejo y «Encuentro 2» (13:00 a 18:00) en "
        "Manta, el jueves 22 de agosto de 2019, hay 30 minutos; el viaje toma 35 (unos 44 km de "
        "camino a 75 km por hora)."
    )


@pytest.mark.parametrize(("sale", "choca"), [("13:09", True), ("13:10", False)])
def test_el_margen_se_suma_al_viaje(sale, choca):
    a = cita(1, "10:00-12:30", facilitan=STPE, **PORTOVIEJO)
    b = cita(2, f"{sale}-18:00", facilitan=STPE, **MANTA)
    assert clases(a, b) == ([Clase.TRASLADO] if choca else [])


@pytest.mark.parametrize(
    ("cambio", "choca"),
    [({"velocidad": 110}, False), ({"velocidad": 40}, True), ({"rodeo": 1, "margen": 0}, False)],
)
def test_las_medidas_se_editan(cambio, choca):
    a = cita(1, "10:00-12:25", facilitan=STPE, **PORTOVIEJO)
    b = cita(2, "13:00-18:00", facilitan=STPE, **MANTA, parametros=ParametrosDeAgenda(**cambio))
    assert clases(a, b) == ([Clase.TRASLADO] if choca else [])


def test_no_hay_viaje_sin_equipo_comun_ni_en_linea_ni_sin_hora():
    a = cita(1, "10:00-12:30", facilitan=STPE, **PORTOVIEJO)
    datos = {"horas": "13:00-18:00", "facilitan": STPE, **MANTA}
    assert clases(a, cita(2, **datos | {"facilitan": UE})) == []
    assert clases(a, cita(2, **datos, modalidad="virtual")) == []
    assert clases(a, cita(2, **datos | {"horas": ""})) == []
    assert clases(a, cita(2, **datos | {"punto": None})) == []
    assert clases(cita(1, "10:00-", facilitan=STPE, **PORTOVIEJO), cita(2, **datos)) == []
    assert clases(a, cita(2, **datos | PORTOVIEJO)) == []


def test_de_un_dia_para_otro_alcanza():
    a = cita(1, "17:00-19:00", facilitan=STPE, **PORTOVIEJO)
    b = cita(2, "08:00-10:00", fecha=date(2019, 8, 23), facilitan=STPE, **MANTA)
    assert clases(a, b) == []


def traslado(salida, llegada, minutos=0, origen="Portoviejo", destino="Manta", modo="terrestre"):
    return SimpleNamespace(
        origen=origen, destino=destino, hora=salida, llegada=llegada, modo=modo, minutos=minutos
    )


def test_el_tiempo_real_vale_mas_que_la_distancia():
    medidos = [traslado(8, 9, 50), traslado(8, 9, 60, "MANTA", "portoviejo"), traslado(8, 9, 90)]
    tiempos = tiempos_aprendidos([*medidos, traslado(8, None)])
    assert tiempos == {frozenset({"portoviejo", "manta"}): 60}
    a = cita(1, "10:00-12:30", facilitan=STPE, **PORTOVIEJO)
    b = cita(2, "13:30-18:00", facilitan=STPE, **MANTA)
    assert clases(a, b) == []
    (frase,) = dicho(a, b, tiempos=tiempos)
    assert "hay 60 minutos; el viaje toma 60 (según los traslados anotados)" in frase


def test_lo_aprendido_vale_aunque_el_lugar_se_llame_por_la_sala():
    a = cita(1, **PORTOVIEJO | {"lugar": "Casa de la cultura"})
    viaje = estimar_viaje(a, cita(2, **MANTA), {frozenset({"portoviejo", "manta"}): 50})
    assert viaje == Viaje(50, "según los traslados anotados")


def test_por_aire_sin_horas_no_se_adivina():
    tiempos = tiempos_aprendidos([traslado(None, None, modo="aereo")])
    assert estimar_viaje(cita(1, **PORTOVIEJO), cita(2, **MANTA), tiempos) is None


# --- Orden de los momentos ----------------------------------------------------------------------


def dialogo(pk, codigo, dia, horas="08:30-12:30", **otros):
    tipo = "M1" if len(codigo) == 2 else "M2"
    fecha = date(2019, 8, dia)
    return cita(pk, horas, fecha, tipo=tipo, gad=codigo, provincia="Esmeraldas", **otros)


SIN_M1 = "No consta ningún Momento 1 con el GAD provincial de Esmeraldas, que debía ir antes."
TARDE = "El Momento 1 con el GAD provincial de Esmeraldas es el jueves 22 de agosto de 2019, "


def test_un_m1_y_un_complementario_no_esperan_nada():
    assert dicho(dialogo(1, "08", 19), cita(2)) == []


def test_un_m2_espera_el_m1_de_su_provincia():
    m2 = dialogo(1, "0807", 21)
    assert dicho(m2) == [SIN_M1]
    assert dicho(m2, dialogo(2, "13", 19)) == [SIN_M1]
    assert dicho(m2, dialogo(2, "08", 22)) == [
        TARDE + "después de encuentros a los que debía preceder."
    ]
    assert dicho(m2, dialogo(2, "08", 20)) == []


def test_el_mismo_dia_cuentan_la_jornada_y_la_hora():
    m2 = dialogo(1, "0807", 21, "10:00-11:00")
    assert clases(m2, dialogo(2, "08", 21, "11:00-12:00")) == [Clase.ORDEN]
    assert clases(m2, dialogo(2, "08", 21, "09:00-10:00")) == []
    sin_hora = dialogo(1, "0807", 21, "", jornada="tarde")
    assert clases(sin_hora, dialogo(2, "08", 21, "11:00-12:00")) == []


def test_un_m3_espera_a_cada_gad_convocado_menos_las_parroquias():
    convocados = [
        gad("08", "Esmeraldas", "provincial"),
        gad("0801", "Esmeraldas"),
        gad("0807"),
        gad("080752", "Chumundé", "parroquial"),
    ]
    m3 = cita(3, tipo="M3", convocados=convocados)
    assert dicho(m3, dialogo(1, "08", 19), dialogo(2, "0807", 21)) == [
        "No consta ningún Momento 2 con el GAD municipal de Esmeraldas, que debía ir antes."
    ]


def test_el_dialogo_que_falta_es_un_solo_choque_con_todos_los_que_lo_esperan():
    (choque,) = hallar(dialogo(1, "0807", 21), dialogo(2, "0801", 22))
    assert [una.pk for una in choque.citas] == [1, 2]
    (con_otro,) = hallar(dialogo(1, "0807", 21))
    assert choque.clave == con_otro.clave


# --- De un solo encuentro -----------------------------------------------------------------------


def test_sede_fuera_del_grupo():
    fuera = {**MANTA, "grupos": [1], "sede_en_grupo": False}
    assert dicho(cita(1, **fuera)) == [
        "La sede, Manta, no es un cantón de los grupos del encuentro."
    ]
    assert clases(cita(1, **fuera | {"sede_en_grupo": True})) == []
    assert clases(cita(1, **fuera | {"grupos": []})) == []
    assert clases(cita(1, **fuera, modalidad="virtual")) == []


@pytest.mark.parametrize(
    ("hoy", "frase"),
    [
        (date(2019, 8, 14), None),
        (date(2019, 8, 15), "Faltan 7 días"),
        (date(2019, 8, 21), "Falta 1 día"),
        (JUEVES, "Es hoy"),
        (date(2019, 8, 23), None),
    ],
)
def test_convocatoria_sin_enviar(hoy, frase):
    que = " y la convocatoria no se ha enviado: se espera con 7 días de antelación."
    assert dicho(cita(1, convocados=[gad("0807")]), hoy=hoy) == ([frase + que] if frase else [])


@pytest.mark.parametrize(
    ("estado", "clase"),
    [
        ("planificado", [Clase.CONVOCATORIA]),
        ("reprogramado", [Clase.CONVOCATORIA]),
        ("convocado", []),
        ("realizado", []),
    ],
)
def test_lo_ya_convocado_no_se_reclama(estado, clase):
    assert clases(cita(1, convocados=[gad("0807")], estado=estado), hoy=JUEVES) == clase


def test_sin_a_quien_convocar_no_se_reclama():
    assert clases(cita(1), hoy=JUEVES) == []


@pytest.mark.parametrize(
    ("fecha", "frase"),
    [
        (date(2019, 8, 9), "Primer Grito de Independencia (observado)"),
        (date(2019, 8, 10), "Primer Grito de Independencia"),
        (date(2019, 12, 25), "Navidad"),
        (date(2019, 8, 12), None),
    ],
)
def test_los_feriados_de_ley_con_su_traslado(fecha, frase):
    assert [f.split(": ")[1] for f in dicho(cita(1, fecha=fecha))] == (
        [f"{frase}."] if frase else []
    )


def test_un_feriado_propio():
    assert dicho(cita(1, feriado="Cantonización")) == [
        "El jueves 22 de agosto de 2019 es feriado: Cantonización."
    ]


# --- Lo planificado y lo que ya pasó ------------------------------------------------------------


@pytest.mark.parametrize(
    ("hoy", "estado", "ya_paso"),
    [
        (ANTES, "planificado", False),
        (JUEVES, "convocado", False),
        (DESPUES, "planificado", True),
        (JUEVES, "realizado", True),
    ],
)
def test_lo_que_paso_se_informa(hoy, estado, ya_paso):
    (choque,) = hallar(cita(1, feriado="Fiesta", estado=estado), hoy=hoy)
    assert choque.ya_paso == ya_paso


# --- Lo ajeno -----------------------------------------------------------------------------------


def test_de_lo_ajeno_no_se_dice_ni_el_lugar_ni_la_hora():
    a = cita(1, "10:00-12:30", facilitan=STPE, **PORTOVIEJO)
    viaja = cita(2, "13:00-18:00", facilitan=STPE, visible=False, **MANTA)
    (choque,) = hallar(a, viaja)
    assert choque.explicacion == (
        f"STPE: no hay tiempo para viajar entre «Encuentro 1» (10:00 a 12:30) y {AJENO}."
    )
    assert (choque.visibles, choque.ajenas) == ([a], 1)
    a_la_vez = cita(2, "09:00-11:00", facilitan=STPE, visible=False)
    assert dicho(a, a_la_vez) == [
        "STPE está en dos sitios a la vez el jueves 22 de agosto de 2019: "
        f"«Encuentro 1» (10:00 a 12:30) y {AJENO}."
    ]


def test_el_dialogo_ajeno_cuenta_y_no_se_dice_cuando_fue():
    m2 = dialogo(1, "0807", 21)
    assert dicho(m2, dialogo(2, "08", 20, visible=False)) == []
    assert dicho(m2, dialogo(2, "08", 22, visible=False)) == [
        "El Momento 1 con el GAD provincial de Esmeraldas va después de encuentros a los que debía "
        "preceder."
    ]


def test_lo_que_es_solo_de_otros_no_sale():
    a, b = (cita(pk, facilitan=STPE, feriado="Fiesta", visible=False) for pk in (1, 2))
    assert hallar(a, b, dialogo(3, "0807", 21, visible=False)) == []
