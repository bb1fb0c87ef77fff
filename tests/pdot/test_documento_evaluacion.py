"""La evaluación en PDF, como las hojas de la fuente, y el formulario en papel por nivel."""

import pytest
from django.urls import reverse

from pdot.documento_evaluacion import contexto_de_evaluacion, evaluacion_en_pdf
from pdot.documento_formulario import contexto_de_formulario, formulario_en_pdf
from pdot.models import Evaluacion, Informacion, Pregunta, Respuesta, Vinculo
from tests import siembra
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, PdotFactory, UsuarioFactory
from tests.fabricas_formulario import VinculoFactory, con_hojas
from tests.fabricas_instrumento import EnNombreFactory, con_hoja_de_vision
from tests.lectura_pdf import abrir, texto_de, textos_alternativos

SI_NO = {"si": "SÍ", "no": "NO", "parcial": "PARCIAL"}
# S:485-629: por criterio, lo que cada hoja respondió de la visión y de los objetivos.
DE_LA_FUENTE = {
    "0807": [("NO", "NO"), ("NO", "SÍ"), ("SÍ", "SÍ")],
    "0806": [("NO", "SÍ"), ("SÍ", "SÍ"), ("SÍ", "SÍ")],
    # «Algunos SI, pero no en su totalidad» (l. 578) es PARCIAL.
    "0801": [("NO", "NO"), ("NO", "PARCIAL"), ("SÍ", "SÍ")],
    "08": [("NO", "PARCIAL"), ("NO", "PARCIAL"), ("SÍ", "SÍ")],
}


def traer(evaluacion):
    return Evaluacion.objects.para_lista().get(pk=evaluacion.pk)


def ruta(nombre, *args):
    return reverse(f"pdot:{nombre}", args=args)


def test_las_cuatro_del_piloto_leen_como_sus_hojas(dpa_piloto):
    central = UsuarioFactory(es_central=True)
    for codigo, esperado in DE_LA_FUENTE.items():
        evaluacion = Evaluacion.objects.para_lista().get(pdot__gad=codigo)
        contexto = contexto_de_evaluacion(evaluacion, central)
        interna = contexto["partes"][0]
        assert interna.cuadro.componentes == ["Visión", "Objetivos estratégicos"]
        leido = [tuple(SI_NO[c.valor] for c in celdas) for _, celdas in interna.cuadro.filas]
        assert leido == esperado, codigo
        assert contexto["elementos"]
        assert contexto["marca_de_agua"] == ""
    rioverde = Evaluacion.objects.para_lista().get(pdot__gad="0807")
    texto = texto_de(evaluacion_en_pdf(rioverde, central))
    for dicho in (
        "Municipal del Cantón Rioverde",
        "Muy detallada",
        "Convenios interinstitucionales",
        "Garantizar igualdad de derechos",
        "(lectura dudosa)",
        "sin revisión en la plataforma",
    ):
        assert dicho in texto, dicho
    # Las dos hojas, en su orden, con las cuatro preguntas de la segunda (l. 510-525).
    junto = " ".join(texto.split())
    en_orden = [
        "Evaluación del PDOT vigente, municipal (coherencia interna)",
        "Elementos a considerar para construir la nueva visión",
        "Inserción del plan de gobierno local",
        "1) ¿Cómo se vinculan la/los Visión/Objetivos Estratégicos a la NUEVA VISIÓN del PDOT?",
        "2) ¿Con qué información se cuenta/requiere para operativizar los Objetivos Estratégicos?",
        "3) ¿Cómo se vincula el Plan Plurianual a los Objetivos Estratégicos?",
        "4) ¿Qué estrategias se requiere para alcanzar los Objetivos Estratégicos?",
    ]
    lugares = [junto.find(dicho) for dicho in en_orden]
    assert -1 not in lugares, list(zip(en_orden, lugares, strict=True))
    assert lugares == sorted(lugares)


@pytest.fixture
def dpa_piloto(db):
    siembra.sembrar(siembra.piloto)


class TestContenido:
    def test_lo_respondido_y_su_grafica(self, evaluaciones, territorio, plan_rioverde):
        suya = evaluaciones["0807"]
        suya.respuestas.filter(pregunta__codigo="a1").update(valor="si")
        Vinculo.objects.create(
            evaluacion=suya, con=territorio.gad["08"], valor="si", sinergias="Riego"
        )
        Informacion.objects.create(evaluacion=suya, orden=1, dato="Catastro", situacion="requiere")
        suya.problemas.create(orden=1, texto="Falta de agua")
        contenido = evaluacion_en_pdf(traer(suya), plan_rioverde)
        texto = texto_de(contenido)
        for dicho in ("Borrador", "Riego", "Catastro", "Falta de agua", "Justificación de 0807"):
            assert dicho in texto, dicho
        assert textos_alternativos(contenido) == [
            "Coherencia interna: SÍ 1, PARCIAL 2. Coherencia externa: PARCIAL 1."
        ]

    def test_un_par_sin_responder_tambien_se_lee(self, evaluaciones, plan_rioverde):
        suya = traer(evaluaciones["0807"])
        con_hojas(suya.instrumento)
        contexto = contexto_de_evaluacion(suya, plan_rioverde)
        assert [(con.pk, vinculo) for con, vinculo in contexto["vinculos"]] == [("08", None)]

    def test_aprobada_no_lleva_marca_y_dice_quien_solo_a_quien_le_toca(
        self, evaluaciones, zonal1, observador
    ):
        aprobada = evaluaciones["0803"]
        paso = aprobada.pasos.get(a="aprobada")
        type(paso).objects.filter(pk=paso.pk).update(por=zonal1)
        EnNombreFactory(evaluacion=aprobada, por=zonal1)
        leidos = {
            usuario: texto_de(evaluacion_en_pdf(traer(aprobada), usuario))
            for usuario in (zonal1, observador)
        }
        assert all("Borrador" not in texto and "Aprobada" in texto for texto in leidos.values())
        assert all("en nombre del GAD" in texto for texto in leidos.values())
        assert "Técnico/a zonal 1" in leidos[zonal1]
        assert "Técnico/a zonal 1" not in leidos[observador]
        assert "el papel queda" not in leidos[observador]

    def test_el_criterio_se_junta_aunque_concuerde(self, evaluaciones, plan_rioverde):
        datos = [("a1", "Visión", "Concreta"), ("a2", "Objetivos", "Concretos")]
        for codigo, componente, criterio in datos:
            Pregunta.objects.filter(codigo=codigo).update(componente=componente, criterio=criterio)
        parte = contexto_de_evaluacion(traer(evaluaciones["0807"]), plan_rioverde)["partes"][0]
        [(criterio, celdas)] = parte.cuadro.filas
        assert criterio == "Concreta"
        assert [celda.pregunta.codigo for celda in celdas] == ["a1", "a2"]
        assert [celda.pregunta.codigo for celda in parte.celdas] == ["a3"]

    def test_no_consulta_por_pregunta(self, evaluaciones, zonal1, django_assert_max_num_queries):
        evaluacion = traer(evaluaciones["0801"])
        with django_assert_max_num_queries(3):
            contexto = contexto_de_evaluacion(evaluacion, zonal1)
            list(contexto["vinculos"]), list(contexto["informacion"])

    @pytest.mark.parametrize(
        ("quien", "codigo"),
        [("plan_rioverde", 200), ("zonal1", 404), ("plan_chone", 404), ("observador", 404)],
    )
    def test_un_borrador_lo_baja_solo_su_gad(self, client, request, evaluaciones, quien, codigo):
        entrar(client, request.getfixturevalue(quien))
        pk = evaluaciones["0807"].pk
        assert client.get(ruta("evaluacion_pdf", pk)).status_code == codigo
        assert client.get(ruta("formulario_de_evaluacion", pk)).status_code == codigo


class TestFormulario:
    def test_en_blanco_por_nivel_con_el_nombre_del_gad(self, client, zonal1, instrumento):
        con_hoja_de_vision(instrumento)
        respuesta = entrar(client, zonal1).get(f"{ruta('formulario', 'parroquial')}?gad=080752")
        assert respuesta["Content-Type"] == "application/pdf"
        texto = texto_de(respuesta.content)
        for dicho in ("Chumundé", "versión 1", "a1", "SÍ", "PARCIAL", "b3", "nueva visión"):
            assert dicho in texto, dicho
        assert "b2" not in texto.split()
        assert abrir(respuesta.content).trailer["/Root"]["/Lang"] == "es-EC"

    @pytest.mark.parametrize(
        "direccion", ["nada.pdf", "municipal.pdf?gad=080752", "municipal.pdf?gad=9999"]
    )
    def test_lo_que_no_hay_es_404(self, client, zonal1, instrumento, territorio, direccion):
        entrar(client, zonal1)
        assert client.get(f"/pdot/formulario/{direccion}").status_code == 404

    def test_con_lo_escrito_marca_y_copia(self, evaluaciones, territorio):
        suya = traer(evaluaciones["0807"])
        suya.respuestas.filter(pregunta__codigo="a1").update(valor="no", texto="Es vaga")
        opciones = {"gad": suya.gad, "pdot": suya.pdot}
        blanco = texto_de(formulario_en_pdf(suya.instrumento, "municipal", **opciones))
        escrito = texto_de(
            formulario_en_pdf(suya.instrumento, "municipal", **opciones, escrita=suya)
        )
        assert "Es vaga" not in blanco
        assert "Es vaga" in escrito
        assert "X NO" in escrito

    def test_con_lo_escrito_deja_en_blanco_los_pares_que_faltan(self, instrumento, territorio):
        gad = territorio.gad["080752"]
        plan = PdotFactory(gad=gad)
        suya = EvaluacionFactory(pdot=plan, instrumento=con_hojas(instrumento))
        VinculoFactory(evaluacion=suya, con=territorio.gad["0807"], justificacion="El riego")
        opciones = {"gad": gad, "pdot": plan, "escrita": suya}
        contexto = contexto_de_formulario(instrumento, "parroquial", **opciones)
        assert contexto["superiores"] == ["Esmeraldas (provincia)"]
        texto = texto_de(formulario_en_pdf(instrumento, "parroquial", **opciones))
        assert "El riego" in texto
        assert "¿Se vincula con el plan de Esmeraldas (provincia)?" in " ".join(texto.split())

    def test_de_un_gad_nombra_los_planes_superiores(self, instrumento, territorio):
        hoja = {"codigo": "vinculos", "clase": "vinculos", "titulo": "Vínculos"}
        instrumento.secciones.create(orden=9, **hoja)
        contexto = contexto_de_formulario(instrumento, "parroquial", gad=territorio.gad["080752"])
        assert contexto["superiores"] == ["Rioverde (cantón, Esmeraldas)", "Esmeraldas (provincia)"]
        de_provincia = contexto_de_formulario(instrumento, "provincial")
        assert "vinculos" not in {pagina.seccion.clase for pagina in de_provincia["paginas"]}
        assert Respuesta.Valor.choices == de_provincia["valores"]
