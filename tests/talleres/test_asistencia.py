"""Cuántas personas asistieron: por nivel y sexo, por encuentro, jornada, grupo y estrategia."""

from datetime import time

import pytest
from django.urls import reverse

from talleres.asistencia import (
    contar,
    contar_jornadas,
    contar_por_encuentro,
    de_estrategia,
    de_grupo,
)
from talleres.documentos_asistencia import registro_de_participantes
from talleres.models import Participante
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory
from tests.fabricas_registro import ParticipanteFactory
from tests.lectura_html import pagina
from tests.lectura_pdf import texto_de

pytestmark = pytest.mark.django_db


@pytest.fixture
def nomina(encuentro1, encuentro2, territorio):
    """Tres de GAD y una académica en el primer encuentro; un hombre de Manabí en el segundo."""

    def hay(encuentro, codigo, sexo):
        gad = territorio.gad[codigo]
        return ParticipanteFactory(encuentro=encuentro, gad=gad, sexo=sexo)

    hay(encuentro1, "08", "hombre")
    hay(encuentro1, "0807", "mujer")
    hay(encuentro1, "0801", "sin_dato")
    ParticipanteFactory(
        encuentro=encuentro1, gad=None, organizacion="Universidad", nivel="sociedad"
    )
    hay(encuentro2, "13", "hombre")


def resumen(asistencia):
    return [(r.nivel, r.mujeres, r.hombres, r.sin_dato) for r in asistencia.por_nivel]


DEL_PRIMERO = [("provincial", 0, 1, 0), ("municipal", 1, 0, 1), ("sociedad", 1, 0, 0)]


def test_cuenta_por_nivel_y_sexo_en_una_consulta(nomina, encuentro1, django_assert_num_queries):
    with django_assert_num_queries(1):
        asistencia = contar(encuentro1.participantes)
    assert resumen(asistencia) == DEL_PRIMERO
    assert (asistencia.total, asistencia.suma.mujeres, asistencia.suma.total) == (4, 2, 4)


def test_sin_nadie_no_hay_renglones(db):
    assert not contar(Participante.objects.all())
    assert contar(Participante.objects.all()).total == 0


def test_por_encuentro(nomina, encuentro1, encuentro2):
    cuentas = contar_por_encuentro([encuentro1, encuentro2])
    assert {pk: resumen(suya) for pk, suya in cuentas.items()} == {
        encuentro1.pk: DEL_PRIMERO,
        encuentro2.pk: [("provincial", 0, 1, 0)],
    }


def test_las_dos_jornadas_de_un_taller_van_cada_una_por_su_lado(nomina, encuentro1):
    tarde = EncuentroFactory(
        estrategia=encuentro1.estrategia,
        jornada="tarde",
        inicio=time(14),
        fin=time(17),
        jornada_de=encuentro1,
    )
    ParticipanteFactory(encuentro=tarde)
    for desde in (encuentro1, tarde):
        jornadas = contar_jornadas(desde)
        assert [(uno.pk, suya.total) for uno, suya in jornadas] == [
            (encuentro1.pk, 4),
            (tarde.pk, 1),
        ]


def test_las_cuentas_coinciden_entre_si_y_con_la_nomina_impresa(
    nomina, central, estrategia, encuentro1, grupo1, territorio
):
    """Las dos jornadas se suman en el grupo; la estrategia, además, el otro encuentro."""
    tarde = EncuentroFactory(
        estrategia=estrategia,
        jornada="tarde",
        inicio=time(14),
        fin=time(17),
        jornada_de=encuentro1,
        grupos=[grupo1],
    )
    ParticipanteFactory(encuentro=tarde, gad=territorio.gad["080752"], sexo="hombre")
    ParticipanteFactory(
        encuentro=tarde, gad=territorio.gad["0807"], **dict.fromkeys(("nombre", "cargo"), "")
    )
    jornadas = [suya for _, suya in contar_jornadas(encuentro1)]
    assert resumen(de_grupo(grupo1)) == [
        ("provincial", 0, 1, 0),
        ("municipal", 2, 0, 1),
        ("parroquial", 0, 1, 0),
        ("sociedad", 1, 0, 0),
    ]
    assert de_grupo(grupo1).total == sum(una.total for una in jornadas) == 6
    assert de_estrategia(estrategia, central).total == 7
    for jornada, cuentas in contar_jornadas(encuentro1):
        texto = texto_de(registro_de_participantes(jornada, jornada.participantes))
        for renglon in cuentas.por_nivel:
            assert f"{renglon.nombre} ({renglon.total})" in texto
        assert texto.count("Total registrado") == 1


def test_en_la_estrategia_cuenta_solo_los_encuentros_que_ve(nomina, elenco, estrategia):
    totales = {quien: de_estrategia(estrategia, uno).total for quien, uno in elenco.items()}
    assert totales == {
        **dict.fromkeys(("central", "observador", "zonal1", "observador1"), 5),
        "zonal4": 1,
        **dict.fromkeys(("plan_rioverde", "plan_esmeraldas"), 4),
        **dict.fromkeys(("plan_chone", "inactivo"), 0),
    }


# --- En las páginas -----------------------------------------------------------------------------


@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde", "observador"])
def test_las_paginas_dan_cuentas_y_ningun_nombre(client, elenco, nomina, encuentro1, grupo1, quien):
    entrar(client, elenco[quien])
    direcciones = [
        encuentro1.get_absolute_url(),
        grupo1.get_absolute_url(),
        encuentro1.estrategia.get_absolute_url(),
    ]
    ficha, grupo, estrategia = [client.get(url).text for url in direcciones]
    for texto in (ficha, grupo):
        assert "4 personas</strong> registradas" in texto
        assert "(2 mujeres, 1 hombre, 1 sin dato)" in " ".join(texto.split())
        assert "GAD provincial 1 · GAD municipal 2 · Sociedad civil y academia 1" in texto
    assert "Quiénes han asistido" in estrategia
    nombres = Participante.objects.values_list("nombre", flat=True)
    assert not [n for n in nombres if n in ficha + grupo + estrategia]


@pytest.mark.parametrize(
    ("quien", "enlaza"), [("zonal1", True), ("plan_rioverde", False), ("observador", False)]
)
def test_solo_quien_puede_ver_la_nomina_llega_a_ella(client, elenco, encuentro1, quien, enlaza):
    entrar(client, elenco[quien])
    ficha = pagina(client.get(encuentro1.get_absolute_url()))
    assert (reverse("talleres:registro", args=[encuentro1.pk]) in ficha.enlaces) == enlaza


def test_lo_declarado_no_se_confunde_con_lo_registrado(client, zonal1, nomina, encuentro1):
    encuentro1.participantes_declarados = 38
    encuentro1.save()
    entrar(client, zonal1)
    texto = client.get(encuentro1.get_absolute_url()).text
    assert "4 personas</strong> registradas" in texto
    assert "38 personas</strong> (total declarado)" in texto


def test_sin_nomina_las_paginas_lo_dicen(client, zonal1, encuentro1, estrategia):
    entrar(client, zonal1)
    texto = client.get(encuentro1.get_absolute_url()).text
    assert "Ninguno: el encuentro no tiene nómina en la plataforma." in texto
    assert "Quiénes han asistido" not in client.get(estrategia.get_absolute_url()).text
