"""El editor del instrumento: copiar, editar, ordenar, mirar y publicar, que congela."""

import pytest
from django.urls import reverse

from pdot.acciones import NoProcede
from pdot.acciones_instrumento import (
    Congelado,
    crear_version,
    mover,
    publicar_instrumento,
    quitar_del_instrumento,
)
from pdot.models import Instrumento, Pregunta, Seccion
from tests.carreras import a_la_vez
from tests.conftest import entrar
from tests.fabricas_instrumento import borrador_de_instrumento, con_hoja_de_vision


@pytest.fixture
def borrador(instrumento):
    return borrador_de_instrumento(2)


def ruta(nombre, *args):
    return reverse(f"pdot:{nombre}", args=args)


def codigos(instrumento, seccion="interna"):
    preguntas = Pregunta.objects.filter(seccion__instrumento=instrumento, seccion__codigo=seccion)
    return list(preguntas.order_by("orden").values_list("codigo", flat=True))


def tecleada(pregunta, **cambios):
    datos = {"codigo": pregunta.codigo, "texto": pregunta.texto, "tipo": pregunta.tipo}
    return datos | {"obligatoria": "on", "version_leida": pregunta.version} | cambios


class TestCopiar:
    def test_copia_entera_y_sin_publicar(self, como_central, central, instrumento):
        con_hoja_de_vision(instrumento)
        respuesta = como_central.post(ruta("copiar_instrumento", 1))
        nueva = Instrumento.objects.get(numero=2)
        assert respuesta.url == ruta("instrumento", 2)
        assert not nueva.publicado
        assert nueva.historia.get().history_user == central
        for seccion in instrumento.secciones.all():
            copia = nueva.secciones.get(codigo=seccion.codigo)
            assert (copia.clase, copia.titulo) == (seccion.clase, seccion.titulo)
            textos = list(seccion.preguntas.values_list("codigo", "texto", "niveles"))
            assert list(copia.preguntas.values_list("codigo", "texto", "niveles")) == textos

    def test_con_un_borrador_lleva_a_el(self, como_central, borrador):
        respuestas = [como_central.post(ruta("copiar_instrumento", 1)) for _ in range(2)]
        assert {respuesta.url for respuesta in respuestas} == {ruta("instrumento", 2)}
        assert Instrumento.objects.count() == 2


class TestEditar:
    def test_una_pregunta_entera(self, como_central, central, borrador):
        pregunta = Pregunta.objects.get(seccion__instrumento=borrador, codigo="a1")
        datos = tecleada(
            pregunta,
            texto="¿Otra?",
            tipo="texto",
            niveles=["parroquial", "municipal"],
            criterio="Concreta",
            fuente="Sección 5",
        )
        respuesta = como_central.post(ruta("editar_pregunta", pregunta.pk), datos)
        assert respuesta.url == f"{ruta('instrumento', 2)}#p-a1"
        pregunta.refresh_from_db()
        assert (pregunta.texto, pregunta.tipo, pregunta.niveles, pregunta.version) == (
            "¿Otra?",
            "texto",
            "municipal,parroquial",
            2,
        )
        assert pregunta.historia.first().history_user == central

    def test_dos_pestanas_no_se_pisan(self, como_central, borrador):
        pregunta = Pregunta.objects.get(seccion__instrumento=borrador, codigo="a1")
        url = ruta("editar_pregunta", pregunta.pk)
        assert como_central.post(url, tecleada(pregunta, texto="¿La primera?")).status_code == 302
        segunda = como_central.post(url, tecleada(pregunta, texto="¿La segunda?"))
        assert segunda.status_code == 409
        assert "¿La primera?" in segunda.text
        assert "¿La segunda?" in segunda.text
        pregunta.refresh_from_db()
        assert pregunta.texto == "¿La primera?"

    def test_se_agregan_secciones_preguntas_y_hojas(self, como_central, borrador):
        nueva = ruta("nueva_seccion", 2)
        datos = {"clase": "preguntas", "titulo": "Fichas", "codigo": "fichas", "version_leida": 1}
        assert como_central.post(nueva, datos).status_code == 302
        seccion = borrador.secciones.last()
        assert (seccion.codigo, seccion.orden) == ("fichas", 101)
        pregunta = {"codigo": "F1", "texto": "¿Cómo?", "tipo": "texto", "version_leida": 1}
        for _ in range(2):
            respuesta = como_central.post(ruta("nueva_pregunta", seccion.pk), pregunta)
        assert respuesta.status_code == 400
        assert codigos(borrador, "fichas") == ["F1"]
        hoja = {"clase": "vinculos", "titulo": "Vínculos", "codigo": "cualquiera"}
        assert como_central.post(nueva, hoja).status_code == 302
        assert borrador.secciones.last().codigo == "vinculos"
        assert not borrador.secciones.last().obligatoria
        assert como_central.post(nueva, hoja).status_code == 400
        vinculos = borrador.secciones.last()
        assert como_central.get(ruta("nueva_pregunta", vinculos.pk)).status_code == 302

    def test_una_hoja_opcional_se_dice_y_se_copia(self, como_central, borrador):
        hoja = borrador.secciones.get(clase="vision")
        url = ruta("editar_seccion", hoja.pk)
        datos = {"clase": "vision", "titulo": "Visión", "version_leida": hoja.version}
        assert como_central.post(url, datos).status_code == 302
        assert "hoja opcional" in como_central.get(ruta("instrumento", 2)).text
        publicar_instrumento(borrador.pk, None)
        como_central.post(ruta("copiar_instrumento", 2))
        copia = Seccion.objects.get(instrumento__numero=3, clase="vision")
        assert not copia.obligatoria

    def test_en_las_preguntas_no_rige(self, como_central, borrador):
        seccion = borrador.secciones.get(codigo="interna")
        datos = {"clase": "preguntas", "titulo": "Interna", "codigo": "interna"}
        como_central.post(ruta("editar_seccion", seccion.pk), datos | {"version_leida": 1})
        seccion.refresh_from_db()
        assert (seccion.titulo, seccion.obligatoria) == ("Interna", True)

    @pytest.mark.parametrize(
        ("cambios", "campo"),
        [
            ({"codigo": "b1"}, "codigo"),
            ({"codigo": "B1"}, "codigo"),
            ({"codigo": "con espacio"}, "codigo"),
            ({"texto": ""}, "texto"),
            ({"texto": "x" * 30_000}, "texto"),
            ({"niveles": ["cabildo"]}, "niveles"),
            ({"tipo": "numero"}, "tipo"),
        ],
    )
    def test_lo_mal_escrito_se_dice(self, como_central, borrador, cambios, campo):
        pregunta = Pregunta.objects.get(seccion__instrumento=borrador, codigo="a1")
        url = ruta("editar_pregunta", pregunta.pk)
        respuesta = como_central.post(url, tecleada(pregunta, **cambios))
        assert respuesta.status_code == 400
        assert list(respuesta.context["form"].errors) == [campo]
        assert pregunta.historia.count() == 1

    @pytest.mark.parametrize("codigo", ["vision", "enviar", "interna"])
    def test_una_seccion_no_toma_la_direccion_de_otra(self, como_central, borrador, codigo):
        datos = {"clase": "preguntas", "titulo": "Otra", "codigo": codigo, "version_leida": 1}
        assert como_central.post(ruta("nueva_seccion", 2), datos).status_code == 400
        assert borrador.secciones.count() == 3


class TestOrdenar:
    def test_sube_y_baja_y_el_doble_clic_no_repite(self, como_central, borrador):
        segunda = Pregunta.objects.get(seccion__instrumento=borrador, codigo="a2")
        url = ruta("mover_pregunta", segunda.pk)
        datos = {"hacia": "arriba", "version": segunda.version}
        assert como_central.post(url, datos).status_code == 302
        assert codigos(borrador) == ["a2", "a1", "a3"]
        assert como_central.post(url, datos).status_code == 409
        assert codigos(borrador) == ["a2", "a1", "a3"]

    def test_las_secciones_tambien(self, central, borrador):
        vision = borrador.secciones.get(clase="vision")
        assert mover(vision, "arriba", version=1, por=central)
        orden = list(borrador.secciones.values_list("codigo", flat=True))
        assert orden == ["interna", "vision", "externa"]

    def test_en_el_borde_no_hace_nada(self, central, borrador):
        primera = Pregunta.objects.get(seccion__instrumento=borrador, codigo="a1")
        assert not mover(primera, "arriba", version=1, por=central)

    def test_se_quita_una_pregunta_y_no_una_seccion_con_preguntas(
        self, como_central, central, borrador
    ):
        pregunta = Pregunta.objects.get(seccion__instrumento=borrador, codigo="a1")
        url = ruta("quitar_pregunta", pregunta.pk)
        assert como_central.post(url, {"version": 1}).status_code == 302
        assert codigos(borrador) == ["a2", "a3"]
        assert Pregunta.historia.first().history_user == central
        seccion = borrador.secciones.get(codigo="interna")
        assert (
            como_central.post(ruta("quitar_seccion", seccion.pk), {"version": 1}).status_code == 409
        )
        assert borrador.secciones.filter(pk=seccion.pk).exists()


class TestPublicar:
    def test_dice_que_pasa_y_congela(self, como_central, central, borrador):
        url = ruta("publicar_instrumento", 2)
        assert "Queda congelada" in como_central.get(url).text
        assert como_central.post(url, {"version": borrador.version}).status_code == 302
        assert Instrumento.objects.vigente() == borrador
        assert como_central.post(url, {"version": borrador.version + 1}).status_code == 409

    @pytest.mark.parametrize("falta", ["vision", "preguntas", "seccion"])
    def test_incompleta_no_se_publica(self, como_central, borrador, falta):
        if falta == "vision":
            borrador.secciones.filter(clase="vision").delete()
        elif falta == "preguntas":
            Pregunta.objects.filter(seccion__instrumento=borrador).delete()
        else:
            Seccion.objects.create(instrumento=borrador, codigo="vacia", orden=9, titulo="Vacía")
        url = ruta("publicar_instrumento", 2)
        assert como_central.post(url, {"version": borrador.version}).status_code == 400
        borrador.refresh_from_db()
        assert not borrador.publicado

    def test_lo_que_otra_persona_cambio_se_mira_antes(self, como_central, borrador):
        Instrumento.objects.filter(pk=borrador.pk).update(version=2)
        url = ruta("publicar_instrumento", 2)
        assert como_central.post(url, {"version": 1}).status_code == 409
        borrador.refresh_from_db()
        assert not borrador.publicado

    def test_publicada_no_se_edita_por_ninguna_pagina(self, como_central, instrumento):
        seccion, pregunta = instrumento.secciones.first(), Pregunta.objects.first()
        antes = (Seccion.historia.count(), Pregunta.historia.count(), Instrumento.historia.count())
        de_editar = [
            (ruta("editar_instrumento", 1), {"nombre": "Otro", "version_leida": 1}),
            (ruta("editar_seccion", seccion.pk), {"clase": "preguntas", "titulo": "x"}),
            (ruta("editar_pregunta", pregunta.pk), tecleada(pregunta, texto="¿Otra?")),
            (ruta("nueva_pregunta", seccion.pk), tecleada(pregunta, codigo="zz")),
        ]
        de_editar[1][1].update(codigo="interna", version_leida=1)
        for url, datos in de_editar:
            assert como_central.get(url).status_code == 302, url
            assert como_central.post(url, datos).status_code == 409, url
        for nombre, pk in (
            ("mover_seccion", seccion.pk),
            ("mover_pregunta", pregunta.pk),
            ("quitar_seccion", seccion.pk),
            ("quitar_pregunta", pregunta.pk),
            ("quitar_instrumento", 1),
        ):
            datos = {"hacia": "abajo", "version": 1}
            assert como_central.post(ruta(nombre, pk), datos).status_code == 409, nombre
        assert antes == (
            Seccion.historia.count(),
            Pregunta.historia.count(),
            Instrumento.historia.count(),
        )

    def test_ni_por_las_acciones(self, central, instrumento):
        pregunta = Pregunta.objects.first()
        with pytest.raises(Congelado):
            quitar_del_instrumento(pregunta, version=1, por=central)
        with pytest.raises(Congelado):
            mover(pregunta, "abajo", version=1, por=central)


class TestMirar:
    def test_la_vista_previa_es_la_del_nivel(self, como_central, borrador):
        paginas = como_central.get(ruta("vista", 2, "parroquial")).context["paginas"]
        vistas = [pregunta.codigo for _, preguntas in paginas for pregunta in preguntas]
        assert vistas == ["a1", "a2", "a3", "b1", "b3"]
        assert [seccion.clase for seccion, _ in paginas] == ["preguntas", "preguntas", "vision"]

    def test_la_lista_dice_la_vigente_y_el_borrador(self, como_central, borrador):
        texto = como_central.get(ruta("instrumentos")).text
        assert "Vigente" in texto
        assert "Sin publicar" in texto

    def test_gasta_pocas_consultas(self, como_central, borrador, django_assert_max_num_queries):
        for url in (ruta("instrumentos"), ruta("instrumento", 2), ruta("vista", 2, "municipal")):
            with django_assert_max_num_queries(8):
                como_central.get(url)

    @pytest.mark.parametrize("quien", ["zonal1", "plan_rioverde", "observador"])
    def test_solo_la_central(self, client, request, borrador, quien):
        entrar(client, request.getfixturevalue(quien))
        assert client.get(ruta("instrumentos")).status_code == 403
        assert client.get(ruta("instrumento", 2)).status_code == 403
        respuesta = client.post(ruta("publicar_instrumento", 2), {"version": borrador.version})
        assert respuesta.status_code == 403


@pytest.mark.django_db(transaction=True)
def test_a_la_vez_se_publica_y_se_quita_una_pregunta(central):
    guia = borrador_de_instrumento(1)
    pregunta = Pregunta.objects.filter(codigo="a1").select_related("seccion__instrumento").get()

    def correr(n):
        if n:
            return quitar_del_instrumento(pregunta, version=1, por=central)
        return publicar_instrumento(guia.pk, central)

    publicado, quitada = a_la_vez(2, correr)
    assert publicado is None
    assert Pregunta.objects.filter(codigo="a1").exists() == isinstance(quitada, NoProcede)


@pytest.mark.django_db(transaction=True)
def test_dos_copias_a_la_vez_dejan_una(central):
    guia = borrador_de_instrumento(1)
    Instrumento.objects.update(publicado=True)
    dadas = a_la_vez(2, lambda _: crear_version(guia, por=central))
    assert sorted(type(dada).__name__ for dada in dadas) == ["Instrumento", "YaHayBorrador"]
