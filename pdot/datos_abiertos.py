"""Publicar los datos abiertos: una carpeta nueva, completa y sellada, y recién después a la vista.

Cada publicación se escribe en una carpeta oculta, se lleva al disco y se renombra; su fila en la
base es el puntero. Si algo se corta antes, queda en pie la anterior.
"""

import json
import os
import re
import secrets
import shutil
import time
from hashlib import sha256
from pathlib import Path
from textwrap import fill

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from territorios.geojson import geojson_de
from territorios.hojas_de_calculo import CODIGO, DECIMAL, FECHA, NUMERO, csv_de
from territorios.hojas_de_calculo import csv_del_diccionario as lineas_del_diccionario
from territorios.models import NombreInstitucion

from .hojas_abiertas import ABIERTAS, Lectura
from .models import CondicionesDeDatos, PublicacionDeDatos

SE_CONSERVAN = 7
UN_DIA = 24 * 60 * 60
EN_PREPARACION = ".haciendose-"
CARPETA = re.compile(r"\d{8}-\d{6}-[0-9a-f]{6}")
TIPOS = {NUMERO: "integer", DECIMAL: "number", FECHA: "any", CODIGO: "string"}
MEDIOS = {".csv": "text/csv", ".geojson": "application/geo+json", ".json": "application/json"}


def raiz():
    return Path(settings.ARCHIVOS_PRIVADOS) / "datos-abiertos"


def publicar(*, por=None):
    """Escribe todo y devuelve la PublicacionDeDatos. Quita las carpetas viejas."""
    ahora = timezone.localtime()
    clave = f"{ahora:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"
    condiciones = CondicionesDeDatos.objects.en(ahora.date())
    raiz().mkdir(parents=True, exist_ok=True, mode=0o700)
    preparada = raiz() / f"{EN_PREPARACION}{clave}"
    preparada.mkdir(mode=0o700)
    try:
        archivos = _escribir_todo(preparada, Lectura(ahora.date()), condiciones, ahora)
        _al_disco(preparada)
        preparada.rename(raiz() / clave)
        _al_disco(raiz())
        publicacion = _apuntar(clave, archivos, condiciones, por)
    except BaseException:
        shutil.rmtree(preparada, ignore_errors=True)
        raise
    _limpiar()
    return publicacion


def ultima():
    """La última con su carpeta en pie, o None si todavía no se publica nada."""
    recientes = PublicacionDeDatos.objects.all()[:SE_CONSERVAN]
    return next((una for una in recientes if carpeta_de(una).is_dir()), None)


def carpeta_de(publicacion):
    return raiz() / publicacion.clave


@transaction.atomic
def _apuntar(clave, archivos, condiciones, por):
    publicacion = PublicacionDeDatos(
        clave=clave,
        archivos=archivos,
        licencia=condiciones.licencia,
        enlace=condiciones.enlace,
        texto=condiciones.texto,
        presentacion=condiciones.presentacion,
    )
    publicacion._history_user, publicacion._change_reason = por, "Publicación"
    publicacion.save()
    return publicacion


def _limpiar():
    """Deja las últimas publicaciones y lo que otro proceso puede estar escribiendo ahora."""
    vigentes = PublicacionDeDatos.objects.values_list("clave", flat=True)[:SE_CONSERVAN]
    for carpeta in raiz().iterdir():
        es_vieja = time.time() - carpeta.stat().st_mtime > UN_DIA
        sobra = CARPETA.fullmatch(carpeta.name) and carpeta.name not in set(vigentes)
        if sobra or (carpeta.name.startswith(EN_PREPARACION) and es_vieja):
            shutil.rmtree(carpeta, ignore_errors=True)


# --- Escribir -----------------------------------------------------------------------------------


def _csv(hoja):
    return f"{hoja.nombre}.csv"


def _escribir_todo(carpeta, lectura, condiciones, ahora):
    """Las fichas de los archivos, en el orden en que se muestran."""
    fichas = []
    for hoja in ABIERTAS:
        contadas = _Contadas(hoja.filas(lectura))
        ficha = _escribir(carpeta, _csv(hoja), hoja.titulo, csv_de(hoja, contadas))
        fichas.append(ficha | {"filas": contadas.cuantas})
        if hoja.lugar:
            lineas = geojson_de(hoja, hoja.consulta(lectura), lectura)
            ficha = _escribir(carpeta, f"{hoja.nombre}.geojson", f"{hoja.titulo}, en mapa", lineas)
            fichas.append(ficha | {"filas": contadas.cuantas})
    sueltos = {
        "diccionario.csv": ("Diccionario de datos", lineas_del_diccionario(ABIERTAS, _csv)),
        "datapackage.json": (
            "Descripción para programas (Frictionless)",
            [json.dumps(_paquete(fichas, condiciones, ahora), ensure_ascii=False, indent=2), "\n"],
        ),
        "LICENCIA.txt": ("Licencia", _licencia(condiciones)),
        "LEEME.txt": ("Léame", _leeme(condiciones, ahora)),
    }
    for nombre, (titulo, lineas) in sueltos.items():
        fichas.append(_escribir(carpeta, nombre, titulo, lineas) | {"filas": None})
    return fichas


class _Contadas:
    """Deja pasar las filas y las cuenta."""

    def __init__(self, filas):
        self.filas, self.cuantas = filas, 0

    def __iter__(self):
        for fila in self.filas:
            self.cuantas += 1
            yield fila


def _escribir(carpeta, nombre, titulo, lineas):
    """Escribe línea por línea, suma sobre la marcha y lleva al disco."""
    suma, tamano = sha256(), 0
    with (carpeta / nombre).open("xb") as archivo:
        for linea in lineas:
            crudo = linea.encode()
            suma.update(crudo)
            tamano += archivo.write(crudo)
        archivo.flush()
        os.fsync(archivo.fileno())
    return {"nombre": nombre, "titulo": titulo, "bytes": tamano, "sha256": suma.hexdigest()}


def _al_disco(carpeta):
    descriptor = os.open(carpeta, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Lo que acompaña ----------------------------------------------------------------------------


def _paquete(fichas, condiciones, ahora):
    """El datapackage.json, según frictionlessdata.io."""
    hojas = {_csv(hoja): hoja for hoja in ABIERTAS}
    return {
        "name": "acompanamiento-pdot",
        "title": "Acompañamiento a los GAD en sus PDOT",
        "description": condiciones.presentacion,
        "created": ahora.isoformat(),
        "licenses": [
            {
                "name": condiciones.clave,
                "title": condiciones.licencia,
                "path": condiciones.enlace,
            }
        ],
        "resources": [_recurso(ficha, hojas.get(ficha["nombre"])) for ficha in fichas],
    }


def _recurso(ficha, hoja):
    extension = Path(ficha["nombre"]).suffix
    recurso = {
        "name": ficha["nombre"].replace(".", "-").replace("_", "-"),
        "path": ficha["nombre"],
        "title": ficha["titulo"],
        "mediatype": MEDIOS[extension],
        "encoding": "utf-8",
        "bytes": ficha["bytes"],
        "hash": f"sha256:{ficha['sha256']}",
    }
    if hoja is None:
        return recurso
    return recurso | {
        "description": hoja.que,
        "dialect": {"delimiter": ";"},
        "schema": {
            "fields": [
                {
                    "name": uno.nombre,
                    "type": TIPOS.get(uno.tipo, "string"),
                    "description": uno.que,
                }
                for uno in hoja.columnas
            ]
        },
    }


def _licencia(condiciones):
    return [f"{condiciones.licencia}\n{condiciones.enlace}\n\n{fill(condiciones.texto, 88)}\n"]


def _leeme(condiciones, ahora):
    institucion = NombreInstitucion.objects.en(ahora.date())
    yield f"Datos abiertos del {ahora:%d/%m/%Y}, {ahora:%H:%M} (hora de Ecuador)\n"
    yield f"{institucion}\n\n" if institucion else "\n"
    yield f"{fill(condiciones.presentacion, 88)}\n\n"
    yield "Los CSV van en UTF-8, con punto y coma. El diccionario (diccionario.csv) dice qué es\n"
    yield "cada columna. Los códigos son los de la DPA y llevan ceros a la izquierda: trátelos\n"
    yield "como texto. Las fechas van como AAAA-MM-DD y, si llevan hora, es la de Ecuador\n"
    yield "(AAAA-MM-DD HH:MM:SS; en GeoJSON, con una T en medio). Un texto que empieza como\n"
    yield "fórmula lleva delante un apóstrofo.\n\n"
    yield "Los GeoJSON van en WGS84 (RFC 7946). La propiedad «geometria» dice si el lugar es un\n"
    yield "límite oficial, simplificado, o un punto de la DPA, que no es un límite.\n\n"
    yield "Clases de encuentro complementario: coordinacion, colectivos, sistematizacion y\n"
    yield "cierre.\n\n"
    yield f"Licencia: {condiciones.licencia}\n{condiciones.enlace}\n\n"
    for hoja in ABIERTAS:
        yield f"{hoja.nombre}: {hoja.que}\n"
