"""Recordatorios de acuerdos: cada uno se manda una vez, también si la orden faltó unos días."""

from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from territorios.avisos import avisar
from territorios.jurisdiccion import Rol
from territorios.models import Aviso, Usuario

from .correos import correo_de_recordatorio
from .models import Acuerdo

DIAS_ANTES = 7


def encolar_recordatorios(fecha=None):
    """Avisa lo que toca a `fecha` (hoy si se calla) y devuelve cuántos avisos son nuevos.

    No depende de que la orden corra cada día: mira qué acuerdos abiertos vencen pronto o ya
    vencieron y a quién no se le ha dicho. Del resto se encarga el cartero.
    """
    fecha = fecha or timezone.localdate()
    nuevos = 0
    for acuerdo in _por_avisar(fecha):
        nuevos += len(_avisar(acuerdo, vencido=acuerdo.fecha_limite < fecha))
    return nuevos


def _por_avisar(fecha):
    proximos = Acuerdo.objects.abiertos().filter(
        fecha_limite__lte=fecha + timedelta(days=DIAS_ANTES)
    )
    relacionados = proximos.select_related("grupo", "responsable_gad__territorio")
    return relacionados.prefetch_related("partes")


def _destinatarios(acuerdo):
    """Quien planifica en el GAD responsable y los que son parte; si es una entidad, la zona."""
    gads = {gad.pk for gad in acuerdo.partes.all()} | {acuerdo.responsable_gad_id}
    quienes = Q(rol=Rol.PLANIFICADOR, gad__in=[gad for gad in gads if gad])
    if acuerdo.responsable_gad_id is None:
        quienes |= Q(rol=Rol.ZONAL, zona=acuerdo.grupo.zona_id)
    return Usuario.objects.filter(quienes, is_active=True)


def _avisar(acuerdo, *, vencido):
    """Los avisos nuevos a quienes les toca; si cambia el plazo, es otro."""
    motivo = "vencido" if vencido else "por-vencer"
    cuando = f"{'venció' if vencido else 'vence'} el {acuerdo.fecha_limite:%d/%m/%Y}"
    return avisar(
        _destinatarios(acuerdo),
        clase=Aviso.Clase.ACUERDO,
        clave=f"acuerdo-{acuerdo.pk}-{motivo}-{acuerdo.fecha_limite}",
        texto=f"El {str(acuerdo).lower()} del {acuerdo.grupo} {cuando}.",
        direccion=reverse("acompanamiento:acuerdo", args=[acuerdo.pk]),
        correo=correo_de_recordatorio(acuerdo, vencido),
    )
