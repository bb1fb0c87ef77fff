"""Ayudas de las pruebas de líneas programáticas: direcciones, envíos y lo guardado."""

from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import LineaProgramatica, Pronunciamiento

HOY = timezone.localdate()
DE_ESMERALDAS = ("0801", "0803", "0807", "080752")


def url(nombre, *args):
    return reverse(f"acompanamiento:{nombre}", args=args)


def crear(provincia="08"):
    return url("crear_linea", "piloto-2019", provincia)


def datos(uno, **cambios):
    return {"eje": uno.pk, "nombre": "Turismo", "texto": "Fomentar el turismo."} | cambios


def dicho(linea, sentido="valida", **cambios):
    """Lo que envía el formulario de un GAD que se pronuncia por primera vez."""
    base = {"sentido": sentido, "observacion": "", "ronda_leida": linea.ronda, "version_leida": 0}
    return base | cambios


def oficio(linea, **cambios):
    return dicho(linea, fecha=HOY, fuente="Oficio 12", **cambios)


def actual(linea):
    return LineaProgramatica.objects.get(pk=linea.pk)


def dichos():
    return list(
        Pronunciamiento.objects.values_list("gad", "ronda", "sentido", "por__username").order_by(
            "ronda", "gad"
        )
    )


def editar(client, linea, **cambios):
    leido = {"eje": linea.eje_id, "nombre": linea.nombre, "texto": linea.texto}
    envio = leido | {"version_leida": linea.version} | cambios
    return client.post(url("editar_linea", linea.pk), envio)
