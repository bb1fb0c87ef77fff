"""El «Cronograma de trabajo» en PDF: las filas del Anexo 1, los filtros y quién lo baja."""

import logging
from datetime import date, time
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from acompanamiento.models import Estrategia
from talleres import documentos_cronograma
from talleres.cronograma import Banda
from talleres.documentos_cronograma import (
    cronograma_de_trabajo,
    insumos_de,
    puestos_de,
    puestos_de_la_semana,
)
from talleres.filtros import FiltroDeLista
from talleres.models import Encuentro, Facilitacion
from talleres.programa import Programa
from territorios.models import NombreInstitucion, Usuario
from tests import siembra
from tests.conftest import entrar
from tests.fabricas import (
    AutoridadFactory,
    EncuentroFactory,
    EntidadFactory,
    PlantillaFactory,
    TrasladoFactory,
)
from tests.fabricas_documentos import emitido
from tests.lectura_pdf import abrir, letras, texto_de, texto_por_pagina

VIAJE, OTRO, MANANA, TARDE = "viaje", "otro", "mañana", "tarde"


def ruta(estrategia="piloto-2019"):
    return reverse("talleres:cronograma_pdf", args=[estrategia])


def hacer(usuario, **elegido):
    estrategia = Estrategia.objects.get()
    programa = Programa(usuario, estrategia, elegido, FiltroDeLista)
    assert programa.filtro.is_valid(), programa.filtro.errors
    return cronograma_de_trabajo(programa)


# --- Las filas ----------------------------------------------------------------------------------


def pieza(nombre):
    clase = "traslado" if nombre in (VIAJE, OTRO) else "encuentro"
    return SimpleNamespace(**{"traslado": None, "encuentro": None, clase: nombre})


@pytest.mark.parametrize(
    ("piezas", "puestos"),
    [
        ([], []),
        ([MANANA], [([], MANANA)]),
        ([VIAJE, OTRO, MANANA], [([VIAJE, OTRO], MANANA)]),
        ([MANANA, VIAJE, TARDE, OTRO], [([], MANANA), ([VIAJE], TARDE), ([OTRO], None)]),
    ],
)
def test_cada_encuentro_va_con_el_viaje_que_lo_precede(piezas, puestos):
    hechos = puestos_de([pieza(nombre) for nombre in piezas])
    assert [(puesto.traslados, puesto.encuentro) for puesto in hechos] == puestos


def clases(*dias):
    bandas = [Banda("AM", "Mañana", [pieza(nombre) for nombre in dia]) for dia in dias]
    return [[fila.clase for fila in filas] for filas in puestos_de_la_semana(bandas)]


def test_se_calla_la_fila_que_ningun_dia_tiene():
    reunion = ["lugar", "hora", "tema", "participantes"]
    assert clases([MANANA], []) == [reunion]
    assert clases([MANANA], [VIAJE, TARDE]) == [["movilizacion", *reunion]]
    assert clases([MANANA, VIAJE], [TARDE]) == [reunion, ["movilizacion"]]
    assert clases([], []) == []


# --- El documento -------------------------------------------------------------------------------


@pytest.fixture
def programado(encuentro1, encuentro2, territorio):
    """La semana del taller de Rioverde, con un viaje y un diálogo por la tarde, y la siguiente."""
    NombreInstitucion.objects.create(nombre="Secretaría Técnica", hasta=date(2021, 5, 24))
    NombreInstitucion.objects.create(nombre="Secretaría Nacional", desde=date(2021, 5, 24))
    EncuentroFactory(
        estrategia=encuentro1.estrategia,
        tipo=Encuentro.Tipo.M2,
        tema="Diálogo con la alcaldía",
        fecha=date(2019, 8, 22),
        inicio=time(15),
        fin=time(17),
        jornada=Encuentro.Jornada.TARDE,
        lugar="Atacames",
        canton=territorio.lugar["0801"],
        autoridad=AutoridadFactory(
            gad=territorio.gad["0801"], nombre="Alcaldesa de prueba", cargo="Alcaldesa"
        ),
        grupos=list(encuentro1.grupos.all()),
    )
    TrasladoFactory(estrategia=encuentro1.estrategia, orden=1, origen="Quito", modo="aereo")
    ame = EntidadFactory(clave="ame", nombre="Asociación", siglas="AME")
    Facilitacion.objects.create(encuentro=encuentro1, entidad=ame, papel="acompana")


def test_dice_lo_del_anexo_1(programado, central):
    texto = texto_de(hacer(central))
    for parte in [
        "Cronograma de trabajo Piloto Manabí-Esmeraldas 2019, del 22 al 29 de agosto de 2019. "
        "3 encuentros y 1 traslado. Todo el país.",
        "Grupos circunvecinos Grupo 1 Grupo 2",
        "Esmeraldas, Rioverde (sede) Muisne, Pedernales (sede)",
        "Esmeraldas Semana del 19 al 25 de agosto de 2019",
        "Lunes, 19 ago Martes, 20 Miércoles, 21 Jueves, 22 Viernes, 23 AM",
        "Movilización Quito – Rioverde (aéreo) Lugar Rioverde (sede) Hora 08:30 – 12:30 "
        "Tema M3. Taller de Rioverde Participantes Grupo 1 · AME",
        "PM Lugar Atacames Hora 15:00 – 17:00 Tema M2. Diálogo con la alcaldía "
        "Participantes Grupo 1 · Alcaldesa de prueba, alcaldesa",
        "Manabí Semana del 26 de agosto al 1 de septiembre de 2019",
    ]:
        assert parte in texto


def test_apaisado_etiquetado_en_espanol_y_con_su_letra(programado, central, caplog):
    with caplog.at_level(logging.WARNING, logger="weasyprint"):
        pdf = hacer(central)
    assert [registro.message for registro in caplog.records] == []
    lector = abrir(pdf)
    assert lector.trailer["/Root"]["/Lang"] == "es-EC"
    assert lector.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert lector.metadata.title == "Cronograma de trabajo · Piloto Manabí-Esmeraldas 2019"
    assert {letra.partition("-Sans")[0] for letra in letras(pdf)} == {"Public"}
    assert all(pagina.mediabox.width > pagina.mediabox.height for pagina in lector.pages)


def test_firma_la_institucion_de_aquel_dia(programado, central):
    for pagina in texto_por_pagina(hacer(central)):
        assert "Secretaría Técnica Cronograma de trabajo · Piloto Manabí-Esmeraldas 2019" in pagina
        assert "Secretaría Nacional" not in pagina


@pytest.mark.parametrize(
    ("elegido", "estan", "faltan"),
    [
        ({"tipo": "M2"}, ["Diálogo con la alcaldía", "Tipo: Momento 2"], ["Taller de", "Quito"]),
        ({"desde": "2019-08-26"}, ["Taller de Pedernales"], ["Taller de Rioverde", "Quito"]),
        ({"hasta": "2019-08-23"}, ["Taller de Rioverde", "Quito"], ["Taller de Pedernales"]),
        ({"estado": "cancelado"}, ["No hay encuentros ni traslados"], ["Taller de", "Lunes"]),
    ],
)
def test_respeta_los_filtros_y_los_dice(programado, central, elegido, estan, faltan):
    texto = texto_de(hacer(central, **elegido))
    assert [parte for parte in estan if parte not in texto] == []
    assert [parte for parte in faltan if parte in texto] == []


def test_cada_quien_recibe_lo_suyo(programado, zonal4, grupo1):
    texto = texto_de(hacer(zonal4))
    assert "Taller de Pedernales" in texto
    assert [parte for parte in ("Taller de Rioverde", "Grupo 1", "AME") if parte in texto] == []


def test_el_cancelado_lo_dice(encuentro1, central):
    encuentro1.estado, encuentro1.motivo = Encuentro.Estado.CANCELADO, "Paro"
    encuentro1.save()
    assert "CANCELADO M3. Taller de Rioverde" in texto_de(hacer(central))


def test_lo_escrito_sale_escrito(encuentro1, central):
    encuentro1.tema = '<script>x</script><img src="file:///etc/passwd">'
    encuentro1.save()
    leido = "".join(texto_de(hacer(central)).split())
    assert "".join(encuentro1.tema.split()) in leido
    assert "root:" not in leido


@pytest.mark.django_db
def test_el_del_piloto_cabe_en_una_pagina_por_semana_y_la_de_insumos(db):
    siembra.sembrar(siembra.piloto)
    central = Usuario.objects.create(username="central", rol="central")
    paginas = texto_por_pagina(hacer(central))
    semanas = ["del 19 al 25 de agosto", "del 26 de agosto al 1", "del 2 al 8 de septiembre"]
    *de_semana, de_insumos = paginas
    assert [f"Semana {semana}" in p for semana, p in zip(semanas, de_semana, strict=True)] == [
        True
    ] * 3
    assert "Pedernales (sede) Chone (sede)" in de_semana[1]
    assert "Momento 3 · Taller de dos jornadas, tarde" in de_insumos
    assert "38 encuentros y 18 traslados" in paginas[0]


# --- La descarga --------------------------------------------------------------------------------


@pytest.fixture
def sin_pdf(monkeypatch):
    monkeypatch.setattr("territorios.documentos.html_a_pdf", lambda html: html.encode())


@pytest.mark.parametrize("quien", ["central", "zonal1", "plan_chone", "observador"])
def test_entrega_para_descargar(client, elenco, encuentro1, sin_pdf, quien):
    respuesta = entrar(client, elenco[quien]).get(ruta())
    assert respuesta.status_code == 200
    assert respuesta["Content-Disposition"] == (
        'attachment; filename="cronograma-de-trabajo-piloto-2019.pdf"'
    )
    assert "no-store" in respuesta["Cache-Control"]


def test_un_mal_filtro_se_dice_en_la_lista(client, central, encuentro1):
    respuesta = entrar(client, central).get(ruta() + "?desde=ayer")
    assert (respuesta.status_code, respuesta["Content-Type"]) == (400, "text/html; charset=utf-8")
    assert "«ayer» no es una fecha" in respuesta.text


def test_uno_demasiado_largo_se_rechaza_y_dice_que_hacer(
    client, central, encuentro1, encuentro2, monkeypatch, sin_pdf
):
    monkeypatch.setattr(documentos_cronograma, "TOPE_DE_ENCUENTROS", 1)
    entrar(client, central)
    respuesta = client.get(ruta())
    assert respuesta.status_code == 400
    assert "Son 2 encuentros y el documento lleva hasta 1" in respuesta.text
    assert client.get(ruta() + "?hasta=2019-08-23").status_code == 200


def test_estrategia_que_no_existe_es_404(client, central, estrategia):
    assert entrar(client, central).get(ruta("otra")).status_code == 404


def test_consultas_no_crecen(
    client, central, grupo1, encuentro1, sin_pdf, django_assert_num_queries
):
    entrar(client, central)
    # La serie del año se crea una sola vez.
    emitido(central)
    with CaptureQueriesContext(connection) as con_uno:
        client.get(ruta())
    assert len(con_uno) < 30
    for hora in (9, 10):
        EncuentroFactory(estrategia=grupo1.estrategia, inicio=time(hora), grupos=[grupo1])
        TrasladoFactory(estrategia=grupo1.estrategia, orden=hora)
    with django_assert_num_queries(len(con_uno)):
        client.get(ruta())


def test_cierra_con_los_insumos_de_cada_momento(central, encuentro1):
    """Como el Anexo 1: una columna por plantilla, y dos si el taller es de dos jornadas."""
    plantilla = PlantillaFactory(nombre="Taller de dos jornadas")
    for orden, (jornada, texto) in enumerate(
        [("manana", "PDOT provincial"), ("tarde", "PDOT parroquial"), ("", "Presentación")]
    ):
        plantilla.insumos.create(orden=orden, jornada=jornada, texto=texto)
    for orden, texto in enumerate(["¿Son concretos?", "¿Son alcanzables?"]):
        plantilla.preguntas.create(orden=orden, jornada="manana", tema="Visión", texto=texto)
    PlantillaFactory(nombre="Apagada", activa=False).insumos.create(orden=1, texto="Callado")
    PlantillaFactory(nombre="De otro momento", tipo="M1").insumos.create(orden=1, texto="Ajeno")
    manana, tarde = insumos_de({"M3", "C"})
    assert (manana[0], [i.texto for i in manana[1]]) == (
        "Taller de dos jornadas, mañana",
        ["PDOT provincial", "Presentación"],
    )
    assert [(tema, len(suyas)) for tema, suyas in manana[2]] == [("Visión", 2)]
    assert [i.texto for i in tarde[1]] == ["PDOT parroquial", "Presentación"]
    dicho = texto_de(hacer(central))
    assert "Visión: ¿Son concretos? ¿Son alcanzables?" in dicho
    assert "Callado" not in dicho
    assert "Ajeno" not in dicho
