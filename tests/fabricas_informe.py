"""Lo que hace falta para los informes de la estrategia."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from pdot.models import Informe
from territorios.models import DocumentoEmitido
from territorios.models.documento import oficina_de


@pytest.fixture
def informes(grupo1, grupo2):
    """Uno de cada alcance; el del grupo 2 es de las dos zonas."""
    estrategia = grupo1.estrategia
    alcances = {
        "informe todo": {},
        "informe zona 1": {"zona_id": 1},
        "informe grupo1": {"grupo": grupo1},
        "informe grupo2": {"grupo": grupo2},
    }
    return {
        nombre: Informe.objects.create(estrategia=estrategia, introduccion=nombre, **alcance)
        for nombre, alcance in alcances.items()
    }


@pytest.fixture
def emitidos(elenco, informes):
    """Con su archivo, el que emitió la central y el de la zona 1: los ven quienes los preparan."""
    quienes = {"informe todo": "central", "informe zona 1": "zonal1"}
    return {
        nombre: informe_emitido(elenco[quien], informes[nombre])
        for nombre, quien in quienes.items()
    }


def informe_emitido(usuario, informe, texto="Informe"):
    ahora = timezone.now()
    documento = DocumentoEmitido(
        oficina=oficina_de(usuario),
        anio=ahora.year,
        numero=9001,  # lejos de los que dará la serie
        clase="Informe de la estrategia",
        clave=f"informe:{informe.estrategia.codigo}:{informe.clave}",
        titulo=texto,
        huella="a" * 64,
        sha256="b" * 64,
        emitido=ahora,
        emitido_por=usuario,
    )
    documento.archivo.save(f"{usuario.username}.pdf", ContentFile(texto.encode()), save=False)
    documento.save()
    return documento
