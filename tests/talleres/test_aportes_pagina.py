"""La pantalla de aportes: quién la ve y la edita, el JSON, lo que cambió y los rechazos."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from talleres.aportes import agrupar_aportes, anotar_aporte, corregir_aporte, retirar_aporte
from talleres.models import Aporte, CumuloAportes, Encuentro, PreguntaEncuentro
from tests.conftest import entrar
from tests.fabricas import AporteFactory
from tests.lectura_html import Pagina
from tests.talleres.evidencias import evidencia_de

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def pregunta(encuentro1):
    return PreguntaEncuentro.objects.create(encuentro=encuentro1, orden=1, texto="¿Qué falta?")


@pytest.fixture
def tarjeta(encuentro1, zonal1):
    aporte = Aporte(encuentro=encuentro1, texto="Falta agua", mesa="2", gad_id="0807")
    return anotar_aporte(aporte, por=zonal1)[0]


def ruta(nombre, pk):
    return reverse(f"talleres:{nombre}", args=[pk])


def abrir(client, encuentro, **consulta):
    return client.get(ruta("aportes", encuentro.pk), consulta)


def anotar(client, encuentro, **datos):
    url = ruta("anotar_aporte", encuentro.pk)
    return client.post(url, {"texto": "Falta agua", "clave_envio": uuid4()} | datos, **JSON)


def cambios(client, encuentro, desde, **mas):
    return client.get(ruta("cambios_de_aportes", encuentro.pk), {"desde": desde}, **mas)


# --- Ver ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado", "escribe", "ve_autora"),
    [
        ("central", 200, True, True),
        ("zonal1", 200, True, True),
        ("zonal4", 404, False, False),
        ("plan_rioverde", 200, False, True),
        ("plan_chone", 404, False, False),
        ("observador", 200, False, False),
    ],
)
def test_quien_ve_y_quien_escribe(quien, estado, escribe, ve_autora, client, elenco, tarjeta):
    entrar(client, elenco[quien])
    respuesta = abrir(client, tarjeta.encuentro)
    assert respuesta.status_code == estado
    texto = respuesta.content.decode()
    assert ("Agregar la tarjeta" in texto, "Agrupar las marcadas" in texto) == (escribe, escribe)
    assert ("la anotó Técnico/a zonal 1" in texto) == ve_autora


def test_una_seccion_por_pregunta_y_la_mesa_recordada(client, zonal1, encuentro1, pregunta):
    entrar(client, zonal1)
    AporteFactory(encuentro=encuentro1, estrategia=encuentro1.estrategia, pregunta=pregunta)
    url = ruta("anotar_aporte", encuentro1.pk)
    datos = {"texto": "Falta luz", "donde": f"q{pregunta.pk}", "mesa": "3", "gad": "0807"}
    respuesta = client.post(url, datos, follow=True)
    vistas = [(s.clave, len(s.tarjetas)) for s in respuesta.context["secciones"] if s.se_ve]
    assert vistas == [(f"q{pregunta.pk}", 2)]
    form = respuesta.context["form"]
    assert (form["donde"].value(), form["mesa"].value(), form["gad"].value()) == (
        f"q{pregunta.pk}",
        "3",
        "0807",
    )
    assert respuesta.redirect_chain[0][0].endswith("#nueva")


def test_el_tablero_vacio_dice_que_hacer(client, zonal1, observador, encuentro1):
    entrar(client, zonal1)
    assert "escriba arriba la primera tarjeta" in abrir(client, encuentro1).content.decode()
    entrar(client, observador)
    assert "Todavía no hay aportes" in abrir(client, encuentro1).content.decode()


def test_lo_que_se_teclea_no_se_interpreta(client, zonal1, encuentro1):
    entrar(client, zonal1)
    anotar(client, encuentro1, texto="<script>alert(1)</script>")
    for texto in (
        abrir(client, encuentro1).content.decode(),
        cambios(client, encuentro1, 0).json()["tarjetas"][0]["html"],
    ):
        assert "&lt;script&gt;" in texto
        assert "<script>alert" not in texto


def test_las_consultas_no_crecen_con_las_tarjetas(client, zonal1, encuentro1, pregunta):
    entrar(client, zonal1)

    def contar(pedir):
        with CaptureQueriesContext(connection) as captura:
            assert pedir().status_code == 200
        return len(captura)

    def de_pagina():
        return abrir(client, encuentro1)

    def de_cambios():
        return cambios(client, encuentro1, 0)

    def sembrar(cuantas):
        cumulo = CumuloAportes.objects.create(encuentro=encuentro1, titulo=f"C{cuantas}", serie=1)
        AporteFactory.create_batch(
            cuantas,
            encuentro=encuentro1,
            estrategia=encuentro1.estrategia,
            pregunta=pregunta,
            cumulo=cumulo,
            gad_id="080752",
            autor=zonal1,
            serie=1,
        )

    sembrar(1)
    con_una = contar(de_pagina), contar(de_cambios)
    sembrar(29)
    assert (contar(de_pagina), contar(de_cambios)) == con_una
    assert con_una == (8, 6)


# --- Lo que cambió ------------------------------------------------------------------------------


def test_sin_cambios_es_304_con_tres_consultas(client, zonal1, tarjeta, django_assert_num_queries):
    entrar(client, zonal1)
    etiqueta = cambios(client, tarjeta.encuentro, 1)["ETag"]
    with django_assert_num_queries(3):
        respuesta = cambios(client, tarjeta.encuentro, 1, HTTP_IF_NONE_MATCH=etiqueta)
    assert (respuesta.status_code, respuesta.content) == (304, b"")


def test_llega_lo_nuevo_lo_corregido_y_lo_retirado(client, zonal1, tarjeta):
    entrar(client, zonal1)
    encuentro = tarjeta.encuentro
    primera = cambios(client, encuentro, 0)
    assert [(t["pk"], t["retirada"]) for t in primera.json()["tarjetas"]] == [(tarjeta.pk, False)]
    tarjeta.texto = "Falta agua potable"
    corregida = corregir_aporte(tarjeta, por=zonal1, version=1)
    etiqueta = primera["ETag"]
    segunda = cambios(client, encuentro, primera.json()["serie"], HTTP_IF_NONE_MATCH=etiqueta)
    (datos,) = segunda.json()["tarjetas"]
    assert (segunda.status_code, datos["version"]) == (200, 2)
    assert "Falta agua potable" in datos["html"]
    retirar_aporte(corregida, motivo="Repetida", por=zonal1, version=2)
    tercera = cambios(client, encuentro, segunda.json()["serie"]).json()
    assert tercera["tarjetas"] == [{"pk": tarjeta.pk, "retirada": True}]
    assert cambios(client, encuentro, tercera["serie"]).json()["tarjetas"] == []


def test_llega_el_titulo_nuevo_de_un_cumulo(client, zonal1, tarjeta):
    entrar(client, zonal1)
    encuentro = tarjeta.encuentro
    cumulo = agrupar_aportes(encuentro, [tarjeta.pk], titulo="Agua", por=zonal1)
    leido = cambios(client, encuentro, 0).json()
    url = ruta("titular_cumulo", cumulo.pk)
    client.post(url, {"titulo": "Agua segura", "version_leida": 1})
    nuevo = cambios(client, encuentro, leido["serie"]).json()
    assert nuevo["cumulos"] == [{"pk": cumulo.pk, "titulo": "Agua segura"}]


def test_quien_solo_lee_recibe_tarjetas_sin_botones(client, observador, tarjeta):
    entrar(client, observador)
    (datos,) = cambios(client, tarjeta.encuentro, 0).json()["tarjetas"]
    assert not re.search("Corregir|Retirar|checkbox|Técnico/a", datos["html"])


@pytest.mark.parametrize("desde", ["", "x", "-1", "1e3", "9" * 40])
def test_con_un_numero_malo_llega_todo(desde, client, zonal1, tarjeta):
    entrar(client, zonal1)
    datos = cambios(client, tarjeta.encuentro, desde).json()
    assert [uno["pk"] for uno in datos["tarjetas"]] == [tarjeta.pk]


def test_lo_ajeno_es_404(client, plan_chone, tarjeta):
    entrar(client, plan_chone)
    assert cambios(client, tarjeta.encuentro, 0).status_code == 404


# --- Anotar por JSON ----------------------------------------------------------------------------


def test_el_contrato_de_la_cola(client, zonal1, encuentro1):
    entrar(client, zonal1)
    clave = uuid4()
    primera = anotar(client, encuentro1, clave_envio=clave)
    otra = anotar(client, encuentro1, clave_envio=clave)
    pk = Aporte.objects.get().pk
    assert (primera.status_code, primera.json()) == (
        201,
        {"pk": pk, "version": 1, "ya_estaba": False},
    )
    assert (otra.status_code, otra.json()) == (200, {"pk": pk, "version": 1, "ya_estaba": True})


@pytest.mark.parametrize(
    ("malo", "campo"),
    [
        ({"texto": "  "}, "texto"),
        ({"texto": "a" * 2001}, "texto"),
        ({"texto": "nulo\0"}, "texto"),
        ({"donde": "q999999"}, "donde"),
        ({"donde": "x"}, "donde"),
        ({"gad": "1303"}, "gad"),
        ({"mesa": "m" * 61}, "mesa"),
        ({"foto": "999999"}, "foto"),
        ({"clave_envio": "no-es"}, "clave_envio"),
    ],
)
def test_lo_malo_se_dice_por_campo_y_no_escribe(malo, campo, client, zonal1, encuentro1):
    entrar(client, zonal1)
    respuesta = anotar(client, encuentro1, **malo)
    assert (respuesta.status_code, list(respuesta.json()["errores"])) == (400, [campo])
    assert not Aporte.objects.exists()
    pagina = client.post(ruta("anotar_aporte", encuentro1.pk), {"texto": "Queda"} | malo)
    assert pagina.status_code == 400
    assert f'href="#id_{campo}"' in pagina.content.decode()


def test_cancelado_es_409_y_no_pierde_lo_tecleado(client, zonal1, encuentro1):
    entrar(client, zonal1)
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="cancelado", motivo="Lluvia")
    respuesta = anotar(client, encuentro1)
    assert (respuesta.status_code, respuesta.json()["actual"]) == (409, {})
    assert "cancelado" in respuesta.json()["mensaje"]
    pagina = client.post(ruta("anotar_aporte", encuentro1.pk), {"texto": "Lo que escribí"})
    assert pagina.status_code == 409
    assert "Lo que escribí" in pagina.content.decode()


@pytest.mark.parametrize(
    ("quien", "estado"),
    [("zonal4", 404), ("plan_rioverde", 403), ("observador", 403), ("zonal1", 201)],
)
def test_quien_puede_anotar(quien, estado, client, elenco, encuentro1):
    entrar(client, elenco[quien])
    assert anotar(client, encuentro1).status_code == estado
    assert Aporte.objects.count() == (estado == 201)


# --- Corregir, retirar y agrupar en pantalla ----------------------------------------------------


def test_dos_que_corrigen_la_segunda_ve_lo_de_la_otra(client, zonal1, central, tarjeta):
    entrar(client, zonal1)
    url = ruta("corregir_aporte", tarjeta.pk)
    assert client.get(url).context["form"]["version_leida"].value() == 1
    corregir_aporte(Aporte.objects.get(), por=central, version=1)
    Aporte.objects.update(texto="Falta agua potable")
    mia = {"texto": "Falta agua limpia", "mesa": "2", "gad": "0807", "version_leida": 1}
    respuesta = client.post(url, mia)
    texto = respuesta.content.decode()
    assert respuesta.status_code == 409
    assert respuesta.context["conflictos"] == [
        ("Qué se dijo", "Falta agua potable", "Falta agua limpia")
    ]
    assert "Falta agua limpia</textarea>" in texto
    # Leídas las dos, guardar otra vez reemplaza.
    version = respuesta.context["form"]["version_leida"].value()
    assert client.post(url, mia | {"version_leida": version}).status_code == 302
    assert Aporte.objects.get().texto == "Falta agua limpia"


@pytest.mark.parametrize(("version", "estado"), [("", 409), ("0", 409), ("x", 400)])
def test_corregir_sin_version_no_pisa(version, estado, client, zonal1, tarjeta):
    entrar(client, zonal1)
    datos = {"texto": "Otra", "version_leida": version}
    respuesta = client.post(ruta("corregir_aporte", tarjeta.pk), datos)
    assert (respuesta.status_code, Aporte.objects.get().texto) == (estado, "Falta agua")


def test_retirar_pide_motivo_y_reponer_la_devuelve(client, zonal1, tarjeta):
    entrar(client, zonal1)
    url = ruta("retirar_aporte", tarjeta.pk)
    assert client.post(url, {"version": 1}).status_code == 400
    assert client.post(url, {"version": 9, "motivo": "Repetida"}).status_code == 409
    assert client.post(url, {"version": 1, "motivo": "Repetida"}).status_code == 302
    pagina = abrir(client, tarjeta.encuentro)
    assert (pagina.context["cuantas"], pagina.context["retiradas"]) == (0, [tarjeta])
    reponer = ruta("reponer_aporte", tarjeta.pk)
    codigos = [client.post(reponer, datos).status_code for datos in ({}, {"version": 1})]
    assert codigos == [400, 409]
    assert client.post(reponer, {"version": 2}).status_code == 302
    assert abrir(client, tarjeta.encuentro).context["cuantas"] == 1


def test_lo_retirado_no_lo_lee_quien_no_edita(client, observador, zonal1, tarjeta):
    retirar_aporte(tarjeta, motivo="Repetida", por=zonal1, version=1)
    entrar(client, observador)
    for respuesta in (
        abrir(client, tarjeta.encuentro),
        client.get(tarjeta.encuentro.get_absolute_url()),
    ):
        assert "Falta agua" not in respuesta.content.decode()


def test_agrupar_con_casillas_y_sin_guion(client, zonal1, encuentro1, tarjeta):
    entrar(client, zonal1)
    otra = anotar(client, encuentro1, texto="Falta riego").json()["pk"]
    url = ruta("agrupar_aportes", encuentro1.pk)
    respuesta = client.post(url, {"aporte": [tarjeta.pk, otra], "titulo": "Agua"}, follow=True)
    assert "Quedó en «Agua»: 2 tarjetas." in Pagina(respuesta.content.decode()).texto
    client.post(url, {"aporte": [otra], "accion": "sacar"})
    assert [a.cumulo and a.cumulo.titulo for a in Aporte.objects.order_by("pk")] == ["Agua", None]


@pytest.mark.parametrize(
    "malo",
    [
        {"aporte": []},
        {"titulo": ""},
        {"titulo": "t" * 121},
        {"aporte": ["x"]},
        {"aporte": [999_999]},
        {"cumulo": "999999"},
    ],
)
def test_agrupar_mal_es_400_con_lo_tecleado(malo, client, zonal1, encuentro1, tarjeta):
    entrar(client, zonal1)
    url = ruta("agrupar_aportes", encuentro1.pk)
    datos = {"aporte": [tarjeta.pk], "titulo": "Agua"} | malo
    respuesta = client.post(url, datos)
    assert (respuesta.status_code, respuesta.context["form"].is_valid()) == (400, False)
    por_json = client.post(url, datos, **JSON)
    assert (por_json.status_code, bool(por_json.json()["mensaje"])) == (400, True)
    assert not CumuloAportes.objects.exists()


def test_titular_con_version_y_sin_repetir(client, zonal1, encuentro1, tarjeta):
    entrar(client, zonal1)
    cumulo = agrupar_aportes(encuentro1, [tarjeta.pk], titulo="Agua", por=zonal1)
    CumuloAportes.objects.create(encuentro=encuentro1, titulo="Riego")
    url = ruta("titular_cumulo", cumulo.pk)
    codigos = [
        client.post(url, datos).status_code
        for datos in (
            {"titulo": "", "version_leida": 1},
            {"titulo": "riego", "version_leida": 1},
            {"titulo": "Agua segura", "version_leida": 7},
        )
    ]
    assert codigos == [400, 409, 409]
    cumulo.refresh_from_db()
    assert cumulo.titulo == "Agua"


def test_mover(client, zonal1, encuentro1, tarjeta):
    entrar(client, zonal1)
    anotar(client, encuentro1, texto="Falta riego")
    url = ruta("mover_aporte", tarjeta.pk)
    assert client.post(url, {"hacia": "5"}).status_code == 400
    assert client.post(url, {"hacia": "1"}).status_code == 302
    textos = encuentro1.aportes.order_by("orden").values_list("texto", flat=True)
    assert list(textos) == ["Falta riego", "Falta agua"]


# --- La foto del papelote -----------------------------------------------------------------------


def test_la_foto_se_muestra_con_sus_tarjetas(client, zonal1, encuentro1, tarjeta):
    foto = evidencia_de(encuentro1, alcance="todos", por=zonal1)
    entrar(client, zonal1)
    suya = anotar(client, encuentro1, texto="Del papelote", foto=foto.pk).json()["pk"]
    pagina = abrir(client, encuentro1, foto=foto.pk)
    tarjetas = [t.pk for s in pagina.context["secciones"] for t in s.tarjetas]
    assert (tarjetas, pagina.context["form"]["foto"].value()) == ([suya], str(foto.pk))
    assert reverse("talleres:archivo_evidencia", args=[foto.pk]) in pagina.content.decode()


def test_la_foto_reservada_no_la_ve_quien_observa(client, zonal1, observador, encuentro1):
    foto = evidencia_de(encuentro1, alcance="zona", por=zonal1, consentimiento="De viva voz")
    entrar(client, zonal1)
    anotar(client, encuentro1, foto=foto.pk)
    entrar(client, observador)
    assert abrir(client, encuentro1, foto=foto.pk).status_code == 404
    pagina = abrir(client, encuentro1).content.decode()
    assert ("Falta agua" in pagina, "papelote</a>" in pagina) == (True, False)


@pytest.mark.parametrize("foto", ["x", "999999", "1 OR 1"])
def test_una_foto_que_no_existe_es_404(foto, client, zonal1, encuentro1):
    entrar(client, zonal1)
    assert abrir(client, encuentro1, foto=foto).status_code == 404


def test_la_foto_de_otro_encuentro_se_rechaza(client, zonal1, encuentro1, encuentro2):
    ajena = evidencia_de(encuentro2, alcance="todos", por=zonal1)
    entrar(client, zonal1)
    respuesta = anotar(client, encuentro1, foto=ajena.pk)
    assert (respuesta.status_code, list(respuesta.json()["errores"])) == (400, ["foto"])
