"""Correos de la evaluación del PDOT: una función por mensaje, que da su asunto y su texto.

Ninguno lleva respuestas, notas internas ni nombres de personas: dicen qué pasó y dónde se ve.
"""

from django.utils.formats import date_format

from territorios.texto import cuantos

DIA = r"l j \d\e F \d\e Y"


def evaluacion_enviada(evaluacion, sitio):
    """A quien la revisa."""
    gad = evaluacion.gad.nombre_con_lugar
    texto = (
        f"Buen día:\n\nEl GAD de {gad} envió a revisión la evaluación de su "
        f"{evaluacion.pdot} (versión {evaluacion.numero}).\n\n"
        f"Ya está en la cola de revisión.{_enlace(evaluacion, sitio)}\n"
    )
    return {"asunto": f"Por revisar: evaluación del PDOT de {gad}", "texto": texto}


def revision_encargada(evaluacion, sitio):
    """A quien otra persona le encarga la revisión."""
    gad = evaluacion.gad.nombre_con_lugar
    estado = evaluacion.get_estado_display().lower()
    texto = (
        f"Buen día:\n\nQuedó a su cargo la revisión de la evaluación del {evaluacion.pdot} de "
        f"{gad} (versión {evaluacion.numero}). Ahora está {estado}."
        f"{_enlace(evaluacion, sitio)}\n"
    )
    return {"asunto": f"A su cargo: revisión del PDOT de {gad}", "texto": texto}


def evaluacion_devuelta(evaluacion, observaciones, comentario, sitio):
    """Al GAD. `observaciones`: las de esta devolución, con su pregunta."""
    pide = [
        f"- {una.pregunta or una.seccion}\n  {_en_una_linea(una.texto)}" for una in observaciones
    ]
    lista = "\n".join(pide)
    partes = [
        "Buen día:",
        f"La coordinación zonal devolvió la evaluación de su {evaluacion.pdot} "
        f"(versión {evaluacion.numero}) para que la corrija.",
    ]
    if comentario:
        partes.append(f"Comentario general: {comentario}")
    if pide:
        hay = cuantos(len(pide), "observación", "observaciones")
        partes.append(f"{hay}; lo demás queda como está:\n\n{lista}")
    partes.append(f"Corrija y vuelva a enviarla.{_enlace(evaluacion, sitio)}")
    asunto = f"Devuelta con observaciones: evaluación del PDOT de {evaluacion.gad.nombre}"
    return {"asunto": asunto, "texto": "\n\n".join(partes) + "\n"}


def evaluacion_aprobada(evaluacion, comentario, sitio):
    """Al GAD."""
    partes = [
        "Buen día:",
        f"La coordinación zonal aprobó la evaluación de su {evaluacion.pdot} "
        f"(versión {evaluacion.numero}).",
    ]
    if comentario:
        partes.append(f"Comentario general: {comentario}")
    partes.append(
        "Desde hoy la leen también los GAD de su grupo. Si la realidad cambia, abra una versión "
        f"nueva.{_enlace(evaluacion, sitio)}"
    )
    asunto = f"Aprobada: evaluación del PDOT de {evaluacion.gad.nombre}"
    return {"asunto": asunto, "texto": "\n\n".join(partes) + "\n"}


def plazo(plazo, gad, vencido):
    """Al GAD que todavía no la envía: el plazo de su grupo se acerca o ya pasó."""
    cuando = f"{'venció' if vencido else 'vence'} el {date_format(plazo.fecha, DIA)}"
    nota = f"\n\n{plazo.nota}" if plazo.nota else ""
    donde = f"\n\n{plazo.sitio}/" if plazo.sitio else ""
    texto = (
        f"Buen día:\n\nEl plazo del {plazo.grupo} para enviar la evaluación del PDOT {cuando}, y "
        f"la de {gad.nombre_con_lugar} todavía no se envía.{nota}\n\n"
        f"Entre a la plataforma, complétela y envíela a revisión.{donde}\n"
    )
    como = "vencido" if vencido else "por vencer"
    return {"asunto": f"Plazo {como}: evaluación del PDOT de {gad.nombre}", "texto": texto}


def _enlace(evaluacion, sitio):
    return f"\n\n{sitio}{evaluacion.get_absolute_url()}" if sitio else ""


def _en_una_linea(texto):
    return " ".join(texto.split())
