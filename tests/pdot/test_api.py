"""La API: solo con llave, con el alcance de su oficina, y con las mismas cifras que lo demás."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from pdot.api import api
from pdot.cobertura import contar, leer_gads, marcar
from pdot.escalones import Escalon
from pdot.resumen import resumir
from talleres.models import Encuentro
from territorios import limites
from territorios.llaves import dar_llave, revocar_llave
from territorios.models import LlaveDeApi
from territorios.models.usuario import lector
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory, GadFactory
from tests.fabricas_documentos import emitido
from tests.lectura_html import pagina


@pytest.fixture
def llave(central):
    """Función que da una llave: (llave, su texto)."""

    def dar(zona=None, **rasgos):
        caduca = timezone.localdate() + timedelta(days=30)
        nueva = LlaveDeApi(titular="Sistema", zona=zona, **{"caduca": caduca, **rasgos})
        return nueva, dar_llave(nueva, por=central)

    return dar


@pytest.fixture
def pedir(client, llave):
    """Función que pide una ruta con una llave del país, o con la que se le dé."""
    del_pais = []

    def ir(camino, texto=None, /, **datos):
        if texto is None and not del_pais:
            del_pais.append(llave()[1])
        cabeceras = {"Authorization": f"Bearer {texto or del_pais[0]}"}
        return client.get(f"/api/v1/{camino}", datos, headers=cabeceras)

    return ir


@pytest.fixture
def llena(muestrario, evaluaciones):
    """Algo de cada cosa del elenco."""


def minuto_fijo(monkeypatch):
    monkeypatch.setattr(limites.time, "time", lambda: 1_000_000_010.0)


# --- La llave -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cabeceras",
    [
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer nada"},
        {"Authorization": "Bearer pdot_12345678_"},
        {"Authorization": "Bearer pdot_12345678_" + "x" * 43},
        {"Authorization": "Basic cGRvdDpwZG90"},
    ],
)
def test_sin_llave_que_sirva_es_401_y_dice_que_hacer(client, territorio, cabeceras):
    respuesta = client.get("/api/v1/resumen", headers=cabeceras)
    assert respuesta.status_code == 401
    assert respuesta["WWW-Authenticate"] == "Bearer"
    assert "Hace falta una llave que sirva" in respuesta.json()["error"]


def test_una_sesion_no_reemplaza_a_la_llave(client, central):
    assert entrar(client, central).get("/api/v1/resumen").status_code == 401


def test_toda_ruta_pide_llave(client, territorio):
    caminos = list(api.get_openapi_schema()["paths"])
    assert len(caminos) > 8
    for camino in caminos:
        concreto = camino.replace("{codigo}", "0807").replace("{clave}", "1")
        assert client.get(concreto).status_code == 401, camino


def test_revocada_deja_de_abrir(pedir, llave, central):
    suya, texto = llave()
    assert pedir("resumen", texto).status_code == 200
    revocar_llave(suya, motivo="Se filtró", por=central)
    assert pedir("resumen", texto).status_code == 401


def test_caducada_no_abre_y_el_ultimo_dia_si(pedir, llave):
    hoy = timezone.localdate()
    _, ayer = llave(caduca=hoy - timedelta(days=1))
    _, de_hoy = llave(caduca=hoy)
    assert pedir("resumen", ayer).status_code == 401
    assert pedir("resumen", de_hoy).status_code == 200


def test_el_secreto_de_otra_no_sirve(pedir, llave):
    (una, _), (_, otro_texto) = llave(), llave()
    secreto = otro_texto.rsplit("_", 1)[-1]
    assert pedir("resumen", f"pdot_{una.prefijo}_{secreto}").status_code == 401


def test_solo_se_guarda_el_resumen(llave):
    suya, texto = llave()
    secreto = texto.split("_", 2)[2]
    filas = [*LlaveDeApi.objects.values_list(), *LlaveDeApi.historia.values_list()]
    assert secreto not in repr(filas)
    assert suya.historia.get().history_user.username == "central"


def test_el_ultimo_uso_se_escribe_una_vez_por_hora(pedir, llave):
    suya, texto = llave()
    pedir("indicadores", texto)
    suya.refresh_from_db()
    primero = suya.ultimo_uso
    with CaptureQueriesContext(connection) as hechas:
        pedir("indicadores", texto)
    assert not [q["sql"] for q in hechas if q["sql"].startswith("UPDATE")]
    LlaveDeApi.objects.update(ultimo_uso=primero - timedelta(hours=2))
    pedir("indicadores", texto)
    suya.refresh_from_db()
    assert suya.ultimo_uso >= primero
    assert suya.historia.count() == 1


# --- Límites ------------------------------------------------------------------------------------


def test_cada_llave_tiene_su_limite(pedir, llave, settings, monkeypatch):
    minuto_fijo(monkeypatch)
    settings.LIMITES_POR_MINUTO = settings.LIMITES_POR_MINUTO | {"api": 2}
    (_, una), (_, otra) = llave(), llave()
    assert [pedir("indicadores", una).status_code for _ in range(3)] == [200, 200, 429]
    frenada = pedir("indicadores", una)
    # Faltan para el minuto siguiente: 1 000 000 010 es el segundo 50 de su minuto.
    assert frenada["Retry-After"] == "10"
    assert frenada.json()["error"] == ("Demasiadas peticiones en este minuto: espere 10 s y siga.")
    assert pedir("indicadores", otra).status_code == 200


def test_probar_llaves_se_frena_y_no_frena_a_las_buenas(client, pedir, settings, monkeypatch):
    minuto_fijo(monkeypatch)
    settings.LIMITES_POR_MINUTO = settings.LIMITES_POR_MINUTO | {"llave_inventada": 2}
    mala = {"Authorization": "Bearer pdot_12345678_x"}
    codigos = [client.get("/api/v1/gad", headers=mala).status_code for _ in range(3)]
    assert codigos == [401, 401, 429]
    assert pedir("gad").status_code == 200


# --- Las mismas cifras --------------------------------------------------------------------------


def test_el_resumen_es_el_de_la_orden(pedir, llena):
    esperado = json.loads(json.dumps(resumir(timezone.localdate())))
    assert pedir("resumen").json() == esperado
    de_antes = pedir("resumen", fecha="2019-04-01").json()
    assert de_antes == json.loads(json.dumps(resumir(timezone.datetime(2019, 4, 1).date())))


def test_el_resumen_de_una_zona_es_el_de_ella(pedir, llave, llena, territorio):
    zona = territorio.zona[4]
    _, texto = llave(zona)
    leido = pedir("resumen", texto).json()
    assert leido == json.loads(json.dumps(resumir(timezone.localdate(), zona)))
    assert list(leido["zonas"]) == ["4"]
    assert (leido["gad"], leido["grupos"]) == (5, 1)
    assert leido["evaluaciones"] == {"borrador": 0, "enviada": 0, "devuelta": 1, "aprobada": 0}


@pytest.mark.parametrize("por", ["todo", "zona", "provincia", "nivel"])
def test_la_cobertura_es_la_de_quien_observa(pedir, llena, por):
    Encuentro.objects.update(estado="realizado")
    usuario = lector()
    gads = leer_gads(usuario)
    marcar(gads, usuario)
    claves = {
        "todo": lambda gad: "todo",
        "zona": lambda gad: str(gad.zona),
        "provincia": lambda gad: gad.codigo_provincia,
        "nivel": lambda gad: gad.nivel,
    }
    esperado = contar(gads.values(), claves[por])
    leido = {uno["clave"]: uno for uno in pedir("cobertura", por=por).json()}
    assert set(leido) == set(esperado)
    for clave, recuento in esperado.items():
        assert leido[clave]["gad"] == recuento.total
        assert leido[clave]["escalones"] == {e.value: recuento.marcas[e] for e in Escalon}


def test_lo_que_esta_en_camino_no_se_cuenta_por_gad(pedir, llena):
    evaluados = {uno["codigo"]: uno for uno in pedir("indicadores").json()}["evaluados"]
    assert evaluados["numerador"] is None or evaluados["numerador"] >= 3
    assert "evaluados" not in pedir("gad/0801").json()["indicadores"]


def test_las_evaluaciones_son_las_aprobadas_y_sin_respuestas(pedir, llena, evaluaciones):
    respuesta = pedir("evaluaciones")
    (una,) = respuesta.json()["resultados"]
    assert (una["id"], una["codigo_gad"]) == (evaluaciones["0803"].pk, "0803")
    assert una["indicadores"]["aprobados"] == [1, 1]
    assert "Justificación" not in respuesta.text


# --- Alcance ------------------------------------------------------------------------------------


def test_una_llave_de_zona_no_lee_lo_de_otra(pedir, llave, llena, grupo1, grupo2, territorio):
    _, texto = llave(territorio.zona[4])
    grupos = pedir("grupos", texto).json()["resultados"]
    assert [grupo["id"] for grupo in grupos] == [grupo2.pk]
    assert pedir(f"grupos/{grupo1.pk}", texto).status_code == 404
    assert pedir(f"grupos/{grupo2.pk}", texto).json()["miembros"] == [
        "08",
        "0803",
        "13",
        "1317",
        "131751",
    ]
    encuentros = pedir("encuentros", texto).json()["resultados"]
    assert encuentros
    assert all(grupo1.pk not in uno["grupos"] for uno in encuentros)


def test_nada_de_personas(pedir, llena, grupo1, grupo2, participantes):
    caminos = ["resumen", "cobertura", "gad", "gad/0807", "grupos", "encuentros", "evaluaciones"]
    caminos += ["indicadores", f"grupos/{grupo1.pk}", f"grupos/{grupo2.pk}"]
    for camino in caminos:
        texto = pedir(camino).text
        for persona in participantes.values():
            assert persona.nombre not in texto, camino
        for prohibido in ("Taller de Rioverde", "@", "Autoridad de prueba", "Justificación"):
            assert prohibido not in texto, (camino, prohibido)


# --- Listas -------------------------------------------------------------------------------------


def test_se_recorre_entera_por_clave(pedir, territorio):
    vistos, despues = [], ""
    for _ in range(20):
        leido = pedir("gad", limite=3, despues=despues).json()
        vistos += [gad["codigo"] for gad in leido["resultados"]]
        despues = leido["siguiente"]
        if not despues:
            break
    assert vistos == sorted(territorio.gad)


@pytest.mark.parametrize(
    ("filtros", "codigos"),
    [
        ({"zona": 4, "nivel": "municipal"}, ["1303", "1317"]),
        ({"provincia": "08", "nivel": "provincial"}, ["08"]),
        ({"q": "cojimies"}, ["131751"]),
        ({"q": "a\0"}, None),
        ({"provincia": ""}, None),
    ],
)
def test_los_filtros_del_directorio(pedir, territorio, filtros, codigos):
    respuesta = pedir("gad", **filtros)
    assert respuesta.status_code == 200
    if codigos:
        assert [gad["codigo"] for gad in respuesta.json()["resultados"]] == codigos


def test_los_encuentros_entre_fechas(pedir, encuentro1, encuentro2):
    leido = pedir("encuentros", desde="2019-08-25", hasta="2019-08-31").json()
    assert [uno["id"] for uno in leido["resultados"]] == [encuentro2.pk]
    assert leido["siguiente"] is None


def test_las_consultas_no_crecen(pedir, grupo1, territorio):
    def consultas(camino):
        with CaptureQueriesContext(connection) as hechas:
            assert pedir(camino).status_code == 200
        return len(hechas)

    pedir("gad")
    EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1])
    antes = [consultas(camino) for camino in ("gad", "encuentros", "grupos")]
    EncuentroFactory.create_batch(3, estrategia=grupo1.estrategia, grupos=[grupo1])
    GadFactory()
    assert [consultas(camino) for camino in ("gad", "encuentros", "grupos")] == antes


def test_un_documento_por_su_codigo(pedir, central):
    hecho = emitido(central, "Ficha de Rioverde")
    leido = pedir(f"documentos/{hecho.codigo_legible.lower()}").json()
    assert (leido["numero"], leido["sha256"]) == (hecho.numero_legible, hecho.sha256)
    assert pedir("documentos/AAAA-AAAA-AAAA-AAAA").status_code == 404


# --- Errores, caché y descripción ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("camino", "datos", "campo", "mensaje"),
    [
        ("gad", {"zona": "x"}, "zona", "Debe ser un número entero."),
        ("gad", {"zona": "12"}, "zona", "Debe ser 9 o menos."),
        ("gad", {"limite": "0"}, "limite", "Debe ser 1 o más."),
        ("gad", {"limite": "9" * 5000}, "limite", None),
        ("gad", {"provincia": "8"}, "provincia", "No tiene la forma que se espera."),
        ("gad", {"q": "a" * 81}, "q", "Es demasiado largo: hasta 80 letras."),
        ("resumen", {"fecha": "ayer"}, "fecha", "Debe ser una fecha, como 2019-08-22."),
        ("encuentros", {"desde": "2019-13-01"}, "desde", "Debe ser una fecha, como 2019-08-22."),
        ("cobertura", {"por": "mes"}, "por", "No es una de las opciones: "),
    ],
)
def test_un_parametro_malo_es_422_en_espanol(pedir, territorio, camino, datos, campo, mensaje):
    respuesta = pedir(camino, **datos)
    assert respuesta.status_code == 422
    (falla,) = respuesta.json()["campos"]
    assert falla["campo"] == campo
    assert mensaje is None or falla["mensaje"].startswith(mensaje)
    assert respuesta.json()["error"] == "Revise los parámetros señalados."


@pytest.mark.parametrize(
    "camino", ["gad/9999", "gad/%00", "grupos/999999", "nada", "nada/de/nada", "documentos/x"]
)
def test_lo_que_no_existe_es_404_en_json(pedir, territorio, camino):
    respuesta = pedir(camino)
    assert respuesta.status_code == 404
    assert respuesta.json() == {"error": "Eso no existe o está fuera del alcance de su llave."}


@pytest.mark.parametrize("metodo", ["post", "put", "patch", "delete"])
def test_no_se_escribe(client, territorio, metodo):
    for camino in ("resumen", "gad", "openapi.json", "nada"):
        respuesta = getattr(client, metodo)(f"/api/v1/{camino}")
        assert respuesta.status_code == 405
        assert respuesta["Allow"] == "GET, HEAD"
        assert respuesta.json() == {"error": "La API es de solo lectura: use GET."}


def test_si_nada_cambio_no_se_manda_otra_vez(client, llave, territorio):
    _, texto = llave()
    cabeceras = {"Authorization": f"Bearer {texto}"}
    primera = client.get("/api/v1/gad", headers=cabeceras)
    assert "private" in primera["Cache-Control"]
    assert "Authorization" in primera["Vary"]
    igual = client.get("/api/v1/gad", headers=cabeceras | {"If-None-Match": primera["ETag"]})
    assert (igual.status_code, igual.content) == (304, b"")
    GadFactory()
    otra = client.get("/api/v1/gad", headers=cabeceras | {"If-None-Match": primera["ETag"]})
    assert otra.status_code == 200


def test_tambien_se_piden_solo_las_cabeceras(client, llave, territorio):
    _, texto = llave()
    respuesta = client.head("/api/v1/gad", headers={"Authorization": f"Bearer {texto}"})
    assert (respuesta.status_code, respuesta.content) == (200, b"")


def test_si_algo_falla_lo_dice_en_json(pedir, territorio, monkeypatch):
    def fallar(*args):
        raise RuntimeError("secreto de adentro")

    monkeypatch.setattr("pdot.api_rutas.resumir", fallar)
    respuesta = pedir("resumen")
    assert respuesta.status_code == 500
    assert "secreto" not in respuesta.text
    assert "Algo falló de nuestro lado" in respuesta.json()["error"]


def test_openapi_describe_todas_las_rutas_y_sus_fallas(client, db):
    esquema = client.get("/api/v1/openapi.json").json()
    assert esquema["openapi"].startswith("3.1")
    assert len(esquema["paths"]) == 10
    declaradas = set(esquema["components"]["schemas"])
    for camino, rutas in esquema["paths"].items():
        assert list(rutas) == ["get"], camino
        assert set(rutas["get"]["responses"]) == {"200", "401", "404", "422", "429"}
        assert rutas["get"]["security"] == [{"ConLlave": []}]
    referidas = set(_referencias(esquema))
    assert referidas <= declaradas
    assert esquema["components"]["securitySchemes"]["ConLlave"]["scheme"] == "bearer"


def _referencias(cosa):
    if isinstance(cosa, dict):
        if "$ref" in cosa:
            yield cosa["$ref"].rsplit("/", 1)[1]
        for valor in cosa.values():
            yield from _referencias(valor)
    elif isinstance(cosa, list):
        for valor in cosa:
            yield from _referencias(valor)


def test_la_referencia_lee_el_mismo_esquema(client, db):
    respuesta = client.get(reverse("api:referencia"))
    assert respuesta.status_code == 200
    for camino in client.get("/api/v1/openapi.json").json()["paths"]:
        assert f"GET {camino}" in respuesta.text
    assert "Swagger" not in respuesta.text
    assert reverse("api:openapi-json") in pagina(respuesta).enlaces
    assert client.get("/api/v1/")["Location"] == reverse("api:referencia")


# --- Las páginas de la central ------------------------------------------------------------------


def test_la_llave_se_muestra_una_sola_vez(client, central, pedir, territorio):
    entrar(client, central)
    direccion = reverse("api:llaves")
    caduca = timezone.localdate() + timedelta(days=60)
    datos = {"titular": "Observatorio", "zona": 4, "caduca": caduca.isoformat()}
    respuesta = client.post(direccion, datos)
    assert respuesta.status_code == 201
    assert "no-store" in respuesta["Cache-Control"]
    suya = LlaveDeApi.objects.get()
    texto = respuesta.context["texto"]
    assert respuesta.text.count(texto) == 1
    assert texto not in client.get(direccion).text
    assert (suya.zona_id, suya.creada_por, suya.caduca) == (4, central, caduca)
    assert pedir("gad", texto).status_code == 200


@pytest.mark.parametrize(
    ("cambios", "mensaje"),
    [
        ({"titular": ""}, "obligatorio"),
        ({"caduca": "2019-01-01"}, "entre hoy y dentro de dos años"),
        ({"caduca": "ayer"}, "«ayer» no es una fecha"),
        ({"zona": "99"}, "Escoja una opción válida"),
    ],
)
def test_una_llave_mal_pedida_no_se_da(client, central, cambios, mensaje):
    caduca = timezone.localdate() + timedelta(days=60)
    datos = {"titular": "Observatorio", "caduca": caduca.isoformat()} | cambios
    respuesta = entrar(client, central).post(reverse("api:llaves"), datos)
    assert respuesta.status_code == 400
    assert mensaje in respuesta.text
    assert not LlaveDeApi.objects.exists()


def test_revocar_pide_motivo_y_lo_conserva(client, central, llave):
    suya, _ = llave()
    direccion = reverse("api:revocar_llave", args=[suya.pk])
    entrar(client, central)
    assert client.post(direccion, {}).status_code == 400
    assert client.post(direccion, {"motivo": "Se filtró"}).status_code == 302
    suya.refresh_from_db()
    assert (suya.situacion, suya.motivo) == ("Revocada", "Se filtró")
    # Repetir no cambia el primer motivo.
    assert client.post(direccion, {"motivo": "Otro"}).status_code == 302
    suya.refresh_from_db()
    assert suya.motivo == "Se filtró"


@pytest.mark.parametrize("quien", ["zonal1", "plan_rioverde", "observador"])
def test_las_llaves_son_de_la_central(client, elenco, llave, quien):
    suya, _ = llave()
    entrar(client, elenco[quien])
    for direccion in (reverse("api:llaves"), reverse("api:revocar_llave", args=[suya.pk])):
        assert client.get(direccion).status_code == 403
        assert client.post(direccion, {"motivo": "x"}).status_code == 403
