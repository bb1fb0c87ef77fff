"""Elenco estable de todas las pruebas y el navegador.

El elenco se arma una vez por prueba, solo con lo que la prueba pide: personas de cada rol, un
territorio de dos zonas y dos grupos (el segundo cruza de una zona a la otra).
"""

import gc
import os
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.urls import reverse

from pdot.models import Evaluacion, Observacion, Paso
from territorios.models import Gad, Territorio, Vecindad, Zona
from territorios.texto import sin_tildes

from .axe import piloto  # noqa: F401
from .elenco_talleres import (  # noqa: F401
    CLAVE_DE_CALENDARIO,
    aceptados,
    acuerdos,
    aportes,
    certificados,
    consentimiento,
    convocatorias,
    evidencias,
    participantes,
    promociones,
    suscripcion,
)
from .fabricas import (
    EncuentroFactory,
    EstrategiaFactory,
    EvaluacionFactory,
    GrupoFactory,
    HitoFactory,
    HitoGrupoFactory,
    InstrumentoFactory,
    LineaFactory,
    PdotFactory,
    UsuarioFactory,
)
from .fabricas_avisos import avisos  # noqa: F401
from .fabricas_borradores import fotos  # noqa: F401
from .fabricas_capacidades import capacidades  # noqa: F401
from .fabricas_datos import llave_de_api, publicacion  # noqa: F401
from .fabricas_documentos import documentos  # noqa: F401
from .fabricas_informe import informes  # noqa: F401
from .fabricas_plan import del_plan  # noqa: F401
from .fabricas_trabajos import en_bloque  # noqa: F401
from .fabricas_vision import temas  # noqa: F401
from .rutas import muestrario, sin_pdf  # noqa: F401

RAIZ = Path(__file__).parent


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Primero los archivos que recorren toda la plataforma, que son los más largos.

    Si quedaran al final, un proceso terminaría solo mientras los demás esperan.
    """
    items.sort(key=lambda prueba: prueba.path.parent != RAIZ)


def pytest_collection_finish(session):
    """Lo ya cargado no se vuelve a revisar: recoger basura era un décimo de cada prueba."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)


# El servidor en vivo de pytest corre junto al bucle de Playwright, que es asíncrono.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


def entrar(client, usuario):
    """Abre la sesión de `usuario` en `client` sin pasar por el formulario, y lo devuelve."""
    client.force_login(usuario)
    return client


def ruta_admin(modelo, que, *args):
    """Dirección de una página del admin: «changelist», «add», «change», «history»…"""
    return reverse(f"admin:{modelo._meta.app_label}_{modelo._meta.model_name}_{que}", args=args)


# --- Ajustes ------------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def ajustes_de_prueba(tmp_path_factory):
    """Lo que en marcha es lento o sale afuera: claves, estáticos con huella y correo."""
    almacenes = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    with override_settings(
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        STORAGES=almacenes,
        STATIC_ROOT=tmp_path_factory.mktemp("estaticos"),
        EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        SEGUNDO_FACTOR_EXIGIDO=False,
        TRABAJADOR_EMBEBIDO=False,
    ):
        yield


@pytest.fixture(autouse=True)
def archivos_privados(settings, tmp_path):
    """Lo que se sube en una prueba se queda en su carpeta."""
    settings.ARCHIVOS_PRIVADOS = tmp_path / "privados"


@pytest.fixture(autouse=True)
def cache_limpia():
    """Los límites de intentos se cuentan en la caché: cada prueba empieza de cero."""
    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix, tmp_path_factory):
    """SQLite en un archivo, como en marcha: en memoria las carreras son otras.

    Cada petición cierra su conexión a la base: el navegador conserva abiertas las suyas con el
    servidor, y los hilos que las atienden impedirían a PostgreSQL borrar la base al terminar.
    """
    base = settings.DATABASES["default"]
    base["CONN_MAX_AGE"] = 0
    if base["ENGINE"] == "django.db.backends.sqlite3":
        base["TEST"]["NAME"] = str(tmp_path_factory.mktemp("base") / "pruebas.sqlite3")
        # Si se va la luz a mitad de las pruebas no se pierde nada que importe.
        orden = base["OPTIONS"]["init_command"]
        base["OPTIONS"]["init_command"] = orden.replace("synchronous=FULL", "synchronous=OFF")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    """El Chromium del sistema, sin lo que saldría a la red."""
    return {
        **browser_type_launch_args,
        "executable_path": os.environ.get("NAVEGADOR") or "/usr/bin/chromium",
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


# --- Territorio ---------------------------------------------------------------------------------

CANTONES = {
    "0801": "Esmeraldas",
    "0803": "Muisne",
    "0807": "Rioverde",
    "1303": "Chone",
    "1317": "Pedernales",
}
PARROQUIAS = {"080752": "Chumundé", "130352": "Canuto", "131751": "Cojimíes"}
VECINOS = [
    ("08", "13"),
    ("0801", "0803"),
    ("0801", "0807"),
    ("0803", "1317"),
    ("1303", "1317"),
]


def zona_de(codigo):
    return 1 if codigo.startswith("08") else 4


@pytest.fixture
def territorio(db):
    """Dos zonas, dos provincias, cinco cantones y tres parroquias, con sus GAD y vecinos.

    `territorio.gad["0807"]` da el GAD; `territorio.zona[4]`, la zona.
    """
    # Es carga de hechos, no una edición: de una vez y sin historial, como la de la DPA.
    zonas = [
        Zona(numero=1, nombre="Norte", sede="Ibarra"),
        Zona(numero=4, nombre="Pacífico", sede="Ciudad Alfaro"),
    ]
    Zona.objects.bulk_create(zonas)
    niveles = {2: Territorio.Nivel.PROVINCIA, 4: Territorio.Nivel.CANTON}
    nombres = {"08": "Esmeraldas", "13": "Manabí"} | CANTONES | PARROQUIAS
    lugares = [
        Territorio(
            codigo=codigo,
            nivel=niveles.get(len(codigo), Territorio.Nivel.PARROQUIA),
            nombre=nombre,
            padre_id=codigo[:-2] or None,
            zona_id=zona_de(codigo),
            busqueda=sin_tildes(nombre),
        )
        for codigo, nombre in nombres.items()
    ]
    Territorio.objects.bulk_create(lugares)
    titulos = {
        2: (Gad.Nivel.PROVINCIAL, "Gobierno Autónomo Descentralizado Provincial de"),
        4: (Gad.Nivel.MUNICIPAL, "Gobierno Autónomo Descentralizado Municipal de"),
        6: (Gad.Nivel.PARROQUIAL, "Gobierno Autónomo Descentralizado Parroquial Rural de"),
    }
    gads = [
        Gad(
            territorio=lugar,
            nivel=titulos[len(lugar.codigo)][0],
            nombre_oficial=f"{titulos[len(lugar.codigo)][1]} {lugar.nombre}",
        )
        for lugar in lugares
    ]
    Gad.objects.bulk_create(gads)
    Vecindad.objects.bulk_create([Vecindad(a_id=a, b_id=b, km=12) for a, b in VECINOS])
    return SimpleNamespace(
        zona={zona.numero: zona for zona in zonas},
        lugar={lugar.codigo: lugar for lugar in lugares},
        gad={gad.pk: gad for gad in gads},
    )


# --- Personas -----------------------------------------------------------------------------------


@pytest.fixture
def persona(territorio):
    """Función que crea una cuenta del elenco por su nombre de usuario."""

    def crear(username, **datos):
        return UsuarioFactory(username=username, **datos)

    return crear


@pytest.fixture
def central(persona):
    return persona("central", rol="central", first_name="Central")


@pytest.fixture
def zonal1(persona):
    return persona("zonal1", rol="zonal", zona_id=1, first_name="Técnico/a zonal 1")


@pytest.fixture
def zonal4(persona):
    return persona("zonal4", rol="zonal", zona_id=4, first_name="Técnico/a zonal 4")


@pytest.fixture
def plan_rioverde(persona):
    return persona("plan_rioverde", rol="planificador", gad_id="0807")


@pytest.fixture
def plan_esmeraldas(persona):
    """De la misma zona que Rioverde."""
    return persona("plan_esmeraldas", rol="planificador", gad_id="0801")


@pytest.fixture
def plan_chone(persona):
    """De otra zona que Rioverde."""
    return persona("plan_chone", rol="planificador", gad_id="1303")


@pytest.fixture
def observador(persona):
    return persona("observador", rol="observador")


@pytest.fixture
def observador1(persona):
    return persona("observador1", rol="observador", zona_id=1)


@pytest.fixture
def inactivo(persona):
    """Fue de la central: si algo mirara el rol antes que la cuenta, lo vería todo."""
    return persona("inactivo", rol="central", is_active=False)


@pytest.fixture
def elenco(
    central,
    zonal1,
    zonal4,
    plan_rioverde,
    plan_esmeraldas,
    plan_chone,
    observador,
    observador1,
    inactivo,
):
    """Todas las personas, por nombre de usuario. Anónimo es un `client` sin sesión."""
    personas = [
        central,
        zonal1,
        zonal4,
        plan_rioverde,
        plan_esmeraldas,
        plan_chone,
        observador,
        observador1,
        inactivo,
    ]
    return {usuario.username: usuario for usuario in personas}


@pytest.fixture
def como_central(client, central):
    """Un navegador con la sesión de la central abierta."""
    return entrar(client, central)


# --- Acompañamiento y talleres ------------------------------------------------------------------


@pytest.fixture
def estrategia(db):
    return EstrategiaFactory()


@pytest.fixture
def grupo1(territorio, estrategia):
    """De la zona 1: provincia, Esmeraldas, Rioverde y Chumundé."""
    return GrupoFactory(
        estrategia=estrategia,
        numero=1,
        nombre="Esmeraldas – Rioverde",
        zona=territorio.zona[1],
        sede=territorio.lugar["0807"],
        miembros=[territorio.gad[codigo] for codigo in ("08", "0801", "0807", "080752")],
    )


@pytest.fixture
def grupo2(territorio, estrategia):
    """Cruza zonas: Muisne (zona 1) con Pedernales y Cojimíes (zona 4), que coordina."""
    codigos = ("08", "13", "0803", "1317", "131751")
    return GrupoFactory(
        estrategia=estrategia,
        numero=2,
        nombre="Muisne – Pedernales",
        zona=territorio.zona[4],
        sede=territorio.lugar["1317"],
        miembros=[territorio.gad[codigo] for codigo in codigos],
    )


@pytest.fixture
def encuentro1(grupo1, territorio):
    return EncuentroFactory(
        estrategia=grupo1.estrategia,
        tema="Taller de Rioverde",
        lugar="Rioverde",
        canton=territorio.lugar["0807"],
        fecha=date(2019, 8, 22),
        grupos=[grupo1],
    )


@pytest.fixture
def encuentro2(grupo2, territorio):
    return EncuentroFactory(
        estrategia=grupo2.estrategia,
        tema="Taller de Pedernales",
        lugar="Pedernales",
        canton=territorio.lugar["1317"],
        fecha=date(2019, 8, 29),
        grupos=[grupo2],
    )


@pytest.fixture
def hitos(grupo1, grupo2):
    """El mismo hito en los dos grupos."""
    diagnostico = HitoFactory(nombre="Diagnóstico único")
    return {
        "hito1": HitoGrupoFactory(grupo=grupo1, hito=diagnostico),
        "hito2": HitoGrupoFactory(grupo=grupo2, hito=diagnostico),
    }


@pytest.fixture
def lineas(territorio, estrategia):
    """Una en consulta en cada provincia, y el borrador de otra en Esmeraldas."""

    def de(codigo, numero, **rasgos):
        gad = territorio.gad[codigo]
        return LineaFactory(estrategia=estrategia, provincia=gad, numero=numero, **rasgos)

    return {
        "linea1": de("08", 1, consultada_hoy=True),
        "linea2": de("13", 1, consultada_hoy=True),
        "linea borrador": de("08", 2),
    }


# --- PDOT ---------------------------------------------------------------------------------------


@pytest.fixture
def instrumento(db):
    """Publicado: seis preguntas en dos secciones (cinco a un cantón, cinco a una parroquia)."""
    return InstrumentoFactory(con_preguntas=True)


@pytest.fixture
def pdots(territorio):
    """El PDOT 2015-2019 de cada cantón y parroquia, por código de GAD."""
    return {codigo: PdotFactory(gad=territorio.gad[codigo]) for codigo in CANTONES | PARROQUIAS}


ESTADOS = {"0807": "borrador", "0801": "enviada", "1303": "devuelta", "0803": "aprobada"}


@pytest.fixture
def evaluaciones(pdots, instrumento):
    """Una evaluación por estado, por código de GAD.

    Rioverde en borrador, Esmeraldas enviada, Chone devuelta (zona 4) y Muisne aprobada, que es
    del grupo 2. Cada una lleva sus pasos; la devuelta, una observación sin atender.
    """
    camino = {
        "borrador": ["borrador"],
        "enviada": ["borrador", "enviada"],
        "devuelta": ["borrador", "enviada", "devuelta"],
        "aprobada": ["borrador", "enviada", "aprobada"],
    }
    hechas = {}
    for codigo, estado in ESTADOS.items():
        hecha = EvaluacionFactory(
            pdot=pdots[codigo],
            instrumento=instrumento,
            estado=Evaluacion.Estado(estado),
            respondida=f"Justificación de {codigo}",
        )
        previo = ""
        for siguiente in camino[estado]:
            paso = Paso.objects.create(evaluacion=hecha, de=previo, a=siguiente)
            previo = siguiente
        if estado == "devuelta":
            Observacion.objects.create(
                evaluacion=hecha,
                pregunta=hecha.respuestas.first().pregunta,
                paso=paso,
                texto=f"Observación a {codigo}",
            )
        hechas[codigo] = hecha
    return hechas
