"""Importar un clasificador más nuevo: qué crea, suprime, renombra y traslada, y qué rechaza."""

from datetime import date
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.core.management import CommandError, call_command
from openpyxl.worksheet.formula import ArrayFormula

from territorios.importaciones.dpa import importar_dpa
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada
from territorios.models import Gad, OtroTerritorio, Territorio, Zona
from tests.archivos import armar, guardar, hoja_csv, libro
from tests.conftest import CANTONES, PARROQUIAS
from tests.datos import filas_por_tabla

pytestmark = pytest.mark.django_db
FECHA = date(2025, 1, 1)
ACTUAL = {"08": "Esmeraldas", "13": "Manabí"} | CANTONES | PARROQUIAS


def importar(archivo, **cambios):
    return importar_dpa(archivo, **{"fecha": FECHA} | cambios)


def lista(*quitar, **cambiar):
    """CSV de código y nombre: el del elenco, sin unos y con otros (`c0812="Nuevo"`)."""
    filas = {codigo: nombre for codigo, nombre in ACTUAL.items() if codigo not in quitar}
    filas |= {codigo.lstrip("c"): nombre for codigo, nombre in cambiar.items()}
    return hoja_csv(("codigo", "nombre"), *filas.items())


def textos(vista):
    return "\n".join(vista.lineas())


# --- Lo que hace --------------------------------------------------------------------------------


def test_lo_igual_no_cambia_nada(territorio):
    antes = filas_por_tabla()
    vista = importar(lista())
    assert not vista.cambia
    assert "Creados: 0. Suprimidos: 0. Con otro nombre: 0. Sin cambio: 10." in vista.resumen
    assert filas_por_tabla() == antes


def test_las_mayusculas_y_las_tildes_no_son_otro_nombre(territorio):
    filas = [(codigo, nombre.upper().replace("Í", "I")) for codigo, nombre in ACTUAL.items()]
    assert not importar(hoja_csv(("CÓDIGO", "Nombre"), *filas)).cambia


def test_lo_creado_empieza_ese_dia_con_su_gad_y_su_historia(territorio, central):
    importar(lista(c0812="LAS PEÑAS DE LA TOLA", c081250="Las Peñas", c081251="X"), por=central)
    canton = Territorio.objects.get(pk="0812")
    assert (canton.nombre, canton.busqueda) == ("Las Peñas de la Tola", "las penas de la tola")
    assert (canton.desde, canton.hasta, canton.zona_id, canton.padre_id) == (FECHA, None, 1, "08")
    assert canton.historia.get().history_user == central
    gad = Gad.objects.get(pk="0812")
    assert gad.nivel == Gad.Nivel.MUNICIPAL
    assert gad.historia.get().history_change_reason == "Importación de la DPA: lista.csv"
    assert Territorio.objects.get(pk="081250").cabecera
    assert not Gad.objects.filter(pk="081250").exists()
    assert Gad.objects.get(pk="081251").nivel == Gad.Nivel.PARROQUIAL


def test_lo_suprimido_termina_ese_dia_y_nada_se_borra(territorio, central):
    importar(lista("131751"), por=central)
    parroquia = Territorio.objects.get(pk="131751")
    assert (parroquia.hasta, parroquia.historia.first().history_user) == (FECHA, central)
    assert Gad.objects.filter(pk="131751").exists()
    assert Gad.objects.vigentes_en(date(2024, 12, 31)).filter(pk="131751").exists()
    assert not Gad.objects.vigentes_en(FECHA).filter(pk="131751").exists()


def test_la_parroquia_que_se_vuelve_canton_se_reconoce(territorio):
    """Como Sevilla Don Bosco: la parroquia 140157 hasta un día y el cantón 1413 desde ese día."""
    vista = importar(lista("080752", c0812="CHUMUNDÉ", c081250="Chumundé"))
    assert (
        "Probable transformación o traslado, porque se llaman igual (1):\n"
        "    080752 Chumundé (parroquia, zona 1) → 0812 Chumundé (cantón, zona 1)"
    ) in textos(vista)
    assert Territorio.objects.get(pk="080752").hasta == FECHA
    assert Territorio.objects.get(pk="0812").desde == FECHA
    assert Territorio.objects.get(pk="0812").nota == "Probablemente era 080752."


def test_el_que_cambia_de_nombre_lleva_su_gad_y_conserva_el_anterior_en_la_historia(territorio):
    Gad.objects.filter(pk="0807").update(
        nombre_oficial="Gobierno Autónomo Descentralizado Municipal del Cantón Rioverde"
    )
    vista = importar(lista(c0807="Río Verde Nuevo"))
    assert "Cambian de nombre (1):\n    0807 Rioverde → Río Verde Nuevo" in textos(vista)
    gad = Gad.objects.get(pk="0807")
    assert gad.nombre_oficial.endswith("Cantón Río Verde Nuevo")
    assert gad.territorio.historia.first().nombre == "Río Verde Nuevo"
    assert gad.historia.first().nombre_oficial == gad.nombre_oficial


def test_el_nombre_oficial_puesto_a_mano_no_se_toca(territorio):
    Gad.objects.filter(pk="0807").update(nombre_oficial="GAD de la Perla")
    importar(lista(c0807="Otro"))
    assert Gad.objects.get(pk="0807").nombre_oficial == "GAD de la Perla"


def test_repetirla_no_cambia_nada(territorio):
    archivo = lista("080752", c0812="Chumundé", c0807="Otro")
    importar(archivo)
    antes = filas_por_tabla()
    assert not importar(archivo).cambia
    assert not importar(archivo, fecha=date(2025, 6, 1)).cambia
    assert filas_por_tabla() == antes


def test_revisar_no_escribe(territorio):
    antes = filas_por_tabla()
    assert importar(lista("080752", c0812="Chumundé"), solo_revisar=True).cambia
    assert filas_por_tabla() == antes


def test_solo_se_comparan_los_niveles_que_el_archivo_trae(territorio):
    cantones = [(codigo, nombre) for codigo, nombre in ACTUAL.items() if len(codigo) == 4]
    assert not importar(hoja_csv(("codigo", "nombre"), *cantones)).cambia


def test_lo_que_no_es_gad_se_pasa_por_alto(territorio):
    OtroTerritorio.objects.create(codigo="080799", nombre="Otro", tipo="urbana")
    vista = importar(lista(c90="ZONAS", c9001="Las Golondrinas", c080701="Urbana", c080799="Otro"))
    assert not vista.cambia
    assert "se pasan por alto (4)" in textos(vista)


# --- La zona de un cantón nuevo -----------------------------------------------------------------


def test_si_la_provincia_tiene_dos_zonas_hay_que_decir_cual(territorio):
    Zona.objects.create(numero=9, nombre="Quito", sede="Quito")
    Territorio.objects.filter(pk="1303").update(zona=9)
    with pytest.raises(CargaRechazada, match="zona de Nuevo.* zonas 4 y 9. Agregue la columna «zo"):
        importar(lista(c1390="Nuevo"))
    filas = [(codigo, nombre, "") for codigo, nombre in ACTUAL.items()]
    con_zona = hoja_csv(("codigo", "nombre", "zona"), *filas, ("1390", "Nuevo", "Zona 9"))
    importar(con_zona)
    assert Territorio.objects.get(pk="1390").zona_id == 9
    with pytest.raises(CargaRechazada, match="fila 12, columna «zona», valor «7»: no existe esa z"):
        importar(hoja_csv(("codigo", "nombre", "zona"), *filas, ("1391", "Otro", "7")))


# --- Formas del archivo -------------------------------------------------------------------------

JERARQUIA = [
    ("DPA_PROVIN", "DPA_DESPRO", "DPA_CANTON", "DPA_DESCAN", "DPA_PARROQ", "DPA_DESPAR"),
    ("08", "ESMERALDAS", "0801", "ESMERALDAS", "080150", "ESMERALDAS"),
    ("08", "ESMERALDAS", "0803", "MUISNE", "080350", "MUISNE"),
    ("08", "ESMERALDAS", "0807", "RIOVERDE", "080752", "CHUMUNDÉ"),
    ("13", "MANABÍ", "1303", "CHONE", "130352", "CANUTO"),
    ("13", "MANABÍ", "1317", "PEDERNALES", "131751", "COJIMÍES"),
]


def test_la_jerarquia_por_columnas(territorio):
    vista = importar(hoja_csv(*JERARQUIA))
    assert "Creados: 2. Suprimidos: 0. Con otro nombre: 0. Sin cambio: 10." in vista.resumen


def test_la_jerarquia_con_el_codigo_por_partes_y_como_numero(territorio):
    partes = [JERARQUIA[0]] + [
        (int(p), np, int(c[2:]), nc, int(q[4:]), nq) for p, np, c, nc, q, nq in JERARQUIA[1:]
    ]
    vista = importar(libro(Hoja=partes))
    assert "Creados: 2. Suprimidos: 0. Con otro nombre: 0. Sin cambio: 10." in vista.resumen


def test_un_libro_con_titulo_y_una_hoja_por_nivel(territorio):
    def hoja(cifras, *columnas):
        filas = [(c, n) for c, n in ACTUAL.items() if len(c) == cifras]
        return [("INEC, clasificador",), (), columnas, *filas]

    archivo = libro(
        Portada=[("Instituto", "Nacional"), ("de", "Estadística")],
        Provincias=hoja(2, "DPA_PROVIN", "DPA_DESPRO"),
        Cantones=hoja(4, "DPA_CANTON", "DPA_DESCAN"),
        Parroquias=hoja(6, "DPA_PARROQ", "DPA_DESPAR"),
    )
    assert "Sin cambio: 10." in importar(archivo).resumen[1]


def test_punto_y_coma_y_codigos_sin_cero(territorio):
    crudo = "codigo;nombre\r\n" + "".join(f"{c.lstrip('0')};{n}\r\n" for c, n in ACTUAL.items())
    vista = importar(Archivo("a.csv", crudo.encode("utf-8-sig")))
    assert not vista.cambia
    assert "se les puso el cero inicial: 5." in textos(vista)


# --- Rechazos -----------------------------------------------------------------------------------


def filas(*otras):
    return hoja_csv(("codigo", "nombre"), *ACTUAL.items(), *otras)


RECHAZOS = [
    (
        filas(("0807", "Rioverde")),
        "fila 12, columna «codigo», valor «0807»: .* ya está en la fila 6",
    ),
    (filas(("08075", "")), "fila 12, columna «nombre».*falta el dato"),
    (filas(("8a", "X")), "fila 12, columna «codigo», valor «8a»: no es un código de la DPA"),
    (filas(("77", "X")), "fila 12, .*no se sabe la zona de X: no hay otros cantones"),
    (filas(("7701", "X")), "fila 12, .*su territorio superior, 77, no existe a esa fecha"),
    (filas(("0899", "x" * 101)), "fila 12, columna «nombre».*el nombre pasa de 100 letras"),
    (filas(("0899", "=1+1")), "fila 12, columna «2», valor «=1.1»: es una fórmula"),
    (hoja_csv(("a", "b"), ("08", "X")), "no se halló una fila con los nombres de las columnas"),
    (hoja_csv(("codigo", "cod", "nombre")), "fila 1, columna «cod»: significa lo mismo que"),
    (hoja_csv(("codigo", "nombre")), "no se halló"),
    (Archivo("lista.csv", b'codigo,nombre\n"08,X\n'), "no es un CSV bien formado"),
    (Archivo("lista.csv", "codigo,nombre\n08,Ñ".encode("latin-1")), "no está escrito en UTF-8"),
    (Archivo("lista.csv", b"codigo,nombre\n08,\0"), "trae caracteres nulos"),
    (Archivo("lista.csv", b"\xd0\xcf\x11\xe0" + b"x" * 99), "es un libro antiguo"),
    (Archivo("lista.csv", b"a," * 100), "fila 1: tiene más de 60 columnas"),
    (
        hoja_csv(*JERARQUIA[:2], ("08", "OTRA", *JERARQUIA[2][2:])),
        "fila 3, .*«Otra» y en la fila 2",
    ),
    (hoja_csv(*JERARQUIA[:2], JERARQUIA[1]), "fila 3, .*080150 está repetido"),
    (
        hoja_csv(*JERARQUIA[:1], ("08", "E", "1301", "X", "", "")),
        "no es un código de cantón de «08",
    ),
]


@pytest.mark.parametrize(("archivo", "motivo"), RECHAZOS)
def test_rechaza_la_celda_y_dice_cual(territorio, archivo, motivo):
    antes = filas_por_tabla()
    with pytest.raises(CargaRechazada, match=f"^lista.csv.*{motivo}"):
        importar(archivo)
    assert filas_por_tabla() == antes


def test_un_archivo_a_medias_no_suprime_medio_pais(territorio):
    with pytest.raises(CargaRechazada, match="le faltan 4 de 5 territorios de nivel cantón.*incom"):
        importar(lista("0801", "0803", "1303", "1317"))


def test_no_se_suprime_un_canton_con_parroquias_dentro(territorio):
    solo_cantones = [(c, n) for c, n in ACTUAL.items() if len(c) == 4 and c != "1317"]
    with pytest.raises(CargaRechazada, match="no trae 1317, pero 131751 Cojimíes está dentro"):
        importar(hoja_csv(("codigo", "nombre"), *solo_cantones))
    with pytest.raises(CargaRechazada, match="fila .*su territorio superior, 1317"):
        Territorio.objects.filter(pk="1317").update(hasta=date(2024, 1, 1))
        importar(lista("1317"))


def test_las_fechas_que_no_cuadran_se_rechazan(territorio):
    Territorio.objects.filter(pk="0801").update(hasta=date(2024, 1, 1))
    with pytest.raises(CargaRechazada, match="Esmeraldas consta suprimido desde el 01/01/2024"):
        importar(lista())
    Territorio.objects.filter(pk="0801").update(hasta=None, desde=date(2026, 1, 1))
    with pytest.raises(CargaRechazada, match="Esmeraldas consta creado el 01/01/2026"):
        importar(lista())
    Territorio.objects.filter(pk="0801").update(desde=FECHA)
    with pytest.raises(CargaRechazada, match="0801 Esmeraldas, que se creó en esa misma fecha"):
        importar(lista("0801"))
    Territorio.objects.filter(pk="0801").update(desde=None, hasta=date(2027, 1, 1))
    with pytest.raises(CargaRechazada, match="consta vigente hasta el 01/01/2027"):
        importar(lista("0801"))


# --- El libro de Excel --------------------------------------------------------------------------


def hoja_con(valor):
    return libro(Lista=[("codigo", "nombre"), ("08", valor)])


def test_una_formula_se_rechaza_nombrando_la_celda(territorio):
    motivo = "lista.xlsx, hoja «Lista», fila 2, columna «B», valor «=A1»: es una fórmula"
    with pytest.raises(CargaRechazada, match=motivo):
        importar(hoja_con("=A1"))
    armado = armar(Lista=[("codigo", "nombre"), ("08", "x")])
    armado["Lista"]["B2"] = ArrayFormula("B2", "=1+1")
    with pytest.raises(CargaRechazada, match="fila 2, columna «B».*es una fórmula"):
        importar(guardar(armado))


@pytest.mark.parametrize("valor", [True, "#REF!"])
def test_un_valor_que_no_es_dato_se_rechaza(territorio, valor):
    with pytest.raises(CargaRechazada, match="hoja «Lista», fila 2, columna «B»"):
        importar(hoja_con(valor))


def test_las_celdas_combinadas_se_rechazan_nombrando_el_rango(territorio):
    armado = armar(Lista=[("codigo", "nombre"), ("08", "x"), ("", "")])
    armado["Lista"].merge_cells("A2:B3")
    with pytest.raises(CargaRechazada, match="hoja «Lista»: las celdas A2:B3 están combinadas"):
        importar(guardar(armado))


def test_una_hoja_oculta_no_se_lee(territorio):
    armado = armar(Lista=[("codigo", "nombre"), *ACTUAL.items()], Vieja=[("codigo", "nombre")])
    armado["Vieja"].append(("0899", "Fantasma"))
    armado["Vieja"].sheet_state = "hidden"
    assert not importar(guardar(armado)).cambia


def con_pieza(nombre, contenido=b"x", **opciones):
    """El libro bueno, con una pieza más en su ZIP."""
    salida = BytesIO(libro(Lista=[("codigo", "nombre"), *ACTUAL.items()]).contenido)
    with ZipFile(salida, "a", ZIP_DEFLATED) as zip_:
        zip_.writestr(nombre, contenido)
    return Archivo("lista.xlsx", salida.getvalue())


LIBROS = [
    (
        con_pieza("xl/media/bomba.bin", b"0" * 61 * 1024**2),
        "descomprimido ocuparía 61 MB y el tope",
    ),
    (con_pieza("xl/media/bomba.bin", b"0" * 5 * 1024**2), "comprimido de una manera anormal"),
    (con_pieza("xl/vbaProject.bin"), "trae macros"),
    (con_pieza("xl/externalLinks/externalLink1.xml"), "trae vínculos a otros libros"),
    (
        con_pieza("xl/x.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        "entidades",
    ),
    (
        Archivo("lista.xlsx", b"PK\x03\x04" + b"basura" * 50),
        "no es un libro de Excel .* bien formado",
    ),
    (Archivo("lista.xlsx", con_pieza("a").contenido[:-40]), "no es un libro de Excel"),
]


@pytest.mark.parametrize(("archivo", "motivo"), LIBROS)
def test_el_libro_peligroso_no_se_abre(territorio, archivo, motivo):
    with pytest.raises(CargaRechazada, match=f"^lista.xlsx: .*{motivo}"):
        importar(archivo)


def test_un_zip_cualquiera_y_demasiadas_piezas(territorio, monkeypatch):
    salida = BytesIO()
    with ZipFile(salida, "w") as zip_:
        zip_.writestr("cantones.shp", b"x")
    with pytest.raises(CargaRechazada, match="es un ZIP, pero no un libro de Excel"):
        importar(Archivo("a.zip", salida.getvalue()))
    monkeypatch.setattr("territorios.importaciones.libro.TOPE_DE_PIEZAS", 3)
    with pytest.raises(CargaRechazada, match="piezas y el tope es 3"):
        importar(hoja_con("x"))


def test_el_tope_de_filas(territorio, monkeypatch):
    monkeypatch.setattr("territorios.importaciones.libro.TOPE_DE_FILAS", 3)
    monkeypatch.setattr("territorios.importaciones.hojas.TOPE_DE_FILAS", 3)
    with pytest.raises(CargaRechazada, match="hoja «Lista»: trae más de 3 filas"):
        importar(libro(Lista=[("codigo", "nombre"), *ACTUAL.items()]))
    with pytest.raises(CargaRechazada, match="lista.csv: trae más de 3 filas"):
        importar(lista())


def test_la_orden_revisa_importa_y_rechaza(territorio, tmp_path, capsys):
    ruta = tmp_path / "inec.csv"
    ruta.write_bytes(lista(c0812="Nuevo").contenido)
    call_command("importar_dpa", ruta, fecha=FECHA, solo_revisar=True)
    assert "0812 Nuevo (cantón, zona 1)" in capsys.readouterr().out
    assert not Territorio.objects.filter(pk="0812").exists()
    call_command("importar_dpa", ruta, fecha=FECHA)
    assert "Importado." in capsys.readouterr().out
    ruta.write_text("x")
    with pytest.raises(CommandError, match="No se importó nada. inec.csv: no se halló"):
        call_command("importar_dpa", ruta, fecha=FECHA)
