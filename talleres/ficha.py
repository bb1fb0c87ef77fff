"""Qué se ve primero en la página de un encuentro, y cuál es su paso, según cuándo se mira.

Antes, a quién se convoca y qué se va a tratar; ese día, quién llega y qué se dice; después, lo que
falta para cerrarlo; y cerrado, su memoria.
"""

from dataclasses import dataclass

from django.utils import timezone

POR_CONVOCAR, CONVOCADO, EN_LA_SALA = "por_convocar", "convocado", "en_la_sala"
POR_CERRAR, CERRADO, CANCELADO = "por_cerrar", "cerrado", "cancelado"


@dataclass(frozen=True)
class Partes:
    """Las plantillas de la página en orden: la columna ancha y la angosta."""

    principales: tuple[str, ...]
    al_lado: tuple[str, ...]


@dataclass(frozen=True)
class Paso:
    """La acción principal de la página: cómo se llama y a dónde lleva."""

    nombre: str
    ruta: str


_CONVOCADOS = "talleres/_ficha_convocados.html"
_AGENDA = "talleres/_ficha_agenda.html"
_INSUMOS = "talleres/_ficha_insumos.html"
_APORTES = "talleres/_ficha_aportes.html"
_ACUERDOS = "talleres/_ficha_acuerdos.html"
_DATOS = "talleres/_ficha_datos.html"
_PARTICIPANTES = "talleres/_ficha_participantes.html"
_PUERTA = "talleres/_ficha_puerta.html"
_EVIDENCIAS = "talleres/_ficha_evidencias.html"
_MEMORIA = "talleres/_ficha_memoria.html"
_NOTA = "talleres/_ficha_nota.html"
# Cada sección está una vez en cada etapa. En el teléfono se leen una debajo de otra.
_ANTES = (
    (
        _CONVOCADOS,
        _AGENDA,
        _INSUMOS,
        _APORTES,
        _ACUERDOS,
    ),
    (
        _DATOS,
        _PARTICIPANTES,
        _PUERTA,
        _EVIDENCIAS,
        _MEMORIA,
        _NOTA,
    ),
)
_DESPUES = (
    (
        _MEMORIA,
        _ACUERDOS,
        _APORTES,
        _AGENDA,
        _CONVOCADOS,
        _INSUMOS,
    ),
    (
        _DATOS,
        _PARTICIPANTES,
        _PUERTA,
        _EVIDENCIAS,
        _NOTA,
    ),
)
_ORDEN = {
    POR_CONVOCAR: _ANTES,
    CONVOCADO: _ANTES,
    EN_LA_SALA: (
        (
            _PARTICIPANTES,
            _PUERTA,
            _APORTES,
            _ACUERDOS,
            _AGENDA,
            _INSUMOS,
            _CONVOCADOS,
        ),
        (
            _DATOS,
            _EVIDENCIAS,
            _MEMORIA,
            _NOTA,
        ),
    ),
    POR_CERRAR: _DESPUES,
    CERRADO: _DESPUES,
    CANCELADO: _ANTES,
}


def etapa_de(encuentro):
    if encuentro.estado == encuentro.Estado.CANCELADO:
        return CANCELADO
    if not encuentro.esta_abierto:
        return CERRADO
    hoy = timezone.localdate()
    if encuentro.fecha <= hoy:
        return EN_LA_SALA if encuentro.fecha == hoy else POR_CERRAR
    return POR_CONVOCAR if encuentro.se_puede_convocar else CONVOCADO


def partes_de(etapa):
    return Partes(*_ORDEN[etapa])


def paso_de(etapa, *, hay_nomina, puede_editar, puede_descargar):
    """El Paso que toca ahora a quien mira, o None."""
    if etapa == CERRADO and puede_descargar:
        return Paso("Ayuda memoria (PDF)", "talleres:ayuda_memoria_pdf")
    if not puede_editar:
        return None
    en_la_sala = Paso("Anotar aportes", "talleres:aportes")
    if not hay_nomina:
        en_la_sala = Paso("Registrar a quienes llegan", "talleres:registro")
    return {
        POR_CONVOCAR: Paso("Convocar", "talleres:convocatoria"),
        CONVOCADO: Paso("Convocatoria", "talleres:convocatoria"),
        EN_LA_SALA: en_la_sala,
        POR_CERRAR: Paso("Cerrar el encuentro", "talleres:cerrar_encuentro"),
    }.get(etapa)
