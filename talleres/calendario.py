"""Encuentros en el formato de los programas de calendario (iCalendar, RFC 5545).

Aquí se arma el evento de un encuentro, para el calendario de cada quien y para su convocatoria: en
los dos lleva el mismo UID, y así el programa de calendario sabe que es la misma cita.
"""

from datetime import datetime, timedelta

from django.utils import timezone
from icalendar import Calendar, Event, vCalAddress

from .models import Encuentro

PRODUCTO = "-//Acompañamiento PDOT//Cronograma de talleres//ES"
CADA_CUANTO = timedelta(hours=6)
ESTADOS = {
    Encuentro.Estado.CANCELADO: "CANCELLED",
    Encuentro.Estado.PLANIFICADO: "TENTATIVE",
    Encuentro.Estado.REPROGRAMADO: "TENTATIVE",
}


def uid_de(encuentro):
    """El mismo siempre, cambie lo que cambie: ni la fecha ni el lugar son parte de él."""
    return f"encuentro-{encuentro.pk}@acompanamiento-pdot"


def evento_de(encuentro, *, grupos=(), direccion=""):
    """El VEVENT de un encuentro, sin datos de ninguna persona.

    `grupos`: los que puede ver quien lo recibe; `direccion`: la de la página del encuentro, entera.
    Usa `encuentro.cambiado` si viene de `para_calendario`; si no, la hora de ahora. Con el cantón
    ya traído no consulta la base.
    """
    cambiado = getattr(encuentro, "cambiado", None) or timezone.now()
    evento = Event()
    evento.add("uid", uid_de(encuentro))
    evento.add("sequence", encuentro.version - 1)
    evento.add("dtstamp", cambiado)
    evento.add("last-modified", cambiado)
    _poner_horas(evento, encuentro)
    cancelado = encuentro.estado == Encuentro.Estado.CANCELADO
    # Varios programas no muestran el estado: también lo dice el título.
    evento.add("summary", f"{'Cancelado: ' if cancelado else ''}{encuentro.nombre_corto}")
    evento.add("status", ESTADOS.get(encuentro.estado, "CONFIRMED"))
    evento.add("location", lugar_de(encuentro))
    evento.add("description", _descripcion(encuentro, grupos, direccion))
    evento.add("categories", [encuentro.get_tipo_display()])
    evento.add("transp", "TRANSPARENT" if cancelado else "OPAQUE")
    if direccion:
        evento.add("url", direccion)
    return evento


def calendario_de(eventos, *, nombre):
    """Los bytes de un .ics con esos eventos y la zona horaria que usan."""
    calendario = Calendar()
    calendario.add("prodid", PRODUCTO)
    calendario.add("version", "2.0")
    calendario.add("name", nombre)
    calendario.add("x-wr-calname", nombre)
    calendario.add("x-wr-timezone", timezone.get_default_timezone_name())
    calendario.add("refresh-interval", CADA_CUANTO, parameters={"VALUE": "DURATION"})
    calendario.add("x-published-ttl", "PT6H")
    for evento in eventos:
        calendario.add_component(evento)
    calendario.add_missing_timezones()
    return calendario.to_ical()


def invitacion_de(encuentro, *, organiza, invita, responde_en="", metodo="REQUEST"):
    """Los bytes del .ics que va con una convocatoria: una sola persona invitada, y nadie más en él.

    `organiza` e `invita`: (nombre, correo). Con el UID de siempre y una secuencia que sube con cada
    cambio, el programa de calendario corrige la cita que ya tenía; con el método CANCEL, la quita.
    No se le pide que responda él: se responde en `responde_en`.
    """
    evento = evento_de(encuentro, direccion=responde_en)
    if metodo == "CANCEL":
        # También cuando el encuentro sigue y es este invitado el que ya no va.
        evento.pop("status")
        evento.add("status", "CANCELLED")
    evento.add("organizer", _persona(*organiza))
    asistente = _persona(*invita)
    asistente.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
    evento.add("attendee", asistente)
    calendario = Calendar()
    calendario.add("prodid", PRODUCTO)
    calendario.add("version", "2.0")
    calendario.add("method", metodo)
    calendario.add_component(evento)
    calendario.add_missing_timezones()
    return calendario.to_ical()


def _persona(nombre, correo):
    direccion = vCalAddress(f"mailto:{correo}")
    direccion.params["CN"] = nombre
    return direccion


def _poner_horas(evento, encuentro):
    """Sin hora de inicio ocupa el día entero: no se inventa ninguna."""
    if encuentro.inicio is None:
        evento.add("dtstart", encuentro.fecha)
        evento.add("dtend", encuentro.fecha + timedelta(days=1))
        return
    evento.add("dtstart", _local(encuentro.fecha, encuentro.inicio))
    if encuentro.fin:
        evento.add("dtend", _local(encuentro.fecha, encuentro.fin))


def _local(fecha, hora):
    return datetime.combine(fecha, hora, timezone.get_default_timezone())


def lugar_de(encuentro):
    """«Coliseo, cantón Rioverde»."""
    partes = [encuentro.lugar]
    if encuentro.canton and encuentro.canton.nombre != encuentro.lugar:
        partes.append(f"cantón {encuentro.canton.nombre}")
    return ", ".join(partes)


def _descripcion(encuentro, grupos, direccion):
    lineas = [encuentro.tema, encuentro.get_tipo_display()]
    if encuentro.clase:
        lineas[1] = encuentro.get_clase_display()
    if encuentro.inicio is None:
        lineas.append(f"Hora por confirmar ({encuentro.get_jornada_display().lower()})")
    if encuentro.modalidad != Encuentro.Modalidad.PRESENCIAL:
        lineas.append(f"Modalidad: {encuentro.get_modalidad_display().lower()}")
    lineas += [f"Grupo {grupo.numero}: {grupo.nombre}" for grupo in grupos]
    lineas.append(f"Estado: {encuentro.get_estado_display().lower()}")
    return "\n".join([*lineas, direccion] if direccion else lineas)
