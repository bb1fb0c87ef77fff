"""Verbos de la convocatoria: emitir los oficios, enviarlos, anotar su entrega y lo que responden.

Emitir es una transacción (números, oficios y estado del encuentro: todo o nada). Enviar es otra,
una por oficio, porque componer un PDF tarda: si algo falla a mitad, lo que falte queda a la vista
como «por enviar» y se reenvía.
"""

from datetime import timedelta
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from territorios import cartero
from territorios.emision import emitir
from territorios.models import Mensaje
from territorios.models.documento import oficina_de
from territorios.versiones import Conflicto, bloquear, guardar_con_version

from . import correos
from .acciones import NoProcede, exigir_abierto, poner_convocado
from .avisos import avisar_convocatoria
from .calendario import invitacion_de
from .cuenta_choques import contar_al_terminar
from .documentos_convocatoria import oficio_en_pdf
from .enlaces import direccion_de, vence
from .lector_convocatoria import (
    es_de_otra_fecha,
    hechos_de,
    institucion_en,
    ya_no_vale,
)
from .models import (
    ConstanciaEntrega,
    Convocatoria,
    Encuentro,
    ParametrosDeAgenda,
    Respuesta,
    SerieDeOficios,
)
from .models.convocatoria import llave_nueva

INVITACION = "text/calendar; method=REQUEST; charset=utf-8"
# Componer oficios no puede pasar de lo que el servidor espera por una página.
SEGUNDOS_PARA_ENVIAR = 45
DE_QUIEN_RECIBE = ("tratamiento", "destinatario", "cargo", "correo")


# --- Emitir -------------------------------------------------------------------------------------


@transaction.atomic
def emitir_oficios(encuentro, datos, comun, *, por, version, sitio):
    """Numera y guarda un oficio por GAD, deja el encuentro convocado y devuelve los oficios.

    `datos`: {código de GAD: a quién y a qué correo}; `comun`: asunto, texto, ciudad y firma. El
    GAD que ya tiene un oficio para esa misma fecha se queda con él. Lanza Conflicto o NoProcede.
    """
    actual = bloquear(Encuentro, encuentro.pk, version)
    exigir_abierto(actual, "convocar")
    if vence(actual) <= timezone.now():
        raise NoProcede("El encuentro ya pasó: no se puede convocar. Cambie su fecha.")
    convocados = set(actual.convocados.values_list("gad", flat=True))
    if not set(datos) <= convocados or not datos:
        raise NoProcede("Los GAD convocados cambiaron: revise la lista y vuelva a convocar.")
    anteriores = {una.gad_id: una for una in actual.convocatorias.select_for_update(of=("self",))}
    nuevos = sorted(set(datos) - set(anteriores))
    hoy = timezone.localdate()
    numeros = dict(zip(nuevos, _numerar(oficina_de(por), hoy.year, len(nuevos)), strict=True))
    del_dia = _como_hoy(actual) | {"sitio": sitio}
    emitidos = []
    for codigo, suyos in sorted(datos.items()):
        valores = comun | suyos | del_dia
        if codigo in numeros:
            serie = {"oficina": oficina_de(por), "anio": hoy.year, "numero": numeros[codigo]}
            emitidos.append(_emitir(actual, codigo, valores | serie, por))
        elif ya_no_vale(anteriores[codigo], actual):
            emitidos.append(_emitir_otra_vez(anteriores[codigo], valores, por))
    poner_convocado(actual, por=por)
    if emitidos:
        avisar_convocatoria(actual, emitidos)
    return emitidos


def _como_hoy(encuentro):
    """Lo que el oficio dice según el día en que se escribe."""
    hoy = timezone.localdate()
    institucion, siglas = institucion_en(hoy)
    hechos = hechos_de(encuentro)
    return {"fecha": hoy, "institucion": institucion, "siglas": siglas, "hechos": hechos}


def _numerar(oficina, anio, cuantos):
    """Los siguientes números de la serie. Quien llega a la vez espera hasta que esta termine."""
    SerieDeOficios.objects.get_or_create(oficina=oficina, anio=anio)
    serie = SerieDeOficios.objects.select_for_update().get(oficina=oficina, anio=anio)
    primero = serie.ultimo + 1
    serie.ultimo += cuantos
    serie.save()
    return range(primero, primero + cuantos)


def _emitir(encuentro, codigo, valores, por):
    convocatoria = Convocatoria(encuentro=encuentro, gad_id=codigo, **valores)
    convocatoria._history_user, convocatoria._change_reason = por, "Convocatoria"
    convocatoria.save()
    return convocatoria


def _emitir_otra_vez(convocatoria, valores, por):
    """El mismo número en otra ronda: lo que se respondió sobre la anterior ya no cuenta."""
    motivo = "Convocatoria otra vez" if convocatoria.sin_efecto else "Convocatoria con otra fecha"
    convocatoria.ronda += 1
    convocatoria.sin_efecto = False
    return _rehacer(convocatoria, valores, motivo, por)


def _rehacer(convocatoria, valores, motivo, por):
    """Cambia el oficio: el enlace anterior deja de valer, y lo que no había salido no sale."""
    _anular_lo_que_no_salio(convocatoria, "Se reemplazó por otra convocatoria.")
    for campo, valor in valores.items():
        setattr(convocatoria, campo, valor)
    convocatoria.mensaje, convocatoria.llave = None, llave_nueva()
    return _guardar(convocatoria, motivo, por)


def _anular_lo_que_no_salio(convocatoria, motivo):
    """También los recordatorios y los avisos: llevan el mismo enlace."""
    cartero.anular_los_de(f"convocatoria:{convocatoria.pk}:", motivo)


def _guardar(convocatoria, motivo, por):
    convocatoria._history_user, convocatoria._change_reason = por, motivo
    return guardar_con_version(convocatoria, convocatoria.version)


@transaction.atomic
def corregir_convocatoria(convocatoria, datos, *, por, version):
    """Cambia a quién va y la devuelve, lista para enviarse con lo que el encuentro es ahora.

    Lanza Conflicto, o NoProcede si el encuentro se cerró o la convocatoria ya no vale.
    """
    actual = bloquear(Convocatoria, convocatoria.pk, version)
    exigir_abierto(actual.encuentro, "corregir su convocatoria")
    if ya_no_vale(actual, actual.encuentro):
        raise NoProcede("Esta convocatoria ya no vale: corrija a quién va al convocar otra vez.")
    if all(getattr(actual, campo) == datos[campo] for campo in DE_QUIEN_RECIBE):
        return actual
    valores = datos | _como_hoy(actual.encuentro)
    return _rehacer(actual, valores, "Corrección del destinatario", por)


@transaction.atomic
def revocar_enlace(convocatoria, *, por):
    """El enlace que se le mandó deja de valer; la convocatoria y lo ya respondido quedan."""
    actual = bloquear(Convocatoria, convocatoria.pk)
    _anular_lo_que_no_salio(actual, "Se anuló el enlace que llevaba.")
    actual.llave = llave_nueva()
    return _guardar(actual, "Enlace anulado", por)


# --- Enviar -------------------------------------------------------------------------------------


def enviar_convocatorias(convocatorias, *, por):
    """Encola el correo de cada una a la que le falte y dice cuántos. Puede lanzar SinPango.

    Se detiene a los SEGUNDOS_PARA_ENVIAR: las que no alcanzó siguen por enviar.
    """
    hasta, cuantas = monotonic() + SEGUNDOS_PARA_ENVIAR, 0
    for convocatoria in convocatorias:
        cuantas += _enviar(convocatoria, por)
        if monotonic() > hasta:
            break
    for estrategia in {convocatoria.encuentro.estrategia_id for convocatoria in convocatorias}:
        contar_al_terminar(estrategia)
    return cuantas


def _enviar(convocatoria, por):
    """True si se encoló; False si no hacía falta o alguien la cambió mientras tanto."""
    if not _se_puede_enviar(convocatoria):
        return False
    adjuntos = _adjuntos(convocatoria, por)
    try:
        with transaction.atomic():
            actual = bloquear(Convocatoria, convocatoria.pk, convocatoria.version)
            # Mientras se componía el oficio, el encuentro pudo cancelarse o cambiar de fecha.
            if not _se_puede_enviar(actual):
                return False
            _encolar(actual, adjuntos, por)
    except Conflicto:
        return False
    return True


def _se_puede_enviar(convocatoria):
    encuentro = convocatoria.encuentro
    vale = encuentro.esta_abierto and not ya_no_vale(convocatoria, encuentro)
    return vale and convocatoria.falta_enviar


def _encolar(convocatoria, adjuntos, por):
    cartero.anular(convocatoria.clave_de_envio, "Se envió otra vez.")
    asunto, texto = correos.convocatoria(convocatoria)
    convocatoria.envio += 1
    convocatoria.mensaje = cartero.encolar(
        clave=convocatoria.clave_de_envio,
        para=convocatoria.correo,
        asunto=asunto,
        texto=texto,
        adjuntos=adjuntos,
        caduca=vence(convocatoria.encuentro),
    )
    _guardar(convocatoria, "Envío por correo", por)


def _adjuntos(convocatoria, por):
    oficio = emitir(oficio_en_pdf(convocatoria), por=por, sitio=convocatoria.sitio)
    cita = invitacion_de(
        convocatoria.encuentro,
        organiza=(convocatoria.institucion or convocatoria.firma, settings.DEFAULT_FROM_EMAIL),
        invita=(convocatoria.destinatario or convocatoria.cargo, convocatoria.correo),
        responde_en=direccion_de(convocatoria),
    )
    return [
        (oficio.documento.nombre, "application/pdf", oficio.contenido),
        ("invitacion.ics", INVITACION, cita),
    ]


# --- Entrega y respuesta ------------------------------------------------------------------------


@transaction.atomic
def anotar_constancia(convocatoria, *, por, **datos):
    """Deja constancia de que la recibieron por otro medio y la devuelve."""
    actual = bloquear(Convocatoria, convocatoria.pk)
    exigir_abierto(actual.encuentro, "anotar su entrega")
    igual = actual.constancias.filter(ronda=actual.ronda, **datos).first()
    if igual:  # el mismo envío, dos veces
        return igual
    constancia = ConstanciaEntrega(convocatoria=actual, ronda=actual.ronda, por=por, **datos)
    constancia._history_user = por
    constancia.save()
    contar_al_terminar(actual.encuentro.estrategia_id)
    return constancia


@transaction.atomic
def responder(convocatoria, *, sentido, por=None, **datos):
    """Anota lo que responde el GAD y lo devuelve; repetir lo último dicho no escribe nada.

    `por`: quien la anota en su nombre; sin él, vino por el enlace. Lanza NoProcede si el encuentro
    se cerró, pasó o cambió de fecha y todavía no se ha vuelto a convocar.
    """
    actual = bloquear(Convocatoria, convocatoria.pk)
    exigir_abierto(actual.encuentro, "responder a su convocatoria")
    if vence(actual.encuentro) <= timezone.now():
        raise NoProcede("El encuentro ya terminó: no se puede responder a su convocatoria.")
    if actual.sin_efecto:
        raise NoProcede("Esta convocatoria se dejó sin efecto: no hay a qué responder.")
    if es_de_otra_fecha(actual, actual.encuentro):
        raise NoProcede("El encuentro cambió de fecha: se responde a la nueva convocatoria.")
    nueva = Respuesta(convocatoria=actual, ronda=actual.ronda, sentido=sentido, por=por, **datos)
    if actual.respuesta and _dice_lo_mismo(actual.respuesta, nueva):
        return actual.respuesta
    nueva._history_user = por
    nueva.save()
    return nueva


def _dice_lo_mismo(una, otra):
    campos = ("sentido", "delegado", "delegado_cargo", "motivo", "por_id")
    return all(getattr(una, campo) == getattr(otra, campo) for campo in campos)


# --- Recordar -----------------------------------------------------------------------------------


def recordar_encuentro(encuentro, *, hoy=None):
    """Encola hoy un recordatorio a quien no respondió y dice cuántos; el mismo día, uno solo."""
    hoy = hoy or timezone.localdate()
    vivas = _por_recordar().filter(encuentro=encuentro)
    return sum(_recordar(una, f"{_clave_de_recordatorio(una)}:{hoy}") for una in vivas)


def recordar_pendientes(hoy=None):
    """Los recordatorios que tocan a `hoy`, uno por convocatoria, y cuántos se encolaron.

    No depende de que la orden corra cada día: mira qué encuentros están a los días fijados, o a
    menos. A quien se convocó hoy mismo no se le recuerda hoy.
    """
    hoy = hoy or timezone.localdate()
    encolados = 0
    for convocatoria in _por_recordar().filter(fecha__lt=hoy, encuentro__fecha__gte=hoy):
        encuentro = convocatoria.encuentro
        if encuentro.fecha - hoy <= timedelta(days=_dias_antes(encuentro.fecha)):
            encolados += _recordar(convocatoria, _clave_de_recordatorio(convocatoria))
    return encolados


def _por_recordar():
    convocado = Q(encuentro__estado=Encuentro.Estado.CONVOCADO) & ~Q(correo="")
    vivas = Convocatoria.objects.filter(convocado, envio__gt=0).de_convocados().sin_respuesta()
    return vivas.select_related("encuentro")


def _clave_de_recordatorio(convocatoria):
    return f"convocatoria:{convocatoria.pk}:ronda {convocatoria.ronda}:recordatorio"


def _dias_antes(fecha):
    vigentes = ParametrosDeAgenda.objects.filter(desde__lte=fecha).order_by("-desde").first()
    return (vigentes or ParametrosDeAgenda()).recordatorio


def _recordar(convocatoria, clave):
    """True si lo encola; False si ya estaba, o si el encuentro ya pasó."""
    ya = Mensaje.objects.filter(clave=clave).exists()
    if ya or vence(convocatoria.encuentro) <= timezone.now():
        return False
    asunto, texto = correos.recordatorio(convocatoria)
    cartero.encolar(
        clave=clave,
        para=convocatoria.correo,
        asunto=asunto,
        texto=texto,
        caduca=vence(convocatoria.encuentro),
    )
    return True
