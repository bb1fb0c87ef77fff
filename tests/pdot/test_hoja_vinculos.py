"""La hoja de vínculos: con qué planes se compara el de un GAD y qué dice de cada uno."""

import pytest
from django.urls import reverse

from pdot.models import ElementoVision, Evaluacion, Objetivo, Vinculo
from tests.conftest import entrar
from tests.fabricas import EvaluacionFactory, GrupoFactory, PdotFactory
from tests.fabricas_formulario import VinculoFactory, con_hojas


@pytest.fixture
def borrador(territorio, instrumento):
    """De Muisne, cantón de Esmeraldas."""
    plan = PdotFactory(gad=territorio.gad["0803"])
    return EvaluacionFactory(pdot=plan, instrumento=con_hojas(instrumento))


@pytest.fixture
def plan_muisne(persona):
    return persona("plan_muisne", rol="planificador", gad_id="0803")


@pytest.fixture
def muisne(client, plan_muisne):
    return entrar(client, plan_muisne)


def pagina(evaluacion):
    return reverse("pdot:seccion", args=[evaluacion.pk, "niveles"])


def tecleado(codigo="08", version=0, **cambios):
    """Lo que manda la ficha de un par sin responder."""
    datos = {"valor": "", "justificacion": "", "incompatibles": "", "sinergias": ""} | cambios
    return {f"{campo}_{codigo}": valor for campo, valor in datos.items()} | {
        f"version_{codigo}": version
    }


def vinculos(evaluacion):
    campos = ("con", "valor", "justificacion", "incompatibles", "sinergias", "version")
    return list(evaluacion.vinculos.order_by("con").values_list(*campos))


def ofrecidos(respuesta):
    return [ficha["par"].con.pk for ficha in respuesta.context["fichas"]]


def opciones(respuesta):
    return [codigo for codigo, _ in respuesta.context["form"]["otra"].field.widget.choices]


@pytest.mark.parametrize(("codigo", "pares"), [("0807", ["08"]), ("080752", ["0807", "08"])])
def test_cada_nivel_se_compara_con_los_de_arriba(
    client, persona, territorio, instrumento, codigo, pares
):
    plan = PdotFactory(gad=territorio.gad[codigo])
    evaluacion = EvaluacionFactory(pdot=plan, instrumento=con_hojas(instrumento))
    entrar(client, persona("plan", rol="planificador", gad_id=codigo))
    assert ofrecidos(client.get(pagina(evaluacion))) == pares


def test_a_una_provincia_no_se_le_muestra_la_hoja(client, persona, territorio, instrumento):
    plan = PdotFactory(gad=territorio.gad["08"])
    evaluacion = EvaluacionFactory(pdot=plan, instrumento=con_hojas(instrumento))
    entrar(client, persona("plan_prov", rol="planificador", gad_id="08"))
    assert client.get(pagina(evaluacion)).status_code == 404
    partes = client.get(evaluacion.get_absolute_url()).context["llenado"].partes
    assert [p.codigo for p in partes] == ["interna", "externa", "datos", "vision"]


def test_se_guarda_con_historia_y_lista_por_lineas(muisne, plan_muisne, borrador):
    datos = tecleado(valor="parcial", justificacion="Solo el turismo", sinergias="- Vías\n\nVías")
    assert muisne.post(pagina(borrador), datos).url == reverse(
        "pdot:seccion", args=[borrador.pk, "datos"]
    )
    assert vinculos(borrador) == [("08", "parcial", "Solo el turismo", "", "Vías", 1)]
    assert Vinculo.historia.get().history_user == plan_muisne


def test_enviar_lo_mismo_dos_veces_no_repite(muisne, borrador):
    muisne.post(pagina(borrador), tecleado(valor="si"))
    assert muisne.post(pagina(borrador), tecleado(valor="si")).status_code == 302
    assert (vinculos(borrador), Vinculo.historia.count()) == ([("08", "si", "", "", "", 1)], 1)


def test_el_autoguardado_responde_la_version_del_par_tambien_si_se_repite(muisne, borrador):
    autoguardado = {"X-Autoguardado": "1"}
    for _ in range(2):
        datos = muisne.post(pagina(borrador), tecleado(valor="si"), headers=autoguardado).json()
        assert datos["versiones"] == {"08": 1}


def test_una_pestania_vieja_recibe_409_con_lo_suyo_y_puede_insistir(muisne, borrador):
    VinculoFactory(evaluacion=borrador, con_id="08", valor="no", justificacion="Lo primero")
    tarde = muisne.post(pagina(borrador), tecleado(valor="si", justificacion="Lo segundo"))
    assert tarde.status_code == 409
    assert tarde.context["conflictos"] == [
        ("Vínculo con Esmeraldas (provincia)", "NO\nLo primero", "SÍ\nLo segundo")
    ]
    form = tarde.context["form"]
    otra_vez = {campo.html_name: campo.value() or "" for campo in form}
    assert muisne.post(pagina(borrador), otra_vez).status_code == 302
    assert vinculos(borrador) == [("08", "si", "Lo segundo", "", "", 2)]


def test_otra_provincia_de_su_grupo_se_agrega_se_llena_y_se_quita(muisne, borrador, grupo2):
    assert opciones(muisne.get(pagina(borrador))) == ["", "13"]
    con_otra = muisne.post(pagina(borrador), tecleado() | {"otra": "13"})
    assert con_otra.url == pagina(borrador) + "#v-13"
    assert ofrecidos(muisne.get(pagina(borrador))) == ["08", "13"]
    muisne.post(pagina(borrador), tecleado() | tecleado("13", version=1, valor="si"))
    assert vinculos(borrador) == [("13", "si", "", "", "", 2)]
    muisne.post(pagina(borrador), tecleado() | tecleado("13", version=2, quitar="on"))
    assert vinculos(borrador) == []
    assert [h.history_type for h in Vinculo.historia.order_by("pk")] == ["+", "~", "-"]


def test_quitar_lo_que_otra_persona_ya_quito_no_rompe(muisne, borrador, grupo2):
    datos = tecleado(valor="si") | tecleado("13", version=1, valor="no", quitar="on")
    assert muisne.post(pagina(borrador), datos).status_code == 302
    assert [codigo for codigo, *_ in vinculos(borrador)] == ["08"]


def test_el_autoguardado_no_pone_ni_quita_fichas(muisne, borrador, grupo2):
    VinculoFactory(evaluacion=borrador, con_id="13")
    quitar = tecleado() | tecleado("13", version=1, quitar="on", valor="si")
    muisne.post(pagina(borrador), quitar, headers={"X-Autoguardado": "1"})
    assert [codigo for codigo, *_ in vinculos(borrador)] == ["13"]


@pytest.mark.parametrize(
    "ajeno", [{"otra": "13"}, {"otra": "0801"}, tecleado("13", valor="si"), tecleado("0801")]
)
def test_un_plan_que_no_le_toca_se_rechaza_y_dice_cuales(muisne, borrador, ajeno):
    respuesta = muisne.post(pagina(borrador), tecleado(valor="si") | ajeno)
    assert respuesta.status_code == 400
    errores = [error for suyos in respuesta.context["form"].errors.values() for error in suyos]
    assert errores == ["Ese plan no le toca: el suyo se compara con el de Esmeraldas (provincia)."]
    assert vinculos(borrador) == []


def test_un_grupo_solo_propuesto_no_abre_otra_provincia(muisne, borrador, territorio, estrategia):
    GrupoFactory(
        estrategia=estrategia,
        estado="propuesto",
        zona=territorio.zona[4],
        miembros=[territorio.gad[codigo] for codigo in ("08", "13", "0803", "1317")],
    )
    assert opciones(muisne.get(pagina(borrador))) == [""]
    assert muisne.post(pagina(borrador), tecleado() | {"otra": "13"}).status_code == 400


def test_textos_desmedidos_se_rechazan_junto_al_campo(muisne, borrador):
    largo = "a" * 30_000
    respuesta = muisne.post(
        pagina(borrador), tecleado(valor="no", justificacion=largo, incompatibles=largo)
    )
    assert respuesta.status_code == 400
    assert sorted(respuesta.context["form"].errors) == ["incompatibles_08", "justificacion_08"]
    assert vinculos(borrador) == []


def test_al_lado_se_lee_el_plan_superior(muisne, borrador, territorio, grupo2):
    plan = PdotFactory(gad=territorio.gad["08"], vision="Provincia verde", anio_desde=2015)
    PdotFactory(gad=territorio.gad["08"], vision="Lo viejo", anio_desde=2009, anio_hasta=2014)
    Objetivo.objects.create(pdot=plan, orden=1, texto="Cuidar el manglar", sistema="economico")
    aprobada = EvaluacionFactory(
        pdot=plan, instrumento=borrador.instrumento, estado=Evaluacion.Estado.APROBADA
    )
    ElementoVision.objects.create(evaluacion=aprobada, orden=1, texto="Manglar vivo")
    texto = muisne.get(pagina(borrador)).text
    for dicho in ("PDOT 2015-2019", "Provincia verde", "Cuidar el manglar", "Manglar vivo"):
        assert dicho in texto
    assert "Lo viejo" not in texto


def test_lo_que_va_en_camino_arriba_no_se_ve(muisne, borrador, territorio, grupo2):
    enviada = EvaluacionFactory(
        pdot=PdotFactory(gad=territorio.gad["08"], vision="Verde"),
        instrumento=borrador.instrumento,
        estado=Evaluacion.Estado.ENVIADA,
    )
    ElementoVision.objects.create(evaluacion=enviada, orden=1, texto="Secreto")
    assert "Secreto" not in muisne.get(pagina(borrador)).text


def test_un_plan_sin_registrar_dice_a_quien_pedirlo(muisne, borrador):
    texto = muisne.get(pagina(borrador)).text
    assert "todavía no registra su PDOT" in texto
    assert "Zona 1" in texto


@pytest.mark.parametrize("quien", ["plan_esmeraldas", "plan_chone"])
def test_la_hoja_ajena_no_existe(client, request, borrador, quien):
    entrar(client, request.getfixturevalue(quien))
    assert client.get(pagina(borrador)).status_code == 404
    assert client.post(pagina(borrador), tecleado(valor="si")).status_code == 404
    assert vinculos(borrador) == []


@pytest.mark.parametrize(
    ("quien", "codigo"), [("central", 403), ("zonal1", 404), ("observador", 403)]
)
def test_solo_el_gad_la_llena(client, request, borrador, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    assert client.post(pagina(borrador), tecleado(valor="si")).status_code == codigo
    assert vinculos(borrador) == []


def test_la_hoja_no_consulta_por_par(muisne, borrador, grupo2, django_assert_max_num_queries):
    muisne.post(pagina(borrador), tecleado() | {"otra": "13"})
    muisne.get(pagina(borrador))
    with django_assert_max_num_queries(7):
        muisne.get(pagina(borrador))


@pytest.mark.parametrize("cambios", [tecleado("13", valor="si"), {"otra": "13"}])
def test_una_parroquia_no_se_vincula_con_una_provincia_que_no_es_la_suya(
    client, persona, territorio, instrumento, cambios
):
    plan = PdotFactory(gad=territorio.gad["080752"])
    evaluacion = EvaluacionFactory(pdot=plan, instrumento=con_hojas(instrumento))
    entrar(client, persona("chumunde", rol="planificador", gad_id="080752"))
    suyo = tecleado("08", justificacion="El riego") | tecleado("0807", valor="si")
    respuesta = client.post(pagina(evaluacion), suyo | cambios)
    assert respuesta.status_code == 400
    assert "Ese plan no le toca: el suyo se compara con el de" in respuesta.text
    assert "Rioverde (cantón, Esmeraldas) y Esmeraldas (provincia)" in respuesta.text.replace(
        "Esmeraldas (provincia) y Rioverde (cantón, Esmeraldas)",
        "Rioverde (cantón, Esmeraldas) y Esmeraldas (provincia)",
    )
    assert "El riego" in respuesta.text
    assert vinculos(evaluacion) == []
