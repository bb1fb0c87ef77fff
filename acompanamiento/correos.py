"""Correos del seguimiento: una función por mensaje."""

from django.core.mail import EmailMessage
from django.utils.formats import date_format

from .models import Recordatorio


def correo_de_recordatorio(recordatorio, acuerdo):
    """Aviso de un acuerdo por vencer o vencido a una persona."""
    fecha = date_format(acuerdo.fecha_limite, r"l j \d\e F \d\e Y")
    vencido = recordatorio.motivo == Recordatorio.Motivo.VENCIDO
    cuando = f"venció el {fecha}" if vencido else f"vence el {fecha}"
    cuerpo = (
        f"Buen día:\n\nEl {str(acuerdo).lower()} del {acuerdo.grupo} {cuando}.\n\n"
        f"Qué se acordó: {acuerdo.texto}\nA cargo de: {acuerdo.responsable}\n\n"
        "Entre a la plataforma y anote cómo va; si ya se cumplió, indique la evidencia.\n"
    )
    asunto = f"{acuerdo} {'vencido' if vencido else 'por vencer'}: {acuerdo.texto[:60]}"
    return EmailMessage(asunto, cuerpo, to=[recordatorio.destinatario.email])
