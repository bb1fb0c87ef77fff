"""Correos del seguimiento: una función por mensaje, que da su asunto y su texto."""

from django.utils.formats import date_format


def correo_de_recordatorio(acuerdo, vencido):
    """Aviso de un acuerdo por vencer o vencido."""
    fecha = date_format(acuerdo.fecha_limite, r"l j \d\e F \d\e Y")
    cuando = f"venció el {fecha}" if vencido else f"vence el {fecha}"
    texto = (
        f"Buen día:\n\nEl {str(acuerdo).lower()} del {acuerdo.grupo} {cuando}.\n\n"
        f"Qué se acordó: {acuerdo.texto}\nA cargo de: {acuerdo.responsable}\n\n"
        "Entre a la plataforma y anote cómo va; si ya se cumplió, indique la evidencia.\n"
    )
    asunto = f"{acuerdo} {'vencido' if vencido else 'por vencer'}: {acuerdo.texto[:60]}"
    return {"asunto": asunto, "texto": texto}
