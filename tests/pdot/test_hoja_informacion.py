"""La hoja de información: con qué se cuenta, qué se requiere y quién lo provee."""

import pytest
from django.urls import reverse

from pdot.forms_hojas import DATOS_MAXIMO
from pdot.models import Informacion
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, GrupoFactory, PdotFactory
from tests.fabricas_formulario import InformacionFactory, con_hojas


@pytest.fixture
def borrador(territorio, instrumento):
    plan = PdotFactory(gad=territorio.gad["0807"])
    return EvaluacionFactory(pdot=plan, instrumento=con_hojas(instrumento))


@pytest.fixture
def rioverde(client, plan_rioverde):
    return entrar(client, plan_rioverde)


def pagina(evaluacion):
    return reverse("pdot:seccion", args=[evaluacion.pk, "datos"])


def lista(*filas, version="", **mas):
    """Lo que manda la página con esas filas (diccionarios) y ninguna guardada."""
    datos = {"dato-TOTAL_FORMS": len(filas), "dato-INITIAL_FORMS": 0, "version": version}
    for numero, fila in enumerate(filas):
        datos |= {f"dato-{numero}-{campo}": valor for campo, valor in fila.items()}
    return datos | mas


def dato(texto, situacion="requiere", **cambios):
    return {"dato": texto, "situacion": situacion} | cambios


def version(client, evaluacion):
    return client.get(pagina(evaluacion)).context["form"].version


def guardados(evaluacion):
    campos = ("dato", "situacion", "puede_entregar", "proveedor", "proveedor_gad", "detalle")
    return list(evaluacion.informacion.order_by("orden").values_list(*campos))


def textos(evaluacion):
    return [fila[0] for fila in guardados(evaluacion)]


def test_se_guarda_la_lista_y_lo_que_esta_en_blanco_no_cuenta(rioverde, plan_rioverde, borrador):
    filas = [
        dato("Catastro", "tiene", puede_entregar="on", detalle="De 2018"),
        {"dato": "", "situacion": "requiere"},
        dato("Caudales", proveedor="Senagua", proveedor_gad="08"),
    ]
    assert rioverde.post(pagina(borrador), lista(*filas)).url == reverse(
        "pdot:seccion", args=[borrador.pk, "vision"]
    )
    assert guardados(borrador) == [
        ("Catastro", "tiene", True, "", None, "De 2018"),
        ("Caudales", "requiere", False, "Senagua", "08", ""),
    ]
    assert {h.history_user for h in Informacion.historia.all()} == {plan_rioverde}


def test_al_guardar_el_borrador_aparecen_otras_fichas_en_blanco(rioverde, borrador):
    rioverde.post(pagina(borrador), lista(dato("Uno"), dato("Dos"), quedarse="1"))
    form = rioverde.get(pagina(borrador)).context["form"]
    assert [fila.initial.get("dato") for fila in form.forms] == ["Uno", "Dos", None, None]


def test_mover_y_quitar_conserva_la_historia_de_las_demas(rioverde, borrador):
    rioverde.post(pagina(borrador), lista(dato("Uno"), dato("Dos"), dato("Tres")))
    tres = borrador.informacion.get(dato="Tres")
    movida = lista(
        dato("Uno", ORDER=1),
        dato("Dos", ORDER=2, DELETE="on"),
        dato("Tres", ORDER=1),
        version=version(rioverde, borrador),
    )
    assert rioverde.post(pagina(borrador), movida).status_code == 302
    assert textos(borrador) == ["Tres", "Uno"]
    assert borrador.informacion.get(dato="Tres").pk == tres.pk


def test_enviar_lo_mismo_dos_veces_no_repite(rioverde, borrador):
    for _ in range(2):
        assert rioverde.post(pagina(borrador), lista(dato("Uno"))).status_code == 302
    assert (textos(borrador), Informacion.historia.count()) == (["Uno"], 1)


def test_el_autoguardado_responde_la_version_de_la_lista(rioverde, borrador):
    autoguardado = {"X-Autoguardado": "1"}
    primera = rioverde.post(pagina(borrador), lista(dato("Uno")), headers=autoguardado).json()
    assert primera["versiones"] == {"": version(rioverde, borrador)}
    segunda = lista(dato("Uno"), dato("Dos"), version=primera["versiones"][""])
    assert rioverde.post(pagina(borrador), segunda, headers=autoguardado).status_code == 200
    assert textos(borrador) == ["Uno", "Dos"]


def test_una_lista_vieja_recibe_409_con_las_dos_y_puede_insistir(rioverde, borrador):
    InformacionFactory(evaluacion=borrador, dato="Lo primero")
    tarde = rioverde.post(pagina(borrador), lista(dato("Lo segundo", "tiene")))
    assert tarde.status_code == 409
    assert tarde.context["conflictos"] == [
        ("Información", "Lo primero (Se requiere)", "Lo segundo (Se cuenta con ella)")
    ]
    otra_vez = lista(dato("Lo segundo", "tiene"), version=tarde.context["form"].version)
    assert rioverde.post(pagina(borrador), otra_vez).status_code == 302
    assert textos(borrador) == ["Lo segundo"]


@pytest.mark.parametrize(
    ("fila", "campo"),
    [
        (dato("", proveedor="INEC"), "dato"),
        ({"dato": "Caudales"}, "situacion"),
        ({"dato": "Caudales", "situacion": "quizas"}, "situacion"),
        (dato("Caudales", puede_entregar="on"), "puede_entregar"),
        (dato("Caudales", proveedor_gad="1303"), "proveedor_gad"),
        (dato("c" * 30_000), "dato"),
        (dato("Caudales", detalle="c" * 30_000), "detalle"),
        (dato("Caudales", ORDER="uno"), "ORDER"),
    ],
)
def test_lo_imposible_se_rechaza_junto_al_campo_y_nada_se_guarda(rioverde, borrador, fila, campo):
    respuesta = rioverde.post(pagina(borrador), lista(dato("Bueno"), fila))
    assert respuesta.status_code == 400
    assert [list(suyos) for suyos in respuesta.context["form"].errors] == [[], [campo]]
    assert "Bueno" in respuesta.text
    assert textos(borrador) == []


def test_mas_del_tope_se_rechaza_con_mensaje(rioverde, borrador):
    filas = [dato(f"Dato {n}") for n in range(DATOS_MAXIMO + 1)]
    respuesta = rioverde.post(pagina(borrador), lista(*filas))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].non_form_errors() == [
        "Escriba hasta 40 datos: quite los que menos importan."
    ]


@pytest.mark.parametrize("total", ["", "-1", "muchos", "99999999999"])
def test_una_lista_mal_armada_no_rompe(rioverde, borrador, total):
    datos = lista(dato("Uno")) | {"dato-TOTAL_FORMS": total}
    assert rioverde.post(pagina(borrador), datos).status_code == 400
    assert textos(borrador) == []


def test_proveen_los_de_su_familia_y_los_de_sus_grupos_acompanados(
    rioverde, borrador, territorio, grupo1, estrategia
):
    GrupoFactory(
        estrategia=estrategia,
        numero=9,
        estado="propuesto",
        zona=territorio.zona[4],
        miembros=[territorio.gad["0807"], territorio.gad["1303"]],
    )
    fila = rioverde.get(pagina(borrador)).context["form"].forms[0]
    assert sorted(codigo for codigo, _ in fila.opciones_de_gad) == ["", "08", "0801", "080752"]


def test_un_proveedor_que_salio_del_grupo_sigue_elegido(rioverde, borrador):
    InformacionFactory(evaluacion=borrador, dato="Riego", proveedor_gad_id="1303")
    igual = lista(dato("Riego", proveedor_gad="1303"), dato("Otro"))
    igual["version"] = version(rioverde, borrador)
    assert rioverde.post(pagina(borrador), igual).status_code == 302
    assert textos(borrador) == ["Riego", "Otro"]


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [
        ("plan_esmeraldas", 404),
        ("plan_chone", 404),
        ("central", 403),
        ("zonal1", 404),
        ("observador", 403),
    ],
)
def test_solo_el_gad_la_llena(client, request, borrador, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    assert client.post(pagina(borrador), lista(dato("Uno"))).status_code == codigo
    assert textos(borrador) == []


def test_leerla_y_guardarla_gasta_lo_mismo_con_una_fila_que_con_diez(
    rioverde, borrador, django_assert_max_num_queries
):
    for numero in range(10):
        InformacionFactory(evaluacion=borrador, orden=numero, dato=f"Dato {numero}")
    leida = version(rioverde, borrador)
    with django_assert_max_num_queries(6):
        rioverde.get(pagina(borrador))
    filas = [dato(f"Dato {n}", detalle="Nuevo") for n in range(10)]
    with django_assert_max_num_queries(12):
        rioverde.post(pagina(borrador), lista(*filas, dato("Once"), version=leida))
