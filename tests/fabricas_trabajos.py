"""Trabajos en segundo plano: pedirlos, y uno ya listo sin componer ningún PDF."""

import zipfile
from hashlib import sha256

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from pdot.trabajo_fichas import pedir_fichas
from territorios import trabajos
from territorios.archivos import nombre_al_azar
from territorios.models import DocumentoEmitido, Trabajo, Zona
from territorios.models.documento import oficina_de

from . import fabricas_informe

SITIO = "http://pruebas"


def pedir_de(usuario, zona=1, nivel=""):
    """El trabajo con las fichas de esa zona (None: del país)."""
    de = Zona.objects.get(pk=zona) if zona else None
    return pedir_fichas(de, nivel, por=usuario, sitio=SITIO)[0]


def con_documentos(trabajo):
    """Anota cada pieza como ya emitida, con un archivo cualquiera."""
    for numero, pieza in enumerate(trabajo.piezas.filter(documento=None), 1):
        contenido = f"%PDF de {pieza.clave}".encode()
        oficina = oficina_de(trabajo.pedido_por)
        hechos = DocumentoEmitido.objects.filter(oficina=oficina).count()
        documento = DocumentoEmitido(
            oficina=oficina,
            anio=2026,
            # Lejos de los que dará la serie.
            numero=9001 + hechos,
            clase="Ficha del GAD",
            clave=f"ficha:{pieza.clave}",
            titulo=f"Ficha {numero}",
            nombre=f"ficha-{pieza.clave}.pdf",
            huella=f"{trabajo.pk}-{pieza.clave}",
            sha256=sha256(contenido).hexdigest(),
            tamano=len(contenido),
            emitido=timezone.now(),
            emitido_por=trabajo.pedido_por,
        )
        documento.archivo.save(nombre_al_azar("documentos", "pdf"), ContentFile(contenido))
        pieza.documento = documento
        pieza.save()


def listo_de(usuario, **cual):
    """Un trabajo terminado, con su ZIP."""
    trabajo = pedir_de(usuario, **cual)
    con_documentos(trabajo)
    trabajos.correr(trabajo.pk, quien="la prueba")
    trabajo.refresh_from_db()
    assert trabajo.estado == Trabajo.Estado.LISTO
    return trabajo


def dentro_de(trabajo):
    """{nombre: bytes} de su ZIP, comprobado."""
    with trabajo.archivo.open("rb") as guardado, zipfile.ZipFile(guardado) as comprimido:
        assert comprimido.testzip() is None
        return {nombre: comprimido.read(nombre) for nombre in comprimido.namelist()}


@pytest.fixture
def en_bloque(zonal1, zonal4, informes):
    """Fichas: el de la zona 1, listo; el de la zona 4, cancelado. De informes, lo mismo."""
    cancelado = trabajos.cancelar(pedir_de(zonal4, zona=4, nivel="provinciales"), por=zonal4)
    listo = listo_de(zonal1, nivel="provinciales")
    emision = fabricas_informe.pedir_de(informes["informe grupo2"], zonal4)
    return {
        "trabajo1": listo,
        "trabajo4": cancelado,
        "borrador1": fabricas_informe.borrador_listo(informes["informe grupo1"], zonal1),
        "emision4": trabajos.cancelar(emision, por=zonal4),
    }
