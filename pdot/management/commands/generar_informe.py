"""`manage.py generar_informe grupo N --salida F.pdf`: el PDF que se entrega, sin la web."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from acompanamiento.models import Estrategia
from pdot.documentos import sistematizacion_de_grupo
from territorios.documentos import SinPango
from territorios.emision import ArchivoPerdido, emitir
from territorios.jurisdiccion import Rol
from territorios.models import Usuario

MOTIVOS = {
    errno.ENOENT: "la carpeta no existe",
    errno.ENOTDIR: "su carpeta no es una carpeta",
    errno.EACCES: "no hay permiso",
    errno.EPERM: "no hay permiso",
    errno.EROFS: "el disco es de solo lectura",
    errno.ENOSPC: "no queda espacio en el disco",
}


class Command(BaseCommand):
    help = "Escribe la sistematización de un grupo circunvecino, como la ve la central."

    def add_arguments(self, parser):
        parser.add_argument("informe", metavar="grupo", help="Qué informe: «grupo».")
        parser.add_argument("numero", metavar="N", help="Número del grupo en su estrategia.")
        parser.add_argument("--salida", required=True, type=Path, help="Archivo PDF por escribir.")
        parser.add_argument(
            "--estrategia", metavar="CODIGO", help="Código de la estrategia; si falta, la última."
        )
        parser.add_argument(
            "--sitio",
            default=_sitio_por_omision(),
            help="Dirección de la plataforma que lleva el QR; si falta, %(default)s.",
        )

    def handle(self, *args, informe, numero, salida, estrategia, sitio, **opciones):
        if informe != "grupo":
            raise CommandError(f"No existe el informe «{informe}»: solo hay «grupo».")
        grupo = _grupo(_estrategia(estrategia), numero)
        hoja = _emitir(grupo, sitio.rstrip("/"))
        escribir_entero(salida, hoja.contenido)
        self.stdout.write(f"{grupo}: {salida} (n.º {hoja.documento.numero_legible})")


def _sitio_por_omision():
    esquema = "https" if settings.SESSION_COOKIE_SECURE else "http"
    return f"{esquema}://{next(iter(settings.ALLOWED_HOSTS), 'localhost')}"


def _estrategia(codigo):
    if codigo is None:
        estrategia = Estrategia.objects.order_by("-desde", "-pk").first()
        if estrategia is None:
            raise CommandError("No hay ninguna estrategia. Cárguela antes: manage.py cargar_piloto")
        return estrategia
    try:
        return Estrategia.objects.get(codigo=codigo)
    except Estrategia.DoesNotExist:
        codigos = ", ".join(Estrategia.objects.values_list("codigo", flat=True)) or "ninguna"
        raise CommandError(f"No existe la estrategia «{codigo}». Las que hay: {codigos}.") from None


def _grupo(estrategia, numero):
    grupos = {str(grupo.numero): grupo for grupo in estrategia.grupos.all()}
    if numero not in grupos:
        hay = ", ".join(grupos) or "ninguno"
        raise CommandError(
            f"La estrategia «{estrategia.codigo}» no tiene el grupo «{numero}». Los que hay: {hay}."
        )
    return grupos[numero]


def _emitir(grupo, sitio):
    # No es una cuenta: solo dice con qué ojos se mira.
    central = Usuario(rol=Rol.CENTRAL)
    try:
        return emitir(sistematizacion_de_grupo(grupo, central), por=central, sitio=sitio)
    except (SinPango, ArchivoPerdido) as falta:
        raise CommandError(str(falta)) from falta


def escribir_entero(salida, contenido):
    """Deja en `salida` el archivo completo o lo que hubiera: se escribe aparte y se renombra.

    Lanza CommandError si no se puede escribir ahí.
    """
    if salida.is_dir():
        raise CommandError(f"No se puede escribir «{salida}»: es una carpeta.")
    provisional = salida.with_name(f".{salida.name}.{os.getpid()}.parte")
    try:
        with provisional.open("wb") as archivo:
            archivo.write(contenido)
            archivo.flush()
            os.fsync(archivo.fileno())
        provisional.replace(salida)
    except OSError as error:
        motivo = MOTIVOS.get(error.errno, error.strerror)
        raise CommandError(f"No se puede escribir «{salida}»: {motivo}.") from error
    finally:
        with suppress(OSError):
            provisional.unlink(missing_ok=True)
