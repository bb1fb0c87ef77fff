"""El cable de red entre el navegador y el servidor de las pruebas, que se puede cortar de verdad.

Cortar la red del navegador no alcanza a su guion de fondo (service worker); el cable, sí: todo
pasa por él. También pierde una respuesta: el servidor atendió y guardó, y nadie se enteró.
"""

import socket
from contextlib import suppress
from threading import Event, Lock, Thread


class Cable:
    """Un repetidor TCP hacia `servidor` («127.0.0.1», puerto); `url`, por donde se le llega."""

    def __init__(self, servidor):
        self.servidor = servidor
        self.conectado = True
        self.perder = False
        self.perdida = Event()
        self._abiertos, self._cerrojo = set(), Lock()
        self._oreja = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._oreja.getsockname()[1]}"
        Thread(target=self._atender, daemon=True).start()

    def cortar(self):
        self.conectado = False
        with self._cerrojo:
            for uno in self._abiertos:
                _colgar(uno)
            self._abiertos.clear()

    def conectar(self):
        self.conectado = True

    def perder_la_respuesta(self):
        """El próximo envío llega al servidor y, cuando contesta, la red se corta."""
        self.perdida.clear()
        self.perder = True

    def cerrar(self):
        _colgar(self._oreja)
        self.cortar()

    def _atender(self):
        with suppress(OSError):
            while True:
                cliente, _ = self._oreja.accept()
                if self.conectado:
                    self._unir(cliente)
                else:
                    _colgar(cliente)

    def _unir(self, cliente):
        servidor = socket.create_connection(self.servidor)
        with self._cerrojo:
            self._abiertos |= {cliente, servidor}
        envio = Event()
        Thread(target=self._pasar, args=(cliente, servidor, envio, False), daemon=True).start()
        Thread(target=self._pasar, args=(servidor, cliente, envio, True), daemon=True).start()

    def _pasar(self, origen, destino, envio, es_respuesta):
        with suppress(OSError):
            while trozo := origen.recv(65536):
                if not es_respuesta and self.perder and trozo.startswith(b"POST "):
                    envio.set()
                if es_respuesta and envio.is_set():
                    self.perder = False
                    self.cortar()
                    self.perdida.set()
                    break
                destino.sendall(trozo)
        _colgar(origen)
        _colgar(destino)


def _colgar(enchufe):
    with suppress(OSError):
        enchufe.shutdown(socket.SHUT_RDWR)
    enchufe.close()
