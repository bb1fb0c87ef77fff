"""La hoja para firmar y el registro de participantes, en PDF."""

from datetime import date

import pytest
from django.urls import reverse

from talleres.documentos_asistencia import (
    FILAS_VACIAS,
    esperadas_de,
    hoja_de_asistencia,
    registro_de_participantes,
)
from talleres.models import Convocado, Encuentro, Participante, Respuesta
from talleres.registro import suprimir
from territorios.models import NombreInstitucion
from tests.conftest import entrar
from tests.fabricas import AutoridadFactory, EncuentroFactory
from tests.fabricas_registro import TEXTO, ParticipanteFactory
from tests.lectura_pdf import abrir, letras, texto_de, texto_por_pagina
from tests.talleres.convocados import ConvocatoriaFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def convocado(encuentro1, territorio):
    """El taller de Rioverde con un GAD de cada nivel convocado."""
    NombreInstitucion.objects.create(nombre="Secretaría Técnica", hasta=date(2021, 5, 24))
    NombreInstitucion.objects.create(nombre="Secretaría Nacional", desde=date(2021, 5, 24))
    for codigo in ("080752", "0807", "08"):
        Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad[codigo])
        AutoridadFactory(gad=territorio.gad[codigo], nombre=f"Autoridad de {codigo}")
    return encuentro1


# --- La hoja --------------------------------------------------------------------------------------


def test_la_hoja_trae_a_los_convocados_por_nivel(convocado, consentimiento):
    texto = texto_de(hoja_de_asistencia(convocado))
    orden = [
        "GAD provincial (1)",
        "GAD municipal (1)",
        "GAD parroquial rural (1)",
        "Otras personas",
    ]
    lugares = [texto.index(parte) for parte in orden]
    assert lugares == sorted(lugares)
    for parte in (
        "Secretaría Técnica",
        "Registro de asistencia",
        "Taller de Rioverde",
        "Jueves 22 de agosto de 2019, 08:30 – 12:30 · Rioverde",
        "Chumundé (Rioverde)",
        f"Consentimiento. {TEXTO} Con mi firma lo acepto.",
    ):
        assert parte in texto
    assert "Secretaría Nacional" not in texto


def test_cada_pagina_repite_encabezado_y_consentimiento(convocado, consentimiento):
    pdf = hoja_de_asistencia(convocado)
    paginas = texto_por_pagina(pdf)
    assert len(paginas) == 2
    for numero, pagina in enumerate(paginas, 1):
        encabezado = "N.º Nombre y apellido Cargo GAD o entidad Sexo Correo o teléfono Firma"
        assert encabezado in pagina
        assert TEXTO in pagina
        assert f"Página {numero} de 2" in pagina
    assert f" {3 + FILAS_VACIAS} M" in paginas[-1]
    caja = abrir(pdf).pages[0].mediabox
    assert caja.width > caja.height
    assert {letra.partition("-Sans")[0] for letra in letras(pdf)} == {"Public"}


@pytest.mark.parametrize(
    ("tipo", "jornada", "con_nombre"),
    [
        ("M1", "manana", {"08", "0807", "080752"}),
        ("M2", "tarde", {"08", "0807", "080752"}),
        ("M3", "manana", set()),
        ("M3", "tarde", {"080752"}),
        ("C", "manana", set()),
    ],
)
def test_la_autoridad_se_imprime_solo_si_es_a_ella_a_quien_se_espera(
    convocado, tipo, jornada, con_nombre
):
    convocado.tipo, convocado.jornada = tipo, jornada
    convocado.clase = "coordinacion" if tipo == "C" else ""
    convocado.save()
    assert {fila.gad.pk for fila in esperadas_de(convocado) if fila.nombre} == con_nombre


def test_quien_respondio_que_va_sale_ya_impreso(convocado, territorio, consentimiento):
    """El delegado en vez de la autoridad; vale la última respuesta de la ronda en curso."""
    convocado.tipo = "M2"
    convocado.save()
    delega = ConvocatoriaFactory(encuentro=convocado, gad_id="0807", destinatario="Alcaldesa")
    va = {"sentido": "delega", "delegado": "Rosa Quiñónez", "delegado_cargo": "Planificadora"}
    responder(delega, sentido="no_asiste")
    responder(delega, **va)
    asiste = ConvocatoriaFactory(encuentro=convocado, gad_id="08", destinatario="Prefecta Sosa")
    responder(asiste, sentido="asiste")
    reconvocado = ConvocatoriaFactory(encuentro=convocado, gad_id="080752", ronda=2)
    responder(reconvocado, ronda=1, **va)
    hoja = {fila.gad.pk: (fila.nombre, fila.cargo) for fila in esperadas_de(convocado)}
    autoridad = territorio.gad["080752"].autoridades.get()
    assert hoja == {
        "0807": ("Rosa Quiñónez", "Planificadora"),
        "08": ("Prefecta Sosa", asiste.cargo),
        "080752": (autoridad.nombre, autoridad.cargo),
    }
    assert "Rosa Quiñónez" in texto_de(hoja_de_asistencia(convocado))


def responder(oficio, *, ronda=1, **datos):
    Respuesta.objects.create(convocatoria=oficio, ronda=ronda, **datos)


def test_la_autoridad_es_la_de_aquel_dia(convocado, territorio):
    convocado.tipo, convocado.fecha = "M2", date(2019, 5, 1)
    convocado.save()
    assert {fila.nombre for fila in esperadas_de(convocado)} == {""}


def test_sin_convocados_ni_texto_lo_dice_y_deja_filas(encuentro1):
    texto = texto_de(hoja_de_asistencia(encuentro1))
    assert "0 GAD convocados" in texto
    assert "no recoja datos personales" in texto
    assert f" {FILAS_VACIAS} M" in texto


def test_lo_escrito_sale_escrito(convocado):
    convocado.tema = "<script>x</script>"
    convocado.save()
    assert "<script>x</script>" in texto_de(hoja_de_asistencia(convocado))


@pytest.mark.parametrize(
    ("quien", "estado"),
    [("central", 200), ("zonal1", 200), ("zonal4", 404), ("plan_rioverde", 403)],
)
def test_quien_baja_la_hoja(request, client, convocado, monkeypatch, quien, estado):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: b"%PDF")
    entrar(client, request.getfixturevalue(quien))
    respuesta = client.get(reverse("talleres:hoja_pdf", args=[convocado.pk]))
    assert respuesta.status_code == estado
    if estado == 200:
        nombre = 'attachment; filename="hoja-de-asistencia-rioverde-2019-08-22.pdf"'
        assert respuesta["Content-Disposition"] == nombre


# --- El registro de participantes -----------------------------------------------------------------


@pytest.fixture
def nomina(convocado, territorio):
    rioverde = {"encuentro": convocado, "gad": territorio.gad["0807"]}
    ParticipanteFactory(nombre="Ana Bone", correo="ana@ejemplo.gob.ec", **rioverde)
    ParticipanteFactory(nombre="Luis Mina", sexo="hombre", **rioverde)
    ParticipanteFactory(nombre="Rosa Vera", encuentro=convocado, gad=territorio.gad["080752"])
    vacios = {"nombre": "", "cargo": "", "consentimiento": "", "consentimiento_fecha": None}
    ParticipanteFactory(encuentro=convocado, gad=None, nivel="nacional", sexo="sin_dato", **vacios)
    return Participante.objects.filter(encuentro=convocado)


def test_por_nivel_con_sus_cuentas(convocado, nomina):
    texto = texto_de(registro_de_participantes(convocado, nomina))
    for parte in (
        "Nivel Mujeres Hombres No lo dice Total",
        "GAD municipal 1 1 0 2",
        "GAD parroquial 1 0 0 1",
        "Gobierno nacional 0 0 1 1",
        "Total registrado 2 1 1 4",
        "GAD municipal (2) 1 Ana Bone Técnica Rioverde (cantón, Esmeraldas) Mujer "
        "ana@ejemplo.gob.ec",
        "GAD parroquial (1) 3 Rosa Vera",
        "4 No dejó su nombre",
        "Contiene datos personales",
    ):
        assert parte in texto
    assert "declarado" not in texto


def test_lo_declarado_va_aparte_y_no_se_suma(convocado, nomina):
    convocado.participantes_declarados = 38
    convocado.save()
    tarde = EncuentroFactory(
        estrategia=convocado.estrategia,
        jornada="tarde",
        jornada_de=convocado,
        inicio=None,
        fin=None,
    )
    texto = texto_de(registro_de_participantes(convocado, nomina))
    assert "Total declarado, aparte: 38 personas en las dos jornadas del taller." in texto
    assert "Total registrado 2 1 1 4" in texto
    de_la_tarde = texto_de(registro_de_participantes(tarde, Participante.objects.none()))
    assert "Total declarado, aparte: 38 personas" in de_la_tarde
    assert "No hay personas registradas en este encuentro. Solo consta" in de_la_tarde


def test_suprimidos_se_cuentan_sin_nombre(convocado, nomina, zonal1):
    suprimir(nomina.get(nombre="Ana Bone"), por=zonal1, motivo="A su pedido")
    texto = texto_de(registro_de_participantes(convocado, nomina))
    assert "Ana" not in texto
    assert "Datos suprimidos a su pedido" in texto
    assert "Total registrado 2 1 1 4" in texto


def test_la_nomina_pide_el_permiso_de_ver_personas(client, convocado, nomina, observador):
    respuesta = entrar(client, observador).get(
        reverse("talleres:participantes_pdf", args=[convocado.pk])
    )
    assert respuesta.status_code == 403
    assert Encuentro.objects.visibles_para(observador).filter(pk=convocado.pk).exists()
