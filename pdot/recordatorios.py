"""Recordatorios del plazo para evaluar: cada uno se manda una vez, aunque la orden falte unos días.

Solo a los GAD que todavía no envían la suya: al que ya cumplió no se le apura.
"""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from acompanamiento.models import Membresia
from territorios.avisos import avisar, planificadores_de
from territorios.models import Aviso

from .correos import plazo as correo_de_plazo
from .models import PlazoEvaluacion
from .plazos import gads_que_faltan

DIAS_ANTES = 7


def encolar_recordatorios(fecha=None):
    """Avisa lo que toca a `fecha` (hoy si se calla) y devuelve cuántos avisos son nuevos."""
    fecha = fecha or timezone.localdate()
    proximos = PlazoEvaluacion.objects.filter(fecha__lte=fecha + timedelta(days=DIAS_ANTES))
    return sum(_del_plazo(plazo, fecha) for plazo in proximos.select_related("grupo"))


def _del_plazo(plazo, fecha):
    """Los nuevos de un grupo en marcha: el cerrado o cancelado ya no espera a nadie."""
    if not plazo.grupo.esta_abierto:
        return 0
    miembros = Membresia.objects.acompanados(fecha).filter(grupo=plazo.grupo)
    gads = {una.gad_id: una.gad for una in miembros.select_related("gad__territorio__padre__padre")}
    nuevos = 0
    for codigo in sorted(gads_que_faltan(gads)):
        nuevos += len(_avisar(plazo, gads[codigo], vencido=plazo.fecha < fecha))
    return nuevos


def _avisar(plazo, gad, *, vencido):
    """Los avisos nuevos a las personas del GAD; si cambia el plazo, es otro."""
    motivo = "vencido" if vencido else "por-vencer"
    cuando = f"{'venció' if vencido else 'vence'} el {plazo.fecha:%d/%m/%Y}"
    return avisar(
        planificadores_de([gad.pk]),
        clase=Aviso.Clase.PLAZO,
        clave=f"plazo-{plazo.grupo_id}-{motivo}-{plazo.fecha}-{gad.pk}",
        texto=f"El plazo para enviar la evaluación de su PDOT {cuando}.",
        direccion=reverse("inicio"),
        correo=correo_de_plazo(plazo, gad, vencido),
    )
