"""La revisión a medio escribir se guarda, se comparte y no se pisa; se ve solo lo que cambió."""

import pytest
from django.urls import reverse

from pdot.acciones import devolver_evaluacion, enviar_evaluacion, guardar_listas
from pdot.models import BorradorDeRevision, ElementoVision, Evaluacion, Observacion, Pregunta
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory
from tests.fabricas_instrumento import EnNombreFactory, con_hoja_de_vision


@pytest.fixture
def completa(territorio, instrumento):
    evaluacion = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["0807"]),
        instrumento=instrumento,
        respondida="La visión dice turismo comunitario",
    )
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Turismo")
    return evaluacion


@pytest.fixture
def enviada(completa, plan_rioverde):
    return enviar_evaluacion(completa, por=plan_rioverde, version=1)


@pytest.fixture
def reenviada(enviada, zonal1, plan_rioverde):
    """Devuelta por a1 y vuelta a enviar con a1 corregida."""
    pregunta = Pregunta.objects.get(codigo="a1")
    devuelta = devolver_evaluacion(enviada, {pregunta: "Diga el año"}, por=zonal1, version=2)
    respuesta = devuelta.respuestas.get(pregunta=pregunta)
    respuesta.valor, respuesta.texto = "si", "La visión dice turismo sostenible al 2030"
    respuesta.save()
    return enviar_evaluacion(devuelta, por=plan_rioverde, version=3)


def revisar(evaluacion):
    return reverse("pdot:revisar", args=[evaluacion.pk])


def datos(**cambios):
    return {"version": 2, "version_borrador": 0, "decision": "guardar"} | cambios


def test_lo_escrito_a_medias_se_guarda_y_vuelve_al_abrir(client, enviada, zonal1, plan_rioverde):
    entrar(client, zonal1)
    escrito = {"observacion_a1": "Falta el año", "comentario": "Ojo"}
    assert client.post(revisar(enviada), datos(**escrito)).status_code == 302
    form = client.get(revisar(enviada)).context["form"]
    assert {nombre: form[nombre].value() for nombre in escrito} == escrito
    assert BorradorDeRevision.objects.get().historia.get().history_user == zonal1
    # Para el GAD no ha pasado nada.
    entrar(client, plan_rioverde)
    assert "Falta el año" not in client.get(enviada.get_absolute_url()).text
    assert (Observacion.objects.count(), enviada.pasos.count()) == (0, 1)


def test_se_guarda_sola_y_dice_la_version(client, enviada, zonal1):
    entrar(client, zonal1)
    cabecera = {"X-Autoguardado": "1"}
    primera = client.post(revisar(enviada), datos(observacion_a1="Fal"), headers=cabecera)
    assert primera.json()["versiones"] == {"borrador": 1}
    segunda = datos(observacion_a1="Falta", version_borrador=1, decision="aprobar")
    assert client.post(revisar(enviada), segunda, headers=cabecera).json()["versiones"] == {
        "borrador": 2
    }
    tarde = client.post(revisar(enviada), datos(observacion_a1="No"), headers=cabecera)
    largo = client.post(revisar(enviada), datos(observacion_a1="x" * 30_000), headers=cabecera)
    assert (tarde.status_code, largo.status_code) == (409, 400)
    assert "4.000 letras" in largo.json()["error"]
    assert BorradorDeRevision.objects.get().textos == {"observacion_a1": "Falta"}


def test_si_otra_persona_la_guardo_vuelven_los_dos_textos(client, enviada, zonal1, central):
    entrar(client, zonal1)
    client.post(revisar(enviada), datos(observacion_a1="De la zona"))
    entrar(client, central)
    tarde = client.post(revisar(enviada), datos(observacion_a1="De la central"))
    assert tarde.status_code == 409
    assert tarde.context["conflictos"] == [("Observación a a1", "De la zona", "De la central")]
    assert tarde.context["form"]["version_borrador"].value() == 1
    assert tarde.context["form"]["observacion_a1"].value() == "De la central"


@pytest.mark.parametrize("decision", ["aprobar", "devolver"])
def test_no_se_resuelve_sin_leer_lo_que_otra_persona_prepara(
    client, enviada, zonal1, central, decision
):
    entrar(client, zonal1)
    client.post(revisar(enviada), datos(observacion_a1="De la zona"))
    entrar(client, central)
    tarde = client.post(revisar(enviada), datos(decision=decision, comentario="Listo"))
    assert tarde.status_code == 409
    assert Evaluacion.objects.get().estado == "enviada"


def test_al_devolver_lo_preparado_se_vuelve_observacion_y_se_descarta(client, enviada, zonal1):
    entrar(client, zonal1)
    client.post(revisar(enviada), datos(observacion_a1="Falta"))
    client.post(
        revisar(enviada),
        datos(observacion_a1="Falta el año", version_borrador=1, decision="devolver"),
    )
    assert Observacion.objects.get().texto == "Falta el año"
    assert not BorradorDeRevision.objects.exists()


def test_lo_que_se_guarda_tarde_vuelve_en_el_409(client, enviada, zonal1, central):
    entrar(client, central)
    client.post(revisar(enviada), datos(decision="aprobar"))
    entrar(client, zonal1)
    tarde = client.post(revisar(enviada), datos(observacion_a1="Llegué tarde"))
    assert tarde.status_code == 409
    assert tarde.context["conflictos"] == [("a1 · ¿La visión es concreta?", "", "Llegué tarde")]
    assert not BorradorDeRevision.objects.exists()


def test_otra_zona_ni_la_ve_ni_la_guarda(client, enviada, zonal4, plan_rioverde):
    for quien, codigo in ((zonal4, 404), (plan_rioverde, 403)):
        entrar(client, quien)
        assert client.post(revisar(enviada), datos(observacion_a1="x")).status_code == codigo
    assert not BorradorDeRevision.objects.exists()


def test_a_quien_la_lleno_en_nombre_del_gad_se_le_dice_antes(client, enviada, zonal1, central):
    EnNombreFactory(evaluacion=enviada, por=zonal1)
    aviso, boton = "pero la aprueba otra persona", 'value="aprobar"'
    pagina = entrar(client, zonal1).get(revisar(enviada)).text
    assert (aviso in pagina, boton in pagina) == (True, False)
    pagina = entrar(client, central).get(revisar(enviada)).text
    assert (aviso in pagina, boton in pagina) == (False, True)


def test_lo_observado_a_una_hoja_se_guarda_y_no_se_pierde_al_ver_los_cambios(
    client, reenviada, zonal1
):
    con_hoja_de_vision(reenviada.instrumento)
    entrar(client, zonal1)
    client.post(revisar(reenviada), datos(version=4, hoja_vision="Falta «el agua»"))
    assert client.get(revisar(reenviada)).context["form"]["hoja_vision"].value() == (
        "Falta «el agua»"
    )
    cambios = f"{revisar(reenviada)}?solo=cambios"
    assert '<input type="hidden" name="hoja_vision" value="Falta «el agua»">' in (
        client.get(cambios).text
    )
    largo = datos(version=4, version_borrador=1, hoja_vision="x" * 30_000)
    tarde = client.post(cambios, largo)
    assert (tarde.status_code, 'id="error-hoja_vision"' in tarde.text) == (400, True)
    client.post(
        cambios,
        datos(version=4, version_borrador=1, hoja_vision="Falta el agua", decision="devolver"),
    )
    assert Observacion.objects.filter(atendida=False).get().seccion.clase == "vision"


def test_la_hoja_que_cambio_se_observa_tambien_al_ver_solo_los_cambios(
    client, enviada, zonal1, plan_rioverde
):
    con_hoja_de_vision(enviada.instrumento)
    devuelta = devolver_evaluacion(enviada, {}, por=zonal1, version=2, comentario="La visión")
    guardar_listas(
        devuelta, elementos=["Agua"], problemas=[], version=devuelta.version, por=plan_rioverde
    )
    ahora = Evaluacion.objects.get()
    enviar_evaluacion(ahora, por=plan_rioverde, version=ahora.version)
    entrar(client, zonal1)
    pagina = client.get(revisar(enviada), {"solo": "cambios"}).text
    assert '<textarea class="form-control" name="hoja_vision"' in pagina


# --- Lo que cambió ------------------------------------------------------------------------------


def test_en_el_primer_envio_no_hay_con_que_comparar(client, enviada, zonal1):
    entrar(client, zonal1)
    contexto = client.get(revisar(enviada)).context
    assert (contexto["desde"], contexto["cuantos_cambios"]) == (None, 0)


def test_se_ve_solo_lo_que_cambio_desde_la_devolucion(client, reenviada, zonal1):
    entrar(client, zonal1)
    pagina = client.get(revisar(reenviada), {"solo": "cambios"})
    filas = [fila for _, filas in pagina.context["partes"] for fila in filas]
    assert [fila.pregunta.codigo for fila in filas if fila.cambio] == ["a1"]
    assert ('id="p-a1"' in pagina.text, 'id="p-a2"' in pagina.text) == (True, False)
    (cambio,) = [fila.cambio for fila in filas if fila.cambio]
    assert (cambio.valor_antes, cambio.valor_despues) == ("parcial", "si")
    assert [(trozo.que, trozo.texto) for trozo in cambio.trozos] == [
        ("igual", "La visión dice turismo"),
        ("quitado", "comunitario"),
        ("puesto", "sostenible al 2030"),
    ]


def test_al_ver_solo_los_cambios_no_se_pierde_lo_preparado_en_lo_demas(client, reenviada, zonal1):
    entrar(client, zonal1)
    client.post(revisar(reenviada), datos(version=4, observacion_a2="Espere"))
    pagina = client.get(revisar(reenviada), {"solo": "cambios"}).text
    assert '<input type="hidden" name="observacion_a2" value="Espere">' in pagina


def test_la_revision_cabe_en_pocas_consultas(
    client, reenviada, zonal1, django_assert_max_num_queries
):
    entrar(client, zonal1)
    # La primera vez, SQLite averigua además si sabe de JSON.
    client.get(revisar(reenviada))
    with django_assert_max_num_queries(7):
        client.get(revisar(reenviada))
