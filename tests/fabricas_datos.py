"""Los datos abiertos y las llaves de la API, para mirar sus páginas."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from pdot.datos_abiertos import carpeta_de
from pdot.models import CondicionesDeDatos, PublicacionDeDatos
from territorios.llaves import dar_llave
from territorios.models import LlaveDeApi


@pytest.fixture
def llave_de_api(central):
    return llave_de(central)


def llave_de(por):
    caduca = timezone.localdate() + timedelta(days=30)
    llave = LlaveDeApi(titular="Sistema de prueba", caduca=caduca)
    dar_llave(llave, por=por)
    return llave


@pytest.fixture
def publicacion(db, archivos_privados):
    """Una publicación de un solo archivo: publicar todo de verdad se prueba aparte."""
    crudo = b"codigo_gad;gad\r\n0807;Rioverde\r\n"
    ficha = {
        "nombre": "gad.csv",
        "titulo": "Gobiernos autónomos descentralizados",
        "filas": 1,
        "bytes": len(crudo),
        "sha256": sha256(crudo).hexdigest(),
    }
    condiciones = CondicionesDeDatos()
    hecha = PublicacionDeDatos.objects.create(
        clave="20260101-020000-abc123",
        licencia=condiciones.licencia,
        enlace=condiciones.enlace,
        texto=condiciones.texto,
        presentacion=condiciones.presentacion,
        archivos=[ficha],
    )
    carpeta_de(hecha).mkdir(parents=True)
    (carpeta_de(hecha) / "gad.csv").write_bytes(crudo)
    return hecha
