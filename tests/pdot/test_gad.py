"""La página de un GAD: qué muestra, a quién, y con cuántas consultas."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pdot.ficha import autoridades_de, familia_de
from pdot.models import Necesidad
from talleres.models import Convocado
from territorios.models import Territorio, Vecindad
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas import (
    AutoridadFactory,
    EncuentroFactory,
    GadFactory,
    GadParroquialFactory,
    GrupoFactory,
    ParroquiaFactory,
    PdotFactory,
)
from tests.lectura_html import pagina


@pytest.fixture
def ver(client, territorio):
    """Función que entra como alguien y pide la página de un GAD."""

    def pedir(usuario, codigo, **parametros):
        return entrar(client, usuario).get(reverse("pdot:gad", args=[codigo]), parametros)

    return pedir


def texto_de(respuesta):
    return " ".join("".join(pagina(respuesta).texto).split())


# --- Quién es y dónde está ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codigo", "superiores", "lugar"),
    [
        ("08", [], "Esmeraldas"),
        ("0807", ["/pdot/gad/08/"], "Rioverde"),
        ("080752", ["/pdot/gad/08/", "/pdot/gad/0807/"], "Chumundé"),
    ],
)
def test_las_migas_suben_por_el_territorio(ver, central, codigo, superiores, lugar):
    migas = ver(central, codigo).context["migas"]
    assert [direccion for _, direccion in migas] == [
        "/",
        "/territorio/",
        "/territorio/zonas/1/",
        *superiores,
        None,
    ]
    assert migas[-1][0] == lugar


def test_dice_su_nombre_oficial_su_nivel_y_su_codigo(ver, central):
    texto = texto_de(ver(central, "0807"))
    assert "Gobierno Autónomo Descentralizado Municipal de Rioverde" in texto
    assert "Provincia de Esmeraldas · Zona 1" in texto
    assert "GAD municipal · código 0807" in texto


def test_el_mapa_resalta_el_canton_de_la_parroquia(ver, central):
    cargar_contornos()
    mapa = ver(central, "080752").context["mapa"]
    assert [r.texto for plano in mapa.planos for r in plano.rotulos if r.clase == "fuerte"] == [
        "Rioverde"
    ]
    assert mapa.leyenda[0].texto == "Rioverde, cantón de la parroquia"


def test_lo_que_tiene_debajo_y_con_quien_limita(territorio, central):
    provincia, canton = familia_de("08", central), familia_de("0801", central)
    assert [gad.pk for gad in provincia.debajo] == ["0801", "0803", "0807"]
    assert [gad.pk for gad in provincia.vecinos] == ["13"]
    assert [gad.pk for gad in canton.debajo] == []
    assert [gad.pk for gad in canton.vecinos] == ["0803", "0807"]


def test_el_vecino_de_otra_provincia_dice_cual(ver, central):
    assert "Pedernales (Manabí)" in texto_de(ver(central, "0803"))


def test_la_que_dejo_de_existir_lo_dice_con_su_nota(ver, central):
    Territorio.objects.filter(pk="080752").update(
        hasta=date(2024, 10, 1), nota="Pasa a ser el cantón 0813."
    )
    texto = texto_de(ver(central, "080752"))
    assert "dejó de existir el 1 de octubre de 2024" in texto
    assert "Pasa a ser el cantón 0813." in texto


@pytest.mark.parametrize("codigo", ["9999", "080750", "x", "08 07"])
def test_un_codigo_desconocido_es_404(ver, central, codigo):
    assert ver(central, codigo).status_code == 404


# --- Autoridades --------------------------------------------------------------------------------


def test_la_autoridad_vigente_va_primero_y_la_anterior_se_queda(territorio):
    gad = territorio.gad["0807"]
    for desde, hasta, nombre in [
        (date(2014, 5, 15), date(2019, 5, 15), "La de antes"),
        (date(2019, 5, 15), date(2023, 5, 14), "La que firmó"),
        (date(2023, 5, 14), None, "La de ahora"),
    ]:
        AutoridadFactory(gad=gad, nombre=nombre, desde=desde, hasta=hasta)
    assert [(a.nombre, a.es_vigente) for a in autoridades_de(gad)] == [
        ("La de ahora", True),
        ("La que firmó", False),
        ("La de antes", False),
    ]


def test_si_falta_la_actual_lo_dice(ver, central, territorio):
    AutoridadFactory(gad=territorio.gad["0807"], desde=date(2019, 5, 15), hasta=date(2023, 5, 14))
    assert "Falta registrar a la autoridad actual (alcalde/sa)." in texto_de(ver(central, "0807"))


# --- Lo que cada quien puede ver ----------------------------------------------------------------


def test_los_grupos_que_no_se_alcanzan_no_se_nombran(ver, grupo1, central, plan_chone):
    assert grupo1.nombre in ver(central, "0807").text
    assert grupo1.nombre not in ver(plan_chone, "0807").text


def test_los_encuentros_que_no_se_alcanzan_no_se_nombran(
    ver, territorio, encuentro1, zonal1, zonal4
):
    Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad["0807"])
    assert encuentro1.tema in ver(zonal1, "0807").text
    assert encuentro1.tema not in ver(zonal4, "0807").text


def test_el_dialogo_con_su_autoridad_es_suyo_aunque_no_se_lo_convoque(
    ver, territorio, grupo1, central
):
    dialogo = EncuentroFactory(
        tipo="M2", tema="Diálogo", gad=territorio.gad["0807"], grupos=[grupo1]
    )
    assert list(ver(central, "0807").context["encuentros"]) == [dialogo]
    assert list(ver(central, "0801").context["encuentros"]) == []


def ids_de_evaluaciones(respuesta):
    return [e.pk for plan in respuesta.context["planes"] for e in plan.visibles]


def test_el_borrador_lo_ve_solo_quien_lo_escribe(ver, evaluaciones, plan_rioverde, zonal1):
    borrador = evaluaciones["0807"].pk
    assert ids_de_evaluaciones(ver(plan_rioverde, "0807")) == [borrador]
    assert ids_de_evaluaciones(ver(zonal1, "0807")) == []


@pytest.mark.parametrize(
    ("quien", "codigo", "accion"),
    [
        ("plan_rioverde", "0807", "Continuar la evaluación"),
        ("plan_esmeraldas", "0801", "Abrir la evaluación"),
        ("zonal1", "0801", "Abrir la evaluación"),
        ("zonal1", "0807", None),
        ("plan_rioverde", "0801", None),
    ],
)
def test_la_accion_principal_segun_quien_mira(ver, evaluaciones, elenco, quien, codigo, accion):
    accion_mostrada = ver(elenco[quien], codigo).context["accion"]
    assert (accion_mostrada and accion_mostrada[0]) == accion


def test_quien_no_ha_empezado_puede_empezar(ver, pdots, plan_chone):
    assert ver(plan_chone, "1303").context["accion"] == (
        "Empezar la evaluación",
        reverse("pdot:nueva"),
    )


def test_la_bitacora_lleva_los_cambios_de_sus_autoridades(ver, central, observador, territorio):
    autoridad = AutoridadFactory(gad=territorio.gad["0807"], nombre="Ana Bone")
    autoridad.nombre = "Ana María Bone"
    autoridad.save()
    html = ver(central, "0807", cambios=1).text
    assert "Cambió la autoridad Ana María Bone" in html
    assert "Quién y cuándo lo cambió" not in ver(observador, "0807", cambios=1).text


def temas_de(respuesta):
    return [una.tema for una in respuesta.context["necesidades"]]


def test_sus_necesidades_en_pie_y_las_de_sus_grupos_las_ve_quien_lo_acompana(
    ver, territorio, grupo1, central, zonal1, plan_esmeraldas, zonal4, plan_chone
):
    gad = territorio.gad["0807"]
    for tema, de_quien in [("Catastro", {"gad": gad}), ("Riego", {"grupo": grupo1})]:
        Necesidad.objects.create(tema=tema, modalidad="capacitacion", **de_quien)
    for quien in (central, zonal1, plan_esmeraldas):
        assert temas_de(ver(quien, "0807")) == ["Catastro", "Riego"]
    for ajeno in (zonal4, plan_chone):
        assert temas_de(ver(ajeno, "0807")) == []
    Necesidad.objects.filter(tema="Riego").update(retirada=timezone.now(), motivo_retiro="Ya no")
    assert temas_de(ver(central, "0807")) == ["Catastro"]


@pytest.mark.parametrize(
    ("quien", "escribe", "transcribe", "sigue"),
    [
        ("central", True, False, True),
        ("zonal1", True, True, True),
        ("plan_rioverde", True, False, True),
        ("plan_esmeraldas", False, False, True),
        ("zonal4", False, False, False),
        ("observador", False, False, True),
    ],
)
def test_lleva_a_lo_suyo_y_solo_a_lo_que_se_abre(
    client, ver, elenco, grupo1, pdots, quien, escribe, transcribe, sigue
):
    enlaces = pagina(ver(elenco[quien], "0807")).enlaces
    declarar = reverse("pdot:nueva_necesidad")
    esperados = {
        pdots["0807"].get_absolute_url(): True,
        reverse("pdot:gad_pdf", args=["0807"]): True,
        reverse("pdot:efecto", args=["0807"]): True,
        reverse("pdot:linea_de_hitos", args=["0807"]): sigue,
        reverse("pdot:nuevo_plan", args=["0807"]): escribe,
        reverse("pdot:nuevo_programa", args=["0807"]): escribe,
        reverse("pdot:en_nombre", args=["0807"]): transcribe,
        declarar if elenco[quien].gad_id else f"{declarar}?gad=0807": escribe,
    }
    assert {uno: uno in enlaces for uno in esperados} == esperados
    for direccion in (uno for uno, va in esperados.items() if va):
        assert client.get(direccion).status_code == 200


# --- Consultas ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("quien", "limite"), [("central", 8), ("observador", 8)])
def test_las_consultas_no_crecen_con_lo_que_muestra(
    client, elenco, territorio, grupo1, quien, limite
):
    cargar_contornos()
    entrar(client, elenco[quien])
    gad = territorio.gad["0807"]

    def llenar(*anios):
        for anio in anios:
            AutoridadFactory(gad=gad, desde=date(anio, 1, 1))
            PdotFactory(gad=gad, anio_desde=anio, anio_hasta=anio)
            GrupoFactory(estrategia=grupo1.estrategia, zona_id=1, miembros=[gad])
            Necesidad.objects.create(tema=f"Catastro {anio}", modalidad="capacitacion", gad=gad)
            encuentro = EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1])
            Convocado.objects.create(encuentro=encuentro, gad=gad)
            GadParroquialFactory(territorio=ParroquiaFactory(padre=gad.territorio))
            Vecindad.objects.create(a_id="0807", b_id=GadFactory().pk, km=1)

    def consultas():
        with CaptureQueriesContext(connection) as capturadas:
            assert client.get(reverse("pdot:gad", args=["0807"])).status_code == 200
        return len(capturadas)

    llenar(2015)
    con_una = consultas()
    llenar(2016, 2017)
    assert consultas() == con_una == limite
