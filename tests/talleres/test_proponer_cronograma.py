"""Proponer un cronograma: las órdenes, la página y lo que se guarda de ella."""

import json
from datetime import date, time
from io import StringIO
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from acompanamiento.models import Estrategia
from talleres.insumos import lugares_en
from talleres.lector_choques import choques_de_estrategia
from talleres.management.commands.medir_itinerario import comparar
from talleres.management.commands.proponer_cronograma import base_llamada
from talleres.models import Convocado, Encuentro, Facilitacion, Feriado, Traslado
from tests import siembra
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory, EntidadFactory, GrupoFactory, TrasladoFactory

pytestmark = pytest.mark.django_db
PUNTOS = {
    "0801": (-79.69, 0.94),
    "0803": (-80.02, 0.61),
    "0807": (-79.41, 1.04),
    "1303": (-80.09, -0.69),
    "1317": (-80.05, 0.07),
}


@pytest.fixture
def url(estrategia, territorio):
    for codigo, (lon, lat) in PUNTOS.items():
        lugar = territorio.lugar[codigo]
        lugar.lon, lugar.lat = lon, lat
        lugar.save()
    return reverse("talleres:proponer", args=[estrategia.codigo])


@pytest.fixture
def guardar(estrategia):
    return reverse("talleres:guardar_propuestos", args=[estrategia.codigo])


@pytest.fixture
def pedida(client, zonal1, grupo1, url):
    """La dirección de una propuesta para el grupo 1, con la zona 1 dentro."""
    return entrar(client, zonal1).get(f"{url}?grupos={grupo1.pk}&base=0801&desde=2019-08-19").url


def consulta(direccion):
    return urlsplit(direccion).query


def errores(respuesta):
    return {campo: list(lista) for campo, lista in respuesta.context["form"].errors.items()}


CLAVES = ["M1-08", "M2-0801", "M2-0807", "M3-1"]


# --- La página ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [("central", 200), ("zonal1", 200), ("observador", 403), ("plan_rioverde", 403)],
)
def test_proponen_la_central_y_las_zonas(client, elenco, grupo1, url, guardar, quien, estado):
    entrar(client, elenco[quien])
    assert client.get(url).status_code == estado
    assert client.post(guardar).status_code == (400 if estado == 200 else 403)


def test_la_propuesta_viaja_en_la_direccion_y_no_guarda_nada(client, pedida):
    assert parse_qs(consulta(pedida))["v"] == [
        "M1-08.201908190800",
        "M2-0801.201908191000",
        "M2-0807.201908191400",
        "M3-1.201908200900",
    ]
    respuesta = client.get(pedida)
    assert respuesta.context["itinerario"].dias_habiles == 2
    dias = respuesta.context["lectura"].dias
    assert [(fecha.day, len(pasos)) for fecha, pasos in dias] == [(19, 4), (20, 3)]
    assert "Rioverde (cantón, Esmeraldas)" in respuesta.text
    assert not Encuentro.objects.exists()
    assert not Traslado.objects.exists()


def test_guardar_deja_los_encuentros_planificados_con_sus_convocados(
    client, zonal1, grupo1, pedida, guardar
):
    respuesta = client.post(guardar, {"consulta": consulta(pedida), "elegido": CLAVES})
    assert respuesta.url == pedida
    filas = [
        (e.tipo, e.inicio.hour, e.gad_id, e.canton_id, sorted(e.gads_convocados.values_list("pk")))
        for e in Encuentro.objects.order_by("fecha", "inicio")
    ]
    assert filas == [
        ("M1", 8, "08", "0801", [("08",)]),
        ("M2", 10, "0801", "0801", [("0801",)]),
        ("M2", 14, "0807", "0807", [("0807",)]),
        ("M3", 9, None, "0807", [("08",), ("0801",), ("0807",)]),
        ("M3", 14, None, "0807", [("08",), ("0801",), ("0807",), ("080752",)]),
    ]
    manana, tarde = Encuentro.objects.filter(tipo="M3").order_by("inicio")
    assert (tarde.jornada_de, tarde.estado, list(tarde.grupos.all())) == (
        manana,
        "planificado",
        [grupo1],
    )
    assert manana.historia.first().history_user == zonal1
    traslados = [
        (t.fecha.day, t.orden, t.origen, t.destino, t.hora) for t in Traslado.objects.all()
    ]
    assert traslados == [
        (19, 3, "Esmeraldas", "Rioverde", time(12)),
        (20, 3, "Rioverde", "Esmeraldas", time(17, 30)),
    ]
    assert Traslado.objects.first().historia.get().history_user == zonal1
    assert client.get(pedida).context["lectura"].pendientes == []


def test_enviar_dos_veces_no_repite(client, pedida, guardar):
    datos = {"consulta": consulta(pedida), "elegido": CLAVES}
    client.post(guardar, datos)
    respuesta = client.post(guardar, datos)
    assert respuesta.status_code == 409
    assert errores(respuesta) == {
        "__all__": [
            "No hay nada que guardar: marque algún encuentro que todavía no esté programado."
        ]
    }
    assert (Encuentro.objects.count(), Traslado.objects.count()) == (5, 2)


def test_lo_que_no_se_marca_se_descarta_y_el_viaje_se_cuenta_sin_ello(client, pedida, guardar):
    client.post(guardar, {"consulta": consulta(pedida), "elegido": ["M1-08", "M2-0801"]})
    assert list(Encuentro.objects.values_list("tipo", flat=True)) == ["M1", "M2"]
    assert not Traslado.objects.exists()
    lectura = client.get(pedida).context["lectura"]
    assert [propuesto.clave for propuesto in lectura.pendientes] == ["M2-0807", "M3-1"]


def test_todo_o_nada(client, pedida, guardar, monkeypatch):
    """Si el último no se puede guardar, no queda ninguno."""

    def fallar(self, **kwargs):
        raise RuntimeError("se fue la luz")

    monkeypatch.setattr(Traslado, "save", fallar)
    with pytest.raises(RuntimeError):
        client.post(guardar, {"consulta": consulta(pedida), "elegido": CLAVES})
    assert not Encuentro.objects.exists()


def test_editar_lleva_lo_propuesto_al_formulario(client, pedida):
    propuesto = client.get(pedida).context["lectura"].propuestos[2]
    form = client.get(f"{reverse('talleres:crear_encuentro')}?{propuesto.en_formulario()}").context[
        "form"
    ]
    campos = ("tipo", "fecha", "inicio", "fin", "lugar", "canton", "gad")
    assert [form[campo].value() for campo in campos] == [
        *("M2", "2019-08-19", "14:00", "16:00", "Rioverde", "0807", "0807")
    ]
    assert form["tema"].value() == "Diálogo con la autoridad del GAD municipal de Rioverde"


def test_lo_ya_programado_no_se_propone_y_lo_siguiente_va_despues(client, zonal1, grupo1, url):
    EncuentroFactory(
        tipo="M1", gad_id="08", fecha=date(2019, 8, 20), canton_id="0801", grupos=[grupo1]
    )
    entrar(client, zonal1)
    pedido = client.get(f"{url}?grupos={grupo1.pk}&base=0801&desde=2019-08-19").url
    assert parse_qs(consulta(pedido))["v"][0] == "M2-0801.201908210800"
    respuesta = client.get(pedido)
    frase = "Ya están programados y no se proponen: M1 · Esmeraldas (provincia)."
    assert frase in respuesta.context["frases"]
    desde_cero = client.get(f"{url}?grupos={grupo1.pk}&base=0801&desde=2019-08-19&repetir=on").url
    assert parse_qs(consulta(desde_cero))["v"][0] == "M1-08.201908190800"


# --- Disponibilidad y viajes sabidos ------------------------------------------------------------


def propuesto(client, url, **datos):
    """{clave: «día hora»} de la propuesta."""
    textos = parse_qs(consulta(client.get(url, datos | {"base": "0801"}).url))["v"]
    pares = (texto.split(".") for texto in textos)
    return {clave: f"{sello[6:8]} {sello[8:]}" for clave, sello in pares}


def test_el_equipo_no_se_propone_donde_ya_esta_y_queda_como_facilitador(
    client, zonal1, grupo1, grupo2, url, guardar
):
    equipo = EntidadFactory(nombre="Equipo de prueba")
    ocupado = EncuentroFactory(fecha=date(2019, 8, 19), grupos=[grupo2])
    Facilitacion.objects.create(encuentro=ocupado, entidad=equipo)
    entrar(client, zonal1)
    pedido = {"grupos": grupo1.pk, "desde": "2019-08-19", "equipo": equipo.pk}
    assert propuesto(client, url, **pedido)["M1-08"] == "20 0800"
    ocupado.estado, ocupado.motivo = "cancelado", "De prueba"
    ocupado.save()
    assert propuesto(client, url, **pedido)["M1-08"] == "19 0800"
    direccion = client.get(url, pedido | {"base": "0801"}).url
    sin_guardar = client.get(direccion).context["lectura"].propuestos[0]
    editar = f"{reverse('talleres:crear_encuentro')}?{sin_guardar.en_formulario()}"
    assert client.get(editar).context["form"]["facilitan"].value() == [str(equipo.pk)]
    client.post(guardar, {"consulta": consulta(direccion), "elegido": CLAVES})
    nuevos = Encuentro.objects.exclude(pk=ocupado.pk)
    assert {tuple(e.facilitaciones.values_list("entidad", "papel")) for e in nuevos} == {
        ((equipo.pk, "facilita"),)
    }
    # Guardado lo propuesto, la página se sigue leyendo y no hay choques.
    assert client.get(direccion).context["lectura"].pendientes == []
    assert choques_de_estrategia(grupo1.estrategia, zonal1, date(2019, 8, 1)) == []


def test_a_un_gad_no_se_le_propone_el_dia_en_que_esta_en_otro_encuentro(
    client, zonal1, grupo1, url
):
    otro = EncuentroFactory(fecha=date(2019, 8, 20), tipo="C", clase="colectivos", grupos=[grupo1])
    Convocado.objects.create(encuentro=otro, gad_id="080752")
    entrar(client, zonal1)
    pedido = {"grupos": grupo1.pk, "desde": "2019-08-19"}
    assert propuesto(client, url, **pedido)["M3-1"] == "21 0900"
    assert propuesto(client, url, **pedido, repetir="on")["M3-1"] == "20 0900"


def test_un_feriado_del_canton_no_se_propone_para_el(client, zonal1, grupo1, url):
    Feriado.objects.create(fecha=date(2019, 8, 20), nombre="Cantonización", canton_id="0807")
    entrar(client, zonal1)
    assert propuesto(client, url, grupos=grupo1.pk, desde="2019-08-19")["M3-1"] == "21 0900"


def test_el_viaje_toma_lo_que_se_anoto_que_tomaba(client, zonal1, grupo1, estrategia, url):
    entrar(client, zonal1)
    pedido = {"grupos": grupo1.pk, "desde": "2019-08-19", "fin": "20:00"}
    assert propuesto(client, url, **pedido)["M2-0807"] == "19 1400"
    TrasladoFactory(
        estrategia=estrategia,
        origen="Rioverde",
        destino="Esmeraldas",
        hora=time(6),
        llegada=time(10, 10),
    )
    # Cuatro horas y diez, más el margen con que se buscan choques, desde las 12:00.
    assert propuesto(client, url, **pedido)["M2-0807"] == "19 1615"


# --- Entradas malas -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cambio", "campo", "mensaje"),
    [
        ({"desde": "2031-01-01"}, "desde", "Debe ser entre el 1 de agosto de 2019 y el 31 de "),
        ({"inicio": "05:00"}, "inicio", "Debe ser entre las 06:00 y las 13:00."),
        ({"fin": "23:00"}, "fin", "Debe ser entre las 14:00 y las 20:00."),
        ({"m2": "0"}, "m2", "Asegúrese de que este valor es mayor o igual a 15."),
        ({"base": "9999"}, "base", "Ese cantón no existe."),
        ({"no_laborables": "mañana"}, "no_laborables", "«mañana» no es una fecha: escríbala como "),
        ({"m3_manana": "360"}, "__all__", "«M3 · Grupo 1 · Esmeraldas – Rioverde» dura 10 h 30 y "),
        ({"v": "M1-08"}, "__all__", "La dirección no se entiende: pida la propuesta otra vez."),
        ({"v": "M1-99.201908190800"}, "__all__", "La dirección no es de esos grupos: pida la "),
        ({"v": "M1-08.201908180800"}, "__all__", "«M1 · Esmeraldas (provincia)» no puede ser el "),
        (
            {"v": ["M1-08.201908190800", "M1-08.201908200800"]},
            "__all__",
            "La dirección repite un encuentro: pida la propuesta otra vez.",
        ),
        (
            {"v": ["M1-08.201908190800", "M2-0807.201908190800"]},
            "__all__",
            "La dirección no es una secuencia posible.",
        ),
    ],
)
def test_lo_malo_se_dice_y_no_se_propone(client, zonal1, grupo1, url, cambio, campo, mensaje):
    datos = {"grupos": grupo1.pk, "base": "0801", "desde": "2019-08-19"} | cambio
    respuesta = entrar(client, zonal1).get(url, datos)
    assert respuesta.status_code == 400
    [(nombre, [dicho])] = errores(respuesta).items()
    assert nombre == campo
    assert dicho.startswith(mensaje)


def test_un_grupo_de_otra_jurisdiccion_no_se_ofrece_ni_se_acepta(
    client, zonal4, grupo1, grupo2, url
):
    entrar(client, zonal4)
    form = client.get(url).context["form"]
    assert form.fields["grupos"].choices == [(str(grupo2.pk), str(grupo2))]
    respuesta = client.get(url, {"grupos": grupo1.pk, "base": "0801"})
    assert respuesta.status_code == 400
    assert errores(respuesta) == {
        "grupos": ["Uno de los grupos no existe o no es de su jurisdicción."]
    }


def test_no_se_guarda_lo_de_otra_jurisdiccion(client, zonal4, pedida, guardar):
    respuesta = entrar(client, zonal4).post(
        guardar, {"consulta": consulta(pedida), "elegido": CLAVES}
    )
    assert respuesta.status_code == 400
    assert not Encuentro.objects.exists()


def test_demasiados_grupos(client, zonal1, estrategia, territorio, url):
    zona = territorio.zona[1]
    grupos = [GrupoFactory(estrategia=estrategia, zona=zona) for _ in range(13)]
    respuesta = entrar(client, zonal1).get(url, {"grupos": [g.pk for g in grupos], "base": "0801"})
    assert respuesta.status_code == 400
    assert errores(respuesta) == {
        "grupos": [
            "Eligió 13 grupos y se proponen hasta 12 cada vez: proponga primero unos y después los "
            "demás."
        ]
    }


def test_un_grupo_sin_sede_ni_cantones(client, zonal1, estrategia, territorio, url):
    solo = GrupoFactory(estrategia=estrategia, numero=7, nombre="Solo", zona=territorio.zona[1])
    respuesta = entrar(client, zonal1).get(url, {"grupos": solo.pk, "base": "0801"})
    assert errores(respuesta) == {
        "__all__": ["Grupo 7 · Solo no tiene sede ni cantones: no se sabe dónde sería su taller."]
    }


def test_las_consultas_no_crecen_con_los_encuentros(
    client, central, grupo1, grupo2, url, django_assert_num_queries
):
    entrar(client, central)
    uno = client.get(f"{url}?grupos={grupo1.pk}&base=0801&desde=2019-08-19").url
    dos = client.get(f"{url}?grupos={grupo1.pk}&grupos={grupo2.pk}&base=0801&desde=2019-08-19").url
    for direccion in (uno, dos):
        EncuentroFactory(grupos=[grupo1, grupo2])
        with django_assert_num_queries(12):
            client.get(direccion)


# --- Las órdenes --------------------------------------------------------------------------------


def correr(*argumentos):
    salida = StringIO()
    call_command(*argumentos, stdout=salida)
    return salida.getvalue()


def test_la_orden_propone_y_no_guarda(grupo1, url):
    argumentos = ("proponer_cronograma", "--grupos=1", "--desde=2019-08-19", "--equipo=Esmeraldas")
    datos = json.loads(correr(*argumentos, "--json"))
    assert [uno["clave"] for uno in datos["encuentros"]] == CLAVES
    assert datos["encuentros"][3]["jornadas"] == [["09:00", "13:00"], ["14:00", "17:30"]]
    assert datos["traslados"][0]["destino"] == "Rioverde"
    texto = correr(*argumentos)
    assert "Lunes 19 de agosto de 2019\n  08:00–10:00  M1 · Esmeraldas (provincia)" in texto
    assert not Encuentro.objects.exists()


def test_la_orden_por_zona_lleva_todos_sus_grupos(grupo1, grupo2, url):
    datos = json.loads(
        correr(
            "proponer_cronograma", "--zona=1", "--desde=2019-08-19", "--equipo=Esmeraldas", "--json"
        )
    )
    assert {u["clave"] for u in datos["encuentros"] if u["tipo"] == "M3"} == {"M3-1", "M3-2"}


@pytest.mark.parametrize(
    ("argumentos", "mensaje"),
    [
        (["--grupos=1,99"], "No es número de ningún grupo vivo: 99."),
        (["--zona=9"], "La zona 9 no tiene grupos en la estrategia."),
        (["--grupos=1", "--estrategia=otra"], "No hay estrategia «otra»."),
        (["--grupos=1", "--equipo=Macondo"], "«Macondo» no es la cabecera de ningún cantón con "),
        (["--grupos=1", "--feriados=lunes"], "--feriados espera fechas como 2019-08-30, separadas"),
        (["--grupos=1", "--hasta=2019-08-19"], "4 encuentros no caben entre el 19/08/2019 y el "),
    ],
)
def test_la_orden_rechaza_diciendo_por_que(grupo1, url, argumentos, mensaje):
    base = [] if any("equipo" in uno for uno in argumentos) else ["--equipo=Esmeraldas"]
    with pytest.raises(CommandError) as rechazo:
        correr("proponer_cronograma", "--desde=2019-08-19", *argumentos, *base)
    assert str(rechazo.value).startswith(mensaje)


# --- Contra el piloto ---------------------------------------------------------------------------


@pytest.fixture
def piloto(db):
    siembra.sembrar(siembra.piloto)


def test_frente_al_cronograma_real_no_usa_mas_dias_ni_choca(piloto):
    estrategia = Estrategia.objects.get()
    lugares = lugares_en(estrategia.desde)
    medidas, _ = comparar(estrategia, base_llamada("Quito", lugares), lugares)
    propuesta, real = medidas["propuesta"], medidas["real"]
    assert (propuesta.momentos, propuesta.choques, propuesta.faltan) == (18, (), ())
    assert (real.momentos, real.dias_habiles, real.dias_fuera) == (16, 14, 18)
    assert propuesta.dias_habiles <= real.dias_habiles
    assert propuesta.dias_fuera <= real.dias_fuera
    assert propuesta.km <= real.km
    assert real.faltan == ("M2 · Esmeraldas (cantón, Esmeraldas)", "M1 · Manabí (provincia)")
    assert real.choques[-1] == (
        "5 de septiembre: de Portoviejo a Manta hay 30 min y el viaje toma 1 h."
    )
    informe = correr("medir_itinerario")
    assert "Zona 4: 7 grupos y 36 encuentros" in informe
    assert "El real incluye complementarios: tuvo algún momento en 9 días hábiles." in informe
