"""De qué encuentro nació un acuerdo: anotarlo desde él y leerlo en las tres páginas."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from acompanamiento.models import Acuerdo
from talleres.acciones import NoProcede, acordar_en, editar_encuentro
from talleres.models import Encuentro, OrigenAcuerdo
from tests.conftest import entrar
from tests.fabricas import AcuerdoFactory

LEJOS = date(2050, 12, 31)


@pytest.fixture
def realizado(encuentro1):
    encuentro1.estado = Encuentro.Estado.REALIZADO
    encuentro1.save()
    return encuentro1


@pytest.fixture
def compartido(realizado, grupo2):
    realizado.grupos.add(grupo2)
    return realizado


def anotar(encuentro, grupo=None):
    consulta = "" if grupo is None else f"?grupo={grupo}"
    return reverse("talleres:anotar_acuerdo", args=[encuentro.pk]) + consulta


def datos(**cambios):
    base = {"texto": "Compartir el catastro", "fecha_limite": LEJOS, "responsable_gad": "0807"}
    return base | cambios


def origenes():
    return list(OrigenAcuerdo.objects.values_list("acuerdo__grupo", "acuerdo__texto", "encuentro"))


# --- Anotar -----------------------------------------------------------------------------------


def test_la_zona_anota_un_acuerdo_que_nacio_en_el_encuentro(client, realizado, grupo1, zonal1):
    respuesta = entrar(client, zonal1).post(anotar(realizado), datos(partes=["0801"]))
    acuerdo = Acuerdo.objects.get()
    assert respuesta.url == reverse("acompanamiento:acuerdo", args=[acuerdo.pk])
    assert (acuerdo.numero, [gad.pk for gad in acuerdo.partes.all()]) == (1, ["0801"])
    assert origenes() == [(grupo1.pk, "Compartir el catastro", realizado.pk)]
    assert OrigenAcuerdo.historia.get().history_user == zonal1


def test_de_un_encuentro_de_dos_grupos_se_dice_de_cual(client, compartido, grupo2, zonal1):
    pagina = entrar(client, zonal1).get(compartido.get_absolute_url()).text
    for grupo in compartido.grupos.all():
        assert f'href="{anotar(compartido, grupo.pk)}">Anotar un acuerdo del grupo' in pagina
    client.post(anotar(compartido, grupo2.pk), datos(responsable_gad="1317"))
    assert origenes() == [(grupo2.pk, "Compartir el catastro", compartido.pk)]


@pytest.mark.parametrize(
    "grupo", ["x", "", "²", "999999", "99999999999999999999", "9" * 5000], ids=lambda g: g[:20]
)
def test_un_grupo_que_no_es_del_encuentro_es_404(client, realizado, zonal1, grupo):
    assert entrar(client, zonal1).post(anotar(realizado, grupo), datos()).status_code == 404
    assert Acuerdo.objects.count() == 0


def test_un_doble_envio_deja_un_acuerdo_y_enlaza_el_que_hay(client, realizado, grupo1, zonal1):
    entrar(client, zonal1)
    client.post(anotar(realizado), datos())
    otra_vez = client.post(anotar(realizado), datos())
    enlace = reverse("acompanamiento:acuerdo", args=[Acuerdo.objects.get().pk])
    assert (otra_vez.status_code, f'href="{enlace}"' in otra_vez.text) == (409, True)
    assert origenes() == [(grupo1.pk, "Compartir el catastro", realizado.pk)]


def test_no_se_anota_en_un_grupo_que_no_se_edita(client, compartido, grupo1, zonal4):
    """La zona 4 ve el encuentro por el grupo 2; el grupo 1 no es suyo."""
    entrar(client, zonal4)
    assert client.get(compartido.get_absolute_url()).status_code == 200
    assert client.post(anotar(compartido, grupo1.pk), datos()).status_code == 404
    assert client.get(anotar(compartido)).context["grupo"].numero == 2
    assert Acuerdo.objects.count() == 0


@pytest.mark.parametrize(
    ("quien", "codigo"), [("zonal4", 404), ("plan_rioverde", 403), ("observador", 403)]
)
def test_quien_no_edita_el_encuentro_no_anota(client, realizado, elenco, quien, codigo):
    entrar(client, elenco[quien])
    assert client.post(anotar(realizado), datos()).status_code == codigo
    assert Acuerdo.objects.count() == 0


@pytest.mark.parametrize("estado", ["planificado", "convocado", "reprogramado"])
def test_mientras_se_hace_ya_se_anota(client, encuentro1, zonal1, estado):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado=estado)
    assert anotar(encuentro1) in entrar(client, zonal1).get(encuentro1.get_absolute_url()).text
    assert client.post(anotar(encuentro1), datos()).status_code == 302
    assert len(origenes()) == 1


@pytest.mark.parametrize(
    "como", [{"estado": "cancelado", "motivo": "Lluvia"}, {"fecha": date(2050, 1, 1)}]
)
def test_en_lo_que_no_ocurrio_no_nace_ningun_acuerdo(client, encuentro1, zonal1, como):
    Encuentro.objects.filter(pk=encuentro1.pk).update(**como)
    respuesta = entrar(client, zonal1).post(anotar(encuentro1), datos(), follow=True)
    assert respuesta.redirect_chain == [(encuentro1.get_absolute_url(), 302)]
    assert "Los acuerdos se anotan desde el día del encuentro." in respuesta.text
    assert anotar(encuentro1) not in respuesta.text
    assert Acuerdo.objects.count() == 0


def test_con_un_acuerdo_nacido_no_se_cancela_ni_deja_a_su_grupo(
    client, encuentro1, grupo1, grupo2, zonal1
):
    encuentro1.grupos.add(grupo2)
    entrar(client, zonal1).post(anotar(encuentro1, grupo1.pk), datos())
    ruta = reverse("talleres:cancelar_encuentro", args=[encuentro1.pk])
    respuesta = client.post(ruta, {"motivo": "Lluvia", "version": 1})
    assert respuesta.status_code == 409
    assert "En él nacieron acuerdos: ocurrió." in respuesta.text and "Lluvia" in respuesta.text
    resto = {"convocados": [], "papeles": {}, "por": zonal1, "version": 1}
    with pytest.raises(NoProcede, match="no se puede quitar"):
        editar_encuentro(encuentro1, grupos=[grupo2], **resto)
    encuentro1.fecha = date(2050, 1, 1)
    with pytest.raises(NoProcede, match="fecha futura"):
        editar_encuentro(encuentro1, grupos=[grupo1, grupo2], **resto)
    encuentro1.refresh_from_db()
    assert (encuentro1.estado, encuentro1.grupos.count(), encuentro1.version) == (
        "planificado",
        2,
        1,
    )


def test_lo_imposible_se_rechaza_junto_al_campo(client, realizado, zonal1):
    respuesta = entrar(client, zonal1).post(anotar(realizado), datos(responsable_gad="1303"))
    assert respuesta.status_code == 400
    assert list(respuesta.context["form"].errors) == ["responsable_gad"]
    assert "Nació en el taller de Rioverde, 22 de agosto de 2019." in respuesta.text
    assert (Acuerdo.objects.count(), origenes()) == (0, [])


@pytest.mark.parametrize(
    ("estado", "de_otro_grupo", "motivo"),
    [
        ("cancelado", False, "ya empezó"),
        ("realizado", True, "no es del grupo del acuerdo"),
    ],
)
def test_la_accion_no_deja_a_medias_un_origen_imposible(
    encuentro1, grupo1, grupo2, territorio, zonal1, estado, de_otro_grupo, motivo
):
    encuentro1.estado, encuentro1.motivo = estado, "Alguno"
    encuentro1.save()
    acuerdo = Acuerdo(
        grupo=grupo2 if de_otro_grupo else grupo1,
        texto="Compartir",
        responsable_gad=territorio.gad["08"],
        fecha_limite=LEJOS,
    )
    with pytest.raises(ValidationError, match=motivo):
        acordar_en(encuentro1, acuerdo, [], por=zonal1)
    assert (Acuerdo.objects.count(), origenes()) == (0, [])


# --- Leer ---------------------------------------------------------------------------------------


@pytest.fixture
def nacido(realizado, acuerdos):
    OrigenAcuerdo.objects.create(acuerdo=acuerdos["acuerdo1"], encuentro=realizado)
    return acuerdos["acuerdo1"]


def enlazado(encuentro):
    return f'<a href="{encuentro.get_absolute_url()}">el taller de Rioverde</a>'


def test_la_ficha_del_acuerdo_dice_donde_nacio(client, nacido, acuerdos, realizado, central):
    def ficha(acuerdo):
        return client.get(reverse("acompanamiento:acuerdo", args=[acuerdo.pk])).text

    entrar(client, central)
    assert f"en {enlazado(realizado)}, 22 de agosto de 2019" in ficha(nacido)
    assert "en el grupo, fuera de un encuentro" in ficha(acuerdos["acuerdo2"])


def test_la_pagina_del_grupo_dice_donde_nacio_cada_uno(client, nacido, realizado, grupo1, central):
    AcuerdoFactory(grupo=grupo1, responsable_gad=nacido.responsable_gad, texto="Sin encuentro")
    pagina = entrar(client, central).get(grupo1.get_absolute_url()).text
    assert pagina.count("nació en") == 1
    assert f"nació en {enlazado(realizado)}, 22 de agosto de 2019" in pagina


def test_la_pagina_del_encuentro_lista_los_suyos_y_solo_los_que_se_ven(
    client, compartido, acuerdos, elenco
):
    for acuerdo in acuerdos.values():
        OrigenAcuerdo.objects.create(acuerdo=acuerdo, encuentro=compartido)

    def vistos(quien):
        pagina = entrar(client, elenco[quien]).get(compartido.get_absolute_url())
        return sorted(acuerdo.grupo.numero for acuerdo in pagina.context["acuerdos"])

    quienes = ("central", "zonal1", "zonal4", "plan_rioverde")
    assert [vistos(quien) for quien in quienes] == [[1, 2], [1, 2], [2], [1]]


def test_el_encuentro_invita_a_anotar_cuando_se_puede(client, encuentro1, zonal1, plan_rioverde):
    entrar(client, zonal1)
    Encuentro.objects.filter(pk=encuentro1.pk).update(fecha=date(2050, 1, 1))
    assert "Desde el día del encuentro podrá" in client.get(encuentro1.get_absolute_url()).text
    Encuentro.objects.filter(pk=encuentro1.pk).update(fecha=date(2019, 8, 22))
    assert "Anotar un acuerdo de este encuentro" in client.get(encuentro1.get_absolute_url()).text
    entrar(client, plan_rioverde)
    assert "Anotar un acuerdo" not in client.get(encuentro1.get_absolute_url()).text


@pytest.mark.parametrize(
    ("tipo", "clase", "dicho"),
    [
        ("M1", "", "el diálogo de Rioverde"),
        ("M2", "", "el diálogo de Rioverde"),
        ("M3", "", "el taller de Rioverde"),
        ("C", "cierre", "el encuentro de Rioverde"),
    ],
)
def test_cada_encuentro_se_nombra_en_llano(tipo, clase, dicho):
    assert Encuentro(tipo=tipo, clase=clase, lugar="Rioverde").nombre_llano == dicho


def test_las_consultas_no_crecen_con_los_acuerdos(
    client, central, realizado, grupo1, territorio, django_assert_num_queries
):
    entrar(client, central)
    client.get(realizado.get_absolute_url())

    def nace():
        acuerdo = AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["0807"])
        OrigenAcuerdo.objects.create(acuerdo=acuerdo, encuentro=realizado)

    for veces in (1, 2):
        for _ in range(veces):
            nace()
        with django_assert_num_queries(6):
            client.get(realizado.get_absolute_url())
    assert OrigenAcuerdo.objects.count() == 3


@pytest.mark.parametrize("nacido", [True, False])
def test_la_ficha_de_un_acuerdo_hace_ocho_consultas(
    client, zonal1, realizado, grupo1, territorio, nacido, django_assert_num_queries
):
    acuerdo = AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["0807"])
    acuerdo.partes.set([territorio.gad["0801"], territorio.gad["080752"]])
    if nacido:
        OrigenAcuerdo.objects.create(acuerdo=acuerdo, encuentro=realizado)
    entrar(client, zonal1)
    with django_assert_num_queries(8):
        pagina = client.get(acuerdo.get_absolute_url())
    assert (realizado.get_absolute_url() in pagina.text) == nacido
    assert "Creó el acuerdo" in client.get(acuerdo.get_absolute_url(), {"cambios": 1}).text
