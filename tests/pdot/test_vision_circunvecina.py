"""La visión circunvecina: qué se propone, quién confirma y qué queda acordado."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Grupo
from pdot.acciones import NoProcede
from pdot.acciones_vision import acordar_vision, cambiar_tema, confirmar_tema, guardar_redaccion
from pdot.models import ElementoVision, TemaDeVision, VisionCircunvecina
from pdot.vision import leer_vision
from talleres.models import Encuentro
from tests.carreras import a_la_vez

from ..conftest import entrar
from ..fabricas_vision import aprobada, piezas_de, tema_de


@pytest.fixture
def dichos(grupo1, pdots):
    """Rioverde y Chumundé hablan de turismo; Esmeraldas enumera; y hay uno de todo el grupo."""
    aprobada(pdots, "0807", ["Turismo sustentable", "Protección del ambiente"])
    aprobada(pdots, "0801", ["Riesgos, turismo"])
    aprobada(pdots, "080752", ["Potencia turística"])
    ElementoVision.objects.create(grupo=grupo1, orden=1, texto="Turismo")
    return grupo1


@pytest.fixture
def url(grupo1):
    return reverse("pdot:vision_de_grupo", args=[grupo1.pk])


@pytest.fixture
def url_nuevo(grupo1):
    return reverse("pdot:tema_nuevo", args=[grupo1.pk])


def textos(tema):
    return sorted((dicha.gad_id or "", dicha.texto) for dicha in tema.pertenencias.all())


TURISMO = [
    ("", "Turismo"),
    ("0801", "Turismo"),
    ("0807", "Turismo sustentable"),
    ("080752", "Potencia turística"),
]


def claves(grupo, usuario, *textos):
    return [pieza.clave for pieza in piezas_de(grupo, usuario, *textos)]


# --- Proponer -----------------------------------------------------------------------------------


def test_se_propone_lo_parecido_y_se_cuenta_por_gad_y_nivel(client, zonal1, dichos, url):
    contexto = entrar(client, zonal1).get(url).context
    [(tema, contado, _)] = contexto["propuestas"]
    assert tema.nombre == "Turismo"
    assert contado == "3 de 3 GAD con elementos, en 2 niveles"
    assert sorted(pieza.texto for pieza, _ in contexto["sueltas"]) == [
        "Protección del ambiente",
        "Riesgos",
    ]


@pytest.mark.parametrize(("umbral", "cuantas"), [("100", [2]), ("60", [4]), ("85", [2])])
def test_el_umbral_se_cambia_en_la_direccion(client, zonal1, dichos, url, umbral, cuantas):
    propuestas = entrar(client, zonal1).get(url, {"umbral": umbral}).context["propuestas"]
    assert [len(tema.dichos) for tema, _, _ in propuestas] == cuantas


@pytest.mark.parametrize("umbral", ["29", "101", "mucho", "9" * 30_000])
def test_un_umbral_imposible_se_explica_y_vale_el_de_fabrica(client, zonal1, dichos, url, umbral):
    respuesta = entrar(client, zonal1).get(url, {"umbral": umbral})
    assert respuesta.status_code == 400
    assert respuesta.context["filtro"].errors["umbral"]
    assert len(respuesta.context["propuestas"]) == 1


def test_lo_que_no_se_aprobo_no_se_propone(client, zonal1, grupo1, evaluaciones, url):
    ElementoVision.objects.create(evaluacion=evaluaciones["0807"], orden=1, texto="Turismo")
    ElementoVision.objects.create(evaluacion=evaluaciones["0801"], orden=1, texto="Turismo")
    assert entrar(client, zonal1).get(url).context["lectura"].piezas == []


def test_sin_elementos_la_pagina_ensenia_de_donde_salen(client, zonal1, url):
    texto = entrar(client, zonal1).get(url).text
    assert "Los elementos de cada GAD salen de su evaluación aprobada" in texto


# --- Confirmar ----------------------------------------------------------------------------------


def test_una_persona_confirma_lo_que_entra(client, zonal1, dichos, url, url_nuevo):
    marcadas = claves(dichos, zonal1, "Turismo", "Turismo sustentable", "Potencia turística")
    abierta = entrar(client, zonal1).get(url_nuevo, {"pieza": marcadas})
    assert abierta.context["form"]["nombre"].value() == "Turismo"
    assert [c for c, _ in abierta.context["form"].filas_marcadas()] == marcadas
    datos = {"nombre": "Turismo sostenible", "piezas": marcadas}
    assert client.post(url_nuevo, datos).url == url
    tema = TemaDeVision.objects.get()
    assert (tema.nombre, tema.estado, tema.por) == ("Turismo sostenible", "confirmado", zonal1)
    assert textos(tema) == TURISMO
    assert tema.historia.get().history_user == zonal1
    assert {d.historia.get().history_user for d in tema.pertenencias.all()} == {zonal1}
    contexto = client.get(url).context
    assert [contado for _, contado, _ in contexto["temas"]] == [
        "3 de 3 GAD con elementos, en 2 niveles"
    ]
    assert contexto["propuestas"] == []


def test_sin_nombre_ni_elementos_no_se_confirma_y_nada_se_pierde(client, zonal1, dichos, url_nuevo):
    marcadas = claves(dichos, zonal1, "Riesgos")
    respuesta = entrar(client, zonal1).post(url_nuevo, {"nombre": "", "piezas": marcadas})
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors == {"nombre": ["Póngale nombre al tema."]}
    assert [c for c, _ in respuesta.context["form"].filas_marcadas()] == marcadas
    respuesta = client.post(url_nuevo, {"nombre": "á" * 30_000})
    assert set(respuesta.context["form"].errors) == {"nombre", "piezas"}
    assert not TemaDeVision.objects.exists()


def test_lo_rechazado_no_vuelve_hasta_que_llega_otro(client, zonal1, dichos, pdots, url, url_nuevo):
    marcadas = claves(dichos, zonal1, "Turismo", "Turismo sustentable", "Potencia turística")
    datos = {"nombre": "Turismo", "piezas": marcadas, "accion": "rechazar"}
    for _ in range(2):
        assert entrar(client, zonal1).post(url_nuevo, datos).url == url
    rechazado = TemaDeVision.objects.get()
    assert rechazado.estado == "rechazado"
    assert client.get(url).context["propuestas"] == []
    ElementoVision.objects.create(grupo=dichos, orden=2, texto="Turismo comunitario")
    assert len(client.get(url).context["propuestas"]) == 1
    ElementoVision.objects.filter(orden=2).delete()
    accion = {"accion": "retirar", "version": rechazado.version}
    client.post(reverse("pdot:tema", args=[rechazado.pk]), accion)
    assert len(client.get(url).context["propuestas"]) == 1


def test_dos_que_confirman_a_la_vez_hacen_uno(transactional_db, dichos, zonal1, central):
    piezas = piezas_de(dichos, zonal1, "Turismo", "Turismo sustentable")

    def confirmar(n):
        por = (zonal1, central)[n]
        return confirmar_tema(dichos, f"Turismo {n}", piezas, por=por)

    dados = a_la_vez(2, confirmar)
    assert sorted(type(dado).__name__ for dado in dados) == ["TemaDeVision", "YaEnOtroTema"]
    assert TemaDeVision.objects.count() == 1


def test_si_el_elemento_ya_esta_en_otro_tema_se_dice_en_cual(client, zonal1, dichos, url_nuevo):
    tema_de(dichos, zonal1, "Ambiente", "Protección del ambiente")
    marcadas = claves(dichos, zonal1, "Protección del ambiente")
    respuesta = entrar(client, zonal1).post(url_nuevo, {"nombre": "Verde", "piezas": marcadas})
    assert respuesta.status_code == 409
    assert respuesta.context["form"].non_field_errors() == [
        "«Protección del ambiente» ya está en el tema «Ambiente»: quítelo de uno de los dos."
    ]


def test_el_elemento_que_alguien_acaba_de_quitar_no_entra(dichos, zonal1):
    piezas = piezas_de(dichos, zonal1, "Turismo")
    ElementoVision.objects.filter(grupo=dichos).delete()
    with pytest.raises(NoProcede, match="ya no está entre los elementos"):
        confirmar_tema(dichos, "Turismo", piezas, por=zonal1)
    assert not TemaDeVision.objects.exists()


# --- Corregir -----------------------------------------------------------------------------------


@pytest.fixture
def turismo(dichos, zonal1):
    return tema_de(
        dichos, zonal1, "Turismo", "Turismo", "Turismo sustentable", "Potencia turística"
    )


@pytest.fixture
def url_tema(turismo):
    return reverse("pdot:tema", args=[turismo.pk])


def quedan(tema, *gads):
    return [dicha.pk for dicha in tema.pertenencias.all() if dicha.gad_id in gads]


def test_se_renombra_se_quita_y_se_agrega(client, zonal1, dichos, turismo, url, url_tema):
    datos = {
        "accion": "guardar",
        "version": turismo.version,
        "nombre": "Turismo y ambiente",
        "quedan": quedan(turismo, "0807"),
        "piezas": claves(dichos, zonal1, "Protección del ambiente"),
    }
    assert entrar(client, zonal1).post(url_tema, datos).url == url
    turismo.refresh_from_db()
    assert (turismo.nombre, turismo.version) == ("Turismo y ambiente", 2)
    assert textos(turismo) == [("0807", "Protección del ambiente"), ("0807", "Turismo sustentable")]
    respuesta = client.post(url_tema, datos)
    assert respuesta.status_code == 409
    assert respuesta.context["form"]["nombre"].value() == "Turismo y ambiente"


def test_se_separa_y_se_vuelve_a_juntar(client, zonal1, turismo, url, url_tema):
    datos = {
        "accion": "separar",
        "version": 1,
        "nombre": "Turismo rural",
        "apartados": quedan(turismo, "080752"),
    }
    assert entrar(client, zonal1).post(url_tema, datos).url == url
    nuevo = TemaDeVision.objects.get(nombre="Turismo rural")
    assert textos(nuevo) == [("080752", "Potencia turística")]
    datos = {"accion": "juntar", "version": nuevo.version, "en": turismo.pk}
    assert client.post(reverse("pdot:tema", args=[nuevo.pk]), datos).url == url
    nuevo.refresh_from_db()
    assert (nuevo.estado, textos(nuevo)) == ("juntado", [])
    assert textos(turismo) == TURISMO
    pagina = client.get(reverse("pdot:tema", args=[nuevo.pk]))
    assert "El tema ya no vale" in pagina.text


def test_no_se_separan_todos_ni_se_vacia(client, zonal1, turismo, url_tema):
    todos = [dicha.pk for dicha in turismo.pertenencias.all()]
    entrar(client, zonal1)
    for datos in (
        {"accion": "separar", "nombre": "Otro", "apartados": todos},
        {"accion": "guardar", "nombre": "Turismo"},
    ):
        assert client.post(url_tema, datos | {"version": 1}).status_code == 409
    assert textos(turismo) == TURISMO


def test_si_el_gad_abre_otra_version_el_tema_conserva_su_texto(
    client, zonal1, dichos, pdots, turismo, url
):
    aprobada(pdots, "0807", ["Turismo sustentable"], numero=2)
    aprobada(pdots, "080752", ["Minería"], numero=2)
    contexto = entrar(client, zonal1).get(url).context
    [(tema, contado, filas)] = contexto["temas"]
    assert contado == "3 de 3 GAD con elementos, en 2 niveles"
    vigentes = {texto: vigente for _, _, texto, vigente, _ in filas}
    assert vigentes == {"Turismo": True, "Turismo sustentable": True, "Potencia turística": False}
    assert "ya no está en su última evaluación" in client.get(url).text


def test_quien_sale_del_grupo_deja_de_contar(client, zonal1, dichos, turismo, url):
    ayer = timezone.localdate() - timedelta(days=1)
    dichos.membresias.filter(gad="080752").update(hasta=ayer)
    [(_, contado, _)] = entrar(client, zonal1).get(url).context["temas"]
    assert contado == "2 de 2 GAD con elementos, en 1 nivel"
    assert "ya no es miembro" in client.get(url).text


# --- El texto -----------------------------------------------------------------------------------


@pytest.fixture
def url_redactar(grupo1):
    return reverse("pdot:redactar_vision", args=[grupo1.pk])


@pytest.fixture
def realizado(encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="realizado")
    encuentro1.refresh_from_db()
    return encuentro1


def test_la_redaccion_parte_de_los_temas_y_se_corrige(
    client, zonal1, dichos, turismo, url, url_redactar
):
    form = entrar(client, zonal1).get(url_redactar).context["form"]
    assert form["texto"].value().split("\n\n") == [
        "El territorio de Esmeraldas – Rioverde comparte una visión: desarrollarse unido en torno "
        "a turismo.",
        "En palabras de sus GAD: en turismo, turismo sustentable y potencia turística.",
        "Sale de 1 tema confirmado, con los elementos de 3 de los 4 GAD del grupo y los que anotó "
        "el grupo en conjunto.",
    ]
    datos = {"version": 0, "texto": "En 2030 somos turismo.", "temas": [turismo.pk]}
    assert client.post(url_redactar, datos).url == url
    vision = VisionCircunvecina.objects.get()
    assert (vision.numero, vision.texto, vision.por) == (1, "En 2030 somos turismo.", zonal1)
    assert list(vision.temas.all()) == [turismo]
    datos = {"version": 0, "texto": "Otra cosa."}
    respuesta = client.post(url_redactar, datos)
    assert respuesta.status_code == 409
    assert "Otra cosa." in respuesta.text and "En 2030 somos turismo." in respuesta.text
    assert client.post(url_redactar, {"version": 1, "texto": "a" * 30_000}).status_code == 400


def test_lo_acordado_no_se_edita_se_abre_otra(
    client, zonal1, dichos, realizado, turismo, url, url_redactar
):
    guardar_redaccion(dichos, texto="Primera.", temas=[turismo], por=zonal1, version=0)
    acordar = reverse("pdot:acordar_vision", args=[dichos.pk])
    datos = {"version": 1, "encuentro": realizado.pk, "fecha": "2019-08-22"}
    assert entrar(client, zonal1).post(acordar, datos).url == url
    primera = VisionCircunvecina.objects.get()
    assert (primera.estado, primera.encuentro, primera.fecha.isoformat()) == (
        "acordada",
        realizado,
        "2019-08-22",
    )
    tarde = client.post(url_redactar, {"version": 1, "texto": "Cambio lo acordado."})
    assert tarde.status_code == 409
    assert "Cambio lo acordado." in tarde.text
    assert client.post(url_redactar, {"version": 0, "texto": "Segunda."}).url == url
    assert list(VisionCircunvecina.objects.values_list("numero", "estado", "texto")) == [
        (2, "borrador", "Segunda."),
        (1, "acordada", "Primera."),
    ]
    pagina = client.get(url).text
    assert "Primera." in pagina
    assert [f">{t.nombre}</a>" in pagina for t in primera.temas.all()] == [True]
    assert "No dice qué temas recoge." in pagina
    assert client.get(url_redactar).context["acordada"] == primera


@pytest.mark.parametrize(
    ("fecha", "error"),
    [
        ("2019-08-21", "El encuentro fue después, el 22/08/2019."),
        ("2035-01-01", "Lo acordado no puede tener fecha futura."),
    ],
)
def test_la_fecha_del_acuerdo_se_cree(client, zonal1, dichos, realizado, fecha, error):
    vision = guardar_redaccion(dichos, texto="Primera.", temas=[], por=zonal1, version=0)
    acordar = reverse("pdot:acordar_vision", args=[dichos.pk])
    datos = {"version": vision.version, "encuentro": realizado.pk, "fecha": fecha}
    respuesta = entrar(client, zonal1).post(acordar, datos)
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors["fecha"] == [error]


def test_quien_acuerda_lo_que_otro_acaba_de_cambiar_lo_lee_antes(
    client, zonal1, central, dichos, realizado
):
    guardar_redaccion(dichos, texto="Primera.", temas=[], por=zonal1, version=0)
    guardar_redaccion(dichos, texto="Cambiada.", temas=[], por=central, version=1)
    acordar = reverse("pdot:acordar_vision", args=[dichos.pk])
    datos = {"version": 1, "encuentro": realizado.pk, "fecha": "2019-08-22"}
    respuesta = entrar(client, zonal1).post(acordar, datos)
    assert respuesta.status_code == 409
    assert "Cambiada." in respuesta.text
    assert respuesta.context["form"]["version"].value() == "2"


def test_dos_que_acuerdan_a_la_vez_gana_una(transactional_db, dichos, realizado, zonal1, central):
    vision = guardar_redaccion(dichos, texto="Primera.", temas=[], por=zonal1, version=0)
    rasgos = {"encuentro": realizado, "fecha": realizado.fecha, "version": 1}
    dados = a_la_vez(2, lambda n: acordar_vision(vision, por=(zonal1, central)[n], **rasgos))
    assert sorted(type(dado).__name__ for dado in dados) == ["NoProcede", "VisionCircunvecina"]


def test_se_sabe_quien_decidio_y_el_observador_no_lo_ve(
    client, zonal1, observador, dichos, turismo, url
):
    entradas = entrar(client, zonal1).get(url, {"cambios": "1"}).context["bitacora"]
    assert {entrada.quien for entrada in entradas} == {str(zonal1)}
    assert "el tema «Turismo»" in entradas[-1].que
    texto = entrar(client, observador).get(url, {"cambios": "1"}).text
    assert "Quién y cuándo lo cambió" not in texto


# --- Quién --------------------------------------------------------------------------------------


def test_quien_ve_el_grupo_lee_y_no_decide(client, elenco, dichos, turismo, url):
    for nombre in ("plan_rioverde", "plan_esmeraldas", "observador", "observador1"):
        respuesta = entrar(client, elenco[nombre]).get(url)
        assert [tema.nombre for tema, _, _ in respuesta.context["temas"]] == ["Turismo"]
        assert not respuesta.context["puede_editar"]
        for ruta, clave in (
            ("tema_nuevo", dichos.pk),
            ("redactar_vision", dichos.pk),
            ("acordar_vision", dichos.pk),
            ("tema", turismo.pk),
        ):
            assert client.get(reverse(f"pdot:{ruta}", args=[clave])).status_code == 403


def test_otra_zona_no_sabe_que_existe(client, zonal4, plan_chone, dichos, turismo, url, url_tema):
    for usuario in (zonal4, plan_chone):
        assert entrar(client, usuario).get(url).status_code == 404
    entrar(client, zonal4)
    assert client.post(url_tema, {"accion": "retirar", "version": 1}).status_code == 404
    turismo.refresh_from_db()
    assert turismo.estado == "confirmado"


def test_un_grupo_solo_propuesto_no_abre_nada(client, zonal1, plan_rioverde, dichos, url):
    Grupo.objects.filter(pk=dichos.pk).update(estado="propuesto")
    visto = entrar(client, plan_rioverde).get(url).context["lectura"]
    assert {gad for pieza in visto.piezas for gad in pieza.gads} == {"0807"}
    assert entrar(client, zonal1).get(reverse("pdot:tema_nuevo", args=[dichos.pk])).status_code == (
        404
    )
    with pytest.raises(NoProcede):
        confirmar_tema(dichos, "Turismo", piezas_de(dichos, zonal1, "Turismo"), por=zonal1)


def test_un_tema_no_recibe_dos_veces_lo_mismo(dichos, zonal1, turismo):
    todas = list(turismo.pertenencias.all())
    piezas = piezas_de(dichos, zonal1, "Turismo")
    datos = {"nombre": "Turismo", "quedan": todas, "piezas": piezas}
    cambiar_tema(turismo, por=zonal1, version=1, **datos)
    assert textos(turismo) == TURISMO


def test_la_pagina_no_consulta_mas_con_mas_miembros(
    client, zonal1, dichos, turismo, url, django_assert_max_num_queries
):
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        client.get(url)
    assert len(leer_vision(dichos, zonal1).piezas) == 6
