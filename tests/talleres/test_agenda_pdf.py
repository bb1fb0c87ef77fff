"""La agenda del taller en PDF: sus dos jornadas, quién responde de cada punto y quién la baja."""

import logging
from datetime import date, time

import pytest
from django.urls import reverse

from talleres.documentos import agenda_de_taller
from talleres.models import Convocado, Encuentro, Facilitacion
from territorios.models import NombreInstitucion
from tests.conftest import entrar
from tests.fabricas import EncuentroFactory, EntidadFactory, PuntoAgendaFactory
from tests.lectura_pdf import abrir, letras, texto_de, texto_por_pagina


def ruta(encuentro):
    return reverse("talleres:agenda_pdf", args=[encuentro.pk])


@pytest.fixture
def manana(encuentro1, territorio):
    """La mañana del taller de Rioverde, con tres puntos, y su tarde, con dos."""
    NombreInstitucion.objects.create(nombre="Secretaría Técnica", hasta=date(2021, 5, 24))
    NombreInstitucion.objects.create(nombre="Secretaría Nacional", desde=date(2021, 5, 24))
    tarde = EncuentroFactory(
        estrategia=encuentro1.estrategia,
        tema="Taller con presidentes/as",
        jornada=Encuentro.Jornada.TARDE,
        inicio=time(13, 0),
        fin=time(14, 45),
        lugar="Rioverde",
        jornada_de=encuentro1,
        grupos=list(encuentro1.grupos.all()),
    )
    for codigo in ("08", "0807"):
        Convocado.objects.create(encuentro=encuentro1, gad=territorio.gad[codigo])
    for codigo in ("080752", "08"):
        Convocado.objects.create(encuentro=tarde, gad=territorio.gad[codigo])
    _puntos(encuentro1, tarde)
    matriz = EntidadFactory(clave="matriz", nombre="Secretaría (matriz)", siglas="STPE")
    ame = EntidadFactory(clave="ame", nombre="Asociación de Municipalidades", siglas="AME")
    Facilitacion.objects.create(encuentro=encuentro1, entidad=matriz)
    Facilitacion.objects.create(encuentro=encuentro1, entidad=ame, papel="acompana")
    return encuentro1


def _puntos(manana, tarde):
    PuntoAgendaFactory(encuentro=manana, orden=1, titulo="Registro", responsables="")
    PuntoAgendaFactory(
        encuentro=manana,
        orden=2,
        titulo="Evaluación del PDOT",
        inicio=time(9, 0),
        fin=time(10, 30),
        responsables="Coordinación Zonal",
        subpuntos="Coherencia interna\n\nCoherencia externa",
    )
    PuntoAgendaFactory(
        encuentro=manana, orden=3, titulo="Cierre", inicio=time(10, 30), fin=time(13, 0)
    )
    PuntoAgendaFactory(
        encuentro=tarde, orden=8, titulo="Almuerzo", inicio=time(13, 0), fin=time(14, 0)
    )
    PuntoAgendaFactory(
        encuentro=tarde, orden=9, titulo="Experiencias", inicio=time(14, 0), fin=time(14, 45)
    )


@pytest.fixture
def texto(manana, central):
    return texto_de(agenda_de_taller(manana, central))


def test_encabezado(texto):
    assert texto.startswith(
        "Estrategia de acompañamiento técnico para la actualización de los Planes de Desarrollo y "
        "Ordenamiento Territorial (PDOT) Agenda del taller de Rioverde "
        "Fecha y lugar Jueves 22 de agosto de 2019, Rioverde "
        "Encuentro Momento 3 · Taller con equipos técnicos y presidentes/as "
        "Grupo circunvecino 1 Esmeraldas – Rioverde Criterio: turismo "
        "Facilitan Secretaría (matriz), STPE Acompañan Asociación de Municipalidades (AME)"
    )


def test_la_manana(texto):
    manana = texto.split("MAÑANA ")[1].split(" TARDE ")[0]
    participan, puntos = manana.split("Hora N.º Punto y responsables Minutos ")
    assert participan == (
        "Taller de Rioverde. Participan las direcciones de planificación y los equipos técnicos "
        "de los Gobiernos Autónomos Descentralizados (GAD) convocados. "
        "GAD provincial Esmeraldas GAD municipal Rioverde "
        "La jornada está fijada de 08:30 a 12:30; los puntos llevan las horas impresas en la "
        "agenda tipo. "
    )
    for parte in [
        "08:30 – 09:00 1. Registro 30",
        "09:00 – 10:30 2. Evaluación del PDOT Coordinación Zonal",
        "Coherencia interna Coherencia externa",
        "10:30 – 13:00 3. Cierre 150",
    ]:
        assert parte in puntos


def test_la_tarde_sigue_la_cuenta_y_va_con_los_presidentes(texto):
    tarde = texto.split(" TARDE ")[1]
    assert tarde.startswith(
        "Taller con presidentes/as. Participan las direcciones de planificación de los GAD "
        "provinciales y municipales, y las presidentas y los presidentes de los parroquiales "
        "rurales. GAD provincial Esmeraldas GAD parroquial rural Chumundé Hora"
    )
    assert "13:00 – 14:00 4. Almuerzo 60 14:00 – 14:45 5. Experiencias 45" in tarde


def test_los_subpuntos_van_con_letra(manana, central):
    palabras = texto_de(agenda_de_taller(manana, central)).split()
    assert ("A." in palabras, "B." in palabras, "C." in palabras) == (True, True, False)


def test_desde_la_tarde_sale_el_mismo_documento(manana, central):
    tarde = manana.otras_jornadas.get()
    de_la_tarde, de_la_manana = (agenda_de_taller(una, central) for una in (tarde, manana))
    assert texto_de(de_la_tarde) == texto_de(de_la_manana)
    nombres = {de_la_tarde.nombre, de_la_manana.nombre}
    assert nombres == {"agenda-rioverde-2019-08-22.pdf"}


def test_firma_la_institucion_de_aquel_dia(manana, central):
    paginas = texto_por_pagina(agenda_de_taller(manana, central))
    for numero, pagina in enumerate(paginas, 1):
        assert "Secretaría Técnica Agenda del taller · Rioverde, 22/08/2019" in pagina
        assert f"Jueves 22 de agosto de 2019 Página {numero} de {len(paginas)}" in pagina


def test_etiquetada_y_con_su_letra(manana, caplog, central):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf = agenda_de_taller(manana, central)
    assert [registro.message for registro in caplog.records] == []
    assert abrir(pdf).trailer["/Root"]["/Lang"] == "es-EC"
    assert {letra.partition("-Sans")[0] for letra in letras(pdf)} == {"Public"}


def test_sin_agenda_cargada_lo_dice_y_deja_lo_demas(encuentro1, central):
    texto = texto_de(agenda_de_taller(encuentro1, central))
    assert (
        "La agenda de esta jornada todavía no está cargada en la plataforma; el encuentro está "
        "fijado de 08:30 a 12:30."
    ) in texto
    assert "Jueves 22 de agosto de 2019, Rioverde" in texto


def test_un_dialogo_no_se_llama_taller(encuentro1, central):
    encuentro1.tipo, encuentro1.inicio, encuentro1.fin = Encuentro.Tipo.M2, None, None
    encuentro1.save()
    texto = texto_de(agenda_de_taller(encuentro1, central))
    assert "Agenda del encuentro de Rioverde" in texto
    assert "todavía no está cargada en la plataforma." in texto


def test_lo_escrito_sale_escrito(manana, central):
    maldad = '<script>x</script><img src="file:///etc/passwd">'
    PuntoAgendaFactory(
        encuentro=manana,
        orden=4,
        titulo=maldad,
        responsables=maldad,
        subpuntos=maldad,
        inicio=time(13, 0),
        fin=time(13, 30),
    )
    leido = "".join(texto_de(agenda_de_taller(manana, central)).split())
    assert leido.count("".join(maldad.split())) == 3
    assert "root:" not in leido


@pytest.mark.parametrize(
    ("quien", "estado"),
    [
        ("central", 200),
        ("observador", 200),
        ("zonal1", 200),
        ("plan_esmeraldas", 200),
        ("zonal4", 404),
        ("plan_chone", 404),
    ],
)
def test_fuera_de_la_jurisdiccion_no_existe(
    request, client, monkeypatch, encuentro1, quien, estado
):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: b"%PDF")
    entrar(client, request.getfixturevalue(quien))
    assert client.get(ruta(encuentro1)).status_code == estado


def test_entrega_para_descargar(client, manana, plan_rioverde):
    respuesta = entrar(client, plan_rioverde).get(ruta(manana))
    assert respuesta.content.startswith(b"%PDF-1.7")
    assert respuesta["Content-Disposition"] == (
        'attachment; filename="agenda-rioverde-2019-08-22.pdf"'
    )
    assert respuesta["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in respuesta["Cache-Control"]


# --- Lo que no es de quien la pide --------------------------------------------------------------


def test_de_los_grupos_ajenos_solo_se_dice_cuantos(manana, grupo1, grupo2, zonal4, central):
    manana.grupos.add(grupo2)
    ajena = texto_de(agenda_de_taller(manana, zonal4))
    assert "Grupo circunvecino 2 Muisne – Pedernales" in ajena
    assert "Otros grupos Y 1 fuera de su jurisdicción" in ajena
    assert grupo1.nombre not in ajena
    entera = texto_de(agenda_de_taller(manana, central))
    assert grupo1.nombre in entera
    assert "fuera de su jurisdicción" not in entera


def test_la_jornada_que_no_se_ve_no_sale(manana, grupo2, zonal4, central):
    """Comparte la tarde con otro grupo, cuya zona no ve la mañana."""
    tarde = manana.otras_jornadas.get()
    tarde.grupos.add(grupo2)
    ajena = texto_de(agenda_de_taller(tarde, zonal4))
    assert "Taller con presidentes/as" in ajena
    for oculto in ("Taller de Rioverde", "MAÑANA", "Evaluación del PDOT", "Coordinación Zonal"):
        assert oculto not in ajena
    assert "Taller de Rioverde" in texto_de(agenda_de_taller(tarde, central))


def test_la_descarga_es_de_quien_la_pide(client, manana, grupo1, grupo2, zonal4, monkeypatch):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: html.encode())
    manana.grupos.add(grupo2)
    leido = entrar(client, zonal4).get(ruta(manana)).content.decode()
    assert grupo2.nombre in leido
    assert grupo1.nombre not in leido
