"""El cronograma: la semana, la rejilla y la página."""

from datetime import date, time
from types import SimpleNamespace

import pytest
from django.urls import reverse

from acompanamiento.models import Estrategia
from talleres.cronograma import (
    Semana,
    armar_semana,
    contar_por_semana,
    reubicar,
    semana_que_mostrar,
)
from talleres.models import Encuentro, Traslado
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory, EstrategiaFactory, GrupoFactory, TrasladoFactory

SEMANA = Semana.leer("2019-W34")
AM, PM = Encuentro.Jornada.MANANA, Encuentro.Jornada.TARDE


# --- La semana ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codigo", "lunes"),
    [
        ("2019-W34", date(2019, 8, 19)),
        ("2020-W53", date(2020, 12, 28)),
        ("2021-W01", date(2021, 1, 4)),
    ],
)
def test_una_semana_se_lee_y_se_escribe_igual(codigo, lunes):
    semana = Semana.leer(codigo)
    assert (semana.lunes, semana.codigo) == (lunes, codigo)
    assert all(Semana.de(dia) == semana for dia in semana.dias)


@pytest.mark.parametrize(
    "codigo",
    ["", "hoy", "2019-34", "2019-W00", "2019-W53", "2019-W60", "0000-W01", "9999-W52", "٢٠١٩-W34"]
    + ["2019-W34 ", "2019-w34", "0001-W01"],
)
def test_una_semana_que_no_existe_se_rechaza(codigo):
    with pytest.raises(ValueError, match=r"no es una semana|no tiene una semana"):
        Semana.leer(codigo)


def test_vecinas():
    assert (SEMANA.anterior.codigo, SEMANA.siguiente.codigo) == ("2019-W33", "2019-W35")


@pytest.mark.parametrize(
    ("codigo", "texto"),
    [
        ("2019-W34", "del 19 al 25 de agosto de 2019"),
        ("2019-W35", "del 26 de agosto al 1 de septiembre de 2019"),
        ("2020-W01", "del 30 de diciembre de 2019 al 5 de enero de 2020"),
    ],
)
def test_se_nombra_sin_repetir_mes_ni_anio(codigo, texto):
    assert str(Semana.leer(codigo)) == texto


def test_cuenta_por_semana_en_orden():
    fechas = [(date(2019, 9, 2), 1), (date(2019, 8, 19), 2), (date(2019, 8, 25), 3)]
    assert contar_por_semana(fechas) == [(SEMANA, 5), (Semana.leer("2019-W36"), 1)]


@pytest.mark.parametrize(
    ("fechas", "hoy", "codigo"),
    [
        ([], date(2019, 8, 21), "2019-W34"),
        ([date(2019, 8, 19)], date(2019, 8, 21), "2019-W34"),
        ([date(2019, 8, 1), date(2019, 9, 2)], date(2019, 8, 21), "2019-W36"),
        ([date(2019, 8, 1), date(2019, 8, 8)], date(2026, 1, 1), "2019-W32"),
    ],
)
def test_se_muestra_la_proxima_y_si_no_hay_la_ultima(fechas, hoy, codigo):
    assert semana_que_mostrar(fechas, hoy).codigo == codigo


# --- La rejilla ---------------------------------------------------------------------------------


def encuentro(nombre, dia, jornada, van_antes):
    return SimpleNamespace(
        nombre=nombre, fecha=date(2019, 8, dia), jornada=jornada, van_antes=van_antes
    )


def tramo(nombre, dia, jornada, orden):
    return SimpleNamespace(nombre=nombre, fecha=date(2019, 8, dia), jornada=jornada, orden=orden)


def leer(dias):
    """{día: [nombres de la mañana, nombres de la tarde]} de los que tienen algo."""
    return {
        dia.fecha.day: [
            [(pieza.encuentro or pieza.traslado).nombre for pieza in banda.piezas]
            for banda in dia.bandas
        ]
        for dia in dias
        if dia.piezas
    }


def test_una_semana_vacia_va_de_lunes_a_sabado():
    dias = armar_semana(SEMANA, [], [])
    assert [dia.fecha.day for dia in dias] == [19, 20, 21, 22, 23, 24]
    assert [[banda.sigla for banda in dia.bandas] for dia in dias] == [["AM", "PM"]] * 6


def test_el_domingo_sale_solo_si_se_usa():
    dias = armar_semana(SEMANA, [encuentro("misa", 25, AM, 0)], [])
    assert [dia.fecha.day for dia in dias] == [19, 20, 21, 22, 23, 24, 25]


def test_cada_cosa_en_su_dia_y_su_banda():
    encuentros = [
        encuentro("prefecta", 19, AM, 0),
        encuentro("equipo", 19, PM, 1),
        encuentro("logística", 20, AM, 0),
    ]
    assert leer(armar_semana(SEMANA, encuentros, [])) == {
        19: [["prefecta"], ["equipo"]],
        20: [["logística"], []],
    }


def test_los_traslados_van_en_su_puesto_del_dia():
    """Miércoles 21 del Anexo 1: viaje, Atacames; viaje, Rioverde, viaje."""
    encuentros = [encuentro("Atacames", 21, AM, 0), encuentro("Rioverde", 21, PM, 1)]
    traslados = [tramo("ida", 21, AM, 1), tramo("sigue", 21, PM, 3), tramo("vuelta", 21, PM, 5)]
    assert leer(armar_semana(SEMANA, encuentros, traslados)) == {
        21: [["ida", "Atacames"], ["sigue", "Rioverde", "vuelta"]]
    }


def test_el_traslado_cae_donde_debe_aunque_no_se_vea_un_encuentro():
    """Quien ve solo el segundo encuentro no lo ve antes del viaje que lo precede."""
    traslados = [tramo("ida", 21, AM, 1), tramo("sigue", 21, PM, 3), tramo("vuelta", 21, PM, 5)]
    visto = [encuentro("Rioverde", 21, PM, 1)]
    assert leer(armar_semana(SEMANA, visto, traslados)) == {
        21: [["ida"], ["sigue", "Rioverde", "vuelta"]]
    }


def test_un_traslado_con_puesto_de_mas_queda_al_final():
    traslados = [tramo("vuelta", 21, AM, 9)]
    assert leer(armar_semana(SEMANA, [encuentro("Atacames", 21, AM, 0)], traslados)) == {
        21: [["Atacames", "vuelta"], []]
    }


@pytest.mark.parametrize(
    ("antes", "despues", "ordenes", "nuevos"),
    [
        ("AB", "AB", [1, 3, 5], [1, 3, 5]),
        ("AB", "ANB", [1, 3, 5], [1, 3, 6]),
        ("AB", "NAB", [1, 3, 5], [1, 4, 6]),
        ("AB", "ABN", [1, 3, 5], [1, 3, 5]),
        ("AB", "B", [1, 3, 5], [1, 2, 4]),
        ("AB", "", [1, 3, 5], [1, 2, 3]),
        ("", "N", [1, 2], [1, 2]),
        ("AB", "BA", [2], [3]),
    ],
)
def test_al_cambiar_los_encuentros_cada_traslado_sigue_tras_los_suyos(
    antes, despues, ordenes, nuevos
):
    assert reubicar(ordenes, list(antes), list(despues)) == nuevos


# --- Lo que se trae de la base ------------------------------------------------------------------


@pytest.mark.django_db
def test_van_antes_los_de_hora_anterior_y_despues_los_que_no_la_tienen(estrategia):
    def crear(nombre, jornada, inicio):
        return EncuentroFactory(
            estrategia=estrategia, tema=nombre, jornada=jornada, inicio=inicio, fin=None
        )

    crear("tarde sin hora", PM, None)
    crear("sin hora", AM, None)
    crear("diez", AM, time(10))
    crear("ocho", AM, time(8))
    crear("tarde", PM, time(15))
    crear("otro día", AM, time(7))
    Encuentro.objects.filter(tema="otro día").update(fecha=date(2019, 8, 23))
    en_orden = sorted(Encuentro.objects.para_cronograma(), key=lambda e: (e.fecha, e.van_antes))
    assert [(e.tema, e.van_antes) for e in en_orden] == [
        ("ocho", 0),
        ("diez", 1),
        ("sin hora", 2),
        ("tarde", 3),
        ("tarde sin hora", 4),
        ("otro día", 0),
    ]


@pytest.mark.django_db
def test_un_encuentro_de_varios_grupos_sale_una_vez(zonal1, grupo1, grupo2):
    varios = EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1, grupo2])
    assert list(Encuentro.objects.visibles_para(zonal1)) == [varios]
    assert Encuentro.objects.visibles_para(zonal1).get(pk=varios.pk) == varios


@pytest.mark.django_db
def test_sin_grupo_lo_ve_la_zona_del_canton(elenco, territorio, estrategia):
    solo = EncuentroFactory(estrategia=estrategia, canton=territorio.lugar["0801"])
    ven = [quien for quien, u in elenco.items() if solo in Encuentro.objects.visibles_para(u)]
    assert sorted(ven) == ["central", "observador", "observador1", "zonal1"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quien", "dias"),
    [
        ("central", [21, 22, 23]),
        ("observador", [21, 22, 23]),
        ("zonal1", [21, 22, 23]),
        ("zonal4", []),
        ("plan_rioverde", [22]),
        ("plan_chone", []),
        ("inactivo", []),
    ],
)
def test_los_traslados_los_ve_quien_ve_los_encuentros(elenco, encuentro1, quien, dias):
    """Zonas: los de las estrategias en que tienen grupo. GAD: solo los días que se le convoca."""
    for dia in (21, 22, 23):
        TrasladoFactory(estrategia=encuentro1.estrategia, fecha=date(2019, 8, dia))
    visibles = Traslado.objects.visibles_para(elenco[quien])
    assert [traslado.fecha.day for traslado in visibles] == dias


# --- La página ----------------------------------------------------------------------------------


def ruta(semana="2019-W34", estrategia="piloto-2019"):
    return reverse("talleres:cronograma", args=[estrategia, semana])


def temas(respuesta):
    piezas = [pieza for dia in respuesta.context["dias"] for pieza in dia.piezas]
    return [pieza.encuentro.tema if pieza.encuentro else str(pieza.traslado) for pieza in piezas]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("quien", "esperado"),
    [
        ("central", [["Taller de Rioverde"], ["Taller de Pedernales"]]),
        ("zonal1", [["Taller de Rioverde"], ["Taller de Pedernales"]]),
        ("zonal4", [[], ["Taller de Pedernales"]]),
        ("plan_rioverde", [["Taller de Rioverde"], []]),
        ("plan_chone", [[], []]),
    ],
)
def test_cada_quien_ve_sus_encuentros(client, elenco, encuentro1, encuentro2, quien, esperado):
    entrar(client, elenco[quien])
    semanas = ("2019-W34", "2019-W35")
    assert [temas(client.get(ruta(semana))) for semana in semanas] == esperado


@pytest.mark.django_db
def test_los_grupos_ajenos_no_se_nombran(client, zonal4, grupo1, grupo2):
    EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1, grupo2])
    pagina = entrar(client, zonal4).get(ruta()).content.decode()
    assert grupo2.nombre in pagina
    assert grupo1.nombre not in pagina


@pytest.mark.django_db
def test_tarjeta_con_hora_tipo_lugar_y_traslado(client, central, encuentro1):
    TrasladoFactory(
        estrategia=encuentro1.estrategia, origen="Quito", destino="Esmeraldas", modo="aereo"
    )
    EncuentroFactory(
        estrategia=encuentro1.estrategia, tema="Sin hora", inicio=None, fin=None, clave="EVT-1"
    )
    pagina = entrar(client, central).get(ruta()).content.decode()
    for dicho in (
        "08:30 – 12:30",
        "M3",
        "Rioverde",
        "Quito",
        "aéreo",
        "hora no consta en la fuente",
    ):
        assert dicho in pagina


@pytest.mark.django_db
@pytest.mark.parametrize("semana", ["2019-W99", "ayer", "2019-W53"])
def test_mala_semana_es_404_y_dice_por_que(client, central, estrategia, semana):
    respuesta = entrar(client, central).get(ruta(semana))
    assert respuesta.status_code == 404
    assert "Esa semana no existe" in respuesta.content.decode()


@pytest.mark.django_db
def test_estrategia_que_no_existe_es_404(client, central, estrategia):
    assert entrar(client, central).get(ruta(estrategia="otra")).status_code == 404


@pytest.mark.django_db
def test_sin_sesion_se_pide_ingresar(client, estrategia):
    assert client.get(ruta()).status_code == 302
    assert client.get(reverse("talleres:inicio")).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("filtro", "esperado"),
    [
        ("", ["Quito – Rioverde", "Taller de Rioverde", "Diálogo"]),
        ("?tipo=M2", ["Diálogo"]),
        ("?tipo=M1", []),
        ("?grupo={grupo1}", ["Taller de Rioverde"]),
        ("?grupo={grupo2}&tipo=M2", ["Diálogo"]),
    ],
)
def test_filtros_y_sin_traslados(client, central, encuentro1, grupo1, grupo2, filtro, esperado):
    TrasladoFactory(estrategia=grupo1.estrategia, origen="Quito")
    EncuentroFactory(
        estrategia=grupo1.estrategia,
        tema="Diálogo",
        tipo="M2",
        inicio=time(14),
        fin=None,
        jornada=PM,
        grupos=[grupo2],
    )
    filtro = filtro.format(grupo1=grupo1.pk, grupo2=grupo2.pk)
    assert temas(entrar(client, central).get(ruta() + filtro)) == esperado


@pytest.mark.django_db
def test_filtrar_por_un_grupo_ajeno_o_un_tipo_inventado_se_rechaza(client, zonal4, grupo1, grupo2):
    entrar(client, zonal4)
    ajeno = client.get(ruta() + f"?grupo={grupo1.pk}")
    assert ajeno.status_code == 400
    assert "Ese grupo no está en la estrategia." in ajeno.content.decode()
    assert client.get(ruta() + "?tipo=M9").status_code == 400


@pytest.mark.django_db
def test_los_filtros_se_conservan_al_cambiar_de_semana(client, central, encuentro1):
    pagina = entrar(client, central).get(ruta() + "?tipo=M3").content.decode()
    assert f'href="{ruta("2019-W35")}?tipo=M3"' in pagina
    assert f'href="{ruta("2019-W33")}?tipo=M3"' in pagina


@pytest.mark.django_db
def test_inicio_muestra_la_ultima_semana_y_dice_que_no_hay_por_venir(
    client, central, encuentro1, encuentro2
):
    respuesta = entrar(client, central).get(reverse("talleres:inicio"))
    assert respuesta.context["semana"].codigo == "2019-W35"
    assert temas(respuesta) == ["Taller de Pedernales"]
    assert "No hay encuentros por venir" in respuesta.content.decode()


@pytest.mark.django_db
def test_inicio_elige_la_estrategia_del_encuentro_mas_cercano(client, central, encuentro1):
    otra = EstrategiaFactory(codigo="nueva", desde=date(2030, 1, 1), hasta=date(2030, 12, 31))
    EncuentroFactory(estrategia=otra, tema="Por venir", fecha=date(2030, 5, 6))
    respuesta = entrar(client, central).get(reverse("talleres:inicio"))
    assert (respuesta.context["estrategia"], temas(respuesta)) == (otra, ["Por venir"])
    assert "No hay encuentros por venir" not in respuesta.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("quien", ["central", "zonal4", "plan_chone", "observador"])
def test_vacio_ensenia_el_siguiente_paso(client, elenco, estrategia, quien):
    entrar(client, elenco[quien])
    pagina = client.get(reverse("talleres:inicio")).content.decode()
    puede = quien in ("central", "zonal4")
    assert ("Programar el primero" in pagina, "Aparecen aquí cuando" in pagina) == (
        puede,
        not puede,
    )
    Estrategia.objects.all().delete()
    sin_estrategia = client.get(reverse("talleres:inicio"))
    assert sin_estrategia.status_code == 200
    assert "Todavía no hay ninguna estrategia" in sin_estrategia.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde"])
def test_consultas_no_crecen(
    client, elenco, territorio, grupo1, encuentro1, quien, django_assert_num_queries
):
    TrasladoFactory(estrategia=grupo1.estrategia)
    entrar(client, elenco[quien])
    with django_assert_num_queries(8):
        assert len(temas(client.get(ruta()))) == 2
    for hora in (9, 10):
        otro = GrupoFactory(
            estrategia=grupo1.estrategia, zona=territorio.zona[1], miembros=[territorio.gad["0807"]]
        )
        EncuentroFactory(estrategia=grupo1.estrategia, inicio=time(hora), grupos=[grupo1, otro])
        TrasladoFactory(estrategia=grupo1.estrategia, orden=hora)
    with django_assert_num_queries(8):
        assert len(temas(client.get(ruta()))) == 6
    with django_assert_num_queries(8):
        client.get(reverse("talleres:inicio"))


def test_las_semanas_vecinas_no_se_salen_de_la_estrategia(client, encuentro1, zonal1):
    """De agosto a diciembre de 2019: antes y después no hay nada que ver."""
    entrar(client, zonal1)

    def vecinas(semana):
        contexto = client.get(
            reverse("talleres:cronograma", args=[encuentro1.estrategia.codigo, semana])
        ).context
        return [contexto[cual] and contexto[cual].codigo for cual in ("anterior", "siguiente")]

    assert vecinas("2019-W31") == [None, "2019-W32"]
    assert vecinas("2019-W34") == ["2019-W33", "2019-W35"]
    assert vecinas("2020-W01") == ["2019-W52", None]
