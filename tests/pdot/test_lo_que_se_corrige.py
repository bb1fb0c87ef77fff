"""Lo que el GAD corrige mientras está devuelta es suyo: los demás leen lo último que envió."""

import pytest
from django.urls import reverse

from pdot.acciones import (
    CambioDeRespuesta,
    devolver_evaluacion,
    enviar_evaluacion,
    guardar_listas,
    guardar_respuestas,
)
from pdot.acciones_hojas import CambioDeVinculo, Dato, guardar_informacion, guardar_vinculos, huella
from pdot.documento_evaluacion import contexto_de_evaluacion
from pdot.models import ElementoVision, Evaluacion, FotoDeEvaluacion, Pregunta
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory
from tests.fabricas_formulario import InformacionFactory, VinculoFactory, con_hojas
from tests.lectura_pdf import texto_de

ENVIADO = ["Lo enviado", "Vías enviadas", "Caudales enviados", "Turismo enviado"]
A_MEDIAS = ["Lo tachado", "Vías tachadas", "Suelos tachados", "Turismo tachado"]


def pregunta():
    return Pregunta.objects.get(codigo="a1")


@pytest.fixture
def enviada(territorio, instrumento, plan_rioverde):
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=con_hojas(instrumento),
        respondida="Lo enviado",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo enviado")
    VinculoFactory(evaluacion=evaluacion, con_id="08", sinergias="Vías enviadas")
    InformacionFactory(evaluacion=evaluacion, dato="Caudales enviados")
    return enviar_evaluacion(evaluacion, por=plan_rioverde, version=evaluacion.version)


def corregir(evaluacion, por, que):
    """Escribe en todo lo que se abrió: una pregunta y las tres hojas."""
    texto, sinergias, dato, elemento = que
    respuesta = evaluacion.respuestas.get(pregunta__codigo="a1")
    cambio = CambioDeRespuesta(pregunta(), respuesta.version, "parcial", texto)
    guardar_respuestas(evaluacion, [cambio], por=por)
    vinculo = evaluacion.vinculos.get()
    guardar_vinculos(
        evaluacion, [CambioDeVinculo("08", vinculo.version, "si", "", "", sinergias)], por=por
    )
    leida = huella(evaluacion.informacion.all())
    guardar_informacion(evaluacion, [Dato(dato, "tiene")], version=leida, por=por)
    version = Evaluacion.objects.get(pk=evaluacion.pk).version
    guardar_listas(evaluacion, elementos=[elemento], problemas=[], version=version, por=por)


@pytest.fixture
def corrigiendose(enviada, zonal1, plan_rioverde):
    devolver_evaluacion(
        enviada, {pregunta(): "Precise"}, por=zonal1, version=2, comentario="Revise las hojas."
    )
    corregir(enviada, plan_rioverde, A_MEDIAS)
    return Evaluacion.objects.para_lista().get()


def dichos(texto):
    return [dicho for dicho in [*ENVIADO, *A_MEDIAS] if dicho in texto]


def test_quien_revisa_lee_lo_enviado_y_el_gad_lo_suyo(
    client, corrigiendose, zonal1, central, plan_rioverde
):
    direccion = corrigiendose.get_absolute_url()
    for quien in (zonal1, central):
        pagina = entrar(client, quien).get(direccion)
        assert dichos(pagina.text) == ENVIADO, quien
        assert "Aquí se lee como la envió" in pagina.text
    del_gad = entrar(client, plan_rioverde).get(direccion)
    assert dichos("".join(e for e in A_MEDIAS if e in del_gad.text)) == A_MEDIAS
    assert "Aquí se lee como la envió" not in del_gad.text


def test_al_volver_a_enviar_se_lee_lo_nuevo_y_nunca_lo_tachado(
    client, corrigiendose, zonal1, plan_rioverde
):
    corregir(corrigiendose, plan_rioverde, ["Nuevo", "Vías nuevas", "Suelos", "Turismo nuevo"])
    version = Evaluacion.objects.get().version
    enviar_evaluacion(corrigiendose, por=plan_rioverde, version=version)
    entrar(client, zonal1)
    for ruta in ("evaluacion", "revisar", "cambios"):
        pagina = client.get(reverse(f"pdot:{ruta}", args=[corrigiendose.pk])).text
        assert [dicho for dicho in A_MEDIAS if dicho in pagina] == [], ruta
        assert "nuevas" in pagina, ruta


def test_el_pdf_dice_lo_enviado(corrigiendose, zonal1, plan_rioverde):
    def leido(usuario):
        contexto = contexto_de_evaluacion(corrigiendose, usuario)
        celdas = [c for parte in contexto["partes"] for c in parte.celdas]
        respuestas = {c.pregunta.codigo: c.respuesta.texto for c in celdas if c.respuesta}
        ((_, vinculo),), (dato,) = contexto["vinculos"], contexto["informacion"]
        (elemento,) = contexto["elementos"]
        return [respuestas.get("a1"), vinculo.sinergias, dato.dato, elemento.texto]

    assert leido(zonal1)[1:] == ENVIADO[1:]
    assert leido(plan_rioverde)[1:] == A_MEDIAS[1:]


@pytest.mark.parametrize(("quien", "lo_lee"), [("zonal1", False), ("plan_rioverde", True)])
def test_el_formulario_con_lo_escrito_es_de_quien_la_llena(
    client, corrigiendose, elenco, quien, lo_lee
):
    direccion = reverse("pdot:formulario_de_evaluacion", args=[corrigiendose.pk])
    entrar(client, elenco[quien])
    texto = texto_de(client.get(f"{direccion}?escrito=1").content)
    assert ("Vías tachadas" in texto) == lo_lee


def test_lo_exportado_no_lo_lleva(client, corrigiendose, zonal1, plan_rioverde):
    entrar(client, zonal1)
    for que in ("respuestas", "vinculos", "informacion", "vision"):
        lineas = client.get(reverse("pdot:exportar_csv", args=[que])).streaming_content
        assert dichos(b"".join(lineas).decode()) == [], que
    entrar(client, plan_rioverde)
    lineas = client.get(reverse("pdot:exportar_csv", args=["vinculos"])).streaming_content
    assert dichos(b"".join(lineas).decode()) == ["Vías tachadas"]


def test_las_fotos_que_se_suben_al_corregir_esperan_al_envio(corrigiendose, zonal1, plan_rioverde):
    FotoDeEvaluacion.objects.create(
        evaluacion=corrigiendose,
        leyenda="Nueva",
        subida_por=plan_rioverde,
        **dict.fromkeys(("ancho", "alto", "bytes"), 1),
    )

    def ve(usuario):
        return FotoDeEvaluacion.objects.visibles_para(usuario).count()

    assert (ve(zonal1), ve(plan_rioverde)) == (0, 1)
    enviar_evaluacion(corrigiendose, por=plan_rioverde, version=corrigiendose.version)
    assert (ve(zonal1), ve(plan_rioverde)) == (1, 1)


def test_la_administracion_tampoco_lo_muestra(client, corrigiendose, central):
    entrar(client, central)
    respuesta, vinculo = corrigiendose.respuestas.first(), corrigiendose.vinculos.get()
    for fila in (respuesta, vinculo):
        lista = f"admin:pdot_{fila._meta.model_name}"
        assert dichos(client.get(reverse(f"{lista}_changelist")).text) == []
    ficha = reverse("admin:pdot_evaluacion_change", args=[corrigiendose.pk])
    assert dichos(client.get(ficha).text) == []
