"""Verbos de la evaluación que la zona llena en nombre de un GAD, desde un formulario en papel.

El papel se escribe dentro de la transacción: si algo falla no queda ningún archivo suelto.
"""

from django.core.files.base import ContentFile
from django.db import transaction

from talleres.acciones_evidencias import almacen
from territorios.archivos import nombre_al_azar, sin_dejar_sueltos
from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede, abrir_evaluacion, declarar_plan_y_abrir
from .models import ElementoVision, EnNombre, Evaluacion, Informacion, Paso, Problema, Vinculo

CARPETA = "formularios"
# Lo que un GAD pudo escribir ya en su borrador.
DE_LA_EVALUACION = (ElementoVision, Problema, Vinculo, Informacion)


def abrir_en_nombre(pdot, datos, *, papel=None, por):
    """Deja la evaluación del plan en manos de `por`, en nombre del GAD; la abre si hace falta.

    `pdot`: uno guardado, u otro que se declara. `datos`: {"reunion": fecha, "respaldo": texto}.
    `papel`: la foto o el PDF ya revisado (talleres.acciones_evidencias.Preparada), o None.
    Lanza NoProcede si el GAD ya escribe la suya, si está en revisión o si no se puede abrir.
    """
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        abierta, es_nueva = _abierta(pdot, por)
        evaluacion = bloquear(Evaluacion, abierta.pk)
        llenado = _tomar(evaluacion, es_nueva, por)
        llenado.reunion, llenado.respaldo = datos["reunion"], datos["respaldo"]
        if papel:
            llenado.papel = _escribir(papel, escritos)
        llenado._history_user = por
        llenado.save()
        _dejar_dicho(evaluacion, llenado, por)
    return evaluacion


def _abierta(pdot, por):
    """(la evaluación abierta del plan o una nueva, si es nueva)."""
    if pdot._state.adding:
        return declarar_plan_y_abrir(pdot, por=por), True
    abierta = pdot.evaluaciones.exclude(estado=Evaluacion.Estado.APROBADA).first()
    return (abierta, False) if abierta else (abrir_evaluacion(pdot, por=por), True)


def _tomar(evaluacion, es_nueva, por):
    """El EnNombre de la evaluación: uno nuevo, o el que otra persona de la zona deja de llevar."""
    if not evaluacion.esta_en_manos_del_gad:
        estado = evaluacion.get_estado_display().lower()
        raise NoProcede(f"La evaluación de {evaluacion.gad.nombre} está {estado}.")
    llenado = evaluacion.llenado_en_nombre
    if llenado is None:
        # Lo que una nueva trae de la versión aprobada no lo escribió hoy nadie.
        if not es_nueva and _esta_escrita(evaluacion):
            raise NoProcede(
                f"{evaluacion.gad.nombre} ya empezó a escribir su evaluación: pídale que la "
                "termine."
            )
        return EnNombre(evaluacion=evaluacion, por=por)
    if not llenado.rige:
        raise NoProcede(f"{evaluacion.gad.nombre} tomó de vuelta su evaluación: la llena el GAD.")
    llenado.por = por
    llenado.version += 1
    return llenado


def _esta_escrita(evaluacion):
    respondida = any(not una.esta_vacia for una in evaluacion.respuestas.all())
    return respondida or any(
        modelo.objects.filter(evaluacion=evaluacion).exists() for modelo in DE_LA_EVALUACION
    )


def _escribir(papel, escritos):
    nombre = almacen.save(nombre_al_azar(CARPETA, papel.extension), ContentFile(papel.contenido))
    escritos.append(nombre)
    return nombre


def _dejar_dicho(evaluacion, llenado, por):
    """Queda en el recorrido, y sube la versión: quien la tenía abierta lo sabe al guardar."""
    comentario = (
        f"La llena la {evaluacion.gad.zona} en nombre del GAD, con lo escrito en papel en la "
        f"reunión del {llenado.reunion:%d/%m/%Y}. {llenado.respaldo}"
    )
    Paso.objects.create(
        evaluacion=evaluacion,
        de=evaluacion.estado,
        a=evaluacion.estado,
        por=por,
        comentario=comentario,
    )
    _firmar(evaluacion, "La zona la llena en nombre del GAD", por)


@transaction.atomic
def tomar_de_vuelta(evaluacion, *, por):
    """La zona deja de llenarla y lo escrito se queda. Dice si cambió algo: repetirla, no.

    Lanza NoProcede si la evaluación está en revisión o aprobada.
    """
    evaluacion = bloquear(Evaluacion, evaluacion.pk)
    llenado = evaluacion.llenado_en_nombre
    if llenado is None or not llenado.rige:
        return False
    if not evaluacion.esta_en_manos_del_gad:
        estado = evaluacion.get_estado_display().lower()
        raise NoProcede(f"La evaluación está {estado}: ahora no se toma de vuelta.")
    llenado.tomar_de_vuelta(por)
    Paso.objects.create(
        evaluacion=evaluacion,
        de=evaluacion.estado,
        a=evaluacion.estado,
        por=por,
        comentario="El GAD la tomó de vuelta: desde aquí la llena solo él.",
    )
    _firmar(evaluacion, "El GAD la tomó de vuelta", por)
    return True


def _firmar(evaluacion, motivo, por):
    evaluacion._history_user, evaluacion._change_reason = por, motivo
    guardar_con_version(evaluacion, evaluacion.version)
