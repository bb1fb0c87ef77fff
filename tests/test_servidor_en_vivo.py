"""El servidor de las pruebas con navegador no deja conexiones que impidan borrar la base."""

from http.client import HTTPConnection
from time import monotonic

import pytest
from django.db import connection
from django.urls import reverse

OTRAS = """
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND backend_type = 'client backend'
"""


def _otras():
    with connection.cursor() as cursor:
        cursor.execute(OTRAS)
        return {pid for (pid,) in cursor.fetchall()}


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite borra su archivo aunque lo estén leyendo"
)
@pytest.mark.django_db(transaction=True)
def test_quien_sigue_conectado_al_servidor_no_ocupa_la_base(live_server, client, zonal1):
    client.force_login(zonal1)
    galleta = f"sessionid={client.cookies['sessionid'].value}"
    navegador = HTTPConnection(live_server.thread.host, live_server.thread.port)
    # Otra prueba pudo dejar la suya: aquí se miran las que abre este navegador.
    ajenas = _otras()
    for ruta in (reverse("inicio"), "/static/css/plataforma.css"):
        # La segunda no usa la base: cuando llega, la primera ya terminó del todo.
        navegador.request("GET", ruta, headers={"Cookie": galleta})
        respuesta = navegador.getresponse()
        assert (respuesta.status, bool(respuesta.read())) == (200, True)
    # PostgreSQL tarda un instante en dar por ida la conexión que ya se cerró; con la máquina
    # ocupada, más. Una que se conserva (CONN_MAX_AGE) no se va nunca.
    limite = monotonic() + 30
    while (propias := _otras() - ajenas) and monotonic() < limite:
        pass
    assert (navegador.sock is not None, propias) == (True, set())
    navegador.close()
