"""La sistematización del grupo: qué cuenta, a quién, y que un grupo vacío también la tiene."""

import logging
import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acompanamiento.models import Grupo, Membresia
from pdot.documentos import (
    PREGUNTAS_EN_APAISADA,
    PREGUNTAS_EN_VERTICAL,
    contexto_de_sistematizacion,
    juntar_citas,
    nombre_de_archivo,
    sistematizacion_de_grupo,
)
from pdot.models import ElementoVision, Pregunta, Problema, Respuesta
from talleres.models import Convocado, Encuentro, Facilitacion
from territorios.models import NombreInstitucion
from tests.conftest import entrar
from tests.fabricas import (
    AporteFactory,
    AutoridadFactory,
    EncuentroFactory,
    EntidadFactory,
    EstrategiaFactory,
    GadFactory,
    GrupoFactory,
    PreguntaFactory,
)
from tests.lectura_pdf import abrir, capitulos, impreso, letras, texto_de, texto_por_pagina

CAPITULOS = [
    "1. El grupo en cifras",
    "2. Miembros del grupo",
    "3. Encuentros realizados",
    "4. Evaluación de los planes vigentes",
    "5. Elementos de la nueva visión",
    "6. Aportes por momento",
    "7. Participantes",
    "8. Notas y fuentes",
]


def ruta(grupo):
    return reverse("pdot:grupo_pdf", args=[grupo.pk])


def responder(evaluacion, codigo, valor, texto, **datos):
    respuestas = Respuesta.objects.filter(evaluacion=evaluacion, pregunta__codigo=codigo)
    respuestas.update(valor=valor, texto=texto, **datos)


@pytest.fixture
def completo(grupo2, evaluaciones, territorio):
    """El grupo 2 con de todo: Muisne aprobada, dos encuentros, visión, aportes y notas."""
    NombreInstitucion.objects.create(nombre="Secretaría de Prueba", siglas="SP")
    grupo2.nota, grupo2.fuente = "El criterio salió del diálogo.", "Tabla 1, l. 318"
    grupo2.save()
    muisne = evaluaciones["0803"]
    responder(muisne, "a1", "si", "Dice qué y para cuándo.")
    responder(muisne, "a2", "no", "Abarca demasiado.", dudosa=True)
    ElementoVision.objects.create(evaluacion=muisne, orden=1, texto="Puerto seguro")
    Problema.objects.create(evaluacion=muisne, orden=1, texto="Vías cortadas en invierno")
    ElementoVision.objects.create(grupo=grupo2, orden=1, texto="Territorio resiliente")
    de_dos = ElementoVision.objects.create(grupo=grupo2, orden=2, texto="Campo vivo")
    de_dos.gads.set(["0803", "1317"])
    _encuentros(grupo2, territorio)
    AporteFactory(estrategia=grupo2.estrategia, momento="M1", texto="Mirar lejos.")
    AporteFactory(
        estrategia=grupo2.estrategia, grupo=grupo2, momento="M3", texto="Reforestar el manglar."
    )
    return grupo2


def _encuentros(grupo, territorio):
    alcalde = AutoridadFactory(
        gad=territorio.gad["0803"], nombre="Tairon Quintero", cargo="Alcalde"
    )
    stpe = EntidadFactory()
    ame = EntidadFactory(
        clave="ame", nombre="Asociación de Municipalidades Ecuatorianas", siglas="AME"
    )
    taller = EncuentroFactory(
        estrategia=grupo.estrategia,
        tema="Taller del norte",
        lugar="Pedernales",
        fecha=date(2019, 8, 28),
        estado=Encuentro.Estado.REALIZADO,
        participantes_declarados=74,
        nota="La hora se deduce.",
        fuente="Anexo 1, l. 896-899",
        grupos=[grupo],
    )
    Convocado.objects.create(encuentro=taller, gad=territorio.gad["0803"])
    Convocado.objects.create(encuentro=taller, gad=territorio.gad["1317"])
    dialogo = EncuentroFactory(
        estrategia=grupo.estrategia,
        tipo=Encuentro.Tipo.M2,
        tema="Diálogo con la alcaldía",
        lugar="Muisne",
        fecha=date(2019, 8, 26),
        inicio=None,
        fin=None,
        autoridad=alcalde,
        gad=territorio.gad["0803"],
        estado=Encuentro.Estado.REALIZADO,
        grupos=[grupo],
    )
    for encuentro in (taller, dialogo):
        Facilitacion.objects.create(encuentro=encuentro, entidad=stpe)
    Facilitacion.objects.create(encuentro=taller, entidad=ame, papel=Facilitacion.Papel.ACOMPANA)
    EncuentroFactory(
        estrategia=grupo.estrategia,
        tema="Lo que falta",
        lugar="Cojimíes",
        fecha=date(2019, 9, 30),
        grupos=[grupo],
    )


HECHO = {}


@pytest.fixture
def pdf(request):
    """El del grupo 2, como lo ve la zona 4. Se compone una vez: nadie lo cambia."""
    if "pdf" not in HECHO:
        completo, zonal4 = request.getfixturevalue("completo"), request.getfixturevalue("zonal4")
        HECHO["pdf"] = impreso(sistematizacion_de_grupo(completo, zonal4))
    return HECHO["pdf"]


@pytest.fixture
def texto(pdf):
    return texto_de(pdf)


# --- Qué cuenta -----------------------------------------------------------------------------


def test_portada(pdf):
    portada = texto_por_pagina(pdf)[0]
    paginas = len(abrir(pdf).pages)
    assert portada.startswith(
        "Secretaría de Prueba Acompañamiento técnico a los Gobiernos Autónomos Descentralizados "
        "(GAD) en la actualización de sus Planes de Desarrollo y Ordenamiento Territorial (PDOT) "
        "Sistematización del grupo circunvecino Grupo 2 Muisne – Pedernales "
        "Criterio Turismo Sede Pedernales (Manabí) "
        "Miembros 5 GAD: 2 provinciales, 2 municipales y 1 parroquial rural "
        "Estrategia Piloto Manabí-Esmeraldas 2019"
    )
    assert portada.endswith(f"Página 1 de {paginas}")


def test_el_indice_dice_la_pagina_de_cada_capitulo(pdf):
    marcadores = [marca for marca in capitulos(pdf) if marca[0] != "Contenido"]
    assert [titulo for titulo, _ in marcadores] == CAPITULOS
    indice = texto_por_pagina(pdf)[1]
    leido = re.findall(r"(\d\. [^\d]+) (\d+)", indice.split("Siglas")[0])
    assert [(titulo, int(pagina)) for titulo, pagina in leido] == marcadores


def test_todas_las_paginas_llevan_numero_y_cabecera(pdf):
    paginas = texto_por_pagina(pdf)
    for numero, pagina in enumerate(paginas, 1):
        assert f"Página {numero} de {len(paginas)}" in pagina
    for pagina in paginas[1:]:
        assert "Secretaría de Prueba Sistematización · Grupo circunvecino 2" in pagina


def test_es_un_documento_etiquetado_y_con_su_letra(completo, zonal4, caplog):
    """WeasyPrint avisa de lo que rompe PDF/UA: imágenes sin texto, tablas mal dichas…"""
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf = impreso(sistematizacion_de_grupo(completo, zonal4))
    assert [registro.message for registro in caplog.records] == []
    assert abrir(pdf).trailer["/Root"]["/Lang"] == "es-EC"
    assert abrir(pdf).metadata.title == (
        "Sistematización del grupo circunvecino 2: Muisne – Pedernales"
    )
    assert letras(pdf) == {
        "Public-Sans",
        "Public-Sans-Bold",
        "Public-Sans-Italic",
        "Public-Sans-Semi-Bold",
    }


def test_miembros_por_nivel_con_codigo_y_lugar(texto):
    assert (
        "GAD provinciales (2) 08 Esmeraldas – Esmeraldas 13 Manabí – Manabí "
        "GAD municipales (2) 0803 Muisne Muisne Esmeraldas 1317 Pedernales Pedernales Manabí "
        "GAD parroquial rural (1) 131751 Cojimíes Pedernales Manabí"
    ) in texto


def test_criterio_y_sede(texto):
    assert (
        "Criterio principal Turismo Sede Cantón Pedernales, provincia de Manabí "
        "Zona que coordina Zona 4 (Pacífico) Estado En marcha"
    ) in texto


def test_encuentros_realizados_en_orden(texto):
    assert "Facilitaron todos los encuentros: STPE." in texto
    assert (
        "Lunes 26 de agosto de 2019 Sin hora en la fuente "
        "Momento 2 · Diálogo con alcalde/sa Diálogo con la alcaldía "
        "Muisne Tairon Quintero, alcalde de Muisne. "
        "Miércoles 28 de agosto de 2019 08:30 – 12:30 "
        "Momento 3 · Taller con equipos técnicos y presidentes/as Taller del norte "
        "Pedernales 2 GAD convocados. Acompañamiento: AME. "
        "Queda 1 encuentro por realizar; el primero, el 30 de septiembre de 2019 en Cojimíes."
    ) in texto


def test_la_matriz_dice_cada_respuesta_con_palabras(texto):
    assert "Se recoge lo aprobado: 1 de 5 GAD." in texto
    assert "Muisne (cantón, Esmeraldas) SÍ NO PARCIAL PARCIAL –" in texto
    assert (
        "Texto de las preguntas 1. ¿La visión es concreta? 2. ¿La visión es alcanzable? "
        "3. ¿Los objetivos son coherentes con las necesidades? "
        "4. ¿La visión cantonal se vincula con la provincial? "
        "5. ¿La visión parroquial se vincula con la cantonal?"
    ) in texto


def test_justificaciones_y_quienes_faltan(texto):
    assert "¿La visión es concreta? SÍ Dice qué y para cuándo." in texto
    assert "¿La visión es alcanzable? NO Abarca demasiado. (lectura dudosa)" in texto
    assert "¿Qué sinergias pueden potenciarse? Justificación de 0803" in texto
    assert (
        "GAD sin evaluación aprobada GAD provinciales (2): Esmeraldas, Manabí. "
        "GAD municipal (1): Pedernales. GAD parroquial rural (1): Cojimíes."
    ) in texto


def test_vision_del_grupo_de_las_fichas_y_de_cada_gad(texto):
    assert (
        "Visión circunvecina: lo que comparte todo el grupo Territorio resiliente "
        "Muisne y Pedernales, en una misma ficha Campo vivo "
        "Muisne (cantón, Esmeraldas) Puerto seguro "
        "Problemas que priorizó Muisne Vías cortadas en invierno"
    ) in texto


def test_los_homonimos_de_las_fichas_no_se_juntan(grupo1, central):
    for orden, codigos in enumerate([["08"], ["0801"], ["0801", "0807"]], 1):
        elemento = ElementoVision.objects.create(grupo=grupo1, orden=orden, texto=f"De {codigos}")
        elemento.gads.set(codigos)
    fichas = contexto_de_sistematizacion(grupo1, central)["vision_de_fichas"]
    assert [quien for quien, _ in fichas] == [
        "Esmeraldas (provincia)",
        "Esmeraldas (cantón, Esmeraldas)",
        "Esmeraldas (cantón, Esmeraldas) y Rioverde",
    ]


def test_basta_la_vision_de_un_gad_para_no_decir_que_no_hay(grupo2, evaluaciones, central):
    assert not contexto_de_sistematizacion(grupo2, central)["hay_vision"]
    ElementoVision.objects.create(evaluacion=evaluaciones["0803"], orden=1, texto="Puerto")
    assert contexto_de_sistematizacion(grupo2, central)["hay_vision"]


def test_aportes_por_momento_los_propios_y_los_comunes(texto):
    assert (
        "Momento 1 Comunes a toda la estrategia Mirar lejos. "
        "Momento 3 Del grupo Reforestar el manglar."
    ) in texto


def test_lo_declarado_no_se_confunde_con_lo_registrado(texto):
    assert "Taller del norte Pedernales 28 de agosto de 2019 74 Sin nómina" in texto
    assert "La plataforma no tiene nómina de participantes" in texto


def test_notas_y_fuentes(texto):
    assert "El grupo El criterio salió del diálogo." in texto
    assert "Encuentros 28/08/2019, Pedernales: La hora se deduce." in texto
    assert (
        "Fuentes Grupo, criterio y miembros Tabla 1, l. 318 Encuentros Anexo 1, l. 896-899"
    ) in texto


def test_las_siglas_se_despliegan_antes_de_usarse(pdf):
    portada, indice, *_ = texto_por_pagina(pdf)
    assert portada.index("(GAD)") < portada.index("5 GAD")
    assert "AME Asociación de Municipalidades Ecuatorianas" in indice
    assert "STPE Secretaría Técnica Planifica Ecuador" in indice


@pytest.mark.parametrize(
    ("citas", "juntas"),
    [
        ([], ""),
        (["", "Anexo 1, l. 874", "Anexo 1, l. 874"], "Anexo 1, l. 874"),
        (["Anexo 1, l. 8", "Tabla 1, l. 3", "Anexo 1, l. 9"], "Anexo 1, l. 8, 9; Tabla 1, l. 3"),
        (["Siglas", "l. 4"], "Siglas; l. 4"),
    ],
)
def test_las_citas_se_juntan(citas, juntas):
    assert juntar_citas(citas) == juntas


# --- La matriz cabe -------------------------------------------------------------------------


def con_preguntas(evaluacion, total):
    """Completa hasta `total` las preguntas de escala del instrumento."""
    de_escala = Pregunta.objects.filter(
        seccion__instrumento=evaluacion.instrumento, tipo=Pregunta.Tipo.ESCALA
    )
    for _ in range(total - de_escala.count()):
        PreguntaFactory(seccion=evaluacion.instrumento.secciones.first())
    assert de_escala.count() == total


def hojas_apaisadas(pdf):
    return sum(pagina.mediabox.width > pagina.mediabox.height for pagina in abrir(pdf).pages)


@pytest.mark.parametrize(
    ("preguntas", "partes", "apaisadas"),
    [
        (PREGUNTAS_EN_VERTICAL, 1, 0),
        (PREGUNTAS_EN_VERTICAL + 1, 1, 1),
        (PREGUNTAS_EN_APAISADA + 1, 2, 1),
    ],
)
def test_con_muchas_preguntas_se_gira_la_hoja_y_se_parte_el_cuadro(
    completo, zonal4, evaluaciones, preguntas, partes, apaisadas
):
    con_preguntas(evaluaciones["0803"], preguntas)
    contexto = contexto_de_sistematizacion(completo, zonal4)
    numeros = [n for parte in contexto["partes"] for n, _ in parte["preguntas"]]
    assert numeros == list(range(1, preguntas + 1))
    assert len(contexto["partes"]) == partes
    assert hojas_apaisadas(sistematizacion_de_grupo(completo, zonal4)) == apaisadas


def test_las_consultas_no_crecen_con_los_miembros(
    grupo1, central, evaluaciones, django_assert_num_queries
):
    EncuentroFactory(grupos=[grupo1], estado=Encuentro.Estado.REALIZADO)
    with CaptureQueriesContext(connection) as antes:
        contexto_de_sistematizacion(grupo1, central)
    for _ in range(3):
        gad = GadFactory()
        Membresia.objects.create(grupo=grupo1, gad=gad, desde=date(2019, 8, 1))
        EncuentroFactory(grupos=[grupo1], gad=gad, estado=Encuentro.Estado.REALIZADO)
    with django_assert_num_queries(len(antes)):
        contexto_de_sistematizacion(grupo1, central)


# --- Quién ve qué ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "grupo", "estado"),
    [
        ("central", "grupo1", 200),
        ("observador", "grupo1", 200),
        ("zonal1", "grupo1", 200),
        ("plan_rioverde", "grupo1", 200),
        ("zonal4", "grupo1", 404),
        ("plan_chone", "grupo1", 404),
        ("zonal1", "grupo2", 200),
        ("zonal4", "grupo2", 200),
        ("plan_rioverde", "grupo2", 404),
        ("plan_esmeraldas", "grupo2", 404),
    ],
)
def test_fuera_de_la_jurisdiccion_no_existe(
    request, client, monkeypatch, grupo1, grupo2, quien, grupo, estado
):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: b"%PDF")
    entrar(client, request.getfixturevalue(quien))
    assert client.get(ruta(request.getfixturevalue(grupo))).status_code == estado


def test_sin_cuenta_se_pide_ingresar(client, grupo1):
    respuesta = client.get(ruta(grupo1))
    assert respuesta.status_code == 302
    assert respuesta.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde", "plan_esmeraldas"])
def test_ni_borradores_ni_lo_enviado_ni_lo_ajeno(request, grupo1, evaluaciones, quien):
    """En el grupo 1 nada está aprobado: ni el propio borrador de Rioverde sale en el documento."""
    texto = texto_de(sistematizacion_de_grupo(grupo1, request.getfixturevalue(quien)))
    assert re.findall(r"Justificación de \d+", texto) == []
    assert "Todavía no hay evaluaciones aprobadas de los GAD del grupo." in texto


def test_lo_aprobado_de_un_grupo_no_trae_lo_de_otro(texto):
    assert set(re.findall(r"Justificación de (\d+)", texto)) == {"0803"}


def test_entrega_para_descargar_y_no_guardar(client, grupo1, zonal1):
    respuesta = entrar(client, zonal1).get(ruta(grupo1))
    assert respuesta.status_code == 200
    assert respuesta.content.startswith(b"%PDF-1.7")
    assert respuesta["Content-Type"] == "application/pdf"
    assert respuesta["Content-Disposition"] == (
        'attachment; filename="sistematizacion-grupo-1-esmeraldas-rioverde.pdf"'
    )
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in respuesta["Cache-Control"]


def test_sin_pango_se_dice_que_falta(client, grupo1, zonal1, monkeypatch):
    from territorios.documentos import SinPango

    def falla(*args):
        raise SinPango

    monkeypatch.setattr("territorios.documentos._weasyprint", falla)
    respuesta = entrar(client, zonal1).get(ruta(grupo1))
    assert respuesta.status_code == 503
    pagina = respuesta.content.decode()
    assert "Por ahora no se pueden hacer documentos PDF" in pagina
    assert SinPango.ORDEN in pagina
    assert "no-store" in respuesta["Cache-Control"]


# --- Lo que escribe la gente ----------------------------------------------------------------


def test_lo_escrito_sale_escrito_y_nada_mas(completo, zonal4, evaluaciones):
    maldad = '<script>alert(1)</script><img src="file:///etc/passwd"><link href="http://a/">'
    completo.nombre = completo.nota = maldad
    completo.save()
    responder(evaluaciones["0803"], "a3", "si", maldad)
    ElementoVision.objects.create(grupo=completo, orden=9, texto=maldad)
    AporteFactory(estrategia=completo.estrategia, grupo=completo, texto=maldad)
    Encuentro.objects.filter(grupos=completo).update(tema=maldad, lugar=maldad)
    pdf = impreso(sistematizacion_de_grupo(completo, zonal4))
    # Las líneas se parten donde toca: se compara sin espacios.
    leido = "".join(texto_de(pdf).split())
    assert leido.count("".join(maldad.split())) >= 7
    assert "root:" not in leido


# --- Grupos vacíos --------------------------------------------------------------------------


def test_un_grupo_recien_propuesto_tambien_tiene_documento(central):
    grupo = GrupoFactory(
        criterio=None, estado=Grupo.Estado.PROPUESTO, estrategia=EstrategiaFactory(codigo="otra")
    )
    pdf = impreso(sistematizacion_de_grupo(grupo, central))
    assert [titulo for titulo, _ in capitulos(pdf)] == ["Contenido", *CAPITULOS]
    texto = texto_de(pdf)
    for frase in [
        "Criterio Por definir Sede Por definir Miembros Ninguno",
        "El grupo todavía no tiene miembros.",
        "Todavía no se ha realizado ningún encuentro del grupo.",
        "Todavía no hay evaluaciones aprobadas de los GAD del grupo.",
        "Todavía no se registran elementos para la nueva visión.",
        "Todavía no se registran aportes.",
        "La fuente no declara cuántas personas participaron.",
    ]:
        assert frase in texto


def test_un_grupo_cancelado_lo_dice(grupo1, zonal1):
    grupo1.estado, grupo1.motivo = Grupo.Estado.CANCELADO, "No se convocó."
    texto = texto_de(sistematizacion_de_grupo(grupo1, zonal1))
    assert "Este grupo se canceló. No se convocó. El grupo iba a reunir a 4 GAD" in texto


def test_nombre_de_archivo(grupo2):
    assert nombre_de_archivo(grupo2) == "sistematizacion-grupo-2-muisne-pedernales.pdf"
