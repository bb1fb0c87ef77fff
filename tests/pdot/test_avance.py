"""El avance: el embudo, sus ámbitos y que cada cifra sea la de las filas a que lleva."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import CumplimientoHito, Grupo, Membresia
from pdot.avance_de_gad import MINIMO, avance_de_gad
from pdot.cobertura import contar, leer_gads, marcar
from pdot.cuenta_avance import contar_avance, contar_para
from pdot.embudo import PASOS, leer_contado
from pdot.escalones import Escalon
from pdot.miradas import mirada_de, miradas
from pdot.models import Pdot
from pdot.resumen import resumir
from talleres.models import Convocado, Encuentro
from territorios.models import Gad, Territorio
from tests import siembra
from tests.conftest import entrar
from tests.datos import transaccion_comun
from tests.fabricas import (
    EncuentroFactory,
    EstrategiaFactory,
    GrupoFactory,
    HitoFactory,
    HitoGrupoFactory,
    PdotFactory,
    UsuarioFactory,
)

pytestmark = pytest.mark.django_db
TOTALES = (
    re.compile(r"<caption>[\d.]+ a [\d.]+ de ([\d.]+)</caption>"),
    re.compile(r"<caption>([\d.]+) en total</caption>"),
    re.compile(r"<caption>([\d.]+) evaluaci"),
    re.compile(r"<caption>([\d.]+) acuerdos?, "),
    re.compile(r"([\d.]+) encuentros?(?:, según los filtros|</p>| ·)"),
    re.compile(r"([\d.]+) grupos? conformados?\."),
)


class Enlaces(HTMLParser):
    """[(dirección, texto)] de los enlaces de una página."""

    def __init__(self, html):
        super().__init__()
        self.hallados, self._href = [], None
        self.feed(html)

    def handle_starttag(self, etiqueta, atributos):
        if etiqueta == "a":
            self._href, self._texto = dict(atributos).get("href", ""), ""

    def handle_data(self, datos):
        if self._href is not None:
            self._texto += datos

    def handle_endtag(self, etiqueta):
        if etiqueta == "a" and self._href is not None:
            self.hallados.append((self._href, self._texto.strip()))
            self._href = None


def cifras_de(respuesta):
    """[(dirección, cuánto dice)] de los enlaces cuyo texto es una cifra, o acaba en una."""
    cuerpo = respuesta.text.split("<main")[1]
    hallados = []
    for direccion, texto in Enlaces(cuerpo).hallados:
        dicho = re.fullmatch(r"(?:[^:]+: )?([\d.]+)", texto)
        if dicho and "anio=" not in direccion:
            hallados.append((direccion, int(dicho[1].replace(".", ""))))
    return hallados


def total_de(respuesta):
    """El total que dice la página de las filas."""
    for patron in TOTALES:
        if dicho := patron.search(respuesta.text):
            return int(dicho[1].replace(".", ""))
    raise AssertionError("La página no dice cuántas filas tiene.")


def comprobar_enlaces(client, rutas):
    """Recorre las cifras enlazadas de esas páginas; devuelve cuántas comprobó."""
    pedidas, vistas = {}, 0
    for ruta in rutas:
        respuesta = client.get(ruta)
        assert respuesta.status_code == 200, ruta
        for direccion, cuantos in cifras_de(respuesta):
            if direccion not in pedidas:
                pedidas[direccion] = total_de(client.get(direccion))
            assert (ruta, direccion, pedidas[direccion]) == (ruta, direccion, cuantos)
            vistas += 1
    return vistas


def pasos(cifras):
    """{escalón: cuántos} de unas cifras, con los pasos que alguien alcanzó."""
    cuenta = {}
    for _, marcas in cifras["niveles"].values():
        for marca, cuantos in marcas.items():
            cuenta[marca] = cuenta.get(marca, 0) + cuantos
    return {paso.value: cuenta[paso.value] for paso in PASOS if cuenta.get(paso.value)}


def de_la_cobertura(usuario):
    gads = leer_gads(usuario)
    marcar(gads, usuario)
    marcas = contar(gads.values())[None].marcas
    return {paso.value: marcas[paso] for paso in PASOS if marcas[paso]}


def rutas_de(usuario):
    """Las páginas del avance que le tocan."""
    contado = leer_contado(usuario)
    zonas = [reverse("pdot:avance_de_zona", args=[n]) for n in contado.zonas()]
    grupos = [reverse("pdot:tablero_de_grupo", args=[pk]) for pk in contado.grupos()]
    return [reverse("pdot:avance"), reverse("pdot:avance_de_grupos"), *zonas, *grupos]


# --- El piloto ----------------------------------------------------------------------------------


@pytest.fixture(scope="class")
def piloto(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.piloto)
        yield


@pytest.mark.usefixtures("piloto")
class TestConElPiloto:
    def test_el_embudo_del_pais(self):
        contar_avance()
        cifras = leer_contado(UsuarioFactory(rol="central"), "pais").entero
        assert pasos(cifras) == {
            "grupo": 55,
            "M1": 1,
            "M2": 11,
            "M3": 55,
            "evaluado": 4,
            "aprobado": 4,
        }
        assert sum(total for total, _ in cifras["niveles"].values()) == 1070

    def test_dice_lo_mismo_que_resumir_y_que_la_cobertura(self):
        contar_avance()
        central = UsuarioFactory(rol="central")
        contado, resumen = leer_contado(central, "pais"), resumir(timezone.localdate())
        cifras = contado.entero
        (estrategia,) = resumen["estrategias"]
        assert {n: marcas["grupo"] for n, (_, marcas) in cifras["niveles"].items()} == (
            estrategia["gad"]
        )
        assert len(contado.grupos()) == estrategia["grupos"] == 4
        assert cifras["evaluaciones"] == resumen["evaluaciones"]
        totales = {
            str(n): sum(total for total, _ in zona["niveles"].values())
            for n, zona in contado.zonas().items()
        }
        assert totales == {n: zona["gad"] for n, zona in resumen["zonas"].items()}
        assert pasos(cifras) == de_la_cobertura(central)

    def test_cada_cifra_lleva_a_las_filas_que_la_explican(self, client):
        contar_avance()
        central = UsuarioFactory(rol="central")
        assert comprobar_enlaces(entrar(client, central), rutas_de(central)) > 150

    def test_las_consultas_son_pocas_y_siempre_las_mismas(self, client, django_assert_num_queries):
        """Sesión, cuenta, lo contado con el ámbito entero, si falta contar, el mapa y los cortes.

        La zona y el grupo añaden su fila. Un GAD, además: sus parecidos, sus grupos con sus hitos,
        sus encuentros y sus evaluaciones.
        """
        contar_avance()
        entrar(client, UsuarioFactory(rol="central"))
        with django_assert_num_queries(6):
            client.get(reverse("pdot:avance"))
        with django_assert_num_queries(7):
            client.get(reverse("pdot:avance_de_zona", args=[4]))
        del_grupo = reverse("pdot:tablero_de_grupo", args=[Grupo.objects.conformados()[0].pk])
        with django_assert_num_queries(7):
            client.get(del_grupo)
        with django_assert_num_queries(7):
            client.get(reverse("pdot:avance_de_gad", args=["0801"]))
        with django_assert_num_queries(6):
            client.get(reverse("pdot:ritmo"))


# --- Las reglas ---------------------------------------------------------------------------------


@pytest.fixture
def revuelto(territorio, grupo1, grupo2, encuentro1, encuentro2, evaluaciones):
    """Un poco de todo: propuesto, cancelado, quien salió, quien está en dos y lo realizado."""
    hoy = timezone.localdate()
    GrupoFactory(
        estrategia=grupo1.estrategia,
        estado="propuesto",
        miembros=[territorio.gad[codigo] for codigo in ("1303", "0801")],
    )
    GrupoFactory(
        estrategia=grupo1.estrategia,
        estado="cancelado",
        motivo="No quiso",
        miembros=[territorio.gad["130352"]],
    )
    Membresia.objects.filter(grupo=grupo1, gad="080752").update(hasta=hoy - timedelta(days=3))
    Encuentro.objects.update(estado="realizado")
    Convocado.objects.create(encuentro=encuentro2, gad_id="0803")
    EncuentroFactory(tipo="M1", gad=territorio.gad["08"], estado="realizado", grupos=[grupo1])
    EncuentroFactory(tipo="M2", gad=territorio.gad["1317"], estado="realizado", grupos=[grupo2])
    hito = HitoGrupoFactory(
        grupo=grupo1, hito=HitoFactory(nombre="Diagnóstico"), fecha_meta=hoy - timedelta(days=1)
    )
    CumplimientoHito.objects.create(
        hito=hito, gad_id="0807", fecha=hoy, por=UsuarioFactory(rol="central")
    )
    HitoGrupoFactory(grupo=grupo2, hito=HitoFactory(nombre="Propuesta"), fecha_meta=None)
    PdotFactory(
        gad=territorio.gad["0803"], anio_desde=2020, anio_hasta=2024, estado=Pdot.Estado.VIGENTE
    )


QUIENES = ("central", "observador", "zonal1", "zonal4", "observador1", "plan_rioverde")


@pytest.mark.parametrize("quien", QUIENES)
def test_cada_cifra_de_cada_quien_lleva_a_sus_filas(client, revuelto, elenco, quien):
    contar_avance()
    assert comprobar_enlaces(entrar(client, elenco[quien]), rutas_de(elenco[quien])) > 10


@pytest.mark.parametrize("quien", ("central", "observador", "zonal1", "zonal4", "observador1"))
def test_lo_guardado_es_lo_que_ve_en_su_cobertura(revuelto, elenco, quien):
    contar_avance()
    usuario = elenco[quien]
    ambito = "pais" if usuario.ve_el_pais else f"zona-{usuario.zona_id}"
    assert pasos(leer_contado(usuario, ambito).entero) == de_la_cobertura(usuario)


def test_plan_es_el_vigente_posterior_al_que_se_aprobo(revuelto, central):
    assert pasos(contar_para(central)["pais"])["plan"] == 1
    Pdot.objects.filter(anio_desde=2020).update(estado=Pdot.Estado.ELABORACION)
    assert "plan" not in pasos(contar_para(central)["pais"])
    Pdot.objects.filter(anio_desde=2020).update(estado=Pdot.Estado.VIGENTE, anio_desde=2014)
    assert "plan" not in pasos(contar_para(central)["pais"])


def test_quien_esta_en_dos_grupos_se_cuenta_una_vez_en_el_pais_y_en_cada_grupo(
    grupo1, grupo2, central
):
    ambitos = contar_para(central)
    assert pasos(ambitos["pais"]) == {"grupo": 8}
    assert [pasos(ambitos[f"grupo-{g.pk}"]) for g in (grupo1, grupo2)] == [
        {"grupo": 4},
        {"grupo": 5},
    ]


def test_un_grupo_que_cruza_zonas_cuenta_entero_para_las_dos(grupo2, zonal1, zonal4):
    for zonal in (zonal1, zonal4):
        assert pasos(contar_para(zonal)[f"grupo-{grupo2.pk}"]) == {"grupo": 5}
    assert pasos(contar_para(zonal1)["zona-1"]) == {"grupo": 2}
    assert pasos(contar_para(zonal4)["zona-4"]) == {"grupo": 3}


def test_el_ritmo_dice_a_tiempo_tarde_atrasado_y_por_cumplir(revuelto, central, grupo1, grupo2):
    ambitos = contar_para(central)
    assert ambitos[f"grupo-{grupo1.pk}"]["ritmo"] == {
        "a-tiempo": 0,
        "tarde": 1,
        "atrasado": 2,
        "por-cumplir": 0,
    }
    assert ambitos[f"grupo-{grupo2.pk}"]["ritmo"]["por-cumplir"] == 5


# --- Qué ve cada quien --------------------------------------------------------------------------


def test_cada_mirada_es_la_de_su_rol_y_su_zona(territorio, elenco):
    assert set(miradas()) == {
        *("central", "observador"),
        *("zonal-1", "observador-1", "zonal-4", "observador-4"),
    }
    assert {mirada_de(uno) for uno in elenco.values()} == {
        *("central", "observador", "zonal-1", "zonal-4", "observador-1", ""),
    }


def test_ninguna_cifra_cuenta_un_borrador(evaluaciones, central, zonal1, plan_rioverde, grupo1):
    """Rioverde tiene la suya en borrador: nadie la lee en el avance, ni el propio GAD."""
    for usuario in (central, zonal1, plan_rioverde):
        cifras = contar_para(usuario)[f"grupo-{grupo1.pk}"]
        (rioverde,) = [uno for uno in cifras["gads"] if uno[0] == "0807"]
        assert rioverde[4] == ["grupo"]
    assert contar_para(central)["pais"]["evaluaciones"]["borrador"] == 0


def test_quien_observa_no_lee_lo_que_esta_en_camino(evaluaciones, observador, observador1, central):
    assert pasos(contar_para(central)["pais"])["evaluado"] == 3
    assert pasos(contar_para(observador)["pais"]) == {"evaluado": 1, "aprobado": 1}
    assert pasos(contar_para(observador1)["zona-1"]) == {"evaluado": 1, "aprobado": 1}


@pytest.mark.parametrize(
    ("quien", "esperados"),
    [
        ("central", {1: 200, 4: 200}),
        ("observador", {1: 200, 4: 200}),
        ("zonal1", {1: 200, 4: 404}),
        ("observador1", {1: 200, 4: 404}),
        ("plan_rioverde", {1: 404, 4: 404}),
    ],
)
def test_cada_quien_abre_las_zonas_que_ve(client, elenco, quien, esperados):
    entrar(client, elenco[quien])
    rutas = {n: reverse("pdot:avance_de_zona", args=[n]) for n in esperados}
    assert {n: client.get(ruta).status_code for n, ruta in rutas.items()} == esperados
    assert client.get(reverse("pdot:avance_de_zona", args=[99])).status_code == 404


def test_el_avance_de_un_gad_es_de_quien_lo_tiene_a_la_vista(client, elenco, grupo1, grupo2):
    ruta = reverse("pdot:avance_de_gad", args=["0801"])
    codigos = {
        quien: entrar(client, elenco[quien]).get(ruta).status_code
        for quien in ("central", "zonal1", "zonal4", "plan_rioverde", "plan_chone")
    }
    assert codigos == {
        "central": 200,
        "zonal1": 200,
        "zonal4": 404,
        "plan_rioverde": 200,
        "plan_chone": 404,
    }


@pytest.mark.parametrize("quien", QUIENES)
def test_los_pasos_de_un_gad_son_sus_marcas_en_la_cobertura(revuelto, elenco, quien):
    contar_avance()
    usuario = elenco[quien]
    gads = leer_gads(usuario)
    marcar(gads, usuario)
    assert gads
    for codigo, gad in gads.items():
        avance = avance_de_gad(Gad.objects.para_lista().get(pk=codigo), usuario)
        assert {paso.escalon for paso in avance.pasos if paso.alcanzado} == gad.marcas & set(PASOS)
        assert avance.escalon == gad.escalon
        parecidos = [uno for uno in gads.values() if uno.nivel == gad.nivel]
        for campo in ("codigo_provincia", "zona"):
            suyos = [uno for uno in parecidos if getattr(uno, campo) == getattr(gad, campo)]
            if len(suyos) >= MINIMO:
                parecidos = suyos
                break
        recuento = contar(parecidos)[None]
        assert avance.cuantos_parecidos == len(parecidos)
        assert [(paso.parecidos.n, paso.parecidos.de) for paso in avance.pasos] == [
            (recuento.marcas[paso], recuento.base(paso)) for paso in PASOS
        ]


def test_la_pagina_de_un_gad_dice_de_donde_sale_cada_paso(client, revuelto, zonal1, encuentro2):
    respuesta = entrar(client, zonal1).get(reverse("pdot:avance_de_gad", args=["0803"]))
    avance = respuesta.context["avance"]
    consta = {paso.escalon: (paso.alcanzado, len(paso.filas)) for paso in avance.pasos}
    assert consta == {
        Escalon.GRUPO: (True, 1),
        Escalon.M1: (None, 0),
        Escalon.M2: (False, 0),
        Escalon.M3: (True, 1),
        Escalon.EVALUADO: (True, 1),
        Escalon.APROBADO: (True, 1),
        Escalon.PLAN: (True, 1),
    }
    assert encuentro2.tema in respuesta.text
    assert "todos los de su nivel que usted ve" in avance.regla


# --- Páginas ------------------------------------------------------------------------------------


def test_sin_nada_contado_se_cuenta_en_el_momento(client, central, grupo1):
    respuesta = entrar(client, central).get(reverse("pdot:avance"))
    assert "Contado ahora." in respuesta.text
    assert respuesta.context["embudo"].pasos[0].cociente.n == 4


def test_sin_division_politico_administrativa_se_dice(client, db):
    respuesta = entrar(client, UsuarioFactory(rol="central")).get(reverse("pdot:avance"))
    assert respuesta.status_code == 200
    assert "vacio" in respuesta.text


@pytest.mark.parametrize(("estado", "dice"), [("propuesto", "todavía no"), ("cancelado", "ya no")])
def test_un_grupo_sin_conformar_no_tiene_avance(client, central, grupo1, estado, dice):
    Grupo.objects.update(estado=estado, motivo="Prueba")
    respuesta = entrar(client, central).get(reverse("pdot:tablero_de_grupo", args=[grupo1.pk]))
    assert respuesta.status_code == 200
    assert f"{dice} acompaña" in respuesta.text


def test_las_zonas_se_ordenan_por_lo_que_se_pida(client, central, grupo2):
    ruta = reverse("pdot:avance")
    entrar(client, central)
    por_grupo = client.get(ruta, {"orden": "grupo"})
    assert [uno.nombre for uno in por_grupo.context["hijos"]][0] == "Zona 4 · Pacífico"
    assert 'aria-sort="descending"' in por_grupo.text
    sin_orden = client.get(ruta, {"orden": "cualquiera"})
    assert [uno.orden for uno in sin_orden.context["hijos"]] == [1, 4]


def test_la_cobertura_acota_a_un_grupo_que_se_ve(client, zonal1, plan_chone, grupo1, grupo2):
    ruta = reverse("pdot:cobertura")
    entrar(client, zonal1)
    pagina = client.get(ruta, {"grupo": grupo2.pk}).context["pagina"]
    assert [gad.codigo for gad in pagina] == ["08", "0803", "13", "1317", "131751"]
    assert entrar(client, plan_chone).get(ruta, {"grupo": grupo1.pk}).status_code == 400
    Grupo.objects.filter(pk=grupo2.pk).update(estado="propuesto")
    assert entrar(client, zonal1).get(ruta, {"grupo": grupo2.pk}).status_code == 400


def test_el_ritmo_se_filtra_y_lo_que_no_se_ve_no_se_ofrece(
    client, revuelto, zonal1, zonal4, grupo1
):
    ruta = reverse("pdot:ritmo")
    hallados = entrar(client, zonal1).get(ruta, {"grupo": grupo1.pk, "situacion": "atrasado"})
    assert [uno.gad.pk for uno in hallados.context["pagina"]] == ["08", "0801"]
    assert entrar(client, zonal4).get(ruta, {"grupo": grupo1.pk}).status_code == 400
    assert client.get(ruta, {"situacion": "otra"}).status_code == 400


def test_un_gad_que_dejo_de_existir_lo_dice(client, central, territorio):
    Territorio.objects.filter(pk="080752").update(hasta=date(2024, 1, 1))
    respuesta = entrar(client, central).get(reverse("pdot:avance_de_gad", args=["080752"]))
    assert (respuesta.status_code, "ya no existe" in respuesta.text) == (200, True)


def test_los_grupos_de_estrategias_terminadas_tambien_salen_en_su_enlace(
    client, central, zonal1, grupo1, grupo2
):
    de_antes = EstrategiaFactory(codigo="de-antes", desde=date(2010, 1, 1), hasta=date(2010, 2, 1))
    Grupo.objects.filter(pk=grupo2.pk).update(estrategia=de_antes)
    for quien in (central, zonal1):
        respuesta = entrar(client, quien).get(reverse("pdot:avance"))
        assert respuesta.context["cuantos_grupos"] == 2
        assert comprobar_enlaces(client, rutas_de(quien)) > 10


def test_la_pagina_del_ritmo_dice_cuando_es_atraso_y_no_lo_tacha(client, revuelto, central):
    respuesta = entrar(client, central).get(reverse("pdot:ritmo"))
    assert "más de la mitad del grupo ya lo cumplió" in respuesta.text
    assert '<span class="estado atrasada">Atrasado</span>' in respuesta.text
