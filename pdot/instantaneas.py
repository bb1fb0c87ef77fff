"""Cómo estaba una evaluación en un momento: lo que se compara entre envíos y entre versiones.

Lo de antes sale del historial, y solo de los momentos en que se envió: entre un envío y el
siguiente, lo que el GAD tachó es suyo.
"""

from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime

from .diferencias import Pieza
from .escrito import Toma, gads_de, leer_escrito
from .lectura import envios_de
from .models import (
    ElementoVision,
    Evaluacion,
    Informacion,
    Pregunta,
    Problema,
    Respuesta,
    Seccion,
    Vinculo,
)

Clase = Seccion.Clase
SITUACIONES = dict(Informacion.Situacion.choices)


@dataclass(frozen=True)
class Referencia:
    """Con qué se compara lo que llegó a revisión, lo que decía y cómo se nombra («desde…»)."""

    toma: Toma
    escrito: dict
    desde: str


def leer_con_referencia(llenado):
    """Lee lo que llegó a revisión y, en la misma consulta, su Referencia, si la hay.

    Es el envío anterior o, en el primero, la versión anterior del mismo plan (la evaluación viene
    `con_anterior`).
    """
    toma, desde = _con_que_se_compara(llenado)
    if toma:
        llenado.escrito, antes = leer_escrito(llenado.toma, toma)
        llenado.referencia = Referencia(toma, antes, desde)


def _con_que_se_compara(llenado):
    envios, evaluacion = envios_de(llenado.pasos), llenado.evaluacion
    if len(envios) > 1:
        cuando = envios[-2].cuando
        return Toma(evaluacion, cuando), f"desde lo que envió el {_dia(cuando)}"
    if evaluacion.anterior:
        anterior = Evaluacion(**evaluacion.anterior, pdot=evaluacion.pdot)
        return Toma(anterior), f"desde la versión {anterior.numero}"
    return None, ""


def _dia(momento):
    return date_format(localtime(momento), r"j \d\e F \d\e Y")


# --- Las fotos ----------------------------------------------------------------------------------


def fotos(tomas):
    """[{clave: Pieza}] de cada Toma, en orden. Las consultas no crecen con las tomas."""
    tomas = list(tomas)
    preguntas = _preguntas(toma.evaluacion for toma in tomas)
    escritos = leer_escrito(*tomas)
    gads = _nombres(gads_de(*escritos))
    return [
        _armar(toma.evaluacion, preguntas, escrito, gads)
        for toma, escrito in zip(tomas, escritos, strict=True)
    ]


def foto_de(llenado):
    """{clave: Pieza} de ahora, con lo que `llenado` ya leyó para su página."""
    escrito = llenado.escrito.copy()
    if not llenado.parte_de(Clase.VINCULOS):
        escrito[Vinculo] = []
    if not llenado.parte_de(Clase.INFORMACION):
        escrito[Informacion] = []
    return _armar(llenado.evaluacion, llenado.preguntas, escrito, _nombres(llenado.gads))


def foto_de_referencia(llenado):
    """{clave: Pieza} de su Referencia, con las preguntas y los GAD que `llenado` ya trajo."""
    referencia, preguntas = llenado.referencia, llenado.preguntas
    anterior = referencia.toma.evaluacion
    if anterior.instrumento_id != llenado.evaluacion.instrumento_id:
        preguntas = _preguntas([anterior])
    gads = llenado.gads | gads_de(referencia.escrito, salvo=llenado.gads)
    return _armar(anterior, preguntas, referencia.escrito, _nombres(gads))


def _preguntas(evaluaciones):
    instrumentos = {una.instrumento_id for una in evaluaciones}
    preguntas = Pregunta.objects.filter(seccion__instrumento__in=instrumentos)
    return list(preguntas.select_related("seccion").order_by("seccion__orden", "orden"))


def _nombres(gads):
    return {codigo: gad.nombre_con_lugar for codigo, gad in gads.items()}


# --- Armar --------------------------------------------------------------------------------------


def _armar(evaluacion, preguntas, escrito, gads):
    return {
        **_respuestas(evaluacion, preguntas, escrito[Respuesta]),
        **_vinculos(escrito[Vinculo], gads),
        **_informacion(escrito[Informacion], gads),
        "vision": _lista("Elementos para la nueva visión", escrito[ElementoVision]),
        "problemas": _lista("Problemas prioritarios", escrito[Problema]),
    }


def _respuestas(evaluacion, preguntas, filas):
    """Por código de pregunta: así se comparan también dos versiones del instrumento."""
    por_pregunta = {fila.pregunta_id: fila for fila in filas}
    nivel = evaluacion.pdot.gad.nivel
    return {
        f"p:{pregunta.codigo}": Pieza(
            pregunta.seccion.titulo,
            str(pregunta),
            *_dicho(por_pregunta.get(pregunta.pk)),
        )
        for pregunta in preguntas
        if pregunta.seccion.instrumento_id == evaluacion.instrumento_id
        and pregunta.se_hace_a(nivel)
    }


def _dicho(fila):
    return (fila.valor, fila.texto) if fila else ("", "")


def _vinculos(filas, gads):
    titulo = "Vínculo con los planes de otros niveles"
    piezas = {}
    for fila in sorted(filas, key=lambda fila: fila.con_id, reverse=True):
        con = gads.get(fila.con_id, fila.con_id)
        pieza = Pieza(titulo, f"Con el plan de {con}", fila.valor, _de_vinculo(fila))
        piezas[f"v:{fila.con_id}"] = pieza
    return piezas


def _de_vinculo(fila):
    partes = [
        ("", fila.justificacion),
        ("Aspectos incompatibles:\n", fila.incompatibles),
        ("Sinergias:\n", fila.sinergias),
    ]
    return "\n".join(f"{rotulo}{texto}" for rotulo, texto in partes if texto.strip())


def _informacion(filas, gads):
    """Por el dato: al abrir otra versión las filas son otras."""
    piezas = {}
    for fila in sorted(filas, key=lambda fila: fila.orden):
        clave = f"i:{fila.dato.casefold()}"
        while clave in piezas:
            clave += "'"
        piezas[clave] = Pieza("Información", fila.dato, texto=_de_informacion(fila, gads))
    return piezas


def _de_informacion(fila, gads):
    partes = [SITUACIONES.get(fila.situacion, fila.situacion)]
    if fila.puede_entregar:
        partes.append("Puede entregarla a otros GAD")
    quien = [gads.get(fila.proveedor_gad_id, ""), fila.proveedor]
    if any(quien):
        partes.append(f"La provee {', '.join(uno for uno in quien if uno)}")
    return "\n".join([*partes, fila.detalle]).strip()


def _lista(titulo, filas):
    en_orden = sorted(filas, key=lambda fila: fila.orden)
    return Pieza(titulo, titulo, texto="\n".join(fila.texto for fila in en_orden))
