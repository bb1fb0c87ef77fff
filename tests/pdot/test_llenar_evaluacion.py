"""Quien planifica llena su evaluación por secciones: guarda a medias, no pierde nada."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pdot.acciones import CambioDeRespuesta, NoProcede, guardar_respuestas
from pdot.forms import TEXTO_MAXIMO
from pdot.models import Evaluacion, Pregunta, Respuesta
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory


@pytest.fixture
def borrador(territorio, instrumento):
    return EvaluacionFactory(pdot=PdotFactory(gad=territorio.gad["0807"]), instrumento=instrumento)


def pagina(evaluacion, codigo="interna"):
    return reverse("pdot:seccion", args=[evaluacion.pk, codigo])


def respuestas(evaluacion):
    filas = evaluacion.respuestas.order_by("pregunta__codigo")
    return list(filas.values_list("pregunta__codigo", "valor", "texto", "version"))


def tecleado(**cambios):
    """Lo que manda la sección «interna» de un borrador vacío."""
    datos = {"version_a1": 0, "version_a2": 0, "version_a3": 0}
    return datos | cambios


def test_guarda_a_medias_y_pasa_a_la_seccion_siguiente(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    respuesta = client.post(
        pagina(borrador), tecleado(valor_a1="no", texto_a1="Es muy general.", valor_a2="si")
    )
    assert respuesta.url == pagina(borrador, "externa")
    assert respuestas(borrador) == [("a1", "no", "Es muy general.", 1), ("a2", "si", "", 1)]


def test_guardar_borrador_se_queda_en_la_seccion(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    respuesta = client.post(pagina(borrador), tecleado(valor_a1="si", quedarse="1"))
    assert respuesta.url == pagina(borrador)


def test_guardar_lo_mismo_no_deja_historia(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    client.post(pagina(borrador), tecleado(valor_a1="si"))
    client.post(pagina(borrador), tecleado(valor_a1="si", version_a1=1))
    assert Respuesta.historia.count() == 1
    assert Respuesta.historia.get().history_user == plan_rioverde


def test_guardar_lo_mismo_no_cambia_la_hora_y_guardar_otra_cosa_si(client, plan_rioverde, borrador):
    def hora():
        return Evaluacion.objects.values_list("actualizada", flat=True).get()

    entrar(client, plan_rioverde)
    horas = [hora()]
    for datos in ({"valor_a1": "si"}, {"valor_a1": "si"}, {"valor_a1": "no", "version_a1": 1}):
        client.post(pagina(borrador), tecleado(**datos))
        horas.append(hora())
    assert (horas[0] < horas[1], horas[1] == horas[2], horas[2] < horas[3]) == (True, True, True)


def test_no_se_guarda_sobre_lo_que_se_envio_despues_de_leerla(plan_rioverde, borrador):
    leida = Evaluacion.objects.get(pk=borrador.pk)
    Evaluacion.objects.filter(pk=borrador.pk).update(estado="enviada")
    cambio = CambioDeRespuesta(Pregunta.objects.get(codigo="a1"), 0, "si", "")
    antes = Evaluacion.objects.get(pk=borrador.pk).actualizada
    with pytest.raises(NoProcede, match="ahora está enviada a revisión"):
        guardar_respuestas(leida, [cambio], por=plan_rioverde)
    assert respuestas(borrador) == []
    assert Evaluacion.objects.get(pk=borrador.pk).actualizada == antes


def test_el_autoguardado_responde_las_versiones_y_el_avance(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    respuesta = client.post(
        pagina(borrador),
        tecleado(valor_a1="si", texto_a2="A medias"),
        headers={"X-Autoguardado": "1"},
    )
    datos = respuesta.json()
    assert datos["versiones"] == {"a1": 1, "a2": 1}
    # Un texto sin marca no responde una pregunta de escala.
    assert datos["avance"] == "1 de 5"


def test_un_texto_desmedido_se_rechaza_junto_al_campo_y_no_se_guarda(
    client, plan_rioverde, borrador
):
    entrar(client, plan_rioverde)
    largo = "a" * (TEXTO_MAXIMO + 1)
    respuesta = client.post(pagina(borrador), tecleado(valor_a1="si", texto_a1=largo))
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors == {
        "texto_a1": ["El texto es demasiado largo: use hasta 4.000 letras."]
    }
    assert largo in respuesta.text
    assert respuestas(borrador) == []


@pytest.mark.parametrize(
    ("campo", "valor"),
    [("valor_a1", "quizas"), ("version_a1", "-3"), ("version_a1", "uno"), ("version_a1", "")],
)
def test_un_valor_imposible_se_rechaza(client, plan_rioverde, borrador, campo, valor):
    entrar(client, plan_rioverde)
    respuesta = client.post(pagina(borrador), tecleado(**{campo: valor}))
    assert respuesta.status_code == 400
    assert list(respuesta.context["form"].errors) == [campo]
    assert respuestas(borrador) == []


def test_una_pestania_vieja_recibe_409_con_los_dos_textos(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    client.post(pagina(borrador), tecleado(valor_a1="no", texto_a1="Lo primero"))
    respuesta = client.post(
        pagina(borrador), tecleado(valor_a1="si", texto_a1="Lo segundo", valor_a2="si")
    )
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"] == [
        ("a1 · ¿La visión es concreta?", "NO. Lo primero", "SÍ. Lo segundo"),
        ("a2 · ¿La visión es alcanzable?", "", "SÍ"),
    ]
    assert respuestas(borrador) == [("a1", "no", "Lo primero", 1)]


def test_tras_el_409_guardar_otra_vez_vale_porque_ya_se_leyo(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    client.post(pagina(borrador), tecleado(valor_a1="no", texto_a1="Lo primero"))
    tarde = client.post(pagina(borrador), tecleado(valor_a1="si", texto_a1="Lo segundo"))
    form = tarde.context["form"]
    otra_vez = {campo.html_name: campo.value() or "" for campo in form}
    assert client.post(pagina(borrador), otra_vez).status_code == 302
    assert respuestas(borrador) == [("a1", "si", "Lo segundo", 2)]


def test_dos_pestanias_en_preguntas_distintas_no_chocan(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    client.post(pagina(borrador), tecleado(valor_a1="no"))
    respuesta = client.post(pagina(borrador), tecleado(valor_a1="no", valor_a2="si"))
    assert respuesta.status_code == 302
    assert respuestas(borrador) == [("a1", "no", "", 1), ("a2", "si", "", 1)]


def test_el_autoguardado_en_conflicto_lo_dice(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    client.post(pagina(borrador), tecleado(valor_a1="no"))
    respuesta = client.post(
        pagina(borrador), tecleado(valor_a1="si"), headers={"X-Autoguardado": "1"}
    )
    assert respuesta.status_code == 409
    assert respuesta.json() == {
        "error": "Otra persona cambió esto: pulse «Guardar borrador» para ver los dos textos."
    }


def test_los_elementos_y_problemas_se_escriben_uno_por_linea(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    datos = {
        "elementos": "Turismo\n\n- Riesgos\nTurismo",
        "problemas": "Agua segura",
        "version": borrador.version,
    }
    respuesta = client.post(pagina(borrador, "vision"), datos)
    assert respuesta.url == borrador.get_absolute_url()
    assert [e.texto for e in borrador.elementos_vision.order_by("orden")] == ["Turismo", "Riesgos"]
    assert [p.texto for p in borrador.problemas.all()] == ["Agua segura"]


def test_acortar_la_lista_quita_lo_que_sobra(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    url = pagina(borrador, "vision")
    client.post(url, {"elementos": "Uno\nDos\nTres", "problemas": "", "version": 1})
    client.post(url, {"elementos": "Uno\nTres", "problemas": "", "version": 2})
    assert [e.texto for e in borrador.elementos_vision.order_by("orden")] == ["Uno", "Tres"]


def test_una_lista_vieja_recibe_409_y_conserva_lo_tecleado(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    url = pagina(borrador, "vision")
    client.post(url, {"elementos": "Primero", "problemas": "", "version": 1})
    respuesta = client.post(url, {"elementos": "Segundo", "problemas": "", "version": 1})
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"][0] == (
        "Elementos para construir la nueva visión",
        "Primero",
        "Segundo",
    )
    assert [e.texto for e in borrador.elementos_vision.all()] == ["Primero"]


def test_demasiados_elementos_se_rechazan(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    elementos = "\n".join(f"Elemento {n}" for n in range(21))
    respuesta = client.post(
        pagina(borrador, "vision"), {"elementos": elementos, "problemas": "", "version": 1}
    )
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors == {"elementos": ["Escriba hasta 20 líneas; hay 21."]}


@pytest.mark.parametrize("estado", ["enviada", "aprobada"])
def test_fuera_de_sus_manos_no_se_escribe(client, plan_rioverde, borrador, estado):
    Evaluacion.objects.filter(pk=borrador.pk).update(estado=estado)
    entrar(client, plan_rioverde)
    respuesta = client.post(pagina(borrador), tecleado(valor_a1="si"))
    assert respuesta.status_code == 409
    assert respuestas(borrador) == []


@pytest.mark.parametrize("quien", ["plan_esmeraldas", "plan_chone"])
def test_el_borrador_ajeno_no_existe(client, request, borrador, quien):
    entrar(client, request.getfixturevalue(quien))
    assert client.get(pagina(borrador)).status_code == 404
    assert client.post(pagina(borrador), tecleado(valor_a1="si")).status_code == 404
    assert respuestas(borrador) == []


@pytest.mark.parametrize(
    ("quien", "codigo"), [("central", 403), ("zonal1", 404), ("observador", 403)]
)
def test_solo_el_gad_llena(client, request, borrador, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    assert client.post(pagina(borrador), tecleado(valor_a1="si")).status_code == codigo
    assert respuestas(borrador) == []


def test_a_un_canton_no_se_le_pregunta_lo_de_una_parroquia(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    form = client.get(pagina(borrador, "externa")).context["form"]
    assert [pregunta.codigo for pregunta in form.preguntas] == ["b1", "b2"]


def test_guardar_gasta_lo_mismo_con_una_respuesta_que_con_tres(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)

    def consultas(**cambios):
        with CaptureQueriesContext(connection) as hechas:
            client.post(pagina(borrador), tecleado(**cambios))
        propias = [una["sql"].split()[0] for una in hechas]
        return len([una for una in propias if una in ("SELECT", "INSERT", "UPDATE", "DELETE")])

    nuevas = consultas(valor_a1="si"), consultas(valor_a1="si", version_a1=1, valor_a2="no")
    tres = {"valor_a1": "no", "valor_a2": "si", "valor_a3": "si"}
    cambiadas = consultas(**tres, version_a1=1, version_a2=1)
    assert (nuevas, cambiadas) == ((8, 8), 10)


def test_un_formulario_sin_los_campos_no_rompe(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    respuesta = client.post(pagina(borrador, "vision"), {"version": 99})
    assert respuesta.status_code == 409


def test_una_seccion_que_no_existe_es_404(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    assert client.get(pagina(borrador, "otra")).status_code == 404


def test_lo_borrado_no_reaparece_tras_un_error(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    url = pagina(borrador, "vision")
    client.post(url, {"elementos": "Turismo", "problemas": "Agua", "version": 1})
    largo = "x" * 300
    respuesta = client.post(url, {"elementos": largo, "problemas": "", "version": 2})
    assert respuesta.status_code == 400
    assert respuesta.context["form"]["problemas"].value() == ""


def test_la_pagina_gasta_las_mismas_consultas_vacia_que_llena(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    client.get(pagina(borrador))
    with CaptureQueriesContext(connection) as vacia:
        client.get(pagina(borrador))
    client.post(pagina(borrador), tecleado(valor_a1="si", valor_a2="no", valor_a3="si"))
    client.get(pagina(borrador))
    with CaptureQueriesContext(connection) as llena:
        client.get(pagina(borrador))
    assert (len(vacia), len(llena)) == (5, 5)


def test_la_pagina_de_una_enviada_lleva_a_leerla(client, plan_rioverde, borrador):
    Evaluacion.objects.filter(pk=borrador.pk).update(estado="enviada")
    entrar(client, plan_rioverde)
    assert client.get(pagina(borrador)).url == borrador.get_absolute_url()


def test_un_caracter_nulo_se_rechaza_en_vez_de_romper(client, plan_rioverde, borrador):
    entrar(client, plan_rioverde)
    datos = {"elementos": "Tur\x00ismo", "problemas": "", "version": 1}
    respuesta = client.post(pagina(borrador, "vision"), datos)
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, ["elementos"])


def test_la_pregunta_que_nombra_otro_nivel_y_la_vision_llevan_su_plan(
    client, plan_rioverde, borrador, territorio
):
    Pregunta.objects.filter(codigo="b2").update(criterio="Cantonal → provincial")
    PdotFactory(gad=territorio.gad["08"], vision="Provincia verde")
    entrar(client, plan_rioverde)
    filas = client.get(pagina(borrador, "externa")).context["planes"]
    assert [plan.plan.vision for plan in filas] == ["Provincia verde"]
    assert client.get(pagina(borrador, "externa")).text.count("Provincia verde") == 1
    assert client.get(pagina(borrador, "vision")).text.count("Provincia verde") == 1
    assert "Provincia verde" not in client.get(pagina(borrador)).text


def test_un_envio_que_se_repite_no_choca_consigo_mismo(client, plan_rioverde, borrador):
    """La respuesta del primero se perdió: el segundo lleva las versiones de antes."""
    entrar(client, plan_rioverde)
    solo = {"headers": {"X-Autoguardado": "1"}}
    listas = {"elementos": "Turismo", "problemas": "Agua", "version": borrador.version}
    for _ in range(2):
        preguntas = client.post(pagina(borrador), tecleado(valor_a1="si"), **solo).json()
        vision = client.post(pagina(borrador, "vision"), listas, **solo).json()
        assert (preguntas["versiones"], vision["versiones"]) == ({"a1": 1}, {"": 2})
    assert Respuesta.historia.count() == 1
