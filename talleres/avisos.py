"""Avisar a quienes ya fueron convocados por correo que su encuentro cambió, se canceló o sigue sin
ellos.

Cada aviso lleva la cita con el UID de siempre y una secuencia mayor: el programa de calendario
corrige o quita la que tenía. Se compara con lo último que a cada quien le llegó, no con lo que
había un momento antes: dos cambios seguidos son un solo aviso, y volver a lo de antes, ninguno.
"""

from django.conf import settings
from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone

from territorios import avisos as plataforma
from territorios import cartero
from territorios.models import Mensaje
from territorios.versiones import guardar_con_version

from . import correos
from .calendario import invitacion_de
from .enlaces import direccion_de, vence
from .lector_convocatoria import es_de_otra_fecha, hechos_de
from .models import Aviso

Clase = Aviso.Clase
SE_AVISAN = ("fecha", "inicio", "fin", "lugar", "canton_id", "modalidad")
HECHOS = ("fecha", "inicio", "fin", "jornada", "lugar", "modalidad")
LLEGA = (Mensaje.Estado.ENVIADO, Mensaje.Estado.ENVIANDO, Mensaje.Estado.DUDOSO)
YA_NO_VALE = "El encuentro cambió antes de que saliera."
YA_NO_SE_LE_CONVOCA = "El GAD se quitó de los convocados."
REDACTAR = {
    Clase.CAMBIO: correos.cambio,
    Clase.CANCELACION: correos.cancelacion,
    Clase.RETIRO: correos.retiro,
}


def avisar_cambio(encuentro, antes, *, por):
    """Avisa del cambio de fecha, hora o lugar y devuelve los avisos; sin cambio, ninguno.

    `antes`: el encuentro como estaba. Debe llamarse en la transacción que lo guardó.
    """
    if all(getattr(antes, campo) == getattr(encuentro, campo) for campo in SE_AVISAN):
        return []
    return _avisar(encuentro, Clase.CAMBIO, por)


def avisar_cancelacion(encuentro, *, por):
    """Avisa que se canceló y devuelve los avisos. En la transacción que lo canceló."""
    return _avisar(encuentro, Clase.CANCELACION, por)


def avisar_retiro(encuentro, gads, *, por):
    """Deja sin efecto lo que se envió a esos GAD, que se quitan, y devuelve los avisos.

    En la transacción que los quita. A quien ya recibió su convocatoria se le quita la cita.
    """
    suyas = _convocatorias(encuentro).filter(gad__in=gads)
    ya_paso, hechos = vence(encuentro) <= timezone.now(), hechos_de(encuentro)
    dichos, quitados = [], []
    for convocatoria in suyas.select_for_update(of=("self",)):
        convocatoria.encuentro = encuentro
        sabia = _lo_que_sabe(convocatoria)
        cartero.anular_los_de(f"convocatoria:{convocatoria.pk}:", YA_NO_SE_LE_CONVOCA)
        convocatoria.sin_efecto = True
        _guardar(convocatoria, "El GAD se quitó de los convocados", por)
        quitados.append(convocatoria.gad_id)
        if sabia is not None and not ya_paso:
            dichos.append(_dar(_aviso(convocatoria, Clase.RETIRO, sabia, hechos, por), encuentro))
    if not ya_paso:
        _avisar_en_la_plataforma(encuentro, Clase.RETIRO, quitados, dichos)
    return dichos


def _avisar(encuentro, clase, por):
    """Un encuentro que ya pasó se corrige sin avisar a nadie."""
    if vence(encuentro) <= timezone.now():
        return []
    hechos = hechos_de(encuentro)
    dichos = []
    for convocatoria in _convocatorias(encuentro).select_for_update(of=("self",)):
        convocatoria.encuentro = encuentro
        sabia = _lo_que_sabe(convocatoria)
        cartero.anular_los_de(f"convocatoria:{convocatoria.pk}:", YA_NO_VALE)
        if not _llego(convocatoria.mensaje):
            _poner_al_dia(convocatoria, encuentro, hechos, por)
        if sabia is not None and (clase == Clase.CANCELACION or sabia != _resumen(hechos)):
            dichos.append(_dar(_aviso(convocatoria, clase, sabia, hechos, por), encuentro))
    gads = _convocatorias(encuentro).values("gad")
    _avisar_en_la_plataforma(encuentro, clase, gads, dichos)
    return dichos


def avisar_convocatoria(encuentro, convocatorias):
    """En la plataforma, a quienes planifican en los GAD que se convocan. En su transacción.

    El oficio va aparte, a la dirección que dio el GAD: a ella no se le repite en el resumen.
    """
    cuando = f"{encuentro.fecha:%d/%m/%Y}"
    plataforma.avisar(
        plataforma.planificadores_de([una.gad_id for una in convocatorias]),
        clase=plataforma.Clase.CONVOCATORIA,
        clave=f"convocatoria-{encuentro.pk}-{encuentro.version}",
        texto=f"Su GAD está convocado: {encuentro.nombre_llano}, el {cuando}.",
        direccion=_pagina_de(encuentro),
        ya_escritos=[una.correo for una in convocatorias],
    )


def _avisar_en_la_plataforma(encuentro, clase, codigos, dichos):
    """A quienes planifican en esos GAD; a la dirección que ya recibe el correo no se le repite."""
    que = {
        Clase.CAMBIO: "cambió de fecha, de hora o de lugar",
        Clase.CANCELACION: "se canceló",
        Clase.RETIRO: "ya no espera a su GAD",
    }
    nombre = encuentro.nombre_llano
    plataforma.avisar(
        plataforma.planificadores_de(codigos),
        clase=plataforma.Clase.ENCUENTRO,
        clave=f"encuentro-{encuentro.pk}-{clase}-{encuentro.version}",
        texto=f"{nombre[0].upper()}{nombre[1:]} {que[clase]} ({encuentro.fecha:%d/%m/%Y}).",
        direccion=_pagina_de(encuentro),
        ya_escritos=[aviso.convocatoria.correo for aviso in dichos],
    )


def _pagina_de(encuentro):
    return reverse("talleres:encuentro", args=[encuentro.pk])


def _aviso(convocatoria, clase, sabia, hechos, por):
    return Aviso(
        convocatoria=convocatoria,
        clase=clase,
        version=convocatoria.encuentro.version,
        antes=sabia,
        hechos=_resumen(hechos),
        por=por,
    )


def cuantos_se_enteran(encuentro):
    """A cuántos GAD les llegaría un aviso si ahora se cancelara."""
    if vence(encuentro) <= timezone.now():
        return 0
    return sum(_lo_que_sabe(una) is not None for una in _convocatorias(encuentro))


def _convocatorias(encuentro):
    avisos = Prefetch("avisos", Aviso.objects.select_related("mensaje"))
    de_convocados = encuentro.convocatorias.de_convocados()
    return de_convocados.select_related("mensaje").prefetch_related(avisos, "constancias")


def _lo_que_sabe(convocatoria):
    """Los hechos que decía lo último que le llegó por correo; None si no le llegó nada."""
    avisos = convocatoria.avisos.all()
    oficio, aviso = convocatoria.mensaje, max(avisos, key=lambda uno: uno.pk, default=None)
    es_reciente = aviso is None or (oficio and oficio.pk > aviso.mensaje_id)
    if es_reciente:
        llego = _llego(oficio) or _le_llego_otro_antes(convocatoria)
        return _resumen(convocatoria.hechos) if llego else None
    return aviso.hechos if _llego(aviso.mensaje) else aviso.antes


def _llego(mensaje):
    return mensaje is not None and mensaje.estado in LLEGA


def _le_llego_otro_antes(convocatoria):
    """Si a esa dirección llegó un oficio que el último, todavía sin salir, venía a reemplazar."""
    suyos = Mensaje.objects.filter(
        clave__startswith=f"convocatoria:{convocatoria.pk}:",
        para=convocatoria.correo,
        estado__in=LLEGA,
    )
    return suyos.exists()


def _resumen(hechos):
    return {campo: hechos[campo] for campo in HECHOS}


def _poner_al_dia(convocatoria, encuentro, hechos, por):
    """El oficio que nadie ha recibido dice lo nuevo; con otra fecha, se vuelve a emitir."""
    if not es_de_otra_fecha(convocatoria, encuentro) and not convocatoria.constancia:
        convocatoria.hechos = hechos
        _guardar(convocatoria, "El encuentro cambió antes de enviarla", por)


def _guardar(convocatoria, motivo, por):
    convocatoria._history_user, convocatoria._change_reason = por, motivo
    guardar_con_version(convocatoria, convocatoria.version)


def _dar(aviso, encuentro):
    """Encola el correo con la cita corregida y guarda la constancia."""
    convocatoria = aviso.convocatoria
    asunto, texto = REDACTAR[aviso.clase](aviso)
    metodo = "REQUEST" if aviso.clase == Clase.CAMBIO else "CANCEL"
    aviso.mensaje = cartero.encolar(
        clave=f"convocatoria:{convocatoria.pk}:aviso:{encuentro.version}",
        para=convocatoria.correo,
        asunto=asunto,
        texto=texto,
        adjuntos=[_cita(convocatoria, encuentro, metodo)],
        caduca=vence(encuentro),
    )
    aviso._history_user = aviso.por
    aviso.save()
    return aviso


def _cita(convocatoria, encuentro, metodo):
    cita = invitacion_de(
        encuentro,
        organiza=(convocatoria.institucion or convocatoria.firma, settings.DEFAULT_FROM_EMAIL),
        invita=(convocatoria.destinatario or convocatoria.cargo, convocatoria.correo),
        responde_en="" if metodo == "CANCEL" else direccion_de(convocatoria),
        metodo=metodo,
    )
    nombre = "cancelacion.ics" if metodo == "CANCEL" else "cita-corregida.ics"
    return nombre, f"text/calendar; method={metodo}; charset=utf-8", cita
