"""El trabajador que acompaña al servidor web: uno por máquina, sin que nadie lo lance.

Es otro proceso, y no un hilo, para que componer documentos no frene las páginas. El cerrojo es de
la máquina: lo hereda el trabajador y se suelta solo cuando muere, aunque lo maten.
"""

import fcntl
import os
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path

from django.conf import settings


def asegurar():
    """Lanza el trabajador si en esta máquina no hay uno. Cuesta microsegundos si lo hay."""
    if not settings.TRABAJADOR_EMBEBIDO:
        return
    cerrojo = os.open(ruta_del_cerrojo(), os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(cerrojo, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        _lanzar(cerrojo)
    finally:
        os.close(cerrojo)


def ruta_del_cerrojo():
    """Una por instalación y base: dos demostraciones en la misma máquina no se estorban."""
    base = settings.DATABASES["default"]
    partes = [settings.BASE_DIR, *(base.get(campo, "") for campo in ("HOST", "PORT", "NAME"))]
    huella = sha256("|".join(map(str, partes)).encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"trabajador-pdot-{os.getuid()}-{huella}.cerrojo"


def _lanzar(cerrojo):
    orden = [sys.executable, "manage.py", "trabajar", "--mientras-viva", str(_servidor())]
    subprocess.Popen(
        orden,
        cwd=settings.BASE_DIR,
        pass_fds=[cerrojo],
        stdin=subprocess.DEVNULL,
        # Ctrl+C en la consola es para el servidor: este termina su pieza y se va con él.
        start_new_session=True,
    )


def _servidor():
    """El proceso que dura tanto como el servidor: el maestro de gunicorn, o quien recarga en la
    demostración; los que atienden van y vienen."""
    lo_lanza_otro = os.environ.get("RUN_MAIN") == "true" or _atiende_por_gunicorn()
    return os.getppid() if lo_lanza_otro else os.getpid()


def _atiende_por_gunicorn():
    """Si este proceso lo creó el maestro; con `--preload` quien carga la aplicación es el maestro.

    Quien nace de otro lleva su misma línea de órdenes, salvo que gunicorn les ponga título.
    """
    if "gunicorn.arbiter" not in sys.modules:
        return False
    padre = _orden_de(os.getppid())
    return padre == _orden_de("self") or padre.startswith(b"gunicorn: master")


def _orden_de(proceso):
    try:
        return Path(f"/proc/{proceso}/cmdline").read_bytes()
    except OSError:
        return b""
