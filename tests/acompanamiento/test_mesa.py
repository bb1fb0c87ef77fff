"""La mesa donde se forma un grupo: qué entra con cada cantón, qué se advierte y qué se guarda."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.mesa import Dictamen, Terreno, elegir
from acompanamiento.models import Grupo
from territorios.models import Gad, Territorio, Vecindad

from ..conftest import entrar
from ..contornos import cargar_contornos
from ..fabricas import CriterioFactory, GrupoFactory


@pytest.fixture
def url(estrategia):
    return reverse("acompanamiento:nuevo_grupo", args=[estrategia.codigo])


def miembros(grupo):
    return sorted(grupo.membresias.vigentes_en().values_list("gad_id", flat=True))


def envio(**cambios):
    """Rioverde y Esmeraldas, contiguos y de la zona 1."""
    return {
        "nombre": "Esmeraldas, Rioverde",
        "cantones": ["0801", "0807"],
        "fecha": timezone.localdate().isoformat(),
    } | cambios


def elegidos(respuesta):
    return sorted(respuesta.context["dictamen"].eleccion.gads)


# --- Qué entra con cada cantón ------------------------------------------------------------------


def test_un_canton_trae_su_municipio_sus_parroquias_y_su_provincia(territorio, estrategia):
    eleccion = elegir(Terreno(estrategia), ["0807"], [], [])
    assert eleccion.gads == {"08", "0807", "080752"}


def test_de_un_canton_ya_desplegado_entra_lo_que_se_dejo_marcado(territorio, estrategia):
    eleccion = elegir(Terreno(estrategia), ["0807", "1317"], ["0807", "08"], ["0807", "08"])
    assert eleccion.gads == {"08", "0807", "13", "1317", "131751"}


def test_la_provincia_tambien_se_puede_quitar(territorio, estrategia):
    eleccion = elegir(Terreno(estrategia), ["0807"], ["0807", "080752"], ["0807", "08"])
    assert eleccion.gads == {"0807", "080752"}


def test_lo_marcado_fuera_de_los_cantones_elegidos_no_entra(territorio, estrategia):
    eleccion = elegir(Terreno(estrategia), ["0807"], ["131751", "13"], ["13", "1317"])
    assert eleccion.gads == {"08", "0807", "080752"}


def test_un_canton_suprimido_no_se_puede_elegir(territorio, estrategia):
    ayer = timezone.localdate() - timedelta(days=1)
    Territorio.objects.filter(pk="0807").update(hasta=ayer)
    assert elegir(Terreno(estrategia), ["0807"], [], []).cantones == ()


# --- Qué se dice --------------------------------------------------------------------------------


def dictamen(estrategia, *cantones, **opciones):
    terreno = Terreno(estrategia, **opciones)
    return Dictamen(terreno, elegir(terreno, cantones, [], []))


def test_el_veredicto_nombra_lo_que_queda_cortado(territorio, estrategia):
    veredicto = dictamen(estrategia, "0801", "0807", "1303").veredicto
    assert not veredicto.contiguo
    assert veredicto.mensaje == "Chone no limita con el resto."


def test_una_isla_se_explica(territorio, estrategia):
    Vecindad.objects.filter(b="0807").delete()
    mensaje = dictamen(estrategia, "0801", "0803", "0807").veredicto.mensaje
    assert mensaje == (
        "Rioverde no limita con el resto. "
        "Rioverde no tiene límite terrestre: es una isla o falta su cartografía."
    )


def test_una_union_por_un_exclave_se_explica(territorio, estrategia):
    """Rioverde toca a Esmeraldas solo por Chumundé, que no toca a la otra parroquia de Rioverde."""
    for codigo, nombre in (("080750", "Rioverde"), ("080751", "Lagarto"), ("080150", "Esmeraldas")):
        Territorio.objects.create(
            codigo=codigo,
            nombre=nombre,
            nivel="parroquia",
            padre_id=codigo[:4],
            zona_id=1,
            cabecera=codigo.endswith("50"),
        )
    for a, b in (("080750", "080751"), ("080150", "080752")):
        Vecindad.objects.create(a_id=a, b_id=b, km=3)
    veredicto = dictamen(estrategia, "0801", "0807").veredicto
    assert veredicto.contiguo
    assert veredicto.mensaje == (
        "Los 2 cantones forman un territorio continuo. Esmeraldas se une a Rioverde solo por "
        "Chumundé, parte separada de Rioverde."
    )


def test_se_avisa_de_quien_ya_esta_en_otro_grupo_vivo(grupo1, grupo2, estrategia):
    resultado = dictamen(estrategia, "0801", "0803")
    assert [(str(grupo), gads) for grupo, gads in resultado.traslapes] == [
        (str(grupo1), "Esmeraldas"),
        (str(grupo2), "Muisne"),
    ]


def test_ni_el_cancelado_ni_el_que_se_edita_ni_otra_estrategia_traslapan(grupo1, grupo2):
    Grupo.objects.filter(pk=grupo2.pk).update(estado="cancelado", motivo="No se convocó.")
    resultado = dictamen(grupo1.estrategia, "0801", "0803", grupo=grupo1)
    assert resultado.traslapes == []


# --- Guardar ------------------------------------------------------------------------------------


def test_la_zona_propone_un_grupo_con_sus_tres_niveles(client, zonal1, territorio, estrategia, url):
    principal, otro = CriterioFactory(nombre="Turismo"), CriterioFactory(nombre="Riesgos")
    datos = envio(sede="0807", criterio=principal.pk, criterios_secundarios=[otro.pk])
    respuesta = entrar(client, zonal1).post(url, datos)
    grupo = Grupo.objects.get()
    assert respuesta.status_code == 302
    assert respuesta.url == grupo.get_absolute_url()
    assert miembros(grupo) == ["08", "0801", "0807", "080752"]
    assert (grupo.numero, grupo.estado, grupo.zona_id, grupo.sede_id) == (1, "propuesto", 1, "0807")
    assert (grupo.criterio, list(grupo.criterios_secundarios.all())) == (principal, [otro])
    assert grupo.historia.last().history_user == zonal1
    assert grupo.membresias.first().historia.get().history_user == zonal1


def test_el_numero_sigue_al_ultimo_de_la_estrategia(client, zonal1, grupo2, url):
    entrar(client, zonal1).post(url, envio())
    assert Grupo.objects.get(nombre="Esmeraldas, Rioverde").numero == 3


def test_revisar_no_guarda_y_muestra_lo_que_resulta(client, zonal1, territorio, url):
    respuesta = entrar(client, zonal1).post(url, {"cantones": ["0807"], "accion": "revisar"})
    assert respuesta.status_code == 200
    assert elegidos(respuesta) == ["08", "0807", "080752"]
    assert "No se guardó" not in respuesta.text
    assert not Grupo.objects.exists()


def test_el_guion_recibe_solo_lo_que_cambia(client, zonal1, territorio, url):
    datos = {"cantones": ["0807"], "accion": "revisar"}
    respuesta = entrar(client, zonal1).post(url, datos, headers={"X-Fragmento": "1"})
    assert "Rioverde: un solo cantón." in respuesta.text
    assert "<html" not in respuesta.text


def test_lo_tecleado_vuelve_al_revisar(client, zonal1, territorio, url):
    criterio = CriterioFactory()
    datos = envio(nota="Lo pidió la alcaldesa", criterio=criterio.pk, accion="revisar")
    pagina = entrar(client, zonal1).post(url, datos).text
    assert 'value="Esmeraldas, Rioverde"' in pagina
    assert "Lo pidió la alcaldesa" in pagina
    assert f'<option value="{criterio.pk}" selected>' in pagina


RECHAZOS = [
    ("sin cantones", {"cantones": []}, "cantones", "Elija al menos un cantón."),
    ("sin nombre", {"nombre": ""}, "nombre", "Escriba el nombre del grupo."),
    (
        "código inventado",
        {"cantones": ["0807", "9999"]},
        "cantones",
        "9999 no es el código de un territorio vigente.",
    ),
    (
        "no contiguo sin justificación",
        {"cantones": ["0807", "0803"]},
        "justificacion",
        "Muisne y Rioverde no limitan entre sí. Esmeraldas limita con todas las partes: añadido, "
        "las une. Para guardarlo así, escriba por qué.",
    ),
    (
        "sede de fuera",
        {"sede": "0803"},
        "sede",
        "Muisne no puede ser la sede: su GAD municipal no está entre los miembros.",
    ),
    (
        "sede cuyo municipio no entra",
        {"sede": "0807", "vistos": ["0807", "0801", "08"], "marcados": ["080752", "0801", "08"]},
        "sede",
        "Rioverde no puede ser la sede: su GAD municipal no está entre los miembros.",
    ),
    (
        "cantón sin ningún GAD",
        {"vistos": ["0807"], "marcados": []},
        "cantones",
        "Rioverde está elegido sin ningún GAD: marque alguno o quite el cantón.",
    ),
    (
        "nada de su zona",
        {"cantones": ["1303", "1317"]},
        "cantones",
        "El grupo debe tener al menos un cantón de su zona (zona 1).",
    ),
    (
        "cruza zonas y no dice cuál coordina",
        {"cantones": ["0803", "1317"]},
        "zona",
        "El grupo cruza zonas: elija cuál coordina.",
    ),
    (
        "coordina una zona ajena",
        {"zona": "4"},
        "zona",
        "Coordina una de las zonas de los cantones elegidos.",
    ),
    ("fecha futura", {"fecha": "2050-01-01"}, "fecha", "Escriba una fecha de hoy o anterior."),
    (
        "fecha que no es fecha",
        {"fecha": "mañana"},
        "fecha",
        "«mañana» no es una fecha. Escríbala así: 2019-04-01 o 01/04/2019.",
    ),
]


@pytest.mark.parametrize(
    ("cambios", "campo", "mensaje"), [r[1:] for r in RECHAZOS], ids=[r[0] for r in RECHAZOS]
)
def test_lo_que_no_vale_se_dice_junto_a_su_campo(
    client, zonal1, territorio, url, cambios, campo, mensaje
):
    respuesta = entrar(client, zonal1).post(url, envio(**cambios))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors[campo] == [mensaje]
    assert not Grupo.objects.exists()


def test_no_contiguo_se_guarda_con_su_justificacion(client, zonal1, territorio, url):
    datos = envio(cantones=["0807", "0803"], justificacion="Comparten el manglar.")
    assert entrar(client, zonal1).post(url, datos).status_code == 302
    assert Grupo.objects.get().justificacion == "Comparten el manglar."


def test_si_cruza_zonas_se_elige_la_que_coordina(client, zonal1, territorio, url):
    entrar(client, zonal1).post(url, envio(cantones=["0803", "1317"], zona="4"))
    grupo = Grupo.objects.get()
    assert grupo.zona_id == 4
    assert miembros(grupo) == ["08", "0803", "13", "1317", "131751"]


def test_el_doble_envio_no_forma_dos_grupos(client, zonal1, territorio, url):
    entrar(client, zonal1).post(url, envio())
    respuesta = client.post(url, envio())
    primero = Grupo.objects.get()
    assert respuesta.status_code == 409
    [mensaje] = respuesta.context["form"].errors["nombre"]
    assert f'<a href="{primero.get_absolute_url()}">{primero}</a>' in mensaje
    assert miembros(primero) == ["08", "0801", "0807", "080752"]


def test_quien_no_forma_grupos_no_entra(client, elenco, territorio, url):
    for quien in ("plan_rioverde", "observador", "observador1"):
        assert entrar(client, elenco[quien]).get(url).status_code == 403


def test_una_propuesta_abre_la_mesa_con_sus_cantones(client, zonal1, territorio, url):
    respuesta = entrar(client, zonal1).get(
        f"{url}?cantones=0801&cantones=0807&sede=0807&nombre=Dos"
    )
    assert elegidos(respuesta) == ["08", "0801", "0807", "080752"]
    assert '<option value="0807" selected>' in respuesta.text


def test_lo_que_no_existe_en_la_direccion_se_ignora(client, zonal1, territorio, url):
    assert elegidos(entrar(client, zonal1).get(f"{url}?cantones=9999&sede=x")) == []


def test_a_la_vista_estan_la_zona_y_quienes_limitan_con_ella(client, zonal1, territorio, url):
    respuesta = entrar(client, zonal1).get(url)
    visibles = {s.codigo for _, sitios in respuesta.context["provincias"] for s, _ in sitios}
    assert visibles == {"0801", "0803", "0807", "1317"}


def test_lo_elegido_sigue_a_la_vista_al_cambiar_de_territorio(client, zonal1, territorio, url):
    datos = {"cantones": ["1303"], "ambito": "1", "accion": "revisar"}
    respuesta = entrar(client, zonal1).post(url, datos)
    sitios = {s.codigo: si for _, sitios in respuesta.context["provincias"] for s, si in sitios}
    assert sitios == {"0801": False, "0803": False, "0807": False, "1317": False, "1303": True}


def test_en_el_mapa_cada_canton_lleva_a_su_casilla_y_lo_elegido_se_marca(
    client, zonal1, grupo1, url
):
    cargar_contornos()
    mapa = entrar(client, zonal1).get(f"{url}?cantones=0803").context["mapa"]
    enlaces = [e for plano in mapa.planos for b in plano.bloques for e in b.enlaces if e.url]
    assert sorted((e.url, e.clase, e.titulo) for e in enlaces) == [
        ("#c-0801", "", "Esmeraldas, sin parroquias rurales, ya en el grupo 1"),
        ("#c-0803", "elegido", "Muisne, sin parroquias rurales"),
        ("#c-0807", "", "Rioverde, 1 parroquia rural, ya en el grupo 1"),
        ("#c-1317", "", "Pedernales, 1 parroquia rural"),
    ]


def test_sin_dpa_la_mesa_lo_dice(client, estrategia, django_user_model, url):
    central = django_user_model.objects.create(username="sola", rol="central")
    pagina = entrar(client, central).get(url)
    assert pagina.status_code == 200
    assert "todavía no carga la división político-administrativa" in pagina.text


def test_las_consultas_no_crecen_con_los_cantones(
    client, zonal1, territorio, url, django_assert_max_num_queries
):
    entrar(client, zonal1)
    with django_assert_max_num_queries(7):
        client.get(f"{url}?cantones=0801")
    with django_assert_max_num_queries(7):
        client.get(f"{url}?cantones=0801&cantones=0803&cantones=0807")


# --- Volver a proponer --------------------------------------------------------------------------


@pytest.fixture
def cancelado(territorio, estrategia):
    return GrupoFactory(
        estrategia=estrategia,
        numero=5,
        nombre="Muisne, Rioverde",
        zona=territorio.zona[1],
        estado="cancelado",
        motivo="La zona no llegó a convocarlo.",
        miembros=[Gad(pk="0807"), Gad(pk="0801")],
    )


def test_un_cancelado_se_propone_otra_vez_como_grupo_nuevo(client, zonal1, cancelado, url):
    direccion = f"{url}?retoma={cancelado.pk}"
    respuesta = entrar(client, zonal1).get(direccion)
    assert "La zona no llegó a convocarlo." in respuesta.text
    assert elegidos(respuesta) == ["08", "0801", "0807", "080752"]
    client.post(direccion, envio(nombre=cancelado.nombre))
    nuevo = Grupo.objects.get(estado="propuesto")
    assert (nuevo.retoma, nuevo.nombre, nuevo.numero) == (cancelado, cancelado.nombre, 6)
    cancelado.refresh_from_db()
    assert (cancelado.estado, cancelado.motivo) == ("cancelado", "La zona no llegó a convocarlo.")


def test_solo_se_retoma_lo_cancelado_y_de_su_jurisdiccion(client, zonal4, grupo2, cancelado, url):
    entrar(client, zonal4)
    for clave in (grupo2.pk, cancelado.pk, "x", 999_999):
        assert client.get(f"{url}?retoma={clave}").status_code == 404


def test_no_se_retoma_dos_veces(client, zonal1, cancelado, url):
    direccion = f"{url}?retoma={cancelado.pk}"
    entrar(client, zonal1).post(direccion, envio(nombre="El primero"))
    respuesta = client.post(direccion, envio(nombre="El segundo"))
    assert respuesta.status_code == 409
    assert list(cancelado.retomado_en.values_list("nombre", flat=True)) == ["El primero"]


def test_una_clave_enorme_en_la_direccion_no_existe(client, zonal1, estrategia, url):
    assert entrar(client, zonal1).get(f"{url}?retoma={'9' * 5000}").status_code == 404
