"""La orden que manda la cola: una pasada, o un servicio que termina limpio."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import connection

from territorios.cartero import encolar
from territorios.models import Mensaje
from tests.servidor_correo import servidor_en_marcha


def dejar(*claves):
    for clave in claves:
        encolar(clave=clave, para="alcaldia@ejemplo.gob.ec", asunto=clave, texto="Buen día")


def test_una_pasada_manda_todo_y_lo_dice(db, capsys):
    dejar("uno", "dos")
    call_command("enviar_correos")
    assert capsys.readouterr().out == "Correos enviados: 2; no salieron: 0\n"
    assert [correo.subject for correo in mail.outbox] == ["uno", "dos"]


def test_quieta_no_dice_nada(db, capsys):
    dejar("uno")
    call_command("enviar_correos", quieto=True)
    assert capsys.readouterr().out == ""
    assert len(mail.outbox) == 1


# --- Como servicio ------------------------------------------------------------------------------


def direccion_de_la_base():
    """La base de estas pruebas, para otro proceso."""
    base = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{base['NAME']}"
    return (
        f"postgres://{base['USER']}:{base['PASSWORD']}@{base['HOST']}:{base['PORT']}/{base['NAME']}"
    )


@pytest.fixture
def lanzar(transactional_db):
    """Función que lanza el servicio en otro proceso, contra la base y el servidor de la prueba."""
    procesos = []

    def lanzado(puerto, *opciones, desde=()):
        ambiente = os.environ | {
            "DATABASE_URL": direccion_de_la_base(),
            "EMAIL_URL": f"smtp://127.0.0.1:{puerto}",
            "PYTHONUTF8": "1",
        }
        orden = [sys.executable, "manage.py", "enviar_correos", "--continuo", "--pausa=0.1"]
        proceso = subprocess.Popen(
            [*desde, *orden, *opciones],
            cwd=settings.BASE_DIR,
            env=ambiente,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        procesos.append(proceso)
        return proceso

    yield lanzado
    for proceso in procesos:
        proceso.kill()
        proceso.wait()
        proceso.stdout.close()


def esperar(se_cumple):
    limite = monotonic() + 60
    while not se_cumple() and monotonic() < limite:
        pass
    assert se_cumple()


def todo_salio():
    return not Mensaje.objects.exclude(estado="enviado").exists()


def test_el_servicio_manda_lo_que_llega_y_termina_al_pedirselo(lanzar):
    with servidor_en_marcha() as servidor:
        dejar("uno")
        servicio = lanzar(servidor.puerto)
        esperar(todo_salio)
        dejar("dos")
        esperar(todo_salio)
        servicio.send_signal(signal.SIGTERM)
        assert servicio.wait(timeout=30) == 0
        assert servidor.asuntos() == ["uno", "dos"]
    # Los dos en una pasada o cada uno en la suya, según cuándo llegue el segundo.
    dicho = servicio.stdout.read()
    assert (
        sum(int(n) for n in re.findall(r"^Correos enviados: (\d); no salieron: 0$", dicho, re.M))
        == 2
    )


def test_al_pedirle_que_termine_acaba_el_mensaje_que_tenia_y_no_empieza_otro(lanzar):
    with servidor_en_marcha() as servidor:

        def terminar(correo):
            servicio.send_signal(signal.SIGTERM)
            return "250 recibido"

        servidor.al_recibir = terminar
        dejar("uno", "dos")
        servicio = lanzar(servidor.puerto, "--quieto")
        assert servicio.wait(timeout=60) == 0
    estados = list(Mensaje.objects.order_by("pk").values_list("estado", flat=True))
    assert estados == ["enviado", "pendiente"]
    assert servicio.stdout.read() == ""


def test_termina_con_quien_lo_lanzo(lanzar):
    """Como en la demostración: el guion lo deja detrás y el servidor toma su lugar."""
    demo = Path(settings.BASE_DIR, "tareas").read_text()
    assert "manage.py enviar_correos --continuo --quieto --mientras-viva $$ &\n" in demo
    guion = '"$@" --mientras-viva $$ & exec sleep 600'
    with servidor_en_marcha() as servidor:
        dejar("uno")
        padre = lanzar(servidor.puerto, "--quieto", desde=["sh", "-c", guion, "sh"])
        esperar(todo_salio)
        padre.kill()
        padre.wait()
        # La salida se cierra cuando termina el último que la tenía: el servicio.
        assert padre.stdout.read() == ""
