"""Las hojas en el recorrido de la evaluación: enviar, devolver, corregir, leer y copiar."""

import pytest
from django.urls import reverse

from pdot.acciones import (
    Incompleta,
    NoProcede,
    RespuestasEnConflicto,
    abrir_evaluacion,
    devolver_evaluacion,
    enviar_evaluacion,
    guardar_listas,
)
from pdot.acciones_hojas import CambioDeVinculo, Dato, guardar_informacion, guardar_vinculos, huella
from pdot.models import ElementoVision, Evaluacion, Informacion, Pregunta, Seccion, Vinculo
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory
from tests.fabricas_formulario import InformacionFactory, VinculoFactory, con_hojas


@pytest.fixture
def completa(territorio, instrumento):
    """Borrador de Rioverde con preguntas, hojas y visión."""
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=con_hojas(instrumento),
        respondida="Porque sí",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
    VinculoFactory(evaluacion=evaluacion, con_id="08", sinergias="Vías\nRiego")
    InformacionFactory(evaluacion=evaluacion, dato="Caudales", proveedor="Senagua")
    return evaluacion


@pytest.fixture
def enviada(completa, plan_rioverde):
    return enviar_evaluacion(completa, por=plan_rioverde, version=completa.version)


def hoja(evaluacion, clase):
    return evaluacion.instrumento.secciones.get(clase=clase)


def direccion(evaluacion, codigo):
    return reverse("pdot:seccion", args=[evaluacion.pk, codigo])


def vincular(evaluacion, por, **cambios):
    cambio = CambioDeVinculo("08", 1, **({"valor": "no"} | cambios))
    return guardar_vinculos(evaluacion, [cambio], por=por)


def faltas(evaluacion, por):
    with pytest.raises(Incompleta) as error:
        enviar_evaluacion(evaluacion, por=por, version=1)
    return [(falta.seccion, falta.ancla, falta.que) for falta in error.value.faltas]


def test_completa_se_envia(enviada):
    assert enviada.estado == "enviada"


def test_sin_pares_ni_datos_no_se_envia_y_dice_donde(client, completa, plan_rioverde):
    Vinculo.objects.all().delete()
    Informacion.objects.all().delete()
    assert faltas(completa, plan_rioverde) == [
        ("niveles", "v-08", "marque SÍ, PARCIAL o NO"),
        ("datos", "hoja", "anote al menos un dato con que cuenta o que requiere"),
    ]
    entrar(client, plan_rioverde)
    assert f"{direccion(completa, 'niveles')}#v-08" in client.get(completa.get_absolute_url()).text


@pytest.mark.parametrize("valor", ["parcial", "no"])
def test_un_par_sin_justificar_no_se_envia(completa, plan_rioverde, valor):
    vincular(completa, plan_rioverde, valor=valor, justificacion=" ")
    que = f"justifique por qué respondió {valor.upper()}"
    assert faltas(completa, plan_rioverde) == [("niveles", "v-08", que)]


def test_una_hoja_que_no_es_obligatoria_puede_ir_vacia(completa, plan_rioverde):
    Seccion.objects.filter(clase__in=["vinculos", "informacion"]).update(obligatoria=False)
    Vinculo.objects.all().delete()
    Informacion.objects.all().delete()
    assert enviar_evaluacion(completa, por=plan_rioverde, version=1).estado == "enviada"


@pytest.mark.parametrize("estado", ["enviada", "aprobada"])
def test_fuera_de_sus_manos_no_se_escribe(client, completa, plan_rioverde, estado):
    Evaluacion.objects.filter(pk=completa.pk).update(estado=estado)
    with pytest.raises(NoProcede):
        vincular(completa, plan_rioverde)
    with pytest.raises(NoProcede):
        guardar_informacion(completa, [], version="", por=plan_rioverde)
    entrar(client, plan_rioverde)
    datos = {"version_08": 1, "valor_08": "no", "justificacion_08": "Lo que tecleé"}
    respuesta = client.post(direccion(completa, "niveles"), datos)
    assert respuesta.status_code == 409
    assert "Lo que tecleé" in respuesta.text


def test_observar_una_hoja_abre_esa_y_no_las_demas(client, enviada, zonal1, plan_rioverde):
    observaciones = {hoja(enviada, "vinculos"): "Diga qué vías."}
    devolver_evaluacion(enviada, observaciones, por=zonal1, version=2)
    vincular(enviada, plan_rioverde, justificacion="Ninguna")
    with pytest.raises(NoProcede):
        guardar_informacion(enviada, [], version="", por=plan_rioverde)
    with pytest.raises(NoProcede):
        guardar_listas(enviada, elementos=[], problemas=[], version=3, por=plan_rioverde)
    entrar(client, plan_rioverde)
    detalle = client.get(enviada.get_absolute_url())
    assert detalle.context["llenado"].por_donde_corregir == ("niveles", "hoja")
    assert "Diga qué vías." in client.get(direccion(enviada, "niveles")).text
    cerrada = client.get(direccion(enviada, "datos"))
    assert (cerrada.context["se_corrige"], "Caudales" in cerrada.text) == (False, True)
    assert 'name="dato-0-dato"' not in cerrada.text


def test_observar_una_pregunta_no_abre_las_hojas(enviada, zonal1, plan_rioverde):
    devolver_evaluacion(
        enviada, {Pregunta.objects.get(codigo="a1"): "Precise"}, por=zonal1, version=2
    )
    with pytest.raises(NoProcede):
        vincular(enviada, plan_rioverde)


def test_un_comentario_general_abre_todas_las_hojas(enviada, zonal1, plan_rioverde):
    devolver_evaluacion(enviada, {}, por=zonal1, version=2, comentario="Revise los datos.")
    vincular(enviada, plan_rioverde, justificacion="Ninguna")
    version = huella(enviada.informacion.all())
    guardar_informacion(enviada, [Dato("Suelos", "tiene")], version=version, por=plan_rioverde)
    assert [fila.dato for fila in enviada.informacion.all()] == ["Suelos"]


def test_la_zona_observa_una_hoja_al_revisar(client, enviada, zonal1):
    entrar(client, zonal1)
    datos = {"version": 2, "decision": "devolver", "hoja_niveles": "Diga qué vías."}
    assert client.post(reverse("pdot:revisar", args=[enviada.pk]), datos).status_code == 302
    assert list(enviada.observaciones.values_list("pregunta", "seccion__codigo", "texto")) == [
        (None, "niveles", "Diga qué vías.")
    ]


def test_al_volver_a_enviar_lo_observado_en_la_hoja_queda_atendido(enviada, zonal1, plan_rioverde):
    observaciones = {hoja(enviada, "informacion"): "Falta el año."}
    devuelta = devolver_evaluacion(enviada, observaciones, por=zonal1, version=2)
    enviar_evaluacion(devuelta, por=plan_rioverde, version=3)
    assert list(enviada.observaciones.values_list("seccion__codigo", "atendida")) == [
        ("datos", True)
    ]


def test_quien_revisa_lee_las_hojas(client, enviada, zonal1):
    entrar(client, zonal1)
    for nombre in ("revisar", "evaluacion"):
        texto = client.get(reverse(f"pdot:{nombre}", args=[enviada.pk])).text
        for dicho in ("Esmeraldas (provincia)", "Riego", "Caudales", "Senagua"):
            assert dicho in texto


def test_la_bitacora_nombra_el_par_y_el_dato(client, completa, plan_rioverde):
    vincular(completa, plan_rioverde, justificacion="Ninguna")
    version = huella(completa.informacion.all())
    guardar_informacion(completa, [Dato("Suelos", "tiene")], version=version, por=plan_rioverde)
    entrar(client, plan_rioverde)
    bitacora = client.get(completa.get_absolute_url(), {"cambios": 1}).context["bitacora"]
    dichas = {entrada.que for entrada in bitacora}
    assert any("el vínculo con Esmeraldas (provincia)" in que for que in dichas)
    assert any("el dato «Suelos»" in que for que in dichas)


def test_la_version_nueva_copia_las_hojas(completa, plan_rioverde):
    Evaluacion.objects.filter(pk=completa.pk).update(estado="aprobada")
    nueva = abrir_evaluacion(completa.pdot, por=plan_rioverde)
    assert list(nueva.vinculos.values_list("con", "valor", "sinergias", "version")) == [
        ("08", "si", "Vías\nRiego", 1)
    ]
    assert list(nueva.informacion.values_list("dato", "proveedor")) == [("Caudales", "Senagua")]
    assert Vinculo.historia.get(evaluacion=nueva).history_user == plan_rioverde


@pytest.mark.django_db(transaction=True)
def test_dos_que_guardan_el_mismo_par_a_la_vez_gana_uno(completa, plan_rioverde):
    def guardar(n):
        return vincular(completa, plan_rioverde, valor=("no", "parcial")[n])

    resultados = a_la_vez(2, guardar)
    assert [una for una in resultados if isinstance(una, dict)] == [{"08": 2}]
    assert [type(una) for una in resultados if not isinstance(una, dict)] == [RespuestasEnConflicto]
    assert (completa.vinculos.get().version, Vinculo.historia.filter(history_type="~").count()) == (
        2,
        1,
    )
