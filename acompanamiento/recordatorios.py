"""Recordatorios de acuerdos: cada uno se manda una vez, también si la orden faltó unos días."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from territorios.jurisdiccion import Rol
from territorios.models import Usuario

from .correos import correo_de_recordatorio
from .models import Acuerdo, Recordatorio

DIAS_ANTES = 7
Motivo = Recordatorio.Motivo


def enviar_recordatorios(fecha=None):
    """Manda los que tocan a `fecha` (hoy si se calla) y devuelve cuántos salieron.

    No depende de que la orden corra cada día: mira qué acuerdos abiertos vencen pronto o ya
    vencieron y a quién no se le ha dicho. Un correo que falla queda reservado sin enviar y se
    intenta de nuevo la próxima vez.
    """
    fecha = fecha or timezone.localdate()
    enviados = 0
    for acuerdo in _por_avisar(fecha):
        motivo = Motivo.VENCIDO if acuerdo.fecha_limite < fecha else Motivo.POR_VENCER
        for persona in _destinatarios(acuerdo):
            enviados += _enviar(acuerdo, motivo, persona)
    return enviados


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
    return Usuario.objects.filter(quienes, is_active=True).exclude(email="")


def _enviar(acuerdo, motivo, persona):
    """Reserva, manda y marca. 1 si salió; 0 si ya se había mandado o el correo falló."""
    recordatorio = _reservar(acuerdo, motivo, persona)
    if recordatorio is None:
        return 0
    try:
        correo_de_recordatorio(recordatorio, acuerdo).send()
    except OSError:
        return 0
    recordatorio.enviado = timezone.now()
    recordatorio.save()
    return 1


def _reservar(acuerdo, motivo, persona):
    """La fila que impide repetirlo, o None si ya salió (o lo tiene otro proceso)."""
    clave = {
        "acuerdo": acuerdo,
        "motivo": motivo,
        "fecha_limite": acuerdo.fecha_limite,
        "destinatario": persona,
    }
    try:
        with transaction.atomic():
            recordatorio, _ = Recordatorio.objects.get_or_create(**clave)
    except IntegrityError:
        return None
    return None if recordatorio.enviado else recordatorio
