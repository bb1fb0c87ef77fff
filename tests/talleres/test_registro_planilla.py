"""Pegar o importar la hoja en la página: se mira, se corrige, se confirma; todo o nada."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.datastructures import MultiValueDict

from talleres.models import Encuentro, Participante
from tests.archivos import hoja_csv, libro
from tests.conftest import entrar
from tests.fabricas_registro import ParticipanteFactory
from tests.lectura_html import lo_que_enviaria, pagina

from .test_planilla_asistencia import ANA, CABECERA, bomba

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("consentimiento")]
LUIS = ("Luis Vera Bone", "Prefectura de Esmeraldas", "hombre")


@pytest.fixture
def como_zonal(client, zonal1):
    return entrar(client, zonal1)


def ruta(que, encuentro):
    return reverse(f"talleres:{que}", args=[encuentro.pk])


def texto(*filas):
    return "\n".join("\t".join(fila) for fila in filas)


def revisar(cliente, encuentro, *filas, **otros):
    """Lo que se enviaría desde la página con esas filas pegadas."""
    direccion = ruta("planilla", encuentro)
    dados = {"pegado": texto(*filas), "consiente": "on"} | otros
    enviado = lo_que_enviaria(cliente.get(direccion), **dados)
    return cliente.post(direccion, {campo: v for campo, v in enviado.items() if v is not None})


def subir(cliente, encuentro, archivo):
    subido = SimpleUploadedFile(archivo.nombre, archivo.contenido)
    return revisar(cliente, encuentro, pegado="", archivo=subido)


def confirmar(cliente, encuentro, previa, **otros):
    enviado = MultiValueDict(lo_que_enviaria(previa, **otros))
    return cliente.post(ruta("confirmar_planilla", encuentro), enviado, follow=True)


@pytest.mark.parametrize(
    "traer",
    [
        lambda c, e: revisar(c, e, CABECERA, ANA, LUIS),
        lambda c, e: subir(c, e, hoja_csv(CABECERA, ANA, LUIS)),
        lambda c, e: subir(c, e, libro(Lista=[("Asistencia",), CABECERA, ANA, LUIS])),
    ],
)
def test_se_mira_y_se_confirma(como_zonal, encuentro1, zonal1, traer):
    previa = traer(como_zonal, encuentro1)
    assert previa.status_code == 200
    assert "todavía no se ha registrado a nadie" in previa.text
    assert not pagina(previa).prohibido
    assert not Participante.objects.exists()
    hecho = confirmar(como_zonal, encuentro1, previa)
    assert hecho.redirect_chain == [(ruta("registro", encuentro1), 302)]
    assert "Se registró a 2 personas." in hecho.text
    campos = ("nombre", "gad", "sexo", "via")
    assert list(Participante.objects.order_by("pk").values_list(*campos)) == [
        ("Ana Mero Vélez", "0807", "mujer", "importado"),
        ("Luis Vera Bone", "08", "hombre", "importado"),
    ]
    assert set(Participante.historia.values_list("history_user", flat=True)) == {zonal1.pk}


def test_confirmar_dos_veces_no_repite(como_zonal, encuentro1):
    previa = revisar(como_zonal, encuentro1, CABECERA, ANA, LUIS)
    confirmar(como_zonal, encuentro1, previa)
    otra = confirmar(como_zonal, encuentro1, previa)
    assert "Se registró a 0 personas. 2 ya estaban de este mismo envío." in otra.text
    assert Participante.objects.count() == 2


def test_los_parecidos_no_entran_salvo_que_sean_otra_persona(como_zonal, encuentro1):
    ParticipanteFactory(encuentro=encuentro1, nombre="Mero Ana")
    ParticipanteFactory(encuentro=encuentro1, nombre="Vera Luis")
    previa = revisar(como_zonal, encuentro1, CABECERA, ANA, LUIS)
    assert "2 filas se parecen a alguien" in previa.text
    ninguna = confirmar(como_zonal, encuentro1, previa)
    assert "Se registró a 0 personas. 2 filas repetidas no se registraron." in ninguna.text
    hecho = confirmar(como_zonal, encuentro1, previa, otra=["1"])
    assert "Se registró a 1 persona. 1 fila repetida no se registró." in hecho.text
    nueva = Participante.objects.get(via="importado")
    assert (nueva.nombre, nueva.es_otra_persona) == ("Luis Vera Bone", True)


def test_con_una_fila_mala_no_entra_ninguna(como_zonal, encuentro1):
    rechazo = revisar(como_zonal, encuentro1, CABECERA, ANA, ("Eva", "Rioverde", "tal vez"))
    assert rechazo.status_code == 400
    assert "No se registró a nadie: 1 fila por corregir." in rechazo.text
    assert "lo pegado, fila 3, columna «sexo», valor «tal vez»" in rechazo.text
    # Lo pegado sigue ahí, para corregirlo.
    assert dict(pagina(rechazo).campos)["pegado"].startswith("nombre\tGAD o entidad\tsexo")
    assert not Participante.objects.exists()


def test_confirmar_vuelve_a_revisar_lo_que_llega(como_zonal, encuentro1):
    previa = revisar(como_zonal, encuentro1, CABECERA, ANA)
    trucada = confirmar(
        como_zonal, encuentro1, previa, pegado=texto(CABECERA, ANA, ("Eva", "Rioverde", "x1"))
    )
    assert trucada.status_code == 400
    assert not Participante.objects.exists()


@pytest.mark.parametrize("megas", [20, 80])
def test_una_bomba_se_rechaza(como_zonal, encuentro1, megas):
    rechazo = subir(como_zonal, encuentro1, bomba(megas))
    assert rechazo.status_code == 400
    assert "No se registró a nadie." in rechazo.text
    assert "bomba.xlsx" in rechazo.text


def test_cinco_mil_filas_pegadas_se_rechazan(como_zonal, encuentro1):
    filas = [(f"Persona {n}", "Rioverde", "mujer") for n in range(5000)]
    rechazo = revisar(como_zonal, encuentro1, CABECERA, *filas)
    assert rechazo.status_code == 400
    assert "trae 5000 personas y el tope es 500" in rechazo.text
    assert not Participante.objects.exists()


def test_un_archivo_que_pasa_del_tope_no_se_recibe(como_zonal, encuentro1, settings):
    settings.SUBIDA_MAXIMA = 1000
    archivo = SimpleUploadedFile("grande.csv", b"x" * 5000)
    direccion = ruta("planilla", encuentro1)
    rechazo = como_zonal.post(direccion, {"archivo": archivo, "consiente": "on"})
    assert rechazo.status_code == 413
    assert "no se recibió" in rechazo.text


@pytest.mark.parametrize(
    ("cambio", "campo", "dice"),
    [
        ({"pegado": ""}, "pegado", "Pegue las filas o elija un archivo."),
        ({"consiente": None}, "consiente", "Sin su consentimiento"),
        ({"lote": ""}, "lote", "Falta la clave del envío"),
        ({"lote": "abc"}, "lote", "no es válida"),
    ],
)
def test_lo_que_falta_se_dice_en_su_campo(como_zonal, encuentro1, cambio, campo, dice):
    rechazo = revisar(como_zonal, encuentro1, CABECERA, ANA, **cambio)
    assert rechazo.status_code == 400
    hallados = rechazo.context["form"].errors
    assert set(hallados) == {campo}
    assert dice in hallados[campo][0]


def test_lo_pegado_y_un_archivo_a_la_vez_se_rechazan(como_zonal, encuentro1):
    archivo = SimpleUploadedFile("a.csv", hoja_csv(CABECERA, ANA).contenido)
    rechazo = revisar(como_zonal, encuentro1, CABECERA, ANA, archivo=archivo)
    assert set(rechazo.context["form"].errors) == {"archivo"}


def test_en_un_encuentro_cancelado_no_se_importa(como_zonal, encuentro1):
    previa = revisar(como_zonal, encuentro1, CABECERA, ANA)
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="cancelado", motivo="Lluvia")
    assert revisar(como_zonal, encuentro1, CABECERA, ANA).status_code == 409
    tarde = confirmar(como_zonal, encuentro1, previa)
    assert tarde.status_code == 409
    assert "se canceló" in tarde.text
    assert not Participante.objects.exists()


def test_un_pegado_de_mas_de_dos_megas_se_explica(como_zonal, encuentro1):
    datos = {"pegado": "x" * 3_000_000, "consiente": "on"}
    rechazo = como_zonal.post(ruta("planilla", encuentro1), datos)
    assert rechazo.status_code == 413
    assert "Un texto pegado puede tener hasta 2 MB" in rechazo.text
