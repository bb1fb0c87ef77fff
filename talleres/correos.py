"""Correos de los encuentros, en texto llano: una función por mensaje, que da (asunto, texto)."""

from datetime import date

from django.utils.formats import date_format

from territorios.texto import enumerar

from .enlaces import direccion_de
from .lector_convocatoria import hechos_de

DIA = r"l j \d\e F \d\e Y"


def convocatoria(convocatoria):
    cuerpo = (
        f"{_saludo(convocatoria)}\n\n{convocatoria.texto.strip()}\n\n{_datos(convocatoria)}\n\n"
        f"{_como_responder(convocatoria)}\n\n"
        f"Adjuntos: el oficio {convocatoria.codigo} y la cita para su calendario.\n\n"
        f"{_firma(convocatoria)}\n"
    )
    que = "Nueva convocatoria: " if convocatoria.ronda > 1 else ""
    return f"{que}{convocatoria.asunto}, {_dia(convocatoria)}", cuerpo


def recordatorio(convocatoria):
    cuerpo = (
        f"{_saludo(convocatoria)}\n\n"
        f"Con el oficio {convocatoria.codigo} se le convocó a «{convocatoria.hechos['tema']}» y "
        "todavía no consta su respuesta.\n\n"
        # Lo de ahora: el oficio pudo decir otra hora u otro lugar.
        f"{_como_es(hechos_de(convocatoria.encuentro))}\n\n"
        f"{_como_responder(convocatoria)}\n\n{_firma(convocatoria)}\n"
    )
    return f"Recordatorio: {convocatoria.asunto}, {_dia(convocatoria)}", cuerpo


def cambio(aviso):
    convocatoria, hechos = aviso.convocatoria, aviso.hechos
    cuerpo = (
        f"{_saludo(convocatoria)}\n\n"
        f"Cambió {_que_cambio(aviso)} de «{convocatoria.encuentro.tema}», que se le comunicó con "
        f"el oficio {convocatoria.codigo}. Ahora es así:\n\n{_como_es(hechos)}\n\n"
        f"Antes era así:\n\n{_como_es(aviso.antes)}\n\n{_y_la_respuesta(aviso)}\n\n"
        "Adjunto: la cita corregida, que reemplaza la de su calendario.\n\n"
        f"{_firma(convocatoria)}\n"
    )
    return f"Cambió {_que_cambio(aviso)}: {convocatoria.encuentro.tema}", cuerpo


def cancelacion(aviso):
    convocatoria = aviso.convocatoria
    encuentro = convocatoria.encuentro
    cuerpo = (
        f"{_saludo(convocatoria)}\n\n"
        f"Se canceló «{encuentro.tema}», al que se le convocó con el oficio "
        f"{convocatoria.codigo}.\n\nMotivo: {encuentro.motivo}\n\n"
        f"Iba a ser así:\n\n{_como_es(aviso.antes)}\n\n"
        "Adjunto: la cancelación de la cita, que la quita de su calendario.\n\n"
        f"{_firma(convocatoria)}\n"
    )
    return f"Se canceló: {encuentro.tema}", cuerpo


def retiro(aviso):
    convocatoria = aviso.convocatoria
    tema = convocatoria.encuentro.tema
    cuerpo = (
        f"{_saludo(convocatoria)}\n\n"
        f"Se dejó sin efecto la convocatoria a «{tema}» que recibió con el oficio "
        f"{convocatoria.codigo}: ya no hace falta que asista ni que responda.\n\n"
        f"Se le había dicho así:\n\n{_como_es(aviso.antes)}\n\n"
        "Adjunto: la cancelación de la cita, que la quita de su calendario.\n\n"
        f"{_firma(convocatoria)}\n"
    )
    return f"Convocatoria sin efecto: {tema}", cuerpo


def _que_cambio(aviso):
    """«la fecha, la hora y el lugar»."""
    partes = {
        "la fecha": ("fecha",),
        "la hora": ("inicio", "fin", "jornada"),
        "el lugar": ("lugar",),
        "la modalidad": ("modalidad",),
    }
    return enumerar(
        nombre
        for nombre, campos in partes.items()
        if any(aviso.antes[campo] != aviso.hechos[campo] for campo in campos)
    )


def _como_es(hechos):
    dia = date_format(date.fromisoformat(hechos["fecha"]), DIA)
    return (
        f"Cuándo: {dia}, {horas_de(hechos)}\nDónde: {hechos['lugar']}\n"
        f"Modalidad: {hechos['modalidad'].lower()}"
    )


def _y_la_respuesta(aviso):
    if aviso.antes["fecha"] != aviso.hechos["fecha"]:
        return "Recibirá la convocatoria con la nueva fecha: a ella se responde."
    return (
        "Lo que ya respondió sigue valiendo. Si todavía no responde, o con el cambio responde otra "
        f"cosa, hágalo en esta página:\n{direccion_de(aviso.convocatoria)}"
    )


def _saludo(convocatoria):
    nombre = f" {convocatoria.destinatario}" if convocatoria.destinatario else ""
    return f"{convocatoria.tratamiento}{nombre}:"


def _datos(convocatoria):
    hechos = convocatoria.hechos
    return f"Cuándo: {_dia(convocatoria)}, {horas_de(hechos)}\nDónde: {hechos['lugar']}"


def horas_de(hechos):
    """«de 08:30 a 12:30», «a las 08:30» o «hora por confirmar (mañana)»."""
    if not hechos["inicio"]:
        return f"hora por confirmar ({hechos['jornada'].lower()})"
    if not hechos["fin"]:
        return f"a las {hechos['inicio']}"
    return f"de {hechos['inicio']} a {hechos['fin']}"


def _dia(convocatoria):
    return date_format(date.fromisoformat(convocatoria.hechos["fecha"]), DIA)


def _como_responder(convocatoria):
    return (
        "Responda en esta página, sin cuenta ni clave: asistirá, delega o no asistirá.\n"
        f"{direccion_de(convocatoria)}\n"
        "El enlace es solo para su institución y sirve hasta que termine el encuentro. No lo "
        "comparta: quien lo tenga puede responder por usted."
    )


def _firma(convocatoria):
    lineas = [convocatoria.firma, convocatoria.firma_cargo, convocatoria.institucion]
    return "\n".join(linea for linea in lineas if linea)
