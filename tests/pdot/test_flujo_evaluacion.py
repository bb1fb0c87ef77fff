"""El flujo: borrador → enviada → devuelta con observaciones → enviada → aprobada."""

import pytest
from django.urls import reverse

from pdot.acciones import (
    Incompleta,
    NoProcede,
    aprobar_evaluacion,
    devolver_evaluacion,
    enviar_evaluacion,
)
from pdot.models import ElementoVision, Evaluacion, Observacion, Paso, Pdot, Pregunta
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory


@pytest.fixture
def completa(territorio, instrumento):
    """Borrador de Rioverde listo para enviar."""
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=instrumento,
        respondida="Porque sí",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
    return evaluacion


@pytest.fixture
def enviada(completa, plan_rioverde):
    return enviar_evaluacion(completa, por=plan_rioverde, version=completa.version)


def url(nombre, evaluacion):
    return reverse(f"pdot:{nombre}", args=[evaluacion.pk])


def envio(evaluacion, **cambios):
    """Lo que lleva el botón «Enviar a revisión» de la página recién abierta."""
    actual = Evaluacion.objects.get(pk=evaluacion.pk)
    return {"version": actual.version, "leida": actual.actualizada.isoformat()} | cambios


def pasos(evaluacion):
    return list(evaluacion.pasos.values_list("de", "a", "por__username"))


def estado(evaluacion):
    return Evaluacion.objects.get(pk=evaluacion.pk).estado


def test_el_recorrido_entero(client, completa, plan_rioverde, zonal1):
    entrar(client, plan_rioverde)
    client.post(url("enviar", completa), envio(completa))
    entrar(client, zonal1)
    client.post(
        url("revisar", completa),
        {"version": 2, "decision": "devolver", "observacion_a1": "Precise el horizonte."},
    )
    entrar(client, plan_rioverde)
    client.post(
        reverse("pdot:seccion", args=[completa.pk, "interna"]),
        {"version_a1": 1, "valor_a1": "no", "texto_a1": "No dice el año."},
    )
    client.post(url("enviar", completa), envio(completa))
    entrar(client, zonal1)
    client.post(url("revisar", completa), {"version": 4, "decision": "aprobar"})
    assert pasos(completa) == [
        ("borrador", "enviada", "plan_rioverde"),
        ("enviada", "devuelta", "zonal1"),
        ("devuelta", "enviada", "plan_rioverde"),
        ("enviada", "aprobada", "zonal1"),
    ]
    assert estado(completa) == "aprobada"
    assert list(completa.observaciones.values_list("texto", "atendida")) == [
        ("Precise el horizonte.", True)
    ]


def test_enviar_incompleta_dice_que_falta_con_enlaces(
    client, plan_rioverde, territorio, instrumento
):
    vacia = EvaluacionFactory(pdot=PdotFactory(gad=territorio.gad["0807"]), instrumento=instrumento)
    entrar(client, plan_rioverde)
    respuesta = client.post(url("enviar", vacia), envio(vacia))
    assert respuesta.status_code == 400
    faltas = respuesta.context["llenado"].faltas
    assert [(falta.ancla, falta.que) for falta in faltas] == [
        ("p-a1", "marque SÍ, PARCIAL o NO"),
        ("p-a2", "marque SÍ, PARCIAL o NO"),
        ("p-a3", "marque SÍ, PARCIAL o NO"),
        ("p-b2", "marque SÍ, PARCIAL o NO"),
        ("hoja", "escriba al menos un elemento para la nueva visión"),
    ]
    assert f"{reverse('pdot:seccion', args=[vacia.pk, 'interna'])}#p-a1" in respuesta.text
    assert estado(vacia) == "borrador"


def test_parcial_o_no_sin_justificar_no_se_envia(completa, plan_rioverde):
    completa.respuestas.filter(pregunta__codigo="a1").update(valor="no", texto=" ")
    with pytest.raises(Incompleta) as error:
        enviar_evaluacion(completa, por=plan_rioverde, version=1)
    assert [falta.que for falta in error.value.faltas] == ["justifique por qué respondió NO"]


def test_un_si_no_pide_justificacion(completa, plan_rioverde):
    completa.respuestas.update(valor="si", texto="")
    assert enviar_evaluacion(completa, por=plan_rioverde, version=1).estado == "enviada"


def test_enviar_dos_veces_no_registra_dos_pasos(client, completa, plan_rioverde):
    entrar(client, plan_rioverde)
    leido = envio(completa)
    client.post(url("enviar", completa), leido)
    segunda = client.post(url("enviar", completa), leido)
    assert segunda.status_code == 409
    assert Paso.objects.count() == 1


@pytest.mark.parametrize("version", ["", "abc", "99", "1.5"])
def test_una_version_que_no_es_la_actual_no_envia(client, completa, plan_rioverde, version):
    entrar(client, plan_rioverde)
    leido = envio(completa, version=version)
    assert client.post(url("enviar", completa), leido).status_code == 409
    assert estado(completa) == "borrador"


def test_devolver_sin_observaciones_se_rechaza(client, enviada, zonal1):
    entrar(client, zonal1)
    respuesta = client.post(url("revisar", enviada), {"version": 2, "decision": "devolver"})
    assert respuesta.status_code == 400
    assert respuesta.context["form"].non_field_errors() == [
        "Para devolver, escriba una observación o un comentario general."
    ]
    assert estado(enviada) == "enviada"


def test_aprobar_con_observaciones_escritas_se_rechaza(client, enviada, zonal1):
    entrar(client, zonal1)
    respuesta = client.post(
        url("revisar", enviada), {"version": 2, "decision": "aprobar", "observacion_a1": "Falta"}
    )
    assert respuesta.status_code == 400
    assert estado(enviada) == "enviada"


def test_devuelta_solo_deja_corregir_lo_observado(client, enviada, plan_rioverde, zonal1):
    entrar(client, zonal1)
    client.post(
        url("revisar", enviada), {"version": 2, "decision": "devolver", "observacion_a1": "Precise"}
    )
    entrar(client, plan_rioverde)
    seccion = reverse("pdot:seccion", args=[enviada.pk, "interna"])
    client.post(seccion, {"version_a1": 1, "valor_a1": "si", "valor_a2": "si", "version_a2": 1})
    valores = dict(enviada.respuestas.values_list("pregunta__codigo", "valor"))
    assert (valores["a1"], valores["a2"]) == ("si", "parcial")


def test_dos_revisiones_a_la_vez_gana_una(client, enviada, zonal1, central):
    entrar(client, zonal1)
    client.post(url("revisar", enviada), {"version": 2, "decision": "aprobar"})
    entrar(client, central)
    tarde = client.post(
        url("revisar", enviada), {"version": 2, "decision": "devolver", "observacion_a1": "No"}
    )
    assert tarde.status_code == 409
    assert (estado(enviada), Observacion.objects.count()) == ("aprobada", 0)


def test_la_accion_rechaza_aprobar_lo_que_no_se_envio(completa, zonal1):
    with pytest.raises(NoProcede):
        aprobar_evaluacion(completa, por=zonal1, version=completa.version)


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [("zonal4", 404), ("plan_rioverde", 403), ("plan_esmeraldas", 403), ("observador", 403)],
)
def test_solo_su_zona_revisa(client, request, enviada, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    respuesta = client.post(url("revisar", enviada), {"version": 2, "decision": "aprobar"})
    assert respuesta.status_code == codigo
    assert estado(enviada) == "enviada"


def test_el_zonal_no_revisa_lo_de_otra_zona_aunque_comparta_grupo(
    client, grupo2, territorio, instrumento, zonal4
):
    muisne = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0803"]), instrumento=instrumento, estado="enviada"
    )
    entrar(client, zonal4)
    antes = client.get(muisne.get_absolute_url()).status_code
    Evaluacion.objects.filter(pk=muisne.pk).update(estado="aprobada")
    despues = client.get(muisne.get_absolute_url()).status_code
    revision = client.get(url("revisar", muisne)).status_code
    assert (antes, despues, revision) == (404, 200, 404)


def test_el_borrador_no_se_ve_fuera_del_gad(client, completa, zonal1, central, observador):
    for quien in (zonal1, central, observador):
        entrar(client, quien)
        assert client.get(completa.get_absolute_url()).status_code == 404


def test_lo_aprobado_se_comparte_con_el_grupo_y_nadie_mas(
    client, grupo1, completa, plan_esmeraldas, plan_chone
):
    Evaluacion.objects.filter(pk=completa.pk).update(estado="aprobada")
    entrar(client, plan_esmeraldas)
    assert client.get(completa.get_absolute_url()).status_code == 200
    entrar(client, plan_chone)
    assert client.get(completa.get_absolute_url()).status_code == 404


def test_aprobada_abre_una_version_nueva_con_lo_respondido(client, completa, plan_rioverde):
    Evaluacion.objects.filter(pk=completa.pk).update(estado="aprobada")
    entrar(client, plan_rioverde)
    client.post(reverse("pdot:nueva"), {"plan": completa.pdot_id})
    nueva = Evaluacion.objects.get(numero=2)
    copiadas = list(nueva.respuestas.values_list("pregunta__codigo", "valor", "texto"))
    assert copiadas == list(completa.respuestas.values_list("pregunta__codigo", "valor", "texto"))
    assert [e.texto for e in nueva.elementos_vision.all()] == ["Turismo"]


def test_no_se_abren_dos_a_la_vez(client, completa, plan_rioverde):
    entrar(client, plan_rioverde)
    respuesta = client.post(reverse("pdot:nueva"), {"plan": completa.pdot_id})
    assert respuesta.status_code == 409
    assert Evaluacion.objects.count() == 1


def nuevo_plan(**cambios):
    return {"plan": "otro", "anio_desde": 2023, "anio_hasta": 2027} | cambios


def test_sin_plan_conocido_se_pide_y_se_crea(client, plan_chone, instrumento):
    entrar(client, plan_chone)
    client.post(reverse("pdot:nueva"), nuevo_plan())
    abierta = Evaluacion.objects.get()
    assert (abierta.pdot.gad_id, str(abierta.pdot)) == ("1303", "PDOT 2023-2027")
    assert abierta.pdot.historia.get().history_user == plan_chone


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"anio_desde": 2027, "anio_hasta": 2023}, "__all__"),
        ({"anio_desde": ""}, "anio_desde"),
        ({"anio_hasta": "siempre"}, "anio_hasta"),
        ({"plan": ""}, "plan"),
        ({"plan": "999"}, "plan"),
    ],
)
def test_un_plan_imposible_se_rechaza_y_no_crea_nada(
    client, plan_chone, instrumento, cambios, campo
):
    entrar(client, plan_chone)
    respuesta = client.post(reverse("pdot:nueva"), nuevo_plan(**cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert (Evaluacion.objects.count(), Pdot.objects.count()) == (0, 0)


def test_sin_preguntas_publicadas_no_queda_un_plan_a_medias(client, plan_chone):
    entrar(client, plan_chone)
    respuesta = client.post(reverse("pdot:nueva"), nuevo_plan())
    assert (respuesta.status_code, Pdot.objects.count()) == (409, 0)


def test_con_una_abierta_lleva_a_ella(client, completa, plan_rioverde):
    entrar(client, plan_rioverde)
    assert client.get(reverse("pdot:nueva")).url == completa.get_absolute_url()


def test_corregir_lleva_a_la_primera_observada(client, enviada, zonal1, plan_rioverde):
    devolver_evaluacion(enviada, {_pregunta("b1"): "Detalle"}, por=zonal1, version=2)
    entrar(client, plan_rioverde)
    externa = reverse("pdot:seccion", args=[enviada.pk, "externa"])
    assert f'href="{externa}#p-b1"' in client.get(enviada.get_absolute_url()).text
    guardar = client.post(externa, {"version_b1": 1, "texto_b1": "Más detalle"})
    assert guardar.url == enviada.get_absolute_url()


def test_el_plan_de_otro_gad_no_se_evalua(client, completa, plan_chone):
    entrar(client, plan_chone)
    respuesta = client.post(reverse("pdot:nueva"), {"plan": completa.pdot_id})
    assert (respuesta.status_code, Evaluacion.objects.count()) == (400, 1)


def test_con_el_plan_vencido_se_ofrece_declarar_otro(client, completa, plan_rioverde):
    Evaluacion.objects.filter(pk=completa.pk).update(estado="aprobada")
    entrar(client, plan_rioverde)
    opciones = client.get(reverse("pdot:nueva")).context["form"].fields["plan"].choices
    assert [texto for _, texto in opciones] == [
        "PDOT 2015-2019 (terminó en 2019)",
        "Otro PDOT, de estos años:",
    ]


# --- Lo que no se lee ni se pierde ----------------------------------------------------------


def test_no_se_envia_lo_que_otra_persona_cambio_despues_de_leer(client, completa, plan_rioverde):
    leido = envio(completa)
    entrar(client, plan_rioverde)
    client.post(
        reverse("pdot:seccion", args=[completa.pk, "interna"]),
        {"version_a1": 1, "valor_a1": "si", "version_a2": 1, "version_a3": 1},
    )
    assert client.post(url("enviar", completa), leido).status_code == 409
    assert estado(completa) == "borrador"


def test_lo_tecleado_despues_de_enviar_vuelve_en_el_409(client, enviada, plan_rioverde):
    entrar(client, plan_rioverde)
    datos = {"version_a1": 1, "valor_a1": "no", "texto_a1": "Llegué tarde"}
    respuesta = client.post(
        reverse("pdot:seccion", args=[enviada.pk, "interna"]),
        datos | {"version_a2": 1, "version_a3": 1},
    )
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"][0] == (
        "a1 · ¿La visión es concreta?",
        "PARCIAL. Porque sí",
        "NO. Llegué tarde",
    )


def test_las_observaciones_de_quien_llega_tarde_vuelven_en_el_409(client, enviada, zonal1, central):
    entrar(client, zonal1)
    client.post(url("revisar", enviada), {"version": 2, "decision": "aprobar"})
    entrar(client, central)
    tarde = client.post(
        url("revisar", enviada),
        {"version": 2, "decision": "devolver", "observacion_a1": "Falta el año"},
    )
    assert tarde.context["conflictos"] == [("a1 · ¿La visión es concreta?", "", "Falta el año")]


def test_una_version_vieja_en_la_revision_devuelve_lo_escrito_y_la_version_de_ahora(
    client, enviada, zonal1
):
    entrar(client, zonal1)
    datos = {"decision": "devolver", "observacion_a1": "Falta el año", "comentario": "Ojo"}
    tarde = client.post(url("revisar", enviada), datos | {"version": 1})
    form = tarde.context["form"]
    assert tarde.status_code == 409
    assert [form[n].value() for n in ("observacion_a1", "comentario", "version")] == [
        "Falta el año",
        "Ojo",
        enviada.version,
    ]
    assert client.post(url("revisar", enviada), datos | {"version": 2}).status_code == 302


def test_un_comentario_general_devuelve_la_vision_y_bloquea_las_preguntas(
    client, enviada, zonal1, plan_rioverde
):
    entrar(client, zonal1)
    client.post(
        url("revisar", enviada),
        {"version": 2, "decision": "devolver", "comentario": "Amplíe la visión."},
    )
    entrar(client, plan_rioverde)
    pagina = client.get(reverse("pdot:seccion", args=[enviada.pk, "interna"]))
    assert [fila["bloqueada"] for fila in pagina.context["form"].filas()] == [True] * 3
    assert pagina.context["evaluacion"].devolucion == "Amplíe la visión."


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("plan_rioverde", True),
        ("zonal1", True),
        ("central", True),
        ("plan_esmeraldas", False),
        ("observador", False),
        ("observador1", False),
    ],
)
def test_lo_aprobado_se_lee_sin_la_revision_ni_los_nombres(
    client, request, grupo1, enviada, plan_rioverde, zonal1, quien, ve
):
    observaciones = {_pregunta("a1"): "Secreto a1"}
    devuelta = devolver_evaluacion(
        enviada, observaciones, por=zonal1, version=2, comentario="Secreto general"
    )
    enviar_evaluacion(devuelta, por=plan_rioverde, version=3)
    aprobar_evaluacion(devuelta, por=zonal1, version=4)
    entrar(client, request.getfixturevalue(quien))
    texto = client.get(enviada.get_absolute_url()).text
    secretos = ("Secreto a1", "Secreto general", f"{zonal1}")
    cuerpo = texto.split("<main")[1].split("</main>")[0]
    assert [secreto in cuerpo for secreto in secretos] == [ve] * 3


def test_la_zona_no_lee_lo_que_se_tacho_antes_de_enviar(client, completa, plan_rioverde, zonal1):
    entrar(client, plan_rioverde)
    seccion = reverse("pdot:seccion", args=[completa.pk, "interna"])
    resto = {"version_a2": 1, "valor_a2": "si", "version_a3": 1, "valor_a3": "si"}
    client.post(seccion, resto | {"version_a1": 1, "valor_a1": "no", "texto_a1": "Tachado"})
    client.post(
        seccion,
        {"version_a1": 2, "valor_a1": "no", "texto_a1": "Definitivo"}
        | {"version_a2": 2, "valor_a2": "si", "version_a3": 2, "valor_a3": "si"},
    )
    client.post(url("enviar", completa), envio(completa))
    propio = client.get(completa.get_absolute_url(), {"cambios": 1}).text
    entrar(client, zonal1)
    ajeno = client.get(completa.get_absolute_url(), {"cambios": 1}).text
    assert ("Tachado" in propio, "Tachado" in ajeno, "Definitivo" in ajeno) == (True, False, True)


def test_lo_devuelto_no_lo_lee_quien_observa(client, enviada, observador):
    for valor in ("enviada", "devuelta"):
        Evaluacion.objects.filter(pk=enviada.pk).update(estado=valor)
        entrar(client, observador)
        assert client.get(enviada.get_absolute_url()).status_code == 404


def _pregunta(codigo):
    return Pregunta.objects.get(codigo=codigo)
