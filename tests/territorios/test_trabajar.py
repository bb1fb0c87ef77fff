"""La orden que hace los trabajos, en otro proceso y con PDF de verdad, y lo que pasa si la matan.

Ninguna prueba duerme: espera una condición, con límite.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from time import monotonic

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from pdot.trabajo_informe import BORRADOR, EMITIDO
from territorios import embebido
from territorios.documentos import PAGINAS
from territorios.models import DocumentoEmitido, Mensaje, PiezaDeTrabajo, Trabajo
from tests.conftest import entrar
from tests.fabricas import GadParroquialFactory, ParroquiaFactory
from tests.fabricas_informe import pedir_de as pedir_informe
from tests.fabricas_trabajos import dentro_de, pedir_de

pytestmark = pytest.mark.django_db(transaction=True)

HACE_RATO = timedelta(minutes=10)
# Bastantes para que quede por hacer cuando se mata; pocos para que la prueba sea corta.
DE_MAS = 3


def direccion_de_la_base():
    base = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    return (
        f"postgres://{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    )


def ambiente(**mas):
    return os.environ | {
        "DATABASE_URL": direccion_de_la_base(),
        "ARCHIVOS_PRIVADOS": str(settings.ARCHIVOS_PRIVADOS),
        "PYTHONUTF8": "1",
        "TRABAJADOR_EMBEBIDO": "0",
        **mas,
    }


@pytest.fixture
def lanzar():
    """Función que lanza un trabajador contra la base y la carpeta de la prueba."""
    procesos = []

    def lanzado(*opciones):
        proceso = subprocess.Popen(
            [sys.executable, "manage.py", "trabajar", "--pausa=0.05", *opciones],
            cwd=settings.BASE_DIR,
            env=ambiente(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Él y sus procesos, en un grupo: así se matan todos de una vez.
            start_new_session=True,
        )
        procesos.append(proceso)
        return proceso

    yield lanzado
    for proceso in procesos:
        matar(proceso)
        proceso.stdout.close()


def matar(proceso):
    """kill -9 al trabajador y a todos sus procesos."""
    with suppress(ProcessLookupError):
        os.killpg(proceso.pid, signal.SIGKILL)
    proceso.wait()


def esperar(se_cumple, proceso=None):
    limite = monotonic() + 90
    while not se_cumple() and monotonic() < limite:
        assert proceso is None or proceso.poll() is None, proceso.stdout.read()
    assert se_cumple()


def hechas():
    return PiezaDeTrabajo.objects.exclude(documento=None).count()


def hijos_de(pid):
    """Los procesos que lanzó, leídos de /proc."""
    hallados = []
    for ruta in Path("/proc").glob("[0-9]*/stat"):
        try:
            estado = ruta.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(estado[1]) == pid:
            hallados.append(int(ruta.parent.name))
    return hallados


@pytest.fixture
def trabajo(territorio, zonal1):
    """Las fichas de la zona 1 del elenco y de unas parroquias más."""
    for _ in range(DE_MAS):
        lugar = ParroquiaFactory(padre=territorio.lugar["0807"], zona=territorio.zona[1])
        GadParroquialFactory(territorio=lugar)
    return pedir_de(zonal1)


def revisar_que_salio_una_vez(trabajo):
    """Un solo ZIP entero, ningún número repetido ni saltado, y un solo correo."""
    trabajo.refresh_from_db()
    total = trabajo.piezas.count()
    assert (trabajo.estado, trabajo.motivo, hechas()) == ("listo", "", total)
    numeros = DocumentoEmitido.objects.order_by("numero").values_list("numero", flat=True)
    assert list(numeros) == list(range(1, total + 1))
    assert not DocumentoEmitido.objects.filter(emitido=None).exists()
    dentro = dentro_de(trabajo)
    del dentro["indice.csv"]
    assert {nombre: sha256(bites).hexdigest() for nombre, bites in dentro.items()} == {
        pieza.nombre: pieza.documento.sha256 for pieza in trabajo.piezas.select_related("documento")
    }
    assert all(bites.startswith(b"%PDF-") for bites in dentro.values())
    assert len(list(Path(trabajo.archivo.path).parent.iterdir())) == 1
    assert Mensaje.objects.count() == 1


def descargar(client, trabajo):
    return client.get(f"/pdot/en-bloque/{trabajo.pk}/archivo/")


def test_sobrevive_a_un_kill_9_de_todo(lanzar, trabajo, client, zonal1):
    """Como un corte de luz: muere quien vigila y quien trabaja, y nadie alcanza a decirlo."""
    servicio = lanzar("--procesos=1")
    esperar(lambda: hechas() >= 2, servicio)
    matar(servicio)
    trabajo.refresh_from_db()
    antes = dict(PiezaDeTrabajo.objects.exclude(documento=None).values_list("pk", "documento"))
    assert 2 <= len(antes) < trabajo.piezas.count()
    # La tarea queda «en curso» para siempre y no hay ningún ZIP, ni a medias.
    assert (trabajo.estado, DBTaskResult.objects.running().count()) == ("en_marcha", 1)
    assert trabajo.archivo.name == ""
    assert descargar(entrar(client, zonal1), trabajo).status_code == 409
    # Pasa el plazo sin señas y otro trabajador arranca.
    Trabajo.objects.update(latido=timezone.now() - HACE_RATO)
    PiezaDeTrabajo.objects.exclude(reservada=None).update(reservada=timezone.now() - HACE_RATO)
    DBTaskResult.objects.ready().delete()
    otro = lanzar("--procesos=1", "--hasta-vaciar")
    assert otro.wait(timeout=90) == 0, otro.stdout.read()
    assert antes.items() <= dict(trabajo.piezas.values_list("pk", "documento")).items()
    revisar_que_salio_una_vez(trabajo)
    respuesta = descargar(client, trabajo)
    assert sha256(respuesta.getvalue()).hexdigest() == trabajo.sha256


@pytest.mark.parametrize("clase", [EMITIDO, BORRADOR])
def test_un_informe_sobrevive_a_un_kill_9_a_media_composicion(
    lanzar, client, zonal1, informes, clase
):
    """Sin documento a medias, sin gastar otro número y con un solo aviso."""
    trabajo = pedir_informe(informes["informe grupo1"], zonal1, clase)
    servicio = lanzar("--procesos=1")
    esperar(lambda: Trabajo.objects.get().fase == PAGINAS, servicio)
    matar(servicio)
    trabajo.refresh_from_db()
    assert (trabajo.estado, trabajo.archivo.name) == ("en_marcha", "")
    assert not DocumentoEmitido.objects.emitidos().exists()
    assert descargar(entrar(client, zonal1), trabajo).status_code == 409
    Trabajo.objects.update(latido=timezone.now() - HACE_RATO)
    PiezaDeTrabajo.objects.update(reservada=timezone.now() - HACE_RATO)
    otro = lanzar("--procesos=1", "--hasta-vaciar")
    assert otro.wait(timeout=90) == 0, otro.stdout.read()
    trabajo.refresh_from_db()
    assert (trabajo.estado, trabajo.motivo) == ("listo", "")
    numeros = list(DocumentoEmitido.objects.values_list("numero", flat=True))
    assert numeros == ([1] if clase == EMITIDO else [])
    respuesta = client.get(f"/pdot/en-bloque/{trabajo.pk}/archivo/", follow=True)
    contenido = b"".join(respuesta)
    assert contenido.startswith(b"%PDF-")
    assert sha256(contenido).hexdigest() == trabajo.sha256
    assert Mensaje.objects.count() == 1


def test_si_muere_solo_quien_trabaja_otro_sigue_en_el_acto(lanzar, trabajo):
    servicio = lanzar("--procesos=1", "--hasta-vaciar")
    esperar(lambda: hechas() >= 1, servicio)
    (hijo,) = hijos_de(servicio.pid)
    os.kill(hijo, signal.SIGKILL)
    assert servicio.wait(timeout=90) == 0
    assert "murió (estado 9)" in servicio.stdout.read()
    assert set(trabajo.piezas.values_list("intentos", flat=True)) <= {1, 2}
    revisar_que_salio_una_vez(trabajo)


def test_dos_trabajadores_se_reparten_el_mismo_trabajo(lanzar, trabajo):
    """Como dos máquinas con la misma base y la misma carpeta."""
    dos = [lanzar("--procesos=1", "--hasta-vaciar") for _ in range(2)]
    assert [uno.wait(timeout=90) for uno in dos] == [0, 0]
    assert set(trabajo.piezas.values_list("intentos", flat=True)) == {1}
    revisar_que_salio_una_vez(trabajo)


def test_al_pedirle_que_termine_acaba_su_pieza_y_no_empieza_otra(lanzar, trabajo):
    servicio = lanzar("--procesos=1")
    esperar(lambda: hechas() >= 1, servicio)
    servicio.send_signal(signal.SIGTERM)
    assert servicio.wait(timeout=60) == 0
    # Nada quedó a nombre de nadie y su turno espera a quien vuelva.
    assert hechas() < trabajo.piezas.count()
    assert not PiezaDeTrabajo.objects.exclude(reservada=None).exists()
    assert DBTaskResult.objects.running().count() == 0
    assert DBTaskResult.objects.ready().exists()
    assert servicio.stdout.read() == ""


def test_termina_con_el_servidor_al_que_acompania(lanzar):
    servidor = subprocess.Popen(["sleep", "600"])
    servicio = lanzar(f"--mientras-viva={servidor.pid}")
    servidor.kill()
    servidor.wait()
    assert servicio.wait(timeout=60) == 0


# --- El que acompaña al servidor web ------------------------------------------------------------

SERVIR = "import config.wsgi, sys; print('servidor', flush=True); sys.stdin.read()"


def test_el_servidor_web_lanza_uno_por_maquina_que_se_va_con_el(trabajo):
    """Dos procesos web de la misma instalación: un solo trabajador, que hace lo pedido."""
    con_el_suyo = ambiente(TRABAJADOR_EMBEBIDO="1", PROCESOS_DEL_TRABAJADOR="1")
    webs = []
    for _ in range(2):
        web = subprocess.Popen(
            [sys.executable, "-c", SERVIR],
            cwd=settings.BASE_DIR,
            env=con_el_suyo,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert web.stdout.readline() == b"servidor\n"
        webs.append(web)
    try:
        (suyo,), ninguno = hijos_de(webs[0].pid), hijos_de(webs[1].pid)
        assert ninguno == []
        esperar(lambda: Trabajo.objects.get().estado == "listo")
    finally:
        for web in webs:
            web.kill()
            web.wait()
    revisar_que_salio_una_vez(trabajo)
    esperar(lambda: not Path(f"/proc/{suyo}").exists() or es_zombi(suyo))


@pytest.mark.parametrize("opcion", ["--workers=2", "--preload"])
def test_con_gunicorn_hay_uno_que_acompania_al_maestro(opcion, db):
    """Con `--preload` la carga el maestro: quien dura es él, y no quien lo lanzó."""
    orden = ["-m", "gunicorn", "config.wsgi", "--bind=127.0.0.1:0", "--workers=1", opcion]
    con_el_suyo = ambiente(TRABAJADOR_EMBEBIDO="1")
    maestro = subprocess.Popen(
        [sys.executable, *orden],
        cwd=settings.BASE_DIR,
        env=con_el_suyo,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    de_el = f"--mientras-viva\0{maestro.pid}\0"
    try:
        esperar(lambda: len(con_orden(de_el)) == 1, maestro)
    finally:
        maestro.terminate()
        maestro.wait()
    esperar(lambda: con_orden(de_el) == [])


def con_orden(parte):
    """Los procesos vivos en cuya línea de órdenes está eso."""
    hallados = []
    for ruta in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if parte in ruta.read_text(errors="replace"):
                hallados.append(int(ruta.parent.name))
    return hallados


def es_zombi(pid):
    """Murió y nadie ha preguntado por él todavía."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def test_apagado_no_lanza_nada(settings, monkeypatch):
    settings.TRABAJADOR_EMBEBIDO = False
    monkeypatch.setattr("subprocess.Popen", lambda *a, **k: pytest.fail("lanzó uno"))
    embebido.asegurar()
