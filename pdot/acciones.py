"""Verbos del flujo de la evaluación. Todos atómicos, con autor y con su paso registrado."""

from dataclasses import dataclass
from functools import partial

from django.db import IntegrityError, transaction
from django.utils import timezone
from simple_history.utils import bulk_update_with_history

from talleres.aportes import avisar_cambio
from territorios.versiones import Conflicto, bloquear, guardar_bajo_bloqueo, guardar_con_version

from .avisos import avisar_aprobacion, avisar_devolucion, avisar_envio
from .copia import copiar_lo_escrito, crear_lista
from .cuenta_indicadores import contar_al_terminar
from .llenado import Llenado, hoja_editable, preguntas_editables
from .models import (
    BorradorDeRevision,
    ElementoVision,
    EnNombre,
    Evaluacion,
    Instrumento,
    Observacion,
    Paso,
    Pdot,
    Pregunta,
    Problema,
    Respuesta,
    Seccion,
)

Estado = Evaluacion.Estado
PROBLEMAS_MAXIMO = 20
LISTAS = (ElementoVision, Problema)
CAMPOS_DE_RESPUESTA = ["valor", "texto", "dudosa"]


class NoProcede(Exception):
    """El flujo no permite el paso; el mensaje dice por qué, para quien lo intentó."""


class Incompleta(NoProcede):
    """Falta algo para enviar. `faltas`: lista de faltas.Falta."""

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
        copiar_lo_escrito(anterior, nueva, por=por)
    return nueva


@transaction.atomic
def declarar_plan_y_abrir(pdot, *, por):
    """Registra un PDOT que la plataforma no conocía y abre su evaluación, o ninguna de las dos.

    Lanza NoProcede si el plan ya existe o su evaluación no se puede abrir.
    """
    pdot._history_user = por
    pdot.estado = pdot.estado_al_declararlo(timezone.localdate())
    try:
        with transaction.atomic():
            pdot.save()
    except IntegrityError as error:
        raise NoProcede("Su GAD ya tiene un PDOT que empieza ese año.") from error
    return abrir_evaluacion(pdot, por=por)


@transaction.atomic
def guardar_respuestas(evaluacion, cambios, *, por):
    """Guarda un borrador, entero o nada. `cambios`: lista de CambioDeRespuesta.

    Devuelve {código de pregunta: versión} de lo que se mandó y está respondido: así quien perdió
    la respuesta de un envío y lo repite queda al día. Lanza NoProcede si la evaluación ya no está
    en manos del GAD o de quien la llena en su nombre, si pasó a otra versión de las preguntas o si
    la pregunta está bloqueada, y RespuestasEnConflicto si alguna cambió desde que se leyó.
    """
    evaluacion = bloquear_anotando_la_hora(evaluacion)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    exigir_que_escriba(evaluacion, por)
    _exigir_su_instrumento(evaluacion, cambios)
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
    if not respuestas:
        no_anotar_la_hora()
    actuales |= {respuesta.pregunta_id: respuesta for respuesta in respuestas}
    return {
        c.pregunta.codigo: actuales[c.pregunta.pk].version
        for c in cambios
        if c.pregunta.pk in actuales
    }


def bloquear_anotando_la_hora(evaluacion):
    """La evaluación bloqueada hasta el fin de la transacción, con la hora de este cambio puesta.

    Anotar la hora ya bloquea su fila: si sigue en el estado y con las preguntas con que se la
    leyó, no hace falta traerla otra vez. Si al final no cambia nada, `no_anotar_la_hora`.
    """
    ahora = timezone.now()
    suya = Evaluacion.objects.filter(pk=evaluacion.pk)
    sigue = suya.filter(estado=evaluacion.estado, instrumento=evaluacion.instrumento_id)
    if sigue.update(actualizada=ahora):
        return evaluacion
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    suya.update(actualizada=ahora)
    return evaluacion


def no_anotar_la_hora():
    """Deshace la transacción en curso, que no escribió nada más que la hora."""
    transaction.set_rollback(True)


def exigir_que_escriba(evaluacion, por):
    """Lanza NoProcede si ya no le toca a `por` lo que llenaba en nombre del GAD.

    Con la evaluación bloqueada: quién la llena se lee de nuevo, pudo cambiar desde que se la trajo.
    """
    if por.gad_id is not None:
        return
    llenado = EnNombre.objects.filter(evaluacion=evaluacion.pk).first()
    if llenado and llenado.rige and llenado.por_id == por.pk:
        return
    if llenado and llenado.rige:
        raise NoProcede("Otra persona de la zona llena ahora esta evaluación.")
    raise NoProcede("El GAD tomó de vuelta su evaluación: ya no se llena en su nombre.")


def _exigir_su_instrumento(evaluacion, cambios):
    """Las preguntas son las de la versión en que está ahora, y no las que se leyeron antes."""
    if any(c.pregunta.seccion.instrumento_id != evaluacion.instrumento_id for c in cambios):
        raise NoProcede("La evaluación pasó a otra versión de las preguntas mientras escribía.")


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

    Guardar lo que ya está guardado no cambia nada, aunque la versión sea vieja: es un envío que
    se repite. Lanza versiones.Conflicto si otra persona los cambió y NoProcede si hoy no se pueden
    tocar.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    es_vieja = version < evaluacion.version
    ya_esta = es_vieja and _listas_de(evaluacion) == [list(elementos), list(problemas)]
    if version != evaluacion.version and not ya_esta:
        raise Conflicto(evaluacion)
    exigir_hoja(evaluacion, Seccion.Clase.VISION)
    exigir_que_escriba(evaluacion, por)
    if ya_esta:
        return evaluacion
    cambio = _reemplazar(evaluacion, ElementoVision, elementos, por)
    cambio |= _reemplazar(evaluacion, Problema, problemas, por)
    if cambio:
        evaluacion._history_user = por
        evaluacion._change_reason = "Elementos de visión y problemas"
        guardar_con_version(evaluacion, version)
    return evaluacion


def _listas_de(evaluacion):
    """[elementos de la visión, problemas] guardados, en orden."""
    filas = [m.objects.filter(evaluacion=evaluacion).order_by("orden") for m in LISTAS]
    return [list(suyas.values_list("texto", flat=True)) for suyas in filas]


def _reemplazar(evaluacion, modelo, textos, por):
    """Deja la lista como `textos` tocando solo lo que cambió; dice si cambió algo.

    Lo que sigue igual conserva su fila aunque cambie de lugar, y lo corregido en su lugar también:
    así no se pierde de qué tarjeta nació.
    """
    actuales = list(modelo.objects.filter(evaluacion=evaluacion).order_by("orden"))
    if [uno.texto for uno in actuales] == list(textos):
        return False
    filas = filas_para(textos, actuales, campo="texto")
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
    crear_lista(evaluacion, modelo, textos, salvo=filas, por=por)
    return True


def filas_para(textos, actuales, *, campo):
    """{lugar: la fila que ya decía ese texto en `campo` o, si no, la que ese lugar deja libre}."""
    libres = list(actuales)
    filas = {}
    for orden, texto in enumerate(textos, start=1):
        igual = next((uno for uno in libres if getattr(uno, campo) == texto), None)
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


@transaction.atomic
def enviar_evaluacion(evaluacion, *, por, version, leida=None, sitio=""):
    """Borrador o devuelta → enviada, y se avisa a quien la revisa. Lanza Incompleta con lo que
    falta.

    `leida`: el «última actualización» que mostraba la página; si después otra persona cambió una
    respuesta, se lanza Conflicto para no enviar lo que no se ha leído. `sitio`: desde dónde se
    entra, para el enlace del correo.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    exigir_que_escriba(evaluacion, por)
    if leida is not None and leida != evaluacion.actualizada.isoformat():
        raise Conflicto(evaluacion)
    if faltas := Llenado(evaluacion, para=por).faltas:
        raise Incompleta(faltas)
    for observacion in evaluacion.observaciones.filter(atendida=False):
        observacion.atendida, observacion._history_user = True, por
        observacion.save()
    paso = _pasar(evaluacion, Estado.ENVIADA, por)
    avisar_envio(evaluacion, paso, sitio=sitio)
    return evaluacion


@transaction.atomic
def devolver_evaluacion(evaluacion, observaciones, *, por, version, comentario="", sitio=""):
    """Enviada → devuelta. `observaciones`: {pregunta u hoja (Seccion): texto}.

    Se corrige lo observado. El comentario general abre además todas las hojas (visión, vínculos,
    información), no las preguntas.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, Estado.ENVIADA)
    if not observaciones and not comentario:
        raise NoProcede("Para devolver, escriba una observación o un comentario general.")
    paso = _pasar(evaluacion, Estado.DEVUELTA, por, comentario)
    hechas = []
    for cosa, texto in observaciones.items():
        que = {"seccion" if isinstance(cosa, Seccion) else "pregunta": cosa}
        observacion = Observacion(evaluacion=evaluacion, texto=texto, paso=paso, **que)
        observacion._history_user = por
        observacion.save()
        hechas.append(observacion)
    BorradorDeRevision.objects.descartar(evaluacion, por=por)
    avisar_devolucion(evaluacion, paso, hechas, sitio=sitio)
    return evaluacion


@transaction.atomic
def aprobar_evaluacion(evaluacion, *, por, version, comentario="", sitio=""):
    """Enviada → aprobada. Desde aquí no se edita: la realidad nueva abre otra versión.

    Lanza NoProcede a quien la llenó en nombre del GAD: la aprueba otra persona.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk, version)
    _exigir(evaluacion, Estado.ENVIADA)
    if evaluacion.la_lleno_en_nombre(por):
        raise NoProcede(
            "Usted la llenó en nombre del GAD: la aprueba otra persona de la zona o la central."
        )
    paso = _pasar(evaluacion, Estado.APROBADA, por, comentario)
    BorradorDeRevision.objects.descartar(evaluacion, por=por)
    avisar_aprobacion(evaluacion, paso, sitio=sitio)
    return evaluacion


def exigir_hoja(evaluacion, clase):
    """Lanza NoProcede si el GAD no puede tocar hoy esa hoja de la evaluación ya bloqueada."""
    _exigir(evaluacion, *Evaluacion.EN_MANOS_DEL_GAD)
    if not hoja_editable(evaluacion, clase):
        raise NoProcede("La zona no observó esta hoja: ahora solo se corrige lo observado.")


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
    contar_al_terminar(evaluacion)
    return paso
