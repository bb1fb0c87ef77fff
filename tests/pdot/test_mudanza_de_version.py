"""Al pasar de versión, lo que ahora tiene hoja va a la hoja, o se dice que no cabe."""

import pytest
from django.urls import reverse

from pdot.cambio_de_version import cambio_de, pasar_de_version
from pdot.models import Evaluacion, Instrumento, Pregunta, Respuesta
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory
from tests.fabricas_formulario import VinculoFactory, con_hojas
from tests.fabricas_instrumento import borrador_de_instrumento

# Las de la versión 1 de la casa que en la 2 son filas de una hoja.
DE_ANTES = {
    "X1": ("escala", "Cantonal → provincial", "municipal"),
    "X2": ("escala", "Parroquial → cantonal", "parroquial"),
    "X3": ("escala", "Parroquial → provincial", "parroquial"),
    "X4": ("texto", "Incompatibilidades", ""),
    "X5": ("texto", "Sinergias", ""),
    "B1": ("texto", "Información disponible", ""),
    "B2": ("texto", "Información requerida", ""),
}


def _agregar(guia, codigos):
    externa = guia.secciones.get(codigo="externa")
    for orden, codigo in enumerate(codigos, start=10):
        tipo, criterio, niveles = DE_ANTES[codigo]
        externa.preguntas.create(
            codigo=codigo, orden=orden, tipo=tipo, texto=codigo, criterio=criterio, niveles=niveles
        )


@pytest.fixture
def guias(instrumento):
    """La 1 con X1-X5, B1 y B2, y la 2 con las hojas y solo X4 y X5."""
    _agregar(instrumento, DE_ANTES)
    nueva = con_hojas(borrador_de_instrumento(2))
    _agregar(nueva, ["X4", "X5"])
    Instrumento.objects.filter(pk=nueva.pk).update(publicado=True)
    return instrumento


def borrador(guia, gad, **escrito):
    """Una evaluación en la versión 1; `escrito`: código de pregunta y (marca, texto)."""
    evaluacion = EvaluacionFactory(pdot=PdotFactory(gad=gad), instrumento=guia)
    for codigo, (valor, texto) in escrito.items():
        pregunta = Pregunta.objects.get(seccion__instrumento=guia, codigo=codigo)
        Respuesta.objects.create(evaluacion=evaluacion, pregunta=pregunta, valor=valor, texto=texto)
    return Evaluacion.objects.get(pk=evaluacion.pk)


def pasar(evaluacion, por):
    leida = evaluacion.actualizada.isoformat()
    assert pasar_de_version(evaluacion, por=por, version=evaluacion.version, leida=leida, numero=2)


def vinculos(evaluacion):
    return list(evaluacion.vinculos.order_by("con").values_list("con", "valor", "justificacion"))


def test_la_parroquia_lleva_x2_y_x3_a_su_canton_y_su_provincia(persona, guias, territorio):
    quien = persona("chumunde", rol="planificador", gad_id="080752")
    evaluacion = borrador(
        guias, territorio.gad["080752"], X2=("si", "Comparten riego"), X3=("parcial", "Lo vial")
    )
    cambio = cambio_de(evaluacion)
    assert [m.respuesta.pregunta.codigo for m in cambio.mudan] == ["X2", "X3"]
    assert cambio.no_caben == []
    pasar(evaluacion, quien)
    assert vinculos(evaluacion) == [
        ("08", "parcial", "Lo vial"),
        ("0807", "si", "Comparten riego"),
    ]
    vinculo = evaluacion.vinculos.get(con="0807")
    assert vinculo.historia.get().history_user == quien
    assert not evaluacion.respuestas.exists()
    quitada = Respuesta.historia.get(pregunta__codigo="X2", history_type="-")
    assert quitada.history_change_reason.startswith("Pasó a la hoja «Vínculo")
    assert "X2 pasó a «Vínculo con otros niveles»" in evaluacion.pasos.last().comentario


def test_lo_que_toca_a_los_vecinos_se_queda_en_su_pregunta(plan_rioverde, guias, territorio):
    """X4 y X5 no dicen de qué nivel hablan: no se le atribuyen a la provincia."""
    evaluacion = borrador(
        guias, territorio.gad["0807"], X1=("no", ""), X4=("", "La vía"), X5=("", "Turismo")
    )
    pasar(evaluacion, plan_rioverde)
    assert vinculos(evaluacion) == [("08", "no", "")]
    vinculo = evaluacion.vinculos.get()
    assert (vinculo.incompatibles, vinculo.sinergias) == ("", "")
    quedan = evaluacion.respuestas.order_by("pregunta__codigo")
    assert list(quedan.values_list("pregunta__codigo", "texto")) == [
        ("X4", "La vía"),
        ("X5", "Turismo"),
    ]


def test_la_informacion_pasa_una_por_linea(plan_rioverde, guias, territorio):
    evaluacion = borrador(
        guias, territorio.gad["0807"], B1=("", "Catastro\n\nVías"), B2=("", "Caudales, Senagua")
    )
    pasar(evaluacion, plan_rioverde)
    filas = evaluacion.informacion.order_by("orden").values_list("orden", "dato", "situacion")
    assert list(filas) == [
        (1, "Catastro", "tiene"),
        (2, "Vías", "tiene"),
        (3, "Caudales, Senagua", "requiere"),
    ]


@pytest.mark.parametrize("texto", ["x" * 201, "\n".join(f"Dato {n}" for n in range(41))])
def test_lo_que_no_entra_en_la_hoja_no_se_corta(plan_rioverde, guias, territorio, texto):
    evaluacion = borrador(guias, territorio.gad["0807"], B1=("", texto))
    assert [r.pregunta.codigo for r in cambio_de(evaluacion).no_caben] == ["B1"]
    pasar(evaluacion, plan_rioverde)
    assert not evaluacion.informacion.exists()
    assert Respuesta.historia.get(pregunta__codigo="B1", history_type="-").texto == texto


def test_no_pisa_un_vinculo_que_ya_estaba(plan_rioverde, guias, territorio):
    evaluacion = borrador(guias, territorio.gad["0807"], X1=("no", "Otra cosa"))
    VinculoFactory(evaluacion=evaluacion, con=territorio.gad["08"], justificacion="Lo de hoy")
    assert [r.pregunta.codigo for r in cambio_de(evaluacion).no_caben] == ["X1"]
    pasar(evaluacion, plan_rioverde)
    assert vinculos(evaluacion) == [("08", "si", "Lo de hoy")]


def test_la_pagina_dice_que_cambia_de_lugar(client, plan_rioverde, guias, territorio):
    evaluacion = borrador(guias, territorio.gad["0807"], X1=("si", "Se encuentran"))
    texto = entrar(client, plan_rioverde).get(evaluacion.get_absolute_url()).text
    assert "cambia de lugar" in texto
    assert "Pasa a la hoja «Vínculo con otros niveles»" in texto
    assert "no cabe en la versión" not in texto


@pytest.mark.parametrize("pagina", ["datos", "niveles", "vision"])
def test_la_pestania_vieja_en_una_pagina_que_ahora_es_hoja_no_pierde(
    client, plan_rioverde, guias, territorio, pagina
):
    evaluacion = borrador(guias, territorio.gad["0807"])
    pasar(evaluacion, plan_rioverde)
    url = reverse("pdot:seccion", args=[evaluacion.pk, pagina])
    entrar(client, plan_rioverde)
    respuesta = client.post(url, {"version_B1": 0, "texto_B1": "Lo que tecleaba"})
    assert respuesta.status_code == 409
    assert "Lo que tecleaba" in respuesta.text
    assert not evaluacion.informacion.exists()
