"""`manage.py generar_informe`: el archivo aparece entero o no, y los errores se entienden."""

import errno
import os
from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from territorios.documentos import SinPango
from tests.fabricas import EstrategiaFactory, GrupoFactory
from tests.fabricas_documentos import pliego
from tests.lectura_pdf import texto_de

MODULO = "pdot.management.commands.generar_informe"


@pytest.fixture
def hecho(monkeypatch):
    """Los (grupo, usuario) con que se pidió el documento, que aquí es de mentira."""
    pedidos = []

    def hacer(grupo, usuario):
        pedidos.append((grupo, usuario))
        return pliego(f"El del {grupo}")

    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: b"%PDF de mentira")

    monkeypatch.setattr(f"{MODULO}.sistematizacion_de_grupo", hacer)
    return pedidos


def archivos_en(carpeta):
    """Lo que hay, sin el almacén de los documentos emitidos."""
    return sorted(set(os.listdir(carpeta)) - {"privados"})


def generar(numero, salida, **opciones):
    call_command("generar_informe", "grupo", str(numero), salida=salida, **opciones)


def test_escribe_el_documento_de_verdad(grupo1, evaluaciones, tmp_path, capsys):
    salida = tmp_path / "grupo1.pdf"
    generar(1, salida)
    texto = texto_de(salida.read_bytes())
    assert "Grupo 1 Esmeraldas – Rioverde" in texto
    assert "Con lo que puede consultar en la plataforma: Todo el país" in texto
    numero = f"MATRIZ-{timezone.localdate().year}-0001"
    assert numero in texto
    assert capsys.readouterr().out == f"Grupo 1 · Esmeraldas – Rioverde: {salida} (n.º {numero})\n"
    assert archivos_en(tmp_path) == ["grupo1.pdf"]


def test_mira_con_los_ojos_de_la_central(grupo1, hecho, tmp_path):
    generar(1, tmp_path / "a.pdf")
    [(grupo, usuario)] = hecho
    assert (grupo, usuario.ve_el_pais, usuario.pk) == (grupo1, True, None)
    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF de mentira"


def test_sin_decir_estrategia_es_la_mas_reciente(grupo1, hecho, tmp_path):
    nueva = EstrategiaFactory(
        codigo="nacional-2027", desde=date(2027, 1, 1), hasta=date(2027, 12, 31)
    )
    nuevo = GrupoFactory(estrategia=nueva, numero=1)
    generar(1, tmp_path / "nuevo.pdf")
    generar(1, tmp_path / "viejo.pdf", estrategia=grupo1.estrategia.codigo)
    assert [grupo for grupo, _ in hecho] == [nuevo, grupo1]


@pytest.mark.parametrize(
    ("numero", "opciones", "mensaje"),
    [
        ("9", {}, "La estrategia «piloto-2019» no tiene el grupo «9». Los que hay: 1."),
        ("uno", {}, "La estrategia «piloto-2019» no tiene el grupo «uno». Los que hay: 1."),
        (
            "1",
            {"estrategia": "otra"},
            "No existe la estrategia «otra». Las que hay: piloto-2019.",
        ),
    ],
)
def test_lo_que_no_existe(grupo1, hecho, tmp_path, numero, opciones, mensaje):
    with pytest.raises(CommandError) as error:
        generar(numero, tmp_path / "a.pdf", **opciones)
    assert str(error.value) == mensaje
    assert (hecho, os.listdir(tmp_path)) == ([], [])


def test_solo_hay_un_informe(grupo1, tmp_path):
    with pytest.raises(CommandError, match="No existe el informe «zona»: solo hay «grupo»."):
        call_command("generar_informe", "zona", "1", salida=tmp_path / "a.pdf")


def test_sin_estrategias(db, tmp_path):
    with pytest.raises(CommandError, match="No hay ninguna estrategia"):
        generar(1, tmp_path / "a.pdf")


def test_donde_no_se_puede_escribir(grupo1, hecho, tmp_path):
    (tmp_path / "archivo").write_text("no soy una carpeta")
    motivos = {
        tmp_path: "es una carpeta",
        tmp_path / "no" / "existe.pdf": "la carpeta no existe",
        tmp_path / "archivo" / "a.pdf": "su carpeta no es una carpeta",
    }
    for salida, motivo in motivos.items():
        with pytest.raises(CommandError) as error:
            generar(1, salida)
        assert str(error.value) == f"No se puede escribir «{salida}»: {motivo}."
    assert archivos_en(tmp_path) == ["archivo"]


def test_si_falla_a_medias_queda_lo_que_habia(grupo1, hecho, tmp_path, monkeypatch):
    salida = tmp_path / "a.pdf"
    salida.write_bytes(b"el de ayer")

    def disco_lleno(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(f"{MODULO}.os.fsync", disco_lleno)
    with pytest.raises(CommandError, match="no queda espacio en el disco"):
        generar(1, salida)
    assert salida.read_bytes() == b"el de ayer"
    assert archivos_en(tmp_path) == ["a.pdf"]


def test_sin_pango_no_se_escribe_nada(grupo1, tmp_path, monkeypatch):
    def falla(*args):
        raise SinPango

    monkeypatch.setattr("territorios.documentos._weasyprint", falla)
    with pytest.raises(CommandError, match="apt-get install"):
        generar(1, tmp_path / "a.pdf")
    assert archivos_en(tmp_path) == []
