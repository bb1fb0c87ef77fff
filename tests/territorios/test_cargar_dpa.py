"""La carga de la división político-administrativa: cifras, repetición y rechazos."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command

from territorios.cargas import MOTIVO, cargar_dpa
from territorios.lectura import CargaRechazada
from territorios.models import (
    CapaLimites,
    Contorno,
    Gad,
    OtroTerritorio,
    Territorio,
    Vecindad,
    Zona,
)
from tests.datos import DPA, cambiar_csv, copiar, filas_por_tabla, transaccion_comun

pytestmark = pytest.mark.django_db
CORTE = date(2019, 4, 1)


@pytest.fixture(scope="module")
def dpa(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        yield cargar_dpa(DPA)


@pytest.fixture
def carpeta(tmp_path):
    return copiar(DPA, tmp_path)


# --- Lo que queda cargado -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fecha", "cifras"),
    [(CORTE, (24, 221, 821, 1066)), (date(2026, 1, 1), (24, 222, 824, 1070))],
)
def test_recuentos_en_cada_fecha(dpa, fecha, cifras):
    vigentes = Territorio.objects.vigentes_en(fecha)
    contados = (
        vigentes.provincias().count(),
        vigentes.cantones().count(),
        vigentes.parroquias_rurales().count(),
        Gad.objects.vigentes_en(fecha).count(),
    )
    assert contados == cifras


@pytest.mark.parametrize(
    ("codigo", "zona"),
    [("0901", 8), ("090150", 8), ("0910", 5), ("1701", 9), ("170151", 9), ("17", 2), ("0803", 1)],
)
def test_la_zona_es_la_del_canton(dpa, codigo, zona):
    assert Territorio.objects.get(pk=codigo).zona_id == zona


@pytest.mark.parametrize(
    ("codigo", "nivel", "nombre"),
    [
        ("08", "provincial", "Gobierno Autónomo Descentralizado Provincial de Esmeraldas"),
        ("20", "regimen_especial", "Consejo de Gobierno del Régimen Especial de Galápagos"),
        ("0807", "municipal", "Gobierno Autónomo Descentralizado Municipal del Cantón Rioverde"),
        (
            "1701",
            "metropolitano",
            "Gobierno Autónomo Descentralizado del Distrito Metropolitano de Quito",
        ),
        ("130352", "parroquial", "Gobierno Autónomo Descentralizado Parroquial Rural de Canuto"),
    ],
)
def test_nivel_y_nombre_oficial_del_gad(dpa, codigo, nivel, nombre):
    gad = Gad.objects.get(pk=codigo)
    assert (gad.nivel, gad.nombre_oficial) == (nivel, nombre)


def test_la_cabecera_cantonal_no_tiene_gad(dpa):
    assert Territorio.objects.filter(cabecera=True).count() == 222
    assert not Gad.objects.filter(territorio__cabecera=True).exists()


def test_el_pasado_se_cuenta_como_fue(dpa):
    parroquia = Territorio.objects.get(pk="140157")
    canton = Territorio.objects.get(pk="1413")
    assert parroquia.vigente_en(CORTE) and not canton.vigente_en(CORTE)
    assert canton.vigente_en(date(2025, 1, 1)) and not parroquia.vigente_en(date(2025, 1, 1))


def test_vecindades_por_nivel(dpa):
    por_nivel = [Vecindad.objects.filter(a__nivel=nivel).count() for nivel in Territorio.Nivel]
    assert por_nivel == [53, 581, 2881]
    assert not Vecindad.objects.de(Territorio.objects.get(pk="20")).exists()


def test_los_otros_territorios_no_son_gad(dpa):
    codigos = set(OtroTerritorio.objects.values_list("codigo", flat=True))
    assert codigos == {"9001", "9003", "9004", "9006", "220254"}
    assert not Gad.objects.filter(pk__in=codigos).exists()


def test_un_contorno_por_canton_en_la_capa_esquematica(dpa):
    capa = CapaLimites.objects.get()
    assert capa.esquematica and capa.en_uso
    dibujados = set(Contorno.objects.values_list("territorio", flat=True))
    assert dibujados == set(Territorio.objects.cantones().values_list("pk", flat=True))
    assert not Contorno.objects.filter(trazo="").exists()


def test_se_busca_sin_tildes(dpa):
    assert [gad.pk for gad in Gad.objects.buscar("quininde")] == ["0804"]


# --- Repetir --------------------------------------------------------------------------------


def test_todo_entra_con_su_historia(dpa):
    assert Territorio.historia.filter(history_type="+").count() == Territorio.objects.count()
    assert Gad.historia.filter(history_type="+").count() == Gad.objects.count()
    motivos = set(Territorio.historia.values_list("history_change_reason", flat=True))
    assert motivos == {MOTIVO}


def test_la_segunda_carga_no_cambia_nada(dpa):
    antes = filas_por_tabla()
    assert cargar_dpa(DPA).cambios == 0
    assert filas_por_tabla() == antes


def test_una_fila_distinta_se_actualiza_con_historia(dpa, carpeta, django_user_model):
    central = django_user_model.objects.create(username="c", rol="central")
    cambiar_csv(carpeta, "cantones.csv", 2, "nombre", "Cuéncano")
    resumen = cargar_dpa(carpeta, por=central)
    canton = Territorio.objects.get(pk="0101")
    assert (canton.nombre, canton.busqueda) == ("Cuéncano", "cuencano")
    # El cantón y el nombre oficial de su GAD.
    assert resumen.cambios == 2
    ultima = canton.historia.first()
    assert (ultima.history_type, ultima.nombre, ultima.history_user) == ("~", "Cuéncano", central)
    assert Gad.historia.filter(territorio="0101").count() == 2


def test_el_esquema_no_desplaza_a_la_capa_que_ya_se_usa(dpa):
    CapaLimites.objects.all().delete()
    oficial = CapaLimites.objects.create(
        nombre="Límites oficiales", fuente="Conali", fecha=CORTE, en_uso=True
    )
    cargar_dpa(DPA)
    assert CapaLimites.objects.get(en_uso=True) == oficial
    assert CapaLimites.objects.get(esquematica=True).contornos.count() == 222


# --- Rechazos -------------------------------------------------------------------------------

RECHAZOS = [
    ("zonas.csv", 3, "zona", "1", "repetido: ya está en la fila 2"),
    ("zonas.csv", 3, "zona", "dos", "no es un número entero"),
    ("provincias.csv", 5, "zona", "99", "no existe la zona «99»"),
    ("provincias.csv", 5, "codigo", "4", "no tiene la forma esperada"),
    ("cantones.csv", 7, "provincia", "77", "no existe la provincia «77»"),
    ("cantones.csv", 7, "codigo", "0233", "debe ser 01 y dos cifras más"),
    ("cantones.csv", 7, "codigo", "0105", "repetido: ya está en la fila 6"),
    ("cantones.csv", 7, "nombre", "", "falta el dato"),
    ("cantones.csv", 7, "nombre", "x" * 101, "100 caracteres"),
    ("cantones.csv", 7, "vigente_desde", "01/04/2019", "no es una fecha AAAA-MM-DD"),
    ("cantones.csv", 169, "vigente_hasta", "2024-01-31", "debe ser posterior a «vigente_desde»"),
    ("parroquias.csv", 9, "canton", "9999", "no existe el cantón «9999»"),
    ("parroquias.csv", 9, "tipo", "cabecera", "la cabecera termina en 50"),
    ("parroquias.csv", 9, "tipo", "urbana", "no existe el tipo de parroquia «urbana»"),
    ("parroquias.csv", 9, "lat", "tres", "no es un número con punto decimal"),
    ("parroquias.csv", 9, "lon", "79.1", "debe estar entre -92 y -75"),
    ("parroquias.csv", 9, "lon", "NaN", "debe estar entre"),
    ("vecinos_cantones.csv", 4, "b", "0199", "no existe el territorio «0199»"),
    ("vecinos_cantones.csv", 4, "b", "0101", "de código mayor"),
    ("vecinos_provincias.csv", 4, "km", "-1", "debe estar entre 0 y 9999"),
    ("otros_territorios.csv", 2, "codigo", "0801", "ya es de una provincia"),
]


@pytest.mark.parametrize(("archivo", "fila", "columna", "valor", "motivo"), RECHAZOS)
def test_rechaza_el_dato_y_dice_donde(carpeta, archivo, fila, columna, valor, motivo):
    cambiar_csv(carpeta, archivo, fila, columna, valor)
    antes = filas_por_tabla()
    with pytest.raises(CargaRechazada) as rechazo:
        cargar_dpa(carpeta)
    donde = (rechazo.value.archivo, rechazo.value.fila, rechazo.value.columna)
    assert donde == (archivo, fila, columna)
    assert f"{archivo}, fila {fila}, columna «{columna}», valor «{valor[:60]}" in str(rechazo.value)
    assert motivo in str(rechazo.value)
    assert filas_por_tabla() == antes


def _sin_columna(carpeta):
    ruta = carpeta / "cantones.csv"
    ruta.write_text(ruta.read_text().replace("vigente_hasta", "fin", 1))


def _celda_de_mas(carpeta):
    ruta = carpeta / "provincias.csv"
    ruta.write_text(ruta.read_text().replace("Azuay,", "Azuay,sobra,", 1))


def _comillas_abiertas(carpeta):
    (carpeta / "provincias.csv").write_text('codigo,nombre\n"01,Azuay\n')


def _latin1(carpeta):
    ruta = carpeta / "zonas.csv"
    ruta.write_bytes(ruta.read_text().encode("latin-1"))


@pytest.mark.parametrize(
    ("estropear", "mensaje"),
    [
        (lambda c: (c / "zonas.csv").unlink(), "zonas.csv: no está en la carpeta"),
        (lambda c: (c / "zonas.csv").write_text(""), "zonas.csv, fila 1: falta la columna «zona»"),
        (lambda c: (c / "zonas.csv").write_text("zona,nombre,sede,nota\n"), "no trae ninguna fila"),
        (_sin_columna, "cantones.csv, fila 1: falta la columna «vigente_hasta»"),
        (_celda_de_mas, "provincias.csv, fila 2: tiene 6 celdas y la cabecera 5"),
        (_comillas_abiertas, "provincias.csv: no es un CSV bien formado"),
        (_latin1, "zonas.csv: no está escrito en UTF-8"),
        (lambda c: (c / "contorno.json").write_text("{"), "contorno.json: no es un JSON"),
        (lambda c: (c / "contorno.json").write_text('{"fuente": "x"}'), "no se puede dibujar"),
    ],
)
def test_rechaza_el_archivo_mal_hecho(carpeta, estropear, mensaje):
    estropear(carpeta)
    antes = filas_por_tabla()
    with pytest.raises(CargaRechazada, match=mensaje):
        cargar_dpa(carpeta)
    assert filas_por_tabla() == antes


def test_si_falla_el_ultimo_archivo_no_queda_nada_de_los_primeros(dpa, carpeta):
    cambiar_csv(carpeta, "zonas.csv", 2, "sede", "Otra sede")
    (carpeta / "contorno.json").unlink()
    antes = filas_por_tabla()
    with pytest.raises(CommandError, match=r"No se cargó nada\. contorno\.json: no está"):
        call_command("cargar_dpa", carpeta=carpeta)
    assert Zona.objects.get(pk=1).sede == "Ibarra"
    assert filas_por_tabla() == antes


def test_la_orden_dice_que_hizo(dpa, capsys):
    Contorno.objects.get(territorio="0801").delete()
    call_command("cargar_dpa")
    salida = capsys.readouterr().out
    assert "territorios: 0 altas, 0 cambios, 1293 sin cambio" in salida
    assert "contornos: 1 altas, 0 cambios, 221 sin cambio" in salida
