"""El diccionario de toda hoja que se descarga: cada columna dice qué valores puede tener."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest

from pdot.hojas_de_listas import hoja_de_proceso
from territorios.hojas import hoja_de_documentos
from territorios.hojas_de_calculo import POSIBLES, TEXTO, Hoja, diccionario

RAIZ = Path(__file__).parent.parent
CASA = ("territorios", "acompanamiento", "talleres", "pdot")
HECHAS_AL_PEDIRLAS = (
    hoja_de_documentos(ve_quien=True),
    hoja_de_proceso([SimpleNamespace(pk=1, corto="Inicio", nombre="Inicio del proceso")]),
)


def todas():
    """Las que declara cada módulo de hojas de la casa, sueltas o en una tupla."""
    for app in CASA:
        for archivo in sorted((RAIZ / app).glob("hojas*.py")):
            for valor in vars(import_module(f"{app}.{archivo.stem}")).values():
                for una in valor if isinstance(valor, list | tuple) else [valor]:
                    if isinstance(una, Hoja):
                        yield una
    yield from HECHAS_AL_PEDIRLAS


HOJAS = list({id(hoja): hoja for hoja in todas()}.values())


@pytest.mark.parametrize("hoja", HOJAS, ids=lambda hoja: hoja.nombre)
def test_solo_un_texto_es_texto_libre(hoja):
    for _, campo, _, tipo, valores, fuente in diccionario([hoja]):
        assert tipo in POSIBLES, campo
        assert valores and fuente, campo
        assert valores != POSIBLES[TEXTO] or tipo == TEXTO, campo


def test_estan_todas_las_hojas():
    declaradas = sum(
        archivo.read_text("utf-8").count("HojaDeObjetos(\n")
        + archivo.read_text("utf-8").count(" Hoja(\n")
        for app in CASA
        for archivo in (RAIZ / app).glob("**/*.py")
    )
    assert len(HOJAS) == declaradas
