"""Las secciones de resultados del informe: qué traen, a quién, y que sus cifras son las demás."""

import re
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from acompanamiento.models import Acuerdo, Grupo
from pdot.capacidades import ficha_de_plan
from pdot.coherencia import matriz_de_grupo
from pdot.grupo import ficha_de_grupo, traer_grupo
from pdot.informe import resultados
from pdot.informe.evaluaciones import cuentas_por_seccion
from pdot.models import ElementoVision, Necesidad, Pertenencia, Respuesta, TemaDeVision
from pdot.promociones import deshacer_promocion, promover_a_vision
from pdot.vision import leer_vision
from talleres.models import CumuloAportes, Encuentro
from tests.fabricas import (
    AcuerdoFactory,
    AporteFactory,
    AutoridadFactory,
    GrupoFactory,
)
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.fabricas_registro import ParticipanteFactory

from .secciones_del_informe import (
    SECCIONES,
    contexto_de,
    de_momento,
    grupo_con_todo,
    html_de,
    texto_de,
    todo_el_html,
)

pytestmark = pytest.mark.django_db
CLAVES = list(SECCIONES)


def dichos(leido):
    return [(dicho.texto, dicho.de, dicho.tarjetas) for dicho in leido.dichos]


# --- Todas --------------------------------------------------------------------------------------


@pytest.mark.parametrize("clave", CLAVES)
def test_sin_nada_lo_dice_en_una_linea(central, estrategia, clave):
    html = html_de(clave, central, estrategia).strip()
    assert re.fullmatch(r'<p class="vacio">Todavía no [^<]+\.</p>', html)


@pytest.mark.parametrize("clave", CLAVES)
def test_las_consultas_no_crecen_con_los_grupos(central, estrategia, territorio, clave):
    cuentas = []
    for cuantos in (1, 2):
        for _ in range(cuantos):
            grupo_con_todo(estrategia, territorio.zona[1], central)
        with CaptureQueriesContext(connection) as hechas:
            html_de(clave, central, estrategia)
        cuentas.append(len(hechas))
    assert cuentas[0] == cuentas[1]
    assert cuentas[0] <= 20


def test_figuras_y_tablas_llevan_las_marcas_que_las_numeran(central, estrategia, territorio):
    for _ in range(2):
        grupo_con_todo(estrategia, territorio.zona[1], central)
    html = todo_el_html(central, estrategia)
    marcas = re.findall(r'\sid="([^"]+)"', html)
    assert len(marcas) == len(set(marcas))
    figuras = re.findall(
        r'<figure class="figura" id="figura-[\w-]+"><img src="data:image/svg\+xml;base64,[^"]+"'
        r' alt="[^"]+"><figcaption>[^<]+</figcaption></figure>',
        html,
    )
    assert len(figuras) == html.count("<figure") == html.count("<img") == 8
    tablas = re.findall(r'<table class="cuadro[^"]*" id="tabla-[\w-]+"><caption>[^<]+', html)
    assert len(tablas) == html.count("<table") > 15
    # El título de la sección lo pone el armazón.
    assert "<h2" not in html and "<h1" not in html and "{" not in texto_de(html)


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("central", [1, 2]),
        ("observador", [1, 2]),
        ("zonal1", [1, 2]),
        ("zonal4", [2]),
        ("plan_rioverde", [1]),
        ("plan_chone", []),
        ("inactivo", []),
    ],
)
def test_cada_quien_lee_lo_suyo(elenco, grupo1, grupo2, quien, ve):
    for grupo in (grupo1, grupo2):
        sello = f"canario{grupo.numero}"
        AporteFactory(
            estrategia=grupo.estrategia, encuentro=de_momento("M3", grupo), texto=f"{sello} aporte"
        )
        AporteFactory(estrategia=grupo.estrategia, grupo=grupo, texto=f"{sello} suelto")
        ElementoVision.objects.create(grupo=grupo, orden=1, texto=f"{sello} visión")
        AcuerdoFactory(grupo=grupo, texto=f"{sello} acuerdo", responsable_gad_id="0807")
        NecesidadFactory(grupo=grupo, tema=f"{sello} necesidad")
        plan = PlanFactory(grupo=grupo, vigente=True, objetivo=f"{sello} objetivo")
        ActividadFactory(plan=plan, titulo=f"{sello} actividad")
    html = todo_el_html(elenco[quien], grupo1.estrategia)
    leidos = sorted(set(re.findall(r"canario\d \w+", html)))
    que = ["actividad", "acuerdo", "aporte", "necesidad", "objetivo", "suelto", "visión"]
    assert leidos == [f"canario{numero} {uno}" for numero in ve for uno in que]


def test_el_alcance_de_un_grupo_trae_solo_lo_suyo(central, grupo1, grupo2):
    for grupo in (grupo1, grupo2):
        taller = de_momento("M3", grupo)
        AporteFactory(estrategia=grupo.estrategia, encuentro=taller, texto=f"canario{grupo.numero}")
        AcuerdoFactory(grupo=grupo, texto=f"canario{grupo.numero}", responsable_gad_id="0807")
    html = todo_el_html(central, grupo1.estrategia, grupo=grupo2)
    assert set(re.findall(r"canario\d", html)) == {"canario2"}


def test_lo_propuesto_y_lo_cancelado_no_da_resultados(central, estrategia, territorio):
    for estado in ("propuesto", "cancelado"):
        grupo = grupo_con_todo(estrategia, territorio.zona[1], central)
        Grupo.objects.filter(pk=grupo.pk).update(estado=estado, motivo="Sin convocatoria")
    html = todo_el_html(central, estrategia)
    assert "Territorio resiliente" not in html and "Compartir la cartografía" not in html


# --- Resultados ---------------------------------------------------------------------------------


def test_momento_1_por_provincia_con_el_dialogo_de_cierre(central, grupo1, territorio):
    provincia = territorio.gad["08"]
    prefecta = AutoridadFactory(gad=provincia, nombre="Roberta Zambrano", cargo="Prefecta")
    inicial = de_momento("M1", grupo1, gad=provincia, autoridad=prefecta, fecha=date(2019, 8, 19))
    AporteFactory(
        estrategia=grupo1.estrategia, encuentro=inicial, momento="M1", texto="Mirar lejos"
    )
    cierre = de_momento("C", grupo1, clase="cierre", gad=provincia, fecha=date(2019, 8, 23))
    # Ni coordinar con la provincia ni cerrar con el cantón es dialogar con la prefectura.
    de_momento("C", grupo1, clase="coordinacion", gad=provincia)
    de_momento("C", grupo1, clase="cierre", gad=territorio.gad["0807"])
    (fila,) = contexto_de("resultados", central, grupo1.estrategia)["prefecturas"].filas
    assert fila.gad == provincia
    assert [leido.encuentro for leido in fila.leidos] == [inicial, cierre]
    assert [dichos(leido) for leido in fila.leidos] == [[("Mirar lejos", "", 1)], []]
    assert "Roberta Zambrano, prefecta" in html_de("resultados", central, grupo1.estrategia)


def test_momento_2_dice_con_quien_falta_dialogar(central, grupo1, territorio):
    rioverde = de_momento("M2", grupo1, gad=territorio.gad["0807"])
    de_momento("M2", grupo1, gad=territorio.gad["0801"], estado="convocado")
    filas = contexto_de("resultados", central, grupo1.estrategia)["alcaldias"].filas
    assert [(fila.gad.pk, [leido.encuentro for leido in fila.leidos]) for fila in filas] == [
        ("0801", []),
        ("0807", [rioverde]),
    ]
    leido = texto_de(html_de("resultados", central, grupo1.estrategia))
    assert "Esmeraldas (cantón, Esmeraldas) Todavía no consta un diálogo realizado" in leido


def test_momento_3_por_grupo_manana_y_tarde(central, grupo1, grupo2):
    manana = de_momento("M3", grupo1)
    tarde = de_momento("M3", grupo1, jornada="tarde", jornada_de=manana)
    AporteFactory(estrategia=grupo1.estrategia, encuentro=tarde, texto="Falta cartografía")
    AporteFactory(estrategia=grupo1.estrategia, grupo=grupo1, momento="M3", texto="Del grupo")
    uno, dos = contexto_de("resultados", central, grupo1.estrategia)["grupos"]
    assert [leido.encuentro for leido in uno.talleres] == [manana, tarde]
    assert [dicho.texto for dicho in uno.propios] == ["Del grupo"]
    assert (uno.grupo, dos.grupo, dos.talleres) == (grupo1, grupo2, [])
    leido = texto_de(html_de("resultados", central, grupo1.estrategia))
    assert "Tarde Presidentes/as parroquiales 22 de agosto de 2019, Rioverde Falta cart" in leido


def test_las_tarjetas_agrupadas_salen_como_un_cumulo(central, grupo1, encuentro1, territorio):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="realizado")
    cumulo = CumuloAportes.objects.create(encuentro=encuentro1, titulo="Turismo de río")
    comun = {"estrategia": grupo1.estrategia, "encuentro": encuentro1}
    for texto in ("Malecón", "Balneario"):
        AporteFactory(texto=texto, cumulo=cumulo, **comun)
    AporteFactory(texto="Agua segura", gad=territorio.gad["080752"], **comun)
    AporteFactory(texto="Retirado", retirado=True, motivo_retiro="Repetido", **comun)
    (uno,) = contexto_de("resultados", central, grupo1.estrategia)["grupos"]
    assert dichos(uno.talleres[0]) == [
        ("Turismo de río", "", 2),
        ("Agua segura", "Chumundé (Rioverde, Esmeraldas)", 1),
    ]


def test_dice_que_nacio_de_las_tarjetas(central, grupo1, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="realizado")
    for texto in ("Vías", "Puertos", "Se deshace"):
        aporte = AporteFactory(estrategia=grupo1.estrategia, encuentro=encuentro1, texto=texto)
        elemento = ElementoVision(grupo=grupo1, texto=texto)
        hecha = promover_a_vision(aporte, elemento, gads=[], por=central)
    deshacer_promocion(hecha, motivo="No era", por=central)
    (uno,) = contexto_de("resultados", central, grupo1.estrategia)["grupos"]
    assert uno.talleres[0].nacio == [("elemento de visión", 2)]


def test_con_demasiados_aportes_se_cuentan_los_que_no_caben(
    central, grupo1, encuentro1, monkeypatch
):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="realizado")
    for _ in range(4):
        AporteFactory(estrategia=grupo1.estrategia, encuentro=encuentro1)
    monkeypatch.setattr(resultados, "APORTES_POR_ENCUENTRO", 3)
    (uno,) = contexto_de("resultados", central, grupo1.estrategia)["grupos"]
    assert (len(uno.talleres[0].dichos), uno.talleres[0].de_mas) == (3, 1)
    assert "Y 1 más, que se leen en el encuentro." in html_de(
        "resultados", central, grupo1.estrategia
    )


def test_la_ficha_de_un_gad_en_dos_grupos_sale_una_vez(central, grupo2, evaluaciones, territorio):
    otro = GrupoFactory(
        estrategia=grupo2.estrategia, zona=grupo2.zona, miembros=[territorio.gad["0803"]]
    )
    uno, dos = contexto_de("resultados", central, grupo2.estrategia)["grupos"]
    assert [leida.gad.pk for leida in uno.fichas] == ["0803"]
    assert (dos.grupo, dos.fichas, dos.en_otro) == (otro, [], [(territorio.gad["0803"], grupo2)])


def test_con_muchas_fichas_se_dice_donde_estan(central, grupo2, evaluaciones, monkeypatch):
    assert "tabla-ficha-0803" in html_de("resultados", central, grupo2.estrategia)
    monkeypatch.setattr(resultados, "MAXIMO_DE_FICHAS", 0)
    html = html_de("resultados", central, grupo2.estrategia)
    assert "tabla-ficha-" not in html and "fichas de los GAD no se imprimen aquí" in html


# --- Evaluaciones -------------------------------------------------------------------------------


def test_solo_lo_aprobado(central, grupo1, grupo2, evaluaciones):
    html = todo_el_html(central, grupo1.estrategia)
    hallados = set(re.findall(r"Justificación de (\d+)", html))
    assert hallados == {"0803"}
    contexto = contexto_de("evaluaciones", central, grupo1.estrategia)
    assert (contexto["aprobadas"], contexto["cuantos_gads"]) == (1, 8)


def test_ni_el_propio_gad_ve_en_el_informe_lo_que_no_esta_aprobado(
    plan_rioverde, grupo1, evaluaciones
):
    assert "Justificación de" not in todo_el_html(plan_rioverde, grupo1.estrategia)


def test_las_matrices_son_las_de_la_pagina_del_grupo(central, grupo1, grupo2, evaluaciones):
    contexto = contexto_de("evaluaciones", central, grupo1.estrategia)
    for uno in contexto["grupos"]:
        matriz = matriz_de_grupo(uno.grupo, central)
        suyas = {
            (gad.pk, pregunta.codigo): respuesta
            for columnas, filas in uno.partes
            for gad, respuestas in filas
            for (_, pregunta), respuesta in zip(columnas, respuestas, strict=True)
            if respuesta
        }
        assert suyas == {
            (fila.gad.pk, pregunta.codigo): respuesta
            for fila in matriz.evaluadas
            for pregunta, respuesta in fila.celdas
            if respuesta
        }
        assert uno.aprobadas + sum(len(gads) for _, gads in uno.faltan) == uno.cuantos
        # Y lo que cuenta el gráfico es lo que cuenta el cuadro de la página.
        cuentas = cuentas_por_seccion([matriz])
        total = ficha_de_grupo(traer_grupo(central, uno.grupo.pk), central)["cuenta"]
        assert sum(cuentas.values(), start=type(total.por_valor)()) == total.por_valor


def test_las_preguntas_que_nadie_respondio_no_ocupan_columna(central, grupo2, evaluaciones):
    Respuesta.objects.filter(evaluacion=evaluaciones["0803"]).exclude(
        pregunta__codigo="a2"
    ).delete()
    contexto = contexto_de("evaluaciones", central, grupo2.estrategia)
    assert [(n, pregunta.codigo) for n, pregunta in contexto["preguntas"]] == [(1, "a2")]
    # Pero en las cuentas siguen siendo preguntas sin responder.
    assert contexto["grafico"].datos[1][0] == ("Coherencia interna", "0", "1", "0", "2", "3")


def test_un_gad_de_dos_grupos_se_cuenta_una_vez_en_el_grafico(
    central, grupo2, evaluaciones, territorio
):
    antes = contexto_de("evaluaciones", central, grupo2.estrategia)
    GrupoFactory(estrategia=grupo2.estrategia, zona=grupo2.zona, miembros=[territorio.gad["0803"]])
    despues = contexto_de("evaluaciones", central, grupo2.estrategia)
    assert antes["grafico"].datos == despues["grafico"].datos
    assert (antes["aprobadas"], despues["aprobadas"]) == (1, 1)


# --- Visión -------------------------------------------------------------------------------------


def test_los_temas_son_los_confirmados_y_cuentan_lo_mismo(central, grupo1, territorio):
    def tema(nombre, estado, *codigos):
        nuevo = TemaDeVision.objects.create(grupo=grupo1, nombre=nombre, estado=estado, por=central)
        for codigo in codigos:
            Pertenencia.objects.create(tema=nuevo, gad_id=codigo, texto=nombre)

    # Chone no es miembro: lo que dijo no se cuenta.
    tema("Turismo", "confirmado", "0801", "0807", "1303")
    tema("Riesgos", "confirmado", "08")
    tema("Rechazado", "rechazado", "08")
    (una,) = contexto_de("vision", central, grupo1.estrategia)["visiones"]
    leida = leer_vision(grupo1, central)
    contados = [(nombre, [gad.pk for gad in gads]) for nombre, gads in una.temas]
    assert contados == [("Turismo", ["0801", "0807"]), ("Riesgos", ["08"])]
    assert contados == [(tema.nombre, [gad.pk for gad in tema.gads]) for tema in leida.temas]
    grafico = contexto_de("vision", central, grupo1.estrategia)["grafico"]
    assert grafico.datos[1] == [("Turismo (grupo 1)", "2"), ("Riesgos (grupo 1)", "1")]


def test_la_vision_acordada_y_no_la_que_esta_en_redaccion(central, estrategia, territorio):
    grupo = grupo_con_todo(estrategia, territorio.zona[1], central)
    grupo.visiones.create(numero=2, texto="Aún en redacción", por=central)
    leido = texto_de(html_de("vision", central, estrategia))
    assert "Un litoral seguro." in leido and "Aún en redacción" not in leido
    assert "Acordada el 22 de agosto de 2019 en el taller de Rioverde" in leido


# --- Necesidades, acuerdos y plan ---------------------------------------------------------------


def test_las_necesidades_de_un_grupo_son_las_de_su_pagina(central, grupo1, grupo2):
    de = {"asumible": True, "prioridad": "alta"}
    NecesidadFactory(gad_id="0807", tema="Catastro rural", **de)
    NecesidadFactory(gad_id="0801", tema="Catastro rural actualizado", modalidad="asistencia")
    NecesidadFactory(grupo=grupo1, tema="Formular proyectos")
    NecesidadFactory(gad_id="1303", tema="De un GAD sin grupo")
    NecesidadFactory(
        gad_id="0807", tema="Retirada", retirada=timezone.now(), motivo_retiro="Repetida"
    )
    contexto = contexto_de("necesidades", central, grupo1.estrategia, grupo=grupo1)
    suyas = Necesidad.objects.visibles_para(central).de_grupo(grupo1)
    assert contexto["total"] == suyas.count() == 3
    assert (contexto["asumibles"], contexto["externas"], contexto["sin_atender"]) == (1, 2, 3)
    assert [(tema["titulo"], tema["cuantas"]) for tema in contexto["temas"]] == [
        ("Catastro rural", 2),
        ("Formular proyectos", 1),
    ]
    assert [(una.nombre, una.por_prioridad, una.externas) for una in contexto["modalidades"]] == [
        ("Capacitación", [1, 1, 0], 1),
        ("Asistencia técnica puntual", [0, 1, 0], 1),
    ]


def test_una_necesidad_de_un_gad_de_dos_grupos_se_cuenta_una_vez(central, grupo1, territorio):
    GrupoFactory(estrategia=grupo1.estrategia, zona=grupo1.zona, miembros=[territorio.gad["0807"]])
    NecesidadFactory(gad_id="0807")
    assert contexto_de("necesidades", central, grupo1.estrategia)["total"] == 1


def test_cada_acuerdo_cae_en_una_sola_cuenta(central, grupo1, grupo2):
    comun = {"grupo": grupo1, "responsable_gad_id": "0807"}
    pasada, por_venir = date(2020, 1, 1), date(2099, 1, 1)
    for estado, plazo in [
        ("pendiente", pasada),
        ("pendiente", por_venir),
        ("en_curso", pasada),
        ("en_curso", por_venir),
        ("cumplido", pasada),
        ("cancelado", pasada),
    ]:
        motivo = "Ya no hace falta" if estado == "cancelado" else ""
        AcuerdoFactory(estado=estado, fecha_limite=plazo, motivo=motivo, **comun)
    contexto = contexto_de("acuerdos", central, grupo1.estrategia)
    assert dict(contexto["cuentas"]) == {
        "vencido": 2,
        "pendiente": 1,
        "en_curso": 1,
        "cumplido": 1,
        "cancelado": 1,
    }
    assert contexto["cuentas"].total() == contexto["total"] == 6
    assert contexto["cuentas"]["vencido"] == Acuerdo.objects.vencidos().count()
    assert [grupo for grupo, _ in contexto["grupos"]] == [grupo1]
    assert contexto["sin_acuerdos"] == [grupo2]
    de_la_pagina = ficha_de_grupo(traer_grupo(central, grupo1.pk), central)["acuerdos"]
    assert contexto["grupos"][0][1] == list(de_la_pagina)


def test_los_planes_aprobados_con_la_ficha_de_su_pagina(central, grupo1, grupo2, encuentro1):
    atendida, suelta = NecesidadFactory(gad_id="0807"), NecesidadFactory(grupo=grupo1)
    ParticipanteFactory(encuentro=encuentro1, gad_id="0807")
    plan = PlanFactory(grupo=grupo1, vigente=True)
    actividad = ActividadFactory(
        plan=plan, necesidades=[atendida], gads=["0807"], encuentros=[encuentro1]
    )
    propuesto = PlanFactory(grupo=grupo2, estado="propuesto", objetivo="Sin aprobar")
    ActividadFactory(plan=propuesto)
    contexto = contexto_de("capacidades", central, grupo1.estrategia)
    (leido,) = contexto["planes"]
    de_la_pagina = ficha_de_plan(plan, central)
    assert (leido.plan, leido.ficha.actividades) == (plan, [actividad])
    assert leido.ficha.actividades[0].asistieron == de_la_pagina.actividades[0].asistieron
    assert leido.ficha.necesidades == de_la_pagina.necesidades == [atendida, suelta]
    assert leido.ficha.sin_atender == de_la_pagina.sin_atender
    assert contexto["sin_plan"] == [grupo2]
    assert "Sin aprobar" not in html_de("capacidades", central, grupo1.estrategia)


def test_el_plan_de_una_zona_sale_en_el_informe_de_la_zona(central, grupo1, grupo2, territorio):
    de_zona = PlanFactory(grupo=None, zona_id=4, vigente=True)
    ActividadFactory(plan=de_zona)
    NecesidadFactory(gad_id="1303")
    NecesidadFactory(gad_id="0807")
    NecesidadFactory(grupo=grupo2)
    estrategia = grupo1.estrategia
    assert contexto_de("capacidades", central, estrategia)["planes"] == []
    (leido,) = contexto_de("capacidades", central, estrategia, zona=territorio.zona[4])["planes"]
    assert leido.plan == de_zona
    assert leido.ficha.necesidades == list(de_zona.necesidades_de(central))
    assert len(leido.ficha.necesidades) == 2


def test_un_plan_cerrado_sale_mientras_no_haya_otro(central, grupo1):
    cerrado = PlanFactory(grupo=grupo1, vigente=True, estado="cerrado")
    assert [uno.plan for uno in planes(central, grupo1)] == [cerrado]
    nuevo = PlanFactory(grupo=grupo1, vigente=True, numero=2)
    assert [uno.plan for uno in planes(central, grupo1)] == [nuevo]


def planes(usuario, grupo):
    return contexto_de("capacidades", usuario, grupo.estrategia)["planes"]
