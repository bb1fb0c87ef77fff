"""Los recordatorios salen una sola vez, también si la orden faltó unos días."""

from datetime import date

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.utils import timezone

from acompanamiento.models import Acuerdo
from acompanamiento.recordatorios import encolar_recordatorios
from territorios.cartero import despachar
from territorios.models import Mensaje
from tests.fabricas import AcuerdoFactory, EntidadFactory

PLAZO = date(2026, 3, 20)


@pytest.fixture
def acuerdo(grupo1, territorio, plan_rioverde, plan_esmeraldas, zonal1):
    """De Rioverde, con plazo al 20 de marzo de 2026. Esmeraldas está en el grupo y no es parte."""
    return AcuerdoFactory(
        grupo=grupo1, responsable_gad=territorio.gad["0807"], texto="Catastro", fecha_limite=PLAZO
    )


def enviar_recordatorios(dia):
    """Los pone en la cola y los manda; devuelve cuántos salieron, que son los que eran nuevos."""
    nuevos = encolar_recordatorios(dia)
    assert despachar().enviados == nuevos
    return nuevos


def a_quienes():
    return sorted(correo.to[0] for correo in mail.outbox)


@pytest.mark.parametrize(
    ("dia", "cuantos"), [(date(2026, 3, 12), 0), (date(2026, 3, 13), 1), (date(2026, 3, 20), 1)]
)
def test_avisa_desde_siete_dias_antes(acuerdo, dia, cuantos):
    assert enviar_recordatorios(dia) == cuantos


def test_cada_aviso_sale_una_vez(acuerdo):
    dias = [date(2026, 3, 14), date(2026, 3, 15), date(2026, 3, 21), date(2026, 4, 30)]
    assert [enviar_recordatorios(dia) for dia in dias] == [1, 0, 1, 0]
    assert [correo.subject for correo in mail.outbox] == [
        "Acuerdo por vencer: Catastro".replace("Acuerdo", f"Acuerdo {acuerdo.numero}"),
        "Acuerdo vencido: Catastro".replace("Acuerdo", f"Acuerdo {acuerdo.numero}"),
    ]


def test_despues_de_semanas_sin_correr_manda_solo_el_que_toca(acuerdo):
    assert enviar_recordatorios(date(2026, 5, 1)) == 1
    assert [correo.subject for correo in mail.outbox] == [
        f"Acuerdo {acuerdo.numero} vencido: Catastro"
    ]


def test_si_cambia_el_plazo_se_avisa_otra_vez(acuerdo):
    enviar_recordatorios(date(2026, 3, 14))
    Acuerdo.objects.filter(pk=acuerdo.pk).update(fecha_limite=date(2026, 6, 1))
    assert [enviar_recordatorios(date(2026, 5, d)) for d in (20, 30, 31)] == [0, 1, 0]


@pytest.mark.parametrize("estado", ["cumplido", "cancelado"])
def test_lo_cerrado_no_se_recuerda(acuerdo, estado):
    Acuerdo.objects.filter(pk=acuerdo.pk).update(estado=estado, motivo="x")
    assert enviar_recordatorios(PLAZO) == 0


def test_avisa_al_responsable_y_a_las_partes_y_a_nadie_mas(acuerdo):
    acuerdo.partes.add("0801")
    enviar_recordatorios(PLAZO)
    assert a_quienes() == ["plan_esmeraldas@ejemplo.gob.ec", "plan_rioverde@ejemplo.gob.ec"]


def test_si_responde_una_entidad_avisa_a_la_zona_que_coordina(acuerdo):
    Acuerdo.objects.filter(pk=acuerdo.pk).update(
        responsable_gad=None, responsable_entidad=EntidadFactory()
    )
    enviar_recordatorios(PLAZO)
    assert a_quienes() == ["zonal1@ejemplo.gob.ec"]


def test_un_correo_que_falla_se_intenta_de_nuevo_y_sale_una_vez(acuerdo, monkeypatch):
    def caido(self, mensajes):
        raise ConnectionRefusedError

    monkeypatch.setattr(EmailBackend, "send_messages", caido)
    assert encolar_recordatorios(PLAZO) == 1
    assert despachar().enviados == 0
    monkeypatch.undo()
    Mensaje.objects.update(proximo=timezone.now())
    assert [despachar().enviados for _ in range(2)] == [1, 0]
    assert enviar_recordatorios(PLAZO) == 0


def test_la_orden_los_deja_en_la_cola(acuerdo, capsys):
    for _ in range(2):
        call_command("recordar_acuerdos", fecha=PLAZO.isoformat())
    assert capsys.readouterr().out.splitlines() == [
        "Recordatorios nuevos: 1",
        "Recordatorios nuevos: 0",
    ]
    mensaje = Mensaje.objects.get()
    assert (mensaje.para, mensaje.estado) == ("plan_rioverde@ejemplo.gob.ec", "pendiente")
    assert mail.outbox == []


def test_la_orden_rechaza_una_fecha_imposible(db):
    with pytest.raises(CommandError, match="«ayer» no es una fecha AAAA-MM-DD."):
        call_command("recordar_acuerdos", fecha="ayer")
