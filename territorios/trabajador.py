"""El trabajador: vigila la cola y, cuando hay algo que hacer, lanza procesos que lo hacen.

Los procesos nacen para la tanda y terminan con ella: en reposo no ocupan memoria, y uno que muere
se reemplaza. Quien vigila solo mira y barre, así que nada de lo que compone documentos lo tumba.
"""

import gc
import logging
import os
import secrets
import signal
from threading import Event

from django.db import DatabaseError, close_old_connections, connections
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from . import trabajos

# Cede el paso a quien atiende las páginas.
CORTESIA = 10
# Cada cuántas pasadas se barre.
CADA = 15

bitacora = logging.getLogger(__name__)


class Trabajador:
    """`procesos`: cuántos a la vez; `sigue()`: si debe seguir; `agotar`: termina al vaciarse."""

    def __init__(self, *, procesos, pausa, sigue=lambda: True, agotar=False):
        self.procesos, self.pausa = procesos, pausa
        self.sigue, self.agotar = sigue, agotar
        self.alto, self.hijos, self.base_caida = Event(), {}, False

    def correr(self):
        """Hasta que se le pida terminar: entonces cada hijo acaba su pieza y no empieza otra."""
        for cual in (signal.SIGTERM, signal.SIGINT):
            signal.signal(cual, lambda *_: self.alto.set())
        pasada = 0
        while not self.alto.is_set() and self.sigue():
            self._recoger()
            hay = self._pasada(barrer=pasada % CADA == 0)
            if self.agotar and not hay and not self.hijos:
                break
            pasada += 1
            self.alto.wait(self.pausa)
        self._despedir()

    def _pasada(self, barrer):
        """Si hay algo en la cola. La base puede faltar un rato: se dice una vez y se sigue."""
        close_old_connections()
        try:
            if barrer:
                trabajos.barrer()
            listas = DBTaskResult.objects.ready().count()
        except DatabaseError:
            if not self.base_caida:
                bitacora.exception("El trabajador no puede leer su cola; lo seguirá intentando.")
            self.base_caida = True
            return True
        self.base_caida = False
        for _ in range(min(listas, self.procesos - len(self.hijos))):
            self._lanzar()
        return listas > 0

    def _lanzar(self):
        quien = secrets.token_hex(8)
        # Un hijo no puede heredar una conexión abierta.
        connections.close_all()
        # Lo ya cargado no se vuelve a revisar ni a copiar en cada hijo.
        gc.freeze()
        pid = os.fork()
        if pid:
            self.hijos[pid] = quien
            return
        try:
            _tanda(quien)
        except BaseException:
            bitacora.exception("Se interrumpió una tanda de trabajos.")
            os._exit(1)
        os._exit(0)

    def _recoger(self, opciones=os.WNOHANG):
        """Los hijos que terminaron; lo que tenía el que murió mal queda libre en el acto."""
        for pid, quien in list(self.hijos.items()):
            hallado, estado = os.waitpid(pid, opciones)
            if hallado:
                del self.hijos[pid]
            if hallado and estado:
                bitacora.warning("Un proceso del trabajador murió (estado %s).", estado)
                self._soltar(quien)

    def _soltar(self, quien):
        try:
            trabajos.soltar(quien)
        except DatabaseError:
            bitacora.exception("No se pudo soltar lo de un proceso muerto: lo hará el barrido.")

    def _despedir(self):
        for pid in self.hijos:
            os.kill(pid, signal.SIGTERM)
        self._recoger(opciones=0)


class Alto(Event):
    """Se pone también cuando muere quien vigila: nadie recogería lo que este deje a medias."""

    def __init__(self):
        super().__init__()
        self.padre = os.getppid()

    def is_set(self):
        return super().is_set() or os.getppid() != self.padre


def _tanda(quien):
    """En el hijo: atiende la cola hasta vaciarla."""
    gc.set_threshold(50_000, 20, 20)
    os.nice(CORTESIA)
    trabajos.ALTO = Alto()
    trabajador = Worker(
        queue_names=["default"],
        excluded_queue_names=[],
        interval=0,
        batch=True,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id=quien,
    )

    def terminar(*_):
        trabajos.ALTO.set()
        trabajador.running = False

    for cual in (signal.SIGTERM, signal.SIGINT):
        signal.signal(cual, terminar)
    trabajador.run()
    connections.close_all()
