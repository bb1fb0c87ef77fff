"""El resumen por correo junta lo no leído, una vez por persona y período."""

from datetime import date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from territorios.avisos import avisar, guardar_preferencias, retirar_viejos
from territorios.models import Aviso, Mensaje
from territorios.resumenes import encolar_resumenes
from tests.carreras import a_la_vez
from tests.correos import los_que_salen
from tests.fabricas_avisos import AvisoFactory

LUNES = date(2026, 11, 23)
MARTES, DOMINGO = LUNES + timedelta(days=1), LUNES - timedelta(days=1)


def a_las(dia, hora=9):
    return datetime(dia.year, dia.month, dia.day, hora, tzinfo=timezone.get_default_timezone())


def quiere(persona, correo):
    guardar_preferencias(persona, correo=correo, calladas=[], por=persona)
    return persona


@pytest.fixture
def diaria(plan_rioverde):
    return quiere(plan_rioverde, "diario")


def test_junta_lo_no_leido_con_enlaces_y_donde_cambiarlo(diaria, settings):
    settings.SITIO = "https://pdot.ejemplo.gob.ec"
    avisos = AvisoFactory.create_batch(2, destinatario=diaria)
    AvisoFactory(destinatario=diaria, texto="Ya leído", leido=timezone.now())
    assert encolar_resumenes(LUNES) == 1
    correo = los_que_salen()[diaria.email]
    assert correo.subject == "Resumen del día, lunes 23 de noviembre de 2026: 2 avisos sin leer"
    for aviso in avisos:
        assert f"- {aviso.texto}\n  {settings.SITIO}/avisos/{aviso.pk}/\n" in correo.body
    assert f"{settings.SITIO}/avisos/preferencias/" in correo.body
    assert "Ya leído" not in correo.body


def test_el_mismo_dia_sale_una_vez_y_lo_nuevo_espera_al_siguiente(diaria):
    AvisoFactory(destinatario=diaria)
    assert [encolar_resumenes(LUNES) for _ in range(2)] == [1, 0]
    AvisoFactory(destinatario=diaria, texto="Llegó después.")
    assert [encolar_resumenes(LUNES), encolar_resumenes(MARTES)] == [0, 1]
    segundo = Mensaje.objects.order_by("pk").last()
    assert "Llegó después." in segundo.texto
    assert segundo.texto.count("\n- ") == 1


def test_lo_que_ya_salio_en_su_propio_correo_no_se_repite(plan_rioverde):
    propio = {"asunto": "Devuelta", "texto": "Corrija."}
    datos = {"clase": "devuelta", "texto": "Se devolvió.", "direccion": "/"}
    avisar([plan_rioverde], clave="con correo", correo=propio, **datos)
    assert encolar_resumenes(LUNES) == 0
    avisar([plan_rioverde], clave="sin correo", **datos)
    assert encolar_resumenes(LUNES) == 1
    assert list(Mensaje.objects.order_by("pk").values_list("asunto", flat=True)) == [
        "Devuelta",
        "Resumen del día, lunes 23 de noviembre de 2026: 1 aviso sin leer",
    ]


@pytest.mark.parametrize(
    ("creado", "corre", "sale"),
    [
        (a_las(DOMINGO), LUNES, 1),
        # La orden faltó el lunes: sale el martes.
        (a_las(DOMINGO), MARTES, 1),
        (a_las(LUNES, 1), LUNES, 0),
        (a_las(LUNES), MARTES, 0),
        (a_las(LUNES), LUNES + timedelta(days=7), 1),
    ],
)
def test_el_semanal_lleva_lo_de_antes_del_lunes(plan_rioverde, creado, corre, sale):
    quiere(plan_rioverde, "semanal")
    AvisoFactory(destinatario=plan_rioverde, creado=creado)
    assert encolar_resumenes(corre) == sale


def test_el_semanal_sale_una_vez_por_semana(plan_rioverde):
    quiere(plan_rioverde, "semanal")
    AvisoFactory(destinatario=plan_rioverde, creado=a_las(DOMINGO))
    dias = [LUNES + timedelta(days=n) for n in range(7)]
    assert [encolar_resumenes(dia) for dia in dias] == [1, 0, 0, 0, 0, 0, 0]


def test_a_quien_no_quiere_no_se_le_escribe(plan_rioverde):
    quiere(plan_rioverde, "nunca")
    AvisoFactory(destinatario=plan_rioverde)
    assert encolar_resumenes(LUNES) == 0


@pytest.mark.parametrize("cambio", [{"is_active": False}, {"email": ""}, {"gad_id": "0801"}])
def test_ni_a_cuentas_inactivas_sin_correo_o_que_cambiaron_de_lugar(diaria, cambio):
    AvisoFactory(destinatario=diaria)
    for campo, valor in cambio.items():
        setattr(diaria, campo, valor)
    diaria.save()
    assert encolar_resumenes(LUNES) == 0
    assert Mensaje.objects.count() == 0


def test_lo_callado_en_la_plataforma_sigue_llegando_por_correo(plan_rioverde):
    guardar_preferencias(plan_rioverde, correo="diario", calladas=["acuerdo"], por=plan_rioverde)
    avisar([plan_rioverde], clase="acuerdo", clave="1", texto="Venció.", direccion="/")
    assert Aviso.objects.get().en_plataforma is False
    assert encolar_resumenes(LUNES) == 1


def test_con_muchos_avisos_dice_cuantos_faltan(diaria):
    AvisoFactory.create_batch(53, destinatario=diaria)
    encolar_resumenes(LUNES)
    texto = Mensaje.objects.get().texto
    assert texto.count("\n- ") == 50
    assert "Y 3 más en http" in texto


@pytest.mark.django_db(transaction=True)
def test_dos_ordenes_a_la_vez_mandan_uno(diaria):
    AvisoFactory.create_batch(3, destinatario=diaria)
    dados = a_la_vez(4, lambda n: encolar_resumenes(LUNES))
    assert sorted(dados, key=str) == [0, 0, 0, 1]
    assert Mensaje.objects.get().texto.count("\n- ") == 3
    assert Aviso.objects.filter(por_correo=None).count() == 0


def test_los_viejos_se_vacian_y_no_vuelven(diaria):
    hace = {dias: timezone.now() - timedelta(days=dias) for dias in (10, 100, 400)}
    datos = {"clase": "acuerdo", "texto": "Venció.", "direccion": "/"}
    avisar([diaria], clave="viejo", **datos)
    Aviso.objects.update(leido=hace[100])
    AvisoFactory(destinatario=diaria, leido=hace[10])
    AvisoFactory(destinatario=diaria, creado=hace[400])
    AvisoFactory(destinatario=diaria, creado=hace[100])
    assert [retirar_viejos(), retirar_viejos()] == [2, 0]
    assert Aviso.objects.visibles_para(diaria).count() == 2
    vacio = Aviso.objects.get(clave="viejo")
    assert (vacio.texto, vacio.direccion) == ("", "")
    assert avisar([diaria], clave="viejo", **datos) == []


def test_la_orden_dice_lo_que_hizo(diaria, capsys):
    AvisoFactory(destinatario=diaria)
    for _ in range(2):
        call_command("enviar_resumenes", fecha=LUNES.isoformat())
    assert capsys.readouterr().out.splitlines() == [
        "Resúmenes nuevos en la cola de correo: 1",
        "Avisos viejos retirados: 0",
        "Resúmenes nuevos en la cola de correo: 0",
        "Avisos viejos retirados: 0",
    ]


def test_la_orden_rechaza_una_fecha_imposible(db):
    with pytest.raises(CommandError, match="«ayer» no es una fecha AAAA-MM-DD."):
        call_command("enviar_resumenes", fecha="ayer")
