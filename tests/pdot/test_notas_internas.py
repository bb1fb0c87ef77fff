"""Las notas internas las lee solo quien revisa esa evaluación: en ninguna otra página salen."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.urls import reverse

from pdot.acciones_revision import anotar, retirar_nota
from pdot.models import Evaluacion, NotaInterna
from tests.conftest import entrar
from tests.rutas import combinaciones, de_la_plataforma

CANARIO = "canario·de·la·nota"


@pytest.fixture
def enviada(evaluaciones):
    return evaluaciones["0801"]


@pytest.fixture
def nota(enviada, zonal1):
    return anotar(enviada, CANARIO, por=zonal1)


def url(evaluacion):
    return reverse("pdot:notas", args=[evaluacion.pk])


def test_la_leen_quienes_revisan(client, enviada, nota, zonal1, central):
    for quien in (zonal1, central):
        entrar(client, quien)
        assert CANARIO in client.get(url(enviada)).text
        assert CANARIO in client.get(reverse("pdot:revisar", args=[enviada.pk])).text


@pytest.mark.parametrize(
    ("quien", "codigo"),
    [("zonal4", 404), ("plan_esmeraldas", 403), ("plan_rioverde", 403), ("observador", 403)],
)
def test_nadie_mas_abre_su_pagina(client, request, enviada, nota, quien, codigo):
    entrar(client, request.getfixturevalue(quien))
    assert client.get(url(enviada)).status_code == codigo
    assert client.post(url(enviada), {"texto": "Intrusa"}).status_code == codigo
    assert NotaInterna.objects.get() == nota


@pytest.mark.parametrize("quien", ["plan_esmeraldas", "plan_rioverde", "zonal4", "observador"])
def test_no_sale_en_ninguna_pagina_ni_documento_del_pdot(
    client, elenco, evaluaciones, zonal1, muestrario, monkeypatch, quien
):
    """También en lo aprobado, que sí ven los demás."""
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html, *a, **k: html.encode())
    for evaluacion in (evaluaciones["0801"], evaluaciones["0803"]):
        anotar(evaluacion, CANARIO, por=zonal1)
        pregunta = evaluacion.respuestas.first().pregunta
        anotar(evaluacion, CANARIO, pregunta=pregunta, por=zonal1)
    entrar(client, elenco[quien])
    vistas = 0
    for ruta in de_la_plataforma():
        if not ruta.nombre.startswith("pdot:") and ruta.nombre != "inicio":
            continue
        for valores, _ in combinaciones(ruta.parametros, muestrario):
            # Lo que se busca se repite en su casilla: se busca solo el comienzo.
            respuesta = client.get(ruta.direccion(valores), {"q": CANARIO[:9], "cambios": 1})
            assert CANARIO not in _todo_el_texto(respuesta), ruta.nombre
            vistas += respuesta.status_code == 200
    assert vistas > 15


def _todo_el_texto(respuesta):
    """También el de dentro de un libro de cálculo."""
    contenido = b"".join(respuesta) if respuesta.streaming else respuesta.content
    if contenido.startswith(b"PK"):
        with ZipFile(BytesIO(contenido)) as libro:
            contenido = b"".join(libro.read(nombre) for nombre in libro.namelist())
    return contenido.decode(errors="ignore")


def test_se_anota_sobre_una_pregunta_y_no_se_repite(client, enviada, zonal1):
    entrar(client, zonal1)
    for _ in range(2):
        client.post(url(enviada), {"pregunta": "a1", "texto": "Llamé al GAD"})
    nota = NotaInterna.objects.get()
    assert (nota.pregunta.codigo, nota.autor, nota.texto) == ("a1", zonal1, "Llamé al GAD")


@pytest.mark.parametrize(
    ("datos", "campo"),
    [
        ({"texto": "  "}, "texto"),
        ({"texto": "x" * 30_000}, "texto"),
        ({"texto": "Bien", "pregunta": "zz"}, "pregunta"),
    ],
)
def test_una_nota_imposible_se_rechaza_junto_al_campo(client, enviada, zonal1, datos, campo):
    entrar(client, zonal1)
    respuesta = client.post(url(enviada), datos)
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert not NotaInterna.objects.exists()


def test_se_corrige_y_se_retira_solo_la_propia(client, enviada, nota, zonal1, central):
    entrar(client, central)
    ajena = {"nota": nota.pk, "version": 1, "texto": "Otra cosa"}
    assert client.post(url(enviada), ajena).status_code == 404
    entrar(client, zonal1)
    client.post(url(enviada), {"nota": nota.pk, "version": 1, "texto": "Corregida"})
    vieja = client.post(url(enviada), {"nota": nota.pk, "version": 1, "texto": "Vieja"})
    assert (vieja.status_code, "Vieja" in vieja.text) == (409, True)
    larga = client.post(url(enviada), {"nota": nota.pk, "version": 2, "texto": "x" * 5_000})
    assert larga.status_code == 400
    nota.refresh_from_db()
    assert nota.texto == "Corregida"
    client.post(url(enviada), {"nota": nota.pk, "version": 2, "retirar": "1"})
    assert list(NotaInterna.objects.visibles_para(central)) == []
    assert nota.historia.count() == 3


def test_al_cambiar_de_zona_se_deja_de_leer(enviada, nota, zonal1):
    zonal1.zona_id = 4
    zonal1.save()
    assert not NotaInterna.objects.visibles_para(zonal1).exists()
    assert not NotaInterna.objects.editables_por(zonal1).exists()


def test_una_nota_retirada_no_vuelve_a_cambiar(client, enviada, nota, zonal1):
    retirar_nota(nota, version=1, por=zonal1)
    entrar(client, zonal1)
    datos = {"nota": nota.pk, "version": 2, "texto": "Resucitada"}
    assert client.post(url(enviada), datos).status_code == 404
    assert Evaluacion.objects.get(pk=enviada.pk).version == 1
