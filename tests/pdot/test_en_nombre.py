"""La zona llena una evaluación en nombre del GAD, desde el papel, y el GAD la toma de vuelta."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from pdot.acciones import CambioDeRespuesta, NoProcede, RespuestasEnConflicto, guardar_respuestas
from pdot.acciones_en_nombre import abrir_en_nombre, tomar_de_vuelta
from pdot.models import EnNombre, Evaluacion, Pregunta, Respuesta
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory, UsuarioFactory
from tests.fabricas_formulario import con_hojas
from tests.fabricas_instrumento import EnNombreFactory

RESPALDO = "Respondió la dirección de planificación; el papel queda en la zona."


@pytest.fixture
def plan(territorio, instrumento):
    return PdotFactory(gad=territorio.gad["0807"])


@pytest.fixture
def transcrita(plan, instrumento, zonal1):
    """De Rioverde, en borrador, que llena zonal1."""
    evaluacion = EvaluacionFactory(pdot=plan, instrumento=instrumento)
    EnNombreFactory(evaluacion=evaluacion, por=zonal1)
    return evaluacion


def declaracion(plan, **cambios):
    datos = {"reunion": "2019-08-22", "respaldo": RESPALDO, "plan": plan.pk}
    return datos | cambios


def pagina(codigo="0807"):
    return reverse("pdot:en_nombre", args=[codigo])


def seccion(evaluacion, codigo="interna"):
    return reverse("pdot:seccion", args=[evaluacion.pk, codigo])


def tecleado(**cambios):
    return {"version_a1": 0, "version_a2": 0, "version_a3": 0} | cambios


def completar(evaluacion):
    for pregunta in Pregunta.objects.para_nivel(evaluacion.instrumento, "municipal"):
        valor = Respuesta.Valor.SI if pregunta.es_escala else ""
        Respuesta.objects.create(evaluacion=evaluacion, pregunta=pregunta, valor=valor, texto="Sí")
    evaluacion.elementos_vision.create(orden=1, texto="Turismo")


class TestAbrir:
    def test_la_zona_la_abre_y_va_al_formulario(self, client, zonal1, plan):
        entrar(client, zonal1)
        assert client.get(pagina()).status_code == 200
        respuesta = client.post(pagina(), declaracion(plan))
        evaluacion = Evaluacion.objects.get()
        assert respuesta.url == seccion(evaluacion)
        llenado = evaluacion.en_nombre
        assert (llenado.por, llenado.reunion, llenado.respaldo, llenado.rige) == (
            zonal1,
            date(2019, 8, 22),
            RESPALDO,
            True,
        )
        assert evaluacion.pasos.last().comentario == (
            "La llena la Zona 1 en nombre del GAD, con lo escrito en papel en la reunión del "
            f"22/08/2019. {RESPALDO}"
        )

    def test_toma_la_que_el_gad_abrio_y_no_escribio(self, client, zonal1, plan, instrumento):
        vacia = EvaluacionFactory(pdot=plan, instrumento=instrumento)
        entrar(client, zonal1).post(pagina(), declaracion(plan))
        assert EnNombre.objects.get().evaluacion == vacia

    def test_lo_que_el_gad_ya_escribe_es_suyo(self, client, zonal1, plan, instrumento):
        EvaluacionFactory(pdot=plan, instrumento=instrumento, respondida="Del GAD")
        respuesta = entrar(client, zonal1).post(pagina(), declaracion(plan))
        assert respuesta.status_code == 409
        assert "ya empezó a escribir" in respuesta.text
        assert RESPALDO in respuesta.text
        assert not EnNombre.objects.exists()

    def test_en_revision_no_se_toma(self, client, zonal1, plan, instrumento):
        EvaluacionFactory(pdot=plan, instrumento=instrumento, estado="enviada")
        respuesta = entrar(client, zonal1).post(pagina(), declaracion(plan))
        assert respuesta.status_code == 409
        assert not EnNombre.objects.exists()

    @pytest.mark.parametrize(
        ("campo", "valor"),
        [("reunion", ""), ("reunion", "2999-01-01"), ("respaldo", ""), ("respaldo", "x" * 30_000)],
    )
    def test_lo_mal_escrito_se_dice_y_no_abre_nada(self, client, zonal1, plan, campo, valor):
        respuesta = entrar(client, zonal1).post(pagina(), declaracion(plan, **{campo: valor}))
        assert respuesta.status_code == 400
        assert list(respuesta.context["form"].errors) == [campo]
        assert not Evaluacion.objects.exists()

    def test_el_papel_se_revisa_se_guarda_y_se_entrega(
        self, client, zonal1, plan_rioverde, plan_esmeraldas, plan
    ):
        entrar(client, zonal1)
        malo = SimpleUploadedFile("hoja.pdf", b"<html>")
        assert client.post(pagina(), declaracion(plan, papel=malo)).status_code == 400
        assert not Evaluacion.objects.exists()
        bueno = SimpleUploadedFile("hoja.pdf", b"%PDF-1.4\n%%EOF")
        assert client.post(pagina(), declaracion(plan, papel=bueno)).status_code == 302
        papel = reverse("pdot:papel", args=[Evaluacion.objects.get().pk])
        for quien, codigo in ((zonal1, 200), (plan_rioverde, 200), (plan_esmeraldas, 404)):
            assert entrar(client, quien).get(papel).status_code == codigo
        respuesta = entrar(client, plan_rioverde).get(papel)
        assert b"".join(respuesta.streaming_content) == b"%PDF-1.4\n%%EOF"

    @pytest.mark.parametrize(
        ("quien", "codigo"),
        [("zonal4", 404), ("central", 403), ("plan_rioverde", 403), ("observador1", 403)],
    )
    def test_solo_la_zona_del_gad(self, client, request, plan, quien, codigo):
        entrar(client, request.getfixturevalue(quien))
        assert client.get(pagina()).status_code == codigo
        assert client.post(pagina(), declaracion(plan)).status_code == codigo
        assert not Evaluacion.objects.exists()


class TestLlenar:
    def test_quien_la_llena_escribe_y_envia(self, client, zonal1, transcrita):
        entrar(client, zonal1)
        client.post(seccion(transcrita), tecleado(valor_a1="si"))
        assert transcrita.respuestas.get().historia.get().history_user == zonal1
        transcrita.respuestas.all().delete()
        completar(transcrita)
        transcrita.refresh_from_db()
        enviar = reverse("pdot:enviar", args=[transcrita.pk])
        assert client.post(enviar, {"version": transcrita.version}).status_code == 302
        transcrita.refresh_from_db()
        assert transcrita.estado == "enviada"

    def test_llena_tambien_las_hojas(self, client, zonal1, zonal4, transcrita):
        con_hojas(transcrita.instrumento)
        par = {"valor_08": "si", "justificacion_08": "Riego", "version_08": 0}
        datos = {"dato-TOTAL_FORMS": 1, "dato-INITIAL_FORMS": 0, "version": ""}
        datos |= {"dato-0-dato": "Catastro", "dato-0-situacion": "requiere"}
        for hoja, escrito in (("niveles", par), ("datos", datos)):
            entrar(client, zonal4)
            assert client.post(seccion(transcrita, hoja), escrito).status_code == 404
            entrar(client, zonal1)
            assert client.get(seccion(transcrita, hoja)).status_code == 200
            assert client.post(seccion(transcrita, hoja), escrito).status_code == 302
        assert transcrita.vinculos.get().historia.get().history_user == zonal1
        assert transcrita.informacion.get().historia.get().history_user == zonal1

    def test_si_el_gad_la_tomo_lo_tecleado_en_las_hojas_se_lee(
        self, client, zonal1, plan_rioverde, transcrita
    ):
        con_hojas(transcrita.instrumento)
        tomar_de_vuelta(transcrita, por=plan_rioverde)
        entrar(client, zonal1)
        par = {"valor_08": "no", "sinergias_08": "Riego", "version_08": 0}
        texto = client.post(seccion(transcrita, "niveles"), par).text
        for dicho in ("Sinergias con Esmeraldas (provincia)", "Riego", "tomó de vuelta"):
            assert dicho in texto, dicho
        datos = {"dato-TOTAL_FORMS": 1, "dato-0-dato": "Catastro", "dato-0-situacion": "requiere"}
        respuesta = client.post(
            seccion(transcrita, "datos"), datos | {"dato-0-proveedor_gad": "08"}
        )
        assert respuesta.status_code == 409
        for dicho in ("Información 1: qué información", "Catastro", "Se requiere"):
            assert dicho in respuesta.text, dicho
        assert "TOTAL_FORMS" not in respuesta.text
        assert not transcrita.vinculos.exists()
        assert not transcrita.informacion.exists()

    def test_si_sigue_otra_persona_de_la_zona_lo_tecleado_se_lee(
        self, client, zonal1, plan, transcrita
    ):
        colega = UsuarioFactory(rol="zonal", zona_id=1)
        abrir_en_nombre(plan, {"reunion": date(2019, 8, 22), "respaldo": RESPALDO}, por=colega)
        entrar(client, zonal1)
        respuesta = client.post(seccion(transcrita), tecleado(texto_a1="Lo que tecleaba"))
        assert respuesta.status_code == 409
        assert "Lo que tecleaba" in respuesta.text
        assert "Otra persona de la zona" in respuesta.text
        assert not transcrita.respuestas.exists()

    def test_su_zona_la_ve_y_otra_zona_no(self, client, zonal1, zonal4, central, transcrita):
        colega = UsuarioFactory(rol="zonal", zona_id=1)
        entrar(client, colega)
        assert client.get(transcrita.get_absolute_url()).status_code == 200
        assert client.post(seccion(transcrita), tecleado(valor_a1="si")).status_code == 404
        for otro, codigo in ((zonal4, 404), (central, 403)):
            assert entrar(client, otro).get(transcrita.get_absolute_url()).status_code == 404
            respuesta = client.post(seccion(transcrita), tecleado(valor_a1="si"))
            assert respuesta.status_code == codigo
        assert not transcrita.respuestas.exists()

    def test_el_gad_la_ve_con_quien_la_lleno(self, client, plan_rioverde, transcrita):
        texto = entrar(client, plan_rioverde).get(transcrita.get_absolute_url()).text
        assert "Llenada por la zona en nombre del GAD" in texto
        assert "Técnico/a zonal 1" in texto
        assert "Tomarla de vuelta" in texto

    def test_si_el_gad_y_la_zona_escriben_a_la_vez_nadie_pisa_al_otro(
        self, client, zonal1, plan_rioverde, transcrita
    ):
        entrar(client, zonal1).post(seccion(transcrita), tecleado(valor_a1="si"))
        entrar(client, plan_rioverde)
        suyo = tecleado(valor_a1="no", texto_a1="No lo es")
        respuesta = client.post(seccion(transcrita), suyo)
        assert respuesta.status_code == 409
        assert "No lo es" in respuesta.text
        assert transcrita.respuestas.get().valor == "si"


class TestTomarDeVuelta:
    def retomar(self, client, evaluacion):
        return client.post(reverse("pdot:retomar", args=[evaluacion.pk]))

    def test_la_zona_deja_de_llenarla_y_de_verla(self, client, zonal1, plan_rioverde, transcrita):
        assert self.retomar(entrar(client, plan_rioverde), transcrita).status_code == 302
        llenado = EnNombre.objects.get()
        assert (llenado.rige, llenado.retomada_por) == (False, plan_rioverde)
        entrar(client, zonal1)
        assert client.get(transcrita.get_absolute_url()).status_code == 404
        assert client.get(seccion(transcrita)).status_code == 404

    def test_lo_que_la_zona_tecleaba_no_se_pierde(self, client, zonal1, plan_rioverde, transcrita):
        tomar_de_vuelta(transcrita, por=plan_rioverde)
        entrar(client, zonal1)
        suyo = tecleado(valor_a1="no", texto_a1="Es muy detallada")
        respuesta = client.post(seccion(transcrita), suyo)
        assert respuesta.status_code == 409
        assert "Es muy detallada" in respuesta.text
        assert not transcrita.respuestas.exists()

    def test_dos_veces_no_repite(self, client, plan_rioverde, transcrita):
        entrar(client, plan_rioverde)
        assert [self.retomar(client, transcrita).status_code for _ in range(2)] == [302, 302]
        assert transcrita.pasos.filter(comentario__startswith="El GAD la tomó").count() == 1

    def test_otro_gad_no_la_toma(self, client, plan_esmeraldas, transcrita):
        assert self.retomar(entrar(client, plan_esmeraldas), transcrita).status_code == 404

    def test_retomada_la_zona_no_la_vuelve_a_tomar(self, client, zonal1, plan_rioverde, transcrita):
        tomar_de_vuelta(transcrita, por=plan_rioverde)
        respuesta = entrar(client, zonal1).post(pagina(), declaracion(transcrita.pdot))
        assert respuesta.status_code == 409


class TestAprobar:
    @pytest.fixture
    def enviada(self, transcrita):
        completar(transcrita)
        Evaluacion.objects.filter(pk=transcrita.pk).update(estado="enviada")
        return Evaluacion.objects.get()

    def aprobar(self, client, evaluacion):
        datos = {"version": evaluacion.version, "decision": "aprobar"}
        return client.post(reverse("pdot:revisar", args=[evaluacion.pk]), datos)

    def test_quien_la_lleno_no_la_aprueba(self, client, zonal1, enviada):
        respuesta = self.aprobar(entrar(client, zonal1), enviada)
        assert respuesta.status_code == 400
        assert "la aprueba otra persona" in respuesta.text
        enviada.refresh_from_db()
        assert enviada.estado == "enviada"

    def test_ni_aunque_otra_persona_siguiera_llenandola(self, client, zonal1, enviada):
        llenado = enviada.en_nombre
        llenado.por = UsuarioFactory(rol="zonal", zona_id=1)
        llenado.save()
        assert self.aprobar(entrar(client, zonal1), enviada).status_code == 400
        assert self.aprobar(entrar(client, llenado.por), enviada).status_code == 400

    @pytest.mark.parametrize("quien", ["central", "colega"])
    def test_otra_persona_si(self, client, central, enviada, quien):
        usuario = central if quien == "central" else UsuarioFactory(rol="zonal", zona_id=1)
        assert self.aprobar(entrar(client, usuario), enviada).status_code == 302
        enviada.refresh_from_db()
        assert enviada.estado == "aprobada"


@pytest.mark.django_db(transaction=True)
def test_a_la_vez_el_gad_la_toma_y_la_zona_guarda(transcrita, zonal1, plan_rioverde):
    pregunta = Pregunta.objects.select_related("seccion").first()
    cambio = CambioDeRespuesta(pregunta, 0, "si", "")

    def correr(n):
        if n:
            return guardar_respuestas(transcrita, [cambio], por=zonal1)
        return tomar_de_vuelta(transcrita, por=plan_rioverde)

    tomada, guardado = a_la_vez(2, correr)
    assert tomada is True
    entro = transcrita.respuestas.exists()
    assert entro if isinstance(guardado, dict) else isinstance(guardado, NoProcede)


@pytest.mark.django_db(transaction=True)
def test_a_la_vez_guardan_el_gad_y_la_zona(transcrita, zonal1, plan_rioverde):
    pregunta = Pregunta.objects.select_related("seccion").first()

    def correr(n):
        valor, quien = (("si", zonal1), ("no", plan_rioverde))[n]
        cambio = CambioDeRespuesta(pregunta, 0, valor, "")
        return guardar_respuestas(transcrita, [cambio], por=quien)

    dados = a_la_vez(2, correr)
    assert sorted(type(dado).__name__ for dado in dados) == ["RespuestasEnConflicto", "dict"]
    assert RespuestasEnConflicto
    assert transcrita.respuestas.count() == 1


@pytest.mark.django_db(transaction=True)
def test_dos_personas_de_la_zona_la_abren_a_la_vez(plan, zonal1):
    colega = UsuarioFactory(rol="zonal", zona_id=1)
    datos = {"reunion": date(2019, 8, 22), "respaldo": RESPALDO}

    def correr(n):
        por = (zonal1, colega)[n]
        return abrir_en_nombre(type(plan).objects.get(pk=plan.pk), datos, por=por)

    dados = a_la_vez(2, correr)
    connection.close()
    assert all(isinstance(dado, Evaluacion | NoProcede) for dado in dados), dados
    assert Evaluacion.objects.count() == EnNombre.objects.count() == 1
