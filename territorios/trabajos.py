"""Trabajos en segundo plano: pedirlos, hacerlos pieza por pieza y entregar lo que salió.

Cada pieza es un documento que se emite y queda: por eso se puede matar el proceso en cualquier
momento y seguir después, aquí o en otra máquina, sin repetir ninguna. Varios procesos se reparten
las piezas reservándolas de una en una. Al final se entrega, según la clase, un ZIP con todas o el
documento de la única que hay; lo que no se emite (un borrador) es un archivo suelto. El archivo se
escribe aparte y se publica entero.

Cada app registra sus clases de trabajo: `registrar(Clase(…))`.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django_tasks import task
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from . import correos_de_trabajos, empaque
from .avance_de_trabajo import Avance, Interrumpido
from .avisos import avisar
from .documentos import SinPango
from .embebido import asegurar
from .emision import ArchivoPerdido
from .jurisdiccion import Permiso
from .models import Aviso, DocumentoEmitido, PiezaDeTrabajo, Trabajo, Usuario
from .models.documento import oficina_de
from .models.trabajo import INTENTOS_POR_PIEZA, PLAZO_SIN_LATIDO
from .versiones import bloquear

Estado = Trabajo.Estado
# Cuántos procesos, de todas las máquinas, pueden ocuparse a la vez de un mismo trabajo.
TURNOS = 8
# Una tarea que quedó a medias de un proceso que murió y ya nadie espera.
PLAZO_DE_TAREA = timedelta(days=1)
# Un trabajador mira la cola cada segundo: si en este rato nadie tomó un trabajo, o no hay ninguno
# o todos están ocupados.
PLAZO_DE_EMPEZAR = timedelta(seconds=20)
# Lo que puede tardar otra tarea de la misma cola, que no da señas mientras se hace.
PLAZO_DE_OTRA_TAREA = timedelta(minutes=10)

NO_SE_PUDO = "No se pudo componer este documento; el detalle quedó en la bitácora del servidor."
MATA = "El proceso que lo componía se interrumpió varias veces."
SIN_CUENTA = "La cuenta que lo pidió ya no puede pedirlo: cambió de rol, de oficina o se cerró."
SIN_DISCO = "Se compuso, pero no se pudo escribir el archivo: revise el disco del servidor."
SIN_MEMORIA = "No alcanzó la memoria del servidor para componer este documento."
SIN_CLASE = "La plataforma ya no hace esta clase de trabajos."
LARGO_DEL_ERROR = PiezaDeTrabajo._meta.get_field("error").max_length

bitacora = logging.getLogger(__name__)


class NoProcede(Exception):
    """El trabajo no está en el estado en que eso se puede hacer; el mensaje dice por qué."""


class NoSePuedeSeguir(Exception):
    """Ninguna pieza podrá hacerse: el trabajo termina aquí, con este motivo."""


@dataclass(frozen=True)
class Clase:
    """Una clase de trabajo.

    `hacer(trabajo, clave, por, avanzar)` hace una pieza: la emite y da su documento o, si no se
    emite, da sus bytes. `avanzar` es un Avance; `fases`, las que dice, con su nombre y en orden.
    `en_zip`: si son muchas piezas y se entregan juntas; si no, es una sola y se entrega tal cual.
    `alcanza(trabajo, usuario)`: si quien ve el trabajo puede además llevarse lo que salió.
    `donde(trabajo)`: la página en que se pide.
    """

    clave: str
    nombre: str
    hacer: Callable
    en_zip: bool = True
    fases: tuple = field(default=())
    alcanza: Callable = lambda trabajo, usuario: True
    donde: Callable = lambda trabajo: trabajo.get_absolute_url()


CLASES = {}


def registrar(clase):
    CLASES[clase.clave] = clase


def clase_de(trabajo):
    """Su Clase; la de una que ya no existe lanza NoSePuedeSeguir al hacer."""
    return CLASES.get(trabajo.clase) or Clase(trabajo.clase, "", _no_se_hace)


def _no_se_hace(*_):
    raise NoSePuedeSeguir(SIN_CLASE)


# --- Pedir, cancelar, reanudar ------------------------------------------------------------------


@transaction.atomic
def pedir(clase, *, clave, titulo, parametros, piezas, por, sitio):
    """(trabajo, si es nuevo). Si esa persona ya tiene vivo uno de igual clave, es ese.

    `piezas`: [(clave, nombre en el ZIP)]; `sitio`: «https://…», sin barra al final.
    """
    vivos = Trabajo.objects.vivos().filter(pedido_por=por, clave=clave)
    if vivo := vivos.first():
        return vivo, False
    trabajo = Trabajo(
        clase=clase,
        clave=clave,
        titulo=titulo,
        parametros=parametros,
        oficina=oficina_de(por),
        sitio=sitio,
        pedido_por=por,
    )
    try:
        with transaction.atomic():
            _asentar(trabajo, por, "Pedido")
    except IntegrityError:
        # Otra pestaña lo pidió en el mismo instante.
        return vivos.get(), False
    PiezaDeTrabajo.objects.bulk_create(
        PiezaDeTrabajo(trabajo=trabajo, clave=una, nombre=nombre) for una, nombre in piezas
    )
    _repartir(trabajo)
    transaction.on_commit(asegurar)
    return trabajo, True


@transaction.atomic
def cancelar(trabajo, *, por):
    """Lo ya emitido queda emitido; lo que falta no se hace. NoProcede si ya había terminado."""
    actual = bloquear(Trabajo, trabajo.pk)
    if not actual.esta_vivo:
        raise NoProcede(f"Ya no se puede cancelar: está {actual.get_estado_display().lower()}.")
    _terminar(actual, Estado.CANCELADO, por=por)
    return actual


@transaction.atomic
def reanudar(trabajo, *, por):
    """Vuelve a la cola con lo que falta. NoProcede si no se había detenido, o si ya hay otro."""
    actual = bloquear(Trabajo, trabajo.pk)
    if not actual.se_puede_reanudar:
        raise NoProcede(f"No hay nada que reanudar: está {actual.get_estado_display().lower()}.")
    iguales = Trabajo.objects.vivos().filter(pedido_por=actual.pedido_por_id, clave=actual.clave)
    if iguales.exists():
        raise NoProcede("Ya hay otro igual en camino: siga en ese.")
    actual.piezas.filter(documento=None).update(error="", reservada=None, por="", intentos=0)
    actual.estado, actual.motivo, actual.armando_por = Estado.EN_COLA, "", ""
    actual.fase, actual.paso, actual.pasos = "", 0, 0
    actual.empezado = actual.terminado = None
    actual.latido = timezone.now()
    _asentar(actual, por, "Reanudado")
    _repartir(actual)
    transaction.on_commit(asegurar)
    return actual


def _repartir(trabajo):
    """Deja en la cola, en la misma transacción, un turno por cada proceso que podrá ayudar."""
    for _ in range(min(TURNOS, trabajo.piezas.por_hacer().count()) or 1):
        atender.enqueue(trabajo.pk)


def _terminar(trabajo, estado, *, por=None, motivo=""):
    """Cambia una fila ya bloqueada."""
    trabajo.terminar(estado, motivo)
    _asentar(trabajo, por, trabajo.get_estado_display())


def _asentar(trabajo, por, asunto):
    trabajo._history_user, trabajo._change_reason = por, asunto
    trabajo.save()


# --- Hacer --------------------------------------------------------------------------------------

# Lo pone la señal de terminar: se acaba la pieza en curso y no se empieza otra.
ALTO = Event()


@task(takes_context=True)
def atender(context, pk):
    correr(pk, quien=context.task_result.worker_ids[-1], alto=ALTO)


def correr(pk, *, quien, alto=None):
    """Hace piezas hasta que no quede ninguna libre y, si es quien queda, arma el ZIP.

    Repetirlo no repite nada. `quien`: nombre único de este proceso.
    """
    alto = alto or Event()
    trabajo = _empezar(pk)
    if trabajo is None:
        return
    try:
        while not alto.is_set() and (pieza := _reservar(trabajo, quien)):
            _hacer(trabajo, pieza, alto)
        if alto.is_set():
            # Otro proceso, o este al volver, sigue en seguida y no cuando se note la falta.
            atender.enqueue(pk)
        elif _tomar_cierre(trabajo, quien):
            _cerrar(trabajo, quien)
    except NoSePuedeSeguir as motivo:
        _fallar(trabajo, str(motivo))


@transaction.atomic(durable=True)
def _empezar(pk):
    """El trabajo, ya en marcha; None si alguien lo canceló o ya terminó."""
    trabajo = Trabajo.objects.vivos().select_for_update(of=("self",)).filter(pk=pk).first()
    if trabajo and trabajo.estado == Estado.EN_COLA:
        trabajo.estado = Estado.EN_MARCHA
        trabajo.empezado = trabajo.latido = timezone.now()
        _asentar(trabajo, None, "Empezado")
    return trabajo


@transaction.atomic(durable=True)
def _reservar(trabajo, quien):
    """La siguiente pieza libre, ya a nombre de `quien`; None si no hay o si se canceló."""
    ahora = timezone.now()
    en_marcha = Trabajo.objects.filter(pk=trabajo.pk, estado=Estado.EN_MARCHA)
    if not en_marcha.update(latido=ahora):
        return None
    libres = trabajo.piezas.libres(ahora)
    libres.filter(intentos__gte=INTENTOS_POR_PIEZA).update(error=MATA, reservada=None)
    pieza = libres.select_for_update(skip_locked=True).order_by("pk").first()
    if pieza:
        pieza.reservada, pieza.por = ahora, quien
        pieza.intentos += 1
        pieza.save(update_fields=["reservada", "por", "intentos"])
    return pieza


def _hacer(trabajo, pieza, alto=None):
    """La hace y lo anota. Si la base no responde no es culpa de la pieza: se deja para después."""
    avanzar = Avance(trabajo, pieza, alto)
    try:
        hecho = clase_de(trabajo).hacer(trabajo, pieza.clave, _autor(trabajo), avanzar)
    except Interrumpido:
        _devolver(pieza)
    except SinPango as falta:
        raise NoSePuedeSeguir(str(falta)) from falta
    except (NoSePuedeSeguir, OperationalError):
        raise
    except Exception as error:
        bitacora.exception("No se pudo hacer la pieza %s del trabajo %s.", pieza.clave, trabajo.pk)
        _anotar(pieza, error=_en_palabras(error))
    else:
        if isinstance(hecho, DocumentoEmitido):
            _anotar(pieza, documento=hecho)
        else:
            _entregar(trabajo, hecho)


def _en_palabras(error):
    """Lo que se le dice a quien lo pidió; el detalle queda en la bitácora del servidor."""
    if isinstance(error, ArchivoPerdido):
        return str(error)[:LARGO_DEL_ERROR]
    return SIN_MEMORIA if isinstance(error, MemoryError) else NO_SE_PUDO


def _autor(trabajo):
    """Quien lo pidió, como es ahora: se emite con lo que hoy puede ver."""
    persona = Usuario.objects.select_related("zona", "gad").get(pk=trabajo.pedido_por_id)
    if not persona.puede(Permiso.PEDIR_EN_BLOQUE) or oficina_de(persona) != trabajo.oficina:
        raise NoSePuedeSeguir(SIN_CUENTA)
    return persona


def _anotar(pieza, **como_fue):
    """Vale lo primero que se anotó: otro pudo terminarla si este tardó demasiado."""
    suya = PiezaDeTrabajo.objects.por_hacer().filter(pk=pieza.pk)
    suya.update(**como_fue, reservada=None)


def _devolver(pieza):
    """La que se paró a medias queda libre, y no cuenta como intento."""
    suya = PiezaDeTrabajo.objects.por_hacer().filter(pk=pieza.pk, por=pieza.por)
    suya.update(reservada=None, intentos=pieza.intentos - 1)


# --- Cerrar -------------------------------------------------------------------------------------


@transaction.atomic(durable=True)
def _tomar_cierre(trabajo, quien):
    """Si a `quien` le toca cerrarlo: no queda nada por hacer y nadie lo está cerrando."""
    actual = bloquear(Trabajo, trabajo.pk)
    ahora = timezone.now()
    ocupado = actual.armando_por and actual.latido > ahora - PLAZO_SIN_LATIDO
    if actual.estado != Estado.EN_MARCHA or ocupado or actual.piezas.por_hacer().exists():
        return False
    Trabajo.objects.filter(pk=actual.pk).update(armando_por=quien, latido=ahora)
    return True


def _cerrar(trabajo, quien):
    if not clase_de(trabajo).en_zip:
        return _cerrar_el_unico(trabajo, quien)
    if fallidas := trabajo.piezas.exclude(error="").count():
        total = trabajo.piezas.count()
        return _fallar(trabajo, f"Sin hacer: {fallidas} de {total} documentos.")

    def latir():
        Trabajo.objects.filter(pk=trabajo.pk, armando_por=quien).update(latido=timezone.now())

    try:
        paquete = empaque.armar(trabajo, latir)
    except empaque.NoCoincide as falta:
        return _fallar(trabajo, str(falta))
    except OSError:
        # Sin esto se volvería a intentar cada dos minutos, y quien lo pidió no sabría por qué.
        bitacora.exception("No se pudo escribir el ZIP del trabajo %s.", trabajo.pk)
        return _fallar(trabajo, SIN_DISCO)
    if not _publicar(trabajo, quien, paquete):
        paquete.descartar()
    return None


def _cerrar_el_unico(trabajo, quien):
    pieza = trabajo.piezas.select_related("documento").get()
    if pieza.error:
        return _fallar(trabajo, pieza.error)
    return _publicar(
        trabajo, quien, empaque.YaGuardado(pieza.documento.sha256, pieza.documento.tamano)
    )


def _entregar(trabajo, contenido):
    """Lo que no se emite se publica en cuanto está: no queda un documento del que tomarlo luego."""
    try:
        paquete = empaque.suelto(contenido)
    except OSError:
        bitacora.exception("No se pudo escribir el archivo del trabajo %s.", trabajo.pk)
        return _fallar(trabajo, SIN_DISCO)
    # Nadie lo está cerrando: su única pieza sigue por hacer.
    if not _publicar(trabajo, "", paquete):
        paquete.descartar()
    return None


@transaction.atomic(durable=True)
def _publicar(trabajo, quien, paquete):
    """Ofrece el archivo ya entero. False si mientras tanto se canceló o lo cerró otro."""
    actual = bloquear(Trabajo, trabajo.pk)
    if actual.estado != Estado.EN_MARCHA or actual.armando_por != quien:
        return False
    actual.archivo, actual.sha256 = paquete.publicar(), paquete.sha256
    actual.tamano = paquete.tamano
    _terminar(actual, Estado.LISTO)
    _avisar(actual)
    return True


@transaction.atomic
def _fallar(trabajo, motivo):
    actual = bloquear(Trabajo, trabajo.pk)
    if actual.esta_vivo:
        _terminar(actual, Estado.FALLIDO, motivo=motivo[:300])
        _avisar(actual)


def _avisar(trabajo):
    """El único lugar donde se cuenta que terminó; la clave hace que se diga una vez por final."""
    mensaje = correos_de_trabajos.terminado(trabajo, en_zip=clase_de(trabajo).en_zip)
    clave = f"trabajo-{trabajo.pk}-{trabajo.estado}"
    if trabajo.estado == Estado.FALLIDO:
        clave += f"-{trabajo.terminado:%Y%m%d%H%M%S%f}"
    avisar(
        [trabajo.pedido_por],
        clase=Aviso.Clase.TRABAJO,
        clave=clave,
        texto=f"{mensaje['asunto']}. {trabajo.motivo}",
        direccion=trabajo.get_absolute_url(),
        correo={**mensaje, "caduca": trabajo.vence},
    )


# --- Mirar --------------------------------------------------------------------------------------


def nadie_lo_atiende(trabajo):
    """Si ya debería estarse haciendo y ningún trabajador da señas, ni ocupado en otra cosa."""
    ahora = timezone.now()
    if not trabajo.esta_vivo or trabajo.latido > ahora - PLAZO_DE_EMPEZAR:
        return False
    hace_poco = ahora - PLAZO_SIN_LATIDO
    if trabajo.estado == Estado.EN_MARCHA:
        # Quien barre lo devuelve a la cola a los dos minutos: si pasó el doble, no hay quien barra.
        return trabajo.latido < hace_poco - PLAZO_SIN_LATIDO
    if Trabajo.objects.filter(estado=Estado.EN_MARCHA, latido__gt=hace_poco).exists():
        return False
    de_ahora = Q(finished_at__gt=max(trabajo.latido, hace_poco))
    de_ahora |= Q(status=TaskResultStatus.RUNNING, started_at__gt=ahora - PLAZO_DE_OTRA_TAREA)
    return not DBTaskResult.objects.filter(de_ahora).exists()


# --- Barrer -------------------------------------------------------------------------------------


def barrer():
    """Lo que el tiempo cambia solo: lo que dejó de latir vuelve a la cola y lo vencido se borra.

    Puede correr en varios procesos a la vez.
    """
    ahora = timezone.now()
    for pk in list(Trabajo.objects.sin_latido(ahora).values_list("pk", flat=True)):
        _volver_a_la_cola(pk, ahora)
    for pk in list(Trabajo.objects.vencidos(ahora).values_list("pk", flat=True)):
        _borrar_archivo(pk, ahora)
    viejas = DBTaskResult.objects.filter(task_path=atender.module_path)
    viejas.finished().filter(finished_at__lt=ahora - PLAZO_DE_TAREA).delete()
    empaque.limpiar_restos()


@transaction.atomic
def _volver_a_la_cola(pk, ahora):
    """Lo que hacía un proceso que murió sin avisar. Si su turno todavía espera, no se repite."""
    vivos = Trabajo.objects.sin_latido(ahora).select_for_update(skip_locked=True, of=("self",))
    trabajo = vivos.filter(pk=pk).first()
    if trabajo is None:
        return
    suyas = DBTaskResult.objects.filter(
        task_path=atender.module_path, args_kwargs={"args": [pk], "kwargs": {}}
    )
    suyas.running().update(status=TaskResultStatus.FAILED, finished_at=ahora)
    Trabajo.objects.filter(pk=pk).update(latido=ahora, armando_por="")
    if not suyas.filter(status=TaskResultStatus.READY).exists():
        _repartir(trabajo)


@transaction.atomic
def soltar(quien):
    """Deja libre en el acto lo que tenía un proceso que se sabe muerto."""
    PiezaDeTrabajo.objects.por_hacer().filter(por=quien).update(reservada=None)
    Trabajo.objects.filter(armando_por=quien).update(armando_por="")
    for tarea in DBTaskResult.objects.running().filter(task_path=atender.module_path):
        if tarea.worker_ids[-1:] == [quien]:
            tarea.status = TaskResultStatus.READY
            tarea.save(update_fields=["status"])


@transaction.atomic
def _borrar_archivo(pk, ahora):
    vencidos = Trabajo.objects.vencidos(ahora).select_for_update(skip_locked=True, of=("self",))
    if trabajo := vencidos.filter(pk=pk).first():
        archivo, almacen = trabajo.archivo.name, trabajo.archivo.storage
        trabajo.archivo = ""
        _asentar(trabajo, None, f"Venció: se guarda {settings.RETENCION_DE_TRABAJOS.days} días")
        transaction.on_commit(lambda: almacen.delete(archivo))
