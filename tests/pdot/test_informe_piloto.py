"""El informe del piloto: sus cifras son las de `resumen`, y sus tablas, las de la fuente."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from acompanamiento.models import Estrategia, Grupo
from pdot.informe import anexos, contexto, grupos, hoja_de_ruta, metodo
from pdot.informe.acceso import informe_de
from pdot.informe.alcance import Alcance
from pdot.informe.armado import pliego_de
from pdot.informe.orden import ORDEN
from pdot.resumen import CIFRAS_DPA, resumir, resumir_parte
from territorios import documentos
from territorios.models import Zona
from tests import siembra
from tests.datos import transaccion_comun
from tests.fabricas import EncuentroFactory, UsuarioFactory
from tests.lectura_pdf import abrir, capitulos, texto_por_pagina, textos_alternativos

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def piloto(django_db_setup, django_db_blocker):
    with transaccion_comun(django_db_blocker):
        siembra.sembrar(siembra.piloto)
        yield


@pytest.fixture
def alcance(piloto):
    return Alcance(UsuarioFactory(rol="central"), Estrategia.objects.get())


def html_de(alcance):
    pliego = pliego_de(informe_de(alcance), alcance)
    return documentos.a_html(pliego.plantilla, pliego.contexto, titulo=pliego.titulo)


def test_las_cifras_son_las_de_resumen(alcance):
    leido = contexto.contexto(alcance)
    pais = resumir(date(2019, 9, 5))
    (estrategia,) = pais["estrategias"]
    assert leido["pais"] == {clave: pais[clave] for clave in CIFRAS_DPA}
    assert leido["cifras"] == {clave: estrategia[clave] for clave in leido["cifras"]}
    assert leido["cifras"]["gad"] == {"provinciales": 2, "municipales": 12, "parroquiales": 41}
    assert leido["cifras"]["participantes_declarados"] == 155
    assert [zona for zona, _ in leido["zonas"]] == [1, 4]
    assert all(cifras == pais["zonas"][str(zona)] for zona, cifras in leido["zonas"])


def test_los_participantes_de_cada_grupo(alcance):
    de_grupos = contexto.grupos_en_cifras(alcance)
    assert [(g.numero, g.declarados) for g in de_grupos] == [(1, 38), (2, 74), (3, 21), (4, 22)]
    assert [len(g.reparto.gads) for g in de_grupos] == [21, 21, 9, 7]
    leida = anexos.asistencia(alcance)
    assert [fila["declarados"] for fila in leida["filas"]] == [38, 74, 21, 22]
    assert (leida["declarados"], leida["registrados"], leida["con_nomina"]) == (155, 0, False)


def test_un_encuentro_cancelado_no_suma_participantes(alcance):
    grupo = alcance.grupos.get(numero=1)
    cancelado = EncuentroFactory(
        estrategia=alcance.estrategia,
        grupos=[grupo],
        estado="cancelado",
        motivo="Lluvia",
        participantes_declarados=500,
    )
    assert cancelado.pk
    cifras = contexto.contexto(alcance)["cifras"]
    assert cifras["participantes_declarados"] == 155
    assert contexto.grupos_en_cifras(alcance)[0].declarados == 38
    assert anexos.asistencia(alcance)["declarados"] == 155


@pytest.mark.parametrize("parte", ["zona", "grupo"])
def test_una_parte_cuenta_solo_lo_suyo(alcance, parte):
    suyo = {"zona": Zona.objects.get(pk=4), "grupo": Grupo.objects.get(numero=2)}[parte]
    de_parte = Alcance(alcance.usuario, alcance.estrategia, **{parte: suyo})
    cifras = contexto.contexto(de_parte)["cifras"]
    propios, de_otra_zona = {
        "zona": ((1, 8, 16), (1, 1, 8)),
        "grupo": ((2, 5, 14), (0, 0, 0)),
    }[parte]
    assert tuple(cifras["gad"].values()) == propios
    assert tuple(cifras["gad_de_otra_zona"].values()) == de_otra_zona
    assert cifras["participantes_declarados"] == {"zona": 117, "grupo": 74}[parte]
    assert cifras["encuentros"]["total"] == de_parte.encuentros.count()


def test_la_zona_mira_lo_mismo_que_la_central_le_mira(alcance):
    zona = Zona.objects.get(pk=1)
    central = Alcance(alcance.usuario, alcance.estrategia, zona=zona)
    suya = Alcance(UsuarioFactory(rol="zonal", zona=zona), alcance.estrategia, zona=zona)
    assert resumir_parte(suya.todos_los_grupos, suya.encuentros) == resumir_parte(
        central.todos_los_grupos, central.encuentros
    )
    assert [gad.pk for gad in suya.gads] == [gad.pk for gad in central.gads]


def test_hasta_deja_fuera_lo_posterior(alcance):
    corta = Alcance(alcance.usuario, alcance.estrategia, hasta=date(2019, 8, 22))
    assert set(corta.encuentros.values_list("fecha", flat=True)) == {
        date(2019, 8, dia) for dia in (19, 20, 21, 22)
    }
    assert contexto.contexto(corta)["cifras"]["participantes_declarados"] == 38


def test_la_tabla_1_es_la_de_la_fuente(alcance):
    filas = grupos.contexto(alcance)["filas"]
    titulos = [[titulo for titulo, _ in niveles] for _, niveles, _ in filas]
    assert titulos == [
        ["Provincial (1)", "Municipales (3)", "Parroquiales (17)"],
        ["Provinciales (2)", "Municipales (5)", "Parroquiales (14)"],
        ["Provincial (1)", "Municipal (1)", "Parroquiales (7)"],
        ["Provincial (1)", "Municipales (3)", "Parroquiales (3)"],
    ]
    sedes = [[n for _, gads in niveles for n, sede in gads if sede] for _, niveles, _ in filas]
    assert sedes == [["Esmeraldas"], ["Pedernales"], ["Chone"], ["Manta"]]
    assert [criterio.partition(";")[0] for _, _, criterio in filas] == [
        "Desarrollo turístico",
        "Gestión de riesgos",
        "Desarrollo endógeno",
        "Conectividad",
    ]


def test_los_grupos_que_faltan_llevan_los_cinco_pasos(alcance):
    leido = hoja_de_ruta.contexto(alcance)
    assert [grupo.numero for grupo, _, _ in leido["propuestos"]] == [6, 7, 8, 9, 10]
    assert len(leido["comunes"]) == 5
    assert [ambito.nombre for ambito in leido["ambitos"]] == [
        "Político-institucional",
        "Técnico-metodológico",
    ]


def test_la_tabla_3_lleva_los_siete_objetivos_de_la_fuente(alcance):
    objetivos, *_ = hoja_de_ruta.contexto(alcance)["esquema"]
    leidos = [[(titulo, len(piezas)) for titulo, piezas in celda] for celda in objetivos]
    assert leidos == [[("Objetivos", 4)], [("Objetivos", 3)]]
    de_metodo = metodo.contexto(alcance)
    # Los tres del piloto y los cuatro de la propuesta nacional no son de un solo ámbito.
    assert len(de_metodo["objetivos"]) == 7
    assert [(ambito, len(suyos)) for ambito, suyos in de_metodo["de_ambitos"]] == [
        ("Político-institucional", 4),
        ("Técnico-metodológico", 3),
    ]


def test_los_insumos_van_en_el_orden_del_proceso(alcance):
    titulos = [titulo for titulo, *_ in anexos.cronograma(alcance)["insumos"]]
    assert titulos == [
        "Momento 1 · Reunión inicial",
        "Momento 1 · Reunión de cierre",
        "Momento 2 · Diálogo con alcalde/sa",
        "Momento 3 · Taller de dos jornadas, mañana",
        "Momento 3 · Taller de dos jornadas, tarde",
    ]
    momentos = metodo.contexto(alcance)["momentos"]
    de_metodo = [una["nombre"] for momento in momentos for una in momento["plantillas"]]
    assert [titulo.partition(", ")[0].rpartition(" · ")[2] for titulo in titulos[:4]] == de_metodo


def test_cada_agenda_distinta_sale_una_vez(alcance):
    agendas = anexos.agenda(alcance)["agendas"]
    assert [(una["titulo"], len(una["puntos"]), len(una["talleres"])) for una in agendas] == [
        ("Mañana: Esmeraldas (22 ago), Pedernales (28 ago), Chone (29 ago) y Manta (2 sep)", 7, 4),
        ("Tarde: Esmeraldas (22 ago) y Pedernales (28 ago)", 6, 2),
        ("Tarde: Chone (29 ago) y Manta (2 sep)", 5, 2),
    ]


def test_el_cronograma_lleva_cada_encuentro_y_traslado(alcance):
    leido = anexos.cronograma(alcance)
    assert (leido["cuantos"], leido["traslados"], len(leido["bloques"])) == (38, 18, 3)
    grupo = Alcance(alcance.usuario, alcance.estrategia, grupo=Grupo.objects.get(numero=3))
    fechas = set(grupo.encuentros.values_list("fecha", flat=True))
    assert anexos.cronograma(grupo)["cuantos"] == grupo.encuentros.count() == 9
    suyos = alcance.estrategia.traslados.filter(fecha__in=fechas).count()
    assert anexos.cronograma(grupo)["traslados"] == suyos < 18


def test_un_cronograma_que_no_cabe_va_por_mes(alcance, monkeypatch):
    monkeypatch.setattr(anexos, "TOPE_DE_ENCUENTROS", 37)
    leido = anexos.cronograma(alcance)
    assert [(mes, sum(suyos), total) for mes, suyos, total in leido["meses"]] == [
        (date(2019, 8, 1), 29, 29),
        (date(2019, 9, 1), 9, 9),
    ]
    assert "Encuentros por mes y momento" in html_de(alcance)


PROPIAS = (
    contexto.contexto,
    grupos.contexto,
    metodo.contexto,
    hoja_de_ruta.contexto,
    anexos.cronograma,
    anexos.agenda,
    anexos.asistencia,
)


@pytest.mark.parametrize("seccion", PROPIAS)
def test_las_consultas_no_crecen_con_los_grupos(alcance, seccion):
    # El 2, que tiene lo mismo que el piloto entero: traslados, agenda y parroquias.
    uno = Alcance(alcance.usuario, alcance.estrategia, grupo=Grupo.objects.get(numero=2))
    with CaptureQueriesContext(connection) as de_uno:
        seccion(uno)
    with CaptureQueriesContext(connection) as todas:
        seccion(alcance)
    # Un grupo solo no tiene propuestos ni su mapa.
    assert len(todas) - len(de_uno) <= (4 if seccion is hoja_de_ruta.contexto else 0)


def test_el_pdf_lleva_indices_con_pagina_y_marcadores(alcance):
    pliego = pliego_de(informe_de(alcance), alcance)
    html = documentos.a_html(pliego.plantilla, pliego.contexto, titulo=pliego.titulo)
    pdf = documentos.html_a_pdf(html)
    paginas, titulos = texto_por_pagina(pdf), capitulos(pdf)
    cuerpo = [una.titulo for una in ORDEN if not una.anexo]
    suyos = [f"{n}. {titulo}" for n, titulo in enumerate(cuerpo, 1)]
    assert [titulo for titulo, _ in titulos] == [
        "Contenido",
        *suyos,
        "Anexo 1. Cronograma de trabajo",
        "Anexo 2. Agenda de los talleres",
        "Anexo 3. Asistencia en cifras",
    ]
    primera = titulos[1][1]
    indice = " ".join(paginas[1 : primera - 1])
    for titulo, pagina in titulos[1:]:
        assert re.search(rf"{re.escape(titulo)}\s+{pagina}\b", indice), titulo
        assert titulo in paginas[pagina - 1]
    assert "Figura 1. Grupos circunvecinos de la estrategia" in indice
    assert "Tabla 1. Grupos circunvecinos: GAD que los integran y criterio" in indice
    assert "STPE Secretaría Técnica Planifica Ecuador" in indice
    assert "Informe de la estrategia · 1. Contexto en cifras" in paginas[primera - 1]
    mapas = [texto for texto in textos_alternativos(pdf) if texto.startswith("Grupos circun")]
    assert len(mapas) == 2
    assert abrir(pdf).metadata.title == pliego.titulo
