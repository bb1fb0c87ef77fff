"""Toda lista se exporta como se ve: las mismas filas, con los mismos filtros y el mismo alcance."""

import csv
import json
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from acompanamiento.models import Acuerdo, Grupo
from pdot.acciones_revision import asignar
from pdot.cuenta_avance import contar_avance
from pdot.models import Informacion
from pdot.ritmo import Situacion
from talleres.models import Encuentro
from territorios.models import EspacioCoordinacion
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas import EncuentroFactory
from tests.fabricas_documentos import emitido
from tests.fabricas_revision import PlazoFactory
from tests.lectura_html import pagina
from tests.rutas import combinaciones, de_la_plataforma, tiene


def _largo(nombre):
    return lambda contexto: len(contexto[nombre])


def _de_pagina(contexto):
    return contexto["pagina"].paginator.count


# Cada lista que se exporta y cuántas filas dice su página.
TOTALES = {
    "territorios:inicio": _largo("recuentos"),
    "territorios:zona": lambda c: sum(len(p.cantones) for p in c["provincias"]),
    "territorios:gads": _de_pagina,
    "territorios:espacios": _largo("espacios"),
    "territorios:contactos": _largo("contactos"),
    "acompanamiento:inicio": lambda c: sum(len(suyos) for _, suyos in c["estrategias"]),
    "acompanamiento:acuerdos": _largo("acuerdos"),
    "acompanamiento:lineas": _largo("filas"),
    "acompanamiento:lineas_de_provincia": lambda c: c["cuantas"],
    "acompanamiento:linea": lambda c: len(c["consulta"].renglones),
    "acompanamiento:hoja_de_ruta": lambda c: sum(len(r.casillas) for r in c["hoja"].renglones),
    "talleres:lista": lambda c: c["total"],
    "talleres:choques": lambda c: c["cuantos"],
    "talleres:por_hacer": lambda c: c["total"],
    "territorios:documentos": lambda c: c["total"],
    "pdot:avance": _largo("hijos"),
    "pdot:avance_de_zona": _largo("hijos"),
    "pdot:avance_de_grupos": _de_pagina,
    "pdot:avance_de_grupo": _largo("avances"),
    "pdot:trabajos": _de_pagina,
    "pdot:tablero_de_grupo": _largo("gads"),
    "pdot:avance_de_gad": lambda c: len(c["avance"].pasos),
    "pdot:ritmo": _de_pagina,
    "pdot:inicio": _de_pagina,
    "pdot:revision": _de_pagina,
    "pdot:cobertura": _de_pagina,
    "pdot:necesidades": _de_pagina,
    "pdot:capacidades": _largo("planes"),
    "pdot:proceso": _de_pagina,
    "pdot:indicadores": _largo("renglones"),
    "pdot:indicador": _de_pagina,
    "pdot:informacion_de_grupo": lambda c: c["mostrados"],
}
# Sin filas en la muestra del elenco: se prueban aparte o no tienen nada que filtrar.
VACIAS = {"territorios:espacios", "territorios:contactos", "pdot:informacion_de_grupo"}


def bytes_de(respuesta):
    return b"".join(respuesta.streaming_content)


def filas_de(respuesta):
    texto = bytes_de(respuesta).decode("utf-8-sig")
    return list(csv.reader(texto.splitlines(), delimiter=";"))[1:]


def ofrecidos(respuesta):
    """Los formatos en que la página enlaza su lista, o la principal si tiene varias."""
    enlaces = [e for e in pagina(respuesta).enlaces if "formato=" in e and "lista=" not in e]
    return [e.split("formato=")[1].split("&")[0] for e in enlaces]


@pytest.fixture
def paginas(client, muestrario):
    """Función: (ruta, dirección, respuesta) de toda página que se abre y ofrece exportar."""

    def abrir(usuario):
        entrar(client, usuario)
        for ruta in de_la_plataforma():
            if not tiene(usuario, ruta.permiso) or ruta.nombre not in TOTALES:
                continue
            for valores, _ in combinaciones(ruta.parametros, muestrario):
                direccion = ruta.direccion(valores)
                respuesta = client.get(direccion)
                if respuesta.status_code == 200 and ofrecidos(respuesta):
                    yield ruta, direccion, respuesta

    return abrir


@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_rioverde", "observador"])
def test_el_total_es_el_de_la_lista(client, elenco, paginas, quien):
    vistas = set()
    for ruta, direccion, respuesta in paginas(elenco[quien]):
        total = TOTALES[ruta.nombre](respuesta.context)
        formatos = ofrecidos(respuesta)
        assert formatos in (["xlsx", "csv"], ["xlsx", "csv", "geojson"]), direccion
        filas = filas_de(client.get(direccion, {"formato": "csv"}))
        assert len(filas) == total > 0, direccion
        libro = load_workbook(BytesIO(bytes_de(client.get(direccion, {"formato": "xlsx"}))))
        hoja, diccionario = libro.worksheets
        assert (hoja.max_row - 1, diccionario.title) == (total, "Diccionario"), direccion
        if "geojson" in formatos:
            lugares = json.loads(bytes_de(client.get(direccion, {"formato": "geojson"})))
            assert len(lugares["features"]) == total, direccion
        vistas.add(ruta.nombre)
    if quien == "central":
        assert vistas == set(TOTALES) - VACIAS


def test_las_listas_que_ofrecen_exportar_son_estas(client, central, muestrario):
    entrar(client, central)
    hay = set()
    for ruta in de_la_plataforma():
        if ".pdf" in ruta.camino or not tiene(central, ruta.permiso):
            continue
        for valores, _ in combinaciones(ruta.parametros, muestrario):
            respuesta = client.get(ruta.direccion(valores))
            es_pagina = respuesta.status_code == 200 and "html" in respuesta["Content-Type"]
            if es_pagina and ofrecidos(respuesta):
                hay.add(ruta.nombre)
    assert hay == set(TOTALES) - VACIAS


def test_los_filtros_de_la_direccion_van_en_los_enlaces_y_filtran(client, central, acuerdos):
    entrar(client, central)
    Acuerdo.objects.filter(pk=acuerdos["acuerdo1"].pk).update(estado="cumplido")
    direccion = reverse("acompanamiento:acuerdos")
    respuesta = client.get(direccion, {"estado": "cumplido"})
    (enlace,) = [e for e in pagina(respuesta).enlaces if "formato=csv" in e]
    filas = filas_de(client.get(f"{direccion}{enlace}"))
    assert [fila[3] for fila in filas] == [acuerdos["acuerdo1"].texto]


def test_la_lista_de_encuentros_va_entera_y_no_por_tramos(client, central, grupo1, monkeypatch):
    monkeypatch.setattr("talleres.views.cronograma.POR_LISTA", 1)
    for dia in (20, 21, 22):
        EncuentroFactory(
            estrategia=grupo1.estrategia, grupos=[grupo1], fecha=f"2019-08-{dia}", tema=f"={dia}"
        )
    direccion = reverse("talleres:lista", args=[grupo1.estrategia.codigo])
    entrar(client, central)
    filas = filas_de(client.get(direccion, {"formato": "csv", "desde": "2019-08-21"}))
    assert [(fila[0], fila[6]) for fila in filas] == [
        ("2019-08-21", "'=21"),
        ("2019-08-22", "'=22"),
    ]


def test_un_grupo_que_no_se_ve_no_se_nombra(client, zonal4, grupo1, grupo2):
    """El encuentro es de los dos grupos; la zona 4 solo ve el segundo."""
    EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1, grupo2], fecha="2019-08-20")
    direccion = reverse("talleres:lista", args=[grupo1.estrategia.codigo])
    (fila,) = filas_de(entrar(client, zonal4).get(direccion, {"formato": "csv"}))
    assert fila[11] == str(grupo2)


def test_las_consultas_no_crecen_con_los_encuentros(client, central, grupo1):
    entrar(client, central)
    direccion = reverse("talleres:lista", args=[grupo1.estrategia.codigo])

    def consultas():
        with CaptureQueriesContext(connection) as hechas:
            bytes_de(client.get(direccion, {"formato": "geojson"}))
        return len(hechas)

    EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1], fecha="2019-08-20")
    una = consultas()
    for dia in (21, 22, 23):
        EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1], fecha=f"2019-08-{dia}")
    assert Encuentro.objects.count() == 4
    assert consultas() == una


@pytest.mark.parametrize(
    ("formato", "dice"),
    [
        ("xls", "XLSX, CSV, GeoJSON, no en «xls»"),
        ("<b>", "no en «&lt;b&gt;»"),
    ],
)
def test_un_formato_que_no_hay_es_400_y_dice_cuales(client, central, grupo1, formato, dice):
    direccion = reverse("acompanamiento:inicio")
    respuesta = entrar(client, central).get(direccion, {"formato": formato})
    assert respuesta.status_code == 400
    assert dice in respuesta.text


def test_sin_lugar_no_hay_geojson(client, central, capacidades):
    direccion = reverse("pdot:capacidades")
    respuesta = entrar(client, central).get(direccion, {"formato": "geojson"})
    assert respuesta.status_code == 400
    assert "XLSX, CSV, no en «geojson»" in respuesta.text


def test_un_filtro_malo_no_descarga(client, central, grupo1):
    direccion = reverse("acompanamiento:acuerdos")
    respuesta = entrar(client, central).get(direccion, {"estado": "nada", "formato": "csv"})
    assert respuesta.status_code == 400
    assert "html" in respuesta["Content-Type"]


def test_el_libro_de_informacion_sale_con_su_filtro(client, central, evaluaciones, grupo2):
    aprobada = evaluaciones["0803"]
    for orden, situacion in enumerate(("tiene", "requiere"), start=1):
        Informacion.objects.create(
            evaluacion=aprobada, orden=orden, dato=f"Catastro {orden}", situacion=situacion
        )
    direccion = reverse("pdot:informacion_de_grupo", args=[grupo2.pk])
    entrar(client, central)
    leida = client.get(direccion, {"situacion": "tiene"})
    filas = filas_de(client.get(direccion, {"situacion": "tiene", "formato": "csv"}))
    assert [(fila[0], fila[6]) for fila in filas] == [("0803", "Catastro 1")]
    assert TOTALES["pdot:informacion_de_grupo"](leida.context) == 1


def test_los_espacios_salen_con_sus_miembros(client, observador, territorio):
    espacio = EspacioCoordinacion.objects.create(nombre="Mesa del norte", tipo="mesa_zonal")
    espacio.miembros.create(gad=territorio.gad["0807"])
    direccion = reverse("territorios:espacios")
    (fila,) = filas_de(entrar(client, observador).get(direccion, {"formato": "csv"}))
    assert (fila[0], fila[4]) == ("Mesa del norte", "Rioverde (cantón, Esmeraldas)")


def test_los_contactos_solo_quien_los_ve(client, elenco, territorio):
    direccion = reverse("territorios:contactos")
    for quien, codigo in {"central": 200, "zonal1": 200, "observador": 403}.items():
        respuesta = entrar(client, elenco[quien]).get(direccion, {"formato": "csv"})
        assert respuesta.status_code == codigo, quien


def test_la_cola_dice_a_cargo_de_quien(client, zonal1, evaluaciones):
    asignar(evaluaciones["0801"], zonal1, version=0, por=zonal1, sitio="http://sitio")
    direccion = reverse("pdot:revision")
    (fila,) = filas_de(entrar(client, zonal1).get(direccion, {"formato": "csv"}))
    assert fila[-1] == str(zonal1)


@pytest.mark.parametrize(
    ("quien", "dice_quien"), [("central", True), ("zonal1", True), ("observador", False)]
)
def test_los_documentos_no_nombran_a_quien_los_pidio_ante_quien_no_ve_la_bitacora(
    client, elenco, quien, dice_quien
):
    uno = emitido(elenco[quien], titulo="=Documento")
    emitido(elenco["zonal4"], titulo="Ajeno")
    direccion = reverse("territorios:documentos")
    respuesta = entrar(client, elenco[quien]).get(direccion, {"formato": "csv", "q": "=Doc"})
    lineas = bytes_de(respuesta).decode("utf-8-sig").splitlines()
    encabezado, fila = csv.reader(lineas, delimiter=";")
    assert ("emitido por" in encabezado) == dice_quien
    assert (str(elenco[quien]) in fila) == dice_quien
    assert fila[:4] == [uno.numero_legible, uno.codigo_legible, "Prueba", "'=Documento"]


def test_lo_que_espera_se_exporta_solo_con_lo_suyo(client, elenco, grupo1, grupo2):
    hoy = timezone.localdate()
    EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1], fecha=hoy, tema="=Uno")
    EncuentroFactory(estrategia=grupo2.estrategia, grupos=[grupo2], fecha=hoy, tema="Dos")
    direccion = reverse("talleres:por_hacer")
    filas = filas_de(entrar(client, elenco["zonal4"]).get(direccion, {"formato": "csv"}))
    assert [fila[6] for fila in filas] == ["Dos"]


def test_el_ritmo_sale_con_su_filtro(client, central, hitos):
    direccion = reverse("pdot:ritmo")
    entrar(client, central)
    for situacion in Situacion:
        filtro = {"situacion": situacion.value}
        total = _de_pagina(client.get(direccion, filtro).context)
        filas = filas_de(client.get(direccion, filtro | {"formato": "csv"}))
        assert [fila[-1] for fila in filas] == [situacion.label] * total


def test_la_zona_sale_a_la_fecha_que_se_mira(client, central, territorio):
    direccion = reverse("territorios:zona", args=[1])
    entrar(client, central)
    filas = filas_de(client.get(direccion, {"formato": "csv"}))
    assert {fila[1] for fila in filas} == {"0801", "0803", "0807"}
    assert {(fila[0], fila[3]) for fila in filas} == {("1", "Esmeraldas")}
    mala = client.get(direccion, {"formato": "csv", "fecha": "ayer"})
    assert (mala.status_code, "html" in mala["Content-Type"]) == (400, True)


def test_el_avance_de_un_grupo_dice_lo_que_cada_quien_sabe(client, elenco, evaluaciones, grupo1):
    """De lo que no está aprobado saben el GAD y quien lo revisa; y cada fila lleva el plazo."""
    PlazoFactory(grupo=grupo1, fecha="2019-09-30")
    direccion = reverse("pdot:avance_de_grupo", args=[grupo1.pk])
    for quien, dicho in {"zonal1": "Borrador", "observador": "Sin aprobar todavía"}.items():
        entrar(client, elenco[quien])
        filas = filas_de(client.get(direccion, {"formato": "csv"}))
        leidos = client.get(direccion).context["avances"]
        assert [(f[0], f[6]) for f in filas] == [(uno.gad.pk, uno.nombre) for uno in leidos]
        assert {fila[7] for fila in filas} == {"2019-09-30"}
        assert (dicho == "Sin aprobar todavía") == (dicho in {fila[6] for fila in filas})


def test_los_documentos_en_bloque_salen_como_se_ven(client, elenco, en_bloque):
    direccion = reverse("pdot:trabajos")
    for quien in ("central", "zonal1", "zonal4"):
        vistos = entrar(client, elenco[quien]).get(direccion).context["pagina"]
        filas = filas_de(client.get(direccion, {"formato": "csv"}))
        esperado = [(t.titulo, str(t.hechas), str(t.total), str(t.pedido_por)) for t in vistos]
        assert [(f[0], f[2], f[3], f[5]) for f in filas] == esperado
    assert client.get(direccion, {"formato": "geojson"}).status_code == 400


def test_la_tendencia_y_el_ritmo_de_un_gad_se_piden_por_su_nombre(client, central, hitos, grupo1):
    entrar(client, central)
    contar_avance()
    direccion = reverse("pdot:avance")
    leida = client.get(direccion)
    (enlace,) = [e for e in pagina(leida).enlaces if "lista=" in e and "formato=csv" in e]
    filas = filas_de(client.get(f"{direccion}{enlace}"))
    assert len(filas) == len(leida.context["tendencia"].filas) == 1
    assert filas[0][1] == "8"
    direccion = reverse("pdot:avance_de_gad", args=["0801"])
    filas = filas_de(client.get(direccion, {"formato": "csv", "lista": "ritmo"}))
    assert [fila[2] for fila in filas] == ["Diagnóstico único"]
    assert client.get(direccion, {"formato": "csv", "lista": "otra"}).status_code == 400


@pytest.mark.parametrize("lista", ["", "tendencia"])
def test_un_avance_sin_lista_no_responde_una_pagina(client, central, grupo1, lista):
    Grupo.objects.update(estado="propuesto")
    direccion = reverse("pdot:tablero_de_grupo", args=[grupo1.pk])
    respuesta = entrar(client, central).get(direccion, {"formato": "csv", "lista": lista})
    assert respuesta.status_code == 400


def test_el_avance_sale_con_su_lugar(client, elenco, grupo1, grupo2):
    """Una zona son sus cantones; una provincia, ella; un grupo, su sede."""
    Grupo.objects.filter(pk=grupo2.pk).update(sede=None)
    cargar_contornos(nombre="Límites cantonales", esquematica=False)

    def tipos(ruta, quien, *args):
        respuesta = entrar(client, elenco[quien]).get(
            reverse(ruta, args=args), {"formato": "geojson"}
        )
        lugares = json.loads(bytes_de(respuesta))["features"]
        return [uno["geometry"] and uno["geometry"]["type"] for uno in lugares]

    assert tipos("pdot:avance", "central") == ["MultiPolygon", "MultiPolygon"]
    assert tipos("pdot:avance_de_zona", "central", 1) == [None]
    assert tipos("pdot:avance_de_grupos", "central") == ["Polygon", None]
    assert tipos("pdot:avance", "plan_rioverde") == ["Polygon"]
    assert len(tipos("pdot:tablero_de_grupo", "central", grupo1.pk)) == 4
