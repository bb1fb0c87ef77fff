"""Las páginas de importar: subir, mirar, confirmar; y lo que no debe pasar por el camino."""

import os
import time
from datetime import date
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from territorios.importaciones import espera
from territorios.models import Autoridad, CapaLimites, Territorio, Vecindad
from tests.archivos import coleccion, geojson, hoja_csv, libro
from tests.conftest import entrar, ruta_admin
from tests.datos import filas_por_tabla
from tests.fabricas import AutoridadFactory, UsuarioFactory
from tests.lectura_html import lo_que_enviaria, pagina

pytestmark = pytest.mark.django_db
INICIO = reverse("territorios:importar")
CONFIRMAR = reverse("territorios:importar_confirmar")
LIMITES = {"nivel": "canton", "fuente": "IGM", "fecha": "2024-01-31"}
AUTORIDADES = [("codigo", "nombre", "desde"), ("0807", "Ana Cedeño", "2023-05-15")]


@pytest.fixture(autouse=True)
def privados(settings, tmp_path):
    """La carpeta privada, vacía y propia de cada prueba."""
    settings.ARCHIVOS_PRIVADOS = tmp_path / "privados"
    return settings.ARCHIVOS_PRIVADOS / "importaciones"


def subir(cliente, que, archivo, **datos):
    subido = SimpleUploadedFile(archivo.nombre, archivo.contenido)
    return cliente.post(reverse(f"territorios:importar_{que}"), {"archivo": subido, **datos})


def confirmar(cliente, previa):
    return cliente.post(CONFIRMAR, lo_que_enviaria(previa), follow=True)


# --- Quién entra --------------------------------------------------------------------------------


@pytest.mark.parametrize("quien", ["zonal1", "plan_rioverde", "observador"])
def test_solo_la_central_importa(client, elenco, quien):
    entrar(client, elenco[quien])
    for que in ("limites", "dpa", "autoridades"):
        assert subir(client, que, geojson(), **LIMITES).status_code == 403
    assert client.get(INICIO).status_code == 403
    assert client.post(CONFIRMAR, {"pase": "x"}).status_code == 403
    assert INICIO not in client.get(reverse("territorios:inicio")).text


def test_la_central_llega_desde_el_territorio_y_desde_el_admin(como_central):
    assert INICIO in como_central.get(reverse("territorios:inicio")).text
    for modelo in (CapaLimites, Territorio, Autoridad):
        assert INICIO in como_central.get(ruta_admin(modelo, "changelist")).text


# --- El camino bueno ----------------------------------------------------------------------------


def test_limites_se_suben_se_miran_y_se_confirman(como_central, central, privados):
    antes = filas_por_tabla()
    previa = subir(como_central, "limites", geojson(), **LIMITES)
    assert previa.status_code == 200
    assert "Vista previa: todavía no se ha escrito nada." in previa.text
    assert "Con polígono: 5 de 5 cantones vigentes" in previa.text
    assert not pagina(previa).prohibido
    assert filas_por_tabla() == antes
    (guardado,) = privados.iterdir()
    assert guardado.stat().st_mode & 0o777 == 0o600
    hecho = confirmar(como_central, previa)
    assert "Los límites se importaron y todos los mapas ya los usan." in hecho.text
    capa = CapaLimites.objects.get(en_uso=True)
    assert (capa.huella, capa.historia.get().history_user) == (geojson().huella, central)
    assert not list(privados.iterdir())


def test_la_dpa_y_las_autoridades_tambien(como_central, territorio):
    cantones = Territorio.objects.cantones().values_list("codigo", "nombre")
    archivo = libro(Lista=[("codigo", "nombre"), *cantones, ("0812", "Nuevo")])
    previa = subir(como_central, "dpa", archivo, fecha="01/01/2025")
    assert "0812 Nuevo (cantón, zona 1)" in previa.text
    confirmar(como_central, previa)
    assert Territorio.objects.get(pk="0812").desde == date(2025, 1, 1)
    AutoridadFactory(gad=territorio.gad["0807"])
    confirmar(como_central, subir(como_central, "autoridades", hoja_csv(*AUTORIDADES)))
    assert Autoridad.objects.filter(gad="0807").count() == 2


def test_si_no_hay_nada_que_cambiar_no_se_ofrece_confirmar(como_central, privados):
    confirmar(como_central, subir(como_central, "limites", geojson(), **LIMITES))
    repetida = subir(como_central, "limites", geojson(), **LIMITES)
    assert "ya está importado" in repetida.text
    assert "pase" not in dict(pagina(repetida).campos)
    assert not list(privados.iterdir())


# --- Entre la vista previa y la confirmación ----------------------------------------------------


def test_confirmar_dos_veces_escribe_una(como_central):
    previa = subir(como_central, "autoridades", hoja_csv(*AUTORIDADES))
    confirmar(como_central, previa)
    otra = confirmar(como_central, previa)
    assert otra.status_code == 400
    assert "La vista previa venció o ya se confirmó" in otra.text
    assert Autoridad.objects.count() == 1


def test_el_pase_vence_y_lo_olvidado_se_barre(como_central, privados, monkeypatch):
    previa = subir(como_central, "autoridades", hoja_csv(*AUTORIDADES))
    (olvidado,) = privados.iterdir()
    viejo = time.time() - espera.PLAZO - 60
    os.utime(olvidado, (viejo, viejo))
    monkeypatch.setattr(espera, "PLAZO", -1)
    assert confirmar(como_central, previa).status_code == 400
    assert not Autoridad.objects.exists()
    monkeypatch.undo()
    privados.parent.mkdir(exist_ok=True)
    espera.barrer()
    assert not list(privados.glob("*"))


def test_el_pase_es_de_quien_subio(client, como_central, privados):
    previa = subir(como_central, "autoridades", hoja_csv(*AUTORIDADES))
    datos = lo_que_enviaria(previa)
    entrar(client, UsuarioFactory(rol="central"))
    assert client.post(CONFIRMAR, datos).status_code == 400
    assert not Autoridad.objects.exists()


@pytest.mark.parametrize("pase", ["", "x", "a:b:c", "\x00"])
def test_un_pase_inventado_no_vale(como_central, pase):
    assert como_central.post(CONFIRMAR, {"pase": pase}).status_code == 400


def test_el_archivo_cambiado_en_el_disco_no_entra(como_central, privados):
    previa = subir(como_central, "autoridades", hoja_csv(*AUTORIDADES))
    (guardado,) = privados.iterdir()
    guardado.write_bytes(hoja_csv(AUTORIDADES[0], ("0807", "Intruso", "2023-05-15")).contenido)
    assert confirmar(como_central, previa).status_code == 400
    assert not Autoridad.objects.exists()


def test_si_la_base_cambio_se_vuelve_a_mostrar(como_central, territorio):
    previa = subir(como_central, "autoridades", hoja_csv(*AUTORIDADES))
    AutoridadFactory(gad=territorio.gad["0807"], nombre="Luis Vera")
    cambiada = confirmar(como_central, previa)
    assert cambiada.status_code == 409
    assert "La base cambió desde que usted la revisó" in cambiada.text
    assert "Luis Vera" in cambiada.text
    assert Autoridad.objects.count() == 1
    assert confirmar(como_central, cambiada).status_code == 200
    assert Autoridad.objects.count() == 2


def test_si_la_base_cambio_y_ya_no_se_puede_se_rechaza(como_central, territorio):
    previa = subir(como_central, "autoridades", hoja_csv(*AUTORIDADES))
    AutoridadFactory(gad=territorio.gad["0807"], nombre="Luis Vera", desde=date(2023, 5, 15))
    respuesta = confirmar(como_central, previa)
    assert respuesta.status_code == 400
    assert "ese día ya empezó Luis Vera" in respuesta.text


# --- Lo malo ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("que", "archivo", "datos", "motivo"),
    [
        ("limites", hoja_csv(("a",)), LIMITES, "lista.csv: no es un JSON bien formado"),
        ("limites", libro(A=[("a",)]), LIMITES, "lista.xlsx: es un ZIP. Si es un shapefile"),
        (
            "limites",
            geojson(coleccion("x", ["0801"])),
            LIMITES | {"nivel": "parroquia"},
            "no de par",
        ),
        ("dpa", geojson(), {"fecha": "2025-01-01"}, "cantones.geojson: parece un JSON"),
        (
            "dpa",
            libro(A=[("codigo", "nombre"), ("08", "=A1")]),
            {"fecha": "2025-01-01"},
            "hoja «A», ",
        ),
        ("autoridades", hoja_csv(("codigo", "nombre", "desde"), ("1", "A", "b")), {}, "ningún GAD"),
    ],
)
def test_lo_inaceptable_se_rechaza_diciendo_donde(
    como_central, privados, que, archivo, datos, motivo
):
    antes = filas_por_tabla()
    respuesta = subir(como_central, que, archivo, **datos)
    assert respuesta.status_code == 400
    assert "No se escribió nada." in respuesta.text
    assert motivo in respuesta.text
    assert filas_por_tabla() == antes
    assert not list(privados.glob("*"))


@pytest.mark.parametrize(
    ("datos", "campo"),
    [({"nivel": "barrio"}, "nivel"), ({"fuente": ""}, "fuente"), ({"fecha": "ayer"}, "fecha")],
)
def test_un_campo_mal_llenado_se_dice_y_lo_demas_se_conserva(como_central, datos, campo):
    respuesta = subir(como_central, "limites", geojson(), **LIMITES | datos)
    assert respuesta.status_code == 400
    (form,) = [form for clase, form in respuesta.context["importaciones"] if clase == "limites"]
    assert set(form.errors) == {campo}


def test_sin_archivo_o_vacio(como_central):
    url = reverse("territorios:importar_dpa")
    assert como_central.post(url, {"fecha": "2025-01-01"}).status_code == 400
    vacio = SimpleUploadedFile("a.csv", b"")
    assert como_central.post(url, {"fecha": "2025-01-01", "archivo": vacio}).status_code == 400
    assert como_central.get(url).status_code == 302


def test_lo_que_pasa_de_20_mb_se_dice(como_central, settings, monkeypatch):
    monkeypatch.setattr("territorios.forms.TOPE_DEL_ARCHIVO", 10)
    respuesta = subir(como_central, "limites", geojson(), **LIMITES)
    assert respuesta.status_code == 413
    assert "cantones.geojson: pesa" in respuesta.text
    # Mucho más grande ni se termina de recibir.
    settings.SUBIDA_MAXIMA = 100
    respuesta = subir(como_central, "limites", geojson(), **LIMITES)
    assert respuesta.status_code == 413
    assert "El archivo pasa de 20 MB: no se recibió." in respuesta.text


def test_el_nombre_del_archivo_no_escribe_en_la_pagina_ni_fuera_de_su_carpeta(
    como_central, privados
):
    archivo = hoja_csv(*AUTORIDADES, nombre="../../<b>x</b>.csv")
    previa = subir(como_central, "autoridades", archivo)
    assert "<b>x" not in previa.text
    (guardado,) = privados.iterdir()
    assert guardado.name.endswith(archivo.huella)
    assert not list(Path(privados).parent.rglob("*.csv"))


# --- El admin de las capas ----------------------------------------------------------------------


def actuar(cliente, accion, *capas):
    datos = {"action": accion, "_selected_action": [capa.pk for capa in capas]}
    return cliente.post(ruta_admin(CapaLimites, "changelist"), datos, follow=True)


def test_el_admin_cambia_de_capa_y_pone_al_dia_la_vecindad(como_central, central):
    vieja = CapaLimites.objects.create(
        nombre="Esquema", fuente="DPA", fecha=date(2019, 4, 1), esquematica=True, en_uso=True
    )
    assert "no trae pares de vecinos" in actuar(como_central, "comparar_vecindad", vieja).text
    confirmar(como_central, subir(como_central, "limites", geojson(), **LIMITES))
    nueva = CapaLimites.objects.get(en_uso=True)
    assert "no está en uso" in actuar(como_central, "poner_al_dia_vecindad", vieja).text
    assert "No se cambió nada." in actuar(como_central, "comparar_vecindad", nueva).text
    assert not Vecindad.objects.filter(a="0807", b="1317").exists()
    actuar(como_central, "poner_al_dia_vecindad", nueva)
    par = Vecindad.objects.get(a="0807", b="1317")
    assert par.historia.get().history_user == central
    assert "Escoja una sola capa" in actuar(como_central, "poner_en_uso", vieja, nueva).text
    actuar(como_central, "poner_en_uso", vieja)
    assert CapaLimites.objects.get(en_uso=True) == vieja
