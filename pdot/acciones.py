"""Verbos del flujo de la evaluación. Todos atómicos, con autor y con su paso registrado."""

from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from talleres.aportes import avisar_cambio
from territorios.versiones import Conflicto, bloquear, guardar_bajo_bloqueo, guardar_con_version

from .models import (
    ElementoVision,
    Evaluacion,
    Instrumento,
    Observacion,
    Paso,
    Pdot,
    Pregunta,
    Problema,
    Respuesta,
)

Estado = Evaluacion.Estado
PROBLEMAS_MAXIMO = 20
CAMPOS_DE_RESPUESTA = ["valor", "texto", "dudosa"]


class NoProcede(Exception):
    """El flujo no permite el paso; el mensaje dice por qué, para quien lo intentó."""


class Incompleta(NoProcede):
    """Faltan respuestas para enviar. `faltas`: lista de (pregunta, qué falta)."""

    def __init__(self, faltas):
        super().__init__("La evaluación está incompleta y no se envió.")
        self.faltas = faltas


class RespuestasEnConflicto(Exception):
    """Otra persona cambió esas respuestas. `pares`: lista de (la guardada, el cambio tecleado)."""

    def __init__(self, pares):
        super().__init__("Otra persona guardó antes.")
        self.pares = pares


@dataclass(frozen=True)
class CambioDeRespuesta:
    """Lo que se tecleó en una pregunta, con la versión leída (0 si estaba sin responder)."""

    pregunta: Pregunta
    version: int
    valor: str
    texto: str


@transaction.atomic
def abrir_evaluacion(pdot, *, por):
    """Abre la evaluación de un PDOT; si ya hubo una aprobada, la nueva versión parte de ella.

    Lanza NoProcede si ya hay una abierta o no hay instrumento publicado.
    """
    # El bloqueo del plan pone en fila a dos pestañas que abren a la vez.
    pdot = Pdot.objects.select_for_update().get(pk=pdot.pk)
    anterior = pdot.evaluaciones.order_by("-numero").first()
    if anterior and anterior.estado != Estado.APROBADA:
        raise NoProcede("Este PDOT ya tiene una evaluación abierta.")
    instrumento = Instrumento.objects.vigente()
    if instrumento is None:
        raise NoProcede("La oficina central todavía no ha publicado las preguntas.")
    numero = anterior.numero + 1 if anterior else 1
    nueva = Evaluacion(pdot=pdot, instrumento=instrumento, numero=numero)
    nueva._history_user = por
    nueva.save()
    Paso.objects.create(evaluacion=nueva, a=Estado.BORRADOR, por=por)
    if anterior:
        _copiar(anterior, nueva, por)
    return nueva


@transaction.atomic
def declarar_plan_y_abrir(pdot, *, por):
    """Registra un PDOT que la plataforma no conocía y abre su evaluación, o ninguna de las dos.

    Lanza NoProcede si el plan ya existe o su evaluación no se puede abrir.
    """
    pdot._history_user = por
    try:
        with transaction.atomic():
            pdot.save()
    except IntegrityError as error:
        raise NoProcede("Su GAD ya tiene un PDOT que empieza ese año.") from error
    return abrir_evaluacion(pdot, por=por)


def _copiar(anterior, nueva, por):
    """Pasa lo respondido, por código de pregunta: la guía pudo cambiar de versión."""
    codigos = {
        pregunta.codigo: pregunta
        for pregunta in Pregunta.objects.filter(seccion__instrumento=nueva.instrumento)
    }
    copias = [
        Respuesta(
            evaluacion=nueva,
            pregunta=codigos[respuesta.pregunta.codigo],
            valor=respuesta.valor,
            texto=respuesta.texto,
        )
        for respuesta in anterior.respuestas.select_related("pregunta")
        if respuesta.pregunta.codigo in codigos
    ]
    guardar_bajo_bloqueo(Respuesta, copias, [], [], por=por)
    for modelo in (ElementoVision, Problema):
        textos = modelo.objects.filter(evaluacion=anterior).values_list("texto", flat=True)
        _crear_lista(nueva, modelo, list(textos), por=por)


@transaction.atomic
def guardar_respuestas(evaluacion, cambios, *, por):
    """Guarda un borrador, entero o nada. `cambios`: lista de CambioDeRespuesta.

    Devuelve {código de pregunta: versión} de lo que cambió. Lanza NoProcede si la evaluación ya
    no está en manos del GAD o la pregunta está bloqueada, y RespuestasEnConflicto si alguna
    cambió desde que se leyó.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    editables = preguntas_editables(evaluacion, evaluacion.observaciones.all())
    actuales = {r.pregunta_id: r for r in evaluacion.respuestas.all()}
    distintos = [c for c in cambios if _difiere(c, actuales.get(c.pregunta.pk))]
    if any(editables is not None and c.pregunta.pk not in editables for c in distintos):
        raise NoProcede("Solo se corrigen las preguntas observadas; las demás están bloqueadas.")
    pares = [
        (actuales.get(c.pregunta.pk), c)
        for c in distintos
        if _version(actuales.get(c.pregunta.pk)) != c.version
    ]
    if pares:
        raise RespuestasEnConflicto(pares)
    respuestas = [_respuesta_nueva(evaluacion, c, actuales.get(c.pregunta.pk)) for c in distintos]
    nuevas = [respuesta for respuesta in respuestas if respuesta.pk is None]
    cambiadas = [respuesta for respuesta in respuestas if respuesta.pk]
    guardar_bajo_bloqueo(Respuesta, nuevas, cambiadas, CAMPOS_DE_RESPUESTA, por=por)
    if respuestas:
        Evaluacion.objects.filter(pk=evaluacion.pk).update(actualizada=timezone.now())
    return {respuesta.pregunta.codigo: respuesta.version for respuesta in respuestas}


def _version(respuesta):
    return respuesta.version if respuesta else 0


def _difiere(cambio, respuesta):
    if respuesta is None:
        return bool(cambio.valor or cambio.texto)
    return (cambio.valor, cambio.texto) != (respuesta.valor, respuesta.texto)


def _respuesta_nueva(evaluacion, cambio, actual):
    respuesta = actual or Respuesta(evaluacion=evaluacion)
    respuesta.pregunta = cambio.pregunta
    respuesta.valor, respuesta.texto, respuesta.dudosa = cambio.valor, cambio.texto, False
    return respuesta


@transaction.atomic
def guardar_listas(evaluacion, *, elementos, problemas, version, por):
    """Guarda los elementos de la visión y los problemas (listas de textos, en orden).

    Lanza versiones.Conflicto si otra persona los cambió y NoProcede fuera de borrador o devuelta.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    cambio = _reemplazar(evaluacion, ElementoVision, elementos, por)
    cambio |= _reemplazar(evaluacion, Problema, problemas, por)
    if cambio:
        evaluacion._history_user = por
        evaluacion._change_reason = "Elementos de visión y problemas"
        guardar_con_version(evaluacion, version)
    return evaluacion


def _reemplazar(evaluacion, modelo, textos, por):
    """Deja la lista como `textos` tocando solo lo que cambió; dice si cambió algo.

    Lo que sigue igual conserva su fila aunque cambie de lugar, y lo corregido en su lugar también:
    así no se pierde de qué tarjeta nació.
    """
    actuales = list(modelo.objects.filter(evaluacion=evaluacion).order_by("orden"))
    if [uno.texto for uno in actuales] == list(textos):
        return False
    filas = _filas_para(textos, actuales)
    for sobrante in actuales:
        if sobrante not in filas.values():
            _quitar(sobrante, por)
    cambiados = []
    for orden, texto in enumerate(textos, start=1):
        fila = filas.get(orden)
        if fila and (fila.texto, fila.orden) != (texto, orden):
            fila.texto, fila.orden = texto, orden
            cambiados.append(fila)
    if cambiados:
        bulk_update_with_history(cambiados, modelo, ["texto", "orden"], default_user=por)
    _crear_lista(evaluacion, modelo, textos, salvo=filas, por=por)
    return True


def _filas_para(textos, actuales):
    """{lugar: la fila que ya decía ese texto o, si no, la que ese lugar deja libre}."""
    libres = list(actuales)
    filas = {}
    for orden, texto in enumerate(textos, start=1):
        igual = next((uno for uno in libres if uno.texto == texto), None)
        if igual:
            filas[orden] = igual
            libres.remove(igual)
    for orden in range(1, len(textos) + 1):
        if orden not in filas and orden <= len(actuales) and actuales[orden - 1] in libres:
            filas[orden] = actuales[orden - 1]
    return filas


def _quitar(uno, por):
    """Borra la fila; si nació de una tarjeta, la promoción queda deshecha."""
    promocion = getattr(uno, "promocion", None)
    if promocion and not promocion.deshecha:
        promocion.deshacer(motivo="El GAD lo quitó de su evaluación.", por=por)
        # Al terminar: quien promueve bloquea el encuentro antes que la evaluación.
        transaction.on_commit(partial(avisar_cambio, promocion.aporte))
    uno._history_user = por
    uno.delete()


@transaction.atomic
def agregar_problema(evaluacion, texto, *, por):
    """Pone un problema al final de la lista del GAD y lo devuelve.

    Sube la versión: quien la tenía abierta lo ve antes de guardar la suya. Lanza NoProcede si la
    evaluación no está en manos del GAD, si ya lo tiene o si la lista está llena.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    suyos = list(evaluacion.problemas.order_by("orden"))
    if texto in [uno.texto for uno in suyos]:
        raise NoProcede("El GAD ya tiene ese problema en su evaluación.")
    if len(suyos) >= PROBLEMAS_MAXIMO:
        raise NoProcede(f"El GAD ya anotó {len(suyos)} problemas: no caben más.")
    nuevo = Problema(evaluacion=evaluacion, texto=texto)
    nuevo.orden = suyos[-1].orden + 1 if suyos else 1
    nuevo._history_user = por
    nuevo.save()
    _tocar(evaluacion, "Problema nacido de un aporte", por)
    return nuevo


@transaction.atomic
def quitar_problema(problema, *, por):
    """Quita el problema de la lista. Lanza NoProcede si la evaluación no está en manos del GAD."""
    evaluacion = bloquear(Evaluacion, problema.evaluacion_id)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    problema._history_user = por
    problema.delete()
    _tocar(evaluacion, "Se deshizo un problema nacido de un aporte", por)


def _tocar(evaluacion, motivo, por):
    evaluacion._history_user, evaluacion._change_reason = por, motivo
    guardar_con_version(evaluacion, evaluacion.version)


def _crear_lista(evaluacion, modelo, textos, *, por, salvo=()):
    nuevos = [
        modelo(evaluacion=evaluacion, orden=orden, texto=texto)
        for orden, texto in enumerate(textos, start=1)
        if orden not in salvo
    ]
    if nuevos:
        bulk_create_with_history(nuevos, modelo, default_user=por)


def preguntas_editables(evaluacion, observaciones):
    """Identificadores de las preguntas que el GAD puede tocar; None si son todas.

    Devuelta, solo las que tienen una observación sin atender: lo demás ya fue revisado.
    """
    if evaluacion.estado != Estado.DEVUELTA:
        return None
    return {uno.pregunta_id for uno in observaciones if not uno.atendida}


def faltas_para_enviar(evaluacion, preguntas, respuestas, elementos):
    """Lista de (pregunta o None, qué falta). `respuestas`: {pregunta: Respuesta}."""
    faltas = []
    for pregunta in preguntas:
        falta = _falta(pregunta, respuestas.get(pregunta.pk))
        if falta:
            faltas.append((pregunta, falta))
    if not elementos:
        faltas.append((None, "escriba al menos un elemento para la nueva visión"))
    return faltas


def _falta(pregunta, respuesta):
    if not pregunta.esta_en(respuesta):
        pide = "marque SÍ, PARCIAL o NO" if pregunta.es_escala else "escriba una respuesta"
        return pide if pregunta.obligatoria else ""
    if pregunta.es_escala and respuesta.valor != Respuesta.Valor.SI and not respuesta.texto.strip():
        return f"justifique por qué respondió {respuesta.get_valor_display()}"
    return ""


@transaction.atomic
def enviar_evaluacion(evaluacion, *, por, version, leida=None):
    """Borrador o devuelta → enviada. Lanza Incompleta con lo que falta.

    `leida`: el «última actualización» que mostraba la página; si después otra persona cambió una
    respuesta, se lanza Conflicto para no enviar lo que no se ha leído.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    if leida is not None and leida != evaluacion.actualizada.isoformat():
        raise Conflicto(evaluacion)
    preguntas = Pregunta.objects.para_nivel(evaluacion.instrumento, evaluacion.pdot.gad.nivel)
    respuestas = {r.pregunta_id: r for r in evaluacion.respuestas.all()}
    elementos = evaluacion.elementos_vision.exists()
    faltas = faltas_para_enviar(evaluacion, preguntas, respuestas, elementos)
    if faltas:
        raise Incompleta(faltas)
    for observacion in evaluacion.observaciones.filter(atendida=False):
        observacion.atendida, observacion._history_user = True, por
        observacion.save()
    _pasar(evaluacion, Estado.ENVIADA, por)
    return evaluacion


@transaction.atomic
def devolver_evaluacion(evaluacion, observaciones, *, por, version, comentario=""):
    """Enviada → devuelta. `observaciones`: {pregunta: texto}; si no hay, el comentario general
    dice qué corregir de la visión o los problemas, y las preguntas quedan bloqueadas.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, Estado.ENVIADA)
    if not observaciones and not comentario:
        raise NoProcede("Para devolver, escriba una observación o un comentario general.")
    paso = _pasar(evaluacion, Estado.DEVUELTA, por, comentario)
    for pregunta, texto in observaciones.items():
        observacion = Observacion(evaluacion=evaluacion, pregunta=pregunta, texto=texto, paso=paso)
        observacion._history_user = por
        observacion.save()
    return evaluacion


@transaction.atomic
def aprobar_evaluacion(evaluacion, *, por, version, comentario=""):
    """Enviada → aprobada. Desde aquí no se edita: la realidad nueva abre otra versión."""
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, Estado.ENVIADA)
    _pasar(evaluacion, Estado.APROBADA, por, comentario)
    return evaluacion


def _exigir(evaluacion, *estados):
    if evaluacion.estado not in estados:
        ahora = evaluacion.get_estado_display().lower()
        raise NoProcede(f"La evaluación ya no admite este paso: ahora está {ahora}.")


def _pasar(evaluacion, estado, por, comentario=""):
    """Cambia el estado y devuelve el paso registrado."""
    paso = Paso.objects.create(
        evaluacion=evaluacion, de=evaluacion.estado, a=estado, por=por, comentario=comentario
    )
    evaluacion.estado = estado
    evaluacion._history_user = por
    evaluacion._change_reason = Estado(estado).label
    guardar_con_version(evaluacion, evaluacion.version)
    return paso
