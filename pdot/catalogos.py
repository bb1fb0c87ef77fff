"""Carga de los catálogos del plan: competencias exclusivas e hitos del proceso.

Se puede repetir: crea lo que falta y no toca lo que la central ya cambió.
"""

from territorios.lectura import leer_json, sin_repetidos
from territorios.models import Gad
from territorios.piloto import crear_faltantes

from .models import Competencia, HitoProceso


def cargar_competencias(carpeta, resumen, *, por=None):
    """Lee competencias.json. Lanza CargaRechazada. Debe llamarse dentro de una transacción."""
    niveles = {nivel: nivel for nivel in Gad.Nivel.values}
    registros = leer_json(carpeta, "competencias.json").hijos("registros")
    competencias = [_competencia(uno, niveles) for uno in sin_repetidos(registros, "codigo")]
    codigos = set(Competencia.objects.values_list("codigo", flat=True))
    crear_faltantes(resumen, competencias, lambda una: una.codigo in codigos, por=por)


def _competencia(registro, niveles):
    desde, hasta = registro.fechas("desde", "hasta")
    suyos = registro.varios_de("niveles", niveles, "el nivel")
    if not suyos:
        raise registro.rechazo("niveles", "falta el dato.")
    return registro.validar(
        Competencia(
            codigo=registro.texto("codigo"),
            orden=registro.entero("orden"),
            nombre=registro.texto("nombre"),
            niveles=",".join(suyos),
            norma=registro.texto("norma"),
            desde=desde,
            hasta=hasta,
        )
    )


def cargar_hitos_del_proceso(carpeta, resumen, *, por=None):
    """Lee hitos_proceso.json. Lanza CargaRechazada. Debe llamarse dentro de una transacción."""
    hitos = []
    registros = leer_json(carpeta, "hitos_proceso.json").hijos("registros")
    for registro in sin_repetidos(registros, "clave"):
        desde, hasta = registro.fechas("desde", "hasta")
        hito = HitoProceso(
            clave=registro.texto("clave"),
            orden=registro.entero("orden"),
            nombre=registro.texto("nombre"),
            corto=registro.texto("corto"),
            descripcion=registro.texto("descripcion", obligatorio=False),
            fuente=registro.texto("fuente", obligatorio=False),
            desde=desde,
            hasta=hasta,
        )
        hitos.append(registro.validar(hito))
    claves = set(HitoProceso.objects.values_list("clave", flat=True))
    crear_faltantes(resumen, hitos, lambda hito: hito.clave in claves, por=por)
