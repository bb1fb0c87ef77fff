"""Verbos de las evidencias: subir, describir, retirar y suprimir, cada uno con su autor.

Los archivos se escriben dentro de la transacción y se borran fuera: si algo falla al subir no queda
ninguno suelto, y si algo falla al suprimir no se pierde el de una fila que sigue ahí.
"""

from dataclasses import dataclass
from hashlib import sha256

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from territorios.archivos import AlmacenPrivado, nombre_al_azar, sin_dejar_sueltos
from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede
from .models import Encuentro, Evidencia
from .models.evidencia import SUPRIMIDA

CARPETA = "evidencias"
almacen = AlmacenPrivado()


@dataclass(frozen=True)
class Preparada:
    """Un archivo ya revisado y listo para guardarse. La miniatura y el tamaño, solo las fotos."""

    clase: str
    contenido: bytes
    miniatura: bytes = b""
    ancho: int | None = None
    alto: int | None = None

    @property
    def huella(self):
        return sha256(self.contenido).hexdigest()

    @property
    def extension(self):
        return "jpg" if self.clase == Evidencia.Clase.FOTO else "pdf"


def subir_evidencias(encuentro, preparadas, *, leyenda, alcance, consentimiento, por):
    """Las guarda todas o ninguna, y devuelve las nuevas; las que el encuentro ya tenía, se saltan.

    El mismo envío repetido no duplica nada.
    """
    with sin_dejar_sueltos() as escritos, transaction.atomic():
        # Quien sube lo mismo a la vez espera aquí, y al pasar ya lo encuentra.
        actual = bloquear(Encuentro, encuentro.pk)
        ya = set(actual.evidencias.vigentes().values_list("huella", flat=True))
        distintas = {una.huella: una for una in preparadas if una.huella not in ya}
        comun = {"leyenda": leyenda, "alcance": alcance, "consentimiento": consentimiento}
        return [_guardar(actual, una, comun, por, escritos) for una in distintas.values()]


def _guardar(encuentro, preparada, comun, por, escritos):
    evidencia = Evidencia(
        encuentro=encuentro,
        clase=preparada.clase,
        archivo=_escribir(preparada.contenido, preparada.extension, escritos),
        miniatura=preparada.miniatura and _escribir(preparada.miniatura, "jpg", escritos) or "",
        ancho=preparada.ancho,
        alto=preparada.alto,
        bytes=len(preparada.contenido),
        huella=preparada.huella,
        subida_por=por,
        **comun,
    )
    evidencia._history_user = por
    evidencia.save()
    return evidencia


def _escribir(contenido, extension, escritos):
    nombre = almacen.save(nombre_al_azar(CARPETA, extension), ContentFile(contenido))
    escritos.append(nombre)
    return nombre


@transaction.atomic
def describir_evidencia(evidencia, *, por, version):
    """Guarda la leyenda, quién puede verla y la nota de consentimiento que trae `evidencia`.

    Lanza Conflicto si otra persona guardó antes, y NoProcede si ya se retiró.
    """
    _exigir_vigente(bloquear(Evidencia, evidencia.pk, version), "describir")
    return _firmada(evidencia, "Cambio en su descripción", por, version)


@transaction.atomic
def retirar_evidencia(evidencia, *, motivo, por, version):
    """Deja de mostrarla, con un motivo; el archivo se conserva. Lanza Conflicto o NoProcede."""
    actual = bloquear(Evidencia, evidencia.pk, version)
    _exigir_vigente(actual, "retirar")
    actual.retirada, actual.motivo_retiro = timezone.now(), motivo
    return _firmada(actual, "Retiro", por, version)


@transaction.atomic
def suprimir_evidencia(evidencia, *, por, version):
    """Borra los archivos de una retirada y lo que decía de las personas; no se deshace.

    Queda la fila, con quién la subió, por qué se retiró y la huella. Lanza Conflicto o NoProcede.
    """
    actual = bloquear(Evidencia, evidencia.pk, version)
    if actual.retirada is None or actual.esta_suprimida:
        raise NoProcede("Solo se suprime una evidencia retirada que conserva su archivo.")
    sobran = [campo.name for campo in (actual.archivo, actual.miniatura) if campo]
    actual.archivo = actual.miniatura = actual.consentimiento = ""
    actual.leyenda = SUPRIMIDA
    Evidencia.historia.filter(id=actual.pk).update(leyenda=SUPRIMIDA)
    transaction.on_commit(lambda: [almacen.delete(nombre) for nombre in sobran])
    return _firmada(actual, "Supresión", por, version)


def _exigir_vigente(evidencia, que):
    if evidencia.retirada is not None:
        raise NoProcede(f"La evidencia está retirada: ya no se puede {que}.")


def _firmada(evidencia, motivo, por, version):
    evidencia._history_user, evidencia._change_reason = por, motivo
    return guardar_con_version(evidencia, version)
