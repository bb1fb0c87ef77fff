"""Pedir fichas en bloque desde las páginas: quién, de dónde, cómo va y qué se descarga."""

import re
from datetime import timedelta
from hashlib import sha256
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from pdot.trabajo_fichas import hacer_ficha, titulo_de
from territorios import trabajos
from territorios.models import PiezaDeTrabajo, Trabajo, Zona
from tests.conftest import entrar
from tests.fabricas import GadParroquialFactory, ParroquiaFactory
from tests.fabricas_trabajos import listo_de, pedir_de
from tests.lectura_html import Pagina

LISTA = "/pdot/en-bloque/"
PEDIR = "/pdot/en-bloque/fichas/"


@pytest.fixture
def sin_pdf(monkeypatch):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: html.encode())


def ruta(trabajo, que=""):
    return f"{LISTA}{trabajo.pk}/{que}"


def pedir(client, **datos):
    return client.post(PEDIR, datos)


def opciones(texto):
    return re.findall(
        r'<option value="([^"]*)"', texto.split('name="zona"')[1].split("</select")[0]
    )


# --- Pedir --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "ofrecidas"),
    [("central", ["pais", "1", "4"]), ("zonal1", ["1"]), ("zonal4", ["4"])],
)
def test_se_ofrece_lo_de_su_jurisdiccion(client, elenco, quien, ofrecidas):
    respuesta = entrar(client, elenco[quien]).get(PEDIR)
    assert opciones(respuesta.content.decode()) == ofrecidas


@pytest.mark.parametrize("quien", ["plan_rioverde", "observador", "observador1"])
@pytest.mark.parametrize("direccion", [LISTA, PEDIR])
def test_ni_un_gad_ni_un_observador_piden_en_bloque(client, elenco, quien, direccion):
    assert entrar(client, elenco[quien]).get(direccion).status_code == 403
    assert "en-bloque" not in client.get("/pdot/").content.decode()


def test_la_central_pide_el_pais_y_lleva_a_su_pagina(client, central):
    respuesta = pedir(entrar(client, central), zona="pais")
    trabajo = Trabajo.objects.get()
    assert (respuesta.status_code, respuesta.url) == (303, ruta(trabajo))
    assert (trabajo.titulo, trabajo.sitio) == (
        "Fichas de los GAD de todo el país",
        "http://testserver",
    )
    claves = trabajo.piezas.values_list("clave", flat=True)
    assert sorted(claves) == [
        *("08", "0801", "0803", "0807", "080752", "13", "1303", "130352", "1317", "131751"),
    ]


def test_pedir_dos_veces_lleva_al_que_ya_hay(client, zonal1):
    entrar(client, zonal1)
    primera = pedir(client, zona=1, nivel="municipales")
    segunda = client.post(PEDIR, {"zona": 1, "nivel": "municipales"}, follow=True)
    assert segunda.redirect_chain == [(primera.url, 303)]
    assert "ya estaba en camino" in segunda.content.decode()
    assert Trabajo.objects.count() == 1


@pytest.mark.parametrize(
    "datos", [{"zona": "4"}, {"zona": "pais"}, {"zona": ""}, {"zona": "1", "nivel": "x"}]
)
def test_fuera_de_su_zona_no_se_pide(client, zonal1, datos):
    respuesta = pedir(entrar(client, zonal1), **datos)
    assert respuesta.status_code == 400
    assert "No se pidió" in respuesta.content.decode()
    assert Trabajo.objects.count() == 0


def test_donde_no_hay_ningun_gad_lo_dice(client, central, territorio):
    Zona.objects.create(numero=9, nombre="Quito", sede="Quito")
    respuesta = pedir(entrar(client, central), zona="9")
    assert respuesta.status_code == 400
    assert respuesta.content.decode().count("no hay ningún GAD vigente") == 1


def test_titulos(territorio):
    zona = territorio.zona[4]
    assert titulo_de(zona, "parroquiales") == "Fichas de los GAD parroquiales rurales de la Zona 4"


# --- Ver ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "codigo"), [("zonal1", 200), ("central", 200), ("zonal4", 404), ("observador", 403)]
)
def test_lo_ve_quien_lo_pidio_y_la_central(client, elenco, zonal1, quien, codigo):
    trabajo = listo_de(zonal1)
    entrar(client, elenco[quien])
    for que in ("", "archivo/"):
        assert client.get(ruta(trabajo, que)).status_code == codigo
    assert client.post(ruta(trabajo, "cancelar/")).status_code == {200: 409}.get(codigo, codigo)
    if codigo == 200:
        assert str(trabajo) in client.get(LISTA).content.decode()


def test_si_cambia_de_zona_deja_de_ser_suyo(client, zonal1):
    trabajo = listo_de(zonal1)
    zonal1.zona_id = 4
    zonal1.save()
    assert entrar(client, zonal1).get(ruta(trabajo, "archivo/")).status_code == 404


def test_la_barra_dice_cuanto_va(client, zonal1, sin_pdf):
    trabajo = pedir_de(zonal1)
    pagina = entrar(client, zonal1).get(ruta(trabajo)).content.decode()
    assert 'max="5" value="0"' in pagina and "Empieza en unos segundos" in pagina
    assert '<noscript><meta http-equiv="refresh" content="5"></noscript>' in pagina
    trabajos._empezar(trabajo.pk)
    trabajos._hacer(trabajo, trabajos._reservar(trabajo, "uno"))
    pagina = client.get(ruta(trabajo)).content.decode()
    assert 'max="5" value="1"' in pagina and f"un correo a {zonal1.email}" in pagina
    trabajos.correr(trabajo.pk, quien="uno")
    pagina = client.get(ruta(trabajo)).content.decode()
    assert 'max="5" value="5"' in pagina and "refresh" not in pagina
    assert ruta(trabajo, "archivo/") in Pagina(pagina).enlaces


def test_el_que_no_da_senas_lo_dice(client, zonal1):
    trabajo = pedir_de(zonal1)
    trabajos._empezar(trabajo.pk)
    Trabajo.objects.update(latido=timezone.now() - timedelta(minutes=10))
    texto = entrar(client, zonal1).get(ruta(trabajo)).content.decode()
    assert "no da señas desde hace 10\xa0minutos" in texto


def test_la_lista_cuesta_lo_mismo_con_uno_que_con_varios(client, central, zonal1):
    listo_de(zonal1, nivel="provinciales")
    entrar(client, central).get(LISTA)
    with CaptureQueriesContext(connection) as con_uno:
        client.get(LISTA)
    for nivel in ("municipales", "parroquiales"):
        pedir_de(zonal1, nivel=nivel)
    with CaptureQueriesContext(connection) as con_tres:
        client.get(LISTA)
    assert len(con_tres) == len(con_uno) <= 8


# --- Cancelar y reanudar ------------------------------------------------------------------------


def test_cancelar_pide_confirmar_y_se_puede_reanudar(client, zonal1):
    trabajo = pedir_de(zonal1)
    entrar(client, zonal1)
    assert "no habrá ZIP" in client.get(ruta(trabajo, "cancelar/")).content.decode()
    assert Trabajo.objects.get().estado == "en_cola"
    assert client.post(ruta(trabajo, "cancelar/")).status_code == 302
    assert Trabajo.objects.get().estado == "cancelado"
    assert client.post(ruta(trabajo, "cancelar/")).status_code == 409
    assert client.get(ruta(trabajo, "reanudar/")).status_code == 405
    assert client.post(ruta(trabajo, "reanudar/")).status_code == 302
    assert Trabajo.objects.get().estado == "en_cola"
    assert client.post(ruta(trabajo, "reanudar/")).status_code == 409


def test_la_central_cancela_lo_de_una_zona(client, central, zonal1):
    trabajo = pedir_de(zonal1)
    assert entrar(client, central).post(ruta(trabajo, "cancelar/")).status_code == 302
    asiento = trabajo.historia.first()
    assert (asiento.estado, asiento.history_user) == ("cancelado", central)


def test_lo_que_no_salio_se_lista_con_su_causa(client, zonal1, sin_pdf):
    trabajo = pedir_de(zonal1)
    trabajo.piezas.filter(clave="0803").update(clave="0899")
    trabajos.correr(trabajo.pk, quien="uno")
    texto = entrar(client, zonal1).get(ruta(trabajo)).content.decode()
    assert "Sin hacer: 1 de 5 documentos. No se entrega un ZIP incompleto" in texto
    assert re.search(r"0899</span> No se pudo componer", texto)
    assert client.get(ruta(trabajo, "archivo/")).status_code == 409


# --- Descargar ----------------------------------------------------------------------------------


def test_se_descarga_entero_y_como_archivo(client, zonal1):
    trabajo = listo_de(zonal1)
    entrar(client, zonal1)
    respuesta = client.get(ruta(trabajo, "archivo/"), HTTP_ACCEPT_ENCODING="gzip")
    contenido = respuesta.getvalue()
    # Con su tamaño: una descarga que se corta no pasa por entera.
    assert respuesta["Content-Length"] == str(trabajo.tamano) == str(len(contenido))
    assert sha256(contenido).hexdigest() == trabajo.sha256
    assert len(ZipFile(BytesIO(contenido)).namelist()) == 6
    assert respuesta["Content-Type"] == "application/zip"
    fecha = f"{timezone.localtime(trabajo.terminado):%Y-%m-%d}"
    nombre = f"fichas-de-los-gad-de-la-zona-1-{fecha}.zip"
    assert respuesta["Content-Disposition"] == f'attachment; filename="{nombre}"'
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in respuesta["Cache-Control"]


def test_a_medias_no_se_descarga_nada(client, zonal1, sin_pdf):
    """Ni con una pieza, ni con todas, ni con el ZIP a medio armar."""
    trabajo = pedir_de(zonal1)
    entrar(client, zonal1)
    trabajos._empezar(trabajo.pk)
    while pieza := trabajos._reservar(trabajo, "uno"):
        assert client.get(ruta(trabajo, "archivo/")).status_code == 409
        trabajos._hacer(trabajo, pieza)
    assert trabajos._tomar_cierre(trabajo, "uno")
    paquete = trabajos.empaque.armar(trabajo, lambda: None)
    respuesta = client.get(ruta(trabajo, "archivo/"))
    assert (respuesta.status_code, respuesta["Content-Type"]) == (409, "text/html; charset=utf-8")
    assert "se ofrece entero o nada" in respuesta.content.decode()
    assert trabajos._publicar(trabajo, "uno", paquete)
    assert client.get(ruta(trabajo, "archivo/")).status_code == 200


def test_vencido_ya_no_se_ofrece_aunque_siga_en_disco(client, zonal1):
    trabajo = listo_de(zonal1)
    Trabajo.objects.update(vence=timezone.now())
    entrar(client, zonal1)
    respuesta = client.get(ruta(trabajo, "archivo/"))
    assert respuesta.status_code == 410
    texto = respuesta.content.decode()
    assert "Vencido" in texto and "el ZIP se borró el" in texto
    assert ruta(trabajo, "archivo/") not in Pagina(texto).enlaces
    assert PEDIR + "?zona=1&nivel=" in Pagina(texto).enlaces


# --- La ficha -----------------------------------------------------------------------------------


def test_la_ficha_lleva_lo_que_ve_quien_la_pidio(central, evaluaciones, grupo2, sin_pdf):
    """Muisne tiene su evaluación aprobada; el borrador de Rioverde no sale para la central."""
    trabajo = pedir_de(central)
    for codigo, barras in {"0803": True, "0807": False}.items():
        documento = hacer_ficha(trabajo, codigo, central)
        with documento.archivo.open("rb") as guardado:
            assert (b'class="barras"' in guardado.read()) == barras
        assert (documento.clase, documento.clave, documento.oficina) == (
            "Ficha del GAD",
            f"ficha:{codigo}",
            "MATRIZ",
        )


def test_cada_ficha_cuesta_las_mismas_consultas(zonal1, territorio, evaluaciones, sin_pdf):
    trabajo = pedir_de(zonal1)
    hacer_ficha(trabajo, "0807", zonal1)
    with CaptureQueriesContext(connection) as antes:
        hacer_ficha(trabajo, "0801", zonal1)
    for _ in range(6):
        lugar = ParroquiaFactory(padre=territorio.lugar["0803"], zona=territorio.zona[1])
        GadParroquialFactory(territorio=lugar)
    with CaptureQueriesContext(connection) as despues:
        hacer_ficha(trabajo, "0803", zonal1)
    assert max(len(antes), len(despues)) <= 40
    assert len(despues) - len(antes) <= 3


def test_las_piezas_de_la_zona_son_sus_gad_vigentes(zonal4, territorio):
    lugar = territorio.lugar["131751"]
    lugar.hasta = timezone.localdate() - timedelta(days=1)
    lugar.save()
    trabajo = pedir_de(zonal4, zona=4)
    claves = PiezaDeTrabajo.objects.filter(trabajo=trabajo).values_list("clave", flat=True)
    assert sorted(claves) == ["13", "1303", "130352", "1317"]
