"""Importar autoridades: se abre un período, se cierra el anterior y lo firmado no se toca."""

from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command

from territorios.importaciones.autoridades import importar_autoridades
from territorios.lectura import CargaRechazada
from territorios.models import Autoridad, Territorio
from tests.archivos import hoja_csv, libro
from tests.datos import filas_por_tabla
from tests.fabricas import AutoridadFactory

pytestmark = pytest.mark.django_db
CABECERA = ("codigo", "nombre", "cargo", "desde", "hasta")
NUEVA = ("0807", "Ana Cedeño", "Alcaldesa", "2023-05-15", "")


@pytest.fixture
def anterior(territorio):
    """La autoridad de Rioverde desde 2019, con el período abierto."""
    return AutoridadFactory(gad=territorio.gad["0807"], nombre="Luis Vera", cargo="Alcalde")


def importar(*filas, **opciones):
    return importar_autoridades(hoja_csv(CABECERA, *filas), **opciones)


def de_rioverde():
    return list(
        Autoridad.objects.filter(gad="0807")
        .order_by("desde")
        .values_list("nombre", "desde", "hasta")
    )


def test_se_abre_la_nueva_y_se_cierra_la_anterior(anterior, central):
    vista = importar(NUEVA, por=central)
    assert de_rioverde() == [
        ("Luis Vera", date(2019, 5, 15), date(2023, 5, 15)),
        ("Ana Cedeño", date(2023, 5, 15), None),
    ]
    texto = "\n".join(vista.lineas())
    assert "Se abren (1):\n    0807 Ana Cedeño, Alcaldesa (15/05/2023 – …)" in texto
    assert (
        "lo firmado sigue a su nombre (1):\n    0807 Luis Vera, Alcalde (15/05/2019 – 15/05"
        in texto
    )
    asiento = anterior.historia.first()
    assert (asiento.history_type, asiento.history_user) == ("~", central)
    assert asiento.history_change_reason == "Importación de autoridades: lista.csv"
    assert Autoridad.objects.vigentes_en(date(2022, 1, 1)).get(gad="0807") == anterior


def test_repetirla_no_cambia_nada(anterior):
    importar(NUEVA)
    antes = filas_por_tabla()
    assert not importar(NUEVA).cambia
    assert filas_por_tabla() == antes


def test_revisar_no_escribe(anterior):
    antes = filas_por_tabla()
    assert importar(NUEVA, solo_revisar=True).cambia
    anterior.refresh_from_db()
    assert anterior.hasta is None
    assert filas_por_tabla() == antes


def test_dos_elecciones_en_un_archivo_se_encadenan(anterior):
    importar(("0807", "Tercera", "", "2027-05-15", ""), NUEVA)
    assert de_rioverde()[1:] == [
        ("Ana Cedeño", date(2023, 5, 15), date(2027, 5, 15)),
        ("Tercera", date(2027, 5, 15), None),
    ]


def test_repetir_solo_la_primera_despues_de_cerrada_no_la_reabre(anterior):
    importar(NUEVA)
    importar(("0807", "Tercera", "", "2027-05-15", ""))
    assert not importar(NUEVA).cambia


def test_sin_cargo_se_toma_el_de_su_nivel_y_el_cero_se_repone(territorio):
    vista = importar(("807", "Ana Cedeño", "", "15/05/2023", ""))
    assert Autoridad.objects.get().cargo == "Alcalde/sa"
    assert "se les puso el cero inicial: 1. 0807." in vista.resumen[-1]


def test_un_libro_con_fechas_de_excel_y_codigos_numericos(anterior):
    filas = [
        ("Código", "Autoridad", "Dignidad", "Vigente desde", "Fin", "Observaciones"),
        (807, "Ana Cedeño", "Alcaldesa", datetime(2023, 5, 15), date(2027, 5, 15), "Electa"),
    ]
    importar_autoridades(libro(Hoja1=filas))
    nueva = Autoridad.objects.get(nombre="Ana Cedeño")
    assert (nueva.desde, nueva.hasta) == (date(2023, 5, 15), date(2027, 5, 15))
    assert nueva.nota == "Electa"


RECHAZOS = [
    (("9999", "A", "B", "2023-05-15", ""), "columna «codigo», valor «9999»: no existe ningún GAD"),
    (("0807", "", "B", "2023-05-15", ""), "columna «nombre».*falta el dato"),
    (("0807", "A", "B", "", ""), "columna «desde».*falta el dato"),
    (("0807", "A", "B", "mayo", ""), "columna «desde», valor «mayo»: no es una fecha"),
    (("0807", "A", "B", "31/02/2023", ""), "columna «desde».*no es una fecha"),
    (("0807", "A", "B", "2023-05-15", "2023-05-15"), "columna «hasta».*debe ser posterior"),
    (("0807", "A" * 121, "B", "2023-05-15", ""), "columna «nombre»"),
    (("0807", "Otro", "B", "2019-05-15", ""), "columna «desde».*ese día ya empezó Luis Vera"),
    (("0807", "A", "B", "2018-05-15", "2020-01-01"), "se enciman: A termina el 01/01/2020 y Luis"),
    (("0801", "A", "B", "2010-01-01", ""), "columna «desde».*no existe en esa fecha"),
    (("0807", "=A1", "B", "2023-05-15", ""), "es una fórmula"),
]


@pytest.mark.parametrize(("fila", "motivo"), RECHAZOS)
def test_rechaza_la_fila_y_no_escribe_nada(anterior, fila, motivo):
    Territorio.objects.filter(pk="0801").update(desde=date(2011, 1, 1))
    buena = ("1303", "Buena", "Alcaldesa", "2023-05-15", "")
    antes = filas_por_tabla()
    with pytest.raises(CargaRechazada, match=f"^lista.csv, fila 3, .*{motivo}"):
        importar(buena, fila)
    assert filas_por_tabla() == antes


def test_un_periodo_cerrado_no_se_acorta(anterior):
    Autoridad.objects.update(hasta=date(2024, 5, 15))
    with pytest.raises(
        CargaRechazada, match="Luis Vera termina el 15/05/2024 y Ana Cedeño empieza"
    ):
        importar(NUEVA)


def test_dos_filas_del_mismo_dia_se_rechazan(territorio):
    with pytest.raises(CargaRechazada, match="dos filas del mismo GAD con esa fecha"):
        importar(NUEVA, ("0807", "Otra", "", "2023-05-15", ""))


def test_la_orden_revisa_importa_y_rechaza(anterior, tmp_path, capsys):
    ruta = tmp_path / "electas.csv"
    ruta.write_bytes(hoja_csv(CABECERA, NUEVA).contenido)
    call_command("importar_autoridades", ruta, solo_revisar=True)
    assert "Solo se revisó." in capsys.readouterr().out
    call_command("importar_autoridades", ruta)
    assert "Importadas." in capsys.readouterr().out
    ruta.write_text("a,b\n1,2\n")
    with pytest.raises(CommandError, match="electas.csv: no se halló"):
        call_command("importar_autoridades", ruta)
