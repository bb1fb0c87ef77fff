"""Leer una hoja de asistencia: encabezados, procedencias, parecidos, topes y rechazos."""

from io import BytesIO
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import load_workbook

from talleres.models import Participante
from talleres.planilla_asistencia import como_texto, de_texto, leer_planilla, por_registrar
from talleres.procedencia import Procedencias, SinReconocer
from territorios.importaciones.previa import Archivo
from territorios.lectura import CargaRechazada
from tests.archivos import armar, guardar, hoja_csv, libro
from tests.fabricas import EntidadFactory
from tests.fabricas_registro import TEXTO, ParticipanteFactory

pytestmark = pytest.mark.django_db
LOTE = UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee")
FIRMARON = {"consentimiento": TEXTO, "consentimiento_fecha": "2019-08-22"}
CABECERA = ("nombre", "GAD o entidad", "sexo")
ANA = ("Ana Mero Vélez", "Rioverde", "mujer")


def leer(encuentro, archivo):
    return leer_planilla(archivo, encuentro, consentimiento=FIRMARON, lote=LOTE)


def pegado(*filas):
    return de_texto("\n".join("\t".join(fila) for fila in filas))


def leidas(planilla):
    """(nombre, de dónde viene, nivel, sexo) de cada fila."""
    personas = [fila.participante for fila in planilla.filas]
    return [(p.nombre, p.viene_de, p.nivel, p.sexo) for p in personas]


# --- Lo que se acepta ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cabecera",
    [
        ("nombre", "GAD o entidad", "sexo"),
        ("NOMBRES Y APELLIDOS", "Institución", "Género"),
        ("Apellidos y Nombres", "GAD", "SEXO (M/H)"),
        ("Participante", "Entidad", "sexo"),
    ],
)
def test_los_encabezados_valen_con_sus_sinonimos(encuentro1, cabecera):
    planilla = leer(encuentro1, pegado(cabecera, ANA))
    assert planilla.errores == []
    assert leidas(planilla) == [
        ("Ana Mero Vélez", "Rioverde (cantón, Esmeraldas)", "municipal", "mujer")
    ]


def test_las_columnas_van_en_cualquier_orden_y_las_ajenas_se_ignoran(encuentro1):
    cabecera = ("N.º", "Sexo", "Correo electrónico", "Apellidos", "Celular", "Nombres", "Entidad")
    fila = ("1", "H", "luis@ej.ec", "Vera Mero", "0991", "Luis", "080752")
    (leida,) = leer(encuentro1, pegado(cabecera, fila)).filas
    persona = leida.participante
    assert (persona.nombre, persona.correo, persona.telefono, persona.sexo) == (
        *("Luis Vera Mero", "luis@ej.ec", "0991"),
        "hombre",
    )
    assert persona.viene_de == "Chumundé (Rioverde, Esmeraldas)"


@pytest.mark.parametrize("hacer", [hoja_csv, lambda *filas: libro(Lista=filas), pegado])
def test_da_lo_mismo_pegada_en_csv_o_en_xlsx(encuentro1, hacer):
    planilla = leer(encuentro1, hacer(("Asistencia",), CABECERA, ANA))
    assert [(f.orden, f.numero, f.participante.nombre) for f in planilla.filas] == [
        (0, "3", "Ana Mero Vélez")
    ]


def test_como_texto_se_vuelve_a_leer_igual(encuentro1):
    filas = [CABECERA, ('María "La Nena" Mero', "Rioverde", "f"), ANA]
    archivo = libro(Lista=filas)
    otra = leer(encuentro1, de_texto(como_texto(archivo)))
    assert [fila[1:] for fila in leidas(otra)] == [
        fila[1:] for fila in leidas(leer(encuentro1, archivo))
    ]
    assert otra.filas[0].participante.nombre == "María 'La Nena' Mero"


# --- El sexo ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("letras", "sexos"),
    [
        ("MH", ["mujer", "hombre"]),
        ("FM", ["mujer", "hombre"]),
        (["Femenino", "Masculino"], ["mujer", "hombre"]),
        (["mujer", "no lo dice"], ["mujer", "sin_dato"]),
    ],
)
def test_la_m_se_entiende_por_las_demas_filas(encuentro1, letras, sexos):
    nombres = ("Ana Mero", "Luis Vera")
    filas = [(n, "Rioverde", letra) for n, letra in zip(nombres, letras, strict=True)]
    assert [sexo for *_, sexo in leidas(leer(encuentro1, pegado(CABECERA, *filas)))] == sexos


@pytest.mark.parametrize("letras", ["MM", "MFH"])
def test_una_m_que_no_se_puede_saber_no_se_adivina(encuentro1, letras):
    filas = [(f"Persona {letra}{n}", "Rioverde", letra) for n, letra in enumerate(letras)]
    planilla = leer(encuentro1, pegado(CABECERA, *filas))
    assert planilla.errores[0] == (
        "lo pegado, fila 2, columna «sexo», valor «M»: puede ser mujer o masculino: escriba "
        "«mujer» u «hombre»."
    )


# --- Los rechazos -------------------------------------------------------------------------------


def test_cada_error_dice_hoja_fila_columna_y_valor(encuentro1):
    filas = [
        CABECERA,
        ANA,
        ("Luis Vera", "Rioverde", "tal vez"),
        ("Eva Loor", "Colectivo La Tola", "mujer"),
        ("", "Rioverde", "hombre"),
        ("Iván Bone", "Esmeraldas", "hombre"),
        ("Rosa Plaza", "Rioberde", "mujer"),
        ("x" * 130, "Rioverde", "mujer"),
    ]
    planilla = leer(encuentro1, libro(Lista=filas))
    hoja = "lista.xlsx, hoja «Lista»"
    assert planilla.errores == [
        f"{hoja}, fila 3, columna «sexo», valor «tal vez»: escriba «mujer», «hombre» o «no lo "
        "dice».",
        f"{hoja}, fila 4, columna «GAD o entidad», valor «Colectivo La Tola»: no es un "
        "GAD conocido: escriba también su nivel en la columna «nivel».",
        f"{hoja}, fila 5, columna «nombre», valor «»: falta el dato.",
        f"{hoja}, fila 6, columna «GAD o entidad», valor «Esmeraldas»: hay 2 GAD "
        "que se llaman así: «Esmeraldas (provincia)» y «Esmeraldas (cantón, Esmeraldas)». Escriba "
        "cuál de ellos, o su código.",
        f"{hoja}, fila 7, columna «GAD o entidad», valor «Rioberde»: no hay un GAD "
        "con ese nombre. ¿Quiso decir «Rioverde (cantón, Esmeraldas)»?",
        f"{hoja}, fila 8, columna «nombre», valor «{'x' * 60}…»: Asegúrese de que este valor "
        "tenga menos de 120 caracteres (tiene 130).",
    ]


def test_los_rechazos_nombran_el_encabezado_que_escribio_la_persona(encuentro1):
    cabecera = ("Apellidos y Nombres", "INSTITUCIÓN", "Género", "Correo electrónico")
    filas = [("Luis Vera", "Rioverde", "Q", ""), ("Eva Loor", "Rioberde", "F", "")]
    filas += [("", "Rioverde", "F", ""), ("Ana Vera", "Rioverde", "F", "no es correo")]
    errores = leer(encuentro1, pegado(cabecera, *filas)).errores
    assert [error.split("«")[1].split("»")[0] for error in errores] == [
        "Género",
        "INSTITUCIÓN",
        "Apellidos y Nombres",
        "Correo electrónico",
    ]


@pytest.mark.parametrize(
    ("archivo", "dice"),
    [
        (de_texto("Ana\tRioverde\tmujer"), "no se halló una fila con los nombres de las columnas"),
        (hoja_csv(CABECERA, ("=1+1", "Rioverde", "mujer")), "es una fórmula"),
        (libro(L=[CABECERA, ("=SUMA(A1)", "Rioverde", "mujer")]), "es una fórmula"),
        (Archivo("a.csv", b"nombre;sexo;gad\n\xff"), "no está escrito en UTF-8"),
        (Archivo("a.xls", b"\xd0\xcf\x11\xe0"), "es un libro antiguo"),
        (de_texto("nombre\tparticipante\tsexo\tgad\na\tb\tm\tc"), "deje una sola"),
    ],
)
def test_lo_que_no_es_una_hoja_de_asistencia_se_rechaza_entero(encuentro1, archivo, dice):
    with pytest.raises(CargaRechazada, match=dice):
        leer(encuentro1, archivo)


def test_cinco_mil_filas_se_rechazan_diciendo_el_tope(encuentro1):
    filas = [(f"Persona {n}", "Rioverde", "mujer") for n in range(5000)]
    with pytest.raises(CargaRechazada, match="trae 5000 personas y el tope es 500"):
        leer(encuentro1, pegado(CABECERA, *filas))


def test_quinientas_filas_se_leen_con_pocas_consultas(encuentro1, django_assert_num_queries):
    filas = [(f"Persona{n} Apellido{n}", "Rioverde", "mujer") for n in range(500)]
    archivo = pegado(CABECERA, *filas)
    # Los convocados, los GAD, las entidades y la nómina.
    with django_assert_num_queries(4):
        assert len(leer(encuentro1, archivo).filas) == 500


def bomba(megas):
    """Un libro cuya hoja ocupa `megas` y comprimida casi nada."""
    bueno = libro(Lista=[CABECERA, ANA])
    salida = BytesIO()
    with ZipFile(BytesIO(bueno.contenido)) as dentro, ZipFile(salida, "w", ZIP_DEFLATED) as fuera:
        for pieza in dentro.infolist():
            contenido = dentro.read(pieza)
            if pieza.filename.endswith("sheet1.xml"):
                contenido += b" " * (megas * 1024 * 1024)
            fuera.writestr(pieza.filename, contenido)
    return Archivo("bomba.xlsx", salida.getvalue())


@pytest.mark.parametrize(
    ("megas", "dice"), [(80, "descomprimido ocuparía 80 MB"), (20, "comprimido de una manera")]
)
def test_una_bomba_no_se_abre(encuentro1, megas, dice):
    archivo = bomba(megas)
    assert len(archivo.contenido) < 200_000
    with pytest.raises(CargaRechazada, match=dice):
        leer(encuentro1, archivo)


def test_las_celdas_combinadas_se_rechazan(encuentro1):
    armado = armar(Lista=[CABECERA, ANA])
    armado["Lista"].merge_cells("A2:B2")
    with pytest.raises(CargaRechazada, match="están combinadas"):
        leer(encuentro1, guardar(armado))


# --- De dónde viene -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("escrito", "codigo"),
    [
        ("Rioverde", "0807"),
        ("RIOVERDE", "0807"),
        ("Rioverde (cantón, Esmeraldas)", "0807"),
        ("GAD Municipal de Rioverde", "0807"),
        ("GADM Rioverde", "0807"),
        ("Municipio del cantón Rioverde", "0807"),
        ("Gobierno Autónomo Descentralizado Municipal de Rioverde", "0807"),
        ("0807", "0807"),
        ("807", "0807"),
        ("Prefectura de Esmeraldas", "08"),
        ("GAD Provincial de Esmeraldas", "08"),
        ("Alcaldía de Esmeraldas", "0801"),
        ("Junta parroquial de Chumunde", "080752"),
        ("Chumundé Rioverde Esmeraldas", "080752"),
    ],
)
def test_el_gad_se_reconoce_como_lo_escriban(territorio, escrito, codigo):
    assert Procedencias().gad(escrito).pk == codigo


def test_entre_homonimos_se_prefiere_el_convocado(territorio):
    assert Procedencias(["0801"]).gad("Esmeraldas").pk == "0801"
    with pytest.raises(SinReconocer, match="hay 2 GAD que se llaman así"):
        Procedencias(["08", "0801"]).gad("Esmeraldas")
    assert Procedencias(["0801"]).gad("Prefectura de Esmeraldas").pk == "08"


@pytest.mark.parametrize(
    "escrito",
    ["Universidad de Esmeraldas", "Dirección Provincial de Salud", "AME", "Pueblo Chachi"],
)
def test_lo_que_no_es_un_gad_es_otra_entidad(territorio, escrito):
    assert Procedencias().gad(escrito) is None


@pytest.mark.parametrize(
    ("escrito", "dice"),
    [
        ("9999", "no existe ningún GAD con ese código"),
        ("GAD Municipal de Quito", "no hay ningún GAD que se llame"),
        ("Pedernals", "¿Quiso decir «Pedernales"),
    ],
)
def test_un_gad_que_no_existe_no_pasa_por_entidad(territorio, escrito, dice):
    with pytest.raises(SinReconocer, match=dice):
        Procedencias().gad(escrito)


def test_las_entidades_del_catalogo_traen_su_nivel(encuentro1):
    EntidadFactory(nombre="Secretaría Técnica Planifica Ecuador", siglas="STPE", tipo="rectora")
    planilla = leer(encuentro1, pegado(CABECERA, ("Ana Mero", "stpe", "mujer")))
    assert leidas(planilla) == [("Ana Mero", "stpe", "nacional", "mujer")]


def test_con_su_columna_el_nivel_de_otra_entidad_se_escribe(encuentro1):
    filas = [
        (*CABECERA, "nivel"),
        ("Ana Mero", "Colectivo La Tola", "mujer", "Sociedad civil"),
        ("Luis Vera", "Rioverde", "hombre", ""),
        ("Eva Loor", "Colectivo La Tola", "mujer", "marciano"),
    ]
    planilla = leer(encuentro1, pegado(*filas))
    assert [fila[2] for fila in leidas(planilla)] == ["sociedad", "municipal"]
    assert "columna «nivel», valor «marciano»: escriba uno de estos" in planilla.errores[0]


# --- Los parecidos ------------------------------------------------------------------------------


def test_senala_a_quien_ya_esta_y_a_quien_se_repite_en_la_hoja(encuentro1, territorio):
    ya = ParticipanteFactory(
        encuentro=encuentro1, nombre="Ana Mero", gad=territorio.gad["0807"], sexo="mujer"
    )
    filas = [ANA, ("Luis Vera Bone", "Rioverde", "hombre"), ("VERA LUIS", "Rioverde", "hombre")]
    planilla = leer(encuentro1, pegado(CABECERA, *filas))
    assert [[str(p) for p in fila.parecidos] for fila in planilla.filas] == [
        ["Ana Mero"],
        [],
        ["Luis Vera Bone"],
    ]
    assert planilla.filas[0].parecidos == [ya]
    van, fuera = por_registrar(planilla, {2})
    assert [(fila["nombre"], fila["es_otra_persona"]) for fila in van] == [
        ("Luis Vera Bone", False),
        ("VERA LUIS", True),
    ]
    assert [fila.orden for fila in fuera] == [0]


def test_lo_ya_registrado_con_el_mismo_envio_no_es_un_parecido(encuentro1):
    planilla = leer(encuentro1, pegado(CABECERA, ANA))
    planilla.filas[0].participante.save()
    assert leer(encuentro1, pegado(CABECERA, ANA)).con_parecidos == []
    assert Participante.objects.count() == 1


def test_el_libro_de_prueba_se_abre():
    """Control: lo que se rechaza por bomba, sin el relleno, es un libro bueno."""
    assert load_workbook(BytesIO(bomba(0).contenido)).sheetnames == ["Lista"]
