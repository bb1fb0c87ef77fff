"""Los datos abiertos: completos o nada, con su suma y su licencia, y sin nada de personas."""

import csv
import json
import shutil
from datetime import date
from hashlib import sha256

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError, models, transaction
from django.urls import reverse

from pdot import datos_abiertos
from pdot.datos_abiertos import SE_CONSERVAN, carpeta_de, publicar, raiz, ultima
from pdot.hojas_abiertas import ABIERTAS, NOMBRES
from pdot.models import CondicionesDeDatos, Evaluacion, PublicacionDeDatos
from pdot.models.datos_abiertos import ENLACE, LICENCIA
from pdot.resumen import resumir
from talleres.models import Encuentro
from territorios.models import Contacto
from tests.lectura_html import pagina

CANARIO = "Zq7"
CASA = ("territorios", "acompanamiento", "talleres", "pdot")
PERSONALES = {
    "territorios.Usuario.first_name",
    "territorios.Usuario.email",
    "territorios.Contacto.nombre",
    "territorios.Contacto.correo",
    "territorios.Contacto.telefono",
    "territorios.Autoridad.nombre",
    "talleres.Participante.nombre",
    "talleres.Encuentro.tema",
    "talleres.Encuentro.lugar",
    "talleres.Aporte.texto",
    "acompanamiento.Acuerdo.texto",
    "pdot.Respuesta.texto",
    "pdot.Necesidad.tema",
}
# La base no los deja llenar con cualquier cosa: exige que estén vacíos mientras la fila no se
# retire, se revoque o falle, o que tengan la forma de una suma o de una dirección.
CERRADOS = {
    "pdot.Necesidad.motivo_retiro",
    "pdot.Promocion.motivo",
    "talleres.Aporte.motivo_retiro",
    "talleres.Participante.organizacion",
    "territorios.Aviso.direccion",
    "territorios.DocumentoEmitido.sha256",
    "territorios.LlaveDeApi.motivo",
    "territorios.LlaveDeApi.resumen",
    "territorios.PiezaDeTrabajo.error",
    "territorios.Trabajo.sha256",
}


def leer(publicacion, nombre):
    texto = (carpeta_de(publicacion) / nombre).read_text("utf-8-sig")
    return list(csv.DictReader(texto.splitlines(), delimiter=";"))


def todo_lo_publicado(publicacion):
    return {
        archivo.name: archivo.read_text("utf-8-sig")
        for archivo in carpeta_de(publicacion).iterdir()
    }


@pytest.fixture
def lleno(muestrario, evaluaciones):
    """Algo de cada cosa del elenco, con los encuentros realizados."""
    Encuentro.objects.update(estado="realizado")
    return evaluaciones


# --- Lo que se publica --------------------------------------------------------------------------


def test_cada_hoja_sale_con_sus_filas_su_suma_y_su_tamano(lleno):
    publicacion = publicar()
    for ficha in publicacion.archivos:
        crudo = (carpeta_de(publicacion) / ficha["nombre"]).read_bytes()
        assert (len(crudo), sha256(crudo).hexdigest()) == (ficha["bytes"], ficha["sha256"])
    en_disco = {archivo.name for archivo in carpeta_de(publicacion).iterdir()}
    assert en_disco == {ficha["nombre"] for ficha in publicacion.archivos}
    for hoja in ABIERTAS:
        filas = leer(publicacion, f"{hoja.nombre}.csv")
        assert publicacion.archivo(f"{hoja.nombre}.csv")["filas"] == len(filas) > 0, hoja.nombre
        assert list(filas[0]) == hoja.encabezado
        if hoja.lugar:
            mapa = json.loads((carpeta_de(publicacion) / f"{hoja.nombre}.geojson").read_text())
            assert len(mapa["features"]) == len(filas), hoja.nombre


def test_el_diccionario_dice_en_que_archivo_esta_cada_columna(lleno):
    publicacion = publicar()
    filas = leer(publicacion, "diccionario.csv")
    columnas = [(f"{hoja.nombre}.csv", uno.nombre) for hoja in ABIERTAS for uno in hoja.columnas]
    assert [(fila["archivo"], fila["campo"]) for fila in filas] == columnas
    assert {fila["archivo"] for fila in filas} <= {f["nombre"] for f in publicacion.archivos}
    posibles = {(f["archivo"], f["campo"]): f["valores posibles"] for f in filas}
    assert posibles["zonas.csv", "zona"] == "1 a 9"
    assert posibles["acuerdos.csv", "acuerdos"] == "Número"


def test_las_cifras_son_las_de_la_plataforma(lleno, hitos):
    publicacion = publicar()
    cifras = resumir(date.today())
    assert len(leer(publicacion, "gad.csv")) == cifras["gad"]
    assert len(leer(publicacion, "grupos.csv")) == cifras["grupos"]
    assert len(leer(publicacion, "encuentros.csv")) == cifras["encuentros_por_estado"]["realizado"]
    assert [fila["codigo_gad"] for fila in leer(publicacion, "evaluaciones.csv")] == ["0803"]
    acuerdos = leer(publicacion, "acuerdos.csv")
    assert [(fila["grupo"], fila["estado"], fila["acuerdos"]) for fila in acuerdos] == [
        ("1", "pendiente", "1"),
        ("2", "pendiente", "1"),
    ]
    ruta = leer(publicacion, "hojas_de_ruta.csv")
    assert {fila["cumplidos"] for fila in ruta} == {"0"}


def test_lo_que_no_esta_aprobado_ni_conformado_no_sale(lleno, grupo1):
    Evaluacion.objects.filter(pk=lleno["0803"].pk).update(estado="devuelta")
    type(grupo1).objects.filter(pk=grupo1.pk).update(estado="propuesto")
    Encuentro.objects.update(estado="convocado")
    publicacion = publicar()
    assert leer(publicacion, "evaluaciones.csv") == []
    assert [fila["grupo"] for fila in leer(publicacion, "grupos.csv")] == ["2"]
    assert {fila["grupo"] for fila in leer(publicacion, "membresias.csv")} == {"2"}
    assert leer(publicacion, "encuentros.csv") == []
    por_gad = {fila["indicador"] for fila in leer(publicacion, "indicadores_por_gad.csv")}
    assert "evaluados" not in por_gad


# --- Canarios -----------------------------------------------------------------------------------


def sembrar():
    """({canario: campo}, campos que la base no deja llenar) de todo campo de texto con filas."""
    sembrados, cerrados = {}, set()
    for modelo in apps.get_models():
        if modelo._meta.app_label not in CASA or modelo.__name__.startswith("Historical"):
            continue
        for campo in filter(_es_texto, modelo._meta.concrete_fields):
            canario, nombre = f"{CANARIO}{len(sembrados):03}", f"{modelo._meta.label}.{campo.name}"
            try:
                if _sembrar_en(modelo, campo, canario):
                    sembrados[canario] = nombre
            except IntegrityError:
                cerrados.add(nombre)
    return sembrados, cerrados


def _es_texto(campo):
    es_texto = isinstance(campo, models.CharField | models.TextField)
    return es_texto and not (campo.primary_key or campo.choices or campo.is_relation)


def _sembrar_en(modelo, campo, canario):
    """Cuántas filas se llenaron; cada una distinta, por si la base lo pide."""
    filas = list(modelo._base_manager.values_list("pk", flat=True))
    with transaction.atomic():
        for numero, fila in enumerate(filas):
            valor = f"{canario}{numero}"[: campo.max_length]
            modelo._base_manager.filter(pk=fila).update(**{campo.name: valor})
    return len(filas)


def test_ningun_texto_de_nadie_sale_publicado(lleno, participantes, territorio):
    Contacto.objects.create(
        gad=territorio.gad["0807"],
        nombre="Alguien",
        cargo="Técnica",
        correo="alguien@rioverde.gob.ec",
        consentimiento="Acepta",
        consentimiento_fecha=date(2019, 1, 1),
    )
    sembrados, cerrados = sembrar()
    textos = todo_lo_publicado(publicar())
    vistos = {
        campo
        for canario, campo in sembrados.items()
        if any(canario in texto for texto in textos.values())
    }
    assert vistos == NOMBRES
    assert set(sembrados.values()) >= PERSONALES
    assert len(sembrados) > 120
    assert cerrados == CERRADOS


# --- Todo o nada --------------------------------------------------------------------------------


def test_si_se_corta_queda_la_anterior(territorio, monkeypatch):
    primera = publicar()

    def cortar(*args):
        raise OSError("Se llenó el disco")

    monkeypatch.setattr(datos_abiertos, "_paquete", cortar)
    with pytest.raises(OSError, match="disco"):
        publicar()
    assert ultima() == primera
    assert [carpeta.name for carpeta in raiz().iterdir()] == [primera.clave]


def test_mientras_no_hay_fila_nadie_ve_la_carpeta(territorio, client):
    publicacion = publicar()
    direccion = reverse("datos:archivo", args=[publicacion.clave, "gad.csv"])
    PublicacionDeDatos.objects.all().delete()
    assert client.get(direccion).status_code == 404


def test_se_conservan_las_ultimas_y_se_quitan_las_viejas(territorio):
    hechas = [publicar() for _ in range(SE_CONSERVAN + 2)]
    quedan = {carpeta.name for carpeta in raiz().iterdir()}
    assert quedan == {una.clave for una in hechas[2:]}
    assert PublicacionDeDatos.objects.count() == SE_CONSERVAN + 2


def test_la_orden_dice_donde(territorio, capsys):
    call_command("publicar_datos")
    publicacion = PublicacionDeDatos.objects.get()
    assert publicacion.clave in capsys.readouterr().out
    assert publicacion.historia.get().history_change_reason == "Publicación"


# --- Licencia y descripción ---------------------------------------------------------------------


def test_sin_condiciones_puestas_es_cc_by(territorio):
    textos = todo_lo_publicado(publicar())
    assert LICENCIA in textos["LICENCIA.txt"]
    assert ENLACE in textos["LEEME.txt"]


def test_valen_las_condiciones_vigentes(territorio):
    CondicionesDeDatos.objects.create(
        licencia="Vieja", desde=date(2010, 1, 1), hasta=date(2020, 1, 1)
    )
    CondicionesDeDatos.objects.create(
        licencia="Propia", clave="propia", enlace="https://ejemplo.ec/l", desde=date(2020, 1, 1)
    )
    publicacion = publicar()
    assert publicacion.licencia == "Propia"
    paquete = json.loads(todo_lo_publicado(publicacion)["datapackage.json"])
    assert paquete["licenses"] == [
        {"name": "propia", "title": "Propia", "path": "https://ejemplo.ec/l"}
    ]


def test_el_paquete_describe_cada_archivo_con_su_suma(lleno):
    publicacion = publicar()
    paquete = json.loads(todo_lo_publicado(publicacion)["datapackage.json"])
    recursos = {uno["path"]: uno for uno in paquete["resources"]}
    for hoja in ABIERTAS:
        recurso = recursos[f"{hoja.nombre}.csv"]
        assert [campo["name"] for campo in recurso["schema"]["fields"]] == hoja.encabezado
        assert recurso["hash"] == f"sha256:{publicacion.archivo(recurso['path'])['sha256']}"
    nombres = [uno["name"] for uno in paquete["resources"]]
    assert len(nombres) == len(set(nombres))


# --- La página ----------------------------------------------------------------------------------


def test_sin_publicar_lo_dice(client, db):
    respuesta = client.get(reverse("datos:inicio"))
    assert respuesta.status_code == 200
    assert "Todavía no se publica ningún dato." in respuesta.text


def test_la_pagina_no_pide_cuenta_y_enlaza_todo(client, lleno, django_assert_max_num_queries):
    publicacion = publicar()
    with django_assert_max_num_queries(3):
        respuesta = client.get(reverse("datos:inicio"))
    enlaces = pagina(respuesta).enlaces
    for ficha in publicacion.archivos:
        direccion = reverse("datos:archivo", args=[publicacion.clave, ficha["nombre"]])
        assert direccion in enlaces
        assert ficha["sha256"] in respuesta.text
    assert LICENCIA in respuesta.text


def test_se_descarga_tal_cual_y_no_otra_vez_si_no_cambio(client, territorio):
    publicacion = publicar()
    ficha = publicacion.archivo("gad.csv")
    for clave in (publicacion.clave, "ultima"):
        direccion = reverse("datos:archivo", args=[clave, "gad.csv"])
        respuesta = client.get(direccion)
        assert sha256(b"".join(respuesta.streaming_content)).hexdigest() == ficha["sha256"]
        assert respuesta["Content-Disposition"] == 'attachment; filename="gad.csv"'
        assert respuesta["Content-Type"] == "text/csv; charset=utf-8"
        assert respuesta["Access-Control-Allow-Origin"] == "*"
        igual = client.get(direccion, headers={"If-None-Match": respuesta["ETag"]})
        assert igual.status_code == 304


@pytest.mark.parametrize("nombre", ["nada.csv", "..", "%2e%2e%2fsecreto", "..%2F..%2Fdb.sqlite3"])
def test_solo_se_entrega_lo_de_la_lista(client, territorio, nombre):
    publicacion = publicar()
    (raiz() / "secreto").write_text("no")
    assert client.get(f"/datos/{publicacion.clave}/{nombre}").status_code == 404


def test_lo_que_ya_se_quito_es_404(client, territorio):
    publicacion = publicar()
    shutil.rmtree(carpeta_de(publicacion))
    for clave in (publicacion.clave, "ultima", "no-hay"):
        assert client.get(reverse("datos:archivo", args=[clave, "gad.csv"])).status_code == 404
