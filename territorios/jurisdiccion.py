"""Quién puede qué. Los roles son listas que un funcionario puede leer.

El *qué* (permiso) vive aquí; el *sobre qué filas* (alcance) vive en cada QuerySet, en
`visibles_para(usuario)` y `editables_por(usuario)`: traer es autorizar.
"""

from enum import StrEnum
from functools import wraps

from django.core.exceptions import PermissionDenied
from django.db import models


class Rol(models.TextChoices):
    CENTRAL = "central", "Central"
    ZONAL = "zonal", "Técnico/a zonal"
    PLANIFICADOR = "planificador", "Planificador/a de un GAD"
    OBSERVADOR = "observador", "Observador/a"


class Permiso(StrEnum):
    VER_TERRITORIO = "ver el territorio y sus GAD"
    VER_ACOMPANAMIENTO = "ver grupos y encuentros de su jurisdicción"
    EDITAR_ACOMPANAMIENTO = "formar grupos y programar encuentros de su zona"
    VER_EVALUACIONES = "ver evaluaciones de su jurisdicción"
    LLENAR_EVALUACION = "llenar y enviar la evaluación de su GAD"
    TRANSCRIBIR_EVALUACION = "llenar, en nombre de un GAD de su zona, lo que respondió en papel"
    ESCRIBIR_EVALUACION = "escribir en una evaluación de su GAD o en nombre de uno de su zona"
    EDITAR_PLANES = "escribir el PDOT, el programa de gobierno y los hitos de los GAD a su cargo"
    REVISAR_EVALUACION = "devolver o aprobar evaluaciones de su zona"
    VER_CONTACTOS = "ver los contactos de los GAD de su jurisdicción"
    VER_PARTICIPANTES = "ver la nómina de los encuentros de su jurisdicción"
    REGISTRAR_PARTICIPANTES = "registrar a quienes asisten a los encuentros de su jurisdicción"
    DECLARAR_NECESIDADES = "declarar necesidades de capacidad de su GAD o de su zona"
    APROBAR_PLANES = "aprobar los planes de capacidades que su zona coordina"
    ANOTAR_AVANCES = "anotar avances de acuerdos e hitos"
    DEFINIR_LINEAS = "definir las líneas programáticas de su provincia"
    PRONUNCIARSE = "validar u observar líneas programáticas"
    IMPORTAR_TERRITORIO = "importar límites, DPA y autoridades"
    VER_IMAGENES_DE_PERSONAS = "ver fotos en que aparecen personas"
    VER_BITACORA = "ver quién cambió qué"
    DESCARGAR_INFORMES = "descargar informes en PDF"
    PEDIR_EN_BLOQUE = "pedir en un solo archivo los documentos de toda su jurisdicción"
    ADMINISTRAR = "administrar catálogos y usuarios"


LECTURA = frozenset(
    {
        Permiso.VER_TERRITORIO,
        Permiso.VER_ACOMPANAMIENTO,
        Permiso.VER_EVALUACIONES,
        Permiso.DESCARGAR_INFORMES,
    }
)

PERMISOS = {
    Rol.CENTRAL: LECTURA
    | {
        Permiso.EDITAR_ACOMPANAMIENTO,
        Permiso.DECLARAR_NECESIDADES,
        Permiso.ANOTAR_AVANCES,
        Permiso.DEFINIR_LINEAS,
        Permiso.APROBAR_PLANES,
        Permiso.EDITAR_PLANES,
        Permiso.REVISAR_EVALUACION,
        Permiso.VER_CONTACTOS,
        Permiso.VER_IMAGENES_DE_PERSONAS,
        Permiso.VER_PARTICIPANTES,
        Permiso.REGISTRAR_PARTICIPANTES,
        Permiso.VER_BITACORA,
        Permiso.PEDIR_EN_BLOQUE,
        Permiso.IMPORTAR_TERRITORIO,
        Permiso.ADMINISTRAR,
    },
    Rol.ZONAL: LECTURA
    | {
        Permiso.EDITAR_ACOMPANAMIENTO,
        Permiso.DECLARAR_NECESIDADES,
        Permiso.ANOTAR_AVANCES,
        Permiso.DEFINIR_LINEAS,
        Permiso.EDITAR_PLANES,
        Permiso.PRONUNCIARSE,
        Permiso.TRANSCRIBIR_EVALUACION,
        Permiso.ESCRIBIR_EVALUACION,
        Permiso.APROBAR_PLANES,
        Permiso.REVISAR_EVALUACION,
        Permiso.VER_CONTACTOS,
        Permiso.VER_IMAGENES_DE_PERSONAS,
        Permiso.VER_PARTICIPANTES,
        Permiso.REGISTRAR_PARTICIPANTES,
        Permiso.VER_BITACORA,
        Permiso.PEDIR_EN_BLOQUE,
    },
    Rol.PLANIFICADOR: LECTURA
    | {
        Permiso.LLENAR_EVALUACION,
        Permiso.ESCRIBIR_EVALUACION,
        Permiso.DECLARAR_NECESIDADES,
        Permiso.ANOTAR_AVANCES,
        Permiso.DEFINIR_LINEAS,
        Permiso.EDITAR_PLANES,
        Permiso.PRONUNCIARSE,
        Permiso.VER_CONTACTOS,
        Permiso.VER_IMAGENES_DE_PERSONAS,
        Permiso.VER_BITACORA,
    },
    Rol.OBSERVADOR: LECTURA,
}


def quienes_pueden(permiso):
    """Los nombres de los roles que tienen el permiso."""
    return [rol.label for rol in Rol if permiso in PERMISOS[rol]]


def entra_a_central(request):
    """Si puede abrir el admin. Quien ya ingresó y no puede recibe un 403, no otro ingreso."""
    usuario = request.user
    if usuario.is_authenticated and not usuario.puede(Permiso.ADMINISTRAR):
        raise PermissionDenied(Permiso.ADMINISTRAR)
    return usuario.is_active and usuario.is_staff


def exige(permiso):
    """Decorador de vistas: 403 si el rol de quien entra no tiene el permiso."""

    def decorar(vista):
        @wraps(vista)
        def envuelta(request, *args, **kwargs):
            if not request.user.puede(permiso):
                raise PermissionDenied(permiso)
            return vista(request, *args, **kwargs)

        envuelta.permiso = permiso
        return envuelta

    return decorar


def es_publica(vista):
    """Marca una vista que se sirve sin cuenta; la prueba de rutas exige que cada una lo diga."""
    vista.login_required = False
    vista.permiso = None
    return vista


def sin_rastro(vista):
    """Los buscadores no la guardan. La dirección, que lleva la clave, no sale hacia otro sitio.

    De lo segundo se encarga `SECURE_REFERRER_POLICY`; con «no-referrer», el navegador callaría
    también de dónde viene el formulario y Django lo tomaría por ajeno.
    """

    @wraps(vista)
    def envuelta(request, *args, **kwargs):
        respuesta = vista(request, *args, **kwargs)
        respuesta["X-Robots-Tag"] = "noindex, nofollow"
        return respuesta

    return envuelta
