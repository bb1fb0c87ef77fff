"""Qué cambió entre dos envíos y entre dos versiones, palabra por palabra y sin lo tachado."""

from time import process_time

import pytest
from django.urls import reverse

from pdot.acciones import abrir_evaluacion, devolver_evaluacion, enviar_evaluacion
from pdot.diferencias import Pieza, comparar_fotos, comparar_textos
from pdot.models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Pregunta,
    Problema,
    Vinculo,
)
from tests.conftest import entrar
from tests.fabricas import (
    EvaluacionFactory,
    InstrumentoFactory,
    PdotFactory,
    PreguntaFactory,
    SeccionFactory,
)


@pytest.fixture
def enviada(territorio, instrumento, plan_rioverde):
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=instrumento,
        respondida="Turismo comunitario",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
    Problema.objects.create(evaluacion=evaluacion, orden=1, texto="Falta agua")
    Vinculo.objects.create(evaluacion=evaluacion, con=territorio.gad["08"], valor="parcial")
    Informacion.objects.create(evaluacion=evaluacion, orden=1, dato="Catastro", situacion="tiene")
    return enviar_evaluacion(evaluacion, por=plan_rioverde, version=1)


def escribir(evaluacion, texto, codigo="a1"):
    respuesta = evaluacion.respuestas.get(pregunta__codigo=codigo)
    respuesta.texto = texto
    respuesta.save()


def devolver(evaluacion, por):
    pregunta = Pregunta.objects.get(codigo="a1", seccion__instrumento=evaluacion.instrumento)
    version = Evaluacion.objects.get(pk=evaluacion.pk).version
    return devolver_evaluacion(evaluacion, {pregunta: "Precise"}, por=por, version=version)


def enviar(evaluacion, por):
    version = Evaluacion.objects.get(pk=evaluacion.pk).version
    return enviar_evaluacion(evaluacion, por=por, version=version)


def cambios(client, evaluacion):
    return client.get(reverse("pdot:cambios", args=[evaluacion.pk]))


def leidos(apartados):
    """{título: [(qué, texto)]} de lo que no quedó igual."""
    return {
        uno.titulo: [(t.que, t.texto) for t in uno.trozos if t.que != "igual"]
        for _, suyos in apartados
        for uno in suyos
    }


# --- Dos textos ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("antes", "despues", "trozos"),
    [
        ("", "", []),
        ("igual  de\tlargo", "igual de largo", [("igual", "igual de largo")]),
        ("", "Todo nuevo", [("puesto", "Todo nuevo")]),
        ("Se va", "", [("quitado", "Se va")]),
        (
            "el agua llega",
            "el agua no llega",
            [("igual", "el agua"), ("puesto", "no"), ("igual", "llega")],
        ),
        # Un «la» entre dos cambios no los parte.
        (
            "Agua en la zona rural",
            "Agua en toda la parroquia",
            [
                ("igual", "Agua en"),
                ("quitado", "la zona rural"),
                ("puesto", "toda la parroquia"),
            ],
        ),
    ],
)
def test_se_compara_por_palabras(antes, despues, trozos):
    assert [(uno.que, uno.texto) for uno in comparar_textos(antes, despues)] == trozos


def test_un_texto_hecho_para_tardar_se_muestra_entero():
    desde = process_time()
    trozos = comparar_textos("a b " * 15_000, "b a " * 15_000)
    assert [uno.que for uno in trozos] == ["quitado", "puesto"]
    assert process_time() - desde < 2


# --- Entre envíos -------------------------------------------------------------------------------


def test_se_ve_lo_que_cambio_de_un_envio_al_siguiente(
    client, enviada, zonal1, plan_rioverde, territorio
):
    devolver(enviada, zonal1)
    escribir(enviada, "Turismo sostenible")
    enviada.problemas.update(texto="")  # lo que no deja historia no cuenta
    vinculo = enviada.vinculos.get()
    vinculo.sinergias, vinculo.valor = "Riego", "si"
    vinculo.save()
    enviada.informacion.get().delete()
    Informacion.objects.create(evaluacion=enviada, orden=1, dato="Censo", situacion="requiere")
    enviar(enviada, plan_rioverde)
    entrar(client, zonal1)
    (tramo,) = cambios(client, enviada).context["tramos"]
    assert leidos(tramo["apartados"]) == {
        "a1 · ¿La visión es concreta?": [("quitado", "comunitario"), ("puesto", "sostenible")],
        "Con el plan de Esmeraldas (provincia)": [("puesto", "Sinergias: \n Riego")],
        "Censo": [("puesto", "Se requiere")],
        "Catastro": [("quitado", "Se cuenta con ella")],
    }


def test_nadie_lee_lo_tachado_entre_envios(client, enviada, zonal1, plan_rioverde):
    devolver(enviada, zonal1)
    escribir(enviada, "Palabra tachada")
    escribir(enviada, "Turismo al 2030")
    enviar(enviada, plan_rioverde)
    for quien in (zonal1, plan_rioverde):
        entrar(client, quien)
        texto = cambios(client, enviada).text
        assert ("tachada" in texto, "2030" in texto) == (False, True)


def test_lo_que_se_corrige_lo_ve_el_gad_y_no_quien_revisa(client, enviada, zonal1, plan_rioverde):
    devolver(enviada, zonal1)
    escribir(enviada, "A medio corregir")
    vistos = []
    for quien in (plan_rioverde, zonal1):
        entrar(client, quien)
        vistos.append("A medio corregir" in cambios(client, enviada).text)
    assert vistos == [True, False]


def test_lo_escrito_sale_escapado_y_se_lee_sin_color(client, enviada, zonal1, plan_rioverde):
    devolver(enviada, zonal1)
    escribir(enviada, "<script>alert(1)</script> nuevo")
    enviar(enviada, plan_rioverde)
    entrar(client, zonal1)
    texto = cambios(client, enviada).text
    assert ("<script>alert" in texto, "&lt;script&gt;alert" in texto) == (False, True)
    for marca in ("[− ", "[+ ", "Se quitó: ", "Se puso: "):
        assert marca in texto


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [("plan_esmeraldas", 200), ("observador", 200), ("zonal4", 404), ("plan_chone", 404)],
)
def test_de_lo_aprobado_los_demas_no_leen_como_se_llego(
    client, request, grupo1, enviada, zonal1, plan_rioverde, quien, codigo
):
    devolver(enviada, zonal1)
    escribir(enviada, "Turismo al 2030")
    enviar(enviada, plan_rioverde)
    Evaluacion.objects.filter(pk=enviada.pk).update(estado="aprobada")
    entrar(client, request.getfixturevalue(quien))
    respuesta = cambios(client, enviada)
    assert respuesta.status_code == codigo
    assert "comunitario" not in respuesta.text


def test_los_cambios_caben_en_pocas_consultas(
    client, enviada, zonal1, plan_rioverde, django_assert_max_num_queries
):
    for texto in ("Uno", "Dos", "Tres"):
        devolver(enviada, zonal1)
        escribir(enviada, texto)
        enviar(enviada, plan_rioverde)
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        assert len(cambios(client, enviada).context["tramos"]) == 3


# --- Entre versiones ----------------------------------------------------------------------------


@pytest.fixture
def otra_version(enviada, plan_rioverde):
    """La 2, abierta de la 1 ya aprobada, con a1 cambiada."""
    Evaluacion.objects.filter(pk=enviada.pk).update(estado="aprobada")
    nueva = abrir_evaluacion(enviada.pdot, por=plan_rioverde)
    escribir(nueva, "Turismo y pesca")
    return nueva


def comparar(client, una, otra):
    return client.get(reverse("pdot:comparar", args=[una.pk, otra.pk]))


def test_se_comparan_dos_versiones(client, enviada, otra_version, plan_rioverde):
    entrar(client, plan_rioverde)
    respuesta = comparar(client, enviada, otra_version)
    leido = leidos(respuesta.context["apartados"])
    assert leido["a1 · ¿La visión es concreta?"] == [
        ("quitado", "comunitario"),
        ("puesto", "y pesca"),
    ]


def test_se_comparan_instrumentos_distintos_por_codigo(client, enviada, plan_rioverde, territorio):
    guia = InstrumentoFactory(numero=2)
    seccion = SeccionFactory(instrumento=guia, titulo="Visión")
    pregunta = PreguntaFactory(seccion=seccion, codigo="a1", texto="¿La visión dice adónde va?")
    otra = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"], anio_desde=2020, anio_hasta=2024),
        instrumento=guia,
    )
    otra.respuestas.create(pregunta=pregunta, valor="si", texto="Turismo sostenible")
    entrar(client, plan_rioverde)
    leido = leidos(comparar(client, enviada, otra).context["apartados"])
    assert leido[str(pregunta)] == [("quitado", "comunitario"), ("puesto", "sostenible")]
    assert leido["a2 · ¿La visión es alcanzable?"] == [("quitado", "Turismo comunitario")]


def test_las_versiones_se_listan_y_se_eligen_dos(client, enviada, otra_version, plan_rioverde):
    entrar(client, plan_rioverde)
    detalle = client.get(enviada.get_absolute_url())
    assert [una.pk for una in detalle.context["versiones"]] == [otra_version.pk, enviada.pk]
    elegir = reverse("pdot:elegir_versiones", args=[enviada.pk])
    elegidas = client.get(elegir, {"una": enviada.pk, "otra": otra_version.pk})
    assert elegidas.url == reverse("pdot:comparar", args=[enviada.pk, otra_version.pk])
    for mala in ({"una": enviada.pk, "otra": enviada.pk}, {"una": "x", "otra": 99}):
        assert client.get(elegir, mala).context["motivo"]


def test_no_se_compara_lo_que_no_se_ve(client, enviada, otra_version, zonal1, plan_chone):
    entrar(client, zonal1)
    assert comparar(client, enviada, otra_version).status_code == 404
    entrar(client, plan_chone)
    assert comparar(client, enviada, enviada).status_code == 404


def test_de_distinto_gad_no_se_compara(client, evaluaciones, central):
    entrar(client, central)
    respuesta = comparar(client, evaluaciones["0801"], evaluaciones["0803"])
    assert respuesta.url == reverse("pdot:elegir_versiones", args=[evaluaciones["0801"].pk])


def test_de_lo_largo_que_sigue_igual_se_leen_el_principio_y_el_final():
    antes = " ".join(f"palabra{n}" for n in range(450))
    [(_, [cambio])] = comparar_fotos(
        {"p:a1": Pieza("Interna", "a1", "", antes)},
        {"p:a1": Pieza("Interna", "a1", "", f"{antes} nueva")},
    )
    igual, puesto = cambio.trozos
    assert (len(antes) > 4000, len(igual.texto.split()), puesto.texto) == (True, 41, "nueva")
    assert igual.texto.startswith("palabra0 ") and igual.texto.endswith(" palabra449")
