"""El cronograma por mes y en lista: las mismas cosas y los mismos filtros que en la semana."""

from datetime import date, time

import pytest
from django.urls import reverse

from talleres.cronograma import Mes, Semana, armar_mes, contar_por_mes, tramo_de_lista
from talleres.models import Convocado, Encuentro, Facilitacion
from talleres.views import cronograma as vistas
from tests.conftest import entrar
from tests.fabricas import (
    AutoridadFactory,
    EncuentroFactory,
    EntidadFactory,
    EstrategiaFactory,
    GrupoFactory,
    TrasladoFactory,
)
from tests.lectura_html import pagina

AGOSTO = Mes.leer("2019-08")


# --- El mes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codigo", "primero", "ultimo", "semanas"),
    [
        ("2019-08", date(2019, 8, 1), date(2019, 8, 31), 5),
        ("2019-09", date(2019, 9, 1), date(2019, 9, 30), 6),
        ("2021-02", date(2021, 2, 1), date(2021, 2, 28), 4),
        ("2020-12", date(2020, 12, 1), date(2020, 12, 31), 5),
    ],
)
def test_un_mes_se_lee_y_se_escribe_igual(codigo, primero, ultimo, semanas):
    mes = Mes.leer(codigo)
    assert (mes.primero, mes.ultimo, mes.codigo) == (primero, ultimo, codigo)
    assert len(mes.semanas) == semanas
    assert mes.semanas[0].lunes <= primero
    assert ultimo <= mes.semanas[-1].domingo


@pytest.mark.parametrize(
    "codigo", ["", "agosto", "2019-13", "2019-00", "2019-8", "0001-01", "9999-12", "٢٠١٩-٠٨"]
)
def test_un_mes_que_no_existe_se_rechaza(codigo):
    with pytest.raises(ValueError, match=r"no es un mes|no tiene un mes"):
        Mes.leer(codigo)


def test_vecinos_y_nombre():
    assert (AGOSTO.anterior.codigo, AGOSTO.siguiente.codigo) == ("2019-07", "2019-09")
    assert Mes.leer("2019-12").siguiente.codigo == "2020-01"
    assert str(AGOSTO) == "agosto de 2019"


def test_cada_semana_del_mes_tiene_siete_puestos_y_los_de_otro_mes_van_vacios():
    semanas = armar_mes(AGOSTO, [], [])
    assert [len(semana) for semana in semanas] == [7] * 5
    assert semanas[0][:3] == [None] * 3
    assert [dia.fecha.day for semana in semanas for dia in semana if dia] == list(range(1, 32))


def test_cuenta_por_mes_en_orden():
    fechas = [(date(2019, 9, 2), 1), (date(2019, 8, 19), 2), (date(2019, 8, 25), 3)]
    assert contar_por_mes(fechas) == [(AGOSTO, 5), (AGOSTO.siguiente, 1)]


# --- Los tramos de la lista ---------------------------------------------------------------------

UNO, DOS, TRES, CUATRO = (date(2019, 8, dia) for dia in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("cuentas", "desde", "esperado"),
    [
        ([], None, ([], None, None)),
        ([2, 2], None, ([UNO, DOS], None, None)),
        ([2, 2, 2, 2], None, ([UNO, DOS], None, TRES)),
        ([2, 2, 2, 2], TRES, ([TRES, CUATRO], UNO, None)),
        ([2, 2, 2, 2], DOS, ([DOS, TRES], UNO, CUATRO)),
        # Un día con más de lo que cabe se muestra entero.
        ([9, 2], None, ([UNO], None, DOS)),
        ([9, 2], DOS, ([DOS], UNO, None)),
        ([2, 2], date(2020, 1, 1), ([], UNO, None)),
    ],
)
def test_la_lista_va_por_dias_enteros(cuentas, desde, esperado):
    fechas = list(zip((UNO, DOS, TRES, CUATRO), cuentas, strict=False))
    assert tramo_de_lista(fechas, desde, 4) == esperado


# --- Las páginas --------------------------------------------------------------------------------


def del_mes(mes="2019-08", estrategia="piloto-2019"):
    return reverse("talleres:mes", args=[estrategia, mes])


def de_lista(estrategia="piloto-2019"):
    return reverse("talleres:lista", args=[estrategia])


def de_semana(semana="2019-W34", estrategia="piloto-2019"):
    return reverse("talleres:cronograma", args=[estrategia, semana])


def piezas(respuesta):
    contexto = respuesta.context
    if "semanas_del_mes" in contexto:
        dias = [dia for semana in contexto["semanas_del_mes"] for dia in semana if dia]
    else:
        dias = contexto["dias"]
    todas = [pieza for dia in dias for pieza in dia.piezas]
    return [pieza.encuentro.tema if pieza.encuentro else str(pieza.traslado) for pieza in todas]


def texto(respuesta):
    return " ".join(" ".join(pagina(respuesta).texto).split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quien", "esperado"),
    [
        ("central", ["Taller de Rioverde", "Taller de Pedernales"]),
        ("zonal1", ["Taller de Rioverde", "Taller de Pedernales"]),
        ("zonal4", ["Taller de Pedernales"]),
        ("plan_rioverde", ["Taller de Rioverde"]),
        ("plan_chone", []),
    ],
)
def test_cada_quien_ve_sus_encuentros(client, elenco, encuentro1, encuentro2, quien, esperado):
    entrar(client, elenco[quien])
    assert [piezas(client.get(url)) for url in (del_mes(), de_lista())] == [esperado] * 2


@pytest.mark.django_db
def test_los_traslados_van_en_su_puesto_del_dia(client, central, encuentro1):
    EncuentroFactory(
        estrategia=encuentro1.estrategia, tema="Tarde", inicio=time(15), fin=None, jornada="tarde"
    )
    for orden, destino, jornada in [(1, "Rioverde", "manana"), (3, "Quito", "tarde")]:
        TrasladoFactory(
            estrategia=encuentro1.estrategia, orden=orden, destino=destino, jornada=jornada
        )
    esperado = ["Esmeraldas – Rioverde", "Taller de Rioverde", "Esmeraldas – Quito", "Tarde"]
    entrar(client, central)
    for url in (de_semana(), del_mes(), de_lista()):
        respuesta = client.get(url)
        assert piezas(respuesta) == esperado, url
        assert "2 encuentros y 2 traslados" in texto(respuesta), url


@pytest.fixture
def variados(central, territorio, encuentro1, grupo2):
    """Además del taller de Rioverde: un diálogo de la zona 4, convocado, con su alcaldesa."""
    alcaldesa = AutoridadFactory(gad=territorio.gad["1317"], nombre="Alcaldesa de prueba")
    dialogo = EncuentroFactory(
        estrategia=grupo2.estrategia,
        tipo=Encuentro.Tipo.M2,
        tema="Diálogo",
        fecha=date(2019, 8, 23),
        lugar="Pedernales",
        canton=territorio.lugar["1317"],
        autoridad=alcaldesa,
        gad=territorio.gad["1317"],
        estado=Encuentro.Estado.CONVOCADO,
        grupos=[grupo2],
    )
    convocados = [(encuentro1, "080752"), (encuentro1, "0807"), (dialogo, "0807")]
    for encuentro, gad in convocados:
        Convocado.objects.create(encuentro=encuentro, gad_id=gad)
    ame = EntidadFactory(clave="ame", nombre="Asociación", siglas="AME")
    Facilitacion.objects.create(encuentro=encuentro1, entidad=ame, papel="acompana")
    TrasladoFactory(estrategia=grupo2.estrategia)
    return {"grupo2": grupo2.pk, "alcaldesa": alcaldesa.pk, "ame": ame.pk}


TODO = ["Esmeraldas – Rioverde", "Taller de Rioverde", "Diálogo"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filtro", "esperado"),
    [
        ("", TODO),
        ("?tipo=M2", ["Diálogo"]),
        ("?tipo=M1", []),
        ("?estado=planificado", ["Taller de Rioverde"]),
        ("?grupo={grupo2}", ["Diálogo"]),
        ("?autoridad={alcaldesa}", ["Diálogo"]),
        ("?entidad={ame}", ["Taller de Rioverde"]),
        ("?gad=1317", ["Diálogo"]),
        ("?gad=080752", ["Taller de Rioverde"]),
        ("?gad=0807", TODO[1:]),
        ("?zona=4", ["Diálogo"]),
        ("?zona=1&tipo=M2", []),
    ],
)
def test_los_mismos_filtros_en_las_tres_vistas(client, central, variados, filtro, esperado):
    entrar(client, central)
    for url in (de_semana(), del_mes(), de_lista()):
        respuesta = client.get(url + filtro.format(**variados))
        assert piezas(respuesta) == esperado, url
        assert ("según los filtros" in texto(respuesta)) == bool(filtro)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filtro", "esperado"),
    [
        ("?desde=2019-08-23", ["Diálogo"]),
        ("?hasta=2019-08-22", TODO[:2]),
        ("?desde=2019-08-22&hasta=2019-08-22", TODO[:2]),
        ("?desde=2019-08-24", []),
        ("?desde=2019-08-23&tipo=M3", []),
    ],
)
def test_la_lista_se_acota_por_fechas(client, central, variados, filtro, esperado):
    assert piezas(entrar(client, central).get(de_lista() + filtro)) == esperado


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filtro", "error"),
    [
        ("?grupo=999", "Ese grupo no está en la estrategia."),
        ("?estado=x", "Ese estado no existe."),
        ("?autoridad=999", "Con esa autoridad no hay encuentros a la vista."),
        ("?entidad=x", "Esa entidad no está en ningún encuentro a la vista."),
        ("?gad=13", "A ese GAD no se lo convoca a ningún encuentro a la vista."),
        ("?zona=9", "En esa zona no hay encuentros a la vista."),
    ],
)
def test_un_filtro_que_no_existe_es_400_junto_al_campo(client, central, variados, filtro, error):
    entrar(client, central)
    for url in (de_semana(), del_mes(), de_lista()):
        respuesta = client.get(url + filtro)
        assert (respuesta.status_code, piezas(respuesta)) == (400, []), url
        assert error in texto(respuesta)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filtro", "error"),
    [
        ("?desde=ayer", "«ayer» no es una fecha."),
        ("?desde=2019-08-02&hasta=2019-08-01", "Es anterior a la fecha de inicio."),
    ],
)
def test_una_mala_fecha_es_400(client, central, variados, filtro, error):
    respuesta = entrar(client, central).get(de_lista() + filtro)
    assert (respuesta.status_code, piezas(respuesta)) == (400, [])
    assert error in texto(respuesta)


@pytest.mark.django_db
def test_filtrar_por_un_gad_no_calla_a_los_demas_convocados(client, central, variados):
    respuesta = entrar(client, central).get(de_semana() + "?gad=080752")
    assert "GAD: 1 municipal, 1 parroquial" in texto(respuesta)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quien", "buscado", "esperado"),
    [
        ("central", "chumunde", ["Taller de Rioverde"]),
        ("central", "Río", TODO[1:]),
        ("central", " Pedernales ", ["Diálogo"]),
        ("zonal4", "rioverde", ["Diálogo"]),
        ("zonal4", "Chumundé", None),
        ("zonal4", "080752", None),
        ("central", "Quito", None),
    ],
)
def test_un_gad_se_busca_por_nombre_o_codigo(client, elenco, variados, quien, buscado, esperado):
    """La zona 4 ve solo el diálogo: su GAD y el convocado."""
    entrar(client, elenco[quien])
    for url in (de_semana(), del_mes(), de_lista()):
        respuesta = client.get(url, {"gad": buscado})
        assert respuesta.status_code == (400 if esperado is None else 200), url
        assert piezas(respuesta) == (esperado or []), url


@pytest.mark.django_db
def test_lo_ajeno_no_se_ofrece_para_filtrar(client, zonal4, variados, grupo1):
    """La alcaldesa es de su zona; AME está solo en un taller que no ve."""
    for url in (de_semana(), del_mes(), de_lista()):
        campos = entrar(client, zonal4).get(url).context["filtro"].fields
        ofrecido = {
            nombre: len(campo.choices) - 1
            for nombre, campo in campos.items()
            if nombre in ("grupo", "autoridad", "entidad", "zona")
        }
        assert ofrecido == {"grupo": 1, "autoridad": 1, "entidad": 0}, url


@pytest.mark.django_db
def test_lo_elegido_se_conserva_al_pasar_de_una_vista_a_otra(client, central, variados):
    entrar(client, central)
    semana, mes, lista, pdf = (
        de_semana() + "?tipo=M2",
        del_mes() + "?tipo=M2",
        de_lista() + "?tipo=M2",
        reverse("talleres:cronograma_pdf", args=["piloto-2019"]) + "?tipo=M2",
    )
    for url in (semana, mes, lista + "&desde=2019-08-23"):
        enlaces = pagina(client.get(url)).enlaces
        assert {semana, mes} <= set(enlaces), url
        assert any(enlace.startswith(pdf) for enlace in enlaces), url
    assert lista in pagina(client.get(mes)).enlaces


@pytest.mark.django_db
def test_se_va_al_mes_y_a_la_semana_de_lo_que_se_mira(client, central, encuentro2):
    entrar(client, central)
    assert del_mes("2019-08") in pagina(client.get(de_semana("2019-W35"))).enlaces
    assert de_semana("2019-W35") in pagina(client.get(del_mes())).enlaces
    assert {del_mes("2019-08"), de_semana("2019-W35")} <= set(
        pagina(client.get(de_lista())).enlaces
    )


@pytest.mark.django_db
@pytest.mark.parametrize("mes", ["2019-13", "ayer", "2019-1"])
def test_un_mal_mes_es_404_y_dice_por_que(client, central, estrategia, mes):
    respuesta = entrar(client, central).get(del_mes(mes))
    assert respuesta.status_code == 404
    assert "Ese mes no existe" in respuesta.content.decode()


@pytest.mark.django_db
def test_una_estrategia_que_no_existe_es_404(client, central, estrategia):
    entrar(client, central)
    assert [client.get(url(estrategia="otra")).status_code for url in (del_mes, de_lista)] == [
        404,
        404,
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("url", [del_mes, de_lista])
def test_vacio_ensenia_el_siguiente_paso(client, elenco, estrategia, url):
    for quien, dicho in [
        ("zonal1", "Programar el primero"),
        ("observador", "Aparecen aquí cuando"),
    ]:
        assert dicho in texto(entrar(client, elenco[quien]).get(url()))


@pytest.mark.django_db
def test_un_mes_sin_nada_dice_donde_hay(client, central, encuentro1):
    pagina_vacia = entrar(client, central).get(del_mes("2019-10"))
    assert "Nada programado en octubre de 2019" in texto(pagina_vacia)
    assert del_mes("2019-08") in pagina(pagina_vacia).enlaces


@pytest.mark.django_db
def test_los_meses_vecinos_no_se_salen_de_la_estrategia(client, central, encuentro1):
    entrar(client, central)

    def vecinos(mes):
        contexto = client.get(del_mes(mes)).context
        return [contexto[cual] and contexto[cual].codigo for cual in ("anterior", "siguiente")]

    assert vecinos("2019-08") == [None, "2019-09"]
    assert vecinos("2019-12") == ["2019-11", None]


@pytest.mark.django_db
def test_la_lista_larga_va_por_tramos_con_su_total(client, central, estrategia, monkeypatch):
    monkeypatch.setattr(vistas, "POR_LISTA", 2)
    for dia in (5, 5, 6, 7):
        EncuentroFactory(estrategia=estrategia, tema=f"Día {dia}", fecha=date(2019, 8, dia))
    for dia in (5, 6, 20):
        TrasladoFactory(estrategia=estrategia, fecha=date(2019, 8, dia), orden=9)
    entrar(client, central)
    primera = client.get(de_lista())
    assert piezas(primera) == ["Día 5", "Día 5", "Esmeraldas – Rioverde"]
    assert "2 de 4 encuentros" in texto(primera)
    assert "?desde=2019-08-06" in pagina(primera).enlaces
    segunda = client.get(de_lista() + "?desde=2019-08-06")
    viaje = "Esmeraldas – Rioverde"
    assert piezas(segunda) == ["Día 6", viaje, "Día 7", viaje]
    assert "?desde=2019-08-05" in pagina(segunda).enlaces


@pytest.mark.django_db
def test_otra_estrategia_se_abre_en_la_misma_vista(client, zonal1, grupo1, territorio):
    otra = EstrategiaFactory(codigo="otra", nombre="Otra")
    GrupoFactory(estrategia=otra, zona=territorio.zona[1])
    entrar(client, zonal1)
    for url in (del_mes, de_lista):
        assert url(estrategia="otra") in pagina(client.get(url())).enlaces


@pytest.mark.django_db
def test_los_grupos_ajenos_no_se_nombran(client, zonal4, grupo1, grupo2):
    EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1, grupo2])
    entrar(client, zonal4)
    for url in (del_mes(), de_lista()):
        html = client.get(url).content.decode()
        assert (grupo2.nombre in html, grupo1.nombre in html) == (True, False)


@pytest.mark.django_db
@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde"])
@pytest.mark.parametrize(("url", "consultas"), [(del_mes, 8), (de_lista, 8)])
def test_consultas_no_crecen(
    client, elenco, grupo1, encuentro1, quien, url, consultas, django_assert_num_queries
):
    TrasladoFactory(estrategia=grupo1.estrategia)
    entrar(client, elenco[quien])
    with django_assert_num_queries(consultas):
        assert len(piezas(client.get(url()))) == 2
    for hora in (9, 10):
        nuevo = EncuentroFactory(estrategia=grupo1.estrategia, inicio=time(hora), grupos=[grupo1])
        for clave in ("ame", "stpe"):
            Facilitacion.objects.create(encuentro=nuevo, entidad=EntidadFactory(clave=clave))
        TrasladoFactory(estrategia=grupo1.estrategia, orden=hora)
    with django_assert_num_queries(consultas):
        assert len(piezas(client.get(url()))) == 6


def test_el_mes_de_una_semana_es_el_de_su_jueves():
    assert Mes.de(Semana.leer("2019-W31").dias[3]) == AGOSTO
