"""Certificados de participación: emitirlos, revocarlos y comprobarlos sin cuenta."""

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from talleres.acciones import NoProcede
from talleres.certificados import emitir_certificados, revocar_certificado
from talleres.documentos_asistencia import certificados_de_participacion
from talleres.models import Certificado, Encuentro
from talleres.registro import quitar, suprimir
from territorios.models import NombreInstitucion
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas_puerta import CODIGO, CertificadoFactory, certificado_publico
from tests.fabricas_registro import ParticipanteFactory
from tests.lectura_pdf import abrir, texto_por_pagina, textos_alternativos

pytestmark = pytest.mark.django_db


def ruta(nombre, *args):
    return reverse(f"talleres:{nombre}", args=args)


def publica(codigo):
    return reverse("publico:certificado", args=[codigo])


@pytest.fixture
def realizado(encuentro1, territorio):
    """El taller de Rioverde ya hecho, con dos personas y otra que no dejó su nombre."""
    encuentro1.estado = Encuentro.Estado.REALIZADO
    encuentro1.save()
    de_rioverde = {"encuentro": encuentro1, "gad": territorio.gad["0807"]}
    ParticipanteFactory(nombre="Ana Lucía Bone", cargo="Técnica", **de_rioverde)
    ParticipanteFactory(nombre="Luis Quiñónez", cargo="Director", **de_rioverde)
    vacios = {"nombre": "", "cargo": "", "consentimiento": "", "consentimiento_fecha": None}
    ParticipanteFactory(**vacios, **de_rioverde)
    return encuentro1


@pytest.fixture
def de_ana(realizado, zonal1):
    emitir_certificados(realizado, por=zonal1)
    return Certificado.objects.get(participante__nombre="Ana Lucía Bone")


# --- Emitir ---------------------------------------------------------------------------------------


def test_se_emiten_los_que_faltan_y_ninguno_dos_veces(realizado, zonal1):
    nuevos = emitir_certificados(realizado, por=zonal1)
    assert [uno.nombre for uno in nuevos] == ["Ana Lucía Bone", "Luis Quiñónez"]
    assert emitir_certificados(realizado, por=zonal1) == []
    assert {uno.emitido_por for uno in nuevos} == {zonal1}
    assert nuevos[0].historia.get().history_user == zonal1


def test_se_emite_el_de_una_sola_persona(realizado, zonal1):
    luis = realizado.participantes.get(nombre="Luis Quiñónez")
    (nuevo,) = emitir_certificados(realizado, por=zonal1, participante=luis.pk)
    assert nuevo.participante == luis


def test_sin_nombre_no_se_certifica(realizado, zonal1):
    sin_nombre = realizado.participantes.get(nombre="")
    assert emitir_certificados(realizado, por=zonal1, participante=sin_nombre.pk) == []


@pytest.mark.parametrize("estado", ["planificado", "convocado", "reprogramado", "cancelado"])
def test_solo_de_encuentros_realizados(realizado, zonal1, estado):
    Encuentro.objects.filter(pk=realizado.pk).update(estado=estado, motivo="Lluvia")
    with pytest.raises(NoProcede, match=f"El encuentro está {estado}"):
        emitir_certificados(realizado, por=zonal1)
    assert not Certificado.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_dos_personas_emiten_a_la_vez_y_no_se_repiten(realizado, zonal1):
    dados = a_la_vez(4, lambda n: len(emitir_certificados(realizado, por=zonal1)))
    assert sorted(dados) == [0, 0, 0, 2]


def test_el_codigo_no_se_adivina(realizado, zonal1):
    codigos = [CertificadoFactory.build(encuentro=realizado).codigo for _ in range(200)]
    assert len(set(codigos)) == 200
    assert all(re.fullmatch("[2-79ACDEFGHJKMNPQRTUVWXY8]{16}", codigo) for codigo in codigos)


def test_la_base_no_admite_dos_vigentes_ni_revocar_sin_motivo(de_ana):
    with pytest.raises(IntegrityError), transaction.atomic():
        CertificadoFactory(encuentro=de_ana.encuentro, participante=de_ana.participante)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificado.objects.filter(pk=de_ana.pk).update(revocado=de_ana.emitido)


# --- Comprobar sin cuenta -------------------------------------------------------------------------


def test_dice_nombre_evento_y_fecha_y_nada_mas(client, de_ana):
    persona = de_ana.participante
    persona.correo, persona.telefono = "ana@ejemplo.gob.ec", "0991234567"
    persona.save()
    respuesta = client.get(publica(de_ana.codigo_legible))
    assert respuesta.status_code == 200
    for parte in ("Ana Lucía Bone", "Taller de Rioverde", "Jueves 22 de agosto de 2019"):
        assert parte in respuesta.text
    for parte in ("Técnica", "ana@", "099", "Luis", "0807", "zonal", "Municipal", "cantón"):
        assert parte not in respuesta.text
    assert respuesta["X-Robots-Tag"] == "noindex, nofollow"
    assert "no-store" in respuesta["Cache-Control"]


@pytest.mark.parametrize(
    "tecleado",
    ["2345679ACDEFGHJK", "2345-679a-cdef-ghjk", " 2345 679A CDEF GHJK ", "2345–679Á–CDEF–GHJK"],
)
def test_da_igual_como_se_teclee(client, tecleado):
    certificado_publico()
    respuesta = client.post(reverse("publico:comprobar"), {"codigo": tecleado})
    assert respuesta.url == publica("2345-679A-CDEF-GHJK")
    assert "Certificado auténtico" in client.get(respuesta.url).text
    assert client.get(publica(CODIGO.lower())).status_code == 200


def test_la_letra_que_se_parece_a_una_cifra_se_entiende(client):
    CertificadoFactory(codigo="8888555522223333")
    assert client.get(publica("BBBB-SSSS-ZZZZ-3333")).status_code == 200


@pytest.mark.parametrize("codigo", ["AAAA-AAAA-AAAA-AAAA", "x", "%", "1" * 400, "ñ"])
def test_un_codigo_que_no_existe_es_404(client, de_ana, codigo):
    respuesta = client.get(publica(codigo))
    assert respuesta.status_code == 404
    assert "No hay ningún certificado con ese código" in respuesta.text
    assert "Ana" not in respuesta.text


@pytest.mark.parametrize("codigo", ["", "corto", "A" * 17, "A" * 61, "\0"])
def test_lo_que_no_puede_ser_un_codigo_es_400(client, codigo):
    assert client.post(reverse("publico:comprobar"), {"codigo": codigo}).status_code == 400


def test_adivinar_se_frena(client, de_ana, settings):
    settings.LIMITES_POR_MINUTO = settings.LIMITES_POR_MINUTO | {"codigo_inventado": 3}
    codigos = [client.get(publica("AAAA-AAAA-AAAA-AAAA")).status_code for _ in range(9)]
    assert set(codigos) == {404, 429}
    # Al frenado no se le contesta ni por uno bueno; a otra conexión, sí.
    assert codigos[-1] == 429
    otra = client.get(publica(de_ana.codigo_legible), REMOTE_ADDR="10.0.0.9")
    assert otra.status_code == 200


def test_revocado_lo_dice_sin_nombre_ni_motivo(client, de_ana, zonal1):
    revocar_certificado(de_ana, por=zonal1, motivo="Ana no asistió")
    respuesta = client.get(publica(de_ana.codigo_legible))
    assert respuesta.status_code == 410
    assert "Este certificado ya no vale" in respuesta.text
    for parte in ("Ana", "no asistió", "Taller de Rioverde"):
        assert parte not in respuesta.text


def test_si_se_suprimen_sus_datos_no_se_muestra_el_nombre(client, de_ana, zonal1):
    suprimir(de_ana.participante, por=zonal1, motivo="A su pedido")
    respuesta = client.get(publica(de_ana.codigo_legible))
    assert respuesta.status_code == 200
    assert "Ana" not in respuesta.text
    assert "la persona pidió suprimir sus datos" in respuesta.text
    assert de_ana not in Certificado.objects.validos()


def test_si_se_quita_de_la_nomina_ya_no_vale(client, de_ana, zonal1):
    persona = de_ana.participante
    quitar(persona, por=zonal1, version=persona.version)
    respuesta = client.get(publica(de_ana.codigo_legible))
    assert (respuesta.status_code, "Ana" in respuesta.text) == (410, False)


# --- Las páginas de la zona -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 200),
        ("zonal1", 200),
        ("zonal4", 404),
        ("plan_rioverde", 403),
        ("plan_chone", 403),
        ("observador", 403),
    ],
)
def test_quien_entra(request, client, de_ana, monkeypatch, quien, estado):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html, *a, **k: html.encode())
    entrar(client, request.getfixturevalue(quien))
    encuentro = de_ana.encuentro_id
    paginas = [
        ruta("certificados", encuentro),
        ruta("certificados_pdf", encuentro),
        ruta("participantes_pdf", encuentro),
        ruta("certificado_pdf", de_ana.pk),
        ruta("revocar_certificado", de_ana.pk),
    ]
    for pagina in paginas:
        respuesta = client.get(pagina)
        assert respuesta.status_code == estado, pagina
        assert ("Ana Lucía Bone" in respuesta.text) == (estado == 200), pagina
    antes = Certificado.historia.count()
    if estado != 200:
        for pagina in (ruta("emitir", encuentro), ruta("revocar_certificado", de_ana.pk)):
            assert client.post(pagina, {"motivo": "x"}).status_code == estado
        assert Certificado.historia.count() == antes


def test_emitir_y_revocar_en_pantalla(client, realizado, zonal1):
    entrar(client, zonal1)
    pagina = ruta("certificados", realizado.pk)
    assert "Emitir todos" in " ".join(client.get(pagina).text.split())
    client.post(ruta("emitir", realizado.pk))
    assert "Se emitieron 2 certificados" in client.get(pagina).text
    uno = Certificado.objects.get(participante__nombre="Ana Lucía Bone")
    revocar = ruta("revocar_certificado", uno.pk)
    assert client.post(revocar, {"motivo": "  "}).status_code == 400
    assert client.post(revocar, {"motivo": "No asistió"}).url == pagina
    assert client.post(revocar, {"motivo": "Otra vez"}).status_code == 409
    uno.refresh_from_db()
    assert uno.motivo == "No asistió"
    assert client.get(ruta("certificado_pdf", uno.pk)).status_code == 404
    client.post(ruta("emitir", realizado.pk), {"participante": uno.participante_id})
    assert uno.participante.certificados.count() == 2


def test_no_se_emite_a_quien_no_es_de_ese_encuentro(client, realizado, encuentro2, zonal1):
    ajena = ParticipanteFactory(encuentro=encuentro2, gad_id="1317")
    entrar(client, zonal1)
    for clave in (ajena.pk, 999_999, "x", "²"):
        respuesta = client.post(ruta("emitir", realizado.pk), {"participante": clave})
        assert respuesta.status_code == 404
    assert not Certificado.objects.exists()


def test_en_uno_sin_realizar_se_explica(client, encuentro1, zonal1):
    entrar(client, zonal1)
    respuesta = client.post(ruta("emitir", encuentro1.pk))
    assert respuesta.status_code == 409
    assert "se certifica cuando está realizado" in respuesta.text
    assert client.get(ruta("certificados_pdf", encuentro1.pk)).status_code == 302


# --- El documento ---------------------------------------------------------------------------------


def test_un_certificado_por_pagina(realizado, zonal1):
    NombreInstitucion.objects.create(nombre="Secretaría Nacional de Planificación")
    emitir_certificados(realizado, por=zonal1)
    todos = Certificado.objects.order_by("participante")
    pdf = certificados_de_participacion(todos, lambda uno: f"https://ejemplo.ec/c/{uno}/")
    paginas = texto_por_pagina(pdf)
    assert len(paginas) == 2
    for pagina, uno in zip(paginas, todos, strict=True):
        for parte in (
            "Secretaría Nacional de Planificación",
            "Certificado de participación",
            uno.nombre,
            "Gobierno Autónomo Descentralizado Municipal de Rioverde",
            "«Taller de Rioverde», realizado el jueves 22 de agosto de 2019 en Rioverde, con una "
            "duración de 4 horas.",
            uno.codigo_legible,
            f"Compruébelo en ejemplo.ec/c/{uno}",
        ):
            assert parte in pagina
    caja = abrir(pdf).pages[0].mediabox
    assert caja.width > caja.height
    alternos = [f"Código QR para comprobar el certificado {uno}" for uno in todos]
    assert textos_alternativos(pdf) == alternos


def test_un_nombre_larguisimo_sigue_en_una_pagina(realizado, zonal1):
    persona = realizado.participantes.first()
    persona.nombre = "María de los Ángeles Concepción " * 3 + "Zambrano de la Cruz"
    persona.nombre = persona.nombre[:120]
    persona.save()
    Encuentro.objects.filter(pk=realizado.pk).update(tema="Taller " * 28, lugar="Lugar " * 26)
    emitir_certificados(realizado, por=zonal1, participante=persona.pk)
    pdf = certificados_de_participacion(Certificado.objects.all(), lambda uno: "https://e.ec/c/x/")
    assert len(texto_por_pagina(pdf)) == 1
