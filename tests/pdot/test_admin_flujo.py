"""El admin no es otra puerta del flujo: evaluaciones e instrumentos publicados solo se leen."""

from threading import Barrier, Thread

import pytest
from django.contrib import admin
from django.db import connection
from django.urls import reverse

from pdot.acciones_instrumento import publicar_instrumento
from pdot.models import (
    ElementoVision,
    Evaluacion,
    Instrumento,
    Observacion,
    Paso,
    Pdot,
    Pregunta,
    Problema,
    Respuesta,
    Seccion,
)
from territorios.models import Usuario
from tests.conftest import ruta_admin as ruta
from tests.fabricas import InstrumentoFactory, PreguntaFactory, SeccionFactory
from tests.fabricas_instrumento import con_hoja_de_vision
from tests.lectura_html import lo_que_enviaria, pagina

DEL_FLUJO = [Evaluacion, Respuesta, Paso, Observacion, Problema]


@pytest.fixture
def filas(evaluaciones):
    """Una fila de cada modelo del flujo, de la evaluación devuelta de Chone."""
    devuelta = evaluaciones["1303"]
    Problema.objects.create(evaluacion=devuelta, orden=1, texto="Agua")
    ElementoVision.objects.create(evaluacion=devuelta, orden=1, texto="Río Chone")
    # Enviada otra vez: lo que se está corrigiendo no se lee aquí.
    Evaluacion.objects.filter(pk=devuelta.pk).update(estado="enviada")
    devuelta.refresh_from_db()
    return {
        Evaluacion: devuelta,
        Respuesta: devuelta.respuestas.first(),
        Paso: devuelta.pasos.last(),
        Observacion: devuelta.observaciones.get(),
        Problema: devuelta.problemas.get(),
        ElementoVision: devuelta.elementos_vision.get(),
    }


def retrato():
    """Todo lo que guarda el flujo, para comprobar que nada se movió."""
    modelos = [*DEL_FLUJO, ElementoVision]
    return {m.__name__: list(m.objects.order_by("pk").values()) for m in modelos}


class TestEvaluaciones:
    @pytest.mark.parametrize("modelo", [*DEL_FLUJO, ElementoVision])
    def test_solo_se_leen(self, como_central, filas, modelo):
        fila, antes = filas[modelo], retrato()
        for que, args in [("change", [fila.pk]), ("delete", [fila.pk])]:
            datos = {
                "estado": "aprobada",
                "texto": "Cambiado",
                "valor": "si",
                "version": 1,
                "post": "yes",
            }
            assert como_central.post(ruta(modelo, que, *args), datos).status_code == 403
        if modelo is not ElementoVision:
            assert como_central.get(ruta(modelo, "add")).status_code == 403
            assert como_central.post(ruta(modelo, "add"), {"texto": "x"}).status_code == 403
        ficha = como_central.get(ruta(modelo, "change", fila.pk))
        editables = {nombre for nombre, _ in pagina(ficha).campos}
        assert not {n for n in editables if n.endswith(("estado", "texto", "valor"))}
        assert retrato() == antes

    def test_el_historial_no_sirve_para_volver_atras(self, como_central, filas):
        """La vista de simple_history escribe con solo permiso de ver: aquí se niega."""
        probadas = 0
        for modelo in (Evaluacion, Respuesta, Observacion, Problema, ElementoVision):
            fila, antes = filas[modelo], retrato()
            url = ruta(modelo, "simple_history", fila.pk, fila.historia.first().pk)
            datos = {
                "pdot": getattr(fila, "pdot_id", ""),
                "instrumento": getattr(fila, "instrumento_id", ""),
                "numero": 1,
                "estado": "aprobada",
                "evaluacion": getattr(fila, "evaluacion_id", ""),
                "pregunta": getattr(fila, "pregunta_id", ""),
                "orden": 1,
                "texto": "Cambiado",
                "version": 1,
            }
            assert como_central.get(url).status_code == 200
            assert como_central.post(url, datos).status_code == 403
            assert retrato() == antes
            probadas += 1
        assert probadas == 5

    def test_no_hay_acciones_en_masa(self, como_central, filas):
        for modelo in DEL_FLUJO:
            pedido = como_central.get(ruta(modelo, "changelist")).wsgi_request
            assert admin.site._registry[modelo].get_actions(pedido) == {}

    def test_el_borrador_de_un_gad_tampoco_se_lee_aqui(self, como_central, evaluaciones):
        borrador = evaluaciones["0807"]
        respuesta = borrador.respuestas.first()
        textos = 0
        for modelo in DEL_FLUJO:
            html = como_central.get(ruta(modelo, "changelist")).text
            assert "Justificación de 0807" not in html
            textos += "Justificación de 0801" in html
        assert textos == 1, "control: lo enviado sí se lee"
        for fila in (borrador, respuesta):
            modelo, asiento = type(fila), fila.historia.first()
            for url in (
                ruta(modelo, "change", fila.pk),
                ruta(modelo, "history", fila.pk),
                ruta(modelo, "simple_history", fila.pk, asiento.pk),
            ):
                respuesta = como_central.get(url, follow=True)
                assert "Justificación de 0807" not in respuesta.text, url
                assert respuesta.status_code == 404 or url.endswith("/change/")

    def test_el_autocompletar_no_filtra_borradores(self, como_central, evaluaciones):
        pedido = {"app_label": "pdot", "model_name": "problema", "field_name": "evaluacion"}
        respuesta = como_central.get(reverse("admin:autocomplete"), pedido | {"term": "0807"})
        assert "Rioverde" not in respuesta.text


class TestVisionDelGrupo:
    def test_se_corrige_la_del_grupo(self, como_central, central, grupo1):
        elemento = ElementoVision.objects.create(grupo=grupo1, orden=1, texto="Turísmo")
        url = ruta(ElementoVision, "change", elemento.pk)
        datos = lo_que_enviaria(como_central.get(url), texto="Turismo")
        assert como_central.post(url, datos).status_code == 302
        elemento.refresh_from_db()
        assert elemento.texto == "Turismo"
        assert elemento.historia.first().history_user == central

    def test_una_nueva_es_de_un_grupo_y_de_sus_miembros(self, como_central, grupo1):
        url = ruta(ElementoVision, "add")
        nueva = {"orden": 1, "texto": "Corredor turístico"}
        sin_grupo = como_central.post(url, nueva)
        assert "grupo" in sin_grupo.context["adminform"].form.errors
        ajena = como_central.post(url, nueva | {"grupo": grupo1.pk, "gads": ["1303"]})
        assert "gads" in ajena.context["adminform"].form.errors
        assert not ElementoVision.objects.exists()
        buena = como_central.post(url, nueva | {"grupo": grupo1.pk, "gads": ["0807"]})
        assert buena.status_code == 302

    def test_no_se_cuelga_de_una_evaluacion(self, como_central, grupo1, evaluaciones):
        elemento = ElementoVision.objects.create(grupo=grupo1, orden=1, texto="Turismo")
        url = ruta(ElementoVision, "change", elemento.pk)
        datos = lo_que_enviaria(como_central.get(url), evaluacion=evaluaciones["0803"].pk)
        como_central.post(url, datos)
        elemento.refresh_from_db()
        assert elemento.evaluacion is None


class TestPdot:
    def test_un_pdot_no_cambia_de_gad(self, como_central, pdots, evaluaciones):
        """Con él se irían sus evaluaciones a manos de otro."""
        pdot = pdots["0807"]
        url = ruta(Pdot, "change", pdot.pk)
        datos = lo_que_enviaria(como_central.get(url), gad="0801", vision="Un cantón unido")
        assert como_central.post(url, datos).status_code == 302
        pdot.refresh_from_db()
        assert (pdot.gad_id, pdot.vision) == ("0807", "Un cantón unido")

    def test_dos_pdot_que_empiezan_igual_es_un_mensaje(self, como_central, pdots):
        otro = Pdot.objects.create(gad_id="0807", anio_desde=2020, anio_hasta=2023)
        url = ruta(Pdot, "change", otro.pk)
        respuesta = como_central.post(url, lo_que_enviaria(como_central.get(url), anio_desde=2015))
        assert respuesta.status_code == 400
        assert "ya tiene un PDOT que empieza ese año" in respuesta.text


@pytest.fixture
def borrador(db):
    """Instrumento sin publicar con una sección, una pregunta y su hoja de visión."""
    guia = InstrumentoFactory(numero=2, publicado=False)
    PreguntaFactory(seccion=SeccionFactory(instrumento=guia))
    return con_hoja_de_vision(guia)


class TestInstrumento:
    def publicar(self, cliente, *guias):
        datos = {"action": "publicar", "_selected_action": [guia.pk for guia in guias]}
        return cliente.post(ruta(Instrumento, "changelist"), datos, follow=True)

    def test_sin_publicar_se_edita_entero(self, como_central, borrador):
        for fila, campo in [
            (borrador, "nombre"),
            (borrador.secciones.first(), "titulo"),
            (Pregunta.objects.get(), "texto"),
        ]:
            url = ruta(type(fila), "change", fila.pk)
            datos = lo_que_enviaria(como_central.get(url), **{campo: "Corregido"})
            assert como_central.post(url, datos).status_code == 302
            fila.refresh_from_db()
            assert getattr(fila, campo) == "Corregido"

    def test_publicado_solo_se_lee(self, como_central, instrumento):
        seccion, pregunta = Seccion.objects.first(), Pregunta.objects.first()
        for fila in (instrumento, seccion, pregunta):
            url = ruta(type(fila), "change", fila.pk)
            ficha = como_central.get(url)
            escritos = {nombre for nombre, _ in pagina(ficha).campos}
            assert not escritos & {"nombre", "titulo", "texto", "publicado"}
            datos = {"nombre": "x", "titulo": "x", "texto": "x", "version": 0}
            assert como_central.post(url, datos).status_code == 403
            borrado = ruta(type(fila), "delete", fila.pk)
            assert como_central.post(borrado, {"post": "yes"}).status_code == 403

    def test_a_lo_publicado_no_se_le_agrega(self, como_central, instrumento, borrador):
        seccion = instrumento.secciones.first()
        nueva = {"orden": 9, "codigo": "z9", "titulo": "Nueva", "texto": "¿Nueva?"}
        nueva |= {"tipo": "escala", "preguntas-TOTAL_FORMS": 0, "preguntas-INITIAL_FORMS": 0}
        antes = (Seccion.objects.count(), Pregunta.objects.count())
        for modelo, padre in (
            (Seccion, {"instrumento": instrumento.pk}),
            (Pregunta, {"seccion": seccion.pk}),
        ):
            respuesta = como_central.post(ruta(modelo, "add"), nueva | padre)
            assert respuesta.status_code == 400
        assert (Seccion.objects.count(), Pregunta.objects.count()) == antes

    def test_publicar_se_asienta_y_cierra(self, como_central, central, borrador):
        assert "Se publicó" in self.publicar(como_central, borrador).text
        borrador.refresh_from_db()
        assert borrador.publicado
        asiento = borrador.historia.first()
        assert asiento.history_user == central
        assert asiento.history_change_reason == "Publicado por la central."

    def test_publicado_no_es_un_campo_que_se_marque(self, como_central, borrador):
        url = ruta(Instrumento, "change", borrador.pk)
        como_central.post(url, lo_que_enviaria(como_central.get(url), publicado="on"))
        borrador.refresh_from_db()
        assert not borrador.publicado

    def test_vacio_no_se_publica(self, como_central):
        vacio = InstrumentoFactory(numero=3, publicado=False)
        assert "no tiene preguntas" in self.publicar(como_central, vacio).text
        vacio.refresh_from_db()
        assert not vacio.publicado

    def test_lo_publicado_mientras_se_editaba_no_cambia(self, como_central, central, borrador):
        pregunta = Pregunta.objects.get()
        url = ruta(Pregunta, "change", pregunta.pk)
        tecleado = lo_que_enviaria(como_central.get(url), texto="¿Otra cosa?")
        publicar_instrumento(borrador.pk, central)
        assert como_central.post(url, tecleado).status_code == 403
        pregunta.refresh_from_db()
        assert pregunta.texto != "¿Otra cosa?"

    def test_sin_publicar_y_sin_uso_se_borra_con_lo_suyo(self, como_central, central, borrador):
        url = ruta(Instrumento, "delete", borrador.pk)
        assert como_central.post(url, {"post": "yes"}).status_code == 302
        assert not Pregunta.objects.exists()
        for modelo in (Instrumento, Seccion, Pregunta):
            asiento = modelo.historia.first()
            assert (asiento.history_type, asiento.history_user) == ("-", central)

    def test_con_evaluaciones_lo_protege_la_base(self, como_central, evaluaciones, instrumento):
        Instrumento.objects.filter(pk=instrumento.pk).update(publicado=False)
        url = ruta(Instrumento, "delete", instrumento.pk)
        assert como_central.post(url, {"post": "yes"}).status_code == 200
        assert Instrumento.objects.filter(pk=instrumento.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_publicar_dos_veces_a_la_vez_asienta_una(central):
    guia = con_hoja_de_vision(InstrumentoFactory(con_preguntas=True, publicado=False))
    salida, avisos = Barrier(2), []

    def correr():
        salida.wait()
        avisos.append(publicar_instrumento(guia.pk, Usuario.objects.get(pk=central.pk)))
        connection.close()

    hilos = [Thread(target=correr) for _ in range(2)]
    for hilo in hilos:
        hilo.start()
    for hilo in hilos:
        hilo.join()
    assert sorted(avisos, key=str) == [None, "ya estaba publicado."]
    assert guia.historia.filter(history_change_reason="Publicado por la central.").count() == 1
