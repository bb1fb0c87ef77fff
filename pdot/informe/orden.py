"""Las secciones del informe, en el orden del documento; los anexos, al final."""

from . import (
    acuerdos,
    anexos,
    capacidades,
    contexto,
    evaluaciones,
    grupos,
    hoja_de_ruta,
    metodo,
    necesidades,
    participantes,
    resultados,
    vision,
)

ORDEN = (
    contexto.SECCION,
    grupos.SECCION,
    metodo.SECCION,
    resultados.SECCION,
    evaluaciones.SECCION,
    vision.SECCION,
    necesidades.SECCION,
    acuerdos.SECCION,
    participantes.SECCION,
    capacidades.SECCION,
    hoja_de_ruta.SECCION,
    anexos.CRONOGRAMA,
    anexos.AGENDA,
    anexos.ASISTENCIA,
)


def encendidas(apagadas):
    """Las Seccion que salen, en orden. Una clave que ya no existe no apaga nada."""
    return [seccion for seccion in ORDEN if seccion.clave not in apagadas]
