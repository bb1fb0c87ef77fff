"""El Consolidado de coherencia de un grupo, en PDF."""

import pytest
from django.urls import reverse

from pdot.documentos_coherencia import consolidado_de_grupo
from pdot.models import ElementoVision, Necesidad, TemaDeVision, Vinculo, VisionCircunvecina
from tests.conftest import entrar
from tests.contornos import cargar_contornos
from tests.fabricas import GrupoFactory
from tests.fabricas_coherencia import aprobada
from tests.lectura_pdf import abrir, capitulos, texto_de, textos_alternativos

pytestmark = pytest.mark.django_db


@pytest.fixture
def completo(grupo1, territorio, instrumento):
    cargar_contornos()
    evaluacion = aprobada(territorio.gad["0807"], instrumento, {"08": "si"}, a1="si", a2="no")
    Vinculo.objects.update(incompatibles="Uso del manglar", sinergias="Pesca artesanal")
    ElementoVision.objects.create(evaluacion=evaluacion, orden=1, texto="Playas limpias")
    Necesidad.objects.create(tema="Cartografía al día", modalidad="capacitacion", grupo=grupo1)
    return grupo1


def test_lleva_sus_ocho_capitulos_y_lo_que_se_dijo(completo, central):
    contenido = consolidado_de_grupo(completo, central)
    assert [titulo for titulo, _ in capitulos(contenido)] == [
        "Contenido",
        "1. Dónde concuerdan, se contradicen o se ignoran",
        "2. Red vertical de vínculos",
        "3. Evaluación de los planes vigentes",
        "4. Indicadores contra el promedio nacional",
        "5. Contradicciones y sinergias",
        "6. Visión circunvecina y sus elementos",
        "7. Necesidades",
        "8. Quién falta",
    ]
    texto = texto_de(contenido)
    for dicho in ("Uso del manglar", "Pesca artesanal", "Playas limpias", "Cartografía al día"):
        assert dicho in texto
    assert "Se vincula, y lo da por incompatible" in texto
    figuras = " ".join(textos_alternativos(contenido))
    assert "Red de vínculos sobre el mapa" in figuras
    assert "Rioverde con Esmeraldas (provincia): se vincula" in figuras
    lector = abrir(contenido)
    assert lector.trailer["/Root"]["/Lang"] == "es-EC"
    assert lector.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_lleva_la_vision_acordada_y_sus_temas(completo, central, encuentro1):
    assert "todavía no acuerda el texto" in texto_de(consolidado_de_grupo(completo, central))
    tema = TemaDeVision.objects.create(grupo=completo, nombre="Turismo", por=central)
    vision = VisionCircunvecina.objects.create(
        grupo=completo,
        numero=1,
        estado="acordada",
        texto="Un territorio unido.",
        encuentro=encuentro1,
        fecha=encuentro1.fecha,
        por=central,
    )
    vision.temas.add(tema)
    texto = texto_de(consolidado_de_grupo(completo, central))
    assert "Un territorio unido." in texto
    assert "Recoge: Turismo." in texto


def test_un_grupo_vacio_tambien_lo_tiene(central, estrategia, territorio):
    grupo = GrupoFactory(estrategia=estrategia, zona=territorio.zona[1])
    assert "El grupo todavía no tiene miembros." in texto_de(consolidado_de_grupo(grupo, central))


def test_lo_descarga_quien_ve_el_grupo(client, elenco, grupo1):
    ruta = reverse("pdot:coherencia_pdf", args=[grupo1.pk])
    respuesta = entrar(client, elenco["plan_rioverde"]).get(ruta)
    assert respuesta["Content-Type"] == "application/pdf"
    assert "coherencia-grupo-1" in respuesta["Content-Disposition"]
    assert entrar(client, elenco["zonal4"]).get(ruta).status_code == 404
