"""Usar una plantilla: se copia lo que falta y desde entonces lo copiado es del encuentro."""

from datetime import time

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse

from pdot.piloto import cargar_catalogos
from talleres.models import (
    InsumoEncuentro,
    InsumoPlantilla,
    PlantillaEncuentro,
    PreguntaEncuentro,
    PreguntaPlantilla,
    PuntoAgenda,
    PuntoPlantilla,
)
from tests.conftest import entrar, ruta_admin
from tests.fabricas import EncuentroFactory, PlantillaFactory, PuntoAgendaFactory
from tests.lectura_html import lo_que_enviaria

pytestmark = pytest.mark.django_db
PILOTO = settings.BASE_DIR / "fixtures" / "piloto"


def ruta(encuentro):
    return reverse("talleres:usar_plantilla", args=[encuentro.pk])


@pytest.fixture
def plantilla(db):
    """De M3: dos puntos en la mañana y uno en la tarde, un insumo común y dos preguntas."""
    creada = PlantillaFactory(nombre="Taller tipo")
    for orden, (jornada, titulo, minutos) in enumerate(
        [("manana", "Registro", 30), ("manana", "Trabajo", 120), ("tarde", "Almuerzo", 60)], start=1
    ):
        PuntoPlantilla.objects.create(
            plantilla=creada,
            orden=orden,
            jornada=jornada,
            titulo=titulo,
            minutos=minutos,
            responsables="Coordinación Zonal",
            subpuntos="Uno\nDos",
        )
    InsumoPlantilla.objects.create(plantilla=creada, orden=1, texto="PDOT vigente")
    for orden, jornada in enumerate(("manana", "tarde"), start=1):
        PreguntaPlantilla.objects.create(
            plantilla=creada, orden=orden, jornada=jornada, tema="Visión", texto=f"¿{jornada}?"
        )
    return creada


def usar(client, encuentro, plantilla, version=1, **otros):
    datos = {"plantilla": plantilla.pk, "version": version} | otros
    return client.post(ruta(encuentro), datos)


def copiado(encuentro):
    """(puntos, insumos, preguntas) del encuentro."""
    return (
        list(encuentro.agenda.values_list("orden", "titulo", "inicio", "fin")),
        list(encuentro.insumos.values_list("texto", "responsable", "listo")),
        list(encuentro.preguntas.values_list("tema", "texto")),
    )


NADA = ([], [], [])


class TestCopiar:
    def test_copia_lo_de_su_jornada_desde_su_hora(self, client, zonal1, encuentro1, plantilla):
        respuesta = usar(entrar(client, zonal1), encuentro1, plantilla)
        assert respuesta.url == reverse("talleres:editar_agenda", args=[encuentro1.pk])
        assert copiado(encuentro1) == (
            [(1, "Registro", time(8, 30), time(9)), (2, "Trabajo", time(9), time(11))],
            [("PDOT vigente", "", False)],
            [("Visión", "¿manana?")],
        )
        punto = encuentro1.agenda.first()
        assert (punto.responsables, punto.subpuntos) == ("Coordinación Zonal", "Uno\nDos")

    def test_queda_en_la_historia_con_su_autor(self, client, zonal1, encuentro1, plantilla):
        usar(entrar(client, zonal1), encuentro1, plantilla)
        for modelo in (PuntoAgenda, InsumoEncuentro, PreguntaEncuentro):
            asiento = modelo.historia.filter(encuentro=encuentro1.pk).first()
            assert (asiento.history_user, asiento.history_change_reason) == (
                zonal1,
                "Plantilla, versión 1: Taller tipo",
            )
        encuentro1.refresh_from_db()
        assert (encuentro1.version, encuentro1.historia.first().history_user) == (2, zonal1)

    def test_cambiar_la_copia_no_cambia_la_plantilla_ni_otra_copia(
        self, client, zonal1, encuentro1, plantilla, grupo1
    ):
        otro = EncuentroFactory(estrategia=grupo1.estrategia, grupos=[grupo1])
        entrar(client, zonal1)
        for encuentro in (encuentro1, otro):
            usar(client, encuentro, plantilla)
        antes = copiado(otro), list(plantilla.puntos.values())
        encuentro1.agenda.update(titulo="Otro título")
        encuentro1.insumos.update(listo=True)
        assert (copiado(otro), list(plantilla.puntos.values())) == antes
        plantilla.puntos.update(titulo="Cambiado en el catálogo")
        assert copiado(otro) == antes[0]

    def test_lo_que_ya_tiene_no_se_toca(self, client, zonal1, encuentro1, plantilla):
        PuntoAgendaFactory(encuentro=encuentro1, orden=1, titulo="La mía")
        respuesta = usar(entrar(client, zonal1), encuentro1, plantilla)
        assert respuesta.url == reverse("talleres:insumos", args=[encuentro1.pk])
        puntos, insumos, preguntas = copiado(encuentro1)
        assert [titulo for _, titulo, *_ in puntos] == ["La mía"]
        assert (len(insumos), len(preguntas)) == (1, 1)

    def test_sin_hora_de_inicio_se_pide(self, client, zonal1, encuentro1, plantilla):
        type(encuentro1).objects.update(inicio=None, fin=None)
        entrar(client, zonal1)
        assert usar(client, encuentro1, plantilla).status_code == 400
        assert copiado(encuentro1) == NADA
        assert usar(client, encuentro1, plantilla, desde="10:00").status_code == 302
        assert encuentro1.agenda.first().inicio == time(10)


class TestNoProcede:
    def test_doble_envio_copia_una_vez(self, client, zonal1, encuentro1, plantilla):
        entrar(client, zonal1)
        assert usar(client, encuentro1, plantilla).status_code == 302
        assert usar(client, encuentro1, plantilla).status_code == 409
        assert usar(client, encuentro1, plantilla, version=2).status_code == 409
        assert PuntoAgenda.objects.count() == 2

    @pytest.mark.parametrize("estado", ["realizado", "cancelado"])
    def test_cerrado_no_copia(self, client, zonal1, encuentro1, plantilla, estado):
        type(encuentro1).objects.update(estado=estado, motivo="Paro")
        respuesta = usar(entrar(client, zonal1), encuentro1, plantilla)
        assert (respuesta.status_code, copiado(encuentro1)) == (409, NADA)
        assert f"El encuentro está {estado}" in respuesta.text

    def test_otra_persona_guardo_antes(self, client, zonal1, encuentro1, plantilla):
        type(encuentro1).objects.update(version=2)
        respuesta = usar(entrar(client, zonal1), encuentro1, plantilla)
        assert (respuesta.status_code, copiado(encuentro1)) == (409, NADA)

    @pytest.mark.parametrize("cambio", [{"activa": False}, {"tipo": "M2"}])
    def test_ni_inactiva_ni_de_otro_tipo(self, client, zonal1, encuentro1, plantilla, cambio):
        PlantillaEncuentro.objects.update(**cambio)
        entrar(client, zonal1)
        assert usar(client, encuentro1, plantilla).status_code == 400
        assert copiado(encuentro1) == NADA
        assert "No hay plantillas activas" in client.get(ruta(encuentro1)).text

    def test_no_pasa_de_la_medianoche(self, client, zonal1, encuentro1, plantilla):
        type(encuentro1).objects.update(inicio=time(22), fin=time(23))
        respuesta = usar(entrar(client, zonal1), encuentro1, plantilla)
        assert (respuesta.status_code, copiado(encuentro1)) == (409, NADA)
        assert "pasaría de la medianoche" in respuesta.text

    def test_fuera_de_la_jurisdiccion_no_existe(self, client, zonal4, encuentro1, plantilla):
        assert usar(entrar(client, zonal4), encuentro1, plantilla).status_code == 404
        assert copiado(encuentro1) == NADA


def test_las_consultas_no_crecen_con_las_plantillas(
    client, zonal1, encuentro1, plantilla, django_assert_max_num_queries
):
    entrar(client, zonal1)
    with django_assert_max_num_queries(8):
        client.get(ruta(encuentro1))
    PlantillaFactory()
    PlantillaFactory()
    with django_assert_max_num_queries(8):
        assert len(client.get(ruta(encuentro1)).context["plantillas"]) == 3


class TestCatalogo:
    def test_la_carga_trae_los_dos_anexos(self):
        call_command("cargar_catalogos", verbosity=0)
        piezas = {
            plantilla.clave: (
                plantilla.insumos.count(),
                plantilla.preguntas.count(),
                plantilla.puntos.count(),
            )
            for plantilla in PlantillaEncuentro.objects.all()
        }
        assert piezas == {
            "m1-inicial": (4, 0, 0),
            "m1-cierre": (3, 0, 0),
            "m2": (9, 0, 0),
            "m3": (10, 32, 13),
        }
        minutos = {
            jornada: sum(
                PuntoPlantilla.objects.filter(jornada=jornada).values_list("minutos", flat=True)
            )
            for jornada in ("manana", "tarde")
        }
        # De 8:30 a 13:00 y de 13:00 a 17:00, como el Anexo 2.
        assert minutos == {"manana": 270, "tarde": 240}

    def test_repetirla_conserva_lo_que_cambio_la_central(self):
        cargar_catalogos(PILOTO)
        PlantillaEncuentro.objects.filter(clave="m2").update(nombre="Nuestro M2", activa=False)
        assert cargar_catalogos(PILOTO).cambios == 0
        m2 = PlantillaEncuentro.objects.get(clave="m2")
        assert (m2.nombre, m2.activa, m2.insumos.count()) == ("Nuestro M2", False, 9)

    def test_la_central_quita_un_punto_y_queda_quien(self, como_central, central, plantilla):
        url = ruta_admin(PlantillaEncuentro, "change", plantilla.pk)
        datos = lo_que_enviaria(como_central.get(url)) | {"puntos-0-DELETE": "on"}
        assert como_central.post(url, datos).status_code == 302
        titulos = list(plantilla.puntos.values_list("titulo", flat=True))
        assert titulos == ["Trabajo", "Almuerzo"]
        asiento = PuntoPlantilla.historia.filter(history_type="-").get()
        assert (asiento.titulo, asiento.history_user) == ("Registro", central)
        plantilla.refresh_from_db()
        assert plantilla.version == 2

    @pytest.mark.parametrize("minutos", ["0", "601", ""])
    def test_un_punto_de_plantilla_dura_entre_1_y_600(self, como_central, plantilla, minutos):
        url = ruta_admin(PlantillaEncuentro, "change", plantilla.pk)
        datos = lo_que_enviaria(como_central.get(url)) | {"puntos-0-minutos": minutos}
        assert como_central.post(url, datos).status_code == 400
        assert PuntoPlantilla.objects.get(titulo="Registro").minutos == 30
