"""Acuerdos: los anota la zona, avanzan los que son parte, lo vencido va primero."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Acuerdo, AvanceAcuerdo
from tests.conftest import entrar
from tests.fabricas import AcuerdoFactory

LEJOS = date(2050, 12, 31)


def url(nombre, *args):
    return reverse(f"acompanamiento:{nombre}", args=args)


def datos(**cambios):
    base = {"texto": "Compartir el catastro", "fecha_limite": LEJOS, "responsable_gad": "0807"}
    return base | cambios


def avance(acuerdo, **cambios):
    return {
        "version": acuerdo.version,
        "fecha": timezone.localdate(),
        "texto": "Se entregó",
        "estado": "en_curso",
    } | cambios


def estado(acuerdo):
    return Acuerdo.objects.get(pk=acuerdo.pk).estado


def test_la_zona_anota_un_acuerdo_y_se_numera_en_su_grupo(client, grupo1, zonal1):
    entrar(client, zonal1)
    for texto in ("Uno", "Dos"):
        client.post(url("crear_acuerdo", grupo1.pk), datos(texto=texto, partes=["0801"]))
    guardados = Acuerdo.objects.order_by("numero")
    assert list(guardados.values_list("numero", "texto", "responsable_gad", "partes")) == [
        (1, "Uno", "0807", "0801"),
        (2, "Dos", "0807", "0801"),
    ]
    assert guardados[0].historia.first().history_user == zonal1


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"texto": ""}, "texto"),
        ({"responsable_gad": "1303"}, "responsable_gad"),
        ({"responsable_gad": ""}, "responsable_gad"),
        ({"partes": ["1303"]}, "partes"),
        ({"partes": ["08\0"]}, "partes"),
        ({"fecha_limite": "2019-01-01"}, "fecha_limite"),
        ({"fecha_limite": "mañana"}, "fecha_limite"),
        ({"fecha_limite": "9999-12-31"}, "fecha_limite"),
    ],
)
def test_lo_imposible_se_rechaza_junto_al_campo(client, grupo1, zonal1, cambios, campo):
    entrar(client, zonal1)
    respuesta = client.post(url("crear_acuerdo", grupo1.pk), datos(**cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert Acuerdo.objects.count() == 0


def test_un_doble_envio_deja_un_acuerdo_y_enlaza_el_que_hay(client, grupo1, zonal1):
    entrar(client, zonal1)
    client.post(url("crear_acuerdo", grupo1.pk), datos())
    otra_vez = client.post(url("crear_acuerdo", grupo1.pk), datos())
    acuerdo = Acuerdo.objects.get()
    assert otra_vez.status_code == 409
    assert f'<a href="{url("acuerdo", acuerdo.pk)}">Acuerdo 1</a>' in otra_vez.text
    assert "Compartir el catastro" in otra_vez.text


@pytest.mark.parametrize(
    ("cambios", "estado"),
    [
        ({"texto": "Otro"}, "pendiente"),
        ({"responsable_gad": "0801"}, "pendiente"),
        ({}, "cumplido"),
    ],
)
def test_no_es_el_mismo_acuerdo(client, grupo1, zonal1, cambios, estado):
    entrar(client, zonal1)
    client.post(url("crear_acuerdo", grupo1.pk), datos())
    Acuerdo.objects.update(estado=estado)
    client.post(url("crear_acuerdo", grupo1.pk), datos(**cambios))
    assert Acuerdo.objects.count() == 2


@pytest.mark.parametrize("fecha", [date.min, date.max])
def test_la_base_no_admite_fechas_absurdas(acuerdos, zonal1, fecha):
    anotado = acuerdos["acuerdo1"].avances.create(
        fecha=date(2019, 9, 1), texto="Algo", estado="en_curso", por=zonal1
    )
    for filas, campo in (
        (Acuerdo.objects.all(), "fecha_limite"),
        (AvanceAcuerdo.objects.filter(pk=anotado.pk), "fecha"),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            filas.update(**{campo: fecha})


def test_otra_zona_no_anota_en_el_grupo(client, grupo1, zonal4):
    entrar(client, zonal4)
    assert client.post(url("crear_acuerdo", grupo1.pk), datos()).status_code == 404
    assert Acuerdo.objects.count() == 0


def test_el_responsable_anota_su_avance(client, acuerdos, plan_rioverde):
    suyo = acuerdos["acuerdo1"]
    entrar(client, plan_rioverde)
    respuesta = client.post(url("avance", suyo.pk), avance(suyo))
    assert respuesta.url == url("acuerdo", suyo.pk)
    assert estado(suyo) == "en_curso"
    assert list(AvanceAcuerdo.objects.values_list("texto", "por__username")) == [
        ("Se entregó", "plan_rioverde")
    ]


def test_quien_solo_es_del_grupo_lo_lee_y_no_lo_anota(client, acuerdos, plan_esmeraldas):
    ajeno = acuerdos["acuerdo1"]
    entrar(client, plan_esmeraldas)
    assert client.get(url("acuerdo", ajeno.pk)).status_code == 200
    assert client.post(url("avance", ajeno.pk), avance(ajeno)).status_code == 404
    assert AvanceAcuerdo.objects.count() == 0


def test_una_parte_tambien_anota(client, acuerdos, plan_esmeraldas):
    acuerdos["acuerdo1"].partes.add("0801")
    entrar(client, plan_esmeraldas)
    client.post(url("avance", acuerdos["acuerdo1"].pk), avance(acuerdos["acuerdo1"]))
    assert AvanceAcuerdo.objects.get().por == plan_esmeraldas


def test_cumplir_exige_evidencia(client, acuerdos, plan_rioverde):
    suyo = acuerdos["acuerdo1"]
    entrar(client, plan_rioverde)
    sin = client.post(url("avance", suyo.pk), avance(suyo, estado="cumplido"))
    assert sin.context["form"].errors == {
        "evidencia": ["Para darlo por cumplido, diga qué documento lo prueba."]
    }
    client.post(url("avance", suyo.pk), avance(suyo, estado="cumplido", evidencia="Oficio 12"))
    assert estado(suyo) == "cumplido"


@pytest.mark.parametrize(
    ("cambios", "campo"),
    [
        ({"fecha": timezone.localdate() + timedelta(days=2)}, "fecha"),
        ({"fecha": "0001-01-01"}, "fecha"),
        ({"estado": "cancelado"}, "estado"),
        ({"enlace": "javascript:alert(1)"}, "enlace"),
        ({"version": "x"}, "version"),
    ],
)
def test_un_avance_imposible_se_rechaza(client, acuerdos, plan_rioverde, cambios, campo):
    suyo = acuerdos["acuerdo1"]
    entrar(client, plan_rioverde)
    respuesta = client.post(url("avance", suyo.pk), avance(suyo, **cambios))
    assert (respuesta.status_code, list(respuesta.context["form"].errors)) == (400, [campo])
    assert AvanceAcuerdo.objects.count() == 0


def test_un_avance_con_version_vieja_es_409_y_conserva_lo_escrito(client, acuerdos, plan_rioverde):
    suyo = acuerdos["acuerdo1"]
    entrar(client, plan_rioverde)
    client.post(url("avance", suyo.pk), avance(suyo))
    tarde = client.post(url("avance", suyo.pk), avance(suyo, texto="Lo segundo"))
    assert tarde.status_code == 409
    assert "Lo segundo" in tarde.text
    assert AvanceAcuerdo.objects.count() == 1


def test_cancelar_pide_motivo_y_despues_no_avanza(client, acuerdos, zonal1):
    suyo = acuerdos["acuerdo1"]
    entrar(client, zonal1)
    assert client.post(url("cancelar_acuerdo", suyo.pk), {"version": 1}).status_code == 400
    client.post(url("cancelar_acuerdo", suyo.pk), {"version": 1, "motivo": "Se duplicó"})
    assert estado(suyo) == "cancelado"
    assert client.post(url("avance", suyo.pk), avance(suyo, version=2)).status_code == 409


def test_editar_compara_la_version(client, acuerdos, zonal1):
    suyo = acuerdos["acuerdo1"]
    entrar(client, zonal1)
    direccion = url("editar_acuerdo", suyo.pk)
    client.post(direccion, datos(texto="Primero", version_leida=1))
    tarde = client.post(direccion, datos(texto="Segundo", version_leida=1))
    assert tarde.status_code == 409
    assert Acuerdo.objects.get(pk=suyo.pk).texto == "Primero"


def test_el_conflicto_nombra_a_los_gad_y_no_sus_claves(client, acuerdos, zonal1):
    suyo = acuerdos["acuerdo1"]
    entrar(client, zonal1)
    direccion = url("editar_acuerdo", suyo.pk)
    client.post(direccion, datos(partes=["08"], version_leida=1))
    mio = datos(responsable_gad="0801", partes=["0807", "080752"], version_leida=1)
    respuesta = client.post(direccion, mio)
    conflictos = {campo: textos for campo, *textos in respuesta.context["conflictos"]}
    assert conflictos["GAD responsable"] == [
        "Rioverde (cantón, Esmeraldas)",
        "Esmeraldas (cantón, Esmeraldas)",
    ]
    assert conflictos["Con quién (opcional)"] == [
        "Esmeraldas (provincia)",
        "Rioverde (cantón, Esmeraldas), Chumundé (Rioverde, Esmeraldas)",
    ]


def test_lo_vencido_va_primero_y_se_filtra(client, grupo1, territorio, zonal1):
    gad = territorio.gad["0807"]
    plazos = {"Lejano": LEJOS, "Vencido": date(2019, 9, 1), "Hecho": date(2019, 8, 1)}
    for texto, plazo in plazos.items():
        AcuerdoFactory(grupo=grupo1, responsable_gad=gad, texto=texto, fecha_limite=plazo)
    Acuerdo.objects.filter(texto="Hecho").update(estado="cumplido")
    entrar(client, zonal1)
    lista = client.get(url("acuerdos")).context["acuerdos"]
    assert [acuerdo.texto for acuerdo in lista] == ["Vencido", "Lejano", "Hecho"]
    vencidos = client.get(url("acuerdos"), {"estado": "vencido"}).context["acuerdos"]
    assert [acuerdo.texto for acuerdo in vencidos] == ["Vencido"]


def test_de_a_cincuenta_y_la_cuenta_es_de_todos(client, grupo1, territorio, zonal1):
    for numero in range(1, 53):
        AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["0807"], texto=f"N.º {numero}")
    entrar(client, zonal1)
    primera = client.get(url("acuerdos"), {"grupo": grupo1.pk})
    assert "52 acuerdos" in primera.text
    assert f'href="?grupo={grupo1.pk}&amp;pagina=2"' in primera.text
    segunda = client.get(url("acuerdos"), {"grupo": grupo1.pk, "pagina": 2})
    paginas = [[uno.texto for uno in una.context["acuerdos"]] for una in (primera, segunda)]
    assert [len(una) for una in paginas] == [50, 2]
    assert sum(paginas, []) == [f"N.º {numero}" for numero in range(1, 53)]


def test_un_filtro_imposible_es_400(client, zonal1):
    entrar(client, zonal1)
    respuesta = client.get(url("acuerdos"), {"estado": "raro"})
    assert respuesta.status_code == 400
    assert respuesta.context["filtro"].errors == {"estado": ["Ese estado no existe."]}


def test_la_lista_gasta_lo_mismo_con_una_fila_que_con_tres(client, grupo1, territorio, zonal1):
    entrar(client, zonal1)

    def consultas():
        with CaptureQueriesContext(connection) as hechas:
            client.get(url("acuerdos"))
        return len(hechas)

    AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["0807"])
    consultas()
    con_una = consultas()
    for _ in range(2):
        AcuerdoFactory(grupo=grupo1, responsable_gad=territorio.gad["080752"])
    assert (con_una, consultas()) == (con_una, con_una)
    assert con_una <= 8


def test_el_inicio_dice_lo_vencido_a_quien_le_toca(
    client, grupo1, territorio, plan_rioverde, plan_esmeraldas
):
    AcuerdoFactory(
        grupo=grupo1,
        responsable_gad=territorio.gad["0807"],
        texto="Entregar el mapa",
        fecha_limite=date(2019, 9, 1),
    )

    def pendientes(quien):
        entrar(client, quien)
        filas = client.get(reverse("inicio")).context["tablero"].pendientes
        return [fila.texto for fila in filas if "el 01/09/2019" in fila.detalle]

    avisados = [
        pendientes(quien) == ["Entregar el mapa"] for quien in (plan_rioverde, plan_esmeraldas)
    ]
    assert avisados == [True, False]
