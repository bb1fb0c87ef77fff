"""La central mira la cola de correo y decide lo que no salió, sin leer lo que se escribió."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.utils import timezone

from territorios.admin_correo import DESCARTADO, REINTENTADO
from territorios.cartero import despachar, encolar
from territorios.models import Mensaje
from tests.conftest import ruta_admin as ruta

SECRETO = "https://ejemplo.gob.ec/responder/clave-firmada"


@pytest.fixture
def mensajes(db):
    """Uno por estado, de clave el estado."""
    hechos = {}
    for estado in Mensaje.Estado.values:
        mensaje = encolar(
            clave=estado,
            para=f"{estado}@ejemplo.gob.ec",
            asunto=f"Convocatoria {estado}",
            texto=f"Responda en {SECRETO}",
        )
        enviado = timezone.now() if estado == "enviado" else None
        Mensaje.objects.filter(pk=mensaje.pk).update(estado=estado, enviado=enviado)
        hechos[estado] = mensaje
    return hechos


def pedir(client, accion, *mensajes):
    datos = {"action": accion, "_selected_action": [mensaje.pk for mensaje in mensajes]}
    return client.post(ruta(Mensaje, "changelist"), datos, follow=True)


def avisos(respuesta):
    return [str(aviso) for aviso in respuesta.context["messages"]]


def estados():
    return dict(Mensaje.objects.values_list("clave", "estado"))


def test_la_lista_y_la_ficha_dicen_el_estado_y_callan_el_texto(como_central, mensajes):
    lista = como_central.get(ruta(Mensaje, "changelist")).text
    ficha = como_central.get(ruta(Mensaje, "change", mensajes["dudoso"].pk)).text
    historia = como_central.get(ruta(Mensaje, "history", mensajes["dudoso"].pk)).text
    for dicho in ("dudoso@ejemplo.gob.ec", "Convocatoria dudoso", "Dudoso"):
        assert dicho in lista
        assert dicho in ficha
    assert SECRETO not in lista + ficha + historia


def test_lo_fallido_y_lo_dudoso_vuelven_a_la_cola_y_lo_demas_no(como_central, mensajes, central):
    respuesta = pedir(como_central, "volver_a_intentar", *mensajes.values())
    assert avisos(respuesta) == ["2 mensajes volvieron a la cola."]
    antes = {estado: estado for estado in mensajes}
    assert estados() == antes | {"fallido": "pendiente", "dudoso": "pendiente"}
    asientos = LogEntry.objects.values_list("object_repr", "change_message", "user")
    assert sorted(asientos) == [
        (f"Mensaje {mensajes[estado].pk}", REINTENTADO, central.pk)
        for estado in ("fallido", "dudoso")
    ]
    assert despachar().enviados == 3
    assert len(mail.outbox) == 3


def test_lo_que_se_descarta_ya_no_sale(como_central, mensajes):
    respuesta = pedir(como_central, "no_mandar", mensajes["dudoso"], mensajes["enviado"])
    assert avisos(respuesta) == ["1 mensaje ya no saldrá."]
    descartado = Mensaje.objects.get(clave="dudoso")
    assert (descartado.estado, descartado.motivo, descartado.texto) == ("anulado", DESCARTADO, "")
    assert estados()["enviado"] == "enviado"


@pytest.mark.parametrize("accion", ["volver_a_intentar", "no_mandar"])
def test_si_ninguno_lo_admite_se_dice(como_central, mensajes, accion):
    respuesta = pedir(como_central, accion, mensajes["enviado"], mensajes["enviando"])
    assert avisos(respuesta) == ["Ninguno de los escogidos lo admite: vea su estado."]
    assert not LogEntry.objects.exists()
