"""Comprobar un documento sin cuenta: qué se dice, qué no, y que el archivo no sale del equipo."""

import pytest
from django.urls import reverse

from territorios.emision import emitir
from territorios.models import DocumentoEmitido
from tests.conftest import entrar
from tests.fabricas_documentos import SITIO, emitido, pliego
from tests.fabricas_puerta import CODIGO, certificado_publico

INVENTADO = "2222-3333-4444-5555"


def ruta(codigo):
    return reverse("publico:documento", args=[codigo])


@pytest.fixture
def documento(zonal1):
    return emitido(zonal1, "Ficha del GAD · Rioverde")


def test_dice_lo_suyo_y_nada_mas(client, documento, zonal1):
    respuesta = client.get(ruta(documento.codigo_legible))
    pagina = respuesta.content.decode()
    assert respuesta.status_code == 200
    for dicho in (
        documento.numero_legible,
        "Ficha del GAD · Rioverde",
        "Prueba",
        "Zona 1",
        documento.codigo_legible,
        documento.sha256,
    ):
        assert dicho in pagina
    assert str(zonal1) not in pagina
    assert documento.archivo.name not in pagina
    assert "no-store" in respuesta["Cache-Control"]
    assert respuesta["X-Robots-Tag"] == "noindex, nofollow"


def test_de_un_gad_se_dice_cual(client, plan_rioverde):
    suyo = emitido(plan_rioverde)
    pagina = client.get(ruta(suyo.codigo)).content.decode()
    assert "Gobierno Autónomo Descentralizado Municipal de Rioverde" in pagina


def test_la_pagina_no_deja_enviar_nada(client, documento):
    respuesta = client.get(ruta(documento.codigo))
    politica = respuesta["Content-Security-Policy"]
    assert "connect-src 'none'" in politica
    assert "form-action 'none'" in politica
    pagina = respuesta.content.decode()
    assert "<form" not in pagina
    assert 'name="' not in pagina.split("<main")[1]
    for orden in ("sha256sum documento.pdf", "certutil -hashfile", "Get-FileHash", "shasum -a 256"):
        assert orden in pagina


@pytest.mark.parametrize("como", [str, str.lower, lambda c: c.replace("-", " ")])
def test_se_teclea_como_sea(client, documento, como):
    respuesta = client.post(
        reverse("publico:comprobar_documento"), {"codigo": como(documento.codigo_legible)}
    )
    assert respuesta.status_code == 302
    assert respuesta.url == ruta(documento.codigo_legible)


@pytest.mark.parametrize("tecleado", ["", "corto", "K" * 41, "áéí-óú"])
def test_lo_que_no_puede_ser_un_codigo_se_dice_ahi(client, db, tecleado):
    respuesta = client.post(reverse("publico:comprobar_documento"), {"codigo": tecleado})
    assert respuesta.status_code == 400
    assert 'role="alert"' in respuesta.content.decode()


def test_un_codigo_inventado_es_404_y_a_los_veinte_se_frena(client, documento):
    codigos = [client.get(ruta(INVENTADO)).status_code for _ in range(21)]
    assert codigos == [404] * 20 + [429]
    assert client.get(ruta(documento.codigo)).status_code == 429


def test_el_codigo_de_uno_en_la_pagina_del_otro_lleva_al_suyo(client, documento):
    certificado_publico()
    al_certificado = client.get(ruta(CODIGO))
    assert al_certificado.status_code == 302
    assert client.get(al_certificado.url).status_code == 200
    al_documento = client.get(reverse("publico:certificado", args=[documento.codigo_legible]))
    assert (al_documento.status_code, al_documento.url) == (302, ruta(documento.codigo_legible))


def test_lo_que_solo_tiene_reservado_su_numero_no_existe(client, zonal1, monkeypatch):
    def se_corta(html):
        raise KeyboardInterrupt

    monkeypatch.setattr("territorios.documentos.html_a_pdf", se_corta)
    with pytest.raises(KeyboardInterrupt):
        emitir(pliego(), por=zonal1, sitio=SITIO)
    assert client.get(ruta(DocumentoEmitido.objects.get().codigo)).status_code == 404


# --- Los emitidos, con cuenta -------------------------------------------------------------------

LISTA = "territorios:documentos"


def test_se_baja_tal_como_salio(client, zonal1, documento):
    respuesta = entrar(client, zonal1).get(
        reverse("territorios:documento_pdf", args=[documento.pk])
    )
    with documento.archivo.open("rb") as guardado:
        assert respuesta.content == guardado.read()
    assert respuesta["Content-Disposition"] == 'attachment; filename="prueba.pdf"'
    assert "no-store" in respuesta["Cache-Control"]


def test_si_el_archivo_falta_se_dice_y_no_se_hace_otro(client, zonal1, documento):
    documento.archivo.storage.delete(documento.archivo.name)
    respuesta = entrar(client, zonal1).get(
        reverse("territorios:documento_pdf", args=[documento.pk])
    )
    assert respuesta.status_code == 503
    pagina = respuesta.content.decode()
    assert "No se hace otro en su lugar" in pagina
    assert documento.codigo_legible in pagina


@pytest.mark.parametrize(
    ("quien", "ve"),
    [
        ("central", {"central", "zonal1", "zonal4"}),
        ("zonal1", {"zonal1"}),
        ("zonal4", {"zonal4"}),
        ("plan_rioverde", {"plan_rioverde"}),
        ("plan_esmeraldas", set()),
        ("observador", {"observador"}),
        ("observador1", set()),
    ],
)
def test_un_documento_no_sale_de_su_oficina(client, elenco, quien, ve):
    """El borrador de un GAD no lo lee ni la central; lo de un observador, solo él."""
    emiten = ("central", "zonal1", "zonal4", "plan_rioverde", "observador")
    hechos = {nombre: emitido(elenco[nombre], f"Lo de {nombre}") for nombre in emiten}
    entrar(client, elenco[quien])
    pagina = client.get(reverse(LISTA)).content.decode()
    assert {nombre for nombre in emiten if f"Lo de {nombre}<" in pagina} == ve
    for nombre, uno in hechos.items():
        estado = client.get(reverse("territorios:documento_pdf", args=[uno.pk])).status_code
        assert estado == (200 if nombre in ve else 404), nombre


def test_lo_que_no_se_guarda_se_lista_y_no_se_baja(client, zonal1):
    uno = emitido(zonal1, "Registro de participantes", conserva=False)
    entrar(client, zonal1)
    pagina = client.get(reverse(LISTA)).content.decode()
    assert "Registro de participantes" in pagina
    assert "No se guarda el archivo" in pagina
    assert client.get(reverse("territorios:documento_pdf", args=[uno.pk])).status_code == 404


@pytest.fixture
def varios(zonal1, zonal4, central, monkeypatch):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: html.encode())
    return [
        emitido(zonal1, "Ficha de Rioverde", clase="Ficha"),
        emitido(zonal4, "Ficha de Chone", clase="Ficha"),
        emitido(central, "Informe nacional", clase="Informe"),
    ]


@pytest.mark.parametrize(
    ("pedido", "quedan"),
    [
        ("", [0, 1, 2]),
        ("oficina=CZ4", [1]),
        ("clase=Informe", [2]),
        ("q=rioverde", [0]),
        ("q=CZ4-{anio}-0001", [1]),
        ("q={anio}-1", [0, 1, 2]),
        ("q=1&oficina=MATRIZ", [2]),
        ("q={codigo}", [2]),
        ("q=nada+de+nada", []),
    ],
)
def test_filtros(client, central, varios, pedido, quedan):
    datos = {"anio": varios[0].anio, "codigo": varios[2].codigo_legible[:12].lower()}
    pagina = entrar(client, central).get(f"{reverse(LISTA)}?{pedido.format(**datos)}")
    assert pagina.status_code == 200
    texto = pagina.content.decode()
    assert [n for n, uno in enumerate(varios) if f">{uno.titulo}<" in texto] == quedan


@pytest.mark.parametrize("pedido", ["oficina=CZ9", "anio=2090", "clase=nada"])
def test_un_filtro_que_no_existe_se_dice(client, central, varios, pedido):
    pagina = entrar(client, central).get(f"{reverse(LISTA)}?{pedido}")
    assert pagina.status_code == 400
    assert "no está en la lista" in pagina.content.decode()


def test_avanza_por_clave_y_con_las_mismas_consultas(
    client, central, monkeypatch, varios, django_assert_max_num_queries
):
    monkeypatch.setattr("territorios.views.documentos.POR_PAGINA", 2)
    entrar(client, central)
    primera = client.get(reverse(LISTA)).content.decode()
    assert "Informe nacional" in primera
    assert "Ficha de Rioverde" not in primera
    antes = varios[1].pk
    assert f"?antes={antes}" in primera
    with django_assert_max_num_queries(8):
        segunda = client.get(f"{reverse(LISTA)}?antes={antes}").content.decode()
    assert "Ficha de Rioverde" in segunda
    assert "Informe nacional" not in segunda


def test_sin_documentos_se_dice_que_hacer(client, zonal1):
    pagina = entrar(client, zonal1).get(reverse(LISTA)).content.decode()
    assert "Su oficina todavía no ha emitido ningún documento" in pagina


# --- En el navegador ----------------------------------------------------------------------------


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
def test_el_archivo_se_compara_sin_salir_del_equipo(live_server, page, zonal1, tmp_path):
    hoja = emitir(pliego(), por=zonal1, sitio=live_server.url)
    igual, alterado = tmp_path / "igual.pdf", tmp_path / "alterado.pdf"
    igual.write_bytes(hoja.contenido)
    alterado.write_bytes(hoja.contenido[:-1] + b"x")
    page.goto(live_server.url + ruta(hoja.documento.codigo_legible))
    page.wait_for_load_state("networkidle")
    pedidos = []
    page.on("request", lambda pedido: pedidos.append(pedido.url))
    page.get_by_label("Elija el PDF que recibió").set_input_files(igual)
    page.get_by_role("heading", name="Es idéntico").wait_for()
    page.get_by_label("Elija el PDF que recibió").set_input_files(alterado)
    page.get_by_role("heading", name="No es ese documento").wait_for()
    assert page.get_by_role("heading", name="Es idéntico").count() == 0
    assert pedidos == []


@pytest.mark.navegador
@pytest.mark.django_db(transaction=True)
def test_sin_guiones_se_explica_como(live_server, browser, zonal1):
    suyo = emitido(zonal1)
    pagina = browser.new_page(java_script_enabled=False)
    pagina.goto(live_server.url + ruta(suyo.codigo))
    assert pagina.get_by_text("sha256sum documento.pdf").is_visible()
    assert not pagina.get_by_text("Elija el PDF que recibió").is_visible()
    pagina.close()
