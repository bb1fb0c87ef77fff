"""Avisar a una persona de algo: en la plataforma y, según prefiera, por correo. Cada cosa, una vez.

Quien avisa lo hace dentro de la transacción del hecho: si ella se deshace, nadie se entera de lo
que no pasó. Todo correo de un hecho sale de aquí: así el resumen sabe qué no debe repetir.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .cartero import encolar
from .jurisdiccion import Rol
from .models import Aviso, PreferenciasDeAvisos, Usuario
from .models.aviso import ambito_de
from .versiones import bloquear

Clase = Aviso.Clase
TEXTO_MAXIMO = Aviso._meta.get_field("texto").max_length
UN_ANIO = timedelta(days=365)


@transaction.atomic
def avisar(destinatarios, *, clase, clave, texto, direccion, correo=None, ya_escritos=()):
    """Deja el aviso a cada persona y devuelve los nuevos; a quien ya lo tiene no se le repite.

    `direccion`: la página de la plataforma donde se ve o se hace. `correo`: {asunto, texto} del
    correo propio de este hecho; sin él, o si la persona prefiere resúmenes, va en el resumen.
    `ya_escritos`: direcciones a las que este mismo hecho ya se escribió por otro lado.
    """
    personas = [una for una in destinatarios if una.is_active]
    tienen = _ya_lo_tienen(personas, clave)
    nuevas = [una for una in personas if una.pk not in tienen]
    preferencias = _preferencias(nuevas)
    ya_escritos = {una.casefold() for una in ya_escritos if una}
    avisos = []
    for persona in nuevas:
        gusto = preferencias.get(persona.pk) or PreferenciasDeAvisos()
        aviso = Aviso(
            destinatario=persona,
            clave=clave,
            clase=clase,
            texto=_en_corto(texto),
            direccion=direccion,
            ambito=ambito_de(persona),
            en_plataforma=clase not in gusto.calladas,
        )
        if persona.email.casefold() in ya_escritos:
            aviso.por_correo = timezone.now()
        elif correo and gusto.al_momento and persona.email:
            # La clave del correo es la del aviso: si dos avisan a la vez, también sale uno.
            encolar(clave=f"{clave}-{persona.pk}", para=persona.email, **correo)
            aviso.por_correo = timezone.now()
        avisos.append(aviso)
    # Si otro proceso avisó de lo mismo a la vez, vale el suyo.
    Aviso.objects.bulk_create(avisos, ignore_conflicts=True)
    return avisos


def _ya_lo_tienen(personas, clave):
    suyos = Aviso.objects.filter(clave=clave, destinatario__in=personas)
    return set(suyos.values_list("destinatario", flat=True))


def _preferencias(personas):
    filas = PreferenciasDeAvisos.objects.filter(usuario__in=personas)
    return {fila.usuario_id: fila for fila in filas}


def _en_corto(texto):
    una_linea = " ".join(texto.split())
    return una_linea if len(una_linea) <= TEXTO_MAXIMO else f"{una_linea[: TEXTO_MAXIMO - 1]}…"


# --- A quién ------------------------------------------------------------------------------------


def planificadores_de(codigos):
    """Las cuentas activas de esos GAD (sus códigos, o una consulta), tengan correo o no."""
    return Usuario.objects.filter(rol=Rol.PLANIFICADOR, gad__in=codigos, is_active=True)


def equipo_de(zona):
    """Las cuentas activas de esa zona."""
    return Usuario.objects.filter(rol=Rol.ZONAL, zona=zona, is_active=True)


# --- Leer ---------------------------------------------------------------------------------------


def marcar_leidos(avisos):
    """Los marca leídos y dice cuántos lo estaban sin leer."""
    return avisos.sin_leer().update(leido=timezone.now())


@transaction.atomic
def guardar_preferencias(usuario, *, correo, calladas, por):
    """Guarda cómo quiere enterarse; vale para lo que pase desde ahora."""
    # El bloqueo de la cuenta pone en fila a dos pestañas que las guardan por primera vez.
    bloquear(Usuario, usuario.pk)
    fila = PreferenciasDeAvisos.objects.filter(usuario=usuario).first()
    fila = fila or PreferenciasDeAvisos(usuario=usuario)
    fila.correo, fila.calladas, fila._history_user = correo, sorted(calladas), por
    fila.save()
    return fila


# --- Retener ------------------------------------------------------------------------------------


def retirar_viejos():
    """Borra lo que decían los leídos hace tiempo, y los de hace un año; dice cuántos.

    La fila queda vacía, como la de un correo enviado: los recordatorios miran cada día qué está
    vencido, y sin esa constancia volverían a avisar de lo mismo.
    """
    ahora = timezone.now()
    leidos = Q(leido__lt=ahora - settings.RETENCION_DE_AVISOS)
    viejos = Aviso.objects.conservados().filter(leidos | Q(creado__lt=ahora - UN_ANIO))
    return viejos.update(texto="", direccion="", leido=ahora)
