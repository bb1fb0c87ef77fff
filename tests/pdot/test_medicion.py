"""La medición: sus datos son válidos, su base es otra, y su tabla dice la meta de cada página."""

import tempfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from acompanamiento.models import Acuerdo, Grupo, Membresia
from pdot.medicion import datos, informe
from pdot.medicion.cronometro import Tiempos, Visita
from pdot.medicion.formulario import lo_que_se_envia
from pdot.medicion.medidas import Medidas
from pdot.medicion.paginas import PAGINAS
from pdot.medicion.rayones import PREFIJO, NoSeMide, base_de_rayones
from pdot.models import (
    ActividadCapacidad,
    Evaluacion,
    Necesidad,
    Pdot,
    PlanCapacidades,
    Respuesta,
    Vinculo,
)
from talleres.models import Aporte, Convocado, Encuentro, Participante, PuntoAgenda
from territorios.models import Zona

HOY = date(2026, 6, 15)
CHICAS = Medidas(estrategias=2, encuentros=20, asistencias=30, periodos=2)
SE_REVISAN = [
    *(Grupo, Membresia, Acuerdo, Encuentro, Convocado, PuntoAgenda, Aporte, Participante),
    *(Pdot, Evaluacion, Respuesta, Vinculo, Necesidad, PlanCapacidades, ActividadCapacidad),
]


@pytest.fixture
def sembrada(territorio, instrumento):
    datos.sembrar(CHICAS, hoy=HOY)


class TestDatos:
    def test_hay_cuanto_se_pidio(self, sembrada, territorio):
        gads = len(territorio.gad)
        cuentas = {m: m.objects.count() for m in (Encuentro, Participante, Pdot, Evaluacion)}
        assert cuentas == {
            Encuentro: 20,
            Participante: 30,
            Pdot: 2 * gads,
            Evaluacion: 2 * 2 * gads,
        }

    def test_la_escala_diez_es_diez_veces_mas_historia(self):
        una, diez = Medidas.de(1), Medidas.de(10)
        assert (una.encuentros, una.asistencias, una.periodos) == (5_000, 100_000, 3)
        assert (diez.encuentros, diez.asistencias, diez.periodos) == (50_000, 1_000_000, 30)

    def test_treinta_periodos_y_treinta_estrategias_caben(self, territorio, instrumento):
        muchas = Medidas(
            estrategias=30, encuentros=60, asistencias=60, periodos=30, necesidades_por_gad=10
        )
        datos.sembrar(muchas, hoy=HOY)
        assert Pdot.objects.count() == 30 * len(territorio.gad)
        assert Encuentro.objects.count() == 60

    def test_todo_es_valido(self, sembrada):
        revisadas = dict.fromkeys(SE_REVISAN, 0)
        for modelo in SE_REVISAN:
            for fila in modelo.objects.all()[:40]:
                fila.full_clean()
                revisadas[modelo] += 1
        assert [modelo for modelo, cuantas in revisadas.items() if not cuantas] == []

    def test_no_se_inventan_personas(self, sembrada):
        nombres = Participante.objects.order_by("pk").values_list("nombre", flat=True)
        assert list(nombres) == [f"Participante {n}" for n in range(1, 31)]

    def test_solo_la_estrategia_de_hoy_tiene_miembros(self, sembrada):
        vigentes = Membresia.objects.vigentes_en(HOY)
        assert set(vigentes.values_list("grupo__estrategia__codigo", flat=True)) == {"nacional-1"}


class TestBase:
    @pytest.fixture(autouse=True)
    def carpeta(self, monkeypatch, tmp_path):
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def test_en_produccion_se_niega(self, settings):
        settings.PRODUCCION = True
        with pytest.raises(CommandError, match="producción"):
            call_command("medir", verbosity=0)

    def test_no_mide_en_la_de_la_plataforma(self, monkeypatch):
        suya = f"/tmp/{PREFIJO}x1.sqlite3" if connection.vendor == "sqlite" else f"{PREFIJO}x1"
        monkeypatch.setitem(connection.settings_dict, "NAME", suya)
        with pytest.raises(NoSeMide, match="DATABASE_URL"), base_de_rayones("x1", llenar=list):
            pytest.fail("abrió la base")

    @pytest.mark.django_db
    def test_dentro_de_una_transaccion_se_niega(self):
        with pytest.raises(NoSeMide, match="transacción"), base_de_rayones("x", llenar=list):
            pytest.fail("abrió la base")

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="la marca de un archivo")
    def test_la_que_no_hizo_ella_no_se_toca(self, tmp_path):
        ajena = tmp_path / f"{PREFIJO}prueba.sqlite3"
        ajena.write_bytes(b"de alguien" * 20)
        with pytest.raises(NoSeMide, match="no hizo"), base_de_rayones("prueba", llenar=list):
            pytest.fail("abrió la base")
        assert ajena.read_bytes() == b"de alguien" * 20

    @pytest.mark.django_db(transaction=True)
    def test_es_otra_se_conserva_si_se_pide_y_se_borra(self):
        suya, llenadas = connection.settings_dict["NAME"], []

        def llenar():
            Zona.objects.create(numero=3, nombre="De rayones", sede="Ninguna")
            llenadas.append(connection.settings_dict["NAME"])

        # La conservada se usa otra vez; sin pedirlo, se hace de nuevo y se borra al salir.
        for conservar in (True, True, False):
            with base_de_rayones("prueba", llenar=llenar, conservar=conservar):
                assert Zona.objects.count() == 1
        otra, _ = llenadas
        assert (otra != suya, Path(otra).name.startswith(f"{PREFIJO}prueba")) == (True, True)
        assert connection.settings_dict["NAME"] == suya
        assert Zona.objects.count() == 0
        assert not Path(otra).exists()


# --- La tabla -----------------------------------------------------------------------------------


def medir_a_mano(ms, consultas, escala=1):
    """Todas las páginas a ese tiempo, con pisos de diez milisegundos."""
    pisos = {n: Tiempos([10.0], [10.0]) for n in informe.NOMBRES}
    visitas = [Visita(p, Tiempos([ms], [ms]), consultas, consultas) for p in PAGINAS]
    return informe.Medicion(escala, "SQLite", pisos, visitas)


def lineas(tabla):
    """{página: [celda, …]} de la tabla de páginas."""
    filas = [linea.strip("| ").split(" | ") for linea in tabla.splitlines() if " | " in linea]
    nombres = {pagina.nombre for pagina in PAGINAS}
    return {f[0].strip(): [c.strip() for c in f] for f in filas if f[0].strip() in nombres}


def test_cada_pagina_tiene_su_fila_y_su_meta():
    filas = lineas(informe.escribir(medir_a_mano(12.0, 5)))
    assert list(filas) == [pagina.nombre for pagina in PAGINAS]
    for pagina in PAGINAS:
        fila = filas[pagina.nombre]
        assert fila[5] == f"≤ {pagina.meta.veces:.1f}".replace(".", ",")
        assert (fila[7], fila[-1]) == (f"≤ {pagina.meta.consultas}", "cumple")


def test_lo_que_no_llega_dice_que_le_falta():
    filas = lineas(informe.escribir(medir_a_mano(20.0, 9)))
    assert filas["Directorio"][-1] == "falta: 2,0 veces F1, 9 consultas"


def test_a_diez_veces_se_compara_con_una():
    filas = lineas(informe.escribir(medir_a_mano(14.0, 6, 10), medir_a_mano(10.0, 5)))
    dicho = "falta: crece 1,4 veces, pasa de 5 a 6 consultas"
    assert (filas["Directorio"][-2], filas["Directorio"][-1]) == ("1,40", dicho)


def test_la_que_no_responde_se_dice():
    medicion = medir_a_mano(10.0, 5)
    medicion.visitas[0].falla = "responde 500"
    assert lineas(informe.escribir(medicion))[PAGINAS[0].nombre][-1] == "falta: responde 500"


def test_escribir_otra_vez_reemplaza_solo_lo_suyo(tmp_path):
    leeme = tmp_path / "LEEME.md"
    leeme.write_text("# Método\n")
    for clave, texto in (("a", "uno\n"), ("b", "dos\n"), ("a", "tres\n")):
        informe.poner_en(leeme, clave, texto)
    dicho = leeme.read_text()
    assert ("uno" in dicho, "dos" in dicho, "tres" in dicho) == (False, True, True)
    assert dicho.startswith("# Método\n")


def test_toda_pagina_tiene_direccion():
    muestra = SimpleNamespace(**{arg: "1" for pagina in PAGINAS for arg in pagina.args})
    assert all(pagina.direccion(muestra).startswith("/") for pagina in PAGINAS)


def test_una_pagina_desconocida_se_rechaza():
    with pytest.raises(CommandError, match="inexistente"):
        call_command("medir", paginas="inexistente", verbosity=0)


def test_una_tabla_a_medias_no_reemplaza_a_la_entera(tmp_path):
    leeme = tmp_path / "LEEME.md"
    with pytest.raises(CommandError, match="entera"):
        call_command("medir", paginas="directorio", escribir=leeme, verbosity=0)
    assert not leeme.exists()


def test_se_envia_lo_que_la_pagina_traia():
    pagina = """<form><input name="q" value="x"></form><form>
      <input type="hidden" name="version" value="3"><input type="radio" name="v" value="si" checked>
      <input type="radio" name="v" value="no"><textarea name="t">
Dicho</textarea><select name="l"><option value="a"><option value="b" selected></select>
      <input name="fijo" value="f" disabled></form>"""
    assert lo_que_se_envia(pagina.encode(), 7) == {
        "version": "3",
        "v": "si",
        "t": "Dicho · revisado 7",
        "l": "b",
    }
