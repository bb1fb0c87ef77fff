"""Necesidades de capacidad: quién las declara, corrige y retira; la lista y sus parecidas."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from pdot.models import Necesidad
from tests.conftest import entrar
from tests.fabricas_capacidades import ActividadFactory, NecesidadFactory, PlanFactory
from tests.lectura_html import lo_que_enviaria


def url(nombre, *args):
    return reverse(f"pdot:{nombre}", args=args)


def datos(**cambios):
    base = {
        "tema": "Formular proyectos",
        "componente": "propuesta",
        "modalidad": "capacitacion",
        "prioridad": "alta",
        "origen": "documento",
        "constancia": "Oficio 12",
    }
    return base | cambios


# --- Declarar -----------------------------------------------------------------------------------


def test_el_gad_declara_la_suya_y_nada_mas_que_la_suya(client, plan_rioverde, grupo1):
    entrar(client, plan_rioverde)
    intruso = {"gad": "1303", "grupo": grupo1.pk, "zona": "4", "retirada": "2019-01-01"}
    respuesta = client.post(url("nueva_necesidad"), datos(**intruso))
    hecha = Necesidad.objects.get()
    assert respuesta.url == hecha.get_absolute_url()
    assert (hecha.gad_id, hecha.grupo_id, hecha.origen, hecha.retirada) == (
        "0807",
        None,
        "declaracion",
        None,
    )
    assert hecha.historia.first().history_user == plan_rioverde


@pytest.mark.parametrize("de", ["grupo", "gad"])
def test_la_zona_declara_la_de_un_grupo_o_de_un_gad_suyo(client, zonal1, grupo1, de):
    entrar(client, zonal1)
    duenio = {"grupo": grupo1.pk} if de == "grupo" else {"gad": "0807"}
    assert client.post(url("nueva_necesidad"), datos(**duenio)).status_code == 302
    hecha = Necesidad.objects.get()
    assert (hecha.grupo_id, hecha.gad_id) == (duenio.get("grupo"), duenio.get("gad"))


def test_la_central_elige_primero_la_zona_y_no_entre_todos(client, central, territorio):
    entrar(client, central)

    def ofrecidos(**direccion):
        form = client.get(url("nueva_necesidad"), direccion).context["form"]
        return {codigo[:2] for codigo in form.fields["gad"].objetos}, form.initial.get("gad")

    assert ofrecidos() == (set(), None)
    assert ofrecidos(zona="1") == ({"08"}, None)
    assert ofrecidos(gad="0807") == ({"08"}, "0807")
    assert ofrecidos(zona="no") == (set(), None)
    assert client.post(url("nueva_necesidad"), datos(gad="1303")).status_code == 302
    assert Necesidad.objects.get().gad_id == "1303"


def test_la_que_nace_de_una_respuesta_trae_el_texto_puesto(client, zonal1, territorio):
    entrar(client, zonal1)
    nacida = {
        "gad": "0807",
        "origen": "evaluacion",
        "componente": "diagnostico",
        "tema": "Mapa de riesgos",
        "constancia": "Evaluación del PDOT, versión 1",
    }
    puesto = lo_que_enviaria(client.get(url("nueva_necesidad"), nacida))
    assert {campo: puesto[campo] for campo in nacida} == {c: [v] for c, v in nacida.items()}
    enviado = puesto | {"modalidad": "asistencia"}
    assert client.post(url("nueva_necesidad"), enviado).status_code == 302
    hecha = Necesidad.objects.get()
    assert (hecha.tema, hecha.gad_id, hecha.origen) == ("Mapa de riesgos", "0807", "evaluacion")


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({}, "grupo"),
        ({"gad": "0807", "tema": ""}, "tema"),
        ({"gad": "0807", "detalle": "ñ" * 30_000}, "detalle"),
        ({"gad": "0807", "tema": "ñ" * 30_000}, "tema"),
        ({"gad": "1303"}, "gad"),
        ({"gad": "08\0"}, "gad"),
        ({"gad": "0807", "constancia": ""}, "constancia"),
        ({"gad": "0807", "origen": "encuentro"}, "encuentro"),
        ({"gad": "0807", "origen": "encuentro", "encuentro": "999999"}, "encuentro"),
        ({"gad": "0807", "modalidad": "magia"}, "modalidad"),
    ],
)
def test_lo_imposible_se_rechaza_junto_al_campo(client, zonal1, grupo1, cambios, campo):
    entrar(client, zonal1)
    respuesta = client.post(url("nueva_necesidad"), datos(**cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert not Necesidad.objects.exists()


def test_dos_envios_iguales_dejan_una(client, plan_rioverde):
    entrar(client, plan_rioverde)
    estados = [client.post(url("nueva_necesidad"), datos()).status_code for _ in range(2)]
    assert (estados, Necesidad.objects.count()) == ([302, 409], 1)


@pytest.mark.parametrize(("quien", "estado"), [("observador", 403), ("zonal4", 400)])
def test_quien_no_acompana_no_declara(client, elenco, grupo1, quien, estado):
    entrar(client, elenco[quien])
    assert client.post(url("nueva_necesidad"), datos(gad="0807")).status_code == estado
    assert not Necesidad.objects.exists()


# --- Corregir y retirar -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "origen", "estado"),
    [
        ("plan_rioverde", "declaracion", 200),
        # Lo que la zona recogió de un documento lo corrige la zona.
        ("plan_rioverde", "documento", 404),
        ("plan_esmeraldas", "declaracion", 404),
        ("zonal1", "documento", 200),
        ("central", "documento", 200),
        ("zonal4", "declaracion", 404),
        ("observador", "declaracion", 403),
    ],
)
def test_quien_corrige(client, elenco, territorio, quien, origen, estado):
    una = NecesidadFactory(gad_id="0807", origen=origen, constancia="Acta 1")
    entrar(client, elenco[quien])
    assert client.get(url("editar_necesidad", una.pk)).status_code == estado


def test_dos_pestanias_la_segunda_ve_las_dos_y_no_pisa(client, zonal1, territorio):
    una = NecesidadFactory(gad_id="0807", origen="documento", constancia="Acta 1")
    entrar(client, zonal1)
    abierta = client.get(url("editar_necesidad", una.pk))
    for tema, estado in (("Primero", 302), ("Segundo", 409)):
        cuerpo = lo_que_enviaria(abierta, tema=tema)
        respuesta = client.post(url("editar_necesidad", una.pk), cuerpo)
        assert respuesta.status_code == estado
    assert "Segundo" in respuesta.text
    una.refresh_from_db()
    assert (una.tema, una.version) == ("Primero", 2)


def test_se_retira_con_motivo_y_deja_de_listarse(client, plan_rioverde):
    una = NecesidadFactory(gad_id="0807")
    entrar(client, plan_rioverde)
    sin_motivo = client.post(url("retirar_necesidad", una.pk), {"version": 1})
    con_motivo = client.post(url("retirar_necesidad", una.pk), {"version": 1, "motivo": "Resuelta"})
    assert (sin_motivo.status_code, con_motivo.status_code) == (400, 302)
    assert client.get(url("necesidades")).context["pagina"].paginator.count == 0
    retiradas = client.get(url("necesidades"), {"estado": "retiradas"})
    assert list(retiradas.context["pagina"]) == [una]
    assert client.get(url("editar_necesidad", una.pk)).status_code == 404
    una.refresh_from_db()
    assert (una.motivo_retiro, una.historia.first().history_user) == ("Resuelta", plan_rioverde)


@pytest.mark.parametrize(
    "mal",
    [
        {"origen": "encuentro"},
        {"origen": "documento"},
        {"motivo_retiro": "Sin fecha"},
    ],
)
def test_la_base_no_admite_lo_que_no_se_sostiene(territorio, mal):
    NecesidadFactory(gad_id="0807")
    with pytest.raises(IntegrityError), transaction.atomic():
        NecesidadFactory(gad_id="0807", **mal)


# --- Leer ---------------------------------------------------------------------------------------


@pytest.fixture
def tres(grupo1, grupo2):
    """Dos que se parecen, en el grupo 1, y otra de Pedernales que un plan aprobado atiende."""
    unas = [
        NecesidadFactory(gad_id="0807", tema="Formulación de proyectos", prioridad="alta"),
        NecesidadFactory(grupo=grupo1, tema="Formular proyectos", asumible=True),
        NecesidadFactory(gad_id="1317", tema="Cartografía catastral", modalidad="asistencia"),
    ]
    vigente = PlanFactory(grupo=grupo2, vigente=True)
    ActividadFactory(plan=vigente, necesidades=[unas[2]])
    # Un borrador todavía no atiende a nadie.
    ActividadFactory(plan=PlanFactory(grupo=grupo1), necesidades=[unas[0]])
    return unas


@pytest.mark.parametrize(
    ("filtro", "quedan"),
    [
        ({}, {0, 1, 2}),
        ({"zona": "4"}, {2}),
        ({"modalidad": "asistencia"}, {2}),
        ({"prioridad": "alta"}, {0}),
        ({"quien": "gad"}, {1}),
        ({"atencion": "si"}, {2}),
        ({"atencion": "no"}, {0, 1}),
        ({"componente": "diagnostico"}, set()),
    ],
)
def test_la_lista_se_filtra(client, central, tres, filtro, quedan):
    entrar(client, central)
    respuesta = client.get(url("necesidades"), filtro)
    assert set(respuesta.context["pagina"]) == {tres[n] for n in quedan}


def test_se_filtra_por_grupo_y_un_filtro_ajeno_se_dice(client, zonal1, tres, grupo1, grupo2):
    entrar(client, zonal1)
    del_grupo = client.get(url("necesidades"), {"grupo": grupo1.pk})
    assert set(del_grupo.context["pagina"]) == {tres[0], tres[1]}
    for mal in ({"grupo": "999"}, {"zona": "9"}, {"prioridad": "x" * 30_000}):
        assert client.get(url("necesidades"), mal).status_code == 400


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("central", {0, 1, 2}),
        ("observador", {0, 1, 2}),
        ("zonal1", {0, 1, 2}),
        ("zonal4", {2}),
        ("plan_rioverde", {0, 1}),
        ("plan_chone", set()),
    ],
)
def test_cada_quien_ve_las_de_su_jurisdiccion(client, elenco, tres, quien, ve):
    entrar(client, elenco[quien])
    assert set(client.get(url("necesidades")).context["pagina"]) == {tres[n] for n in ve}
    for n, una in enumerate(tres):
        esperado = 200 if n in ve else 404
        assert client.get(una.get_absolute_url()).status_code == esperado


def test_las_parecidas_van_juntas(client, central, tres):
    entrar(client, central)
    juntas = client.get(url("necesidades"), {"juntas": "1"}).context["juntas"]
    assert [{una.pk for una in grupo.necesidades} for grupo in juntas] == [
        {tres[0].pk, tres[1].pk},
        {tres[2].pk},
    ]
    assert [grupo.sin_atender for grupo in juntas] == [2, 0]


def test_la_lista_no_consulta_por_fila(client, central, tres, django_assert_max_num_queries):
    NecesidadFactory.create_batch(20, gad_id="0801")
    entrar(client, central)
    with django_assert_max_num_queries(8):
        client.get(url("necesidades"))
