"""Un borrador ofrece pasar a la versión vigente de las preguntas sin perder lo respondido."""

import pytest
from django.urls import reverse

from pdot.acciones import CambioDeRespuesta, NoProcede, guardar_respuestas
from pdot.cambio_de_version import cambio_de, pasar_de_version
from pdot.models import Evaluacion, Instrumento, Pregunta, Respuesta
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory, PreguntaFactory
from tests.fabricas_borradores import foto_de
from tests.fabricas_formulario import con_hojas
from tests.fabricas_instrumento import borrador_de_instrumento
from tests.imagenes import foto


@pytest.fixture
def borrador(territorio, instrumento):
    """De Rioverde, en la versión 1, con sus cinco preguntas respondidas."""
    return EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]), instrumento=instrumento, respondida="Escrito"
    )


@pytest.fixture
def vigente(borrador):
    """La 2: sin a3 ni b2, con a9 nueva, a1 con otro texto y a2 de texto."""
    guia = borrador_de_instrumento(2)
    suyas = Pregunta.objects.filter(seccion__instrumento=guia)
    suyas.filter(codigo__in=["a3", "b2"]).delete()
    suyas.filter(codigo="a1").update(texto="¿La visión es concreta y clara?")
    suyas.filter(codigo="a2").update(tipo="texto")
    PreguntaFactory(seccion=guia.secciones.get(codigo="interna"), codigo="a9")
    con_hojas(guia)
    Instrumento.objects.filter(pk=guia.pk).update(publicado=True)
    return Instrumento.objects.get(pk=guia.pk)


def leido(evaluacion, **cambios):
    evaluacion.refresh_from_db()
    datos = {"version": evaluacion.version, "leida": evaluacion.actualizada.isoformat()}
    return datos | {"numero": 2} | cambios


def pasar(client, evaluacion, **cambios):
    url = reverse("pdot:pasar_de_version", args=[evaluacion.pk])
    return client.post(url, leido(evaluacion, **cambios))


def test_dice_que_cambia_y_que_no_cabe(client, plan_rioverde, borrador, vigente):
    pagina = entrar(client, plan_rioverde).get(borrador.get_absolute_url())
    cambio = pagina.context["cambio"]
    assert [hoja.clase for hoja in cambio.hojas] == ["vinculos", "informacion"]
    assert [p.codigo for p in cambio.nuevas] == ["a9"]
    assert [p.codigo for p in cambio.quitadas] == ["a3", "b2"]
    assert [ahora.codigo for _, ahora in cambio.textos] == ["a1", "a2"]
    assert [r.pregunta.codigo for r in cambio.no_caben] == ["a3", "b2"]
    assert [r.pregunta.codigo for r in cambio.sin_marca] == ["a2"]
    assert "Pasar a la versión 2" in pagina.text


def test_las_fotos_siguen_a_su_seccion(client, plan_rioverde, borrador, vigente):
    interna = borrador.instrumento.secciones.get(codigo="interna")
    a1, a3 = (interna.preguntas.get(codigo=codigo) for codigo in ("a1", "a3"))
    puestas = [
        foto_de(borrador, pregunta=una, contenido=foto(color=(9, 9, numero)))
        for numero, una in enumerate((a1, a3))
    ]
    vigente.secciones.get(codigo="externa").preguntas.all().delete()
    vigente.secciones.filter(codigo="externa").delete()
    externa = borrador.instrumento.secciones.get(codigo="externa")
    puestas.append(foto_de(borrador, seccion=externa, contenido=foto(color=(1, 2, 3))))
    assert pasar(entrar(client, plan_rioverde), borrador).status_code == 302
    ahora = [(f.seccion.codigo, f.pregunta and f.pregunta.codigo) for f in borrador.fotos.all()]
    assert ahora == [("interna", "a1"), ("interna", None), ("vision", None)]
    assert {f.seccion.instrumento for f in borrador.fotos.all()} == {vigente}


def test_conserva_por_codigo_y_lo_demas_queda_en_la_historia(
    client, plan_rioverde, borrador, vigente
):
    entrar(client, plan_rioverde)
    assert pasar(client, borrador).status_code == 302
    borrador.refresh_from_db()
    assert borrador.instrumento == vigente
    quedan = borrador.respuestas.select_related("pregunta__seccion")
    assert {r.pregunta.codigo: (r.valor, r.texto) for r in quedan} == {
        "a1": ("parcial", "Escrito"),
        "a2": ("", "Escrito"),
        "b1": ("", "Escrito"),
    }
    assert {r.pregunta.seccion.instrumento_id for r in quedan} == {vigente.pk}
    quitadas = Respuesta.historia.filter(evaluacion=borrador.pk, history_type="-")
    assert {(q.pregunta.codigo, q.texto, q.history_user) for q in quitadas} == {
        ("a3", "Escrito", plan_rioverde),
        ("b2", "Escrito", plan_rioverde),
    }
    assert borrador.pasos.last().comentario == (
        "Pasó de la versión 1 a la 2. No cabía lo respondido en a3, b2: queda en la historia."
    )
    pagina = client.get(borrador.get_absolute_url(), {"cambios": 1})
    assert pagina.context["cambio"] is None
    assert "la respuesta b2" in pagina.text


def test_dos_clics_pasan_una_vez(client, plan_rioverde, borrador, vigente):
    entrar(client, plan_rioverde)
    datos = leido(borrador)
    url = reverse("pdot:pasar_de_version", args=[borrador.pk])
    assert [client.post(url, datos).status_code for _ in range(2)] == [302, 302]
    assert borrador.pasos.filter(comentario__startswith="Pasó").count() == 1


@pytest.mark.parametrize(
    "cambios", [{"version": 9}, {"leida": "antes"}, {"numero": 3}, {"leida": ""}]
)
def test_si_algo_cambio_desde_que_se_leyo_no_pasa(
    client, plan_rioverde, borrador, vigente, cambios
):
    entrar(client, plan_rioverde)
    assert pasar(client, borrador, **cambios).status_code == 409
    borrador.refresh_from_db()
    assert borrador.instrumento.numero == 1
    assert borrador.respuestas.count() == 5


@pytest.mark.parametrize("estado", ["enviada", "devuelta", "aprobada"])
def test_solo_un_borrador(client, plan_rioverde, borrador, vigente, estado):
    Evaluacion.objects.filter(pk=borrador.pk).update(estado=estado)
    entrar(client, plan_rioverde)
    assert client.get(borrador.get_absolute_url()).context["cambio"] is None
    assert pasar(client, borrador).status_code == 409


@pytest.mark.parametrize(
    ("quien", "codigo"), [("central", 403), ("zonal1", 404), ("plan_chone", 404)]
)
def test_solo_quien_la_llena(client, request, borrador, vigente, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    assert pasar(client, borrador).status_code == codigo


def test_lo_que_otra_pestana_tecleaba_no_se_pierde(client, plan_rioverde, borrador, vigente):
    entrar(client, plan_rioverde)
    versiones = {f"version_a{n}": 1 for n in (1, 2, 3)}
    pasar(client, borrador)
    interna = reverse("pdot:seccion", args=[borrador.pk, "interna"])
    respuesta = client.post(interna, versiones | {"valor_a3": "no", "texto_a3": "Sin base"})
    assert respuesta.status_code == 409
    assert "Sin base" in respuesta.text
    perdida = reverse("pdot:seccion", args=[borrador.pk, "se-fue"])
    respuesta = client.post(perdida, {"texto_z1": "En otra hoja"})
    assert respuesta.status_code == 409
    assert "En otra hoja" in respuesta.text


@pytest.mark.django_db(transaction=True)
def test_a_la_vez_se_guarda_y_se_pasa(borrador, vigente, plan_rioverde):
    pregunta = Pregunta.objects.select_related("seccion").get(
        codigo="a3", seccion__instrumento__numero=1
    )
    cambio = CambioDeRespuesta(pregunta, 1, "no", "A última hora")
    datos = leido(borrador)

    def correr(n):
        if n:
            return guardar_respuestas(borrador, [cambio], por=plan_rioverde)
        return pasar_de_version(borrador, por=plan_rioverde, **datos)

    pasada, guardada = a_la_vez(2, correr)
    if pasada is True:
        assert isinstance(guardada, NoProcede)
        assert cambio_de(Evaluacion.objects.get()) is None
    else:
        assert isinstance(pasada, Conflicto)
        assert borrador.respuestas.get(pregunta=pregunta).texto == "A última hora"
