"""Todo PDF de la plataforma se emite: etiquetado, con título, idioma, marcadores y su código."""

from hashlib import sha256

from django.urls import reverse

from territorios.models import DocumentoEmitido
from tests.conftest import entrar
from tests.fabricas_documentos import logotipo
from tests.fabricas_puerta import PuertaFactory
from tests.lectura_pdf import abrir, texto_por_pagina, textos_alternativos
from tests.rutas import alcanza, combinaciones, de_la_plataforma

# El archivo de un documento ya emitido, o el que alguien subió: no se compone nada.
YA_HECHOS = {"territorios:documento_pdf", "pdot:archivo_de_plan", "pdot:archivo_de_hito"}
# Su propio QR va a otra página: lleva el código solo al pie.
CON_OTRO_QR = {"Certificado", "Cartel de registro"}
QUIENES = ("central", "zonal1", "zonal4", "plan_rioverde", "plan_chone")


def rutas_de_pdf():
    de_pdf = [ruta for ruta in de_la_plataforma() if ruta.camino.endswith(".pdf")]
    return [ruta for ruta in de_pdf if ruta.nombre not in YA_HECHOS]


def descargar(client, elenco, muestrario, ruta):
    """El primer PDF de esa ruta que le toca a alguien; None si a nadie."""
    for quien in QUIENES:
        entrar(client, elenco[quien])
        for valores, cosas in combinaciones(ruta.parametros, muestrario):
            if elenco[quien].puede(ruta.permiso) and alcanza(quien, ruta.permiso, cosas):
                respuesta = client.get(ruta.direccion(valores))
                if respuesta.status_code == 200:
                    return respuesta.content
    return None


def test_todo_pdf_se_emite_y_se_puede_comprobar(client, elenco, muestrario, encuentro1):
    logotipo()
    PuertaFactory(encuentro=encuentro1)
    for ruta in rutas_de_pdf():
        contenido = descargar(client, elenco, muestrario, ruta)
        assert contenido, f"nadie descargó {ruta.nombre}"
        documento = DocumentoEmitido.objects.get(sha256=sha256(contenido).hexdigest())
        assert documento.tamano == len(contenido)
        exigir_pdf_completo(ruta.nombre, contenido, documento)
    assert len(rutas_de_pdf()) > 15


def exigir_pdf_completo(nombre, contenido, documento):
    lector = abrir(contenido)
    raiz = lector.trailer["/Root"]
    assert raiz["/Lang"] == "es-EC", nombre
    assert raiz["/MarkInfo"] == {"/Marked": True}, nombre
    assert b'pdfuaid:part="1"' in raiz["/Metadata"].get_data(), nombre
    assert lector.metadata.title == documento.titulo, nombre
    assert lector.outline, f"{nombre} no tiene marcadores"
    for pagina in texto_por_pagina(contenido):
        assert documento.codigo_legible in pagina, nombre
        assert documento.numero_legible in pagina, nombre
    alternativos = textos_alternativos(contenido)
    assert all(alternativos), f"{nombre} tiene una imagen sin texto alternativo"
    assert "Logotipo de la Secretaría de prueba" in alternativos, nombre
    direccion = f"testserver{reverse('publico:documento', args=[documento.codigo_legible])}"
    con_qr = any(f"lleva a {direccion.rstrip('/')}" in texto for texto in alternativos)
    assert con_qr == (documento.clase not in CON_OTRO_QR), nombre
