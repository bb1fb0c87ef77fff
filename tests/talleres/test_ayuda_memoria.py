"""La ayuda memoria: lo que se escribe, quién lo lee y sus dos salidas leídas de vuelta."""

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from acompanamiento.models import Acuerdo
from talleres.acciones_memoria import escribir_memoria
from talleres.models import (
    Convocado,
    CumuloAportes,
    Encuentro,
    Memoria,
    OrigenAcuerdo,
    PreguntaEncuentro,
)
from territorios.models import DocumentoEmitido, NombreInstitucion
from territorios.versiones import Conflicto
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas import AcuerdoFactory, AporteFactory, PuntoAgendaFactory
from tests.fabricas_registro import ParticipanteFactory
from tests.lectura_pdf import abrir, texto_de, textos_alternativos

from ..imagenes import foto
from .evidencias import evidencia_de

pytestmark = pytest.mark.django_db
RARO = "Vías <b>rotas</b> =1+1 {{ x }} {% y %} \x0b&amp;"


def ruta(que, encuentro):
    return reverse(f"talleres:{que}", args=[encuentro.pk])


def escribir(client, encuentro, **datos):
    valores = {
        "conversado": "Se habló del agua.",
        "cambios_agenda": "",
        "proximos_pasos": "Volver en un mes",
        "version_leida": 0,
    }
    return client.post(ruta("editar_memoria", encuentro), valores | datos)


@pytest.fixture
def taller(encuentro1, grupo1, territorio, central):
    """El taller de Rioverde, realizado y con de todo."""
    NombreInstitucion.objects.create(nombre="Secretaría Técnica")
    Encuentro.objects.filter(pk=encuentro1.pk).update(
        estado="realizado", participantes_declarados=38
    )
    encuentro1.refresh_from_db()
    for codigo in ("08", "0807"):
        Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad[codigo])
    PuntoAgendaFactory(encuentro=encuentro1, titulo="Bienvenida", responsables="La alcaldía")
    pregunta = PreguntaEncuentro.objects.create(
        encuentro=encuentro1, orden=1, tema="Visión", texto="¿Es alcanzable?"
    )
    cumulo = CumuloAportes.objects.create(encuentro=encuentro1, titulo="Sobre el agua")
    comun = {"estrategia": encuentro1.estrategia, "encuentro": encuentro1}
    AporteFactory(**comun, pregunta=pregunta, texto=RARO, gad=territorio.gad["0807"])
    AporteFactory(**comun, pregunta=pregunta, texto="Falta el río", cumulo=cumulo, mesa="Mesa 2")
    AporteFactory(**comun, texto="Retirado", retirado=True, motivo_retiro="Repetido")
    acuerdo = AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["0807"])
    Acuerdo.objects.filter(pk=acuerdo.pk).update(texto="Compartir el catastro")
    acuerdo.partes.set([territorio.gad["0801"]])
    OrigenAcuerdo.objects.create(acuerdo=acuerdo, encuentro=encuentro1)
    for nombre, sexo in (("Rosa Prueba", "mujer"), ("Juan Prueba", "hombre")):
        ParticipanteFactory(
            encuentro=encuentro1, gad=territorio.gad["0807"], nombre=nombre, sexo=sexo
        )
    Memoria.objects.create(
        encuentro=encuentro1,
        conversado="Primero el río.\n\nDespués la vía.",
        cambios_agenda="Se empezó tarde.",
        proximos_pasos="Volver en un mes\n\nEnviar el acta",
    )
    for alcance, color in (("todos", "red"), ("personas", "green"), ("zona", "blue")):
        evidencia_de(
            encuentro1,
            por=central,
            contenido=foto(color=color),
            leyenda=f"Foto para {alcance}",
            alcance=alcance,
            consentimiento="Sí",
        )
    return encuentro1


# --- Escribirla ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 302),
        ("zonal1", 302),
        ("zonal4", 404),
        ("observador", 403),
        ("plan_rioverde", 403),
    ],
)
def test_la_escribe_quien_edita_el_encuentro(client, elenco, encuentro1, quien, estado):
    assert escribir(entrar(client, elenco[quien]), encuentro1).status_code == estado
    assert Memoria.objects.count() == (1 if estado == 302 else 0)


def test_se_lee_en_la_pagina_del_encuentro(client, zonal1, plan_rioverde, encuentro1):
    escribir(entrar(client, zonal1), encuentro1, proximos_pasos="Uno\n\n  Dos ")
    pagina = entrar(client, plan_rioverde).get(encuentro1.get_absolute_url()).text
    for dicho in ("Se habló del agua.", "<li>Uno</li>", "<li>Dos</li>"):
        assert dicho in pagina
    assert ruta("editar_memoria", encuentro1) not in pagina
    fila = Memoria.historia.get()
    assert (fila.history_user, fila.version) == (zonal1, 1)


def test_se_corrige_tambien_despues_de_cerrado(client, zonal1, taller):
    assert escribir(entrar(client, zonal1), taller, version_leida=1).status_code == 302
    memoria = Memoria.objects.get()
    assert (memoria.conversado, memoria.version) == ("Se habló del agua.", 2)


@pytest.mark.parametrize("leida", [0, 7, ""])
def test_si_otra_persona_guardo_antes_no_se_pisa(client, zonal1, taller, leida):
    respuesta = escribir(entrar(client, zonal1), taller, version_leida=leida)
    assert respuesta.status_code == 409
    assert "Primero el río." in respuesta.text and "Se habló del agua." in respuesta.text
    assert Memoria.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_dos_personas_la_empiezan_a_la_vez_y_gana_una(zonal1, encuentro1):
    def empezar(n):
        nueva = Memoria(encuentro=encuentro1, conversado=f"De {n}", version=0)
        return escribir_memoria(nueva, por=zonal1, version=0)

    dados = a_la_vez(2, empezar)
    (gana,) = [n for n, dado in enumerate(dados) if isinstance(dado, Memoria)]
    assert isinstance(dados[1 - gana], Conflicto)
    assert Memoria.objects.get().conversado == f"De {gana}"


def test_lo_que_se_cancelo_no_tiene_ayuda_memoria(client, zonal1, encuentro1):
    Encuentro.objects.filter(pk=encuentro1.pk).update(estado="cancelado", motivo="Lluvia")
    entrar(client, zonal1)
    respuesta = escribir(client, encuentro1)
    assert respuesta.status_code == 409 and "Se habló del agua." in respuesta.text
    assert Memoria.objects.count() == 0
    for que in ("ayuda_memoria_pdf", "ayuda_memoria_docx"):
        assert client.get(ruta(que, encuentro1)).status_code == 404
    assert "Ayuda memoria" not in client.get(encuentro1.get_absolute_url()).text


# --- Quién la baja ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 200),
        ("zonal1", 200),
        ("zonal4", 404),
        ("observador", 200),
        ("observador1", 200),
        ("plan_rioverde", 200),
        ("plan_esmeraldas", 200),
        ("plan_chone", 404),
    ],
)
@pytest.mark.parametrize("que", ["ayuda_memoria_pdf", "ayuda_memoria_docx"])
def test_la_baja_quien_ve_el_encuentro(client, elenco, encuentro1, que, quien, estado, monkeypatch):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: html.encode())
    respuesta = entrar(client, elenco[quien]).get(ruta(que, encuentro1))
    assert respuesta.status_code == estado
    if estado == 200:
        extension = que.rsplit("_", 1)[1]
        nombre = f'attachment; filename="ayuda-memoria-rioverde-2019-08-22.{extension}"'
        assert respuesta["Content-Disposition"] == nombre
        assert respuesta["X-Content-Type-Options"] == "nosniff"


NOMBRES = ("Rosa Prueba", "Juan Prueba")


@pytest.mark.parametrize(
    ("quien", "ve_nombres", "fotos"),
    [
        ("central", True, ["todos", "personas"]),
        ("zonal1", True, ["todos", "personas"]),
        ("plan_rioverde", False, ["todos", "personas"]),
        ("observador", False, ["todos"]),
    ],
)
def test_cada_quien_lee_solo_lo_que_puede_ver(client, elenco, taller, quien, ve_nombres, fotos):
    entrar(client, elenco[quien])
    pdf = client.get(ruta("ayuda_memoria_pdf", taller)).content
    docx = client.get(ruta("ayuda_memoria_docx", taller)).content
    leyendas = [f"Foto para {alcance}" for alcance in fotos]
    *del_pdf, sello = textos_alternativos(pdf)
    assert (del_pdf, sello.startswith("Código QR que lleva a")) == (leyendas, True)
    assert alternativos(Document(BytesIO(docx))) == leyendas
    for texto in (texto_de(pdf), texto_del_docx(docx)):
        assert [nombre in texto for nombre in NOMBRES] == [ve_nombres] * 2
        assert "reservad" not in texto and "Foto para zona" not in texto


# --- El PDF y el DOCX, leídos -------------------------------------------------------------------

DICHO = (
    "Taller de Rioverde",
    "Jueves 22 de agosto de 2019",
    "de 08:30 a 12:30",
    "Grupo circunvecino 1",
    "1 provincial y 1 municipal",
    "Primero el río.",
    "Después la vía.",
    "Bienvenida",
    "La alcaldía",
    "Se empezó tarde.",
    "Visión. ¿Es alcanzable?",
    "Sobre el agua",
    "Falta el río — Mesa 2",
    "Compartir el catastro",
    "Volver en un mes",
    "Enviar el acta",
    "GAD municipal",
    "declarado por quien facilitó: 38",
)


def test_el_pdf_dice_todo(taller, client, zonal1):
    contenido = entrar(client, zonal1).get(ruta("ayuda_memoria_pdf", taller)).content
    texto = texto_de(contenido)
    assert [dicho for dicho in DICHO if dicho not in texto] == []
    assert "<b>rotas</b> =1+1 {{ x }} {% y %}" in texto
    assert "Retirado" not in texto and "Borrador" not in texto
    assert "Secretaría Técnica" in texto
    raiz = abrir(contenido).trailer["/Root"]
    assert (raiz["/Lang"], raiz["/MarkInfo"]["/Marked"]) == ("es-EC", True)


def texto_del_docx(contenido):
    documento = Document(BytesIO(contenido))
    celdas = [c.text for t in documento.tables for fila in t.rows for c in fila.cells]
    return "\n".join([*(p.text for p in documento.paragraphs), *celdas])


def alternativos(documento):
    return [dibujo.get("descr") for dibujo in documento.element.body.iter(qn("wp:docPr"))]


def test_el_docx_dice_lo_mismo_con_titulos_y_tablas_de_verdad(taller, client, zonal1):
    contenido = entrar(client, zonal1).get(ruta("ayuda_memoria_docx", taller)).content
    texto = texto_del_docx(contenido)
    assert [dicho for dicho in DICHO if dicho not in texto] == []
    documento = Document(BytesIO(contenido))
    titulos = [(p.style.name, p.text) for p in documento.paragraphs if p.style.name != "Normal"]
    assert [texto for estilo, texto in titulos if estilo == "Heading 1"] == [
        "Lo conversado",
        "Agenda realizada",
        "Aportes",
        "Acuerdos",
        "Próximos pasos",
        "Asistencia",
        "Fotos",
    ]
    assert ("Title", "Ayuda memoria") in titulos
    assert ("Heading 3", "Sobre el agua") in titulos
    assert ("List Bullet", "Volver en un mes") in titulos
    for tabla in documento.tables:
        assert tabla.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    idioma = documento.styles.element.find(f".//{qn('w:lang')}")
    assert idioma.get(qn("w:val")) == documento.core_properties.language == "es-EC"
    assert documento.core_properties.author == "Secretaría Técnica"


def test_en_el_docx_lo_escrito_no_se_interpreta(taller, client, zonal1):
    contenido = entrar(client, zonal1).get(ruta("ayuda_memoria_docx", taller)).content
    documento = Document(BytesIO(contenido))
    aporte = next(p for p in documento.paragraphs if p.text.startswith("Vías"))
    assert (
        aporte.text
        == "Vías <b>rotas</b> =1+1 {{ x }} {% y %} &amp; — Rioverde (cantón, Esmeraldas)"
    )
    assert [tramo.bold for tramo in aporte.runs] == [None]
    for campo in ("w:fldSimple", "w:instrText", "w:hyperlink"):
        assert not list(documento.element.body.iter(qn(campo)))


def test_vacia_tambien_sale_y_se_dice_borrador(encuentro1, client, zonal1):
    entrar(client, zonal1)
    pdf = texto_de(client.get(ruta("ayuda_memoria_pdf", encuentro1)).content)
    docx = texto_del_docx(client.get(ruta("ayuda_memoria_docx", encuentro1)).content)
    for texto in (pdf, docx):
        for dicho in (
            "Borrador: el encuentro todavía no se cierra",
            "Todavía no se escribió.",
            "No se anotaron aportes.",
            "No se anotaron acuerdos.",
            "No hay personas registradas.",
        ):
            assert dicho in texto


def test_de_los_grupos_ajenos_solo_se_dice_cuantos(taller, grupo2, client, plan_rioverde):
    taller.grupos.add(grupo2)
    suyo = AcuerdoFactory(grupo=grupo2)
    Acuerdo.objects.filter(pk=suyo.pk).update(texto="Ajeno")
    OrigenAcuerdo.objects.create(acuerdo=suyo, encuentro=taller)
    entrar(client, plan_rioverde)
    pdf = texto_de(client.get(ruta("ayuda_memoria_pdf", taller)).content)
    docx = texto_del_docx(client.get(ruta("ayuda_memoria_docx", taller)).content)
    for texto in (pdf, docx):
        assert "1 fuera de su jurisdicción" in texto
        assert grupo2.nombre not in texto and "Ajeno" not in texto


def test_una_foto_que_falta_en_el_disco_no_impide_el_documento(taller, client, zonal1, settings):
    for uno in settings.ARCHIVOS_PRIVADOS.rglob("*.jpg"):
        uno.unlink()
    contenido = entrar(client, zonal1).get(ruta("ayuda_memoria_docx", taller)).content
    assert alternativos(Document(BytesIO(contenido))) == []


def test_el_que_es_otro_dia_se_data_con_su_fecha(taller, zonal1, client):
    Encuentro.objects.filter(pk=taller.pk).update(fecha=date(2019, 9, 5), inicio=None, fin=None)
    contenido = entrar(client, zonal1).get(ruta("ayuda_memoria_docx", taller)).content
    assert "Jueves 5 de septiembre de 2019" in texto_del_docx(contenido)


def test_su_titulo_publico_no_repite_el_tema(taller, client, zonal1):
    """Quien escribe el tema puede nombrar a una persona, y el título lo lee cualquiera en `/d/`."""
    Encuentro.objects.filter(pk=taller.pk).update(
        tema="Diálogo con la prefecta Yadira Inconfundible"
    )
    contenido = entrar(client, zonal1).get(ruta("ayuda_memoria_pdf", taller)).content
    assert "Yadira Inconfundible" in texto_de(contenido)
    emitido = DocumentoEmitido.objects.get()
    assert emitido.titulo == f"Ayuda memoria · {taller.lugar}, {taller.fecha:%d/%m/%Y}"
    client.logout()
    publica = client.get(reverse("publico:documento", args=[emitido.codigo_legible]))
    assert "Inconfundible" not in publica.content.decode()
