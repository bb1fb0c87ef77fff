"""Un servidor de correo de verdad, mínimo, para ver qué sale y qué pasa cuando falla.

Habla SMTP por un puerto de esta máquina; `recibidos` guarda lo que aceptó, y `al_recibir` decide
qué contesta a cada mensaje.
"""

import socketserver
from contextlib import contextmanager
from email import message_from_bytes, policy
from threading import Thread

from django.test import override_settings

ACEPTA = "250 recibido"
CORTA = ""  # cierra la conexión sin contestar


class Conversacion(socketserver.StreamRequestHandler):
    def handle(self):
        self._decir("220 prueba")
        for linea in self.rfile:
            orden = linea.decode().strip().upper()
            if orden == "DATA":
                self._decir("354 siga")
                if not self._contestar(self._leer()):
                    return
            elif orden.startswith("RCPT"):
                self._decir(self.server.a_quien(orden))
            elif orden == "QUIT":
                self._decir("221 adiós")
                return
            else:
                self._decir("250 bien")

    def _leer(self):
        lineas = []
        while (linea := self.rfile.readline()) not in (b".\r\n", b""):
            lineas.append(linea.removeprefix(b".") if linea.startswith(b"..") else linea)
        return message_from_bytes(b"".join(lineas), policy=policy.default)

    def _contestar(self, correo):
        respuesta = self.server.al_recibir(correo)
        if respuesta == ACEPTA:
            self.server.recibidos.append(correo)
        if respuesta:
            self._decir(respuesta)
        return bool(respuesta)

    def _decir(self, linea):
        self.wfile.write(f"{linea}\r\n".encode())


class Servidor(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Conversacion)
        self.recibidos = []
        self.al_recibir = lambda correo: ACEPTA
        self.a_quien = lambda orden: "250 bien"

    @property
    def puerto(self):
        return self.server_address[1]

    def asuntos(self):
        return [correo["Subject"] for correo in self.recibidos]


@contextmanager
def servidor_en_marcha():
    """El servidor, y la plataforma apuntando a él, mientras dure el bloque."""
    servidor = Servidor()
    Thread(target=servidor.serve_forever, args=[0.05], daemon=True).start()
    ajustes = {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": servidor.puerto,
        "EMAIL_TIMEOUT": 5,
    }
    try:
        with override_settings(**ajustes):
            yield servidor
    finally:
        servidor.shutdown()
        servidor.server_close()
