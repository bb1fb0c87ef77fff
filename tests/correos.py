"""Leer de vuelta los correos que salen: su oficio, su cita y su enlace."""

import re

from django.core import mail
from django.core.management import call_command
from icalendar import Calendar

from .lectura_pdf import texto_de


def los_que_salen():
    """Envía lo que espera en la cola; los correos que salen ahora, por dirección."""
    mail.outbox.clear()
    call_command("enviar_correos", quieto=True)
    return {correo.to[0]: correo for correo in mail.outbox}


def adjunto(correo, tipo):
    """La única parte del correo de ese tipo MIME."""
    (parte,) = (p for p in correo.message().walk() if p.get_content_type() == tipo)
    return parte


def oficio_de(correo):
    """El texto del oficio en PDF que lleva el correo."""
    return texto_de(adjunto(correo, "application/pdf").get_payload(decode=True))


def cita_de(correo):
    """(método, VEVENT) del .ics que lleva el correo."""
    parte = adjunto(correo, "text/calendar")
    calendario = Calendar.from_ical(parte.get_payload(decode=True))
    (evento,) = calendario.walk("VEVENT")
    assert parte.get_param("method") == str(calendario["method"])
    return str(calendario["method"]), evento


def enlace_de(correo):
    """La dirección para responder, como la lee quien abre el correo."""
    (direccion,) = re.findall(r"^(http\S+/responder/\S+)$", correo.body, re.M)
    return direccion
