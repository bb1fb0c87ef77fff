"""Fotos de papelotes en la evaluación: se suben limpias, las ve quien debe y se quitan."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image

from pdot import acciones_fotos
from pdot.models import Evaluacion, FotoDeEvaluacion
from tests.conftest import entrar
from tests.fabricas_borradores import foto_de
from tests.imagenes import PDF, foto, foto_con_gps
from tests.lectura_html import pagina
from tests.talleres.evidencias import archivo, guardados


def subir(client, evaluacion, contenido=None, codigo="interna", **datos):
    valores = {"foto-leyenda": "Lluvia de ideas", "foto-archivo": archivo(contenido)}
    extra = {f"foto-{campo}": valor for campo, valor in datos.items()}
    return client.post(reverse("pdot:subir_foto", args=[evaluacion.pk, codigo]), valores | extra)


@pytest.fixture
def borrador(evaluaciones):
    return evaluaciones["0807"]


@pytest.fixture
def planificadora(client, plan_rioverde):
    return entrar(client, plan_rioverde)


def test_se_sube_limpia_desde_la_seccion_y_se_ve_ahi(planificadora, borrador, plan_rioverde):
    respuesta = subir(planificadora, borrador, foto_con_gps(), pregunta="a1")
    seccion = reverse("pdot:seccion", args=[borrador.pk, "interna"])
    assert respuesta.url == f"{seccion}#fotos"
    guardada = borrador.fotos.get()
    assert (guardada.seccion.codigo, guardada.pregunta.codigo) == ("interna", "a1")
    assert (guardada.subida_por, guardada.historia.get().history_user) == (plan_rioverde,) * 2
    with Image.open(BytesIO(guardada.archivo.read())) as imagen:
        assert (imagen.format, len(imagen.getexif())) == ("JPEG", 0)
    assert reverse("pdot:foto", args=[guardada.pk]) in pagina(planificadora.get(seccion)).enlaces
    otra = reverse("pdot:seccion", args=[borrador.pk, "externa"])
    assert reverse("pdot:foto", args=[guardada.pk]) not in pagina(planificadora.get(otra)).enlaces
    entera = pagina(planificadora.get(borrador.get_absolute_url()))
    assert reverse("pdot:quitar_foto", args=[guardada.pk]) in entera.enlaces
    assert entera.prohibido == []


def test_la_hoja_de_la_vision_tambien_lleva_fotos(planificadora, borrador):
    subir(planificadora, borrador, codigo="vision")
    guardada = borrador.fotos.get()
    assert guardada.seccion.codigo == "vision"
    vision = pagina(planificadora.get(reverse("pdot:seccion", args=[borrador.pk, "vision"])))
    assert reverse("pdot:foto", args=[guardada.pk]) in vision.enlaces


def test_la_misma_foto_no_entra_dos_veces(planificadora, borrador):
    subir(planificadora, borrador)
    respuesta = subir(planificadora, borrador, codigo="externa")
    assert respuesta.status_code == 409
    assert respuesta.context["form"].errors["archivo"] == ["Esa foto ya está en la evaluación."]
    assert (borrador.fotos.count(), len(guardados())) == (1, 2)


def test_no_pasan_del_tope(planificadora, borrador, monkeypatch):
    monkeypatch.setattr(acciones_fotos, "FOTOS_MAXIMO", 1)
    subir(planificadora, borrador)
    respuesta = subir(planificadora, borrador, foto(color=(1, 2, 3)))
    assert respuesta.status_code == 409
    assert "ya tiene 1 fotos" in respuesta.text
    assert borrador.fotos.count() == 1


@pytest.mark.parametrize(
    ("contenido", "datos", "campo", "dicho"),
    [
        (PDF, {}, "archivo", "No es una imagen JPEG, PNG o WebP, o está dañada."),
        (None, {"leyenda": ""}, "leyenda", "Escriba qué muestra."),
        (None, {"pregunta": "b1"}, "pregunta", "Esa pregunta no es de aquí."),
        (
            None,
            {"con_personas": "on"},
            "consentimiento",
            "Anote quién aceptó aparecer, cómo y cuándo.",
        ),
    ],
)
def test_lo_que_no_sirve_se_explica_y_no_deja_nada(
    planificadora, borrador, contenido, datos, campo, dicho
):
    respuesta = subir(planificadora, borrador, contenido, **datos)
    assert respuesta.status_code == 400
    assert respuesta.context["form"].errors == {campo: [dicho]}
    assert (FotoDeEvaluacion.objects.count(), guardados()) == (0, [])


@pytest.mark.parametrize("estado", ["enviada", "aprobada"])
def test_fuera_de_sus_manos_no_admite_cambios(planificadora, borrador, estado):
    puesta = foto_de(borrador)
    Evaluacion.objects.filter(pk=borrador.pk).update(estado=estado)
    assert subir(planificadora, borrador, foto(color=(1, 2, 3))).status_code == 409
    assert planificadora.post(reverse("pdot:quitar_foto", args=[puesta.pk])).status_code == 404
    assert borrador.fotos.get() == puesta


def test_se_quita_con_sus_archivos(planificadora, borrador, django_capture_on_commit_callbacks):
    puesta = foto_de(borrador)
    direccion = reverse("pdot:quitar_foto", args=[puesta.pk])
    assert "no se puede recuperar" in planificadora.get(direccion).text
    with django_capture_on_commit_callbacks(execute=True):
        respuesta = planificadora.post(direccion)
    assert respuesta.url == reverse("pdot:seccion", args=[borrador.pk, "interna"]) + "#fotos"
    assert (borrador.fotos.count(), guardados()) == (0, [])
    assert planificadora.post(direccion).status_code == 404


@pytest.mark.parametrize(
    ("quien", "de_todos", "con_personas"),
    [
        ("central", 200, 200),
        ("zonal1", 200, 200),
        ("zonal4", 200, 200),
        ("plan_chone", 404, 404),
        ("observador", 200, 404),
    ],
)
def test_cada_entrega_autoriza(client, elenco, evaluaciones, grupo2, quien, de_todos, con_personas):
    consentida = {"con_personas": True, "consentimiento": "De viva voz"}
    aprobada = evaluaciones["0803"]
    simple = foto_de(aprobada)
    personas = foto_de(aprobada, contenido=foto(color=(9, 9, 9)), **consentida)
    entrar(client, elenco[quien])
    for nombre in ("foto", "miniatura_de_foto"):
        vistas = [client.get(reverse(f"pdot:{nombre}", args=[f.pk])) for f in (simple, personas)]
        assert [uno.status_code for uno in vistas] == [de_todos, con_personas]
    if de_todos == 200:
        entrega = client.get(reverse("pdot:foto", args=[simple.pk]))
        assert entrega["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in entrega["Cache-Control"]
        enlaces = pagina(client.get(aprobada.get_absolute_url())).enlaces
        esta = reverse("pdot:foto", args=[personas.pk]) in enlaces
        assert esta == (con_personas == 200)


def test_el_borrador_ajeno_no_existe(client, zonal1, plan_esmeraldas, borrador):
    puesta = foto_de(borrador)
    for quien in (zonal1, plan_esmeraldas):
        entrar(client, quien)
        assert client.get(reverse("pdot:foto", args=[puesta.pk])).status_code == 404
    assert subir(client, borrador).status_code == 404


def test_una_seccion_que_no_existe_es_404(planificadora, borrador):
    assert subir(planificadora, borrador, codigo="otra").status_code == 404
