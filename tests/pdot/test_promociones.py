"""Promover una tarjeta: qué nace, la traza en los dos sentidos, los rechazos y deshacer."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Acuerdo
from pdot.acciones import guardar_listas
from pdot.models import ElementoVision, Evaluacion, Necesidad, Problema, Promocion
from pdot.promociones import YaPromovida, nacidos_de, promover_a_necesidad, promover_a_vision
from talleres.aportes import anotar_aporte, retirar_aporte
from talleres.models import Aporte, Encuentro
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import AporteFactory

CLASES = ("vision", "problema", "acuerdo", "necesidad")


@pytest.fixture
def tarjeta(encuentro1, zonal1):
    aporte = Aporte(encuentro=encuentro1, texto="Turismo comunitario", gad_id="0807")
    return anotar_aporte(aporte, por=zonal1)[0]


def realizar(encuentro):
    Encuentro.objects.filter(pk=encuentro.pk).update(estado="realizado")


def promover(client, tarjeta, clase, **datos):
    return client.post(reverse("pdot:promover", args=[tarjeta.pk, clase]), datos)


def vision(client, tarjeta, grupo, **mas):
    datos = {"grupo": grupo.pk, "texto": "Turismo comunitario"} | mas
    return promover(client, tarjeta, "vision", **datos)


def necesidad(client, tarjeta, **mas):
    datos = {"tema": "Proyectos", "componente": "todo", "modalidad": "capacitacion"}
    return promover(client, tarjeta, "necesidad", **datos | {"prioridad": "alta"} | mas)


def acuerdo(client, tarjeta, **mas):
    limite = timezone.localdate() + timedelta(days=30)
    datos = {"texto": "Hacer la ruta", "responsable_gad": "0807", "fecha_limite": limite}
    return promover(client, tarjeta, "acuerdo", **datos | mas)


def motivos(respuesta):
    return " ".join(str(m) for lista in respuesta.context["form"].errors.values() for m in lista)


# --- Lo que nace --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("clase", "campos"),
    [
        ("vision", {"texto": "Turismo comunitario"}),
        ("problema", {"texto": "Turismo comunitario", "gad": "0807"}),
        ("acuerdo", {"texto": "Turismo comunitario", "responsable_gad": "0807"}),
        ("necesidad", {"tema": "Turismo comunitario", "gad": "0807"}),
    ],
)
def test_el_formulario_trae_lo_de_la_tarjeta(clase, campos, client, zonal1, tarjeta):
    entrar(client, zonal1)
    form = client.get(reverse("pdot:promover", args=[tarjeta.pk, clase])).context["form"]
    assert {campo: form[campo].value() for campo in campos} == campos


def test_a_vision_del_grupo(client, zonal1, tarjeta, grupo1):
    ElementoVision.objects.create(grupo=grupo1, orden=4, texto="Puerto")
    entrar(client, zonal1)
    assert vision(client, tarjeta, grupo1).status_code == 302
    nuevo = ElementoVision.objects.get(texto="Turismo comunitario")
    assert (nuevo.grupo, nuevo.orden, list(nuevo.gads.all())) == (grupo1, 5, [])
    assert nuevo.historia.get().history_user == zonal1
    assert (nuevo.promocion.aporte, nuevo.promocion.por) == (tarjeta, zonal1)


def test_a_vision_de_su_gad(client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    vision(client, tarjeta, grupo1, solo_del_gad="on")
    assert [gad.pk for gad in ElementoVision.objects.get().gads.all()] == ["0807"]


def test_la_traza_se_lee_en_los_dos_sentidos(client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    vision(client, tarjeta, grupo1)
    necesidad(client, tarjeta, grupo=grupo1.pk)
    realizar(tarjeta.encuentro)
    acuerdo(client, tarjeta)
    suya = f'href="{tarjeta.get_absolute_url()}"'
    del_grupo = client.get(grupo1.get_absolute_url()).content.decode()
    assert del_grupo.count(suya) == 2
    assert "un aporte en el taller de Rioverde" in del_grupo
    nacido = Acuerdo.objects.get()
    assert suya in client.get(nacido.get_absolute_url()).content.decode()
    tablero = client.get(reverse("talleres:aportes", args=[tarjeta.encuentro_id]))
    pagina = client.get(tarjeta.get_absolute_url())
    for respuesta in (tablero, pagina):
        texto = respuesta.content.decode()
        assert f'href="{grupo1.get_absolute_url()}#vision-titulo"' in texto
        assert f'href="{grupo1.get_absolute_url()}#necesidades-titulo"' in texto
        assert f'href="{nacido.get_absolute_url()}"' in texto


def test_el_tablero_en_vivo_se_entera(client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    url = reverse("talleres:cambios_de_aportes", args=[tarjeta.encuentro_id])
    desde = client.get(url, {"desde": 0}).json()["serie"]
    vision(client, tarjeta, grupo1)
    (datos,) = client.get(url, {"desde": desde}).json()["tarjetas"]
    assert "Elemento de visión del grupo 1" in datos["html"]


def test_a_problema_en_la_evaluacion_abierta(client, zonal1, plan_rioverde, tarjeta, evaluaciones):
    borrador = evaluaciones["0807"]
    Problema.objects.create(evaluacion=borrador, orden=1, texto="Inundaciones")
    entrar(client, zonal1)
    assert promover(client, tarjeta, "problema", gad="0807", texto="Vías").status_code == 302
    assert [p.texto for p in borrador.problemas.order_by("orden")] == ["Inundaciones", "Vías"]
    # Quien la tenía abierta se entera antes de guardar: la versión subió.
    assert Evaluacion.objects.get(pk=borrador.pk).version == borrador.version + 1
    # La zona no lee el borrador: sabe que nació y no tiene enlace.
    pagina = client.get(tarjeta.get_absolute_url()).content.decode()
    assert "Problema del GAD Rioverde" in pagina
    assert borrador.get_absolute_url() not in pagina
    entrar(client, plan_rioverde)
    suya = client.get(borrador.get_absolute_url()).content.decode()
    assert f'href="{tarjeta.get_absolute_url()}"' in suya


@pytest.mark.parametrize(
    ("codigo", "dice"),
    [
        ("0801", "está en revisión"),
        ("08", "todavía no abre la evaluación"),
    ],
)
def test_a_problema_respeta_el_flujo(codigo, dice, client, zonal1, tarjeta, evaluaciones):
    entrar(client, zonal1)
    respuesta = promover(client, tarjeta, "problema", gad=codigo, texto="Vías")
    assert (respuesta.status_code, dice in motivos(respuesta)) == (409, True)
    assert not Problema.objects.exists()
    assert not Promocion.objects.exists()


def test_a_problema_de_una_aprobada_no_se_puede_y_se_dice(client, zonal1, tarjeta, evaluaciones):
    Evaluacion.objects.filter(pk=evaluaciones["0807"].pk).update(estado="aprobada")
    entrar(client, zonal1)
    respuesta = promover(client, tarjeta, "problema", gad="0807", texto="Vías")
    assert (respuesta.status_code, "está aprobada y ya no cambia" in motivos(respuesta)) == (
        409,
        True,
    )
    assert "Vías" in respuesta.content.decode()


@pytest.mark.parametrize("cuantos", [1, 20])
def test_a_problema_que_no_cabe_o_se_repite(cuantos, client, zonal1, tarjeta, evaluaciones):
    for orden in range(1, cuantos + 1):
        texto = "Vías" if cuantos == 1 else f"Problema {orden}"
        Problema.objects.create(evaluacion=evaluaciones["0807"], orden=orden, texto=texto)
    entrar(client, zonal1)
    respuesta = promover(client, tarjeta, "problema", gad="0807", texto="Vías")
    assert (respuesta.status_code, Problema.objects.count()) == (409, cuantos)


def test_a_acuerdo_pide_que_haya_llegado_su_dia(client, zonal1, tarjeta):
    hoy = timezone.localdate()
    entrar(client, zonal1)
    Encuentro.objects.update(fecha=hoy + timedelta(days=1))
    respuesta = acuerdo(client, tarjeta)
    assert (respuesta.status_code, "que ya empezó" in motivos(respuesta)) == (409, True)
    assert "Un acuerdo nace desde el día del encuentro" in respuesta.text
    assert not Acuerdo.objects.exists()
    Encuentro.objects.update(fecha=hoy)
    ofrecida = client.get(reverse("pdot:promover", args=[tarjeta.pk, "acuerdo"]))
    assert "Un acuerdo nace" not in ofrecida.text
    assert acuerdo(client, tarjeta).status_code == 302
    nacido = Acuerdo.objects.get()
    assert (nacido.origen.encuentro, nacido.promocion.aporte) == (tarjeta.encuentro, tarjeta)


def test_a_necesidad_de_un_gad_se_ve_en_su_grupo(client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    necesidad(client, tarjeta, gad="0807", actor="AME", asumible="on")
    nueva = Necesidad.objects.get()
    assert (nueva.gad_id, nueva.grupo, nueva.encuentro) == ("0807", None, tarjeta.encuentro)
    texto = client.get(grupo1.get_absolute_url()).content.decode()
    assert "Prioridad alta · Capacitación" in texto
    assert "podría atenderla AME" in texto


@pytest.mark.parametrize(
    ("clase", "malo"),
    [
        ("vision", {"texto": ""}),
        ("vision", {"texto": "t" * 201}),
        ("vision", {"grupo": "999999"}),
        ("problema", {"gad": "1317", "texto": "Vías"}),
        ("problema", {"gad": "", "texto": "Vías"}),
        ("necesidad", {"tema": "T", "modalidad": "x"}),
        ("acuerdo", {"texto": "", "fecha_limite": "ayer"}),
    ],
)
def test_lo_malo_es_400_y_no_escribe(clase, malo, client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    datos = {"texto": "Turismo", "grupo": grupo1.pk} | malo
    assert promover(client, tarjeta, clase, **datos).status_code == 400
    assert not Promocion.objects.exists()


@pytest.mark.parametrize("destinos", [{}, {"grupo": "suyo", "gad": "0807"}])
def test_una_necesidad_es_de_un_grupo_o_de_un_gad(destinos, client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    if "grupo" in destinos:
        destinos = destinos | {"grupo": grupo1.pk}
    assert necesidad(client, tarjeta, **destinos).status_code == 400
    assert not Necesidad.objects.exists()


# --- No dos veces -------------------------------------------------------------------------------


def test_no_se_promueve_dos_veces_a_lo_mismo(client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    vision(client, tarjeta, grupo1)
    respuesta = vision(client, tarjeta, grupo1, texto="Otro texto")
    assert (respuesta.status_code, "ya se promovió" in motivos(respuesta)) == (409, True)
    assert ElementoVision.objects.count() == 1


def test_la_base_tampoco_deja(tarjeta, grupo1, zonal1):
    elemento = ElementoVision.objects.create(grupo=grupo1, orden=1, texto="Uno")
    otro = ElementoVision.objects.create(grupo=grupo1, orden=2, texto="Dos")
    comun = {"aporte": tarjeta, "clase": "vision", "por": zonal1}
    Promocion.objects.create(**comun, grupo=grupo1, elemento_vision=elemento)
    nueva = Necesidad.objects.create(grupo=grupo1, tema="T", modalidad="asistencia")
    for malo in (
        {"grupo": grupo1, "elemento_vision": otro},
        {"gad_id": "0807"},
        {"gad_id": "0801", "elemento_vision": otro, "necesidad": nueva},
        {"gad_id": "0801", "necesidad": nueva},
        {"grupo": grupo1, "gad_id": "0807", "elemento_vision": otro},
        {"gad_id": "0801", "elemento_vision": otro, "motivo": "Sin deshacer"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Promocion.objects.create(**comun, **malo)


@pytest.mark.django_db(transaction=True)
def test_dos_que_promueven_a_la_vez_hacen_una(tarjeta, grupo1, zonal1, central):
    personas = [zonal1, central]

    def correr(n):
        elemento = ElementoVision(grupo=grupo1, texto="Turismo comunitario")
        return promover_a_vision(tarjeta, elemento, gads=[], por=personas[n])

    dados = a_la_vez(2, correr)
    assert {type(dado) for dado in dados} == {Promocion, YaPromovida}
    assert ElementoVision.objects.count() == 1


def test_una_retirada_no_se_promueve(client, zonal1, tarjeta, grupo1):
    retirar_aporte(tarjeta, motivo="Repetida", por=zonal1, version=1)
    entrar(client, zonal1)
    assert vision(client, tarjeta, grupo1).status_code == 409
    assert not ElementoVision.objects.exists()


# --- Deshacer -----------------------------------------------------------------------------------


def deshacer(client, promocion, motivo="Fue un error"):
    return client.post(reverse("pdot:deshacer_promocion", args=[promocion.pk]), {"motivo": motivo})


def test_deshacer_deja_traza_y_se_puede_volver_a_promover(client, zonal1, tarjeta, grupo1):
    entrar(client, zonal1)
    vision(client, tarjeta, grupo1)
    promocion = Promocion.objects.get()
    assert deshacer(client, promocion, motivo=" ").status_code == 400
    assert deshacer(client, promocion).status_code == 302
    promocion.refresh_from_db()
    assert (promocion.nacido, promocion.deshecha_por, promocion.motivo) == (
        None,
        zonal1,
        "Fue un error",
    )
    assert ElementoVision.historia.filter(history_type="-").count() == 1
    pagina = client.get(tarjeta.get_absolute_url()).content.decode()
    assert "<del>Elemento de visión del grupo 1</del>" in pagina
    assert deshacer(client, promocion).status_code == 409
    assert vision(client, tarjeta, grupo1).status_code == 302
    assert nacidos_de([tarjeta], zonal1)[tarjeta.pk][0][0] == "Elemento de visión del grupo 1"


def test_deshacer_un_acuerdo_lo_cancela(client, zonal1, tarjeta):
    realizar(tarjeta.encuentro)
    entrar(client, zonal1)
    acuerdo(client, tarjeta)
    assert deshacer(client, Promocion.objects.get()).status_code == 302
    nacido = Acuerdo.objects.get()
    assert (nacido.estado, nacido.motivo) == ("cancelado", "Fue un error")


def test_un_acuerdo_cumplido_no_se_deshace(client, zonal1, tarjeta):
    realizar(tarjeta.encuentro)
    entrar(client, zonal1)
    acuerdo(client, tarjeta)
    Acuerdo.objects.update(estado="cumplido")
    assert deshacer(client, Promocion.objects.get()).status_code == 409
    assert Promocion.objects.get().deshecha is None


def test_un_problema_ya_enviado_no_se_deshace(client, zonal1, tarjeta, evaluaciones):
    entrar(client, zonal1)
    promover(client, tarjeta, "problema", gad="0807", texto="Vías")
    Evaluacion.objects.filter(pk=evaluaciones["0807"].pk).update(estado="enviada")
    assert deshacer(client, Promocion.objects.get()).status_code == 409
    assert Problema.objects.get().texto == "Vías"
    Evaluacion.objects.filter(pk=evaluaciones["0807"].pk).update(estado="devuelta")
    assert deshacer(client, Promocion.objects.get()).status_code == 302
    assert not Problema.objects.exists()


@pytest.mark.parametrize(
    ("lista", "sigue"),
    [
        (["Vías", "Inundaciones"], "Vías"),
        (["Inundaciones", "Vías rurales"], "Vías rurales"),
        (["Nuevo", "Inundaciones", "Vías"], "Vías"),
        (["Inundaciones"], None),
    ],
)
def test_si_el_gad_reordena_o_quita_la_traza_no_miente(
    lista, sigue, client, zonal1, plan_rioverde, tarjeta, evaluaciones
):
    borrador = evaluaciones["0807"]
    Problema.objects.create(evaluacion=borrador, orden=1, texto="Inundaciones")
    entrar(client, zonal1)
    promover(client, tarjeta, "problema", gad="0807", texto="Vías")
    version = Evaluacion.objects.get(pk=borrador.pk).version
    comun = {"elementos": [], "version": version, "por": plan_rioverde}
    guardar_listas(borrador, problemas=lista, **comun)
    assert [p.texto for p in borrador.problemas.order_by("orden")] == lista
    promocion = Promocion.objects.get()
    assert (promocion.problema and promocion.problema.texto) == sigue
    assert bool(promocion.deshecha) == (sigue is None)


def test_si_el_gad_lo_quita_el_tablero_en_vivo_se_entera(
    client, zonal1, plan_rioverde, tarjeta, evaluaciones, django_capture_on_commit_callbacks
):
    entrar(client, zonal1)
    promover(client, tarjeta, "problema", gad="0807", texto="Vías")
    url = reverse("talleres:cambios_de_aportes", args=[tarjeta.encuentro_id])
    desde = client.get(url, {"desde": 0}).json()["serie"]
    version = Evaluacion.objects.get(pk=evaluaciones["0807"].pk).version
    vacias = {"elementos": [], "problemas": [], "version": version, "por": plan_rioverde}
    with django_capture_on_commit_callbacks(execute=True):
        guardar_listas(evaluaciones["0807"], **vacias)
    (datos,) = client.get(url, {"desde": desde}).json()["tarjetas"]
    assert "Problema del GAD" not in datos["html"]


# --- Quién --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "ve", "promueve"),
    [
        ("central", 200, 302),
        ("zonal1", 200, 302),
        ("zonal4", 404, 404),
        ("plan_rioverde", 200, 403),
        ("plan_chone", 404, 403),
        ("observador", 200, 403),
    ],
)
def test_quien_ve_y_quien_promueve(quien, ve, promueve, client, elenco, tarjeta, grupo1):
    entrar(client, elenco[quien])
    assert client.get(tarjeta.get_absolute_url()).status_code == ve
    assert vision(client, tarjeta, grupo1).status_code == promueve
    assert ElementoVision.objects.count() == (promueve == 302)


def test_clase_desconocida_es_404(client, zonal1, tarjeta):
    entrar(client, zonal1)
    assert client.get(reverse("pdot:promover", args=[tarjeta.pk, "nada"])).status_code == 404


def test_la_zona_no_escribe_problemas_en_los_gad_de_otra(client, zonal1, encuentro2, evaluaciones):
    aporte, _ = anotar_aporte(Aporte(encuentro=encuentro2, texto="Vías"), por=zonal1)
    entrar(client, zonal1)
    assert promover(client, aporte, "problema", gad="1317", texto="Vías").status_code == 400
    assert not Problema.objects.exists()


@pytest.mark.parametrize(
    ("quien", "cuantas"),
    [
        ("central", 2),
        ("zonal1", 2),
        ("plan_rioverde", 2),
        ("plan_esmeraldas", 1),
        ("observador", 1),
    ],
)
def test_el_problema_de_un_borrador_no_lo_sabe_cualquiera(
    quien, cuantas, client, elenco, tarjeta, grupo1, evaluaciones
):
    entrar(client, elenco["zonal1"])
    promover(client, tarjeta, "problema", gad="0807", texto="Vías")
    vision(client, tarjeta, grupo1)
    usuario = elenco[quien]
    assert len(nacidos_de([tarjeta], usuario).get(tarjeta.pk, [])) == cuantas
    entrar(client, usuario)
    pagina = client.get(tarjeta.get_absolute_url()).content.decode()
    assert ("Problema del GAD Rioverde" in pagina) == (cuantas == 2)


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("central", ["De Rioverde", "Del grupo 2"]),
        ("zonal1", ["De Rioverde", "Del grupo 2"]),
        ("zonal4", ["Del grupo 2"]),
        ("plan_rioverde", ["De Rioverde"]),
        ("plan_esmeraldas", []),
        ("plan_chone", []),
        ("observador", ["De Rioverde", "Del grupo 2"]),
        ("inactivo", []),
    ],
)
def test_necesidades_segun_quien_mira(quien, ve, elenco, grupo1, grupo2):
    """El grupo 1 sigue propuesto: no abre a Esmeraldas lo de Rioverde."""
    Necesidad.objects.create(gad_id="0807", tema="De Rioverde", modalidad="asistencia")
    Necesidad.objects.create(grupo=grupo2, tema="Del grupo 2", modalidad="asistencia")
    type(grupo1).objects.filter(pk=grupo1.pk).update(estado="propuesto")
    visibles = Necesidad.objects.visibles_para(elenco[quien])
    assert [una.tema for una in visibles.order_by("tema")] == ve


def test_un_aporte_comun_se_lee_y_no_se_promueve(client, zonal1, estrategia):
    comun = AporteFactory(estrategia=estrategia, texto="Mirar lejos")
    entrar(client, zonal1)
    pagina = client.get(comun.get_absolute_url())
    assert (pagina.status_code, pagina.context["clases"]) == (200, [])
    assert promover(client, comun, "vision").status_code == 404


def test_la_pagina_cuesta_lo_mismo_con_muchas_promociones(
    client, zonal1, tarjeta, grupo1, django_assert_max_num_queries
):
    for codigo in ("08", "0801", "0807", "080752"):
        nueva = Necesidad(gad_id=codigo, tema="Proyectos", modalidad="asistencia")
        promover_a_necesidad(tarjeta, nueva, por=zonal1)
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        pagina = client.get(tarjeta.get_absolute_url())
    assert len(pagina.context["promociones"]) == 4


@pytest.mark.parametrize("clase", CLASES)
def test_cada_formulario_se_abre(clase, client, zonal1, tarjeta):
    entrar(client, zonal1)
    respuesta = client.get(reverse("pdot:promover", args=[tarjeta.pk, clase]))
    assert (respuesta.status_code, respuesta.context["clase"]) == (200, clase)
