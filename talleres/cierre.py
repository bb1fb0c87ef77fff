"""Cerrar un encuentro: qué le falta, y darlo por realizado diciéndolo.

Lo que falta se advierte y no impide cerrar, pero se cierra con un motivo escrito. Queda guardado
qué faltaba; lo que se completa después se descuenta solo.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Exists, OuterRef, Value, When
from django.db.models.functions import Coalesce
from django.utils.formats import date_format

from territorios.texto import enumerar
from territorios.versiones import bloquear, guardar_con_version

from .acciones import NoProcede, exigir_abierto
from .cuenta_choques import contar_al_terminar
from .models import Aporte, Cierre, Encuentro, Evidencia, Memoria, OrigenAcuerdo, Participante


@dataclass(frozen=True)
class Parte:
    """Algo que un encuentro bien cerrado tiene. `ruta`: dónde se completa."""

    clave: str
    nombre: str
    falta: str
    ruta: str


PARTES = (
    Parte(
        "asistencia",
        "la asistencia",
        "No hay participantes registrados ni un total declarado.",
        "talleres:registro",
    ),
    Parte("aportes", "los aportes", "No se anotó ningún aporte.", "talleres:aportes"),
    Parte("acuerdos", "los acuerdos", "No se anotó ningún acuerdo.", "talleres:anotar_acuerdo"),
    Parte(
        "evidencias",
        "las evidencias",
        "No se subió ninguna foto ni documento.",
        "talleres:subir_evidencias",
    ),
    Parte(
        "memoria",
        "la ayuda memoria",
        "Faltan lo conversado y los próximos pasos.",
        "talleres:editar_memoria",
    ),
)


class FaltaMotivo(NoProcede):
    """Al encuentro le falta algo y no se dijo por qué se cierra así; `faltas` son Parte."""

    def __init__(self, faltas):
        nombres = enumerar([parte.nombre for parte in faltas])
        super().__init__(f"Falta completar {nombres}: complételo o escriba por qué se cierra así.")
        self.faltas = faltas


def con_lo_que_hay(encuentros):
    """Los mismos, con `hay_CLAVE` por cada parte; se lee con `faltas_de`. Ninguna consulta más."""
    suyo = {"encuentro": OuterRef("pk")}
    vigentes = Evidencia.objects.vigentes()
    declarados = Coalesce(
        "participantes_declarados", "jornada_de__participantes_declarados", Value(0)
    )
    registrados = Exists(Participante.objects.filter(**suyo))
    escrita = Memoria.objects.filter(**suyo).exclude(conversado="", proximos_pasos="")
    return encuentros.annotate(
        declarados_en_el_taller=declarados,
        hay_asistencia=Case(
            When(declarados_en_el_taller__gt=0, then=Value(True)), default=registrados
        ),
        hay_aportes=Exists(Aporte.objects.vigentes().filter(**suyo)),
        hay_acuerdos=Exists(OrigenAcuerdo.objects.filter(**suyo)),
        hay_evidencias=Exists(vigentes.filter(**suyo)),
        hay_memoria=Exists(escrita),
    )


def faltas_de(encuentro):
    """Las Parte que le faltan a un encuentro traído con `con_lo_que_hay`."""
    return [parte for parte in PARTES if not getattr(encuentro, f"hay_{parte.clave}")]


def dicho_al_cerrar(encuentro):
    """Qué faltaba al cerrarse un encuentro traído con `con_lo_que_hay`, y qué falta todavía."""
    cierre = getattr(encuentro, "cierre", None)
    claves = cierre.claves if cierre else []
    return {
        "faltaba": enumerar([parte.nombre for parte in PARTES if parte.clave in claves]),
        "pendientes": [parte for parte in faltas_de(encuentro) if parte.clave in claves],
    }


@transaction.atomic
def cerrar_encuentro(encuentro, *, por, version, motivo="", participantes=None):
    """Abierto → realizado, desde su fecha, dejando dicho qué le faltaba.

    `participantes`: el total declarado, si lo hay; es de las dos jornadas y lo lleva la primera.
    Lanza Conflicto, NoProcede, o FaltaMotivo si falta algo y `motivo` está vacío.
    """
    actual = bloquear(Encuentro, encuentro.pk, version)
    exigir_abierto(actual, "cerrar")
    if not actual.se_puede_realizar:
        cuando = date_format(actual.fecha, "DATE_FORMAT")
        raise NoProcede(f"El encuentro es el {cuando}: todavía no se puede cerrar.")
    if participantes is not None:
        if actual.jornada_de_id:
            raise NoProcede("El total declarado se anota en la primera jornada.")
        actual.participantes_declarados = participantes
    actual.estado = Encuentro.Estado.REALIZADO
    actual._history_user, actual._change_reason = por, "Realización"
    guardar_con_version(actual, version)
    contar_al_terminar(actual.estrategia_id)
    faltas = faltas_de(con_lo_que_hay(Encuentro.objects.all()).get(pk=actual.pk))
    if faltas and not motivo.strip():
        # Deshace lo de arriba: nada se cierra a medias.
        raise FaltaMotivo(faltas)
    _dejar_dicho(actual, faltas, motivo, por)
    return actual


def _dejar_dicho(encuentro, faltas, motivo, por):
    cierre = Cierre(
        encuentro=encuentro,
        faltaba=",".join(parte.clave for parte in faltas),
        motivo=motivo if faltas else "",
        por=por,
    )
    cierre._history_user = por
    cierre.save()
