"""Editar la agenda de un encuentro: reordenar, rehacer las horas, comprobarlas y guardar."""

from datetime import time

import pytest
from django.urls import reverse

from talleres.models import Encuentro, PuntoAgenda
from tests.conftest import entrar
from tests.fabricas import PuntoAgendaFactory
from tests.lectura_html import lo_que_enviaria

pytestmark = pytest.mark.django_db


def ruta(encuentro):
    return reverse("talleres:editar_agenda", args=[encuentro.pk])


@pytest.fixture
def con_agenda(encuentro1):
    """Registro de 8:30 a 9:00, trabajo hasta las 10:30 y, tras media hora libre, cierre."""
    for orden, titulo, inicio, fin in [
        (1, "Registro", time(8, 30), time(9)),
        (2, "Trabajo", time(9), time(10, 30)),
        (3, "Cierre", time(11), time(11, 30)),
    ]:
        PuntoAgendaFactory(encuentro=encuentro1, orden=orden, titulo=titulo, inicio=inicio, fin=fin)
    return encuentro1


@pytest.fixture
def como_zonal(client, zonal1):
    return entrar(client, zonal1)


def enviar(client, encuentro, accion="guardar", abierta=None, **cambios):
    """Lo que enviaría el formulario con esos cambios, sin ningún guion."""
    datos = lo_que_enviaria(abierta or client.get(ruta(encuentro)), accion=accion)
    return client.post(ruta(encuentro), datos | cambios)


def agenda(encuentro):
    return [
        f"{punto.orden} {punto.inicio:%H:%M}-{punto.fin:%H:%M} {punto.titulo}"
        for punto in encuentro.agenda.all()
    ]


INTACTA = ["1 08:30-09:00 Registro", "2 09:00-10:30 Trabajo", "3 11:00-11:30 Cierre"]


def renglones(respuesta):
    """[(título, horas, avisos)] de la página."""
    return [
        (forma["titulo"].value(), str(tramo), avisos)
        for forma, tramo, avisos in respuesta.context["renglones"]
    ]


def errores(respuesta):
    """{título o posición: {campo: [mensajes]}} de los puntos de la página."""
    return {
        forma["titulo"].value() or n: dict(forma.errors)
        for n, (forma, *_) in enumerate(respuesta.context["renglones"])
        if forma.errors
    }


def intacta(respuesta, encuentro, estado=400):
    version = Encuentro.objects.get(pk=encuentro.pk).version
    assert (respuesta.status_code, agenda(encuentro), version) == (estado, INTACTA, 1)
    return True


class TestMostrar:
    def test_solo_se_fija_la_hora_de_lo_que_no_sigue_al_anterior(self, como_zonal, con_agenda):
        respuesta = como_zonal.get(ruta(con_agenda))
        fijadas = [forma["fijada"].value() for forma, *_ in respuesta.context["renglones"]]
        assert fijadas == [None, None, time(11)]
        assert renglones(respuesta) == [
            ("Registro", "08:30 – 09:00", []),
            ("Trabajo", "09:00 – 10:30", []),
            ("Cierre", "11:00 – 11:30", ["Quedan 30 min libres antes de este punto."]),
        ]

    def test_guardar_sin_tocar_nada_no_escribe(self, como_zonal, con_agenda):
        asientos = PuntoAgenda.historia.count()
        assert intacta(enviar(como_zonal, con_agenda), con_agenda, 302)
        assert PuntoAgenda.historia.count() == asientos

    def test_la_tarde_conserva_la_numeracion_que_sigue_a_la_manana(self, como_zonal, con_agenda):
        for punto in con_agenda.agenda.order_by("-orden"):
            PuntoAgenda.objects.filter(pk=punto.pk).update(orden=punto.orden + 7)
        assert enviar(como_zonal, con_agenda).status_code == 302
        assert Encuentro.objects.get(pk=con_agenda.pk).version == 1
        enviar(como_zonal, con_agenda, **{"p-0-orden": "2"})
        assert [linea.split()[0::2] for linea in agenda(con_agenda)] == [
            ["8", "Trabajo"],
            ["9", "Registro"],
            ["10", "Cierre"],
        ]

    def test_vacia_ensena_el_siguiente_paso(self, como_zonal, encuentro1):
        texto = como_zonal.get(ruta(encuentro1)).text
        assert "Esta agenda no tiene puntos." in texto
        assert reverse("talleres:usar_plantilla", args=[encuentro1.pk]) in texto

    def test_la_pagina_del_encuentro_lleva_a_ella(self, como_zonal, con_agenda, client, observador):
        assert ruta(con_agenda) in como_zonal.get(con_agenda.get_absolute_url()).text
        entrar(client, observador)
        assert ruta(con_agenda) not in client.get(con_agenda.get_absolute_url()).text

    def test_las_consultas_no_crecen_con_los_puntos(
        self, como_zonal, encuentro1, django_assert_max_num_queries
    ):
        for orden in (1, 2, 3):
            PuntoAgendaFactory(encuentro=encuentro1, orden=orden)
            with django_assert_max_num_queries(7):
                como_zonal.get(ruta(encuentro1))


class TestReordenar:
    def test_con_el_numero_y_las_horas_se_rehacen(self, como_zonal, con_agenda, zonal1):
        """El cierre pasa a segundo sin hora fija; lo demás se corre."""
        enviar(como_zonal, con_agenda, **{"p-2-orden": "2", "p-2-fijada": ""})
        assert agenda(con_agenda) == [
            "1 08:30-09:00 Registro",
            "2 09:00-09:30 Cierre",
            "3 09:30-11:00 Trabajo",
        ]
        asientos = PuntoAgenda.historia.filter(history_type="~")
        assert {(a.titulo, a.history_user, a.history_change_reason) for a in asientos} == {
            ("Cierre", zonal1, "Cambio en la agenda"),
            ("Trabajo", zonal1, "Cambio en la agenda"),
        }
        con_agenda.refresh_from_db()
        assert (con_agenda.version, con_agenda.historia.first().history_user) == (2, zonal1)

    def test_bajar_por_numero_deja_el_punto_en_ese_lugar(self, como_zonal, con_agenda):
        enviar(como_zonal, con_agenda, **{"p-0-orden": "3", "p-2-fijada": ""})
        assert [linea.split()[-1] for linea in agenda(con_agenda)] == [
            "Trabajo",
            "Cierre",
            "Registro",
        ]

    @pytest.mark.parametrize(
        ("accion", "orden"),
        [
            ("subir-1", ["Trabajo", "Registro", "Cierre"]),
            ("bajar-1", ["Registro", "Cierre", "Trabajo"]),
            ("subir-0", ["Registro", "Trabajo", "Cierre"]),
            ("bajar-2", ["Registro", "Trabajo", "Cierre"]),
            ("quitar-1", ["Registro", "Cierre"]),
            ("subir-99", ["Registro", "Trabajo", "Cierre"]),
            ("inventada", ["Registro", "Trabajo", "Cierre"]),
        ],
    )
    def test_los_botones_sin_guion_no_guardan_todavia(self, como_zonal, con_agenda, accion, orden):
        respuesta = enviar(como_zonal, con_agenda, accion)
        assert [titulo for titulo, *_ in renglones(respuesta)] == orden
        assert intacta(respuesta, con_agenda, 200)

    def test_del_boton_a_guardar(self, como_zonal, con_agenda):
        movida = enviar(como_zonal, con_agenda, "subir-1")
        assert enviar(como_zonal, con_agenda, abierta=movida).status_code == 302
        assert agenda(con_agenda) == [
            "1 08:30-10:00 Trabajo",
            "2 10:00-10:30 Registro",
            "3 11:00-11:30 Cierre",
        ]

    def test_lo_tecleado_a_medias_sigue_al_mover(self, como_zonal, con_agenda):
        respuesta = enviar(
            como_zonal,
            con_agenda,
            "bajar-0",
            **{"p-0-minutos": "muchos", "p-1-responsables": "Coordinación", "pegados": "Otro"},
        )
        formas = [forma for forma, *_ in respuesta.context["renglones"]]
        assert formas[1]["minutos"].value() == "muchos"
        assert formas[0]["responsables"].value() == "Coordinación"
        assert respuesta.context["form"]["pegados"].value() == "Otro"

    def test_poner_todo_seguido_desde_la_hora_del_encuentro(self, como_zonal, con_agenda):
        Encuentro.objects.update(inicio=time(9))
        respuesta = enviar(como_zonal, con_agenda, "recalcular")
        assert [horas for _, horas, _ in renglones(respuesta)] == [
            "09:00 – 09:30",
            "09:30 – 11:00",
            "11:00 – 11:30",
        ]


class TestAgregarYQuitar:
    def test_un_punto_con_subpuntos(self, como_zonal, con_agenda):
        con_fila = enviar(como_zonal, con_agenda, "agregar")
        enviar(
            como_zonal,
            con_agenda,
            abierta=con_fila,
            **{
                "p-3-titulo": "Acuerdos",
                "p-3-minutos": "20",
                "p-3-subpuntos": "  Uno \n\nDos",
            },
        )
        assert agenda(con_agenda) == [*INTACTA, "4 11:30-11:50 Acuerdos"]
        assert con_agenda.agenda.last().lista_subpuntos == ["Uno", "Dos"]

    def test_una_pausa(self, como_zonal, con_agenda):
        con_pausa = enviar(como_zonal, con_agenda, "pausa")
        enviar(como_zonal, con_agenda, abierta=con_pausa)
        assert agenda(con_agenda)[-1] == "4 11:30-11:45 Pausa"

    def test_quitar_deja_su_asiento(self, como_zonal, con_agenda, zonal1):
        sin_trabajo = enviar(como_zonal, con_agenda, "quitar-1")
        enviar(como_zonal, con_agenda, abierta=sin_trabajo)
        assert agenda(con_agenda) == ["1 08:30-09:00 Registro", "2 11:00-11:30 Cierre"]
        borrado = PuntoAgenda.historia.filter(history_type="-").get()
        assert (borrado.titulo, borrado.history_user) == ("Trabajo", zonal1)

    def test_quitarlos_todos(self, como_zonal, con_agenda):
        respuesta = None
        for _ in range(3):
            respuesta = enviar(como_zonal, con_agenda, "quitar-0", abierta=respuesta)
        assert enviar(como_zonal, con_agenda, abierta=respuesta).status_code == 302
        assert agenda(con_agenda) == []

    def test_lo_pegado_de_una_hoja_de_calculo(self, como_zonal, encuentro1):
        pegada = enviar(como_zonal, encuentro1, "pegar", pegados="Registro\t30\n\nVisión\n")
        formas = [forma for forma, *_ in pegada.context["renglones"]]
        assert [(f["titulo"].value(), f["minutos"].value()) for f in formas] == [
            ("Registro", "30"),
            ("Visión", ""),
        ]
        enviar(como_zonal, encuentro1, abierta=pegada, **{"p-1-minutos": "45"})
        assert agenda(encuentro1) == ["1 08:30-09:00 Registro", "2 09:00-09:45 Visión"]

    def test_doscientos_pegados_no_entran_y_no_se_pierden(self, como_zonal, con_agenda):
        lineas = "\n".join(f"Punto {n}\t5" for n in range(200))
        respuesta = enviar(como_zonal, con_agenda, "pegar", pegados=lineas)
        assert intacta(respuesta, con_agenda)
        assert len(renglones(respuesta)) == 3
        assert respuesta.context["form"]["pegados"].value() == lineas
        assert respuesta.text.count("Caben hasta 60 puntos: no se agregó ninguno.") == 2

    def test_lo_pegado_sin_agregar_no_se_pierde_al_guardar(self, como_zonal, con_agenda):
        respuesta = enviar(como_zonal, con_agenda, pegados="Otro\t10")
        assert intacta(respuesta, con_agenda)
        assert list(respuesta.context["form"].errors) == ["pegados"]

    def test_sesenta_y_un_puntos_tecleados(self, como_zonal, encuentro1):
        filas = {"p-TOTAL_FORMS": "61", "p-INITIAL_FORMS": "0"}
        for n in range(61):
            filas |= {f"p-{n}-titulo": f"Punto {n}", f"p-{n}-minutos": "1"}
        respuesta = enviar(como_zonal, encuentro1, **filas)
        assert (respuesta.status_code, agenda(encuentro1)) == (400, [])
        assert "Caben hasta 60 puntos" in respuesta.text


class TestEntradasMalas:
    @pytest.mark.parametrize(
        ("campo", "valor", "mensaje"),
        [
            ("minutos", "0", "Dura al menos 1 minuto: no puede terminar antes de empezar."),
            ("minutos", "-30", "Dura al menos 1 minuto: no puede terminar antes de empezar."),
            ("minutos", "601", "Dura a lo sumo 600 minutos."),
            ("minutos", "", "Diga cuántos minutos dura."),
            ("minutos", "1,5", "Los minutos son un número entero."),
            ("titulo", "  ", "Escriba el título, o quite el punto."),
            ("fijada", "25:00", "Escriba una hora como 09:30."),
            ("fijada", "09:15", "Empieza antes de que termine lo anterior: se superponen 75 min."),
        ],
    )
    def test_el_error_va_junto_a_su_campo(self, como_zonal, con_agenda, campo, valor, mensaje):
        respuesta = enviar(como_zonal, con_agenda, **{f"p-2-{campo}": valor})
        assert intacta(respuesta, con_agenda)
        (hallados,) = errores(respuesta).values()
        assert hallados == {campo: [mensaje]}
        assert respuesta.text.count(mensaje) == 2, "arriba y junto al campo"
        assert respuesta.context["renglones"][2][0][campo].value() == valor

    def test_alargar_un_punto_sobre_el_que_tiene_hora_fija(self, como_zonal, con_agenda):
        respuesta = enviar(como_zonal, con_agenda, **{"p-1-minutos": "150"})
        assert intacta(respuesta, con_agenda)
        assert list(errores(respuesta)) == ["Cierre"]
        assert renglones(respuesta)[2][2] == ["Se superpone 30 min con lo anterior."]

    def test_despues_de_la_medianoche(self, como_zonal, con_agenda):
        respuesta = enviar(como_zonal, con_agenda, **{"p-2-fijada": "23:00", "p-2-minutos": "60"})
        assert intacta(respuesta, con_agenda)
        assert errores(respuesta) == {
            "Cierre": {"minutos": ["Terminaría después de la medianoche."]}
        }

    def test_sin_hora_de_comienzo(self, como_zonal, con_agenda):
        respuesta = enviar(como_zonal, con_agenda, desde="")
        assert intacta(respuesta, con_agenda)
        assert list(respuesta.context["form"].errors) == ["desde"]

    def test_sin_los_datos_de_la_pagina(self, como_zonal, con_agenda):
        respuesta = como_zonal.post(ruta(con_agenda), {"version": 1, "desde": "08:30"})
        assert intacta(respuesta, con_agenda)

    def test_un_punto_ajeno_no_se_mueve(self, como_zonal, con_agenda, encuentro2):
        ajeno = PuntoAgendaFactory(encuentro=encuentro2, orden=1, titulo="Ajeno")
        enviar(como_zonal, con_agenda, **{"p-0-pk": ajeno.pk, "p-0-titulo": "Mío"})
        ajeno.refresh_from_db()
        assert (ajeno.titulo, ajeno.encuentro) == ("Ajeno", encuentro2)
        assert agenda(con_agenda)[0] == "1 08:30-09:00 Mío"

    def test_pasar_del_fin_del_encuentro_se_avisa_y_se_guarda(self, como_zonal, con_agenda):
        respuesta = enviar(como_zonal, con_agenda, **{"p-2-minutos": "120"})
        assert respuesta.status_code == 302
        aviso = "Pasa en 30 min del fin del encuentro, fijado a las 12:30."
        assert aviso in como_zonal.get(con_agenda.get_absolute_url()).text
        assert aviso in renglones(como_zonal.get(ruta(con_agenda)))[2][2]


class TestOtraPersona:
    def test_la_segunda_recibe_409_con_los_dos_textos(self, como_zonal, con_agenda):
        abierta = como_zonal.get(ruta(con_agenda))
        enviar(como_zonal, con_agenda, **{"p-0-titulo": "Lo primero"})
        guardada = agenda(con_agenda)
        respuesta = enviar(como_zonal, con_agenda, abierta=abierta, **{"p-0-titulo": "Lo segundo"})
        assert (respuesta.status_code, agenda(con_agenda)) == (409, guardada)
        ((campo, suyo, mio),) = respuesta.context["conflictos"]
        cola = "\n09:00 – 10:30 · Trabajo\n11:00 – 11:30 · Cierre"
        assert (campo, suyo, mio) == (
            "Agenda",
            f"08:30 – 09:00 · Lo primero{cola}",
            f"08:30 – 09:00 · Lo segundo{cola}",
        )

    @pytest.mark.parametrize("estado", ["realizado", "cancelado"])
    def test_cerrado_no_cambia_y_devuelve_lo_escrito(self, como_zonal, con_agenda, estado):
        abierta = como_zonal.get(ruta(con_agenda))
        Encuentro.objects.filter(pk=con_agenda.pk).update(estado=estado, motivo="Paro")
        respuesta = enviar(como_zonal, con_agenda, abierta=abierta, **{"p-0-titulo": "Tardío"})
        assert intacta(respuesta, con_agenda, 409)
        assert "08:30 – 09:00 · Tardío" in respuesta.context["conflictos"][0][2]
        assert f"El encuentro está {estado}" in respuesta.text
        assert "data-agenda" not in como_zonal.get(ruta(con_agenda)).text

    @pytest.mark.parametrize(("quien", "codigo"), [("zonal4", 404), ("plan_rioverde", 403)])
    def test_fuera_de_su_jurisdiccion(self, client, elenco, con_agenda, quien, codigo):
        abierta = entrar(client, elenco["zonal1"]).get(ruta(con_agenda))
        entrar(client, elenco[quien])
        respuesta = enviar(client, con_agenda, abierta=abierta, **{"p-0-titulo": "Ajeno"})
        assert intacta(respuesta, con_agenda, codigo)
