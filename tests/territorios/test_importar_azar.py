"""Con Hypothesis: ningún archivo, por raro que sea, da una traza ni deja algo a medias.

O se importa, o es CargaRechazada en español; y lo rechazado no escribe ni una fila.
"""

import copy
import json
from datetime import date, datetime

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from territorios.importaciones.autoridades import importar_autoridades
from territorios.importaciones.dpa import importar_dpa
from territorios.importaciones.limites import importar_limites
from territorios.importaciones.previa import Archivo, VistaPrevia
from territorios.lectura import CargaRechazada
from territorios.models import Territorio
from tests.archivos import coleccion, hoja_csv, libro
from tests.fabricas import AutoridadFactory

pytestmark = pytest.mark.django_db
FECHA = date(2025, 1, 1)
EJEMPLOS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def base(territorio):
    AutoridadFactory(gad=territorio.gad["0807"], nombre="Luis Vera")


def limites(archivo):
    return importar_limites(archivo, nivel="canton", fuente="IGM", fecha=FECHA)


def dpa(archivo):
    return importar_dpa(archivo, fecha=FECHA)


def autoridades(archivo):
    return importar_autoridades(archivo)


def retrato():
    """Las filas de todas las tablas que una importación puede tocar, historia incluida."""
    modelos = apps.get_app_config("territorios").get_models()
    return {modelo: list(modelo._base_manager.order_by("pk").values_list()) for modelo in modelos}


def importar_sin_trazas(importar, archivo):
    """Importa y deshace. Comprueba que lo rechazado no escribe y lo aceptado se puede repetir."""
    antes = retrato()
    with transaction.atomic():
        try:
            vista = importar(archivo)
        except CargaRechazada as rechazo:
            str(rechazo).encode()
            assert str(rechazo).startswith(archivo.nombre)
            assert str(rechazo).endswith(".")
            assert retrato() == antes
            return None
        assert isinstance(vista, VistaPrevia)
        "\n".join(vista.lineas()).encode()
        comprobar_vigencias()
        despues = retrato()
        assert not importar(archivo).cambia
        assert retrato() == despues
        transaction.set_rollback(True)
    return vista


def comprobar_vigencias():
    """Nada vigente cuelga de algo suprimido."""
    vigentes = Territorio.objects.vigentes_en(FECHA)
    assert not vigentes.filter(padre__isnull=False).exclude(padre__in=vigentes).exists()


# --- Límites ------------------------------------------------------------------------------------

numeros = st.one_of(st.integers(), st.floats(), st.sampled_from([-79.8, 0.5, 1e400, 10**30]))
hojas = st.one_of(st.none(), st.booleans(), numeros, st.text(max_size=8))
cualquiera = st.recursive(
    hojas,
    lambda dentro: st.one_of(
        st.lists(dentro, max_size=4), st.dictionaries(st.text(max_size=6), dentro, max_size=4)
    ),
    max_leaves=12,
)


def caminos(datos, hasta=()):
    """Todos los caminos de un JSON, del más corto al más largo."""
    yield hasta
    claves = (
        datos if isinstance(datos, dict) else range(len(datos) if isinstance(datos, list) else 0)
    )
    for clave in claves:
        yield from caminos(datos[clave], (*hasta, clave))


CAMINOS = [camino for camino in caminos(coleccion()) if camino]


@st.composite
def colecciones_estropeadas(draw):
    datos = coleccion()
    for _ in range(draw(st.integers(1, 3))):
        *previo, ultimo = draw(st.sampled_from(CAMINOS))
        lugar = datos
        try:
            for paso in previo:
                lugar = lugar[paso]
            if draw(st.booleans()):
                lugar[ultimo] = draw(cualquiera)
            elif draw(st.booleans()):
                del lugar[ultimo]
            else:
                lugar[ultimo] = copy.deepcopy(datos["features"][draw(st.integers(0, 4))])
        except (LookupError, TypeError):
            continue
    return datos


@EJEMPLOS
@given(datos=cualquiera)
def test_un_json_cualquiera(base, datos):
    archivo = Archivo("a.geojson", json.dumps(datos).encode())
    assert importar_sin_trazas(limites, archivo) is None


@EJEMPLOS
@given(datos=colecciones_estropeadas())
def test_una_coleccion_estropeada(base, datos):
    importar_sin_trazas(limites, Archivo("a.geojson", json.dumps(datos).encode()))


@EJEMPLOS
@given(
    puntos=st.lists(st.tuples(st.floats(-80, -79.5), st.floats(0, 0.5)), min_size=3, max_size=12)
)
def test_un_anillo_cualquiera(base, puntos):
    """Se cruza, se pisa, no encierra nada: se corrige o se rechaza, y tapa a sus vecinos."""
    datos = coleccion()
    anillo = [list(punto) for punto in [*puntos, puntos[0]]]
    datos["features"][0]["geometry"]["coordinates"] = [anillo]
    importar_sin_trazas(limites, Archivo("a.geojson", json.dumps(datos).encode()))


# --- Hojas --------------------------------------------------------------------------------------

CODIGOS = ["08", "13", "0801", "0807", "0812", "1303", "080752", "080150", "9001", "8", "801"]
FECHAS = ["2023-05-15", "2019-05-15", "15/05/2023", "2019-02-30", "2027-05-15"]
textos = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)
celdas = st.one_of(
    st.sampled_from(CODIGOS),
    st.sampled_from(FECHAS),
    st.sampled_from(["", "=A1", "Rioverde"]),
    textos,
)
celdas_de_excel = st.one_of(
    celdas,
    st.integers(-10, 10**7),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.none(),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1)),
)
CABECERAS = {
    dpa: [("codigo", "nombre", "zona"), ("DPA_PROVIN", "DPA_DESPRO", "DPA_CANTON", "DPA_DESCAN")],
    autoridades: [("codigo", "nombre", "cargo", "desde", "hasta")],
}
IMPORTADORES = st.sampled_from(list(CABECERAS))
NOMBRES = {"08": "Esmeraldas", "0801": "Esmeraldas", "0803": "Muisne", "0807": "Rioverde"}


@st.composite
def tablas(draw, celdas):
    """(importador, filas): una cabecera que se entiende y renglones al azar, algunos buenos."""
    importador = draw(IMPORTADORES)
    cabecera = draw(st.sampled_from(CABECERAS[importador]))
    buenos = [(c, n, "Alcaldesa", "2023-05-15", "")[: len(cabecera)] for c, n in NOMBRES.items()]
    renglon = st.lists(celdas, min_size=len(cabecera), max_size=len(cabecera) + 1)
    return importador, [
        cabecera,
        *draw(st.lists(st.sampled_from(buenos), max_size=5, unique=True)),
        *draw(st.lists(renglon, max_size=4)),
    ]


@EJEMPLOS
@given(tabla=tablas(celdas))
def test_un_csv_cualquiera(base, tabla):
    importador, filas = tabla
    importar_sin_trazas(importador, hoja_csv(*filas))


@EJEMPLOS
@given(tabla=tablas(celdas_de_excel))
def test_un_libro_cualquiera(base, tabla):
    importador, filas = tabla
    importar_sin_trazas(importador, libro(Lista=filas))


@EJEMPLOS
@given(importador=st.sampled_from([limites, dpa, autoridades]), crudo=st.binary(max_size=200))
def test_bytes_cualesquiera(base, importador, crudo):
    for contenido in filter(None, (crudo, b"PK\x03\x04" + crudo)):
        assert importar_sin_trazas(importador, Archivo("a.xlsx", contenido)) is None


BUENO = libro(Lista=[("codigo", "nombre", "desde"), ("0807", "Ana", "2023-05-15")]).contenido


@EJEMPLOS
@given(
    cambios=st.lists(
        st.tuples(st.integers(0, len(BUENO) - 1), st.integers(0, 255)), min_size=1, max_size=6
    ),
    largo=st.integers(0, len(BUENO)),
    importador=IMPORTADORES,
)
def test_un_libro_con_bytes_cambiados(base, cambios, largo, importador):
    crudo = bytearray(BUENO)
    for lugar, valor in cambios:
        crudo[lugar] = valor
    for contenido in filter(None, (bytes(crudo), bytes(crudo[:largo]))):
        importar_sin_trazas(importador, Archivo("a.xlsx", contenido))
