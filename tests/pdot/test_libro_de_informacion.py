"""El libro de información: quién tiene qué, a quién le falta, y lo que una persona empareja."""

import re

import pytest
from django.urls import reverse

from acompanamiento.models import Acuerdo, Grupo
from pdot.acciones_informacion import decidir_emparejamiento
from pdot.models import Emparejamiento
from tests.carreras import a_la_vez

from ..conftest import entrar
from ..fabricas_vision import anotar_informacion, aprobada


@pytest.fixture
def filas(grupo1, pdots, territorio):
    """Rioverde tiene cartografía y la entrega; a su parroquia le falta, y a Esmeraldas le sobra."""
    rioverde, chumunde = aprobada(pdots, "0807"), aprobada(pdots, "080752")
    esmeraldas = aprobada(pdots, "0801")
    return {
        "entrega": anotar_informacion(
            rioverde, "Cartografía base 1:5.000", "tiene", puede_entregar=True, detalle="De 2018"
        ),
        "tiene": anotar_informacion(esmeraldas, "Cartografía base", "tiene"),
        "requiere": anotar_informacion(chumunde, "Cartografía base", "requiere", proveedor="IGM"),
        "riesgos": anotar_informacion(chumunde, "Mapa de riesgos", "requiere"),
    }


@pytest.fixture
def url(grupo1):
    return reverse("pdot:informacion_de_grupo", args=[grupo1.pk])


@pytest.fixture
def url_emparejar(grupo1):
    return reverse("pdot:emparejar", args=[grupo1.pk])


def envio(filas, ofrecido="entrega", estado="confirmado", version=0):
    pares = {"requerido": filas["requiere"].pk, "ofrecido": filas[ofrecido].pk}
    return pares | {"estado": estado, "version": version}


def quienes(contexto):
    return [
        (
            nombre,
            [renglon.gad.pk for renglon in tienen],
            [renglon.gad.pk for renglon in requieren],
        )
        for nombre, tienen, requieren in contexto["datos"]
    ]


def test_el_libro_junta_el_dato_parecido(client, zonal1, filas, url):
    contexto = entrar(client, zonal1).get(url).context
    assert quienes(contexto) == [
        ("Cartografía base", ["0801", "0807"], ["080752"]),
        ("Mapa de riesgos", [], ["080752"]),
    ]
    assert contexto["libro"].con_informacion == 3


@pytest.mark.parametrize(
    ("filtro", "hallados"),
    [
        (
            {"situacion": "requiere"},
            [("Cartografía base", [], ["080752"]), ("Mapa de riesgos", [], ["080752"])],
        ),
        ({"situacion": "entrega"}, [("Cartografía base 1:5.000", ["0807"], [])]),
        ({"nivel": "municipal"}, [("Cartografía base", ["0801", "0807"], [])]),
        ({"q": "igm"}, [("Cartografía base", [], ["080752"])]),
        ({"q": "CARTOGRAFIA", "nivel": "parroquial"}, [("Cartografía base", [], ["080752"])]),
        ({"q": "nada de esto"}, []),
    ],
)
def test_se_filtra_por_situacion_nivel_y_texto(client, zonal1, filas, url, filtro, hallados):
    assert quienes(entrar(client, zonal1).get(url, filtro).context) == hallados


@pytest.mark.parametrize(
    ("campo", "valor"),
    [("situacion", "otra"), ("nivel", "otro"), ("q", "a" * 30_000), ("umbral", "5")],
)
def test_un_filtro_imposible_se_explica(client, zonal1, filas, url, campo, valor):
    respuesta = entrar(client, zonal1).get(url, {campo: valor})
    assert respuesta.status_code == 400
    assert list(respuesta.context["filtro"].errors) == [campo]


def test_se_propone_primero_el_canton_que_puede_dar_a_su_parroquia(client, zonal1, filas, url):
    libro = entrar(client, zonal1).get(url).context["libro"]
    [(requerido, ofertas, mas)] = libro.por_requerido
    assert (requerido.fila, mas) == (filas["requiere"], 0)
    assert [(o.ofrecido.gad.pk, o.es_diagnostico_unico) for o in ofertas] == [
        ("0807", True),
        ("0801", False),
    ]
    [(canton, datos, parroquias)] = libro.diagnostico_unico
    assert (canton.pk, datos, parroquias) == ("0807", ["Cartografía base 1:5.000"], ["Chumundé"])


def test_una_persona_confirma_y_de_ahi_nace_un_acuerdo(
    client, zonal1, grupo1, filas, url, url_emparejar
):
    assert entrar(client, zonal1).post(url_emparejar, envio(filas)).url == url
    hecho = Emparejamiento.objects.get()
    assert (hecho.estado, hecho.por, hecho.historia.get().history_user) == (
        "confirmado",
        zonal1,
        zonal1,
    )
    contexto = client.get(url).context
    [(_, direccion)] = contexto["confirmados"]
    assert [o.ofrecido.gad.pk for o in contexto["libro"].propuestas] == ["0801"]
    form = client.get(direccion).context["form"]
    assert form["texto"].value() == (
        "El GAD Rioverde (cantón, Esmeraldas) entrega «Cartografía base 1:5.000» al GAD Chumundé "
        "(Rioverde, Esmeraldas), que requiere «Cartografía base»."
    )
    datos = {
        "texto": form["texto"].value(),
        "responsable_gad": form["responsable_gad"].value(),
        "partes": form["partes"].value(),
        "fecha_limite": "2030-01-01",
    }
    assert client.post(direccion, datos | {"fecha_limite": ""}).status_code == 400
    client.post(direccion, datos)
    acuerdo = Acuerdo.objects.get()
    hecho.refresh_from_db()
    assert (hecho.acuerdo, hecho.historia.first().history_user) == (acuerdo, zonal1)
    # Se enlazan en los dos sentidos, y no nacen dos del mismo.
    assert f'href="{acuerdo.get_absolute_url()}"' in client.get(url).text
    assert f'href="{hecho.get_absolute_url()}"' in client.get(acuerdo.get_absolute_url()).text
    assert client.get(direccion).url == acuerdo.get_absolute_url()
    repetido = client.post(direccion, datos | {"texto": "Otro"})
    assert (repetido.status_code, Acuerdo.objects.count()) == (409, 1)
    assert (acuerdo.responsable_gad_id, [g.pk for g in acuerdo.partes.all()]) == (
        "0807",
        ["080752"],
    )


def test_de_lo_que_no_se_confirmo_no_nace_un_acuerdo(client, zonal1, zonal4, grupo1, filas):
    par = decidir_emparejamiento(
        grupo1, filas["requiere"], filas["entrega"], estado="descartado", por=zonal1, version=0
    )
    direccion = reverse("pdot:acordar_informacion", args=[grupo1.pk])
    entrar(client, zonal1)
    # Sin par confirmado se vuelve al libro, que es donde se elige; tampoco se anota por envío.
    for clave in (par.pk, "", "x", 10**30):
        for pedir in (client.get, client.post):
            respuesta = pedir(f"{direccion}?emparejamiento={clave}")
            assert respuesta.url == reverse("pdot:informacion_de_grupo", args=[grupo1.pk])
    assert Acuerdo.objects.count() == 0
    Emparejamiento.objects.update(estado="confirmado")
    assert client.get(direccion, {"emparejamiento": par.pk}).status_code == 200
    entrar(client, zonal4)
    assert client.get(direccion, {"emparejamiento": par.pk}).status_code == 404


def test_descartado_no_vuelve_y_se_puede_cambiar(client, zonal1, filas, url, url_emparejar):
    entrar(client, zonal1).post(url_emparejar, envio(filas, estado="descartado"))
    # El doble envío no repite.
    client.post(url_emparejar, envio(filas, estado="descartado"))
    libro = client.get(url).context["libro"]
    assert [o.ofrecido.gad.pk for o in libro.propuestas] == ["0801"]
    assert [o.ofrecido.gad.pk for o in libro.descartados] == ["0807"]
    client.post(url_emparejar, envio(filas, version=1))
    hecho = Emparejamiento.objects.get()
    assert (hecho.estado, hecho.version, hecho.historia.count()) == ("confirmado", 2, 2)


def test_quien_decide_despues_ve_lo_que_se_decidio(
    client, zonal1, central, grupo1, filas, url_emparejar
):
    datos = {"estado": "descartado", "version": 0, "por": central}
    decidir_emparejamiento(grupo1, filas["requiere"], filas["entrega"], **datos)
    respuesta = entrar(client, zonal1).post(url_emparejar, envio(filas))
    assert respuesta.status_code == 409
    assert "Otra persona ya lo decidió" in respuesta.text
    assert Emparejamiento.objects.get().estado == "descartado"


def test_dos_que_deciden_distinto_a_la_vez_gana_una(
    transactional_db, grupo1, filas, zonal1, central
):
    def decidir(n):
        estado, por = (("confirmado", zonal1), ("descartado", central))[n]
        pares = (filas["requiere"], filas["entrega"])
        return decidir_emparejamiento(grupo1, *pares, estado=estado, por=por, version=0)

    dados = a_la_vez(2, decidir)
    assert sorted(type(dado).__name__ for dado in dados) == ["Conflicto", "Emparejamiento"]
    assert Emparejamiento.objects.count() == 1


def test_si_el_gad_aprueba_otra_version_la_decision_se_reconoce(
    client, zonal1, pdots, filas, url, url_emparejar
):
    entrar(client, zonal1).post(url_emparejar, envio(filas))
    segunda = aprobada(pdots, "0807", numero=2)
    anotar_informacion(segunda, "CARTOGRAFÍA BASE 1:5.000", "tiene", puede_entregar=True)
    libro = client.get(url).context["libro"]
    assert [o.ofrecido.evaluacion.numero for o in libro.confirmados] == [2]
    assert client.post(url_emparejar, envio(filas, "entrega")).status_code == 409
    aprobada(pdots, "0807", numero=3)
    libro = client.get(url).context["libro"]
    assert (libro.confirmados, [uno.ofrecido for uno in libro.caducos]) == ([], [filas["entrega"]])
    assert "ya no está en la última evaluación" in client.get(url).text


def test_quien_ve_lee_y_no_decide_y_otra_zona_no_sabe(client, elenco, filas, url, url_emparejar):
    for nombre in ("plan_rioverde", "plan_esmeraldas", "observador", "observador1"):
        respuesta = entrar(client, elenco[nombre]).get(url)
        assert (respuesta.status_code, respuesta.context["puede_editar"]) == (200, False)
        assert client.post(url_emparejar, envio(filas)).status_code == 403
    for nombre in ("zonal4", "plan_chone"):
        assert entrar(client, elenco[nombre]).get(url).status_code == 404
    assert entrar(client, elenco["zonal4"]).post(url_emparejar, envio(filas)).status_code == 404
    assert not Emparejamiento.objects.exists()


def test_un_grupo_propuesto_no_abre_lo_de_los_demas(client, plan_rioverde, zonal1, filas, url):
    Grupo.objects.update(estado="propuesto")
    libro = entrar(client, plan_rioverde).get(url).context["libro"]
    assert {renglon.gad.pk for renglon in libro.renglones} == {"0807"}
    assert not entrar(client, zonal1).get(url).context["puede_editar"]


def test_el_vacio_ensenia(client, zonal1, plan_rioverde, grupo1, url):
    assert "aparece aquí cuando se aprueba" in entrar(client, zonal1).get(url).text
    assert "ir a la suya" in entrar(client, plan_rioverde).get(url).text


def test_las_consultas_no_crecen(client, zonal1, filas, url, django_assert_max_num_queries):
    entrar(client, zonal1)
    with django_assert_max_num_queries(7):
        client.get(url)


@pytest.mark.parametrize(
    ("quien", "declara"),
    [("zonal1", {"080752"}), ("plan_rioverde", set()), ("observador", set())],
)
def test_de_lo_que_falta_nace_una_necesidad(client, elenco, filas, url, quien, declara):
    """Cada quien, de los GAD de que puede declararla; solo de lo que se requiere."""
    html = entrar(client, elenco[quien]).get(url).content.decode()
    codigos = set(re.findall(r"necesidades/nueva/\?gad=(\w+)&amp;origen=evaluacion", html))
    assert codigos == declara
