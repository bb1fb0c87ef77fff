"""Con Hypothesis: ninguna hoja, por rara que sea, da una traza ni deja a nadie a medio registrar.

O se lee, o es CargaRechazada en español; y confirmar registra a todas las personas o a ninguna.
"""

from datetime import date
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from talleres.duplicados import se_parecen
from talleres.models import Participante
from talleres.planilla_asistencia import (
    Planilla,
    como_texto,
    de_texto,
    leer_planilla,
    por_registrar,
)
from talleres.procedencia import Procedencias, SinReconocer
from talleres.registro import registrar_varios
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada
from tests.archivos import hoja_csv, libro

pytestmark = pytest.mark.django_db
LOTE = UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
FIRMARON = {"consentimiento": "Acepto.", "consentimiento_fecha": date(2019, 8, 22)}
EJEMPLOS = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
TEXTO = st.text(max_size=40)
PALABRAS = st.sampled_from(
    ["Ana Mero", "Rioverde", "mujer", "M", "F", "0807", "Otro", "", "=1+1", "a@b.ec", "Esmeraldas"]
)
CABECERAS = st.permutations(["nombre", "gad", "sexo", "nivel", "correo", "telefono", "cargo"])


@st.composite
def tablas(draw):
    cabecera = draw(CABECERAS)
    filas = draw(st.lists(st.lists(PALABRAS | TEXTO, min_size=7, max_size=7), max_size=6))
    return [cabecera, *filas]


def registrar_sin_trazas(encuentro, archivo):
    """Lee, confirma y deshace. Devuelve la planilla, o None si se rechazó entera."""
    try:
        planilla = leer_planilla(archivo, encuentro, consentimiento=FIRMARON, lote=LOTE)
    except CargaRechazada as rechazo:
        str(rechazo).encode()
        assert str(rechazo).startswith(archivo.nombre)
        return None
    assert isinstance(planilla, Planilla)
    assert all(error.startswith(archivo.nombre) for error in planilla.errores)
    assert not Participante.objects.exists()
    if planilla.errores:
        return planilla
    with transaction.atomic():
        van, fuera = por_registrar(planilla, set())
        hechas = registrar_varios(encuentro, van, via="importado", por=None)
        assert len(hechas) + len(fuera) == len(planilla.filas)
        assert registrar_varios(encuentro, van, via="importado", por=None) == []
        assert Participante.objects.count() == len(hechas)
        transaction.set_rollback(True)
    return planilla


@EJEMPLOS
@given(tabla=tablas())
def test_una_hoja_cualquiera_en_csv_y_pegada(encuentro1, tabla):
    registrar_sin_trazas(encuentro1, hoja_csv(*tabla))
    registrar_sin_trazas(encuentro1, de_texto("\n".join("\t".join(fila) for fila in tabla)))


@EJEMPLOS
@given(tabla=tablas())
def test_una_hoja_cualquiera_en_xlsx(encuentro1, tabla):
    limpias = [["".join(c for c in celda if c.isprintable()) for celda in f] for f in tabla]
    planilla = registrar_sin_trazas(encuentro1, libro(Lista=limpias))
    if planilla and planilla.filas:
        copia = registrar_sin_trazas(encuentro1, de_texto(como_texto(libro(Lista=limpias))))
        assert len(copia.filas) == len(planilla.filas)


@EJEMPLOS
@given(contenido=st.binary(min_size=1, max_size=300))
def test_unos_bytes_cualesquiera(encuentro1, contenido):
    registrar_sin_trazas(encuentro1, Archivo("x.xlsx", contenido))
    registrar_sin_trazas(encuentro1, Archivo("x.xlsx", b"PK\x03\x04" + contenido))


@EJEMPLOS
@given(uno=TEXTO, otro=TEXTO)
def test_parecerse_es_mutuo_y_no_da_trazas(uno, otro):
    assert se_parecen(uno, otro) == se_parecen(otro, uno)


@EJEMPLOS
@given(escrito=TEXTO)
def test_una_procedencia_cualquiera_no_da_trazas(territorio, escrito):
    try:
        Procedencias().gad(escrito)
    except SinReconocer as error:
        assert str(error).endswith((".", "?"))
