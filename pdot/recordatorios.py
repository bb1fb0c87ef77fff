"""Recordatorios del plazo para evaluar: cada uno se manda una vez, aunque la orden falte unos días.

Solo a los GAD que todavía no envían la suya: al que ya cumplió no se le apura.
"""

from datetime import timedelta

from django.utils import timezone

from acompanamiento.models import Membresia
from territorios.cartero import encolar
from territorios.models import Mensaje

from .avisos import planificadores_de
from .correos import plazo as correo_de_plazo
from .models import PlazoEvaluacion
from .plazos import gads_que_faltan

DIAS_ANTES = 7


def encolar_recordatorios(fecha=None):
    """Pone en la cola los que tocan a `fecha` (hoy si se calla) y devuelve cuántos son nuevos."""
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
        for persona in planificadores_de(codigo):
            nuevos += _encolar(plazo, gads[codigo], persona, vencido=plazo.fecha < fecha)
    return nuevos


def _encolar(plazo, gad, persona, *, vencido):
    """True si a esa persona no se le había avisado de lo mismo; si cambia el plazo, es otro."""
    motivo = "vencido" if vencido else "por-vencer"
    clave = f"plazo-{plazo.grupo_id}-{motivo}-{plazo.fecha}-{gad.pk}-{persona.pk}"
    if Mensaje.objects.filter(clave=clave).exists():
        return False
    encolar(clave=clave, para=persona.email, **correo_de_plazo(plazo, gad, vencido))
    return True
