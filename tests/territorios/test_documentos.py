"""La maquinaria de los PDF: de dónde puede tomar archivos y qué trae todo documento."""

import base64
import builtins
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format

from territorios import documentos
from territorios.documentos import (
    RecursoAjeno,
    SinPango,
    archivo_propio,
    buscador,
    contar_por_nivel,
    enumerar,
    nombre_de_pdf,
    por_nivel,
)
from territorios.models import NombreInstitucion
from tests.fabricas_documentos import pliego
from tests.lectura_pdf import abrir, impreso, letras, texto_de, texto_por_pagina

AJENAS = [
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "/etc/passwd",
    "//127.0.0.1/secreto",
    "http://127.0.0.1/",
    "https://ejemplo.gob.ec/logo.png",
    "ftp://127.0.0.1/",
    "estatico:",
    "estatico:css",
    "estatico:no/existe.css",
    "estatico:/etc/passwd",
    "estatico:///etc/passwd",
    "estatico:../config/settings.py",
    "estatico:css/../../config/settings.py",
    "estatico:css/%2e%2e/%2e%2e/config/settings.py",
    "estatico:css\\..\\..\\config\\settings.py",
    "estatico:css/documento.css\n",
    "estatico:css/documento.css?x=../../../etc/passwd",
    "letra:otra",
    "letra:../../../../etc/passwd",
]


@pytest.mark.parametrize("direccion", AJENAS)
def test_no_hay_mas_archivos_que_los_de_la_casa(direccion):
    with pytest.raises(RecursoAjeno):
        archivo_propio(direccion)
    with pytest.raises(RecursoAjeno):
        buscador().fetch(direccion)


def test_los_archivos_de_la_casa():
    assert archivo_propio("estatico:css/documento.css") == (
        settings.BASE_DIR / "static" / "css" / "documento.css"
    )
    assert archivo_propio("letra:recta-400").name == "documento-recta-400.ttf"
    assert archivo_propio("letra:cursiva-700").name == "documento-cursiva-700.ttf"
    hoja = buscador().fetch("estatico:css/documento.css")
    assert (hoja.content_type, hoja.read()[:2]) == ("text/css", b"/*")
    assert buscador().fetch("data:text/plain;base64,aG9sYQ==").read() == b"hola"


def svg_con(direccion):
    imagen = f'<image href="{direccion}" width="9" height="9"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{imagen}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


ENTRADAS = [
    '<img src="{}">',
    '<link rel="stylesheet" href="{}">',
    '<link rel="attachment" href="{}">',
    '<style>@import "{}";</style>',
    '<style>p {{ background: url("{}") }}</style><p>a</p>',
    '<object data="{}"></object>',
]


@pytest.fixture
def vigilado():
    """Un servidor en la propia máquina que anota lo que le piden."""
    pedidos = []

    class Anotador(BaseHTTPRequestHandler):
        def do_GET(self):
            pedidos.append(self.path)
            self.send_response(302)
            self.send_header("Location", "file:///etc/passwd")
            self.end_headers()

        def log_message(self, *args):
            pass

    servidor = HTTPServer(("127.0.0.1", 0), Anotador)
    threading.Thread(target=servidor.serve_forever, args=[0.01], daemon=True).start()
    yield f"http://127.0.0.1:{servidor.server_port}/a.png", pedidos
    servidor.shutdown()
    servidor.server_close()


@pytest.mark.parametrize("entrada", ENTRADAS)
def test_una_plantilla_que_pide_lo_ajeno_no_da_documento(entrada, vigilado):
    direccion, pedidos = vigilado
    for ajena in (direccion, "file:///etc/passwd"):
        with pytest.raises(RecursoAjeno, match="no puede usar"):
            documentos.html_a_pdf(entrada.format(ajena))
    assert pedidos == []


def test_una_imagen_propia_no_trae_dentro_otra_ajena(vigilado):
    """WeasyPrint se traga aquí el rechazo y deja la imagen en blanco: basta con que no la pida."""
    direccion, pedidos = vigilado
    imagenes = [svg_con(direccion), svg_con("file:///etc/passwd")]
    html = "".join(f'<img alt="a" src="{imagen}">' for imagen in imagenes)
    assert list(abrir(documentos.html_a_pdf(html)).pages[0].images) == []
    assert pedidos == []


def test_sin_el_buscador_propio_si_se_llegaria_afuera(vigilado):
    """El control: con el de fábrica, las mismas entradas llaman al servidor."""
    import weasyprint

    direccion, pedidos = vigilado
    html = f'<img src="{direccion}?html"><img src="{svg_con(direccion + "?svg")}">'
    weasyprint.HTML(string=html).write_pdf()
    assert pedidos == ["/a.png?html", "/a.png?svg"]


def test_el_control_de_lo_ajeno_no_estorba_a_lo_propio():
    vacio = base64.b64encode(b'<svg xmlns="http://www.w3.org/2000/svg"/>').decode()
    html = f'<img alt="" src="data:image/svg+xml;base64,{vacio}">'
    assert documentos.html_a_pdf(html).startswith(b"%PDF-1.7")


# --- Lo que trae todo documento -------------------------------------------------------------


@pytest.fixture
def instituciones(db):
    NombreInstitucion.objects.create(nombre="Secretaría Técnica", hasta=date(2021, 5, 24))
    NombreInstitucion.objects.create(nombre="Secretaría Nacional", desde=date(2021, 5, 24))


def documento(**contexto):
    return impreso(pliego("Señal de ñandú", contexto=contexto))


def test_etiquetas_lengua_y_titulo(instituciones):
    raiz = abrir(documento()).trailer["/Root"]
    assert raiz["/Lang"] == "es-EC"
    assert raiz["/MarkInfo"] == {"/Marked": True}
    assert raiz["/ViewerPreferences"] == {"/DisplayDocTitle": True}
    assert b'pdfuaid:part="1"' in raiz["/Metadata"].get_data()
    datos = abrir(documento(fecha=date(2019, 8, 22))).metadata
    assert (datos.title, datos.author) == ("Señal de ñandú", "Secretaría Técnica")


@pytest.mark.parametrize(
    ("fecha", "institucion"),
    [
        (date(2019, 8, 22), "Secretaría Técnica"),
        (date(2021, 5, 24), "Secretaría Nacional"),
    ],
)
def test_cabecera_y_pie(instituciones, fecha, institucion):
    """El membrete es el de la fecha del documento; se emite hoy."""
    hoy = date_format(timezone.localdate(), "DATE_FORMAT")
    texto = f"{institucion} Señal de ñandú Emitido el {hoy} Página 1 de 1"
    assert texto_por_pagina(documento(fecha=fecha)) == [texto]


def test_sin_nombre_de_institucion_hay_documento(db):
    assert "Señal de ñandú" in texto_de(documento())


def test_la_letra_va_dentro_y_es_la_de_la_casa(instituciones):
    assert letras(documento()) == {"Public-Sans"}


def test_las_hojas_de_estilo_leidas_una_vez_dan_el_mismo_archivo(instituciones):
    """El mismo que si WeasyPrint las leyera en cada documento, sea el primero o el segundo."""
    from weasyprint import HTML

    uno = pliego("Señal de ñandú")
    html = documentos.sin_sello(documentos.a_html(uno.plantilla, {}, titulo=uno.titulo))
    assert html.count('rel="stylesheet"') == 1
    cada_vez = HTML(string=html, url_fetcher=buscador()).write_pdf(pdf_variant="pdf/ua-1")
    assert [documentos.html_a_pdf(html), documentos.html_a_pdf(html)] == [cada_vez, cada_vez]


# --- Sin Pango ------------------------------------------------------------------------------


@pytest.fixture
def sin_pango(monkeypatch):
    importar = builtins.__import__

    def importar_sin_pango(nombre, *args, **kwargs):
        if nombre == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return importar(nombre, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", importar_sin_pango)


def test_sin_pango_se_dice_la_orden_que_lo_trae(db, sin_pango):
    with pytest.raises(SinPango) as falta:
        documento()
    assert str(falta.value) == (
        "Falta Pango, que compone los PDF. Instálelo así: apt-get install -y "
        "--no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
    )


def test_la_orden_es_la_misma_que_usa_tareas():
    tareas = Path(settings.BASE_DIR, "tareas").read_text()
    paquetes = SinPango.ORDEN.split("--no-install-recommends ")[1]
    assert paquetes in tareas


# --- Palabras -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("partes", "frase"),
    [
        ([], ""),
        (["Jama"], "Jama"),
        (["Jama", "Sucre"], "Jama y Sucre"),
        (["Jama", "Sucre", "Muisne"], "Jama, Sucre y Muisne"),
        (["Otavalo", "Ibarra"], "Otavalo e Ibarra"),
        (["agua", "hielo"], "agua y hielo"),
    ],
)
def test_enumerar(partes, frase):
    assert enumerar(partes) == frase


def test_los_gad_se_cuentan_y_agrupan_por_nivel(territorio):
    gads = [territorio.gad[codigo] for codigo in ("080752", "0807", "0801", "08")]
    assert contar_por_nivel(gads) == "1 provincial, 2 municipales y 1 parroquial rural"
    assert [(nivel, [gad.pk for gad in suyos]) for nivel, suyos in por_nivel(gads)] == [
        ("GAD provincial", ["08"]),
        ("GAD municipales", ["0801", "0807"]),
        ("GAD parroquial rural", ["080752"]),
    ]


@pytest.mark.parametrize(
    ("partes", "nombre"),
    [
        (("Grupo 1", "Súa – Tonchigüe"), "grupo-1-sua-tonchigue.pdf"),
        (('x"; rm -rf /\r\n', "../a"), "x-rm-rf-a.pdf"),
        (("ñ" * 200,), "n" * 90 + ".pdf"),
    ],
)
def test_el_nombre_de_archivo_es_ascii(partes, nombre):
    assert nombre_de_pdf(*partes) == nombre
