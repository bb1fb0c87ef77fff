"""El cartero: la única manera de mandar un correo que debe salir una sola vez.

Quien escribe encola dentro de su transacción: si ella se deshace, el mensaje no existe. Después
`despachar` reserva cada mensaje, lo confirma como «enviando», lo manda y lo confirma como
«enviado». Si el proceso muere en medio, el mensaje queda a la vista como «dudoso».
"""

import logging
import smtplib
from dataclasses import dataclass
from datetime import timedelta
from email.encoders import encode_base64
from email.message import Message
from email.mime.base import MIMEBase
from email.utils import parseaddr
from threading import Event

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage, get_connection
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from .models import Adjunto, Mensaje

Estado = Mensaje.Estado

# Lo que se espera tras cada falla: de un minuto a un día. En total, casi tres días y diez intentos,
# para que un servidor de correo caído todo un fin de semana no pierda ningún mensaje.
ESPERAS = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720, 1440, 1440))
# Un envío dura segundos (EMAIL_TIMEOUT corta el que no contesta); pasado esto, el proceso murió.
PLAZO_DE_ENVIO = timedelta(minutes=10)

MURIO = "El proceso se interrumpió mientras lo enviaba: pudo haber salido."
SIN_RESPUESTA = "El servidor de correo no confirmó que lo recibió: pudo haber salido."
NO_RESPONDE = "El servidor de correo no responde."
CADUCO = "Pasó la fecha hasta la que servía."
ABANDONADO = "Nadie decidió volver a intentarlo a tiempo."

bitacora = logging.getLogger(__name__)


@dataclass
class Resultado:
    """Cuántos mensajes salieron y cuántos no en una pasada."""

    enviados: int = 0
    fallas: int = 0


# --- Encolar ------------------------------------------------------------------------------------


@transaction.atomic
def encolar(*, clave, para, asunto, texto, adjuntos=(), caduca=None):
    """Deja un mensaje en la cola y lo devuelve; con una clave repetida, el que ya estaba.

    `adjuntos`: [(nombre, tipo MIME, bytes)]; el tipo de un .ics dice su método («text/calendar;
    method=REQUEST; charset=utf-8»). `caduca`: pasado ese momento ya no sale. Sale cuando termina
    bien la transacción en curso.
    """
    datos = {
        "para": para,
        "asunto": " ".join(asunto.split())[:250],
        "texto": texto,
        "caduca": caduca,
    }
    mensaje, es_nuevo = Mensaje.objects.get_or_create(clave=clave, defaults=datos)
    if es_nuevo:
        Adjunto.objects.bulk_create(
            Adjunto(mensaje=mensaje, nombre=nombre, tipo=tipo, contenido=contenido)
            for nombre, tipo, contenido in adjuntos
        )
    return mensaje


@transaction.atomic
def anular(clave, motivo="Se anuló antes de salir."):
    """Impide que salga y borra su contenido. Devuelve False si no hay, ya salió o está saliendo."""
    mensaje = _bloqueados().filter(clave=clave, estado__in=Mensaje.ANULABLES).first()
    if mensaje:
        _anular(mensaje, motivo)
    return mensaje is not None


@transaction.atomic
def anular_los_de(familia, motivo):
    """Anula lo que no ha salido de las claves que empiezan así; dice cuántos eran."""
    mensajes = list(_bloqueados().filter(clave__startswith=familia, estado__in=Mensaje.ANULABLES))
    for mensaje in mensajes:
        _anular(mensaje, motivo)
    return len(mensajes)


@transaction.atomic
def reintentar(mensaje):
    """Un fallido o dudoso vuelve a la cola. False si ya no lo es.

    La cuenta de intentos sigue: con ella se reconoce a quién pertenece cada respuesta.
    """
    actual = _bloqueados().get(pk=mensaje.pk)
    if not actual.se_puede_reintentar:
        return False
    _pasar(actual, Estado.PENDIENTE)
    return True


# --- Despachar ----------------------------------------------------------------------------------


def despachar(alto=None):
    """Una pasada: manda todo lo que ya toca y dice cuánto salió. Puede haber varias a la vez.

    No corre dentro de una transacción: cada paso debe quedar confirmado antes del siguiente. Si el
    servidor de correo no responde termina enseguida; lo demás espera a la próxima pasada. `alto`:
    un Event que, puesto, la termina antes del siguiente mensaje.
    """
    alto, resultado = alto or Event(), Resultado()
    _poner_al_dia(timezone.now())
    while not alto.is_set() and (mensaje := _reservar()):
        try:
            servidor = _conectar()
        except (OSError, smtplib.SMTPException):
            _fallar(mensaje, NO_RESPONDE)
            resultado.fallas += 1
            break
        if _enviar(mensaje, servidor):
            resultado.enviados += 1
        else:
            resultado.fallas += 1
    return resultado


@transaction.atomic(durable=True)
def _reservar():
    """El siguiente que toca, ya como «enviando», o None. Lo que otro tiene reservado se salta."""
    ahora = timezone.now()
    mensaje = _bloqueados(skip_locked=True).por_salir(ahora).first()
    if mensaje:
        mensaje.intentos += 1
        _pasar(mensaje, Estado.ENVIANDO)
    return mensaje


def _conectar():
    servidor = get_connection()
    servidor.open()
    return servidor


def _enviar(mensaje, servidor):
    """Manda y anota cómo fue. True si salió."""
    try:
        validate_email(mensaje.para)
        correo_de(mensaje, servidor).send()
    except smtplib.SMTPRecipientsRefused as rechazo:
        _rechazar(mensaje, min(codigo for codigo, _ in rechazo.recipients.values()))
    except smtplib.SMTPResponseException as rechazo:
        _rechazar(mensaje, rechazo.smtp_code)
    except ConnectionRefusedError:
        _fallar(mensaje, NO_RESPONDE)
    except (OSError, smtplib.SMTPException):
        # La conexión se cortó a mitad: el servidor pudo haberlo recibido y no alcanzar a decirlo.
        _anotar(mensaje, Estado.DUDOSO, SIN_RESPUESTA)
    except (ValueError, ValidationError):
        # Una dirección o un asunto que no caben en un correo: repetirlo daría lo mismo.
        _anotar(mensaje, Estado.FALLIDO, "La dirección o el asunto no son válidos.")
    else:
        _anotar(mensaje, Estado.ENVIADO, enviado=timezone.now())
        return True
    finally:
        _cerrar(servidor)
    return False


def correo_de(mensaje, servidor=None):
    """El correo con sus adjuntos. Cada intento lleva el mismo Message-ID: así se reconoce."""
    dominio = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    correo = EmailMessage(
        mensaje.asunto,
        mensaje.texto,
        to=[mensaje.para],
        connection=servidor,
        headers={
            "Message-ID": f"<{mensaje.identificador}@{dominio}>",
            # Para que nadie le conteste «estoy de vacaciones» a una máquina.
            "Auto-Submitted": "auto-generated",
        },
    )
    for adjunto in mensaje.adjuntos.all():
        correo.attach(_parte(adjunto))
    return correo


def _parte(adjunto):
    """En base64, que pasa por cualquier servidor sin que cambie un byte ni un salto de línea."""
    tipo = Message()
    tipo["Content-Type"] = adjunto.tipo
    parametros = dict(tipo.get_params()[1:])
    parte = MIMEBase(tipo.get_content_maintype(), tipo.get_content_subtype(), **parametros)
    parte.set_payload(bytes(adjunto.contenido))
    encode_base64(parte)
    parte.add_header("Content-Disposition", "attachment", filename=adjunto.nombre)
    return parte


def _cerrar(servidor):
    try:
        servidor.close()
    except (OSError, smtplib.SMTPException):
        # Lo que el servidor dijo del mensaje ya está anotado; la despedida no cambia nada.
        bitacora.info("El servidor de correo cortó la conexión al despedirse.")


# --- Anotar -------------------------------------------------------------------------------------


def _rechazar(mensaje, codigo):
    """El servidor dijo que no: con un 5xx para siempre, con un 4xx por ahora."""
    motivo = f"El servidor de correo lo rechazó (código {codigo})."
    if codigo >= 500:
        _anotar(mensaje, Estado.FALLIDO, motivo)
    else:
        _fallar(mensaje, motivo)


def _fallar(mensaje, motivo):
    """No salió: vuelve a la cola con una espera mayor o, si ya se intentó bastante, falla."""
    if mensaje.intentos > len(ESPERAS):
        _anotar(mensaje, Estado.FALLIDO, motivo)
    else:
        proximo = timezone.now() + ESPERAS[mensaje.intentos - 1]
        _anotar(mensaje, Estado.PENDIENTE, motivo, proximo=proximo)


def _anotar(mensaje, estado, motivo="", **datos):
    """Escribe cómo fue el intento, si la fila sigue siendo de ese intento."""
    suyo = Mensaje.objects.filter(
        pk=mensaje.pk, intentos=mensaje.intentos, estado__in=[Estado.ENVIANDO, Estado.DUDOSO]
    )
    suyo.update(estado=estado, motivo=motivo, cambiado=timezone.now(), **datos)
    if motivo:
        bitacora.warning("%s: %s", mensaje, motivo)


def _poner_al_dia(ahora):
    """Lo que el tiempo cambia solo: lo interrumpido, lo caducado y lo que ya no debe guardarse."""
    interrumpidos = Mensaje.objects.filter(
        estado=Estado.ENVIANDO, cambiado__lt=ahora - PLAZO_DE_ENVIO
    )
    interrumpidos.update(estado=Estado.DUDOSO, motivo=MURIO, cambiado=ahora)
    _anular_todos(Mensaje.objects.filter(estado=Estado.PENDIENTE, caduca__lte=ahora), CADUCO)
    viejos = Mensaje.objects.filter(cambiado__lt=ahora - settings.RETENCION_DEL_CORREO)
    _anular_todos(viejos.por_decidir(), ABANDONADO)
    _borrar_contenido(viejos.filter(estado=Estado.ENVIADO).exclude(texto=""))


@transaction.atomic
def _anular_todos(mensajes, motivo):
    for mensaje in mensajes.select_for_update(skip_locked=True):
        _anular(mensaje, motivo)


def _anular(mensaje, motivo):
    _pasar(mensaje, Estado.ANULADO, motivo)
    _borrar_contenido(Mensaje.objects.filter(pk=mensaje.pk))


def _pasar(mensaje, estado, motivo=""):
    """Cambia el estado de una fila ya bloqueada."""
    mensaje.estado, mensaje.motivo = estado, motivo
    mensaje.cambiado = mensaje.proximo = timezone.now()
    mensaje.save()


@transaction.atomic
def _borrar_contenido(mensajes):
    Adjunto.objects.filter(mensaje__in=mensajes).delete()
    mensajes.update(texto="")


def _bloqueados(**opciones):
    return Mensaje.objects.select_for_update(**opciones)
