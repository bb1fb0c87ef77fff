"""Subir y quitar las fotos de una evaluación, mientras está en manos del GAD."""

from dataclasses import dataclass
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction

from territorios.archivos import AlmacenPrivado, nombre_al_azar, sin_dejar_sueltos
from territorios.versiones import bloquear

from .acciones import NoProcede, exigir_que_escriba
from .models import Evaluacion, FotoDeEvaluacion

CARPETA = "papelotes"
FOTOS_MAXIMO = 40
almacen = AlmacenPrivado()


@dataclass(frozen=True)
class FotoPreparada:
    """Una foto ya revisada y vuelta a hacer; el tamaño, en puntos."""

    contenido: bytes
    miniatura: bytes
    ancho: int
    alto: int

    @property
    def huella(self):
        return sha256(self.contenido).hexdigest()


def subir_foto(evaluacion, preparada, *, por, **datos):
    """Guarda la foto y la devuelve. `datos`: seccion, pregunta, leyenda, con_personas y
    consentimiento. Lanza NoProcede si la evaluación salió de manos del GAD, ya la tiene o no caben
    más.
    """
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        # Quien sube lo mismo a la vez espera aquí, y al pasar ya la encuentra.
        actual = _en_sus_manos(evaluacion.pk, por)
        huellas = set(actual.fotos.values_list("huella", flat=True))
        if preparada.huella in huellas:
            raise NoProcede("Esa foto ya está en la evaluación.")
        if len(huellas) >= FOTOS_MAXIMO:
            raise NoProcede(f"La evaluación ya tiene {FOTOS_MAXIMO} fotos: quite alguna antes.")
        foto = FotoDeEvaluacion(
            evaluacion=actual,
            archivo=_escribir(preparada.contenido, escritos),
            miniatura=_escribir(preparada.miniatura, escritos),
            ancho=preparada.ancho,
            alto=preparada.alto,
            bytes=len(preparada.contenido),
            huella=preparada.huella,
            subida_por=por,
            **datos,
        )
        foto._history_user = por
        foto.save()
        return foto


@transaction.atomic
def quitar_foto(foto, *, por):
    """Borra la foto y sus archivos; no se deshace. Lanza NoProcede si ya no está en sus manos."""
    _en_sus_manos(foto.evaluacion_id, por)
    sobran = [foto.archivo.name, foto.miniatura.name]
    foto._history_user, foto._change_reason = por, "Se quitó la foto"
    foto.delete()
    transaction.on_commit(lambda: [almacen.delete(nombre) for nombre in sobran])


def _en_sus_manos(pk, por):
    evaluacion = bloquear(Evaluacion, pk)
    if not evaluacion.esta_en_manos_del_gad:
        estado = evaluacion.get_estado_display().lower()
        raise NoProcede(f"La evaluación está {estado}: sus fotos ya no cambian.")
    exigir_que_escriba(evaluacion, por)
    return evaluacion


def _escribir(contenido, escritos):
    nombre = almacen.save(nombre_al_azar(CARPETA, "jpg"), ContentFile(contenido))
    escritos.append(nombre)
    return nombre
