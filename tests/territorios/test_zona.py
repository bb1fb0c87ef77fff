"""El país por zonas y cada zona por dentro: cifras a una fecha, mapa y tabla con lo mismo."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from territorios.models import Territorio
from territorios.zonas import Recuento, provincias_de_zona, recuento_por_zona, sumar
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas import (
    CantonFactory,
    GadFactory,
    GadParroquialFactory,
    ParroquiaFactory,
    UsuarioFactory,
)
from tests.lectura_html import pagina

HOY = date(2026, 1, 1)


@pytest.fixture
def inicio(client, central):
    """Función que pide la página del país con una fecha."""
    entrar(client, central)
    return lambda **datos: client.get(reverse("territorios:inicio"), datos)


@pytest.fixture
def zona(client, central):
    """Función que pide la página de una zona."""
    entrar(client, central)
    return lambda numero, **datos: client.get(reverse("territorios:zona", args=[numero]), datos)


@pytest.fixture
def canton_nuevo(territorio):
    """Sevilla, en Esmeraldas, que antes del 1 de octubre de 2024 era parroquia de Rioverde."""
    gad = GadFactory(
        territorio=CantonFactory(
            codigo="0813",
            nombre="Sevilla",
            padre=territorio.lugar["08"],
            desde=date(2024, 10, 1),
        )
    )
    GadParroquialFactory(
        territorio=ParroquiaFactory(
            codigo="080757",
            nombre="Sevilla",
            padre=territorio.lugar["0807"],
            hasta=date(2024, 10, 1),
        )
    )
    return gad


# --- Cifras -------------------------------------------------------------------------------------


def test_el_recuento_por_zona_y_nivel(territorio):
    recuentos = {zona.numero: recuento for zona, recuento in recuento_por_zona(HOY)}
    assert recuentos == {1: Recuento(1, 3, 1), 4: Recuento(1, 2, 2)}
    assert sumar(recuentos.values()) == Recuento(2, 5, 3)


def test_galapagos_cuenta_con_los_provinciales_y_quito_con_los_municipales():
    recuento = Recuento()
    for nivel in ("provincial", "regimen_especial", "municipal", "metropolitano", "parroquial"):
        recuento.sumar(nivel)
    assert (recuento, recuento.total) == (Recuento(2, 2, 1), 5)


def test_el_pasado_se_cuenta_como_fue(canton_nuevo):
    antes = dict(recuento_por_zona(date(2024, 9, 30)))
    despues = dict(recuento_por_zona(date(2024, 10, 1)))
    zona1 = next(zona for zona in antes if zona.numero == 1)
    assert (antes[zona1], despues[zona1]) == (Recuento(1, 3, 2), Recuento(1, 4, 1))


def test_las_provincias_de_una_zona_con_sus_cantones(territorio):
    (provincia,) = provincias_de_zona(territorio.zona[1], HOY)
    assert (provincia.nombre, provincia.propia) == ("Esmeraldas", True)
    assert [(c.nombre, c.recuento) for c in provincia.cantones] == [
        ("Esmeraldas", Recuento(0, 1, 0)),
        ("Muisne", Recuento(0, 1, 0)),
        ("Rioverde", Recuento(0, 1, 1)),
    ]


def test_los_cantones_van_por_nombre_sin_mirar_tildes(territorio):
    for codigo, nombre in (("0803", "Ávila"), ("0801", "Zaruma")):
        territorio.lugar[codigo].nombre = nombre
        territorio.lugar[codigo].save()
    (provincia,) = provincias_de_zona(territorio.zona[1], HOY)
    assert [c.nombre for c in provincia.cantones] == ["Ávila", "Rioverde", "Zaruma"]


def test_una_provincia_repartida_entre_dos_zonas(territorio):
    """Como Guayas: la zona 8 tiene cantones suyos, pero su GAD provincial es de la zona 5."""
    Territorio.objects.filter(pk__startswith="0803").update(zona=4)
    esmeraldas, manabi = provincias_de_zona(territorio.zona[4], HOY)
    assert (esmeraldas.propia, manabi.propia) == (False, True)
    assert [canton.nombre for canton in esmeraldas.cantones] == ["Muisne"]


# --- El país ------------------------------------------------------------------------------------


def test_el_mapa_y_la_tabla_llevan_a_las_mismas_zonas(inicio, territorio):
    cargar_contornos()
    enlaces = pagina(inicio()).enlaces
    a_zonas = [enlace for enlace in enlaces if "/zonas/" in enlace]
    assert a_zonas == ["/territorio/zonas/1/", "/territorio/zonas/4/"] * 2


def test_otra_fecha_se_conserva_al_entrar_en_una_zona(inicio, canton_nuevo):
    cargar_contornos()
    leida = pagina(inicio(fecha="2019-04-01"))
    a_zonas = {enlace for enlace in leida.enlaces if "/zonas/" in enlace}
    assert a_zonas == {f"/territorio/zonas/{n}/?fecha=2019-04-01" for n in (1, 4)}
    assert "vigente al 1 de abril de 2019" in "".join(leida.texto)


def test_el_mapa_del_pasado_dice_que_canton_no_existia(inicio, canton_nuevo):
    cargar_contornos({"0813": (31, 2)})
    assert "Sevilla (cantón desde el 01/10/2024) · Zona 1" in inicio(fecha="2019-04-01").text
    assert "<title>Sevilla · Zona 1</title>" in inicio(fecha="2025-01-01").text


def test_una_fecha_ilegible_es_400_y_no_se_pierde(inicio, territorio):
    respuesta = inicio(fecha="treinta")
    assert respuesta.status_code == 400
    assert "«treinta» no es una fecha" in respuesta.text
    assert ("fecha", "treinta") in pagina(respuesta).campos


def test_con_la_base_vacia_dice_quien_la_carga(client, db):
    entrar(client, UsuarioFactory())
    texto = client.get(reverse("territorios:inicio")).text
    assert "La oficina central todavía no ha cargado la división político-administrativa" in texto
    assert "sus 0 GAD" not in texto


def test_con_la_base_vacia_a_la_central_le_dice_como(client, db):
    entrar(client, UsuarioFactory(rol="central"))
    texto = client.get(reverse("territorios:inicio")).text
    assert "se carga una sola vez, en el servidor" in texto
    assert "manage.py" not in texto


@pytest.mark.parametrize(("fecha", "estado"), [("2019-04-01", 200), ("2019-03-31", 400)])
def test_antes_del_corte_no_se_responde(inicio, zona, territorio, fecha, estado):
    for respuesta in (inicio(fecha=fecha), zona(1, fecha=fecha)):
        assert respuesta.status_code == estado
        assert ("consta desde el 1 de abril de 2019" in respuesta.text) == (estado == 400)


def test_las_migas_empiezan_en_el_inicio(inicio, zona, territorio):
    for respuesta in (inicio(), zona(1)):
        assert respuesta.context["migas"][0] == ("Inicio", "/")


# --- La zona ------------------------------------------------------------------------------------


def test_la_zona_dice_sus_cifras_y_lleva_a_su_directorio(zona, territorio):
    cargar_contornos()
    leida = pagina(zona(4))
    texto = " ".join("".join(leida.texto).split())
    assert "5 GAD vigentes" in texto
    assert "1 provincial, 2 municipales y 2 parroquiales" in texto
    assert "/territorio/gad/?zona=4" in leida.enlaces


def test_cada_celda_dice_su_cifra_y_los_ajenos_salen_sin_enlace(zona, territorio):
    cargar_contornos()
    html = zona(4).text
    mapa = html[html.index("<svg xmlns") : html.index("</svg>")]
    assert "<title>Chone: 1 parroquia rural</title>" in mapa
    assert "<title>Pedernales: 1 parroquia rural</title>" in mapa
    assert mapa.count("<a href=") == 2


def test_zona_desconocida_404(zona, territorio):
    assert zona(7).status_code == 404


def test_una_zona_sin_gad_a_la_fecha_lo_dice(zona, territorio):
    Territorio.objects.update(desde=date(2020, 1, 1))
    respuesta = zona(4, fecha="2019-04-01")
    assert "no tenía GAD al 1 de abril de 2019" in respuesta.text


@pytest.mark.parametrize("ruta", ["territorios:inicio", "territorios:zona"])
def test_las_consultas_no_crecen_con_los_cantones(client, central, territorio, ruta):
    cargar_contornos()
    direccion = reverse(ruta, args=[1] if ruta.endswith("zona") else [])
    entrar(client, central)

    def consultas():
        with CaptureQueriesContext(connection) as capturadas:
            client.get(direccion)
        return len(capturadas)

    antes = consultas()
    for codigo in ("0821", "0822"):
        canton = CantonFactory(codigo=codigo, padre=territorio.lugar["08"])
        GadFactory(territorio=canton)
        GadParroquialFactory(territorio=ParroquiaFactory(padre=canton))
    assert consultas() == antes <= 8
