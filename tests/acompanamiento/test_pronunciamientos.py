"""Lo que dice cada GAD de una línea programática, y qué pasa si el texto cambia."""

from datetime import timedelta

import pytest

from acompanamiento.acciones import pronunciarse
from acompanamiento.lineas import conteo_de
from acompanamiento.models import LineaProgramatica, Pronunciamiento
from tests.acompanamiento.lineas import HOY, actual, dicho, dichos, editar, oficio, url
from tests.conftest import entrar

# --- Pronunciarse ---------------------------------------------------------------------------------


def test_un_gad_valida_y_otro_observa(client, linea, plan_rioverde, plan_esmeraldas):
    entrar(client, plan_rioverde)
    client.post(url("pronunciarse", linea.pk, "0807"), dicho(linea))
    entrar(client, plan_esmeraldas)
    observa = dicho(linea, "observa", observacion="Falta el río.")
    client.post(url("pronunciarse", linea.pk, "0801"), observa)
    assert dichos() == [
        ("0801", 1, "observa", "plan_esmeraldas"),
        ("0807", 1, "valida", "plan_rioverde"),
    ]
    ficha = client.get(url("linea", linea.pk))
    renglones = ficha.context["consulta"].renglones
    assert [(r.gad.pk, r.vigente and r.vigente.sentido) for r in renglones] == [
        ("0801", "observa"),
        ("0803", None),
        ("0807", "valida"),
        ("080752", None),
    ]
    assert "Falta el río." in ficha.text


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"sentido": "observa"}, "observacion"),
        ({"sentido": "observa", "observacion": "  "}, "observacion"),
        ({"sentido": ""}, "sentido"),
        ({"sentido": "aprueba"}, "sentido"),
        ({"ronda_leida": "x"}, "ronda_leida"),
    ],
)
def test_un_pronunciamiento_imposible_se_rechaza(client, linea, plan_rioverde, cambios, campo):
    entrar(client, plan_rioverde)
    respuesta = client.post(url("pronunciarse", linea.pk, "0807"), dicho(linea, **cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert dichos() == []


def test_nadie_habla_por_otro_gad_ni_sobre_otra_provincia(client, lineas, plan_rioverde):
    entrar(client, plan_rioverde)
    intentos = [("linea1", "0801"), ("linea1", "08"), ("linea2", "0807"), ("linea2", "1303")]
    codigos = [
        client.post(url("pronunciarse", lineas[n].pk, gad), dicho(lineas[n])).status_code
        for n, gad in intentos
    ]
    assert (codigos, dichos()) == ([404] * 4, [])


def test_la_provincia_no_se_valida_a_si_misma(client, linea, plan_provincia):
    entrar(client, plan_provincia)
    codigos = [
        client.post(url("pronunciarse", linea.pk, gad), dicho(linea)).status_code
        for gad in ("08", "0807")
    ]
    assert (codigos, dichos()) == ([404, 404], [])


def test_la_zona_transcribe_con_oficio(client, linea, zonal1):
    entrar(client, zonal1)
    direccion = url("pronunciarse", linea.pk, "080752")
    sin_oficio = client.post(direccion, dicho(linea))
    assert list(sin_oficio.context["form"].errors) == ["fecha", "fuente"]
    client.post(direccion, oficio(linea))
    assert dichos() == [("080752", 1, "valida", "zonal1")]
    assert "Transcrito de: Oficio 12" in client.get(url("linea", linea.pk)).text


def test_la_zona_no_corrige_lo_que_dijo_el_propio_gad(client, validada, zonal1):
    entrar(client, zonal1)
    direccion = url("pronunciarse", validada.pk, "0807")
    ficha = client.get(url("linea", validada.pk)).text
    assert (direccion in ficha, url("pronunciarse", validada.pk, "0801") in ficha) == (False, True)
    abierta = client.get(direccion, follow=True)
    assert abierta.redirect_chain == [(url("linea", validada.pk), 302)]
    assert "solo ese GAD lo cambia" in abierta.text
    encima = oficio(validada, sentido="observa", observacion="Lo del oficio", version_leida=1)
    respuesta = client.post(direccion, encima)
    assert respuesta.status_code == 409
    assert respuesta.context["form"].non_field_errors() == [
        "Rioverde ya se pronunció por sí mismo sobre este texto: solo ese GAD lo cambia."
    ]
    assert "Lo del oficio" in respuesta.text
    assert dichos() == [("0807", 1, "valida", "plan_rioverde")]


@pytest.mark.parametrize("quien", ["zonal1", "plan_rioverde"])
def test_lo_transcrito_lo_corrigen_la_zona_y_el_gad(client, request, linea, zonal1, quien):
    direccion = url("pronunciarse", linea.pk, "0807")
    entrar(client, zonal1).post(direccion, oficio(linea))
    corregido = {"observacion": "Falta el río.", "version_leida": 1}
    envio = oficio(linea, sentido="observa", **corregido)
    respuesta = entrar(client, request.getfixturevalue(quien)).post(direccion, envio)
    assert (respuesta.status_code, dichos()) == (302, [("0807", 1, "observa", quien)])
    assert Pronunciamiento.objects.get().es_del_gad == (quien == "plan_rioverde")


@pytest.mark.parametrize("dias", [-1, 1])
def test_el_oficio_no_es_anterior_al_texto_ni_futuro(client, linea, zonal1, dias):
    entrar(client, zonal1)
    fuera = oficio(linea) | {"fecha": HOY + timedelta(days=dias)}
    respuesta = client.post(url("pronunciarse", linea.pk, "0807"), fuera)
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, ["fecha"])


def test_un_doble_envio_deja_un_pronunciamiento(client, linea, plan_rioverde):
    entrar(client, plan_rioverde)
    direccion = url("pronunciarse", linea.pk, "0807")
    codigos = [client.post(direccion, dicho(linea)).status_code for _ in range(2)]
    assert (codigos, dichos()) == ([302, 302], [("0807", 1, "valida", "plan_rioverde")])
    assert Pronunciamiento.historia.count() == 1


def test_dos_del_mismo_gad_a_la_vez_gana_el_primero(client, linea, plan_rioverde):
    entrar(client, plan_rioverde)
    direccion = url("pronunciarse", linea.pk, "0807")
    client.post(direccion, dicho(linea))
    tarde = client.post(direccion, dicho(linea, "observa", observacion="Lo segundo"))
    assert tarde.status_code == 409
    assert "Lo segundo" in tarde.text
    assert dichos() == [("0807", 1, "valida", "plan_rioverde")]
    # Leído lo nuevo, repetir es una decisión.
    form = tarde.context["form"]
    ocultos = {campo.name: campo.value() for campo in form.hidden_fields()}
    client.post(direccion, dicho(linea, "observa", observacion="Lo segundo") | ocultos)
    assert dichos() == [("0807", 1, "observa", "plan_rioverde")]


def test_una_carrera_sobre_la_misma_fila_deja_uno(linea, territorio, plan_rioverde):
    def propuesto():
        return Pronunciamiento(
            linea=linea, gad=territorio.gad["0807"], sentido="valida", fecha=HOY, ronda=1
        )

    dos = [propuesto(), propuesto()]
    filas = {pronunciarse(uno, por=plan_rioverde, ronda=1, version=0).pk for uno in dos}
    assert len(filas) == Pronunciamiento.objects.count() == 1


# --- El texto cambia ------------------------------------------------------------------------------


def test_si_el_texto_cambia_lo_dicho_se_conserva_y_deja_de_valer(client, validada, zonal1):
    entrar(client, zonal1)
    editar(client, validada, texto="Otro texto")
    cambiada = actual(validada)
    assert (cambiada.estado, cambiada.ronda, conteo_de(cambiada).huella) == (
        "en_consulta",
        2,
        "0-0-4",
    )
    assert dichos() == [("0807", 1, "valida", "plan_rioverde")]
    assert "validó el texto anterior" in client.get(url("linea", validada.pk)).text


def test_lo_observado_del_texto_anterior_se_sigue_leyendo_con_ese_texto(client, validada, zonal1):
    Pronunciamiento.objects.update(sentido="observa", observacion="Falta el río.")
    antes = validada.texto
    entrar(client, zonal1)
    editar(client, validada, texto="Otro texto")
    respuesta = client.get(url("linea", validada.pk))
    assert respuesta.context["texto_anterior"] == antes
    assert [r.anterior.observacion for r in respuesta.context["consulta"].anteriores] == [
        "Falta el río."
    ]
    assert "Dijeron del texto anterior" in respuesta.text


def test_guardar_lo_mismo_no_vuelve_a_consultar(client, validada, zonal1):
    entrar(client, zonal1)
    editar(client, validada)
    assert (actual(validada).ronda, conteo_de(actual(validada)).huella) == (1, "1-0-3")


def test_sobre_el_texto_nuevo_se_pronuncia_otra_vez(client, validada, zonal1, plan_rioverde):
    entrar(client, zonal1)
    editar(client, validada, texto="Otro texto")
    entrar(client, plan_rioverde)
    direccion = url("pronunciarse", validada.pk, "0807")
    con_el_viejo = client.post(direccion, dicho(validada, "observa", observacion="Sobre el viejo"))
    assert con_el_viejo.status_code == 409
    assert "Sobre el viejo" in con_el_viejo.text
    assert "Otro texto" in con_el_viejo.text
    client.post(direccion, dicho(actual(validada)))
    assert dichos() == [
        ("0807", 1, "valida", "plan_rioverde"),
        ("0807", 2, "valida", "plan_rioverde"),
    ]


def test_editar_un_borrador_no_abre_la_consulta(client, borrador, zonal1):
    entrar(client, zonal1)
    editar(client, borrador, texto="Otro texto")
    assert (actual(borrador).estado, actual(borrador).ronda) == ("borrador", 0)


def test_editar_compara_la_version_y_muestra_lo_tecleado(client, linea, zonal1):
    entrar(client, zonal1)
    editar(client, linea, texto="Primero")
    tarde = editar(client, linea, texto="Segundo")
    assert tarde.status_code == 409
    assert "Segundo" in tarde.text
    assert actual(linea).texto == "Primero"


def test_una_adoptada_no_se_edita_y_lo_tecleado_se_muestra(client, linea, zonal1):
    LineaProgramatica.objects.filter(ronda=1).update(estado="adoptada", fecha_adopcion=HOY)
    entrar(client, zonal1)
    assert client.get(url("editar_linea", linea.pk)).url == url("linea", linea.pk)
    tarde = editar(client, linea, texto="Lo mío")
    assert tarde.status_code == 409
    assert "Lo mío" in tarde.text
