"""El resumen que se lleva al diálogo de cierre con la prefectura: qué junta y quién lo ve."""

from datetime import date

import pytest
from django.urls import reverse

from pdot.models import ElementoVision, Necesidad, Pdot
from pdot.resumen_prefectura import resumen_para_prefectura
from talleres.models import Convocado, Encuentro, OrigenAcuerdo
from tests.conftest import entrar
from tests.fabricas import AutoridadFactory, EncuentroFactory
from tests.fabricas_registro import ParticipanteFactory
from tests.lectura_pdf import abrir, texto_de

pytestmark = pytest.mark.django_db
CAMBIO = date(2023, 5, 15)


def ruta(estrategia, provincia="08", que="resumen_prefectura"):
    return reverse(f"pdot:{que}", args=[estrategia.codigo, provincia])


def ver(client, usuario, estrategia, provincia="08"):
    return entrar(client, usuario).get(ruta(estrategia, provincia))


def nombrar(visiones):
    return {una.gad.pk: una.elementos for una in visiones if una.consta}


def todas(contexto):
    suyas = [contexto["de_la_provincia"]]
    for canton in contexto["cantones"]:
        suyas += [canton.propia, *canton.parroquias]
    return nombrar(suyas)


# --- Quién lo ve --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "ven"),
    [
        ("central", [200, 200]),
        ("observador", [200, 200]),
        ("zonal1", [200, 404]),
        ("observador1", [200, 404]),
        ("zonal4", [404, 200]),
        ("plan_rioverde", [200, 404]),
        ("plan_esmeraldas", [200, 404]),
        ("plan_chone", [404, 200]),
    ],
)
def test_cada_quien_ve_el_de_su_provincia(client, elenco, grupo1, quien, ven, monkeypatch):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: html.encode())
    entrar(client, elenco[quien])
    for que in ("resumen_prefectura", "resumen_prefectura_pdf"):
        direcciones = [ruta(grupo1.estrategia, codigo, que) for codigo in ("08", "13")]
        assert [client.get(una).status_code for una in direcciones] == ven


@pytest.mark.parametrize("provincia", ["99", "0807", "x", "080752"])
def test_lo_que_no_es_una_provincia_es_404(client, central, grupo1, provincia):
    assert ver(client, central, grupo1.estrategia, provincia).status_code == 404


def test_sin_sesion_se_pide_ingresar(client, grupo1):
    assert client.get(ruta(grupo1.estrategia)).status_code == 302


def test_se_llega_desde_la_estrategia(client, elenco, grupo1, grupo2):
    estrategia = grupo1.estrategia
    lista = reverse("pdot:resumenes_prefectura", args=[estrategia.codigo])
    assert lista in entrar(client, elenco["zonal1"]).get(estrategia.get_absolute_url()).text
    # La zona 1 ve un grupo con gente de Manabí, pero la provincia no es suya.
    assert client.get(lista).url == ruta(estrategia)
    pagina = entrar(client, elenco["central"]).get(lista).text
    assert ruta(estrategia) in pagina and ruta(estrategia, "13") in pagina
    assert "Ninguna provincia" in entrar(client, elenco["plan_chone"]).get(lista).text


# --- Visiones -----------------------------------------------------------------------------------


@pytest.fixture
def visiones(evaluaciones, grupo1, grupo2, pdots):
    """Un elemento en cada evaluación, sea cual sea su estado, y dos del grupo."""
    for codigo, evaluacion in evaluaciones.items():
        ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto=f"De {codigo}")
    ElementoVision.objects.create(grupo=grupo1, orden=1, texto="De todo el grupo 1")
    de_dos = ElementoVision.objects.create(grupo=grupo1, orden=2, texto="De dos")
    de_dos.gads.set(["0801", "080752"])
    Pdot.objects.filter(gad="0807").update(vision="Un cantón con agua")
    return grupo1.estrategia


def test_de_las_evaluaciones_solo_lo_aprobado(visiones, client, central):
    contexto = ver(client, central, visiones).context
    assert todas(contexto) == {
        "0801": ["De dos"],
        "0803": ["De 0803"],
        "0807": [],
        "080752": ["De dos"],
    }
    assert [(grupo.numero, suyos) for grupo, suyos in contexto["comunes"]] == [
        (1, ["De todo el grupo 1"])
    ]
    assert (contexto["constan"], contexto["cuantos_gads"]) == (4, 5)
    assert contexto["sin_vision"] == []


def test_los_cantones_sin_vision_se_nombran_aparte(client, central, grupo1, territorio):
    Pdot.objects.create(
        gad=territorio.gad["080752"], anio_desde=2015, anio_hasta=2019, vision="La de Chumundé"
    )
    contexto = ver(client, central, grupo1.estrategia).context
    assert [uno.propia.gad.pk for uno in contexto["cantones"]] == ["0807"]
    assert [gad.pk for gad in contexto["sin_vision"]] == ["0801", "0803"]


def test_lo_ajeno_no_se_lee_aunque_este_aprobado(visiones, client, plan_rioverde):
    respuesta = ver(client, plan_rioverde, visiones)
    assert "De 0803" not in respuesta.text
    assert "De todo el grupo 1" in respuesta.text and "Un cantón con agua" in respuesta.text


def test_vale_el_plan_que_rige_al_final_de_la_estrategia(visiones, client, central, territorio):
    gad = territorio.gad["0807"]
    for desde, hasta in ((2010, 2014), (2050, 2054)):
        Pdot.objects.create(gad=gad, anio_desde=desde, anio_hasta=hasta, vision=f"La de {desde}")
    pagina = ver(client, central, visiones).text
    assert "Un cantón con agua" in pagina
    assert "La de 2010" not in pagina and "La de 2050" not in pagina


# --- Resultados y necesidades -------------------------------------------------------------------


def test_los_encuentros_son_los_realizados_de_la_provincia(
    client, central, encuentro1, encuentro2, grupo2, territorio
):
    ajeno = EncuentroFactory(
        estrategia=grupo2.estrategia, canton=territorio.lugar["1303"], grupos=[grupo2]
    )
    Encuentro.objects.update(estado="realizado")
    pendiente = EncuentroFactory(
        estrategia=grupo2.estrategia, canton=territorio.lugar["0807"], grupos=[grupo2]
    )
    Encuentro.objects.filter(pk=encuentro1.pk).update(canton="0807", participantes_declarados=38)
    Convocado.objects.create(encuentro=encuentro2, gad=territorio.gad["0803"])
    contexto = ver(client, central, grupo2.estrategia).context
    assert contexto["realizados"] == [encuentro1, encuentro2]
    assert contexto["declarados"] == 38
    assert ajeno not in contexto["realizados"] and pendiente not in contexto["realizados"]


def test_asistencia_y_acuerdos_se_cuentan_y_los_nombres_no_salen(
    client, central, encuentro1, acuerdos, territorio
):
    Encuentro.objects.filter(pk=encuentro1.pk).update(canton="0807", estado="realizado")
    for sexo in ("mujer", "hombre"):
        ParticipanteFactory(
            encuentro=encuentro1, gad=territorio.gad["0807"], nombre="Rosa Prueba", sexo=sexo
        )
    OrigenAcuerdo.objects.create(acuerdo=acuerdos["acuerdo1"], encuentro=encuentro1)
    respuesta = ver(client, central, encuentro1.estrategia)
    (realizado,) = respuesta.context["realizados"]
    assert (realizado.registrados, realizado.cuantos_acuerdos) == (2, 1)
    assert respuesta.context["asistencia"].total == 2
    assert {acuerdo.pk for acuerdo in respuesta.context["acuerdos"]} == {
        acuerdo.pk for acuerdo in acuerdos.values()
    }
    assert "Rosa Prueba" not in respuesta.text


def test_las_necesidades_de_sus_gad_y_grupos_por_urgencia(
    client, central, plan_rioverde, grupo1, grupo2, territorio
):
    def anotar(tema, prioridad, **de):
        Necesidad.objects.create(tema=tema, modalidad="capacitacion", prioridad=prioridad, **de)

    anotar("Poca", "baja", gad=territorio.gad["0807"])
    anotar("Mucha", "alta", grupo=grupo1)
    anotar("De Muisne", "media", gad=territorio.gad["0803"])
    anotar("De Manabí", "alta", gad=territorio.gad["1303"])
    temas = {
        usuario.username: [
            una.tema for una in ver(client, usuario, grupo1.estrategia).context["necesidades"]
        ]
        for usuario in (central, plan_rioverde)
    }
    assert temas == {"central": ["Mucha", "De Muisne", "Poca"], "plan_rioverde": ["Mucha", "Poca"]}


# --- La página y el PDF -------------------------------------------------------------------------


def test_se_dirige_a_la_autoridad_del_periodo(client, central, grupo1, territorio):
    gad = territorio.gad["08"]
    AutoridadFactory(
        gad=gad,
        nombre="Roberta Z.",
        cargo="Prefecta",
        desde=date(2019, 5, 15),
        hasta=date(2023, 5, 15),
    )
    AutoridadFactory(gad=gad, nombre="Otra", cargo="Prefecta", desde=CAMBIO, hasta=None)
    pagina = ver(client, central, grupo1.estrategia).text
    assert "Resumen para Roberta Z., prefecta de Esmeraldas" in pagina


def test_vacio_se_dice(client, central, grupo1):
    pagina = ver(client, central, grupo1.estrategia).text
    for dicho in (
        "Resumen para la prefectura de Esmeraldas",
        "Todavía no hay ninguna visión recogida",
        "Todavía no se realizó ninguno en la provincia.",
        "Ninguno anotado.",
        "Ninguna anotada que usted pueda ver.",
    ):
        assert dicho in pagina


def test_el_pdf_dice_lo_mismo(visiones, client, central, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(canton="0807", estado="realizado")
    url = ruta(visiones, que="resumen_prefectura_pdf")
    respuesta = entrar(client, central).get(url)
    assert respuesta["Content-Disposition"].startswith('attachment; filename="resumen-prefectura')
    texto = texto_de(respuesta.content)
    for dicho in ("Un cantón con agua", "De todo el grupo 1", "De 0803", "Taller de Rioverde"):
        assert dicho in texto
    assert "De 0801" not in texto
    assert abrir(respuesta.content).trailer["/Root"]["/Lang"] == "es-EC"


def test_las_consultas_no_crecen(
    visiones, central, territorio, encuentro1, django_assert_max_num_queries
):
    Encuentro.objects.update(estado="realizado", canton="0807")
    for n in range(4):
        EncuentroFactory(estrategia=visiones, canton_id="0807", estado="realizado")
        Necesidad.objects.create(
            tema=f"Tema {n}", modalidad="capacitacion", gad=territorio.gad["0801"]
        )
    with django_assert_max_num_queries(11):
        resumen_para_prefectura(visiones, territorio.gad["08"], central)
